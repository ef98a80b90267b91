//! Compilation jobs: a model is compiled for a device.
//!
//! <https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateCompilationJob.html>

use jiff::Timestamp;
use serde_json::json;

use crate::access::{Need, Stage, What};
use crate::document::{self, Document, Members};
use crate::fault::Fault;
use crate::services::sagemaker::course::{Course, JOB, Leg};
use crate::services::sagemaker::kind::{Kind, Verb};
use crate::services::sagemaker::list::{Listing, Order};
use crate::services::sagemaker::needs::{log_need, network_need};
use crate::services::sagemaker::record::Record;
use crate::services::sagemaker::seconds;

/// The declaration.
pub(super) static KIND: Kind = Kind {
    noun: "CompilationJob",
    plural: "CompilationJobs",
    resource_type: "compilation-job",
    name_member: "CompilationJobName",
    arn_member: "CompilationJobArn",
    status_member: "CompilationJobStatus",
    verbs: &[Verb::Stop, Verb::Delete],
    roles: &["RoleArn"],
    needs,
    reaches: |record, stage| COURSE.reaches(record, stage),
    timeline: |record| COURSE.timeline(record),
    describe,
    listing: Listing { summaries: "CompilationJobSummaries", order: Order::Ascending, summary, ..Listing::DEFAULT },
    duplicate: |name, _| Fault::new("ResourceInUse", format!("CompilationJob with name {name} already exists.")),
    missing: |absent| Fault::new("ResourceNotFound", format!("CompilationJob {} does not exist.", absent.name)),
    stop: |call, record| match COURSE.timeline(record).at(call.now()) {
        Some(phase) if phase.settled => Err(in_status(phase.status)),
        Some(phase) => Ok(phase.status != COURSE.stopping),
        None => Ok(false),
    },
    delete: |call, record| match COURSE.timeline(record).at(call.now()) {
        Some(phase) if !phase.settled => Err(in_status(phase.status)),
        _ => Ok(()),
    },
    check: |call| source_exists(call.input),
    ..Kind::DEFAULT
};

static COURSE: Course = Course {
    legs: &[
        Leg { status: "STARTING", stage: Stage::Start, seconds: 30 },
        Leg { status: "INPROGRESS", stage: Stage::Download, seconds: 20 },
        Leg { status: "INPROGRESS", stage: Stage::Run, seconds: 180 },
        Leg { status: "INPROGRESS", stage: Stage::Upload, seconds: 20 },
    ],
    completed: "COMPLETED",
    stopping: "STOPPING",
    stopped: "STOPPED",
    failed: "FAILED",
    ..JOB
};

fn in_status(status: &str) -> Fault {
    Fault::validation(format!("The request was rejected because the compilation job is in status {status}."))
}

fn source_exists(input: &Document) -> Result<(), Fault> {
    let given = ["InputConfig", "ModelPackageVersionArn"].iter().filter(|m| document::get(input, m).is_some()).count();
    if given == 1 {
        return Ok(());
    }
    Err(Fault::validation("Specify one of either InputConfig or ModelPackageVersionArn."))
}

/// `<input>-<device>.tar.gz` below the output location.
fn artifact(record: &Record) -> String {
    let input = record.text("InputConfig.S3Uri").unwrap_or_default();
    let input = input.rsplit('/').next().unwrap_or_default();
    let device = record.text("OutputConfig.TargetDevice").map(str::to_owned).unwrap_or_else(|| {
        let part = |member| record.text(&format!("OutputConfig.TargetPlatform.{member}")).unwrap_or_default();
        [part("Os"), part("Arch"), part("Accelerator")]
            .iter()
            .filter(|p| !p.is_empty())
            .copied()
            .collect::<Vec<_>>()
            .join("_")
    });
    format!("{}-{device}.tar.gz", input.strip_suffix(".tar.gz").unwrap_or(input))
}

fn needs(_name: &str, input: &Document, _role_member: &str) -> Vec<Need> {
    let mut needs = Vec::new();
    if let Some(uri) = document::text(input, "InputConfig.S3Uri").map(str::to_owned) {
        needs.push(Need::new(What::ModelData { uri, prefix: false }, "InputConfig.S3Uri", Stage::Download));
    }
    needs.extend(network_need(input, "VpcConfig"));
    if let Some(uri) = document::text(input, "OutputConfig.S3OutputLocation").map(str::to_owned) {
        let kms_key_id = document::text(input, "OutputConfig.KmsKeyId").map(str::to_owned);
        let what = What::S3Output { uri, suffix: "*".to_owned(), kms_key_id };
        needs.push(Need::new(what, "OutputConfig.S3OutputLocation", Stage::Upload));
    }
    needs.push(log_need("/aws/sagemaker/CompilationJobs"));
    needs
}

fn times(record: &Record, now: Timestamp) -> Members {
    let mut members = Members::new();
    if let Some(started) = COURSE.started_at(record, now) {
        members.insert("CompilationStartTime".to_owned(), seconds(started));
    }
    if let Some(ended) = COURSE.ended_at(record, now) {
        members.insert("CompilationEndTime".to_owned(), seconds(ended));
    }
    members
}

fn describe(record: &Record, now: Timestamp) -> Members {
    let mut members = times(record, now);
    let location = record.text("OutputConfig.S3OutputLocation").unwrap_or_default();
    let artifact = format!("{}/{}", location.trim_end_matches('/'), artifact(record));
    members.insert("ModelArtifacts".to_owned(), json!({ "S3ModelArtifacts": artifact }));
    // The model requires a reason of every job, failed or not.
    if COURSE.timeline(record).at(now).is_none_or(|phase| phase.status != COURSE.failed) {
        members.insert("FailureReason".to_owned(), json!(""));
    }
    members
}

fn summary(record: &Record, now: Timestamp) -> Members {
    let mut members = times(record, now);
    for (shown, said) in [
        ("CompilationTargetDevice", "OutputConfig.TargetDevice"),
        ("CompilationTargetPlatformOs", "OutputConfig.TargetPlatform.Os"),
        ("CompilationTargetPlatformArch", "OutputConfig.TargetPlatform.Arch"),
        ("CompilationTargetPlatformAccelerator", "OutputConfig.TargetPlatform.Accelerator"),
    ] {
        if let Some(value) = record.get(said) {
            members.insert(shown.to_owned(), value.clone());
        }
    }
    members
}
