//! AWS query: IAM and STS.
//!
//! Forms in, pretty-printed XML out. Statuses come from the model's error traits, and for the errors that no model
//! declares from `statuses`. <https://smithy.io/2.0/aws/protocols/aws-query-protocol.html>, `facts/aws-behaviour.md` B.2

mod form;

use std::io;

use bytes::Bytes;
use http::{Response, StatusCode};

use super::xml::{Style, Xml};
use super::{Payload, respond, statuses};
use crate::document::{Document, Members};
use crate::fault::Fault;
use crate::model::{Operation, Service, ShapeKind};

const CONTENT_TYPE: &str = "text/xml";
const STYLE: Style = Style { element: "member" };

/// The namespace of the one error that names no service's action.
const FAULT_NAMESPACE: &str = "http://webservices.amazon.com/AWSFault/2005-15-09";

/// Parameters of the query string and of the form body, the first of each name.
pub(super) fn decode(service: &Service, operation: &Operation, payload: Payload<'_>) -> Result<Document, Fault> {
    match operation.input {
        Some(shape) => form::decode(service, shape, payload),
        None => Ok(Document::Object(Members::new())),
    }
}

pub(super) fn encode(service: &Service, operation: &Operation, output: &Document, request_id: &str) -> Response<Bytes> {
    match answer(service, operation, output, request_id) {
        Ok(body) => respond(StatusCode::OK, Some(CONTENT_TYPE), Bytes::from(body), request_id),
        Err(_) => encode_fault(Some(service), &Fault::internal(), request_id),
    }
}

fn answer(service: &Service, operation: &Operation, output: &Document, request_id: &str) -> io::Result<Vec<u8>> {
    let mut xml = Xml::pretty();
    xml.element(&format!("{}Response", operation.name), service.xml_namespace, |xml| {
        if let (Some(wrapper), Some(shape)) = (operation.result_wrapper, operation.output)
            && let ShapeKind::Structure(structure) = &service.shape(shape).kind
        {
            xml.element(wrapper, None, |xml| xml.members(service, structure, output, STYLE))?;
        }
        xml.element("ResponseMetadata", None, |xml| xml.text("RequestId", request_id))
    })?;
    Ok(xml.into_bytes())
}

pub(super) fn encode_fault(service: Option<&Service>, fault: &Fault, request_id: &str) -> Response<Bytes> {
    let modelled = service.and_then(|service| service.error(&fault.code));
    let status = modelled
        .and_then(|error| error.http_status)
        .and_then(|status| StatusCode::from_u16(status).ok())
        .unwrap_or_else(|| statuses::of(&fault.code));
    let blame = if status.is_server_error() { "Receiver" } else { "Sender" };
    let namespace = match fault.code.as_ref() {
        "InvalidAction" => Some(FAULT_NAMESPACE),
        _ => service.and_then(|service| service.xml_namespace),
    };
    let body = refusal(fault, blame, namespace, request_id).unwrap_or_default();
    respond(status, Some(CONTENT_TYPE), Bytes::from(body), request_id)
}

fn refusal(fault: &Fault, blame: &str, namespace: Option<&str>, request_id: &str) -> io::Result<Vec<u8>> {
    let mut xml = Xml::pretty();
    xml.element("ErrorResponse", namespace, |xml| {
        xml.element("Error", None, |xml| {
            xml.text("Type", blame)?;
            xml.text("Code", &fault.code)?;
            if let Some(message) = &fault.message {
                xml.text("Message", message)?;
            }
            fault.details.iter().try_for_each(|(name, value)| xml.text(name, value))
        })?;
        xml.text("RequestId", request_id)
    })?;
    Ok(xml.into_bytes())
}

#[cfg(test)]
mod tests;
