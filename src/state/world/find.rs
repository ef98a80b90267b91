//! Looking things up in a world.

use std::sync::Arc;

use super::{
    AccessKey, Account, Bucket, Credential, FileSystem, FileSystemService, Group, Key, ManagedPolicy, Repository, Role,
    SecurityGroup, Subnet, User, Vpc, World, managed,
};
use crate::account::AccountId;
use crate::arn::Arn;
use crate::policy::AttachedPolicy;
use crate::principal::Principal;
use crate::tag::Tag;

/// What a principal has been given, ready to be judged by.
#[derive(Debug, Clone, Copy, Default)]
pub struct Permissions<'a> {
    /// Its inline and managed policies and its groups'.
    pub identity: &'a [Arc<AttachedPolicy>],
    /// Its permissions boundary.
    pub boundary: Option<&'a AttachedPolicy>,
    /// The tags of the user or role.
    pub tags: &'a [Tag],
}

impl World {
    /// What a long-term access key id stands for: a user's key, or a root user's.
    pub fn credential(&self, access_key_id: &str) -> Option<Credential> {
        if access_key_id == self.root.access_key_id {
            return Some(self.root_credential(access_key_id, self.root.account));
        }
        if let Some(key) = self.access_keys.get(access_key_id) {
            let user = self.user(key.account, &key.user_name)?;
            return Some(Credential {
                access_key_id: access_key_id.to_owned(),
                secret: key.secret.clone(),
                active: key.active,
                principal: user.principal(),
            });
        }
        let account = access_key_id.parse().ok()?;
        Some(self.root_credential(access_key_id, account))
    }

    fn root_credential(&self, access_key_id: &str, account: AccountId) -> Credential {
        Credential {
            access_key_id: access_key_id.to_owned(),
            secret: self.root.secret.clone(),
            active: true,
            principal: Principal::Root { account },
        }
    }

    /// A user's access key by its id; root users' are not among them.
    pub fn access_key(&self, access_key_id: &str) -> Option<&Arc<AccessKey>> {
        self.access_keys.get(access_key_id)
    }

    /// The access keys of a user, in order of their ids.
    pub fn access_keys_of<'a>(&'a self, account: AccountId, user: &'a str) -> impl Iterator<Item = &'a Arc<AccessKey>> {
        self.access_keys.values().filter(move |key| key.account == account && key.user_name == user)
    }

