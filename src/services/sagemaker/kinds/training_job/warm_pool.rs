//! The warm pool of a training job: instances that are kept for `KeepAlivePeriodInSeconds` after it has completed.
//!
//! <https://docs.aws.amazon.com/sagemaker/latest/dg/train-warm-pools.html>. A later job never takes them over here, so
//! no pool is ever `Reused`.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::life;
use crate::document::Document;
use crate::services::sagemaker::record::Record;
use crate::timeline::Timeline;

/// `InUse`, `Available` or `Terminated`; `None` for a job that keeps no pool.
pub(super) fn status(record: &Record, life: &Timeline, now: Timestamp) -> Option<&'static str> {
    let period = keep_alive(record)?;
    match (life.at(now)?, life::ended_at(life, now)) {
        (phase, Some(ended)) if phase.status == "Completed" => {
            Some(if now < ended.saturating_add(period).unwrap_or(Timestamp::MAX) { "Available" } else { "Terminated" })
        }
        (_, Some(_)) => Some("Terminated"),
        (_, None) => Some("InUse"),
    }
}

/// The `WarmPoolStatus` structure.
pub(super) fn describe(record: &Record, life: &Timeline, now: Timestamp) -> Option<Document> {
    let status = status(record, life, now)?;
    let ended = life::ended_at(life, now).filter(|_| life.at(now).is_some_and(|phase| phase.status == "Completed"));
    Some(match ended {
        Some(ended) => {
            let kept = keep_alive(record)?.min(now.duration_since(ended));
            json!({ "Status": status, "ResourceRetainedBillableTimeInSeconds": kept.as_secs() })
        }
        None => json!({ "Status": status }),
    })
}

fn keep_alive(record: &Record) -> Option<SignedDuration> {
    let seconds = record.get("ResourceConfig.KeepAlivePeriodInSeconds")?.as_i64()?;
    (seconds > 0).then(|| SignedDuration::from_secs(seconds))
}
