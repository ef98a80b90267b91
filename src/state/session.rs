//! The temporary credentials that STS has handed out, one record each.
//!
//! Does not judge: an expired session is still found, so that its use can be refused in AWS's words, until it is purged.
//! A session carries an identity and, fixed at its making, its session policies; what its role may do is looked up in
//! the world on each use.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::store::{self, Batch, Direction, Start, Store};
use crate::policy::{AttachedPolicy, Policy, PolicyType};
use crate::principal::Principal;
use crate::secret::Secret;
use crate::tag::Tag;

const PREFIX: &[u8] = b"session/";
/// Parsed sessions that are kept at hand; the others are parsed again from the store.
const CACHED: usize = 1024;
/// How many sessions a purge looks at.
const LOOKED_AT: usize = 1000;
/// An expired session is remembered for this long, to be told from one that never was.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(24);

/// Temporary credentials and what they stand for.
#[derive(Debug, Clone)]
pub struct Session {
    /// `ASIA…`.
    pub access_key_id: String,
    /// The secret access key.
    pub secret: Secret,
    /// The token that every use must carry.
    pub token: Secret,
    /// Who the bearer is.
    pub principal: Principal,
    /// `aws:TokenIssueTime`, on the virtual clock.
    pub issued: Timestamp,
    /// When it ends, on the virtual clock.
    pub expires: Timestamp,
    /// The session policies; `None` where it was made without any.
    pub policies: Option<Vec<Arc<AttachedPolicy>>>,
    /// Session tags, inherited transitive ones among them.
    pub tags: Vec<Tag>,
    /// The keys of the tags that role chaining hands on.
    pub transitive_tag_keys: Vec<String>,
    /// When the multi-factor authentication took place, where one did.
    pub mfa_authenticated: Option<Timestamp>,
    /// `aws:SourceIdentity`.
    pub source_identity: Option<String>,
    /// Who asked STS for it: a federated user has this user's permissions, and a chain of roles its limits.
    pub issuer: Option<Principal>,
}

/// The sessions of a store.
#[derive(Debug)]
pub struct Sessions {
    store: Arc<Store>,
    cache: Mutex<Cache>,
}

#[derive(Debug, Default)]
struct Cache {
    by_id: HashMap<String, Arc<Session>>,
    oldest_first: VecDeque<String>,
    purged_until: Option<Vec<u8>>,
}

impl Sessions {
    pub(super) fn new(store: Arc<Store>) -> Sessions {
        Sessions { store, cache: Mutex::default() }
    }

    /// Adds a new session to a batch; it can be used once the batch is applied.
    pub fn put(&self, batch: &mut Batch, session: &Session) {
        batch.put(key(&session.access_key_id), Record::of(session).to_bytes());
    }

    /// The session of an access key id, expired ones included.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn find(&self, access_key_id: &str) -> Result<Option<Arc<Session>>, store::Error> {
        if let Some(session) = self.lock().by_id.get(access_key_id) {
            return Ok(Some(Arc::clone(session)));
        }
        let key = key(access_key_id);
        let Some(bytes) = self.store.get(&key)? else {
            return Ok(None);
        };
        let record: Record = self.store.parse(&key, &bytes)?;
        let session = Arc::new(record.session().map_err(|reason| self.store.damaged(&key, reason))?);
        self.lock().remember(Arc::clone(&session));
        Ok(Some(session))
    }

    /// Adds to a batch the removal of sessions that ended more than a day before. Looks at a thousand at a time and goes
    /// on at the next call where it stopped.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn purge(&self, batch: &mut Batch, now: Timestamp) -> Result<(), store::Error> {
        let limit = now.checked_sub(REMEMBERED).unwrap_or(Timestamp::MIN);
        let stopped = self.lock().purged_until.take();
        let start = stopped.as_deref().map_or(Start::End, Start::After);
        for (count, entry) in self.store.scan(PREFIX, start, Direction::Forward).take(LOOKED_AT).enumerate() {
            let (key, bytes) = entry?;
            if count + 1 == LOOKED_AT {
                self.lock().purged_until = Some(key.to_vec());
            }
            let record: Record = self.store.parse(&key, &bytes)?;
            if record.expires < limit {
                batch.delete(key.to_vec());
                self.lock().by_id.remove(&record.access_key_id);
            }
        }
        Ok(())
    }

    /// Forgets what is cached, for a store that has been emptied.
    pub(super) fn forget(&self) {
        *self.lock() = Cache::default();
    }

    fn lock(&self) -> MutexGuard<'_, Cache> {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Cache {
    fn remember(&mut self, session: Arc<Session>) {
        while self.oldest_first.len() >= CACHED {
            if let Some(oldest) = self.oldest_first.pop_front() {
                self.by_id.remove(&oldest);
            }
        }
        self.oldest_first.push_back(session.access_key_id.clone());
        self.by_id.insert(session.access_key_id.clone(), session);
    }
}

