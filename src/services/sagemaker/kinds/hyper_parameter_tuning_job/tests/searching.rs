//! What tuning jobs search, what comes out, and how it is sorted.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{children, counters, definition, describe, text, tuning, value_of, with};
use crate::document::Document;
use crate::services::sagemaker::testing::Bench;
use crate::settings::Pace;

const CONFIG: &str = "/HyperParameterTuningJobConfig";

fn config(member: &str) -> String {
    format!("{CONFIG}/{member}")
}

fn run(request: &Document) -> (Document, Vec<Document>) {
    let mut bench = Bench::new(Pace::Instant);
    bench.accept("CreateHyperParameterTuningJob", request.clone());
    let name = text(request, "HyperParameterTuningJobName").to_owned();
    (describe(&mut bench, &name), children(&mut bench, &name))
}

fn tuned(children: &[Document], name: &str) -> Vec<String> {
    children.iter().map(|child| text(&child["TunedHyperParameters"], name).to_owned()).collect()
}

#[test]
fn a_grid_is_searched_exactly() {
    let ranges = json!({ "CategoricalParameterRanges": [
        { "Name": "optimizer", "Values": ["adam", "sgd"] },
        { "Name": "layers", "Values": ["1", "2", "3"] },
    ] });
    let request =
        with(tuning("t", 6, 2), &[(&config("Strategy"), json!("Grid")), (&config("ParameterRanges"), ranges)]);
    for jobs in [json!(6), Value::Null] {
        let request = with(request.clone(), &[(&config("ResourceLimits/MaxNumberOfTrainingJobs"), jobs)]);
        let (job, launched) = run(&request);
        assert_eq!(counters(&job)[0], 6);
        let pairs: BTreeSet<_> = tuned(&launched, "optimizer").into_iter().zip(tuned(&launched, "layers")).collect();
        assert_eq!(pairs.len(), 6);
    }
}

#[test]
fn values_lie_within_their_ranges_and_are_not_repeated() {
    let ranges = json!({
        "IntegerParameterRanges": [{ "Name": "depth", "MinValue": "-3", "MaxValue": "4" }],
        "ContinuousParameterRanges": [
            { "Name": "rate", "MinValue": "0.0001", "MaxValue": "0.1", "ScalingType": "Logarithmic" },
            { "Name": "decay", "MinValue": "0.9", "MaxValue": "0.999", "ScalingType": "ReverseLogarithmic" },
        ],
        "CategoricalParameterRanges": [{ "Name": "optimizer", "Values": ["adam", "sgd"] }],
    });
    for strategy in ["Random", "Bayesian", "Hyperband"] {
        let changes = [(&*config("Strategy"), json!(strategy)), (&*config("ParameterRanges"), ranges.clone())];
        let (_, launched) = run(&with(tuning("t", 60, 10), &changes));
        let numbers =
            |name: &str| tuned(&launched, name).iter().map(|text| text.parse().unwrap()).collect::<Vec<f64>>();
        for (name, least, most) in [("depth", -3.0, 4.0), ("rate", 0.0001, 0.1), ("decay", 0.9, 0.999)] {
            assert!(numbers(name).iter().all(|value| (least..=most).contains(value)), "{strategy}: {name}");
        }
        assert!(tuned(&launched, "depth").iter().all(|depth| depth.parse::<i64>().is_ok()));
        let optimizers: BTreeSet<_> = tuned(&launched, "optimizer").into_iter().collect();
        assert_eq!(optimizers.into_iter().collect::<Vec<_>>(), ["adam", "sgd"], "{strategy}");
        let all: BTreeSet<_> = launched.iter().map(|child| child["TunedHyperParameters"].to_string()).collect();
        assert_eq!(all.len(), 60, "{strategy}");
        if strategy == "Random" {
            // Half of a logarithmic scale lies below the geometric mean.
            let low = numbers("rate").iter().filter(|rate| **rate < 0.003_162).count();
            assert!((15..=45).contains(&low), "{low}");
            assert_eq!(tuned(&launched, "depth").into_iter().collect::<BTreeSet<_>>().len(), 8);
        }
    }
}

/// Every point of a small space is found before one is tried twice.
#[test]
fn a_small_space_is_searched_whole() {
    let ranges = json!({ "IntegerParameterRanges": [{ "Name": "depth", "MinValue": "1", "MaxValue": "30" }] });
    for strategy in ["Random", "Bayesian"] {
        let changes = [(&*config("Strategy"), json!(strategy)), (&*config("ParameterRanges"), ranges.clone())];
        let (_, launched) = run(&with(tuning("t", 30, 5), &changes));
        assert_eq!(tuned(&launched, "depth").into_iter().collect::<BTreeSet<_>>().len(), 30, "{strategy}");
    }
}

