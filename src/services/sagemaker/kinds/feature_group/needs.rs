//! What a feature group needs of its role.
//!
//! <https://docs.aws.amazon.com/sagemaker/latest/dg/feature-store-adding-policies.html>

use crate::access::{Need, S3Location, Stage, What};
use crate::document::{self, Document};
use crate::services::sagemaker::needs::volume_key_need;

/// Every need of a create call.
pub(super) fn needs(_name: &str, input: &Document, _role_member: &str) -> Vec<Need> {
    let mut needs = Vec::new();
    let member = "OfflineStoreConfig.S3StorageConfig.S3Uri";
    if let Some(uri) = document::text(input, member).map(str::to_owned) {
        if let Some(location) = S3Location::parse(&uri) {
            let resource = format!("arn:{{partition}}:s3:::{}", location.bucket);
            needs.push(Need::new(What::Action { action: "s3:GetBucketAcl", resource }, member, Stage::Start));
        }
        let key = "OfflineStoreConfig.S3StorageConfig.KmsKeyId";
        let kms_key_id = document::text(input, key).map(str::to_owned);
        let what = What::S3Output { uri, suffix: "*".to_owned(), kms_key_id };
        needs.push(Need::new(what, member, Stage::Upload));
    }
    needs.extend(volume_key_need(input, "OnlineStoreConfig.SecurityConfig.KmsKeyId"));
    needs
}
