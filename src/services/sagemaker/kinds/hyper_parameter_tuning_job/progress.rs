//! What a tuning job has brought about so far: the training jobs that it launched, and what became of each.
//!
//! Written into the record by `unfold`; everything that Describe and the lists show is read from here.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::definition::Objective;
use super::space::Values;
use crate::document::Document;
use crate::services::sagemaker::record::Record;

/// Everything so far.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Progress {
    /// The training jobs in the order of their launch.
    #[serde(default)]
    pub(super) trials: Vec<Trial>,
    /// Since when the job launches no more and waits for what runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) closing: Option<Closing>,
    /// When it was found that the metric improves no more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) converged_at: Option<Timestamp>,
    /// How the job ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) ended: Option<Ended>,
}

/// One launched training job.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Trial {
    /// Its name.
    pub(super) name: String,
    /// The place of its definition.
    pub(super) definition: usize,
    /// The values of its tuned hyperparameters.
    pub(super) values: Values,
    /// When it was launched.
    pub(super) launched_at: Timestamp,
    /// When it begins, or began, to use its instances.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) starts_at: Option<Timestamp>,
    /// Since when it is being stopped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) stopping_since: Option<Timestamp>,
    /// How it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) end: Option<End>,
}

/// How a training job ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct End {
    pub(super) at: Timestamp,
    /// `Completed`, `Failed` or `Stopped`.
    pub(super) status: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) reason: Option<String>,
    /// What its objective metric came to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) value: Option<f64>,
}

/// That and why a job launches no more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Closing {
    /// The status in which it ends.
    pub(super) status: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) reason: Option<String>,
}

/// How a tuning job ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Ended {
    pub(super) at: Timestamp,
    pub(super) status: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) reason: Option<String>,
}

impl Progress {
    /// What a record says of it.
    pub(super) fn of(record: &Record) -> Progress {
        Progress::deserialize(&record.progress).unwrap_or_default()
    }

    /// How the tuning job of a record ended, without reading the rest.
    pub(super) fn ended(record: &Record) -> Option<Ended> {
        Ended::deserialize(record.progress.get("ended")?).ok()
    }

    /// As a record keeps it.
    pub(super) fn document(&self) -> Document {
        serde_json::to_value(self).unwrap_or_default()
    }

    /// The training jobs that have ended, in the order of their ends.
    pub(super) fn by_end(&self) -> Vec<(&Trial, &End)> {
        let mut ended: Vec<_> = self.trials.iter().filter_map(|trial| Some((trial, trial.end.as_ref()?))).collect();
        ended.sort_by_key(|(_, end)| end.at);
        ended
    }

    /// The values of the objective metric so far, in the order of the ends.
    pub(super) fn values(&self) -> Vec<f64> {
        self.by_end().into_iter().filter_map(|(_, end)| end.value).collect()
    }

    /// The training job whose metric is the best, and its value; the earlier of equals.
    pub(super) fn best(&self, objective: Objective<'_>) -> Option<(&Trial, f64)> {
        let mut best: Option<(&Trial, f64)> = None;
        for (trial, end) in self.by_end() {
            let Some(value) = end.value else { continue };
            if best.is_none_or(|(_, than)| objective.better(value, than)) {
                best = Some((trial, value));
            }
        }
        best
    }

    /// How many training jobs in a row, to the latest, have not improved on the best before by more than 1 %.
    pub(super) fn not_improving(&self, objective: Objective<'_>) -> usize {
        let mut best: Option<f64> = None;
        let mut since = 0;
        for value in self.values() {
            let improves =
                best.is_none_or(|best| objective.better(value, best) && (value - best).abs() > 0.01 * best.abs());
            since = if improves { 0 } else { since + 1 };
            if best.is_none_or(|best| objective.better(value, best)) {
                best = Some(value);
            }
        }
        since
    }

    /// How many training jobs still run.
    pub(super) fn running(&self) -> usize {
        self.trials.iter().filter(|trial| trial.end.is_none()).count()
    }

    /// How many have ended in this status.
    pub(super) fn ended_as(&self, status: &str) -> usize {
        self.trials.iter().filter(|trial| trial.end.as_ref().is_some_and(|end| end.status == status)).count()
    }
}
