//! Studio and the feature store step by step.

use serde_json::{Value, json};

use crate::services::sagemaker::testing::Bench;
use crate::settings::Pace;

const ROLE: &str = "arn:aws:iam::000000000000:role/Role";
const PLACE: &str = "arn:aws:sagemaker:us-east-1:000000000000";

fn domain(bench: &mut Bench) -> Value {
    let settings = json!({ "ExecutionRole": ROLE, "SecurityGroups": [] });
    let request =
        json!({ "DomainName": "studio", "AuthMode": "IAM", "DefaultUserSettings": settings, "VpcId": "vpc-1" });
    bench.accept("CreateDomain", request)["DomainId"].clone()
}

#[test]
fn what_is_in_a_domain_keeps_it() {
    let mut bench = Bench::new(Pace::Instant);
    let id = domain(&mut bench);
    let profile = json!({ "DomainId": id, "UserProfileName": "u" });
    let space = json!({
        "DomainId": id,
        "SpaceName": "s",
        "OwnershipSettings": { "OwnerUserProfileName": "u" },
        "SpaceSharingSettings": { "SharingType": "Private" },
    });
    let app = json!({ "DomainId": id, "SpaceName": "s", "AppType": "JupyterLab", "AppName": "default" });
    assert_eq!(bench.refuse("CreateSpace", space.clone()).0, "ResourceNotFound");
    bench.accept("CreateUserProfile", profile.clone());
    bench.accept("CreateSpace", space);
    let created = bench.accept("CreateApp", app.clone());
    let id = id.as_str().unwrap();
    assert_eq!(created["AppArn"], format!("{PLACE}:app/{id}/s/jupyterlab/default"));
    let space = json!({ "DomainId": id, "SpaceName": "s" });
    let domain = json!({ "DomainId": id });
    let inside_out =
        [("DeleteApp", app), ("DeleteSpace", space), ("DeleteUserProfile", profile), ("DeleteDomain", domain)];
    for (index, (delete, named)) in inside_out.iter().enumerate() {
        for (outer, named) in &inside_out[index + 1..] {
            assert_eq!(bench.refuse(outer, named.clone()).0, "ResourceInUse", "{outer} before {delete}");
        }
        bench.accept(delete, named.clone());
    }
    assert_eq!(bench.accept("ListDomains", json!({}))["Domains"], json!([]));
}

#[test]
fn a_domain_is_busy_until_it_has_settled() {
    let mut bench = Bench::new(Pace::Manual);
    let named = json!({ "DomainId": domain(&mut bench) });
    for _ in 0..2 {
        assert_eq!(bench.refuse("DeleteDomain", named.clone()).0, "ResourceInUse");
        bench.pass(600);
        let mut update = named.clone();
        update["DefaultUserSettings"] = json!({ "StudioWebPortal": "ENABLED" });
        bench.accept("UpdateDomain", update);
        assert_eq!(bench.accept("DescribeDomain", named.clone())["Status"], "Updating");
    }
    bench.pass(600);
    let shown = bench.accept("DescribeDomain", named);
    assert_eq!(shown["Status"], "InService");
    let settings = json!({ "ExecutionRole": ROLE, "SecurityGroups": [], "StudioWebPortal": "ENABLED" });
    assert_eq!(shown["DefaultUserSettings"], settings);
}

#[test]
fn a_url_for_a_user_profile() {
    let mut bench = Bench::new(Pace::Instant);
    let id = domain(&mut bench);
    let profile = json!({ "DomainId": id, "UserProfileName": "u" });
    assert_eq!(bench.refuse("CreatePresignedDomainUrl", profile.clone()).0, "ResourceNotFound");
    bench.accept("CreateUserProfile", profile.clone());
    let url = bench.accept("CreatePresignedDomainUrl", profile)["AuthorizedUrl"].clone();
    let start = format!("https://{}.studio.us-east-1.sagemaker.aws/auth?token=", id.as_str().unwrap());
    assert!(url.as_str().unwrap().starts_with(&start), "{url}");
}

#[test]
fn features_are_added_and_described() {
    let mut bench = Bench::new(Pace::Instant);
    let feature = |name: &str| json!({ "FeatureName": name, "FeatureType": "String" });
    let mut request = json!({
        "FeatureGroupName": "f",
        "RecordIdentifierFeatureName": "id",
        "EventTimeFeatureName": "time",
        "FeatureDefinitions": [feature("id"), feature("time")],
        "OfflineStoreConfig": { "S3StorageConfig": { "S3Uri": "s3://bucket/store/" } },
    });
    assert!(bench.refuse("CreateFeatureGroup", request.clone()).1.contains("RoleArn"));
    request["RoleArn"] = json!(ROLE);
    bench.accept("CreateFeatureGroup", request.clone());
    assert_eq!(bench.refuse("CreateFeatureGroup", request).0, "ResourceInUse");
    let add = json!({ "FeatureGroupName": "f", "FeatureAdditions": [feature("more")] });
    bench.accept("UpdateFeatureGroup", add.clone());
    bench.refuse("UpdateFeatureGroup", add);
    let shown = bench.accept("DescribeFeatureGroup", json!({ "FeatureGroupName": format!("{PLACE}:feature-group/f") }));
    assert_eq!(shown["FeatureDefinitions"].as_array().unwrap().len(), 3);
    assert_eq!(shown["LastUpdateStatus"]["Status"], "Successful");
    let resolved = shown["OfflineStoreConfig"]["S3StorageConfig"]["ResolvedOutputS3Uri"].as_str().unwrap();
    assert_eq!(resolved, "s3://bucket/store/000000000000/sagemaker/us-east-1/offline-store/f-1790000000/data");

    let named = json!({ "FeatureGroupName": "f", "FeatureName": "more" });
    for (added, removed, expected) in [
        (json!([{ "Key": "a", "Value": "1" }, { "Key": "b", "Value": "2" }]), None, 2),
        (json!([{ "Key": "a", "Value": "3" }]), Some(json!(["b"])), 1),
    ] {
        let mut update = named.clone();
        update["Description"] = json!("one more");
        update["ParameterAdditions"] = added;
        if let Some(removed) = removed {
            update["ParameterRemovals"] = removed;
        }
        bench.accept("UpdateFeatureMetadata", update);
        let shown = bench.accept("DescribeFeatureMetadata", named.clone());
        assert_eq!(shown["Parameters"].as_array().unwrap().len(), expected);
    }
    let absent = json!({ "FeatureGroupName": "f", "FeatureName": "absent" });
    assert_eq!(bench.refuse("DescribeFeatureMetadata", absent).0, "ResourceNotFound");
}
