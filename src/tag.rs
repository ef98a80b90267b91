//! Tags: a key and a value, as SageMaker and IAM attach them to resources and sessions.

use serde::{Deserialize, Serialize};

use crate::document::Document;

/// One tag, in the shape that AWS's APIs use.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Tag {
    /// Unique on its resource; compared case-sensitively.
    pub key: String,
    /// May be empty.
    pub value: String,
}

impl Tag {
    /// A tag from its two texts.
    pub fn new(key: impl Into<String>, value: impl Into<String>) -> Tag {
        Tag { key: key.into(), value: value.into() }
    }
}

/// The tags of a request's tag list; elements that are not tags are passed over.
pub fn from_list(list: Option<&Document>) -> Vec<Tag> {
    list.and_then(Document::as_array)
        .into_iter()
        .flatten()
        .filter_map(|tag| {
            let key = tag.get("Key")?.as_str()?;
            Some(Tag::new(key, tag.get("Value").and_then(Document::as_str).unwrap_or_default()))
        })
        .collect()
}

/// The tags as a request's or answer's tag list.
pub fn to_list(tags: &[Tag]) -> Document {
    tags.iter().map(|tag| serde_json::json!({ "Key": tag.key, "Value": tag.value })).collect::<Vec<_>>().into()
}

/// Adds tags to others: a key that is there takes the new value and keeps its place.
pub fn merge(tags: &mut Vec<Tag>, added: &[Tag]) {
    for tag in added {
        match tags.iter_mut().find(|old| old.key == tag.key) {
            Some(old) => old.value.clone_from(&tag.value),
            None => tags.push(tag.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn merging_replaces_values_and_keeps_places() {
        let mut tags = vec![Tag::new("a", "1"), Tag::new("b", "2")];
        merge(&mut tags, &[Tag::new("b", "3"), Tag::new("A", "4")]);
        assert_eq!(tags, [Tag::new("a", "1"), Tag::new("b", "3"), Tag::new("A", "4")]);
        assert_eq!(from_list(Some(&to_list(&tags))), tags);
    }
}
