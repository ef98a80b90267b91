//! The course of a job: the stages that it runs through, and what stopping or failing makes of it.
//!
//! Training jobs tell more about themselves and have a course of their own; every other kind of job has this one.

use jiff::{SignedDuration, Timestamp};

use super::outcome::{Outcome, lengths};
use super::record::{Record, Settling};
use crate::access::Stage;
use crate::document::Document;
use crate::timeline::{Phase, Timeline};

/// How the jobs of a kind run.
pub struct Course {
    /// The stages of a job that nothing disturbs, in order.
    pub legs: &'static [Leg],
    /// The status of a job that has come to its end, is being stopped, was stopped, has failed.
    pub completed: &'static str,
    /// While it is being stopped.
    pub stopping: &'static str,
    /// After it was stopped.
    pub stopped: &'static str,
    /// After it has failed.
    pub failed: &'static str,
    /// The member that limits how many seconds its container may run.
    pub limit: &'static str,
}

/// One stage of a job.
pub struct Leg {
    /// The status that it shows.
    pub status: &'static str,
    /// What it does.
    pub stage: Stage,
    /// How long it lasts.
    pub seconds: i64,
}

/// The course of most jobs.
pub const JOB: Course = Course {
    legs: &[
        Leg { status: "InProgress", stage: Stage::Start, seconds: 60 },
        Leg { status: "InProgress", stage: Stage::Download, seconds: 30 },
        Leg { status: "InProgress", stage: Stage::Run, seconds: 300 },
        Leg { status: "InProgress", stage: Stage::Upload, seconds: 30 },
    ],
    completed: "Completed",
    stopping: "Stopping",
    stopped: "Stopped",
    failed: "Failed",
    limit: "StoppingCondition.MaxRuntimeInSeconds",
};

/// How long a job takes to stop.
const STOPPING_SECONDS: i64 = 30;

impl Course {
    /// The phases of a job.
    pub fn timeline(&self, record: &Record) -> Timeline {
        let mut timeline = Timeline::default();
        let mut begins = record.created_at;
        let stages: Vec<_> = self.legs.iter().map(|leg| (leg.stage, SignedDuration::from_secs(leg.seconds))).collect();
        for (leg, length) in self.legs.iter().zip(lengths(record, &stages)) {
            timeline.then(phase(begins, leg.status, false));
            let ends = after(begins, length);
            if let Some(failure) = record.failure().filter(|failure| failure.during == leg.stage) {
                timeline.then(phase(failure.at, self.failed, true));
                return timeline;
            }
            let limit = self.limit(record, leg, length).map_or(ends, |limit| after(begins, limit));
            let asked = record.stop_asked().filter(|asked| *asked < ends);
            if let Some(stops) = asked.into_iter().chain((limit < ends).then_some(limit)).min() {
                timeline.then(phase(stops, self.stopping, false));
                timeline.then(phase(after(stops, lasting(record, STOPPING_SECONDS)), self.stopped, true));
                return timeline;
            }
            begins = ends;
        }
        let told = record.outcome.as_ref().and_then(Outcome::final_status);
        timeline.then(phase(begins, told.unwrap_or(self.completed), true));
        timeline
    }

    /// When a job reaches the stage at which AWS finds out about a need; `None` if it ends before.
    ///
    /// Instances are launched by the end of their leg; everything else is found out at the beginning of its own.
    pub fn reaches(&self, record: &Record, stage: Stage) -> Option<Timestamp> {
        let timeline = self.timeline(record);
        let stage = if stage == Stage::Start { Stage::Download } else { stage };
        let index = self.legs.iter().position(|leg| leg.stage >= stage)?;
        let running = timeline.phases().get(index)?;
        let leg = self.legs.get(index)?;
        (running.status == leg.status).then_some(running.since)
    }

    /// When the job began to use its instances, once it has.
    pub fn started_at(&self, record: &Record, now: Timestamp) -> Option<Timestamp> {
        self.reaches(record, Stage::Download).filter(|started| *started <= now)
    }

    /// When the job came to its end, once it has.
    pub fn ended_at(&self, record: &Record, now: Timestamp) -> Option<Timestamp> {
        self.timeline(record).at(now).filter(|phase| phase.settled).map(|phase| phase.since)
    }

    fn limit(&self, record: &Record, leg: &Leg, length: SignedDuration) -> Option<SignedDuration> {
        let takes_time = leg.stage == Stage::Run && !length.is_zero();
        let seconds = record.get(self.limit).and_then(Document::as_i64).filter(|_| takes_time)?;
        Some(SignedDuration::from_secs(seconds))
    }
}

/// A phase without a finer status.
pub fn phase(since: Timestamp, status: &'static str, settled: bool) -> Phase {
    Phase { since, status, secondary: None, settled }
}

/// How long something lasts that commonly lasts so many seconds.
pub fn lasting(record: &Record, seconds: i64) -> SignedDuration {
    match record.pace {
        Settling::Instantly => SignedDuration::ZERO,
        Settling::Gradually => SignedDuration::from_secs(seconds),
    }
}

/// An instant and a while.
pub fn after(instant: Timestamp, duration: SignedDuration) -> Timestamp {
    instant.saturating_add(duration).unwrap_or(Timestamp::MAX)
}
