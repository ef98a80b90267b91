//! What can be asked about executions besides their description: those of a pipeline, the steps, the parameters and the
//! definition of one.

use serde_json::{Value, json};

use super::KIND;
use super::progress::{Begun, Progress, Standing};
use crate::access::Question;
use crate::document::{self, Document, Members};
use crate::fault::Fault;
use crate::services::sagemaker::kinds::pipeline;
use crate::services::sagemaker::operation::Named;
use crate::services::sagemaker::{engine, list, questions, seconds};
use crate::services::{Call, Reply};

/// `ListPipelineExecutions`
pub(in crate::services::sagemaker) static LIST: Named = Named {
    operation: "ListPipelineExecutions",
    changes: false,
    questions: |call| Ok(vec![questions::with_record(call, &pipeline::KIND)?.0]),
    serve: |call| {
        engine::existing(call, &pipeline::KIND)?;
        list::list(call, &KIND)
    },
};

/// `ListPipelineExecutionSteps`
pub(in crate::services::sagemaker) static STEPS: Named =
    Named { operation: "ListPipelineExecutionSteps", changes: false, questions: question, serve: steps };

/// `ListPipelineParametersForExecution`
pub(in crate::services::sagemaker) static PARAMETERS: Named =
    Named { operation: "ListPipelineParametersForExecution", changes: false, questions: question, serve: parameters };

/// `DescribePipelineDefinitionForExecution`
pub(in crate::services::sagemaker) static DEFINITION: Named = Named {
    operation: "DescribePipelineDefinitionForExecution",
    changes: false,
    questions: question,
    serve: |call| {
        let record = engine::existing(call, &KIND)?;
        let created = seconds(record.created_at);
        Ok(Reply::read(json!({ "PipelineDefinition": record.get("definition"), "CreationTime": created })))
    },
};

fn question(call: &Call<'_>) -> Result<Vec<Question>, Fault> {
    Ok(vec![questions::with_record(call, &KIND)?.0])
}

/// The size of a page where the request names none.
const PAGE: usize = 10;

/// A page of a list that does not grow any more at its beginning: a token is the place where the page ended.
fn page(call: &Call<'_>, all: Vec<Document>, member: &str) -> Result<Reply, Fault> {
    let size = document::get(call.input, "MaxResults").and_then(Document::as_u64);
    let size = size.and_then(|size| usize::try_from(size).ok()).unwrap_or(PAGE);
    let begins = match document::text(call.input, "NextToken") {
        None => 0,
        Some(token) => token.parse::<usize>().map_err(|_| {
            Fault::validation("Invalid pagination token because \"it was not issued by this operation\".")
        })?,
    };
    let more = all.len() > begins.saturating_add(size);
    let shown: Vec<Document> = all.into_iter().skip(begins).take(size).collect();
    let mut answer = Members::from_iter([(member.to_owned(), Value::from(shown))]);
    if more {
        answer.insert("NextToken".to_owned(), (begins + size).to_string().into());
    }
    Ok(Reply::read(answer.into()))
}

fn steps(call: &Call<'_>) -> Result<Reply, Fault> {
    let record = engine::existing(call, &KIND)?;
    let progress = Progress::of(&record);
    let definition = pipeline::definition::parse(record.text("definition").unwrap_or_default())?;
    let source = |name: &str| definition.steps.iter().find(|step| step.name == name).map(|step| &step.source);
    let mut all: Vec<Document> = progress.steps.iter().map(|step| shown(step, source(&step.name))).collect();
    if document::text(call.input, "SortOrder") != Some("Ascending") {
        all.reverse();
    }
    page(call, all, "PipelineExecutionSteps")
}

fn shown(step: &Begun, source: Option<&Document>) -> Document {
    let text = |member: &str| source.and_then(|source| document::get(source, member));
    let status = match step.standing {
        Standing::Executing => "Executing",
        Standing::Succeeded => "Succeeded",
        Standing::Failed => "Failed",
        Standing::Stopped => "Stopped",
    };
    json!({
        "StepName": step.name,
        "StepDisplayName": text("DisplayName"),
        "StepDescription": text("Description"),
        "StartTime": seconds(step.began),
        "EndTime": step.ended.map(seconds),
        "StepStatus": status,
        "AttemptCount": step.attempts,
        "FailureReason": step.reason,
        "Metadata": metadata(step),
    })
}

fn metadata(step: &Begun) -> Document {
    let member = match step.step_type.as_str() {
        "Training" => "TrainingJob",
        "Processing" => "ProcessingJob",
        "Transform" => "TransformJob",
        "Tuning" => "TuningJob",
        other => other,
    };
    match (&step.arn, step.outcome) {
        (Some(arn), _) => json!({ member: { "Arn": arn } }),
        (None, Some(outcome)) => json!({ member: { "Outcome": if outcome { "True" } else { "False" } } }),
        (None, None) if step.step_type == "Fail" => json!({ "Fail": { "ErrorMessage": step.reason } }),
        _ => json!({}),
    }
}

fn parameters(call: &Call<'_>) -> Result<Reply, Fault> {
    let record = engine::existing(call, &KIND)?;
    let values = record.get("parameters").and_then(Document::as_object).cloned().unwrap_or_default();
    let shown = |(name, value): (String, Document)| {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        json!({ "Name": name, "Value": text })
    };
    page(call, values.into_iter().map(shown).collect(), "PipelineParameters")
}
