//! The accounts' principals, policies and resources: who there is, what they hold, and what is attached to what.
//!
//! A [`World`] is a snapshot: reading it takes no lock and allocates nothing, and no later change reaches it. Changes are
//! made by [`Worlds::change`] on a copy that shares all that stays the same. Knows no AWS operation and does not judge.
//!
//! INVARIANT: every policy in a world is one that AWS would store, and every reference in it has its target.
//! INVARIANT: a snapshot is published only after the store has taken the batch that makes it.

mod dump;
mod edit;
mod file;
mod find;
pub mod id;
mod identity;
mod key;
mod load;
pub mod managed;
mod network;
mod organization;
mod policy;
mod record;
mod regional;
mod resolve;
mod resource;

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use jiff::Timestamp;

pub use edit::Edit;
pub use find::Permissions;
pub use identity::{AccessKey, Credential, Group, InstanceProfile, Role, User};
pub use key::{Key, KeyManager, KeyState, default_key_policy};
pub use network::{FileSystem, FileSystemService, SecurityGroup, Subnet, Vpc};
pub use organization::{Organization, OrganizationPolicies, OrganizationPolicy};
pub use policy::{InlinePolicies, ManagedPolicy, PolicyVersion};
pub use regional::Regional;
pub use resource::{Bucket, BucketEncryption, Object, Repository, SseAlgorithm};

use super::store::{self, Batch, Store, Ticket};
use crate::account::AccountId;
use crate::fault::Fault;
use crate::secret::Secret;

/// How ARNs of AWS's own managed policies begin.
pub const AWS_MANAGED: &str = "arn:aws:iam::aws:policy/";

/// The credentials of the root users, which no world file holds.
#[derive(Debug, Clone)]
pub struct RootCredential {
    /// The default account, which always exists.
    pub account: AccountId,
    /// The access key id of its root user.
    pub access_key_id: String,
    /// The secret of every root user.
    pub secret: Secret,
    /// The region of what a world file places in none.
    pub region: String,
}

/// All accounts at one moment.
#[derive(Debug, Clone)]
pub struct World {
    accounts: BTreeMap<AccountId, Arc<Account>>,
    access_keys: Arc<BTreeMap<String, Arc<AccessKey>>>,
    bucket_owners: Arc<BTreeMap<String, AccountId>>,
    organization: Arc<Organization>,
    root: Arc<RootCredential>,
}

/// One account.
#[derive(Debug, Clone)]
pub struct Account {
    /// Its twelve digits.
    pub id: AccountId,
    /// The alias of its sign-in page.
    pub alias: Option<String>,
    /// Users by name.
    pub users: BTreeMap<String, Arc<User>>,
    /// Groups by name.
    pub groups: BTreeMap<String, Arc<Group>>,
    /// Roles by name.
    pub roles: BTreeMap<String, Arc<Role>>,
    /// Managed policies by ARN: the account's own, and those of AWS that its world file lists.
    pub policies: BTreeMap<String, Arc<ManagedPolicy>>,
    /// Instance profiles by name.
    pub instance_profiles: BTreeMap<String, Arc<InstanceProfile>>,
    /// Buckets by name.
    pub buckets: BTreeMap<String, Arc<Bucket>>,
    /// Repositories by region and name.
    pub repositories: Regional<Repository>,
    /// Keys by region and id.
    pub keys: Regional<Key>,
    /// VPCs by region and id.
    pub vpcs: Regional<Vpc>,
    /// Subnets by region and id.
    pub subnets: Regional<Subnet>,
    /// Security groups by region and id.
    pub security_groups: Regional<SecurityGroup>,
    /// EFS and FSx file systems by region and id.
    pub file_systems: Regional<FileSystem>,
}

/// Why a world file was not loaded. Nothing of it was.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct WorldError {
    /// The file, where it has a name.
    pub file: Option<String>,
    /// The JSON path of the member at fault, such as `accounts[0].iam.RoleDetailList[2].RoleName`.
    pub path: String,
    /// What is wrong with it.
    pub message: String,
}

impl std::fmt::Display for WorldError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(file) = &self.file {
            write!(f, "`{file}`: ")?;
        }
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        f.write_str(&self.message)
    }
}

