//! Inline policies of users, groups and roles.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html>

use serde_json::json;

use super::faults::{limit_exceeded, malformed_document, no_such_entity};
use super::holder::{Holder, Kind};
use super::operation::{Key, Operation, Target};
use super::page::Page;
use super::{change, find, show};
use crate::document::Document;
use crate::fault::Fault;
use crate::policy::size_without_white_space;
use crate::services::{Call, Reply};

pub(super) static OPERATIONS: &[Operation] = &[
    Operation::changes("PutUserPolicy", Target::User, |call| put(call, Kind::User)).with(&[Key::Boundary]),
    Operation::changes("PutGroupPolicy", Target::Group, |call| put(call, Kind::Group)),
    Operation::changes("PutRolePolicy", Target::Role, |call| put(call, Kind::Role)).with(&[Key::Boundary]),
    Operation::reads("GetUserPolicy", Target::User, |call| get(call, Kind::User)),
    Operation::reads("GetGroupPolicy", Target::Group, |call| get(call, Kind::Group)),
    Operation::reads("GetRolePolicy", Target::Role, |call| get(call, Kind::Role)),
    Operation::reads("ListUserPolicies", Target::User, |call| list(call, Kind::User)),
    Operation::reads("ListGroupPolicies", Target::Group, |call| list(call, Kind::Group)),
    Operation::reads("ListRolePolicies", Target::Role, |call| list(call, Kind::Role)),
    Operation::changes("DeleteUserPolicy", Target::User, |call| delete(call, Kind::User)).with(&[Key::Boundary]),
    Operation::changes("DeleteGroupPolicy", Target::Group, |call| delete(call, Kind::Group)),
    Operation::changes("DeleteRolePolicy", Target::Role, |call| delete(call, Kind::Role)).with(&[Key::Boundary]),
];

fn put(call: &Call<'_>, kind: Kind) -> Result<Reply, Fault> {
    let mut holder = Holder::changeable(call, kind)?;
    let (name, document) = (find::text(call, "PolicyName"), find::text(call, "PolicyDocument"));
    holder.put_inline(name, document).map_err(|malformed| malformed_document(&malformed))?;
    let size: usize = holder.inline().values().map(|held| size_without_white_space(held.policy.text())).sum();
    let most = kind.inline_size();
    if size > most {
        let (noun, name) = (kind.noun(), holder.name());
        return Err(limit_exceeded(format!("Maximum policy size of {most} bytes exceeded for {noun} {name}")));
    }
    change::apply(call, json!({}), |edit| holder.put(edit))
}

fn get(call: &Call<'_>, kind: Kind) -> Result<Reply, Fault> {
    let holder = Holder::find(call, kind)?;
    let name = find::text(call, "PolicyName");
    let held = holder.inline().get(name).ok_or_else(|| missing(kind, name))?;
    Ok(Reply::read(json!({
        kind.member(): holder.name(),
        "PolicyName": name,
        "PolicyDocument": show::document(held.policy.text()),
    })))
}

fn list(call: &Call<'_>, kind: Kind) -> Result<Reply, Fault> {
    let holder = Holder::find(call, kind)?;
    let names = holder.inline().keys().map(|name| (name.clone(), ()));
    let page = Page::of(call, names)?;
    let mut answer = page.frame();
    show::set(
        &mut answer,
        "PolicyNames",
        page.elements.iter().map(|(name, ())| Document::from(name.as_str())).collect(),
    );
    Ok(Reply::read(answer))
}

fn delete(call: &Call<'_>, kind: Kind) -> Result<Reply, Fault> {
    let mut holder = Holder::changeable(call, kind)?;
    let name = find::text(call, "PolicyName");
    holder.inline_mut().remove(name).ok_or_else(|| missing(kind, name))?;
    change::apply(call, json!({}), |edit| holder.put(edit))
}

fn missing(kind: Kind, name: &str) -> Fault {
    no_such_entity(format!("The {} policy with name {name} cannot be found.", kind.noun()))
}
