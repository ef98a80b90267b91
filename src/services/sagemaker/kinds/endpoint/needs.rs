//! What the deployment of a model needs of that model's role.

use crate::access::{Need, Stage, What};
use crate::document::{self, Document};

use super::model;

/// Where a deployment writes: the member of the configuration and the member that names the key.
const OUTPUTS: [(&str, &str); 3] = [
    ("DataCaptureConfig.DestinationS3Uri", "DataCaptureConfig.KmsKeyId"),
    ("AsyncInferenceConfig.OutputConfig.S3OutputPath", "AsyncInferenceConfig.OutputConfig.KmsKeyId"),
    ("AsyncInferenceConfig.OutputConfig.S3FailurePath", "AsyncInferenceConfig.OutputConfig.KmsKeyId"),
];

/// The needs of the role at this member: of the model that it belongs to, or of the configuration.
pub(super) fn needs(_name: &str, members: &Document, role_member: &str) -> Vec<Need> {
    let mut needs = Vec::new();
    let models = document::select(members, "models[]");
    let owner = models.iter().find(|model| role_member.strip_prefix(model.path.as_ref()) == Some(".ExecutionRoleArn"));
    if let Some(owner) = owner {
        let name = document::text(owner.value, "ModelName").unwrap_or_default();
        needs.extend(model::needs::deployment(owner.value, &format!("EndpointConfigName({name})")));
    }
    let config = document::get(members, "config").unwrap_or(&Document::Null);
    for (member, key) in OUTPUTS {
        let Some(uri) = document::text(config, member).map(str::to_owned) else { continue };
        let kms_key_id = document::text(config, key).map(str::to_owned);
        let what = What::S3Output { uri, suffix: "*".to_owned(), kms_key_id };
        needs.push(Need::new(what, format!("EndpointConfigName.{member}"), Stage::Upload));
    }
    needs
}
