//! One request for each kind, and what must be there before it.

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

/// The id of a domain that the bench's first request makes.
const DOMAIN: &str = "d-000000010000";

fn domain() -> Document {
    json!({
        "DomainName": "studio",
        "AuthMode": "IAM",
        "DefaultUserSettings": { "ExecutionRole": ROLE },
        "VpcId": "vpc-1",
    })
}

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
        noun: "FeatureGroup",
        create: || {
            json!({
                "FeatureGroupName": "f",
                "RecordIdentifierFeatureName": "id",
                "EventTimeFeatureName": "time",
                "FeatureDefinitions": [
                    { "FeatureName": "id", "FeatureType": "String" },
                    { "FeatureName": "time", "FeatureType": "Fractional" },
                ],
                "OnlineStoreConfig": { "EnableOnlineStore": true },
                "OfflineStoreConfig": { "S3StorageConfig": { "S3Uri": "s3://bucket/store/" } },
                "RoleArn": ROLE,
            })
        },
        identity: |_| json!({ "FeatureGroupName": "f" }),
        ..SAMPLE
    },
    Sample {
        noun: "Domain",
        create: domain,
        identity: |created| json!({ "DomainId": created["DomainId"] }),
        unique: false,
        ..SAMPLE
    },
    Sample {
        noun: "UserProfile",
        before: || vec![("CreateDomain", domain())],
        create: || json!({ "DomainId": DOMAIN, "UserProfileName": "u", "UserSettings": { "ExecutionRole": ROLE } }),
        identity: |_| json!({ "DomainId": DOMAIN, "UserProfileName": "u" }),
        scope: || json!({ "DomainIdEquals": DOMAIN }),
        ..SAMPLE
    },
    Sample {
        noun: "Space",
        before: || {
            let profile = json!({ "DomainId": DOMAIN, "UserProfileName": "u" });
            vec![("CreateDomain", domain()), ("CreateUserProfile", profile)]
        },
        create: || {
            json!({
                "DomainId": DOMAIN,
                "SpaceName": "s",
                "OwnershipSettings": { "OwnerUserProfileName": "u" },
                "SpaceSharingSettings": { "SharingType": "Private" },
                "SpaceSettings": { "AppType": "JupyterLab" },
            })
        },
        identity: |_| json!({ "DomainId": DOMAIN, "SpaceName": "s" }),
        scope: || json!({ "SpaceNameContains": "s" }),
        ..SAMPLE
    },
    Sample {
        noun: "App",
        before: || {
            let profile = json!({ "DomainId": DOMAIN, "UserProfileName": "u" });
            vec![("CreateDomain", domain()), ("CreateUserProfile", profile)]
        },
        create: || json!({ "DomainId": DOMAIN, "UserProfileName": "u", "AppType": "JupyterServer", "AppName": "default" }),
        identity: |_| json!({ "DomainId": DOMAIN, "UserProfileName": "u", "AppType": "JupyterServer", "AppName": "default" }),
        scope: || json!({ "UserProfileNameEquals": "u" }),
        ..SAMPLE
    },
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
