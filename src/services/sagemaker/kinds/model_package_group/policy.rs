//! The resource policy of a model package group: kept and shown. Other accounts are not let in by it.
//!
//! <https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_PutModelPackageGroupPolicy.html>

use serde_json::{Value, json};

use super::KIND;
use crate::document::{self, Document};
use crate::fault::Fault;
use crate::services::sagemaker::operation::Named;
use crate::services::sagemaker::record::Record;
use crate::services::sagemaker::records::Shelf;
use crate::services::sagemaker::{engine, questions};
use crate::services::{Call, Reply};
use crate::state::store::Batch;

/// `PutModelPackageGroupPolicy`
pub(in crate::services::sagemaker) static PUT: Named =
    Named { operation: "PutModelPackageGroupPolicy", changes: true, questions: question, serve: put };

/// `GetModelPackageGroupPolicy`
pub(in crate::services::sagemaker) static GET: Named =
    Named { operation: "GetModelPackageGroupPolicy", changes: false, questions: question, serve: get };

/// `DeleteModelPackageGroupPolicy`
pub(in crate::services::sagemaker) static DELETE: Named =
    Named { operation: "DeleteModelPackageGroupPolicy", changes: true, questions: question, serve: delete };

/// Where the policy stands in the group's record.
const MEMBER: &str = "resourcePolicy";

fn question(call: &Call<'_>) -> Result<Vec<crate::access::Question>, Fault> {
    Ok(vec![questions::with_record(call, &KIND)?.0])
}

fn put(call: &Call<'_>) -> Result<Reply, Fault> {
    let policy = document::text(call.input, "ResourcePolicy").unwrap_or_default();
    if !serde_json::from_str::<Value>(policy).is_ok_and(|policy| policy.is_object()) {
        return Err(Fault::validation("ResourcePolicy is not a valid JSON policy document."));
    }
    write(call, policy.into())
}

fn get(call: &Call<'_>) -> Result<Reply, Fault> {
    let record = engine::existing(call, &KIND)?;
    let policy = record.text(MEMBER).ok_or_else(|| absent(&record))?;
    Ok(Reply::read(json!({ "ResourcePolicy": policy })))
}

fn delete(call: &Call<'_>) -> Result<Reply, Fault> {
    let record = engine::existing(call, &KIND)?;
    if record.get(MEMBER).is_none() {
        return Err(absent(&record));
    }
    write(call, Document::Null)
}

fn absent(group: &Record) -> Fault {
    Fault::validation(format!("Cannot find resource policy for Model Package Group {}.", group.arn))
}

fn write(call: &Call<'_>, policy: Document) -> Result<Reply, Fault> {
    let mut record = engine::existing(call, &KIND)?;
    record.members.insert(MEMBER.to_owned(), policy);
    let mut batch = Batch::default();
    Shelf::of(call, &KIND).write(&mut batch, &record)?;
    Ok(Reply::written(json!({ "ModelPackageGroupArn": record.arn }), batch))
}
