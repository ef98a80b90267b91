//! The expressions in the arguments of steps: `Get` of parameters, of the execution and of other steps' properties, and
//! `Std:Join`. What is written into files while a job runs (`Std:JsonGet`) is not known here.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::document::Document;

/// What expressions refer to.
pub(in super::super) trait Scope {
    /// The value of a parameter, of a property of the execution or of a step; `None` where there is none.
    fn value(&self, root: &str, path: &[Part]) -> Option<Document>;
}

/// A part of a property path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) enum Part {
    /// `.Member` or `['key']`.
    Name(String),
    /// `[0]`.
    Index(usize),
}

/// How deep expressions stand in expressions.
const DEEPEST: usize = 64;

/// A document with every expression in it resolved.
///
/// # Errors
/// What cannot be resolved, in words.
pub(in super::super) fn resolve(document: &Document, scope: &dyn Scope) -> Result<Document, String> {
    resolve_at(document, scope, 0)
}

fn resolve_at(document: &Document, scope: &dyn Scope, depth: usize) -> Result<Document, String> {
    if depth > DEEPEST {
        return Err("the arguments are nested too deep".to_owned());
    }
    match document {
        Document::Object(members) => match single(document) {
            Some(("Get", Value::String(path))) => {
                let parts = parts(path);
                let (Some(Part::Name(root)), Some(rest)) = (parts.first(), parts.get(1..)) else {
                    return Err(format!("`{path}` is no property path"));
                };
                scope.value(root, rest).ok_or_else(|| format!("the property `{path}` does not exist"))
            }
            Some(("Std:Join", join)) => resolve_join(join, scope, depth + 1),
            Some(("Std:JsonGet", _)) => Err(
                "passrole runs no containers, so that no property file is ever written that `Std:JsonGet` could read"
                    .to_owned(),
            ),
            _ => members
                .iter()
                .map(|(name, value)| Ok((name.clone(), resolve_at(value, scope, depth + 1)?)))
                .collect::<Result<_, String>>()
                .map(Document::Object),
        },
        Document::Array(elements) => elements.iter().map(|element| resolve_at(element, scope, depth + 1)).collect(),
        plain => Ok(plain.clone()),
    }
}

fn resolve_join(join: &Document, scope: &dyn Scope, depth: usize) -> Result<Document, String> {
    let on = join.get("On").and_then(Value::as_str).unwrap_or_default();
    let values = join.get("Values").and_then(Value::as_array).cloned().unwrap_or_default();
    let mut texts = Vec::new();
    for value in &values {
        texts.push(match resolve_at(value, scope, depth)? {
            Document::String(text) => text,
            other => other.to_string(),
        });
    }
    Ok(texts.join(on).into())
}

/// The only member of an object.
fn single(document: &Document) -> Option<(&str, &Document)> {
    let members = document.as_object().filter(|members| members.len() == 1)?;
    members.iter().next().map(|(name, value)| (name.as_str(), value))
}

/// The parts of `Steps.Prepare.Outputs['train'][0].Uri`.
pub(in super::super) fn parts(path: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    for dotted in split_outside_brackets(path) {
        let (name, mut rest) = dotted.split_at(dotted.find('[').unwrap_or(dotted.len()));
        if !name.is_empty() {
            parts.push(Part::Name(name.to_owned()));
        }
        while let Some((inside, after)) = rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            let quoted = inside.trim_matches(|quote| quote == '\'' || quote == '"');
            parts.push(match inside.parse() {
                Ok(index) => Part::Index(index),
                Err(_) => Part::Name(quoted.to_owned()),
            });
            rest = after;
        }
    }
    parts
}

fn split_outside_brackets(path: &str) -> Vec<&str> {
    let mut inside = false;
    path.split(move |letter| {
        match letter {
            '[' => inside = true,
            ']' => inside = false,
            _ => {}
        }
        letter == '.' && !inside
    })
    .collect()
}

/// The names of the steps that a document's expressions refer to.
pub(super) fn steps_named(document: &Document) -> BTreeSet<String> {
    named(document, "Steps")
}

/// The names of the parameters that a document's expressions refer to.
pub(super) fn parameters_named(document: &Document) -> BTreeSet<String> {
    named(document, "Parameters")
}

fn named(document: &Document, wanted: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut open = vec![document];
    while let Some(next) = open.pop() {
        if let Some(("Get", Value::String(path))) = single(next) {
            let parts = parts(path);
            if let [Part::Name(root), Part::Name(name), ..] = parts.as_slice()
                && root == wanted
            {
                found.insert(name.clone());
            }
        }
        match next {
            Document::Object(members) => open.extend(members.values()),
            Document::Array(elements) => open.extend(elements),
            _ => {}
        }
    }
    found
}

/// The value at a property path. A list whose elements have names is indexed by name, too: the outputs of a processing
/// job by `OutputName`.
pub(in super::super) fn follow<'a>(document: &'a Document, path: &[Part]) -> Option<&'a Document> {
    let mut value = document;
    for part in path {
        value = match (part, value) {
            (Part::Index(index), Document::Array(elements)) => elements.get(*index)?,
            (Part::Name(name), Document::Array(elements)) => elements.iter().find(|element| {
                ["OutputName", "InputName", "ChannelName", "MetricName"]
                    .iter()
                    .any(|member| element.get(member).and_then(Value::as_str) == Some(name))
            })?,
            (Part::Name(name), value) => value.get(name)?,
            (Part::Index(_), _) => return None,
        };
    }
    (!value.is_null()).then_some(value)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    struct Fixed(Document);

    impl Scope for Fixed {
        fn value(&self, root: &str, path: &[Part]) -> Option<Document> {
            follow(self.0.get(root)?, path).cloned()
        }
    }

    #[test]
    fn expressions_and_what_they_become() {
        let scope = Fixed(json!({
            "Parameters": { "Count": 2, "Bucket": "b" },
            "Steps": { "Prepare": { "Outputs": [{ "OutputName": "train.csv", "Uri": "s3://b/t" }], "L": [{ "N": 5 }] } },
        }));
        for (expression, expected) in [
            (json!({ "Get": "Parameters.Count" }), Some(json!(2))),
            (json!({ "A": [{ "Get": "Parameters.Bucket" }, 1] }), Some(json!({ "A": ["b", 1] }))),
            (json!({ "Get": "Steps.Prepare.Outputs['train.csv'].Uri" }), Some(json!("s3://b/t"))),
            (json!({ "Get": "Steps.Prepare.L[0].N" }), Some(json!(5))),
            (
                json!({ "Std:Join": { "On": "/", "Values": ["s3:/", { "Get": "Parameters.Bucket" }, 7] } }),
                Some(json!("s3://b/7")),
            ),
            (json!({ "Get": "Steps.Prepare.Absent" }), None),
            (json!({ "Std:JsonGet": { "PropertyFile": "f", "Path": "p" } }), None),
        ] {
            assert_eq!(resolve(&expression, &scope).ok(), expected, "{expression}");
        }
    }
}
