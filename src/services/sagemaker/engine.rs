//! The verbs, for any kind: create, describe, update, stop, delete.
//!
//! Knows no kind by name; what differs between kinds stands in their declarations.

use serde_json::json;

use super::changes::Changes;
use super::kind::Kind;
use super::record::{Event, Happening, Record};
use super::records::Shelf;
use super::unfolding::{Unfolding, pace, unchecked};
use super::{outcome, seconds};
use crate::document::{self, Document, Members};
use crate::fault::Fault;
use crate::services::{Call, Reply};
use crate::state::store::Batch;
use crate::tag;

/// Makes a resource, unless its name is taken.
pub(super) fn create(call: &Call<'_>, kind: &'static Kind) -> Result<Reply, Fault> {
    let shelf = Shelf::of(call, kind);
    let name = name(call, kind);
    let arn = kind.arn(call, name);
    if living(call, kind, &shelf, name)?.is_some() {
        return Err((kind.duplicate)(name, &arn));
    }
    let mut changes = Changes::default();
    let outcome = changes.scripted(call.state.store(), kind, name)?;
    let record = Record { outcome, ..new_record(call, kind, name, arn) };
    if let Some(stage) = record.unchecked.first()
        && let Some(due) = (kind.reaches)(&record, *stage)
    {
        changes.plan(due, &shelf, name);
    }
    let answer = json!({ kind.arn_member: record.arn });
    changes.insert(shelf, record.clone());
    unfold(call, kind, &mut changes, record)?;
    Ok(Reply::written(answer, changes.into_batch()?))
}

/// Shows a resource: what the create call said, and what follows from it by now.
pub(super) fn describe(call: &Call<'_>, kind: &'static Kind) -> Result<Reply, Fault> {
    let record = existing(call, kind)?;
    let mut members = (kind.describe)(&record, call.now());
    if record.outcome.is_some() {
        outcome::describe(&record, &(kind.timeline)(&record), call.now(), &mut members);
    }
    for (member, value) in record.members {
        members.entry(member).or_insert(value);
    }
    members.insert(kind.name_member.to_owned(), record.name.into());
    members.insert(kind.arn_member.to_owned(), record.arn.into());
    members.insert("CreationTime".to_owned(), seconds(record.created_at));
    Ok(Reply::read(members.into()))
}

/// Changes what may be changed of a resource.
pub(super) fn update(call: &Call<'_>, kind: &'static Kind) -> Result<Reply, Fault> {
    let mut record = existing(call, kind)?;
    let changed = (kind.update)(&record, call.input, call.now())?;
    record.members.extend(changed);
    let answer = json!({ kind.arn_member: record.arn });
    Ok(Reply::written(answer, happened(call, kind, record, Happening::Updated)?))
}

/// Asks a resource to stop.
pub(super) fn stop(call: &Call<'_>, kind: &'static Kind) -> Result<Reply, Fault> {
    let record = existing(call, kind)?;
    let batch = if (kind.stop)(&record, call.now())? {
        happened(call, kind, record, Happening::StopAsked)?
    } else {
        Batch::default()
    };
    Ok(Reply::written(Document::Null, batch))
}

/// Removes a resource; its name is free again.
pub(super) fn delete(call: &Call<'_>, kind: &'static Kind) -> Result<Reply, Fault> {
    let record = existing(call, kind)?;
    (kind.delete)(&record, call.now())?;
    let mut changes = Changes::default();
    changes.wake_owner(&record, call.now());
    let mut batch = changes.into_batch()?;
    Shelf::of(call, kind).remove(&mut batch, &record);
    Ok(Reply::written(Document::Null, batch))
}

/// The change that something which happens to a resource brings about: to itself, to what it launched, and to what
/// launched it.
pub(super) fn happened(
    call: &Call<'_>,
    kind: &'static Kind,
    mut record: Record,
    what: Happening,
) -> Result<Batch, Fault> {
    record.events.push(Event { at: call.now(), what });
    let mut changes = Changes::default();
    changes.wake_owner(&record, call.now());
    unfold(call, kind, &mut changes, record)?;
    changes.into_batch()
}

/// Lets a resource bring about what it does by itself, and writes it down.
fn unfold(call: &Call<'_>, kind: &'static Kind, changes: &mut Changes, mut record: Record) -> Result<(), Fault> {
    let environment = call.environment.by_service();
    let mut unfolding = Unfolding {
        state: call.state,
        account: call.account,
        region: call.region(),
        now: call.now(),
        environment: &environment,
        changes,
    };
    let due = (kind.unfold)(&mut unfolding, &mut record)?;
    let shelf = Shelf::of(call, kind);
    if let Some(due) = due {
        changes.plan(due, &shelf, &record.name);
    }
    changes.write(shelf, record);
    Ok(())
}

/// The name that a call gives.
pub(super) fn name<'a>(call: &Call<'a>, kind: &Kind) -> &'a str {
    document::text(call.input, kind.name_member).unwrap_or_default()
}

/// The resource that a call names, or AWS's refusal.
pub(super) fn existing(call: &Call<'_>, kind: &'static Kind) -> Result<Record, Fault> {
    let name = name(call, kind);
    let found = living(call, kind, &Shelf::of(call, kind), name)?;
    found.ok_or_else(|| (kind.missing)(name, &kind.arn(call, name)))
}

/// The record of a name, unless its life is over.
fn living(call: &Call<'_>, kind: &Kind, shelf: &Shelf, name: &str) -> Result<Option<Record>, Fault> {
    let record = shelf.find(call.state.store(), name)?;
    Ok(record.filter(|record| (kind.timeline)(record).at(call.now()).is_some()))
}

fn new_record(call: &Call<'_>, kind: &Kind, name: &str, arn: String) -> Record {
    let mut members: Members = call.input.as_object().cloned().unwrap_or_default();
    let tags = tag::from_list(members.remove("Tags").as_ref());
    members.remove(kind.name_member);
    (kind.defaults)(&mut members);
    Record {
        name: name.to_owned(),
        arn,
        created_at: call.now(),
        pace: pace(call.state.settings()),
        members,
        tags,
        events: Vec::new(),
        unchecked: unchecked(call.state.settings(), kind),
        launched_by: None,
        outcome: None,
        progress: Document::Null,
    }
}
