//! What `aws iam get-account-authorization-details` prints, and the members beside it that other IAM calls show.
//!
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html>

use serde::{Deserialize, Serialize};

use super::{Moment, PolicyText};
use crate::tag::Tag;

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, default)]
pub(crate) struct AuthorizationDetails {
    pub(crate) user_detail_list: Vec<UserDetail>,
    pub(crate) group_detail_list: Vec<GroupDetail>,
    pub(crate) role_detail_list: Vec<RoleDetail>,
    pub(crate) policies: Vec<ManagedPolicyDetail>,
    /// Paging, of which a whole account has none.
    #[serde(skip_serializing)]
    pub(crate) is_truncated: bool,
    #[serde(skip_serializing)]
    marker: Option<String>,
    #[serde(skip_serializing, rename = "ResponseMetadata")]
    response_metadata: Option<serde::de::IgnoredAny>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct UserDetail {
    #[serde(default)]
    pub(crate) path: Option<String>,
    pub(crate) user_name: String,
    #[serde(default)]
    pub(crate) user_id: Option<String>,
    #[serde(default)]
    pub(crate) arn: Option<String>,
    #[serde(default)]
    pub(crate) create_date: Option<Moment>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) password_last_used: Option<Moment>,
    #[serde(default)]
    pub(crate) user_policy_list: Vec<PolicyDetail>,
    #[serde(default)]
    pub(crate) group_list: Vec<String>,
    #[serde(default)]
    pub(crate) attached_managed_policies: Vec<AttachedManagedPolicy>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) permissions_boundary: Option<PermissionsBoundary>,
    #[serde(default)]
    pub(crate) tags: Vec<Tag>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct GroupDetail {
    #[serde(default)]
    pub(crate) path: Option<String>,
    pub(crate) group_name: String,
    #[serde(default)]
    pub(crate) group_id: Option<String>,
    #[serde(default)]
    pub(crate) arn: Option<String>,
    #[serde(default)]
    pub(crate) create_date: Option<Moment>,
    #[serde(default)]
    pub(crate) group_policy_list: Vec<PolicyDetail>,
    #[serde(default)]
    pub(crate) attached_managed_policies: Vec<AttachedManagedPolicy>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct RoleDetail {
    #[serde(default)]
    pub(crate) path: Option<String>,
    pub(crate) role_name: String,
    #[serde(default)]
    pub(crate) role_id: Option<String>,
    #[serde(default)]
    pub(crate) arn: Option<String>,
    #[serde(default)]
    pub(crate) create_date: Option<Moment>,
    pub(crate) assume_role_policy_document: PolicyText,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) max_session_duration: Option<u32>,
    #[serde(default)]
    pub(crate) instance_profile_list: Vec<InstanceProfileDetail>,
    #[serde(default)]
    pub(crate) role_policy_list: Vec<PolicyDetail>,
    #[serde(default)]
    pub(crate) attached_managed_policies: Vec<AttachedManagedPolicy>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) permissions_boundary: Option<PermissionsBoundary>,
    #[serde(default)]
    pub(crate) tags: Vec<Tag>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) role_last_used: Option<RoleLastUsed>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct PolicyDetail {
    pub(crate) policy_name: String,
    pub(crate) policy_document: PolicyText,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct AttachedManagedPolicy {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) policy_name: Option<String>,
    pub(crate) policy_arn: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct PermissionsBoundary {
    /// `Policy`, or `PermissionsBoundaryPolicy` as older output has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) permissions_boundary_type: Option<String>,
    pub(crate) permissions_boundary_arn: String,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, default)]
pub(crate) struct RoleLastUsed {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) last_used_date: Option<Moment>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) region: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct InstanceProfileDetail {
    #[serde(default)]
    pub(crate) path: Option<String>,
    pub(crate) instance_profile_name: String,
    #[serde(default)]
    pub(crate) instance_profile_id: Option<String>,
    #[serde(default)]
    pub(crate) arn: Option<String>,
    #[serde(default)]
    pub(crate) create_date: Option<Moment>,
    #[serde(default)]
    pub(crate) roles: Vec<RoleDetail>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) tags: Vec<Tag>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct ManagedPolicyDetail {
    pub(crate) policy_name: String,
    #[serde(default)]
    pub(crate) policy_id: Option<String>,
    #[serde(default)]
    pub(crate) arn: Option<String>,
    #[serde(default)]
    pub(crate) path: Option<String>,
    #[serde(default)]
    pub(crate) default_version_id: Option<String>,
    /// Counted anew whenever it is asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) attachment_count: Option<usize>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) permissions_boundary_usage_count: Option<usize>,
    #[serde(default = "yes")]
    pub(crate) is_attachable: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<String>,
    #[serde(default)]
    pub(crate) create_date: Option<Moment>,
    #[serde(default)]
    pub(crate) update_date: Option<Moment>,
    #[serde(default)]
    pub(crate) policy_version_list: Vec<PolicyVersionDetail>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) tags: Vec<Tag>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct PolicyVersionDetail {
    pub(crate) document: PolicyText,
    #[serde(default)]
    pub(crate) version_id: Option<String>,
    #[serde(default)]
    pub(crate) is_default_version: bool,
    #[serde(default)]
    pub(crate) create_date: Option<Moment>,
}

fn yes() -> bool {
    true
}
