//! What concerns an account as a whole: its alias, its numbers and quotas, and the last use of its keys.

use serde_json::{Value, json};

use super::faults::{already_exists, no_such_entity};
use super::managed_policies::own;
use super::operation::{Operation, Target};
use super::page::Page;
use super::{change, find, quota};
use crate::fault::Fault;
use crate::services::{Call, Reply};

pub(super) static OPERATIONS: &[Operation] = &[
    Operation::reads("GetAccountSummary", Target::Nothing, summary),
    Operation::changes("CreateAccountAlias", Target::Nothing, create_alias),
    Operation::changes("DeleteAccountAlias", Target::Nothing, delete_alias),
    Operation::reads("ListAccountAliases", Target::Nothing, aliases),
];

/// An account has one alias at most, and no two accounts have the same.
fn create_alias(call: &Call<'_>) -> Result<Reply, Fault> {
    let alias = find::text(call, "AccountAlias").to_owned();
    let taken =
        call.world.accounts().any(|account| account.id != call.account && account.alias.as_ref() == Some(&alias));
    if taken {
        return Err(already_exists(format!("The account alias {alias} already exists.")));
    }
    change::apply(call, json!({}), |edit| edit.set_account_alias(call.account, Some(alias)))
}

fn delete_alias(call: &Call<'_>) -> Result<Reply, Fault> {
    let alias = find::text(call, "AccountAlias");
    if find::account(call).and_then(|account| account.alias.as_deref()) != Some(alias) {
        return Err(no_such_entity(format!("The account alias {alias} cannot be found.")));
    }
    change::apply(call, json!({}), |edit| edit.set_account_alias(call.account, None))
}

fn aliases(call: &Call<'_>) -> Result<Reply, Fault> {
    let alias = find::account(call).and_then(|account| account.alias.clone());
    let page = Page::of(call, alias.map(|alias| (alias.clone(), alias)))?;
    Ok(Reply::read(page.answer("AccountAliases", |alias| json!(alias))))
}

fn summary(call: &Call<'_>) -> Result<Reply, Fault> {
    let account = find::account(call);
    let count = |number: fn(&crate::state::world::Account) -> usize| account.map_or(0, |account| number(account));
    let mut map = serde_json::Map::new();
    let mut put = |name: &str, value: usize| map.insert(name.to_owned(), Value::from(value));
    put("Users", count(|account| account.users.len()));
    put("UsersQuota", quota::USERS.most);
    put("Groups", count(|account| account.groups.len()));
    put("GroupsQuota", quota::GROUPS.most);
    put("Roles", count(|account| account.roles.len()));
    put("RolesQuota", quota::ROLES.most);
    put("InstanceProfiles", count(|account| account.instance_profiles.len()));
    put("InstanceProfilesQuota", quota::INSTANCE_PROFILES.most);
    put("Policies", count(|account| own(account).count()));
    put("PoliciesQuota", quota::POLICIES.most);
    put("PolicySizeQuota", quota::POLICY_SIZE.most);
    put("PolicyVersionsInUse", count(|account| own(account).map(|policy| policy.versions.len()).sum()));
    put("PolicyVersionsInUseQuota", 10_000);
    put("VersionsPerPolicyQuota", quota::VERSIONS);
    put("AccessKeysPerUserQuota", quota::ACCESS_KEYS_PER_USER.most);
    put("GroupsPerUserQuota", quota::GROUPS_PER_USER.most);
    put("AttachedPoliciesPerUserQuota", quota::POLICIES_PER_USER.most);
    put("AttachedPoliciesPerGroupQuota", quota::POLICIES_PER_GROUP.most);
    put("AttachedPoliciesPerRoleQuota", quota::POLICIES_PER_ROLE.most);
    put("UserPolicySizeQuota", quota::USER_POLICY_SIZE);
    put("GroupPolicySizeQuota", quota::GROUP_POLICY_SIZE);
    put("RolePolicySizeQuota", quota::ROLE_POLICY_SIZE);
    put("AssumeRolePolicySizeQuota", quota::TRUST_POLICY_SIZE.most);
    // What a world cannot hold is not there.
    for name in ["MFADevices", "MFADevicesInUse", "AccountMFAEnabled", "ServerCertificates", "Providers"] {
        put(name, 0);
    }
    put("AccountPasswordPresent", 0);
    put("AccountSigningCertificatesPresent", 0);
    put("SigningCertificatesPerUserQuota", 2);
    put("ServerCertificatesQuota", 20);
    // The root user of every account has the access key that the endpoint was started with.
    put("AccountAccessKeysPresent", 1);
    put("GlobalEndpointTokenVersion", 1);
    Ok(Reply::read(json!({ "SummaryMap": map })))
}
