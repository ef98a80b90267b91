//! Reads a distilled model into the types of `shape`.
//!
//! Names stay slices of the compiled-in text, so that a loaded model is little more than indices.
//! INVARIANT: the text is one that `fixtures/model/distil.py` wrote; a test reads every one of them.

mod raw;

use std::collections::BTreeMap;

use self::raw::{RawBound, RawModel, RawOperation, RawReference, RawShape};
use super::pattern::Pattern;
use super::shape::{
    Bound, ErrorShape, Length, List, Location, Map, Member, Operation, Protocol, Range, Service, Shape, ShapeId,
    ShapeKind, Structure, Text,
};

/// The model that a fixture holds.
#[expect(clippy::expect_used, reason = "the fixtures are compiled in, and a test reads each of them")]
pub(super) fn service(fixture: &'static str) -> Service {
    read(fixture).expect("a compiled-in model is well-formed")
}

fn read(fixture: &'static str) -> Result<Service, Malformed> {
    let model: RawModel = serde_json::from_str(fixture).map_err(|error| Malformed(error.to_string()))?;
    let names = Names(model.shapes.0.iter().map(|(name, _)| *name).collect());
    let mut errors: Vec<_> = model.shapes.0.iter().filter_map(|(name, raw)| error(name, raw)).collect();
    errors.sort_by_key(|error| error.code);
    errors.dedup_by_key(|error| error.code);
    let exceptions = model.shapes.0.iter().filter(|(_, raw)| raw.exception);
    let codes: BTreeMap<_, _> = exceptions.map(|(name, raw)| (*name, code(name, raw))).collect();
    let operations = model.operations.0.into_iter().map(|(name, raw)| operation(name, &raw, &names, &codes));
    let operations = operations.collect::<Result<_, _>>()?;
    let shapes = model.shapes.0.into_iter().map(|(name, raw)| shape(name, raw, &names)).collect::<Result<_, _>>()?;
    let metadata = model.metadata;
    Ok(Service {
        name: metadata.service,
        api_version: metadata.version,
        protocol: protocol(metadata.protocol)?,
        signing_name: metadata.signing_name,
        target_prefix: metadata.target_prefix,
        xml_namespace: metadata.xml_namespace,
        operations,
        shapes,
        errors: errors.into(),
    })
}

#[derive(Debug, thiserror::Error)]
#[error("malformed model: {0}")]
struct Malformed(String);

