//! How an execution goes on: steps are started as what they need has succeeded, one at a look, until none is left.
//!
//! A look starts one step and asks for another once that is written down, so that the next step finds what this one has
//! made.

use jiff::Timestamp;
use serde_json::Value;

use super::launch::{self, Made};
use super::progress::{Begun, Ended, Progress, Standing};
use super::scope::Execution;
use super::{KIND, began, stop_asked};
use crate::document::{Document, Members};
use crate::fault::Fault;
use crate::services::sagemaker::engine;
use crate::services::sagemaker::kinds;
use crate::services::sagemaker::kinds::pipeline::condition;
use crate::services::sagemaker::kinds::pipeline::definition::{self, Definition, Step};
use crate::services::sagemaker::kinds::pipeline::expression;
use crate::services::sagemaker::record::{Event, Happening, Record};
use crate::services::sagemaker::unfolding::Unfolding;

/// Writes down what has happened by now and starts what can be started; answers when to look again.
pub(super) fn unfold(unfolding: &mut Unfolding<'_>, record: &mut Record) -> Result<Option<Timestamp>, Fault> {
    let mut progress = Progress::of(record);
    if progress.ended.is_some() {
        return Ok(None);
    }
    let definition = definition::parse(record.text("definition").unwrap_or_default())?;
    let mut next = note_ends(unfolding, &mut progress)?;
    let stopping = stop_asked(record).filter(|asked| *asked <= unfolding.now);
    if let Some(asked) = stopping {
        stop_children(unfolding, &progress, asked)?;
        next = note_ends(unfolding, &mut progress)?;
    }
    let running = progress.any(Standing::Executing);
    let stands = stopping.is_some() || progress.any(Standing::Failed) || progress.any(Standing::Stopped);
    let ready = if stands { None } else { ready(&definition, record, &progress) };
    if let Some((step, at)) = ready {
        progress.steps.extend(begin(unfolding, record, &progress, step, at)?);
        let shelf = unfolding.shelf(&KIND);
        unfolding.changes.plan_later(unfolding.now, &shelf, &record.name);
    } else if !running {
        progress.ended = Some(end(record, &progress, stopping));
    }
    record.progress = progress.document();
    Ok(if progress.ended.is_some() { None } else { next })
}

/// Notes the steps that have ended by now; answers when the next of them will, as far as that is known.
fn note_ends(unfolding: &Unfolding<'_>, progress: &mut Progress) -> Result<Option<Timestamp>, Fault> {
    let mut next: Option<Timestamp> = None;
    for step in progress.steps.iter_mut().filter(|step| step.standing == Standing::Executing) {
        let Some((resource_type, name)) = &step.made else { continue };
        let Some(kind) = kinds::of_resource_type(resource_type) else { continue };
        let Some(child) = unfolding.find(kind, name)? else {
            step.standing = Standing::Failed;
            step.ended = Some(unfolding.now);
            step.reason = Some("ClientError: the resource of the step was deleted.".to_owned());
            continue;
        };
        let life = (kind.timeline)(&child);
        match life.at(unfolding.now) {
            Some(phase) if phase.settled => {
                let (status, since) = (phase.status, phase.since);
                step.ended = Some(since.max(step.began));
                step.standing = match status {
                    "Failed" => Standing::Failed,
                    "Stopped" => Standing::Stopped,
                    _ => Standing::Succeeded,
                };
                let description = engine::description(kind, child, unfolding.now);
                step.reason = description.get("FailureReason").and_then(Value::as_str).map(str::to_owned);
            }
            _ => {
                let ends = life.phases().iter().map(|phase| phase.since).find(|since| *since > unfolding.now);
                next = next.into_iter().chain(ends).min();
            }
        }
    }
    Ok(next)
}

/// Asks what runs to stop, at the time at which the execution was asked to.
fn stop_children(unfolding: &mut Unfolding<'_>, progress: &Progress, asked: Timestamp) -> Result<(), Fault> {
    for step in progress.steps.iter().filter(|step| step.standing == Standing::Executing) {
        let Some((resource_type, name)) = &step.made else { continue };
        let Some(kind) = kinds::of_resource_type(resource_type) else { continue };
        let Some(mut child) = unfolding.find(kind, name)?.filter(|child| child.stop_asked().is_none()) else {
            continue;
        };
        child.events.push(Event { at: asked, what: Happening::StopAsked });
        let shelf = unfolding.shelf(kind);
        // What the child has launched is stopped when the child is looked at.
        unfolding.changes.plan(asked, &shelf, &child.name);
        unfolding.write(kind, child)?;
    }
    Ok(())
}

