//! AddTags, ListTags and DeleteTags on training jobs, and what tags permit.

use serde_json::{Value, json};

use crate::laboratory::{Laboratory, job_with, otto};

const ARN: &str = "arn:aws:sagemaker:us-east-1:000000000000:training-job/my-job";

fn tags(pairs: &[(&str, &str)]) -> Value {
    pairs.iter().map(|(key, value)| json!({ "Key": key, "Value": value })).collect()
}

#[allow(clippy::needless_pass_by_value, reason = "cases write their input in place")]
fn on(arn: &str, mut input: Value) -> Value {
    input["ResourceArn"] = json!(arn);
    input
}

fn with_job(caller: &[(&str, Value)]) -> Laboratory {
    let laboratory = Laboratory::new(caller, |_| {});
    let key = crate::laboratory::root("000000000000");
    laboratory.ask_as(&key, "CreateTrainingJob", &job_with(&[("/Tags", tags(&[("team", "blue")]))]), "");
    laboratory
}

#[test]
fn tags_come_and_go() {
    let laboratory = with_job(&[]);
    let list = |laboratory: &Laboratory| laboratory.ask("ListTags", &on(ARN, json!({})), "")["Tags"].clone();
    assert_eq!(list(&laboratory), tags(&[("team", "blue")]));
    let added = laboratory.ask("AddTags", &on(ARN, json!({ "Tags": tags(&[("team", "red"), ("a", "")]) })), "");
    assert_eq!(added["Tags"].as_array().map(Vec::len), Some(2));
    assert_eq!(list(&laboratory), tags(&[("team", "red"), ("a", "")]));
    laboratory.ask("DeleteTags", &on(ARN, json!({ "TagKeys": ["a", "nothing"] })), "");
    assert_eq!(list(&laboratory), tags(&[("team", "red")]));
    laboratory.ask("DeleteTags", &on(ARN, json!({ "TagKeys": ["team"] })), "");
    assert_eq!(list(&laboratory), json!([]));
}

#[test]
fn what_is_refused_of_tags() {
    let laboratory = with_job(&[]);
    let many: Value = (0..50).map(|n| json!({ "Key": format!("k{n}"), "Value": "" })).collect();
    let absent = ARN.replace("my-job", "other");
    let theirs = ARN.replace("000000000000", "111122223333");
    let elsewhere = ARN.replace("us-east-1", "eu-west-1");
    let table: Vec<(&str, &str, Value, &str)> = vec![
        ("AddTags", ARN, json!({}), "ValidationException: Value null at 'tags'"),
        ("AddTags", ARN, json!({ "Tags": many }), "ResourceLimitExceeded"),
        ("AddTags", ARN, json!({ "Tags": tags(&[("aws:x", "1")]) }), "ValidationException"),
        ("AddTags", ARN, json!({ "Tags": tags(&[("AWS:x", "1")]) }), "ValidationException"),
        ("AddTags", ARN, json!({ "Tags": tags(&[("a", "1"), ("a", "2")]) }), "ValidationException"),
        ("AddTags", ARN, json!({ "Tags": tags(&[("", "1")]) }), "ValidationException: at 'tags.1.member.key' failed"),
        ("AddTags", ARN, json!({ "Tags": tags(&[("a*", "1")]) }), "ValidationException: at 'tags.1.member.key' failed"),
        (
            "AddTags",
            ARN,
            json!({ "Tags": tags(&[(&"k".repeat(129), "1")]) }),
            "ValidationException: at 'tags.1.member.key' failed",
        ),
        (
            "AddTags",
            ARN,
            json!({ "Tags": tags(&[("a", &"v".repeat(257))]) }),
            "ValidationException: at 'tags.1.member.value' failed",
        ),
        (
            "AddTags",
            &absent,
            json!({ "Tags": tags(&[("a", "1")]) }),
            "ValidationException: Requested resource not found.",
        ),
        ("ListTags", &absent, json!({}), "ValidationException: Requested resource not found."),
        ("DeleteTags", &absent, json!({ "TagKeys": ["a"] }), "ValidationException: Requested resource not found."),
        ("DeleteTags", ARN, json!({ "TagKeys": [] }), "ValidationException: Value '[]' at 'tagKeys' failed"),
        ("ListTags", &theirs, json!({}), "AccessDeniedException"),
        ("ListTags", &elsewhere, json!({}), "ValidationException"),
        ("ListTags", "arn:aws:s3:::bucket", json!({}), "ValidationException"),
        ("ListTags", "my-job", json!({}), "ValidationException: Value 'my-job' at 'resourceArn' failed"),
        (
            "ListTags",
            ARN,
            json!({ "MaxResults": 49 }),
            "ValidationException: Member must have value greater than or equal to 50",
        ),
        ("ListTags", ARN, json!({ "NextToken": "x" }), "ValidationException"),
    ];
    for (operation, arn, input, expected) in table {
        laboratory.ask(operation, &on(arn, input), expected);
    }
    laboratory.ask_as(&otto(), "ListTags", &on(ARN, json!({})), "AccessDeniedException");
    laboratory.ask_as(&otto(), "AddTags", &on(ARN, json!({ "Tags": tags(&[("a", "1")]) })), "AccessDeniedException");
}

