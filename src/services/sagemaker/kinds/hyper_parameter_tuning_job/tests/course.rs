//! How tuning jobs go on: launches, ends, stops, failures and tags.

use serde_json::{Value, json};

use super::{children, counters, describe, text, tuning, value_of, with};
use crate::document::Document;
use crate::services::sagemaker::testing::Bench;
use crate::settings::Pace;

const JOB: &str = "arn:aws:sagemaker:us-east-1:000000000000:hyper-parameter-tuning-job/t";

fn tags(bench: &mut Bench, arn: &str) -> Vec<(String, String)> {
    let answer = bench.accept("ListTags", json!({ "ResourceArn": arn }));
    let tags = answer["Tags"].as_array().unwrap().iter();
    tags.map(|tag| (text(tag, "Key").to_owned(), text(tag, "Value").to_owned())).collect()
}

#[test]
fn at_instant_pace_all_is_done_at_once() {
    let mut bench = Bench::new(Pace::Instant);
    bench.accept("CreateHyperParameterTuningJob", tuning("t", 5, 2));
    let job = describe(&mut bench, "t");
    assert_eq!(text(&job, "HyperParameterTuningJobStatus"), "Completed");
    assert_eq!(counters(&job), [5, 0, 0, 0, 0, 5, 0, 0]);
    let launched = children(&mut bench, "t");
    let best = launched.iter().map(value_of).fold(f64::INFINITY, f64::min);
    assert_eq!(value_of(&job["BestTrainingJob"]).to_bits(), best.to_bits());
    assert_eq!(job.get("OverallBestTrainingJob"), None);
    assert_eq!(job["TrainingJobDefinition"]["StaticHyperParameters"]["_tuning_objective_metric"], "loss");
    for (number, child) in launched.iter().enumerate() {
        let name = text(child, "TrainingJobName");
        let digits = name.strip_prefix(&format!("t-{:03}-", number + 1)).unwrap();
        assert!(digits.len() == 8 && digits.chars().all(|digit| "0123456789abcdef".contains(digit)), "{name}");
        let job = bench.accept("DescribeTrainingJob", json!({ "TrainingJobName": name }));
        assert_eq!(text(&job, "TuningJobArn"), JOB);
        let eta = text(&child["TunedHyperParameters"], "eta").to_owned();
        assert!((0.1..=0.5).contains(&eta.parse::<f64>().unwrap()), "{eta}");
        let expected = json!({ "epochs": "10", "eta": eta, "_tuning_objective_metric": "loss" });
        assert_eq!(job["HyperParameters"], expected);
        assert_eq!(job["FinalMetricDataList"][0]["MetricName"], "loss");
        assert_eq!(job["FinalMetricDataList"][0]["Value"].as_f64(), Some(value_of(child)));
        let path = format!("s3://bucket/out/{name}/output/model.tar.gz");
        assert_eq!(job["ModelArtifacts"]["S3ModelArtifacts"], path);
    }
}

#[test]
fn training_jobs_are_launched_as_others_end() {
    let mut bench = Bench::new(Pace::Manual);
    bench.accept("CreateHyperParameterTuningJob", tuning("t", 5, 2));
    // Each training job takes seven minutes.
    for (wait, expected, status) in [
        (0, [0, 2, 0, 0, 0, 0, 2, 0], "InProgress"),
        (419, [0, 2, 0, 0, 0, 0, 2, 0], "InProgress"),
        (1, [2, 2, 0, 0, 0, 2, 2, 0], "InProgress"),
        (420, [4, 1, 0, 0, 0, 4, 1, 0], "InProgress"),
        (420, [5, 0, 0, 0, 0, 5, 0, 0], "Completed"),
        (86_400, [5, 0, 0, 0, 0, 5, 0, 0], "Completed"),
    ] {
        bench.pass(wait);
        let job = describe(&mut bench, "t");
        assert_eq!(counters(&job), expected, "after {wait}");
        assert_eq!(text(&job, "HyperParameterTuningJobStatus"), status);
    }
    let job = describe(&mut bench, "t");
    let took = |end: &str| job[end].as_f64().unwrap() - job["CreationTime"].as_f64().unwrap();
    assert_eq!((took("HyperParameterTuningEndTime"), took("LastModifiedTime")), (1260.0, 1260.0));
    assert_eq!(job["ConsumedResources"]["RuntimeInSeconds"], 1260);
}

