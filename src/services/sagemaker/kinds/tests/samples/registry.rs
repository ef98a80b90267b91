//! What holds models, experiments and pipelines together.

use serde_json::json;

use super::{IMAGE, ROLE, SAMPLE, Sample};

pub(super) const SAMPLES: &[Sample] = &[
    Sample {
        noun: "Algorithm",
        create: || {
            let channel = json!({
                "Name": "train",
                "SupportedContentTypes": ["text/csv"],
                "SupportedInputModes": ["File"],
            });
            json!({
                "AlgorithmName": "a",
                "TrainingSpecification": {
                    "TrainingImage": IMAGE,
                    "SupportedTrainingInstanceTypes": ["ml.m5.large"],
                    "TrainingChannels": [channel],
                },
            })
        },
        identity: |_| json!({ "AlgorithmName": "a" }),
        ..SAMPLE
    },
    Sample {
        noun: "CompilationJob",
        create: || {
            json!({
                "CompilationJobName": "c",
                "RoleArn": ROLE,
                "InputConfig": {
                    "S3Uri": "s3://bucket/model.tar.gz",
                    "DataInputConfig": "{\"data\": [1, 3, 224, 224]}",
                    "Framework": "MXNET",
                },
                "OutputConfig": { "S3OutputLocation": "s3://bucket/out", "TargetDevice": "ml_c5" },
                "StoppingCondition": { "MaxRuntimeInSeconds": 900 },
            })
        },
        identity: |_| json!({ "CompilationJobName": "c" }),
        ..SAMPLE
    },
    Sample {
        noun: "ModelPackageGroup",
        create: || json!({ "ModelPackageGroupName": "g", "ModelPackageGroupDescription": "versions" }),
        identity: |_| json!({ "ModelPackageGroupName": "g" }),
        ..SAMPLE
    },
    Sample {
        noun: "ModelPackage",
        before: || vec![("CreateModelPackageGroup", json!({ "ModelPackageGroupName": "g" }))],
        create: || {
            let container = json!({ "Image": IMAGE, "ModelDataUrl": "s3://bucket/model.tar.gz" });
            json!({
                "ModelPackageGroupName": "g",
                "InferenceSpecification": {
                    "Containers": [container],
                    "SupportedContentTypes": ["text/csv"],
                    "SupportedResponseMIMETypes": ["text/csv"],
                },
                "CustomerMetadataProperties": { "owner": "a" },
            })
        },
        identity: |created| json!({ "ModelPackageName": created["ModelPackageArn"] }),
        scope: || json!({ "ModelPackageGroupName": "g" }),
        unique: false,
        ..SAMPLE
    },
    Sample {
        noun: "Experiment",
        create: || json!({ "ExperimentName": "e", "Description": "one" }),
        identity: |_| json!({ "ExperimentName": "e" }),
        ..SAMPLE
    },
    Sample {
        noun: "Trial",
        before: || vec![("CreateExperiment", json!({ "ExperimentName": "e" }))],
        create: || json!({ "TrialName": "t", "ExperimentName": "e", "DisplayName": "first" }),
        identity: |_| json!({ "TrialName": "t" }),
        scope: || json!({ "ExperimentName": "e" }),
        ..SAMPLE
    },
    Sample {
        noun: "TrialComponent",
        create: || {
            json!({
                "TrialComponentName": "c",
                "Status": { "PrimaryStatus": "InProgress" },
                "Parameters": { "rate": { "NumberValue": 0.5 } },
            })
        },
        identity: |_| json!({ "TrialComponentName": "c" }),
        ..SAMPLE
    },
    Sample {
        noun: "Pipeline",
        create: || {
            let step = json!({ "Name": "Stop", "Type": "Fail", "Arguments": { "ErrorMessage": "no" } });
            json!({
                "PipelineName": "p",
                "PipelineDefinition": json!({ "Version": "2020-12-01", "Steps": [step] }).to_string(),
                "ClientRequestToken": "0123456789abcdef0123456789abcdef",
                "RoleArn": ROLE,
            })
        },
        identity: |_| json!({ "PipelineName": "p", "ClientRequestToken": "0123456789abcdef0123456789abcdef" }),
        unique: false,
        ..SAMPLE
    },
];
