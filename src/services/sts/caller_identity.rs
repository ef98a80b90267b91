//! GetCallerIdentity, which asks for no permission: not even an explicit deny stops it.
//!
//! <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html>

use serde_json::json;

use super::operation::Operation;
use crate::fault::Fault;
use crate::services::{Call, Reply};

pub(super) static GET_CALLER_IDENTITY: Operation =
    Operation { name: "GetCallerIdentity", changes: false, questions: |_| Ok(Vec::new()), serve };

#[expect(clippy::unnecessary_wraps, reason = "the form of every operation")]
fn serve(call: &Call<'_>) -> Result<Reply, Fault> {
    let principal = &call.caller.principal;
    Ok(Reply::read(json!({
        "Arn": principal.arn(),
        "UserId": principal.user_id(),
        "Account": call.account.as_str(),
    })))
}
