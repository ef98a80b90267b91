//! What a processing job needs of its execution role. Facts: C.1, C5, C8 and C20.
//!
//! <https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html>, `CreateProcessingJob`.

use super::super::training_job::needs::{no_objects, repository_denied};
use crate::access::{Need, Stage, What};
use crate::document::{self, Document};
use crate::services::sagemaker::needs::{log_need, network_need, text_list, volume_key_need};

/// Every need of a create call, in the order in which AWS finds out about them.
pub(super) fn needs(_name: &str, input: &Document, role_member: &str) -> Vec<Need> {
    if role_member != "RoleArn" {
        return Vec::new();
    }
    let mut needs = Vec::new();
    let member = "AppSpecification.ImageUri";
    if let Some(uri) = document::text(input, member).map(str::to_owned) {
        let what = What::Image { uri, through_vpc: false };
        needs.push(Need::new(what, member, Stage::Create).refused_with(repository_denied));
    }
    // The create call itself looks at the network, with the role's permissions.
    let network = network_need(input, "NetworkConfig.VpcConfig");
    needs.extend(network.map(|need| Need { stage: Stage::Create, ..need }));
    needs.extend(volume_key_need(input, "ProcessingResources.ClusterConfig.VolumeKmsKeyId"));
    needs.extend(inputs(input));
    needs.extend(datasets(input));
    needs.extend(outputs(input));
    needs.push(log_need("/aws/sagemaker/ProcessingJobs"));
    needs
}

fn inputs(input: &Document) -> Vec<Need> {
    let mut needs = Vec::new();
    for source in document::select(input, "ProcessingInputs[].S3Input") {
        let Some(uri) = document::text(source.value, "S3Uri").map(str::to_owned) else { continue };
        let what = match document::text(source.value, "S3DataType") {
            Some("ManifestFile") => What::S3Object { uri },
            _ => What::S3Prefix { uri },
        };
        needs.push(Need::new(what, format!("{}.S3Uri", source.path), Stage::Download).refused_with(no_objects));
    }
    needs
}

/// Queries of Athena and Redshift, whose results the job puts into S3 and reads from there.
fn datasets(input: &Document) -> Vec<Need> {
    let mut needs = Vec::new();
    for query in document::select(input, "ProcessingInputs[].DatasetDefinition.AthenaDatasetDefinition") {
        let group = document::text(query.value, "WorkGroup").unwrap_or("primary");
        let resource = format!("arn:{{partition}}:athena:{{region}}:{{account}}:workgroup/{group}");
        for action in ["athena:StartQueryExecution", "athena:GetQueryExecution"] {
            let what = What::Action { action, resource: resource.clone() };
            needs.push(Need::new(what, format!("{}.WorkGroup", query.path), Stage::Download));
        }
        needs.extend(output(query.value, "OutputS3Uri", "KmsKeyId", &query.path));
    }
    for query in document::select(input, "ProcessingInputs[].DatasetDefinition.RedshiftDatasetDefinition") {
        let [cluster, user] = text_list(query.value, ["ClusterId", "DbUser"]);
        let resource = format!("arn:{{partition}}:redshift:{{region}}:{{account}}:dbuser:{cluster}/{user}");
        let what = What::Action { action: "redshift:GetClusterCredentials", resource };
        needs.push(Need::new(what, format!("{}.DbUser", query.path), Stage::Download));
    }
    needs
}

fn outputs(input: &Document) -> Vec<Need> {
    let mut needs = Vec::new();
    let kms_key_id = document::text(input, "ProcessingOutputConfig.KmsKeyId");
    for target in document::select(input, "ProcessingOutputConfig.Outputs[].S3Output.S3Uri") {
        let Some(uri) = target.text().map(str::to_owned) else { continue };
        let what = What::S3Output { uri, suffix: "*".to_owned(), kms_key_id: kms_key_id.map(str::to_owned) };
        needs.push(Need::new(what, target.path, Stage::Upload));
    }
    for group in document::select(input, "ProcessingOutputConfig.Outputs[].FeatureStoreOutput.FeatureGroupName") {
        let name = group.text().unwrap_or_default();
        let resource = format!("arn:{{partition}}:sagemaker:{{region}}:{{account}}:feature-group/{name}");
        needs.push(Need::new(What::Action { action: "sagemaker:PutRecord", resource }, group.path, Stage::Upload));
    }
    needs
}

fn output(structure: &Document, member: &str, key: &str, path: &str) -> Option<Need> {
    let uri = document::text(structure, member)?.to_owned();
    let kms_key_id = document::text(structure, key).map(str::to_owned);
    Some(Need::new(
        What::S3Output { uri, suffix: "*".to_owned(), kms_key_id },
        format!("{path}.{member}"),
        Stage::Upload,
    ))
}
