//! Managed policies: the account's own, and AWS's, which every account may read and none may change.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html>

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::json;

use super::faults::{already_exists, delete_conflict, malformed_document};
use super::operation::{Key, Operation, Target};
use super::page::Page;
use super::tags::{self, Keys};
use super::{change, find, policy_versions, quota, show};
use crate::document::{self, Document};
use crate::fault::Fault;
use crate::policy::{Policy, PolicyType, Version};
use crate::services::{Call, Reply};
use crate::state::world::{AWS_MANAGED, Account, ManagedPolicy, PolicyVersion, id, managed};
use crate::tag;

pub(super) static OPERATIONS: &[Operation] = &[
    Operation::changes("CreatePolicy", Target::NewPolicy, create).with(&[Key::RequestTags]),
    Operation::reads("GetPolicy", Target::Policy, get),
    Operation::reads("ListPolicies", Target::EveryPolicy, list),
    Operation::changes("DeletePolicy", Target::Policy, delete),
];

fn create(call: &Call<'_>) -> Result<Reply, Fault> {
    let name = find::text(call, "PolicyName");
    let policy = parsed(call)?;
    let added = tag::from_list(call.input.get("Tags"));
    tags::check(&added, Keys::WithCase)?;
    check_free(call, name)?;
    let present = find::account(call).map_or(0, |account| own(account).count());
    quota::POLICIES.admits_another(present)?;
    let path = document::text(call.input, "Path").unwrap_or("/");
    let created = show::now(call);
    let policy = ManagedPolicy {
        arn: format!("arn:aws:iam::{}:policy{path}{name}", call.account),
        path: path.to_owned(),
        name: name.to_owned(),
        id: id::unique(id::MANAGED_POLICY),
        description: document::text(call.input, "Description").filter(|text| !text.is_empty()).map(str::to_owned),
        is_attachable: true,
        create_date: created,
        update_date: created,
        versions: vec![PolicyVersion { version_id: "v1".to_owned(), policy, create_date: created }],
        default_version_id: "v1".to_owned(),
        tags: added,
    };
    let mut shown = show::policy(None, &policy);
    show::add_tags(&mut shown, &policy.tags);
    change::apply(call, json!({ "Policy": shown }), |edit| edit.put_managed_policy(call.account, policy))
}

/// The document of the request, checked as IAM checks managed policies.
pub(super) fn parsed(call: &Call<'_>) -> Result<Policy, Fault> {
    let text = find::text(call, "PolicyDocument");
    let policy = Policy::parse(text, PolicyType::Identity).map_err(|malformed| malformed_document(&malformed))?;
    if policy.version() != Version::V2012 {
        return Err(Fault::new("MalformedPolicyDocument", "Policy document must be version 2012-10-17 or greater."));
    }
    quota::POLICY_SIZE.admits_document(text)?;
    Ok(policy)
}

fn get(call: &Call<'_>) -> Result<Reply, Fault> {
    let policy = find::managed_policy(call, find::text(call, "PolicyArn"))?;
    let mut shown = show::policy(find::account(call).map(|account| &**account), &policy);
    if let Some(description) = &policy.description {
        show::set(&mut shown, "Description", json!(description));
    }
    show::set(&mut shown, "Tags", tag::to_list(&policy.tags));
    Ok(Reply::read(json!({ "Policy": shown })))
}

/// Only the policies of the page are looked at: AWS has a thousand and a half.
fn list(call: &Call<'_>) -> Result<Reply, Fault> {
    let account = find::account(call);
    let scope = document::text(call.input, "Scope").unwrap_or("All");
    let prefix = document::text(call.input, "PathPrefix").unwrap_or("/");
    let (attached, boundaries) = account.map(|account| in_use(account)).unwrap_or_default();
    let usage = document::text(call.input, "PolicyUsageFilter");
    let only_attached = document::get(call.input, "OnlyAttached").and_then(Document::as_bool) == Some(true);
    let wanted = |arn: &str| match usage {
        Some("PermissionsPolicy") => attached.contains(arn),
        Some(_) => boundaries.contains(arn),
        None => !only_attached || attached.contains(arn) || boundaries.contains(arn),
    };
    let listed = account.into_iter().flat_map(|account| account.policies.keys()).map(String::as_str);
    let mut arns: Vec<&str> = listed.filter(|arn| (scope != "Local") || !arn.starts_with(AWS_MANAGED)).collect();
    match scope {
        "Local" => {}
        "AWS" => {
            arns.retain(|arn| arn.starts_with(AWS_MANAGED));
            arns.extend(aws_managed());
        }
        _ => arns.extend(aws_managed()),
    }
    arns.retain(|arn| wanted(arn) && show::policy_path(arn).starts_with(prefix));
    let arns: BTreeMap<String, &str> = arns.into_iter().map(|arn| (show::policy_key(arn), arn)).collect();
    let page = Page::of(call, arns)?;
    let mut answer = page.frame();
    let policies = page.elements.iter().filter_map(|(_, arn)| call.world.managed_policy(call.account, arn));
    show::set(
        &mut answer,
        "Policies",
        policies.map(|policy| show::policy(account.map(|account| &**account), &policy)).collect(),
    );
    Ok(Reply::read(answer))
}

fn delete(call: &Call<'_>) -> Result<Reply, Fault> {
    let policy = find::own_policy(call, find::text(call, "PolicyArn"))?;
    let uses = find::account(call)
        .map_or(0, |account| account.attachment_count(&policy.arn) + account.boundary_usage_count(&policy.arn));
    if uses > 0 {
        return Err(delete_conflict("Cannot delete a policy attached to entities."));
    }
    if policy.versions.len() > 1 {
        return Err(delete_conflict(
            "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. \
             The default version is deleted with the policy.",
        ));
    }
    change::apply(call, json!({}), |edit| {
        policy_versions::forget(edit, &policy);
        edit.remove_managed_policy(call.account, &policy.arn);
    })
}

/// The ARNs of the policies that AWS ships, for a list that holds the account's, too.
fn aws_managed<'a>() -> impl Iterator<Item = &'a str> {
    managed::arns().map(|arn| -> &'a str { arn })
}

/// The policies that the account itself has made.
pub(super) fn own(account: &Account) -> impl Iterator<Item = &Arc<ManagedPolicy>> {
    account.policies.values().filter(|policy| !policy.is_aws_managed())
}

/// The ARNs that are attached to something, and those that bound something.
pub(super) fn in_use(account: &Account) -> (BTreeSet<&str>, BTreeSet<&str>) {
    let users = account.users.values().flat_map(|user| &user.attached_policies);
    let groups = account.groups.values().flat_map(|group| &group.attached_policies);
    let roles = account.roles.values().flat_map(|role| &role.attached_policies);
    let attached = users.chain(groups).chain(roles).map(String::as_str).collect();
    let users = account.users.values().filter_map(|user| user.boundary.as_deref());
    let roles = account.roles.values().filter_map(|role| role.boundary.as_deref());
    (attached, users.chain(roles).collect())
}

/// Names are not told apart by case, nor by path.
fn check_free(call: &Call<'_>, name: &str) -> Result<(), Fault> {
    let mut policies = find::account(call).into_iter().flat_map(|account| own(account));
    match policies.any(|policy| policy.name.eq_ignore_ascii_case(name)) {
        true => Err(already_exists(format!("A policy called {name} already exists. Duplicate names are not allowed."))),
        false => Ok(()),
    }
}