#[test]
fn the_same_request_finds_the_same() {
    let seeded = |seed: u64| with(tuning("t", 4, 2), &[(&*config("RandomSeed"), json!(seed))]);
    let values = |request: &Document| {
        let (_, launched) = run(request);
        let pairs = tuned(&launched, "eta").into_iter().zip(launched.iter().map(|child| value_of(child).to_string()));
        pairs.collect::<Vec<_>>()
    };
    assert_eq!(values(&tuning("t", 4, 2)), values(&tuning("t", 4, 2)));
    assert_eq!(values(&seeded(7)), values(&seeded(7)));
    assert_ne!(values(&seeded(7)), values(&seeded(8)));
    assert_ne!(values(&tuning("t", 4, 2)), values(&tuning("u", 4, 2)));
}

#[test]
fn searching_near_the_best_finds_better() {
    let best = |strategy: &str| {
        let ranges = json!({ "ContinuousParameterRanges": [
            { "Name": "a", "MinValue": "0", "MaxValue": "1" },
            { "Name": "b", "MinValue": "0", "MaxValue": "1" },
            { "Name": "c", "MinValue": "0", "MaxValue": "1" },
        ] });
        let total = (0..10).map(|number| {
            let changes = [(&*config("Strategy"), json!(strategy)), (&*config("ParameterRanges"), ranges.clone())];
            let (job, _) = run(&with(tuning(&format!("t{number}"), 30, 3), &changes));
            value_of(&job["BestTrainingJob"])
        });
        total.sum::<f64>()
    };
    assert!(best("Bayesian") < best("Random"));
}

#[test]
fn training_jobs_are_sorted_by_their_metric() {
    let mut bench = Bench::new(Pace::Manual);
    bench.script(&json!({ "rules": [{ "kind": "TrainingJob", "name": "*-003-*", "status": "Failed" }] }));
    bench.accept("CreateHyperParameterTuningJob", tuning("t", 12, 6));
    bench.pass(500);
    let mut page = |input: Value| {
        let request = with(json!({ "HyperParameterTuningJobName": "t" }), &[]);
        let mut request = request.as_object().unwrap().clone();
        request.extend(input.as_object().unwrap().clone());
        bench.accept("ListTrainingJobsForHyperParameterTuningJob", request.into())
    };
    let of = |answer: &Document| answer["TrainingJobSummaries"].as_array().unwrap().clone();
    let by_metric = of(&page(json!({ "SortBy": "FinalObjectiveMetricValue", "MaxResults": 100 })));
    let values: Vec<f64> = by_metric.iter().map(value_of).collect();
    assert_eq!(values.len(), 5, "neither those that run nor the one that failed");
    assert!(values.is_sorted(), "{values:?}");
    let descending = json!({ "SortBy": "FinalObjectiveMetricValue", "SortOrder": "Descending", "MaxResults": 3 });
    let first = page(descending.clone());
    let rest = page(with(descending.clone(), &[("/NextToken", first["NextToken"].clone())]));
    let mut all: Vec<f64> = of(&first).iter().chain(&of(&rest)).map(value_of).collect();
    all.reverse();
    assert_eq!(all, values);
    assert_eq!((of(&first).len(), of(&rest).len(), rest.get("NextToken")), (3, 2, None));
    let page_of_ten = page(json!({}));
    assert_eq!((of(&page_of_ten).len(), page_of_ten.get("NextToken").is_some()), (10, true));
    let statuses = |answer: &Document| -> Vec<String> {
        of(answer).iter().map(|child| text(child, "TrainingJobStatus").to_owned()).collect()
    };
    let by_status = statuses(&page(json!({ "SortBy": "Status", "MaxResults": 100 })));
    assert!(by_status.is_sorted(), "{by_status:?}");
    assert_eq!(statuses(&page(json!({ "StatusEquals": "Failed" }))), ["Failed"]);
    assert_eq!(of(&page(json!({ "StatusEquals": "InProgress" }))).len(), 6);
    let newest = of(&page(json!({ "SortBy": "CreationTime", "SortOrder": "Descending" })));
    assert!(text(&newest[0], "TrainingJobName").starts_with("t-012-"));
}

#[test]
fn some_training_jobs_are_stopped_early() {
    for (member, value, strategy) in [
        ("TrainingJobEarlyStoppingType", json!("Auto"), "Random"),
        ("StrategyConfig", json!({ "HyperbandStrategyConfig": { "MinResource": 1, "MaxResource": 9 } }), "Hyperband"),
    ] {
        for pace in [Pace::Instant, Pace::Manual] {
            let mut bench = Bench::new(pace);
            let changes = [(&*config("Strategy"), json!(strategy)), (&*config(member), value.clone())];
            bench.accept("CreateHyperParameterTuningJob", with(tuning("t", 20, 2), &changes));
            bench.pass(24 * 3600);
            let job = describe(&mut bench, "t");
            let [completed, .., stopped, succeeded, _, failed] = counters(&job);
            assert_eq!((completed + stopped, succeeded, failed), (20, 20, 0));
            assert!(stopped > 3 && completed > 3, "{strategy}: {stopped} of 20");
            let best = text(&job["BestTrainingJob"], "TrainingJobStatus");
            assert_eq!(best, "Completed", "the best is never worse than the others");
        }
    }
}

