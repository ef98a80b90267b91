//! Inputs that are unusual: accepted where the model allows them, refused in the serializer's or the validator's words
//! where it does not. Facts D.

use serde_json::{Value, json};

use crate::client::Request;
use crate::laboratory::{ADDRESS, Laboratory, ann, case, check, job, said};

#[test]
fn unusual_and_valid() {
    let long = "a".repeat(256);
    let tags: Vec<Value> = (0..50).map(|n| json!({ "Key": format!("key-{n}"), "Value": "" })).collect();
    let parameters: serde_json::Map<String, Value> =
        (0..100).map(|n| (format!("p{n}"), json!("v".repeat(2500)))).collect();
    check(&[
        case("a name of one letter", &[], &[("/TrainingJobName", json!("a"))], ""),
        case("a name of 63", &[], &[("/TrainingJobName", json!("a".repeat(63)))], ""),
        case("capitals and digits", &[], &[("/TrainingJobName", json!("A-1--b"))], ""),
        case("an empty tag value", &[], &[("/Tags", json!([{ "Key": "k", "Value": "" }]))], ""),
        case("a tag value of 256", &[], &[("/Tags", json!([{ "Key": "k", "Value": long }]))], ""),
        case("letters of other scripts", &[], &[("/Tags", json!([{ "Key": "équipe", "Value": "青い チーム" }]))], ""),
        case("every sign of a tag", &[], &[("/Tags", json!([{ "Key": "_.:/=+-@", "Value": " _.:/=+-@" }]))], ""),
        case("fifty tags", &[], &[("/Tags", tags.into())], ""),
        case(
            "keys that differ in case",
            &[],
            &[("/Tags", json!([{ "Key": "a", "Value": "1" }, { "Key": "A", "Value": "2" }]))],
            "",
        ),
        case("whole numbers as floats", &[], &[("/ResourceConfig/InstanceCount", json!(1.0))], ""),
        case("numbers lose their fraction", &[], &[("/ResourceConfig/InstanceCount", json!(1.5))], ""),
        case("the longest runtime", &[], &[("/StoppingCondition/MaxRuntimeInSeconds", json!(2_419_200))], ""),
        case(
            "null is absent",
            &[],
            &[
                ("/VpcConfig/x", json!(1)),
                ("/VpcConfig", json!({ "Subnets": ["subnet-0a1b2c3d"], "SecurityGroupIds": ["sg-0123abcd"] })),
                ("/VpcConfig", json!(null)),
            ],
            "",
        ),
        case("unknown members", &[], &[("/Unknown", json!({ "a": [1] })), ("/ResourceConfig/Unknown", json!(1))], ""),
        case("a hundred parameters", &[], &[("/HyperParameters", parameters.into())], ""),
        case("an empty parameter", &[], &[("/HyperParameters", json!({ "": "" }))], ""),
        case("no inputs", &[], &[("/InputDataConfig", json!(null))], ""),
        case("no stopping condition", &[], &[("/StoppingCondition", json!(null))], ""),
    ]);
}

