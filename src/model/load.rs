//! Reads a distilled model into the types of `shape`.
//!
//! Names stay slices of the compiled-in text, so that a loaded model is little more than indices.
//! INVARIANT: the text is one that `fixtures/model/distil.py` wrote; a test reads every one of them.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};

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
    let codes: BTreeMap<_, _> = model
        .shapes
        .0
        .iter()
        .filter_map(|(name, raw)| {
            raw.exception.then(|| (*name, raw.error.as_ref().and_then(|e| e.code).unwrap_or(name)))
        })
        .collect();
    let operations = model.operations.0.into_iter().map(|(name, raw)| operation(name, raw, &names, &codes));
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
    raw: RawOperation,
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
        let given = raw.error.as_ref();
        ErrorShape {
            code: given.and_then(|error| error.code).unwrap_or(name),
            http_status: given.and_then(|error| error.http_status_code),
            receiver_fault: raw.fault,
            message_member: raw.members.0.iter().find(text).map(|member| member.0),
        }
    })
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

#[derive(Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
struct RawModel {
    metadata: RawMetadata,
    operations: Ordered<RawOperation>,
    shapes: Ordered<RawShape>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawMetadata {
    service: &'static str,
    version: &'static str,
    protocol: &'static str,
    signing_name: &'static str,
    target_prefix: Option<&'static str>,
    xml_namespace: Option<&'static str>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawOperation {
    input: Option<&'static str>,
    output: Option<&'static str>,
    result_wrapper: Option<&'static str>,
    #[serde(default)]
    errors: Vec<&'static str>,
    method: &'static str,
    uri: &'static str,
    response_code: Option<u16>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawShape {
    #[serde(rename = "type")]
    kind: &'static str,
    min: Option<RawBound>,
    max: Option<RawBound>,
    pattern: Option<Box<str>>,
    #[serde(default, rename = "enum")]
    values: Vec<&'static str>,
    #[serde(default)]
    sensitive: bool,
    #[serde(default)]
    union: bool,
    #[serde(default)]
    flattened: bool,
    payload: Option<&'static str>,
    #[serde(default)]
    exception: bool,
    #[serde(default)]
    fault: bool,
    error: Option<RawError>,
    #[serde(default)]
    members: Ordered<RawReference>,
    #[serde(default)]
    required: Vec<&'static str>,
    member: Option<RawReference>,
    key: Option<RawReference>,
    value: Option<RawReference>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawError {
    code: Option<&'static str>,
    http_status_code: Option<u16>,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(untagged)]
enum RawBound {
    Whole(i64),
    Real(f64),
}

/// The entries of an object in the order in which they stand.
struct Ordered<T>(Vec<(&'static str, T)>);

impl<T> Default for Ordered<T> {
    fn default() -> Self {
        Ordered(Vec::new())
    }
}

impl<'de: 'static, T: Deserialize<'de>> Deserialize<'de> for Ordered<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries<T>(std::marker::PhantomData<T>);
        impl<'de: 'static, T: Deserialize<'de>> Visitor<'de> for Entries<T> {
            type Value = Ordered<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Ordered(entries))
            }
        }
        deserializer.deserialize_map(Entries(std::marker::PhantomData))
    }
}

/// A member: the name of its shape, or an object where there is more to say.
#[derive(Default)]
struct RawReference {
    shape: &'static str,
    location: Option<&'static str>,
    location_name: Option<&'static str>,
    query_name: Option<&'static str>,
    idempotency_token: bool,
}

impl<'de: 'static> Deserialize<'de> for RawReference {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reference;
        impl<'de: 'static> Visitor<'de> for Reference {
            type Value = RawReference;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the name of a shape or an object")
            }

            fn visit_borrowed_str<E>(self, shape: &'de str) -> Result<Self::Value, E> {
                Ok(RawReference { shape, ..RawReference::default() })
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut reference = RawReference::default();
                while let Some(key) = map.next_key::<&str>()? {
                    match key {
                        "shape" => reference.shape = map.next_value()?,
                        "location" => reference.location = Some(map.next_value()?),
                        "locationName" => reference.location_name = Some(map.next_value()?),
                        "queryName" => reference.query_name = Some(map.next_value()?),
                        "idempotencyToken" => reference.idempotency_token = map.next_value()?,
                        _ => {
                            map.next_value::<serde::de::IgnoredAny>()?;
                        }
                    }
                }
                Ok(reference)
            }
        }
        deserializer.deserialize_any(Reference)
    }
}
