//! The table of contents: which operations are built, and what serves each.

use super::{access_key, assume_role, authorization_message, caller_identity, federation_token, session_token};
use crate::access::Question;
use crate::fault::Fault;
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
    (built(call)?.questions)(call)
}

/// Serves a call.
pub(super) fn serve(call: &Call<'_>) -> Result<Reply, Fault> {
    (built(call)?.serve)(call)
}

fn built(call: &Call<'_>) -> Result<&'static Operation, Fault> {
    find(call.operation.name).ok_or_else(|| Fault::not_built("sts", call.operation.name))
}