/// One look after a long time finds what many looks would have found.
#[test]
fn looking_late_changes_nothing() {
    let mut often = Bench::new(Pace::Manual);
    let mut once = Bench::new(Pace::Manual);
    for bench in [&mut often, &mut once] {
        bench.accept("CreateHyperParameterTuningJob", tuning("t", 7, 3));
        bench.accept("CreateHyperParameterTuningJob", tuning("u", 4, 1));
    }
    for _ in 0..60 {
        often.pass(60);
        describe(&mut often, "t");
    }
    once.pass(3600);
    for name in ["t", "u"] {
        assert_eq!(describe(&mut often, name), describe(&mut once, name));
        assert_eq!(children(&mut often, name), children(&mut once, name));
    }
}

#[test]
fn tags_reach_training_jobs_that_are_launched_while_they_are_there() {
    let mut bench = Bench::new(Pace::Manual);
    let team = json!([{ "Key": "team", "Value": "speech" }]);
    bench.accept("CreateHyperParameterTuningJob", with(tuning("t", 4, 1), &[("/Tags", team)]));
    bench.pass(420);
    let added = json!([{ "Key": "env", "Value": "dev" }, { "Key": "team", "Value": "vision" }]);
    bench.accept("AddTags", json!({ "ResourceArn": JOB, "Tags": added }));
    bench.pass(420);
    bench.accept("DeleteTags", json!({ "ResourceArn": JOB, "TagKeys": ["team"] }));
    bench.pass(4200);
    let expected: [&[(&str, &str)]; 4] =
        [&[("team", "speech")], &[("team", "speech")], &[("team", "vision"), ("env", "dev")], &[("env", "dev")]];
    for (child, expected) in children(&mut bench, "t").iter().zip(expected) {
        let expected: Vec<_> = expected.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        assert_eq!(tags(&mut bench, text(child, "TrainingJobArn")), expected, "{}", text(child, "TrainingJobName"));
    }
    for child in children(&mut bench, "t") {
        let arn = text(&child, "TrainingJobArn").to_owned();
        bench.accept("AddTags", json!({ "ResourceArn": arn, "Tags": [{ "Key": "env", "Value": "dev" }] }));
        assert!(tags(&mut bench, &arn).contains(&("env".to_owned(), "dev".to_owned())));
    }
}

#[test]
fn stopping_stops_the_training_jobs() {
    let mut bench = Bench::new(Pace::Manual);
    bench.accept("CreateHyperParameterTuningJob", tuning("t", 10, 3));
    bench.pass(500);
    let stop = json!({ "HyperParameterTuningJobName": "t" });
    bench.accept("StopHyperParameterTuningJob", stop.clone());
    bench.accept("StopHyperParameterTuningJob", stop.clone());
    let job = describe(&mut bench, "t");
    assert_eq!(text(&job, "HyperParameterTuningJobStatus"), "Stopping");
    let statuses = |bench: &mut Bench| -> Vec<String> {
        children(bench, "t").iter().map(|child| text(child, "TrainingJobStatus").to_owned()).collect()
    };
    assert_eq!(statuses(&mut bench), ["Completed", "Completed", "Completed", "Stopping", "Stopping", "Stopping"]);
    bench.pass(30);
    let job = describe(&mut bench, "t");
    assert_eq!(text(&job, "HyperParameterTuningJobStatus"), "Stopped");
    assert_eq!(counters(&job), [3, 0, 0, 0, 3, 3, 0, 3]);
    assert_eq!(statuses(&mut bench), ["Completed", "Completed", "Completed", "Stopped", "Stopped", "Stopped"]);
    let refusal = bench.refuse("StopHyperParameterTuningJob", stop);
    assert_eq!(refusal.0, "ValidationException");
    assert!(refusal.1.ends_with("is in status Stopped."), "{}", refusal.1);
}