#[test]
fn violations() {
    let name = |value: Value, expected: &'static str| (value, expected);
    for (value, expected) in [
        name(
            json!(null),
            "ValidationException: 1 validation error detected: Value null at 'trainingJobName' failed to satisfy constraint: Member must not be null",
        ),
        name(
            json!("my_job"),
            "ValidationException: 1 validation error detected: Value 'my_job' at 'trainingJobName' failed to satisfy constraint: Member must satisfy regular expression pattern: ",
        ),
        name(
            json!(""),
            "ValidationException: validation errors detected: Value '' at 'trainingJobName' failed to satisfy constraint: Member must satisfy regular expression pattern: ",
        ),
        name(json!("a".repeat(64)), "ValidationException: Member must have length less than or equal to 63"),
        name(json!("-a"), "ValidationException: Member must satisfy regular expression pattern"),
        name(json!("job\n"), "ValidationException: Member must satisfy regular expression pattern"),
        name(json!(7), "SerializationException: NUMBER_VALUE can not be converted to a String"),
        name(json!(true), "SerializationException: TRUE_VALUE can not be converted to a String"),
        name(json!([]), "SerializationException: Start of list found where not expected"),
        name(json!({}), "SerializationException: Start of structure or map found where not expected."),
    ] {
        // `check` would look for a job of this name, which none can have.
        let expected = expected.replace(": validation errors", ": 2 validation errors");
        let mut request = job();
        request["TrainingJobName"] = value.clone();
        let answer = said(&Laboratory::new(&[], |_| {}).call(&ann(), "CreateTrainingJob", &request));
        let (code, text) = expected.split_once(": ").unwrap();
        let text = text.trim_start_matches("2 validation errors detected: ");
        assert!(answer.starts_with(&format!("400 {code}: ")) && answer.contains(text), "{value}: {answer}");
    }
    check(&[
        case(
            "too many instances of nothing",
            &[],
            &[("/ResourceConfig/InstanceCount", json!(-1))],
            "ValidationException: Value '-1' at 'resourceConfig.instanceCount' failed to satisfy constraint: Member must have value greater than or equal to 0",
        ),
        case(
            "text for a number",
            &[],
            &[("/ResourceConfig/InstanceCount", json!("1"))],
            "SerializationException: STRING_VALUE can not be converted to an Integer",
        ),
        case("a number that is none", &[], &[("/ResourceConfig/InstanceCount", json!(1e30))], "SerializationException"),
        case(
            "a number for a flag",
            &[],
            &[("/EnableNetworkIsolation", json!(1))],
            "SerializationException: NUMBER_VALUE can not be converted to a Boolean",
        ),
        case("text for a list", &[], &[("/Tags", json!("a"))], "SerializationException: Expected list or null"),
        case(
            "an object for a list",
            &[],
            &[("/Tags", json!({}))],
            "SerializationException: Start of structure or map found where not expected.",
        ),
        case("text for a structure", &[], &[("/ResourceConfig", json!("a"))], "SerializationException: Expected null"),
        case(
            "an instance type that is none",
            &[],
            &[("/ResourceConfig/InstanceType", json!("ml.x"))],
            "ValidationException: Value 'ml.x' at 'resourceConfig.instanceType' failed to satisfy constraint: Member must satisfy enum value set: [",
        ),
        case(
            "deep down",
            &[],
            &[("/InputDataConfig/0/DataSource/S3DataSource/S3DataType", json!("X"))],
            "ValidationException: at 'inputDataConfig.1.member.dataSource.s3DataSource.s3DataType' failed",
        ),
        case(
            "a tag without value",
            &[],
            &[("/Tags", json!([{ "Key": "k" }]))],
            "ValidationException: Value null at 'tags.1.member.value' failed to satisfy constraint: Member must not be null",
        ),
        case(
            "fifty-one tags",
            &[],
            &[("/Tags", (0..51).map(|n| json!({ "Key": format!("k{n}"), "Value": "" })).collect())],
            "ValidationException: at 'tags' failed to satisfy constraint: Member must have length less than or equal to 50",
        ),
        case(
            "a tag twice",
            &[],
            &[("/Tags", json!([{ "Key": "a", "Value": "1" }, { "Key": "a", "Value": "2" }]))],
            "ValidationException",
        ),
        case("AWS's own tag", &[], &[("/Tags", json!([{ "Key": "aws:x", "Value": "1" }]))], "ValidationException"),
        case(
            "an empty list of groups",
            &[],
            &[("/VpcConfig", json!({ "Subnets": ["subnet-0a1b2c3d"], "SecurityGroupIds": [] }))],
            "ValidationException: Value '[]' at 'vpcConfig.securityGroupIds' failed to satisfy constraint: Member must have length greater than or equal to 1",
        ),
        case(
            "no instances",
            &[],
            &[("/ResourceConfig", json!({}))],
            "ValidationException: Value null at 'resourceConfig.instanceType' failed to satisfy constraint: Member must not be null",
        ),
        case(
            "no number of instances",
            &[],
            &[("/ResourceConfig/InstanceCount", json!(null))],
            "ValidationException: Value null at 'resourceConfig.instanceCount' failed to satisfy constraint: Member must not be null",
        ),
        case(
            "a role that is no ARN",
            &[],
            &[("/RoleArn", json!("TrainingRole"))],
            "ValidationException: at 'roleArn' failed to satisfy constraint: Member must",
        ),
        case(
            "two violations",
            &[],
            &[("/RoleArn", json!(null)), ("/OutputDataConfig", json!(null))],
            "ValidationException: 2 validation errors detected: ",
        ),
        case(
            "pipe and fast file",
            &[],
            &[
                ("/InputDataConfig/0/InputMode", json!("Pipe")),
                ("/AlgorithmSpecification/TrainingInputMode", json!("FastFile")),
            ],
            "ValidationException: Cannot use both 'Pipe' and 'FastFile'",
        ),
        case(
            "neither image nor algorithm",
            &[],
            &[("/AlgorithmSpecification/TrainingImage", json!(null))],
            "ValidationException",
        ),
    ]);
}

