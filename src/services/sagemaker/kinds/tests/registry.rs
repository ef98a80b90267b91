//! Model packages and experiments: versions, memberships, and what may be deleted when.

use serde_json::{Value, json};

use crate::services::sagemaker::testing::Bench;
use crate::settings::Pace;

const PLACE: &str = "arn:aws:sagemaker:us-east-1:000000000000";

fn register(bench: &mut Bench, status: &str) -> Value {
    let container = json!({ "Image": "000000000000.dkr.ecr.us-east-1.amazonaws.com/r:1" });
    let specification = json!({
        "Containers": [container],
        "SupportedContentTypes": ["text/csv"],
        "SupportedResponseMIMETypes": ["text/csv"],
    });
    let request = json!({
        "ModelPackageGroupName": "g",
        "InferenceSpecification": specification,
        "ModelApprovalStatus": status,
    });
    bench.accept("CreateModelPackage", request)["ModelPackageArn"].clone()
}

fn versions(bench: &mut Bench, filters: Value) -> Vec<u64> {
    let listed = bench.accept("ListModelPackages", filters);
    let summaries = listed["ModelPackageSummaryList"].as_array().unwrap();
    summaries.iter().map(|summary| summary["ModelPackageVersion"].as_u64().unwrap_or_default()).collect()
}

#[test]
fn versions_count_from_one_and_never_come_again() {
    let mut bench = Bench::new(Pace::Instant);
    bench.accept("CreateModelPackageGroup", json!({ "ModelPackageGroupName": "g" }));
    for (expected, status) in [(1, "PendingManualApproval"), (2, "Approved")] {
        assert_eq!(register(&mut bench, status), format!("{PLACE}:model-package/g/{expected}"));
        bench.pass(1);
    }
    bench.accept("DeleteModelPackage", json!({ "ModelPackageName": format!("{PLACE}:model-package/g/2") }));
    assert_eq!(register(&mut bench, "Approved"), format!("{PLACE}:model-package/g/3"));
    let group = json!({ "ModelPackageGroupName": "g" });
    assert_eq!(versions(&mut bench, group.clone()), [1, 3]);
    let approved =
        json!({ "ModelPackageGroupName": "g", "ModelApprovalStatus": "Approved", "SortOrder": "Descending" });
    assert_eq!(versions(&mut bench, approved), [3]);
    assert_eq!(versions(&mut bench, json!({})), [0; 0]);
    assert_eq!(bench.refuse("DeleteModelPackageGroup", group).0, "ConflictException");
}

#[test]
fn updating_a_version() {
    let mut bench = Bench::new(Pace::Instant);
    bench.accept("CreateModelPackageGroup", json!({ "ModelPackageGroupName": "g" }));
    let arn = register(&mut bench, "PendingManualApproval");
    for (given, removed) in [(json!({ "a": "1", "b": "2" }), json!([])), (json!({ "c": "3" }), json!(["a"]))] {
        let mut request = json!({
            "ModelPackageArn": arn,
            "ModelApprovalStatus": "Approved",
            "CustomerMetadataProperties": given,
        });
        if removed != json!([]) {
            request["CustomerMetadataPropertiesToRemove"] = removed;
        }
        bench.accept("UpdateModelPackage", request);
    }
    let shown = bench.accept("DescribeModelPackage", json!({ "ModelPackageName": arn }));
    assert_eq!(shown["ModelApprovalStatus"], "Approved");
    assert_eq!(shown["CustomerMetadataProperties"], json!({ "b": "2", "c": "3" }));
    let absent = format!("{PLACE}:model-package/g/9");
    let both = bench.accept("BatchDescribeModelPackage", json!({ "ModelPackageArnList": [arn, absent] }));
    assert_eq!(both["ModelPackageSummaries"].as_object().unwrap().len(), 1);
    let error = &both["BatchDescribeModelPackageErrorMap"][&absent];
    assert_eq!(error["ErrorResponse"], format!("ModelPackage {absent} does not exist."));
}