fn key(access_key_id: &str) -> Vec<u8> {
    [PREFIX, access_key_id.as_bytes()].concat()
}

/// A session as it is stored: policies as their texts.
#[derive(Serialize, Deserialize)]
struct Record {
    access_key_id: String,
    secret: Secret,
    token: Secret,
    principal: Principal,
    issued: Timestamp,
    expires: Timestamp,
    policies: Option<Vec<PolicyRecord>>,
    tags: Vec<Tag>,
    transitive_tag_keys: Vec<String>,
    mfa_authenticated: Option<Timestamp>,
    source_identity: Option<String>,
    issuer: Option<Principal>,
}

#[derive(Serialize, Deserialize)]
struct PolicyRecord {
    text: String,
    name: String,
    arn: Option<String>,
    attached_to: String,
}

impl Record {
    fn of(session: &Session) -> Record {
        let policy = |attached: &Arc<AttachedPolicy>| PolicyRecord {
            text: attached.policy.text().to_owned(),
            name: attached.name.clone(),
            arn: attached.arn.clone(),
            attached_to: attached.attached_to.clone(),
        };
        Record {
            access_key_id: session.access_key_id.clone(),
            secret: session.secret.clone(),
            token: session.token.clone(),
            principal: session.principal.clone(),
            issued: session.issued,
            expires: session.expires,
            policies: session.policies.as_ref().map(|policies| policies.iter().map(policy).collect()),
            tags: session.tags.clone(),
            transitive_tag_keys: session.transitive_tag_keys.clone(),
            mfa_authenticated: session.mfa_authenticated,
            source_identity: session.source_identity.clone(),
            issuer: session.issuer.clone(),
        }
    }

    fn to_bytes(&self) -> Vec<u8> {
        store::to_bytes(self)
    }

    fn session(self) -> Result<Session, String> {
        let policy = |record: PolicyRecord| {
            // A managed policy passed as session policy obeys the identity policies' limits.
            let policy_type = if record.arn.is_some() { PolicyType::Identity } else { PolicyType::Session };
            let policy = Policy::parse(&record.text, policy_type).map_err(|malformed| malformed.to_string())?;
            let PolicyRecord { name, arn, attached_to, .. } = record;
            Ok::<_, String>(Arc::new(AttachedPolicy { policy, name, arn, attached_to }))
        };
        let policies = self.policies.map(|records| records.into_iter().map(policy).collect()).transpose()?;
        Ok(Session {
            access_key_id: self.access_key_id,
            secret: self.secret,
            token: self.token,
            principal: self.principal,
            issued: self.issued,
            expires: self.expires,
            policies,
            tags: self.tags,
            transitive_tag_keys: self.transitive_tag_keys,
            mfa_authenticated: self.mfa_authenticated,
            source_identity: self.source_identity,
            issuer: self.issuer,
        })
    }
}

#[cfg(test)]
mod tests;
