//! Form parameters to documents, driven by the input shape.
//!
//! `Tags.member.1.Key`, `Map.entry.1.key`; the first of two parameters of one name counts, unknown ones are ignored.
//! Elements stand in the order of their numbers, whatever the numbers are. Depth and number of parameters are bounded.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Bound;

use crate::document::{Document, Members};
use crate::fault::Fault;
use crate::model::{Service, ShapeId, ShapeKind, Structure};
use crate::wire::{Payload, time};

/// More parameters than any operation takes.
const MOST_PARAMETERS: usize = 20_000;
/// Deeper than any input is nested.
const DEEPEST: usize = 32;

/// The input that the parameters of a request describe.
pub(super) fn decode(service: &Service, shape: ShapeId, payload: Payload<'_>) -> Result<Document, Fault> {
    let parsed = form_urlencoded::parse(payload.query.as_bytes()).chain(form_urlencoded::parse(payload.body));
    let mut parameters = BTreeMap::new();
    for (index, (name, value)) in parsed.enumerate() {
        if index >= MOST_PARAMETERS {
            return Err(malformed());
        }
        parameters.entry(name).or_insert(value);
    }
    let form = Form { service, parameters };
    match &service.shape(shape).kind {
        ShapeKind::Structure(structure) => form.members(structure, "", 0),
        _ => Err(malformed()),
    }
}

fn malformed() -> Fault {
    Fault::bare("MalformedInput")
}

struct Form<'a> {
    service: &'a Service,
    parameters: BTreeMap<Cow<'a, str>, Cow<'a, str>>,
}

impl Form<'_> {
    fn members(&self, structure: &Structure, prefix: &str, depth: usize) -> Result<Document, Fault> {
        let mut members = Members::new();
        for member in &structure.members {
            let name = member.location_name.unwrap_or(member.name);
            if let Some(value) = self.value(member.shape, &format!("{prefix}{name}"), depth)? {
                members.insert(member.name.to_owned(), value);
            }
        }
        Ok(Document::Object(members))
    }

    fn value(&self, shape: ShapeId, name: &str, depth: usize) -> Result<Option<Document>, Fault> {
        if depth > DEEPEST {
            return Err(malformed());
        }
        match &self.service.shape(shape).kind {
            ShapeKind::Structure(structure) if self.has_below(name) => {
                self.members(structure, &format!("{name}."), depth + 1).map(Some)
            }
            ShapeKind::Structure(_) => Ok(None),
            ShapeKind::List(list) => {
                let prefix = match (list.flattened, list.location_name) {
                    (true, _) => format!("{name}."),
                    (false, element) => format!("{name}.{}.", element.unwrap_or("member")),
                };
                let elements = self.numbered(&prefix);
                if elements.is_empty() {
                    return Ok(self.is_empty_list(name).then(|| Document::Array(Vec::new())));
                }
                let element = |element: String| self.value(list.member, &element, depth + 1);
                let elements = elements.into_iter().filter_map(|name| element(name).transpose());
                elements.collect::<Result<_, _>>().map(|elements| Some(Document::Array(elements)))
            }
            ShapeKind::Map(map) => {
                let prefix = if map.flattened { format!("{name}.") } else { format!("{name}.entry.") };
                let entries = self.numbered(&prefix);
                if entries.is_empty() {
                    return Ok(self.is_empty_list(name).then(|| Document::Object(Members::new())));
                }
                self.entries(map.value, entries, depth)
            }
            scalar => self.parameters.get(name).map(|text| self::scalar(scalar, text)).transpose(),
        }
    }

    /// An entry that has a key and no value is none.
    fn entries(&self, value: ShapeId, names: Vec<String>, depth: usize) -> Result<Option<Document>, Fault> {
        let mut entries = Members::new();
        for name in names {
            let key = self.parameters.get(format!("{name}.key").as_str()).ok_or_else(malformed)?;
            if let Some(value) = self.value(value, &format!("{name}.value"), depth + 1)? {
                entries.entry(key.clone()).or_insert(value);
            }
        }
        Ok((!entries.is_empty()).then_some(Document::Object(entries)))
    }

    fn is_empty_list(&self, name: &str) -> bool {
        self.parameters.get(name).is_some_and(|value| value.is_empty())
    }

    fn has_below(&self, name: &str) -> bool {
        self.below(&format!("{name}.")).next().is_some()
    }

    fn below<'s>(&'s self, prefix: &'s str) -> impl Iterator<Item = &'s str> {
        let from = (Bound::Included(prefix), Bound::Unbounded);
        self.parameters.range::<str, _>(from).map(|(name, _)| name.as_ref()).take_while(move |n| n.starts_with(prefix))
    }

    /// The numbered names right below a prefix, in the order of their numbers.
    fn numbered(&self, prefix: &str) -> Vec<String> {
        let number = |name: &str| name.get(prefix.len()..)?.split('.').next()?.parse::<u32>().ok();
        let mut numbers: Vec<u32> = self.below(prefix).filter_map(number).collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers.into_iter().map(|number| format!("{prefix}{number}")).collect()
    }
}

fn scalar(kind: &ShapeKind, text: &str) -> Result<Document, Fault> {
    match kind {
        ShapeKind::Integer(_) => whole(text).filter(|whole| i32::try_from(*whole).is_ok()).map(Document::from),
        ShapeKind::Long(_) => whole(text).map(Document::from),
        ShapeKind::Float(_) | ShapeKind::Double(_) => {
            text.parse::<f64>().ok().and_then(serde_json::Number::from_f64).map(Document::Number)
        }
        ShapeKind::Boolean => match text.to_ascii_lowercase().as_str() {
            "true" => Some(Document::Bool(true)),
            "false" => Some(Document::Bool(false)),
            _ => None,
        },
        ShapeKind::Timestamp => time::parse(text),
        ShapeKind::Blob(_) => {
            use base64::Engine as _;
            base64::engine::general_purpose::STANDARD.decode(text).ok().map(|_| Document::from(text))
        }
        _ => Some(Document::from(text)),
    }
    .ok_or_else(|| match kind {
        ShapeKind::Integer(_) | ShapeKind::Long(_) if text.is_empty() => {
            Fault::new("MalformedInput", "missing value for decimal type")
        }
        _ => malformed(),
    })
}

/// A sign and leading zeros are accepted.
fn whole(text: &str) -> Option<i64> {
    text.parse().ok()
}
