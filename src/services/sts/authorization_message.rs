//! DecodeAuthorizationMessage: why a request was refused, for who may know it.
//!
//! <https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html>

use serde_json::json;

use super::operation::Operation;
use crate::access::{Question, authorization_message};
use crate::document;
use crate::fault::Fault;
use crate::services::{Call, Reply};

pub(super) static DECODE_AUTHORIZATION_MESSAGE: Operation = Operation {
    name: "DecodeAuthorizationMessage",
    changes: false,
    questions: |_| Ok(vec![Question::anywhere("sts:DecodeAuthorizationMessage")]),
    serve,
};

fn serve(call: &Call<'_>) -> Result<Reply, Fault> {
    let message = document::text(call.input, "EncodedMessage").unwrap_or_default();
    match authorization_message::decode(call.state, call.account, message)? {
        Some(decoded) => Ok(Reply::read(json!({ "DecodedMessage": decoded }))),
        None => Err(Fault::new("InvalidAuthorizationMessageException", "Message is not valid")),
    }
}
