//! IAM's part of a world file.

use std::collections::HashSet;
use std::sync::Arc;

use super::super::file::iam::{
    AttachedManagedPolicy, AuthorizationDetails, GroupDetail, InstanceProfileDetail, PermissionsBoundary, PolicyDetail,
    RoleDetail, UserDetail,
};
use super::super::file::{AccessKeyFile, AccessKeyStatus, InstanceProfileRecord, Moment};
use super::super::{AccessKey, Group, InstanceProfile, Role, User, WorldError, id};
use super::{Loader, Place, Reference};
use crate::account::AccountId;
use crate::policy::Malformed;
use crate::secret::Secret;
use crate::tag::Tag;

/// The longest name of a user or role; groups, policies and instance profiles may have twice as long ones.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
const SHORT_NAME: usize = 64;
pub(super) const LONG_NAME: usize = 128;

impl Loader<'_> {
    pub(super) fn authorization_details(
        &mut self,
        account: AccountId,
        details: AuthorizationDetails,
        place: &Place,
    ) -> Result<(), WorldError> {
        if details.is_truncated {
            return Err(place.member("IsTruncated").error("only a part of the account was printed"));
        }
        for (place, user) in place.each("UserDetailList", details.user_detail_list) {
            self.user(account, user, &place)?;
        }
        for (place, group) in place.each("GroupDetailList", details.group_detail_list) {
            self.group(account, group, &place)?;
        }
        for (place, role) in place.each("RoleDetailList", details.role_detail_list) {
            self.role(account, role, &place)?;
        }
        for (place, policy) in place.each("Policies", details.policies) {
            self.managed_policy(account, policy, &place)?;
        }
        Ok(())
    }

    pub(super) fn user(&mut self, account: AccountId, detail: UserDetail, place: &Place) -> Result<(), WorldError> {
        let name = detail.user_name;
        self.name(account, "user", &name, SHORT_NAME, &place.member("UserName"))?;
        let path = identity_path("user", account.as_str(), detail.path, detail.arn, &name, place)?;
        let id = detail.user_id.unwrap_or_else(|| id::derived(id::USER, account, &name));
        let mut user = User::new(account, &path, &name, id, self.date(detail.create_date));
        user.password_last_used = detail.password_last_used.map(|moment| moment.0);
        inline("UserPolicyList", detail.user_policy_list, place, |name, text| user.put_inline_policy(name, text))?;
        for (index, group) in detail.group_list.iter().enumerate() {
            self.refer(place.element("GroupList", index), account, Reference::Group(group.clone()));
        }
        user.groups = detail.group_list;
        user.attached_policies = self.attached(account, detail.attached_managed_policies, place)?;
        user.boundary = self.boundary(account, detail.permissions_boundary, place);
        user.tags = tags(detail.tags, "Tags", place)?;
        self.account(account).users.insert(name, Arc::new(user));
        Ok(())
    }

    pub(super) fn group(&mut self, account: AccountId, detail: GroupDetail, place: &Place) -> Result<(), WorldError> {
        let name = detail.group_name;
        self.name(account, "group", &name, LONG_NAME, &place.member("GroupName"))?;
        let path = identity_path("group", account.as_str(), detail.path, detail.arn, &name, place)?;
        let id = detail.group_id.unwrap_or_else(|| id::derived(id::GROUP, account, &name));
        let mut group = Group::new(account, &path, &name, id, self.date(detail.create_date));
        inline("GroupPolicyList", detail.group_policy_list, place, |name, text| group.put_inline_policy(name, text))?;
        group.attached_policies = self.attached(account, detail.attached_managed_policies, place)?;
        self.account(account).groups.insert(name, Arc::new(group));
        Ok(())
    }

    pub(super) fn role(&mut self, account: AccountId, detail: RoleDetail, place: &Place) -> Result<(), WorldError> {
        let name = detail.role_name;
        self.name(account, "role", &name, SHORT_NAME, &place.member("RoleName"))?;
        let path = identity_path("role", account.as_str(), detail.path, detail.arn, &name, place)?;
        let id = detail.role_id.unwrap_or_else(|| id::derived(id::ROLE, account, &name));
        let date = self.date(detail.create_date);
        let trust = place.member("AssumeRolePolicyDocument");
        let mut role = Role::new(account, &path, &name, id, date, &detail.assume_role_policy_document.0)
            .map_err(|malformed| trust.malformed(&malformed))?;
        role.description = detail.description;
        if let Some(seconds) = detail.max_session_duration {
            if !(3600..=43200).contains(&seconds) {
                let message = format!("`{seconds}` is not between 3600 and 43200 seconds");
                return Err(place.member("MaxSessionDuration").error(message));
            }
            role.max_session_duration = seconds;
        }
        inline("RolePolicyList", detail.role_policy_list, place, |name, text| role.put_inline_policy(name, text))?;
        role.attached_policies = self.attached(account, detail.attached_managed_policies, place)?;
        role.boundary = self.boundary(account, detail.permissions_boundary, place);
        role.tags = tags(detail.tags, "Tags", place)?;
        role.last_used =
            detail.role_last_used.and_then(|used| used.last_used_date.map(|moment| (moment.0, used.region)));
        self.account(account).roles.insert(name.clone(), Arc::new(role));
        for (place, profile) in place.each("InstanceProfileList", detail.instance_profile_list) {
            self.instance_profile(account, profile, Some(name.clone()), &place)?;
        }
        Ok(())
    }

    /// A profile, in the list of the role that is in it or in none.
    pub(super) fn instance_profile(
        &mut self,
        account: AccountId,
        detail: InstanceProfileDetail,
        role: Option<String>,
        place: &Place,
    ) -> Result<(), WorldError> {
        let name = detail.instance_profile_name;
        self.name(account, "instance-profile", &name, LONG_NAME, &place.member("InstanceProfileName"))?;
        let path = identity_path("instance-profile", account.as_str(), detail.path, detail.arn, &name, place)?;
        for (place, listed) in place.each("Roles", detail.roles) {
            if role.as_ref() != Some(&listed.role_name) {
                let message = format!("`{}` is not the role that lists this profile", listed.role_name);
                return Err(place.member("RoleName").error(message));
            }
        }
        let profile = InstanceProfile {
            account,
            path,
            id: detail.instance_profile_id.unwrap_or_else(|| id::derived(id::INSTANCE_PROFILE, account, &name)),
            create_date: self.date(detail.create_date),
            role,
            tags: tags(detail.tags, "Tags", place)?,
            name: name.clone(),
        };
        self.account(account).instance_profiles.insert(name, Arc::new(profile));
        Ok(())
    }

    pub(super) fn instance_profile_record(
        &mut self,
        account: AccountId,
        record: InstanceProfileRecord,
        place: &Place,
    ) -> Result<(), WorldError> {
        if let Some(role) = &record.role_name {
            self.refer(place.member("RoleName"), account, Reference::Role(role.clone()));
        }
        self.instance_profile(account, record.profile, record.role_name, place)
    }

    pub(super) fn access_key(
        &mut self,
        account: AccountId,
        file: AccessKeyFile,
        place: &Place,
    ) -> Result<(), WorldError> {
        let identifier = place.member("AccessKeyId");
        let word = |character: char| character.is_ascii_alphanumeric() || character == '_';
        if file.access_key_id.is_empty() || file.access_key_id.len() > 128 || !file.access_key_id.chars().all(word) {
            let message = format!("`{}` is not up to 128 letters, digits and `_`", file.access_key_id);
            return Err(identifier.error(message));
        }
        if file.access_key_id == self.root.access_key_id || file.access_key_id.parse::<AccountId>().is_ok() {
            return Err(identifier.error(format!("`{}` is a root user's", file.access_key_id)));
        }
        self.bear("access key", &file.access_key_id, &identifier)?;
        if file.secret_access_key.is_empty() {
            return Err(place.member("SecretAccessKey").error("a secret is not empty"));
        }
        self.refer(place.member("UserName"), account, Reference::User(file.user_name.clone()));
        let key = AccessKey {
            account,
            user_name: file.user_name,
            access_key_id: file.access_key_id.clone(),
            secret: Secret::new(file.secret_access_key),
            active: file.status != Some(AccessKeyStatus::Inactive),
            create_date: self.date(file.create_date),
        };
        self.access_keys.insert(file.access_key_id, Arc::new(key));
        Ok(())
    }

    /// A name that IAM would take, and that no other of the kind bears: names differ by more than their case.
    pub(super) fn name(
        &mut self,
        account: AccountId,
        kind: &str,
        name: &str,
        longest: usize,
        place: &Place,
    ) -> Result<(), WorldError> {
        let allowed = |character: char| character.is_ascii_alphanumeric() || "_+=,.@-".contains(character);
        if name.is_empty() || name.len() > longest || !name.chars().all(allowed) {
            let message = format!("`{name}` is not 1 to {longest} letters, digits and any of `_+=,.@-`");
            return Err(place.error(message));
        }
        let scope = format!("{account} {kind}");
        let folded = name.to_ascii_lowercase();
        if self.borne.contains(&format!("{scope}/{folded}")) {
            return Err(place.error(format!("`{name}` is there twice")));
        }
        self.bear(&scope, &folded, place)
    }

    fn attached(
        &mut self,
        account: AccountId,
        attached: Vec<AttachedManagedPolicy>,
        place: &Place,
    ) -> Result<Vec<String>, WorldError> {
        let mut arns = Vec::with_capacity(attached.len());
        for (place, policy) in place.each("AttachedManagedPolicies", attached) {
            let place = place.member("PolicyArn");
            if arns.contains(&policy.policy_arn) {
                return Err(place.error(format!("`{}` is there twice", policy.policy_arn)));
            }
            self.refer(place, account, Reference::ManagedPolicy(policy.policy_arn.clone()));
            arns.push(policy.policy_arn);
        }
        Ok(arns)
    }

    fn boundary(&mut self, account: AccountId, boundary: Option<PermissionsBoundary>, place: &Place) -> Option<String> {
        let arn = boundary?.permissions_boundary_arn;
        let place = place.member("PermissionsBoundary").member("PermissionsBoundaryArn");
        self.refer(place, account, Reference::ManagedPolicy(arn.clone()));
        Some(arn)
    }

    pub(super) fn date(&self, given: Option<Moment>) -> jiff::Timestamp {
        given.map_or(self.now, |moment| moment.0)
    }
}

