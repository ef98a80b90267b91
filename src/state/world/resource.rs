//! Buckets and objects, and repositories.
//!
//! Only what permissions depend on is kept: existence, owner, policies, tags and keys. No bytes of objects or images.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::account::AccountId;
use crate::policy::{AttachedPolicy, Malformed, Policy, PolicyType};
use crate::tag::Tag;

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

/// A document as the policy of the resource that an ARN names.
pub(super) fn resource_policy(
    document: &str,
    name: String,
    attached_to: String,
) -> Result<Arc<AttachedPolicy>, Malformed> {
    let policy = Policy::parse(document, PolicyType::Resource)?;
    Ok(Arc::new(AttachedPolicy { policy, name, arn: None, attached_to }))
}
