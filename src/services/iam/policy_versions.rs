//! Versions of managed policies and which one is in force.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-versioning.html>

use std::sync::Arc;

use serde_json::json;

use super::faults::{delete_conflict, limit_exceeded, no_such_entity};
use super::operation::{Operation, Target};
use super::page::{self, Page};
use super::{change, find, managed_policies, quota, show};
use crate::document::{self, Document};
use crate::fault::Fault;
use crate::services::{Call, Reply};
use crate::state::world::{Edit, ManagedPolicy, PolicyVersion};

pub(super) static OPERATIONS: &[Operation] = &[
    Operation::changes("CreatePolicyVersion", Target::Policy, create),
    Operation::reads("GetPolicyVersion", Target::Policy, get),
    Operation::reads("ListPolicyVersions", Target::Policy, list),
    Operation::changes("SetDefaultPolicyVersion", Target::Policy, set_default),
    Operation::changes("DeletePolicyVersion", Target::Policy, delete),
];

fn create(call: &Call<'_>) -> Result<Reply, Fault> {
    let mut policy = (*find::own_policy(call, find::text(call, "PolicyArn"))?).clone();
    let document = managed_policies::parsed(call)?;
    if policy.versions.len() >= quota::VERSIONS {
        return Err(limit_exceeded(format!(
            "A managed policy can have up to {} versions. Before you create a new version, you must delete an existing \
             version.",
            quota::VERSIONS
        )));
    }
    let number = newest(call, &policy)? + 1;
    let created = show::now(call);
    let version = PolicyVersion { version_id: format!("v{number}"), policy: document, create_date: created };
    if document::get(call.input, "SetAsDefault").and_then(Document::as_bool) == Some(true) {
        policy.default_version_id.clone_from(&version.version_id);
    }
    policy.update_date = created;
    let shown = show::version(&policy, &version);
    policy.versions.push(version);
    change::apply(call, json!({ "PolicyVersion": shown }), |edit| edit.put_managed_policy(call.account, policy))
}

fn get(call: &Call<'_>) -> Result<Reply, Fault> {
    let (policy, version) = named(call)?;
    Ok(Reply::read(json!({ "PolicyVersion": show::whole_version(&policy, &version) })))
}

/// The newest first.
fn list(call: &Call<'_>) -> Result<Reply, Fault> {
    let policy = find::managed_policy(call, find::text(call, "PolicyArn"))?;
    let versions = policy.versions.iter().rev();
    let versions = versions.map(|version| (page::numbered(usize::MAX.saturating_sub(number(version))), version));
    Ok(Reply::read(Page::of(call, versions)?.answer("Versions", |version| show::version(&policy, version))))
}

fn set_default(call: &Call<'_>) -> Result<Reply, Fault> {
    let (policy, version) = named_own(call)?;
    let mut policy = (*policy).clone();
    policy.default_version_id = version.version_id;
    change::apply(call, json!({}), |edit| edit.put_managed_policy(call.account, policy))
}

fn delete(call: &Call<'_>) -> Result<Reply, Fault> {
    let (policy, version) = named_own(call)?;
    if version.version_id == policy.default_version_id {
        return Err(delete_conflict("Cannot delete the default version of a policy."));
    }
    let newest = newest(call, &policy)?;
    let mut policy = (*policy).clone();
    policy.versions.retain(|held| held.version_id != version.version_id);
    change::apply(call, json!({}), |edit| {
        edit.batch().put(newest_key(&policy), newest.to_string().into_bytes());
        edit.put_managed_policy(call.account, policy);
    })
}

/// The version that the request names; IAM says the same whether the policy or the version is missing.
fn named(call: &Call<'_>) -> Result<(Arc<ManagedPolicy>, PolicyVersion), Fault> {
    let (arn, id) = (find::text(call, "PolicyArn"), find::text(call, "VersionId"));
    let policy = call.world.managed_policy(call.account, arn);
    let found = policy.and_then(|policy| policy.version(id).cloned().map(|version| (policy, version)));
    found.ok_or_else(|| no_such_entity(format!("Policy {arn} version {id} does not exist or is not attachable.")))
}

/// The same of a policy that the account may change.
fn named_own(call: &Call<'_>) -> Result<(Arc<ManagedPolicy>, PolicyVersion), Fault> {
    let found = named(call)?;
    find::own_policy(call, &found.0.arn)?;
    Ok(found)
}

/// The number of the newest version that there ever was: none is used twice, even if its version was deleted.
fn newest(call: &Call<'_>, policy: &ManagedPolicy) -> Result<usize, Fault> {
    let held = policy.versions.iter().map(number).max().unwrap_or(0);
    let key = newest_key(policy);
    let deleted: Option<usize> =
        call.state.store().get(&key)?.map(|bytes| call.state.store().parse(&key, &bytes)).transpose()?;
    Ok(held.max(deleted.unwrap_or(0)))
}

/// Forgets the numbers of a policy that is deleted.
pub(super) fn forget(edit: &mut Edit, policy: &ManagedPolicy) {
    edit.batch().delete(newest_key(policy));
}

fn newest_key(policy: &ManagedPolicy) -> Vec<u8> {
    format!("iam/newest-version/{}", policy.id).into_bytes()
}

fn number(version: &PolicyVersion) -> usize {
    let digits = version.version_id.trim_start_matches('v').split('.').next();
    digits.and_then(|digits| digits.parse().ok()).unwrap_or(0)
}
