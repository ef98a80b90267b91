//! REST JSON refusals: the SageMaker runtime, EFS.
//!
//! The code travels in a header, the text in the body. <https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html>

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Response, StatusCode};
use serde_json::json;

use super::{respond, statuses};
use crate::fault::Fault;
use crate::model::Service;

const ERROR_TYPE: HeaderName = HeaderName::from_static("x-amzn-errortype");

pub(super) fn encode_fault(service: Option<&Service>, fault: &Fault, request_id: &str) -> Response<Bytes> {
    let modelled = service.and_then(|service| service.error(&fault.code)).and_then(|error| error.http_status);
    let status = modelled.and_then(|status| StatusCode::from_u16(status).ok());
    let status = status.unwrap_or_else(|| statuses::of(&fault.code));
    let body = fault.message.as_ref().map_or_else(|| json!({}), |message| json!({"message": message}));
    let mut response = respond(status, Some("application/json"), Bytes::from(body.to_string()), request_id);
    if let Ok(code) = HeaderValue::from_str(&fault.code) {
        response.headers_mut().insert(ERROR_TYPE, code);
    }
    response
}