#[test]
fn a_training_job_that_somebody_stops_is_followed_by_another() {
    let mut bench = Bench::new(Pace::Manual);
    bench.accept("CreateHyperParameterTuningJob", tuning("t", 2, 1));
    bench.pass(100);
    let first = text(&children(&mut bench, "t")[0], "TrainingJobName").to_owned();
    bench.accept("StopTrainingJob", json!({ "TrainingJobName": first }));
    assert_eq!(text(&children(&mut bench, "t")[0], "TrainingJobStatus"), "Stopping");
    bench.pass(30);
    assert_eq!(counters(&describe(&mut bench, "t")), [0, 1, 0, 0, 1, 0, 1, 1]);
    bench.pass(420);
    let job = describe(&mut bench, "t");
    assert_eq!((counters(&job), text(&job, "HyperParameterTuningJobStatus")), ([1, 0, 0, 0, 1, 1, 0, 1], "Completed"));
    bench.accept("DeleteTrainingJob", json!({ "TrainingJobName": first }));
    assert_eq!(children(&mut bench, "t").len(), 2);
}

#[test]
fn failures_without_success_end_the_job() {
    let rule = |status: Value| json!({ "rules": [status] });
    let failing = json!({ "kind": "TrainingJob", "name": "t-*", "failureReason": "AlgorithmError: x, exit code: 1" });
    for (jobs, parallel, attempts, failed) in [(10, 1, 5, 5), (3, 1, 3, 3), (10, 2, 5, 6)] {
        for pace in [Pace::Instant, Pace::Manual] {
            let mut bench = Bench::new(pace);
            bench.script(&rule(failing.clone()));
            bench.accept("CreateHyperParameterTuningJob", tuning("t", jobs, parallel));
            bench.pass(8 * 3600);
            let job = describe(&mut bench, "t");
            assert_eq!(text(&job, "HyperParameterTuningJobStatus"), "Failed");
            let reason = format!(
                "No training job succeeded after {attempts} attempts. Please take a look at the training job failures \
                 to get more details."
            );
            assert_eq!(text(&job, "FailureReason"), reason);
            assert_eq!(counters(&job), [0, 0, 0, failed, 0, 0, 0, failed]);
            assert_eq!(job.get("BestTrainingJob"), None);
            let child = &children(&mut bench, "t")[0];
            assert_eq!(text(child, "FailureReason"), "AlgorithmError: x, exit code: 1");
        }
    }
}

#[test]
fn one_failure_does_not_end_the_job() {
    let mut bench = Bench::new(Pace::Instant);
    let second = json!({ "kind": "TrainingJob", "name": "t-002-*", "status": "Failed" });
    let internal = json!({
        "kind": "TrainingJob", "name": "t-003-*",
        "failureReason": "InternalServerError: We encountered an internal error.  Please try again.",
    });
    let metric = json!({ "kind": "TrainingJob", "name": "t-004-*", "metrics": { "loss": 0.0001 } });
    bench.script(&json!({ "rules": [second, internal, metric] }));
    bench.accept("CreateHyperParameterTuningJob", tuning("t", 5, 1));
    let job = describe(&mut bench, "t");
    assert_eq!(text(&job, "HyperParameterTuningJobStatus"), "Completed");
    assert_eq!(counters(&job), [3, 0, 1, 1, 0, 3, 0, 2]);
    assert!(text(&job["BestTrainingJob"], "TrainingJobName").starts_with("t-004-"));
    assert_eq!(text(&children(&mut bench, "t")[1], "FailureReason"), "AlgorithmError: , exit code: 1");
}

#[test]
fn a_tuning_job_ends_as_told() {
    let failed = json!({ "kind": "HyperParameterTuningJob", "name": "t", "failureReason": "InternalServerError: x" });
    let stuck = json!({ "kind": "HyperParameterTuningJob", "name": "u", "status": "InProgress" });
    for pace in [Pace::Instant, Pace::Manual] {
        let mut bench = Bench::new(pace);
        bench.script(&json!({ "rules": [failed, stuck] }));
        for name in ["t", "u"] {
            bench.accept("CreateHyperParameterTuningJob", tuning(name, 2, 1));
        }
        bench.pass(3600);
        let job = describe(&mut bench, "t");
        assert_eq!(text(&job, "HyperParameterTuningJobStatus"), "Failed");
        assert_eq!(text(&job, "FailureReason"), "InternalServerError: x");
        assert_eq!(text(&describe(&mut bench, "u"), "HyperParameterTuningJobStatus"), "InProgress");
        bench.accept("StopHyperParameterTuningJob", json!({ "HyperParameterTuningJobName": "u" }));
        bench.pass(60);
        assert_eq!(text(&describe(&mut bench, "u"), "HyperParameterTuningJobStatus"), "Stopped");
    }
}

