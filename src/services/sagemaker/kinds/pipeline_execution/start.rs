//! `StartPipelineExecution` and `RetryPipelineExecution`.
//!
//! <https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_StartPipelineExecution.html>

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::progress::{Progress, Standing};
use super::{KIND, is_over};
use crate::access::{Question, RoleUse, pass_role};
use crate::document::{self, Document, Members};
use crate::fault::Fault;
use crate::services::sagemaker::changes::Changes;
use crate::services::sagemaker::kinds::pipeline;
use crate::services::sagemaker::kinds::pipeline::definition::{self, Parameter};
use crate::services::sagemaker::operation::Named;
use crate::services::sagemaker::record::{Event, Happening, Record};
use crate::services::sagemaker::records::Shelf;
use crate::services::sagemaker::unfolding::pace;
use crate::services::sagemaker::{PRINCIPAL, author, engine, questions, seconds};
use crate::services::{Call, Reply};

/// `StartPipelineExecution`
pub(in crate::services::sagemaker) static START: Named =
    Named { operation: "StartPipelineExecution", changes: true, questions: asked, serve: start };

/// `RetryPipelineExecution`
pub(in crate::services::sagemaker) static RETRY: Named = Named {
    operation: "RetryPipelineExecution",
    changes: true,
    questions: |call| Ok(vec![questions::with_record(call, &KIND)?.0]),
    serve: retry,
};

/// The action on the pipeline, and the role where the execution is given one of its own.
fn asked(call: &Call<'_>) -> Result<Vec<Question>, Fault> {
    let (question, _) = questions::with_record(call, &pipeline::KIND)?;
    let arn = question.resource.clone();
    let mut asked = vec![question];
    if let Some(role) = document::text(call.input, "RoleArn") {
        asked.push(pass_role(call.world, call.account, role, "RoleArn", PRINCIPAL, &arn));
    }
    Ok(asked)
}

/// A role of the execution's own must let SageMaker in, as the pipeline's must.
pub(in crate::services::sagemaker) fn roles(call: &Call<'_>) -> Vec<RoleUse> {
    let arn = pipeline::KIND.arn(call, &pipeline::KIND.named(call));
    let role = document::text(call.input, "RoleArn").map(|role| RoleUse {
        role_arn: role.to_owned(),
        member: "RoleArn".to_owned(),
        source_arn: format!("{arn}/*"),
        not_assumable: pipeline::KIND.not_assumable,
        needs: Vec::new(),
    });
    role.into_iter().collect()
}

fn start(call: &Call<'_>) -> Result<Reply, Fault> {
    for member in ["SelectiveExecutionConfig", "PipelineVersionId", "PipelineVersionAlias"] {
        if document::get(call.input, member).is_some() {
            let text =
                format!("passrole does not build {member} of sagemaker:StartPipelineExecution; nothing was done.");
            return Err(Fault::new("NotImplemented", text));
        }
    }
    let mut of = engine::existing(call, &pipeline::KIND)?;
    let token = document::text(call.input, "ClientRequestToken").unwrap_or_default();
    let prefix = format!("{}/execution/", of.name);
    let same =
        |earlier: &Record| earlier.name.starts_with(&prefix) && earlier.text("ClientRequestToken") == Some(token);
    if let Some(earlier) = engine::all(call, &KIND)?.into_iter().find(same) {
        return Ok(Reply::read(json!({ "PipelineExecutionArn": earlier.arn })));
    }
    let text = of.text("PipelineDefinition").unwrap_or_default().to_owned();
    let parameters = parameters(&definition::parse(&text)?.parameters, call.input)?;
    let id: String = call.request_id.chars().filter(char::is_ascii_alphanumeric).take(12).collect();
    let name = format!("{prefix}{}", id.to_ascii_lowercase());
    let members = members(call, &of, text, parameters, &id)?;
    let record = Record {
        arn: KIND.arn(call, &name),
        name,
        created_at: call.now(),
        pace: pace(call.state.settings()),
        members,
        tags: Vec::new(),
        events: Vec::new(),
        unchecked: Vec::new(),
        launched_by: None,
        outcome: None,
        progress: Progress::default().document(),
    };
    of.members.insert(pipeline::LAST_RUN.to_owned(), seconds(call.now()));
    let mut changes = Changes::default();
    let shelf = Shelf::of(call, &KIND);
    changes.plan(call.now(), &shelf, &record.name);
    let answer = json!({ "PipelineExecutionArn": record.arn });
    changes.insert(shelf, record);
    changes.write(Shelf::of(call, &pipeline::KIND), of);
    Ok(Reply::written(answer, changes.into_batch()?))
}

