//! AddTags, DeleteTags and ListTags, for every kind, and the rules that tags keep.
//!
//! <https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_AddTags.html>

use serde_json::json;

use super::kind::{Absent, Kind};
use super::kinds;
use super::operation::Named;
use super::questions;
use super::record::Record;
use super::records::{self, Shelf};
use crate::access::Question;
use crate::arn::Arn;
use crate::document::{self, Document};
use crate::fault::Fault;
use crate::services::{Call, Reply};
use crate::state::store::Batch;
use crate::tag::{self, Tag};

/// `AddTags`
pub(super) static ADD_TAGS: Named = Named { operation: "AddTags", changes: true, questions: question, serve: add };

/// `DeleteTags`
pub(super) static DELETE_TAGS: Named =
    Named { operation: "DeleteTags", changes: true, questions: question, serve: delete };

/// `ListTags`
pub(super) static LIST_TAGS: Named = Named { operation: "ListTags", changes: false, questions: question, serve: list };

/// The most tags that a resource may have.
const MOST: usize = 50;

/// What AWS refuses of the tags of a request, whatever operation brings them.
pub(super) fn check(tags: &[Tag]) -> Result<(), Fault> {
    for (index, tag) in tags.iter().enumerate() {
        if tag.key.to_ascii_lowercase().starts_with("aws:") {
            return Err(Fault::validation("aws: prefixed tag key names are not allowed for external use."));
        }
        if tags.iter().take(index).any(|earlier| earlier.key == tag.key) {
            return Err(Fault::validation(format!("Duplicate tag key found: {}", tag.key)));
        }
    }
    Ok(())
}

fn question(call: &Call<'_>) -> Result<Vec<Question>, Fault> {
    let arn = document::text(call.input, "ResourceArn").unwrap_or_default();
    let action = format!("sagemaker:{}", call.operation.name);
    let mut question = Question::new(action, arn).from_member("ResourceArn");
    question.resource_account = Arn::parse(arn).and_then(|arn| arn.account.parse().ok());
    let owned = question.resource_account == Some(call.account);
    let record = if owned { find(call, arn)?.map(|(_, _, record)| record) } else { None };
    questions::stored_tag_keys(call, &mut question.keys, record.as_ref());
    match call.operation.name {
        "AddTags" => questions::request_tag_keys(&mut question.keys, &tag::from_list(call.input.get("Tags"))),
        "DeleteTags" => question.keys.set_all("aws:TagKeys", tag_keys(call.input)),
        _ => {}
    }
    Ok(vec![question])
}

fn add(call: &Call<'_>) -> Result<Reply, Fault> {
    let (kind, shelf, mut record) = named(call)?;
    let added = tag::from_list(call.input.get("Tags"));
    check(&added)?;
    tag::merge(&mut record.tags, &added);
    if record.tags.len() > MOST {
        return Err(Fault::new(
            "ResourceLimitExceeded",
            format!("The resource {} cannot have more than {MOST} tags.", kind.arn(call, &record.name)),
        ));
    }
    let mut batch = Batch::default();
    shelf.write(&mut batch, &record)?;
    Ok(Reply::written(json!({ "Tags": tag::to_list(&record.tags) }), batch))
}

fn delete(call: &Call<'_>) -> Result<Reply, Fault> {
    let (_, shelf, mut record) = named(call)?;
    let keys = tag_keys(call.input);
    record.tags.retain(|tag| !keys.contains(&tag.key));
    let mut batch = Batch::default();
    shelf.write(&mut batch, &record)?;
    Ok(Reply::written(json!({}), batch))
}

/// A resource has 50 tags at most and a page at least, so there is never a second page.
fn list(call: &Call<'_>) -> Result<Reply, Fault> {
    if document::get(call.input, "NextToken").is_some() {
        return Err(Fault::validation("Invalid pagination token because \"it was not issued by this operation\"."));
    }
    let (_, _, record) = named(call)?;
    Ok(Reply::read(json!({ "Tags": tag::to_list(&record.tags) })))
}

fn tag_keys(input: &Document) -> Vec<String> {
    document::select(input, "TagKeys[]").iter().filter_map(|key| key.text().map(str::to_owned)).collect()
}

/// The resource that the call's ARN names, or AWS's refusal.
fn named(call: &Call<'_>) -> Result<(&'static Kind, Shelf, Record), Fault> {
    let text = document::text(call.input, "ResourceArn").unwrap_or_default();
    if let Some(found) = find(call, text)? {
        return Ok(found);
    }
    let arn = Arn::parse(text);
    let kind = arn.and_then(|arn| kinds::of_resource_type(records::resource_type(&arn)));
    Err(match (kind, arn) {
        (Some(kind), Some(arn)) => {
            (kind.missing)(&Absent { operation: call.operation.name, name: arn.resource_id(), arn: text })
        }
        _ => Fault::validation(format!("Invalid resource ARN: {text}")),
    })
}

fn find(call: &Call<'_>, text: &str) -> Result<Option<(&'static Kind, Shelf, Record)>, Fault> {
    let Some(arn) = Arn::parse(text).filter(|arn| arn.service == "sagemaker") else { return Ok(None) };
    let Some(kind) = kinds::of_resource_type(records::resource_type(&arn)) else { return Ok(None) };
    let Some(shelf) = Shelf::of_arn(&arn).filter(|shelf| shelf.account == call.account) else { return Ok(None) };
    let record = shelf.find(call.state.store(), arn.resource_id())?;
    let record = record.filter(|record| (kind.timeline)(record).at(call.now()).is_some());
    Ok(record.map(|record| (kind, shelf, record)))
}
