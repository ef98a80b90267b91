//! Monitoring schedules: started, stopped, updated, deleted.

use jiff::Timestamp;
use serde_json::json;

use super::{DATA_QUALITY, MODEL_BIAS, MODEL_EXPLAINABILITY, MODEL_QUALITY, needs};
use crate::document::{self, Document, Members};
use crate::fault::Fault;
use crate::services::Call;
use crate::services::sagemaker::course::{after, lasting, phase};
use crate::services::sagemaker::kind::{Kind, Verb};
use crate::services::sagemaker::kinds::model;
use crate::services::sagemaker::list::Listing;
use crate::services::sagemaker::record::{Happening, Record};
use crate::services::sagemaker::{engine, outcome};
use crate::timeline::Timeline;

/// The declaration.
pub(in super::super) static KIND: Kind = Kind {
    noun: "MonitoringSchedule",
    plural: "MonitoringSchedules",
    resource_type: "monitoring-schedule",
    name_member: "MonitoringScheduleName",
    arn_member: "MonitoringScheduleArn",
    status_member: "MonitoringScheduleStatus",
    verbs: &[Verb::Update, Verb::Start, Verb::Stop, Verb::Delete],
    roles: &["MonitoringScheduleConfig.MonitoringJobDefinition.RoleArn"],
    roles_on: &[Verb::Update],
    source_arn: model::any_resource,
    check: definition_exists,
    needs: needs::of_schedule,
    reaches: |record, _| Some(record.created_at),
    timeline,
    describe: |record, _| shown(record),
    listing: Listing {
        summaries: "MonitoringScheduleSummaries",
        summary: |record, _| shown(record),
        filter,
        ..Listing::DEFAULT
    },
    duplicate: |name, _| Fault::new("ResourceInUse", format!("Monitoring Schedule with name {name} already exists.")),
    missing: |absent| Fault::new("ResourceNotFound", format!("Monitoring Schedule {} does not exist.", absent.arn)),
    start: |_, _| Ok(true),
    stop: |_, _| Ok(true),
    update: |call, _| {
        definition_exists(call)?;
        let config = document::get(call.input, "MonitoringScheduleConfig").cloned().unwrap_or_default();
        Ok(Members::from_iter([("MonitoringScheduleConfig".to_owned(), config)]))
    },
    ..Kind::DEFAULT
};

const PENDING_SECONDS: i64 = 30;

fn timeline(record: &Record) -> Timeline {
    let mut timeline = Timeline::starting(phase(record.created_at, "Pending", false));
    timeline.then(phase(after(record.created_at, lasting(record, PENDING_SECONDS)), "Scheduled", true));
    let mut timeline = outcome::shape(record, timeline);
    for event in &record.events {
        let status = match &event.what {
            Happening::StartAsked => "Scheduled",
            Happening::StopAsked => "Stopped",
            Happening::Failed { .. } => "Failed",
            Happening::Updated | Happening::DeleteAsked => continue,
        };
        timeline.cut_after(event.at);
        timeline.then(phase(event.at, status, true));
    }
    timeline
}

const CONFIG: &str = "MonitoringScheduleConfig";

/// A schedule holds its definition or names one, which must be there.
fn definition_exists(call: &Call<'_>) -> Result<(), Fault> {
    let text = |member: &str| document::text(call.input, &format!("{CONFIG}.{member}"));
    let inline = document::get(call.input, &format!("{CONFIG}.MonitoringJobDefinition")).is_some();
    let Some(name) = text("MonitoringJobDefinitionName") else {
        return match inline {
            true => Ok(()),
            false => Err(neither()),
        };
    };
    if inline {
        return Err(neither());
    }
    let kind = match text("MonitoringType") {
        Some("DataQuality") => &DATA_QUALITY,
        Some("ModelQuality") => &MODEL_QUALITY,
        Some("ModelBias") => &MODEL_BIAS,
        Some("ModelExplainability") => &MODEL_EXPLAINABILITY,
        _ => {
            return Err(Fault::validation(
                "MonitoringType is required where MonitoringJobDefinitionName is specified.",
            ));
        }
    };
    engine::named(call, kind, name).map(|_| ())
}

fn neither() -> Fault {
    Fault::validation("Specify one of either MonitoringJobDefinition or MonitoringJobDefinitionName.")
}

fn endpoint_name(record: &Record) -> Option<&str> {
    let inputs = record.get("MonitoringScheduleConfig.MonitoringJobDefinition.MonitoringInputs")?;
    inputs.as_array()?.iter().find_map(|input| document::text(input, "EndpointInput.EndpointName"))
}

fn shown(record: &Record) -> Members {
    let mut members = Members::new();
    if let Some(name) = endpoint_name(record) {
        members.insert("EndpointName".to_owned(), json!(name));
    }
    for member in ["MonitoringType", "MonitoringJobDefinitionName"] {
        if let Some(value) = record.get(&format!("{CONFIG}.{member}")) {
            members.insert(member.to_owned(), value.clone());
        }
    }
    members
}

fn filter(record: &Record, input: &Document, _now: Timestamp) -> bool {
    let shown = shown(record);
    [
        ("EndpointName", "EndpointName"),
        ("MonitoringJobDefinitionName", "MonitoringJobDefinitionName"),
        ("MonitoringTypeEquals", "MonitoringType"),
    ]
    .iter()
    .all(|(filter, member)| document::get(input, filter).is_none_or(|wanted| shown.get(*member) == Some(wanted)))
}
