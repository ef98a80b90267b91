//! One request for each kind, and what must be there before it.

mod monitoring;
mod registry;
mod studio;

use serde_json::json;

use crate::document::Document;

/// A request that creates a resource.
pub(super) struct Sample {
    pub(super) noun: &'static str,
    /// What it refers to.
    pub(super) before: fn() -> Vec<(&'static str, Document)>,
    pub(super) create: fn() -> Document,
    /// The input that names it, from what the create call answered.
    pub(super) identity: fn(&Document) -> Document,
    /// The input of the list that it is in.
    pub(super) scope: fn() -> Document,
    /// Members whose description differs from the request.
    pub(super) computed: &'static [&'static str],
    /// Whether it can be stopped once it has settled.
    pub(super) stops: bool,
    /// Whether its name is its own.
    pub(super) unique: bool,
}

const SAMPLE: Sample = Sample {
    noun: "",
    before: Vec::new,
    create: || json!({}),
    identity: Document::clone,
    scope: || json!({}),
    computed: &[],
    stops: false,
    unique: true,
};

const ROLE: &str = "arn:aws:iam::000000000000:role/Role";
const IMAGE: &str = "000000000000.dkr.ecr.us-east-1.amazonaws.com/repository:latest";

fn model() -> Document {
    json!({
        "ModelName": "m",
        "ExecutionRoleArn": ROLE,
        "PrimaryContainer": { "Image": IMAGE, "ModelDataUrl": "s3://bucket/model.tar.gz" },
    })
}

fn config() -> Document {
    let variant =
        json!({ "VariantName": "v", "ModelName": "m", "InstanceType": "ml.m5.large", "InitialInstanceCount": 1 });
    json!({
        "EndpointConfigName": "c",
        "ProductionVariants": [variant],
        "DataCaptureConfig": {
            "InitialSamplingPercentage": 50,
            "DestinationS3Uri": "s3://bucket/capture",
            "CaptureOptions": [{ "CaptureMode": "Input" }],
        },
    })
}

/// Every sample.
pub(super) fn samples() -> impl Iterator<Item = &'static Sample> {
    [SAMPLES, monitoring::SAMPLES, registry::SAMPLES, studio::SAMPLES].into_iter().flatten()
}

const SAMPLES: &[Sample] = &[
    Sample {
        noun: "TrainingJob",
        create: || {
            json!({
                "TrainingJobName": "t",
                "RoleArn": ROLE,
                "AlgorithmSpecification": { "TrainingImage": IMAGE, "TrainingInputMode": "File" },
                "OutputDataConfig": { "S3OutputPath": "s3://bucket/out" },
                "ResourceConfig": { "InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1 },
                "StoppingCondition": { "MaxRuntimeInSeconds": 3600 },
            })
        },
        identity: |_| json!({ "TrainingJobName": "t" }),
        ..SAMPLE
    },
    Sample { noun: "Model", create: model, identity: |_| json!({ "ModelName": "m" }), ..SAMPLE },
    Sample {
        noun: "EndpointConfig",
        before: || vec![("CreateModel", model())],
        create: config,
        identity: |_| json!({ "EndpointConfigName": "c" }),
        ..SAMPLE
    },
    Sample {
        noun: "Endpoint",
        before: || vec![("CreateModel", model()), ("CreateEndpointConfig", config())],
        create: || json!({ "EndpointName": "e", "EndpointConfigName": "c" }),
        identity: |_| json!({ "EndpointName": "e" }),
        ..SAMPLE
    },
    Sample {
        noun: "TransformJob",
        before: || vec![("CreateModel", model())],
        create: || {
            json!({
                "TransformJobName": "j",
                "ModelName": "m",
                "TransformInput": {
                    "DataSource": { "S3DataSource": { "S3DataType": "S3Prefix", "S3Uri": "s3://bucket/in" } },
                },
                "TransformOutput": { "S3OutputPath": "s3://bucket/out" },
                "TransformResources": { "InstanceType": "ml.m5.large", "InstanceCount": 1 },
            })
        },
        identity: |_| json!({ "TransformJobName": "j" }),
        ..SAMPLE
    },
    Sample {
        noun: "ProcessingJob",
        create: || {
            json!({
                "ProcessingJobName": "p",
                "RoleArn": ROLE,
                "AppSpecification": { "ImageUri": IMAGE },
                "ProcessingResources": {
                    "ClusterConfig": { "InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1 },
                },
            })
        },
        identity: |_| json!({ "ProcessingJobName": "p" }),
        ..SAMPLE
    },
    Sample {
        noun: "NotebookInstance",
        before: || {
            let git = json!({ "RepositoryUrl": "https://github.com/owner/repository.git" });
            vec![
                ("CreateNotebookInstanceLifecycleConfig", json!({ "NotebookInstanceLifecycleConfigName": "l" })),
                ("CreateCodeRepository", json!({ "CodeRepositoryName": "r", "GitConfig": git })),
            ]
        },
        create: || {
            json!({
                "NotebookInstanceName": "n",
                "InstanceType": "ml.t3.medium",
                "RoleArn": ROLE,
                "LifecycleConfigName": "l",
                "DefaultCodeRepository": "r",
            })
        },
        identity: |_| json!({ "NotebookInstanceName": "n" }),
        stops: true,
        ..SAMPLE
    },
    Sample {
        noun: "NotebookInstanceLifecycleConfig",
        create: || {
            let script = json!([{ "Content": "ZWNobyBoZWxsbwo=" }]);
            json!({ "NotebookInstanceLifecycleConfigName": "l", "OnCreate": script })
        },
        identity: |_| json!({ "NotebookInstanceLifecycleConfigName": "l" }),
        ..SAMPLE
    },
    Sample {
        noun: "CodeRepository",
        create: || {
            let git = json!({ "RepositoryUrl": "https://github.com/owner/repository.git", "Branch": "main" });
            json!({ "CodeRepositoryName": "r", "GitConfig": git })
        },
        identity: |_| json!({ "CodeRepositoryName": "r" }),
        ..SAMPLE
    },
];
