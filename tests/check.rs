//! `passrole check` as a process: its verdicts by exit status, and what it says of them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
#![allow(clippy::too_many_lines, clippy::needless_pass_by_value, reason = "tables of cases are written in place")]

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};

const ANN: &str = "arn:aws:iam::111122223333:user/ann";
const JOB: &str = "arn:aws:sagemaker:us-east-1:111122223333:training-job/my-job";
const KEY: &str = "arn:aws:kms:us-east-1:111122223333:key/k";
const ROLE: &str = "arn:aws:iam::111122223333:role/p/Train";
const OBJECT: &str = "arn:aws:s3:::bucket/key";

/// Runs `passrole check` in a directory that holds these files; a `@name` in the arguments is such a file.
fn check(files: &[(&str, String)], arguments: &[&str]) -> Output {
    let directory = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(directory.path().join(name), text).unwrap();
    }
    let mut command = Command::new(Path::new(env!("CARGO_BIN_EXE_passrole")));
    command.arg("check").args(arguments).current_dir(&directory).env_clear();
    command.output().unwrap()
}

/// A policy of one statement.
fn statement(effect: &str, action: &str, more: Value) -> String {
    let mut statement = json!({ "Effect": effect, "Action": action, "Resource": "*" });
    for (name, value) in more.as_object().unwrap() {
        statement[name] = value.clone();
        if value.is_null() {
            statement.as_object_mut().unwrap().remove(name);
        }
    }
    json!({ "Version": "2012-10-17", "Statement": [statement] }).to_string()
}

fn files() -> Vec<(&'static str, String)> {
    let when = |condition: Value| json!({ "Condition": condition });
    vec![
        ("jobs.json", statement("Allow", "sagemaker:*", json!({}))),
        ("list.json", statement("Allow", "sagemaker:List*", json!({}))),
        ("no.json", statement("Deny", "sagemaker:Create*", json!({ "Sid": "Never" }))),
        (
            "small.json",
            statement("Allow", "*", when(json!({ "StringEquals": { "sagemaker:InstanceTypes": "ml.m5.large" } }))),
        ),
        (
            "tags.json",
            statement("Allow", "*", when(json!({ "ForAllValues:StringEquals": { "aws:TagKeys": ["a", "b,c"] } }))),
        ),
        (
            "past.json",
            statement("Allow", "*", when(json!({ "DateLessThan": { "aws:CurrentTime": "2020-01-01T00:00:00Z" } }))),
        ),
        ("s3.json", statement("Allow", "s3:*", json!({ "Principal": { "AWS": ANN } }))),
        ("kms.json", statement("Allow", "kms:*", json!({}))),
        ("key.json", statement("Allow", "kms:*", json!({ "Principal": { "AWS": "111122223333" } }))),
        ("trust.json", statement("Allow", "sts:AssumeRole", json!({ "Principal": { "AWS": ANN }, "Resource": null }))),
        (
            "pass.json",
            statement(
                "Allow",
                "iam:PassRole",
                when(json!({ "StringEquals": { "iam:PassedToService": "sagemaker.amazonaws.com" } })),
            ),
        ),
        ("bad.json", statement("Allow", "nothing", json!({}))),
        ("broken.json", "{\n  \"Statement\": [,]\n}".to_owned()),
        (
            "world.json",
            std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/worlds/demo.json")).unwrap(),
        ),
    ]
}

