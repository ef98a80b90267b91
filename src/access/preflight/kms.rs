//! KMS keys: of objects, of outputs and of volumes.

use super::{Check, Missing};
use crate::access::Question;
use crate::account::AccountId;
use crate::arn::{Arn, partition_of};
use crate::state::world::{Key, KeyManager, KeyState, World};

/// The ARN of the key that a key id, alias or ARN means; what is not known keeps the form that it was given in.
pub fn key_arn(world: &World, account: AccountId, region: &str, key_id: &str) -> String {
    match find(world, account, region, key_id) {
        Some(key) => key.arn(),
        None if Arn::parse(key_id).is_some() => key_id.to_owned(),
        None if key_id.starts_with("alias/") => named(account, region, key_id),
        None => named(account, region, &format!("key/{key_id}")),
    }
}

/// The key of an encrypted object or output: the role must be allowed to use it, and the key must be enabled.
pub(super) struct Use<'a> {
    /// Its id, alias or ARN.
    pub(super) key_id: &'a str,
    /// The account whose keys a bare id or alias means, where that is not the job's own.
    pub(super) owner: Option<AccountId>,
    /// `aws:s3:arn` of the encryption context.
    pub(super) context: &'a str,
}

impl Use<'_> {
    /// Asks for what is required, and for what only an explicit deny stands in the way of.
    pub(super) fn check(
        &self,
        check: &mut Check<'_, '_, '_>,
        required: &[&'static str],
        wished: &[&'static str],
    ) -> Result<(), Missing> {
        let Some(arn) = locate(check, self.key_id, self.owner)? else { return Ok(()) };
        for action in required {
            let question = self.asked(check, action, &arn);
            check.require(question)?;
        }
        for action in wished {
            let question = self.asked(check, action, &arn);
            check.wish_unless_denied(question)?;
        }
        Ok(())
    }

    /// Asks for the decryption of one more object of a prefix; only a refusal is kept.
    pub(super) fn again(&self, check: &mut Check<'_, '_, '_>) -> Result<(), Missing> {
        let Some(arn) = locate(check, self.key_id, self.owner)? else { return Ok(()) };
        let answer = check.consider(self.asked(check, "kms:Decrypt", &arn));
        if answer.is_allowed() { Ok(()) } else { check.keep(answer) }
    }

    fn asked(&self, check: &Check<'_, '_, '_>, action: &'static str, arn: &str) -> Question {
        let via = format!("s3.{}.amazonaws.com", check.environment.region);
        asked(check, action, arn, &via)
            .with_key("kms:EncryptionContext:aws:s3:arn", self.context)
            .with_key("kms:EncryptionContextKeys", "aws:s3:arn")
    }
}

/// The key of the volumes: SageMaker makes a grant with the role's permission, or with the caller's.
pub(super) fn volume(check: &mut Check<'_, '_, '_>, key_id: &str) -> Result<(), Missing> {
    let Some(arn) = locate(check, key_id, None)? else { return Ok(()) };
    let via = format!("sagemaker.{}.amazonaws.com", check.environment.region);
    let grant = asked(check, "kms:CreateGrant", &arn, &via).with_key("kms:GrantIsForAWSResource", "true");
    let describe = asked(check, "kms:DescribeKey", &arn, &via);
    let by_role = check.consider(grant.clone());
    if !by_role.is_allowed()
        && let Some(caller) = check.handover.caller
    {
        let forwarded = check.judge.environment.called_via(check.handover.service);
        let grant = grant.from_member(check.need.member.as_str());
        if check.judge.ask(caller, &forwarded, grant) {
            return Ok(());
        }
    }
    check.keep(by_role)?;
    check.wish(describe);
    Ok(())
}

fn asked(check: &Check<'_, '_, '_>, action: &'static str, arn: &str, via: &str) -> Question {
    Question::new(action, arn)
        .with_key("kms:ViaService", via)
        .with_key("kms:CallerAccount", check.handover.account.as_str())
}

/// The ARN of a key that can be used; `None` for a key of AWS's own, which needs no permission of the role.
fn locate(check: &Check<'_, '_, '_>, key_id: &str, owner: Option<AccountId>) -> Result<Option<String>, Missing> {
    let account = owner.unwrap_or(check.handover.account);
    let region = check.environment.region.as_str();
    if key_id.rsplit(':').next().unwrap_or(key_id).starts_with("alias/aws/") {
        return Ok(None);
    }
    let arn = key_arn(check.judge.world, account, region, key_id);
    match find(check.judge.world, account, region, key_id) {
        Some(key) if key.manager == KeyManager::Aws => Ok(None),
        Some(key) => match key.state {
            KeyState::Enabled | KeyState::Updating => Ok(Some(arn)),
            KeyState::PendingDeletion | KeyState::PendingReplicaDeletion => {
                Err(Missing::Thing(format!("{arn} is pending deletion.")))
            }
            KeyState::PendingImport => Err(Missing::Thing(format!("{arn} is pending import."))),
            KeyState::Disabled | KeyState::Creating | KeyState::Unavailable => {
                Err(Missing::Thing(format!("{arn} is disabled.")))
            }
        },
        None if check.assumes() => Ok(Some(arn)),
        None if key_id.contains("alias/") => Err(Missing::Thing(format!("Alias {arn} is not found."))),
        None => Err(Missing::Thing(format!("Key '{arn}' does not exist"))),
    }
}

fn find<'w>(world: &'w World, account: AccountId, region: &str, key_id: &str) -> Option<&'w Key> {
    match Arn::parse(key_id) {
        Some(arn) if arn.service == "kms" => {
            let id = arn.resource.strip_prefix("key/").unwrap_or(arn.resource);
            world.key(arn.account.parse().ok()?, arn.region, id).map(AsRef::as_ref)
        }
        Some(_) => None,
        None => world.key(account, region, key_id).map(AsRef::as_ref),
    }
}

fn named(account: AccountId, region: &str, resource: &str) -> String {
    format!("arn:{}:kms:{region}:{account}:{resource}", partition_of(region))
}
