//! Hyperparameter tuning jobs: they launch training jobs with hyperparameters of their choosing, and keep the best.
//!
//! How a job goes on stands in `unfold`; what it searches in `space` and `strategy`, what comes out in `objective`, what
//! it has brought about so far in `progress`. Facts: C, E, F.3 and I.

mod check;
mod child;
mod definition;
mod describe;
mod launched;
mod limits;
mod needs;
mod objective;
mod progress;
mod random;
mod space;
mod strategy;
mod unfold;
mod warm_start;

use jiff::Timestamp;
use serde_json::json;

use crate::document::{Document, Members};
use crate::fault::Fault;
use crate::services::Call;
use crate::services::sagemaker::kind::{Kind, Verb};
use crate::services::sagemaker::list::{Listing, Order, Sort};
use crate::services::sagemaker::outcome;
use crate::services::sagemaker::record::Record;
use crate::timeline::{Phase, Timeline};
pub(super) use launched::LIST;
use progress::Progress;

/// The declaration.
pub(super) static KIND: Kind = Kind {
    noun: "HyperParameterTuningJob",
    plural: "HyperParameterTuningJobs",
    resource_type: "hyper-parameter-tuning-job",
    name_member: "HyperParameterTuningJobName",
    arn_member: "HyperParameterTuningJobArn",
    status_member: "HyperParameterTuningJobStatus",
    verbs: &[Verb::Stop, Verb::Delete],
    roles: &["TrainingJobDefinition.RoleArn", "TrainingJobDefinitions[].RoleArn"],
    source_arn: child::source_arn,
    check: check::check,
    resolve: warm_start::resolve,
    defaults,
    needs: needs::needs,
    timeline,
    unfold: unfold::unfold,
    describe: describe::describe,
    listing: Listing {
        summaries: "HyperParameterTuningJobSummaries",
        sort: Sort::Name,
        order: Order::Ascending,
        summary: describe::summary,
        ..Listing::DEFAULT
    },
    duplicate: |name, _| {
        Fault::new(
            "ResourceInUse",
            format!("A hyperparameter tuning job with the name, {name}, already exists. Choose a different name."),
        )
    },
    missing: |absent| {
        Fault::new(
            "ResourceNotFound",
            format!(
                "Amazon SageMaker can't find a tuning job with the name {}. Specify the name of an existing tuning job.",
                absent.name
            ),
        )
    },
    stop,
    delete,
    ..Kind::DEFAULT
};

/// What AWS adds to every training job definition.
fn defaults(members: &mut Members) {
    let objective = members.get(definition::CONFIG).and_then(|config| config.get("HyperParameterTuningJobObjective"));
    let shared = objective.and_then(|objective| objective.get("MetricName")).cloned();
    if let Some(single) = members.get_mut("TrainingJobDefinition") {
        complete(single, shared.as_ref());
    }
    for one in members.get_mut("TrainingJobDefinitions").and_then(Document::as_array_mut).into_iter().flatten() {
        complete(one, None);
    }
}

fn complete(definition: &mut Document, shared: Option<&Document>) {
    let own = definition.get("TuningObjective").and_then(|objective| objective.get("MetricName"));
    let metric = shared.or(own).cloned();
    let Some(definition) = definition.as_object_mut() else { return };
    for flag in ["EnableNetworkIsolation", "EnableInterContainerTrafficEncryption", "EnableManagedSpotTraining"] {
        definition.entry(flag).or_insert(json!(false));
    }
    if let Some(metric) = metric
        && let Document::Object(fixed) = definition.entry("StaticHyperParameters").or_insert_with(|| json!({}))
    {
        fixed.entry(child::OBJECTIVE_PARAMETER).or_insert(metric);
    }
}

fn timeline(record: &Record) -> Timeline {
    let phase =
        |since: Timestamp, status: &'static str, settled: bool| Phase { since, status, secondary: None, settled };
    let begun = || Timeline::starting(phase(record.created_at, "InProgress", false));
    let ended = Progress::ended(record).map(|ended| {
        let status = ["Completed", "Failed"].into_iter().find(|status| *status == ended.status);
        (ended.at, status.unwrap_or("Stopped"))
    });
    let mut course = begun();
    if let Some((at, status)) = ended {
        course.then(phase(at, status, true));
    }
    let course = outcome::shape(record, course);
    let runs = |asked: Timestamp| course.at(asked).is_some_and(|phase| !phase.settled);
    let Some(asked) = record.stop_asked().filter(|asked| runs(*asked) || ended == Some((*asked, "Stopped"))) else {
        return course;
    };
    let mut stopped = begun();
    stopped.then(phase(asked, "Stopping", false));
    match ended {
        Some((at, status)) if at >= asked => stopped.then(phase(at, status, true)),
        // What is laid down never to end has nothing to wait for.
        Some(_) => stopped.then(phase(asked, "Stopped", true)),
        None => {}
    }
    stopped
}

fn in_status(status: &str) -> Fault {
    Fault::validation(format!("The request was rejected because the hyperparameter tuning job is in status {status}."))
}

fn stop(call: &Call<'_>, record: &Record) -> Result<bool, Fault> {
    match timeline(record).at(call.now()) {
        Some(phase) if phase.settled => Err(in_status(phase.status)),
        Some(phase) => Ok(phase.status != "Stopping"),
        None => Ok(false),
    }
}

/// The training jobs stay: only the entry of the tuning job goes.
fn delete(call: &Call<'_>, record: &Record) -> Result<(), Fault> {
    match timeline(record).at(call.now()) {
        Some(phase) if !phase.settled => Err(in_status(phase.status)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
