//! Where records stand in the store, and the keys by which they are found again.
//!
//! `record` holds a resource under its account, region, type and name; `created` orders the names of a type by the time
//! of their creation; `due` orders records by the time at which something about them is to be written down.

use jiff::Timestamp;
use serde::Deserialize;

use super::kind::Kind;
use super::record::Record;
use crate::account::AccountId;
use crate::arn::Arn;
use crate::fault::Fault;
use crate::services::Call;
use crate::state::store::{Batch, Direction, Start, Store};
use crate::tag::Tag;

/// The account, region and type that a record belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shelf {
    /// The account that owns the resources.
    pub account: AccountId,
    /// The region that they are in.
    pub region: String,
    /// Their type, such as `training-job`.
    pub resource_type: String,
}

impl Shelf {
    /// The shelf of a kind in the account and region of a call.
    pub fn of(call: &Call<'_>, kind: &Kind) -> Shelf {
        Shelf { account: call.account, region: call.region().to_owned(), resource_type: kind.resource_type.to_owned() }
    }

    /// The shelf that an ARN points at.
    pub fn of_arn(arn: &Arn<'_>) -> Option<Shelf> {
        Some(Shelf {
            account: arn.account.parse().ok()?,
            region: arn.region.to_owned(),
            resource_type: resource_type(arn).to_owned(),
        })
    }

    /// What the keys of all records on this shelf begin with.
    pub fn record_prefix(&self) -> Vec<u8> {
        format!("sagemaker/record/{}/{}/{}/", self.account, self.region, self.resource_type).into_bytes()
    }

    /// What the keys of this shelf's order of creation begin with.
    pub fn created_prefix(&self) -> Vec<u8> {
        format!("sagemaker/created/{}/{}/{}/", self.account, self.region, self.resource_type).into_bytes()
    }

    /// The key of the record of this name.
    pub fn record_key(&self, name: &str) -> Vec<u8> {
        let mut key = self.record_prefix();
        key.extend_from_slice(name.as_bytes());
        key
    }

    /// The key of a record in the order of creation.
    pub fn created_key(&self, created_at: Timestamp, name: &str) -> Vec<u8> {
        let mut key = self.created_prefix();
        key.extend_from_slice(&sortable(created_at));
        key.extend_from_slice(name.as_bytes());
        key
    }

    /// The record of this name, if there is one and it is not gone by now.
    pub fn find(&self, store: &Store, name: &str) -> Result<Option<Record>, Fault> {
        match store.get(&self.record_key(name)).map_err(internal)? {
            Some(bytes) => read(&bytes).map(Some),
            None => Ok(None),
        }
    }

    /// The tags of the record of this name, read without the rest of it; none where there is no such record.
    pub fn tags(&self, store: &Store, name: &str) -> Result<Vec<Tag>, Fault> {
        #[derive(Deserialize)]
        struct Tagged {
            tags: Vec<Tag>,
        }
        match store.get(&self.record_key(name)).map_err(internal)? {
            Some(bytes) => serde_json::from_slice::<Tagged>(&bytes).map(|record| record.tags).map_err(internal),
            None => Ok(Vec::new()),
        }
    }

    /// Adds a new record to a change.
    pub fn insert(&self, batch: &mut Batch, record: &Record) -> Result<(), Fault> {
        batch.put(self.created_key(record.created_at, &record.name), Vec::new());
        self.write(batch, record)
    }

    /// Adds a changed record to a change.
    pub fn write(&self, batch: &mut Batch, record: &Record) -> Result<(), Fault> {
        let bytes = serde_json::to_vec(record).map_err(internal)?;
        batch.put(self.record_key(&record.name), bytes);
        Ok(())
    }

    /// Adds the removal of a record to a change.
    pub fn remove(&self, batch: &mut Batch, record: &Record) {
        batch.delete(self.record_key(&record.name));
        batch.delete(self.created_key(record.created_at, &record.name));
    }

    /// Writes down that this record is to be looked at when the time has come.
    pub fn plan(&self, batch: &mut Batch, due: Timestamp, name: &str) {
        plan(batch, due, &self.record_key(name));
    }
}

/// Writes down that the record of this key is to be looked at when the time has come.
pub fn plan(batch: &mut Batch, due: Timestamp, record_key: &[u8]) {
    batch.put(due_key(due, record_key), record_key);
}

/// The key of a plan to look at the record of this key.
pub fn due_key(due: Timestamp, record_key: &[u8]) -> Vec<u8> {
    [DUE, &sortable(due), record_key].concat()
}

/// The resource type of IAM that an ARN is of: executions stand under their pipelines.
pub fn resource_type<'a>(arn: &Arn<'a>) -> &'a str {
    let is_execution = arn.resource_type() == "pipeline" && arn.resource.contains("/execution/");
    if is_execution { "pipeline-execution" } else { arn.resource_type() }
}

/// What the keys of everything that comes due begin with.
pub const DUE: &[u8] = b"sagemaker/due/";

/// Whether anything has come due by now.
pub fn is_due(store: &Store, now: Timestamp) -> Result<bool, Fault> {
    let first = store.scan(DUE, Start::End, Direction::Forward).next().transpose().map_err(internal)?;
    Ok(first.is_some_and(|(key, _)| has_come(&key, now)))
}

fn has_come(due_key: &[u8], now: Timestamp) -> bool {
    due_key.get(DUE.len()..DUE.len() + 8).is_some_and(|when| when <= sortable(now).as_slice())
}

/// What has come due by now: when, and the key of the record.
pub fn due(store: &Store, now: Timestamp) -> Result<Vec<(Timestamp, Vec<u8>)>, Fault> {
    let mut found = Vec::new();
    for entry in store.scan(DUE, Start::End, Direction::Forward) {
        let (key, record_key) = entry.map_err(internal)?;
        if !has_come(&key, now) {
            break;
        }
        found.push((due_at(&key).ok_or_else(|| internal("a plan has no time"))?, record_key.to_vec()));
    }
    Ok(found)
}

/// How many records whose keys begin with a prefix are yet to be looked at, counted no further than the most.
pub fn planned(store: &Store, record_prefix: &[u8], most: usize) -> Result<usize, Fault> {
    let mut found = std::collections::BTreeSet::new();
    for entry in store.scan(DUE, Start::End, Direction::Forward) {
        let (_, record_key) = entry.map_err(internal)?;
        if record_key.starts_with(record_prefix) && found.insert(record_key) && found.len() >= most {
            break;
        }
    }
    Ok(found.len())
}

fn due_at(due_key: &[u8]) -> Option<Timestamp> {
    let bytes: [u8; 8] = due_key.get(DUE.len()..DUE.len() + 8)?.try_into().ok()?;
    Timestamp::from_millisecond(u64::from_be_bytes(bytes).wrapping_sub(1 << 63).cast_signed()).ok()
}

/// A record from its stored bytes.
pub fn read(bytes: &[u8]) -> Result<Record, Fault> {
    serde_json::from_slice(bytes).map_err(internal)
}

/// Reports what went wrong inside to the log, and to the caller only that something did.
pub fn internal(error: impl std::fmt::Display) -> Fault {
    tracing::error!(%error, "a record could not be read or written");
    Fault::internal()
}

/// Milliseconds as eight bytes that sort as the instants do.
pub fn sortable(instant: Timestamp) -> [u8; 8] {
    instant.as_millisecond().cast_unsigned().wrapping_add(1 << 63).to_be_bytes()
}
