//! Session tags: those of the request, those that a chain of roles hands on, and the condition keys of both.
//!
//! Tag keys of principals are compared without regard to case. Texts: facts B.2.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html>

use super::invalid_parameter;
use crate::document::{self, Document};
use crate::fault::Fault;
use crate::policy::Context;
use crate::state::session::Session;
use crate::tag::{self, Tag};

/// The tags of a session that is to be made.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct SessionTags {
    /// What the request passes and what the calling session hands on.
    pub(super) tags: Vec<Tag>,
    /// The keys of those that the new session will hand on.
    pub(super) transitive_keys: Vec<String>,
    /// Which keys the request itself calls transitive.
    asked_transitive_keys: Vec<String>,
}

impl SessionTags {
    /// The tags of a request that this session makes, where a session makes it.
    ///
    /// # Errors
    /// A key stands twice, is reserved, is called transitive without being passed, or is inherited already.
    pub(super) fn of(input: &Document, calling: Option<&Session>) -> Result<SessionTags, Fault> {
        let passed = tag::from_list(input.get("Tags"));
        let asked: Vec<String> = document::select(input, "TransitiveTagKeys[]")
            .iter()
            .filter_map(|key| key.text().map(str::to_owned))
            .collect();
        check(&passed, &asked)?;
        let inherited: Vec<Tag> = calling.map(inherited).unwrap_or_default();
        let conflicts = |key: &str| inherited.iter().any(|tag| same(&tag.key, key));
        if passed.iter().any(|tag| conflicts(&tag.key)) {
            return Err(invalid_parameter(
                "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key \
                 from the calling session.",
            ));
        }
        let transitive_keys = inherited.iter().map(|tag| tag.key.clone()).chain(asked.iter().cloned()).collect();
        Ok(SessionTags {
            tags: inherited.into_iter().chain(passed).collect(),
            transitive_keys,
            asked_transitive_keys: asked,
        })
    }

    /// Sets the keys that conditions on session tags ask for.
    pub(super) fn fill(&self, keys: &mut Context) {
        if !self.tags.is_empty() {
            for tag in &self.tags {
                keys.set(format!("aws:RequestTag/{}", tag.key), tag.value.as_str());
            }
            keys.set_all("aws:TagKeys", self.tags.iter().map(|tag| tag.key.clone()).collect());
        }
        if !self.asked_transitive_keys.is_empty() {
            keys.set_all("sts:TransitiveTagKeys", self.asked_transitive_keys.clone());
        }
    }
}

fn check(passed: &[Tag], transitive: &[String]) -> Result<(), Fault> {
    for (index, tag) in passed.iter().enumerate() {
        if passed.iter().take(index).any(|earlier| same(&earlier.key, &tag.key)) {
            return Err(invalid_parameter("Duplicate tag keys found. Please note that Tag keys are case insensitive."));
        }
        // AWS's documentation reserves the prefix; the text of its refusal is not known.
        if tag.key.get(..4).is_some_and(|prefix| same(prefix, "aws:")) {
            return Err(invalid_parameter("Tag keys that begin with aws: are reserved for system use."));
        }
    }
    if transitive.iter().any(|key| !passed.iter().any(|tag| same(&tag.key, key))) {
        return Err(invalid_parameter("The specified transitive tag key must be included in the requested tags."));
    }
    Ok(())
}

/// What a session hands on to the next in a chain of roles.
fn inherited(session: &Session) -> Vec<Tag> {
    let transitive = |tag: &&Tag| session.transitive_tag_keys.iter().any(|key| same(key, &tag.key));
    session.tags.iter().filter(transitive).cloned().collect()
}

fn same(a: &str, b: &str) -> bool {
    a.to_lowercase() == b.to_lowercase()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_tags_of_a_request() {
        let tags =
            |keys: &[&str]| -> Vec<Document> { keys.iter().map(|key| json!({"Key": key, "Value": "v"})).collect() };
        for (passed, transitive, refused) in [
            (&["a", "b"][..], &["a"][..], None),
            (&["a"], &["A"], None),
            (&[], &[], None),
            (&["a", "A"], &[], Some("Duplicate tag keys found.")),
            (&["a"], &["b"], Some("The specified transitive tag key must be included")),
            (&["AWS:x"], &[], Some("reserved")),
        ] {
            let input = json!({ "Tags": tags(passed), "TransitiveTagKeys": transitive });
            let found = SessionTags::of(&input, None);
            match refused {
                None => assert_eq!(found.unwrap().tags.len(), passed.len()),
                Some(text) => assert!(found.unwrap_err().text().contains(text), "{passed:?} {transitive:?}"),
            }
        }
    }
}
