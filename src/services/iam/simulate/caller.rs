//! Whom a simulation is about: the entity whose policies are taken, and the caller whose name resource policies see.

use std::sync::Arc;

use crate::account::AccountId;
use crate::arn::Arn;
use crate::fault::Fault;
use crate::policy::{AttachedPolicy, Context};
use crate::principal::Principal;
use crate::services::Call;
use crate::services::iam::{faults::invalid_input, find};
use crate::state::world::{Account, Group};
use crate::tag::Tag;

/// A user, group or role with its policies.
pub(super) struct Source {
    /// Its permissions policies; a user's groups' with them.
    pub(super) identity: Vec<Arc<AttachedPolicy>>,
    /// Its permissions boundary.
    pub(super) boundary: Option<Arc<AttachedPolicy>>,
    /// It as a caller.
    pub(super) principal: Principal,
    /// The condition keys that tell about it.
    pub(super) keys: Context,
}

impl Source {
    /// The entity of an ARN, in the call's own account.
    pub(super) fn find(call: &Call<'_>, arn: &str) -> Result<Source, Fault> {
        let (kind, _, name) = taken_apart(arn)?;
        if kind == "group" {
            let group = find::group(call, name)?;
            let identity = find::account(call).map(|account| group_policies(account, group)).unwrap_or_default();
            let (principal, keys) = of_arn(call, arn)?;
            return Ok(Source { identity, boundary: None, principal, keys });
        }
        let (principal, keys) = of_arn(call, arn)?;
        if kind == "user" {
            find::user(call, name)?;
        } else {
            find::role(call, name)?;
        }
        let held = call.world.permissions(&principal).unwrap_or_default();
        let identity = held.identity.to_vec();
        let boundary = held.boundary.map(|boundary| Arc::new(boundary.clone()));
        Ok(Source { identity, boundary, principal, keys })
    }
}

/// The caller of an ARN and what conditions see of it. An entity that does not exist is taken at its word.
pub(super) fn of_arn(call: &Call<'_>, arn: &str) -> Result<(Principal, Context), Fault> {
    let (kind, account, name) = taken_apart(arn)?;
    let path = Arn::parse(arn).map_or("/", |arn| path_of(arn.resource));
    let (principal, tags): (Principal, &[Tag]) = match kind {
        "user" => match call.world.user(account, name) {
            Some(user) => (user.principal(), &user.tags),
            None => (user(account, path, name), &[]),
        },
        "role" => match call.world.role(account, name) {
            Some(role) => (role.session(SESSION), &role.tags),
            None => (role(account, path, name), &[]),
        },
        // A group is no principal: no resource policy can name it.
        _ => (user(account, "/", ""), &[]),
    };
    let mut keys = Context::new();
    keys.set("aws:PrincipalAccount", account.as_str());
    if kind != "group" {
        keys.set("aws:PrincipalArn", principal.principal_arn());
    }
    if kind == "user" {
        keys.set("aws:username", name);
    }
    for tag in tags {
        keys.set(format!("aws:PrincipalTag/{}", tag.key), tag.value.as_str());
    }
    Ok((principal, keys))
}

/// The caller of a simulation that names none: somebody in the account.
pub(super) fn nobody(call: &Call<'_>) -> (Principal, Context) {
    (user(call.account, "/", ""), Context::new())
}

/// The context of a simulation: what is given wins over what is known.
pub(super) fn with_entries(mut known: Context, given: Context) -> Context {
    known.extend(given);
    known
}

/// The name of a role's session where only the role is known.
const SESSION: &str = "simulation";

fn user(account: AccountId, path: &str, name: &str) -> Principal {
    Principal::User { account, path: path.to_owned(), name: name.to_owned(), id: String::new() }
}

fn role(account: AccountId, path: &str, name: &str) -> Principal {
    Principal::AssumedRole {
        account,
        path: path.to_owned(),
        role: name.to_owned(),
        role_id: String::new(),
        session: SESSION.to_owned(),
    }
}

/// Type, account and name of the ARN of a user, group or role.
fn taken_apart(text: &str) -> Result<(&str, AccountId, &str), Fault> {
    let unclear = || invalid_input(format!("Invalid Entity Arn: {text} does not clearly define entity type and name."));
    let arn = Arn::parse(text).filter(|arn| arn.service == "iam").ok_or_else(unclear)?;
    let account = arn.account.parse().map_err(|_| unclear())?;
    let kind = arn.resource_type();
    let name = arn.resource.rsplit_once('/').map(|(_, name)| name).unwrap_or_default();
    match matches!(kind, "user" | "group" | "role") && !name.is_empty() {
        true => Ok((kind, account, name)),
        false => Err(unclear()),
    }
}

fn path_of(resource: &str) -> &str {
    let from = resource.find('/').unwrap_or(0);
    let to = resource.rfind('/').unwrap_or(0);
    resource.get(from..=to).unwrap_or("/")
}

fn group_policies(account: &Account, group: &Group) -> Vec<Arc<AttachedPolicy>> {
    let managed = group.attached_policies.iter().filter_map(|arn| account.managed_policy(arn));
    let managed = managed.filter_map(|policy| policy.attached_to(&group.arn()));
    group.inline_policies.values().cloned().chain(managed).collect()
}
