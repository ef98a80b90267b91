//! What a tester has laid down to become of resources: outcomes by kind and name, and errors by operation.
//!
//! Rules are kept in the store and gone with a reset. The rule that fits a new resource is written into its record, so
//! that its life still follows from its record alone. Knows no kind by name.

mod rule;
mod rules;

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

pub use rules::{Rules, throttle};

use super::record::{Record, Settling};
use crate::access::Stage;
use crate::document::Members;
use crate::timeline::{Phase, Timeline};

/// How a resource's life goes, where it goes otherwise than it would by itself.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Outcome {
    /// The status in which it ends; one that is not final, such as `InProgress`, is never left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// AWS's `FailureReason`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure_reason: Option<String>,
    /// What the container says at its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exit_message: Option<String>,
    /// The time from its creation to its end, whatever the pace.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration: Option<SignedDuration>,
    /// The last value of each metric that a training job emits.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub metrics: BTreeMap<String, f64>,
}

/// Statuses that a resource keeps unless something is asked of it.
const FINAL: [&str; 12] = [
    "Completed",
    "Failed",
    "Stopped",
    "InService",
    "Created",
    "CreateFailed",
    "Scheduled",
    "COMPLETED",
    "FAILED",
    "STOPPED",
    "CREATED",
    "CREATE_FAILED",
];

/// The most characters of a `FailureReason`.
const LONGEST_REASON: usize = 1024;

impl Outcome {
    /// The final status; `None` where nothing is laid down about it or the resource never ends.
    pub fn final_status(&self) -> Option<&'static str> {
        let status = self.status.as_deref()?;
        FINAL.iter().copied().find(|known| *known == status)
    }

    /// Whether the resource never ends by itself.
    pub fn never_ends(&self) -> bool {
        self.status.is_some() && self.final_status().is_none()
    }

    /// Whether the resource ends in failure.
    pub fn fails(&self) -> bool {
        self.final_status().is_some_and(|status| status.to_ascii_uppercase().ends_with("FAILED"))
    }

    /// The stage in which the resource ends, where it is not the last: where a job fails, its reason tells.
    fn ends_in(&self, record: &Record) -> Option<Stage> {
        if self.never_ends() || self.final_status().is_some_and(|status| status.eq_ignore_ascii_case("Stopped")) {
            return Some(Stage::Run);
        }
        match self.reason(record)? {
            reason if reason.starts_with("CapacityError") => Some(Stage::Start),
            reason if reason.contains("Data download failed") => Some(Stage::Download),
            reason if reason.contains("upload failed") => None,
            _ => Some(Stage::Run),
        }
    }

    /// AWS's `FailureReason` of a resource that ends in failure: facts C.3 where none is laid down.
    pub fn reason(&self, record: &Record) -> Option<String> {
        if !self.fails() {
            return None;
        }
        if let Some(reason) = &self.failure_reason {
            return Some(reason.clone());
        }
        let is_container = [":training-job/", ":processing-job/"].iter().any(|part| record.arn.contains(part));
        let reason = if is_container {
            format!("AlgorithmError: {}, exit code: 1", self.exit_message.as_deref().unwrap_or_default())
        } else {
            "InternalServerError: We encountered an internal error.  Please try again.".to_owned()
        };
        Some(reason.chars().take(LONGEST_REASON).collect())
    }
}

/// A record's undisturbed course with what is laid down for it: for kinds without finer rules of their own. What was
/// asked of the resource since is laid upon the answer.
pub fn shape(record: &Record, course: Timeline) -> Timeline {
    let Some(outcome) = &record.outcome else { return course };
    let Some((end, begun)) =
        course.phases().iter().find(|phase| phase.settled).zip(course.phases().first().map(|phase| phase.since))
    else {
        return course;
    };
    let before: Vec<&Phase> = course.phases().iter().take_while(|phase| !phase.settled).collect();
    let natural = end.since.duration_since(begun);
    let at = |since: Timestamp| match outcome.duration {
        Some(duration) => after(begun, scaled(since.duration_since(begun), natural, duration)),
        None => since,
    };
    let mut shaped = Timeline::default();
    for phase in &before {
        shaped.then(Phase { since: at(phase.since), ..(*phase).clone() });
    }
    if !outcome.never_ends() || before.is_empty() {
        let since = outcome.duration.map_or(end.since, |duration| after(begun, duration));
        let since = if before.is_empty() { end.since } else { since };
        shaped.then(Phase { since, status: outcome.final_status().unwrap_or(end.status), ..end.clone() });
    }
    shaped
}

/// How long each stage of a course lasts that a record runs through, up to the one in which it ends: of the stages in
/// order with their natural lengths. A stage that is never left lasts for ever.
pub fn lengths(record: &Record, stages: &[(Stage, SignedDuration)]) -> Vec<SignedDuration> {
    let paced = |length: SignedDuration| match record.pace {
        Settling::Instantly => SignedDuration::ZERO,
        Settling::Gradually => length,
    };
    let Some(outcome) = &record.outcome else { return stages.iter().map(|(_, length)| paced(*length)).collect() };
    let last = outcome.ends_in(record).and_then(|stage| stages.iter().position(|(own, _)| *own == stage));
    let last = last.unwrap_or(stages.len().saturating_sub(1));
    let through = || stages.iter().take(last + 1).map(|(_, length)| *length);
    let natural = through().fold(SignedDuration::ZERO, SignedDuration::saturating_add);
    let mut lengths: Vec<SignedDuration> = through()
        .map(|length| outcome.duration.map_or_else(|| paced(length), |duration| scaled(length, natural, duration)))
        .collect();
    if let Some(endless) = lengths.last_mut().filter(|_| outcome.never_ends()) {
        *endless = SignedDuration::MAX;
    }
    lengths
}

/// The members of a description that follow from what is laid down.
pub(super) fn describe(record: &Record, life: &Timeline, now: Timestamp, members: &mut Members) {
    let Some(outcome) = &record.outcome else { return };
    let Some(ended) = life.at(now).filter(|phase| phase.settled) else { return };
    if outcome.final_status().is_some_and(|status| status != ended.status) {
        return;
    }
    if let Some(reason) = outcome.reason(record) {
        members.entry("FailureReason").or_insert(reason.into());
    }
    if let Some(message) = &outcome.exit_message {
        members.entry("ExitMessage").or_insert(message.as_str().into());
    }
}

/// A stretch of a course of this natural length, once the course takes this long.
fn scaled(stretch: SignedDuration, natural: SignedDuration, length: SignedDuration) -> SignedDuration {
    if natural.is_zero() {
        return SignedDuration::ZERO;
    }
    let millis = stretch.as_millis().saturating_mul(length.as_millis()) / natural.as_millis().max(1);
    SignedDuration::from_millis(i64::try_from(millis).unwrap_or(i64::MAX))
}

fn after(instant: Timestamp, duration: SignedDuration) -> Timestamp {
    instant.saturating_add(duration).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests;
