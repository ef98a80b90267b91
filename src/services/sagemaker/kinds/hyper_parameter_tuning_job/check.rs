//! What is refused of a tuning job's create call beyond the model's constraints. Facts: C, E.4 and I.
//!
//! Three texts are AWS's own, seen in reports of users: the metric that is not defined, ranges with too few combinations,
//! and those of `warm_start`. The others say in AWS's manner what its documentation demands.

use super::definition::{CONFIG, Definition, definitions};
use super::limits::{MOST_JOBS, MOST_PARALLEL, MOST_RANDOM_JOBS, grid_size};
use super::space::Space;
use super::{KIND, child, warm_start};
use crate::access::{ImageUri, registry};
use crate::document::{self, Document};
use crate::fault::Fault;
use crate::services::Call;
use crate::services::sagemaker::kinds::training_job;
use crate::services::sagemaker::records::{self, Shelf};
use crate::settings::Enforcement;

/// The most hyperparameters that are searched, metrics that are defined, and tuning jobs that run. Facts: I.
const MOST_RANGES: usize = 30;
const MOST_METRICS: usize = 20;
const MOST_TUNING_JOBS: usize = 100;

/// AWS's own algorithms, which define their metrics themselves, by repository.
const BUILT_IN: [&str; 18] = [
    "blazingtext",
    "factorization-machines",
    "forecasting-deepar",
    "image-classification",
    "ipinsights",
    "kmeans",
    "knn",
    "lda",
    "linear-learner",
    "ntm",
    "object-detection",
    "object2vec",
    "pca",
    "randomcutforest",
    "sagemaker-xgboost",
    "semantic-segmentation",
    "seq2seq",
    "xgboost",
];

/// Refuses what AWS refuses. With `--enforcement off` a call may leave its definitions to the imagination, as calls in
/// tests of other programs do; such a tuning job completes without a training job.
pub(super) fn check(call: &Call<'_>) -> Result<(), Fault> {
    if call.state.settings().enforcement == Enforcement::Off {
        return Ok(());
    }
    let Some(members) = call.input.as_object() else { return Ok(()) };
    let definitions = definitions(members);
    check_definitions(call.input, &definitions)?;
    let mut spaces = Vec::new();
    for definition in &definitions {
        check_metric(definition)?;
        check_job(definition)?;
        spaces.push(check_ranges(definition)?);
    }
    check_strategy(call.input, &definitions, &spaces)?;
    warm_start::check(call, &definitions)?;
    check_limits(call, &spaces)
}

fn config<'a>(input: &'a Document, member: &str) -> Option<&'a Document> {
    document::get(input, &format!("{CONFIG}.{member}"))
}

fn required(path: &str) -> Fault {
    Fault::validation(format!(
        "1 validation error detected: Value null at '{path}' failed to satisfy constraint: Member must not be null"
    ))
}

