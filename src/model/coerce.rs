//! JSON types against shapes: what deserialisation refuses before any constraint is looked at.
//!
//! Follows `facts/aws-behaviour.md` D.2. Unknown members and `null` members are dropped; elements of lists and values
//! of maps keep their `null`, so that validation can refuse it. Text that names a flag becomes one,
//! and whole numbers lose their fraction, as Coral's truncating numbers do.

use jiff::Timestamp;
use serde_json::Number;

use super::shape::{Service, ShapeId, ShapeKind, Structure};
use crate::document::{Document, Members};
use crate::fault::Fault;

/// How deep a document may be nested; JSON readers stop at the same depth.
const DEEPEST: usize = 128;

/// Brings a document into the types of a shape, or refuses it with AWS's `SerializationException`.
pub fn coerce(service: &Service, shape: ShapeId, document: Document) -> Result<Document, Fault> {
    value(service, shape, document, 0)
}

fn value(service: &Service, shape: ShapeId, given: Document, depth: usize) -> Result<Document, Fault> {
    if depth > DEEPEST {
        return Err(Fault::bare(SERIALIZATION));
    }
    match &service.shape(shape).kind {
        ShapeKind::Structure(structure) => match given {
            Document::Object(members) => structure_members(service, structure, members, depth),
            Document::Array(_) => Err(refused(LIST_START)),
            _ => Err(refused("Expected null")),
        },
        ShapeKind::List(list) => match given {
            Document::Array(elements) => {
                let element = |element| nullable(service, list.member, element, depth);
                elements.into_iter().map(element).collect::<Result<_, _>>().map(Document::Array)
            }
            Document::Object(_) => Err(refused(STRUCTURE_START)),
            _ => Err(refused("Expected list or null")),
        },
        ShapeKind::Map(map) => match given {
            Document::Object(entries) => {
                let entry = |(key, entry)| Ok((key, nullable(service, map.value, entry, depth)?));
                entries.into_iter().map(entry).collect::<Result<_, _>>().map(Document::Object)
            }
            Document::Array(_) => Err(refused(LIST_START)),
            _ => Err(refused("Expected map or null")),
        },
        ShapeKind::String(_) => match given {
            Document::String(_) => Ok(given),
            other => Err(mismatch(&other, "a String")),
        },
        ShapeKind::Boolean => boolean(given),
        ShapeKind::Integer(_) => whole(&given, "an Integer", i32::MIN.into(), i32::MAX.into()),
        ShapeKind::Long(_) => whole(&given, "a Long", i64::MIN, i64::MAX),
        ShapeKind::Float(_) => real(given, "a Float"),
        ShapeKind::Double(_) => real(given, "a Double"),
        ShapeKind::Timestamp => timestamp(given),
        ShapeKind::Blob(_) => blob(given),
    }
}

fn nullable(service: &Service, shape: ShapeId, given: Document, depth: usize) -> Result<Document, Fault> {
    if given.is_null() { Ok(given) } else { value(service, shape, given, depth + 1) }
}

fn structure_members(
    service: &Service,
    structure: &Structure,
    mut given: Members,
    depth: usize,
) -> Result<Document, Fault> {
    let mut kept = Members::new();
    for member in &structure.members {
        match given.remove(member.name) {
            None | Some(Document::Null) => {}
            Some(found) => {
                kept.insert(member.name.to_owned(), value(service, member.shape, found, depth + 1)?);
            }
        }
    }
    Ok(Document::Object(kept))
}

/// Text that names a flag is taken for it, in any case.
fn boolean(given: Document) -> Result<Document, Fault> {
    match &given {
        Document::Bool(_) => Ok(given),
        Document::String(text) => match text.to_ascii_lowercase().as_str() {
            "true" | "yes" | "y" | "t" | "1" => Ok(Document::Bool(true)),
            "false" | "no" | "n" | "f" | "0" => Ok(Document::Bool(false)),
            _ => Err(refused("STRING_VALUE can not be converted to an Boolean")),
        },
        other => Err(mismatch(other, "a Boolean")),
    }
}

fn whole(given: &Document, target: &str, min: i64, max: i64) -> Result<Document, Fault> {
    let Document::Number(number) = given else {
        return Err(mismatch(given, target));
    };
    let whole = number.as_i64().or_else(|| number.as_f64().and_then(truncated));
    match whole.filter(|whole| (min..=max).contains(whole)) {
        Some(whole) => Ok(Document::from(whole)),
        None => Err(Fault::bare(SERIALIZATION)),
    }
}

/// The whole part of a number, where 64 bits hold it.
fn truncated(number: f64) -> Option<i64> {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    #[expect(clippy::cast_possible_truncation, reason = "the range is checked first")]
    (-LIMIT..LIMIT).contains(&number).then_some(number as i64)
}

fn real(given: Document, target: &str) -> Result<Document, Fault> {
    let Document::Number(number) = &given else {
        return Err(mismatch(&given, target));
    };
    Ok(number.as_f64().and_then(Number::from_f64).map_or(given, Document::Number))
}

/// Seconds since the epoch. Text is refused even where it is an instant, as AWS does.
fn timestamp(given: Document) -> Result<Document, Fault> {
    match &given {
        Document::Number(number) => {
            let seconds = number.as_f64().unwrap_or(f64::NAN);
            let known = seconds >= Timestamp::MIN.as_second() as f64 && seconds <= Timestamp::MAX.as_second() as f64;
            if known { Ok(given) } else { Err(Fault::bare(SERIALIZATION)) }
        }
        other => Err(mismatch(other, "milliseconds since epoch")),
    }
}

fn blob(given: Document) -> Result<Document, Fault> {
    use base64::Engine as _;
    match &given {
        Document::String(text) => match base64::engine::general_purpose::STANDARD.decode(text) {
            Ok(_) => Ok(given),
            Err(_) => Err(Fault::bare(SERIALIZATION)),
        },
        other => Err(mismatch(other, "a Blob")),
    }
}

const SERIALIZATION: &str = "SerializationException";
const LIST_START: &str = "Start of list found where not expected";
const STRUCTURE_START: &str = "Start of structure or map found where not expected.";

fn refused(text: impl Into<String>) -> Fault {
    Fault::new(SERIALIZATION, text)
}

/// The refusal of a value that is of no type which its shape could take.
fn mismatch(given: &Document, target: &str) -> Fault {
    let token = match given {
        Document::Array(_) => return refused(LIST_START),
        Document::Object(_) => return refused(STRUCTURE_START),
        Document::Null => return Fault::bare(SERIALIZATION),
        Document::Bool(true) => "TRUE_VALUE",
        Document::Bool(false) => "FALSE_VALUE",
        Document::Number(_) => "NUMBER_VALUE",
        Document::String(_) => "STRING_VALUE",
    };
    refused(format!("{token} can not be converted to {target}"))
}

#[cfg(test)]
mod tests;
