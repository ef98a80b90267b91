//! Writing down what has come due.
//!
//! With `--preflight aws` a job's role is checked when the job reaches the stage that needs it. Nothing runs in the
//! background: whoever asks next finds the stages that lie in the past, and they are judged then, each at its own time.

use super::kind::Kind;
use super::kinds;
use super::questions::role_uses;
use super::record::{Event, Happening, Record};
use super::records::{self, Shelf};
use crate::access::{Environment, Judge, Stage, preflight};
use crate::arn::Arn;
use crate::document::Document;
use crate::fault::Fault;
use crate::state::State;
use crate::state::store::Batch;

/// Everything that has come due by now, as one change.
pub fn settle(state: &State, environment: &Environment) -> Result<Batch, Fault> {
    let mut batch = Batch::default();
    for (plan, record_key) in records::due(&state.store, environment.now)? {
        batch.delete(plan);
        if let Some(bytes) = state.store.get(&record_key).map_err(records::internal)? {
            settle_one(state, environment, records::read(&bytes)?, &mut batch)?;
        }
    }
    Ok(batch)
}

fn settle_one(state: &State, environment: &Environment, mut record: Record, batch: &mut Batch) -> Result<(), Fault> {
    let text = record.arn.clone();
    let Some(arn) = Arn::parse(&text) else { return Ok(()) };
    let (Some(kind), Some(shelf)) = (kinds::of_resource_type(arn.resource_type()), Shelf::of_arn(&arn)) else {
        return Ok(());
    };
    while let Some(stage) = record.unchecked.first().copied() {
        match (kind.reaches)(&record, stage) {
            Some(reached) if reached > environment.now => {
                shelf.plan(batch, reached, &record.name);
                break;
            }
            Some(reached) => {
                let at = Environment { now: reached, region: shelf.region.clone(), ..environment.by_service() };
                check(state, &at, kind, stage, &mut record);
            }
            None => record.unchecked.clear(),
        }
        if !record.unchecked.is_empty() {
            record.unchecked.remove(0);
        }
    }
    shelf.write(batch, &record)
}

/// Judges the needs of one stage; a refusal ends the resource.
fn check(state: &State, environment: &Environment, kind: &Kind, stage: Stage, record: &mut Record) {
    let world = state.worlds.current();
    let mut judge = Judge::new(&world, &state.settings, environment);
    let members = Document::Object(record.members.clone());
    for role in role_uses(kind, &record.name, &record.arn, &members) {
        if let Err(refusal) = preflight(&mut judge, &role, None, &[stage]) {
            let what = Happening::Failed { during: stage, reason: refusal.failure_reason };
            record.events.push(Event { at: environment.now, what });
            record.unchecked.clear();
            return;
        }
    }
}
