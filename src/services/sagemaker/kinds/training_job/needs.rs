//! What a training job needs of its execution role. Facts: C.1, and the roles pages of the developer guide.

use crate::access::{Need, Refused, Stage, What};
use crate::document::{self, Document};
use crate::fault::Fault;
use crate::services::sagemaker::needs::{log_need, network_need, text_list, volume_key_need};

/// Every need of a create call, in the order in which AWS finds out about them.
pub(in crate::services::sagemaker::kinds) fn needs(name: &str, input: &Document, _role_member: &str) -> Vec<Need> {
    let mut needs = inputs(input);
    needs.extend(image(input));
    needs.extend(network_need(input, "VpcConfig"));
    needs.extend(volume_key_need(input, "ResourceConfig.VolumeKmsKeyId"));
    needs.extend(outputs(name, input));
    needs.push(log_need("/aws/sagemaker/TrainingJobs"));
    needs
}

fn inputs(input: &Document) -> Vec<Need> {
    let mut needs = Vec::new();
    for source in document::select(input, "InputDataConfig[].DataSource.S3DataSource") {
        let Some(uri) = document::text(source.value, "S3Uri") else { continue };
        let member = format!("{}.S3Uri", source.path);
        let uri = uri.to_owned();
        needs.push(match document::text(source.value, "S3DataType") {
            Some("ManifestFile" | "AugmentedManifestFile") => {
                Need::new(What::S3Object { uri }, member, Stage::Create).refused_with(no_objects)
            }
            _ => Need::new(What::S3Prefix { uri }, member, Stage::Create).refused_with(no_objects),
        });
    }
    for source in document::select(input, "InputDataConfig[].DataSource.FileSystemDataSource") {
        let texts = text_list(source.value, ["FileSystemId", "FileSystemType", "FileSystemAccessMode"]);
        let [id, file_system_type, mode] = texts;
        let member = format!("{}.FileSystemId", source.path);
        let what = What::FileSystem { id, file_system_type, writes: mode == "rw" };
        needs.push(Need::new(what, member, Stage::Start));
    }
    needs
}

fn image(input: &Document) -> Option<Need> {
    let member = "AlgorithmSpecification.TrainingImage";
    let uri = document::text(input, member)?.to_owned();
    let mode = document::text(input, "AlgorithmSpecification.TrainingImageConfig.TrainingRepositoryAccessMode");
    let what = What::Image { uri, through_vpc: mode == Some("Vpc") };
    Some(Need::new(what, member, Stage::Create).refused_with(repository_denied))
}

/// Where a job writes: the member, what it appends to the path, and the member that names the output's key.
const OUTPUTS: [(&str, &str, Option<&str>); 5] = [
    ("OutputDataConfig.S3OutputPath", "output/model.tar.gz", Some("OutputDataConfig.KmsKeyId")),
    ("CheckpointConfig.S3Uri", "", None),
    ("DebugHookConfig.S3OutputPath", "debug-output/", None),
    ("TensorBoardOutputConfig.S3OutputPath", "tensorboard-output/", None),
    ("ProfilerConfig.S3OutputPath", "profiler-output/", None),
];

fn outputs(name: &str, input: &Document) -> Vec<Need> {
    let mut needs = Vec::new();
    for (member, below, key) in OUTPUTS {
        let Some(uri) = document::text(input, member).map(str::to_owned) else { continue };
        let suffix = if below.is_empty() { String::new() } else { format!("{name}/{below}") };
        let kms_key_id = key.and_then(|key| document::text(input, key)).map(str::to_owned);
        needs.push(Need::new(What::S3Output { uri, suffix, kms_key_id }, member, Stage::Upload));
    }
    for rules in ["DebugRuleConfigurations[].S3OutputPath", "ProfilerRuleConfigurations[].S3OutputPath"] {
        for selected in document::select(input, rules) {
            let Some(uri) = selected.text().map(str::to_owned) else { continue };
            let what = What::S3Output { uri, suffix: format!("{name}/rule-output/"), kms_key_id: None };
            needs.push(Need::new(what, selected.path, Stage::Upload));
        }
    }
    needs
}

/// Fact C4: one text for a bucket that is not there, an empty prefix and a role that may not list.
pub(in super::super) fn no_objects(refused: &Refused<'_>) -> Fault {
    let (What::S3Prefix { uri } | What::S3Object { uri }) = &refused.need.what else { return refused.denial() };
    if refused.is_denied("s3:GetObject") || refused.is_denied("kms:Decrypt") {
        return refused.denial();
    }
    let bucket = crate::access::S3Location::parse(uri).map(|location| location.bucket).unwrap_or_default();
    Fault::validation(format!(
        "No S3 objects found under S3 URL \"{uri}\" given in input data source. Please ensure that the bucket exists \
         in the selected region ({}), that objects exist under that S3 prefix, and that the role \"{}\" has \
         \"s3:ListBucket\" permissions on bucket \"{bucket}\".",
        refused.region, refused.role_arn
    ))
}

/// Fact C5: one text for an image that is not there and a role that may not pull it.
pub(in super::super) fn repository_denied(refused: &Refused<'_>) -> Fault {
    let What::Image { uri, .. } = &refused.need.what else { return refused.denial() };
    let Some(image) = crate::access::ImageUri::parse(uri) else {
        return Fault::validation(format!(
            "Invalid image URI {uri}. Please provide a valid Amazon Elastic Container Registry path of the Docker \
             image to run."
        ));
    };
    Fault::validation(format!(
        "Access denied for repository: {} in registry ID: {}. Please check if your ECR repository and image exist and \
         role {} has proper pull permissions for SageMaker: ecr:BatchCheckLayerAvailability, ecr:BatchGetImage, \
         ecr:GetDownloadUrlForLayer",
        image.repository, image.account, refused.role_arn
    ))
}
