//! New temporary credentials: their texts, their end, and the session behind them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::SignedDuration;
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::document::{self, Document};
use crate::fault::Fault;
use crate::principal::Principal;
use crate::secret::Secret;
use crate::services::{Call, Reply};
use crate::state::session::Session;
use crate::state::store::Batch;
use crate::state::world::id;
use crate::tag::Tag;

use super::session_policies::SessionPolicies;

/// The prefix of temporary access key ids.
const PREFIX: &str = "ASIA";
/// Access key ids have this many characters.
const ID_LENGTH: usize = 20;
/// A session token has this many characters unless the caller asks for more.
const TOKEN_LENGTH: usize = 352;
/// The longest session token, of which `SessionTokenUtilization` is the percentage.
const LONGEST_TOKEN: usize = 4096;
/// Of 256 new sessions, about this many look for old ones that can go.
const PURGING: u8 = 4;

/// What new credentials stand for.
pub(super) struct Grant {
    /// Who the bearer will be.
    pub(super) principal: Principal,
    /// How long, in seconds.
    pub(super) seconds: i64,
    /// What limits the session; `None` where nothing was passed.
    pub(super) policies: Option<SessionPolicies>,
    /// Its tags, inherited ones among them.
    pub(super) tags: Vec<Tag>,
    /// The keys of the tags that the next session in a chain inherits.
    pub(super) transitive_tag_keys: Vec<String>,
    /// The source identity, given or inherited.
    pub(super) source_identity: Option<String>,
}

/// Makes credentials and the record of their session; they join the members of `answer`.
pub(super) fn issue(call: &Call<'_>, grant: Grant, answer: Document) -> Result<Reply, Fault> {
    let asked = document::get(call.input, "MinimumSessionTokenSize").and_then(Document::as_u64);
    let asked = asked.and_then(|size| usize::try_from(size).ok()).filter(|size| *size > 0);
    let token_length = asked.unwrap_or_default().clamp(TOKEN_LENGTH, LONGEST_TOKEN);
    let issued = call.now();
    let expires = issued.checked_add(SignedDuration::from_secs(grant.seconds)).map_err(|_| Fault::internal())?;
    let session = Session {
        access_key_id: id::unique(PREFIX).chars().take(ID_LENGTH).collect(),
        secret: Secret::new(random_text(40)),
        token: Secret::new(random_text(token_length)),
        principal: grant.principal,
        issued,
        expires,
        policies: grant.policies.map(|policies| policies.attached),
        tags: grant.tags,
        transitive_tag_keys: grant.transitive_tag_keys,
        mfa_authenticated: None,
        source_identity: grant.source_identity,
        issuer: Some(call.caller.principal.clone()),
    };
    let credentials = json!({
        "Credentials": {
            "AccessKeyId": session.access_key_id,
            "SecretAccessKey": session.secret.expose(),
            "SessionToken": session.token.expose(),
            "Expiration": session.expires.as_second(),
        },
        "SessionTokenSize": asked.map(|_| token_length),
        "SessionTokenUtilization": asked.map(|_| (token_length * 100).div_ceil(LONGEST_TOKEN)),
    });
    let mut batch = Batch::new();
    if random::<1>() < [PURGING] {
        call.state.sessions().purge(&mut batch, issued)?;
    }
    call.state.sessions().put(&mut batch, &session);
    Ok(Reply::written(joined(answer, credentials), batch))
}

/// The members of two structures in one.
fn joined(first: Document, second: Document) -> Document {
    let members = [first, second].into_iter().filter_map(|part| match part {
        Document::Object(members) => Some(members),
        _ => None,
    });
    Document::Object(members.flatten().collect())
}

/// Characters of base64, each as likely as the other.
fn random_text(length: usize) -> String {
    let mut text = String::with_capacity(length + 44);
    while text.len() < length {
        STANDARD.encode_string(random::<30>(), &mut text);
    }
    text.truncate(length);
    text
}

/// Bytes that nobody can guess, at most 32 of them.
fn random<const N: usize>() -> [u8; N] {
    // A random UUID has 122 random bits; the hash of two is free of the fixed ones.
    let hash = Sha256::new().chain_update(uuid::Uuid::new_v4()).chain_update(uuid::Uuid::new_v4()).finalize();
    let mut bytes = [0; N];
    bytes.iter_mut().zip(hash).for_each(|(byte, random)| *byte = random);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_have_their_length_and_never_repeat() {
        for length in [1, 40, 352, 4096] {
            let text = random_text(length);
            assert_eq!(text.len(), length);
            assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/'));
            assert!(length < 40 || text != random_text(length));
        }
    }
}
