//! The life of a training job at every pace: statuses, transitions, stop, delete, update. Facts E and F.2.

use passrole::settings::Pace;
use serde_json::{Value, json};

use crate::laboratory::{Laboratory, job_with};

const NAME: &str = "my-job";

fn named() -> Value {
    json!({ "TrainingJobName": NAME })
}

fn manual() -> Laboratory {
    Laboratory::new(&[], |settings| settings.pace = Pace::Manual)
}

fn describe(laboratory: &Laboratory) -> Value {
    laboratory.ask("DescribeTrainingJob", &named(), "")
}

fn status(laboratory: &Laboratory) -> String {
    let job = describe(laboratory);
    format!("{} {}", job["TrainingJobStatus"].as_str().unwrap(), job["SecondaryStatus"].as_str().unwrap())
}

fn transitions(job: &Value) -> Vec<String> {
    let list = job["SecondaryStatusTransitions"].as_array().unwrap();
    list.iter().map(|transition| transition["Status"].as_str().unwrap().to_owned()).collect()
}

/// Transitions abut; the last has an end if and only if the job has settled.
fn assert_abut(job: &Value) {
    let list = job["SecondaryStatusTransitions"].as_array().unwrap();
    for pair in list.windows(2) {
        assert_eq!(pair[0]["EndTime"], pair[1]["StartTime"], "{list:#?}");
    }
    let settled = ["Completed", "Failed", "Stopped"].contains(&job["TrainingJobStatus"].as_str().unwrap());
    assert_eq!(list.last().unwrap().get("EndTime").is_some(), settled, "{list:#?}");
    assert_eq!(job.get("TrainingEndTime").is_some(), settled);
    assert_eq!(job["SecondaryStatus"], list.last().unwrap()["Status"]);
}

#[test]
fn at_once() {
    let laboratory = Laboratory::new(&[], |_| {});
    let made = laboratory.ask("CreateTrainingJob", &job_with(&[]), "");
    assert_eq!(made, json!({ "TrainingJobArn": "arn:aws:sagemaker:us-east-1:000000000000:training-job/my-job" }));
    assert_eq!(status(&laboratory), "Completed Completed");
    let job = describe(&laboratory);
    assert_abut(&job);
    assert_eq!(job["ModelArtifacts"]["S3ModelArtifacts"], "s3://outputbucket/models/my-job/output/model.tar.gz");
    for (member, value) in job_with(&[]).as_object().unwrap() {
        let described = &job[member];
        match value {
            Value::Object(members) => {
                members.iter().for_each(|(name, value)| assert_eq!(&described[name], value, "{member}.{name}"))
            }
            value => assert_eq!(described, value, "{member}"),
        }
    }
    laboratory.ask(
        "StopTrainingJob",
        &named(),
        "ValidationException: The request was rejected because the training job is in status Completed.",
    );
    laboratory.ask("CreateTrainingJob", &job_with(&[]), "ResourceInUse: Training job names must be unique within an AWS account and region, and a training job with this name already exists (arn:aws:sagemaker:us-east-1:000000000000:training-job/my-job)");
    laboratory.ask("DeleteTrainingJob", &named(), "");
    laboratory.ask("DescribeTrainingJob", &named(), "ValidationException: Requested resource not found.");
    laboratory.ask("DeleteTrainingJob", &named(), "ValidationException: Requested resource not found.");
    laboratory.ask("StopTrainingJob", &named(), "ValidationException: Requested resource not found.");
    laboratory.ask("UpdateTrainingJob", &named(), "ValidationException: Requested resource not found.");
    laboratory.ask("CreateTrainingJob", &job_with(&[]), "");
}

#[test]
fn by_hand() {
    let laboratory = manual();
    laboratory.ask("CreateTrainingJob", &job_with(&[]), "");
    let mut seen = Vec::new();
    for _ in 0..60 {
        let now = status(&laboratory);
        if seen.last() != Some(&now) {
            seen.push(now);
        }
        let job = describe(&laboratory);
        assert_abut(&job);
        assert_eq!(job.get("TrainingStartTime").is_some(), !seen.last().unwrap().ends_with("Starting"));
        laboratory.advance(10);
    }
    assert_eq!(
        seen,
        [
            "InProgress Starting",
            "InProgress Downloading",
            "InProgress Training",
            "InProgress Uploading",
            "Completed Completed"
        ]
    );
    let job = describe(&laboratory);
    assert_eq!(transitions(&job), ["Starting", "Downloading", "Training", "Uploading", "Completed"]);
    let (start, end) = (job["TrainingStartTime"].as_f64().unwrap(), job["TrainingEndTime"].as_f64().unwrap());
    assert_eq!(job["TrainingTimeInSeconds"].as_f64().unwrap(), (end - start).floor());
}

#[test]
fn stopped_in_every_phase() {
    for (after, before) in [(0, "Starting"), (70, "Downloading"), (120, "Training"), (400, "Uploading")] {
        let laboratory = manual();
        laboratory.ask("CreateTrainingJob", &job_with(&[]), "");
        laboratory.advance(after);
        assert_eq!(status(&laboratory), format!("InProgress {before}"));
        laboratory.ask("DeleteTrainingJob", &named(), "ResourceInUse");
        let answer = laboratory.call(&crate::laboratory::ann(), "StopTrainingJob", &named());
        assert_eq!((answer.status, answer.body.len()), (200, 0), "a stop says nothing");
        assert_eq!(status(&laboratory), "Stopping Stopping");
        laboratory.ask("StopTrainingJob", &named(), "");
        laboratory.ask("DeleteTrainingJob", &named(), "ResourceInUse");
        laboratory.advance(150);
        assert_eq!(status(&laboratory), "Stopped Stopped");
        let job = describe(&laboratory);
        assert_abut(&job);
        assert_eq!(transitions(&job).last().map(String::as_str), Some("Stopped"));
        laboratory.ask(
            "StopTrainingJob",
            &named(),
            "ValidationException: The request was rejected because the training job is in status Stopped.",
        );
        laboratory.ask("DeleteTrainingJob", &named(), "");
    }
}

