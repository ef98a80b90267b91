//! How a tuning job goes on: training jobs are launched as others end, until there is nothing more to launch.
//!
//! Facts: F.3. A step happens whenever a training job ends, the job is asked to stop, or its time is up; each is
//! taken at its own time. What is launched stands in `launch`.
//! INVARIANT: what a step does follows from the record and the training jobs alone.

mod launch;

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::Timestamp;

use super::definition::{Definition, Objective, definitions};
use super::limits::Limits;
use super::progress::{Closing, End, Ended, Progress};
use super::space::{Space, Values};
use super::warm_start::Lineage;
use crate::fault::Fault;
use crate::services::sagemaker::kinds::training_job;
use crate::services::sagemaker::record::{Event, Happening, Record};
use crate::services::sagemaker::unfolding::Unfolding;

/// Facts C.3: so many failures without a success end the tuning job.
const MOST_FAILURES: usize = 5;

/// Writes down everything that has happened by now; answers when to look again.
pub(super) fn unfold(unfolding: &mut Unfolding<'_>, record: &mut Record) -> Result<Option<Timestamp>, Fault> {
    if Progress::ended(record).is_some() {
        return Ok(None);
    }
    let mut progress = Progress::of(record);
    let definitions = definitions(&record.members);
    let spaces: Vec<Space> = definitions.iter().map(|definition| Space::read(definition.ranges).0).collect();
    let mut run = Run {
        limits: Limits::of(record, &spaces),
        lineage: Lineage::of(record),
        record,
        definitions,
        spaces,
        children: BTreeMap::new(),
        tried: HashMap::new(),
        values: Vec::new(),
        waits: false,
    };
    let due = run.go_on(unfolding, &mut progress)?;
    record.progress = progress.document();
    Ok(due)
}

/// One look at a tuning job.
struct Run<'a> {
    record: &'a Record,
    definitions: Vec<Definition<'a>>,
    spaces: Vec<Space>,
    limits: Limits,
    lineage: Lineage,
    /// The training jobs that run, by their place among the trials.
    children: BTreeMap<usize, Record>,
    /// The values that were tried, by definition, and how many training jobs each definition has had.
    tried: HashMap<usize, (HashSet<Values>, u64)>,
    /// The metrics of the training jobs that have ended, the smallest first.
    values: Vec<f64>,
    /// Whether a launched training job's role is yet to be checked, before its life is certain.
    waits: bool,
}

impl<'a> Run<'a> {
    fn go_on(&mut self, unfolding: &mut Unfolding<'_>, progress: &mut Progress) -> Result<Option<Timestamp>, Fault> {
        for (place, trial) in progress.trials.iter_mut().enumerate() {
            self.note(trial.definition, &trial.values);
            if let Some(end) = &trial.end {
                insert_sorted(&mut self.values, end.value);
            } else if let Some(child) = unfolding.find(&training_job::KIND, &trial.name)? {
                self.children.insert(place, child);
            } else {
                // A training job that is gone has nothing more to wait for.
                trial.end = Some(End { at: unfolding.now, status: "Stopped".to_owned(), reason: None, value: None });
            }
        }
        self.note_stopping(progress, unfolding.now);
        loop {
            let Some(due) = self.next_step(progress) else { return Ok(None) };
            if due > unfolding.now || self.waits {
                return Ok(Some(due));
            }
            self.step(unfolding, progress, due)?;
            if progress.ended.is_some() {
                return Ok(None);
            }
        }
    }

    /// Writes down which training jobs somebody has asked to stop.
    fn note_stopping(&self, progress: &mut Progress, now: Timestamp) {
        for (place, child) in &self.children {
            if let Some(trial) = progress.trials.get_mut(*place) {
                trial.stopping_since = child.stop_asked().filter(|asked| *asked <= now);
            }
        }
    }

    /// When something happens next.
    fn next_step(&self, progress: &Progress) -> Option<Timestamp> {
        if progress.trials.is_empty() && progress.closing.is_none() {
            return Some(self.record.created_at);
        }
        let ends = self.children.values().filter_map(ends_at);
        let idle = self.children.is_empty().then(|| progress.by_end().last().map(|(_, end)| end.at)).flatten();
        let closes = self.closes_at().filter(|_| progress.closing.is_none());
        ends.chain(closes).chain(idle).min()
    }

    /// When the job is asked to stop or its time is up.
    fn closes_at(&self) -> Option<Timestamp> {
        self.record.stop_asked().into_iter().chain(self.limits.deadline(self.record)).min()
    }

