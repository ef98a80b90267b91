//! Which hyperparameters the next training job gets, and which training jobs are stopped early.
//!
//! <https://docs.aws.amazon.com/sagemaker/latest/dg/automatic-model-tuning-how-it-works.html>. AWS tells what its
//! strategies do, not how; these do the same with means of their own, and always the same for the same seed.

use std::collections::HashSet;

use super::definition::Objective;
use super::progress::Progress;
use super::random::{Random, hash};
use super::space::{Space, Values};
use super::warm_start::Parent;

/// What the next values are drawn from.
pub(super) struct Draw<'a> {
    /// `Bayesian`, `Random`, `Hyperband` or `Grid`.
    pub(super) strategy: &'a str,
    /// `RandomSeed`, or what stands for the job.
    pub(super) seed: &'a str,
    /// The ranges.
    pub(super) space: &'a Space,
    /// The place of the definition.
    pub(super) definition: usize,
    /// What of the definition was tried before.
    pub(super) tried: &'a HashSet<Values>,
    /// What is tuned for.
    pub(super) objective: Option<Objective<'a>>,
    /// What came out so far.
    pub(super) progress: &'a Progress,
    /// What came out of the parents of a warm start.
    pub(super) parents: &'a [Parent],
    /// How many training jobs the definition has had.
    pub(super) number: u64,
}

/// How many of the first points are random before the search narrows.
const RANDOM_FIRST: usize = 3;
/// How often a point that was tried before is drawn anew.
const ATTEMPTS: u64 = 32;
/// Among how many points an untried one is looked for when drawing does not find it.
const MOST_POINTS: u64 = 10_000;
/// How many training jobs must have ended before one is stopped early.
const ENOUGH_TO_COMPARE: usize = 4;

impl Draw<'_> {
    /// The next values; `None` once a grid is exhausted.
    pub(super) fn next(&self) -> Option<Values> {
        if self.strategy == "Grid" {
            return self.space.nth(self.number);
        }
        let best = self.best();
        for attempt in 0..ATTEMPTS {
            let values = self.space.at(&self.point(best.as_ref(), attempt));
            if !self.tried.contains(&values) {
                return Some(values);
            }
        }
        let count = self.space.combinations().unwrap_or(1).min(MOST_POINTS);
        let untried =
            (0..count).filter_map(|number| self.space.nth(number)).find(|values| !self.tried.contains(values));
        Some(untried.unwrap_or_else(|| self.space.at(&self.point(best.as_ref(), 0))))
    }

    /// The best point so far and how many are known, once the search narrows.
    fn best(&self) -> Option<(Vec<f64>, usize)> {
        let objective = self.objective.filter(|_| self.strategy == "Bayesian")?;
        let known = self.known();
        if known.len() < RANDOM_FIRST {
            return None;
        }
        let best =
            known.iter().copied().reduce(|best, other| if objective.better(other.1, best.1) { other } else { best });
        Some((self.space.point(best?.0)?, known.len()))
    }

    fn point(&self, best: Option<&(Vec<f64>, usize)>, attempt: u64) -> Vec<f64> {
        let place = format!("{}/{}/{attempt}", self.definition, self.number);
        let mut random = Random::new(hash(&[self.seed, "point", &place]));
        let Some((best, known)) = best else { return (0..self.space.len()).map(|_| random.unit()).collect() };
        // The better the ground is known, the closer to the best point the search stays, but it never stands still.
        #[expect(clippy::cast_precision_loss, reason = "a count of training jobs")]
        let width = (1.0 / (1.0 + *known as f64 / 6.0)).max(0.1) + attempt as f64 / ATTEMPTS as f64;
        let near = |best: &f64| (best + width * (random.unit() + random.unit() - 1.0) / 2.0).clamp(0.0, 1.0);
        best.iter().map(near).collect()
    }

    /// Values that were tried, here or by a parent of a warm start, with what they came to.
    fn known(&self) -> Vec<(&Values, f64)> {
        let parents = self.parents.iter().map(|parent| (&parent.values, parent.value));
        let own = self.progress.trials.iter().filter(|trial| trial.definition == self.definition);
        let own = own.filter_map(|trial| Some((&trial.values, trial.end.as_ref()?.value?)));
        parents.chain(own).collect()
    }
}

/// Whether a training job with this metric would be stopped before its end: with `Auto` early stopping one that is worse
/// than the median of those that have ended, with `Hyperband` one that is not among the best third.
///
/// <https://docs.aws.amazon.com/sagemaker/latest/dg/automatic-model-tuning-early-stopping.html>
///
/// `others` are the metrics of those that have ended, the smallest first.
pub(super) fn stops_early(strategy: &str, auto: bool, objective: Objective<'_>, value: f64, others: &[f64]) -> bool {
    if others.len() < ENOUGH_TO_COMPARE {
        return false;
    }
    let rank = match strategy {
        "Hyperband" => others.len() / 3,
        _ if auto => others.len() / 2,
        _ => return false,
    };
    let place = if objective.maximize { others.len().checked_sub(rank + 1) } else { Some(rank) };
    place.and_then(|place| others.get(place)).is_some_and(|bar| objective.better(*bar, value))
}
