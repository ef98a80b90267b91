//! What an account holds besides IAM: buckets and objects, repositories, keys, networks and file systems.
//!
//! Only what permissions depend on is kept: existence, owner, policies, tags and keys. No bytes of objects or images.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::account::AccountId;
use crate::policy::{AttachedPolicy, Malformed, Policy, PolicyType};
use crate::tag::Tag;

/// The key policy that KMS attaches where none is given: the account decides by IAM.
/// <https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html>
pub fn default_key_policy(account: AccountId) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Id":"key-default-1","Statement":[{{"Sid":"Enable IAM User Permissions","Effect":"Allow","Principal":{{"AWS":"arn:aws:iam::{account}:root"}},"Action":"kms:*","Resource":"*"}}]}}"#
    )
}

/// An S3 bucket.
#[derive(Debug, Clone)]
pub struct Bucket {
    /// The account that owns it.
    pub account: AccountId,
    /// Unique among all accounts.
    pub name: String,
    /// Where it is.
    pub region: String,
    /// When it was made.
    pub creation_date: Timestamp,
    /// The bucket policy.
    pub policy: Option<Arc<AttachedPolicy>>,
    /// The default encryption.
    pub encryption: Option<BucketEncryption>,
    /// The bucket's tags.
    pub tags: Vec<Tag>,
    /// Its objects by key; shared by the snapshots that agree on them.
    pub objects: Arc<BTreeMap<Arc<str>, Arc<Object>>>,
}

/// How S3 encrypts what it stores.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum SseAlgorithm {
    /// With keys that S3 keeps.
    #[serde(rename = "AES256")]
    Aes256,
    /// With a KMS key.
    #[serde(rename = "aws:kms")]
    Kms,
    /// Twice, with a KMS key.
    #[serde(rename = "aws:kms:dsse")]
    KmsDsse,
}

/// A bucket's default encryption.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BucketEncryption {
    /// How.
    pub sse_algorithm: SseAlgorithm,
    /// The key's id, ARN or alias; with `aws:kms` and none it is AWS's own key for S3.
    pub kms_master_key_id: Option<String>,
    /// Whether a bucket key stands between objects and KMS.
    pub bucket_key_enabled: bool,
}

/// An object in a bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// Its length in bytes.
    pub size: u64,
    /// When it was written.
    pub last_modified: Timestamp,
    /// Its tags.
    pub tags: Vec<Tag>,
    /// The key that it is encrypted with, where that is KMS's.
    pub kms_key_id: Option<String>,
    /// `"…"`, where it is known.
    pub etag: Option<String>,
}

/// An ECR repository.
#[derive(Debug, Clone)]
pub struct Repository {
    /// The account that owns it.
    pub account: AccountId,
    /// Where it is.
    pub region: String,
    /// Its name, slashes and all.
    pub name: String,
    /// The repository policy.
    pub policy: Option<Arc<AttachedPolicy>>,
    /// The tags of its images.
    pub image_tags: Vec<String>,
    /// The digests of its images, `sha256:…`.
    pub image_digests: Vec<String>,
    /// The repository's tags.
    pub tags: Vec<Tag>,
}

/// What a key can be used for at the moment.
/// <https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names are KMS's own and explained on its page")]
pub enum KeyState {
    Creating,
    Enabled,
    Disabled,
    PendingDeletion,
    PendingImport,
    PendingReplicaDeletion,
    Unavailable,
    Updating,
}

/// Who manages a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum KeyManager {
    /// An AWS service; its key policy cannot be changed.
    Aws,
    /// The account.
    Customer,
}

/// A KMS key.
#[derive(Debug, Clone)]
pub struct Key {
    /// The account that owns it.
    pub account: AccountId,
    /// Where it is.
    pub region: String,
    /// A UUID, or `mrk-…`.
    pub id: String,
    /// The key policy.
    pub policy: Arc<AttachedPolicy>,
    /// Whether it can be used.
    pub state: KeyState,
    /// `alias/…`.
    pub aliases: Vec<String>,
    /// Who manages it.
    pub manager: KeyManager,
    /// `ENCRYPT_DECRYPT`, …
    pub usage: String,
    /// `SYMMETRIC_DEFAULT`, …
    pub spec: String,
    /// What it is for.
    pub description: String,
    /// When it was made.
    pub creation_date: Timestamp,
    /// Its tags.
    pub tags: Vec<Tag>,
}

/// A VPC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vpc {
    /// `vpc-…`.
    pub id: String,
    /// Where it is.
    pub region: String,
    /// Its addresses, where they are known.
    pub cidr_block: Option<String>,
    /// Its tags.
    pub tags: Vec<Tag>,
}

/// A subnet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subnet {
    /// `subnet-…`.
    pub id: String,
    /// Where it is.
    pub region: String,
    /// Its VPC.
    pub vpc_id: String,
    /// Its availability zone, `us-east-1a`.
    pub availability_zone: Option<String>,
    /// Its addresses, where they are known.
    pub cidr_block: Option<String>,
    /// Its tags.
    pub tags: Vec<Tag>,
}

