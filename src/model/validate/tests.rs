use serde_json::json;

use super::*;
use crate::model::service;

/// The text of the refusal of an input, or nothing.
fn refused(of: &str, operation: &str, input: &Document) -> Option<Fault> {
    let model = service(of).unwrap();
    let shape = model.operation(operation).unwrap().input.unwrap();
    refusal(model, &validate(model, shape, input))
}

fn text(operation: &str, input: &Document) -> String {
    let fault = refused("sagemaker", operation, input).unwrap();
    assert_eq!(fault.code, "ValidationException");
    fault.text().to_owned()
}

const ENTITY: &str = "[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}";

#[test]
fn a_good_request_has_no_violations() {
    let input = json!({
        "TrainingJobName": "my-job",
        "AlgorithmSpecification": {"TrainingInputMode": "File", "TrainingImage": "image"},
        "RoleArn": "arn:aws:iam::000000000000:role/training",
        "OutputDataConfig": {"S3OutputPath": "s3://bucket/out"},
        "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 10},
        "StoppingCondition": {"MaxRuntimeInSeconds": 60},
        "HyperParameters": {"epochs": "3"},
    });
    assert_eq!(refused("sagemaker", "CreateTrainingJob", &input), None);
}

#[test]
fn texts_are_those_of_aws() {
    let tags: Vec<_> = (0..51).map(|index| json!({"Key": format!("k{index}"), "Value": null})).collect();
    let rows = [
        (
            "DescribeTrainingJob",
            json!({"TrainingJobName": "my_job"}),
            format!("Value 'my_job' at 'trainingJobName' failed to satisfy constraint: Member must satisfy regular expression pattern: {ENTITY}"),
        ),
        (
            "DescribeTrainingJob",
            json!({}),
            "Value null at 'trainingJobName' failed to satisfy constraint: Member must not be null".to_owned(),
        ),
        (
            "ListTrainingJobs",
            json!({"MaxResults": 101}),
            "Value '101' at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 100".to_owned(),
        ),
        (
            "ListTrainingJobs",
            json!({"MaxResults": 0}),
            "Value '0' at 'maxResults' failed to satisfy constraint: Member must have value greater than or equal to 1".to_owned(),
        ),
        (
            "ListTrainingJobs",
            json!({"SortOrder": "Up"}),
            "Value 'Up' at 'sortOrder' failed to satisfy constraint: Member must satisfy enum value set: [Ascending, Descending]".to_owned(),
        ),
        (
            "AddTags",
            json!({"ResourceArn": "arn:aws:sagemaker:us-east-1:000000000000:model/m", "Tags": [{"Key": "a", "Value": "b"}, {"Value": "c"}]}),
            "Value null at 'tags.2.member.key' failed to satisfy constraint: Member must not be null".to_owned(),
        ),
        (
            "DeleteTags",
            json!({"ResourceArn": "arn:aws:sagemaker:us-east-1:000000000000:model/m", "TagKeys": []}),
            "Value '[]' at 'tagKeys' failed to satisfy constraint: Member must have length greater than or equal to 1".to_owned(),
        ),
        (
            "DeleteTags",
            json!({"ResourceArn": "arn:aws:sagemaker:us-east-1:000000000000:model/m", "TagKeys": ["ok", "§"]}),
            r"Value '[ok, §]' at 'tagKeys' failed to satisfy constraint: Member must satisfy constraint: [Member must have length less than or equal to 128, Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: ([\p{L}\p{Z}\p{N}_.:/=+\-@]*)]".to_owned(),
        ),
    ];
    for (operation, input, expected) in rows {
        assert_eq!(text(operation, &input), format!("1 validation error detected: {expected}"), "{input}");
    }
    let input = json!({"ResourceArn": "arn:aws:sagemaker:us-east-1:000000000000:model/m", "Tags": tags});
    let rendered = text("AddTags", &input);
    assert!(rendered.starts_with("10 validation errors detected: Value '[Tag(key=k0, value=null), Tag(key=k1,"));
    assert!(
        rendered
            .contains("]' at 'tags' failed to satisfy constraint: Member must have length less than or equal to 50; ")
    );
}

#[test]
fn lists_and_maps_of_simple_values_list_every_constraint_of_their_elements() {
    let container = |environment: Document| {
        let role = "arn:aws:iam::000000000000:role/model";
        json!({"ModelName": "m", "ExecutionRoleArn": role, "PrimaryContainer": {"Environment": environment}})
    };
    let value = "v".repeat(1025);
    let rows = [
        (
            container(json!({"k": value, "l": "w"})),
            format!("Value '{{k={value}, l=w}}' at 'primaryContainer.environment' failed to satisfy constraint: Map value must satisfy constraint: [Member must have length less than or equal to 1024, Member must have length greater than or equal to 0, Member must satisfy regular expression pattern: [\\S\\s]*]"),
        ),
        (
            container(json!({"1k": "v"})),
            "Value '{1k=v}' at 'primaryContainer.environment' failed to satisfy constraint: Map keys must satisfy constraint: [Member must have length less than or equal to 1024, Member must have length greater than or equal to 0, Member must satisfy regular expression pattern: [a-zA-Z_][a-zA-Z0-9_]*]".to_owned(),
        ),
    ];
    for (input, expected) in rows {
        assert_eq!(text("CreateModel", &input), format!("1 validation error detected: {expected}"));
    }
}

