//! What is refused of a tuning job's create call.

use serde_json::{Value, json};

use super::{definition, tuning, with};
use crate::services::sagemaker::testing::Bench;
use crate::settings::Pace;

/// Changes of a request that is in order, the code of the refusal and a part of its text.
type Case = (Vec<(&'static str, Value)>, &'static str, &'static str);

fn categories(count: usize) -> Value {
    let values: Vec<String> = (0..count).map(|number| number.to_string()).collect();
    json!({ "CategoricalParameterRanges": [{ "Name": "c", "Values": values }] })
}

fn continuous(least: &str, most: &str, scale: &str) -> Value {
    let range = json!({ "Name": "eta", "MinValue": least, "MaxValue": most, "ScalingType": scale });
    json!({ "ContinuousParameterRanges": [range] })
}

const RANGES: &str = "/HyperParameterTuningJobConfig/ParameterRanges";
const STRATEGY: &str = "/HyperParameterTuningJobConfig/Strategy";
const JOBS: &str = "/HyperParameterTuningJobConfig/ResourceLimits/MaxNumberOfTrainingJobs";
const PARALLEL: &str = "/HyperParameterTuningJobConfig/ResourceLimits/MaxParallelTrainingJobs";
const NO_METRIC: &str =
    "A metric is required for this hyperparameter tuning job objective. Provide a metric in the metric definitions.";

fn of_definitions() -> Vec<Case> {
    let invalid = "ValidationException";
    let bare = definition();
    vec![
        (vec![("/TrainingJobDefinition", Value::Null)], invalid, "either TrainingJobDefinition or"),
        (vec![("/TrainingJobDefinitions", json!([bare]))], invalid, "but not both"),
        (
            vec![("/TrainingJobDefinition", Value::Null), ("/TrainingJobDefinitions", json!([bare]))],
            invalid,
            "'trainingJobDefinitions.1.member.definitionName'",
        ),
        (vec![("/TrainingJobDefinition/AlgorithmSpecification/MetricDefinitions", Value::Null)], invalid, NO_METRIC),
        (
            vec![("/HyperParameterTuningJobConfig/HyperParameterTuningJobObjective/MetricName", json!("accuracy"))],
            invalid,
            NO_METRIC,
        ),
        (vec![("/HyperParameterTuningJobConfig/HyperParameterTuningJobObjective", Value::Null)], invalid, NO_METRIC),
        (vec![("/TrainingJobDefinition/ResourceConfig", Value::Null)], invalid, "either ResourceConfig or"),
        (
            vec![("/TrainingJobDefinition/AlgorithmSpecification/AlgorithmName", json!("a"))],
            invalid,
            "Specify either TrainingImage or AlgorithmName",
        ),
        (
            vec![
                ("/TrainingJobDefinition/ResourceConfig/InstanceType", json!("ml.g5.xlarge")),
                ("/TrainingJobDefinition/ResourceConfig/VolumeKmsKeyId", json!("alias/x")),
            ],
            invalid,
            "KMS key is not supported for NVMe instance storage",
        ),
        (
            vec![("/TrainingJobDefinition/StaticHyperParameters/eta", json!("1"))],
            invalid,
            "eta is static and has a range",
        ),
    ]
}

fn of_searches() -> Vec<Case> {
    let invalid = "ValidationException";
    let limit = "ResourceLimitExceeded";
    vec![
        (vec![(RANGES, continuous("1", "0", "Auto"))], invalid, "MinValue 1 is greater than MaxValue 0"),
        (vec![(RANGES, continuous("a", "1", "Auto"))], invalid, "MinValue a is not a number"),
        (vec![(RANGES, continuous("NaN", "1", "Auto"))], invalid, "must be finite"),
        (vec![(RANGES, continuous("0", "1", "Logarithmic"))], invalid, "greater than 0"),
        (vec![(RANGES, continuous("0", "1", "ReverseLogarithmic"))], invalid, "less than 1"),
        (
            vec![(RANGES, categories(3)), (JOBS, json!(10))],
            invalid,
            "You don't have enough combinations of hyperparameter ranges. The total number of hyperparameter \
             combinations for the provided ranges [3.0] must be equal or greater than the value of MaxNumberOfJobs, \
             [10]. Provide additional ranges.",
        ),
        (vec![(STRATEGY, json!("Grid"))], invalid, "Only CategoricalParameterRanges"),
        (vec![(STRATEGY, json!("Grid")), (RANGES, categories(3)), (JOBS, json!(2))], invalid, "must equal"),
        (
            vec![
                (STRATEGY, json!("Hyperband")),
                ("/HyperParameterTuningJobConfig/TrainingJobEarlyStoppingType", json!("Auto")),
            ],
            invalid,
            "must be Off",
        ),
        (
            vec![("/HyperParameterTuningJobConfig/StrategyConfig", json!({ "HyperbandStrategyConfig": {} }))],
            invalid,
            "only supported with the Hyperband strategy",
        ),
        (vec![(PARALLEL, json!(101))], limit, "is 100,"),
        (vec![(STRATEGY, json!("Bayesian")), (JOBS, json!(751))], limit, "is 750,"),
        (vec![(JOBS, json!(10_001))], limit, "is 10000,"),
    ]
}

fn of_warm_starts() -> Vec<Case> {
    let invalid = "ValidationException";
    let warm = |name: &str, kind: &str| {
        let parent = json!([{ "HyperParameterTuningJobName": name }]);
        ("/WarmStartConfig", json!({ "WarmStartType": kind, "ParentHyperParameterTuningJobs": parent }))
    };
    let identical = |name: &str| warm(name, "IdenticalDataAndAlgorithm");
    vec![
        (vec![identical("absent")], "ResourceNotFound", "can't find a tuning job with the name absent."),
        (vec![identical("running")], invalid, "is in status InProgress"),
        (
            vec![
                identical("parent"),
                ("/HyperParameterTuningJobConfig/HyperParameterTuningJobObjective/Type", json!("Maximize")),
            ],
            invalid,
            "objective metric must be the same",
        ),
        (
            vec![identical("parent"), ("/TrainingJobDefinition/StaticHyperParameters/more", json!("1"))],
            invalid,
            "The set of tunable plus static HyperParameter names is not the same across current and parent tuning jobs. \
             Please ensure this set is constant when warm starting. Note that previously static HyperParameters can be \
             tuned in warm start jobs and vice versa.",
        ),
        (
            vec![warm("parent", "TransferLearning"), ("/TrainingJobDefinition/Environment", json!({ "A": "b" }))],
            invalid,
            "Only the following fields in TrainingJobDefinition are allowed to change: [algorithmSpecification, \
             inputDataConfig, outputDataConfig, staticHyperParameters, roleArn, resourceConfig, stoppingCondition, \
             vpcConfig, enableManagedSpotTraining, checkpointConfig].",
        ),
        (
            vec![
                identical("parent"),
                ("/TrainingJobDefinition/AlgorithmSpecification/TrainingInputMode", json!("Pipe")),
            ],
            invalid,
            "Only the following fields in TrainingJobDefinition are allowed to change: [outputDataConfig,",
        ),
    ]
}

#[test]
fn what_is_refused() {
    let mut bench = Bench::new(Pace::Manual);
    bench.accept("CreateHyperParameterTuningJob", tuning("parent", 2, 2));
    bench.pass(500);
    bench.accept("CreateHyperParameterTuningJob", tuning("running", 2, 2));
    for (changes, code, part) in of_definitions().into_iter().chain(of_searches()).chain(of_warm_starts()) {
        let (refused, text) = bench.refuse("CreateHyperParameterTuningJob", with(tuning("t", 2, 2), &changes));
        assert_eq!(refused, code, "{changes:?}: {text}");
        assert!(text.contains(part), "{changes:?}: {text}");
    }
    let (code, text) = bench.refuse("CreateHyperParameterTuningJob", tuning("parent", 2, 2));
    assert_eq!(code, "ResourceInUse");
    assert_eq!(text, "A hyperparameter tuning job with the name, parent, already exists. Choose a different name.");
    bench.accept("CreateHyperParameterTuningJob", tuning("t", 2, 2));
}

#[test]
fn what_is_accepted() {
    let mut bench = Bench::new(Pace::Manual);
    let xgboost = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1";
    let resources = json!({
        "InstanceConfigs": [
            { "InstanceType": "ml.m5.xlarge", "InstanceCount": 2, "VolumeSizeInGB": 5 },
            { "InstanceType": "ml.m4.xlarge", "InstanceCount": 1, "VolumeSizeInGB": 6 },
        ],
    });
    let cases: [Vec<(&str, Value)>; 4] = [
        vec![(STRATEGY, json!("Grid")), (RANGES, categories(3)), (JOBS, Value::Null)],
        vec![(
            "/TrainingJobDefinition/AlgorithmSpecification",
            json!({ "TrainingImage": xgboost, "TrainingInputMode": "File" }),
        )],
        vec![
            ("/TrainingJobDefinition/ResourceConfig", Value::Null),
            ("/TrainingJobDefinition/HyperParameterTuningResourceConfig", resources),
        ],
        vec![(RANGES, categories(3)), (JOBS, json!(3))],
    ];
    for (number, changes) in cases.into_iter().enumerate() {
        let name = format!("t{number}");
        bench.accept("CreateHyperParameterTuningJob", with(tuning(&name, 2, 2), &changes));
        let child = super::children(&mut bench, &name).remove(0);
        let job =
            bench.accept("DescribeTrainingJob", json!({ "TrainingJobName": super::text(&child, "TrainingJobName") }));
        if number == 2 {
            let first = json!({ "InstanceType": "ml.m5.xlarge", "InstanceCount": 2, "VolumeSizeInGB": 5 });
            assert_eq!(job["ResourceConfig"], first);
        }
    }
}
