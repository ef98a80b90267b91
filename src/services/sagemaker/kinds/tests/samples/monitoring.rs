//! Monitoring and labeling.

use serde_json::json;

use super::{IMAGE, ROLE, SAMPLE, Sample};
use crate::document::Document;

fn truth() -> Document {
    json!({ "GroundTruthS3Input": { "S3Uri": "s3://bucket/truth" } })
}

/// A job definition of a monitoring type.
fn definition(of_type: &str, specification: &Document, more: &Document) -> Document {
    let mut input = json!({ "EndpointInput": { "EndpointName": "e", "LocalPath": "/opt/ml/processing/in" } });
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let output = json!({ "S3Output": { "S3Uri": "s3://bucket/out", "LocalPath": "/opt/ml/processing/out" } });
    json!({
        "JobDefinitionName": "d",
        "RoleArn": ROLE,
        format!("{of_type}AppSpecification"): specification,
        format!("{of_type}JobInput"): input,
        format!("{of_type}JobOutputConfig"): { "MonitoringOutputs": [output] },
        "JobResources": {
            "ClusterConfig": { "InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1 },
        },
    })
}

pub(super) const SAMPLES: &[Sample] = &[
    Sample {
        noun: "DataQualityJobDefinition",
        create: || definition("DataQuality", &json!({ "ImageUri": IMAGE }), &json!({})),
        identity: |_| json!({ "JobDefinitionName": "d" }),
        ..SAMPLE
    },
    Sample {
        noun: "ModelQualityJobDefinition",
        create: || {
            let specification = json!({ "ImageUri": IMAGE, "ProblemType": "Regression" });
            definition("ModelQuality", &specification, &truth())
        },
        identity: |_| json!({ "JobDefinitionName": "d" }),
        ..SAMPLE
    },
    Sample {
        noun: "ModelBiasJobDefinition",
        create: || {
            let specification = json!({ "ImageUri": IMAGE, "ConfigUri": "s3://bucket/config.json" });
            definition("ModelBias", &specification, &truth())
        },
        identity: |_| json!({ "JobDefinitionName": "d" }),
        ..SAMPLE
    },
    Sample {
        noun: "ModelExplainabilityJobDefinition",
        create: || {
            let specification = json!({ "ImageUri": IMAGE, "ConfigUri": "s3://bucket/config.json" });
            definition("ModelExplainability", &specification, &json!({}))
        },
        identity: |_| json!({ "JobDefinitionName": "d" }),
        ..SAMPLE
    },
    Sample {
        noun: "MonitoringSchedule",
        before: || {
            let definition = definition("DataQuality", &json!({ "ImageUri": IMAGE }), &json!({}));
            vec![("CreateDataQualityJobDefinition", definition)]
        },
        create: || {
            json!({
                "MonitoringScheduleName": "s",
                "MonitoringScheduleConfig": {
                    "ScheduleConfig": { "ScheduleExpression": "cron(0 * ? * * *)" },
                    "MonitoringJobDefinitionName": "d",
                    "MonitoringType": "DataQuality",
                },
            })
        },
        identity: |_| json!({ "MonitoringScheduleName": "s" }),
        scope: || json!({ "MonitoringTypeEquals": "DataQuality" }),
        stops: true,
        ..SAMPLE
    },
    Sample {
        noun: "LabelingJob",
        create: || {
            json!({
                "LabelingJobName": "l",
                "LabelAttributeName": "label",
                "InputConfig": { "DataSource": { "S3DataSource": { "ManifestS3Uri": "s3://bucket/manifest" } } },
                "OutputConfig": { "S3OutputPath": "s3://bucket/out" },
                "RoleArn": ROLE,
                "HumanTaskConfig": {
                    "WorkteamArn": "arn:aws:sagemaker:us-east-1:000000000000:workteam/private-crowd/w",
                    "UiConfig": { "UiTemplateS3Uri": "s3://bucket/template" },
                    "TaskTitle": "label",
                    "TaskDescription": "label it",
                    "NumberOfHumanWorkersPerDataObject": 1,
                    "TaskTimeLimitInSeconds": 60,
                },
            })
        },
        identity: |_| json!({ "LabelingJobName": "l" }),
        stops: true,
        ..SAMPLE
    },
    Sample {
        noun: "Workteam",
        create: || {
            let pool = json!({ "UserPool": "us-east-1_a", "UserGroup": "g", "ClientId": "c" });
            json!({
                "WorkteamName": "w",
                "MemberDefinitions": [{ "CognitoMemberDefinition": pool }],
                "Description": "team",
            })
        },
        identity: |_| json!({ "WorkteamName": "w" }),
        ..SAMPLE
    },
];
