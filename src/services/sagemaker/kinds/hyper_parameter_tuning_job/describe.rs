//! What Describe and the lists show of a tuning job and of the training jobs that it launched. Facts: F.3.

use jiff::Timestamp;
use serde_json::json;

use super::definition::{CONFIG, Definition, Objective, definitions};
use super::progress::{End, Progress, Trial};
use super::warm_start::{Lineage, shows_overall_best};
use crate::document::{Document, Members};
use crate::services::sagemaker::kind;
use crate::services::sagemaker::record::Record;
use crate::services::sagemaker::seconds;

/// The members that Describe computes.
pub(super) fn describe(record: &Record, now: Timestamp) -> Members {
    let progress = Progress::of(record);
    let definitions = definitions(&record.members);
    let mut members = standing(record, &progress);
    if let Some(objective) = definitions.first().and_then(|definition| definition.objective) {
        let best = progress.best(objective);
        let own = best.map(|(trial, _)| trial_summary(record, &definitions, trial, now));
        if shows_overall_best(record) {
            let lineage = Lineage::of(record);
            let older = lineage.best(best.map(|(_, value)| value), objective);
            let overall = older.map(|parent| parent.summary.clone()).or_else(|| {
                let mut summary = own.clone()?;
                summary.insert("TuningJobName".to_owned(), record.name.as_str().into());
                Some(summary.into())
            });
            members.insert("OverallBestTrainingJob".to_owned(), overall.unwrap_or_default());
        }
        members.insert("BestTrainingJob".to_owned(), own.map_or(Document::Null, Document::Object));
        let details = json!({
            "NumberOfTrainingJobsObjectiveNotImproving": progress.not_improving(objective),
            "ConvergenceDetectedTime": progress.converged_at.map(seconds),
        });
        members.insert("TuningJobCompletionDetails".to_owned(), details);
    }
    let until = progress.ended.as_ref().map_or(now, |ended| ended.at);
    let runtime = until.duration_since(record.created_at).as_secs().max(0);
    members.insert("ConsumedResources".to_owned(), json!({ "RuntimeInSeconds": runtime }));
    if let Some(reason) = progress.ended.and_then(|ended| ended.reason) {
        members.insert("FailureReason".to_owned(), reason.into());
    }
    members
}

/// The members that a list computes.
pub(super) fn summary(record: &Record, _now: Timestamp) -> Members {
    let mut members = standing(record, &Progress::of(record));
    for member in ["Strategy", "ResourceLimits"] {
        if let Some(value) = record.get(&format!("{CONFIG}.{member}")) {
            members.insert(member.to_owned(), value.clone());
        }
    }
    members
}

fn standing(record: &Record, progress: &Progress) -> Members {
    let mut members = Members::new();
    members.insert("TrainingJobStatusCounters".to_owned(), status_counters(progress));
    members.insert("ObjectiveStatusCounters".to_owned(), objective_counters(progress));
    if let Some(ended) = &progress.ended {
        members.insert("HyperParameterTuningEndTime".to_owned(), seconds(ended.at));
    }
    let launches = progress.trials.iter().map(|trial| trial.launched_at);
    let ends = progress.trials.iter().filter_map(|trial| trial.end.as_ref()).map(|end| end.at);
    let ended = progress.ended.iter().map(|ended| ended.at);
    let modified = launches.chain(ends).chain(ended).chain([record.changed_at()]).max();
    members.insert("LastModifiedTime".to_owned(), modified.map_or(Document::Null, seconds));
    members
}

/// Only an internal error of the service is retryable.
fn status_counters(progress: &Progress) -> Document {
    let (mut retryable, mut failed) = (0, 0);
    for end in progress.trials.iter().filter_map(|trial| trial.end.as_ref()).filter(|end| end.status == "Failed") {
        let internal = end.reason.as_deref().is_some_and(|reason| reason.starts_with("InternalServerError"));
        *(if internal { &mut retryable } else { &mut failed }) += 1;
    }
    json!({
        "Completed": progress.ended_as("Completed"),
        "InProgress": progress.running(),
        "RetryableError": retryable,
        "NonRetryableError": failed,
        "Stopped": progress.ended_as("Stopped"),
    })
}

fn objective_counters(progress: &Progress) -> Document {
    let count = |status: &str| progress.trials.iter().filter(|trial| objective_status(trial) == status).count();
    json!({ "Succeeded": count("Succeeded"), "Pending": count("Pending"), "Failed": count("Failed") })
}

fn objective_status(trial: &Trial) -> &'static str {
    match &trial.end {
        None => "Pending",
        Some(End { value: Some(_), .. }) => "Succeeded",
        Some(_) => "Failed",
    }
}

/// The status of a launched training job.
pub(super) fn trial_status(trial: &Trial) -> &str {
    match (&trial.end, trial.stopping_since) {
        (Some(end), _) => &end.status,
        (None, Some(_)) => "Stopping",
        (None, None) => "InProgress",
    }
}

/// A launched training job as `HyperParameterTrainingJobSummary`.
pub(super) fn trial_summary(record: &Record, definitions: &[Definition<'_>], trial: &Trial, now: Timestamp) -> Members {
    let definition = definitions.get(trial.definition);
    let mut members = Members::new();
    let mut put = |member: &str, value: Document| {
        members.insert(member.to_owned(), value);
    };
    if let Some(name) = definition.and_then(|definition| definition.name) {
        put("TrainingJobDefinitionName", name.into());
    }
    put("TrainingJobName", trial.name.as_str().into());
    put("TrainingJobArn", child_arn(record, &trial.name).into());
    put("CreationTime", seconds(trial.launched_at));
    if let Some(started) = trial.starts_at.filter(|started| *started <= now) {
        put("TrainingStartTime", seconds(started));
    }
    put("TrainingJobStatus", trial_status(trial).into());
    put("TunedHyperParameters", json!(trial.values));
    put("ObjectiveStatus", objective_status(trial).into());
    if let Some(end) = &trial.end {
        put("TrainingEndTime", seconds(end.at));
        put("FailureReason", json!(end.reason));
        if let Some((value, definition)) = end.value.zip(definition)
            && let Some(objective) = definition.objective
        {
            put("FinalHyperParameterTuningJobObjectiveMetric", metric(objective, value, definition.alone));
        }
    }
    members
}

/// One definition's metric goes one way for all; each of several says its own.
fn metric(objective: Objective<'_>, value: f64, alone: bool) -> Document {
    let direction = (!alone).then(|| objective.direction());
    json!({ "Type": direction, "MetricName": objective.metric, "Value": value })
}

fn child_arn(record: &Record, name: &str) -> String {
    let place = crate::arn::Arn::parse(&record.arn);
    let account = place.and_then(|arn| arn.account.parse().ok());
    match (place, account) {
        (Some(arn), Some(account)) => kind::arn_of(account, arn.region, "training-job", name),
        _ => String::new(),
    }
}
