//! World files and records, checked and brought together.
//!
//! INVARIANT: [`Loader::finish`] answers a world only if every name is borne once and every reference has its target.

mod iam;
mod place;
mod policy;
mod reference;
mod resource;

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use jiff::Timestamp;
use place::Place;
use reference::Reference;
use serde::de::DeserializeOwned;

use super::file::{AccountFile, AccountRecord, OrganizationPolicyFile, WorldFile, structure};
use super::resolve::{self, Affected};
use super::{
    AccessKey, Account, Organization, OrganizationPolicies, OrganizationPolicy, RootCredential, Source, World,
    WorldError, id,
};
use crate::account::AccountId;
use crate::policy::{Policy, PolicyType};

/// A longer text is not a world file.
const MAXIMUM_LENGTH: usize = 256 * 1024 * 1024;

/// The world that these files describe together.
pub(super) fn files(files: &[Source<'_>], root: &RootCredential, now: Timestamp) -> Result<World, WorldError> {
    let mut loader = Loader::new(root);
    loader.now = now;
    for (name, text) in files {
        let place = Place::file(*name);
        if text.len() > MAXIMUM_LENGTH {
            return Err(place.error(format!("a world file has {MAXIMUM_LENGTH} bytes at most")));
        }
        let file: WorldFile = parse(text, &place)?;
        loader.file(file, &place)?;
    }
    loader.finish()
}

/// A world in the making.
pub(super) struct Loader<'a> {
    root: &'a RootCredential,
    now: Timestamp,
    accounts: BTreeMap<AccountId, Account>,
    access_keys: BTreeMap<String, Arc<AccessKey>>,
    bucket_owners: BTreeMap<String, AccountId>,
    organization: Organization,
    borne: HashSet<String>,
    references: Vec<(Place, AccountId, Reference)>,
}

