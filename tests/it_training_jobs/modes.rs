//! Enforcement, resources and preflight in their other settings; regions and accounts.

use passrole::settings::{Enforcement, Pace, Preflight, Resources};
use serde_json::{Value, json};

use crate::laboratory::{Edits, Laboratory, ann, case, check_with, job_named, job_with, otto, root};
use crate::plan::KEY_ID;

fn anything() -> Vec<(&'static str, Value)> {
    vec![("/caller/jobs", json!("Allow s3:ListBucket"))]
}

#[test]
fn observed() {
    let nobody = [("/RoleArn", json!("arn:aws:iam::000000000000:role/Nobody"))];
    check_with(
        &[
            case("no action", &[("/caller/jobs", json!("Allow s3:ListBucket"))], &[], ""),
            case("no PassRole", &[("/caller/pass", json!("Allow s3:ListBucket"))], &[], ""),
            case("an explicit deny", &[("/caller/deny", json!("Deny *"))], &[], ""),
            case(
                "no trust",
                &[("/trust", json!([r#"Allow sts:AssumeRole by {"Service":"ec2.amazonaws.com"}"#]))],
                &[],
                "",
            ),
            case("no read", &[("/role/read", json!(null))], &[], ""),
            case("no bucket", &[("/input", json!(null))], &[], ""),
            case("no role", &[], &nobody, ""),
            case("what is invalid stays so", &[], &[("/OutputDataConfig", json!(null))], "ValidationException"),
        ],
        |settings| settings.enforcement = Enforcement::Observe,
    );
}

#[test]
fn off() {
    check_with(
        &[
            case("no action", &[("/caller/deny", json!("Deny *"))], &[], ""),
            case("no role", &[], &[("/RoleArn", json!("arn:aws:iam::000000000000:role/Nobody"))], ""),
            case(
                "no bucket",
                &[("/input", json!(null)), ("/output", json!(null)), ("/repository", json!(null))],
                &[],
                "",
            ),
            case("what is invalid stays so", &[], &[("/TrainingJobName", json!("a_b"))], "ValidationException"),
        ],
        |settings| settings.enforcement = Enforcement::Off,
    );
    let laboratory = Laboratory::new(&anything(), |settings| settings.enforcement = Enforcement::Off);
    let forged = crate::client::Key::long_term(crate::laboratory::ANN.0, "forged");
    laboratory.ask_as(&forged, "ListTrainingJobs", &json!({}), "InvalidSignatureException");
}

#[test]
fn assumed() {
    let all = ("/role/all", json!("Allow *"));
    let bucket = [("/InputDataConfig/0/DataSource/S3DataSource/S3Uri", json!("s3://somewhere/data/"))];
    let image =
        [("/AlgorithmSpecification/TrainingImage", json!("111122223333.dkr.ecr.us-east-1.amazonaws.com/nowhere:v1"))];
    let own_image =
        [("/AlgorithmSpecification/TrainingImage", json!("000000000000.dkr.ecr.us-east-1.amazonaws.com/nowhere:v1"))];
    let key = [("/OutputDataConfig/KmsKeyId", json!("99999999-6b7a-4c88-9f10-2a54c1b0e7d3"))];
    let vpc = [("/VpcConfig", json!({ "Subnets": ["subnet-x"], "SecurityGroupIds": ["sg-x"] }))];
    check_with(
        &[
            case("a bucket that the role may read", &[all.clone()], &bucket, ""),
            case("a bucket that it may not", &[], &bucket, "ValidationException: No S3 objects found"),
            case("an image of its own account", &[all.clone()], &own_image, ""),
            case(
                "an image of another account, which has no policy",
                &[all.clone()],
                &image,
                "ValidationException: Access denied for repository: nowhere",
            ),
            case("a key", &[all.clone()], &key, ""),
            case("a key that the role may not use", &[], &key, "ValidationException: kms:Encrypt"),
            case("a network", &[all.clone()], &vpc, ""),
            case("a network that the role may not use", &[], &vpc, "ValidationException: ec2:"),
            case(
                "a role is never assumed",
                &[("/caller/pass", json!("Allow iam:PassRole"))],
                &[("/RoleArn", json!("arn:aws:iam::000000000000:role/Nobody"))],
                "ValidationException: Could not assume role",
            ),
            case(
                "a bucket that is there keeps its policy",
                &[all, ("/input/Policy", json!([r#"Deny s3:GetObject on arn:aws:s3:::inputbucket/* by "*""#]))],
                &[],
                "ValidationException: with an explicit deny in a resource-based policy",
            ),
        ],
        |settings| settings.resources = Resources::Assume,
    );
}

/// What AWS finds out later fails the job: the edit of the world, and its reason.
#[test]
fn found_out_later() {
    let key = [("/OutputDataConfig/KmsKeyId", json!(KEY_ID))];
    let vpc = [("/VpcConfig", json!({ "Subnets": ["subnet-x"], "SecurityGroupIds": ["sg-x"] }))];
    let later: Vec<(Vec<(&str, Value)>, Edits<'_>, &str, &str)> = vec![
        (
            vec![("/role/read", json!(null))],
            &[],
            "Downloading",
            "ClientError: Data download failed:Failed to download data. 403 Forbidden (403): Forbidden",
        ),
        (vec![("/role/write", json!(null))], &[], "Uploading", "ClientError: "),
        (
            vec![("/role/registry", json!(null))],
            &[],
            "Starting",
            "ClientError: Cannot pull algorithm container. Either the image does not exist or its permissions are incorrect.",
        ),
        (vec![], &key, "Uploading", "ClientError: "),
        (vec![], &vpc, "Starting", "ClientError: "),
    ];
    for (world, request, during, reason) in later {
        for pace in [Pace::Instant, Pace::Manual] {
            let laboratory = Laboratory::new(&world, |settings| {
                settings.preflight = Preflight::Aws;
                settings.pace = pace;
            });
            laboratory.ask("CreateTrainingJob", &job_with(request), "");
            laboratory.advance(3600);
            let job = laboratory.ask("DescribeTrainingJob", &json!({ "TrainingJobName": "my-job" }), "");
            assert_eq!(job["TrainingJobStatus"], "Failed", "{world:?} {job:#}");
            assert_eq!(job["SecondaryStatus"], "Failed");
            assert!(job["FailureReason"].as_str().unwrap().starts_with(reason), "{world:?}: {}", job["FailureReason"]);
            let transitions = job["SecondaryStatusTransitions"].as_array().unwrap();
            assert_eq!(transitions[transitions.len() - 2]["Status"], during, "{world:?}");
            let list = laboratory.ask("ListTrainingJobs", &json!({ "StatusEquals": "Failed" }), "");
            assert_eq!(list["TrainingJobSummaries"].as_array().map(Vec::len), Some(1));
            laboratory.ask(
                "StopTrainingJob",
                &json!({ "TrainingJobName": "my-job" }),
                "ValidationException: in status Failed.",
            );
        }
    }
    // What AWS looks at inside the create call is refused there, in this mode too.
    check_with(
        &[
            case("no list", &[("/role/find", json!(null))], &[], "ValidationException: No S3 objects found"),
            case("no pull", &[("/role/pull", json!(null))], &[], "ValidationException: Access denied for repository"),
            case(
                "no trust",
                &[("/trust", json!([r#"Allow sts:AssumeRole by {"Service":"ec2.amazonaws.com"}"#]))],
                &[],
                "ValidationException: Could not assume role",
            ),
        ],
        |settings| settings.preflight = Preflight::Aws,
    );
}

#[test]
fn regions_and_accounts_are_apart() {
    let laboratory =
        Laboratory::new(&[("/role/all", json!("Allow *"))], |settings| settings.resources = Resources::Assume);
    let names = |key: &crate::client::Key| {
        let list = laboratory.ask_as(key, "ListTrainingJobs", &json!({}), "");
        list["TrainingJobSummaries"].as_array().unwrap().len()
    };
    let mut west = ann();
    west.region = "eu-west-1";
    let mut request = job_named("my-job");
    laboratory.ask("CreateTrainingJob", &request, "");
    assert_eq!((names(&ann()), names(&west), names(&otto())), (1, 0, 0));
    request["AlgorithmSpecification"]["TrainingImage"] = json!("000000000000.dkr.ecr.eu-west-1.amazonaws.com/r:latest");
    request["InputDataConfig"] = json!(null);
    request["OutputDataConfig"]["S3OutputPath"] = json!("s3://west/models");
    let made = laboratory.ask_as(&west, "CreateTrainingJob", &request, "");
    assert_eq!(made["TrainingJobArn"], "arn:aws:sagemaker:eu-west-1:000000000000:training-job/my-job");
    laboratory.ask_as(&west, "DeleteTrainingJob", &json!({ "TrainingJobName": "my-job" }), "");
    assert_eq!((names(&ann()), names(&west)), (1, 0));
    laboratory.ask_as(
        &otto(),
        "DescribeTrainingJob",
        &json!({ "TrainingJobName": "my-job" }),
        "ValidationException: Requested resource not found.",
    );
    let other_root = root("111122223333");
    laboratory.ask_as(
        &other_root,
        "DescribeTrainingJob",
        &json!({ "TrainingJobName": "my-job" }),
        "ValidationException: Requested resource not found.",
    );
    request["RoleArn"] = json!("arn:aws:iam::111122223333:role/TheirRole");
    request["AlgorithmSpecification"]["TrainingImage"] =
        json!("111122223333.dkr.ecr.us-east-1.amazonaws.com/their-repo");
    let made = laboratory.ask_as(&otto(), "CreateTrainingJob", &request, "");
    assert_eq!(made["TrainingJobArn"], "arn:aws:sagemaker:us-east-1:111122223333:training-job/my-job");
    assert_eq!((names(&ann()), names(&otto()), names(&other_root)), (1, 1, 1));
}

/// Root may do what nothing denies; of the account's own policies only the organization's bind it.
#[test]
fn root_users() {
    let table: Vec<(&str, Vec<(&str, Value)>, &str)> = vec![
        ("no policy", vec![("/caller/deny", json!("Deny *"))], ""),
        (
            "an SCP that denies",
            vec![("/scp", json!(["Allow *", "Deny sagemaker:CreateTrainingJob"]))],
            "AccessDeniedException: User: arn:aws:iam::000000000000:root is not authorized to perform: sagemaker:CreateTrainingJob on resource: arn:aws:sagemaker:us-east-1:000000000000:training-job/my-job with an explicit deny in a service control policy",
        ),
        (
            "an SCP without the action",
            vec![("/scp", json!(["Allow s3:*", "Allow ecr:*"]))],
            "AccessDeniedException: because no service control policy allows",
        ),
        (
            "an SCP against root",
            vec![(
                "/scp",
                json!(["Allow *", r#"Deny * if {"StringLike":{"aws:PrincipalArn":"arn:aws:iam::*:root"}}"#]),
            )],
            "AccessDeniedException: with an explicit deny in a service control policy",
        ),
        (
            "a role that it may not pass",
            vec![("/scp", json!(["Allow *", "Deny iam:PassRole"]))],
            "AccessDeniedException: iam:PassRole",
        ),
        ("a role that may not read", vec![("/role/read", json!(null))], "ValidationException: s3:GetObject"),
    ];
    for (name, world, expected) in table {
        for key in [root("000000000000"), root("test")] {
            let laboratory = Laboratory::new(&world, |_| {});
            let response = laboratory.call(&key, "CreateTrainingJob", &job_with(&[]));
            let difference = crate::laboratory::difference(&response, expected);
            assert!(difference.is_none(), "{name}: {difference:?}");
        }
    }
}