#[test]
fn the_exit_status_tells_the_verdict() {
    let files = files();
    let job = ["--action", "sagemaker:CreateTrainingJob", "--resource", JOB];
    let by_ann = |given: &[&'static str]| [&["--principal", ANN], given].concat();
    let on_job = |given: &[&'static str]| [&["--principal", ANN], &job[..], given].concat();
    let in_world = |given: &[&'static str]| [&["--world", "world.json"], given].concat();
    let demo_job = "arn:aws:sagemaker:us-east-1:000000000000:training-job/x";
    let cases: Vec<(Vec<&str>, i32, &str)> = vec![
        (on_job(&["--policy", "jobs.json"]), 0, "Allowed by statement 1 of the identity-based policy `jobs.json`"),
        (
            on_job(&["--policy", "list.json"]),
            3,
            "because no identity-based policy allows the sagemaker:CreateTrainingJob action",
        ),
        (on_job(&[]), 3, "To allow it, add to an identity-based policy"),
        (
            on_job(&["--policy", "jobs.json", "--policy", "no.json"]),
            2,
            "statement `Never` of `no.json` (line 1): matches",
        ),
        (on_job(&["--policy", "jobs.json", "--boundary", "list.json"]), 3, "permissions boundary"),
        (
            on_job(&["--policy", "jobs.json", "--boundary", "no.json"]),
            2,
            "with an explicit deny in a permissions boundary",
        ),
        (on_job(&["--policy", "jobs.json", "--scp", "list.json"]), 3, "because no service control policy allows"),
        (on_job(&["--policy", "jobs.json", "--scp", "jobs.json"]), 0, "ALLOWED"),
        (on_job(&["--policy", "small.json"]), 3, "Condition keys that bear on it"),
        (on_job(&["--policy", "small.json", "--context", "sagemaker:InstanceTypes=ml.m5.large"]), 0, "ALLOWED"),
        (
            on_job(&["--policy", "small.json", "--context", "sagemaker:InstanceTypes=ml.p4d.24xlarge"]),
            3,
            "and is `ml.p4d.24xlarge`",
        ),
        (on_job(&["--policy", "tags.json", "--context", "aws:TagKeys=a,b\\,c"]), 0, "ALLOWED"),
        (on_job(&["--policy", "tags.json", "--context", "aws:TagKeys=a,b,c"]), 3, "aws:TagKeys"),
        (on_job(&["--policy", "past.json"]), 3, "aws:CurrentTime"),
        (on_job(&["--policy", "past.json", "--context", "aws:CurrentTime=2019-01-01T00:00:00Z"]), 0, "ALLOWED"),
        (
            by_ann(&["--resource-policy", "s3.json", "--action", "s3:GetObject", "--resource", OBJECT]),
            0,
            "resource-based policy",
        ),
        (
            by_ann(&["--policy", "s3.json", "--action", "s3:GetObject", "--resource", OBJECT]),
            1,
            "MalformedPolicyDocument",
        ),
        (by_ann(&["--policy", "kms.json", "--action", "kms:Decrypt", "--resource", KEY]), 3, "one must allow it"),
        (
            by_ann(&[
                "--policy",
                "kms.json",
                "--resource-policy",
                "key.json",
                "--action",
                "kms:Decrypt",
                "--resource",
                KEY,
            ]),
            0,
            "leaves it to the account's",
        ),
        (
            by_ann(&["--policy", "small.json", "--action", "sts:AssumeRole", "--resource", ROLE]),
            3,
            "sts:AssumeRole on resource: arn:aws:iam::111122223333:role/p/Train\n",
        ),
        (
            by_ann(&["--resource-policy", "trust.json", "--action", "sts:AssumeRole", "--resource", ROLE]),
            0,
            "role trust policy",
        ),
        (by_ann(&["--policy", "pass.json", "--action", "iam:PassRole", "--resource", ROLE]), 3, "iam:PassedToService"),
        (
            by_ann(&[
                "--policy",
                "pass.json",
                "--action",
                "iam:PassRole",
                "--resource",
                ROLE,
                "--context",
                "iam:PassedToService=sagemaker.amazonaws.com",
            ]),
            0,
            "ALLOWED",
        ),
        (
            [&["--principal", ROLE, "--policy", "jobs.json", "--session", "list.json"], &job[..]].concat(),
            3,
            "assumed-role/Train/check is not authorized",
        ),
        (
            [&["--principal", "arn:aws:iam::444455556666:user/zoe", "--policy", "jobs.json"], &job[..]].concat(),
            3,
            "resource-based policy: does not allow, and must",
        ),
        ([&["--principal", "111122223333"], &job[..]].concat(), 0, "root user"),
        (
            on_job(&["--policy", "bad.json"]),
            1,
            "at Statement[0].Action: Actions/Conditions must be prefaced by a vendor",
        ),
        (on_job(&["--policy", "broken.json"]), 1, "line 2"),
        (on_job(&["--policy", "absent.json"]), 1, "`absent.json` cannot be read"),
        (on_job(&["--context", "nonsense"]), 1, "KEY=VALUE"),
        (on_job(&["--context", "aws:CurrentTime=yesterday"]), 1, "is no time"),
        ([&["--principal", "ann"], &job[..]].concat(), 1, "is no ARN"),
        (job.to_vec(), 1, "--principal"),
        (vec!["--principal", ANN], 1, "--action"),
        (vec!["--principal", ANN, "--action", "s3:*"], 1, "not an action"),
        (vec!["--help"], 0, "2 explicit deny"),
        (
            in_world(&["--as", "alice", "--action", "sagemaker:CreateTrainingJob", "--resource", demo_job]),
            0,
            "RunTrainingJobs",
        ),
        (
            in_world(&[
                "--as",
                "alice",
                "--action",
                "iam:PassRole",
                "--resource",
                "arn:aws:iam::000000000000:role/TrainingRole",
            ]),
            3,
            "iam:PassRole",
        ),
        (
            in_world(&["--as", "TrainingRole", "--action", "s3:GetObject", "--resource", "arn:aws:s3:::inputbucket/x"]),
            0,
            "ReadInput",
        ),
        (
            in_world(&[
                "--as",
                "TrainingRole",
                "--session",
                "list.json",
                "--action",
                "s3:GetObject",
                "--resource",
                "arn:aws:s3:::inputbucket/x",
            ]),
            3,
            "session policy",
        ),
        (
            in_world(&["--as", "arn:aws:iam::000000000000:user/bob", "--action", "sagemaker:ListTrainingJobs"]),
            0,
            "DataScientist",
        ),
        (in_world(&["--as", "nobody", "--action", "s3:GetObject"]), 1, "no user or role of this name"),
        (in_world(&["--action", "s3:GetObject"]), 1, "--as"),
        (in_world(&["--as", "alice", "--policy", "jobs.json", "--action", "s3:GetObject"]), 1, "cannot be used with"),
        (vec!["--world", "broken.json", "--as", "alice", "--action", "s3:GetObject"], 1, "broken.json"),
    ];
    for (arguments, status, part) in cases {
        let output = check(&files, &arguments);
        let told = [output.stdout.as_slice(), &output.stderr].concat();
        let told = String::from_utf8(told).unwrap();
        assert_eq!(output.status.code(), Some(status), "{arguments:?}\n{told}");
        assert!(told.contains(part), "{arguments:?}: `{part}` is not in\n{told}");
        // A verdict stands on standard output, a complaint on standard error.
        assert_eq!(output.stdout.is_empty(), status == 1, "{arguments:?}\n{told}");
    }
}

#[test]
fn json_holds_the_whole_explanation() {
    let arguments = [
        "--json",
        "--principal",
        ANN,
        "--policy",
        "small.json",
        "--policy",
        "list.json",
        "--action",
        "sagemaker:CreateTrainingJob",
        "--resource",
        JOB,
        "--context",
        "aws:TagKeys=a,b",
    ];
    let output = check(&files(), &arguments);
    assert_eq!(output.status.code(), Some(3));
    let told: BTreeMap<String, Value> = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(told["decision"], "implicitDeny");
    assert_eq!(told["context"]["aws:TagKeys"], json!(["a", "b"]));
    assert_eq!(told["context"]["aws:PrincipalArn"], json!([ANN]));
    assert_eq!(told["missingContextKeys"], json!(["sagemaker:InstanceTypes"]));
    assert_eq!(told["nearMisses"][0]["policyName"], "small.json");
    assert_eq!(told["missingStatement"]["Resource"], JOB);
    assert!(
        told["message"].as_str().unwrap().starts_with("User: arn:aws:iam::111122223333:user/ann is not authorized")
    );
    let allowed =
        check(&files(), &["--json", "--principal", ANN, "--policy", "jobs.json", "--action", "sagemaker:ListModels"]);
    let told: BTreeMap<String, Value> = serde_json::from_slice(&allowed.stdout).unwrap();
    assert_eq!((told["decision"].as_str(), &told["message"]), (Some("allowed"), &Value::Null));
}
