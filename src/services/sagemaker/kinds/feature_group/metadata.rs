//! `DescribeFeatureMetadata` and `UpdateFeatureMetadata`: descriptions and parameters of single features.
//!
//! <https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_UpdateFeatureMetadata.html>

use serde_json::json;

use super::KIND;
use crate::access::Question;
use crate::document::{self, Document, Members};
use crate::fault::Fault;
use crate::services::sagemaker::operation::Named;
use crate::services::sagemaker::record::Record;
use crate::services::sagemaker::records::Shelf;
use crate::services::sagemaker::{engine, questions, seconds};
use crate::services::{Call, Reply};
use crate::state::store::Batch;

/// `DescribeFeatureMetadata`
pub(in crate::services::sagemaker) static DESCRIBE: Named =
    Named { operation: "DescribeFeatureMetadata", changes: false, questions: question, serve: describe };

/// `UpdateFeatureMetadata`
pub(in crate::services::sagemaker) static UPDATE: Named =
    Named { operation: "UpdateFeatureMetadata", changes: true, questions: question, serve: update };

/// Where the group keeps the metadata, by feature.
const MEMBER: &str = "featureMetadata";

fn question(call: &Call<'_>) -> Result<Vec<Question>, Fault> {
    Ok(vec![questions::with_record(call, &KIND)?.0])
}

/// The group, the feature's name and its type.
fn feature<'a>(call: &Call<'a>) -> Result<(Record, &'a str, Document), Fault> {
    let record = engine::existing(call, &KIND)?;
    let name = document::text(call.input, "FeatureName").unwrap_or_default();
    let definitions = record.get("FeatureDefinitions").and_then(Document::as_array).into_iter().flatten();
    let found = definitions.into_iter().find(|feature| document::text(feature, "FeatureName") == Some(name));
    let feature_type = found.and_then(|feature| feature.get("FeatureType")).cloned();
    match feature_type {
        Some(feature_type) => Ok((record, name, feature_type)),
        None => Err(Fault::new(
            "ResourceNotFound",
            format!("Resource Not Found: Feature {name} does not exist in FeatureGroup {}.", record.name),
        )),
    }
}

fn metadata(record: &Record, name: &str) -> Members {
    let all = record.get(MEMBER).and_then(|all| all.get(name)).and_then(Document::as_object);
    all.cloned().unwrap_or_default()
}

fn describe(call: &Call<'_>) -> Result<Reply, Fault> {
    let (record, name, feature_type) = feature(call)?;
    let mut members = metadata(&record, name);
    let modified = members.remove("modified").unwrap_or_else(|| seconds(record.created_at));
    members.insert("FeatureGroupArn".to_owned(), json!(record.arn));
    members.insert("FeatureGroupName".to_owned(), json!(record.name));
    members.insert("FeatureName".to_owned(), json!(name));
    members.insert("FeatureType".to_owned(), feature_type);
    members.insert("CreationTime".to_owned(), seconds(record.created_at));
    members.insert("LastModifiedTime".to_owned(), modified);
    Ok(Reply::read(members.into()))
}

fn update(call: &Call<'_>) -> Result<Reply, Fault> {
    let (mut record, name, _) = feature(call)?;
    let mut members = metadata(&record, name);
    if let Some(description) = document::get(call.input, "Description") {
        members.insert("Description".to_owned(), description.clone());
    }
    let mut parameters = members.remove("Parameters").and_then(|had| had.as_array().cloned()).unwrap_or_default();
    let removed = document::select(call.input, "ParameterRemovals[]");
    let added = document::select(call.input, "ParameterAdditions[]");
    parameters.retain(|parameter| {
        let key = parameter.get("Key");
        !removed.iter().any(|removed| Some(removed.value) == key)
            && !added.iter().any(|added| added.value.get("Key") == key)
    });
    parameters.extend(added.iter().map(|parameter| parameter.value.clone()));
    members.insert("Parameters".to_owned(), parameters.into());
    members.insert("modified".to_owned(), seconds(call.now()));
    let mut all = record.get(MEMBER).and_then(Document::as_object).cloned().unwrap_or_default();
    all.insert(name.to_owned(), members.into());
    record.members.insert(MEMBER.to_owned(), all.into());
    let mut batch = Batch::default();
    Shelf::of(call, &KIND).write(&mut batch, &record)?;
    Ok(Reply::written(Document::Null, batch))
}
