//! GetAccessKeyInfo: the account that an access key belongs to, whatever the key's state.
//!
//! <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetAccessKeyInfo.html>

use serde_json::json;

use super::operation::Operation;
use super::validation_error;
use crate::access::Question;
use crate::document;
use crate::fault::Fault;
use crate::services::{Call, Reply};

pub(super) static GET_ACCESS_KEY_INFO: Operation = Operation {
    name: "GetAccessKeyInfo",
    changes: false,
    questions: |_| Ok(vec![Question::anywhere("sts:GetAccessKeyInfo")]),
    serve,
};

fn serve(call: &Call<'_>) -> Result<Reply, Fault> {
    let id = document::text(call.input, "AccessKeyId").unwrap_or_default();
    let account = match call.world.credential(id) {
        Some(credential) => credential.principal.account(),
        None => call.state.sessions().find(id)?.and_then(|session| session.principal.account()),
    };
    // AWS's documentation says that there is an error and not which.
    let account = account.ok_or_else(|| validation_error(format!("The access key {id} does not exist.")))?;
    Ok(Reply::read(json!({ "Account": account.as_str() })))
}
