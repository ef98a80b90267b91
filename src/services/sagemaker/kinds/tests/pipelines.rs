//! Pipelines: executions step by step, on the bench's clock.

use serde_json::{Value, json};

use crate::services::sagemaker::testing::Bench;
use crate::settings::Pace;

const ROLE: &str = "arn:aws:iam::000000000000:role/Role";
const IMAGE: &str = "000000000000.dkr.ecr.us-east-1.amazonaws.com/repository:latest";
const TOKEN: &str = "0123456789abcdef0123456789abcdef";

fn get(path: &str) -> Value {
    json!({ "Get": path })
}

fn processing(name: &str) -> Value {
    let output = json!({
        "OutputName": "train",
        "S3Output": { "S3Uri": "s3://bucket/prepared", "LocalPath": "/opt/ml/out", "S3UploadMode": "EndOfJob" },
    });
    let cluster = json!({ "InstanceType": get("Parameters.Instance"), "InstanceCount": 1, "VolumeSizeInGB": 1 });
    let arguments = json!({
        "RoleArn": ROLE,
        "AppSpecification": { "ImageUri": IMAGE },
        "ProcessingResources": { "ClusterConfig": cluster },
        "ProcessingOutputConfig": { "Outputs": [output] },
    });
    json!({ "Name": name, "Type": "Processing", "Arguments": arguments })
}

fn training(name: &str) -> Value {
    let source = json!({
        "S3DataType": "S3Prefix",
        "S3Uri": get("Steps.Prepare.ProcessingOutputConfig.Outputs['train'].S3Output.S3Uri"),
    });
    let arguments = json!({
        "RoleArn": ROLE,
        "AlgorithmSpecification": { "TrainingImage": IMAGE, "TrainingInputMode": "File" },
        "InputDataConfig": [{ "ChannelName": "train", "DataSource": { "S3DataSource": source } }],
        "OutputDataConfig": { "S3OutputPath": { "Std:Join": { "On": "/", "Values": ["s3://bucket", get("Execution.PipelineExecutionId")] } } },
        "ResourceConfig": { "InstanceType": get("Parameters.Instance"), "InstanceCount": 1, "VolumeSizeInGB": 1 },
        "StoppingCondition": { "MaxRuntimeInSeconds": 3600 },
    });
    json!({ "Name": name, "Type": "Training", "Arguments": arguments })
}

fn register() -> Value {
    let container = json!({ "Image": IMAGE, "ModelDataUrl": get("Steps.Train.ModelArtifacts.S3ModelArtifacts") });
    let specification = json!({
        "Containers": [container],
        "SupportedContentTypes": ["text/csv"],
        "SupportedResponseMIMETypes": ["text/csv"],
    });
    let arguments = json!({ "ModelPackageGroupName": "g", "InferenceSpecification": specification });
    json!({ "Name": "Register", "Type": "RegisterModel", "Arguments": arguments })
}

fn condition(limit: i64) -> Value {
    let check = json!({ "Type": "LessThan", "LeftValue": get("Parameters.Limit"), "RightValue": limit });
    let fail = json!({ "Name": "Refuse", "Type": "Fail", "Arguments": { "ErrorMessage": "not good enough" } });
    json!({
        "Name": "Check",
        "Type": "Condition",
        "DependsOn": ["Train"],
        "Arguments": { "Conditions": [check], "IfSteps": [register()], "ElseSteps": [fail] },
    })
}

fn definition(steps: &[Value]) -> String {
    let parameters = json!([
        { "Name": "Instance", "Type": "String", "DefaultValue": "ml.m5.large" },
        { "Name": "Limit", "Type": "Integer", "DefaultValue": 5 },
    ]);
    json!({ "Version": "2020-12-01", "Parameters": parameters, "Steps": steps }).to_string()
}

fn started(bench: &mut Bench, steps: &[Value]) -> Value {
    let pipeline = json!({
        "PipelineName": "p",
        "PipelineDefinition": definition(steps),
        "ClientRequestToken": TOKEN,
        "RoleArn": ROLE,
    });
    bench.accept("CreatePipeline", pipeline);
    let start = json!({ "PipelineName": "p", "ClientRequestToken": TOKEN });
    json!({ "PipelineExecutionArn": bench.accept("StartPipelineExecution", start)["PipelineExecutionArn"] })
}

