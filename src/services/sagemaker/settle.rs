//! Writing down what has come due.
//!
//! With `--preflight aws` a job's role is checked when the job reaches the stage that needs it; a tuning job launches
//! training jobs as others end. Nothing runs in the background: whoever asks next finds what lies in the past, and it
//! happens then, each thing at its own time and in the order of these times.

use jiff::Timestamp;

use super::PRINCIPAL;
use super::changes::Changes;
use super::kind::Kind;
use super::kinds;
use super::questions::role_uses;
use super::record::{Event, Happening, Record as Stored};
use super::records::Shelf;
use super::unfolding::Unfolding;
use crate::access::{Environment, Handover, Judge, Record, Stage, preflight};
use crate::arn::Arn;
use crate::document::Document;
use crate::fault::Fault;
use crate::services::Settled;
use crate::state::State;

/// The most looks that one request takes; what is left over is found by the next.
const MOST_LOOKS: usize = 50_000;

/// A resource launches another which launches a third; nothing goes deeper.
const DEEPEST: usize = 4;

/// Everything that has come due by now, as one change.
pub(super) fn settle(state: &State, environment: &Environment) -> Result<Settled, Fault> {
    let mut changes = Changes::default();
    let mut decided = Vec::new();
    changes.take_up(state.store(), environment.now)?;
    for _ in 0..MOST_LOOKS {
        let Some((due, keys)) = changes.next(environment.now) else { break };
        let records = launched_first(state, &mut changes, due, keys)?;
        // What nothing else can interfere with may run ahead to the present.
        let alone = records.len() == 1 && changes.is_quiet(environment.now);
        let at = Environment::new(if alone { environment.now } else { due }, environment.region.as_str());
        for record in records {
            look(state, &at, record, &mut changes, &mut decided)?;
            decided.append(&mut changes.decided);
        }
    }
    Ok(Settled { batch: changes.into_batch()?, records: decided })
}

/// The records to be looked at first of those that are due at one time: what happens to a resource comes before what
/// its owner makes of it. The others are put off, to the same time.
fn launched_first(
    state: &State,
    changes: &mut Changes,
    due: Timestamp,
    keys: Vec<Vec<u8>>,
) -> Result<Vec<Stored>, Fault> {
    let mut found = Vec::new();
    for key in keys {
        if let Some(record) = changes.read(state.store(), &key)? {
            found.push((depth(state, changes, &record)?, key, record));
        }
    }
    let deepest = found.iter().map(|(depth, _, _)| *depth).max().unwrap_or_default();
    let mut first = Vec::new();
    for (depth, key, record) in found {
        if depth == deepest {
            first.push(record);
        } else {
            changes.put_off(due, key);
        }
    }
    Ok(first)
}

/// How many resources stand above a record: the one that launched it, the one that launched that, and so on.
fn depth(state: &State, changes: &Changes, record: &Stored) -> Result<usize, Fault> {
    let mut owner = record.launched_by.clone();
    for depth in 0..DEEPEST {
        let Some(text) = owner else { return Ok(depth) };
        let Some(arn) = Arn::parse(&text) else { return Ok(depth) };
        let Some(shelf) = Shelf::of_arn(&arn) else { return Ok(depth) };
        owner = changes.find(state.store(), &shelf, arn.resource_id())?.and_then(|owner| owner.launched_by);
    }
    Ok(DEEPEST)
}

/// Looks at one record: checks the stages that it has reached, then lets it bring about what it does by itself.
fn look(
    state: &State,
    environment: &Environment,
    mut record: Stored,
    changes: &mut Changes,
    decided: &mut Vec<Record>,
) -> Result<(), Fault> {
    let text = record.arn.clone();
    let Some(arn) = Arn::parse(&text) else { return Ok(()) };
    let Some(shelf) = Shelf::of_arn(&arn) else { return Ok(()) };
    let Some(kind) = kinds::of_resource_type(&shelf.resource_type) else { return Ok(()) };
    let environment = Environment::new(environment.now, shelf.region.as_str());
    while let Some(stage) = record.unchecked.first().copied() {
        match (kind.reaches)(&record, stage) {
            Some(reached) if reached > environment.now => {
                changes.plan(reached, &shelf, &record.name);
                break;
            }
            Some(reached) => {
                let at = Environment::new(reached, shelf.region.as_str());
                let check = check(state, &at, kind, stage, &mut record);
                if check.fault.is_some() {
                    changes.wake_owner(&record, reached);
                }
                decided.push(check);
            }
            None => record.unchecked.clear(),
        }
        if !record.unchecked.is_empty() {
            record.unchecked.remove(0);
        }
    }
    let settled_at = |record: &Stored| {
        let life = (kind.timeline)(record);
        life.at(environment.now).filter(|phase| phase.settled).map(|phase| phase.since)
    };
    let before = settled_at(&record);
    let mut unfolding = Unfolding {
        state,
        account: shelf.account,
        region: &shelf.region,
        now: environment.now,
        environment: &environment,
        changes,
    };
    if let Some(due) = (kind.unfold)(&mut unfolding, &mut record)? {
        changes.plan(due, &shelf, &record.name);
    }
    if before.is_none()
        && let Some(ended) = settled_at(&record)
    {
        changes.wake_owner(&record, ended);
    }
    if (kind.timeline)(&record).ends().is_some_and(|end| end <= environment.now) {
        changes.remove(shelf, record);
    } else {
        changes.write(shelf, record);
    }
    Ok(())
}

/// Judges the needs of one stage; a refusal ends the resource.
fn check(state: &State, environment: &Environment, kind: &Kind, stage: Stage, resource: &mut Stored) -> Record {
    let world = state.world();
    let mut judge = Judge::new(&world, state.settings(), environment);
    let members = Document::Object(resource.members.clone());
    let mut fault = None;
    if let Some(account) = Arn::parse(&resource.arn).and_then(|arn| arn.account.parse().ok()) {
        let handover = Handover { account, service: PRINCIPAL, caller: None };
        for role in role_uses(kind, &resource.name, &resource.arn, &members) {
            if let Err(refusal) = preflight(&mut judge, handover, &role, &[stage]) {
                let what = Happening::Failed { during: stage, reason: refusal.failure_reason };
                resource.events.push(Event { at: environment.now, what });
                resource.unchecked.clear();
                fault = Some(refusal.fault);
                break;
            }
        }
    }
    Record {
        time: environment.now,
        principal: PRINCIPAL.to_owned(),
        service: "sagemaker",
        operation: kind.noun,
        enforcement: state.settings().enforcement,
        answers: judge.answers,
        notes: judge.notes,
        fault,
    }
}
