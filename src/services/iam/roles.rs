//! Roles and their trust policies.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html>

use std::sync::Arc;

use serde_json::json;

use super::faults::{already_exists, delete_conflict, malformed_document, protected_role, validation_error};
use super::operation::{Key, Operation, Target};
use super::page::Page;
use super::principals::{self, Changes};
use super::tags::{self, Keys};
use super::{boundaries, change, find, quota, show};
use crate::document::{self, Document};
use crate::fault::Fault;
use crate::services::{Call, Reply};
use crate::state::world::{Role, id};
use crate::tag;

pub(super) static OPERATIONS: &[Operation] = &[
    Operation::changes("CreateRole", Target::New("role", "RoleName"), create)
        .with(&[Key::NewBoundary, Key::RequestTags]),
    Operation::reads("GetRole", Target::Role, get).with(&[Key::Boundary]),
    Operation::reads("ListRoles", Target::EveryOf("role"), list),
    Operation::changes("UpdateRole", Target::Role, update).with(&[Key::Boundary]),
    Operation::changes("UpdateRoleDescription", Target::Role, update_description).with(&[Key::Boundary]),
    Operation::changes("UpdateAssumeRolePolicy", Target::Role, update_trust).with(&[Key::Boundary]),
    Operation::changes("DeleteRole", Target::Role, delete).with(&[Key::Boundary]),
];

fn create(call: &Call<'_>) -> Result<Reply, Fault> {
    let name = find::text(call, "RoleName");
    let trust = find::text(call, "AssumeRolePolicyDocument");
    let path = document::text(call.input, "Path").unwrap_or("/");
    if path.starts_with("/aws-service-role/") {
        return Err(validation_error("Path /aws-service-role/ is reserved for service-linked roles."));
    }
    let made = Role::new(call.account, path, name, id::unique(id::ROLE), show::now(call), trust);
    let mut role = made.map_err(|malformed| malformed_document(&malformed))?;
    principals::check(call, &role.trust_policy.policy)?;
    quota::TRUST_POLICY_SIZE.admits_document(trust)?;
    role.tags = tag::from_list(call.input.get("Tags"));
    tags::check(&role.tags, Keys::WithoutCase)?;
    role.boundary = boundaries::requested(call)?;
    check_free(call, name)?;
    quota::ROLES.admits_another(find::account(call).map_or(0, |account| account.roles.len()))?;
    role.description = described(call);
    if let Some(seconds) = session_duration(call) {
        role.max_session_duration = seconds;
    }
    let mut shown = show::bare_role(&role);
    show::add_boundary(&mut shown, role.boundary.as_deref());
    show::add_tags(&mut shown, &role.tags);
    change::apply(call, json!({ "Role": shown }), |edit| edit.put_role(role))
}

fn get(call: &Call<'_>) -> Result<Reply, Fault> {
    let role = find::role(call, find::text(call, "RoleName"))?;
    Ok(Reply::read(json!({ "Role": show::whole_role(call, role)? })))
}

fn list(call: &Call<'_>) -> Result<Reply, Fault> {
    let prefix = document::text(call.input, "PathPrefix").unwrap_or("/");
    let roles = find::account(call).into_iter().flat_map(|account| account.roles.values());
    let roles = roles.filter(|role| role.path.starts_with(prefix)).map(|role| (role.name.clone(), role));
    Ok(Reply::read(Page::of(call, roles)?.answer("Roles", |role| show::role(role))))
}

/// What the request leaves out stays as it is.
fn update(call: &Call<'_>) -> Result<Reply, Fault> {
    let found = find::role(call, find::text(call, "RoleName"))?;
    let duration = session_duration(call);
    if duration.is_some() {
        check_changeable(found)?;
    }
    let mut role = (**found).clone();
    if document::get(call.input, "Description").is_some() {
        role.description = described(call);
    }
    role.max_session_duration = duration.unwrap_or(role.max_session_duration);
    change::apply(call, json!({}), |edit| edit.put_role(role))
}

fn update_description(call: &Call<'_>) -> Result<Reply, Fault> {
    let mut role = (**find::role(call, find::text(call, "RoleName"))?).clone();
    role.description = described(call);
    let mut shown = show::bare_role(&role);
    if let Some(description) = &role.description {
        show::set(&mut shown, "Description", json!(description));
    }
    show::add_boundary(&mut shown, role.boundary.as_deref());
    show::add_tags(&mut shown, &role.tags);
    change::apply(call, json!({ "Role": shown }), |edit| edit.put_role(role))
}

fn update_trust(call: &Call<'_>) -> Result<Reply, Fault> {
    let found = find::role(call, find::text(call, "RoleName"))?;
    check_changeable(found)?;
    let trust = find::text(call, "PolicyDocument");
    let mut role = (**found).clone();
    role.set_trust_policy(trust).map_err(|malformed| malformed_document(&malformed))?;
    principals::check(call, &role.trust_policy.policy)?;
    quota::TRUST_POLICY_SIZE.admits_document(trust)?;
    change::apply(call, json!({}), |edit| edit.put_role(role))
}

fn delete(call: &Call<'_>) -> Result<Reply, Fault> {
    let role = find::role(call, find::text(call, "RoleName"))?;
    check_changeable(role)?;
    let mut profiles = find::account(call).into_iter().flat_map(|account| account.instance_profiles.values());
    let conflict = if profiles.any(|profile| profile.role.as_deref() == Some(&role.name)) {
        Some("must remove roles from instance profile first")
    } else if !role.attached_policies.is_empty() {
        Some("must detach all policies first")
    } else if !role.inline_policies.is_empty() {
        Some("must delete policies first")
    } else {
        None
    };
    if let Some(conflict) = conflict {
        return Err(delete_conflict(format!("Cannot delete entity, {conflict}.")));
    }
    let (account, name) = (role.account, role.name.clone());
    let named = Changes::of(call.world, &role.arn(), &role.id)?;
    change::apply(call, json!({}), |edit| {
        named.put(edit);
        edit.remove_role(account, &name);
    })
}

/// Refuses what only AWS may change.
pub(super) fn check_changeable(role: &Arc<Role>) -> Result<(), Fault> {
    if role.is_service_linked() { Err(protected_role(&role.name)) } else { Ok(()) }
}

/// Names are not told apart by case.
fn check_free(call: &Call<'_>, name: &str) -> Result<(), Fault> {
    let mut names = find::account(call).into_iter().flat_map(|account| account.roles.keys());
    match names.any(|known| known.eq_ignore_ascii_case(name)) {
        true => Err(already_exists(format!("Role with name {name} already exists."))),
        false => Ok(()),
    }
}

/// The description that the request gives; an empty one is none.
fn described(call: &Call<'_>) -> Option<String> {
    document::text(call.input, "Description").filter(|text| !text.is_empty()).map(str::to_owned)
}

fn session_duration(call: &Call<'_>) -> Option<u32> {
    let seconds = document::get(call.input, "MaxSessionDuration").and_then(Document::as_u64)?;
    u32::try_from(seconds).ok()
}
