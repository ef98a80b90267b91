//! GetSessionToken: temporary credentials of a user or root user. It authenticates, so no policy controls it.
//!
//! <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html>

use serde_json::json;

use super::credentials::{self, Grant};
use super::operation::Operation;
use super::{access_denied, multi_factor};
use crate::document::{self, Document};
use crate::fault::Fault;
use crate::principal::Principal;
use crate::services::{Call, Reply};

pub(super) static GET_SESSION_TOKEN: Operation =
    Operation { name: "GetSessionToken", changes: true, questions: |_| Ok(Vec::new()), serve };

/// How long a session of a user lasts where the caller does not say, in seconds.
const DEFAULT_SECONDS: i64 = 43_200;
/// How long a session of a root user lasts at most; longer is shortened, not refused.
const ROOT_SECONDS: i64 = 3_600;

fn serve(call: &Call<'_>) -> Result<Reply, Fault> {
    long_term_only(call, "GetSessionToken")?;
    multi_factor::check(call.input)?;
    let grant = Grant {
        principal: call.caller.principal.clone(),
        seconds: seconds(call),
        policies: None,
        tags: Vec::new(),
        transitive_tag_keys: Vec::new(),
        source_identity: None,
    };
    credentials::issue(call, grant, json!({}))
}

/// Credentials that are temporary themselves cannot be traded for others here.
pub(super) fn long_term_only(call: &Call<'_>, operation: &str) -> Result<(), Fault> {
    match call.caller.session {
        Some(_) => Err(access_denied(format!("Cannot call {operation} with session credentials"))),
        None => Ok(()),
    }
}

/// The duration of a session that a user or a root user gets, in seconds.
pub(super) fn seconds(call: &Call<'_>) -> i64 {
    let seconds = document::get(call.input, "DurationSeconds").and_then(Document::as_i64).unwrap_or(DEFAULT_SECONDS);
    match call.caller.principal {
        Principal::Root { .. } => seconds.min(ROOT_SECONDS),
        _ => seconds,
    }
}