/// A world file's name, where it has one, and its text.
pub type Source<'a> = (Option<&'a str>, &'a str);

impl World {
    /// The world that these files describe together.
    ///
    /// `now` is the date of what the files leave undated.
    ///
    /// # Errors
    /// The first thing that is wrong, with its place.
    pub fn load(files: &[Source<'_>], root: &RootCredential, now: Timestamp) -> Result<World, WorldError> {
        load::files(files, root, now)
    }

    /// The world as one world file, pretty-printed; loading it gives the same world again.
    pub fn dump(&self) -> String {
        dump::text(self)
    }

    /// Adds every record of the world to a batch.
    pub fn write(&self, batch: &mut Batch) {
        record::write(self, batch);
    }

    /// The world that a store holds.
    ///
    /// # Errors
    /// The store cannot be read, or what it holds is no world.
    pub fn read(store: &Store, root: &RootCredential) -> Result<World, store::Error> {
        record::read(store, root)
    }

    /// Every account, in order of their ids.
    pub fn accounts(&self) -> impl Iterator<Item = &Arc<Account>> {
        self.accounts.values()
    }

    /// An account; one that nothing was ever put into is not there.
    pub fn account(&self, id: AccountId) -> Option<&Arc<Account>> {
        self.accounts.get(&id)
    }

    /// The organization's policies.
    pub fn organization(&self) -> &Organization {
        &self.organization
    }

    /// The root users' credentials and the default account.
    pub fn root(&self) -> &RootCredential {
        &self.root
    }
}

impl Account {
    /// An account that holds nothing.
    pub fn new(id: AccountId) -> Account {
        Account {
            id,
            alias: None,
            users: BTreeMap::new(),
            groups: BTreeMap::new(),
            roles: BTreeMap::new(),
            policies: BTreeMap::new(),
            instance_profiles: BTreeMap::new(),
            buckets: BTreeMap::new(),
            repositories: Regional::default(),
            keys: Regional::default(),
            vpcs: Regional::default(),
            subnets: Regional::default(),
            security_groups: Regional::default(),
            file_systems: Regional::default(),
        }
    }
}

/// The current snapshot, and the way to the next.
#[derive(Debug)]
pub struct Worlds {
    current: RwLock<Arc<World>>,
    store: Arc<Store>,
}

impl Worlds {
    pub(super) fn new(store: Arc<Store>, world: World) -> Worlds {
        Worlds { current: RwLock::new(Arc::new(world)), store }
    }

    /// The world as it stands.
    pub fn snapshot(&self) -> Arc<World> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Changes the world: all that the function does to the [`Edit`] or, where it answers a fault, nothing.
    ///
    /// Changes must come one after the other: the caller holds [`super::State::writer`].
    ///
    /// # Errors
    /// The function's own fault; an internal one where the store failed or a reference would lose its target.
    pub fn change<T>(&self, change: impl FnOnce(&mut Edit) -> Result<T, Fault>) -> Result<(T, Ticket), Fault> {
        let mut edit = Edit::of(&self.snapshot());
        let answer = change(&mut edit)?;
        let (world, batch) = edit.finish()?;
        let ticket = self.store.apply(batch)?;
        self.publish(world);
        Ok((answer, ticket))
    }

    /// Replaces the world by what a world file describes; everything else in the store stays.
    ///
    /// The caller holds [`super::State::writer`].
    ///
    /// # Errors
    /// The file is wrong, or the store failed; the world is as it was.
    pub fn replace(&self, text: &str, now: Timestamp) -> Result<Ticket, ReplaceError> {
        let world = World::load(&[(None, text)], self.snapshot().root(), now)?;
        let mut batch = Batch::new();
        record::remove_all(&self.store, &mut batch)?;
        world.write(&mut batch);
        let ticket = self.store.apply(batch)?;
        self.publish(world);
        Ok(ticket)
    }

    pub(super) fn publish(&self, world: World) {
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(world);
    }
}

/// Why a world was not replaced.
#[derive(Debug, thiserror::Error)]
pub enum ReplaceError {
    /// The file is wrong.
    #[error(transparent)]
    World(#[from] WorldError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] store::Error),
}

#[cfg(test)]
mod tests;
