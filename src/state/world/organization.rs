//! The policies that an organization lays over its accounts.
//!
//! INVARIANT: an account that no service control policy targets is in no organization; one that is targeted is bound by
//! exactly those that target it.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::account::AccountId;
use crate::policy::AttachedPolicy;

/// Policies of one type, as they were given and by account.
#[derive(Debug, Clone, Default)]
pub struct OrganizationPolicies {
    pub(super) policies: Vec<OrganizationPolicy>,
    pub(super) by_account: BTreeMap<AccountId, Vec<Arc<AttachedPolicy>>>,
}

/// One policy of an organization.
#[derive(Debug, Clone)]
pub struct OrganizationPolicy {
    /// Its name.
    pub name: String,
    /// Its ARN, as explicit denials print it.
    pub arn: String,
    /// The accounts that it binds.
    pub targets: Vec<AccountId>,
    /// What it says.
    pub policy: crate::policy::Policy,
}

/// The organization's policies.
#[derive(Debug, Clone, Default)]
pub struct Organization {
    /// SCPs.
    pub service_control: OrganizationPolicies,
    /// RCPs; `RCPFullAWSAccess` always holds and is not among them.
    pub resource_control: OrganizationPolicies,
}

impl OrganizationPolicies {
    /// Every policy in the order in which it was given.
    pub fn policies(&self) -> &[OrganizationPolicy] {
        &self.policies
    }

    /// The policies that bind an account; `None` where there are none.
    pub fn of(&self, account: AccountId) -> Option<&[Arc<AttachedPolicy>]> {
        self.by_account.get(&account).map(Vec::as_slice)
    }

    pub(super) fn add(&mut self, added: OrganizationPolicy) {
        for account in &added.targets {
            self.by_account.entry(*account).or_default().push(Arc::new(AttachedPolicy {
                policy: added.policy.clone(),
                name: added.name.clone(),
                arn: Some(added.arn.clone()),
                attached_to: format!("arn:aws:iam::{account}:root"),
            }));
        }
        self.policies.push(added);
    }
}
