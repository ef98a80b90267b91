//! Reading input from S3 and writing output to it.
//!
//! Listing asks for `s3:ListBucket` with `s3:prefix`; reading asks for `s3:GetObject` on each object that is there, with
//! its tags; an object or bucket that is encrypted with a customer's key takes the key too.

use std::collections::BTreeSet;

use super::{Check, Missing, kms};
use crate::access::{Clause, Question, Stage};
use crate::state::world::{Bucket, SseAlgorithm};

/// A bucket and a key or prefix in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct S3Location {
    /// The bucket's name.
    pub bucket: String,
    /// The key or prefix; empty for the whole bucket.
    pub key: String,
}

impl S3Location {
    /// Reads `s3://bucket/key` and the two `https` forms; `None` where no bucket is named.
    pub fn parse(uri: &str) -> Option<S3Location> {
        let (scheme, rest) = uri.split_once("://")?;
        let (first, key) = rest.split_once('/').unwrap_or((rest, ""));
        let (bucket, key) = match scheme {
            "s3" => (first, key),
            "https" if first.starts_with("s3.") || first.starts_with("s3-") => key.split_once('/').unwrap_or((key, "")),
            "https" => (first.split_once(".s3").map_or(first, |(bucket, _)| bucket), key),
            _ => return None,
        };
        (!bucket.is_empty()).then(|| S3Location { bucket: bucket.to_owned(), key: key.to_owned() })
    }

    fn bucket_arn(&self) -> String {
        format!("arn:aws:s3:::{}", self.bucket)
    }

    fn object_arn(&self, key: &str) -> String {
        format!("arn:aws:s3:::{}/{key}", self.bucket)
    }
}

/// Objects under a prefix: listed in the create call, read when the job downloads them.
pub(super) fn prefix(check: &mut Check<'_, '_, '_>, uri: &str) -> Result<(), Missing> {
    let location = parse(uri)?;
    let bucket = bucket(check, &location)?;
    if check.at(check.need.stage) {
        check.require(
            asked("s3:ListBucket", location.bucket_arn(), bucket).with_key("s3:prefix", location.key.as_str()),
        )?;
        let empty = bucket.is_none_or(|bucket| bucket.objects_with_prefix(&location.key).next().is_none());
        if empty && !check.assumes() {
            return Err(Missing::Thing("The specified key does not exist.".to_owned()));
        }
    }
    if check.at(Stage::Download) {
        read_all(check, &location, bucket)?;
    }
    Ok(())
}

/// One object, which the create call looks for and the job reads.
pub(super) fn object(check: &mut Check<'_, '_, '_>, uri: &str) -> Result<(), Missing> {
    let location = parse(uri)?;
    let bucket = bucket(check, &location)?;
    let found = bucket.is_some_and(|bucket| bucket.object(&location.key).is_some());
    if check.at(check.need.stage) {
        check.require(
            asked("s3:ListBucket", location.bucket_arn(), bucket).with_key("s3:prefix", location.key.as_str()),
        )?;
        if !found && !check.assumes() {
            return Err(Missing::Thing("The specified key does not exist.".to_owned()));
        }
    }
    if check.at(Stage::Download) {
        read(check, &location, bucket, &location.key, &mut BTreeSet::new(), true)?;
    }
    Ok(())
}

/// The data of a model: an archive that must be there, or a prefix that is listed and read.
pub(super) fn model_data(check: &mut Check<'_, '_, '_>, uri: &str, prefix: bool) -> Result<(), Missing> {
    let location = parse(uri)?;
    let bucket = bucket(check, &location)?;
    if prefix {
        let question = asked("s3:ListBucket", location.bucket_arn(), bucket);
        check.require(question.with_key("s3:prefix", location.key.as_str()))?;
        return read_all(check, &location, bucket);
    }
    read(check, &location, bucket, &location.key, &mut BTreeSet::new(), true)?;
    match bucket {
        Some(bucket) if bucket.object(&location.key).is_none() && !check.assumes() => {
            Err(Missing::Thing("The specified key does not exist.".to_owned()))
        }
        _ => Ok(()),
    }
}

/// Objects written below a prefix, with the key that the request names or the bucket's own.
pub(super) fn output(
    check: &mut Check<'_, '_, '_>,
    uri: &str,
    suffix: &str,
    kms_key_id: Option<&str>,
) -> Result<(), Missing> {
    if !check.at(Stage::Upload) {
        return Ok(());
    }
    let location = parse(uri)?;
    let bucket = bucket(check, &location)?;
    let base = location.key.trim_end_matches('/');
    let key = if base.is_empty() { suffix.to_owned() } else { format!("{base}/{suffix}") };
    let mut put = asked("s3:PutObject", location.object_arn(&key), bucket);
    if let Some(key_id) = kms_key_id {
        let world = check.judge.world;
        let key_arn = kms::key_arn(world, check.handover.account, &check.environment.region, key_id);
        put = put
            .with_key("s3:x-amz-server-side-encryption", "aws:kms")
            .with_key("s3:x-amz-server-side-encryption-aws-kms-key-id", key_arn);
    }
    check.require(put)?;
    let context = encryption_context(location.object_arn(&key), bucket);
    match (kms_key_id, bucket.and_then(default_key)) {
        // The developer guide asks for kms:Encrypt where the request names the key.
        (Some(key_id), _) => {
            let key = kms::Use { key_id, owner: None, context: &context };
            key.check(check, &["kms:Encrypt"], &["kms:GenerateDataKey"])
        }
        (None, Some(key_id)) => {
            let key = kms::Use { key_id, owner: bucket.map(|bucket| bucket.account), context: &context };
            key.check(check, &["kms:GenerateDataKey"], &[])
        }
        (None, None) => Ok(()),
    }
}

