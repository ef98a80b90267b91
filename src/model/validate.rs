//! Constraints at every depth, and the one error that AWS makes of all that are violated.
//!
//! Follows `facts/aws-behaviour.md` D.1. Members are looked at in the order of the model, each before what is inside
//! it; of one value the pattern comes before the length. A document that satisfies its shape costs no allocation.
//! Values of the wrong JSON type are `coerce`'s to refuse and are passed over here.

mod constraint;
mod iam;

use std::fmt::Write as _;

use self::constraint::{group, own};
use super::render::shown;
use super::shape::{List, Map, Protocol, Service, ShapeId, ShapeKind, Structure};
use crate::document::Document;
use crate::fault::Fault;

/// AWS stops after this many.
const MOST: usize = 10;

/// A constraint that a value does not satisfy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Where, in AWS's words: `productionVariants.1.member.instanceType`.
    pub path: String,
    /// The value as Java prints it, `null` for an absent one; `None` where it is sensitive.
    pub value: Option<String>,
    /// Whether the value is absent, and so printed without quotes.
    pub absent: bool,
    /// What was asked: `Member must not be null`.
    pub constraint: String,
}

/// Every violation of a document against a shape, ten at most; empty where the document is good.
pub fn validate(service: &Service, shape: ShapeId, document: &Document) -> Vec<Violation> {
    let mut walk = Walk { service, found: Vec::new() };
    walk.inside(shape, document, &Path::Root);
    walk.found
}

/// AWS's error for the violations of one request; `None` where there are none.
pub fn refusal(service: &Service, violations: &[Violation]) -> Option<Fault> {
    if violations.is_empty() {
        return None;
    }
    let listed = |violation: &&Violation| service.name != "iam" || iam::sentence(violation).is_none();
    let items: Vec<String> = violations.iter().filter(listed).map(|violation| item(service, violation)).collect();
    let text = match (items.as_slice(), violations) {
        ([], [first, ..]) => iam::sentence(first).unwrap_or_default(),
        ([one], _) => format!("1 validation error detected: {one}"),
        (items, _) => format!("{} validation errors detected: {}", items.len(), items.join("; ")),
    };
    let code = match service.protocol {
        Protocol::AwsQuery | Protocol::Ec2Query => "ValidationError",
        Protocol::AwsJson11 | Protocol::RestXml | Protocol::RestJson => "ValidationException",
    };
    Some(Fault::new(code, text))
}

/// IAM never shows values.
fn item(service: &Service, violation: &Violation) -> String {
    let Violation { path, value, absent, constraint } = violation;
    match value.as_ref().filter(|_| service.name != "iam") {
        None => format!("Value at '{path}' failed to satisfy constraint: {constraint}"),
        Some(value) if *absent => format!("Value {value} at '{path}' failed to satisfy constraint: {constraint}"),
        Some(value) => format!("Value '{value}' at '{path}' failed to satisfy constraint: {constraint}"),
    }
}

/// Where a value stands; links up the stack, so that nothing is written down unless it is needed.
enum Path<'a> {
    Root,
    Member(&'a Path<'a>, &'a str),
    Element(&'a Path<'a>, usize),
    Entry(&'a Path<'a>, &'a str),
}

impl Path<'_> {
    fn text(&self) -> String {
        let mut text = String::new();
        self.write(&mut text);
        text
    }

    fn write(&self, text: &mut String) {
        match self {
            Path::Root => {}
            Path::Member(parent, name) => {
                parent.write(text);
                if !text.is_empty() {
                    text.push('.');
                }
                text.push_str(&super::render::member(name));
            }
            Path::Element(parent, index) => {
                parent.write(text);
                let _infallible = write!(text, ".{}.member", index + 1);
            }
            Path::Entry(parent, key) => {
                parent.write(text);
                let _infallible = write!(text, ".{key}.member");
            }
        }
    }
}

struct Walk<'s> {
    service: &'s Service,
    found: Vec<Violation>,
}

