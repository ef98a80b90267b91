//! A change that is being put together: records as they will be, and when they are to be looked at again.
//!
//! Whoever reads through it sees what was written before in the same change. INVARIANT: each record goes into the batch
//! once, as it was last written.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::kind::Kind;
use super::outcome::{Outcome, Rules};
use super::record::Record;
use super::records::{self, Shelf};
use crate::arn::Arn;
use crate::fault::Fault;
use crate::state::store::{Batch, Store};

/// The records of one change and the plans to look at them again.
#[derive(Default)]
pub struct Changes {
    written: BTreeMap<Vec<u8>, Written>,
    plans: BTreeSet<(Timestamp, Vec<u8>)>,
    done: Vec<(Timestamp, Vec<u8>)>,
    later: BTreeSet<(Timestamp, Vec<u8>)>,
    rules: Option<Rules>,
    /// What was decided about calls that resources make by themselves.
    pub(super) decided: Vec<crate::access::Record>,
}

struct Written {
    shelf: Shelf,
    record: Record,
    form: Form,
}

/// What becomes of a record.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    New,
    Changed,
    Removed,
}

impl Changes {
    /// The record of this name, as it will be.
    pub(super) fn find(&self, store: &Store, shelf: &Shelf, name: &str) -> Result<Option<Record>, Fault> {
        self.read(store, &shelf.record_key(name))
    }

    /// The record of this key, as it will be.
    pub(super) fn read(&self, store: &Store, record_key: &[u8]) -> Result<Option<Record>, Fault> {
        if let Some(written) = self.written.get(record_key) {
            return Ok((written.form != Form::Removed).then(|| written.record.clone()));
        }
        store.get(record_key)?.map(|bytes| records::read(&bytes)).transpose()
    }

    /// Adds a new record.
    pub(super) fn insert(&mut self, shelf: Shelf, record: Record) {
        self.written.insert(shelf.record_key(&record.name), Written { shelf, record, form: Form::New });
    }

    /// Adds a changed record.
    pub(super) fn write(&mut self, shelf: Shelf, record: Record) {
        let key = shelf.record_key(&record.name);
        let is_new = self.written.get(&key).is_some_and(|written| written.form == Form::New);
        let form = if is_new { Form::New } else { Form::Changed };
        self.written.insert(key, Written { shelf, record, form });
    }

    /// Adds the removal of a record.
    pub(super) fn remove(&mut self, shelf: Shelf, record: Record) {
        self.written.insert(shelf.record_key(&record.name), Written { shelf, record, form: Form::Removed });
    }

    /// Plans to look at a record when the time has come.
    pub(super) fn plan(&mut self, due: Timestamp, shelf: &Shelf, name: &str) {
        self.plans.insert((due, shelf.record_key(name)));
    }

    /// Plans to look at a record once this change has been applied, even where the time has come already.
    pub(super) fn plan_later(&mut self, due: Timestamp, shelf: &Shelf, name: &str) {
        self.later.insert((due, shelf.record_key(name)));
    }

    /// Plans to look at the resource that launched a record, because something has happened to it.
    pub(super) fn wake_owner(&mut self, record: &Record, at: Timestamp) {
        let owner = record.launched_by.as_deref().and_then(Arn::parse);
        if let Some((arn, shelf)) = owner.and_then(|arn| Some((arn, Shelf::of_arn(&arn)?))) {
            self.plan(at, &shelf, arn.resource_id());
        }
    }

    /// Takes up what the store has planned by now.
    pub(super) fn take_up(&mut self, store: &Store, now: Timestamp) -> Result<(), Fault> {
        let due = records::due(store, now)?;
        self.done.extend(due.iter().cloned());
        self.plans.extend(due);
        Ok(())
    }

    /// The earliest time that has come by now, and every record that is to be looked at then.
    pub(super) fn next(&mut self, now: Timestamp) -> Option<(Timestamp, Vec<Vec<u8>>)> {
        let (due, _) = self.plans.first().filter(|(due, _)| *due <= now).cloned()?;
        let mut keys = Vec::new();
        while let Some((_, key)) = self.plans.first().filter(|(at, _)| *at == due).cloned() {
            self.plans.pop_first();
            keys.push(key);
        }
        Some((due, keys))
    }

    /// Whether nothing more is to be looked at by now.
    pub(super) fn is_quiet(&self, now: Timestamp) -> bool {
        self.plans.first().is_none_or(|(due, _)| *due > now)
    }

    /// Puts a record off that was to be looked at.
    pub(super) fn put_off(&mut self, due: Timestamp, record_key: Vec<u8>) {
        self.plans.insert((due, record_key));
    }

    /// What a tester has laid down for a new resource.
    pub(super) fn scripted(&mut self, store: &Store, kind: &Kind, name: &str) -> Result<Option<Outcome>, Fault> {
        if self.rules.is_none() {
            self.rules = Some(Rules::read(store)?);
        }
        Ok(self.rules.as_mut().and_then(|rules| rules.outcome(kind.noun, name)))
    }

    /// The whole change.
    pub(super) fn into_batch(self) -> Result<Batch, Fault> {
        let mut batch = Batch::new();
        for (due, record_key) in &self.done {
            batch.delete(records::due_key(*due, record_key));
        }
        for (due, record_key) in self.plans.iter().chain(&self.later) {
            records::plan(&mut batch, *due, record_key);
        }
        for Written { shelf, record, form } in self.written.values() {
            match form {
                Form::New => shelf.insert(&mut batch, record)?,
                Form::Changed => shelf.write(&mut batch, record)?,
                Form::Removed => shelf.remove(&mut batch, record),
            }
        }
        if let Some(rules) = self.rules.filter(Rules::is_used) {
            rules.write(&mut batch);
        }
        Ok(batch)
    }
}