fn members(call: &Call<'_>, of: &Record, definition: String, parameters: Members, id: &str) -> Result<Members, Fault> {
    let input = call.input;
    let given = |member: &str| document::get(input, member).cloned();
    let display = || json!(format!("execution-{}", call.now().as_millisecond()));
    let mut members = Members::new();
    members.insert("PipelineArn".to_owned(), json!(of.arn));
    members.insert(
        "PipelineExecutionDisplayName".to_owned(),
        given("PipelineExecutionDisplayName").unwrap_or_else(display),
    );
    let experiment = json!({ "ExperimentName": of.name, "TrialName": id });
    members.insert("PipelineExperimentConfig".to_owned(), experiment);
    for member in ["PipelineExecutionDescription", "ClientRequestToken"] {
        members.extend(given(member).map(|value| (member.to_owned(), value)));
    }
    for member in ["ParallelismConfiguration", "RoleArn"] {
        let value = given(member).or_else(|| of.get(member).cloned());
        members.extend(value.map(|value| (member.to_owned(), value)));
    }
    members.insert("LastModifiedBy".to_owned(), author::user_context(call));
    author::created(call, &mut members)?;
    members.insert("definition".to_owned(), definition.into());
    members.insert("parameters".to_owned(), parameters.into());
    Ok(members)
}

/// The value of every parameter: the request's, or else the default.
fn parameters(defined: &BTreeMap<String, Parameter>, input: &Document) -> Result<Members, Fault> {
    let mut values = Members::new();
    for given in document::select(input, "PipelineParameters[]") {
        let (name, text) = (document::text(given.value, "Name"), document::text(given.value, "Value"));
        let (Some(name), Some(text)) = (name, text) else { continue };
        let Some(parameter) = defined.get(name) else {
            return Err(Fault::validation(format!("Unknown parameter: {name} is not defined in the pipeline.")));
        };
        let value = typed(&parameter.parameter_type, text).ok_or_else(|| {
            Fault::validation(format!("Parameter {name} must be of type {}: {text}", parameter.parameter_type))
        })?;
        if parameter.values.as_ref().is_some_and(|values| !values.contains(&value)) {
            return Err(Fault::validation(format!("Parameter {name} does not take the value {text}.")));
        }
        values.insert(name.to_owned(), value);
    }
    for (name, parameter) in defined {
        if values.contains_key(name) {
            continue;
        }
        let Some(default) = &parameter.default else {
            return Err(Fault::validation(format!("Parameter {name} has no default value and must be specified.")));
        };
        values.insert(name.clone(), default.clone());
    }
    Ok(values)
}

fn typed(parameter_type: &str, text: &str) -> Option<Document> {
    match parameter_type {
        "Integer" => text.parse::<i64>().ok().map(Value::from),
        "Float" => text.parse::<f64>().ok().filter(|number| number.is_finite()).map(Value::from),
        "Boolean" => match text.to_ascii_lowercase().as_str() {
            "true" => Some(Value::Bool(true)),
            "false" => Some(Value::Bool(false)),
            _ => None,
        },
        _ => Some(Value::from(text)),
    }
}

/// Starts the steps again that have not succeeded.
fn retry(call: &Call<'_>) -> Result<Reply, Fault> {
    let mut record = engine::existing(call, &KIND)?;
    let mut progress = Progress::of(&record);
    let failed = progress.ended.as_ref().is_some_and(|ended| ended.standing != Standing::Succeeded);
    if !is_over(&record, call.now()) || !failed {
        return Err(Fault::validation(format!(
            "Pipeline execution '{}' cannot be retried: only executions that have failed or were stopped can.",
            record.arn
        )));
    }
    progress.steps.retain(|step| step.standing == Standing::Succeeded);
    progress.ended = None;
    record.progress = progress.document();
    record.events.push(Event { at: call.now(), what: Happening::StartAsked });
    if let Some(parallelism) = document::get(call.input, "ParallelismConfiguration") {
        record.members.insert("ParallelismConfiguration".to_owned(), parallelism.clone());
    }
    let mut changes = Changes::default();
    let shelf = Shelf::of(call, &KIND);
    changes.plan(call.now(), &shelf, &record.name);
    let answer = json!({ "PipelineExecutionArn": record.arn });
    changes.write(shelf, record);
    Ok(Reply::written(answer, changes.into_batch()?))
}