#[test]
fn null_is_no_element() {
    let role = "arn:aws:iam::000000000000:role/model";
    let vpc = json!({"Subnets": [null], "SecurityGroupIds": ["sg-1"]});
    let input = json!({"ModelName": "m", "ExecutionRoleArn": role, "VpcConfig": vpc, "Tags": [null]});
    let expected = "2 validation errors detected: Value '[null]' at 'vpcConfig.subnets' failed to satisfy constraint: Member must satisfy constraint: [Member must have length less than or equal to 32, Member must have length greater than or equal to 0, Member must satisfy regular expression pattern: [-0-9a-zA-Z]+]";
    let found = text("CreateModel", &input);
    let tags = "Value null at 'tags.1.member' failed to satisfy constraint: Member must not be null";
    assert!(found.contains(tags) && found.contains(expected.split_once("detected: ").unwrap().1), "{found}");
    assert!(found.starts_with("2 validation errors detected: "), "{found}");
}

#[test]
fn several_violations_are_one_error_pattern_before_length() {
    let name = "_".repeat(64);
    let input = json!({"TrainingJobName": name, "ResourceConfig": {"KeepAlivePeriodInSeconds": 21601}});
    let at = format!("Value '{name}' at 'trainingJobName' failed to satisfy constraint:");
    let expected = [
        format!("3 validation errors detected: {at} Member must satisfy regular expression pattern: {ENTITY}"),
        format!("{at} Member must have length less than or equal to 63"),
        "Value '21601' at 'resourceConfig.keepAlivePeriodInSeconds' failed to satisfy constraint: Member must have value less than or equal to 21600".to_owned(),
    ];
    assert_eq!(text("UpdateTrainingJob", &input), expected.join("; "));
}

#[test]
fn iam_never_shows_values_and_sts_does() {
    let iam = refused("iam", "GetRole", &json!({"RoleName": "a b"})).unwrap();
    assert_eq!(iam.code, "ValidationError");
    assert_eq!(
        iam.text(),
        "The specified value for roleName is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-"
    );
    let sts = refused("sts", "AssumeRole", &json!({"RoleArn": "arn", "RoleSessionName": "session"})).unwrap();
    assert_eq!(
        sts.text(),
        "1 validation error detected: Value 'arn' at 'roleArn' failed to satisfy constraint: Member must have length greater than or equal to 20"
    );
}

#[test]
fn sensitive_values_are_left_out() {
    let input = json!({
        "WorkforceName": "w",
        "OidcConfig": {"ClientId": "c", "ClientSecret": "", "Issuer": "https://a.example/", "AuthorizationEndpoint": "https://a.example/",
            "TokenEndpoint": "https://a.example/", "UserInfoEndpoint": "https://a.example/", "LogoutEndpoint": "https://a.example/", "JwksUri": "https://a.example/"},
    });
    let text = text("CreateWorkforce", &input);
    assert!(text.contains("Value at 'oidcConfig.clientSecret' failed to satisfy constraint: "), "{text}");
}

#[test]
fn a_union_has_exactly_one_member() {
    let sagemaker = service("sagemaker").unwrap();
    let unions: Vec<_> = sagemaker
        .shapes()
        .filter(|shape| matches!(&shape.kind, ShapeKind::Structure(structure) if structure.union))
        .map(|shape| sagemaker.shape_named(shape.name).unwrap())
        .collect();
    assert_eq!(unions.len(), 15);
    for union in unions {
        let found = validate(sagemaker, union, &json!({}));
        assert_eq!(found.len(), 1);
        assert!(found.iter().all(|violation| violation.constraint == "Member must have exactly one member set"));
    }
}

#[test]
fn lengths_count_code_points() {
    let role = "arn:aws:iam::000000000000:role/r";
    let rows = [("é".repeat(64), 0), ("é".repeat(65), 1)];
    for (name, expected) in rows {
        let model = service("sts").unwrap();
        let shape = model.operation("AssumeRole").unwrap().input.unwrap();
        let found = validate(model, shape, &json!({"RoleArn": role, "RoleSessionName": name}));
        let lengths = found.iter().filter(|violation| violation.constraint.contains("length")).count();
        assert_eq!(lengths, expected, "{found:?}");
    }
}
