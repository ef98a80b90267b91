//! Executions of pipelines: the declaration and what is shown. How one is started and tried again stands in `start`, how
//! it goes on in `unfold`, how a step becomes a resource in `launch`, what it has come to in `progress`, what its steps'
//! expressions refer to in `scope`, the operations about it in `inquiry`. Facts: A.6, C.3, E.2 and F.4.
//!
//! INVARIANT: every resource that a step makes is asked for as a session of the execution's role, with the same
//! questions as any other create call.

pub(in super::super) mod inquiry;
mod launch;
mod progress;
mod scope;
pub(in super::super) mod start;
mod unfold;

use jiff::Timestamp;

use progress::{Progress, Standing};

use crate::document::{self, Document, Members};
use crate::fault::Fault;
use crate::services::sagemaker::author;
use crate::services::sagemaker::course::phase;
use crate::services::sagemaker::kind::{Kind, Verb};
use crate::services::sagemaker::list::Listing;
use crate::services::sagemaker::record::{Happening, Record};
use crate::services::sagemaker::seconds;
use crate::timeline::Timeline;

/// The declaration.
pub(super) static KIND: Kind = Kind {
    noun: "PipelineExecution",
    plural: "PipelineExecutions",
    resource_type: "pipeline-execution",
    arn_type: "pipeline",
    name_member: "PipelineExecutionArn",
    arn_member: "PipelineExecutionArn",
    status_member: "PipelineExecutionStatus",
    verbs: &[Verb::Update, Verb::Stop],
    timeline,
    unfold: unfold::unfold,
    describe: |record, now| reason(record, now, "FailureReason"),
    listing: Listing {
        summaries: "PipelineExecutionSummaries",
        summary: |record, now| {
            let mut members = reason(record, now, "PipelineExecutionFailureReason");
            members.insert("StartTime".to_owned(), seconds(record.created_at));
            members
        },
        filter,
        ..Listing::DEFAULT
    },
    missing: |absent| Fault::new("ResourceNotFound", format!("Pipeline execution '{}' does not exist.", absent.arn)),
    stop: |call, record| match timeline(record).at(call.now()).map(|phase| phase.status) {
        Some("Executing") => Ok(true),
        Some("Stopping") | None => Ok(false),
        Some(status) => Err(Fault::validation(format!(
            "Pipeline execution '{}' cannot be stopped: it is in status {status}.",
            record.arn
        ))),
    },
    update: |call, _| Ok(author::changed(call, &["PipelineExecutionArn"])),
    ..Kind::DEFAULT
};

/// When the execution was started, or started again.
fn began(record: &Record) -> Timestamp {
    let last = record.events.iter().rev().find(|event| event.what == Happening::StartAsked);
    last.map_or(record.created_at, |event| event.at)
}

/// When somebody asked for it to stop since it was started last.
fn stop_asked(record: &Record) -> Option<Timestamp> {
    let began = began(record);
    let asked = record.events.iter().rev().find(|event| event.what == Happening::StopAsked);
    asked.map(|event| event.at).filter(|asked| *asked >= began)
}

fn timeline(record: &Record) -> Timeline {
    let mut timeline = Timeline::starting(phase(record.created_at, "Executing", false));
    let began = began(record);
    if began > record.created_at {
        timeline.then(phase(began, "Executing", false));
    }
    if let Some(asked) = stop_asked(record) {
        timeline.then(phase(asked, "Stopping", false));
    }
    if let Some(ended) = Progress::of(record).ended {
        let status = match ended.standing {
            Standing::Succeeded => "Succeeded",
            Standing::Stopped => "Stopped",
            Standing::Executing | Standing::Failed => "Failed",
        };
        timeline.then(phase(ended.at, status, true));
    }
    timeline
}

/// Whether nothing more happens in an execution.
pub(super) fn is_over(record: &Record, now: Timestamp) -> bool {
    timeline(record).at(now).is_none_or(|phase| phase.settled)
}

fn reason(record: &Record, now: Timestamp, member: &str) -> Members {
    let ended = Progress::of(record).ended.filter(|ended| ended.at <= now);
    ended.and_then(|ended| ended.reason).map(|reason| (member.to_owned(), reason.into())).into_iter().collect()
}

/// The pipeline that an execution is of.
fn pipeline_name(record: &Record) -> &str {
    record.name.split('/').next().unwrap_or_default()
}

fn filter(record: &Record, input: &Document, _now: Timestamp) -> bool {
    let pipeline = document::text(input, "PipelineName").unwrap_or_default();
    pipeline.rsplit('/').next() == Some(pipeline_name(record))
}
