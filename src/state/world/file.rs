//! The world file as JSON: AWS's member names, nothing unknown.
//!
//! The same shapes are the store's records, one per entity. Says nothing of what belongs to what; `load` checks that.

pub(crate) mod iam;
mod scalar;

use serde::{Deserialize, Serialize};

pub(crate) use scalar::{Moment, PolicyText, structure};

use super::{FileSystemService, KeyManager, KeyState, SseAlgorithm};
use crate::account::AccountId;
use crate::tag::Tag;

/// A world file.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct WorldFile {
    pub(crate) accounts: Vec<AccountFile>,
    #[serde(deserialize_with = "structure")]
    pub(crate) organization: OrganizationFile,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct AccountFile {
    pub(crate) account_id: AccountId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) account_alias: Option<String>,
    #[serde(default, deserialize_with = "structure")]
    pub(crate) iam: iam::AuthorizationDetails,
    /// Profiles without a role, which the authorization details cannot show.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) instance_profiles: Vec<iam::InstanceProfileDetail>,
    #[serde(default)]
    pub(crate) access_keys: Vec<AccessKeyFile>,
    #[serde(default, deserialize_with = "structure")]
    pub(crate) s3: S3File,
    #[serde(default, deserialize_with = "structure")]
    pub(crate) ecr: EcrFile,
    #[serde(default, deserialize_with = "structure")]
    pub(crate) kms: KmsFile,
    #[serde(default, deserialize_with = "structure")]
    pub(crate) ec2: Ec2File,
    #[serde(default, deserialize_with = "structure")]
    pub(crate) efs: FileSystemsFile,
    #[serde(default, deserialize_with = "structure")]
    pub(crate) fsx: FileSystemsFile,
}

impl AccountFile {
    /// An account that holds nothing.
    pub(crate) fn new(account_id: AccountId) -> AccountFile {
        AccountFile {
            account_id,
            account_alias: None,
            iam: iam::AuthorizationDetails::default(),
            instance_profiles: Vec::new(),
            access_keys: Vec::new(),
            s3: S3File::default(),
            ecr: EcrFile::default(),
            kms: KmsFile::default(),
            ec2: Ec2File::default(),
            efs: FileSystemsFile::default(),
            fsx: FileSystemsFile::default(),
        }
    }
}

/// What is stored of an account itself.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct AccountRecord {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) account_alias: Option<String>,
}

/// What is stored of an instance profile: the profile, and its role by name.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct InstanceProfileRecord {
    pub(crate) profile: iam::InstanceProfileDetail,
    pub(crate) role_name: Option<String>,
}

/// What is stored of a file system: it, and whose it is.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct FileSystemRecord {
    pub(crate) service: FileSystemService,
    pub(crate) file_system: FileSystemFile,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct AccessKeyFile {
    pub(crate) user_name: String,
    pub(crate) access_key_id: String,
    pub(crate) secret_access_key: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) status: Option<AccessKeyStatus>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) create_date: Option<Moment>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum AccessKeyStatus {
    Active,
    Inactive,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct S3File {
    pub(crate) buckets: Vec<BucketFile>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct BucketFile {
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) region: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) creation_date: Option<Moment>,
    #[serde(default)]
    pub(crate) policy: Option<PolicyText>,
    #[serde(default)]
    pub(crate) encryption: Option<EncryptionFile>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) tag_set: Vec<Tag>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) objects: Vec<ObjectFile>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EncryptionFile {
    #[serde(rename = "SSEAlgorithm")]
    pub(crate) sse_algorithm: SseAlgorithm,
    #[serde(rename = "KMSMasterKeyID", default)]
    pub(crate) kms_master_key_id: Option<String>,
    #[serde(rename = "BucketKeyEnabled", default)]
    pub(crate) bucket_key_enabled: bool,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct ObjectFile {
    pub(crate) key: String,
    #[serde(default)]
    pub(crate) size: u64,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) tag_set: Vec<Tag>,
    #[serde(rename = "SSEKMSKeyId", default, skip_serializing_if = "Option::is_none")]
    pub(crate) sse_kms_key_id: Option<String>,
    #[serde(rename = "ETag", default, skip_serializing_if = "Option::is_none")]
    pub(crate) etag: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) last_modified: Option<Moment>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct EcrFile {
    pub(crate) repositories: Vec<RepositoryFile>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct RepositoryFile {
    pub(crate) repository_name: String,
    #[serde(default)]
    pub(crate) region: Option<String>,
    #[serde(default)]
    pub(crate) policy_text: Option<PolicyText>,
    #[serde(default)]
    pub(crate) image_tags: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) image_digests: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) tags: Vec<Tag>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct KmsFile {
    pub(crate) keys: Vec<KeyFile>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct KeyFile {
    pub(crate) key_id: String,
    #[serde(default)]
    pub(crate) region: Option<String>,
    #[serde(default)]
    pub(crate) policy: Option<PolicyText>,
    #[serde(default)]
    pub(crate) key_state: Option<KeyState>,
    #[serde(default)]
    pub(crate) aliases: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) key_manager: Option<KeyManager>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) key_usage: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) key_spec: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) creation_date: Option<Moment>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) tags: Vec<KeyTag>,
}

/// KMS's own shape of a tag.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct KeyTag {
    pub(crate) tag_key: String,
    pub(crate) tag_value: String,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct Ec2File {
    pub(crate) vpcs: Vec<VpcFile>,
    pub(crate) subnets: Vec<SubnetFile>,
    pub(crate) security_groups: Vec<SecurityGroupFile>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct VpcFile {
    pub(crate) vpc_id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) region: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) cidr_block: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) tags: Vec<Tag>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct SubnetFile {
    pub(crate) subnet_id: String,
    pub(crate) vpc_id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) region: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) availability_zone: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) cidr_block: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) tags: Vec<Tag>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct SecurityGroupFile {
    pub(crate) group_id: String,
    pub(crate) vpc_id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) region: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) group_name: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) tags: Vec<Tag>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct FileSystemsFile {
    pub(crate) file_systems: Vec<FileSystemFile>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct FileSystemFile {
    pub(crate) file_system_id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) region: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) policy: Option<PolicyText>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) tags: Vec<Tag>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct OrganizationFile {
    pub(crate) service_control_policies: Vec<OrganizationPolicyFile>,
    pub(crate) resource_control_policies: Vec<OrganizationPolicyFile>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct OrganizationPolicyFile {
    pub(crate) name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) arn: Option<String>,
    pub(crate) targets: Vec<AccountId>,
    pub(crate) content: PolicyText,
}
