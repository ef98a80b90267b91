//! `UpdateEndpointWeightsAndCapacities`: other weights and capacities for the variants of a running endpoint.
//!
//! <https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_UpdateEndpointWeightsAndCapacities.html>

use serde_json::json;

use super::{KIND, life};
use crate::document::{self, Document};
use crate::fault::Fault;
use crate::services::sagemaker::operation::Named;
use crate::services::sagemaker::record::{Event, Happening};
use crate::services::sagemaker::records::Shelf;
use crate::services::sagemaker::{engine, questions};
use crate::services::{Call, Reply};
use crate::state::store::Batch;

/// The operation.
pub(in crate::services::sagemaker) static UPDATE: Named = Named {
    operation: "UpdateEndpointWeightsAndCapacities",
    changes: true,
    questions: |call| Ok(vec![questions::with_record(call, &KIND)?.0]),
    serve,
};

/// The members of a request, and what they change.
const CHANGES: [(&str, &str); 2] = [("DesiredWeight", "weight"), ("DesiredInstanceCount", "count")];

fn serve(call: &Call<'_>) -> Result<Reply, Fault> {
    let mut record = engine::existing(call, &KIND)?;
    let deployed = life::in_service(&record, call.now())?;
    let mut desired = record.members.get("desired").cloned().unwrap_or_default();
    for change in document::select(call.input, "DesiredWeightsAndCapacities[]") {
        let name = document::text(change.value, "VariantName").unwrap_or_default();
        let Some(wanted) = desired.get_mut(name).and_then(Document::as_object_mut) else {
            return Err(Fault::validation(format!(
                "Could not find variant \"{name}\" of endpoint \"{}\".",
                record.arn
            )));
        };
        for (member, property) in CHANGES {
            if let Some(value) = document::get(change.value, member) {
                wanted.insert(property.to_owned(), value.clone());
            }
        }
        let serverless = document::get(change.value, "ServerlessUpdateConfig").and_then(Document::as_object);
        if let (Some(changed), Some(Document::Object(config))) = (serverless, wanted.get_mut("serverless")) {
            config.extend(changed.clone());
        }
    }
    record.members.insert("desired".to_owned(), desired);
    record.members.insert("previous".to_owned(), deployed.into());
    record.events.push(Event { at: call.now(), what: Happening::Updated });
    let mut batch = Batch::default();
    Shelf::of(call, &KIND).write(&mut batch, &record)?;
    Ok(Reply::written(json!({ "EndpointArn": record.arn }), batch))
}
