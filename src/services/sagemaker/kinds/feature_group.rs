//! Feature groups: the declaration and what Describe computes. What the role must reach stands in `needs`, the
//! metadata of single features in `metadata`. Facts: E.1, F.4 and G.5.
//!
//! <https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateFeatureGroup.html>

pub(in super::super) mod metadata;
mod needs;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::arn::Arn;
use crate::document::{self, Document, Members};
use crate::fault::Fault;
use crate::services::Call;
use crate::services::sagemaker::kind::{Kind, Verb};
use crate::services::sagemaker::list::Listing;
use crate::services::sagemaker::record::{Happening, Record};
use crate::services::sagemaker::residence::Residence;

/// The declaration.
pub(super) static KIND: Kind = Kind {
    noun: "FeatureGroup",
    plural: "FeatureGroups",
    resource_type: "feature-group",
    name_member: "FeatureGroupName",
    arn_member: "FeatureGroupArn",
    status_member: "FeatureGroupStatus",
    verbs: &[Verb::Update, Verb::Delete],
    roles: &["RoleArn"],
    check,
    needs: needs::needs,
    reaches: |record, _| Some(record.created_at),
    timeline: |record| LIFE.timeline(record),
    describe,
    listing: Listing {
        summaries: "FeatureGroupSummaries",
        summary: |record, _| offline_status(record),
        filter,
        ..Listing::DEFAULT
    },
    duplicate: |name, _| {
        Fault::new(
            "ResourceInUse",
            format!(
                "Resource Already Exists: FeatureGroup with name {name} already exists. Choose a different name.\nInfo: \
                 Feature Group '{name}' already exists."
            ),
        )
    },
    missing: |absent| {
        let text = format!("Resource Not Found: Amazon SageMaker can't find a FeatureGroup with name {}", absent.name);
        Fault::new("ResourceNotFound", text)
    },
    delete: |call, record| ready(record, call.now()),
    update,
    ..Kind::DEFAULT
};

static LIFE: Residence = Residence {
    making: ("Creating", 30),
    there: "Created",
    updating: None,
    deleting: ("Deleting", 30),
    failed: "CreateFailed",
};

fn ready(record: &Record, now: Timestamp) -> Result<(), Fault> {
    match LIFE.timeline(record).at(now) {
        Some(phase) if !phase.settled => Err(Fault::validation(format!(
            "Validation Error: FeatureGroup {} is in status {} and cannot be changed.",
            record.name, phase.status
        ))),
        _ => Ok(()),
    }
}

fn check(call: &Call<'_>) -> Result<(), Fault> {
    let input = call.input;
    let features = document::select(input, "FeatureDefinitions[].FeatureName");
    for member in ["RecordIdentifierFeatureName", "EventTimeFeatureName"] {
        let name = document::text(input, member);
        if !features.iter().any(|feature| feature.text() == name) {
            return Err(Fault::validation(format!(
                "Validation Error: {member} {} is not in FeatureDefinitions.",
                name.unwrap_or_default()
            )));
        }
    }
    let online = document::get(input, "OnlineStoreConfig.EnableOnlineStore").and_then(Document::as_bool) == Some(true);
    let offline = document::get(input, "OfflineStoreConfig").is_some();
    if !online && !offline {
        return Err(Fault::validation(
            "Validation Error: At least one of OnlineStoreConfig and OfflineStoreConfig must be specified.",
        ));
    }
    if offline && document::get(input, "RoleArn").is_none() {
        return Err(Fault::validation("Validation Error: RoleArn is required where OfflineStoreConfig is specified."));
    }
    Ok(())
}

fn describe(record: &Record, now: Timestamp) -> Members {
    let mut members = offline_status(record);
    if let Some(store) = offline_store(record) {
        members.insert("OfflineStoreConfig".to_owned(), store);
    }
    if record.events.iter().any(|event| event.what == Happening::Updated && event.at <= now) {
        members.insert("LastUpdateStatus".to_owned(), json!({ "Status": "Successful" }));
    }
    // The model requires a token of every answer, the last page included.
    members.insert("NextToken".to_owned(), json!(""));
    members
}

fn offline_status(record: &Record) -> Members {
    let status = json!({ "Status": "Active" });
    record.get("OfflineStoreConfig").map(|_| ("OfflineStoreStatus".to_owned(), status)).into_iter().collect()
}

/// The configuration of the offline store, with where the records lie and the table that shows them.
fn offline_store(record: &Record) -> Option<Document> {
    let mut store = record.get("OfflineStoreConfig")?.clone();
    let arn = Arn::parse(&record.arn)?;
    let stamp = record.created_at.as_second();
    let storage = store.get_mut("S3StorageConfig").and_then(Document::as_object_mut)?;
    let uri = storage.get("S3Uri").and_then(Value::as_str).unwrap_or_default().trim_end_matches('/').to_owned();
    let resolved = format!("{uri}/{}/sagemaker/{}/offline-store/{}-{stamp}/data", arn.account, arn.region, record.name);
    storage.insert("ResolvedOutputS3Uri".to_owned(), json!(resolved));
    let store_members = store.as_object_mut()?;
    if store_members.get("DisableGlueTableCreation").and_then(Value::as_bool) != Some(true) {
        let table = format!("{}_{stamp}", record.name.replace('-', "_").to_ascii_lowercase());
        let catalog = json!({ "TableName": table, "Catalog": "AwsDataCatalog", "Database": "sagemaker_featurestore" });
        store_members.entry("DataCatalogConfig").or_insert(catalog);
        store_members.entry("DisableGlueTableCreation").or_insert(json!(false));
    }
    Some(store)
}

fn filter(record: &Record, input: &Document, now: Timestamp) -> bool {
    let status = document::text(input, "FeatureGroupStatusEquals");
    let offline = document::text(input, "OfflineStoreStatusEquals");
    status.is_none_or(|wanted| wanted == LIFE.status(record, now))
        && offline.is_none_or(|wanted| wanted == "Active" && record.get("OfflineStoreConfig").is_some())
}

fn update(call: &Call<'_>, record: &Record) -> Result<Members, Fault> {
    ready(record, call.now())?;
    let mut changed = Members::new();
    let added = document::select(call.input, "FeatureAdditions[]");
    if !added.is_empty() {
        let mut features = record.get("FeatureDefinitions").and_then(Document::as_array).cloned().unwrap_or_default();
        for feature in added {
            let name = feature.value.get("FeatureName");
            if features.iter().any(|known| known.get("FeatureName") == name) {
                return Err(Fault::validation(format!(
                    "Validation Error: Feature {} already exists.",
                    name.and_then(Value::as_str).unwrap_or_default()
                )));
            }
            features.push(feature.value.clone());
        }
        changed.insert("FeatureDefinitions".to_owned(), features.into());
    }
    for member in ["OnlineStoreConfig", "ThroughputConfig"] {
        if let Some(given) = document::get(call.input, member).and_then(Document::as_object) {
            let mut config = record.get(member).and_then(Document::as_object).cloned().unwrap_or_default();
            config.extend(given.clone());
            changed.insert(member.to_owned(), config.into());
        }
    }
    Ok(changed)
}
