//! Writing down what has come due.
//!
//! With `--preflight aws` a job's role is checked when the job reaches the stage that needs it. Nothing runs in the
//! background: whoever asks next finds the stages that lie in the past, and they are judged then, each at its own time.

use super::PRINCIPAL;
use super::kind::Kind;
use super::kinds;
use super::questions::role_uses;
use super::record::{Event, Happening, Record as Stored};
use super::records::{self, Shelf};
use super::unfolding::Unfolding;
use crate::access::{Environment, Handover, Judge, Record, Stage, preflight};
use crate::arn::Arn;
use crate::document::Document;
use crate::fault::Fault;
use crate::services::Settled;
use crate::state::State;

/// Everything that has come due by now, as one change.
pub(super) fn settle(state: &State, environment: &Environment) -> Result<Settled, Fault> {
    let mut settled = Settled::default();
    for (plan, record_key) in records::due(state.store(), environment.now)? {
        settled.batch.delete(plan);
        if let Some(bytes) = state.store().get(&record_key)? {
            settle_one(state, environment, records::read(&bytes)?, &mut settled)?;
        }
    }
    Ok(settled)
}

fn settle_one(
    state: &State,
    environment: &Environment,
    mut record: Stored,
    settled: &mut Settled,
) -> Result<(), Fault> {
    let text = record.arn.clone();
    let Some(arn) = Arn::parse(&text) else { return Ok(()) };
    let (Some(kind), Some(shelf)) = (kinds::of_resource_type(arn.resource_type()), Shelf::of_arn(&arn)) else {
        return Ok(());
    };
    while let Some(stage) = record.unchecked.first().copied() {
        match (kind.reaches)(&record, stage) {
            Some(reached) if reached > environment.now => {
                shelf.plan(&mut settled.batch, reached, &record.name);
                break;
            }
            Some(reached) => {
                let at = Environment::new(reached, shelf.region.as_str());
                settled.records.push(check(state, &at, kind, stage, &mut record));
            }
            None => record.unchecked.clear(),
        }
        if !record.unchecked.is_empty() {
            record.unchecked.remove(0);
        }
    }
    let mut unfolding = Unfolding::new(state, shelf.account, &shelf.region, environment.now, &mut settled.batch);
    if let Some(due) = (kind.unfold)(&mut unfolding, &mut record)? {
        shelf.plan(&mut settled.batch, due, &record.name);
    }
    if (kind.timeline)(&record).ends().is_some_and(|end| end <= environment.now) {
        shelf.remove(&mut settled.batch, &record);
        return Ok(());
    }
    shelf.write(&mut settled.batch, &record)
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