/// What S3 tells KMS of the data: the object, or the bucket where a bucket key stands for its objects.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html#encryption-context>
fn encryption_context(object_arn: String, bucket: Option<&Bucket>) -> String {
    match bucket.filter(|bucket| bucket.encryption.as_ref().is_some_and(|found| found.bucket_key_enabled)) {
        Some(bucket) => format!("arn:aws:s3:::{}", bucket.name),
        None => object_arn,
    }
}

fn parse(uri: &str) -> Result<S3Location, Missing> {
    S3Location::parse(uri).ok_or_else(|| Missing::Thing("The specified bucket is not valid.".to_owned()))
}

fn asked(action: &'static str, arn: String, bucket: Option<&Bucket>) -> Question {
    let mut question = Question::new(action, arn);
    question.clause = Clause::Quoted;
    question.resource_account = bucket.map(|bucket| bucket.account);
    question
}

/// The bucket; `None` where it is taken for granted.
fn bucket<'w>(check: &mut Check<'_, 'w, '_>, location: &S3Location) -> Result<Option<&'w Bucket>, Missing> {
    let found = check.judge.world.bucket(&location.bucket).map(|(_, bucket)| bucket.as_ref());
    match found {
        Some(bucket) if bucket.region == check.environment.region => Ok(Some(bucket)),
        Some(bucket) => Err(Missing::Thing(format!(
            "The bucket {} is in the region {}, the request is for the region {}.",
            location.bucket, bucket.region, check.environment.region
        ))),
        None if check.assumes() => Ok(None),
        None => Err(Missing::Thing("The specified bucket does not exist".to_owned())),
    }
}

/// Asks about every object under the prefix and keeps the first answer, or the one that refuses.
fn read_all(check: &mut Check<'_, '_, '_>, location: &S3Location, bucket: Option<&Bucket>) -> Result<(), Missing> {
    let mut keys = BTreeSet::new();
    let mut any = false;
    if let Some(bucket) = bucket {
        for (key, _) in bucket.objects_with_prefix(&location.key) {
            read(check, location, Some(bucket), key, &mut keys, !any)?;
            any = true;
        }
    }
    if any { Ok(()) } else { read(check, location, bucket, &assumed_key(&location.key), &mut keys, true) }
}

/// The key that stands for the unknown objects of a prefix: the prefix itself where it looks like a file, else something
/// in the folder that it names.
fn assumed_key(prefix: &str) -> String {
    let last = prefix.rsplit('/').next().unwrap_or_default();
    if last.contains('.') {
        prefix.to_owned()
    } else if prefix.is_empty() || last.is_empty() {
        format!("{prefix}*")
    } else {
        format!("{prefix}/*")
    }
}

/// The customer's key with which a bucket encrypts what names none of its own.
fn default_key(bucket: &Bucket) -> Option<&str> {
    let encryption = bucket.encryption.as_ref().filter(|found| found.sse_algorithm != SseAlgorithm::Aes256)?;
    encryption.kms_master_key_id.as_deref()
}

fn read(
    check: &mut Check<'_, '_, '_>,
    location: &S3Location,
    bucket: Option<&Bucket>,
    key: &str,
    kms_keys: &mut BTreeSet<String>,
    keep: bool,
) -> Result<(), Missing> {
    let object = bucket.and_then(|bucket| bucket.object(key));
    let mut question = asked("s3:GetObject", location.object_arn(key), bucket);
    for tag in object.into_iter().flat_map(|object| &object.tags) {
        question.keys.push(format!("s3:ExistingObjectTag/{}", tag.key), tag.value.as_str());
    }
    let answer = check.consider(question);
    if keep || !answer.is_allowed() {
        check.keep(answer)?;
    }
    let encrypted_with = object.and_then(|object| object.kms_key_id.as_deref().or_else(|| default_key(bucket?)));
    match encrypted_with {
        Some(key_id) => {
            let context = encryption_context(location.object_arn(key), bucket);
            let key = kms::Use { key_id, owner: bucket.map(|bucket| bucket.account), context: &context };
            if kms_keys.insert(key_id.to_owned()) { key.check(check, &["kms:Decrypt"], &[]) } else { key.again(check) }
        }
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_forms_of_an_s3_uri() {
        for (uri, expected) in [
            ("s3://bucket/a/b", Some(("bucket", "a/b"))),
            ("s3://bucket", Some(("bucket", ""))),
            ("https://bucket.s3.us-east-1.amazonaws.com/a", Some(("bucket", "a"))),
            ("https://s3.us-east-1.amazonaws.com/bucket/a/b", Some(("bucket", "a/b"))),
            ("https://s3-us-west-2.amazonaws.com/bucket", Some(("bucket", ""))),
            ("s3:///key", None),
            ("file://bucket/a", None),
        ] {
            let found = S3Location::parse(uri);
            let found = found.as_ref().map(|found| (found.bucket.as_str(), found.key.as_str()));
            assert_eq!(found, expected, "{uri}");
        }
    }

    #[test]
    fn what_stands_for_objects_that_nobody_listed() {
        for (prefix, key) in [("", "*"), ("train/", "train/*"), ("train", "train/*"), ("a/data.csv", "a/data.csv")] {
            assert_eq!(assumed_key(prefix), key);
        }
    }
}
