use http::Request;

use super::*;

const JSON: &str = "application/x-amz-json-1.1";
const FORM: &str = "application/x-www-form-urlencoded; charset=utf-8";

fn scope(service: &str) -> String {
    format!("AWS4-HMAC-SHA256 Credential=a/20260101/eu-west-1/{service}/aws4_request, SignedHeaders=host, Signature=f")
}

fn routed(method: &str, uri: &str, headers: &[(&str, &str)], body: &'static str) -> Result<Route, Misroute> {
    let mut request = Request::builder().method(method).uri(uri);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let (parts, ()) = request.body(()).unwrap().into_parts();
    route(&parts, &Bytes::from_static(body.as_bytes()))
}

/// Service, operation and region of a route that is found.
fn found(method: &str, uri: &str, headers: &[(&str, &str)], body: &'static str) -> (&'static str, String, String) {
    let route = routed(method, uri, headers, body).unwrap();
    (route.service.name, route.operation.unwrap_or_default(), route.region.unwrap_or_default())
}

/// Method, URI, headers and body of a request, and the service, operation and region that it reaches.
type Case =
    (&'static str, &'static str, Vec<(&'static str, String)>, &'static str, (&'static str, &'static str, &'static str));

#[test]
#[expect(clippy::too_many_lines, reason = "one table")]
fn what_clients_send_is_told_apart() {
    let local = ("host", "127.0.0.1:4566");
    let json = ("content-type", JSON);
    let form = ("content-type", FORM);
    let signed = |service| ("authorization", scope(service));
    let cases: [Case; 14] = [
        (
            "POST",
            "/",
            vec![("x-amz-target", "SageMaker.CreateTrainingJob".into()), signed("sagemaker")],
            "{}",
            ("sagemaker", "CreateTrainingJob", "eu-west-1"),
        ),
        // A foreign scope is for the signature's check to refuse.
        (
            "POST",
            "/",
            vec![("x-amz-target", "SageMaker.ListTags".into()), signed("iam")],
            "{}",
            ("sagemaker", "ListTags", "eu-west-1"),
        ),
        ("POST", "/", vec![("x-amz-target", "SageMaker.ListTags".into())], "{}", ("sagemaker", "ListTags", "")),
        ("POST", "/", vec![("x-amz-target", "TrentService.Encrypt".into())], "{}", ("kms", "Encrypt", "")),
        (
            "POST",
            "/",
            vec![("x-amz-target", "AmazonEC2ContainerRegistry_V20150921.DescribeImages".into())],
            "{}",
            ("ecr", "DescribeImages", ""),
        ),
        (
            "POST",
            "/",
            vec![("x-amz-target", "Logs_20140328.CreateLogGroup".into())],
            "",
            ("logs", "CreateLogGroup", ""),
        ),
        (
            "POST",
            "/",
            vec![signed("iam")],
            "Action=GetUser&Version=2010-05-08&Action=DeleteUser",
            ("iam", "GetUser", "eu-west-1"),
        ),
        (
            "POST",
            "/",
            vec![signed("sts")],
            "Version=2011-06-15&Action=GetCallerIdentity",
            ("sts", "GetCallerIdentity", "eu-west-1"),
        ),
        ("GET", "/?Action=GetCallerIdentity&Version=2011-06-15", vec![], "", ("sts", "GetCallerIdentity", "")),
        (
            "GET",
            "/?Action=ListRoles&Version=2010-05-08&X-Amz-Credential=a%2Fb%2Fus-east-1%2Fiam%2Faws4_request",
            vec![],
            "",
            ("iam", "ListRoles", "us-east-1"),
        ),
        (
            "POST",
            "/",
            vec![signed("ec2")],
            "Action=DescribeSubnets&Version=2016-11-15",
            ("ec2", "DescribeSubnets", "eu-west-1"),
        ),
        ("GET", "/bucket/key", vec![signed("s3")], "", ("s3", "", "eu-west-1")),
        ("GET", "/bucket/key", vec![], "", ("s3", "", "")),
        // S3's own parameters are not the query protocol's.
        ("GET", "/bucket?Action=GetUser&Version=2010-05-08", vec![signed("s3")], "", ("s3", "", "eu-west-1")),
    ];
    for (method, uri, headers, body, expected) in cases {
        let content_type =
            if body.starts_with('{') || headers.iter().any(|(name, _)| *name == "x-amz-target") { json } else { form };
        let mut all = vec![local];
        all.push(content_type);
        all.extend(headers.iter().map(|(name, value)| (*name, value.as_str())));
        let (service, operation, region) = found(method, uri, &all, body);
        assert_eq!((service, operation.as_str(), region.as_str()), expected, "{method} {uri} {headers:?}");
    }
}

#[test]
fn hosts_of_aws_decide_first() {
    for (host, service, region, bucket) in [
        ("api.sagemaker.eu-west-1.amazonaws.com", Some("sagemaker"), Some("eu-west-1"), None),
        ("api.sagemaker.eu-west-1.amazonaws.com:443", Some("sagemaker"), Some("eu-west-1"), None),
        ("runtime.sagemaker.us-east-1.amazonaws.com", Some("sagemaker-runtime"), Some("us-east-1"), None),
        ("iam.amazonaws.com", Some("iam"), None, None),
        ("sts.us-east-2.amazonaws.com", Some("sts"), Some("us-east-2"), None),
        ("STS.amazonaws.com.cn", Some("sts"), None, None),
        ("api.ecr.us-east-1.amazonaws.com", Some("ecr"), Some("us-east-1"), None),
        ("bucket.s3.eu-west-1.amazonaws.com", Some("s3"), Some("eu-west-1"), Some("bucket")),
        ("my.dotted.bucket.s3.amazonaws.com", Some("s3"), None, Some("my.dotted.bucket")),
        ("bucket.s3.localhost:4566", Some("s3"), None, Some("bucket")),
        ("s3.localhost", Some("s3"), None, None),
        ("iam.localhost:4566", Some("iam"), None, None),
        ("passrole.localhost:4566", None, None, None),
        ("localhost:4566", None, None, None),
        ("127.0.0.1", None, None, None),
        ("[::1]:4566", None, None, None),
        ("", None, None, None),
    ] {
        let told = catalogue::host(host);
        assert_eq!(
            (told.service.as_deref(), told.region.as_deref(), told.bucket.as_deref()),
            (service, region, bucket),
            "{host}"
        );
    }
}

fn refusal(method: &str, uri: &str, headers: &[(&str, &str)], body: &'static str) -> (Protocol, String, String) {
    match routed(method, uri, headers, body).unwrap_err() {
        Misroute::Refused { protocol, fault, .. } => (protocol, fault.code.to_string(), fault.text().to_owned()),
        other => panic!("{method} {uri}: {other:?}"),
    }
}

#[test]
fn what_no_service_knows_is_refused_in_its_words() {
    let json = ("content-type", JSON);
    let form = ("content-type", FORM);
    let (sagemaker, iam, dynamodb) = (scope("sagemaker"), scope("iam"), scope("dynamodb"));
    let unknown = |protocol| (protocol, "UnknownOperationException".to_owned(), String::new());
    for headers in [
        &[json, ("authorization", sagemaker.as_str())][..],
        &[json, ("x-amz-target", "SageMaker.")],
        &[json, ("x-amz-target", "Nobody.ListTags")],
        &[json, ("x-amz-target", "ListTags"), ("authorization", sagemaker.as_str())],
        &[json, ("x-amz-target", "sagemaker.ListTags"), ("authorization", sagemaker.as_str())],
        &[
            json,
            ("x-amz-target", "SageMaker.ListTags"),
            ("x-amz-target", "SageMaker.DeleteTags"),
            ("authorization", sagemaker.as_str()),
        ],
    ] {
        assert_eq!(refusal("POST", "/", headers, "{}"), unknown(Protocol::AwsJson11), "{headers:?}");
    }
    for (body, text) in [
        ("Action=NoSuchAction&Version=2011-06-15", "Could not find operation NoSuchAction for version 2011-06-15"),
        ("Action=GetUser", "Could not find operation GetUser for version NO_VERSION_SPECIFIED"),
        ("Action=GetUser&Version=2010-05-07", "Could not find operation GetUser for version 2010-05-07"),
    ] {
        let given = refusal("POST", "/", &[form, ("authorization", iam.as_str())], body);
        assert_eq!(given, (Protocol::AwsQuery, "InvalidAction".to_owned(), text.to_owned()));
    }
    let (protocol, code, text) = refusal(
        "POST",
        "/",
        &[json, ("x-amz-target", "DynamoDB_20120810.ListTables"), ("authorization", dynamodb.as_str())],
        "{}",
    );
    assert_eq!((protocol, code.as_str()), (Protocol::AwsJson11, "NotImplemented"));
    assert!(text.contains("dynamodb:ListTables"), "{text}");
    let (_, code, text) =
        refusal("POST", "/endpoints/e/invocations", &[json, ("authorization", sagemaker.as_str())], "{}");
    assert_eq!(code, "NotImplemented");
    assert!(text.contains("sagemaker-runtime"), "{text}");
}

#[test]
fn requests_that_are_no_calls() {
    let target = ("x-amz-target", "SageMaker.ListTags");
    for (method, content_type) in
        [("GET", JSON), ("PUT", JSON), ("POST", "application/json"), ("POST", FORM), ("POST", "")]
    {
        let given = routed(method, "/", &[target, ("content-type", content_type)], "{}");
        assert_eq!(given, Err(Misroute::NoCall), "{method} {content_type}");
    }
    let iam = scope("iam");
    for (method, content_type, body) in
        [("POST", FORM, "Version=2010-05-08"), ("POST", "text/plain", "Action=GetUser"), ("GET", FORM, "")]
    {
        let given = routed(method, "/", &[("content-type", content_type), ("authorization", &iam)], body);
        assert!(matches!(given, Err(Misroute::Redirect(_))), "{method} {content_type} {body}: {given:?}");
    }
}
