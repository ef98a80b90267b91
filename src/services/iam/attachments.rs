//! Managed policies attached to users, groups and roles, seen from either side.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_manage-attach-detach.html>

use serde_json::{Value, json};

use super::faults::no_such_entity;
use super::holder::{Holder, Kind};
use super::operation::{Key, Operation, Target};
use super::page::Page;
use super::{change, find, show};
use crate::document;
use crate::fault::Fault;
use crate::services::{Call, Reply};

pub(super) static OPERATIONS: &[Operation] = &[
    Operation::changes("AttachUserPolicy", Target::User, |call| attach(call, Kind::User))
        .with(&[Key::PolicyArn, Key::Boundary]),
    Operation::changes("AttachGroupPolicy", Target::Group, |call| attach(call, Kind::Group)).with(&[Key::PolicyArn]),
    Operation::changes("AttachRolePolicy", Target::Role, |call| attach(call, Kind::Role))
        .with(&[Key::PolicyArn, Key::Boundary]),
    Operation::changes("DetachUserPolicy", Target::User, |call| detach(call, Kind::User))
        .with(&[Key::PolicyArn, Key::Boundary]),
    Operation::changes("DetachGroupPolicy", Target::Group, |call| detach(call, Kind::Group)).with(&[Key::PolicyArn]),
    Operation::changes("DetachRolePolicy", Target::Role, |call| detach(call, Kind::Role))
        .with(&[Key::PolicyArn, Key::Boundary]),
    Operation::reads("ListAttachedUserPolicies", Target::User, |call| list(call, Kind::User)),
    Operation::reads("ListAttachedGroupPolicies", Target::Group, |call| list(call, Kind::Group)),
    Operation::reads("ListAttachedRolePolicies", Target::Role, |call| list(call, Kind::Role)),
    Operation::reads("ListEntitiesForPolicy", Target::Policy, entities),
];

/// Where policies that AWS writes for its service-linked roles stand.
const SERVICE_ROLE_POLICIES: &str = "arn:aws:iam::aws:policy/aws-service-role/";

fn attach(call: &Call<'_>, kind: Kind) -> Result<Reply, Fault> {
    let arn = find::text(call, "PolicyArn");
    find::check_policy_arn(arn)?;
    let mut holder = Holder::changeable(call, kind)?;
    if arn.starts_with(SERVICE_ROLE_POLICIES) {
        let text = "Cannot attach a Service Role Policy to a Customer Role.";
        return Err(Fault::new("PolicyNotAttachable", text));
    }
    let found = call.world.managed_policy(call.account, arn);
    if !found.is_some_and(|policy| policy.is_attachable) {
        return Err(no_such_entity(format!("Policy {arn} does not exist or is not attachable.")));
    }
    if holder.attached().iter().any(|known| known == arn) {
        return Ok(Reply::read(json!({})));
    }
    kind.attachments().admits_another(holder.attached().len())?;
    holder.attached_mut().push(arn.to_owned());
    change::apply(call, json!({}), |edit| holder.put(edit))
}

fn detach(call: &Call<'_>, kind: Kind) -> Result<Reply, Fault> {
    let arn = find::text(call, "PolicyArn");
    find::check_policy_arn(arn)?;
    let mut holder = Holder::changeable(call, kind)?;
    let before = holder.attached().len();
    holder.attached_mut().retain(|known| known != arn);
    if holder.attached().len() == before {
        return Err(no_such_entity(format!("Policy {arn} was not found.")));
    }
    change::apply(call, json!({}), |edit| holder.put(edit))
}

fn list(call: &Call<'_>, kind: Kind) -> Result<Reply, Fault> {
    let holder = Holder::find(call, kind)?;
    let prefix = document::text(call.input, "PathPrefix").unwrap_or("/");
    let mut attached: Vec<&String> = holder.attached().iter().collect();
    attached.retain(|arn| show::policy_path(arn).starts_with(prefix));
    attached.sort_by_key(|arn| show::policy_key(arn));
    let attached = attached.into_iter().map(|arn| (show::policy_key(arn), arn));
    Ok(Reply::read(Page::of(call, attached)?.answer("AttachedPolicies", |arn| show::attachment(arn))))
}

/// Whom a managed policy is attached to or bounds: groups, then roles, then users.
fn entities(call: &Call<'_>) -> Result<Reply, Fault> {
    let arn = find::text(call, "PolicyArn");
    find::managed_policy(call, arn)?;
    let filter = document::text(call.input, "EntityFilter");
    let usage = document::text(call.input, "PolicyUsageFilter");
    let prefix = document::text(call.input, "PathPrefix").unwrap_or("/");
    let uses = |path: &str, attached: &[String], boundary: Option<&str>| {
        let attached = usage != Some("PermissionsBoundary") && attached.iter().any(|known| known == arn);
        let bounds = usage != Some("PermissionsPolicy") && boundary == Some(arn);
        path.starts_with(prefix) && (attached || bounds)
    };
    let wanted = |kind: &str| filter.is_none_or(|filter| filter == kind);
    let mut found: Vec<(String, (&str, Value))> = Vec::new();
    if let Some(account) = find::account(call) {
        let groups = account.groups.values().filter(|_| wanted("Group"));
        for group in groups.filter(|group| uses(&group.path, &group.attached_policies, None)) {
            let shown = json!({ "GroupName": group.name, "GroupId": group.id });
            found.push((format!("1{}", group.name), ("PolicyGroups", shown)));
        }
        let roles = account.roles.values().filter(|_| wanted("Role"));
        for role in roles.filter(|role| uses(&role.path, &role.attached_policies, role.boundary.as_deref())) {
            let shown = json!({ "RoleName": role.name, "RoleId": role.id });
            found.push((format!("2{}", role.name), ("PolicyRoles", shown)));
        }
        let users = account.users.values().filter(|_| wanted("User"));
        for user in users.filter(|user| uses(&user.path, &user.attached_policies, user.boundary.as_deref())) {
            let shown = json!({ "UserName": user.name, "UserId": user.id });
            found.push((format!("3{}", user.name), ("PolicyUsers", shown)));
        }
    }
    let page = Page::of(call, found)?;
    let mut answer = page.frame();
    for member in ["PolicyGroups", "PolicyRoles", "PolicyUsers"] {
        let shown = page.elements.iter().filter(|(_, (of, _))| *of == member);
        show::set(&mut answer, member, shown.map(|(_, (_, shown))| shown.clone()).collect());
    }
    Ok(Reply::read(answer))
}
