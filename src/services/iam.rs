//! AWS Identity and Access Management: the API through which an account's principals and policies are read and changed.
//!
//! Each call is itself judged by the policies that the world holds at that moment. `operation` is the table of contents:
//! an operation is a line of data that names its resource, its condition keys and the function that serves it. What the
//! API changes is the world, through [`crate::state::world::Edit`]; nothing is kept besides.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/welcome.html>

mod access_keys;
mod account;
mod attachments;
mod authorization_details;
mod boundaries;
mod change;
mod context_keys;
mod faults;
mod find;
mod groups;
mod holder;
mod inline_policies;
mod instance_profiles;
mod managed_policies;
pub mod operation;
mod page;
mod policy_versions;
mod principals;
mod questions;
mod quota;
mod roles;
mod service_access;
mod service_linked_roles;
mod show;
mod simulate;
mod tags;
mod unused;
mod users;

use crate::access::Answer;
use crate::fault::Fault;
use crate::services::{Service, Settled};

/// What the gateway must know of IAM.
pub static SERVICE: Service = Service {
    name: "iam",
    serves: |operation| operation::find(operation).is_some(),
    changes: |operation| operation::find(operation).is_some_and(|found| found.changes),
    principal: "iam.amazonaws.com",
    is_due: |_, _| Ok(false),
    settle: |_, _| Ok(Settled::default()),
    questions: questions::questions,
    check: |_| Ok(()),
    roles: |_| Ok(Vec::new()),
    denied,
    serve: operation::serve,
};

/// What an operation that is built lacks.
pub fn missing(operation: &str) -> Option<&'static str> {
    match operation {
        "CreateServiceLinkedRole" => Some("the roles of services that its table does not hold"),
        _ => None,
    }
}

fn denied(answer: &Answer) -> Fault {
    Fault::new("AccessDenied", answer.denial_message())
}
