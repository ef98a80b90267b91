//! AWS Security Token Service: temporary credentials and who their bearer is.
//!
//! `operation` is the table of contents; each operation is a file that says which questions IAM must answer and what is
//! handed out. Whether a role may be assumed is IAM's to say, never decided here.
//! INVARIANT: credentials are handed out only by `credentials::issue`.

mod access_key;
mod assume_role;
mod authorization_message;
mod caller_identity;
mod credentials;
mod federation_token;
mod multi_factor;
mod operation;
mod packed;
mod session_policies;
mod session_tags;
mod session_token;

use crate::access::Answer;
use crate::fault::Fault;
use crate::services::{Service, Settled};

/// What the gateway must know of STS.
pub static SERVICE: Service = Service {
    name: "sts",
    serves: |operation| operation::find(operation).is_some(),
    changes: |operation| operation::find(operation).is_some_and(|found| found.changes),
    principal: "sts.amazonaws.com",
    is_due: |_, _| Ok(false),
    settle: |_, _| Ok(Settled::default()),
    questions: operation::questions,
    check: |_| Ok(()),
    roles: |_| Ok(Vec::new()),
    denied,
    serve: operation::serve,
};

/// What an operation that is built lacks.
pub fn missing(operation: &str) -> Option<&'static str> {
    match operation {
        "AssumeRole" => Some("`ProvidedContexts`; multi-factor authentication, since no world holds a device"),
        "GetSessionToken" => Some("multi-factor authentication, since no world holds a device"),
        _ => None,
    }
}

/// The actions that open a role. Their refusals never say why, so that nobody learns whether a role exists.
const OPENS_A_ROLE: [&str; 3] = ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"];

/// STS's `AccessDenied`. Facts A.5.
fn denied(answer: &Answer) -> Fault {
    let question = &answer.question;
    let opens_a_role = OPENS_A_ROLE.contains(&question.action.as_ref()) && question.resource.contains(":role/");
    if opens_a_role {
        not_authorized(&answer.principal, &question.action, Some(&question.resource))
    } else {
        access_denied(answer.denial_message())
    }
}

/// A refusal that gives no reason.
fn not_authorized(principal: &str, action: &str, resource: Option<&str>) -> Fault {
    let clause = resource.map(|resource| format!(" on resource: {resource}")).unwrap_or_default();
    access_denied(format!("User: {principal} is not authorized to perform: {action}{clause}"))
}

fn access_denied(message: impl Into<String>) -> Fault {
    Fault::new("AccessDenied", message)
}

fn validation_error(message: impl Into<String>) -> Fault {
    Fault::new("ValidationError", message)
}

fn invalid_parameter(message: impl Into<String>) -> Fault {
    Fault::new("InvalidParameterValue", message)
}
