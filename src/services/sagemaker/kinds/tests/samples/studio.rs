//! Studio and the feature store.

use serde_json::json;

use super::{ROLE, SAMPLE, Sample};
use crate::document::Document;

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

pub(super) const SAMPLES: &[Sample] = &[
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
];
