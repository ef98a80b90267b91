//! Answers: what of a document an output shape has a place for.
//!
//! Members that the shape lacks and those that are `null` fall away at every depth; nothing is ever added.

use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

use super::shape::{Service, ShapeId, ShapeKind};
use super::{coerce, validate};
use crate::document::{Document, Members};

/// The part of a document that a shape has a place for.
pub fn project(service: &Service, shape: ShapeId, document: &Document) -> Document {
    match (&service.shape(shape).kind, document) {
        (ShapeKind::Structure(structure), Document::Object(given)) => {
            let mut kept = Members::new();
            for member in &structure.members {
                if let Some(value) = given.get(member.name).filter(|value| !value.is_null()) {
                    kept.insert(member.name.to_owned(), project(service, member.shape, value));
                }
            }
            Document::Object(kept)
        }
        (ShapeKind::List(list), Document::Array(elements)) => {
            let elements = elements.iter().filter(|element| !element.is_null());
            Document::Array(elements.map(|element| project(service, list.member, element)).collect())
        }
        (ShapeKind::Map(map), Document::Object(entries)) => {
            let entries = entries.iter().filter(|(_, value)| !value.is_null());
            entries.map(|(key, value)| (key.clone(), project(service, map.value, value))).collect()
        }
        (_, other) => other.clone(),
    }
}

/// The same part, written without being copied first.
#[derive(Debug, Clone, Copy)]
pub struct Projected<'a> {
    /// The model that the shape is of.
    pub service: &'a Service,
    /// The shape that decides what is written.
    pub shape: ShapeId,
    /// What it is written from.
    pub document: &'a Document,
}

impl Serialize for Projected<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Projected { service, shape, .. } = *self;
        match (&service.shape(shape).kind, self.document) {
            (ShapeKind::Structure(structure), Document::Object(given)) => {
                let mut map = serializer.serialize_map(None)?;
                for member in &structure.members {
                    if let Some(document) = given.get(member.name).filter(|value| !value.is_null()) {
                        map.serialize_entry(member.name, &Projected { service, shape: member.shape, document })?;
                    }
                }
                map.end()
            }
            (ShapeKind::List(list), Document::Array(elements)) => {
                let mut sequence = serializer.serialize_seq(None)?;
                for document in elements.iter().filter(|element| !element.is_null()) {
                    sequence.serialize_element(&Projected { service, shape: list.member, document })?;
                }
                sequence.end()
            }
            (ShapeKind::Map(inner), Document::Object(entries)) => {
                let mut map = serializer.serialize_map(None)?;
                for (key, document) in entries.iter().filter(|(_, value)| !value.is_null()) {
                    map.serialize_entry(key, &Projected { service, shape: inner.value, document })?;
                }
                map.end()
            }
            (_, other) => other.serialize(serializer),
        }
    }
}

/// What is wrong with an answer, for tests: members of the wrong type, required members that are missing, values that
/// the model does not have. Empty where the projected answer is good.
pub fn check_output(service: &Service, shape: ShapeId, document: &Document) -> Vec<String> {
    let answer = project(service, shape, document);
    let typed = match coerce(service, shape, answer.clone()) {
        Ok(typed) => typed,
        Err(fault) => return vec![fault.to_string()],
    };
    let mut wrong = Vec::new();
    if typed != answer {
        wrong.push(format!("values are not of the model's types: {answer} should be {typed}"));
    }
    let texts = validate(service, shape, &typed).into_iter();
    wrong.extend(texts.map(|violation| format!("{}: {}", violation.path, violation.constraint)));
    wrong
}