impl<'a> Loader<'a> {
    pub(super) fn new(root: &'a RootCredential) -> Loader<'a> {
        Loader {
            root,
            now: Timestamp::UNIX_EPOCH,
            accounts: BTreeMap::from([(root.account, Account::new(root.account))]),
            access_keys: BTreeMap::new(),
            bucket_owners: BTreeMap::new(),
            organization: Organization::default(),
            borne: HashSet::new(),
            references: Vec::new(),
        }
    }

    /// Takes one record of a store; records may come in any order but that a bucket precedes its objects.
    pub(super) fn record(&mut self, owner: &str, kind: &str, name: &str, value: &[u8]) -> Result<(), WorldError> {
        let place = Place::file(None);
        let text = std::str::from_utf8(value).map_err(|error| place.error(error.to_string()))?;
        if owner == "organization" {
            return self.organization_policy(parse(text, &place)?, kind == "scp", &place);
        }
        let account: AccountId = owner.parse().map_err(|_| place.error(format!("`{owner}` owns nothing")))?;
        match kind {
            "account" => {
                let record: AccountRecord = parse(text, &place)?;
                self.account(account).alias = record.account_alias;
                Ok(())
            }
            "users" => self.user(account, parse(text, &place)?, &place),
            "groups" => self.group(account, parse(text, &place)?, &place),
            "roles" => self.role(account, parse(text, &place)?, &place),
            "policies" => self.managed_policy(account, parse(text, &place)?, &place),
            "instance_profiles" => self.instance_profile_record(account, parse(text, &place)?, &place),
            "access_keys" => self.access_key(account, parse(text, &place)?, &place),
            "buckets" => self.bucket(account, parse(text, &place)?, &place),
            "objects" => {
                let bucket = name.split('/').next().unwrap_or(name);
                self.object(account, bucket, parse(text, &place)?, &place)
            }
            "repositories" => self.repository(account, parse(text, &place)?, &place),
            "keys" => self.key(account, parse(text, &place)?, &place),
            "vpcs" => self.vpc(account, parse(text, &place)?, &place),
            "subnets" => self.subnet(account, parse(text, &place)?, &place),
            "security_groups" => self.security_group(account, parse(text, &place)?, &place),
            "file_systems" => self.file_system_record(account, parse(text, &place)?, &place),
            other => Err(place.error(format!("`{other}` is no kind of record"))),
        }
    }

    /// The world, once everything that is referred to has been found.
    pub(super) fn finish(mut self) -> Result<World, WorldError> {
        for (place, account, reference) in std::mem::take(&mut self.references) {
            reference.check(&self.accounts, account).map_err(|message| place.error(message))?;
        }
        for account in self.accounts.values_mut() {
            let affected = Affected {
                users: account.users.keys().cloned().collect(),
                roles: account.roles.keys().cloned().collect(),
                ..Affected::default()
            };
            resolve::refresh(account, affected).map_err(|dangling| Place::file(None).error(dangling.to_string()))?;
        }
        Ok(World {
            accounts: self.accounts.into_iter().map(|(id, account)| (id, Arc::new(account))).collect(),
            access_keys: Arc::new(self.access_keys),
            bucket_owners: Arc::new(self.bucket_owners),
            organization: Arc::new(self.organization),
            root: Arc::new(self.root.clone()),
        })
    }

    fn file(&mut self, file: WorldFile, place: &Place) -> Result<(), WorldError> {
        let mut known = HashSet::new();
        for (place, account) in place.each("accounts", file.accounts) {
            if !known.insert(account.account_id) {
                let message = format!("the account `{}` is there twice", account.account_id);
                return Err(place.member("accountId").error(message));
            }
            self.account_file(account, &place)?;
        }
        let place = place.member("organization");
        for (place, policy) in place.each("serviceControlPolicies", file.organization.service_control_policies) {
            self.organization_policy(policy, true, &place)?;
        }
        for (place, policy) in place.each("resourceControlPolicies", file.organization.resource_control_policies) {
            self.organization_policy(policy, false, &place)?;
        }
        Ok(())
    }

    fn account_file(&mut self, mut file: AccountFile, place: &Place) -> Result<(), WorldError> {
        let id = file.account_id;
        self.account(id);
        resource::fill_regions(&mut file.ec2);
        if let Some(alias) = file.account_alias {
            if self.account(id).alias.as_ref().is_some_and(|known| *known != alias) {
                return Err(place.member("accountAlias").error(format!("the account `{id}` has another alias")));
            }
            self.account(id).alias = Some(alias);
        }
        self.authorization_details(id, file.iam, &place.member("iam"))?;
        for (place, profile) in place.each("instanceProfiles", file.instance_profiles) {
            self.instance_profile(id, profile, None, &place)?;
        }
        for (place, key) in place.each("accessKeys", file.access_keys) {
            self.access_key(id, key, &place)?;
        }
        for (place, bucket) in place.member("s3").each("buckets", file.s3.buckets) {
            self.bucket(id, bucket, &place)?;
        }
        for (place, repository) in place.member("ecr").each("repositories", file.ecr.repositories) {
            self.repository(id, repository, &place)?;
        }
        for (place, key) in place.member("kms").each("keys", file.kms.keys) {
            self.key(id, key, &place)?;
        }
        self.networks(id, file.ec2, &place.member("ec2"))?;
        for (place, system) in place.member("efs").each("fileSystems", file.efs.file_systems) {
            self.file_system(id, super::FileSystemService::Efs, system, &place)?;
        }
        for (place, system) in place.member("fsx").each("fileSystems", file.fsx.file_systems) {
            self.file_system(id, super::FileSystemService::Fsx, system, &place)?;
        }
        Ok(())
    }

    fn organization_policy(
        &mut self,
        file: OrganizationPolicyFile,
        service_control: bool,
        place: &Place,
    ) -> Result<(), WorldError> {
        let (policy_type, noun) = match service_control {
            true => (PolicyType::ServiceControl, "service_control_policy"),
            false => (PolicyType::ResourceControl, "resource_control_policy"),
        };
        self.bear(noun, &file.name, &place.member("Name"))?;
        let content = place.member("Content");
        let policy = Policy::parse(&file.content.0, policy_type).map_err(|malformed| content.malformed(&malformed))?;
        for (index, target) in file.targets.iter().enumerate() {
            self.references.push((place.element("Targets", index), *target, Reference::Account));
        }
        let arn = file.arn.unwrap_or_else(|| organization_arn(self.root.account, noun, &file.name));
        let added = OrganizationPolicy { name: file.name, arn, targets: file.targets, policy };
        let policies: &mut OrganizationPolicies = match service_control {
            true => &mut self.organization.service_control,
            false => &mut self.organization.resource_control,
        };
        policies.add(added);
        Ok(())
    }

    fn account(&mut self, id: AccountId) -> &mut Account {
        self.accounts.entry(id).or_insert_with(|| Account::new(id))
    }

    /// A name is borne once: `scope` says among what.
    fn bear(&mut self, scope: &str, name: &str, place: &Place) -> Result<(), WorldError> {
        if self.borne.insert(format!("{scope}/{name}")) {
            return Ok(());
        }
        Err(place.error(format!("`{name}` is there twice")))
    }

    fn refer(&mut self, place: Place, account: AccountId, reference: Reference) {
        self.references.push((place, account, reference));
    }
}

/// Reads a JSON text, telling where it is wrong.
fn parse<T: DeserializeOwned>(text: &str, place: &Place) -> Result<T, WorldError> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let mut track = serde_path_to_error::Track::new();
    let tracked = serde_path_to_error::Deserializer::new(&mut deserializer, &mut track);
    let parsed: Result<T, serde_json::Error> = structure(tracked);
    let parsed = parsed.map_err(|error| place.at(&track.path().to_string()).error(error.to_string()))?;
    deserializer.end().map_err(|error| place.error(error.to_string()))?;
    Ok(parsed)
}

/// The ARN of a policy whose world file gives none; `FullAWSAccess` has AWS's own.
fn organization_arn(management: AccountId, noun: &str, name: &str) -> String {
    if matches!(name, "FullAWSAccess" | "RCPFullAWSAccess") {
        return format!("arn:aws:organizations::aws:policy/{noun}/p-{name}");
    }
    let organization = id::derived("o-", management, "organization").to_lowercase();
    let policy = id::derived("p-", management, &format!("{noun}/{name}")).to_lowercase();
    format!("arn:aws:organizations::{management}:policy/{organization}/{noun}/{policy}")
}
