//! Values as Java prints them in AWS's validation messages.
//!
//! Text as it is, `[a, b]`, `{k=v}`, `Tag(key=a, value=null)`. INVARIANT: nothing sensitive is ever printed; a value
//! that holds something sensitive anywhere inside is not shown at all.

use std::borrow::Cow;
use std::fmt::Write as _;

use jiff::Timestamp;

use super::shape::{Service, ShapeId, ShapeKind};
use crate::document::Document;

/// A member's name as messages write it: the first letter in lower case, the rest as it is.
pub(super) fn member(name: &str) -> Cow<'_, str> {
    let mut rest = name.chars();
    match rest.next() {
        Some(first) if first.is_ascii_uppercase() => {
            Cow::Owned(format!("{}{}", first.to_ascii_lowercase(), rest.as_str()))
        }
        _ => Cow::Borrowed(name),
    }
}

/// The value as messages show it; `None` where it must not be shown.
pub(super) fn shown(service: &Service, shape: ShapeId, value: &Document) -> Option<String> {
    let mut text = String::new();
    java(service, shape, value, &mut text).then_some(text)
}

/// Writes a value; false where it holds something sensitive.
fn java(service: &Service, shape: ShapeId, value: &Document, text: &mut String) -> bool {
    let shape = service.shape(shape);
    if shape.sensitive {
        return false;
    }
    match (&shape.kind, value) {
        (_, Document::Null) => text.push_str("null"),
        (ShapeKind::Structure(structure), Document::Object(members)) => {
            text.push_str(shape.name);
            text.push('(');
            for (index, each) in structure.members.iter().enumerate() {
                let separator = if index > 0 { ", " } else { "" };
                let _infallible = write!(text, "{separator}{}=", member(each.name));
                let value = members.get(each.name).unwrap_or(&Document::Null);
                if !value.is_null() && !java(service, each.shape, value, text) {
                    return false;
                }
                if value.is_null() {
                    text.push_str("null");
                }
            }
            text.push(')');
        }
        (ShapeKind::List(list), Document::Array(elements)) => {
            text.push('[');
            for (index, element) in elements.iter().enumerate() {
                text.push_str(if index > 0 { ", " } else { "" });
                if !java(service, list.member, element, text) {
                    return false;
                }
            }
            text.push(']');
        }
        (ShapeKind::Map(map), Document::Object(entries)) => {
            text.push('{');
            for (index, (key, value)) in entries.iter().enumerate() {
                text.push_str(if index > 0 { ", " } else { "" });
                let _infallible = write!(text, "{key}=");
                if !java(service, map.value, value, text) {
                    return false;
                }
            }
            text.push('}');
            return !service.shape(map.key).sensitive;
        }
        (ShapeKind::Float(_) | ShapeKind::Double(_), Document::Number(number)) => {
            text.push_str(&real(number.as_f64().unwrap_or_default()));
        }
        (ShapeKind::Timestamp, Document::Number(number)) => text.push_str(&date(number)),
        (ShapeKind::Blob(_), Document::String(base64)) => {
            let length = base64.trim_end_matches('=').len() * 3 / 4;
            let _infallible = write!(text, "java.nio.HeapByteBuffer[pos=0 lim={length} cap={length}]");
        }
        (_, Document::String(value)) => text.push_str(value),
        (_, other) => {
            let _infallible = write!(text, "{other}");
        }
    }
    true
}

/// `1.0`, `0.25`, `1.0E10`.
fn real(number: f64) -> String {
    if number == 0.0 || (1e-3..1e7).contains(&number.abs()) {
        return format!("{number:?}");
    }
    let text = format!("{number:E}");
    match text.split_once('E') {
        Some((digits, exponent)) if !digits.contains('.') => format!("{digits}.0E{exponent}"),
        _ => text,
    }
}

/// As `java.util.Date` prints itself.
fn date(seconds: &serde_json::Number) -> String {
    #[expect(clippy::cast_possible_truncation, reason = "the conversion saturates, and jiff refuses what is too far")]
    let millis = (seconds.as_f64().unwrap_or_default() * 1000.0) as i64;
    let instant = Timestamp::from_millisecond(millis).unwrap_or_default();
    instant.strftime("%a %b %d %H:%M:%S UTC %Y").to_string()
}
