//! The verbs, for any kind: create, describe, update, start, stop, delete.
//!
//! Knows no kind by name; what differs between kinds stands in their declarations.

use jiff::Timestamp;
use serde_json::json;

use super::changes::Changes;
use super::kind::{Absent, Kind};
use super::record::{Event, Happening, Record};
use super::records::{self, Shelf};
use super::unfolding::{Unfolding, pace, unchecked};
use super::{outcome, seconds};
use crate::document::{self, Document, Members};
use crate::fault::Fault;
use crate::services::{Call, Reply};
use crate::state::store::{Batch, Direction, Start};
use crate::tag;

/// Makes a resource, unless its name is taken.
pub(super) fn create(call: &Call<'_>, kind: &'static Kind) -> Result<Reply, Fault> {
    let mut changes = Changes::default();
    let answer = make(call, kind, None, &mut changes)?;
    Ok(Reply::written(answer, changes.into_batch()?))
}

/// Adds a new resource to a change, unless its name is taken; answers the create call's output.
pub(super) fn make(
    call: &Call<'_>,
    kind: &'static Kind,
    launched_by: Option<&str>,
    changes: &mut Changes,
) -> Result<Document, Fault> {
    let resolved = resolved_input(call, kind)?;
    let shelf = Shelf::of(call, kind);
    let name = (kind.id)(kind, call);
    let arn = kind.arn(call, &name);
    if let Some(record) = living(call, kind, &shelf, &name)? {
        return if same_request(call, &record) {
            Ok(created(kind, &record))
        } else {
            Err((kind.duplicate)(&name, &arn))
        };
    }
    let outcome = changes.scripted(call.state.store(), kind, &name)?;
    let mut record = new_record(call, kind, name, arn, resolved);
    record.outcome = outcome;
    record.launched_by = launched_by.map(str::to_owned);
    if let Some(stage) = record.unchecked.first()
        && let Some(due) = (kind.reaches)(&record, *stage)
    {
        changes.plan(due, &shelf, &record.name);
    }
    let answer = created(kind, &record);
    changes.insert(shelf, record.clone());
    unfold(call, kind, changes, record)?;
    Ok(answer)
}

fn created(kind: &Kind, record: &Record) -> Document {
    let mut answer = (kind.answer)(record);
    answer.insert(kind.name_member.to_owned(), record.short_name().into());
    answer.insert(kind.arn_member.to_owned(), record.arn.as_str().into());
    answer.into()
}

/// Whether a create call is the one that has made the resource, sent again.
fn same_request(call: &Call<'_>, record: &Record) -> bool {
    let token = document::text(call.input, "ClientRequestToken");
    token.is_some() && token == record.text("ClientRequestToken")
}

/// The members of a create call with what they refer to.
///
/// # Errors
/// AWS's refusal of references to nothing.
pub(super) fn resolved_input(call: &Call<'_>, kind: &Kind) -> Result<Members, Fault> {
    let mut members = call.input.as_object().cloned().unwrap_or_default();
    (kind.resolve)(call, &mut members)?;
    Ok(members)
}

/// Shows a resource: what the create call said, and what follows from it by now.
pub(super) fn describe(call: &Call<'_>, kind: &'static Kind) -> Result<Reply, Fault> {
    let record = existing(call, kind)?;
    Ok(Reply::read(wrapped(kind, description(kind, record, call.now()))))
}

/// An answer as a kind has it, which may hold the description as a single member.
fn wrapped(kind: &Kind, description: Members) -> Document {
    if kind.wrapper.is_empty() { description.into() } else { json!({ kind.wrapper: description }) }
}

/// What Describe shows of a record.
pub(super) fn description(kind: &Kind, record: Record, now: Timestamp) -> Members {
    let mut members = (kind.describe)(&record, now);
    add(&mut members, standing(kind, &record, now));
    add(&mut members, record.members);
    members
}

/// What every description and every summary tells: name, ARN, status and times.
pub(super) fn standing(kind: &Kind, record: &Record, now: Timestamp) -> Members {
    let mut members = Members::new();
    members.insert(kind.name_member.to_owned(), record.short_name().into());
    members.insert(kind.arn_member.to_owned(), record.arn.as_str().into());
    members.insert("CreationTime".to_owned(), seconds(record.created_at));
    let life = (kind.timeline)(record);
    let mut modified = record.changed_at();
    if let Some(phase) = life.at(now) {
        modified = modified.max(phase.since);
        if !kind.status_member.is_empty() {
            members.insert(kind.status_member.to_owned(), phase.status.into());
        }
    }
    members.insert("LastModifiedTime".to_owned(), seconds(modified));
    outcome::describe(record, &life, now, &mut members);
    if let Some(failure) = record.failure().filter(|failure| failure.at <= now) {
        members.insert("FailureReason".to_owned(), failure.reason.into());
    }
    members
}

