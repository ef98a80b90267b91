use http::header;
use serde_json::json;

use super::*;
use crate::model;

fn decoded(service: &str, operation: &str, body: &str) -> Result<Document, Fault> {
    let service = model::service(service).unwrap();
    let operation = service.operation(operation).unwrap();
    decode(service, operation, Payload { query: "", body: body.as_bytes() })
}

#[test]
fn forms_become_documents() {
    let rows = [
        (
            "sts",
            "AssumeRole",
            "RoleArn=a&RoleArn=b&Unknown=1&DurationSeconds=%2B0900",
            json!({"RoleArn": "a", "DurationSeconds": 900}),
        ),
        (
            "sts",
            "AssumeRole",
            "Tags.member.2.Key=k2&Tags.member.2.Value=v2&Tags.member.1.Key=k1&TransitiveTagKeys.member.10=b&TransitiveTagKeys.member.9=a",
            json!({"Tags": [{"Key": "k1"}, {"Key": "k2", "Value": "v2"}], "TransitiveTagKeys": ["a", "b"]}),
        ),
        ("iam", "CreateRole", "Path=%2F&Tags=&Description=a+b", json!({"Path": "/", "Tags": [], "Description": "a b"})),
        ("iam", "GetAccountSummary", "Anything=1", json!({})),
        (
            "iam",
            "SimulateCustomPolicy",
            "ContextEntries.member.1.ContextKeyName=aws%3AX&ContextEntries.member.1.ContextKeyValues.member.1=y",
            json!({"ContextEntries": [{"ContextKeyName": "aws:X", "ContextKeyValues": ["y"]}]}),
        ),
    ];
    for (service, operation, body, expected) in rows {
        assert_eq!(decoded(service, operation, body), Ok(expected), "{body}");
    }
}

#[test]
fn what_cannot_be_read_is_malformed_input() {
    let empty = Fault::new("MalformedInput", "missing value for decimal type");
    let rows = [
        ("sts", "AssumeRole", "DurationSeconds=", empty),
        ("sts", "AssumeRole", "DurationSeconds=soon", Fault::bare("MalformedInput")),
        ("sts", "AssumeRole", "DurationSeconds=99999999999", Fault::bare("MalformedInput")),
        ("iam", "ListPolicies", "OnlyAttached=perhaps", Fault::bare("MalformedInput")),
    ];
    for (service, operation, body, expected) in rows {
        assert_eq!(decoded(service, operation, body), Err(expected), "{body}");
    }
    let many = "a=b&".repeat(20_001);
    assert_eq!(decoded("sts", "AssumeRole", &many), Err(Fault::bare("MalformedInput")));
}

#[test]
fn answers_are_printed_as_sts_prints_them() {
    let sts = model::service("sts").unwrap();
    let operation = sts.operation("GetCallerIdentity").unwrap();
    let output =
        json!({"Account": "000000000000", "UserId": "AIDA", "Arn": "arn:aws:iam::000000000000:user/a&b", "Other": 1});
    let response = encode(sts, operation, &output, "id-1");
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()[header::CONTENT_TYPE], "text/xml");
    assert_eq!(response.headers()["x-amzn-requestid"], "id-1");
    let expected = r#"<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <GetCallerIdentityResult>
    <Arn>arn:aws:iam::000000000000:user/a&amp;b</Arn>
    <UserId>AIDA</UserId>
    <Account>000000000000</Account>
  </GetCallerIdentityResult>
  <ResponseMetadata>
    <RequestId>id-1</RequestId>
  </ResponseMetadata>
</GetCallerIdentityResponse>"#;
    assert_eq!(response.body(), expected.as_bytes());
}

#[test]
fn lists_instants_and_flags_are_written_by_shape() {
    let iam = model::service("iam").unwrap();
    let operation = iam.operation("ListPolicies").unwrap();
    let output = json!({"IsTruncated": false, "Policies": [
        {"PolicyName": "p", "CreateDate": 1_795_336_099, "AttachmentCount": 2, "Tags": []},
        {"PolicyName": "q"},
    ]});
    let response = encode(iam, operation, &output, "id-2");
    let body = std::str::from_utf8(response.body()).unwrap();
    let compact: String = body.lines().map(str::trim).collect();
    assert_eq!(
        compact,
        "<ListPoliciesResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><ListPoliciesResult><Policies>\
         <member><PolicyName>p</PolicyName><AttachmentCount>2</AttachmentCount>\
         <CreateDate>2026-11-22T08:28:19Z</CreateDate><Tags/></member><member><PolicyName>q</PolicyName></member>\
         </Policies><IsTruncated>false</IsTruncated></ListPoliciesResult>\
         <ResponseMetadata><RequestId>id-2</RequestId></ResponseMetadata></ListPoliciesResponse>"
    );
}

#[test]
fn refusals_carry_the_status_of_the_model_or_of_the_common_errors() {
    let rows = [
        (Fault::new("NoSuchEntity", "The role with name r cannot be found."), 404, "Sender"),
        (Fault::new("AccessDenied", "no"), 403, "Sender"),
        (Fault::new("ValidationError", "1 validation error detected: …"), 400, "Sender"),
        (Fault::bare("MalformedInput"), 400, "Sender"),
        (Fault::internal(), 500, "Receiver"),
    ];
    let iam = model::service("iam").unwrap();
    for (fault, status, blame) in rows {
        let response = encode_fault(Some(iam), &fault, "id-3");
        assert_eq!(response.status(), status, "{fault}");
        let message = fault.message.as_ref().map(|text| format!("\n    <Message>{text}</Message>")).unwrap_or_default();
        let expected = format!(
            "<ErrorResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\">\n  <Error>\n    <Type>{blame}</Type>\n    \
             <Code>{}</Code>{message}\n  </Error>\n  <RequestId>id-3</RequestId>\n</ErrorResponse>",
            fault.code
        );
        assert_eq!(std::str::from_utf8(response.body()).unwrap(), expected);
    }
}

#[test]
fn what_xml_cannot_carry_is_replaced() {
    let fault = Fault::new("ValidationError", "a\u{1}\r<b>");
    let response = encode_fault(None, &fault, "id-4");
    let body = std::str::from_utf8(response.body()).unwrap();
    assert!(body.contains("<Message>a\u{fffd}&#13;&lt;b&gt;</Message>"), "{body}");
}
