//! Warm starts: what a tuning job takes over from the tuning jobs that it names as its parents.
//!
//! <https://docs.aws.amazon.com/sagemaker/latest/dg/automatic-model-tuning-warm-start.html>. What the parents came to is
//! looked up when the job is created, since a parent may be deleted later.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::KIND;
use super::definition::{CONFIG, Definition, Objective, definitions};
use super::describe::trial_summary;
use super::progress::Progress;
use super::space::{Space, Values};
use crate::document::{self, Document, Members};
use crate::fault::Fault;
use crate::services::Call;
use crate::services::sagemaker::engine;
use crate::services::sagemaker::record::Record;

/// The member under which a record keeps it.
const MEMBER: &str = "warmStart";

/// Where a tuning job comes from.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Lineage {
    /// What the objective of the training jobs is seeded by: the name of the first tuning job in the line.
    pub(super) seed: String,
    /// The best training job of each parent.
    pub(super) parents: Vec<Parent>,
}

/// The best training job of a parent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Parent {
    pub(super) values: Values,
    pub(super) value: f64,
    /// As `OverallBestTrainingJob` shows it.
    pub(super) summary: Document,
}

impl Lineage {
    /// What a record keeps of it.
    pub(super) fn of(record: &Record) -> Lineage {
        let kept = record.get(MEMBER).and_then(|kept| Lineage::deserialize(kept).ok());
        kept.unwrap_or_else(|| Lineage { seed: record.name.clone(), parents: Vec::new() })
    }

    /// The best training job of a line: a parent's where it beats the job's own.
    pub(super) fn best(&self, own: Option<f64>, objective: Objective<'_>) -> Option<&Parent> {
        let best = self.parents.iter().reduce(
            |best, other| {
                if objective.better(other.value, best.value) { other } else { best }
            },
        );
        best.filter(|best| own.is_none_or(|own| !objective.better(own, best.value) && own != best.value))
    }
}

/// Looks the parents up and keeps what they came to.
///
/// # Errors
/// A parent that is not there.
pub(super) fn resolve(call: &Call<'_>, members: &mut Members) -> Result<(), Fault> {
    let parents = parents(call)?;
    let Some(first) = parents.first() else { return Ok(()) };
    let mut lineage = Lineage { seed: Lineage::of(first).seed, parents: Vec::new() };
    for parent in &parents {
        let definitions = definitions(&parent.members);
        let progress = Progress::of(parent);
        let objective = definitions.first().and_then(|definition| definition.objective);
        let Some(objective) = objective else { continue };
        if let Some((trial, value)) = progress.best(objective) {
            let mut summary = trial_summary(parent, &definitions, trial, call.now());
            summary.insert("TuningJobName".to_owned(), parent.name.as_str().into());
            lineage.parents.push(Parent { values: trial.values.clone(), value, summary: summary.into() });
        }
        lineage.parents.extend(Lineage::of(parent).parents);
    }
    members.insert(MEMBER.to_owned(), json!(lineage));
    Ok(())
}

/// What AWS refuses of a warm start.
///
/// # Errors
/// A parent that is missing or still runs, another objective, another set of hyperparameters, or a definition that
/// differs where it must not.
pub(super) fn check(call: &Call<'_>, definitions: &[Definition<'_>]) -> Result<(), Fault> {
    if document::get(call.input, "WarmStartConfig").is_none() {
        return Ok(());
    }
    let [definition] = definitions else {
        return Err(Fault::validation("Warm start is not supported for tuning jobs with TrainingJobDefinitions."));
    };
    let identical = document::text(call.input, "WarmStartConfig.WarmStartType") == Some("IdenticalDataAndAlgorithm");
    for parent in parents(call)? {
        let status = (KIND.timeline)(&parent).at(call.now()).map_or("", |phase| phase.status);
        if !["Completed", "Failed", "Stopped"].contains(&status) {
            return Err(Fault::validation(format!(
                "The parent hyperparameter tuning job {} is in status {status}. Parent tuning jobs must be in status \
                 Completed, Failed or Stopped.",
                parent.name
            )));
        }
        let of_parent = super::definition::definitions(&parent.members);
        let [other] = of_parent.as_slice() else {
            return Err(Fault::validation("Warm start is not supported for tuning jobs with TrainingJobDefinitions."));
        };
        if other.objective != definition.objective {
            return Err(Fault::validation(format!(
                "The objective metric must be the same as that of the parent hyperparameter tuning job {}.",
                parent.name
            )));
        }
        if parameter_names(other) != parameter_names(definition) {
            return Err(Fault::validation(
                "The set of tunable plus static HyperParameter names is not the same across current and parent tuning \
                 jobs. Please ensure this set is constant when warm starting. Note that previously static \
                 HyperParameters can be tuned in warm start jobs and vice versa.",
            ));
        }
        unchanged(definition.document, other.document, identical)?;
    }
    Ok(())
}

