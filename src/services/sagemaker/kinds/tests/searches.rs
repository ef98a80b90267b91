//! Search over training jobs and experiments.

use serde_json::{Value, json};

use crate::services::sagemaker::testing::Bench;
use crate::settings::Pace;

fn job(name: &str, team: &str, layers: &str) -> Value {
    json!({
        "TrainingJobName": name,
        "RoleArn": "arn:aws:iam::000000000000:role/Role",
        "AlgorithmSpecification": { "TrainingImage": "image", "TrainingInputMode": "File" },
        "OutputDataConfig": { "S3OutputPath": "s3://bucket/out" },
        "ResourceConfig": { "InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1 },
        "StoppingCondition": { "MaxRuntimeInSeconds": 3600 },
        "HyperParameters": { "layers": layers },
        "Tags": [{ "Key": "team", "Value": team }],
    })
}

fn names(bench: &mut Bench, mut request: Value) -> Vec<String> {
    request["Resource"] = json!("TrainingJob");
    let found = bench.accept("Search", request);
    let results = found["Results"].as_array().unwrap();
    results.iter().map(|result| result["TrainingJob"]["TrainingJobName"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn jobs_are_found_by_their_properties() {
    let mut bench = Bench::off(Pace::Instant);
    for (name, team, layers) in [("one", "a", "1"), ("two", "a", "2"), ("three", "b", "3")] {
        bench.accept("CreateTrainingJob", job(name, team, layers));
        bench.pass(60);
    }
    let filter =
        |name: &str, operator: &str, value: &str| json!({ "Name": name, "Operator": operator, "Value": value });
    let all = |filters: Value| json!({ "SearchExpression": { "Filters": filters } });
    for (request, expected) in [
        (json!({}), vec!["three", "two", "one"]),
        (json!({ "SortBy": "TrainingJobName", "SortOrder": "Ascending" }), vec!["one", "three", "two"]),
        (all(json!([filter("Tags.team", "Equals", "a")])), vec!["two", "one"]),
        (
            all(json!([filter("HyperParameters.layers", "GreaterThan", "1"), filter("Tags.team", "Equals", "a")])),
            vec!["two"],
        ),
        (
            json!({ "SearchExpression": {
                "Operator": "Or",
                "Filters": [filter("TrainingJobName", "Equals", "one"), filter("TrainingJobName", "Equals", "three")],
            } }),
            vec!["three", "one"],
        ),
        (json!({ "VisibilityConditions": [{ "Key": "Tags.team", "Value": "b" }] }), vec!["three"]),
        (json!({ "CrossAccountFilterOption": "CrossAccount" }), vec![]),
        (json!({ "MaxResults": 2 }), vec!["three", "two"]),
        (json!({ "MaxResults": 2, "NextToken": "2" }), vec!["one"]),
    ] {
        assert_eq!(names(&mut bench, request.clone()), expected, "{request}");
    }
    for (filters, text) in [
        (json!([filter("Colour", "Equals", "red")]), "Unknown property name: Colour"),
        (
            json!([filter("TrainingJobName", "Contains", "o"), filter("RoleArn", "Contains", "o")]),
            "'CONTAINS' operator usage limit of 1 exceeded.",
        ),
    ] {
        let mut request = all(filters);
        request["Resource"] = json!("TrainingJob");
        assert_eq!(bench.refuse("Search", request).1, text);
    }
    assert_eq!(bench.refuse("Search", json!({ "Resource": "Image" })).0, "NotImplemented");
}