#[test]
fn time_runs_out() {
    let limit = ("/HyperParameterTuningJobConfig/ResourceLimits/MaxRuntimeInSeconds", json!(600));
    let mut bench = Bench::new(Pace::Manual);
    bench.accept("CreateHyperParameterTuningJob", with(tuning("t", 50, 2), std::slice::from_ref(&limit)));
    bench.pass(3600);
    let job = describe(&mut bench, "t");
    assert_eq!((counters(&job), text(&job, "HyperParameterTuningJobStatus")), ([2, 0, 0, 0, 2, 2, 0, 2], "Completed"));
    let mut bench = Bench::new(Pace::Instant);
    bench.accept("CreateHyperParameterTuningJob", with(tuning("t", 50, 2), &[limit]));
    assert_eq!(counters(&describe(&mut bench, "t"))[0], 4);
}

#[test]
fn what_is_deleted_leaves_its_training_jobs() {
    let mut bench = Bench::new(Pace::Manual);
    let name = json!({ "HyperParameterTuningJobName": "t" });
    bench.accept("CreateHyperParameterTuningJob", tuning("t", 1, 1));
    assert_eq!(bench.refuse("DeleteHyperParameterTuningJob", name.clone()).0, "ValidationException");
    bench.pass(420);
    let child = text(&children(&mut bench, "t")[0], "TrainingJobName").to_owned();
    bench.accept("DeleteHyperParameterTuningJob", name.clone());
    let refusal = bench.refuse("DescribeHyperParameterTuningJob", name);
    assert_eq!(refusal.0, "ResourceNotFound");
    assert!(refusal.1.starts_with("Amazon SageMaker can't find a tuning job with the name t."), "{}", refusal.1);
    bench.accept("DescribeTrainingJob", json!({ "TrainingJobName": child }));
    bench.pass(1);
    bench.accept("CreateHyperParameterTuningJob", tuning("t", 1, 1));
    assert_ne!(text(&children(&mut bench, "t")[0], "TrainingJobName"), child);
}

fn names(answer: &Document) -> Vec<String> {
    let summaries = answer["HyperParameterTuningJobSummaries"].as_array().unwrap().iter();
    summaries.map(|summary| text(summary, "HyperParameterTuningJobName").to_owned()).collect()
}

#[test]
fn tuning_jobs_are_listed() {
    let mut bench = Bench::new(Pace::Manual);
    for name in ["b", "c", "a"] {
        bench.accept("CreateHyperParameterTuningJob", tuning(name, 1, 1));
        bench.pass(210);
    }
    for (input, expected) in [
        (json!({}), vec!["a", "b", "c"]),
        (json!({ "SortBy": "CreationTime" }), vec!["b", "c", "a"]),
        (json!({ "SortBy": "CreationTime", "SortOrder": "Descending" }), vec!["a", "c", "b"]),
        (json!({ "SortBy": "Status" }), vec!["b", "c", "a"]),
        (json!({ "StatusEquals": "Completed" }), vec!["b", "c"]),
        (json!({ "StatusEquals": "Failed" }), vec![]),
        (json!({ "NameContains": "c" }), vec!["c"]),
    ] {
        assert_eq!(names(&bench.accept("ListHyperParameterTuningJobs", input.clone())), expected, "{input}");
    }
    let first = bench.accept("ListHyperParameterTuningJobs", json!({ "MaxResults": 2 }));
    let token = text(&first, "NextToken");
    let rest = bench.accept("ListHyperParameterTuningJobs", json!({ "MaxResults": 2, "NextToken": token }));
    assert_eq!((names(&rest), rest.get("NextToken")), (vec!["c".to_owned()], None));
    let summary = &rest["HyperParameterTuningJobSummaries"][0];
    assert_eq!(text(summary, "Strategy"), "Random");
    assert_eq!(summary["ResourceLimits"]["MaxNumberOfTrainingJobs"], 1);
    assert_eq!(summary["TrainingJobStatusCounters"]["Completed"], 1);
}