/// Names of shapes, sorted as the fixture has them.
struct Names(Vec<&'static str>);

impl Names {
    fn id(&self, name: &str) -> Result<ShapeId, Malformed> {
        let index = self.0.binary_search(&name).map_err(|_| Malformed(format!("no shape `{name}`")))?;
        u16::try_from(index).map(ShapeId).map_err(|_| Malformed("too many shapes".to_owned()))
    }
}

fn protocol(name: &str) -> Result<Protocol, Malformed> {
    Ok(match name {
        "json" => Protocol::AwsJson11,
        "query" => Protocol::AwsQuery,
        "ec2" => Protocol::Ec2Query,
        "rest-xml" => Protocol::RestXml,
        "rest-json" => Protocol::RestJson,
        other => return Err(Malformed(format!("unknown protocol `{other}`"))),
    })
}

fn operation(
    name: &'static str,
    raw: &RawOperation,
    names: &Names,
    codes: &BTreeMap<&str, &'static str>,
) -> Result<Operation, Malformed> {
    let mut errors: Vec<_> = raw.errors.iter().filter_map(|error| codes.get(error).copied()).collect();
    errors.sort_unstable();
    Ok(Operation {
        name,
        input: raw.input.map(|shape| names.id(shape)).transpose()?,
        output: raw.output.map(|shape| names.id(shape)).transpose()?,
        result_wrapper: raw.result_wrapper,
        errors: errors.into(),
        method: raw.method,
        uri: raw.uri,
        response_code: raw.response_code.unwrap_or(200),
    })
}

fn error(name: &'static str, raw: &RawShape) -> Option<ErrorShape> {
    raw.exception.then(|| {
        let text = |member: &&(&'static str, RawReference)| member.0.eq_ignore_ascii_case("message");
        ErrorShape {
            code: code(name, raw),
            http_status: raw.error.as_ref().and_then(|error| error.http_status_code),
            receiver_fault: raw.fault,
            message_member: raw.members.0.iter().find(text).map(|member| member.0),
        }
    })
}

/// The code on the wire, which is the shape's name unless the model says otherwise.
fn code(name: &'static str, raw: &RawShape) -> &'static str {
    raw.error.as_ref().and_then(|error| error.code).unwrap_or(name)
}

fn shape(name: &'static str, raw: RawShape, names: &Names) -> Result<Shape, Malformed> {
    let sensitive = raw.sensitive;
    let length = || Length { min: raw.min.and_then(whole), max: raw.max.and_then(whole) };
    let range = || Range { min: raw.min.map(bound), max: raw.max.map(bound) };
    let kind = match raw.kind {
        "structure" => ShapeKind::Structure(structure(raw, names)?),
        "list" => {
            let member = raw.member.as_ref().ok_or_else(|| Malformed(format!("list `{name}` without member")))?;
            ShapeKind::List(List {
                member: names.id(member.shape)?,
                location_name: member.location_name,
                length: length(),
                flattened: raw.flattened,
            })
        }
        "map" => {
            let (Some(key), Some(value)) = (&raw.key, &raw.value) else {
                return Err(Malformed(format!("map `{name}` without key or value")));
            };
            ShapeKind::Map(Map {
                key: names.id(key.shape)?,
                value: names.id(value.shape)?,
                length: length(),
                flattened: raw.flattened,
            })
        }
        "string" | "character" => {
            let length = length();
            let pattern = raw.pattern.map(|text| Box::new(Pattern::new(text)));
            ShapeKind::String(Text { length, pattern, values: raw.values.into() })
        }
        "integer" => ShapeKind::Integer(range()),
        "long" => ShapeKind::Long(range()),
        "float" => ShapeKind::Float(range()),
        "double" => ShapeKind::Double(range()),
        "boolean" => ShapeKind::Boolean,
        "timestamp" => ShapeKind::Timestamp,
        "blob" => ShapeKind::Blob(length()),
        other => return Err(Malformed(format!("`{name}` is of unknown type `{other}`"))),
    };
    Ok(Shape { name, kind, sensitive })
}

fn structure(raw: RawShape, names: &Names) -> Result<Structure, Malformed> {
    let required = raw.required;
    let member = |(name, reference): (&'static str, RawReference)| {
        Ok(Member {
            name,
            shape: names.id(reference.shape)?,
            required: required.contains(&name),
            idempotency_token: reference.idempotency_token,
            location: location(reference.location)?,
            location_name: reference.location_name,
            query_name: reference.query_name,
        })
    };
    let members = raw.members.0.into_iter().map(member).collect::<Result<_, _>>()?;
    Ok(Structure { members, union: raw.union, payload: raw.payload })
}

fn location(name: Option<&str>) -> Result<Location, Malformed> {
    Ok(match name {
        None => Location::Body,
        Some("uri") => Location::Uri,
        Some("querystring") => Location::QueryString,
        Some("header") => Location::Header,
        Some("headers") => Location::Headers,
        Some("statusCode") => Location::StatusCode,
        Some(other) => return Err(Malformed(format!("unknown location `{other}`"))),
    })
}

fn whole(bound: RawBound) -> Option<u64> {
    match bound {
        RawBound::Whole(bound) => u64::try_from(bound).ok(),
        RawBound::Real(_) => None,
    }
}

fn bound(bound: RawBound) -> Bound {
    match bound {
        RawBound::Whole(bound) => Bound::Whole(bound),
        RawBound::Real(bound) => Bound::Real(bound),
    }
}
