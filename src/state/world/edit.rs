//! One change of the world: a copy that shares what stays the same, and the records that the change writes.
//!
//! Entities are put whole and removed by name; whether AWS would allow it is for the caller to say. References are
//! checked at the end: a change that would leave an attachment without its policy, or a member without its group, fails.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::resolve::{self, Affected};
use super::{
    AccessKey, Account, Bucket, FileSystem, Group, InstanceProfile, Key, ManagedPolicy, Object, Repository, Role,
    SecurityGroup, Subnet, User, Vpc, World, record,
};
use crate::account::AccountId;
use crate::fault::Fault;
use crate::state::store::Batch;

/// A change in the making.
#[derive(Debug)]
pub struct Edit {
    world: World,
    batch: Batch,
    affected: BTreeMap<AccountId, Affected>,
}

/// Defines `put` and `remove` of a kind that is kept by name and bears on no permissions but its own.
macro_rules! entity {
    ($(#[$doc:meta])* $put:ident, $remove:ident, $field:ident, $type:ty, $name:ident) => {
        $(#[$doc])*
        pub fn $put(&mut self, entity: $type) {
            record::$field::put(&mut self.batch, &entity);
            self.account(entity.account).$field.insert(entity.$name.clone(), Arc::new(entity));
        }

        /// Removes it; where there is none of the name, nothing happens.
        pub fn $remove(&mut self, account: AccountId, name: &str) {
            record::$field::remove(&mut self.batch, account, name);
            self.account(account).$field.remove(name);
        }
    };
}

/// The same for what is named within a region.
macro_rules! regional {
    ($(#[$doc:meta])* $put:ident, $remove:ident, $field:ident, $type:ty, $name:ident) => {
        $(#[$doc])*
        pub fn $put(&mut self, account: AccountId, entity: $type) {
            record::$field::put(&mut self.batch, account, &entity);
            let (region, name) = (entity.region.clone(), entity.$name.clone());
            self.account(account).$field.insert(&region, &name, entity);
        }

        /// Removes it; where there is none of the name, nothing happens.
        pub fn $remove(&mut self, account: AccountId, region: &str, name: &str) {
            record::$field::remove(&mut self.batch, account, region, name);
            self.account(account).$field.remove(region, name);
        }
    };
}

impl Edit {
    pub(super) fn of(world: &World) -> Edit {
        Edit { world: world.clone(), batch: Batch::new(), affected: BTreeMap::new() }
    }

    /// The world as changed so far; what principals amount to follows at the end.
    pub fn world(&self) -> &World {
        &self.world
    }

    /// Further records that are to be written with the change or not at all.
    pub fn batch(&mut self) -> &mut Batch {
        &mut self.batch
    }

    /// Puts a user, new or changed.
    pub fn put_user(&mut self, user: User) {
        record::users::put(&mut self.batch, &user);
        self.affected(user.account).users.insert(user.name.clone());
        self.account(user.account).users.insert(user.name.clone(), Arc::new(user));
    }

    /// Removes a user. Its access keys must be removed with it.
    pub fn remove_user(&mut self, account: AccountId, name: &str) {
        record::users::remove(&mut self.batch, account, name);
        self.account(account).users.remove(name);
    }

    /// Puts a group, new or changed.
    pub fn put_group(&mut self, group: Group) {
        record::groups::put(&mut self.batch, &group);
        self.affected(group.account).groups.insert(group.name.clone());
        self.account(group.account).groups.insert(group.name.clone(), Arc::new(group));
    }

    /// Removes a group. It must have no members.
    pub fn remove_group(&mut self, account: AccountId, name: &str) {
        record::groups::remove(&mut self.batch, account, name);
        self.affected(account).groups.insert(name.to_owned());
        self.account(account).groups.remove(name);
    }

    /// Puts a role, new or changed.
    pub fn put_role(&mut self, role: Role) {
        record::roles::put(&mut self.batch, &role);
        self.affected(role.account).roles.insert(role.name.clone());
        self.account(role.account).roles.insert(role.name.clone(), Arc::new(role));
    }

    /// Removes a role. It must be in no instance profile.
    pub fn remove_role(&mut self, account: AccountId, name: &str) {
        record::roles::remove(&mut self.batch, account, name);
        self.account(account).roles.remove(name);
    }

    /// Puts a managed policy, new or changed.
    pub fn put_managed_policy(&mut self, account: AccountId, policy: ManagedPolicy) {
        record::policies::put(&mut self.batch, account, &policy);
        self.affected(account).policies.insert(policy.arn.clone());
        self.account(account).policies.insert(policy.arn.clone(), Arc::new(policy));
    }

    /// Removes a managed policy. It must be attached to nothing.
    pub fn remove_managed_policy(&mut self, account: AccountId, arn: &str) {
        record::policies::remove(&mut self.batch, account, arn);
        self.affected(account).policies.insert(arn.to_owned());
        self.account(account).policies.remove(arn);
    }

    /// Puts an access key, new or changed.
    pub fn put_access_key(&mut self, key: AccessKey) {
        record::access_keys::put(&mut self.batch, &key);
        Arc::make_mut(&mut self.world.access_keys).insert(key.access_key_id.clone(), Arc::new(key));
    }

    /// Removes an access key.
    pub fn remove_access_key(&mut self, access_key_id: &str) {
        if let Some(key) = Arc::make_mut(&mut self.world.access_keys).remove(access_key_id) {
            record::access_keys::remove(&mut self.batch, key.account, access_key_id);
        }
    }

    /// Sets or removes an account's alias.
    pub fn set_account_alias(&mut self, account: AccountId, alias: Option<String>) {
        record::accounts::put(&mut self.batch, account, alias.as_deref());
        self.account(account).alias = alias;
    }

    entity! {
        /// Puts an instance profile, new or changed.
        put_instance_profile, remove_instance_profile, instance_profiles, InstanceProfile, name
    }

    /// Puts a bucket, new or changed; its objects are those that it had before.
    pub fn put_bucket(&mut self, mut bucket: Bucket) {
        record::buckets::put(&mut self.batch, &bucket);
        let account = self.account(bucket.account);
        bucket.objects = account.buckets.get(&bucket.name).map(|old| Arc::clone(&old.objects)).unwrap_or_default();
        let (owner, name) = (bucket.account, bucket.name.clone());
        account.buckets.insert(name.clone(), Arc::new(bucket));
        Arc::make_mut(&mut self.world.bucket_owners).insert(name, owner);
    }

    /// Removes a bucket with its objects.
    pub fn remove_bucket(&mut self, account: AccountId, name: &str) {
        record::buckets::remove(&mut self.batch, account, name);
        if let Some(bucket) = self.account(account).buckets.remove(name) {
            for key in bucket.objects.keys() {
                record::objects::remove(&mut self.batch, account, name, key);
            }
            Arc::make_mut(&mut self.world.bucket_owners).remove(name);
        }
    }

    /// Puts an object into a bucket that is there.
    pub fn put_object(&mut self, account: AccountId, bucket: &str, key: &str, object: &Object) {
        if let Some(held) = self.account(account).buckets.get_mut(bucket) {
            let objects = &mut Arc::make_mut(held).objects;
            Arc::make_mut(objects).insert(Arc::from(key), Arc::new(object.clone()));
            record::objects::put(&mut self.batch, account, bucket, key, object);
        }
    }

    /// Removes an object.
    pub fn remove_object(&mut self, account: AccountId, bucket: &str, key: &str) {
        if let Some(held) = self.account(account).buckets.get_mut(bucket) {
            Arc::make_mut(&mut Arc::make_mut(held).objects).remove(key);
            record::objects::remove(&mut self.batch, account, bucket, key);
        }
    }

    regional! {
        /// Puts a repository, new or changed.
        put_repository, remove_repository, repositories, Repository, name
    }

    regional! {
        /// Puts a key, new or changed.
        put_key, remove_key, keys, Key, id
    }

    regional! {
        /// Puts a VPC, new or changed.
        put_vpc, remove_vpc, vpcs, Vpc, id
    }

    regional! {
        /// Puts a subnet, new or changed.
        put_subnet, remove_subnet, subnets, Subnet, id
    }

    regional! {
        /// Puts a security group, new or changed.
        put_security_group, remove_security_group, security_groups, SecurityGroup, id
    }

    regional! {
        /// Puts a file system, new or changed.
        put_file_system, remove_file_system, file_systems, FileSystem, id
    }

    /// The changed world and what the store must take before it is published.
    pub(super) fn finish(mut self) -> Result<(World, Batch), Fault> {
        for (id, affected) in std::mem::take(&mut self.affected) {
            resolve::refresh(self.account(id), affected).map_err(|dangling| {
                tracing::error!(account = %id, %dangling, "a change would leave a reference without its target");
                Fault::internal()
            })?;
        }
        Ok((self.world, self.batch))
    }

    fn affected(&mut self, account: AccountId) -> &mut Affected {
        self.affected.entry(account).or_default()
    }

    fn account(&mut self, id: AccountId) -> &mut Account {
        let batch = &mut self.batch;
        let account = self.world.accounts.entry(id).or_insert_with(|| {
            record::accounts::put(batch, id, None);
            Arc::new(Account::new(id))
        });
        Arc::make_mut(account)
    }
}
