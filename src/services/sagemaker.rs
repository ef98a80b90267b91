//! Amazon SageMaker's control plane.
//!
//! Most of its 425 operations create, describe, list, update, start, stop or delete one kind of resource. A kind is
//! declared once, in its own file under `kinds`; the verbs are served for every kind by `engine`. What is left over is
//! a small named handler by theme. `operation` is the table of contents.

mod author;
mod changes;
pub mod condition_keys;
pub mod course;
mod engine;
mod forwarded;
mod instance;
pub mod kind;
pub mod kinds;
pub mod list;
mod needs;
pub mod operation;
pub mod outcome;
pub mod partial;
mod questions;
pub mod record;
pub mod records;
pub mod residence;
mod search;
mod settle;
mod tags;
#[cfg(test)]
mod testing;
pub mod unfolding;

use jiff::Timestamp;

use crate::access::Answer;
use crate::document::Document;
use crate::fault::Fault;
use crate::services::Service;

/// What the gateway must know of SageMaker.
pub static SERVICE: Service = Service {
    name: "sagemaker",
    serves: |operation| operation::find(operation).is_some(),
    changes: |operation| operation::find(operation).is_some_and(|found| found.changes()),
    principal: PRINCIPAL,
    is_due: |state, now| records::is_due(state.store(), now),
    settle: settle::settle,
    questions: questions::questions,
    check: questions::check,
    roles: questions::roles,
    denied,
    serve: operation::serve,
};

/// The principal of the service in trust policies and in `iam:PassedToService`.
pub const PRINCIPAL: &str = "sagemaker.amazonaws.com";

fn denied(answer: &Answer) -> Fault {
    let denial = answer.denial_message();
    // What EC2 refuses to the caller of a notebook operation is told with this sentence before it.
    let text = if answer.question.action.starts_with("ec2:") {
        format!(
            "Unable to create or start a notebook instance that can access resources in your VPC. Please check if you \
             have {} permission. {denial}",
            answer.question.action
        )
    } else {
        denial
    };
    Fault::new("AccessDeniedException", text)
}

/// An instant as documents carry it: seconds since the epoch, to the millisecond.
#[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 fit into 53 bits for 285,000 years")]
fn seconds(instant: Timestamp) -> Document {
    let millis = instant.as_millisecond();
    if millis % 1000 == 0 { (millis / 1000).into() } else { (millis as f64 / 1000.0).into() }
}