#[test]
fn runtime_exceeded() {
    let laboratory = manual();
    laboratory.ask("CreateTrainingJob", &job_with(&[("/StoppingCondition/MaxRuntimeInSeconds", json!(100))]), "");
    laboratory.advance(2000);
    assert_eq!(status(&laboratory), "Stopped MaxRuntimeExceeded");
    assert_abut(&describe(&laboratory));
}

#[test]
fn updates() {
    let laboratory = manual();
    let keep =
        |seconds: i64| json!({ "TrainingJobName": NAME, "ResourceConfig": { "KeepAlivePeriodInSeconds": seconds } });
    let debug = json!({ "TrainingJobName": NAME, "RemoteDebugConfig": { "EnableRemoteDebug": true } });
    laboratory.ask("CreateTrainingJob", &job_with(&[("/ResourceConfig/KeepAlivePeriodInSeconds", json!(60))]), "");
    laboratory.advance(100);
    let answer = laboratory.ask("UpdateTrainingJob", &keep(600), "");
    assert_eq!(answer["TrainingJobArn"], "arn:aws:sagemaker:us-east-1:000000000000:training-job/my-job");
    assert_eq!(describe(&laboratory)["ResourceConfig"]["KeepAlivePeriodInSeconds"], 600);
    assert_eq!(describe(&laboratory)["ResourceConfig"]["InstanceType"], "ml.m5.large");
    laboratory.ask("UpdateTrainingJob", &debug, "");
    assert_eq!(describe(&laboratory)["RemoteDebugConfig"]["EnableRemoteDebug"], true);
    laboratory.ask(
        "UpdateTrainingJob",
        &keep(21601),
        "ValidationException: Member must have value less than or equal to 21600",
    );
    laboratory.advance(400);
    assert_eq!(describe(&laboratory)["WarmPoolStatus"]["Status"], "Available");
    laboratory.ask("DeleteTrainingJob", &named(), "ResourceInUse");
    laboratory.ask("UpdateTrainingJob", &debug, "ValidationException");
    laboratory.ask("UpdateTrainingJob", &keep(0), "");
    laboratory.advance(1);
    laboratory.ask("DeleteTrainingJob", &named(), "");
}

/// Each verb is its own action, on the job's ARN whether or not it is there; lists have no resource.
#[test]
fn verbs_are_permitted_one_by_one() {
    let verbs = ["DescribeTrainingJob", "StopTrainingJob", "DeleteTrainingJob", "UpdateTrainingJob"];
    for verb in verbs {
        for name in [NAME, "absent"] {
            let nothing = Laboratory::new(&[("/caller/jobs", json!("Allow s3:*"))], |_| {});
            nothing.ask(verb, &json!({ "TrainingJobName": name }), &format!("AccessDeniedException: User: arn:aws:iam::000000000000:user/ann is not authorized to perform: sagemaker:{verb} on resource: arn:aws:sagemaker:us-east-1:000000000000:training-job/{name} because no identity-based policy allows the sagemaker:{verb} action"));
        }
        let statement =
            format!("Allow sagemaker:{verb} on arn:aws:sagemaker:us-east-1:000000000000:training-job/absent");
        let only = Laboratory::new(&[("/caller/jobs", json!(statement))], |_| {});
        let expected = if verb == "UpdateTrainingJob" {
            "Requested"
        } else {
            "ValidationException: Requested resource not found."
        };
        let response = only.call(&crate::laboratory::ann(), verb, &json!({ "TrainingJobName": "absent" }));
        assert!(
            crate::laboratory::said(&response).contains(expected.trim_start_matches("ValidationException: ")),
            "{verb}"
        );
    }
    for (statement, expected) in [
        ("Allow sagemaker:ListTrainingJobs", ""),
        (
            "Allow sagemaker:ListTrainingJobs on arn:aws:sagemaker:*:*:training-job/*",
            "AccessDeniedException: is not authorized to perform: sagemaker:ListTrainingJobs because no identity-based policy allows the sagemaker:ListTrainingJobs action",
        ),
        (
            "Deny sagemaker:ListTrainingJobs",
            "AccessDeniedException: is not authorized to perform: sagemaker:ListTrainingJobs with an explicit deny in an identity-based policy",
        ),
    ] {
        let laboratory = Laboratory::new(&[("/caller/jobs", json!(statement))], |_| {});
        laboratory.ask("ListTrainingJobs", &json!({}), expected);
    }
}

#[test]
fn a_name_is_given_once_whoever_asks_at_once() {
    let laboratory = Laboratory::new(&[], |_| {});
    for round in 0..20 {
        let request = crate::laboratory::job_named(&format!("round-{round}"));
        let statuses: Vec<u16> = std::thread::scope(|scope| {
            let call = || laboratory.call(&crate::laboratory::ann(), "CreateTrainingJob", &request).status;
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(call)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    }
}
