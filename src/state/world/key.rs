//! KMS keys.

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::resource::resource_policy;
use crate::account::AccountId;
use crate::policy::{AttachedPolicy, Malformed};
use crate::tag::Tag;

/// The key policy that KMS attaches where none is given: the account decides by IAM.
/// <https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html>
pub fn default_key_policy(account: AccountId) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Id":"key-default-1","Statement":[{{"Sid":"Enable IAM User Permissions","Effect":"Allow","Principal":{{"AWS":"arn:aws:iam::{account}:root"}},"Action":"kms:*","Resource":"*"}}]}}"#
    )
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

fn key_policy(document: &str, account: AccountId, region: &str, id: &str) -> Result<Arc<AttachedPolicy>, Malformed> {
    resource_policy(document, format!("key policy of {id}"), key_arn(account, region, id))
}

fn key_arn(account: AccountId, region: &str, id: &str) -> String {
    format!("arn:aws:kms:{region}:{account}:key/{id}")
}