#[test]
fn the_policy_of_a_group() {
    let mut bench = Bench::new(Pace::Instant);
    let group = json!({ "ModelPackageGroupName": "g" });
    bench.accept("CreateModelPackageGroup", group.clone());
    for operation in ["GetModelPackageGroupPolicy", "DeleteModelPackageGroupPolicy"] {
        assert!(bench.refuse(operation, group.clone()).1.starts_with("Cannot find resource policy"));
    }
    let put = |policy: &str| json!({ "ModelPackageGroupName": "g", "ResourcePolicy": policy });
    bench.refuse("PutModelPackageGroupPolicy", put("no policy"));
    bench.accept("PutModelPackageGroupPolicy", put("{\"Statement\": []}"));
    let shown = bench.accept("GetModelPackageGroupPolicy", group.clone());
    assert_eq!(shown["ResourcePolicy"], "{\"Statement\": []}");
    bench.accept("DeleteModelPackageGroupPolicy", group.clone());
    bench.refuse("GetModelPackageGroupPolicy", group);
}

#[test]
fn a_model_from_a_package() {
    let mut bench = Bench::new(Pace::Instant);
    bench.accept("CreateModelPackageGroup", json!({ "ModelPackageGroupName": "g" }));
    let arn = register(&mut bench, "Approved");
    let absent = format!("{PLACE}:model-package/g/7");
    for (package, found) in [(arn, true), (json!(absent), false)] {
        let model = json!({ "ModelName": "m", "Containers": [{ "ModelPackageName": package }] });
        if found {
            bench.accept("CreateModel", model);
        } else {
            assert_eq!(bench.refuse("CreateModel", model).1, format!("ModelPackage {absent} does not exist."));
        }
    }
    let shown = bench.accept("DescribeModel", json!({ "ModelName": "m" }));
    assert!(shown.get("packages").is_none());
}

#[test]
fn components_of_trials() {
    let mut bench = Bench::new(Pace::Instant);
    bench.accept("CreateExperiment", json!({ "ExperimentName": "e" }));
    bench.accept("CreateTrial", json!({ "TrialName": "t", "ExperimentName": "e" }));
    for name in ["one", "two"] {
        bench.accept("CreateTrialComponent", json!({ "TrialComponentName": name }));
    }
    let pair = json!({ "TrialComponentName": "one", "TrialName": "t" });
    for _ in 0..2 {
        bench.accept("AssociateTrialComponent", pair.clone());
    }
    for (scope, expected) in [
        (json!({ "TrialName": "t" }), vec!["one"]),
        (json!({ "ExperimentName": "e" }), vec!["one"]),
        (json!({ "TrialName": "other" }), vec![]),
        (json!({ "SortBy": "Name", "SortOrder": "Ascending" }), vec!["one", "two"]),
    ] {
        let listed = bench.accept("ListTrialComponents", scope);
        let names: Vec<_> = listed["TrialComponentSummaries"].as_array().unwrap().iter().collect();
        let names: Vec<_> = names.iter().map(|summary| summary["TrialComponentName"].as_str().unwrap()).collect();
        assert_eq!(names, expected);
    }
    let trials = bench.accept("ListTrials", json!({ "TrialComponentName": "one" }));
    assert_eq!(trials["TrialSummaries"][0]["TrialName"], "t");
    bench.refuse("DeleteExperiment", json!({ "ExperimentName": "e" }));
    bench.refuse("DeleteTrial", json!({ "TrialName": "t" }));
    bench.refuse("DeleteTrialComponent", json!({ "TrialComponentName": "one" }));
    bench.accept("DisassociateTrialComponent", pair);
    bench.accept("DeleteTrialComponent", json!({ "TrialComponentName": "one" }));
    bench.accept("DeleteTrial", json!({ "TrialName": "t" }));
    bench.accept("DeleteExperiment", json!({ "ExperimentName": "e" }));
    assert_eq!(bench.refuse("DescribeExperiment", json!({ "ExperimentName": "e" })).0, "ResourceNotFound");
}
