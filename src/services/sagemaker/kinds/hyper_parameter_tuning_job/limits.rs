//! What bounds a tuning job: its limits and completion criteria.
//!
//! <https://docs.aws.amazon.com/sagemaker/latest/dg/automatic-model-tuning-progress.html>

use jiff::{SignedDuration, Timestamp};

use super::definition::{CONFIG, Objective};
use super::progress::Progress;
use super::space::Space;
use crate::document::Document;
use crate::services::sagemaker::record::{Record, Settling};

/// The most training jobs that a tuning job launches; for `Random` more. Facts: I.
pub(super) const MOST_JOBS: usize = 750;
/// The same for `Random`.
pub(super) const MOST_RANDOM_JOBS: usize = 10_000;
/// The most training jobs that run at a time. Facts: I.
pub(super) const MOST_PARALLEL: usize = 100;
/// How many training jobs in a row that improve nothing show that the metric has converged.
const CONVERGED_AFTER: usize = 10;
/// How long a training job commonly runs, where none takes any time.
const COMMON_SECONDS: usize = 420;

/// The bounds of one tuning job.
pub(super) struct Limits {
    /// How many training jobs may run at a time.
    pub(super) parallel: usize,
    /// How many are launched at most.
    pub(super) total: usize,
    /// Whether each combination of values is tried once.
    pub(super) is_grid: bool,
    run_time: Option<u64>,
    target: Option<f64>,
    not_improving: Option<u64>,
    completes_on_convergence: bool,
}

impl Limits {
    /// The bounds that a record sets.
    pub(super) fn of(record: &Record, spaces: &[Space]) -> Limits {
        let number = |member: &str| record.get(&format!("{CONFIG}.{member}")).and_then(Document::as_u64);
        let size = |member: &str| number(member).map(|number| usize::try_from(number).unwrap_or(usize::MAX));
        let strategy = record.text(&format!("{CONFIG}.Strategy"));
        let is_grid = strategy == Some("Grid");
        let most = if strategy == Some("Random") || is_grid { MOST_RANDOM_JOBS } else { MOST_JOBS };
        let total = if is_grid { grid_size(spaces) } else { size("ResourceLimits.MaxNumberOfTrainingJobs") };
        let criteria = format!("{CONFIG}.TuningJobCompletionCriteria");
        let convergence = record.text(&format!("{criteria}.ConvergenceDetected.CompleteOnConvergence"));
        let autotuned = record.text("Autotune.Mode") == Some("Enabled");
        Limits {
            parallel: size("ResourceLimits.MaxParallelTrainingJobs").unwrap_or(1).clamp(1, MOST_RANDOM_JOBS),
            total: total.unwrap_or(most).min(most),
            is_grid,
            run_time: number("ResourceLimits.MaxRuntimeInSeconds"),
            target: record.get(&format!("{criteria}.TargetObjectiveMetricValue")).and_then(Document::as_f64),
            not_improving: number(
                "TuningJobCompletionCriteria.BestObjectiveNotImproving.MaxNumberOfTrainingJobsNotImproving",
            ),
            completes_on_convergence: convergence.map_or(autotuned, |convergence| convergence == "Enabled"),
        }
    }

    /// When the job's time is up; where nothing takes any time, [`Limits::spent`] tells.
    pub(super) fn deadline(&self, record: &Record) -> Option<Timestamp> {
        let seconds = i64::try_from(self.run_time?).ok()?;
        let gradual = record.pace == Settling::Gradually;
        gradual.then(|| record.created_at.saturating_add(SignedDuration::from_secs(seconds)).unwrap_or(Timestamp::MAX))
    }

    /// Whether so many training jobs would have taken the job's time.
    pub(super) fn spent(&self, record: &Record, progress: &Progress) -> bool {
        let rounds = progress.trials.len().div_ceil(self.parallel);
        let seconds = rounds.saturating_mul(COMMON_SECONDS) as u64;
        record.pace == Settling::Instantly && self.run_time.is_some_and(|limit| seconds >= limit)
    }

    /// Whether a completion criterion is met.
    pub(super) fn met(&self, progress: &Progress, objective: Objective<'_>) -> bool {
        let reached = |target: f64| progress.best(objective).is_some_and(|(_, best)| !objective.better(target, best));
        let stale = |limit: u64| progress.not_improving(objective) as u64 >= limit;
        self.target.is_some_and(reached)
            || self.not_improving.is_some_and(stale)
            || (self.completes_on_convergence && progress.converged_at.is_some())
    }

    /// Whether the metric improves no more.
    pub(super) fn converged(&self, progress: &Progress, objective: Objective<'_>) -> bool {
        self.completes_on_convergence && progress.not_improving(objective) >= CONVERGED_AFTER
    }
}

/// How many combinations there are in all.
pub(super) fn grid_size(spaces: &[Space]) -> Option<usize> {
    let points = spaces.iter().try_fold(0_u64, |sum, space| sum.checked_add(space.combinations()?))?;
    usize::try_from(points).ok()
}
