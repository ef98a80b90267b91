use serde_json::{Value, json};

use super::*;
use crate::model;

fn json_of(response: &Response<Bytes>) -> Value {
    serde_json::from_slice(response.body()).unwrap()
}

fn text_of(response: &Response<Bytes>) -> &str {
    std::str::from_utf8(response.body()).unwrap()
}

#[test]
fn json_bodies_become_documents_or_bare_refusals() {
    let sagemaker = model::service("sagemaker").unwrap();
    let operation = sagemaker.operation("DescribeTrainingJob").unwrap();
    let bare = Fault::bare("SerializationException");
    let rows = [
        ("", Ok(json!({}))),
        ("{}", Ok(json!({}))),
        (r#"{"TrainingJobName":"j","X":1}"#, Ok(json!({"TrainingJobName": "j"}))),
        ("{", Err(bare.clone())),
        ("null", Err(bare.clone())),
        ("\"x\"", Err(bare.clone())),
        (r#"{"TrainingJobName":"j",}"#, Err(bare)),
        ("[]", Err(Fault::new("SerializationException", "Start of list found where not expected"))),
    ];
    for (body, expected) in rows {
        let payload = Payload { query: "", body: body.as_bytes() };
        assert_eq!(Protocol::AwsJson11.decode(sagemaker, operation, payload), expected, "{body}");
    }
    let deep = format!("{}{}", r#"{"A":"#.repeat(200), "}".repeat(200));
    let payload = Payload { query: "", body: deep.as_bytes() };
    assert!(Protocol::AwsJson11.decode(sagemaker, operation, payload).is_err());
}

#[test]
fn json_answers_are_projected_and_may_have_no_body() {
    let sagemaker = model::service("sagemaker").unwrap();
    let create = sagemaker.operation("CreateTrainingJob").unwrap();
    let answer = Protocol::AwsJson11.encode(sagemaker, create, &json!({"TrainingJobArn": "arn", "Other": 1}), "id");
    assert_eq!(text_of(&answer), r#"{"TrainingJobArn":"arn"}"#);
    assert_eq!(answer.headers()["content-type"], "application/x-amz-json-1.1");
    assert_eq!(answer.headers()["x-amzn-requestid"], "id");
    let stop = sagemaker.operation("StopTrainingJob").unwrap();
    let answer = Protocol::AwsJson11.encode(sagemaker, stop, &json!({}), "id");
    assert_eq!((answer.status(), answer.body().len()), (StatusCode::OK, 0));
}

#[test]
fn json_refusals_name_their_text_as_aws_does() {
    let sagemaker = model::service("sagemaker").unwrap();
    let rows = [
        (Fault::new("ResourceInUse", "t"), 400, json!({"__type": "ResourceInUse", "Message": "t"})),
        (Fault::new("AccessDeniedException", "t"), 400, json!({"__type": "AccessDeniedException", "Message": "t"})),
        (Fault::new("SerializationException", "t"), 400, json!({"__type": "SerializationException", "Message": "t"})),
        (Fault::bare("SerializationException"), 400, json!({"__type": "SerializationException"})),
        (Fault::bare("UnknownOperationException"), 400, json!({"__type": "UnknownOperationException"})),
        (Fault::validation("t"), 400, json!({"__type": "ValidationException", "message": "t"})),
        (
            Fault::new("InvalidSignatureException", "t"),
            400,
            json!({"__type": "InvalidSignatureException", "message": "t"}),
        ),
    ];
    for (fault, status, body) in rows {
        let answer = Protocol::AwsJson11.encode_fault(Some(sagemaker), &fault, "id");
        assert_eq!((answer.status().as_u16(), json_of(&answer)), (status, body));
    }
    let ours = [(Fault::internal(), 500), (Fault::not_built("sagemaker", "CreateHub"), 501)];
    for (fault, status) in ours {
        assert_eq!(Protocol::AwsJson11.encode_fault(Some(sagemaker), &fault, "id").status(), status);
    }
}

#[test]
fn each_protocol_refuses_in_its_own_form() {
    let denied = Fault::new("AccessDenied", "Access Denied").with("BucketName", "b");
    let s3 = Protocol::RestXml.encode_fault(None, &denied, "id");
    assert_eq!(s3.status(), 403);
    assert_eq!(
        text_of(&s3),
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>AccessDenied</Code><Message>Access Denied</Message>\
         <BucketName>b</BucketName><RequestId>id</RequestId></Error>"
    );
    let unauthorized = Fault::new("UnauthorizedOperation", "no");
    let ec2 = Protocol::Ec2Query.encode_fault(None, &unauthorized, "id");
    assert_eq!(ec2.status(), 403);
    assert_eq!(
        text_of(&ec2),
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Response><Errors><Error><Code>UnauthorizedOperation</Code>\
         <Message>no</Message></Error></Errors><RequestID>id</RequestID></Response>"
    );
    let runtime = Protocol::RestJson.encode_fault(None, &Fault::new("AccessDeniedException", "no"), "id");
    assert_eq!((runtime.status().as_u16(), json_of(&runtime)), (403, json!({"message": "no"})));
    assert_eq!(runtime.headers()["x-amzn-errortype"], "AccessDeniedException");
}

#[test]
fn requests_that_name_nothing_are_answered_without_a_service() {
    let answer = not_a_json_request("id");
    assert_eq!((answer.status().as_u16(), text_of(&answer)), (404, "<UnknownOperationException/>\n"));
    let answer = no_action("sts", "id");
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()["location"]),
        (302, &"https://aws.amazon.com/iam".parse().unwrap())
    );
}
