//! The table of contents: which operations are built, and what serves each.

use super::{
    access_key, assume_role, authorization_message, caller_identity, federation_token, not_authorized, session_token,
};
use crate::access::{Clause, Question};
use crate::fault::Fault;
use crate::principal::Principal;
use crate::services::{Call, Reply};

/// One operation.
pub(super) struct Operation {
    /// Its name in the API.
    pub(super) name: &'static str,
    /// Whether it hands out credentials, which are written down.
    pub(super) changes: bool,
    /// The questions that IAM must answer first.
    pub(super) questions: fn(call: &Call<'_>) -> Result<Vec<Question>, Fault>,
    /// Serves it.
    pub(super) serve: fn(call: &Call<'_>) -> Result<Reply, Fault>,
}

static OPERATIONS: [&Operation; 6] = [
    &assume_role::ASSUME_ROLE,
    &authorization_message::DECODE_AUTHORIZATION_MESSAGE,
    &access_key::GET_ACCESS_KEY_INFO,
    &caller_identity::GET_CALLER_IDENTITY,
    &federation_token::GET_FEDERATION_TOKEN,
    &session_token::GET_SESSION_TOKEN,
];

/// The operation of this name; `None` where it is not built.
pub(super) fn find(name: &str) -> Option<&'static Operation> {
    OPERATIONS.iter().copied().find(|operation| operation.name == name)
}

/// The questions of a call.
pub(super) fn questions(call: &Call<'_>) -> Result<Vec<Question>, Fault> {
    let operation = built(call)?;
    let mut questions = (operation.questions)(call)?;
    if is_barred(call, operation) {
        for question in &mut questions {
            let fault = barred(call, question);
            question.refused_outright.get_or_insert(fault);
        }
    }
    Ok(questions)
}

/// Credentials of GetFederationToken open GetCallerIdentity alone, and those of GetSessionToken AssumeRole besides.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_sts-comparison.html>
fn is_barred(call: &Call<'_>, operation: &Operation) -> bool {
    match call.caller.principal {
        Principal::FederatedUser { .. } => true,
        Principal::User { .. } | Principal::Root { .. } => {
            call.caller.session.is_some() && operation.name != assume_role::ASSUME_ROLE.name
        }
        Principal::AssumedRole { .. } | Principal::Service { .. } | Principal::Anonymous => false,
    }
}

fn barred(call: &Call<'_>, question: &Question) -> Fault {
    let resource = if question.clause == Clause::Absent { None } else { Some(question.resource.as_str()) };
    not_authorized(&call.caller.principal.arn(), &question.action, resource)
}

/// Serves a call.
pub(super) fn serve(call: &Call<'_>) -> Result<Reply, Fault> {
    (built(call)?.serve)(call)
}

fn built(call: &Call<'_>) -> Result<&'static Operation, Fault> {
    find(call.operation.name).ok_or_else(|| Fault::not_built("sts", call.operation.name))
}