/// Adds members that are not there yet.
pub(super) fn add(members: &mut Members, others: Members) {
    for (member, value) in others {
        members.entry(member).or_insert(value);
    }
}

/// Changes what may be changed of a resource.
pub(super) fn update(call: &Call<'_>, kind: &'static Kind) -> Result<Reply, Fault> {
    let mut record = existing(call, kind)?;
    let changed = (kind.update)(call, &record)?;
    record.members.extend(changed);
    let answer = match kind.wrapper {
        "" => json!({ kind.arn_member: record.arn }),
        _ => wrapped(kind, description(kind, record.clone(), call.now())),
    };
    Ok(Reply::written(answer, happened(call, kind, record, Happening::Updated)?))
}

/// Starts a resource again.
pub(super) fn start(call: &Call<'_>, kind: &'static Kind) -> Result<Reply, Fault> {
    let record = existing(call, kind)?;
    let wanted = (kind.start)(call, &record)?;
    happen(call, kind, record, wanted.then_some(Happening::StartAsked))
}

/// Asks a resource to stop.
pub(super) fn stop(call: &Call<'_>, kind: &'static Kind) -> Result<Reply, Fault> {
    let record = existing(call, kind)?;
    let wanted = (kind.stop)(call, &record)?;
    happen(call, kind, record, wanted.then_some(Happening::StopAsked))
}

fn happen(call: &Call<'_>, kind: &'static Kind, record: Record, what: Option<Happening>) -> Result<Reply, Fault> {
    let answer = json!({ kind.arn_member: record.arn });
    let batch = match what {
        Some(what) => happened(call, kind, record, what)?,
        None => Batch::default(),
    };
    Ok(Reply::written(answer, batch))
}

/// Removes a resource, or begins to; once it is removed, its name is free again.
pub(super) fn delete(call: &Call<'_>, kind: &'static Kind) -> Result<Reply, Fault> {
    let mut record = existing(call, kind)?;
    (kind.delete)(call, &record)?;
    let mut changes = Changes::default();
    let shelf = Shelf::of(call, kind);
    let answer = json!({ kind.arn_member: record.arn, "Success": true });
    changes.wake_owner(&record, call.now());
    record.events.push(Event { at: call.now(), what: Happening::DeleteAsked });
    match (kind.timeline)(&record).ends().filter(|end| *end > call.now()) {
        Some(end) => {
            changes.plan(end, &shelf, &record.name);
            changes.write(shelf, record);
        }
        None => changes.remove(shelf, record),
    }
    Ok(Reply::written(answer, changes.into_batch()?))
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

/// The resource that a call names, or AWS's refusal.
pub(super) fn existing(call: &Call<'_>, kind: &Kind) -> Result<Record, Fault> {
    named(call, kind, &(kind.id)(kind, call))
}

/// The resource of this name, or AWS's refusal.
pub(super) fn named(call: &Call<'_>, kind: &Kind, name: &str) -> Result<Record, Fault> {
    let found = living(call, kind, &Shelf::of(call, kind), name)?;
    found.ok_or_else(|| (kind.missing)(&Absent { operation: call.operation.name, name, arn: &kind.arn(call, name) }))
}

/// Every resource of a kind in the account and region of a call, in the order of their names.
pub(super) fn all(call: &Call<'_>, kind: &Kind) -> Result<Vec<Record>, Fault> {
    let prefix = Shelf::of(call, kind).record_prefix();
    let mut found = Vec::new();
    for entry in call.state.store().scan(&prefix, Start::End, Direction::Forward) {
        let (_, bytes) = entry.map_err(records::internal)?;
        let record = records::read(&bytes)?;
        if (kind.timeline)(&record).at(call.now()).is_some() {
            found.push(record);
        }
    }
    Ok(found)
}

/// The record of a name, unless its life is over.
pub(super) fn living(call: &Call<'_>, kind: &Kind, shelf: &Shelf, name: &str) -> Result<Option<Record>, Fault> {
    let record = shelf.find(call.state.store(), name)?;
    Ok(record.filter(|record| (kind.timeline)(record).at(call.now()).is_some()))
}

fn new_record(call: &Call<'_>, kind: &Kind, name: String, arn: String, mut members: Members) -> Record {
    let tags = tag::from_list(members.remove("Tags").as_ref());
    members.remove(kind.name_member);
    (kind.defaults)(&mut members);
    Record {
        name,
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
