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
        for held in roles {
            found.push((format!("3{}", held.name), ("RoleDetailList", role(call, account, held)?)));
        }
        let own = managed_policies::own(account).filter(|_| wanted("LocalManagedPolicy"));
        found.extend(own.map(|held| (format!("4{}", held.name), ("Policies", policy(account, held)))));
        if wanted("AWSManagedPolicy") {
            let (attached, boundaries) = managed_policies::in_use(account);
            for arn in attached.union(&boundaries) {
                let held = account.managed_policy(arn).filter(|held| held.is_aws_managed());
                found.extend(
                    held.map(|held| (format!("5{}", show::policy_name(arn)), ("Policies", policy(account, &held)))),
                );
            }
        }
    }
    let page = Page::of(call, found)?;
    let mut answer = page.frame();
    for member in LISTS {
        let shown = page.elements.iter().filter(|(_, (of, _))| *of == member);
        show::set(&mut answer, member, shown.map(|(_, (_, shown))| shown.clone()).collect());
    }
    Ok(Reply::read(answer))
}

fn user(held: &User) -> Value {
    let mut shown = show::whole_user(held);
    show::set(&mut shown, "UserPolicyList", show::inline(&held.inline_policies));
    show::set(&mut shown, "GroupList", json!(held.groups));
    show::set(&mut shown, "AttachedManagedPolicies", attached(&held.attached_policies));
    show::set(&mut shown, "Tags", tag::to_list(&held.tags));
    shown
}

fn group(held: &Group) -> Value {
    let mut shown = show::group(held);
    show::set(&mut shown, "GroupPolicyList", show::inline(&held.inline_policies));
    show::set(&mut shown, "AttachedManagedPolicies", attached(&held.attached_policies));
    shown
}

fn role(call: &Call<'_>, account: &Account, held: &Role) -> Result<Value, Fault> {
    let mut shown = show::bare_role(held);
    let profiles = account.instance_profiles.values().filter(|profile| profile.role.as_deref() == Some(&held.name));
    show::set(
        &mut shown,
        "InstanceProfileList",
        profiles.map(|profile| show::instance_profile(account, profile)).collect(),
    );
    show::set(&mut shown, "RolePolicyList", show::inline(&held.inline_policies));
    show::set(&mut shown, "AttachedManagedPolicies", attached(&held.attached_policies));
    show::add_boundary(&mut shown, held.boundary.as_deref());
    show::set(&mut shown, "Tags", tag::to_list(&held.tags));
    show::set(&mut shown, "RoleLastUsed", show::last_used(call, held)?);
    Ok(shown)
}

fn policy(account: &Account, held: &ManagedPolicy) -> Value {
    let mut shown = show::policy(Some(account), held);
    if let Some(description) = &held.description {
        show::set(&mut shown, "Description", json!(description));
    }
    let versions = held.versions.iter().rev();
    show::set(&mut shown, "PolicyVersionList", versions.map(|version| show::whole_version(held, version)).collect());
    shown
}

fn attached(arns: &[String]) -> Document {
    arns.iter().map(|arn| show::attachment(arn)).collect()
}
