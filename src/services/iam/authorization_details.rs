//! `GetAccountAuthorizationDetails`: everything that bears on permissions in one listing.
//!
//! AWS's own policies are shown where something uses them.

use serde_json::{Value, json};

use super::operation::{Operation, Target};
use super::page::Page;
use super::{find, managed_policies, show};
use crate::document::{self, Document};
use crate::fault::Fault;
use crate::services::{Call, Reply};
use crate::state::world::{Account, Group, ManagedPolicy, Role, User};
use crate::tag;

pub(super) static OPERATIONS: &[Operation] =
    &[Operation::reads("GetAccountAuthorizationDetails", Target::Nothing, details)];

const LISTS: [&str; 4] = ["UserDetailList", "GroupDetailList", "RoleDetailList", "Policies"];

fn details(call: &Call<'_>) -> Result<Reply, Fault> {
    let filter = document::select(call.input, "Filter[]");
    let wanted = |kind: &str| filter.is_empty() || filter.iter().any(|chosen| chosen.text() == Some(kind));
    let mut found: Vec<(String, (&str, Value))> = Vec::new();
    if let Some(account) = find::account(call) {
        let users = account.users.values().filter(|_| wanted("User"));
        found.extend(users.map(|held| (format!("1{}", held.name), ("UserDetailList", user(held)))));
        let groups = account.groups.values().filter(|_| wanted("Group"));
        found.extend(groups.map(|held| (format!("2{}", held.name), ("GroupDetailList", group(held)))));
        let roles = account.roles.values().filter(|_| wanted("Role"));
        found.extend(roles.map(|held| (format!("3{}", held.name), ("RoleDetailList", role(account, held)))));
        let own = managed_policies::own(account).filter(|_| wanted("LocalManagedPolicy"));
        found.extend(own.map(|held| (format!("4{}", held.arn), ("Policies", policy(account, held)))));
        if wanted("AWSManagedPolicy") {
            let (attached, boundaries) = managed_policies::in_use(account);
            for arn in attached.union(&boundaries) {
                let held = account.managed_policy(arn).filter(|held| held.is_aws_managed());
                found.extend(held.map(|held| (format!("5{arn}"), ("Policies", policy(account, &held)))));
            }
        }
    }
    let page = Page::of(call, found)?;
    let mut answer = page.frame();
    for member in LISTS {
        let shown = page.elements.iter().filter(|(_, (of, _))| *of == member);
        answer[member] = shown.map(|(_, (_, shown))| shown.clone()).collect();
    }
    Ok(Reply::read(answer))
}

fn user(held: &User) -> Value {
    let mut shown = show::whole_user(held);
    shown["UserPolicyList"] = show::inline(&held.inline_policies);
    shown["GroupList"] = json!(held.groups);
    shown["AttachedManagedPolicies"] = attached(&held.attached_policies);
    shown["Tags"] = tag::to_list(&held.tags);
    shown
}

fn group(held: &Group) -> Value {
    let mut shown = show::group(held);
    shown["GroupPolicyList"] = show::inline(&held.inline_policies);
    shown["AttachedManagedPolicies"] = attached(&held.attached_policies);
    shown
}

fn role(account: &Account, held: &Role) -> Value {
    let mut shown = show::bare_role(held);
    let profiles = account.instance_profiles.values().filter(|profile| profile.role.as_deref() == Some(&held.name));
    shown["InstanceProfileList"] = profiles.map(|profile| show::instance_profile(account, profile)).collect();
    shown["RolePolicyList"] = show::inline(&held.inline_policies);
    shown["AttachedManagedPolicies"] = attached(&held.attached_policies);
    show::add_boundary(&mut shown, held.boundary.as_deref());
    shown["Tags"] = tag::to_list(&held.tags);
    shown["RoleLastUsed"] = show::last_used(held);
    shown
}

fn policy(account: &Account, held: &ManagedPolicy) -> Value {
    let mut shown = show::policy(Some(account), held);
    if let Some(description) = &held.description {
        shown["Description"] = json!(description);
    }
    let versions = held.versions.iter().rev();
    shown["PolicyVersionList"] = versions.map(|version| show::whole_version(held, version)).collect();
    shown
}

fn attached(arns: &[String]) -> Document {
    arns.iter().map(|arn| show::attachment(arn)).collect()
}
