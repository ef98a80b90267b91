//! The life of what stays until it is deleted: made, perhaps updated, deleted.
//!
//! Endpoints, feature groups and Studio's domains, user profiles, spaces and apps live so.

use jiff::Timestamp;

use super::course::{after, lasting, phase};
use super::outcome;
use super::record::{Happening, Record};
use crate::timeline::Timeline;

/// How the resources of a kind live.
pub struct Residence {
    /// While it is made, and for how many seconds.
    pub making: (&'static str, i64),
    /// Once it is there.
    pub there: &'static str,
    /// While it is updated, and for how many seconds; `None` where an update shows in no status.
    pub updating: Option<(&'static str, i64)>,
    /// While it is deleted, and for how many seconds.
    pub deleting: (&'static str, i64),
    /// Once it has failed.
    pub failed: &'static str,
}

impl Residence {
    /// The phases of a resource.
    pub fn timeline(&self, record: &Record) -> Timeline {
        let (making, seconds) = self.making;
        let mut course = Timeline::starting(phase(record.created_at, making, false));
        course.then(phase(after(record.created_at, lasting(record, seconds)), self.there, true));
        let mut timeline = outcome::shape(record, course);
        for event in &record.events {
            match &event.what {
                Happening::Updated => {
                    let Some((updating, seconds)) = self.updating else { continue };
                    timeline.cut_after(event.at);
                    timeline.then(phase(event.at, updating, false));
                    timeline.then(phase(after(event.at, lasting(record, seconds)), self.there, true));
                }
                Happening::Failed { .. } => {
                    timeline.cut_after(event.at);
                    timeline.then(phase(event.at, self.failed, true));
                }
                Happening::DeleteAsked => {
                    let (deleting, seconds) = self.deleting;
                    timeline.cut_after(event.at);
                    timeline.then(phase(event.at, deleting, false));
                    timeline.gone(after(event.at, lasting(record, seconds)));
                }
                Happening::StopAsked | Happening::StartAsked => {}
            }
        }
        timeline
    }

    /// The status at an instant; empty once the resource is gone.
    pub fn status(&self, record: &Record, now: Timestamp) -> &'static str {
        self.timeline(record).at(now).map(|phase| phase.status).unwrap_or_default()
    }
}
