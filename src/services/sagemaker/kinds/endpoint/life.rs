//! The life of an endpoint: created, updated any number of times, failed or deleted. Facts: F.1 and F.4.

use jiff::Timestamp;

use crate::access::Stage;
use crate::document::Members;
use crate::fault::Fault;
use crate::services::sagemaker::course::{after, lasting, phase};
use crate::services::sagemaker::outcome;
use crate::services::sagemaker::record::{Happening, Record};
use crate::timeline::Timeline;

const LAUNCHING_SECONDS: i64 = 60;
const CREATING_SECONDS: i64 = 240;
const UPDATING_SECONDS: i64 = 180;
const DELETING_SECONDS: i64 = 30;

/// The phases of an endpoint.
pub(super) fn timeline(record: &Record) -> Timeline {
    let mut timeline = Timeline::starting(phase(record.created_at, "Creating", false));
    timeline.then(phase(after(record.created_at, lasting(record, CREATING_SECONDS)), "InService", true));
    let mut timeline = outcome::shape(record, timeline);
    for event in &record.events {
        match &event.what {
            Happening::Updated => {
                timeline.cut_after(event.at);
                timeline.then(phase(event.at, "Updating", false));
                timeline.then(phase(after(event.at, lasting(record, UPDATING_SECONDS)), "InService", true));
            }
            Happening::Failed { .. } => {
                timeline.cut_after(event.at);
                timeline.then(phase(event.at, "Failed", true));
            }
            Happening::DeleteAsked => {
                timeline.cut_after(event.at);
                timeline.then(phase(event.at, "Deleting", false));
                timeline.gone(after(event.at, lasting(record, DELETING_SECONDS)));
            }
            Happening::StopAsked | Happening::StartAsked => {}
        }
    }
    timeline
}

/// Everything that a deployment needs is found out about as its instances start.
pub(super) fn reaches(record: &Record, _stage: Stage) -> Option<Timestamp> {
    let failed = record.failure().is_some() || record.delete_asked().is_some();
    (!failed).then(|| after(record.created_at, lasting(record, LAUNCHING_SECONDS)))
}

/// When the deployment began that is running or was the last to run.
pub(super) fn deployed_since(record: &Record) -> Timestamp {
    let updates = record.events.iter().filter(|event| event.what == Happening::Updated);
    updates.map(|event| event.at).last().unwrap_or(record.created_at)
}

/// What is deployed, without what was deployed before it; or AWS's refusal while something is on its way.
pub(super) fn idle(record: &Record, now: Timestamp) -> Result<Members, Fault> {
    match timeline(record).at(now) {
        Some(phase) if !phase.settled => {
            Err(Fault::validation(format!("Cannot update in-progress endpoint \"{}\".", record.arn)))
        }
        _ => Ok(record.members.iter().filter(|(member, _)| *member != "previous").map(own).collect()),
    }
}

fn own((member, value): (&String, &crate::document::Document)) -> (String, crate::document::Document) {
    (member.clone(), value.clone())
}

/// A failed endpoint can only be deleted. Fact F.4.
pub(super) fn in_service(record: &Record, now: Timestamp) -> Result<Members, Fault> {
    let deployed = idle(record, now)?;
    match timeline(record).at(now) {
        Some(phase) if phase.status == "Failed" => {
            Err(Fault::validation(format!("Cannot update endpoint \"{}\" in status Failed.", record.arn)))
        }
        _ => Ok(deployed),
    }
}