impl Walk<'_> {
    fn add(&mut self, path: &Path<'_>, shape: ShapeId, value: &Document, constraint: String) {
        if self.found.len() < MOST {
            let value = shown(self.service, shape, value);
            self.found.push(Violation { path: path.text(), value, absent: false, constraint });
        }
    }

    fn add_absent(&mut self, path: &Path<'_>, shape: ShapeId) {
        if self.found.len() < MOST {
            let value = shown(self.service, shape, &Document::Null);
            let constraint = "Member must not be null".to_owned();
            self.found.push(Violation { path: path.text(), value, absent: true, constraint });
        }
    }

    /// A value's own constraints, then those of what is inside it.
    fn value(&mut self, shape: ShapeId, value: &Document, path: &Path<'_>) {
        own(self.service.shape(shape), value, &mut |constraint| self.add(path, shape, value, constraint));
        self.inside(shape, value, path);
    }

    fn inside(&mut self, shape: ShapeId, value: &Document, path: &Path<'_>) {
        if self.found.len() >= MOST {
            return;
        }
        match &self.service.shape(shape).kind {
            ShapeKind::Structure(structure) => self.members(structure, shape, value, path),
            ShapeKind::List(list) => self.elements(list, shape, value, path),
            ShapeKind::Map(map) => self.entries(map, shape, value, path),
            _ => {}
        }
    }

    fn members(&mut self, structure: &Structure, shape: ShapeId, value: &Document, path: &Path<'_>) {
        let Some(members) = value.as_object() else { return };
        let mut present = 0;
        for member in &structure.members {
            let path = Path::Member(path, member.name);
            match members.get(member.name).filter(|value| !value.is_null()) {
                Some(value) => {
                    present += 1;
                    self.value(member.shape, value, &path);
                }
                None if member.required => self.add_absent(&path, member.shape),
                None => {}
            }
        }
        if structure.union && present != 1 {
            // AWS's text for this is not known: SDKs refuse it before they send anything.
            self.add(path, shape, value, "Member must have exactly one member set".to_owned());
        }
    }

    fn elements(&mut self, list: &List, shape: ShapeId, value: &Document, path: &Path<'_>) {
        let Some(elements) = value.as_array() else { return };
        let element = self.service.shape(list.member);
        if !is_simple(&element.kind) {
            for (index, element) in elements.iter().enumerate() {
                self.nested(list.member, element, &Path::Element(path, index));
            }
        } else if elements.iter().any(|value| !holds(element, value)) {
            self.add(path, shape, value, format!("Member must satisfy constraint: [{}]", group(element)));
        }
    }

    fn entries(&mut self, map: &Map, shape: ShapeId, value: &Document, path: &Path<'_>) {
        let Some(entries) = value.as_object() else { return };
        let (key, element) = (self.service.shape(map.key), self.service.shape(map.value));
        if entries.keys().any(|name| !constraint::text_holds(key, name)) {
            self.add(path, shape, value, format!("Map keys must satisfy constraint: [{}]", group(key)));
        }
        if !is_simple(&element.kind) {
            for (name, element) in entries {
                self.nested(map.value, element, &Path::Entry(path, name));
            }
        } else if entries.values().any(|value| !holds(element, value)) {
            self.add(path, shape, value, format!("Map value must satisfy constraint: [{}]", group(element)));
        }
    }

    fn nested(&mut self, shape: ShapeId, value: &Document, path: &Path<'_>) {
        if value.is_null() { self.add_absent(path, shape) } else { self.value(shape, value, path) }
    }
}

/// Whether a shape's violations are reported with the list or map that holds it.
fn is_simple(kind: &ShapeKind) -> bool {
    !matches!(kind, ShapeKind::Structure(_) | ShapeKind::List(_) | ShapeKind::Map(_))
}

fn holds(shape: &super::Shape, value: &Document) -> bool {
    let mut holds = !value.is_null();
    own(shape, value, &mut |_| holds = false);
    holds
}

#[cfg(test)]
mod tests;
