//! Model monitoring: schedules and the four kinds of job definitions that they name.
//!
//! Schedules are kept; the processing jobs that AWS would start by them are not.
//! <https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateMonitoringSchedule.html>

mod needs;
pub(super) mod schedule;

use jiff::Timestamp;
use serde_json::json;

use super::model;
use crate::document::{self, Document, Members};
use crate::fault::Fault;
use crate::services::sagemaker::kind::{Kind, Verb};
use crate::services::sagemaker::list::Listing;
use crate::services::sagemaker::record::Record;

pub(super) static DATA_QUALITY: Kind =
    definition("DataQualityJobDefinition", "DataQualityJobDefinitions", "data-quality-job-definition");
pub(super) static MODEL_BIAS: Kind =
    definition("ModelBiasJobDefinition", "ModelBiasJobDefinitions", "model-bias-job-definition");
pub(super) static MODEL_EXPLAINABILITY: Kind = definition(
    "ModelExplainabilityJobDefinition",
    "ModelExplainabilityJobDefinitions",
    "model-explainability-job-definition",
);
pub(super) static MODEL_QUALITY: Kind =
    definition("ModelQualityJobDefinition", "ModelQualityJobDefinitions", "model-quality-job-definition");

const fn definition(noun: &'static str, plural: &'static str, resource_type: &'static str) -> Kind {
    Kind {
        noun,
        plural,
        resource_type,
        name_member: "JobDefinitionName",
        arn_member: "JobDefinitionArn",
        verbs: &[Verb::Delete],
        roles: &["RoleArn"],
        source_arn: model::any_resource,
        needs: needs::of_definition,
        listing: Listing { summaries: "JobDefinitionSummaries", summary, filter, ..Listing::DEFAULT },
        duplicate: |name, _| Fault::new("ResourceInUse", format!("Job Definition with name {name} already exists.")),
        missing: |absent| Fault::new("ResourceNotFound", format!("Job Definition {} does not exist.", absent.arn)),
        ..Kind::DEFAULT
    }
}

/// What a monitoring type is called at the beginning of its members.
const TYPES: [&str; 4] = ["DataQuality", "ModelQuality", "ModelBias", "ModelExplainability"];

/// The endpoint whose traffic is monitored.
fn endpoint_name(record: &Record) -> Option<&str> {
    TYPES.iter().find_map(|of_type| record.text(&format!("{of_type}JobInput.EndpointInput.EndpointName")))
}

fn summary(record: &Record, _now: Timestamp) -> Members {
    let mut members = Members::new();
    members.insert("MonitoringJobDefinitionName".to_owned(), json!(record.name));
    members.insert("MonitoringJobDefinitionArn".to_owned(), json!(record.arn));
    // The model requires an endpoint of every summary; definitions for batch transforms have none.
    members.insert("EndpointName".to_owned(), json!(endpoint_name(record).unwrap_or_default()));
    members
}

fn filter(record: &Record, input: &Document, _now: Timestamp) -> bool {
    document::text(input, "EndpointName").is_none_or(|name| endpoint_name(record) == Some(name))
}