/// Statement, operation, its input, and whether it is allowed.
#[test]
fn what_tags_permit() {
    let describe = || ("DescribeTrainingJob", json!({ "TrainingJobName": "my-job" }));
    let add = |pairs: &[(&str, &str)]| ("AddTags", on(ARN, json!({ "Tags": tags(pairs) })));
    let remove = |keys: &[&str]| ("DeleteTags", on(ARN, json!({ "TagKeys": keys })));
    let table: Vec<(&str, (&str, Value), bool)> = vec![
        (r#"Allow sagemaker:* if {"StringEquals":{"aws:ResourceTag/team":"blue"}}"#, describe(), true),
        (r#"Allow sagemaker:* if {"StringEquals":{"aws:ResourceTag/TEAM":"blue"}}"#, describe(), true),
        (r#"Allow sagemaker:* if {"StringEquals":{"sagemaker:ResourceTag/team":"blue"}}"#, describe(), true),
        (r#"Allow sagemaker:* if {"StringEquals":{"aws:ResourceTag/team":"red"}}"#, describe(), false),
        (r#"Allow sagemaker:* if {"StringEquals":{"aws:ResourceTag/other":"blue"}}"#, describe(), false),
        (r#"Allow sagemaker:* if {"StringNotEquals":{"aws:ResourceTag/team":"red"}}"#, describe(), true),
        (
            r#"Allow sagemaker:* if {"StringEquals":{"aws:ResourceTag/team":"${aws:PrincipalTag/team}"}}"#,
            describe(),
            true,
        ),
        (
            r#"Allow sagemaker:* if {"StringEquals":{"aws:ResourceTag/team":"${aws:PrincipalTag/other}"}}"#,
            describe(),
            false,
        ),
        (r#"Allow sagemaker:* if {"Null":{"aws:RequestTag/team":"true"}}"#, describe(), true),
        (r#"Allow sagemaker:AddTags if {"StringEquals":{"aws:RequestTag/a":"1"}}"#, add(&[("a", "1")]), true),
        (r#"Allow sagemaker:AddTags if {"StringEquals":{"aws:RequestTag/a":"1"}}"#, add(&[("a", "2")]), false),
        (r#"Allow sagemaker:AddTags if {"ForAllValues:StringEquals":{"aws:TagKeys":["a"]}}"#, add(&[("a", "1")]), true),
        (
            r#"Allow sagemaker:AddTags if {"ForAllValues:StringEquals":{"aws:TagKeys":["a"]}}"#,
            add(&[("a", "1"), ("b", "1")]),
            false,
        ),
        (
            r#"Allow sagemaker:AddTags if {"StringEquals":{"aws:ResourceTag/team":"blue"}}"#,
            add(&[("team", "red")]),
            true,
        ),
        (r#"Allow sagemaker:AddTags if {"Null":{"sagemaker:TaggingAction":"true"}}"#, add(&[("a", "1")]), true),
        (
            r#"Allow sagemaker:AddTags if {"StringEquals":{"sagemaker:TaggingAction":"CreateTrainingJob"}}"#,
            add(&[("a", "1")]),
            false,
        ),
        (
            r#"Allow sagemaker:DeleteTags if {"ForAnyValue:StringEquals":{"aws:TagKeys":["team"]}}"#,
            remove(&["team"]),
            true,
        ),
        (
            r#"Allow sagemaker:DeleteTags if {"ForAllValues:StringNotEquals":{"aws:TagKeys":["team"]}}"#,
            remove(&["team"]),
            false,
        ),
        (r"Allow sagemaker:DeleteTags on arn:aws:sagemaker:*:*:training-job/*", remove(&["x"]), true),
        (r"Allow sagemaker:DeleteTags on arn:aws:sagemaker:*:*:model/*", remove(&["x"]), false),
    ];
    for (statement, (operation, input), allowed) in table {
        let laboratory = with_job(&[("/caller/jobs", json!(statement)), ("/callerTags", tags(&[("team", "blue")]))]);
        let expected = if allowed { "" } else { "AccessDeniedException: is not authorized to perform: sagemaker:" };
        let response = laboratory.call(&crate::laboratory::ann(), operation, &input);
        let difference = crate::laboratory::difference(&response, expected);
        assert!(difference.is_none(), "{statement} {operation}: {difference:?}");
    }
}
