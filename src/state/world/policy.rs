//! Policies as IAM keeps them: inline ones by name, managed ones with their versions.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use crate::policy::{AttachedPolicy, Malformed, Policy, PolicyType};
use crate::tag::Tag;

/// Inline policies by name.
pub type InlinePolicies = BTreeMap<String, Arc<AttachedPolicy>>;

/// A managed policy, of an account or of AWS.
#[derive(Debug, Clone)]
pub struct ManagedPolicy {
    /// Its ARN.
    pub arn: String,
    /// `/` or `/path/`.
    pub path: String,
    /// The friendly name.
    pub name: String,
    /// `ANPA…`.
    pub id: String,
    /// What it is for.
    pub description: Option<String>,
    /// Whether it may be attached.
    pub is_attachable: bool,
    /// When it was made.
    pub create_date: Timestamp,
    /// When its newest version was made.
    pub update_date: Timestamp,
    /// Its versions, oldest first.
    pub versions: Vec<PolicyVersion>,
    /// The version that is in force.
    pub default_version_id: String,
    /// Its tags.
    pub tags: Vec<Tag>,
}

/// One version of a managed policy.
#[derive(Debug, Clone)]
pub struct PolicyVersion {
    /// `v1`, `v2`, …
    pub version_id: String,
    /// What it says.
    pub policy: Policy,
    /// When it was made.
    pub create_date: Timestamp,
}

impl ManagedPolicy {
    /// The version in force.
    pub fn default_version(&self) -> Option<&PolicyVersion> {
        self.version(&self.default_version_id)
    }

    /// A version by its id.
    pub fn version(&self, version_id: &str) -> Option<&PolicyVersion> {
        self.versions.iter().find(|version| version.version_id == version_id)
    }

    /// Whether it is AWS's and not an account's.
    pub fn is_aws_managed(&self) -> bool {
        self.arn.starts_with(super::AWS_MANAGED)
    }

    /// The version in force as attached to an identity.
    pub fn attached_to(&self, arn: &str) -> Option<Arc<AttachedPolicy>> {
        self.default_version().map(|version| {
            Arc::new(AttachedPolicy {
                policy: version.policy.clone(),
                name: self.name.clone(),
                arn: Some(self.arn.clone()),
                attached_to: arn.to_owned(),
            })
        })
    }
}

/// A document as the inline policy of the identity that an ARN names.
pub(super) fn inline_policy(name: &str, document: &str, attached_to: String) -> Result<Arc<AttachedPolicy>, Malformed> {
    let policy = Policy::parse(document, PolicyType::Identity)?;
    Ok(Arc::new(AttachedPolicy { policy, name: name.to_owned(), arn: None, attached_to }))
}

/// A document as the trust policy of a role.
pub(super) fn trust_policy(document: &str, role: &str, attached_to: String) -> Result<Arc<AttachedPolicy>, Malformed> {
    let policy = Policy::parse(document, PolicyType::RoleTrust)?;
    Ok(Arc::new(AttachedPolicy { policy, name: format!("trust policy of {role}"), arn: None, attached_to }))
}

/// The same inline policies on an identity that has another ARN now.
pub(super) fn moved(policies: &InlinePolicies, attached_to: &str) -> InlinePolicies {
    let moved = |(name, policy): (&String, &Arc<AttachedPolicy>)| {
        let attached_to = attached_to.to_owned();
        (name.clone(), Arc::new(AttachedPolicy { attached_to, ..policy.as_ref().clone() }))
    };
    policies.iter().map(moved).collect()
}