fn steps(bench: &mut Bench, execution: &Value) -> Vec<(String, String)> {
    let mut request = execution.clone();
    request["SortOrder"] = json!("Ascending");
    let listed = bench.accept("ListPipelineExecutionSteps", request);
    let text = |step: &Value, member: &str| step[member].as_str().unwrap().to_owned();
    let steps = listed["PipelineExecutionSteps"].as_array().unwrap();
    steps.iter().map(|step| (text(step, "StepName"), text(step, "StepStatus"))).collect()
}

fn status(bench: &mut Bench, execution: &Value) -> String {
    let shown = bench.accept("DescribePipelineExecution", execution.clone());
    shown["PipelineExecutionStatus"].as_str().unwrap().to_owned()
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(step, status)| ((*step).to_owned(), (*status).to_owned())).collect()
}

#[test]
fn an_execution_prepares_trains_and_registers() {
    let mut bench = Bench::off(Pace::Instant);
    let execution = started(&mut bench, &[training("Train"), condition(9), processing("Prepare")]);
    assert_eq!(status(&mut bench, &execution), "Succeeded");
    let done = [("Prepare", "Succeeded"), ("Train", "Succeeded"), ("Check", "Succeeded"), ("Register", "Succeeded")];
    assert_eq!(steps(&mut bench, &execution), pairs(&done));

    let jobs = bench.accept("ListTrainingJobs", json!({}))["TrainingJobSummaries"].clone();
    let name = jobs[0]["TrainingJobName"].as_str().unwrap();
    let id = execution["PipelineExecutionArn"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    assert!(name.starts_with(&format!("pipelines-{id}-Train-")), "{name}");
    let job = bench.accept("DescribeTrainingJob", json!({ "TrainingJobName": name }));
    assert_eq!(job["InputDataConfig"][0]["DataSource"]["S3DataSource"]["S3Uri"], "s3://bucket/prepared");
    let packages = bench.accept("ListModelPackages", json!({ "ModelPackageGroupName": "g" }));
    let package = json!({ "ModelPackageName": packages["ModelPackageSummaryList"][0]["ModelPackageArn"] });
    let package = bench.accept("DescribeModelPackage", package);
    let data = &package["InferenceSpecification"]["Containers"][0]["ModelDataUrl"];
    assert_eq!(data, &format!("s3://bucket/{id}/{name}/output/model.tar.gz"));

    let listed = bench.accept("ListPipelineExecutions", json!({ "PipelineName": "p" }));
    assert_eq!(listed["PipelineExecutionSummaries"].as_array().unwrap().len(), 1);
    let parameters = bench.accept("ListPipelineParametersForExecution", execution.clone());
    assert_eq!(parameters["PipelineParameters"][1], json!({ "Name": "Limit", "Value": "5" }));
    bench.accept("DescribePipelineDefinitionForExecution", execution.clone());
    bench.accept("DeletePipeline", json!({ "PipelineName": "p", "ClientRequestToken": TOKEN }));
    assert_eq!(bench.refuse("DescribePipelineExecution", execution).0, "ResourceNotFound");
}

#[test]
fn the_other_branch_fails_and_a_retry_fails_again() {
    let mut bench = Bench::off(Pace::Instant);
    let execution = started(&mut bench, &[processing("Prepare"), training("Train"), condition(1)]);
    for attempt in 1..3 {
        let shown = bench.accept("DescribePipelineExecution", execution.clone());
        assert_eq!(shown["PipelineExecutionStatus"], "Failed");
        assert_eq!(shown["FailureReason"], "Step failure: One or multiple steps failed.");
        let listed = bench.accept("ListPipelineExecutionSteps", execution.clone());
        let last = &listed["PipelineExecutionSteps"][0];
        assert_eq!((&last["StepName"], &last["FailureReason"]), (&json!("Refuse"), &json!("not good enough")));
        assert_eq!(last["AttemptCount"], attempt);
        let mut retry = execution.clone();
        retry["ClientRequestToken"] = json!(TOKEN);
        bench.accept("RetryPipelineExecution", retry);
    }
}

#[test]
fn steps_wait_for_each_other() {
    let mut bench = Bench::off(Pace::Manual);
    let execution = started(&mut bench, &[processing("Prepare"), training("Train"), condition(9)]);
    assert_eq!(steps(&mut bench, &execution), pairs(&[("Prepare", "Executing")]));
    let delete = json!({ "PipelineName": "p", "ClientRequestToken": TOKEN });
    assert_eq!(bench.refuse("DeletePipeline", delete).0, "ConflictException");
    bench.pass(600);
    assert_eq!(steps(&mut bench, &execution), pairs(&[("Prepare", "Succeeded"), ("Train", "Executing")]));
    bench.pass(3600);
    assert_eq!(status(&mut bench, &execution), "Succeeded");
    let listed = bench.accept("ListPipelineExecutionSteps", execution);
    let times: Vec<f64> = listed["PipelineExecutionSteps"]
        .as_array()
        .unwrap()
        .iter()
        .rev()
        .flat_map(|step| [step["StartTime"].as_f64().unwrap(), step["EndTime"].as_f64().unwrap()])
        .collect();
    assert!(times.is_sorted(), "{times:?}");
    assert!(times[7] - times[0] < 1200.0, "each step began as the one before it ended: {times:?}");
}

#[test]
fn stopping_stops_what_runs() {
    let mut bench = Bench::off(Pace::Manual);
    let execution = started(&mut bench, &[processing("Prepare"), training("Train")]);
    bench.pass(60);
    let mut stop = execution.clone();
    stop["ClientRequestToken"] = json!(TOKEN);
    bench.accept("StopPipelineExecution", stop.clone());
    assert_eq!(status(&mut bench, &execution), "Stopping");
    bench.pass(600);
    assert_eq!(status(&mut bench, &execution), "Stopped");
    assert_eq!(steps(&mut bench, &execution), pairs(&[("Prepare", "Stopped")]));
    bench.refuse("StopPipelineExecution", stop.clone());
    bench.accept("RetryPipelineExecution", stop);
    bench.pass(7200);
    assert_eq!(status(&mut bench, &execution), "Succeeded");
}

#[test]
fn what_is_not_run_says_so() {
    let mut bench = Bench::off(Pace::Instant);
    let lambda = json!({ "Name": "Call", "Type": "Lambda", "Arguments": {} });
    let execution = started(&mut bench, &[lambda]);
    let listed = bench.accept("ListPipelineExecutionSteps", execution);
    assert_eq!(listed["PipelineExecutionSteps"][0]["FailureReason"], "passrole does not run steps of type `Lambda`");
}

#[test]
fn parameters_are_typed_and_known() {
    let mut bench = Bench::off(Pace::Instant);
    started(&mut bench, &[processing("Prepare")]);
    let start = |name: &str, value: &str| {
        json!({
            "PipelineName": "p",
            "ClientRequestToken": "fedcba9876543210fedcba9876543210",
            "PipelineParameters": [{ "Name": name, "Value": value }],
        })
    };
    for (name, value) in [("Absent", "1"), ("Limit", "many")] {
        assert_eq!(bench.refuse("StartPipelineExecution", start(name, value)).0, "ValidationException");
    }
    let first = bench.accept("StartPipelineExecution", start("Limit", "7"));
    assert_eq!(
        bench.accept("StartPipelineExecution", start("Limit", "7")),
        first,
        "the same token is the same execution"
    );
}

#[test]
fn without_the_role_the_first_step_fails() {
    let mut bench = Bench::new(Pace::Instant);
    let execution = started(&mut bench, &[processing("Prepare")]);
    let listed = bench.accept("ListPipelineExecutionSteps", execution);
    let reason = listed["PipelineExecutionSteps"][0]["FailureReason"].as_str().unwrap();
    let text = "ClientError: Failed to invoke sagemaker:CreateProcessingJob. Error Details: Could not assume role";
    assert!(reason.starts_with(text), "{reason}");
}
