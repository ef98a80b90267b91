use serde_json::json;

use super::*;
use crate::model::service;

/// What `coerce` makes of an input of a SageMaker operation: the document, or the text of the refusal.
fn coerced(operation: &str, input: Document) -> Result<Document, Option<String>> {
    let sagemaker = service("sagemaker").unwrap();
    let shape = sagemaker.operation(operation).unwrap().input.unwrap();
    coerce(sagemaker, shape, input).map_err(|fault| {
        assert_eq!(fault.code, "SerializationException");
        fault.message
    })
}

#[test]
fn types_are_refused_in_the_words_of_aws() {
    let start_of_list = Some("Start of list found where not expected");
    let start_of_structure = Some("Start of structure or map found where not expected.");
    let rows = [
        (json!({"TrainingJobName": 1}), Some("NUMBER_VALUE can not be converted to a String")),
        (json!({"TrainingJobName": true}), Some("TRUE_VALUE can not be converted to a String")),
        (json!({"TrainingJobName": false}), Some("FALSE_VALUE can not be converted to a String")),
        (json!({"TrainingJobName": []}), start_of_list),
        (json!({"TrainingJobName": {}}), start_of_structure),
        (json!({"EnableNetworkIsolation": 1}), Some("NUMBER_VALUE can not be converted to a Boolean")),
        (json!({"EnableNetworkIsolation": "maybe"}), Some("STRING_VALUE can not be converted to an Boolean")),
        (json!({"ResourceConfig": {"InstanceCount": "1"}}), Some("STRING_VALUE can not be converted to an Integer")),
        (json!({"ResourceConfig": {"InstanceCount": true}}), Some("TRUE_VALUE can not be converted to an Integer")),
        (json!({"ResourceConfig": {"InstanceCount": 3_000_000_000_u64}}), None),
        (json!({"ResourceConfig": "x"}), Some("Expected null")),
        (json!({"ResourceConfig": []}), start_of_list),
        (json!({"InputDataConfig": {}}), start_of_structure),
        (json!({"InputDataConfig": "x"}), Some("Expected list or null")),
        (json!({"InputDataConfig": ["x"]}), Some("Expected null")),
        (json!({"HyperParameters": "x"}), Some("Expected map or null")),
        (json!({"HyperParameters": []}), start_of_list),
        (json!({"HyperParameters": {"epochs": 3}}), Some("NUMBER_VALUE can not be converted to a String")),
        (json!({"VpcConfig": {"Subnets": [1]}}), Some("NUMBER_VALUE can not be converted to a String")),
        (json!([]), start_of_list),
    ];
    for (input, expected) in rows {
        let text = coerced("CreateTrainingJob", input.clone()).unwrap_err();
        assert_eq!(text.as_deref(), expected, "{input}");
    }
}

#[test]
fn what_is_accepted_is_brought_into_the_types_of_the_model() {
    let rows = [
        (json!({"TrainingJobName": null, "Unknown": {"a": 1}}), json!({})),
        (
            json!({"ResourceConfig": {"InstanceCount": 2.9, "Nothing": 1}}),
            json!({"ResourceConfig": {"InstanceCount": 2}}),
        ),
        (json!({"EnableNetworkIsolation": "TRUE"}), json!({"EnableNetworkIsolation": true})),
        (json!({"EnableNetworkIsolation": "0"}), json!({"EnableNetworkIsolation": false})),
        (json!({"VpcConfig": {"Subnets": ["a", null]}}), json!({"VpcConfig": {"Subnets": ["a", null]}})),
        (json!({"HyperParameters": {"a": null}}), json!({"HyperParameters": {"a": null}})),
    ];
    for (input, expected) in rows {
        assert_eq!(coerced("CreateTrainingJob", input), Ok(expected));
    }
}

#[test]
fn instants_are_numbers() {
    for instant in [json!(0), json!(1_795_336_099.25), json!(-1)] {
        let input = json!({"CreationTimeAfter": instant});
        assert_eq!(coerced("ListTrainingJobs", input.clone()), Ok(input));
    }
    let refused = coerced("ListTrainingJobs", json!({"CreationTimeAfter": "2026-11-22T00:00:00Z"}));
    assert_eq!(refused, Err(Some("STRING_VALUE can not be converted to milliseconds since epoch".to_owned())));
    assert_eq!(coerced("ListTrainingJobs", json!({"CreationTimeAfter": 1e300})), Err(None));
}

#[test]
fn depth_is_bounded() {
    let deep = |levels: usize| {
        let expression = (0..levels).fold(json!({}), |inside, _| json!({"SubExpressions": [inside]}));
        json!({"Resource": "TrainingJob", "SearchExpression": expression})
    };
    assert!(coerced("Search", deep(20)).is_ok());
    assert_eq!(coerced("Search", deep(200)), Err(None));
}
