//! Batch transform jobs: they run as their model's role, which was handed over when the model was made. Facts: E.1 to
//! E.3, F.4.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::model;
use super::training_job::needs::no_objects;
use crate::access::{Need, Stage, What};
use crate::document::{self, Document, Members};
use crate::fault::Fault;
use crate::services::Call;
use crate::services::sagemaker::course::JOB;
use crate::services::sagemaker::kind::{Kind, Verb};
use crate::services::sagemaker::list::Listing;
use crate::services::sagemaker::needs::volume_key_need;
use crate::services::sagemaker::record::Record;
use crate::services::sagemaker::{engine, instance, seconds};

/// The declaration.
pub(super) static KIND: Kind = Kind {
    noun: "TransformJob",
    plural: "TransformJobs",
    resource_type: "transform-job",
    name_member: "TransformJobName",
    arn_member: "TransformJobArn",
    status_member: "TransformJobStatus",
    verbs: &[Verb::Stop],
    borrowed_roles: &["model.ExecutionRoleArn"],
    check,
    resolve,
    needs,
    reaches: |record, stage| JOB.reaches(record, stage),
    timeline: |record| JOB.timeline(record),
    describe,
    listing: Listing { summaries: "TransformJobSummaries", summary: describe, ..Listing::DEFAULT },
    duplicate: |_, arn| {
        Fault::new(
            "ResourceInUse",
            format!(
                "Job name must be unique within an AWS account and region, and a job with this name already exists \
                 ({arn})"
            ),
        )
    },
    missing: |absent| {
        let name = absent.name;
        Fault::validation(match absent.operation {
            "StopTransformJob" => format!("Could not find job to update with name: {name}"),
            _ => format!("Could not find requested job with name: {name}"),
        })
    },
    stop,
    ..Kind::DEFAULT
};

fn check(call: &Call<'_>) -> Result<(), Fault> {
    let own_key = document::get(call.input, "TransformResources.VolumeKmsKeyId").is_some();
    let instance_type = document::text(call.input, "TransformResources.InstanceType").unwrap_or_default();
    if own_key && instance::has_local_storage(instance_type) {
        return Err(Fault::validation("KMS key is not supported for NVMe instance storage"));
    }
    Ok(())
}

/// The job keeps what its model was like, since a model may be deleted while the job runs.
fn resolve(call: &Call<'_>, members: &mut Members) -> Result<(), Fault> {
    let name = members.get("ModelName").and_then(Value::as_str).unwrap_or_default();
    let model = engine::named(call, &model::KIND, name)?;
    members.insert("model".to_owned(), model.members.into());
    Ok(())
}

fn needs(_name: &str, input: &Document, _role_member: &str) -> Vec<Need> {
    let mut needs = Vec::new();
    let source = "TransformInput.DataSource.S3DataSource";
    if let Some(uri) = document::text(input, &format!("{source}.S3Uri")).map(str::to_owned) {
        let what = match document::text(input, &format!("{source}.S3DataType")) {
            Some("ManifestFile" | "AugmentedManifestFile") => What::S3Object { uri },
            _ => What::S3Prefix { uri },
        };
        needs.push(Need::new(what, format!("{source}.S3Uri"), Stage::Download).refused_with(no_objects));
    }
    if let Some(model) = document::get(input, "model") {
        needs.extend(model::needs::deployment(model, "ModelName"));
    }
    needs.extend(volume_key_need(input, "TransformResources.VolumeKmsKeyId"));
    let outputs = [
        ("TransformOutput.S3OutputPath", "TransformOutput.KmsKeyId", "*.out"),
        ("DataCaptureConfig.DestinationS3Uri", "DataCaptureConfig.KmsKeyId", "*"),
    ];
    for (member, key, suffix) in outputs {
        let Some(uri) = document::text(input, member).map(str::to_owned) else { continue };
        let kms_key_id = document::text(input, key).map(str::to_owned);
        needs.push(Need::new(What::S3Output { uri, suffix: suffix.to_owned(), kms_key_id }, member, Stage::Upload));
    }
    needs
}

fn describe(record: &Record, now: Timestamp) -> Members {
    let mut members = Members::new();
    if let Some(started) = JOB.started_at(record, now) {
        members.insert("TransformStartTime".into(), seconds(started));
    }
    if let Some(ended) = JOB.ended_at(record, now) {
        members.insert("TransformEndTime".into(), seconds(ended));
    }
    if record.get("DataProcessing").is_none() {
        let whole = json!({ "InputFilter": "$", "OutputFilter": "$", "JoinSource": "None" });
        members.insert("DataProcessing".into(), whole);
    }
    members
}

fn stop(call: &Call<'_>, record: &Record) -> Result<bool, Fault> {
    match JOB.timeline(record).at(call.now()) {
        Some(phase) if phase.settled => Err(Fault::validation(format!(
            "The request was rejected because the transform job is in status {}",
            phase.status
        ))),
        Some(phase) => Ok(phase.status != JOB.stopping),
        None => Ok(false),
    }
}
