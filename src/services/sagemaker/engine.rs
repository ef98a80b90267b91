//! The verbs, for any kind: create, describe, update, stop, delete.
//!
//! Knows no kind by name; what differs between kinds stands in their declarations.

use serde_json::json;

use super::kind::Kind;
use super::record::{Event, Happening, Record, Settling};
use super::records::Shelf;
use super::seconds;
use super::unfolding::Unfolding;
use crate::access::Stage;
use crate::document::{self, Document, Members};
use crate::fault::Fault;
use crate::services::{Call, Reply};
use crate::settings::{Enforcement, Preflight};
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
    let mut record = new_record(call, kind, name, arn);
    let mut batch = Batch::default();
    plan(call, kind, &shelf, &mut record, &mut batch);
    let mut unfolding = Unfolding::new(call.state, call.account, call.region(), call.now(), &mut batch);
    if let Some(due) = (kind.unfold)(&mut unfolding, &mut record)? {
        shelf.plan(&mut batch, due, &record.name);
    }
    shelf.insert(&mut batch, &record)?;
    Ok(Reply::written(json!({ kind.arn_member: record.arn }), batch))
}

/// Shows a resource: what the create call said, and what follows from it by now.
pub(super) fn describe(call: &Call<'_>, kind: &'static Kind) -> Result<Reply, Fault> {
    let record = existing(call, kind)?;
    let mut members = (kind.describe)(&record, call.now());
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
    record.events.push(Event { at: call.now(), what: Happening::Updated });
    let mut batch = Batch::default();
    Shelf::of(call, kind).write(&mut batch, &record)?;
    Ok(Reply::written(json!({ kind.arn_member: record.arn }), batch))
}

/// Asks a resource to stop.
pub(super) fn stop(call: &Call<'_>, kind: &'static Kind) -> Result<Reply, Fault> {
    let mut record = existing(call, kind)?;
    let mut batch = Batch::default();
    if (kind.stop)(&record, call.now())? {
        record.events.push(Event { at: call.now(), what: Happening::StopAsked });
        Shelf::of(call, kind).write(&mut batch, &record)?;
    }
    Ok(Reply::written(Document::Null, batch))
}

/// Removes a resource; its name is free again.
pub(super) fn delete(call: &Call<'_>, kind: &'static Kind) -> Result<Reply, Fault> {
    let record = existing(call, kind)?;
    (kind.delete)(&record, call.now())?;
    let mut batch = Batch::default();
    Shelf::of(call, kind).remove(&mut batch, &record);
    Ok(Reply::written(Document::Null, batch))
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
        pace: Settling::from(call.state.settings().pace),
        members,
        tags,
        events: Vec::new(),
        unchecked: Vec::new(),
    }
}

/// Where AWS checks some of the role's needs only when the job reaches them, so do we.
fn plan(call: &Call<'_>, kind: &Kind, shelf: &Shelf, record: &mut Record, batch: &mut Batch) {
    let settings = call.state.settings();
    if kind.roles.is_empty() || settings.preflight == Preflight::Strict || settings.enforcement != Enforcement::Enforce
    {
        return;
    }
    record.unchecked = vec![Stage::Start, Stage::Download, Stage::Upload];
    if let Some(due) = (kind.reaches)(record, Stage::Start) {
        shelf.plan(batch, due, &record.name);
    }
}
