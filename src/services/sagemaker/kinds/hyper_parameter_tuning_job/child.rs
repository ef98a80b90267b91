//! The training jobs that a tuning job launches: their names and what their create calls would hold.

use super::definition::Definition;
use super::random::hash;
use super::space::Values;
use crate::document::{self, Document, Members};
use crate::services::sagemaker::record::Record;

/// The members of a definition that a training job takes over as they stand.
const TAKEN_OVER: [&str; 12] = [
    "AlgorithmSpecification",
    "RoleArn",
    "InputDataConfig",
    "VpcConfig",
    "OutputDataConfig",
    "ResourceConfig",
    "StoppingCondition",
    "EnableNetworkIsolation",
    "EnableInterContainerTrafficEncryption",
    "EnableManagedSpotTraining",
    "CheckpointConfig",
    "RetryStrategy",
];

/// The hyperparameter that tells a training job by which metric it is tuned.
pub(super) const OBJECTIVE_PARAMETER: &str = "_tuning_objective_metric";

/// The name of the training job of this number, from 1: the tuning job's, the number, and eight hexadecimal digits that
/// tell it from those of a tuning job which had the name before. Facts: F.3.
pub(super) fn name(tuning: &Record, number: usize, attempt: u32) -> String {
    let when = tuning.created_at.as_millisecond().to_string();
    let digits = hash(&[&tuning.arn, &when, &number.to_string(), &attempt.to_string()]) >> 32;
    format!("{}-{number:03}-{digits:08x}", tuning.name)
}

/// What the name of the first training job looks like before there is a tuning job.
pub(super) fn first_name(tuning: &str) -> String {
    format!("{tuning}-001-{:08x}", hash(&[tuning, "1"]) >> 32)
}

/// For whom the roles are assumed: the training jobs, since it is they who use them. Facts: C.2.
pub(super) fn source_arn(tuning_arn: &str) -> String {
    match tuning_arn.split_once(":hyper-parameter-tuning-job/") {
        Some((place, name)) => format!("{place}:training-job/{}", first_name(name)),
        None => tuning_arn.to_owned(),
    }
}

/// What a training job's create call would hold.
pub(super) fn members(tuning_arn: &str, definition: &Definition<'_>, values: &Values) -> Members {
    let mut members = inherited(definition.document);
    let mut parameters = match document::get(definition.document, "StaticHyperParameters") {
        Some(Document::Object(fixed)) => fixed.clone(),
        _ => Members::new(),
    };
    for (name, value) in values {
        parameters.insert(name.clone(), value.as_str().into());
    }
    if let Some(objective) = definition.objective {
        parameters.insert(OBJECTIVE_PARAMETER.to_owned(), objective.metric.into());
    }
    members.insert("HyperParameters".to_owned(), parameters.into());
    members.insert("TuningJobArn".to_owned(), tuning_arn.into());
    members
}

/// What of a definition a training job takes over.
pub(super) fn inherited(definition: &Document) -> Members {
    let mut members = Members::new();
    for member in TAKEN_OVER.into_iter().chain(["Environment"]) {
        if let Some(value) = document::get(definition, member) {
            members.insert(member.to_owned(), value.clone());
        }
    }
    if let Some(resources) = document::get(definition, "HyperParameterTuningResourceConfig") {
        members.insert("ResourceConfig".to_owned(), resource_config(resources));
    }
    members
}

/// The `ResourceConfig` of a training job: of several instance configurations the first, which AWS tries first.
fn resource_config(resources: &Document) -> Document {
    let preferred = document::select(resources, "InstanceConfigs[]").into_iter().next().map(|first| first.value);
    let mut config = Members::new();
    for member in ["InstanceType", "InstanceCount", "VolumeSizeInGB"] {
        let own = || document::get(resources, member);
        if let Some(value) = preferred.and_then(|preferred| document::get(preferred, member)).or_else(own) {
            config.insert(member.to_owned(), value.clone());
        }
    }
    if let Some(key) = document::get(resources, "VolumeKmsKeyId") {
        config.insert("VolumeKmsKeyId".to_owned(), key.clone());
    }
    config.into()
}
