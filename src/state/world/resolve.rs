//! What a user's or role's attachments amount to: the lists of policies that its requests are judged by.
//!
//! Done when something is changed, so that a request finds the lists ready. INVARIANT: a policy that is attached and
//! cannot be found is an error, for its denials would be lost.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::Account;
use super::InlinePolicies;
use super::identity::Resolved;
use crate::policy::AttachedPolicy;

/// A name that nothing bears.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Dangling {
    #[error("no managed policy has the ARN `{0}`")]
    Policy(String),
    #[error("no group is called `{0}`")]
    Group(String),
}

/// The principals whose lists must be worked out again.
#[derive(Debug, Clone, Default)]
pub(super) struct Affected {
    pub(super) users: BTreeSet<String>,
    pub(super) roles: BTreeSet<String>,
    pub(super) groups: BTreeSet<String>,
    pub(super) policies: BTreeSet<String>,
}

/// Brings the lists of all that is affected up to date.
pub(super) fn refresh(account: &mut Account, affected: Affected) -> Result<(), Dangling> {
    let Affected { mut users, mut roles, mut groups, policies } = affected;
    if !policies.is_empty() {
        let among = |attached: &[String]| attached.iter().any(|arn| policies.contains(arn));
        let bounds = |boundary: &Option<String>| boundary.as_ref().is_some_and(|arn| policies.contains(arn));
        let attached = account.groups.values().filter(|group| among(&group.attached_policies));
        groups.extend(attached.map(|group| group.name.clone()));
        let attached = account.users.values().filter(|user| among(&user.attached_policies) || bounds(&user.boundary));
        users.extend(attached.map(|user| user.name.clone()));
        let attached = account.roles.values().filter(|role| among(&role.attached_policies) || bounds(&role.boundary));
        roles.extend(attached.map(|role| role.name.clone()));
    }
    if !groups.is_empty() {
        let members = account.users.values().filter(|user| user.groups.iter().any(|group| groups.contains(group)));
        users.extend(members.map(|user| user.name.clone()));
    }
    for name in users {
        let Some(user) = account.users.get(&name) else { continue };
        let resolved = of_user(account, user)?;
        if let Some(user) = account.users.get_mut(&name) {
            Arc::make_mut(user).resolved = resolved;
        }
    }
    for name in roles {
        let Some(role) = account.roles.get(&name) else { continue };
        let mut identity = Vec::new();
        collect(account, &mut identity, &role.inline_policies, &role.attached_policies, &role.arn())?;
        let boundary = boundary(account, role.boundary.as_deref(), &role.arn())?;
        if let Some(role) = account.roles.get_mut(&name) {
            Arc::make_mut(role).resolved = Resolved { identity, boundary };
        }
    }
    Ok(())
}

fn of_user(account: &Account, user: &super::User) -> Result<Resolved, Dangling> {
    let mut identity = Vec::new();
    collect(account, &mut identity, &user.inline_policies, &user.attached_policies, &user.arn())?;
    for name in &user.groups {
        let group = account.groups.get(name).ok_or_else(|| Dangling::Group(name.clone()))?;
        collect(account, &mut identity, &group.inline_policies, &group.attached_policies, &group.arn())?;
    }
    Ok(Resolved { identity, boundary: boundary(account, user.boundary.as_deref(), &user.arn())? })
}

fn collect(
    account: &Account,
    identity: &mut Vec<Arc<AttachedPolicy>>,
    inline: &InlinePolicies,
    attached: &[String],
    attached_to: &str,
) -> Result<(), Dangling> {
    identity.extend(inline.values().cloned());
    for arn in attached {
        identity.push(managed(account, arn, attached_to)?);
    }
    Ok(())
}

fn boundary(account: &Account, arn: Option<&str>, attached_to: &str) -> Result<Option<Arc<AttachedPolicy>>, Dangling> {
    arn.map(|arn| managed(account, arn, attached_to)).transpose()
}

fn managed(account: &Account, arn: &str, attached_to: &str) -> Result<Arc<AttachedPolicy>, Dangling> {
    let policy = account.managed_policy(arn).and_then(|policy| policy.attached_to(attached_to));
    policy.ok_or_else(|| Dangling::Policy(arn.to_owned()))
}
