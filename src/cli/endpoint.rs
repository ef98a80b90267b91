//! The emulator behind the socket: control API and AWS services, told apart by the path.

use std::net::SocketAddr;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::request::Parts;
use http::{Request, Response, StatusCode};
use uuid::Uuid;

use crate::control;
use crate::fault::Fault;
use crate::gateway::{self, Answer, Emulator};
use crate::model::Protocol;
use crate::server::{Endpoint, Refusal};
use crate::state::store::Ticket;
use crate::wire;

/// The body of a request to an AWS service, in bytes; a pipeline's definition, the largest that AWS takes, has one.
const SERVICE_BODY: usize = 4 * 1024 * 1024;
/// The body of a request to the control API, in bytes: a world file.
const CONTROL_BODY: usize = 64 * 1024 * 1024;

impl Endpoint for Emulator {
    type Form = Protocol;
    type Ticket = Ticket;

    fn answer(&self, request: Request<Bytes>, peer: SocketAddr) -> (Response<Bytes>, Option<Ticket>) {
        let Answer { response, ticket } = if is_control(request.uri().path()) {
            control::answer(self, &request)
        } else {
            gateway::answer(self, request, peer)
        };
        (response, ticket)
    }

    async fn flushed(&self, ticket: Ticket) -> bool {
        match self.state.store().flushed(ticket).await {
            Ok(()) => true,
            Err(error) => {
                tracing::error!(%error, "the store could not be flushed");
                false
            }
        }
    }

    fn form(&self, parts: &Parts) -> Protocol {
        if is_control(parts.uri.path()) {
            return Protocol::RestJson;
        }
        if parts.headers.contains_key("x-amz-target") {
            return Protocol::AwsJson11;
        }
        let form = |value: &http::HeaderValue| value.as_bytes().starts_with(b"application/x-www-form-urlencoded");
        if parts.headers.get(CONTENT_TYPE).is_some_and(form) { Protocol::AwsQuery } else { Protocol::RestXml }
    }

    fn refuse(&self, form: Protocol, refusal: Refusal) -> Response<Bytes> {
        let (status, fault) = match refusal {
            Refusal::Host => (
                StatusCode::BAD_REQUEST,
                Fault::new("InvalidRequest", "the request must carry exactly one `Host` header"),
            ),
            Refusal::BodyTooLarge => {
                let limit = if form == Protocol::RestJson { CONTROL_BODY } else { SERVICE_BODY };
                let text = format!("the request body is longer than {limit} bytes");
                (StatusCode::PAYLOAD_TOO_LARGE, Fault::new(too_large(form), text))
            }
            Refusal::BodyIncomplete => (
                StatusCode::REQUEST_TIMEOUT,
                Fault::new("RequestTimeout", "the request body did not arrive whole and in time"),
            ),
            Refusal::Failed => (StatusCode::INTERNAL_SERVER_ERROR, Fault::internal()),
        };
        let mut response = form.encode_fault(None, &fault, &Uuid::new_v4().to_string());
        *response.status_mut() = status;
        response
    }

    fn stamp(&self) -> (&'static str, String) {
        (wire::REQUEST_ID_NAME, Uuid::new_v4().to_string())
    }

    fn body_limit(&self, parts: &Parts) -> usize {
        if is_control(parts.uri.path()) { CONTROL_BODY } else { SERVICE_BODY }
    }
}

fn is_control(path: &str) -> bool {
    path.starts_with(control::PREFIX) || path == control::PREFIX.trim_end_matches('/')
}

/// What each protocol's services call a request that is too long.
fn too_large(form: Protocol) -> &'static str {
    match form {
        Protocol::AwsJson11 | Protocol::RestJson => "RequestEntityTooLargeException",
        Protocol::AwsQuery | Protocol::Ec2Query => "RequestEntityTooLarge",
        Protocol::RestXml => "EntityTooLarge",
    }
}
