//! Signatures that are missing, malformed, stale, foreign or tampered with, to the bytes of the answer. Facts B.

use serde_json::json;

use crate::client::{Key, Request};
use crate::laboratory::{ADDRESS, ANN, Laboratory, ann, root, said};

type Tamper = fn(&mut Request);

const INCOMPLETE: &str = "400 IncompleteSignatureException: ";
const INVALID: &str = "400 InvalidSignatureException: ";
const MISMATCH: &str = "400 InvalidSignatureException: The request signature we calculated does not match the signature \
                        you provided. Check your AWS Secret Access Key and signing method. Consult the service \
                        documentation for details.";
const UNKNOWN: &str = "400 UnrecognizedClientException: The security token included in the request is invalid.";

fn authorization(request: &mut Request) -> &mut String {
    &mut request.headers.iter_mut().find(|(name, _)| name == "authorization").unwrap().1
}

fn swap(request: &mut Request, old: &str, new: &str) {
    let header = authorization(request);
    assert!(header.contains(old), "{header}");
    *header = header.replacen(old, new, 1);
}

fn set(request: &mut Request, name: &str, value: &str) {
    request.headers.retain(|(known, _)| known != name);
    request.headers.push((name.to_owned(), value.to_owned()));
}

fn take(request: &mut Request, name: &str) {
    request.headers.retain(|(known, _)| known != name);
}

/// Cuts what follows `name=` up to the next comma.
fn without(request: &mut Request, name: &str) {
    let header = authorization(request);
    let start = header.find(&format!("{name}=")).unwrap();
    let end = header[start..].find(", ").map_or(header.len(), |at| start + at + 2);
    header.replace_range(start..end, "");
}

