//! `DeletePipeline`: a pipeline goes with all its executions, unless one of them still runs. Facts: E.3 and F.4.

use serde_json::json;

use super::super::pipeline_execution;
use super::KIND;
use crate::fault::Fault;
use crate::services::sagemaker::operation::Named;
use crate::services::sagemaker::records::Shelf;
use crate::services::sagemaker::{engine, questions};
use crate::services::{Call, Reply};
use crate::state::store::Batch;

/// The operation.
pub(in crate::services::sagemaker) static DELETE: Named = Named {
    operation: "DeletePipeline",
    changes: true,
    questions: |call| Ok(vec![questions::with_record(call, &KIND)?.0]),
    serve,
};

fn serve(call: &Call<'_>) -> Result<Reply, Fault> {
    let record = engine::existing(call, &KIND)?;
    let executions = engine::all(call, &pipeline_execution::KIND)?;
    let prefix = format!("{}/execution/", record.name);
    let mut batch = Batch::default();
    for execution in executions.iter().filter(|execution| execution.name.starts_with(&prefix)) {
        if !pipeline_execution::is_over(execution, call.now()) {
            return Err(Fault::new(
                "ConflictException",
                format!("Pipeline '{}' cannot be deleted: '{}' is running.", record.arn, execution.arn),
            ));
        }
        Shelf::of(call, &pipeline_execution::KIND).remove(&mut batch, execution);
    }
    Shelf::of(call, &KIND).remove(&mut batch, &record);
    Ok(Reply::written(json!({ "PipelineArn": record.arn }), batch))
}
