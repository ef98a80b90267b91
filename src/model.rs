//! The API models of AWS's services as data: shapes, operations and errors, and what follows from them alone.
//!
//! A request's input is first [`coerce()`]d (JSON types, `SerializationException`), then [`validate()`]d (constraints,
//! `ValidationException`); an answer is [`project()`]ed onto its output shape. All of it is driven by the distilled
//! models under `fixtures/model`, which are compiled in and read on first use. Nothing here knows a protocol, a clock,
//! a store, or any single operation.
//!
//! INVARIANT: every [`ShapeId`] of a service indexes that service's own shapes.

pub mod access;
mod coerce;
mod load;
mod pattern;
mod project;
mod render;
mod shape;
mod validate;

use std::sync::OnceLock;

pub use coerce::coerce;
pub use pattern::Pattern;
pub use project::{Projected, check_output, project};
pub use shape::{
    Bound, ErrorShape, Length, List, Location, Map, Member, Operation, Protocol, Range, Service, Shape, ShapeId,
    ShapeKind, Structure, Text,
};
pub use validate::{Violation, refusal, validate};

use crate::document::Document;
use crate::fault::Fault;

/// The model of a service by its signing name, such as `sagemaker`; `None` where passrole carries no model of it.
pub fn service(name: &str) -> Option<&'static Service> {
    static SAGEMAKER: OnceLock<Service> = OnceLock::new();
    static IAM: OnceLock<Service> = OnceLock::new();
    static STS: OnceLock<Service> = OnceLock::new();
    let (cell, fixture): (_, &'static str) = match name {
        "sagemaker" => (&SAGEMAKER, include_str!("../fixtures/model/sagemaker.json")),
        "iam" => (&IAM, include_str!("../fixtures/model/iam.json")),
        "sts" => (&STS, include_str!("../fixtures/model/sts.json")),
        _ => return None,
    };
    Some(cell.get_or_init(|| load::service(fixture)))
}

/// The names that [`service`] knows, sorted.
pub const SERVICES: &[&str] = &["iam", "sagemaker", "sts"];

/// Types, then constraints: the input that the operation's own code may rely on, or AWS's refusal.
///
/// For input that did not come through a protocol of `wire`, which coerces while it decodes.
pub fn check_input(service: &Service, operation: &Operation, input: Document) -> Result<Document, Fault> {
    let Some(shape) = operation.input else {
        return Ok(Document::Object(crate::document::Members::new()));
    };
    let input = coerce(service, shape, input)?;
    match refusal(service, &validate(service, shape, &input)) {
        Some(fault) => Err(fault),
        None => Ok(input),
    }
}

#[cfg(test)]
mod tests;
