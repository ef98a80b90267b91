//! Processing jobs: the declaration and its texts. What the execution role must reach stands in `needs`. Facts: C, E.1
//! to E.3, F.4.

mod needs;

use jiff::Timestamp;
use serde_json::json;

use crate::access::{Question, pass_role};
use crate::document::{self, Members};
use crate::fault::Fault;
use crate::services::Call;
use crate::services::sagemaker::course::JOB;
use crate::services::sagemaker::kind::{Kind, Verb};
use crate::services::sagemaker::list::{Listing, Order};
use crate::services::sagemaker::record::Record;
use crate::services::sagemaker::{instance, seconds};

/// The declaration.
pub(super) static KIND: Kind = Kind {
    noun: "ProcessingJob",
    plural: "ProcessingJobs",
    resource_type: "processing-job",
    name_member: "ProcessingJobName",
    arn_member: "ProcessingJobArn",
    status_member: "ProcessingJobStatus",
    verbs: &[Verb::Stop, Verb::Delete],
    roles: &["RoleArn"],
    check,
    caller_needs: |call, verb, _| if verb.is_none() { pass_cluster_roles(call) } else { Vec::new() },
    defaults: |members| {
        members.entry("StoppingCondition").or_insert_with(|| json!({ "MaxRuntimeInSeconds": 86_400 }));
    },
    needs: needs::needs,
    reaches: |record, stage| JOB.reaches(record, stage),
    timeline: |record| JOB.timeline(record),
    describe,
    listing: Listing {
        summaries: "ProcessingJobSummaries",
        order: Order::Ascending,
        summary: describe,
        ..Listing::DEFAULT
    },
    duplicate: |_, arn| {
        Fault::new(
            "ResourceInUse",
            format!(
                "Job name must be unique within an AWS account and region, and a job with this name already exists \
                 ({arn})"
            ),
        )
    },
    missing: |absent| Fault::validation(format!("Could not find requested job with name: {}", absent.name)),
    stop,
    delete,
    ..Kind::DEFAULT
};

fn check(call: &Call<'_>) -> Result<(), Fault> {
    let cluster = "ProcessingResources.ClusterConfig";
    let own_key = document::get(call.input, &format!("{cluster}.VolumeKmsKeyId")).is_some();
    let mut types = ["InstanceType", "InstancePreferences[].InstanceType"]
        .into_iter()
        .flat_map(|member| document::select(call.input, &format!("{cluster}.{member}")))
        .filter_map(|selected| selected.text())
        .peekable();
    if types.peek().is_none() {
        return Err(Fault::validation(
            "1 validation error detected: Value null at 'processingResources.clusterConfig.instanceType' failed to \
             satisfy constraint: Member must not be null",
        ));
    }
    if own_key && types.any(instance::has_local_storage) {
        return Err(Fault::validation("KMS key is not supported for NVMe instance storage"));
    }
    Ok(())
}

/// The roles with which Redshift unloads the results of queries. Fact G.2.
fn pass_cluster_roles(call: &Call<'_>) -> Vec<Question> {
    let arn = KIND.arn(call, &KIND.named(call));
    let path = "ProcessingInputs[].DatasetDefinition.RedshiftDatasetDefinition.ClusterRoleArn";
    let roles = document::select(call.input, path);
    let pass = |role: &document::Selected<'_>| {
        let role_arn = role.text()?;
        Some(pass_role(call.world, call.account, role_arn, &role.path, "redshift.amazonaws.com", &arn))
    };
    roles.iter().filter_map(pass).collect()
}

fn describe(record: &Record, now: Timestamp) -> Members {
    let mut members = Members::new();
    if let Some(started) = JOB.started_at(record, now) {
        members.insert("ProcessingStartTime".into(), seconds(started));
    }
    if let Some(ended) = JOB.ended_at(record, now) {
        members.insert("ProcessingEndTime".into(), seconds(ended));
    }
    members
}

fn stop(call: &Call<'_>, record: &Record) -> Result<bool, Fault> {
    match JOB.timeline(record).at(call.now()) {
        Some(phase) if phase.settled => Err(in_status(phase.status)),
        Some(phase) => Ok(phase.status != JOB.stopping),
        None => Ok(false),
    }
}

fn delete(call: &Call<'_>, record: &Record) -> Result<(), Fault> {
    match JOB.timeline(record).at(call.now()) {
        Some(phase) if !phase.settled => Err(Fault::new("ResourceInUse", in_status(phase.status).text())),
        _ => Ok(()),
    }
}

fn in_status(status: &str) -> Fault {
    Fault::validation(format!("The request was rejected because the processing job is in status {status}."))
}