/// The first step that can be started, and since when.
fn ready<'a>(definition: &'a Definition, record: &Record, progress: &Progress) -> Option<(&'a Step, Timestamp)> {
    let running = progress.steps.iter().filter(|step| step.standing == Standing::Executing).count();
    let most = record.get("ParallelismConfiguration.MaxParallelExecutionSteps").and_then(Document::as_u64);
    if most.is_some_and(|most| usize::try_from(most).is_ok_and(|most| running >= most)) {
        return None;
    }
    definition.steps.iter().filter(|step| progress.step(&step.name).is_none()).find_map(|step| {
        let chosen = step.branch.as_ref().is_none_or(|(condition, outcome)| {
            progress.step(condition).and_then(|condition| condition.outcome) == Some(*outcome)
        });
        let ends: Option<Vec<Timestamp>> = step.needs.iter().map(|need| progress.step(need)?.ended).collect();
        let limited = most.and_then(|_| progress.last_end());
        let since = ends.filter(|_| chosen)?.into_iter().chain(limited).max();
        Some((step, since.unwrap_or_else(|| began(record)).max(began(record))))
    })
}

/// Starts a step; `None` where something had to be made first, and the step is started at the next look.
fn begin(
    unfolding: &mut Unfolding<'_>,
    record: &Record,
    progress: &Progress,
    step: &Step,
    at: Timestamp,
) -> Result<Option<Begun>, Fault> {
    let attempts = record.events.iter().filter(|event| event.what == Happening::StartAsked).count();
    let mut begun = Begun {
        name: step.name.clone(),
        step_type: step.step_type.clone(),
        began: at,
        ended: None,
        standing: Standing::Executing,
        reason: None,
        made: None,
        arn: None,
        outcome: None,
        attempts: u32::try_from(attempts).unwrap_or(u32::MAX).saturating_add(1),
    };
    let scope = Execution { record, progress, unfolding };
    let done = match step.step_type.as_str() {
        "Condition" => {
            let conditions = step.source.pointer("/Arguments/Conditions").and_then(Value::as_array);
            condition::all_hold(conditions.map(Vec::as_slice).unwrap_or_default(), &scope)
                .map(|outcome| begun.outcome = Some(outcome))
        }
        "Fail" => {
            let message = step.source.pointer("/Arguments/ErrorMessage").unwrap_or(&Value::Null);
            let message = expression::resolve(message, &scope);
            message.and_then(|message| Err(message.as_str().map_or_else(|| message.to_string(), str::to_owned)))
        }
        other if launch::operation_of(other).is_none() => Err(format!("passrole does not run steps of type `{other}`")),
        _ => {
            let arguments = step.source.get("Arguments").unwrap_or(&Value::Null);
            match expression::resolve(arguments, &scope) {
                Ok(arguments) => {
                    let arguments = arguments.as_object().cloned().unwrap_or_default();
                    match run(unfolding, record, &mut begun, arguments, at)? {
                        Some(done) => done,
                        None => return Ok(None),
                    }
                }
                Err(reason) => Err(format!("ClientError: Failed to resolve the arguments of the step: {reason}")),
            }
        }
    };
    match done {
        Ok(()) if begun.made.is_some() => {}
        Ok(()) => (begun.standing, begun.ended) = (Standing::Succeeded, Some(at)),
        Err(reason) => {
            (begun.standing, begun.ended) = (Standing::Failed, Some(at));
            begun.reason = Some(reason);
        }
    }
    Ok(Some(begun))
}

/// Makes the resource of a step, or first the group that it belongs to; what is refused fails the step.
fn run(
    unfolding: &mut Unfolding<'_>,
    record: &Record,
    begun: &mut Begun,
    arguments: Members,
    at: Timestamp,
) -> Result<Option<Result<(), String>>, Fault> {
    let named = (begun.name.as_str(), begun.step_type.as_str());
    let told = |fault: Fault| launch::failure_reason(record, named, &fault);
    if named.1 == "RegisterModel" {
        match launch::ensure_group(unfolding, record, &arguments, named.0, at) {
            Ok(true) => return Ok(None),
            Ok(false) => {}
            Err(fault) => return Ok(Some(Err(told(fault)))),
        }
    }
    match launch::launch(unfolding, record, (named.0, named.1, begun.attempts), arguments, at) {
        Ok(Made { kind, name, arn }) => {
            begun.made = Some((kind.resource_type.to_owned(), name));
            begun.arn = Some(arn);
            Ok(Some(Ok(())))
        }
        Err(fault) if fault.code == "InternalFailure" => Err(fault),
        Err(fault) => Ok(Some(Err(told(fault)))),
    }
}

fn end(record: &Record, progress: &Progress, stopping: Option<Timestamp>) -> Ended {
    let at = progress.last_end().into_iter().chain(stopping).max().unwrap_or_else(|| began(record));
    if stopping.is_some() {
        return Ended { at, standing: Standing::Stopped, reason: None };
    }
    if progress.any(Standing::Failed) || progress.any(Standing::Stopped) {
        let reason = Some("Step failure: One or multiple steps failed.".to_owned());
        return Ended { at, standing: Standing::Failed, reason };
    }
    Ended { at, standing: Standing::Succeeded, reason: None }
}