/// The members of a definition that may change, with AWS's names for them.
const CHANGEABLE: [(&str, &str); 10] = [
    ("AlgorithmSpecification", "algorithmSpecification"),
    ("InputDataConfig", "inputDataConfig"),
    ("OutputDataConfig", "outputDataConfig"),
    ("StaticHyperParameters", "staticHyperParameters"),
    ("RoleArn", "roleArn"),
    ("ResourceConfig", "resourceConfig"),
    ("StoppingCondition", "stoppingCondition"),
    ("VpcConfig", "vpcConfig"),
    ("EnableManagedSpotTraining", "enableManagedSpotTraining"),
    ("CheckpointConfig", "checkpointConfig"),
];

/// With identical data and algorithm these may not change either.
const SAME: [&str; 2] = ["AlgorithmSpecification", "InputDataConfig"];

fn unchanged(own: &Document, other: &Document, identical: bool) -> Result<(), Fault> {
    let changeable = || CHANGEABLE.iter().filter(|(member, _)| !(identical && SAME.contains(member)));
    let is_changeable = |name: &str| changeable().any(|(member, _)| *member == name);
    let compared = own.as_object().into_iter().chain(other.as_object()).flatten().map(|(member, _)| member);
    for member in compared.filter(|member| !is_changeable(member)) {
        let ranges_and_such = ["HyperParameterRanges", "TuningObjective", "DefinitionName"].contains(&member.as_str());
        let absent_is_false = |document: &Document| match document::get(document, member) {
            None | Some(Document::Bool(false)) => Document::Null,
            Some(value) => value.clone(),
        };
        if !ranges_and_such && absent_is_false(own) != absent_is_false(other) {
            let names: Vec<&str> = changeable().map(|(_, name)| *name).collect();
            return Err(Fault::validation(format!(
                "Only the following fields in TrainingJobDefinition are allowed to change: [{}].",
                names.join(", ")
            )));
        }
    }
    Ok(())
}

fn parameter_names(definition: &Definition<'_>) -> BTreeSet<String> {
    let (space, _) = Space::read(definition.ranges);
    let fixed = document::get(definition.document, "StaticHyperParameters").and_then(Document::as_object);
    let fixed = fixed.into_iter().flatten().map(|(name, _)| name.clone());
    let own = |name: &String| name != super::child::OBJECTIVE_PARAMETER;
    space.names().map(str::to_owned).chain(fixed.filter(own)).collect()
}

fn parents(call: &Call<'_>) -> Result<Vec<Record>, Fault> {
    let names =
        document::select(call.input, "WarmStartConfig.ParentHyperParameterTuningJobs[].HyperParameterTuningJobName");
    names.into_iter().filter_map(|name| name.text()).map(|name| engine::named(call, &KIND, name)).collect()
}

/// Whether the best training job of the whole line is shown.
pub(super) fn shows_overall_best(record: &Record) -> bool {
    record.text("WarmStartConfig.WarmStartType") == Some("IdenticalDataAndAlgorithm") && record.get(CONFIG).is_some()
}
