//! The life of an endpoint: created, updated any number of times, failed or deleted. Facts: F.1 and F.4.

use jiff::Timestamp;

use crate::access::Stage;
use crate::document::{Document, Members};
use crate::fault::Fault;
use crate::services::sagemaker::course::{after, lasting};
use crate::services::sagemaker::record::{Happening, Record};
use crate::services::sagemaker::residence::Residence;

/// The statuses of endpoints.
pub(super) static LIFE: Residence = Residence {
    making: ("Creating", 240),
    there: "InService",
    updating: Some(("Updating", 180)),
    deleting: ("Deleting", 30),
    failed: "Failed",
};

const LAUNCHING_SECONDS: i64 = 60;

/// Everything that a deployment needs is found out about as its instances start.
pub(super) fn reaches(record: &Record, _stage: Stage) -> Option<Timestamp> {
    let over = record.failure().is_some() || record.delete_asked().is_some();
    (!over).then(|| after(record.created_at, lasting(record, LAUNCHING_SECONDS)))
}

/// When the deployment began that is running or was the last to run.
pub(super) fn deployed_since(record: &Record) -> Timestamp {
    let last = record.events.iter().rev().find(|event| event.what == Happening::Updated);
    last.map_or(record.created_at, |event| event.at)
}

/// What is deployed, without what was deployed before it; or AWS's refusal while something is on its way.
pub(super) fn idle(record: &Record, now: Timestamp) -> Result<Members, Fault> {
    match LIFE.timeline(record).at(now) {
        Some(phase) if !phase.settled => {
            Err(Fault::validation(format!("Cannot update in-progress endpoint \"{}\".", record.arn)))
        }
        _ => Ok(record.members.iter().filter(|(member, _)| *member != "previous").map(own).collect()),
    }
}

fn own((member, value): (&String, &Document)) -> (String, Document) {
    (member.clone(), value.clone())
}

/// A failed endpoint can only be deleted. Fact F.4.
pub(super) fn in_service(record: &Record, now: Timestamp) -> Result<Members, Fault> {
    let deployed = idle(record, now)?;
    if LIFE.status(record, now) == "Failed" {
        return Err(Fault::validation(format!("Cannot update endpoint \"{}\" in status Failed.", record.arn)));
    }
    Ok(deployed)
}
