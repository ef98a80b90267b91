//! The life of a notebook instance: started, stopped, updated any number of times. Facts: E.3, F.1 and F.4.

use jiff::Timestamp;

use crate::fault::Fault;
use crate::services::sagemaker::course::{after, lasting, phase};
use crate::services::sagemaker::outcome;
use crate::services::sagemaker::record::{Happening, Record};
use crate::timeline::Timeline;

const PENDING_SECONDS: i64 = 120;
const STOPPING_SECONDS: i64 = 60;
const UPDATING_SECONDS: i64 = 30;
const DELETING_SECONDS: i64 = 30;

/// The phases of a notebook instance.
pub(super) fn timeline(record: &Record) -> Timeline {
    let mut timeline = Timeline::starting(phase(record.created_at, "Pending", false));
    timeline.then(phase(after(record.created_at, lasting(record, PENDING_SECONDS)), "InService", true));
    timeline = outcome::shape(record, timeline);
    let mut then = |at: Timestamp, passing: &'static str, seconds: i64, settled: Option<&'static str>| {
        timeline.cut_after(at);
        timeline.then(phase(at, passing, false));
        let end = after(at, lasting(record, seconds));
        match settled {
            Some(settled) => timeline.then(phase(end, settled, true)),
            None => timeline.gone(end),
        }
    };
    for event in &record.events {
        match &event.what {
            Happening::StartAsked => then(event.at, "Pending", PENDING_SECONDS, Some("InService")),
            Happening::StopAsked => then(event.at, "Stopping", STOPPING_SECONDS, Some("Stopped")),
            Happening::Updated => then(event.at, "Updating", UPDATING_SECONDS, Some("Stopped")),
            Happening::DeleteAsked => then(event.at, "Deleting", DELETING_SECONDS, None),
            Happening::Failed { .. } => then(event.at, "Failed", 0, Some("Failed")),
        }
    }
    timeline
}

/// A change of status: from which statuses, to which, and how AWS's refusal ends.
pub(super) struct Transition {
    from: &'static [&'static str],
    to: &'static str,
    end: &'static str,
}

pub(super) const TO_PENDING: Transition = Transition { from: &["Stopped", "Failed"], to: "Pending", end: "." };
pub(super) const TO_STOPPING: Transition = Transition { from: &["InService"], to: "Stopping", end: "." };
pub(super) const TO_UPDATING: Transition = Transition { from: &["Stopped", "Failed"], to: "Updating", end: "." };
pub(super) const TO_DELETING: Transition = Transition { from: &["Stopped", "Failed"], to: "Deleting", end: "" };

/// Whether the instance is in a status from which it can change. Fact E.3.
pub(super) fn may(record: &Record, now: Timestamp, transition: &Transition) -> Result<(), Fault> {
    let status = timeline(record).at(now).map(|phase| phase.status).unwrap_or_default();
    if transition.from.contains(&status) {
        return Ok(());
    }
    Err(Fault::validation(format!(
        "Status ({status}) not in ([{}]). Unable to transition to ({}) for Notebook Instance ({}){}",
        transition.from.join(", "),
        transition.to,
        record.arn,
        transition.end
    )))
}
