//! `BatchDescribeModelPackage`: several versions at once; those that are not there are told apart.
//!
//! <https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_BatchDescribeModelPackage.html>

use serde_json::json;

use super::KIND;
use crate::access::Question;
use crate::document::{self, Members};
use crate::fault::Fault;
use crate::services::sagemaker::operation::Named;
use crate::services::sagemaker::{engine, questions};
use crate::services::{Call, Reply};

/// The operation.
pub(in crate::services::sagemaker) static DESCRIBE: Named =
    Named { operation: "BatchDescribeModelPackage", changes: false, questions: of_each, serve };

fn arns<'a>(call: &Call<'a>) -> Vec<&'a str> {
    let selected = document::select(call.input, "ModelPackageArnList[]");
    selected.into_iter().filter_map(|arn| arn.text()).collect()
}

fn of_each(call: &Call<'_>) -> Result<Vec<Question>, Fault> {
    let ask = |arn: &str| {
        let id = KIND.id_of(call, arn);
        let mut question = questions::on_resource(call, KIND.resource_type, id, "ModelPackageArnList")?;
        question.resource = arn.to_owned();
        Ok(question)
    };
    arns(call).into_iter().map(ask).collect()
}

fn serve(call: &Call<'_>) -> Result<Reply, Fault> {
    let (mut found, mut errors) = (Members::new(), Members::new());
    for arn in arns(call) {
        match engine::named(call, &KIND, KIND.id_of(call, arn)) {
            Ok(record) => drop(found.insert(arn.to_owned(), engine::description(&KIND, record, call.now()).into())),
            Err(fault) => {
                let error = json!({ "ErrorCode": fault.code, "ErrorResponse": fault.text() });
                errors.insert(arn.to_owned(), error);
            }
        }
    }
    Ok(Reply::read(json!({ "ModelPackageSummaries": found, "BatchDescribeModelPackageErrorMap": errors })))
}
