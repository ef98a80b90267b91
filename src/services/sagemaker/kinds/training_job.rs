//! Training jobs: the declaration, its texts, and what Describe and List compute.
//!
//! The life cycle stands in `life`, what the execution role must reach in `needs`,
//! the instances that are kept for the next job in `warm_pool`. Facts: C, E and F.2.

mod life;
mod metrics;
pub(super) mod needs;
mod warm_pool;

use jiff::Timestamp;
use serde_json::json;

use crate::document::{self, Document, Members};
use crate::fault::Fault;
use crate::services::Call;
use crate::services::sagemaker::kind::{Kind, Verb};
use crate::services::sagemaker::list::{Listing, Order, Sort};
use crate::services::sagemaker::record::Record;
use crate::services::sagemaker::seconds;

pub(super) use life::{failure_reason, starts_at};
pub(super) use metrics::emitted;

/// The declaration.
pub(super) static KIND: Kind = Kind {
    noun: "TrainingJob",
    plural: "TrainingJobs",
    resource_type: "training-job",
    name_member: "TrainingJobName",
    arn_member: "TrainingJobArn",
    status_member: "TrainingJobStatus",
    verbs: &[Verb::Update, Verb::Stop, Verb::Delete],
    roles: &["RoleArn"],
    check,
    defaults,
    needs: needs::needs,
    reaches: life::reaches,
    timeline: life::timeline,
    describe,
    listing: Listing {
        summaries: "TrainingJobSummaries",
        sort: Sort::CreationTime,
        order: Order::Ascending,
        summary,
        filter,
    },
    duplicate,
    missing: |_| Fault::validation("Requested resource not found."),
    stop,
    delete,
    update,
    ..Kind::DEFAULT
};

/// Members that only serverless jobs may leave out; the model itself requires them of nobody.
fn required(path: &str) -> Fault {
    Fault::validation(format!(
        "1 validation error detected: Value null at '{path}' failed to satisfy constraint: Member must not be null"
    ))
}

fn check(call: &Call<'_>) -> Result<(), Fault> {
    check_members(call.input)
}

/// What is refused of the members of a create call, or of a tuning job's definition.
pub(super) fn check_members(input: &Document) -> Result<(), Fault> {
    if document::get(input, "ServerlessJobConfig").is_some() {
        return Ok(());
    }
    for (member, path) in [("AlgorithmSpecification", "algorithmSpecification"), ("ResourceConfig", "resourceConfig")] {
        if document::get(input, member).is_none() {
            return Err(required(path));
        }
    }
    let image = document::text(input, "AlgorithmSpecification.TrainingImage");
    let algorithm = document::text(input, "AlgorithmSpecification.AlgorithmName");
    if image.is_some() == algorithm.is_some() {
        return Err(Fault::validation(
            "Specify either TrainingImage or AlgorithmName in AlgorithmSpecification, but not both.",
        ));
    }
    check_input_modes(input)?;
    check_resources(input)
}

fn check_input_modes(input: &Document) -> Result<(), Fault> {
    let default = document::text(input, "AlgorithmSpecification.TrainingInputMode");
    let modes = || document::select(input, "InputDataConfig[].InputMode").into_iter().filter_map(|mode| mode.text());
    let uses = |wanted: &str| default == Some(wanted) || modes().any(|mode| mode == wanted);
    if uses("Pipe") && uses("FastFile") {
        return Err(Fault::validation(
            "Cannot use both 'Pipe' and 'FastFile' TrainingInputMode on the same Training Job.",
        ));
    }
    Ok(())
}

/// The model requires nothing of the cluster, since it may be told in two ways; one of them it must be.
fn check_resources(input: &Document) -> Result<(), Fault> {
    let in_groups = ["ResourceConfig.InstanceGroups", "ResourceConfig.InstancePreferences"];
    if in_groups.iter().all(|path| document::get(input, path).is_none()) {
        for (member, path) in [("InstanceType", "instanceType"), ("InstanceCount", "instanceCount")] {
            if document::get(input, &format!("ResourceConfig.{member}")).is_none() {
                return Err(required(&format!("resourceConfig.{path}")));
            }
        }
    }
    let volume_key = document::get(input, "ResourceConfig.VolumeKmsKeyId").is_some();
    let types = ["ResourceConfig.InstanceType", "ResourceConfig.InstanceGroups[].InstanceType"]
        .into_iter()
        .flat_map(|path| document::select(input, path))
        .filter_map(|selected| selected.text());
    if volume_key && types.into_iter().any(crate::services::sagemaker::instance::has_local_storage) {
        return Err(Fault::validation("KMS key is not supported for NVMe instance storage"));
    }
    Ok(())
}

fn defaults(input: &mut Members) {
    input.entry("StoppingCondition").or_insert_with(|| json!({ "MaxRuntimeInSeconds": life::DEFAULT_MAX_RUNTIME }));
    for flag in ["EnableNetworkIsolation", "EnableInterContainerTrafficEncryption", "EnableManagedSpotTraining"] {
        input.entry(flag).or_insert(json!(false));
    }
    if let Some(Document::Object(output)) = input.get_mut("OutputDataConfig") {
        output.entry("CompressionType").or_insert(json!("GZIP"));
    }
}

/// The job's model archive: `<S3OutputPath>/<job>/output/model.tar.gz`, known as soon as the job is.
fn model_artifacts(record: &Record) -> String {
    let path = record.text("OutputDataConfig.S3OutputPath").unwrap_or_default();
    let file = match record.text("OutputDataConfig.CompressionType") {
        Some("NONE") => "model/",
        _ => "model.tar.gz",
    };
    format!("{}/{}/output/{file}", path.trim_end_matches('/'), record.name)
}