fn check_definitions(input: &Document, definitions: &[Definition<'_>]) -> Result<(), Fault> {
    let single = document::get(input, "TrainingJobDefinition").is_some();
    let several = document::get(input, "TrainingJobDefinitions").is_some();
    if single == several {
        return Err(Fault::validation("Specify either TrainingJobDefinition or TrainingJobDefinitions, but not both."));
    }
    for (index, definition) in definitions.iter().enumerate().filter(|(_, definition)| !definition.alone) {
        let path = |member: &str| format!("trainingJobDefinitions.{}.member.{member}", index + 1);
        let Some(name) = definition.name else { return Err(required(&path("definitionName"))) };
        if definitions.iter().take(index).any(|earlier| earlier.name == Some(name)) {
            return Err(Fault::validation(format!("The training job definition name {name} is not unique.")));
        }
        for (member, path) in
            [("TuningObjective", path("tuningObjective")), ("HyperParameterRanges", path("hyperParameterRanges"))]
        {
            if document::get(definition.document, member).is_none() {
                return Err(required(&path));
            }
        }
    }
    Ok(())
}

/// A metric must be defined, unless the algorithm defines its own.
fn check_metric(definition: &Definition<'_>) -> Result<(), Fault> {
    let defined = document::select(definition.document, "AlgorithmSpecification.MetricDefinitions[].Name");
    if defined.len() > MOST_METRICS {
        return Err(limit_exceeded(
            "Number of metrics defined per hyperparameter tuning job",
            MOST_METRICS,
            defined.len(),
        ));
    }
    let metric = definition.objective.map(|objective| objective.metric);
    if metric.is_some_and(|metric| defined.iter().any(|name| name.text() == Some(metric))) {
        return Ok(());
    }
    let image = document::text(definition.document, "AlgorithmSpecification.TrainingImage").and_then(ImageUri::parse);
    let built_in = match image {
        Some(image) => {
            registry::is_sagemakers(image.account)
                && BUILT_IN.contains(&image.repository.rsplit('/').next().unwrap_or_default())
        }
        None => document::get(definition.document, "AlgorithmSpecification.AlgorithmName").is_some(),
    };
    if metric.is_some() && built_in && defined.is_empty() {
        return Ok(());
    }
    Err(Fault::validation(
        "A metric is required for this hyperparameter tuning job objective. Provide a metric in the metric definitions.",
    ))
}

/// What a training job of the definition would be refused for.
fn check_job(definition: &Definition<'_>) -> Result<(), Fault> {
    let own = document::get(definition.document, "ResourceConfig").is_some();
    let tuned = document::get(definition.document, "HyperParameterTuningResourceConfig").is_some();
    if own == tuned {
        return Err(Fault::validation(format!(
            "Specify either ResourceConfig or HyperParameterTuningResourceConfig in {}, but not both.",
            definition.member
        )));
    }
    let resources = "HyperParameterTuningResourceConfig";
    let types = ["InstanceType".to_owned(), "InstanceConfigs[].InstanceType".to_owned()];
    let named =
        types.iter().any(|member| !document::select(definition.document, &format!("{resources}.{member}")).is_empty());
    if tuned && !named {
        return Err(Fault::validation(format!(
            "Specify an InstanceType or InstanceConfigs in {}.{resources}.",
            definition.member
        )));
    }
    training_job::check_members(&Document::Object(child::inherited(definition.document)))
}

fn check_ranges(definition: &Definition<'_>) -> Result<Space, Fault> {
    let (space, wrong) = Space::read(definition.ranges);
    if let Some((path, why)) = wrong.into_iter().next() {
        return Err(Fault::validation(format!("The parameter range at {path} is not valid: {why}.")));
    }
    if space.len() > MOST_RANGES {
        return Err(limit_exceeded("Number of hyperparameters that can be searched", MOST_RANGES, space.len()));
    }
    let fixed = document::get(definition.document, "StaticHyperParameters");
    if let Some(name) = space.names().find(|name| fixed.is_some_and(|fixed| fixed.get(name).is_some())) {
        return Err(Fault::validation(format!(
            "The hyperparameter {name} is static and has a range to search. Specify it once."
        )));
    }
    Ok(space)
}

fn check_strategy(input: &Document, definitions: &[Definition<'_>], spaces: &[Space]) -> Result<(), Fault> {
    let strategy = config(input, "Strategy").and_then(Document::as_str).unwrap_or_default();
    let jobs = config(input, "ResourceLimits.MaxNumberOfTrainingJobs").and_then(Document::as_u64);
    if strategy == "Grid" {
        return check_grid(jobs, spaces);
    }
    let early = config(input, "TrainingJobEarlyStoppingType").and_then(Document::as_str);
    if strategy == "Hyperband" && early == Some("Auto") {
        return Err(Fault::validation(
            "TrainingJobEarlyStoppingType must be Off with the Hyperband strategy, which stops training jobs by itself.",
        ));
    }
    let resource =
        |end: &str| config(input, &format!("StrategyConfig.HyperbandStrategyConfig.{end}")).and_then(Document::as_u64);
    if config(input, "StrategyConfig").is_some() && strategy != "Hyperband" {
        return Err(Fault::validation(format!(
            "StrategyConfig is only supported with the Hyperband strategy, not with {strategy}."
        )));
    }
    if resource("MinResource").zip(resource("MaxResource")).is_some_and(|(least, most)| least >= most) {
        return Err(Fault::validation("MinResource must be less than MaxResource in HyperbandStrategyConfig."));
    }
    // Several definitions share the jobs, so each alone need not suffice for all of them.
    let points = spaces.iter().try_fold(0_u64, |sum, space| sum.checked_add(space.combinations()?));
    match (points, jobs) {
        (Some(points), Some(jobs)) if points < jobs && !definitions.is_empty() => {
            #[expect(clippy::cast_precision_loss, reason = "AWS prints the count as a decimal")]
            let points = points as f64;
            Err(Fault::validation(format!(
                "You don't have enough combinations of hyperparameter ranges. The total number of hyperparameter \
                 combinations for the provided ranges [{points:?}] must be equal or greater than the value of \
                 MaxNumberOfJobs, [{jobs}]. Provide additional ranges."
            )))
        }
        _ => Ok(()),
    }
}

/// <https://docs.aws.amazon.com/sagemaker/latest/dg/automatic-model-tuning-how-it-works.html>, grid search.
fn check_grid(jobs: Option<u64>, spaces: &[Space]) -> Result<(), Fault> {
    if !spaces.iter().all(Space::is_categorical) {
        return Err(Fault::validation("Only CategoricalParameterRanges are supported with the Grid strategy."));
    }
    let points = grid_size(spaces).filter(|points| *points <= MOST_RANDOM_JOBS);
    let Some(points) = points else {
        return Err(Fault::validation(format!(
            "The total number of hyperparameter combinations with the Grid strategy must not exceed {MOST_RANDOM_JOBS}."
        )));
    };
    if jobs.is_some_and(|jobs| jobs != points as u64) {
        return Err(Fault::validation(format!(
            "MaxNumberOfTrainingJobs must equal the total number of hyperparameter combinations, [{points}], with the \
             Grid strategy."
        )));
    }
    Ok(())
}

fn check_limits(call: &Call<'_>, spaces: &[Space]) -> Result<(), Fault> {
    let limit = |member: &str| {
        let value = config(call.input, &format!("ResourceLimits.{member}")).and_then(Document::as_u64);
        value.map(|value| usize::try_from(value).unwrap_or(usize::MAX))
    };
    let strategy = config(call.input, "Strategy").and_then(Document::as_str);
    let most = if matches!(strategy, Some("Random" | "Grid")) { MOST_RANDOM_JOBS } else { MOST_JOBS };
    if let Some(parallel) = limit("MaxParallelTrainingJobs").filter(|parallel| *parallel > MOST_PARALLEL) {
        let quota = "Maximum number of parallel training jobs per hyperparameter tuning job";
        return Err(limit_exceeded(quota, MOST_PARALLEL, parallel));
    }
    let jobs = limit("MaxNumberOfTrainingJobs").or_else(|| grid_size(spaces).filter(|_| strategy == Some("Grid")));
    if let Some(jobs) = jobs.filter(|jobs| *jobs > most) {
        return Err(limit_exceeded("Maximum number of training jobs per hyperparameter tuning job", most, jobs));
    }
    let prefix = Shelf::of(call, &KIND).record_prefix();
    if records::planned(call.state.store(), &prefix, MOST_TUNING_JOBS)? >= MOST_TUNING_JOBS {
        let quota = "Maximum number of concurrent hyperparameter tuning jobs";
        return Err(limit_exceeded(quota, MOST_TUNING_JOBS, 1));
    }
    Ok(())
}

/// The scheme of facts E.4.
fn limit_exceeded(quota: &str, limit: usize, wanted: usize) -> Fault {
    Fault::new(
        "ResourceLimitExceeded",
        format!(
            "The account-level service limit '{quota}' is {limit}, with current utilization of 0 and a request delta of \
             {wanted}. Please use AWS Service Quotas to request an increase for this quota. If AWS Service Quotas is not \
             available, contact AWS support to request an increase for this quota."
        ),
    )
}
