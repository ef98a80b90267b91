//! The world's records in the store: one for each entity, its value the entity's element of a world file.
//!
//! Keys are `world/ACCOUNT/KIND/NAME`, with the region before the name of what is named within one, and
//! `world/organization/TYPE/PLACE`. A start reads them back through the loader of world files.

use serde::Serialize;

use super::file::AccountRecord;
use super::load::Loader;
use super::{RootCredential, World, dump};
use crate::account::AccountId;
use crate::state::store::{self, Batch, Direction, Start, Store};

pub(super) const PREFIX: &[u8] = b"world/";

/// Adds every record of a world to a batch.
pub(super) fn write(world: &World, batch: &mut Batch) {
    for account in world.accounts() {
        let id = account.id;
        accounts::put(batch, id, account.alias.as_deref());
        account.users.values().for_each(|held| users::put(batch, held));
        account.groups.values().for_each(|held| groups::put(batch, held));
        account.roles.values().for_each(|held| roles::put(batch, held));
        account.policies.values().for_each(|held| policies::put(batch, id, held));
        account.instance_profiles.values().for_each(|held| instance_profiles::put(batch, held));
        for bucket in account.buckets.values() {
            buckets::put(batch, bucket);
            bucket.objects.iter().for_each(|(key, held)| objects::put(batch, id, &bucket.name, key, held));
        }
        account.repositories.iter().for_each(|held| repositories::put(batch, id, held));
        account.keys.iter().for_each(|held| keys::put(batch, id, held));
        account.vpcs.iter().for_each(|held| vpcs::put(batch, id, held));
        account.subnets.iter().for_each(|held| subnets::put(batch, id, held));
        account.security_groups.iter().for_each(|held| security_groups::put(batch, id, held));
        account.file_systems.iter().for_each(|held| file_systems::put(batch, id, held));
    }
    world.access_keys.values().for_each(|held| access_keys::put(batch, held));
    let organization = world.organization();
    for (kind, policies) in [("scp", &organization.service_control), ("rcp", &organization.resource_control)] {
        for (place, policy) in policies.policies().iter().enumerate() {
            let key = format!("world/organization/{kind}/{place:06}");
            batch.put(key, store::to_bytes(&dump::organization_policy(policy)));
        }
    }
}

/// Adds the removal of every record of the world that a store holds.
pub(super) fn remove_all(store: &Store, batch: &mut Batch) -> Result<(), store::Error> {
    for entry in store.scan(PREFIX, Start::End, Direction::Forward) {
        batch.delete(entry?.0.to_vec());
    }
    Ok(())
}

/// The world that a store holds.
pub(super) fn read(store: &Store, root: &RootCredential) -> Result<World, store::Error> {
    let mut loader = Loader::new(root);
    for entry in store.scan(PREFIX, Start::End, Direction::Forward) {
        let (key, value) = entry?;
        let place = std::str::from_utf8(&key).ok().and_then(|key| key.strip_prefix("world/"));
        let Some((owner, place)) = place.and_then(|place| place.split_once('/')) else {
            return Err(store.damaged(&key, "its key is none of the world's"));
        };
        let (kind, name) = place.split_once('/').unwrap_or((place, ""));
        loader.record(owner, kind, name, &value).map_err(|error| store.damaged(&key, error))?;
    }
    loader.finish().map_err(|error| store.damaged(PREFIX, error))
}

fn put(batch: &mut Batch, account: AccountId, kind: &str, name: &str, value: &impl Serialize) {
    batch.put(format!("world/{account}/{kind}/{name}"), store::to_bytes(value));
}

fn delete(batch: &mut Batch, account: AccountId, kind: &str, name: &str) {
    batch.delete(format!("world/{account}/{kind}/{name}"));
}

/// Defines `put` and `remove` of a kind's records.
macro_rules! named {
    ($kind:ident, $type:ident, $key:ident, $detail:expr) => {
        pub(super) mod $kind {
            use super::super::{dump, $type};
            use super::{AccountId, Batch};

            pub(in super::super) fn put(batch: &mut Batch, entity: &$type) {
                super::put(batch, entity.account, stringify!($kind), &entity.$key, &$detail(entity));
            }

            pub(in super::super) fn remove(batch: &mut Batch, account: AccountId, name: &str) {
                super::delete(batch, account, stringify!($kind), name);
            }
        }
    };
}

/// The same for what is named within a region.
macro_rules! regional {
    ($kind:ident, $type:ident, $key:ident, $detail:expr) => {
        pub(super) mod $kind {
            use super::super::{dump, $type};
            use super::{AccountId, Batch};

            pub(in super::super) fn put(batch: &mut Batch, account: AccountId, entity: &$type) {
                let name = format!("{}/{}", entity.region, entity.$key);
                super::put(batch, account, stringify!($kind), &name, &$detail(entity));
            }

            pub(in super::super) fn remove(batch: &mut Batch, account: AccountId, region: &str, name: &str) {
                super::delete(batch, account, stringify!($kind), &format!("{region}/{name}"));
            }
        }
    };
}

named!(users, User, name, dump::iam::user);
named!(groups, Group, name, dump::iam::group);
named!(roles, Role, name, dump::iam::role);
named!(access_keys, AccessKey, access_key_id, dump::access_key);
named!(buckets, Bucket, name, dump::bucket);
regional!(repositories, Repository, name, dump::repository);
regional!(keys, Key, id, dump::key);
regional!(vpcs, Vpc, id, dump::vpc);
regional!(subnets, Subnet, id, dump::subnet);
regional!(security_groups, SecurityGroup, id, dump::security_group);
regional!(file_systems, FileSystem, id, dump::file_system_record);

pub(super) mod accounts {
    use super::{AccountId, AccountRecord, Batch};

    pub(in super::super) fn put(batch: &mut Batch, account: AccountId, alias: Option<&str>) {
        let record = AccountRecord { account_alias: alias.map(str::to_owned) };
        super::put(batch, account, "account", "", &record);
    }
}

pub(super) mod policies {
    use super::super::{ManagedPolicy, dump};
    use super::{AccountId, Batch};

    pub(in super::super) fn put(batch: &mut Batch, account: AccountId, policy: &ManagedPolicy) {
        super::put(batch, account, "policies", &policy.arn, &dump::iam::managed_policy(policy));
    }

    pub(in super::super) fn remove(batch: &mut Batch, account: AccountId, arn: &str) {
        super::delete(batch, account, "policies", arn);
    }
}

pub(super) mod instance_profiles {
    use super::super::file::InstanceProfileRecord;
    use super::super::{InstanceProfile, dump};
    use super::{AccountId, Batch};

    pub(in super::super) fn put(batch: &mut Batch, profile: &InstanceProfile) {
        let record =
            InstanceProfileRecord { profile: dump::iam::bare_profile(profile), role_name: profile.role.clone() };
        super::put(batch, profile.account, "instance_profiles", &profile.name, &record);
    }

    pub(in super::super) fn remove(batch: &mut Batch, account: AccountId, name: &str) {
        super::delete(batch, account, "instance_profiles", name);
    }
}

pub(super) mod objects {
    use super::super::{Object, dump};
    use super::{AccountId, Batch};

    pub(in super::super) fn put(batch: &mut Batch, account: AccountId, bucket: &str, key: &str, object: &Object) {
        super::put(batch, account, "objects", &format!("{bucket}/{key}"), &dump::object(key, object));
    }

    pub(in super::super) fn remove(batch: &mut Batch, account: AccountId, bucket: &str, key: &str) {
        super::delete(batch, account, "objects", &format!("{bucket}/{key}"));
    }
}
