//! Tuning jobs from their creation to their end, in process; what is refused stands in `refusals`.

mod course;
mod refusals;
mod searching;

use serde_json::{Value, json};

use crate::document::Document;
use crate::services::sagemaker::testing::Bench;

const IMAGE: &str = "000000000000.dkr.ecr.us-east-1.amazonaws.com/repository:latest";

/// A training job definition that is in order.
fn definition() -> Document {
    json!({
        "AlgorithmSpecification": {
            "TrainingImage": IMAGE,
            "TrainingInputMode": "File",
            "MetricDefinitions": [{ "Name": "loss", "Regex": "loss=(.*)" }],
        },
        "RoleArn": "arn:aws:iam::000000000000:role/Role",
        "OutputDataConfig": { "S3OutputPath": "s3://bucket/out" },
        "ResourceConfig": { "InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1 },
        "StoppingCondition": { "MaxRuntimeInSeconds": 3600 },
        "StaticHyperParameters": { "epochs": "10" },
    })
}

/// A tuning job of so many training jobs, so many at a time, over one continuous range.
fn tuning(name: &str, jobs: u32, parallel: u32) -> Document {
    json!({
        "HyperParameterTuningJobName": name,
        "HyperParameterTuningJobConfig": {
            "Strategy": "Random",
            "HyperParameterTuningJobObjective": { "Type": "Minimize", "MetricName": "loss" },
            "ResourceLimits": { "MaxNumberOfTrainingJobs": jobs, "MaxParallelTrainingJobs": parallel },
            "ParameterRanges": {
                "ContinuousParameterRanges": [{ "Name": "eta", "MinValue": "0.1", "MaxValue": "0.5" }],
            },
        },
        "TrainingJobDefinition": definition(),
    })
}

/// The same with a member of the request set: `/HyperParameterTuningJobConfig/Strategy`.
fn with(mut request: Document, changes: &[(&str, Value)]) -> Document {
    for (pointer, value) in changes {
        let (parent, member) = pointer.rsplit_once('/').unwrap();
        let parent = request.pointer_mut(parent).unwrap_or_else(|| panic!("no {parent}"));
        if value.is_null() {
            parent.as_object_mut().unwrap().remove(member);
        } else {
            parent[member] = value.clone();
        }
    }
    request
}

fn describe(bench: &mut Bench, name: &str) -> Document {
    bench.accept("DescribeHyperParameterTuningJob", json!({ "HyperParameterTuningJobName": name }))
}

fn children(bench: &mut Bench, name: &str) -> Vec<Document> {
    let request = json!({ "HyperParameterTuningJobName": name, "MaxResults": 100 });
    let answer = bench.accept("ListTrainingJobsForHyperParameterTuningJob", request);
    answer["TrainingJobSummaries"].as_array().unwrap().clone()
}

fn text<'a>(document: &'a Document, member: &str) -> &'a str {
    document[member].as_str().unwrap_or_else(|| panic!("no {member} in {document}"))
}

fn value_of(child: &Document) -> f64 {
    child["FinalHyperParameterTuningJobObjectiveMetric"]["Value"].as_f64().unwrap()
}

/// Completed, InProgress, RetryableError, NonRetryableError, Stopped; then Succeeded, Pending, Failed.
fn counters(description: &Document) -> [u64; 8] {
    let jobs = &description["TrainingJobStatusCounters"];
    let objectives = &description["ObjectiveStatusCounters"];
    ["Completed", "InProgress", "RetryableError", "NonRetryableError", "Stopped"]
        .map(|counter| jobs[counter].as_u64().unwrap())
        .into_iter()
        .chain(["Succeeded", "Pending", "Failed"].map(|counter| objectives[counter].as_u64().unwrap()))
        .collect::<Vec<_>>()
        .try_into()
        .unwrap()
}