fn describe(record: &Record, now: Timestamp) -> Members {
    let life = life::timeline(record);
    let mut members = Members::new();
    members.insert("ModelArtifacts".into(), json!({ "S3ModelArtifacts": model_artifacts(record) }));
    members.insert("SecondaryStatusTransitions".into(), life::transitions(&life, now));
    if let Some(phase) = life.at(now) {
        members.insert("TrainingJobStatus".into(), json!(phase.status));
        members.insert("SecondaryStatus".into(), json!(phase.secondary.as_ref().map(|secondary| secondary.status)));
    }
    members.insert("LastModifiedTime".into(), seconds(life::modified_at(record, &life, now)));
    if let Some(started) = life::started_at(&life, now) {
        members.insert("TrainingStartTime".into(), seconds(started));
        if let Some(ended) = life::ended_at(&life, now) {
            let time = (ended.as_second() - started.as_second()).max(1);
            members.insert("TrainingTimeInSeconds".into(), json!(time));
            members.insert("BillableTimeInSeconds".into(), json!(time));
        }
    }
    if let Some(ended) = life::ended_at(&life, now) {
        members.insert("TrainingEndTime".into(), seconds(ended));
    }
    if let Some(failure) = record.failure().filter(|failure| failure.at <= now) {
        members.insert("FailureReason".into(), json!(failure.reason));
    }
    if let Some(metrics) = metrics::describe(record, &life, now) {
        members.insert("FinalMetricDataList".into(), metrics);
    }
    if let Some(warm_pool) = warm_pool::describe(record, &life, now) {
        members.insert("WarmPoolStatus".into(), warm_pool);
    }
    if record.get("ProfilerConfig").is_some() {
        let disabled = record.get("ProfilerConfig.DisableProfiler").and_then(Document::as_bool) == Some(true);
        members.insert("ProfilingStatus".into(), json!(if disabled { "Disabled" } else { "Enabled" }));
    }
    members
}

fn summary(record: &Record, now: Timestamp) -> Members {
    let life = life::timeline(record);
    let mut members = Members::new();
    members.insert("LastModifiedTime".into(), seconds(life::modified_at(record, &life, now)));
    if let Some(phase) = life.at(now) {
        members.insert("TrainingJobStatus".into(), json!(phase.status));
        members.insert("SecondaryStatus".into(), json!(phase.secondary.as_ref().map(|secondary| secondary.status)));
    }
    if let Some(ended) = life::ended_at(&life, now) {
        members.insert("TrainingEndTime".into(), seconds(ended));
    }
    if let Some(warm_pool) = warm_pool::describe(record, &life, now) {
        members.insert("WarmPoolStatus".into(), warm_pool);
    }
    if let Some(plan) = record.get("ResourceConfig.TrainingPlanArn") {
        members.insert("TrainingPlanArn".into(), plan.clone());
    }
    members
}

fn filter(record: &Record, input: &Document, now: Timestamp) -> bool {
    let plan = document::text(input, "TrainingPlanArnEquals");
    let warm_pool = document::text(input, "WarmPoolStatusEquals");
    plan.is_none_or(|plan| record.text("ResourceConfig.TrainingPlanArn") == Some(plan))
        && warm_pool.is_none_or(|wanted| warm_pool::status(record, &life::timeline(record), now) == Some(wanted))
}

fn duplicate(_: &str, arn: &str) -> Fault {
    Fault::new(
        "ResourceInUse",
        format!(
            "Training job names must be unique within an AWS account and region, and a training job with this name \
             already exists ({arn})"
        ),
    )
}

fn stop(call: &Call<'_>, record: &Record) -> Result<bool, Fault> {
    match life::timeline(record).at(call.now()) {
        Some(phase) if phase.settled => Err(in_status(phase.status)),
        Some(phase) => Ok(phase.status != "Stopping"),
        None => Ok(false),
    }
}

fn delete(call: &Call<'_>, record: &Record) -> Result<(), Fault> {
    let now = call.now();
    let life = life::timeline(record);
    match life.at(now) {
        Some(phase) if !phase.settled => Err(Fault::new("ResourceInUse", in_status(phase.status).text())),
        _ if warm_pool::status(record, &life, now) == Some("Available") => Err(Fault::new(
            "ResourceInUse",
            "The request was rejected because the warm pool of the training job is in status Available.",
        )),
        _ => Ok(()),
    }
}

fn in_status(status: &str) -> Fault {
    Fault::validation(format!("The request was rejected because the training job is in status {status}."))
}

fn update(call: &Call<'_>, record: &Record) -> Result<Members, Fault> {
    let (input, now) = (call.input, call.now());
    let life = life::timeline(record);
    let Some(phase) = life.at(now) else { return Ok(Members::new()) };
    let warm = warm_pool::status(record, &life, now) == Some("Available");
    let only_warm_pool = ["ProfilerConfig", "ProfilerRuleConfigurations", "RemoteDebugConfig"]
        .iter()
        .all(|member| document::get(input, member).is_none());
    if phase.settled && !(warm && only_warm_pool) || phase.status == "Stopping" {
        return Err(in_status(phase.status));
    }
    let mut members = Members::new();
    for member in ["ProfilerConfig", "ResourceConfig", "RemoteDebugConfig"] {
        if let Some(change) = document::get(input, member).and_then(Document::as_object) {
            let mut merged = record.get(member).and_then(Document::as_object).cloned().unwrap_or_default();
            merged.extend(change.clone());
            members.insert(member.to_owned(), merged.into());
        }
    }
    if let Some(rules) = document::get(input, "ProfilerRuleConfigurations") {
        members.insert("ProfilerRuleConfigurations".to_owned(), rules.clone());
    }
    Ok(members)
}
