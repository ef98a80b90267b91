//! What monitoring jobs need of their role: the same as any processing job.

use super::super::training_job::needs::{no_objects, repository_denied};
use super::TYPES;
use crate::access::{Need, Stage, What};
use crate::document::{self, Document};
use crate::services::sagemaker::needs::{log_need, network_need, volume_key_need};

/// The needs of a job definition.
pub(super) fn of_definition(_name: &str, input: &Document, _role_member: &str) -> Vec<Need> {
    let mut needs = Vec::new();
    for of_type in TYPES {
        needs.extend(image(input, &format!("{of_type}AppSpecification.ImageUri")));
        for source in ["BatchTransformInput.DataCapturedDestinationS3Uri", "GroundTruthS3Input.S3Uri"] {
            needs.extend(read(input, &format!("{of_type}JobInput.{source}")));
        }
        needs.extend(outputs(input, &format!("{of_type}JobOutputConfig")));
    }
    needs.extend(network_need(input, "NetworkConfig.VpcConfig"));
    needs.extend(volume_key_need(input, "JobResources.ClusterConfig.VolumeKmsKeyId"));
    needs.push(log_need("/aws/sagemaker/ProcessingJobs"));
    needs
}

/// The needs of a schedule that holds its definition.
pub(super) fn of_schedule(_name: &str, input: &Document, _role_member: &str) -> Vec<Need> {
    let definition = "MonitoringScheduleConfig.MonitoringJobDefinition";
    let mut needs: Vec<Need> =
        image(input, &format!("{definition}.MonitoringAppSpecification.ImageUri")).into_iter().collect();
    let batch = format!("{definition}.MonitoringInputs[].BatchTransformInput.DataCapturedDestinationS3Uri");
    needs.extend(read(input, &batch));
    needs.extend(outputs(input, &format!("{definition}.MonitoringOutputConfig")));
    needs.extend(network_need(input, &format!("{definition}.NetworkConfig.VpcConfig")));
    let key = format!("{definition}.MonitoringResources.ClusterConfig.VolumeKmsKeyId");
    needs.extend(volume_key_need(input, &key));
    needs.push(log_need("/aws/sagemaker/ProcessingJobs"));
    needs
}

fn image(input: &Document, member: &str) -> Option<Need> {
    let uri = document::text(input, member)?.to_owned();
    let what = What::Image { uri, through_vpc: false };
    Some(Need::new(what, member, Stage::Start).refused_with(repository_denied))
}

fn read(input: &Document, path: &str) -> Vec<Need> {
    let sources = document::select(input, path).into_iter();
    let need = |source: document::Selected<'_>| {
        let uri = source.text()?.to_owned();
        Some(Need::new(What::S3Prefix { uri }, source.path, Stage::Download).refused_with(no_objects))
    };
    sources.filter_map(need).collect()
}

fn outputs(input: &Document, config: &str) -> Vec<Need> {
    let kms_key_id = document::text(input, &format!("{config}.KmsKeyId"));
    let targets = document::select(input, &format!("{config}.MonitoringOutputs[].S3Output.S3Uri")).into_iter();
    let need = |target: document::Selected<'_>| {
        let uri = target.text()?.to_owned();
        let what = What::S3Output { uri, suffix: "*".to_owned(), kms_key_id: kms_key_id.map(str::to_owned) };
        Some(Need::new(what, target.path, Stage::Upload))
    };
    targets.filter_map(need).collect()
}
