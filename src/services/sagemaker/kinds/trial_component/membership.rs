//! `AssociateTrialComponent` and `DisassociateTrialComponent`.
//!
//! <https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_AssociateTrialComponent.html>

use serde_json::{Value, json};

use super::super::trial::{self, COMPONENTS, components};
use super::{KIND, TRIALS, trials};
use crate::access::Question;
use crate::document::{self, Document};
use crate::fault::Fault;
use crate::services::sagemaker::operation::Named;
use crate::services::sagemaker::records::Shelf;
use crate::services::sagemaker::{engine, questions};
use crate::services::{Call, Reply};
use crate::state::store::Batch;

/// `AssociateTrialComponent`
pub(in crate::services::sagemaker) static ASSOCIATE: Named =
    Named { operation: "AssociateTrialComponent", changes: true, questions: of_both, serve };

/// `DisassociateTrialComponent`
pub(in crate::services::sagemaker) static DISASSOCIATE: Named =
    Named { operation: "DisassociateTrialComponent", changes: true, questions: of_both, serve };

fn of_both(call: &Call<'_>) -> Result<Vec<Question>, Fault> {
    Ok(vec![questions::with_record(call, &trial::KIND)?.0, questions::with_record(call, &KIND)?.0])
}

fn serve(call: &Call<'_>) -> Result<Reply, Fault> {
    let mut component = engine::existing(call, &KIND)?;
    let mut trial = engine::existing(call, &trial::KIND)?;
    let mut names: Vec<Value> = components(&trial).filter(|name| *name != component.name).map(Value::from).collect();
    let is_other = |membership: &&Document| document::text(membership, "trial") != Some(&trial.name);
    let mut memberships: Vec<Document> = trials(&component).filter(is_other).cloned().collect();
    if call.operation.name == ASSOCIATE.operation {
        names.push(json!(component.name));
        memberships.push(json!({ "trial": trial.name, "experiment": trial.text("ExperimentName") }));
    }
    trial.members.insert(COMPONENTS.to_owned(), names.into());
    component.members.insert(TRIALS.to_owned(), memberships.into());
    let mut batch = Batch::default();
    Shelf::of(call, &trial::KIND).write(&mut batch, &trial)?;
    Shelf::of(call, &KIND).write(&mut batch, &component)?;
    Ok(Reply::written(json!({ "TrialComponentArn": component.arn, "TrialArn": trial.arn }), batch))
}