#[test]
fn criteria_end_the_search() {
    let stale = json!({ "BestObjectiveNotImproving": { "MaxNumberOfTrainingJobsNotImproving": 3 } });
    let target = json!({ "TargetObjectiveMetricValue": 0.3 });
    let convergence = json!({ "ConvergenceDetected": { "CompleteOnConvergence": "Enabled" } });
    for criteria in [stale, target, convergence] {
        let changes = [(&*config("TuningJobCompletionCriteria"), criteria.clone())];
        let (job, _) = run(&with(tuning("t", 100, 1), &changes));
        assert_eq!(text(&job, "HyperParameterTuningJobStatus"), "Completed");
        let launched = counters(&job)[0];
        assert!(launched < 100, "{criteria}: {launched}");
        let details = &job["TuningJobCompletionDetails"];
        let not_improving = details["NumberOfTrainingJobsObjectiveNotImproving"].as_u64().unwrap();
        if criteria.get("BestObjectiveNotImproving").is_some() {
            assert_eq!(not_improving, 3);
        }
        assert_eq!(details.get("ConvergenceDetectedTime").is_some(), criteria.get("ConvergenceDetected").is_some());
    }
}

#[test]
fn several_definitions_take_turns() {
    let one = |name: &str| {
        let mut definition = definition();
        definition["DefinitionName"] = json!(name);
        definition["TuningObjective"] = json!({ "Type": "Maximize", "MetricName": "loss" });
        definition["HyperParameterRanges"] = json!({
            "IntegerParameterRanges": [{ "Name": format!("depth-{name}"), "MinValue": "1", "MaxValue": "9" }],
        });
        definition
    };
    let request = with(
        tuning("t", 4, 4),
        &[
            ("/TrainingJobDefinition", Value::Null),
            ("/TrainingJobDefinitions", json!([one("x"), one("y")])),
            (&config("ParameterRanges"), Value::Null),
            (&config("HyperParameterTuningJobObjective"), Value::Null),
        ],
    );
    let (job, launched) = run(&request);
    let names: Vec<&str> = launched.iter().map(|child| text(child, "TrainingJobDefinitionName")).collect();
    assert_eq!(names, ["x", "y", "x", "y"]);
    for child in &launched {
        let name = format!("depth-{}", text(child, "TrainingJobDefinitionName"));
        assert_eq!(child["TunedHyperParameters"].as_object().unwrap().keys().collect::<Vec<_>>(), [&name]);
        assert_eq!(child["FinalHyperParameterTuningJobObjectiveMetric"]["Type"], "Maximize");
    }
    let best = launched.iter().map(value_of).fold(f64::MIN, f64::max);
    assert_eq!(value_of(&job["BestTrainingJob"]).to_bits(), best.to_bits());
}

#[test]
fn a_warm_start_knows_its_parents() {
    let mut bench = Bench::new(Pace::Instant);
    let rule = json!({ "kind": "TrainingJob", "name": "parent-001-*", "metrics": { "loss": 0.001 }, "times": 1 });
    bench.script(&json!({ "rules": [rule] }));
    bench.accept("CreateHyperParameterTuningJob", tuning("parent", 3, 1));
    for (kind, shown) in [("IdenticalDataAndAlgorithm", true), ("TransferLearning", false)] {
        let name = kind.to_lowercase();
        let warm = json!({
            "WarmStartType": kind,
            "ParentHyperParameterTuningJobs": [{ "HyperParameterTuningJobName": "parent" }],
        });
        bench.accept("CreateHyperParameterTuningJob", with(tuning(&name, 3, 1), &[("/WarmStartConfig", warm)]));
        let job = describe(&mut bench, &name);
        let own = text(&job["BestTrainingJob"], "TrainingJobName");
        assert!(own.starts_with(&format!("{name}-")), "{own}");
        if shown {
            let overall = &job["OverallBestTrainingJob"];
            assert!(text(overall, "TrainingJobName").starts_with("parent-001-"));
            assert_eq!((text(overall, "TuningJobName"), value_of(overall).to_bits()), ("parent", 0.001_f64.to_bits()));
        } else {
            assert_eq!(job.get("OverallBestTrainingJob"), None);
        }
    }
}
