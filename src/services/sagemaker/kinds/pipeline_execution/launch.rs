//! From a step to the resource that it makes: the create call that the step's arguments are, asked for as a session of
//! the execution's role. Facts: A.6, C.3 and the role that pipelines need, C.1.

use std::hash::{DefaultHasher, Hash, Hasher};

use jiff::Timestamp;
use serde_json::{Value, json};

use super::pipeline_name;
use crate::access::{Caller, Environment, Judge, RoleUse, Subject, assume_role};
use crate::account::AccountId;
use crate::arn::Arn;
use crate::document::{Document, Members};
use crate::fault::Fault;
use crate::model;
use crate::principal::Principal;
use crate::services::sagemaker::kind::Kind;
use crate::services::sagemaker::operation::{self, Served};
use crate::services::sagemaker::record::Record;
use crate::services::sagemaker::unfolding::Unfolding;
use crate::services::sagemaker::{PRINCIPAL, SERVICE, engine};
use crate::services::{Call, permit};
use crate::settings::Enforcement;

/// The types of steps that make a resource: the operation, the member that the step names itself, and how many
/// characters the name may have.
const MAKERS: [(&str, &str, &str, usize); 8] = [
    ("Training", "CreateTrainingJob", "TrainingJobName", 63),
    ("Processing", "CreateProcessingJob", "ProcessingJobName", 63),
    ("Transform", "CreateTransformJob", "TransformJobName", 63),
    ("Tuning", "CreateHyperParameterTuningJob", "HyperParameterTuningJobName", 32),
    ("Model", "CreateModel", "ModelName", 63),
    ("RegisterModel", "CreateModelPackage", "", 0),
    ("EndpointConfig", "CreateEndpointConfig", "EndpointConfigName", 63),
    ("Endpoint", "CreateEndpoint", "EndpointName", 63),
];

/// The operation of a step's type; `None` where steps of the type are not run.
pub(super) fn operation_of(step_type: &str) -> Option<&'static str> {
    MAKERS.iter().find(|(known, ..)| *known == step_type).map(|(_, operation, ..)| *operation)
}

/// What a step has made.
pub(super) struct Made {
    /// Its kind.
    pub(super) kind: &'static Kind,
    /// Its name in its ARN.
    pub(super) name: String,
    /// Its ARN.
    pub(super) arn: String,
}

/// Makes what a step's resolved arguments ask for.
///
/// # Errors
/// What the service or IAM refuses.
pub(super) fn launch(
    unfolding: &mut Unfolding<'_>,
    execution: &Record,
    step: (&str, &str, u32),
    mut arguments: Members,
    at: Timestamp,
) -> Result<Made, Fault> {
    let (step_name, step_type, attempt) = step;
    let Some((_, operation, name_member, longest)) = MAKERS.iter().find(|(known, ..)| *known == step_type) else {
        return Err(Fault::internal());
    };
    if !name_member.is_empty()
        && (!arguments.contains_key(*name_member) || step_type != "Endpoint" && step_type != "EndpointConfig")
    {
        let name = child_name(execution.short_name(), step_name, attempt, *longest);
        arguments.insert((*name_member).to_owned(), json!(name));
    }
    perform(unfolding, execution, operation, step_name, arguments.into(), at)
}

/// Makes the group that a version is registered in, where it is not there. Answers whether it was made.
pub(super) fn ensure_group(
    unfolding: &mut Unfolding<'_>,
    execution: &Record,
    arguments: &Members,
    step_name: &str,
    at: Timestamp,
) -> Result<bool, Fault> {
    let group = arguments.get("ModelPackageGroupName").and_then(Value::as_str);
    let Some(group) = group.filter(|group| Arn::parse(group).is_none()) else { return Ok(false) };
    if unfolding.find(&super::super::model_package_group::KIND, group)?.is_some() {
        return Ok(false);
    }
    let input = json!({ "ModelPackageGroupName": group });
    perform(unfolding, execution, "CreateModelPackageGroup", step_name, input, at)?;
    Ok(true)
}

/// `pipelines-EXECUTION-STEP-SUFFIX`, or without the first word where the name must be short. Fact A.6.
fn child_name(execution: &str, step: &str, attempt: u32, longest: usize) -> String {
    let mut hasher = DefaultHasher::new();
    (execution, step, attempt).hash(&mut hasher);
    let suffix: String = format!("{:016x}", hasher.finish()).chars().take(10).collect();
    let prefix = if longest < 63 { execution.to_owned() } else { format!("pipelines-{execution}") };
    let room = longest.saturating_sub(prefix.len() + suffix.len() + 2);
    let step: String =
        step.chars().filter(|letter| letter.is_ascii_alphanumeric() || *letter == '-').take(room).collect();
    format!("{prefix}-{}-{suffix}", step.trim_matches('-'))
}