#[test]
fn json_services() {
    let table: &[(&str, Tamper, &str)] = &[
        ("as signed", |_| {}, "200 "),
        (
            "unsigned",
            |r| take(r, "authorization"),
            "400 MissingAuthenticationTokenException: Request is missing Authentication Token",
        ),
        ("another scheme", |r| set(r, "authorization", "Basic YTpi"), "400 MissingAuthenticationTokenException: "),
        ("a bearer", |r| set(r, "authorization", "Bearer x"), "400 MissingAuthenticationTokenException: "),
        ("nothing in the header", |r| set(r, "authorization", ""), "400 MissingAuthenticationTokenException: "),
        (
            "header and query",
            |r| r.target = "/?X-Amz-Algorithm=AWS4-HMAC-SHA256".into(),
            "400 InvalidSignatureException: Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.",
        ),
        (
            "a piece without sign",
            |r| swap(r, "Credential=", "Credential"),
            "400 IncompleteSignatureException: 'Credential",
        ),
        (
            "the scheme alone",
            |r| set(r, "authorization", "AWS4-HMAC-SHA256"),
            "400 IncompleteSignatureException: Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. Authorization header requires 'SignedHeaders' parameter. Authorization=AWS4-HMAC-SHA256",
        ),
        (
            "no credential",
            |r| without(r, "Credential"),
            "400 IncompleteSignatureException: Authorization header requires 'Credential' parameter. Authorization=",
        ),
        (
            "no signature",
            |r| without(r, "Signature"),
            "400 IncompleteSignatureException: Authorization header requires 'Signature' parameter. Authorization=",
        ),
        (
            "no signed headers",
            |r| without(r, "SignedHeaders"),
            "400 IncompleteSignatureException: Authorization header requires 'SignedHeaders' parameter. Authorization=",
        ),
        (
            "no date",
            |r| take(r, "x-amz-date"),
            "400 IncompleteSignatureException: Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. Authorization=",
        ),
        (
            "a short date",
            |r| set(r, "x-amz-date", "201"),
            "400 IncompleteSignatureException: Date must be in ISO-8601 'basic format'. Got '201'. See http://en.wikipedia.org/wiki/ISO_8601",
        ),
        ("an extended date", |r| set(r, "x-amz-date", "2026-01-01T00:00:00Z"), INCOMPLETE),
        (
            "long ago",
            |r| set(r, "x-amz-date", "20130301T000000Z"),
            "400 InvalidSignatureException: Signature expired: 20130301T000000Z is now earlier than ",
        ),
        (
            "far ahead",
            |r| set(r, "x-amz-date", "20990301T000000Z"),
            "400 InvalidSignatureException: Signature not yet current: 20990301T000000Z is still later than ",
        ),
        (
            "host unsigned",
            |r| swap(r, ";host;", ";"),
            "400 InvalidSignatureException: 'Host' must be a 'SignedHeader' in the AWS Authorization.",
        ),
        ("target unsigned", |r| swap(r, ";x-amz-target", ""), INVALID),
        (
            "another algorithm",
            |r| swap(r, "AWS4-HMAC-SHA256", "AWS4-HMAC-SHA25"),
            "400 IncompleteSignatureException: Unsupported AWS 'algorithm': 'AWS4-HMAC-SHA25' (only AWS4-HMAC-SHA256 for now). ",
        ),
        (
            "the asymmetric one",
            |r| swap(r, "AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256"),
            "400 IncompleteSignatureException: Unsupported AWS 'algorithm': ",
        ),
        (
            "four elements",
            |r| swap(r, "/aws4_request", ""),
            "400 IncompleteSignatureException: Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got 'AKIAEXAMPLEANN000001/",
        ),
        (
            "another service",
            |r| swap(r, "/sagemaker/", "/s3/"),
            "400 InvalidSignatureException: Credential should be scoped to correct service: 'sagemaker'. ",
        ),
        (
            "another terminator",
            |r| swap(r, "aws4_request", "aws5_request"),
            "400 InvalidSignatureException: Credential should be scoped with a valid terminator: 'aws4_request', not 'aws5_request'. ",
        ),
        (
            "no region",
            |r| swap(r, "/us-east-1/", "//"),
            "400 InvalidSignatureException: Credential should be scoped to a valid region",
        ),
        (
            "another day",
            |r| swap(r, "/us-east-1/", "0/us-east-1/"),
            "400 InvalidSignatureException: Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '",
        ),
        ("another region", |r| swap(r, "/us-east-1/", "/eu-west-1/"), MISMATCH),
        (
            "a region that the host is not in",
            |r| set(r, "host", "api.sagemaker.eu-west-1.amazonaws.com"),
            "400 InvalidSignatureException: Credential should be scoped to a valid region, not 'us-east-1'. ",
        ),
        ("nobody's key", |r| swap(r, ANN.0, "AKIAEXAMPLENOBODY001"), UNKNOWN),
        ("a key in small letters", |r| swap(r, ANN.0, &ANN.0.to_lowercase()), UNKNOWN),
        ("a token that belongs to nobody", |r| set(r, "x-amz-security-token", "x"), UNKNOWN),
        ("another body", |r| r.body = br#"{"MaxResults":7}"#.to_vec(), MISMATCH),
        ("a longer body", |r| r.body.push(b' '), MISMATCH),
        ("no body", |r| r.body.clear(), MISMATCH),
        ("another target", |r| set(r, "x-amz-target", "SageMaker.ListModels"), MISMATCH),
        ("a query", |r| r.target = "/?a=b".into(), MISMATCH),
        ("another path", |r| r.target = "/x".into(), MISMATCH),
        ("another host", |r| set(r, "host", "localhost:4566"), MISMATCH),
        ("a signed header changed", |r| set(r, "content-type", "application/x-amz-json-1.0"), MISMATCH),
        ("a header that is not signed", |r| set(r, "x-forwarded-for", "1.2.3.4"), "200 "),
        (
            "a signature cut short",
            |r| {
                authorization(r).pop();
            },
            MISMATCH,
        ),
        ("a signature grown", |r| authorization(r).push('0'), MISMATCH),
        (
            "no digits of a signature",
            |r| {
                let at = authorization(r).find("Signature=").unwrap() + 10;
                authorization(r).truncate(at);
            },
            INCOMPLETE,
        ),
        ("a hash that is not the body's", |r| set(r, "x-amz-content-sha256", "UNSIGNED-PAYLOAD"), MISMATCH),
    ];
    let laboratory = Laboratory::new(&[], |_| {});
    let call = Request::json("SageMaker.ListTrainingJobs", &json!({}));
    for (name, tamper, expected) in table {
        let mut request = call.clone().signed(&ann(), ADDRESS, "sagemaker");
        tamper(&mut request);
        let response = laboratory.send(&request);
        let answer = said(&response);
        assert!(answer.starts_with(expected), "{name}: {answer}");
        assert!(response.header("x-amzn-requestid").is_some_and(|id| id.len() == 36), "{name}");
        assert_eq!(response.header("content-type"), Some("application/x-amz-json-1.1"), "{name}");
    }
    let wrong = Key::long_term(ANN.0, "secret-of-Ann");
    assert!(said(&laboratory.send(&call.clone().signed(&wrong, ADDRESS, "sagemaker"))).starts_with(MISMATCH));
    for id in ["111122223333", "000000000000", "test"] {
        assert_eq!(said(&laboratory.send(&call.clone().signed(&root(id), ADDRESS, "sagemaker"))), "200 : ", "{id}");
        let forged = Key::long_term(id, "tset");
        assert!(
            said(&laboratory.send(&call.clone().signed(&forged, ADDRESS, "sagemaker"))).starts_with(MISMATCH),
            "{id}"
        );
    }
    for id in ["11112222333", "1111222233334", "11112222333a"] {
        assert_eq!(said(&laboratory.send(&call.clone().signed(&root(id), ADDRESS, "sagemaker"))), UNKNOWN, "{id}");
    }
}

#[test]
fn query_services() {
    let invalid = "403 InvalidClientTokenId: The security token included in the request is invalid.";
    let mismatch = "403 SignatureDoesNotMatch: The request signature we calculated does not match";
    let table: &[(&str, Tamper, &str)] = &[
        ("as signed", |_| {}, "200 "),
        (
            "unsigned",
            |r| take(r, "authorization"),
            "403 MissingAuthenticationToken: Request is missing Authentication Token",
        ),
        (
            "no signature",
            |r| without(r, "Signature"),
            "400 IncompleteSignature: Authorization header requires 'Signature' parameter.",
        ),
        ("nobody's key", |r| swap(r, ANN.0, "AKIAEXAMPLENOBODY001"), invalid),
        ("another body", |r| r.body.push(b'x'), "400 InvalidAction: "),
        ("a further parameter", |r| r.body.extend(b"&A=b"), mismatch),
        (
            "another service",
            |r| swap(r, "/sts/", "/iam/"),
            "400 InvalidAction: Could not find operation GetCallerIdentity for version 2011-06-15",
        ),
        (
            "long ago",
            |r| set(r, "x-amz-date", "20130301T000000Z"),
            "403 SignatureDoesNotMatch: Signature expired: 20130301T000000Z is now earlier than ",
        ),
        ("unsigned payload", |r| set(r, "x-amz-content-sha256", "UNSIGNED-PAYLOAD"), mismatch),
        (
            "no such action",
            |r| r.body = b"Action=NoSuchAction&Version=2011-06-15".to_vec(),
            "400 InvalidAction: Could not find operation NoSuchAction for version 2011-06-15",
        ),
        (
            "no version",
            |r| r.body = b"Action=GetCallerIdentity".to_vec(),
            "400 InvalidAction: Could not find operation GetCallerIdentity for version NO_VERSION_SPECIFIED",
        ),
        ("no action", |r| r.body = b"Version=2011-06-15".to_vec(), "302 "),
        ("no form", |r| set(r, "content-type", "text/plain"), "302 "),
    ];
    let laboratory = Laboratory::new(&[], |_| {});
    for (name, tamper, expected) in table {
        let mut request = Request::query("Action=GetCallerIdentity&Version=2011-06-15").signed(&ann(), ADDRESS, "sts");
        tamper(&mut request);
        let response = laboratory.send(&request);
        let answer = said(&response);
        assert!(answer.starts_with(expected), "{name}: {answer}");
        assert!(response.header("x-amzn-requestid").is_some_and(|id| id.len() == 36), "{name}");
        if response.status != 302 {
            assert_eq!(response.header("content-type"), Some("text/xml"), "{name}");
        }
    }
}

/// What is no call of any service, in the order in which it is found out.
#[test]
fn no_call() {
    let laboratory = Laboratory::new(&[], |_| {});
    let json_type = ("content-type", "application/x-amz-json-1.1");
    let form = ("content-type", "application/x-www-form-urlencoded");
    let target = ("x-amz-target", "SageMaker.ListTrainingJobs");
    let not_json = "404 ";
    let table: &[(&'static str, &str, &[(&str, &str)], &str)] = &[
        ("POST", "/", &[json_type], "400 UnknownOperationException: "),
        ("POST", "/", &[json_type, ("x-amz-target", "SageMaker.Nothing")], "400 UnknownOperationException: "),
        ("POST", "/", &[json_type, ("x-amz-target", "SageMaker.")], "400 UnknownOperationException: "),
        ("POST", "/", &[json_type, ("x-amz-target", "SageMaker")], "400 UnknownOperationException: "),
        ("POST", "/", &[json_type, ("x-amz-target", "sagemaker.ListTrainingJobs")], "400 UnknownOperationException: "),
        (
            "POST",
            "/",
            &[json_type, ("x-amz-target", "DynamoDB_20120810.ListTables")],
            "400 UnknownOperationException: ",
        ),
        ("GET", "/", &[json_type, target], not_json),
        ("PUT", "/", &[json_type, target], not_json),
        ("DELETE", "/", &[json_type, target], not_json),
        ("POST", "/", &[("content-type", "application/json"), target], not_json),
        ("POST", "/", &[target], not_json),
        ("POST", "/", &[json_type, target], "400 MissingAuthenticationTokenException: "),
        (
            "POST",
            "/",
            &[("content-type", "application/x-amz-json-1.1; charset=utf-8"), target],
            "400 MissingAuthenticationTokenException: ",
        ),
        (
            "POST",
            "/",
            &[json_type, ("x-amz-target", "TrentService.Encrypt")],
            "400 MissingAuthenticationTokenException: ",
        ),
        ("POST", "/", &[form], "302 "),
        ("GET", "/?Action=GetUser&Version=2010-05-08", &[], "403 MissingAuthenticationToken: "),
        ("GET", "/?Action=GetUser", &[], "400 InvalidAction: "),
        ("GET", "/", &[], "403 AccessDenied: Access Denied"),
        ("PUT", "/bucket/key", &[], "403 AccessDenied: Access Denied"),
    ];
    for (method, uri, headers, expected) in table {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let request = Request { method, target: (*uri).to_owned(), headers, body: Vec::new() };
        let response = laboratory.send(&request);
        let answer = said(&response);
        assert!(answer.starts_with(expected), "{method} {uri} {:?}: {answer}", request.headers);
        assert!(response.header("x-amzn-requestid").is_some(), "{method} {uri}");
    }
    let response =
        laboratory.send(&Request { method: "GET", ..Request::json("SageMaker.ListTrainingJobs", &json!({})) });
    assert_eq!(response.body, b"<UnknownOperationException/>\n");
}
