//! What a tester may lay down, and what comes of it.

use serde_json::{Value, json};

use super::Rules;
use crate::document::Document;
use crate::services::sagemaker::testing::Bench;
use crate::settings::Pace;

const IMAGE: &str = "000000000000.dkr.ecr.us-east-1.amazonaws.com/repository:latest";
const ROLE: &str = "arn:aws:iam::000000000000:role/Role";

fn training(name: &str) -> Document {
    json!({
        "TrainingJobName": name,
        "RoleArn": ROLE,
        "AlgorithmSpecification": { "TrainingImage": IMAGE, "TrainingInputMode": "File" },
        "OutputDataConfig": { "S3OutputPath": "s3://bucket/out" },
        "ResourceConfig": { "InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1 },
        "StoppingCondition": { "MaxRuntimeInSeconds": 3600 },
    })
}

fn processing(name: &str) -> Document {
    let cluster = json!({ "InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1 });
    json!({
        "ProcessingJobName": name,
        "RoleArn": ROLE,
        "AppSpecification": { "ImageUri": IMAGE },
        "ProcessingResources": { "ClusterConfig": cluster },
    })
}

/// A bench with one rule and a training job `t`, described.
fn trained(pace: Pace, rule: &Value) -> (Bench, Document) {
    let mut bench = Bench::new(pace);
    bench.script(&json!({ "rules": [rule] }));
    bench.accept("CreateTrainingJob", training("t"));
    let job = described(&mut bench, 0);
    (bench, job)
}

fn described(bench: &mut Bench, wait: i64) -> Document {
    bench.pass(wait);
    bench.accept("DescribeTrainingJob", json!({ "TrainingJobName": "t" }))
}

fn statuses(job: &Document) -> Vec<String> {
    let transitions = job["SecondaryStatusTransitions"].as_array().unwrap().iter();
    transitions.map(|transition| transition["Status"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn training_jobs_end_as_told() {
    let capacity = "CapacityError: Unable to provision requested ML compute capacity. Please retry using a different ML \
                    instance type.";
    let download = "ClientError: Data download failed:Failed to download data. 403 Forbidden (403): Forbidden";
    let failed = |reason: &str| json!({ "kind": "TrainingJob", "failureReason": reason });
    let all = ["Starting", "Downloading", "Training", "Uploading", "Completed"];
    let cases: [(Value, &str, Option<&str>, &[&str]); 7] = [
        (json!({ "kind": "TrainingJob", "name": "x*", "status": "Failed" }), "Completed", None, &all),
        (json!({ "kind": "TrainingJob", "status": "Completed", "metrics": { "loss": 0.5 } }), "Completed", None, &all),
        (failed(capacity), "Failed", Some(capacity), &["Starting", "Failed"]),
        (failed(download), "Failed", Some(download), &["Starting", "Downloading", "Failed"]),
        (
            json!({ "kind": "TrainingJob", "status": "Failed", "exitMessage": "no data" }),
            "Failed",
            Some("AlgorithmError: no data, exit code: 1"),
            &["Starting", "Downloading", "Training", "Failed"],
        ),
        (
            json!({ "kind": "TrainingJob", "status": "Stopped" }),
            "Stopped",
            None,
            &["Starting", "Downloading", "Training", "Stopped"],
        ),
        (
            json!({ "kind": "TrainingJob", "status": "InProgress" }),
            "InProgress",
            None,
            &["Starting", "Downloading", "Training"],
        ),
    ];
    for (rule, status, reason, passed) in cases {
        for pace in [Pace::Instant, Pace::Manual] {
            let (mut bench, first) = trained(pace, &rule);
            let job = if pace == Pace::Instant { first } else { described(&mut bench, 3600) };
            assert_eq!(job["TrainingJobStatus"], status, "{rule}");
            assert_eq!(job.get("FailureReason").and_then(Value::as_str), reason, "{rule}");
            assert_eq!(statuses(&job), passed, "{rule}");
            let metrics =
                job.get("FinalMetricDataList").map(|list| (list[0]["MetricName"].clone(), list[0]["Value"].clone()));
            assert_eq!(metrics, rule.get("metrics").map(|_| (json!("loss"), json!(0.5))), "{rule}");
        }
    }
}

#[test]
fn a_job_takes_as_long_as_told() {
    for pace in [Pace::Instant, Pace::Manual] {
        let (mut bench, job) = trained(pace, &json!({ "kind": "TrainingJob", "duration": "PT20M" }));
        assert_eq!(job["TrainingJobStatus"], "InProgress");
        assert_eq!(described(&mut bench, 1190)["TrainingJobStatus"], "InProgress");
        let job = described(&mut bench, 10);
        assert_eq!((&job["TrainingJobStatus"], statuses(&job).len()), (&json!("Completed"), 5));
        // What is told does not change AWS's own limit.
        let (mut bench, _) = trained(pace, &json!({ "kind": "TrainingJob", "duration": "PT10H" }));
        assert_eq!(described(&mut bench, 36_000)["SecondaryStatus"], "MaxRuntimeExceeded");
    }
}

#[test]
fn a_stuck_job_can_be_stopped() {
    let (mut bench, _) = trained(Pace::Instant, &json!({ "kind": "TrainingJob", "status": "InProgress" }));
    assert_eq!(described(&mut bench, 3000)["TrainingJobStatus"], "InProgress");
    bench.accept("StopTrainingJob", json!({ "TrainingJobName": "t" }));
    assert_eq!(described(&mut bench, 30)["TrainingJobStatus"], "Stopped");
}

#[test]
fn a_rule_fits_so_many_times() {
    let mut bench = Bench::new(Pace::Instant);
    bench.script(&json!({ "rules": [
        { "kind": "TrainingJob", "name": "t*", "status": "Failed", "times": 2 },
        { "operation": "DescribeTrainingJob", "name": "t3", "times": 1 },
        { "operation": "CreateTrainingJob", "name": "t4",
          "error": { "code": "ResourceLimitExceeded", "message": "too much" } },
    ] }));
    for name in ["t1", "t2", "t3"] {
        bench.accept("CreateTrainingJob", training(name));
    }
    let name = json!({ "TrainingJobName": "t3" });
    let throttled = ("ThrottlingException".to_owned(), "Rate exceeded".to_owned());
    assert_eq!(bench.refuse("DescribeTrainingJob", name.clone()), throttled);
    assert_eq!(bench.accept("DescribeTrainingJob", name)["TrainingJobStatus"], "Completed");
    for name in ["t1", "t2"] {
        assert_eq!(
            bench.accept("DescribeTrainingJob", json!({ "TrainingJobName": name }))["TrainingJobStatus"],
            "Failed"
        );
    }
    for _ in 0..2 {
        let refused = bench.refuse("CreateTrainingJob", training("t4"));
        assert_eq!(refused, ("ResourceLimitExceeded".to_owned(), "too much".to_owned()));
    }
    bench.script(&json!({ "rules": [] }));
    bench.accept("CreateTrainingJob", training("t4"));
}

#[test]
fn other_kinds_end_as_told() {
    for pace in [Pace::Instant, Pace::Manual] {
        let mut bench = Bench::new(pace);
        bench.script(&json!({ "rules": [
            { "kind": "ProcessingJob", "status": "Failed", "exitMessage": "bad input" },
            { "kind": "NotebookInstance", "name": "stuck", "status": "Pending" },
            { "kind": "NotebookInstance", "failureReason": "Insufficient notebook instance capacity." },
        ] }));
        bench.accept("CreateProcessingJob", processing("p"));
        for name in ["stuck", "broken"] {
            let notebook = json!({ "NotebookInstanceName": name, "InstanceType": "ml.t3.medium", "RoleArn": ROLE });
            bench.accept("CreateNotebookInstance", notebook);
        }
        bench.pass(86_400);
        let job = bench.accept("DescribeProcessingJob", json!({ "ProcessingJobName": "p" }));
        assert_eq!(job["ProcessingJobStatus"], "Failed");
        assert_eq!(
            (&job["ExitMessage"], &job["FailureReason"]),
            (&json!("bad input"), &json!("AlgorithmError: bad input, exit code: 1"))
        );
        let mut notebook =
            |name: &str| bench.accept("DescribeNotebookInstance", json!({ "NotebookInstanceName": name }));
        assert_eq!(notebook("stuck")["NotebookInstanceStatus"], "Pending");
        assert_eq!(notebook("broken")["NotebookInstanceStatus"], "Failed");
        assert_eq!(notebook("broken")["FailureReason"], "Insufficient notebook instance capacity.");
    }
}

/// What is taken of rules for a kind has its effect: of every final status that the model has.
#[test]
fn every_kind_that_lives_can_be_told_how() {
    let takes = |rule: &Value| Rules::parse(json!({ "rules": [rule] }).to_string().as_bytes()).is_ok();
    for (noun, status) in [
        ("TrainingJob", "Failed"),
        ("HyperParameterTuningJob", "Failed"),
        ("HyperParameterTuningJob", "InProgress"),
        ("ProcessingJob", "Stopped"),
        ("TransformJob", "Failed"),
        ("CompilationJob", "FAILED"),
        ("Endpoint", "Failed"),
        ("Endpoint", "Creating"),
        ("NotebookInstance", "Pending"),
        ("FeatureGroup", "CreateFailed"),
        ("Domain", "Failed"),
    ] {
        assert!(takes(&json!({ "kind": noun, "status": status })), "{noun} {status}");
        assert!(takes(&json!({ "kind": noun, "duration": "PT5M" })) || noun.starts_with("Hyper"), "{noun}");
    }
}

#[test]
fn what_makes_no_sense_is_told_so() {
    for (rules, told) in [
        (json!([]), "the body must be like"),
        (json!({ "rules": [{ "kind": "TrainingJob", "state": "Failed" }] }), "`rules[0].state`: unknown field"),
        (json!({ "rules": [{}] }), "`rules[0].kind`: a rule names either"),
        (
            json!({ "rules": [{ "kind": "TrainingJob", "operation": "ListTags" }] }),
            "`rules[0].kind`: a rule names either",
        ),
        (json!({ "rules": [{ "kind": "Trainingjob" }] }), "`rules[0].kind`: `Trainingjob` is none of"),
        (
            json!({ "rules": [{ "kind": "TrainingJob", "status": "InService" }] }),
            "`rules[0].status`: `InService` is none of",
        ),
        (json!({ "rules": [{ "kind": "TrainingJob", "duration": "ten" }] }), "`rules[0].duration`"),
        (json!({ "rules": [{ "kind": "TrainingJob", "duration": "-PT1S" }] }), "`rules[0].duration`: it lies between"),
        (json!({ "rules": [{ "kind": "TrainingJob", "times": 0 }] }), "`rules[0].times`: a rule fits once at least"),
        (
            json!({ "rules": [{ "kind": "TrainingJob", "failureReason": "x".repeat(1025) }] }),
            "`rules[0].failureReason`",
        ),
        (json!({ "rules": [{ "kind": "Endpoint", "status": "Updating" }] }), "`rules[0].status`: no Endpoint can"),
        (json!({ "rules": [{ "kind": "PipelineExecution", "status": "Failed" }] }), "`rules[0].status`: no Pipeline"),
        (json!({ "rules": [{ "kind": "Model", "duration": "PT1M" }] }), "`rules[0].duration`: no Model can"),
        (
            json!({ "rules": [{ "kind": "Endpoint", "metrics": { "a": 1 } }] }),
            "`rules[0].metrics`: no Endpoint emits any",
        ),
        (json!({ "rules": [{ "kind": "Endpoint", "exitMessage": "a" }] }), "`rules[0].exitMessage`: no Endpoint shows"),
        (json!({ "rules": [{ "operation": "CreateTrainingjob" }] }), "`rules[0].operation`: `CreateTrainingjob` is no"),
        (
            json!({ "rules": [{ "operation": "ListTags", "status": "Failed" }] }),
            "`rules[0].operation`: an operation has",
        ),
        (json!({ "rules": [{ "operation": "ListTags", "error": { "code": "a b" } }] }), "`rules[0].error.code`"),
        (json!({ "rules": vec![json!({ "kind": "TrainingJob" }); 101] }), "`rules`: there can be 100 at most"),
    ] {
        let refusal = Rules::parse(rules.to_string().as_bytes()).unwrap_err();
        assert!(refusal.starts_with(told), "{rules}: {refusal}");
    }
}
