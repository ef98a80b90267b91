//! What a model needs of its execution role, when it is made and when it is deployed. Facts: C.1 and C.3.

use super::CONTAINERS;
use crate::access::{ImageUri, Need, Refused, Stage, What};
use crate::document::{self, Document};
use crate::fault::Fault;
use crate::services::sagemaker::needs::network_need;

/// Every need of a create call, in the order in which AWS finds out about them.
pub(super) fn needs(_name: &str, input: &Document, role_member: &str) -> Vec<Need> {
    let mut needs = containers(input, Stage::Create);
    needs.extend(network_need(input, "VpcConfig"));
    needs.push(logs(role_member));
    needs
}

/// What it takes to deploy a model that was made before; each need names the member that names the model.
pub(in super::super) fn deployment(model: &Document, member: &str) -> Vec<Need> {
    let mut needs = containers(model, Stage::Start);
    needs.extend(network_need(model, "VpcConfig"));
    for need in &mut needs {
        need.member = format!("{member}.{}", need.member);
    }
    needs.push(logs(member));
    needs
}

fn logs(member: &str) -> Need {
    Need::new(What::LogsAndMetrics { log_group: "/aws/sagemaker/Endpoints" }, member, Stage::Start)
}

/// Data is looked for at the given stage; images are pulled when instances start.
fn containers(model: &Document, stage: Stage) -> Vec<Need> {
    let mut needs = Vec::new();
    for container in CONTAINERS.iter().flat_map(|path| document::select(model, path)) {
        needs.extend(data(container.value, &container.path, stage));
        let Some(uri) = document::text(container.value, "Image").map(str::to_owned) else { continue };
        let mode = document::text(container.value, "ImageConfig.RepositoryAccessMode");
        let what = What::Image { uri, through_vpc: mode == Some("Vpc") };
        let need = Need::new(what, format!("{}.Image", container.path), Stage::Start);
        needs.push(need.refused_with(image_refused).fails_with(|refused| image_refused(refused).text().to_owned()));
    }
    needs
}

fn data(container: &Document, path: &str, stage: Stage) -> Vec<Need> {
    let mut needs = Vec::new();
    if let Some(uri) = document::text(container, "ModelDataUrl") {
        let several = document::text(container, "Mode") == Some("MultiModel");
        let what = What::ModelData { uri: uri.to_owned(), prefix: several };
        needs.push(Need::new(what, format!("{path}.ModelDataUrl"), stage));
    }
    for member in ["ModelDataSource.S3DataSource", "AdditionalModelDataSources[].S3DataSource"] {
        for source in document::select(container, member) {
            let Some(uri) = document::text(source.value, "S3Uri").map(str::to_owned) else { continue };
            let prefix = document::text(source.value, "S3DataType") == Some("S3Prefix");
            needs.push(Need::new(What::ModelData { uri, prefix }, format!("{path}.{}.S3Uri", source.path), stage));
        }
    }
    let word =
        |need: Need| need.refused_with(data_refused).fails_with(|refused| data_refused(refused).text().to_owned());
    needs.into_iter().map(word).collect()
}

/// Fact C3: one text for a role that may not read, an object that is not there and a bucket in another region.
fn data_refused(refused: &Refused<'_>) -> Fault {
    let What::ModelData { uri, .. } = &refused.need.what else { return refused.denial() };
    Fault::validation(format!(
        "Could not access model data at {uri}. Please ensure that the role \"{}\" exists and that its trust \
         relationship policy allows the action \"sts:AssumeRole\" for the service principal \
         \"sagemaker.amazonaws.com\". Also ensure that the role has \"s3:GetObject\" permissions and that the object is \
         located in {}. If your Model uses multiple models or uncompressed models, please ensure that the role has \
         \"s3:ListBucket\" permission.",
        refused.role_arn, refused.region
    ))
}

/// Facts C6 and C.3: another account's repository must let SageMaker in; of one's own, the role must be allowed to pull.
fn image_refused(refused: &Refused<'_>) -> Fault {
    let What::Image { uri, .. } = &refused.need.what else { return refused.denial() };
    let role = crate::arn::Arn::parse(refused.role_arn);
    let foreign = ImageUri::parse(uri).zip(role).is_some_and(|(image, role)| image.account.as_str() != role.account);
    if !refused.is_permission() {
        return Fault::validation(format!("Requested image {uri} not found."));
    }
    if foreign {
        return Fault::validation(format!(
            "The repository of your image {uri} does not grant ecr:GetDownloadUrlForLayer, ecr:BatchGetImage, \
             ecr:BatchCheckLayerAvailability permission to sagemaker.amazonaws.com service principal."
        ));
    }
    let text =
        format!("The role '{}' does not have BatchGetImage permission for the image: '{uri}'.", refused.role_arn);
    Fault::validation(text)
}