/// A security group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecurityGroup {
    /// `sg-…`.
    pub id: String,
    /// Where it is.
    pub region: String,
    /// Its VPC.
    pub vpc_id: String,
    /// Its name.
    pub name: Option<String>,
    /// Its tags.
    pub tags: Vec<Tag>,
}

/// Whose file system it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum FileSystemService {
    /// Amazon EFS.
    Efs,
    /// Amazon FSx.
    Fsx,
}

/// An EFS or FSx file system.
#[derive(Debug, Clone)]
pub struct FileSystem {
    /// The account that owns it.
    pub account: AccountId,
    /// Which service it is of.
    pub service: FileSystemService,
    /// `fs-…`.
    pub id: String,
    /// Where it is.
    pub region: String,
    /// The file system policy, which EFS alone has.
    pub policy: Option<Arc<AttachedPolicy>>,
    /// Its tags.
    pub tags: Vec<Tag>,
}

impl Bucket {
    /// `arn:aws:s3:::name`.
    pub fn arn(&self) -> String {
        format!("arn:aws:s3:::{}", self.name)
    }

    /// An object by its key.
    pub fn object(&self, key: &str) -> Option<&Object> {
        self.objects.get(key).map(AsRef::as_ref)
    }

    /// The objects whose keys begin with a prefix, in order of their keys.
    pub fn objects_with_prefix<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, &'a Object)> {
        self.objects
            .range::<str, _>((std::ops::Bound::Included(prefix), std::ops::Bound::Unbounded))
            .take_while(move |(key, _)| key.starts_with(prefix))
            .map(|(key, object)| (key.as_ref(), object.as_ref()))
    }

    /// Replaces or removes the bucket policy.
    ///
    /// # Errors
    /// S3 would refuse the document.
    pub fn set_policy(&mut self, document: Option<&str>) -> Result<(), Malformed> {
        let name = format!("bucket policy of {}", self.name);
        self.policy = document.map(|text| resource_policy(text, name, self.arn())).transpose()?;
        Ok(())
    }
}

impl Repository {
    /// `arn:aws:ecr:region:account:repository/name`.
    pub fn arn(&self) -> String {
        format!("arn:aws:ecr:{}:{}:repository/{}", self.region, self.account, self.name)
    }

    /// Replaces or removes the repository policy.
    ///
    /// # Errors
    /// ECR would refuse the document.
    pub fn set_policy(&mut self, document: Option<&str>) -> Result<(), Malformed> {
        let name = format!("repository policy of {}", self.name);
        self.policy = document.map(|text| resource_policy(text, name, self.arn())).transpose()?;
        Ok(())
    }
}

impl Key {
    /// A symmetric key for encryption, in use.
    ///
    /// # Errors
    /// KMS would refuse the key policy.
    pub fn new(
        account: AccountId,
        region: &str,
        id: &str,
        policy: Option<&str>,
        creation_date: Timestamp,
    ) -> Result<Key, Malformed> {
        let default = default_key_policy(account);
        Ok(Key {
            account,
            region: region.to_owned(),
            id: id.to_owned(),
            policy: key_policy(policy.unwrap_or(&default), account, region, id)?,
            state: KeyState::Enabled,
            aliases: Vec::new(),
            manager: KeyManager::Customer,
            usage: "ENCRYPT_DECRYPT".to_owned(),
            spec: "SYMMETRIC_DEFAULT".to_owned(),
            description: String::new(),
            creation_date,
            tags: Vec::new(),
        })
    }

    /// `arn:aws:kms:region:account:key/id`.
    pub fn arn(&self) -> String {
        key_arn(self.account, &self.region, &self.id)
    }

    /// Replaces the key policy.
    ///
    /// # Errors
    /// KMS would refuse the document.
    pub fn set_policy(&mut self, document: &str) -> Result<(), Malformed> {
        self.policy = key_policy(document, self.account, &self.region, &self.id)?;
        Ok(())
    }
}

impl FileSystem {
    /// `arn:aws:elasticfilesystem:region:account:file-system/id`, or `fsx`.
    pub fn arn(&self) -> String {
        let service = match self.service {
            FileSystemService::Efs => "elasticfilesystem",
            FileSystemService::Fsx => "fsx",
        };
        format!("arn:aws:{service}:{}:{}:file-system/{}", self.region, self.account, self.id)
    }

    /// Replaces or removes the file system policy.
    ///
    /// # Errors
    /// EFS would refuse the document.
    pub fn set_policy(&mut self, document: Option<&str>) -> Result<(), Malformed> {
        let name = format!("file system policy of {}", self.id);
        self.policy = document.map(|text| resource_policy(text, name, self.arn())).transpose()?;
        Ok(())
    }
}

fn resource_policy(document: &str, name: String, attached_to: String) -> Result<Arc<AttachedPolicy>, Malformed> {
    let policy = Policy::parse(document, PolicyType::Resource)?;
    Ok(Arc::new(AttachedPolicy { policy, name, arn: None, attached_to }))
}

fn key_policy(document: &str, account: AccountId, region: &str, id: &str) -> Result<Arc<AttachedPolicy>, Malformed> {
    resource_policy(document, format!("key policy of {id}"), key_arn(account, region, id))
}

fn key_arn(account: AccountId, region: &str, id: &str) -> String {
    format!("arn:aws:kms:{region}:{account}:key/{id}")
}
