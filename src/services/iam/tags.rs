//! Tags of users, roles, policies and instance profiles.
//!
//! Keys of users' and roles' tags are not told apart by case, those of other resources are.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html>

use serde_json::json;

use super::faults::{invalid_input, limit_exceeded};
use super::operation::{Key, Operation, Target};
use super::page::{self, Page};
use super::{change, find, quota};
use crate::document;
use crate::fault::Fault;
use crate::services::{Call, Reply};
use crate::tag::{self, Tag};

pub(super) static OPERATIONS: &[Operation] = &[
    Operation::changes("TagUser", Target::User, tag_user).with(&[Key::RequestTags]),
    Operation::changes("UntagUser", Target::User, untag_user).with(&[Key::TagKeys]),
    Operation::reads("ListUserTags", Target::User, |call| {
        list(call, &find::user(call, find::text(call, "UserName"))?.tags)
    }),
    Operation::changes("TagRole", Target::Role, tag_role).with(&[Key::RequestTags]),
    Operation::changes("UntagRole", Target::Role, untag_role).with(&[Key::TagKeys]),
    Operation::reads("ListRoleTags", Target::Role, |call| {
        list(call, &find::role(call, find::text(call, "RoleName"))?.tags)
    }),
    Operation::changes("TagPolicy", Target::Policy, tag_policy).with(&[Key::RequestTags]),
    Operation::changes("UntagPolicy", Target::Policy, untag_policy).with(&[Key::TagKeys]),
    Operation::reads("ListPolicyTags", Target::Policy, |call| {
        list(call, &find::managed_policy(call, find::text(call, "PolicyArn"))?.tags)
    }),
    Operation::changes("TagInstanceProfile", Target::InstanceProfile, tag_instance_profile).with(&[Key::RequestTags]),
    Operation::changes("UntagInstanceProfile", Target::InstanceProfile, untag_instance_profile).with(&[Key::TagKeys]),
    Operation::reads("ListInstanceProfileTags", Target::InstanceProfile, |call| {
        list(call, &find::instance_profile(call, find::text(call, "InstanceProfileName"))?.tags)
    }),
];

/// Whether two keys that differ in case only are one key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keys {
    WithCase,
    WithoutCase,
}

impl Keys {
    fn equal(self, one: &str, other: &str) -> bool {
        match self {
            Keys::WithCase => one == other,
            // Keys may hold letters of any script.
            Keys::WithoutCase => one == other || one.to_lowercase() == other.to_lowercase(),
        }
    }
}

/// What IAM refuses of the tags of a request.
pub(super) fn check(tags: &[Tag], keys: Keys) -> Result<(), Fault> {
    for (index, tag) in tags.iter().enumerate() {
        if tag.key.to_ascii_lowercase().starts_with("aws:") {
            return Err(invalid_input("aws: prefixed tag key names are not allowed for external use."));
        }
        if tags.iter().take(index).any(|earlier| keys.equal(&earlier.key, &tag.key)) {
            return Err(invalid_input(match keys {
                Keys::WithoutCase => "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
                Keys::WithCase => "Duplicate tag keys found.",
            }));
        }
    }
    Ok(())
}

/// Adds the request's tags; a key that is there gets the new value and the new spelling.
fn add(call: &Call<'_>, tags: &mut Vec<Tag>, keys: Keys) -> Result<(), Fault> {
    let added = tag::from_list(call.input.get("Tags"));
    check(&added, keys)?;
    for tag in added {
        match tags.iter_mut().find(|old| keys.equal(&old.key, &tag.key)) {
            Some(old) => *old = tag,
            None => tags.push(tag),
        }
    }
    if tags.len() > quota::TAGS {
        return Err(limit_exceeded("The number of tags has reached the maximum limit."));
    }
    Ok(())
}

/// Takes the request's keys away; those that are not there are no mistake.
fn remove(call: &Call<'_>, tags: &mut Vec<Tag>, keys: Keys) {
    let removed = document::select(call.input, "TagKeys[]");
    tags.retain(|tag| !removed.iter().filter_map(|key| key.text()).any(|key| keys.equal(&tag.key, key)));
}

fn list(call: &Call<'_>, tags: &[Tag]) -> Result<Reply, Fault> {
    let mut sorted: Vec<&Tag> = tags.iter().collect();
    sorted.sort_by(|one, other| one.key.cmp(&other.key));
    let sorted = sorted.into_iter().enumerate().map(|(index, tag)| (page::numbered(index), tag));
    let page = Page::of(call, sorted)?;
    Ok(Reply::read(page.answer("Tags", |tag| json!({ "Key": tag.key, "Value": tag.value }))))
}

fn tag_user(call: &Call<'_>) -> Result<Reply, Fault> {
    let mut user = (**find::user(call, find::text(call, "UserName"))?).clone();
    add(call, &mut user.tags, Keys::WithoutCase)?;
    change::apply(call, json!({}), |edit| edit.put_user(user))
}

fn untag_user(call: &Call<'_>) -> Result<Reply, Fault> {
    let mut user = (**find::user(call, find::text(call, "UserName"))?).clone();
    remove(call, &mut user.tags, Keys::WithoutCase);
    change::apply(call, json!({}), |edit| edit.put_user(user))
}

fn tag_role(call: &Call<'_>) -> Result<Reply, Fault> {
    let mut role = (**find::role(call, find::text(call, "RoleName"))?).clone();
    add(call, &mut role.tags, Keys::WithoutCase)?;
    change::apply(call, json!({}), |edit| edit.put_role(role))
}

fn untag_role(call: &Call<'_>) -> Result<Reply, Fault> {
    let mut role = (**find::role(call, find::text(call, "RoleName"))?).clone();
    remove(call, &mut role.tags, Keys::WithoutCase);
    change::apply(call, json!({}), |edit| edit.put_role(role))
}

fn tag_policy(call: &Call<'_>) -> Result<Reply, Fault> {
    let mut policy = (*find::own_policy(call, find::text(call, "PolicyArn"))?).clone();
    add(call, &mut policy.tags, Keys::WithCase)?;
    change::apply(call, json!({}), |edit| edit.put_managed_policy(call.account, policy))
}

fn untag_policy(call: &Call<'_>) -> Result<Reply, Fault> {
    let mut policy = (*find::own_policy(call, find::text(call, "PolicyArn"))?).clone();
    remove(call, &mut policy.tags, Keys::WithCase);
    change::apply(call, json!({}), |edit| edit.put_managed_policy(call.account, policy))
}

fn tag_instance_profile(call: &Call<'_>) -> Result<Reply, Fault> {
    let mut profile = (**find::instance_profile(call, find::text(call, "InstanceProfileName"))?).clone();
    add(call, &mut profile.tags, Keys::WithCase)?;
    change::apply(call, json!({}), |edit| edit.put_instance_profile(profile))
}

fn untag_instance_profile(call: &Call<'_>) -> Result<Reply, Fault> {
    let mut profile = (**find::instance_profile(call, find::text(call, "InstanceProfileName"))?).clone();
    remove(call, &mut profile.tags, Keys::WithCase);
    change::apply(call, json!({}), |edit| edit.put_instance_profile(profile))
}
