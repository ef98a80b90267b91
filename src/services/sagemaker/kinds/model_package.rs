//! Model packages: versions in a group, or packages under a name of their own. Facts: E.1, E.2 and F.4.
//!
//! A group's versions count from 1 and never come again; the group keeps the count.
//! <https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateModelPackage.html>

pub(in super::super) mod batch;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::model_package_group;
use crate::access::Stage;
use crate::document::{self, Document, Members};
use crate::fault::Fault;
use crate::services::Call;
use crate::services::sagemaker::course::{Course, JOB, Leg};
use crate::services::sagemaker::kind::{Absent, Kind, Verb};
use crate::services::sagemaker::list::{Listing, Order};
use crate::services::sagemaker::record::Record;
use crate::services::sagemaker::{author, engine};
use crate::timeline::{Phase, Timeline};

/// The declaration.
pub(super) static KIND: Kind = Kind {
    noun: "ModelPackage",
    plural: "ModelPackages",
    resource_type: "model-package",
    name_member: "ModelPackageName",
    arn_member: "ModelPackageArn",
    id,
    status_member: "ModelPackageStatus",
    verbs: &[Verb::Update, Verb::Delete],
    roles: &["ValidationSpecification.ValidationRole"],
    check,
    resolve,
    timeline,
    unfold: |unfolding, record| {
        let Some((group, version)) = version(record) else { return Ok(None) };
        if let Some(mut group) = unfolding.find(&model_package_group::KIND, group)?
            && count(&group) < version
        {
            group.members.insert(COUNT.to_owned(), json!(version));
            unfolding.write(&model_package_group::KIND, group)?;
        }
        Ok(None)
    },
    describe,
    listing: Listing {
        summaries: "ModelPackageSummaryList",
        order: Order::Ascending,
        summary: naming,
        filter,
        ..Listing::DEFAULT
    },
    duplicate: |_, arn| Fault::validation(format!("Model Package already exists: {arn}")),
    missing,
    update,
    ..Kind::DEFAULT
};

/// Where a group keeps how many versions it has had.
const COUNT: &str = "versions";

fn count(group: &Record) -> u64 {
    group.get(COUNT).and_then(Document::as_u64).unwrap_or_default()
}

/// The group and the number of a version.
fn version(record: &Record) -> Option<(&str, u64)> {
    let (group, number) = record.name.split_once('/')?;
    Some((group, number.parse().ok()?))
}

/// What a package is called that a create call makes, or that another call names by name or ARN.
fn id(kind: &Kind, call: &Call<'_>) -> String {
    if call.operation.name != "CreateModelPackage" {
        let named = document::text(call.input, "ModelPackageName").or(document::text(call.input, "ModelPackageArn"));
        return kind.id_of(call, named.unwrap_or_default()).to_owned();
    }
    let Some(group) = group_name(call) else { return kind.named(call) };
    let versions = engine::named(call, &model_package_group::KIND, group).map_or(0, |group| count(&group));
    format!("{group}/{}", versions + 1)
}

fn group_name<'a>(call: &Call<'a>) -> Option<&'a str> {
    let group = document::text(call.input, "ModelPackageGroupName")?;
    Some(model_package_group::KIND.id_of(call, group))
}

fn missing(absent: &Absent<'_>) -> Fault {
    Fault::validation(format!("ModelPackage {} does not exist.", absent.arn))
}

fn check(call: &Call<'_>) -> Result<(), Fault> {
    let has = |member| document::get(call.input, member).is_some();
    if has("ModelPackageName") == has("ModelPackageGroupName") {
        return Err(Fault::validation("Specify one of either ModelPackageName or ModelPackageGroupName."));
    }
    Ok(())
}

fn resolve(call: &Call<'_>, members: &mut Members) -> Result<(), Fault> {
    if call.operation.name != "CreateModelPackage" {
        return Ok(());
    }
    if let Some(group) = group_name(call) {
        engine::named(call, &model_package_group::KIND, group)?;
        members.insert("ModelPackageGroupName".to_owned(), json!(group));
        members.entry("ModelApprovalStatus").or_insert(json!("PendingManualApproval"));
    }
    members.remove("ClientToken");
    author::created(call, members)
}

