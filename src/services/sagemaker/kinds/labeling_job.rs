//! Labeling jobs: they wait for workers, of whom there are none, until they are stopped. Facts: E.2, F.1 and G.5.
//!
//! <https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateLabelingJob.html>

use jiff::Timestamp;
use serde_json::json;

use super::training_job::needs::no_objects;
use crate::access::{Need, Stage, What};
use crate::arn::Arn;
use crate::document::{self, Document, Members};
use crate::fault::Fault;
use crate::policy::Context;
use crate::services::Call;
use crate::services::sagemaker::course::{after, lasting, phase};
use crate::services::sagemaker::kind::{Kind, Verb};
use crate::services::sagemaker::list::{Listing, Order};
use crate::services::sagemaker::needs::{log_need, network_need, volume_key_need};
use crate::services::sagemaker::outcome;
use crate::services::sagemaker::record::Record;
use crate::tag;
use crate::timeline::Timeline;

/// The declaration.
pub(super) static KIND: Kind = Kind {
    noun: "LabelingJob",
    plural: "LabelingJobs",
    resource_type: "labeling-job",
    name_member: "LabelingJobName",
    arn_member: "LabelingJobArn",
    status_member: "LabelingJobStatus",
    verbs: &[Verb::Stop],
    roles: &["RoleArn"],
    keys: workteam_type,
    resolve: |call, members| {
        let code = call.request_id.chars().filter(char::is_ascii_hexdigit).take(16).collect::<String>();
        members.insert("JobReferenceCode".to_owned(), json!(code));
        Ok(())
    },
    needs,
    reaches: |record, _| Some(record.created_at),
    timeline,
    describe: |record, _| {
        let mut members = counters();
        members.insert("Tags".to_owned(), tag::to_list(&record.tags));
        members
    },
    listing: Listing { summaries: "LabelingJobSummaryList", order: Order::Ascending, summary, ..Listing::DEFAULT },
    duplicate: |name, _| Fault::new("ResourceInUse", format!("Labeling Job with name {name} already exists.")),
    missing: |absent| Fault::new("ResourceNotFound", format!("Labeling Job {} does not exist.", absent.name)),
    stop: |call, record| match timeline(record).at(call.now()) {
        Some(phase) if ["Completed", "Failed", "Stopped"].contains(&phase.status) => Err(Fault::validation(format!(
            "The request was rejected because the labeling job is in status {}.",
            phase.status
        ))),
        Some(phase) => Ok(phase.status != "Stopping"),
        None => Ok(false),
    },
    ..Kind::DEFAULT
};

const INITIALIZING_SECONDS: i64 = 60;
const STOPPING_SECONDS: i64 = 30;

fn timeline(record: &Record) -> Timeline {
    let mut timeline = Timeline::starting(phase(record.created_at, "Initializing", false));
    timeline.then(phase(after(record.created_at, lasting(record, INITIALIZING_SECONDS)), "InProgress", true));
    let mut timeline = outcome::shape(record, timeline);
    if let Some(failure) = record.failure() {
        timeline.cut_after(failure.at);
        timeline.then(phase(failure.at, "Failed", true));
    } else if let Some(asked) = record.stop_asked() {
        timeline.cut_after(asked);
        timeline.then(phase(asked, "Stopping", false));
        timeline.then(phase(after(asked, lasting(record, STOPPING_SECONDS)), "Stopped", true));
    }
    timeline
}

/// `sagemaker:WorkteamType`, as the work team's ARN tells it. Fact G.5.
pub(super) fn workteam_type(_call: &Call<'_>, members: &Document, keys: &mut Context) {
    let team = document::text(members, "HumanTaskConfig.WorkteamArn").and_then(Arn::parse);
    if let Some((workteam_type, _)) = team.and_then(|team| team.resource_id().split_once('/')) {
        keys.set("sagemaker:WorkteamType", workteam_type);
    }
}

fn needs(name: &str, input: &Document, _role_member: &str) -> Vec<Need> {
    let mut needs = Vec::new();
    for member in [
        "InputConfig.DataSource.S3DataSource.ManifestS3Uri",
        "LabelCategoryConfigS3Uri",
        "HumanTaskConfig.UiConfig.UiTemplateS3Uri",
    ] {
        if let Some(uri) = document::text(input, member).map(str::to_owned) {
            let need = Need::new(What::S3Object { uri }, member, Stage::Download);
            needs.push(need.refused_with(no_objects));
        }
    }
    for member in [
        "HumanTaskConfig.PreHumanTaskLambdaArn",
        "HumanTaskConfig.AnnotationConsolidationConfig.AnnotationConsolidationLambdaArn",
    ] {
        if let Some(resource) = document::text(input, member).map(str::to_owned) {
            needs.push(Need::new(What::Action { action: "lambda:InvokeFunction", resource }, member, Stage::Run));
        }
    }
    if let Some(uri) = document::text(input, "OutputConfig.S3OutputPath").map(str::to_owned) {
        let kms_key_id = document::text(input, "OutputConfig.KmsKeyId").map(str::to_owned);
        let what = What::S3Output { uri, suffix: format!("{name}/*"), kms_key_id };
        needs.push(Need::new(what, "OutputConfig.S3OutputPath", Stage::Upload));
    }
    let resources = "LabelingJobAlgorithmsConfig.LabelingJobResourceConfig";
    needs.extend(network_need(input, &format!("{resources}.VpcConfig")));
    needs.extend(volume_key_need(input, &format!("{resources}.VolumeKmsKeyId")));
    needs.push(log_need("/aws/sagemaker/LabelingJobs"));
    needs
}

/// Nobody labels anything here.
fn counters() -> Members {
    let counters = json!({
        "TotalLabeled": 0,
        "HumanLabeled": 0,
        "MachineLabeled": 0,
        "FailedNonRetryableError": 0,
    });
    Members::from_iter([("LabelCounters".to_owned(), counters)])
}

fn summary(record: &Record, _now: Timestamp) -> Members {
    let mut members = counters();
    for (shown, said) in [
        ("WorkteamArn", "HumanTaskConfig.WorkteamArn"),
        ("PreHumanTaskLambdaArn", "HumanTaskConfig.PreHumanTaskLambdaArn"),
        (
            "AnnotationConsolidationLambdaArn",
            "HumanTaskConfig.AnnotationConsolidationConfig.AnnotationConsolidationLambdaArn",
        ),
    ] {
        if let Some(value) = record.get(said) {
            members.insert(shown.to_owned(), value.clone());
        }
    }
    members
}
