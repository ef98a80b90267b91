//! Endpoints: deployed from a configuration, as the roles of its models. Facts: E.1 to E.3, F.4.
//!
//! The endpoint keeps what its configuration and models were like when it was deployed, since both may be deleted
//! afterwards. While an update runs, Describe still shows what was deployed before. The life cycle stands in `life`, the
//! variants in `variants`, the needs of the models' roles in `needs`, the change of weights in `weights`.

mod life;
mod needs;
mod variants;
pub(in super::super) mod weights;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{endpoint_config, model};
use crate::access::Question;
use crate::document::{self, Document, Members};
use crate::fault::Fault;
use crate::services::Call;
use crate::services::sagemaker::kind::{Kind, Other, Verb};
use crate::services::sagemaker::list::Listing;
use crate::services::sagemaker::record::Record;
use crate::services::sagemaker::{engine, forwarded, seconds};

/// The declaration.
pub(super) static KIND: Kind = Kind {
    noun: "Endpoint",
    plural: "Endpoints",
    resource_type: "endpoint",
    name_member: "EndpointName",
    arn_member: "EndpointArn",
    status_member: "EndpointStatus",
    verbs: &[Verb::Update, Verb::Delete],
    borrowed_roles: &["models[].ExecutionRoleArn", "config.ExecutionRoleArn"],
    roles_on: &[Verb::Update],
    source_arn: model::any_resource,
    not_assumable: model::execution_role_is_invalid,
    resolve,
    also,
    caller_needs,
    defaults,
    needs: needs::needs,
    reaches: life::reaches,
    timeline: |record| life::LIFE.timeline(record),
    describe,
    listing: Listing { summaries: "Endpoints", ..Listing::DEFAULT },
    duplicate: |_, arn| Fault::validation(format!("Cannot create already existing endpoint \"{arn}\".")),
    missing: |absent| Fault::validation(format!("Could not find endpoint \"{}\".", absent.arn)),
    delete: |call, record| life::idle(record, call.now()).map(|_| ()),
    update,
    ..Kind::DEFAULT
};

/// Looks up the configuration that the members name, and its models.
fn resolve(call: &Call<'_>, members: &mut Members) -> Result<(), Fault> {
    let name = members.get("EndpointConfigName").and_then(Value::as_str).unwrap_or_default();
    let config: Document = engine::named(call, &endpoint_config::KIND, name)?.members.into();
    let mut models = Vec::new();
    for name in endpoint_config::model_names(&config) {
        let mut model = engine::named(call, &model::KIND, name)?.members;
        model.insert("ModelName".to_owned(), json!(name));
        models.push(Document::Object(model));
    }
    members.insert("config".to_owned(), config);
    members.insert("models".to_owned(), models.into());
    Ok(())
}

fn also(call: &Call<'_>) -> Vec<Other> {
    let member = "EndpointConfigName";
    let name = document::text(call.input, member).map(str::to_owned);
    name.map(|id| Other { resource_type: "endpoint-config", id, member }).into_iter().collect()
}

/// The key of the configuration's volumes is granted with the caller's permission. Fact G.4.
fn caller_needs(call: &Call<'_>, verb: Option<Verb>, _members: &Document) -> Vec<Question> {
    if verb == Some(Verb::Delete) {
        return Vec::new();
    }
    let name = document::text(call.input, "EndpointConfigName").unwrap_or_default();
    let Ok(config) = engine::named(call, &endpoint_config::KIND, name) else { return Vec::new() };
    let Some(key_id) = config.text("KmsKeyId") else { return Vec::new() };
    forwarded::on_key(call, key_id, "EndpointConfigName", &["kms:CreateGrant"])
}

fn defaults(members: &mut Members) {
    let desired = variants::desired_by(members.get("config").unwrap_or(&Value::Null));
    members.insert("desired".to_owned(), desired);
    if let Some(deployment) = members.get("DeploymentConfig").cloned() {
        members.insert("LastDeploymentConfig".to_owned(), deployment);
    }
}

/// What is deployed now and what is being deployed.
struct Deployments<'a> {
    current: Option<&'a Members>,
    pending: Option<&'a Members>,
}

fn deployments<'a>(record: &'a Record, now: Timestamp) -> Deployments<'a> {
    let members = &record.members;
    let previous = members.get("previous").and_then(Document::as_object);
    match life::LIFE.timeline(record).at(now).map(|phase| phase.status) {
        Some("Creating") => Deployments { current: None, pending: Some(members) },
        Some("Updating") => Deployments { current: previous, pending: Some(members) },
        _ => Deployments { current: Some(members), pending: None },
    }
}

fn describe(record: &Record, now: Timestamp) -> Members {
    let mut shown = Members::new();
    let deployments = deployments(record, now);
    let since = seconds(life::deployed_since(record));
    let of = |members: &Members| members.get("config").cloned().unwrap_or_default();
    if let Some(current) = deployments.current {
        let config = of(current);
        variants::show(&mut shown, current, deployments.pending.unwrap_or(current), &since);
        for member in ["AsyncInferenceConfig", "ExplainerConfig", "MetricsConfig", "CrossRegionTrafficConfig"] {
            if let Some(value) = config.get(member) {
                shown.insert(member.to_owned(), value.clone());
            }
        }
        if let Some(capture) = config.get("DataCaptureConfig") {
            shown.insert("DataCaptureConfig".to_owned(), data_capture(capture));
        }
        if let Some(name) = current.get("EndpointConfigName") {
            shown.insert("EndpointConfigName".to_owned(), name.clone());
        }
    }
    if let Some(pending) = deployments.pending {
        let mut summary = Members::new();
        summary.insert("StartTime".to_owned(), since.clone());
        summary.insert("EndpointConfigName".to_owned(), pending.get("EndpointConfigName").cloned().unwrap_or_default());
        variants::show(&mut summary, pending, pending, &since);
        shown.insert("PendingDeploymentSummary".to_owned(), summary.into());
    }
    shown
}

fn data_capture(config: &Document) -> Document {
    let enabled = document::get(config, "EnableCapture").and_then(Document::as_bool).unwrap_or(true);
    json!({
        "EnableCapture": enabled,
        "CaptureStatus": if enabled { "Started" } else { "Stopped" },
        "CurrentSamplingPercentage": config.get("InitialSamplingPercentage"),
        "DestinationS3Uri": config.get("DestinationS3Uri"),
        // The model requires it of every answer, with or without a key.
        "KmsKeyId": document::text(config, "KmsKeyId").unwrap_or_default(),
    })
}

fn update(call: &Call<'_>, record: &Record) -> Result<Members, Fault> {
    let deployed = life::in_service(record, call.now())?;
    let mut changed = Members::new();
    changed.insert("EndpointConfigName".to_owned(), call.input.get("EndpointConfigName").cloned().unwrap_or_default());
    resolve(call, &mut changed)?;
    let desired = variants::desired_by(changed.get("config").unwrap_or(&Value::Null));
    changed.insert("desired".to_owned(), variants::retained(call.input, record, desired));
    changed.insert("previous".to_owned(), deployed.into());
    let retains = document::get(call.input, "RetainDeploymentConfig").and_then(Document::as_bool) == Some(true);
    if !retains {
        let given = call.input.get("DeploymentConfig").cloned().unwrap_or_default();
        changed.insert("LastDeploymentConfig".to_owned(), given);
    }
    Ok(changed)
}
