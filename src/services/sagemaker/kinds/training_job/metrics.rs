//! The metrics of a training job: what its outcome says, once the job has run long enough to emit them.

use jiff::Timestamp;
use serde_json::json;

use super::life;
use crate::document::Document;
use crate::services::sagemaker::record::Record;
use crate::services::sagemaker::seconds;
use crate::timeline::{Phase, Timeline};

/// The last value that a job emitted of this metric; `None` for one that failed, that somebody stopped, or that is yet
/// to end.
pub(in crate::services::sagemaker::kinds) fn emitted(record: &Record, metric: &str, now: Timestamp) -> Option<f64> {
    ended(&life::timeline(record), record, now)?;
    record.outcome.as_ref()?.metrics.get(metric).copied()
}

/// The `FinalMetricDataList`.
pub(super) fn describe(record: &Record, life: &Timeline, now: Timestamp) -> Option<Document> {
    let at = seconds(ended(life, record, now)?);
    let metrics = &record.outcome.as_ref()?.metrics;
    let list = metrics.iter().map(|(name, value)| json!({ "MetricName": name, "Value": value, "Timestamp": at }));
    (!metrics.is_empty()).then(|| list.collect())
}

/// When a job ended that has emitted its metrics.
fn ended(life: &Timeline, record: &Record, now: Timestamp) -> Option<Timestamp> {
    let phase: &Phase = life.at(now).filter(|phase| phase.settled)?;
    let out_of_time = phase.secondary.as_ref().is_some_and(|secondary| secondary.status == "MaxRuntimeExceeded");
    let by_itself = phase.status == "Stopped" && (out_of_time || record.stop_asked().is_none());
    (phase.status == "Completed" || by_itself).then_some(phase.since)
}
