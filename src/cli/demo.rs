//! `passrole demo`: the main story, played over a built-in world with real signed requests.
//!
//! Each step says what it does, shows what came back, and fails the demo if that is not what the story tells.

mod client;

use std::net::SocketAddr;

use anyhow::{anyhow, ensure};
use serde_json::{Value, json};

use super::serve::{self, Next};
use crate::settings::{Settings, StoreLocation};
use client::{Answer, Key, control, sagemaker};

/// The flags of `passrole demo`.
#[derive(Debug, clap::Args)]
pub(super) struct Flags {
    /// Keep serving afterwards, with credentials to try it by hand
    #[arg(long)]
    stay: bool,
}

const WORLD: &str = include_str!("../../fixtures/worlds/demo.json");

const ALICE: Key =
    Key { name: "alice", id: "AKIAEXAMPLEALICE0001", secret: "alice/local/secret/for/the/demo/world001" };
const BOB: Key = Key { name: "bob", id: "AKIAEXAMPLEBOB000001", secret: "bob/local/secret/for/the/demo/world00001" };

const ROLE: &str = "arn:aws:iam::000000000000:role/TrainingRole";
const BLIND_ROLE: &str = "arn:aws:iam::000000000000:role/BlindRole";
const IMAGE: &str = "000000000000.dkr.ecr.us-east-1.amazonaws.com/my-repo:latest";

pub(super) fn run(flags: &Flags) -> anyhow::Result<()> {
    let settings = Settings {
        listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        store: StoreLocation::Ephemeral,
        built_in_world: Some(WORLD),
        ..Settings::default()
    };
    let stay = flags.stay;
    serve::log_to_standard_error("warn");
    serve::while_serving(settings, move |at| {
        story(at)?;
        if stay {
            invite(at);
        }
        Ok(if stay { Next::Serve } else { Next::Stop })
    })
}

fn story(at: SocketAddr) -> anyhow::Result<()> {
    say(&format!(
        "passrole is serving a built-in world on http://{at}; every request below is really signed and sent."
    ));
    let refused = without_pass_role(at)?;
    let statement = explanation(at, &refused)?;
    fix(at, &statement)?;
    accepted(at)?;
    blind(at)?;
    tuning(at)?;
    say("\nThat is what passrole does: it refuses what AWS would refuse, says why, and accepts what AWS would accept.");
    Ok(())
}

fn without_pass_role(at: SocketAddr) -> anyhow::Result<Answer> {
    heading("1. Alice may create training jobs, but nobody allowed her to hand a role to SageMaker.");
    let answer = call(at, &ALICE, "CreateTrainingJob", &training_job("first", ROLE))?;
    expect_refusal(&answer, "AccessDeniedException", "iam:PassRole")?;
    Ok(answer)
}

fn explanation(at: SocketAddr, refused: &Answer) -> anyhow::Result<Value> {
    heading("2. Why? Each refusal can be looked up under its request id.");
    let path = format!("decisions/{}", refused.request_id);
    say(&format!("   GET /_passrole/{path}"));
    let trace = control(at, "GET", &path, "")?.body;
    let questions = trace.get("questions").and_then(Value::as_array).cloned().unwrap_or_default();
    for question in &questions {
        say(&format!(
            "   {}: {} on {}",
            text(question, "decision"),
            text(question, "action"),
            text(question, "resource")
        ));
    }
    let denied = questions.iter().find(|question| text(question, "decision") != "allowed");
    let denied = denied.ok_or_else(|| anyhow!("the trace holds no denied question: {trace}"))?;
    ensure!(text(denied, "action") == "iam:PassRole", "the trace blames another action: {denied}");
    let statement = denied.get("missingStatement").cloned();
    let statement = statement.ok_or_else(|| anyhow!("the trace names no missing statement: {denied}"))?;
    say("   The smallest statement that would turn it:");
    say(&indented(&statement));
    Ok(statement)
}

/// Adds the statement to Alice's policies, as an administrator would.
fn fix(at: SocketAddr, statement: &Value) -> anyhow::Result<()> {
    heading("3. An administrator gives Alice exactly that statement.");
    let mut world = control(at, "GET", "world", "")?.body;
    let users = world.pointer_mut("/accounts/0/iam/UserDetailList").and_then(Value::as_array_mut);
    let alice = users.into_iter().flatten().find(|user| text(user, "UserName") == ALICE.name);
    let policies = alice.and_then(|alice| alice.get_mut("UserPolicyList")).and_then(Value::as_array_mut);
    let policies = policies.ok_or_else(|| anyhow!("the world has lost Alice"))?;
    policies.push(json!({
        "PolicyName": "PassTheTrainingRole",
        "PolicyDocument": { "Version": "2012-10-17", "Statement": [statement] },
    }));
    let answer = control(at, "PUT", "world", &world.to_string())?;
    ensure!(answer.status < 300, "the world was not taken: {}", answer.body);
    say("   PUT /_passrole/world");
    Ok(())
}

fn accepted(at: SocketAddr) -> anyhow::Result<()> {
    heading("4. The same request again.");
    let answer = call(at, &ALICE, "CreateTrainingJob", &training_job("first", ROLE))?;
    ensure!(answer.status == 200, "the create was refused: {}", answer.body);
    let answer = call(at, &ALICE, "DescribeTrainingJob", &json!({ "TrainingJobName": "first" }))?;
    ensure!(text(&answer.body, "TrainingJobStatus") == "Completed", "the job is not complete: {}", answer.body);
    Ok(())
}