/// Bodies that are no JSON, or JSON at its edges.
#[test]
fn bodies() {
    let laboratory = Laboratory::new(&[], |_| {});
    let good = job().to_string();
    let deep = format!("{{\"Unknown\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    let serialization = "400 SerializationException: ";
    let ok = "200 ";
    let table: Vec<(&str, Vec<u8>, &str)> = vec![
        ("not JSON", b"{".to_vec(), serialization),
        ("text", b"hello".to_vec(), serialization),
        ("a string", b"\"a\"".to_vec(), serialization),
        ("a number", b"1".to_vec(), serialization),
        ("two documents", b"{}{}".to_vec(), serialization),
        ("no UTF-8", b"{\"NameContains\":\"\xff\"}".to_vec(), serialization),
        ("half a surrogate", br#"{"NameContains":"\ud800"}"#.to_vec(), serialization),
        ("a number that JSON has not", br#"{"MaxResults":NaN}"#.to_vec(), serialization),
        ("a comma too many", b"{\"MaxResults\":1,}".to_vec(), serialization),
        ("very deep", deep.into_bytes(), serialization),
        ("a list", b"[]".to_vec(), serialization),
        ("empty", Vec::new(), ok),
        ("blank around", b" \r\n\t{ } \n".to_vec(), ok),
        ("escapes", br#"{"\u004eameContains":"\u0061"}"#.to_vec(), ok),
        ("an exponent", br#"{"MaxResults":1e1}"#.to_vec(), ok),
        ("a date as a number", br#"{"CreationTimeAfter":1.5e9}"#.to_vec(), ok),
        ("a date as text", br#"{"CreationTimeAfter":"2026-01-01T00:00:00Z"}"#.to_vec(), serialization),
    ];
    for (name, body, expected) in table {
        let mut request = Request::json("SageMaker.ListTrainingJobs", &json!({}));
        request.body = body;
        let answer = said(&laboratory.send(&request.signed(&ann(), ADDRESS, "sagemaker")));
        assert!(answer.starts_with(expected), "{name}: {answer}");
    }
    let doubled = good.replacen('{', r#"{"TrainingJobName":"first","#, 1);
    let mut request = Request::json("SageMaker.CreateTrainingJob", &json!({}));
    request.body = doubled.into_bytes();
    let response = laboratory.send(&request.signed(&ann(), ADDRESS, "sagemaker"));
    assert!(
        response.json()["TrainingJobArn"].as_str().is_some_and(|arn| arn.ends_with("/my-job")),
        "the last of a doubled member counts"
    );
}