    /// What a principal has been given; `None` where it no longer exists, even if another now bears its name.
    ///
    /// Root users, services and anonymous callers hold no policies. A federated user's are those of the user who asked
    /// for the session: see [`crate::state::session::Session::issuer`].
    pub fn permissions(&self, principal: &Principal) -> Option<Permissions<'_>> {
        match principal {
            Principal::User { account, name, id, .. } => {
                let user = self.user(*account, name).filter(|user| user.id == *id)?;
                Some(Permissions {
                    identity: &user.resolved.identity,
                    boundary: user.resolved.boundary.as_deref(),
                    tags: &user.tags,
                })
            }
            Principal::AssumedRole { account, role, role_id, .. } => {
                let role = self.role(*account, role).filter(|role| role.id == *role_id)?;
                Some(Permissions {
                    identity: &role.resolved.identity,
                    boundary: role.resolved.boundary.as_deref(),
                    tags: &role.tags,
                })
            }
            Principal::Root { .. }
            | Principal::FederatedUser { .. }
            | Principal::Service { .. }
            | Principal::Anonymous => Some(Permissions::default()),
        }
    }

    /// The SCPs that bind an account; `None` where it is in no organization.
    pub fn service_control(&self, account: AccountId) -> Option<&[Arc<AttachedPolicy>]> {
        self.organization.service_control.of(account)
    }

    /// The RCPs that bind an account's resources, `RCPFullAWSAccess` not among them.
    pub fn resource_control(&self, account: AccountId) -> &[Arc<AttachedPolicy>] {
        self.organization.resource_control.of(account).unwrap_or_default()
    }

    /// A user by name.
    pub fn user(&self, account: AccountId, name: &str) -> Option<&Arc<User>> {
        self.account(account)?.users.get(name)
    }

    /// A group by name.
    pub fn group(&self, account: AccountId, name: &str) -> Option<&Arc<Group>> {
        self.account(account)?.groups.get(name)
    }

    /// A role by name.
    pub fn role(&self, account: AccountId, name: &str) -> Option<&Arc<Role>> {
        self.account(account)?.roles.get(name)
    }

    /// A role by its ARN, whose path must be the role's own.
    pub fn role_by_arn(&self, arn: &str) -> Option<&Arc<Role>> {
        let (account, path, name) = iam_name(arn, "role")?;
        self.role(account, name).filter(|role| role.path == path)
    }

    /// A user by its ARN, whose path must be the user's own.
    pub fn user_by_arn(&self, arn: &str) -> Option<&Arc<User>> {
        let (account, path, name) = iam_name(arn, "user")?;
        self.user(account, name).filter(|user| user.path == path)
    }

    /// A managed policy as an account sees it: its own, or AWS's.
    pub fn managed_policy(&self, account: AccountId, arn: &str) -> Option<Arc<ManagedPolicy>> {
        match self.account(account) {
            Some(account) => account.managed_policy(arn),
            None => managed::find(arn),
        }
    }

    /// A bucket and its owner, by its name among all accounts'.
    pub fn bucket(&self, name: &str) -> Option<(AccountId, &Arc<Bucket>)> {
        let owner = *self.bucket_owners.get(name)?;
        Some((owner, self.account(owner)?.buckets.get(name)?))
    }

    /// A repository.
    pub fn repository(&self, account: AccountId, region: &str, name: &str) -> Option<&Arc<Repository>> {
        self.account(account)?.repositories.get(region, name)
    }

    /// A key by its id, its ARN, its alias or its alias's ARN. An ARN names its own account and region.
    pub fn key(&self, account: AccountId, region: &str, reference: &str) -> Option<&Arc<Key>> {
        let (account, region, name) = match Arn::parse(reference) {
            Some(arn) if arn.service == "kms" => (arn.account.parse().ok()?, arn.region, arn.resource),
            Some(_) => return None,
            None => (account, region, reference),
        };
        let keys = &self.account(account)?.keys;
        if name.starts_with("alias/") {
            return keys.in_region(region).find(|key| key.aliases.iter().any(|alias| alias == name));
        }
        let is_arn = reference.starts_with("arn:");
        let id = if is_arn { name.strip_prefix("key/")? } else { name };
        keys.get(region, id)
    }

    /// A VPC.
    pub fn vpc(&self, account: AccountId, region: &str, id: &str) -> Option<&Arc<Vpc>> {
        self.account(account)?.vpcs.get(region, id)
    }

    /// A subnet.
    pub fn subnet(&self, account: AccountId, region: &str, id: &str) -> Option<&Arc<Subnet>> {
        self.account(account)?.subnets.get(region, id)
    }

    /// A security group.
    pub fn security_group(&self, account: AccountId, region: &str, id: &str) -> Option<&Arc<SecurityGroup>> {
        self.account(account)?.security_groups.get(region, id)
    }

    /// A file system of EFS or FSx.
    pub fn file_system(
        &self,
        account: AccountId,
        region: &str,
        service: FileSystemService,
        id: &str,
    ) -> Option<&Arc<FileSystem>> {
        self.account(account)?.file_systems.get(region, id).filter(|system| system.service == service)
    }
}

impl Account {
    /// A managed policy: the account's own, or AWS's.
    pub fn managed_policy(&self, arn: &str) -> Option<Arc<ManagedPolicy>> {
        self.policies.get(arn).cloned().or_else(|| managed::find(arn))
    }

    /// How many users, groups and roles a managed policy is attached to.
    pub fn attachment_count(&self, arn: &str) -> usize {
        let among = |attached: &[String]| attached.iter().any(|known| known == arn);
        self.users.values().filter(|user| among(&user.attached_policies)).count()
            + self.groups.values().filter(|group| among(&group.attached_policies)).count()
            + self.roles.values().filter(|role| among(&role.attached_policies)).count()
    }

    /// How many users and roles a managed policy bounds.
    pub fn boundary_usage_count(&self, arn: &str) -> usize {
        let bounds = |boundary: &Option<String>| boundary.as_deref() == Some(arn);
        self.users.values().filter(|user| bounds(&user.boundary)).count()
            + self.roles.values().filter(|role| bounds(&role.boundary)).count()
    }
}

/// Account, path and name of `arn:aws:iam::ACCOUNT:TYPE/path/name`.
fn iam_name<'a>(arn: &'a str, resource_type: &str) -> Option<(AccountId, &'a str, &'a str)> {
    let parts = Arn::parse(arn)?;
    if parts.partition != "aws" || parts.service != "iam" || !parts.region.is_empty() {
        return None;
    }
    let account = parts.account.parse().ok()?;
    let rest = parts.resource.strip_prefix(resource_type)?;
    let (path, name) = rest.split_at(rest.rfind('/')? + 1);
    path.starts_with('/').then_some((account, path, name))
}