    fn step(&mut self, unfolding: &mut Unfolding<'_>, progress: &mut Progress, at: Timestamp) -> Result<(), Fault> {
        self.observe(progress, at);
        if progress.closing.is_none()
            && let Some(closing) = self.closing(progress, at)
        {
            progress.closing = Some(closing);
            self.stop_all(unfolding, progress, at)?;
        }
        if progress.closing.is_none() {
            self.launch(unfolding, progress, at)?;
        }
        if self.children.is_empty() {
            progress.ended = Some(self.end(progress, at));
        }
        Ok(())
    }

    /// Writes down which training jobs have ended.
    fn observe(&mut self, progress: &mut Progress, at: Timestamp) {
        let definitions = &self.definitions;
        let values = &mut self.values;
        self.children.retain(|place, child| {
            let life = (training_job::KIND.timeline)(child);
            let ended = life.at(at).filter(|phase| phase.settled);
            let Some((phase, trial)) = ended.zip(progress.trials.get_mut(*place)) else { return true };
            let metric = definitions.get(trial.definition).and_then(|definition| definition.objective);
            let value = metric.and_then(|objective| training_job::emitted(child, objective.metric, at));
            insert_sorted(values, value);
            trial.starts_at = training_job::starts_at(child);
            let reason = training_job::failure_reason(child, at);
            trial.end = Some(End { at: phase.since, status: phase.status.to_owned(), reason, value });
            false
        });
        if progress.converged_at.is_none()
            && self.objective().is_some_and(|objective| self.limits.converged(progress, objective))
        {
            progress.converged_at = Some(at);
        }
    }

    /// Why the job launches no more although it could.
    fn closing(&self, progress: &Progress, at: Timestamp) -> Option<Closing> {
        let with = |status: &str, reason: Option<String>| Some(Closing { status: status.to_owned(), reason });
        if self.record.stop_asked().is_some_and(|asked| asked <= at) {
            return with("Stopped", None);
        }
        let failures = progress.ended_as("Failed");
        if failures >= MOST_FAILURES && self.values.is_empty() && progress.ended_as("Completed") == 0 {
            return with("Failed", Some(no_success(failures)));
        }
        let met = self.objective().is_some_and(|objective| self.limits.met(progress, objective));
        let late = self.limits.deadline(self.record).is_some_and(|deadline| deadline <= at);
        if met || late || self.limits.spent(self.record, progress) { with("Completed", None) } else { None }
    }

    fn objective(&self) -> Option<Objective<'_>> {
        self.definitions.first().and_then(|definition| definition.objective)
    }

    fn stop_all(&mut self, unfolding: &mut Unfolding<'_>, progress: &mut Progress, at: Timestamp) -> Result<(), Fault> {
        for (place, trial) in progress.trials.iter_mut().enumerate().filter(|(_, trial)| trial.end.is_none()) {
            let Some(child) = self.children.get_mut(&place) else { continue };
            if child.stop_asked().is_none() {
                child.events.push(Event { at, what: Happening::StopAsked });
                trial.stopping_since = Some(at);
                unfolding.write(&training_job::KIND, child.clone())?;
            }
        }
        // A stop takes no time where nothing does.
        self.observe(progress, at);
        Ok(())
    }

    /// How the job ends, now that nothing runs and nothing is launched.
    fn end(&self, progress: &Progress, at: Timestamp) -> Ended {
        if let Some(Closing { status, reason }) = progress.closing.clone() {
            return Ended { at, status, reason };
        }
        let failures = progress.ended_as("Failed");
        if failures > 0 && failures == progress.trials.len() {
            return Ended { at, status: "Failed".to_owned(), reason: Some(no_success(failures)) };
        }
        Ended { at, status: "Completed".to_owned(), reason: None }
    }
}

fn insert_sorted(values: &mut Vec<f64>, value: Option<f64>) {
    if let Some(value) = value {
        values.insert(values.partition_point(|other| *other < value), value);
    }
}

/// When a training job comes to its end; `None` for one that never does.
fn ends_at(child: &Record) -> Option<Timestamp> {
    let life = (training_job::KIND.timeline)(child);
    life.phases().iter().find(|phase| phase.settled).map(|phase| phase.since)
}

/// Facts: C.3. Training jobs that ran beside the last of those that count are not counted.
fn no_success(failures: usize) -> String {
    let attempts = failures.min(MOST_FAILURES);
    format!(
        "No training job succeeded after {attempts} attempts. Please take a look at the training job failures to get \
         more details."
    )
}