fn blind(at: SocketAddr) -> anyhow::Result<()> {
    heading("5. Bob may pass roles, but this one cannot list the bucket that the job reads.");
    let answer = call(at, &BOB, "CreateTrainingJob", &training_job("second", BLIND_ROLE))?;
    expect_refusal(&answer, "ValidationException", "s3:ListBucket")
}

fn tuning(at: SocketAddr) -> anyhow::Result<()> {
    heading("6. Bob starts a tuning job with a tag; each training job that it launches carries it.");
    let answer = call(at, &BOB, "CreateHyperParameterTuningJob", &tuning_job())?;
    ensure!(answer.status == 200, "the tuning job was refused: {}", answer.body);
    let of_tuning = json!({ "HyperParameterTuningJobName": "tuned" });
    let answer = call(at, &BOB, "ListTrainingJobsForHyperParameterTuningJob", &of_tuning)?;
    let children = answer.body.get("TrainingJobSummaries").and_then(Value::as_array).cloned().unwrap_or_default();
    ensure!(children.len() == 2, "there should be two children: {}", answer.body);
    for child in children {
        let answer = call(at, &BOB, "ListTags", &json!({ "ResourceArn": text(&child, "TrainingJobArn") }))?;
        let tags = answer.body.get("Tags").cloned().unwrap_or_default();
        ensure!(tags == json!([{ "Key": "team", "Value": "speech" }]), "the tag did not arrive: {tags}");
    }
    Ok(())
}

fn training_job(name: &str, role: &str) -> Value {
    let mut job = definition(role);
    if let Value::Object(members) = &mut job {
        members.insert("TrainingJobName".to_owned(), json!(name));
    }
    job
}

fn definition(role: &str) -> Value {
    json!({
        "AlgorithmSpecification": { "TrainingImage": IMAGE, "TrainingInputMode": "File" },
        "RoleArn": role,
        "InputDataConfig": [{
            "ChannelName": "train",
            "DataSource": { "S3DataSource": { "S3DataType": "S3Prefix", "S3Uri": "s3://inputbucket/train/" } },
        }],
        "OutputDataConfig": { "S3OutputPath": "s3://outputbucket/models" },
        "ResourceConfig": { "InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 10 },
        "StoppingCondition": { "MaxRuntimeInSeconds": 3600 },
    })
}

fn tuning_job() -> Value {
    let mut definition = definition(ROLE);
    if let Some(Value::Object(algorithm)) = definition.get_mut("AlgorithmSpecification") {
        algorithm.insert("MetricDefinitions".to_owned(), json!([{ "Name": "loss", "Regex": "loss=(.*)" }]));
    }
    json!({
        "HyperParameterTuningJobName": "tuned",
        "HyperParameterTuningJobConfig": {
            "Strategy": "Random",
            "HyperParameterTuningJobObjective": { "Type": "Minimize", "MetricName": "loss" },
            "ResourceLimits": { "MaxNumberOfTrainingJobs": 2, "MaxParallelTrainingJobs": 2 },
            "ParameterRanges": {
                "ContinuousParameterRanges": [{ "Name": "eta", "MinValue": "0.1", "MaxValue": "0.5" }],
            },
        },
        "TrainingJobDefinition": definition,
        "Tags": [{ "Key": "team", "Value": "speech" }],
    })
}

/// Sends a request and shows it with its answer.
fn call(at: SocketAddr, key: &Key, operation: &str, input: &Value) -> anyhow::Result<Answer> {
    let answer = sagemaker(at, key, operation, input)?;
    say(&format!("   {} calls {operation}: HTTP {}", key.name, answer.status));
    let shown =
        ["__type", "Message", "message", "TrainingJobArn", "TrainingJobStatus", "HyperParameterTuningJobArn", "Tags"];
    for member in shown {
        if let Some(value) = answer.body.get(member) {
            say(&format!("      {member}: {}", value.as_str().map_or_else(|| value.to_string(), str::to_owned)));
        }
    }
    Ok(answer)
}

fn expect_refusal(answer: &Answer, code: &str, mentions: &str) -> anyhow::Result<()> {
    let message = answer.body.get("Message").or_else(|| answer.body.get("message"));
    let message = message.and_then(Value::as_str).unwrap_or_default();
    let told = answer.status == 400 && text(&answer.body, "__type") == code && message.contains(mentions);
    ensure!(told, "expected {code} about {mentions}, got HTTP {}: {}", answer.status, answer.body);
    Ok(())
}

fn invite(at: SocketAddr) {
    say("\nIt keeps serving; stop it with Ctrl-C. To try it by hand:");
    say(&format!("   export AWS_ENDPOINT_URL=http://{at} AWS_DEFAULT_REGION=us-east-1"));
    say(&format!("   export AWS_ACCESS_KEY_ID={} AWS_SECRET_ACCESS_KEY={}   # bob", BOB.id, BOB.secret));
    say("   aws sagemaker list-training-jobs");
    say(&format!("   curl -s http://{at}/_passrole/decisions?limit=5"));
}

fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value.get(member).and_then(Value::as_str).unwrap_or_default()
}

fn indented(value: &Value) -> String {
    let text = serde_json::to_string_pretty(value).unwrap_or_default();
    text.lines().map(|line| format!("      {line}")).collect::<Vec<_>>().join("\n")
}

fn heading(text: &str) {
    say(&format!("\n{text}"));
}

#[expect(clippy::print_stdout, reason = "the demo tells its story on standard output")]
fn say(text: &str) {
    println!("{text}");
}
