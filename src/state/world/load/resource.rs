//! What a world file holds besides IAM.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::file::{
    BucketFile, Ec2File, FileSystemFile, FileSystemRecord, KeyFile, ObjectFile, RepositoryFile, SecurityGroupFile,
    SubnetFile, VpcFile,
};
use super::super::{
    Bucket, BucketEncryption, FileSystem, FileSystemService, Key, KeyManager, KeyState, Object, Repository,
    SecurityGroup, Subnet, Vpc, WorldError,
};
use super::iam::tags;
use super::{Loader, Place, Reference};
use crate::account::AccountId;
use crate::tag::Tag;

/// Longer names belong to no resource of AWS's; object keys end there.
const LONGEST: usize = 1024;

impl Loader<'_> {
    pub(super) fn bucket(&mut self, account: AccountId, file: BucketFile, place: &Place) -> Result<(), WorldError> {
        let named = place.member("Name");
        if file.name.is_empty() || file.name.len() > 255 || file.name.contains(['/', ':', '*', '?']) {
            return Err(named.error(format!("`{}` is not the name of a bucket", file.name)));
        }
        self.bear("bucket", &file.name, &named)?;
        let mut bucket = Bucket {
            account,
            region: self.region(file.region, place, "Region")?,
            creation_date: self.date(file.creation_date),
            policy: None,
            encryption: file.encryption.map(|encryption| BucketEncryption {
                sse_algorithm: encryption.sse_algorithm,
                kms_master_key_id: encryption.kms_master_key_id,
                bucket_key_enabled: encryption.bucket_key_enabled,
            }),
            tags: tags(file.tag_set, "TagSet", place)?,
            objects: Arc::default(),
            name: file.name.clone(),
        };
        let document = file.policy.as_ref().map(|text| text.0.as_str());
        bucket.set_policy(document).map_err(|malformed| place.member("Policy").malformed(&malformed))?;
        self.bucket_owners.insert(file.name.clone(), account);
        self.account(account).buckets.insert(file.name.clone(), Arc::new(bucket));
        for (place, object) in place.each("Objects", file.objects) {
            self.object(account, &file.name, object, &place)?;
        }
        Ok(())
    }

    pub(super) fn object(
        &mut self,
        account: AccountId,
        bucket: &str,
        file: ObjectFile,
        place: &Place,
    ) -> Result<(), WorldError> {
        if file.key.is_empty() || file.key.len() > LONGEST {
            return Err(place.member("Key").error(format!("a key has 1 to {LONGEST} bytes")));
        }
        let object = Object {
            size: file.size,
            last_modified: self.date(file.last_modified),
            tags: tags(file.tag_set, "TagSet", place)?,
            kms_key_id: file.sse_kms_key_id,
            etag: file.etag,
        };
        let Some(held) = self.account(account).buckets.get_mut(bucket) else {
            return Err(place.error(format!("there is no bucket `{bucket}`")));
        };
        let objects = Arc::make_mut(&mut Arc::make_mut(held).objects);
        match objects.insert(Arc::from(file.key.as_str()), Arc::new(object)) {
            None => Ok(()),
            Some(_) => Err(place.member("Key").error(format!("`{}` is there twice", file.key))),
        }
    }

    pub(super) fn repository(
        &mut self,
        account: AccountId,
        file: RepositoryFile,
        place: &Place,
    ) -> Result<(), WorldError> {
        let mut repository = Repository {
            account,
            region: self.region(file.region, place, "region")?,
            policy: None,
            image_tags: file.image_tags,
            image_digests: file.image_digests,
            tags: tags(file.tags, "tags", place)?,
            name: file.repository_name,
        };
        self.bear_in_region(account, "repository", &repository.region, &repository.name, place, "repositoryName")?;
        let document = file.policy_text.as_ref().map(|text| text.0.as_str());
        repository.set_policy(document).map_err(|malformed| place.member("policyText").malformed(&malformed))?;
        let (region, name) = (repository.region.clone(), repository.name.clone());
        self.account(account).repositories.insert(&region, &name, repository);
        Ok(())
    }

    pub(super) fn key(&mut self, account: AccountId, file: KeyFile, place: &Place) -> Result<(), WorldError> {
        let region = self.region(file.region, place, "Region")?;
        self.bear_in_region(account, "key", &region, &file.key_id, place, "KeyId")?;
        for (index, alias) in file.aliases.iter().enumerate() {
            let place = place.element("Aliases", index);
            if alias.strip_prefix("alias/").is_none_or(str::is_empty) {
                return Err(place.error(format!("`{alias}` does not begin with `alias/`")));
            }
            self.bear(&format!("{account} alias {region}"), alias, &place)?;
        }
        let date = self.date(file.creation_date);
        let document = file.policy.as_ref().map(|text| text.0.as_str());
        let mut key = Key::new(account, &region, &file.key_id, document, date)
            .map_err(|malformed| place.member("Policy").malformed(&malformed))?;
        key.state = file.key_state.unwrap_or(KeyState::Enabled);
        key.aliases = file.aliases;
        key.manager = file.key_manager.unwrap_or(KeyManager::Customer);
        key.usage = file.key_usage.unwrap_or(key.usage);
        key.spec = file.key_spec.unwrap_or(key.spec);
        key.description = file.description.unwrap_or_default();
        let list = file.tags.into_iter().map(|tag| Tag::new(tag.tag_key, tag.tag_value)).collect();
        key.tags = tags(list, "Tags", place)?;
        self.account(account).keys.insert(&region, &file.key_id, key);
        Ok(())
    }

    pub(super) fn networks(&mut self, account: AccountId, file: Ec2File, place: &Place) -> Result<(), WorldError> {
        for (place, vpc) in place.each("vpcs", file.vpcs) {
            self.vpc(account, vpc, &place)?;
        }
        for (place, subnet) in place.each("subnets", file.subnets) {
            self.subnet(account, subnet, &place)?;
        }
        for (place, group) in place.each("securityGroups", file.security_groups) {
            self.security_group(account, group, &place)?;
        }
        Ok(())
    }

    pub(super) fn vpc(&mut self, account: AccountId, file: VpcFile, place: &Place) -> Result<(), WorldError> {
        let region = self.region(file.region, place, "Region")?;
        self.bear_in_region(account, "vpc", &region, &file.vpc_id, place, "VpcId")?;
        let tags = tags(file.tags, "Tags", place)?;
        let vpc = Vpc { id: file.vpc_id.clone(), region: region.clone(), cidr_block: file.cidr_block, tags };
        self.account(account).vpcs.insert(&region, &file.vpc_id, vpc);
        Ok(())
    }

    pub(super) fn subnet(&mut self, account: AccountId, file: SubnetFile, place: &Place) -> Result<(), WorldError> {
        let region = self.region(file.region, place, "Region")?;
        self.bear_in_region(account, "subnet", &region, &file.subnet_id, place, "SubnetId")?;
        self.refer(place.member("VpcId"), account, Reference::Vpc(file.vpc_id.clone()));
        let subnet = Subnet {
            id: file.subnet_id.clone(),
            region: region.clone(),
            vpc_id: file.vpc_id,
            availability_zone: file.availability_zone,
            cidr_block: file.cidr_block,
            tags: tags(file.tags, "Tags", place)?,
        };
        self.account(account).subnets.insert(&region, &file.subnet_id, subnet);
        Ok(())
    }

    pub(super) fn security_group(
        &mut self,
        account: AccountId,
        file: SecurityGroupFile,
        place: &Place,
    ) -> Result<(), WorldError> {
        let region = self.region(file.region, place, "Region")?;
        self.bear_in_region(account, "security group", &region, &file.group_id, place, "GroupId")?;
        self.refer(place.member("VpcId"), account, Reference::Vpc(file.vpc_id.clone()));
        let group = SecurityGroup {
            id: file.group_id.clone(),
            region: region.clone(),
            vpc_id: file.vpc_id,
            name: file.group_name,
            tags: tags(file.tags, "Tags", place)?,
        };
        self.account(account).security_groups.insert(&region, &file.group_id, group);
        Ok(())
    }

    pub(super) fn file_system(
        &mut self,
        account: AccountId,
        service: FileSystemService,
        file: FileSystemFile,
        place: &Place,
    ) -> Result<(), WorldError> {
        let region = self.region(file.region, place, "Region")?;
        self.bear_in_region(account, "file system", &region, &file.file_system_id, place, "FileSystemId")?;
        if file.policy.is_some() && service == FileSystemService::Fsx {
            return Err(place.member("Policy").error("file systems of FSx have no policies"));
        }
        let mut system = FileSystem {
            account,
            service,
            id: file.file_system_id.clone(),
            region: region.clone(),
            policy: None,
            tags: tags(file.tags, "Tags", place)?,
        };
        let document = file.policy.as_ref().map(|text| text.0.as_str());
        system.set_policy(document).map_err(|malformed| place.member("Policy").malformed(&malformed))?;
        self.account(account).file_systems.insert(&region, &file.file_system_id, system);
        Ok(())
    }

    pub(super) fn file_system_record(
        &mut self,
        account: AccountId,
        record: FileSystemRecord,
        place: &Place,
    ) -> Result<(), WorldError> {
        self.file_system(account, record.service, record.file_system, place)
    }

    fn region(&self, given: Option<String>, place: &Place, member: &str) -> Result<String, WorldError> {
        let Some(region) = given else {
            return Ok(self.root.region.clone());
        };
        let allowed =
            |character: char| character.is_ascii_lowercase() || character.is_ascii_digit() || character == '-';
        if region.is_empty() || region.len() > 64 || !region.chars().all(allowed) {
            return Err(place.member(member).error(format!("`{region}` is not a region")));
        }
        Ok(region)
    }

    fn bear_in_region(
        &mut self,
        account: AccountId,
        kind: &str,
        region: &str,
        name: &str,
        place: &Place,
        member: &str,
    ) -> Result<(), WorldError> {
        let place = place.member(member);
        if name.is_empty() || name.len() > LONGEST || name.contains([':', '*', '?', ' ']) {
            return Err(place.error(format!("`{name}` is not the name of a {kind}")));
        }
        self.bear(&format!("{account} {kind} {region}"), name, &place)
    }
}

