//! Who made or changed a resource, as the kinds that tell it do.

use serde_json::json;

use crate::document::{Document, Members};
use crate::fault::Fault;
use crate::services::Call;

/// The `UserContext` structure of a caller that did not come through Studio.
///
/// <https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_UserContext.html>
pub(super) fn user_context(call: &Call<'_>) -> Document {
    let principal = &call.caller.principal;
    json!({ "IamIdentity": { "Arn": principal.arn(), "PrincipalId": principal.user_id() } })
}

/// Notes who makes a resource.
pub(super) fn created(call: &Call<'_>, members: &mut Members) -> Result<(), Fault> {
    members.insert("CreatedBy".to_owned(), user_context(call));
    Ok(())
}

/// The members of the input but for those that name the resource, and who sent them.
pub(super) fn changed(call: &Call<'_>, naming: &[&str]) -> Members {
    let mut members = call.input.as_object().cloned().unwrap_or_default();
    for member in naming {
        members.remove(*member);
    }
    members.insert("LastModifiedBy".to_owned(), user_context(call));
    members
}
