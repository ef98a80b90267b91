//! EC2's variety of the query protocol: its answers and its refusals.
//!
//! <https://smithy.io/2.0/aws/protocols/aws-ec2-query-protocol.html>

use std::io;

use bytes::Bytes;
use http::{Response, StatusCode};

use super::xml::{Style, Xml};
use super::{respond, statuses};
use crate::document::Document;
use crate::fault::Fault;
use crate::model::{Operation, Service, ShapeKind};

const CONTENT_TYPE: &str = "text/xml;charset=UTF-8";
const STYLE: Style = Style { element: "item" };

pub(super) fn encode(service: &Service, operation: &Operation, output: &Document, request_id: &str) -> Response<Bytes> {
    match answer(service, operation, output, request_id) {
        Ok(body) => respond(StatusCode::OK, Some(CONTENT_TYPE), Bytes::from(body), request_id),
        Err(_) => encode_fault(&Fault::internal(), request_id),
    }
}

fn answer(service: &Service, operation: &Operation, output: &Document, request_id: &str) -> io::Result<Vec<u8>> {
    let mut xml = Xml::declared();
    xml.element(&format!("{}Response", operation.name), service.xml_namespace, |xml| {
        xml.text("requestId", request_id)?;
        match operation.output.map(|shape| &service.shape(shape).kind) {
            Some(ShapeKind::Structure(structure)) => xml.members(service, structure, output, STYLE),
            _ => xml.text("return", "true"),
        }
    })?;
    Ok(xml.into_bytes())
}

pub(super) fn encode_fault(fault: &Fault, request_id: &str) -> Response<Bytes> {
    let body = refusal(fault, request_id).unwrap_or_default();
    respond(statuses::of(&fault.code), Some(CONTENT_TYPE), Bytes::from(body), request_id)
}

fn refusal(fault: &Fault, request_id: &str) -> io::Result<Vec<u8>> {
    let mut xml = Xml::declared();
    xml.element("Response", None, |xml| {
        xml.element("Errors", None, |xml| {
            xml.element("Error", None, |xml| {
                xml.text("Code", &fault.code)?;
                xml.text("Message", fault.text())?;
                fault.details.iter().try_for_each(|(name, value)| xml.text(name, value))
            })
        })?;
        xml.text("RequestID", request_id)
    })?;
    Ok(xml.into_bytes())
}
