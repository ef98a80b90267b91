//! `CreatePresignedNotebookInstanceUrl`: the address under which a browser opens the notebook.
//!
//! <https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreatePresignedNotebookInstanceUrl.html>. The token
//! opens nothing, since no notebook runs here.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::json;

use super::{KIND, host, life};
use crate::fault::Fault;
use crate::services::sagemaker::operation::Named;
use crate::services::sagemaker::{engine, questions};
use crate::services::{Call, Reply};

/// The operation.
pub(in crate::services::sagemaker) static CREATE: Named = Named {
    operation: "CreatePresignedNotebookInstanceUrl",
    changes: false,
    questions: |call| Ok(vec![questions::with_record(call, &KIND)?.0]),
    serve,
};

fn serve(call: &Call<'_>) -> Result<Reply, Fault> {
    let record = engine::existing(call, &KIND)?;
    let status = life::timeline(&record).at(call.now()).map(|phase| phase.status).unwrap_or_default();
    if status != "InService" {
        return Err(Fault::validation(format!(
            "Status ({status}) not in ([InService]). Unable to create a presigned URL for Notebook Instance ({}).",
            record.arn
        )));
    }
    let token = BASE64_URL_SAFE_NO_PAD.encode(call.request_id);
    Ok(Reply::read(json!({ "AuthorizedUrl": format!("https://{}?authToken={token}", host(&record)) })))
}
