//! What a tuning job launches: whose turn it is, with which values, and what becomes of it.

use jiff::{SignedDuration, Timestamp};

use super::super::child;
use super::super::definition::{CONFIG, Definition, Objective};
use super::super::objective;
use super::super::progress::{Progress, Trial};
use super::super::space::{Space, Values};
use super::super::strategy::{Draw, stops_early};
use super::Run;
use crate::document::Document;
use crate::fault::Fault;
use crate::services::sagemaker::kinds::training_job;
use crate::services::sagemaker::outcome::Outcome;
use crate::services::sagemaker::record::Settling;
use crate::services::sagemaker::unfolding::{Launch, Unfolding};

/// When a training job that is stopped early is stopped: after half of its training.
const EARLY: SignedDuration = SignedDuration::from_secs(240);

impl<'a> Run<'a> {
    /// Launches training jobs as far as the limits allow.
    pub(super) fn launch(
        &mut self,
        unfolding: &mut Unfolding<'_>,
        progress: &mut Progress,
        at: Timestamp,
    ) -> Result<(), Fault> {
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

    /// Remembers values that were tried.
    pub(super) fn note(&mut self, definition: usize, values: &Values) {
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
}
