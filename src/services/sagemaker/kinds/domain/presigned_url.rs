//! `CreatePresignedDomainUrl`: the address under which a browser opens Studio as a user profile.
//!
//! <https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreatePresignedDomainUrl.html>. The token opens
//! nothing, since no Studio runs here.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::json;

use super::super::{space, user_profile};
use super::{KIND, in_domain, url};
use crate::document;
use crate::fault::Fault;
use crate::services::sagemaker::operation::Named;
use crate::services::sagemaker::{engine, questions};
use crate::services::{Call, Reply};

/// The operation.
pub(in crate::services::sagemaker) static CREATE: Named = Named {
    operation: "CreatePresignedDomainUrl",
    changes: false,
    questions: |call| Ok(vec![questions::with_record(call, &user_profile::KIND)?.0]),
    serve,
};

fn serve(call: &Call<'_>) -> Result<Reply, Fault> {
    let domain = engine::named(call, &KIND, document::text(call.input, "DomainId").unwrap_or_default())?;
    engine::existing(call, &user_profile::KIND)?;
    if document::get(call.input, "SpaceName").is_some() {
        engine::named(call, &space::KIND, &in_domain(&space::KIND, call))?;
    }
    let token = BASE64_URL_SAFE_NO_PAD.encode(call.request_id);
    Ok(Reply::read(json!({ "AuthorizedUrl": format!("{}/auth?token={token}", url(&domain)) })))
}
