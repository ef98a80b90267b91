//! The one shape in which requests, records and answers travel between the wire and the store.
//!
//! A document is JSON. Timestamps in it are numbers of seconds since the epoch (with a fraction), blobs are base64
//! text, whatever the protocol that carried them; each protocol in `wire` turns them into its own form.

use std::borrow::Cow;

/// A structure, list, map or scalar of an API model.
pub type Document = serde_json::Value;

/// The members of a structure or the entries of a map.
pub type Members = serde_json::Map<String, Document>;

/// A value and the path at which a request holds it, such as `InputDataConfig[0].DataSource`.
#[derive(Debug, Clone, PartialEq)]
pub struct Selected<'a> {
    /// Member names joined by `.`, list elements as `[index]` from zero.
    pub path: Cow<'a, str>,
    /// The value that stands there.
    pub value: &'a Document,
}

impl<'a> Selected<'a> {
    /// The value as text, where it is text.
    pub fn text(&self) -> Option<&'a str> {
        self.value.as_str()
    }
}

/// The value at a dotted path of members without lists, such as `ResourceConfig.InstanceType`; `null` is absent.
pub fn get<'a>(document: &'a Document, path: &str) -> Option<&'a Document> {
    let mut value = document;
    for member in path.split('.') {
        value = value.get(member)?;
    }
    (!value.is_null()).then_some(value)
}

/// The text at a dotted path.
pub fn text<'a>(document: &'a Document, path: &str) -> Option<&'a str> {
    get(document, path)?.as_str()
}

/// Every value that a path names, where `Member[]` stands for each element of a list:
/// `InputDataConfig[].DataSource.S3DataSource.S3Uri`.
pub fn select<'a>(document: &'a Document, path: &str) -> Vec<Selected<'a>> {
    let mut found = vec![Selected { path: Cow::Borrowed(""), value: document }];
    for step in path.split('.') {
        let (member, each) = match step.strip_suffix("[]") {
            Some(member) => (member, true),
            None => (step, false),
        };
        found = found.into_iter().flat_map(|at| children(&at, member, each)).collect();
    }
    found
}

fn children<'a>(at: &Selected<'a>, member: &str, each: bool) -> Vec<Selected<'a>> {
    let Some(value) = at.value.get(member).filter(|value| !value.is_null()) else {
        return Vec::new();
    };
    let path = if at.path.is_empty() { member.to_owned() } else { format!("{}.{member}", at.path) };
    if !each {
        return vec![Selected { path: Cow::Owned(path), value }];
    }
    value
        .as_array()
        .into_iter()
        .flatten()
        .enumerate()
        .map(|(index, value)| Selected { path: Cow::Owned(format!("{path}[{index}]")), value })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn paths_select_through_lists() {
        let request = json!({"A": [{"B": {"C": "x"}}, {"B": null}, {"B": {"C": "y"}}], "D": {"E": 1}});
        let found: Vec<_> = select(&request, "A[].B.C").into_iter().map(|s| (s.path.to_string(), s.text())).collect();
        assert_eq!(found, [("A[0].B.C".to_owned(), Some("x")), ("A[2].B.C".to_owned(), Some("y"))]);
        assert_eq!(get(&request, "D.E"), Some(&json!(1)));
        assert_eq!(text(&request, "D.E"), None);
        assert!(select(&request, "A.B").is_empty());
    }
}
