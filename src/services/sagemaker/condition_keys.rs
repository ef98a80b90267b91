//! Where each `sagemaker:` condition key takes its value from. Facts: G.5.
//!
//! An action carries the keys that the service authorization reference lists for it and no others; a member that the
//! request leaves out leaves its key out.

use super::kind::Kind;
use crate::access::key_arn;
use crate::document::{self, Document, Members, Selected};
use crate::model::access;
use crate::policy::Context;
use crate::services::Call;

/// How a member becomes a condition value.
#[derive(Clone, Copy)]
enum Form {
    /// Text, number or boolean as it stands.
    Plain,
    /// A key id, alias or ARN, resolved to the key's ARN.
    KeyArn,
    /// The name of a resource of this type, as its ARN.
    Arn(&'static str),
    /// Each entry of a map is a key of its own: `sagemaker:CustomerMetadataProperties/name`.
    Entries,
    /// `true`, since the member is there.
    Presence,
}

/// A condition key, the members that fill it, and how.
struct Source {
    key: &'static str,
    form: Form,
    members: &'static [&'static str],
}

const fn plain(key: &'static str, members: &'static [&'static str]) -> Source {
    Source { key, form: Form::Plain, members }
}

const fn key(key: &'static str, members: &'static [&'static str]) -> Source {
    Source { key, form: Form::KeyArn, members }
}

const SOURCES: &[Source] = &[
    plain(
        "sagemaker:InstanceTypes",
        &[
            "ResourceConfig.InstanceType",
            "ResourceConfig.InstanceGroups[].InstanceType",
            "ResourceConfig.InstancePreferences[].InstanceType",
            "TrainingJobDefinition.ResourceConfig.InstanceType",
            "TrainingJobDefinition.ResourceConfig.InstanceGroups[].InstanceType",
            "TrainingJobDefinition.HyperParameterTuningResourceConfig.InstanceType",
            "TrainingJobDefinition.HyperParameterTuningResourceConfig.InstanceConfigs[].InstanceType",
            "TrainingJobDefinitions[].ResourceConfig.InstanceType",
            "TrainingJobDefinitions[].ResourceConfig.InstanceGroups[].InstanceType",
            "TrainingJobDefinitions[].HyperParameterTuningResourceConfig.InstanceType",
            "TrainingJobDefinitions[].HyperParameterTuningResourceConfig.InstanceConfigs[].InstanceType",
            "ProcessingResources.ClusterConfig.InstanceType",
            "ProcessingResources.ClusterConfig.InstancePreferences[].InstanceType",
            "TransformResources.InstanceType",
            "JobResources.ClusterConfig.InstanceType",
            "MonitoringScheduleConfig.MonitoringJobDefinition.MonitoringResources.ClusterConfig.InstanceType",
            "ProductionVariants[].InstanceType",
            "ShadowProductionVariants[].InstanceType",
            "ProductionVariants[].InstancePools[].InstanceType",
            "ShadowProductionVariants[].InstancePools[].InstanceType",
            "InstanceType",
        ],
    ),
    plain(
        "sagemaker:VpcSubnets",
        &[
            "VpcConfig.Subnets[]",
            "TrainingJobDefinition.VpcConfig.Subnets[]",
            "TrainingJobDefinitions[].VpcConfig.Subnets[]",
            "NetworkConfig.VpcConfig.Subnets[]",
            "MonitoringScheduleConfig.MonitoringJobDefinition.NetworkConfig.VpcConfig.Subnets[]",
            "SubnetId",
            "SubnetIds[]",
        ],
    ),
    plain(
        "sagemaker:VpcSecurityGroupIds",
        &[
            "VpcConfig.SecurityGroupIds[]",
            "TrainingJobDefinition.VpcConfig.SecurityGroupIds[]",
            "TrainingJobDefinitions[].VpcConfig.SecurityGroupIds[]",
            "NetworkConfig.VpcConfig.SecurityGroupIds[]",
            "MonitoringScheduleConfig.MonitoringJobDefinition.NetworkConfig.VpcConfig.SecurityGroupIds[]",
            "SecurityGroupIds[]",
            "DefaultUserSettings.SecurityGroups[]",
            "UserSettings.SecurityGroups[]",
        ],
    ),
    key("sagemaker:VolumeKmsKey", VOLUME_KEYS),
    key("sagemaker:VolumeKmsKeyArn", VOLUME_KEYS),
    key("sagemaker:OutputKmsKey", OUTPUT_KEYS),
    key("sagemaker:OutputKmsKeyArn", OUTPUT_KEYS),
    plain(
        "sagemaker:NetworkIsolation",
        &[
            "EnableNetworkIsolation",
            "TrainingJobDefinition.EnableNetworkIsolation",
            "TrainingJobDefinitions[].EnableNetworkIsolation",
            "NetworkConfig.EnableNetworkIsolation",
            "MonitoringScheduleConfig.MonitoringJobDefinition.NetworkConfig.EnableNetworkIsolation",
        ],
    ),
    plain(
        "sagemaker:InterContainerTrafficEncryption",
        &[
            "EnableInterContainerTrafficEncryption",
            "TrainingJobDefinition.EnableInterContainerTrafficEncryption",
            "TrainingJobDefinitions[].EnableInterContainerTrafficEncryption",
            "NetworkConfig.EnableInterContainerTrafficEncryption",
            "MonitoringScheduleConfig.MonitoringJobDefinition.NetworkConfig.EnableInterContainerTrafficEncryption",
        ],
    ),
    plain(
        "sagemaker:MaxRuntimeInSeconds",
        &[
            "StoppingCondition.MaxRuntimeInSeconds",
            "TrainingJobDefinition.StoppingCondition.MaxRuntimeInSeconds",
            "TrainingJobDefinitions[].StoppingCondition.MaxRuntimeInSeconds",
            "MonitoringScheduleConfig.MonitoringJobDefinition.StoppingCondition.MaxRuntimeInSeconds",
        ],
    ),
    plain("sagemaker:KeepAlivePeriod", &["ResourceConfig.KeepAlivePeriodInSeconds"]),
    plain("sagemaker:EnableRemoteDebug", &["RemoteDebugConfig.EnableRemoteDebug"]),
    plain("sagemaker:FileSystemId", &["InputDataConfig[].DataSource.FileSystemDataSource.FileSystemId"]),
    plain("sagemaker:FileSystemType", &["InputDataConfig[].DataSource.FileSystemDataSource.FileSystemType"]),
    plain(
        "sagemaker:FileSystemAccessMode",
        &["InputDataConfig[].DataSource.FileSystemDataSource.FileSystemAccessMode"],
    ),
    plain("sagemaker:FileSystemDirectoryPath", &["InputDataConfig[].DataSource.FileSystemDataSource.DirectoryPath"]),
    plain(
        "sagemaker:DirectGatedModelAccess",
        &[
            "InputDataConfig[].DataSource.S3DataSource.ModelAccessConfig.AcceptEula",
            "PrimaryContainer.ModelDataSource.S3DataSource.ModelAccessConfig.AcceptEula",
            "Containers[].ModelDataSource.S3DataSource.ModelAccessConfig.AcceptEula",
        ],
    ),
    plain("sagemaker:RootAccess", &["RootAccess"]),
    plain("sagemaker:DirectInternetAccess", &["DirectInternetAccess"]),
    plain(
        "sagemaker:MinimumInstanceMetadataServiceVersion",
        &["InstanceMetadataServiceConfiguration.MinimumInstanceMetadataServiceVersion"],
    ),
    plain("sagemaker:ModelApprovalStatus", &["ModelApprovalStatus"]),
    plain("sagemaker:ModelLifeCycle:Stage", &["ModelLifeCycle.Stage"]),
    plain("sagemaker:ModelLifeCycle:StageStatus", &["ModelLifeCycle.StageStatus"]),
    plain("sagemaker:CustomerMetadataPropertiesToRemove", &["CustomerMetadataPropertiesToRemove[]"]),
    Source {
        key: "sagemaker:CustomerMetadataProperties",
        form: Form::Entries,
        members: &["CustomerMetadataProperties"],
    },
    plain("sagemaker:WorkteamArn", &["HumanTaskConfig.WorkteamArn"]),
    plain("sagemaker:AuthMode", &["AuthMode"]),
    plain("sagemaker:AppNetworkAccessType", &["AppNetworkAccessType"]),
    plain("sagemaker:SpaceSharingType", &["SpaceSharingSettings.SharingType"]),
    plain("sagemaker:RemoteAccess", &["SpaceSettings.RemoteAccess"]),
    key("sagemaker:HomeEfsFileSystemKmsKey", &["HomeEfsFileSystemKmsKeyId", "KmsKeyId"]),
    key("sagemaker:DomainSharingOutputKmsKey", SHARING_KEYS),
    key("sagemaker:DomainSharingOutputKmsKeyArn", SHARING_KEYS),
    plain("sagemaker:FeatureGroupEnableOnlineStore", &["OnlineStoreConfig.EnableOnlineStore"]),
    plain("sagemaker:FeatureGroupDisableGlueTableCreation", &["OfflineStoreConfig.DisableGlueTableCreation"]),
    plain("sagemaker:FeatureGroupOfflineStoreS3Uri", &["OfflineStoreConfig.S3StorageConfig.S3Uri"]),
    Source { key: "sagemaker:FeatureGroupOfflineStoreConfig", form: Form::Presence, members: &["OfflineStoreConfig"] },
    key("sagemaker:FeatureGroupOnlineStoreKmsKey", &["OnlineStoreConfig.SecurityConfig.KmsKeyId"]),
    key("sagemaker:FeatureGroupOnlineStoreKmsKeyArn", &["OnlineStoreConfig.SecurityConfig.KmsKeyId"]),
    key("sagemaker:FeatureGroupOfflineStoreKmsKey", &["OfflineStoreConfig.S3StorageConfig.KmsKeyId"]),
    key("sagemaker:FeatureGroupOfflineStoreKmsKeyArn", &["OfflineStoreConfig.S3StorageConfig.KmsKeyId"]),
    plain("sagemaker:AcceleratorTypes", &["AcceleratorTypes[]", "ProductionVariants[].AcceleratorType"]),
    Source {
        key: "sagemaker:NotebookInstanceLifecycleConfigArns",
        form: Form::Arn("notebook-instance-lifecycle-config"),
        members: &["LifecycleConfigName"],
    },
    Source {
        key: "sagemaker:ModelArn",
        form: Form::Arn("model"),
        members: &[
            "ModelName",
            "ProductionVariants[].ModelName",
            "ShadowProductionVariants[].ModelName",
            "Specification.ModelName",
        ],
    },
    plain(
        "sagemaker:ServerlessMaxConcurrency",
        &[
            "ProductionVariants[].ServerlessConfig.MaxConcurrency",
            "ShadowProductionVariants[].ServerlessConfig.MaxConcurrency",
        ],
    ),
    plain(
        "sagemaker:ServerlessMemorySize",
        &[
            "ProductionVariants[].ServerlessConfig.MemorySizeInMB",
            "ShadowProductionVariants[].ServerlessConfig.MemorySizeInMB",
        ],
    ),
];

const SHARING_KEYS: &[&str] =
    &["DefaultUserSettings.SharingSettings.S3KmsKeyId", "UserSettings.SharingSettings.S3KmsKeyId"];

/// Keys whose members stand at many depths of the settings of Studio's resources.
const STUDIO: &[(&str, &[&str])] = &[
    ("sagemaker:InstanceTypes", &["InstanceType"]),
    ("sagemaker:ImageArns", &["SageMakerImageArn"]),
    ("sagemaker:ImageVersionArns", &["SageMakerImageVersionArn"]),
    ("sagemaker:StudioLifecycleConfigArns", &["LifecycleConfigArn", "LifecycleConfigArns"]),
];

/// The members of Studio's requests that hold settings.
const STUDIO_SETTINGS: [&str; 5] =
    ["DefaultUserSettings", "DefaultSpaceSettings", "UserSettings", "SpaceSettings", "ResourceSpec"];

/// Every text that stands under one of these members at any depth of Studio's settings.
fn studio_values(document: &Document, members: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    let mut open: Vec<(&str, &Document)> =
        STUDIO_SETTINGS.iter().filter_map(|settings| Some((*settings, document.get(settings)?))).collect();
    while let Some((member, value)) = open.pop() {
        match value {
            Document::Object(inner) => open.extend(inner.iter().map(|(name, value)| (name.as_str(), value))),
            Document::Array(inner) => open.extend(inner.iter().map(|value| (member, value))),
            Document::String(text) if members.contains(&member) && !found.contains(text) => found.push(text.clone()),
            _ => {}
        }
    }
    found
}

const VOLUME_KEYS: &[&str] = &[
    "ResourceConfig.VolumeKmsKeyId",
    "TrainingJobDefinition.ResourceConfig.VolumeKmsKeyId",
    "TrainingJobDefinitions[].ResourceConfig.VolumeKmsKeyId",
    "ProcessingResources.ClusterConfig.VolumeKmsKeyId",
    "TransformResources.VolumeKmsKeyId",
    "JobResources.ClusterConfig.VolumeKmsKeyId",
    "MonitoringScheduleConfig.MonitoringJobDefinition.MonitoringResources.ClusterConfig.VolumeKmsKeyId",
    "LabelingJobAlgorithmsConfig.LabelingJobResourceConfig.VolumeKmsKeyId",
    "KmsKeyId",
    "HomeEfsFileSystemKmsKeyId",
];

const OUTPUT_KEYS: &[&str] = &[
    "OutputDataConfig.KmsKeyId",
    "TrainingJobDefinition.OutputDataConfig.KmsKeyId",
    "TrainingJobDefinitions[].OutputDataConfig.KmsKeyId",
    "ProcessingOutputConfig.KmsKeyId",
    "TransformOutput.KmsKeyId",
    "OutputConfig.KmsKeyId",
    "DataQualityJobOutputConfig.KmsKeyId",
    "ModelQualityJobOutputConfig.KmsKeyId",
    "ModelBiasJobOutputConfig.KmsKeyId",
    "ModelExplainabilityJobOutputConfig.KmsKeyId",
    "MonitoringScheduleConfig.MonitoringJobDefinition.MonitoringOutputConfig.KmsKeyId",
];

/// Keys that tell what a request sets; what the resource has already stands in keys named `Current…`.
const OF_REQUEST: [&str; 3] =
    ["sagemaker:ModelApprovalStatus", "sagemaker:ModelLifeCycle", "sagemaker:CustomerMetadataProperties"];

/// Sets every service key that the call's action supports, from the first of these documents that fills it.
pub fn fill(call: &Call<'_>, documents: &[&Document], keys: &mut Context) {
    let Some(action) = access::action(call.operation.name) else { return };
    for source in SOURCES.iter().filter(|source| supports(action, source.key)) {
        let of_request = OF_REQUEST.iter().any(|prefix| source.key.starts_with(prefix));
        let documents = documents.get(..if of_request { 1 } else { documents.len() }).unwrap_or_default();
        if matches!(source.form, Form::Entries) {
            let mut maps = source.members.iter().flat_map(|member| documents.iter().map(move |d| (d, member)));
            if let Some(entries) = maps.find_map(|(document, member)| document::get(document, member)?.as_object()) {
                entry_keys(source.key, entries, keys);
            }
            continue;
        }
        let values = documents.iter().map(|document| values(call, source, document)).find(|values| !values.is_empty());
        if let Some(values) = values {
            keys.set_all(source.key, values);
        }
    }
    fill_studio(action, documents, keys);
}

/// Whether the reference lists the key for the action, or the key that has taken a deprecated one's place.
fn supports(action: &access::Action, key: &str) -> bool {
    let name = |known: &'static str| known.split_once("/$").map_or(known, |(name, _)| name);
    let listed = |key: &str| action.condition_keys.iter().any(|known| name(known).eq_ignore_ascii_case(key));
    listed(key) || listed(&format!("{key}Arn"))
}

/// Sets the keys that a kind works out, as far as the call's action supports them.
pub fn fill_derived(call: &Call<'_>, kind: &Kind, members: &Document, keys: &mut Context) {
    let Some(action) = access::action(call.operation.name) else { return };
    let mut derived = Context::new();
    (kind.keys)(call, members, &mut derived);
    for (key, values) in derived.iter().filter(|(key, _)| supports(action, key)) {
        keys.set_all(key.to_owned(), values.to_vec());
    }
}

/// Sets the keys of Studio's settings.
fn fill_studio(action: &access::Action, documents: &[&Document], keys: &mut Context) {
    for (key, members) in STUDIO.iter().filter(|(key, _)| supports(action, key)) {
        let values = documents.iter().map(|document| studio_values(document, members)).find(|found| !found.is_empty());
        if let Some(values) = values {
            keys.set_all(*key, values);
        }
    }
}

/// Whether an action supports keys that tell what a resource is like now.
pub fn asks_current(operation: &str) -> bool {
    let listed = access::action(operation).into_iter().flat_map(|action| &action.resource_types);
    listed.flat_map(|used| &used.condition_keys).any(|key| key.starts_with("sagemaker:Current"))
}

/// Sets the keys that tell what a resource is like now, where the action supports them for its type.
pub fn fill_current(call: &Call<'_>, stored: &Document, keys: &mut Context) {
    let Some(action) = access::action(call.operation.name) else { return };
    let supported = |key: &str| {
        let listed = action.resource_types.iter().flat_map(|used| &used.condition_keys);
        listed.into_iter().any(|known| known.split_once("/$").map_or(*known, |(name, _)| name) == key)
    };
    for (key, member) in CURRENT.iter().filter(|(key, _)| supported(key)) {
        match document::get(stored, member) {
            Some(Document::String(text)) => keys.set(*key, text.as_str()),
            Some(Document::Object(entries)) => entry_keys(key, entries, keys),
            _ => {}
        }
    }
}

const CURRENT: &[(&str, &str)] = &[
    ("sagemaker:CurrentCustomerMetadataProperties", "CustomerMetadataProperties"),
    ("sagemaker:CurrentModelLifeCycleStage", "ModelLifeCycle.Stage"),
    ("sagemaker:CurrentModelLifeCycleStageStatus", "ModelLifeCycle.StageStatus"),
];

fn entry_keys(key: &str, entries: &Members, keys: &mut Context) {
    for (name, value) in entries {
        if let Some(text) = value.as_str() {
            keys.set(format!("{key}/{name}"), text);
        }
    }
}

fn values(call: &Call<'_>, source: &Source, document: &Document) -> Vec<String> {
    let selected = source.members.iter().flat_map(|member| document::select(document, member));
    let mut values = Vec::new();
    for value in selected.filter_map(|selected| value(call, source.form, &selected)) {
        if !values.contains(&value) {
            values.push(value);
        }
    }
    values
}

fn value(call: &Call<'_>, form: Form, selected: &Selected<'_>) -> Option<String> {
    match (form, selected.value) {
        (Form::Plain, Document::String(text)) => Some(text.clone()),
        (Form::Plain, value @ (Document::Bool(_) | Document::Number(_))) => Some(value.to_string()),
        (Form::KeyArn, Document::String(text)) => Some(key_arn(call.world, call.account, call.region(), text)),
        (Form::Arn(resource_type), Document::String(name)) => Some(super::kind::arn(call, resource_type, name)),
        (Form::Presence, _) => Some("true".to_owned()),
        _ => None,
    }
}
