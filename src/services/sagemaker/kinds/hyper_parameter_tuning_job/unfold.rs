//! How a tuning job goes on: training jobs are launched as others end, until there is nothing more to launch.
//!
//! Facts: F.3. A step happens whenever a training job ends, the job is asked to stop, or its time is up; each is
//! taken at its own time. INVARIANT: what a step does follows from the record and the training jobs alone.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::{SignedDuration, Timestamp};

use super::child;
use super::definition::{CONFIG, Definition, Objective, definitions};
use super::limits::Limits;
use super::objective;
use super::progress::{Closing, End, Ended, Progress, Trial};
use super::space::{Space, Values};
use super::strategy::{Draw, stops_early};
use super::warm_start::Lineage;
use crate::document::Document;
use crate::fault::Fault;
use crate::services::sagemaker::kinds::training_job;
use crate::services::sagemaker::outcome::Outcome;
use crate::services::sagemaker::record::{Event, Happening, Record, Settling};
use crate::services::sagemaker::unfolding::{Launch, Unfolding};

/// Facts C.3: so many failures without a success end the tuning job.
const MOST_FAILURES: usize = 5;

/// When a training job that is stopped early is stopped: after half of its training.
const EARLY: SignedDuration = SignedDuration::from_secs(240);

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

    fn launch(&mut self, unfolding: &mut Unfolding<'_>, progress: &mut Progress, at: Timestamp) -> Result<(), Fault> {
        while self.children.len() < self.limits.parallel && progress.trials.len() < self.limits.total {
            let Some((place, definition)) = self.turn(progress) else { break };
            let Some(values) = self.draw(progress, place, definition.objective) else { break };
            self.note(place, &values);
            let name = self.free_name(unfolding, progress.trials.len() + 1)?;
            let members = child::members(&self.record.arn, &definition, &values);
            let tags = self.record.tags.clone();
            let launch = Launch { name: &name, members, tags, at, by: self.record };
            let mut job = unfolding.launch(&training_job::KIND, launch)?;
            job.outcome = self.outcome(place, &definition, &values, job.outcome.take());
            self.waits |= !job.unchecked.is_empty();
            let starts_at = training_job::starts_at(&job);
            unfolding.insert(&training_job::KIND, job.clone())?;
            self.children.insert(progress.trials.len(), job);
            progress.trials.push(Trial {
                name,
                definition: place,
                values,
                launched_at: at,
                starts_at,
                stopping_since: None,
                end: None,
            });
        }
        Ok(())
    }

    fn draw(&mut self, progress: &Progress, place: usize, objective: Option<Objective<'_>>) -> Option<Values> {
        let given = self.record.get(&format!("{CONFIG}.RandomSeed")).and_then(Document::as_u64);
        let seed = given.map_or_else(|| self.record.name.clone(), |seed| seed.to_string());
        let (tried, number) = self.tried.entry(place).or_default();
        let draw = Draw {
            strategy: self.record.text(&format!("{CONFIG}.Strategy")).unwrap_or_default(),
            seed: &seed,
            space: self.spaces.get(place)?,
            definition: place,
            tried,
            objective,
            progress,
            parents: &self.lineage.parents,
            number: *number,
        };
        draw.next()
    }

    /// The name of the training job of this number that no other has.
    fn free_name(&self, unfolding: &Unfolding<'_>, number: usize) -> Result<String, Fault> {
        let mut name = child::name(self.record, number, 0);
        for attempt in 1..16 {
            if unfolding.find(&training_job::KIND, &name)?.is_none() {
                break;
            }
            name = child::name(self.record, number, attempt);
        }
        Ok(name)
    }

    fn note(&mut self, definition: usize, values: &Values) {
        let (tried, number) = self.tried.entry(definition).or_default();
        tried.insert(values.clone());
        *number += 1;
    }

    /// Whose turn it is: of several definitions each in its turn, of grids one after the other.
    fn turn(&self, progress: &Progress) -> Option<(usize, Definition<'a>)> {
        let count = self.definitions.len();
        let grid = self.limits.is_grid;
        let place = if grid {
            let left = |place: &usize| {
                let points = self.spaces.get(*place).and_then(Space::combinations).unwrap_or(0);
                self.tried.get(place).map_or(0, |(_, number)| *number) < points
            };
            (0..count).find(left)?
        } else {
            progress.trials.len().checked_rem(count)?
        };
        Some((place, self.definitions.get(place)?.clone()))
    }

    /// What becomes of a training job: what is scripted for it, its metric, and whether it is stopped early.
    fn outcome(
        &self,
        place: usize,
        definition: &Definition<'_>,
        values: &Values,
        scripted: Option<Outcome>,
    ) -> Option<Outcome> {
        let (Some(objective), Some(space)) = (definition.objective, self.spaces.get(place)) else { return scripted };
        let ends_as_told = scripted.as_ref().is_some_and(|outcome| outcome.status.is_some());
        let mut outcome = scripted.unwrap_or_default();
        let seed = [self.lineage.seed.as_str(), definition.name.unwrap_or_default()].concat();
        let computed = || objective::metric(&seed, objective, space, values);
        let value = *outcome.metrics.entry(objective.metric.to_owned()).or_insert_with(computed);
        let config = |member: &str| self.record.text(&format!("{CONFIG}.{member}"));
        let auto = config("TrainingJobEarlyStoppingType") == Some("Auto");
        let strategy = config("Strategy").unwrap_or_default();
        if !ends_as_told && stops_early(strategy, auto, objective, value, &self.values) {
            outcome.status = Some("Stopped".to_owned());
            if outcome.duration.is_none() && self.record.pace == Settling::Gradually {
                outcome.duration = Some(EARLY);
            }
        }
        Some(outcome)
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
