//! The constraints of one shape on one value, and their texts.

use crate::document::Document;
use crate::model::shape::{Bound, Length, Range, Shape, ShapeKind, Text};

/// Tells each constraint of the shape itself that the value does not satisfy; pattern, then length, then values.
pub(super) fn own(shape: &Shape, value: &Document, broken: &mut dyn FnMut(String)) {
    match (&shape.kind, value) {
        (ShapeKind::String(text), Document::String(value)) => own_text(text, value, broken),
        (ShapeKind::List(list), Document::Array(elements)) => own_length(list.length, elements.len(), broken),
        (ShapeKind::Map(map), Document::Object(entries)) => own_length(map.length, entries.len(), broken),
        (ShapeKind::Blob(length), Document::String(base64)) => own_length(*length, decoded_length(base64), broken),
        (
            ShapeKind::Integer(range) | ShapeKind::Long(range) | ShapeKind::Float(range) | ShapeKind::Double(range),
            Document::Number(number),
        ) => own_range(*range, number, broken),
        _ => {}
    }
}

/// Whether a map's key satisfies its shape.
pub(super) fn text_holds(shape: &Shape, key: &str) -> bool {
    let mut holds = true;
    if let ShapeKind::String(text) = &shape.kind {
        own_text(text, key, &mut |_| holds = false);
    }
    holds
}

/// Every constraint of the element of a list or map: longest, shortest, pattern, values.
pub(super) fn group(shape: &Shape) -> String {
    let mut texts = Vec::new();
    match &shape.kind {
        ShapeKind::String(text) => {
            texts.extend(lengths(text.length));
            texts.extend(text.pattern.as_ref().map(|pattern| pattern_text(pattern.text())));
            texts.extend((!text.values.is_empty()).then(|| values_text(&text.values)));
        }
        ShapeKind::Integer(range) | ShapeKind::Long(range) | ShapeKind::Float(range) | ShapeKind::Double(range) => {
            texts.extend(range.max.map(most_text));
            texts.extend(range.min.map(least_text));
        }
        ShapeKind::Blob(length) => texts.extend(lengths(*length)),
        _ => {}
    }
    if texts.is_empty() {
        texts.push("Member must not be null".to_owned());
    }
    texts.join(", ")
}

/// AWS prints a least length of 0 where the model gives only the greatest.
fn lengths(length: Length) -> impl Iterator<Item = String> {
    let min = length.min.or(length.max.map(|_| 0));
    length.max.map(longest_text).into_iter().chain(min.map(shortest_text))
}

fn own_text(text: &Text, value: &str, broken: &mut dyn FnMut(String)) {
    if let Some(pattern) = &text.pattern
        && !pattern.matches(value)
    {
        broken(pattern_text(pattern.text()));
    }
    if text.length != Length::default() {
        own_length(text.length, value.chars().count(), broken);
    }
    if !text.values.is_empty() && !text.values.contains(&value) {
        broken(values_text(&text.values));
    }
}

fn own_length(length: Length, actual: usize, broken: &mut dyn FnMut(String)) {
    let actual = u64::try_from(actual).unwrap_or(u64::MAX);
    if let Some(max) = length.max.filter(|max| actual > *max) {
        broken(longest_text(max));
    }
    if let Some(min) = length.min.filter(|min| actual < *min) {
        broken(shortest_text(min));
    }
}

fn own_range(range: Range, number: &serde_json::Number, broken: &mut dyn FnMut(String)) {
    if let Some(max) = range.max.filter(|max| exceeds(number, *max)) {
        broken(most_text(max));
    }
    if let Some(min) = range.min.filter(|min| falls_short(number, *min)) {
        broken(least_text(min));
    }
}

fn exceeds(number: &serde_json::Number, max: Bound) -> bool {
    match (number.as_i64(), max) {
        (Some(number), Bound::Whole(max)) => number > max,
        _ => number.as_f64().is_none_or(|number| number > real(max)),
    }
}

fn falls_short(number: &serde_json::Number, min: Bound) -> bool {
    match (number.as_i64(), min) {
        (Some(number), Bound::Whole(min)) => number < min,
        _ => number.as_f64().is_none_or(|number| number < real(min)),
    }
}

#[expect(clippy::cast_precision_loss, reason = "no bound of a model is beyond 53 bits")]
fn real(bound: Bound) -> f64 {
    match bound {
        Bound::Whole(bound) => bound as f64,
        Bound::Real(bound) => bound,
    }
}

/// How many bytes a base64 text stands for.
fn decoded_length(base64: &str) -> usize {
    let digits = base64.trim_end_matches('=').len();
    digits / 4 * 3 + (digits % 4).saturating_sub(1)
}

/// What is said of a text that does not match.
pub(super) fn pattern_text(pattern: &str) -> String {
    format!("Member must satisfy regular expression pattern: {pattern}")
}

fn values_text(values: &[&str]) -> String {
    format!("Member must satisfy enum value set: [{}]", values.join(", "))
}

fn longest_text(max: u64) -> String {
    format!("Member must have length less than or equal to {max}")
}

fn shortest_text(min: u64) -> String {
    format!("Member must have length greater than or equal to {min}")
}

fn most_text(max: Bound) -> String {
    format!("Member must have value less than or equal to {max}")
}

fn least_text(min: Bound) -> String {
    format!("Member must have value greater than or equal to {min}")
}
