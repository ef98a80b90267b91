//! An account's IAM entities in the shape of `aws iam get-account-authorization-details`.

use super::super::file::Moment;
use super::super::file::PolicyText;
use super::super::file::iam::{
    AttachedManagedPolicy, AuthorizationDetails, GroupDetail, InstanceProfileDetail, ManagedPolicyDetail,
    PermissionsBoundary, PolicyDetail, PolicyVersionDetail, RoleDetail, RoleLastUsed, UserDetail,
};
use super::super::{Account, Group, InlinePolicies, InstanceProfile, ManagedPolicy, Role, User};
use super::document;

pub(crate) fn authorization_details(account: &Account) -> AuthorizationDetails {
    let mut details = AuthorizationDetails::default();
    details.user_detail_list = account.users.values().map(|held| user(held)).collect();
    details.group_detail_list = account.groups.values().map(|held| group(held)).collect();
    details.role_detail_list = account.roles.values().map(|held| role_with_profiles(account, held)).collect();
    details.policies = account.policies.values().map(|held| counted(account, held)).collect();
    details
}

pub(crate) fn user(user: &User) -> UserDetail {
    UserDetail {
        path: Some(user.path.clone()),
        user_name: user.name.clone(),
        user_id: Some(user.id.clone()),
        arn: Some(user.arn()),
        create_date: Some(Moment(user.create_date)),
        password_last_used: user.password_last_used.map(Moment),
        user_policy_list: inline(&user.inline_policies),
        group_list: user.groups.clone(),
        attached_managed_policies: attached(&user.attached_policies),
        permissions_boundary: user.boundary.as_deref().map(boundary),
        tags: user.tags.clone(),
    }
}

pub(crate) fn group(group: &Group) -> GroupDetail {
    GroupDetail {
        path: Some(group.path.clone()),
        group_name: group.name.clone(),
        group_id: Some(group.id.clone()),
        arn: Some(group.arn()),
        create_date: Some(Moment(group.create_date)),
        group_policy_list: inline(&group.inline_policies),
        attached_managed_policies: attached(&group.attached_policies),
    }
}

fn role_with_profiles(account: &Account, held: &Role) -> RoleDetail {
    let profiles = account.instance_profiles.values().filter(|profile| profile.role.as_deref() == Some(&held.name));
    let instance_profile_list = profiles.map(|profile| instance_profile(account, profile)).collect();
    RoleDetail { instance_profile_list, ..role(held) }
}

/// A role without its instance profiles, which have records of their own.
pub(crate) fn role(role: &Role) -> RoleDetail {
    RoleDetail {
        path: Some(role.path.clone()),
        role_name: role.name.clone(),
        role_id: Some(role.id.clone()),
        arn: Some(role.arn()),
        create_date: Some(Moment(role.create_date)),
        assume_role_policy_document: document(&role.trust_policy),
        description: role.description.clone(),
        max_session_duration: Some(role.max_session_duration),
        instance_profile_list: Vec::new(),
        role_policy_list: inline(&role.inline_policies),
        attached_managed_policies: attached(&role.attached_policies),
        permissions_boundary: role.boundary.as_deref().map(boundary),
        tags: role.tags.clone(),
        role_last_used: role
            .last_used
            .as_ref()
            .map(|(date, region)| RoleLastUsed { last_used_date: Some(Moment(*date)), region: region.clone() }),
    }
}

fn counted(account: &Account, policy: &ManagedPolicy) -> ManagedPolicyDetail {
    ManagedPolicyDetail {
        attachment_count: Some(account.attachment_count(&policy.arn)),
        permissions_boundary_usage_count: Some(account.boundary_usage_count(&policy.arn)),
        ..managed_policy(policy)
    }
}

/// A managed policy without the counts of its uses, which follow from those.
pub(crate) fn managed_policy(policy: &ManagedPolicy) -> ManagedPolicyDetail {
    let versions = policy.versions.iter().map(|version| PolicyVersionDetail {
        document: PolicyText(version.policy.text().to_owned()),
        version_id: Some(version.version_id.clone()),
        is_default_version: version.version_id == policy.default_version_id,
        create_date: Some(Moment(version.create_date)),
    });
    ManagedPolicyDetail {
        policy_name: policy.name.clone(),
        policy_id: Some(policy.id.clone()),
        arn: Some(policy.arn.clone()),
        path: Some(policy.path.clone()),
        default_version_id: Some(policy.default_version_id.clone()),
        attachment_count: None,
        permissions_boundary_usage_count: None,
        is_attachable: policy.is_attachable,
        description: policy.description.clone(),
        create_date: Some(Moment(policy.create_date)),
        update_date: Some(Moment(policy.update_date)),
        policy_version_list: versions.collect(),
        tags: policy.tags.clone(),
    }
}

pub(crate) fn instance_profile(account: &Account, profile: &InstanceProfile) -> InstanceProfileDetail {
    let roles = profile.role.as_ref().and_then(|name| account.roles.get(name));
    InstanceProfileDetail { roles: roles.map(|held| in_profile(held)).into_iter().collect(), ..bare_profile(profile) }
}

/// A role as an instance profile shows it: without its policies and tags.
fn in_profile(held: &Role) -> RoleDetail {
    RoleDetail {
        role_policy_list: Vec::new(),
        attached_managed_policies: Vec::new(),
        permissions_boundary: None,
        tags: Vec::new(),
        role_last_used: None,
        ..role(held)
    }
}

/// An instance profile without its role.
pub(crate) fn bare_profile(profile: &InstanceProfile) -> InstanceProfileDetail {
    InstanceProfileDetail {
        path: Some(profile.path.clone()),
        instance_profile_name: profile.name.clone(),
        instance_profile_id: Some(profile.id.clone()),
        arn: Some(profile.arn()),
        create_date: Some(Moment(profile.create_date)),
        roles: Vec::new(),
        tags: profile.tags.clone(),
    }
}

fn inline(policies: &InlinePolicies) -> Vec<PolicyDetail> {
    let detail = |(name, policy): (&String, &std::sync::Arc<crate::policy::AttachedPolicy>)| PolicyDetail {
        policy_name: name.clone(),
        policy_document: document(policy),
    };
    policies.iter().map(detail).collect()
}

fn attached(arns: &[String]) -> Vec<AttachedManagedPolicy> {
    let detail = |arn: &String| AttachedManagedPolicy {
        policy_name: arn.rsplit('/').next().map(str::to_owned),
        policy_arn: arn.clone(),
    };
    arns.iter().map(detail).collect()
}

fn boundary(arn: &str) -> PermissionsBoundary {
    PermissionsBoundary {
        permissions_boundary_type: Some("Policy".to_owned()),
        permissions_boundary_arn: arn.to_owned(),
    }
}