/// Gives networks that name no region the one that their neighbours tell: a subnet's is in its availability zone, a
/// VPC's in its subnets, a security group's in its VPC.
pub(super) fn fill_regions(ec2: &mut Ec2File) {
    for subnet in &mut ec2.subnets {
        let told = subnet.availability_zone.as_deref().and_then(region_of_zone);
        subnet.region = subnet.region.take().or(told);
    }
    let mut by_vpc: BTreeMap<String, String> = BTreeMap::new();
    for vpc in &ec2.vpcs {
        by_vpc.extend(vpc.region.iter().map(|region| (vpc.vpc_id.clone(), region.clone())));
    }
    for subnet in &ec2.subnets {
        if let Some(region) = &subnet.region {
            by_vpc.entry(subnet.vpc_id.clone()).or_insert_with(|| region.clone());
        }
    }
    for vpc in &mut ec2.vpcs {
        vpc.region = vpc.region.take().or_else(|| by_vpc.get(&vpc.vpc_id).cloned());
    }
    for subnet in &mut ec2.subnets {
        subnet.region = subnet.region.take().or_else(|| by_vpc.get(&subnet.vpc_id).cloned());
    }
    for group in &mut ec2.security_groups {
        group.region = group.region.take().or_else(|| by_vpc.get(&group.vpc_id).cloned());
    }
}

/// `us-east-1` of `us-east-1a`, and of the local zone `us-west-2-lax-1a` `us-west-2`.
fn region_of_zone(zone: &str) -> Option<String> {
    let parts: Vec<&str> = zone.split('-').collect();
    let last = parts.iter().position(|part| part.starts_with(|first: char| first.is_ascii_digit()))?;
    let region = parts.get(..=last)?.join("-");
    Some(region.trim_end_matches(|end: char| end.is_ascii_alphabetic()).to_owned())
}
