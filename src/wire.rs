//! The protocols of AWS's services: bytes to documents and back.
//!
//! Each protocol is a file that knows only how its bytes look; what they mean is told by the model. Faults become
//! bytes here and nowhere else. INVARIANT: every response carries `x-amzn-requestid`.

mod aws_json;
mod aws_query;
mod ec2_query;
mod rest_json;
mod rest_xml;
mod statuses;
mod time;
mod xml;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use http::{Response, StatusCode};

use crate::document::Document;
use crate::fault::Fault;
pub use crate::model::Protocol;
use crate::model::{Operation, Service};

/// The header that carries the request id of every response.
pub const REQUEST_ID: HeaderName = HeaderName::from_static(REQUEST_ID_NAME);
/// Its name.
pub const REQUEST_ID_NAME: &str = "x-amzn-requestid";

/// The parts of a request that carry its input.
#[derive(Debug, Clone, Copy)]
pub struct Payload<'a> {
    /// The query string without `?`, still encoded; empty where there is none.
    pub query: &'a str,
    /// The body.
    pub body: &'a [u8],
}

impl Protocol {
    /// The input of a request, in the types of the operation's input shape.
    ///
    /// The protocols that put members into paths and headers are decoded by the services that speak them; here they
    /// answer that nothing is built.
    ///
    /// # Errors
    /// AWS's error for a body that cannot be read: `SerializationException` or `MalformedInput`.
    pub fn decode(self, service: &Service, operation: &Operation, payload: Payload<'_>) -> Result<Document, Fault> {
        match self {
            Protocol::AwsJson11 => aws_json::decode(service, operation, payload.body),
            Protocol::AwsQuery => aws_query::decode(service, operation, payload),
            Protocol::Ec2Query | Protocol::RestXml | Protocol::RestJson => {
                Err(Fault::not_built(service.name, operation.name))
            }
        }
    }

    /// The answer of an operation that succeeded; members that its output shape lacks fall away.
    pub fn encode(
        self,
        service: &Service,
        operation: &Operation,
        output: &Document,
        request_id: &str,
    ) -> Response<Bytes> {
        match self {
            Protocol::AwsJson11 => aws_json::encode(service, operation, output, request_id),
            Protocol::AwsQuery => aws_query::encode(service, operation, output, request_id),
            Protocol::Ec2Query => ec2_query::encode(service, operation, output, request_id),
            Protocol::RestXml | Protocol::RestJson => {
                self.encode_fault(Some(service), &Fault::not_built(service.name, operation.name), request_id)
            }
        }
    }

    /// The answer of a request that was refused; the service's model, where there is one, tells statuses and members.
    pub fn encode_fault(self, service: Option<&Service>, fault: &Fault, request_id: &str) -> Response<Bytes> {
        match self {
            Protocol::AwsJson11 => aws_json::encode_fault(service, fault, request_id),
            Protocol::AwsQuery => aws_query::encode_fault(service, fault, request_id),
            Protocol::Ec2Query => ec2_query::encode_fault(fault, request_id),
            Protocol::RestXml => rest_xml::encode_fault(fault, request_id),
            Protocol::RestJson => rest_json::encode_fault(service, fault, request_id),
        }
    }
}

/// What AWS answers where a JSON service is sent something that is not a JSON request (no POST, or another content
/// type): 404 and a body that only looks like XML.
pub fn not_a_json_request(request_id: &str) -> Response<Bytes> {
    let body = Bytes::from_static(b"<UnknownOperationException/>\n");
    respond(StatusCode::NOT_FOUND, None, body, request_id)
}

/// What the query services answer to a request that names no action at all: a redirection to their product page.
pub fn no_action(service: &str, request_id: &str) -> Response<Bytes> {
    let mut response = respond(StatusCode::FOUND, None, Bytes::new(), request_id);
    if let Ok(page) =
        HeaderValue::try_from(format!("https://aws.amazon.com/{}", if service == "sts" { "iam" } else { service }))
    {
        response.headers_mut().insert(http::header::LOCATION, page);
    }
    response
}

/// A response with its request id, which is all that the protocols have in common.
fn respond(status: StatusCode, content_type: Option<&'static str>, body: Bytes, request_id: &str) -> Response<Bytes> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    if let Some(content_type) = content_type {
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    }
    // INVARIANT: request ids are UUIDs, which every header can carry.
    if let Ok(value) = HeaderValue::from_str(request_id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}

#[cfg(test)]
mod tests;
