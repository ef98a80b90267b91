//! The life of a training job. Facts: F.2.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::access::Stage;
use crate::document::Document;
use crate::services::sagemaker::outcome::{Outcome, lengths};
use crate::services::sagemaker::record::{Record, Settling};
use crate::services::sagemaker::seconds;
use crate::timeline::{Phase, Secondary, Timeline};

/// `StoppingCondition.MaxRuntimeInSeconds` where the request leaves it out: a day.
pub(super) const DEFAULT_MAX_RUNTIME: i64 = 86_400;

/// The phases of a job that nothing disturbs, with how many seconds each lasts.
const COURSE: [(Stage, &str, &str, i64); 4] = [
    (Stage::Start, "Starting", "Preparing the instances for training", 60),
    (Stage::Download, "Downloading", "Downloading input data", 30),
    (Stage::Run, "Training", "Training image download completed. Training in progress.", 300),
    (Stage::Upload, "Uploading", "Uploading generated training model", 30),
];

/// How long a job takes to stop: the container has 120 seconds after `SIGTERM` at most.
const STOPPING_SECONDS: i64 = 30;

/// The phases of a job.
pub(super) fn timeline(record: &Record) -> Timeline {
    let mut timeline = course(record);
    if let Some(asked) = record.stop_asked().filter(|asked| runs_at(&timeline, *asked)) {
        timeline.cut_after(asked);
        timeline.then(phase(asked, "Stopping", "Stopping", "Stopping the training job"));
        let stopped = after(asked, lasting(record, STOPPING_SECONDS));
        timeline.then(settled(stopped, "Stopped", "Stopped", "Training job stopped"));
    }
    timeline
}

fn course(record: &Record) -> Timeline {
    let mut begins = record.created_at;
    let mut timeline = Timeline::default();
    let stages = COURSE.map(|(stage, _, _, seconds)| (stage, SignedDuration::from_secs(seconds)));
    for ((_, secondary, message, _), length) in COURSE.into_iter().zip(lengths(record, &stages)) {
        timeline.then(phase(begins, "InProgress", secondary, message));
        if let Some(failure) = record.failure().filter(|failure| secondary_of(failure.during) == secondary) {
            timeline.then(settled(failure.at, "Failed", "Failed", "Training job failed"));
            return timeline;
        }
        let limit = SignedDuration::from_secs(max_runtime(record));
        if secondary == "Training" && !length.is_zero() && length > limit {
            let exceeded = after(begins, limit);
            timeline.then(phase(exceeded, "Stopping", "Stopping", "Stopping the training job"));
            let stopped = after(exceeded, lasting(record, STOPPING_SECONDS));
            let message = "Training job runtime exceeded MaxRuntimeInSeconds provided";
            timeline.then(settled(stopped, "Stopped", "MaxRuntimeExceeded", message));
            return timeline;
        }
        begins = after(begins, length);
    }
    timeline.then(match record.outcome.as_ref().and_then(Outcome::final_status) {
        Some("Failed") => settled(begins, "Failed", "Failed", "Training job failed"),
        Some("Stopped") => settled(begins, "Stopped", "Stopped", "Training job stopped"),
        _ => settled(begins, "Completed", "Completed", "Training job completed"),
    });
    timeline
}

/// When a job reaches the stage at which AWS finds out about a need; `None` if it ends before.
pub(super) fn reaches(record: &Record, stage: Stage) -> Option<Timestamp> {
    // The instances are launched by the end of their phase; everything else is found out at the beginning of its own.
    let secondary = if stage == Stage::Start { "Downloading" } else { secondary_of(stage) };
    let timeline = timeline(record);
    timeline.phases().iter().find(|phase| named(phase) == secondary).map(|phase| phase.since)
}

fn secondary_of(stage: Stage) -> &'static str {
    match stage {
        Stage::Create | Stage::Start => "Starting",
        Stage::Download => "Downloading",
        Stage::Run => "Training",
        Stage::Upload => "Uploading",
    }
}

/// `SecondaryStatusTransitions`: each begins where its predecessor ends; a terminal one ends as it begins.
pub(super) fn transitions(timeline: &Timeline, now: Timestamp) -> Document {
    let phases: Vec<&Phase> = timeline.until(now).collect();
    let ends = phases.iter().skip(1).map(|phase| Some(phase.since));
    let last = phases.last().and_then(|phase| phase.settled.then_some(phase.since));
    let transitions = phases.iter().zip(ends.chain([last])).filter_map(|(phase, end)| {
        let secondary = phase.secondary.as_ref()?;
        let mut transition = json!({
            "Status": secondary.status,
            "StartTime": seconds(phase.since),
            "StatusMessage": secondary.message,
        });
        if let (Some(end), Document::Object(members)) = (end, &mut transition) {
            members.insert("EndTime".to_owned(), seconds(end));
        }
        Some(transition)
    });
    Document::Array(transitions.collect())
}

/// When the job begins to use its instances; `None` if it ends before.
pub(in crate::services::sagemaker::kinds) fn starts_at(record: &Record) -> Option<Timestamp> {
    reaches(record, Stage::Download)
}

/// AWS's `FailureReason` of a job that has failed.
pub(in crate::services::sagemaker::kinds) fn failure_reason(record: &Record, now: Timestamp) -> Option<String> {
    timeline(record).at(now).filter(|phase| phase.status == "Failed")?;
    let found = record.failure().map(|failure| failure.reason.to_owned());
    found.or_else(|| record.outcome.as_ref()?.reason(record))
}

/// When the job began to use its instances, once it has.
pub(super) fn started_at(timeline: &Timeline, now: Timestamp) -> Option<Timestamp> {
    timeline.until(now).find(|phase| named(phase) == "Downloading").map(|phase| phase.since)
}

/// When the job came to its end, once it has.
pub(super) fn ended_at(timeline: &Timeline, now: Timestamp) -> Option<Timestamp> {
    timeline.at(now).filter(|phase| phase.settled).map(|phase| phase.since)
}

/// When the job last changed, by itself or by somebody's doing.
pub(super) fn modified_at(record: &Record, timeline: &Timeline, now: Timestamp) -> Timestamp {
    let phase = timeline.at(now).map_or(record.created_at, |phase| phase.since);
    phase.max(record.changed_at())
}

fn runs_at(timeline: &Timeline, instant: Timestamp) -> bool {
    timeline.at(instant).is_some_and(|phase| !phase.settled)
}

fn max_runtime(record: &Record) -> i64 {
    let limit = record.get("StoppingCondition.MaxRuntimeInSeconds").and_then(Document::as_i64);
    limit.unwrap_or(DEFAULT_MAX_RUNTIME)
}

fn lasting(record: &Record, seconds: i64) -> SignedDuration {
    match record.pace {
        Settling::Instantly => SignedDuration::ZERO,
        Settling::Gradually => SignedDuration::from_secs(seconds),
    }
}

fn after(instant: Timestamp, duration: SignedDuration) -> Timestamp {
    instant.saturating_add(duration).unwrap_or(Timestamp::MAX)
}

fn named(phase: &Phase) -> &'static str {
    phase.secondary.as_ref().map_or("", |secondary| secondary.status)
}

fn phase(since: Timestamp, status: &'static str, secondary: &'static str, message: &'static str) -> Phase {
    Phase { since, status, secondary: Some(Secondary { status: secondary, message }), settled: false }
}

fn settled(since: Timestamp, status: &'static str, secondary: &'static str, message: &'static str) -> Phase {
    Phase { settled: true, ..phase(since, status, secondary, message) }
}
