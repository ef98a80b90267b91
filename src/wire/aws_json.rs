//! AWS JSON 1.1: SageMaker, ECR, KMS, CloudWatch Logs.
//!
//! Every refusal is 400, access denied too; only what the service itself got wrong is 5xx. Errors and their members:
//! `facts/aws-behaviour.md` 0 and B.1. <https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html>

use bytes::Bytes;
use http::{Response, StatusCode};
use serde_json::Value;

use super::respond;
use crate::document::{Document, Members};
use crate::fault::Fault;
use crate::model::{Operation, Projected, Service, coerce};

const CONTENT_TYPE: &str = "application/x-amz-json-1.1";

/// An empty body is an empty structure; one that is not JSON is refused without a text.
pub(super) fn decode(service: &Service, operation: &Operation, body: &[u8]) -> Result<Document, Fault> {
    let given = if body.trim_ascii().is_empty() { Document::Object(Members::new()) } else { parse(body)? };
    match operation.input {
        Some(shape) if given.is_object() || given.is_array() => coerce(service, shape, given),
        Some(_) => Err(Fault::bare("SerializationException")),
        None => Ok(Document::Object(Members::new())),
    }
}

fn parse(body: &[u8]) -> Result<Document, Fault> {
    serde_json::from_slice(body).map_err(|_| Fault::bare("SerializationException"))
}

/// An operation without an output shape answers without a body.
pub(super) fn encode(service: &Service, operation: &Operation, output: &Document, request_id: &str) -> Response<Bytes> {
    let Some(shape) = operation.output else {
        return respond(StatusCode::OK, Some(CONTENT_TYPE), Bytes::new(), request_id);
    };
    match serde_json::to_vec(&Projected { service, shape, document: output }) {
        Ok(body) => respond(StatusCode::OK, Some(CONTENT_TYPE), Bytes::from(body), request_id),
        Err(_) => encode_fault(Some(service), &Fault::internal(), request_id),
    }
}

pub(super) fn encode_fault(service: Option<&Service>, fault: &Fault, request_id: &str) -> Response<Bytes> {
    let modelled = service.and_then(|service| service.error(&fault.code));
    let status = match fault.code.as_ref() {
        "InternalFailure" | "InternalServerError" | "InternalServerException" => StatusCode::INTERNAL_SERVER_ERROR,
        "ServiceUnavailable" | "ServiceUnavailableException" => StatusCode::SERVICE_UNAVAILABLE,
        "NotImplemented" => StatusCode::NOT_IMPLEMENTED,
        _ if modelled.is_some_and(|error| error.receiver_fault) => StatusCode::INTERNAL_SERVER_ERROR,
        _ => StatusCode::BAD_REQUEST,
    };
    let member = match fault.code.as_ref() {
        "AccessDeniedException" | "SerializationException" => "Message",
        _ => modelled.and_then(|error| error.message_member).unwrap_or("message"),
    };
    respond(status, Some(CONTENT_TYPE), body(fault, member), request_id)
}

/// The error's code, its text and what else it carries.
pub(super) fn body(fault: &Fault, member: &str) -> Bytes {
    let mut members = Members::new();
    members.insert("__type".to_owned(), Value::from(fault.code.as_ref()));
    if let Some(message) = &fault.message {
        members.insert(member.to_owned(), Value::from(message.as_str()));
    }
    for (name, value) in &fault.details {
        members.insert(name.clone().into_owned(), Value::from(value.as_str()));
    }
    Bytes::from(Value::Object(members).to_string())
}