static VALIDATION: Course = Course {
    legs: &[
        Leg { status: "Pending", stage: Stage::Start, seconds: 10 },
        Leg { status: "InProgress", stage: Stage::Run, seconds: 60 },
    ],
    ..JOB
};

/// A package that is not validated is ready as soon as it is made.
fn timeline(record: &Record) -> Timeline {
    if record.get("ValidationSpecification").is_some() {
        return VALIDATION.timeline(record);
    }
    Timeline::starting(Phase { since: record.created_at, status: "Completed", secondary: None, settled: true })
}

/// A version is called after its group.
fn naming(record: &Record, _now: Timestamp) -> Members {
    let mut members = Members::new();
    if let Some((group, number)) = version(record) {
        members.insert("ModelPackageGroupName".to_owned(), json!(group));
        members.insert("ModelPackageVersion".to_owned(), json!(number));
        members.insert("ModelPackageName".to_owned(), json!(group));
    }
    members
}

fn describe(record: &Record, now: Timestamp) -> Members {
    let mut members = naming(record, now);
    let status = match timeline(record).at(now).map(|phase| phase.status) {
        Some("Pending") | None => "NotStarted",
        Some(status) => status,
    };
    let all = Document::Object(record.members.clone());
    let profiles = document::select(&all, "ValidationSpecification.ValidationProfiles[].ProfileName");
    let of = |profile: &document::Selected<'_>| json!({ "Name": profile.value, "Status": status });
    let validations: Vec<Value> = profiles.iter().map(of).collect();
    let details = json!({ "ValidationStatuses": validations, "ImageScanStatuses": [] });
    members.insert("ModelPackageStatusDetails".to_owned(), details);
    members
}

/// <https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ListModelPackages.html>: without a group and a type,
/// packages outside groups are listed.
fn filter(record: &Record, input: &Document, _now: Timestamp) -> bool {
    let group = document::text(input, "ModelPackageGroupName");
    let group = group.map(|group| group.rsplit('/').next().unwrap_or(group));
    let of = version(record).map(|(group, _)| group);
    let of_type = match document::text(input, "ModelPackageType") {
        Some("Both") => true,
        Some("Versioned") => of.is_some(),
        Some(_) => of.is_none(),
        None => of.is_some() == group.is_some(),
    };
    let approval = document::text(input, "ModelApprovalStatus");
    of_type
        && group.is_none_or(|group| of == Some(group))
        && approval.is_none_or(|wanted| record.text("ModelApprovalStatus") == Some(wanted))
}

fn update(call: &Call<'_>, record: &Record) -> Result<Members, Fault> {
    let mut changed = author::changed(call, &["ModelPackageArn", "ClientToken"]);
    let mut properties = record.get("CustomerMetadataProperties").and_then(Document::as_object).cloned();
    if let Some(Document::Object(given)) = changed.remove("CustomerMetadataProperties") {
        properties.get_or_insert_default().extend(given);
    }
    if let (Some(Document::Array(names)), Some(properties)) =
        (changed.remove("CustomerMetadataPropertiesToRemove"), properties.as_mut())
    {
        names.iter().filter_map(Document::as_str).for_each(|name| drop(properties.remove(name)));
    }
    if let Some(properties) = properties {
        changed.insert("CustomerMetadataProperties".to_owned(), properties.into());
    }
    if let Some(Document::Array(mut added)) = changed.remove("AdditionalInferenceSpecificationsToAdd") {
        let had = record.get("AdditionalInferenceSpecifications").and_then(Document::as_array);
        let mut all = had.cloned().unwrap_or_default();
        all.append(&mut added);
        changed.insert("AdditionalInferenceSpecifications".to_owned(), all.into());
    }
    Ok(changed)
}