/// The path of an entity, from its `Path` or its ARN; both must agree with its account and name.
pub(super) fn identity_path(
    resource_type: &str,
    owner: &str,
    path: Option<String>,
    arn: Option<String>,
    name: &str,
    place: &Place,
) -> Result<String, WorldError> {
    let prefix = format!("arn:aws:iam::{owner}:{resource_type}");
    let of_arn = arn.as_deref().and_then(|arn| arn.strip_prefix(&prefix)?.strip_suffix(name)).map(str::to_owned);
    let path = path.or_else(|| of_arn.clone()).unwrap_or_else(|| "/".to_owned());
    let printable = path.bytes().all(|byte| (0x21..=0x7e).contains(&byte));
    if !path.starts_with('/') || !path.ends_with('/') || path.len() > 512 || !printable {
        return Err(place.member("Path").error(format!("`{path}` does not begin and end with `/`")));
    }
    match arn {
        Some(arn) if of_arn.as_ref() != Some(&path) => {
            Err(place.member("Arn").error(format!("`{arn}` is not `{prefix}{path}{name}`")))
        }
        _ => Ok(path),
    }
}

fn inline(
    list: &str,
    policies: Vec<PolicyDetail>,
    place: &Place,
    mut put: impl FnMut(&str, &str) -> Result<(), Malformed>,
) -> Result<(), WorldError> {
    let mut names = HashSet::new();
    for (place, detail) in place.each(list, policies) {
        if !names.insert(detail.policy_name.clone()) {
            return Err(place.member("PolicyName").error(format!("`{}` is there twice", detail.policy_name)));
        }
        put(&detail.policy_name, &detail.policy_document.0)
            .map_err(|malformed| place.member("PolicyDocument").malformed(&malformed))?;
    }
    Ok(())
}

/// Tags, no key twice.
pub(super) fn tags(tags: Vec<Tag>, list: &str, place: &Place) -> Result<Vec<Tag>, WorldError> {
    let mut keys = HashSet::new();
    for (index, tag) in tags.iter().enumerate() {
        if !keys.insert(tag.key.as_str()) {
            let message = format!("the tag `{}` is there twice", tag.key);
            return Err(place.element(list, index).member("Key").error(message));
        }
    }
    Ok(tags)
}
