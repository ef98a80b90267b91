//! A world as a world file.
//!
//! INVARIANT: loading the text gives the same world again, access keys and ids and dates included.

use super::file::{
    AccessKeyFile, AccessKeyStatus, AccountFile, BucketFile, EncryptionFile, FileSystemFile, FileSystemRecord, KeyFile,
    KeyTag, Moment, ObjectFile, OrganizationPolicyFile, PolicyText, RepositoryFile, SecurityGroupFile, SubnetFile,
    VpcFile, WorldFile,
};
use super::{
    AccessKey, Account, Bucket, FileSystem, FileSystemService, Key, Object, OrganizationPolicy, Repository,
    SecurityGroup, Subnet, Vpc, World,
};
use crate::policy::AttachedPolicy;
use crate::state::store;

pub(super) mod iam;

/// The whole world, pretty-printed.
pub(super) fn text(world: &World) -> String {
    store::to_pretty_text(&file(world))
}

fn file(world: &World) -> WorldFile {
    let mut file =
        WorldFile { accounts: world.accounts().map(|held| account(world, held)).collect(), ..WorldFile::default() };
    let organization = world.organization();
    file.organization.service_control_policies =
        organization.service_control.policies().iter().map(organization_policy).collect();
    file.organization.resource_control_policies =
        organization.resource_control.policies().iter().map(organization_policy).collect();
    file
}

fn account(world: &World, account: &Account) -> AccountFile {
    let mut file = AccountFile::new(account.id);
    file.account_alias.clone_from(&account.alias);
    file.iam = iam::authorization_details(account);
    file.instance_profiles = account
        .instance_profiles
        .values()
        .filter(|profile| profile.role.is_none())
        .map(|profile| iam::instance_profile(account, profile))
        .collect();
    file.access_keys =
        world.access_keys.values().filter(|key| key.account == account.id).map(|key| access_key(key)).collect();
    file.s3.buckets = account.buckets.values().map(|held| bucket_with_objects(held)).collect();
    file.ecr.repositories = account.repositories.iter().map(|held| repository(held)).collect();
    file.kms.keys = account.keys.iter().map(|held| key(held)).collect();
    file.ec2.vpcs = account.vpcs.iter().map(|held| vpc(held)).collect();
    file.ec2.subnets = account.subnets.iter().map(|held| subnet(held)).collect();
    file.ec2.security_groups = account.security_groups.iter().map(|held| security_group(held)).collect();
    let of = |service| account.file_systems.iter().filter(move |system| system.service == service);
    file.efs.file_systems = of(FileSystemService::Efs).map(|held| file_system(held)).collect();
    file.fsx.file_systems = of(FileSystemService::Fsx).map(|held| file_system(held)).collect();
    file
}

pub(super) fn document(attached: &AttachedPolicy) -> PolicyText {
    PolicyText(attached.policy.text().to_owned())
}

pub(super) fn access_key(key: &AccessKey) -> AccessKeyFile {
    AccessKeyFile {
        user_name: key.user_name.clone(),
        access_key_id: key.access_key_id.clone(),
        secret_access_key: key.secret.expose().to_owned(),
        status: Some(if key.active { AccessKeyStatus::Active } else { AccessKeyStatus::Inactive }),
        create_date: Some(Moment(key.create_date)),
    }
}

fn bucket_with_objects(held: &Bucket) -> BucketFile {
    let objects = held.objects.iter().map(|(key, held)| object(key, held)).collect();
    BucketFile { objects, ..bucket(held) }
}

/// A bucket without its objects, which have records of their own.
pub(super) fn bucket(bucket: &Bucket) -> BucketFile {
    BucketFile {
        name: bucket.name.clone(),
        region: Some(bucket.region.clone()),
        creation_date: Some(Moment(bucket.creation_date)),
        policy: bucket.policy.as_deref().map(document),
        encryption: bucket.encryption.as_ref().map(|encryption| EncryptionFile {
            sse_algorithm: encryption.sse_algorithm,
            kms_master_key_id: encryption.kms_master_key_id.clone(),
            bucket_key_enabled: encryption.bucket_key_enabled,
        }),
        tag_set: bucket.tags.clone(),
        objects: Vec::new(),
    }
}

pub(super) fn object(key: &str, object: &Object) -> ObjectFile {
    ObjectFile {
        key: key.to_owned(),
        size: object.size,
        tag_set: object.tags.clone(),
        sse_kms_key_id: object.kms_key_id.clone(),
        etag: object.etag.clone(),
        last_modified: Some(Moment(object.last_modified)),
    }
}

pub(super) fn repository(repository: &Repository) -> RepositoryFile {
    RepositoryFile {
        repository_name: repository.name.clone(),
        region: Some(repository.region.clone()),
        policy_text: repository.policy.as_deref().map(document),
        image_tags: repository.image_tags.clone(),
        image_digests: repository.image_digests.clone(),
        tags: repository.tags.clone(),
    }
}

pub(super) fn key(key: &Key) -> KeyFile {
    KeyFile {
        key_id: key.id.clone(),
        region: Some(key.region.clone()),
        policy: Some(document(&key.policy)),
        key_state: Some(key.state),
        aliases: key.aliases.clone(),
        key_manager: Some(key.manager),
        key_usage: Some(key.usage.clone()),
        key_spec: Some(key.spec.clone()),
        description: Some(key.description.clone()).filter(|text| !text.is_empty()),
        creation_date: Some(Moment(key.creation_date)),
        tags: key.tags.iter().map(|tag| KeyTag { tag_key: tag.key.clone(), tag_value: tag.value.clone() }).collect(),
    }
}

pub(super) fn vpc(vpc: &Vpc) -> VpcFile {
    VpcFile {
        vpc_id: vpc.id.clone(),
        region: Some(vpc.region.clone()),
        cidr_block: vpc.cidr_block.clone(),
        tags: vpc.tags.clone(),
    }
}

pub(super) fn subnet(subnet: &Subnet) -> SubnetFile {
    SubnetFile {
        subnet_id: subnet.id.clone(),
        vpc_id: subnet.vpc_id.clone(),
        region: Some(subnet.region.clone()),
        availability_zone: subnet.availability_zone.clone(),
        cidr_block: subnet.cidr_block.clone(),
        tags: subnet.tags.clone(),
    }
}

pub(super) fn security_group(group: &SecurityGroup) -> SecurityGroupFile {
    SecurityGroupFile {
        group_id: group.id.clone(),
        vpc_id: group.vpc_id.clone(),
        region: Some(group.region.clone()),
        group_name: group.name.clone(),
        tags: group.tags.clone(),
    }
}

pub(super) fn file_system(system: &FileSystem) -> FileSystemFile {
    FileSystemFile {
        file_system_id: system.id.clone(),
        region: Some(system.region.clone()),
        policy: system.policy.as_deref().map(document),
        tags: system.tags.clone(),
    }
}

pub(super) fn file_system_record(system: &FileSystem) -> FileSystemRecord {
    FileSystemRecord { service: system.service, file_system: file_system(system) }
}

pub(super) fn organization_policy(policy: &OrganizationPolicy) -> OrganizationPolicyFile {
    OrganizationPolicyFile {
        name: policy.name.clone(),
        arn: Some(policy.arn.clone()),
        targets: policy.targets.clone(),
        content: PolicyText(policy.policy.text().to_owned()),
    }
}
