//! IAM's quotas and what it says of those that are used up.
//!
//! The defaults of <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>, as `GetAccountSummary`
//! tells them.

use super::faults::limit_exceeded;
use crate::fault::Fault;
use crate::policy::size_without_white_space;

/// A number of things that may not be exceeded.
#[derive(Debug, Clone, Copy)]
pub(super) struct Quota {
    /// Its name in IAM's refusal.
    name: &'static str,
    /// The most.
    pub(super) most: usize,
}

const fn quota(name: &'static str, most: usize) -> Quota {
    Quota { name, most }
}

pub(super) const USERS: Quota = quota("UsersPerAccount", 5000);
pub(super) const GROUPS: Quota = quota("GroupsPerAccount", 300);
pub(super) const ROLES: Quota = quota("RolesPerAccount", 1000);
pub(super) const POLICIES: Quota = quota("PoliciesPerAccount", 1500);
pub(super) const INSTANCE_PROFILES: Quota = quota("InstanceProfilesPerAccount", 1000);
pub(super) const GROUPS_PER_USER: Quota = quota("GroupsPerUser", 10);
pub(super) const ACCESS_KEYS_PER_USER: Quota = quota("AccessKeysPerUser", 2);
pub(super) const POLICIES_PER_USER: Quota = quota("PoliciesPerUser", 10);
pub(super) const POLICIES_PER_GROUP: Quota = quota("PoliciesPerGroup", 10);
pub(super) const POLICIES_PER_ROLE: Quota = quota("PoliciesPerRole", 10);
pub(super) const ROLES_PER_INSTANCE_PROFILE: Quota = quota("InstanceSessionsPerInstanceProfile", 1);
pub(super) const POLICY_SIZE: Quota = quota("PolicySize", 6144);
pub(super) const TRUST_POLICY_SIZE: Quota = quota("ACLSizePerRole", 2048);
/// All inline policies of one user together, in characters without white space.
pub(super) const USER_POLICY_SIZE: usize = 2048;
/// The same of a group.
pub(super) const GROUP_POLICY_SIZE: usize = 5120;
/// The same of a role.
pub(super) const ROLE_POLICY_SIZE: usize = 10_240;
/// Versions of one managed policy.
pub(super) const VERSIONS: usize = 5;
/// Tags of one resource.
pub(super) const TAGS: usize = 50;

impl Quota {
    /// Refuses one more where there are this many.
    pub(super) fn admits_another(self, present: usize) -> Result<(), Fault> {
        if present < self.most { Ok(()) } else { Err(self.exceeded()) }
    }

    /// Refuses a document that is too large; white space does not count.
    pub(super) fn admits_document(self, text: &str) -> Result<(), Fault> {
        if size_without_white_space(text) <= self.most { Ok(()) } else { Err(self.exceeded()) }
    }

    fn exceeded(self) -> Fault {
        limit_exceeded(format!("Cannot exceed quota for {}: {}", self.name, self.most))
    }
}