fn perform(
    unfolding: &mut Unfolding<'_>,
    execution: &Record,
    name: &'static str,
    step: &str,
    input: Document,
    at: Timestamp,
) -> Result<Made, Fault> {
    let model = model::service("sagemaker").ok_or_else(Fault::internal)?;
    let operation = model.operation(name).ok_or_else(Fault::internal)?;
    let Some(Served::Create(kind)) = operation::find(name) else { return Err(Fault::not_built("sagemaker", name)) };
    let input = model::check_input(model, operation, input)?;
    let environment = Environment::new(at, unfolding.region);
    let world = unfolding.state.world();
    let role_arn = execution.text("RoleArn").unwrap_or_default();
    let session: String = format!("sagemaker-pipeline-{}-{step}", execution.short_name()).chars().take(64).collect();
    let principal = match world.role_by_arn(role_arn) {
        Some(role) => role.session(&session),
        None => unknown_role(unfolding.account, role_arn, &session),
    };
    let caller = Caller { principal, access_key_id: String::new(), session: None };
    let call = Call {
        state: unfolding.state,
        world: &world,
        operation,
        input: &input,
        caller: &caller,
        account: unfolding.account,
        environment: &environment,
        request_id: execution.short_name(),
    };
    let mut judge = Judge::new(&world, unfolding.state.settings(), &environment);
    let permitted = allowed(&mut judge, &call, execution, role_arn, &session);
    let made = permitted.and_then(|()| {
        let answer = engine::make(&call, kind, Some(&execution.arn), unfolding.changes)?;
        let arn = answer.get(kind.arn_member).and_then(Value::as_str).unwrap_or_default().to_owned();
        Ok(Made { kind, name: kind.id_of(&call, &arn).to_owned(), arn })
    });
    unfolding.changes.decided.push(crate::access::Record {
        time: at,
        principal: caller.principal.arn(),
        service: "sagemaker",
        operation: name,
        enforcement: unfolding.state.settings().enforcement,
        answers: std::mem::take(&mut judge.answers),
        notes: std::mem::take(&mut judge.notes),
        fault: made.as_ref().err().cloned(),
    });
    made
}

/// The role must let SageMaker in on behalf of this execution; then its session must be allowed everything that the
/// create call takes.
fn allowed(
    judge: &mut Judge<'_>,
    call: &Call<'_>,
    execution: &Record,
    role_arn: &str,
    session: &str,
) -> Result<(), Fault> {
    let enforcement = judge.settings.enforcement;
    if enforcement == Enforcement::Off {
        return (SERVICE.check)(call);
    }
    let role = RoleUse {
        role_arn: role_arn.to_owned(),
        member: "RoleArn".to_owned(),
        source_arn: execution.arn.clone(),
        not_assumable: Kind::could_not_assume_role,
        needs: Vec::new(),
    };
    let mut refusals = Vec::new();
    let mut refuse = |fault: Fault| match enforcement {
        Enforcement::Enforce => Err(fault),
        Enforcement::Observe | Enforcement::Off => {
            refusals.push(format!("would have been refused: {fault}"));
            Ok(())
        }
    };
    if let Err(fault) = assume_role(judge, call.account, PRINCIPAL, &role) {
        refuse(fault)?;
    }
    let now = judge.environment.now;
    let subject = match judge.world.role_by_arn(role_arn) {
        Some(role) => Subject::of_role(judge.world, role, session, now),
        None => Subject::of_caller(judge.world, call.caller, now),
    };
    let permitted = permit::permit(judge, &SERVICE, call, &subject, &mut refuse);
    judge.notes.extend(refusals);
    permitted
}

/// Where nothing is enforced, a role that is named need not exist.
fn unknown_role(account: AccountId, role_arn: &str, session: &str) -> Principal {
    let role = Arn::parse(role_arn).map(|arn| arn.resource_id()).unwrap_or_default();
    Principal::AssumedRole {
        account,
        path: "/".to_owned(),
        role: role.rsplit('/').next().unwrap_or_default().to_owned(),
        role_id: String::new(),
        session: session.to_owned(),
    }
}

/// The `FailureReason` of a step whose create call was refused. Fact C.3.
pub(super) fn failure_reason(execution: &Record, step: (&str, &str), fault: &Fault) -> String {
    let (name, step_type) = step;
    let operation = operation_of(step_type).unwrap_or_default();
    let reason = format!("ClientError: Failed to invoke sagemaker:{operation}. Error Details: {}", fault.text());
    if fault.code != "ResourceLimitExceeded" {
        return reason;
    }
    let pipeline = pipeline_name(execution);
    let arn =
        execution.arn.replace(&format!(":pipeline/{pipeline}/"), &format!(":pipeline/{}/", pipeline.to_lowercase()));
    format!(
        "{reason}\nRetry not appropriate on execution of step with PipelineExecutionArn {arn} and StepId {name}. No retry \
         policy configured for the exception type SAGEMAKER_RESOURCE_LIMIT."
    )
}

#[cfg(test)]
mod tests {
    use super::child_name;

    #[test]
    fn children_are_named_after_execution_and_step() {
        let name = child_name("0123456789ab", "Train Abalone", 1, 63);
        assert!(name.starts_with("pipelines-0123456789ab-TrainAbalone-"), "{name}");
        let short = child_name("0123456789ab", "HyperparameterTuning", 1, 32);
        assert!(short.starts_with("0123456789ab-Hyper") && short.len() <= 32, "{short}");
        assert_ne!(short, child_name("0123456789ab", "HyperparameterTuning", 2, 32));
    }
}
