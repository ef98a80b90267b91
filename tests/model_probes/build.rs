//! The raw model, and good values of its shapes.

use std::cell::RefCell;
use std::collections::HashMap;

use serde_json::{Map, Value, json};

use crate::sample;

/// A fixture as it stands.
pub(crate) struct Model {
    shapes: Map<String, Value>,
    samples: RefCell<HashMap<(String, usize), Option<String>>>,
}

impl Model {
    pub(crate) fn load(service: &str) -> Model {
        let path = format!("{}/fixtures/model/{service}.json", env!("CARGO_MANIFEST_DIR"));
        let mut model: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        let Value::Object(shapes) = model["shapes"].take() else { panic!("no shapes") };
        Model { shapes, samples: RefCell::default() }
    }

    pub(crate) fn shape(&self, name: &str) -> &Value {
        &self.shapes[name]
    }

    /// The members of a structure in the order of the model, which `serde_json` maps do not keep.
    pub(crate) fn members<'a>(&'a self, shape: &'a Value) -> impl Iterator<Item = (&'a str, &'a str)> {
        shape["members"].as_object().unwrap().iter().map(|(name, reference)| (name.as_str(), target(reference)))
    }

    /// The smallest good value; `None` where the sampler finds none.
    pub(crate) fn minimal(&self, name: &str) -> Option<Value> {
        let shape = self.shape(name);
        Some(match shape["type"].as_str().unwrap() {
            "structure" => self.structure(shape)?,
            "list" => {
                let element = target(&shape["member"]);
                Value::Array(
                    (0..bound(shape, "min").unwrap_or(0)).map(|_| self.minimal(element)).collect::<Option<_>>()?,
                )
            }
            "map" => self.map(shape, usize::try_from(bound(shape, "min").unwrap_or(0)).unwrap())?,
            "string" => json!(self.text(shape, 0)?),
            "boolean" => json!(true),
            "timestamp" => json!(0),
            "blob" => json!("AAAA"),
            "float" | "double" => json!(shape["min"].as_f64().unwrap_or(0.0).max(0.0)),
            _ => json!(bound(shape, "min").unwrap_or(1).max(0)),
        })
    }

    fn structure(&self, shape: &Value) -> Option<Value> {
        let required =
            |member: &str| shape["required"].as_array().is_some_and(|names| names.iter().any(|n| n == member));
        let mut members = Map::new();
        for (name, target) in self.members(shape).filter(|(name, _)| required(name)) {
            members.insert(name.to_owned(), self.minimal(target)?);
        }
        if shape["union"] == true && members.is_empty() {
            let (name, value) = self.members(shape).find_map(|(name, target)| Some((name, self.minimal(target)?)))?;
            members.insert(name.to_owned(), value);
        }
        Some(Value::Object(members))
    }

    /// A map of so many entries.
    pub(crate) fn map(&self, shape: &Value, entries: usize) -> Option<Value> {
        let value = self.minimal(target(&shape["value"]))?;
        let keys = self.keys(self.shape(target(&shape["key"])), entries)?;
        Some(Value::Object(keys.into_iter().map(|key| (key, value.clone())).collect()))
    }

    fn keys(&self, shape: &Value, count: usize) -> Option<Vec<String>> {
        if let Some(values) = shape["enum"].as_array() {
            let keys: Vec<_> = values.iter().take(count).map(|value| value.as_str().unwrap().to_owned()).collect();
            return (keys.len() == count).then_some(keys);
        }
        let sample = self.text(shape, 0)?;
        let keys = (0..).map(|index| if index == 0 { sample.clone() } else { format!("{sample}{index}") });
        let keys: Vec<_> = keys.take(count).collect();
        keys.iter().all(|key| is_good(shape, key)).then_some(keys)
    }

    /// A good text of exactly so many code points, or of the fewest that will do for 0.
    pub(crate) fn text(&self, shape: &Value, length: usize) -> Option<String> {
        if let Some(values) = shape["enum"].as_array() {
            return values.first().map(|value| value.as_str().unwrap().to_owned());
        }
        let least = usize::try_from(bound(shape, "min").unwrap_or(0)).unwrap();
        let length = if length == 0 { least } else { length };
        let Some(pattern) = shape["pattern"].as_str() else {
            return Some("a".repeat(length));
        };
        let mut samples = self.samples.borrow_mut();
        samples.entry((pattern.to_owned(), length)).or_insert_with(|| sample::text(pattern, length)).clone()
    }
}

/// The name of the shape that a member refers to.
pub(crate) fn target(reference: &Value) -> &str {
    reference.as_str().or_else(|| reference["shape"].as_str()).unwrap()
}

/// A whole-number bound.
pub(crate) fn bound(shape: &Value, which: &str) -> Option<i64> {
    shape[which].as_i64()
}

fn is_good(shape: &Value, text: &str) -> bool {
    let length = i64::try_from(text.chars().count()).unwrap();
    bound(shape, "min").is_none_or(|min| length >= min)
        && bound(shape, "max").is_none_or(|max| length <= max)
        && shape["pattern"].as_str().is_none_or(|pattern| sample::matches(pattern, text))
}
