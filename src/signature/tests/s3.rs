//! What S3 says of a signature that it does not even compute, and of the hash that stands for a body.

use super::*;
use crate::secret::Secret;
use crate::signature::SigningKeys;

const GOOD: &str = "AWS4-HMAC-SHA256 Credential=a/20130609/us-east-1/s3/aws4_request, SignedHeaders=host;x-amz-date, \
                    Signature=f";
const DATE: (&str, &str) = ("x-amz-date", "20130609T100015Z");

fn by_header(authorization: &str) -> Fault {
    claimed(ErrorFamily::S3, "s3", "/bucket", &[("host", "h"), DATE, ("authorization", authorization)]).unwrap_err()
}

#[test]
fn malformed_headers() {
    for (authorization, code, text) in [
        ("Basic x", "InvalidArgument", "Unsupported Authorization Type"),
        (
            "AWS a:b",
            "InvalidRequest",
            "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.",
        ),
        (
            "AWS4-HMAC-SHA256 Credential=a",
            "AuthorizationHeaderMalformed",
            "The authorization header is malformed; the authorization header requires three components: Credential, \
             SignedHeaders, and Signature.",
        ),
        (
            "AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host, Signature=f",
            "AuthorizationHeaderMalformed",
            "The authorization header is malformed; the Credential is mal-formed; expecting \
             \"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\".",
        ),
        (
            "AWS4-HMAC-SHA256 Credential=a/20130609/aws-global/s3/aws4_request, SignedHeaders=host, Signature=f",
            "AuthorizationHeaderMalformed",
            "The authorization header is malformed; the region 'aws-global' is wrong; expecting 'us-east-1'",
        ),
        (
            "AWS4-HMAC-SHA256 Credential=a/20130609/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=f",
            "AuthorizationHeaderMalformed",
            "The authorization header is malformed; incorrect service \"iam\". This endpoint belongs to \"s3\".",
        ),
        (
            "AWS4-HMAC-SHA256 Credential=a/20130608/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=f",
            "AuthorizationHeaderMalformed",
            "The authorization header is malformed; Invalid credential date \"20130608\". This date is not the same as \
             X-Amz-Date: \"20130609\".",
        ),
        (
            "AWS4-HMAC-SHA256 Credential=a/20130609/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=f",
            "AccessDenied",
            "There were headers present in the request which were not signed",
        ),
    ] {
        let fault = by_header(authorization);
        assert_eq!((fault.code.as_ref(), fault.text()), (code, text));
    }
}

#[test]
fn skew_and_mechanisms() {
    let given = |uri: &str, headers: &[(&str, &str)]| claimed(ErrorFamily::S3, "s3", uri, headers).unwrap_err();
    let none = given("/bucket", &[("host", "h")]);
    assert_eq!((none.code.as_ref(), none.text()), ("AccessDenied", "Access Denied"));

    let late = given("/bucket", &[("host", "h"), ("x-amz-date", "20130609T094514Z"), ("authorization", GOOD)]);
    assert_eq!(late.code, "RequestTimeTooSkewed");
    assert!(late.details.iter().any(|(name, value)| name == "MaxAllowedSkewMilliseconds" && value == "900000"));

    let both = given("/bucket?X-Amz-Algorithm=x", &[("host", "h"), DATE, ("authorization", GOOD)]);
    assert!(both.text().starts_with("Only one auth mechanism allowed;"), "{both}");

    let version_2 = given("/bucket?AWSAccessKeyId=a&Signature=b&Expires=1", &[("host", "h")]);
    assert_eq!(version_2.code, "InvalidRequest");
}

fn presigned(date: &str, expires: &str) -> Result<Claim, Fault> {
    let uri = format!(
        "/bucket/key?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=a%2F{}%2Fus-east-1%2Fs3%2Faws4_request\
         &X-Amz-Date={date}&X-Amz-Expires={expires}&X-Amz-SignedHeaders=host&X-Amz-Signature=f",
        &date[..8]
    );
    claimed(ErrorFamily::S3, "s3", &uri, &[("host", "h")])
}

#[test]
fn presigned_requests() {
    assert!(presigned("20130609T100000Z", "15").is_ok());
    for (date, expires, code, text) in [
        ("20130609T100000Z", "14", "AccessDenied", "Request has expired"),
        ("20130609T101516Z", "60", "AccessDenied", "Request is not yet valid"),
        ("20130609T100000Z", "x", "AuthorizationQueryParametersError", "X-Amz-Expires should be a number"),
        ("20130609T100000Z", "-1", "AuthorizationQueryParametersError", "X-Amz-Expires must be non-negative"),
        (
            "20130609T100000Z",
            "604801",
            "AuthorizationQueryParametersError",
            "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than \
             604800 seconds",
        ),
    ] {
        let fault = presigned(date, expires).unwrap_err();
        assert_eq!((fault.code.as_ref(), fault.text()), (code, text));
    }
    let half = claimed(ErrorFamily::S3, "s3", "/b?X-Amz-Algorithm=AWS4-HMAC-SHA256", &[("host", "h")]).unwrap_err();
    assert_eq!(half.code, "AuthorizationQueryParametersError");
}

#[test]
fn a_body_is_hashed_or_left_out_by_name() {
    for (hash, body, code) in [
        (Some("UNSIGNED-PAYLOAD"), "any", "SignatureDoesNotMatch"),
        (None, "any", "InvalidRequest"),
        (Some("x"), "any", "InvalidArgument"),
        (Some("STREAMING-AWS4-HMAC-SHA256-PAYLOAD"), "any", "NotImplemented"),
        (Some("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"), "any", "XAmzContentSHA256Mismatch"),
        (Some("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"), "", "SignatureDoesNotMatch"),
    ] {
        let authorization = GOOD.replace("host;", "host;x-amz-content-sha256;");
        let mut headers = vec![("host", "h"), DATE, ("authorization", authorization.as_str())];
        headers.extend(hash.map(|hash| ("x-amz-content-sha256", hash)));
        let parts = parts("/bucket", &headers);
        let expected = Expected { family: ErrorFamily::S3, service: "s3", region: "us-east-1", host_region: None };
        let claim = claim(&parts, &expected, now()).unwrap();
        let fault = claim.verify(&Secret::new("s"), &SigningKeys::new(), &parts, body.as_bytes()).unwrap_err();
        assert_eq!(fault.code, code, "{hash:?}");
    }
}

#[test]
fn a_mismatch_shows_what_was_signed() {
    let authorization = GOOD.replace("host;", "host;x-amz-content-sha256;");
    let headers =
        [("host", "h"), DATE, ("authorization", authorization.as_str()), ("x-amz-content-sha256", "UNSIGNED-PAYLOAD")];
    let parts = parts("/bucket/a%20b?list-type=2", &headers);
    let expected = Expected { family: ErrorFamily::S3, service: "s3", region: "us-east-1", host_region: None };
    let claim = claim(&parts, &expected, now()).unwrap();
    let fault = claim.verify(&Secret::new("s"), &SigningKeys::new(), &parts, b"").unwrap_err();
    let detail = |name: &str| fault.details.iter().find(|(known, _)| known == name).unwrap().1.as_str();
    assert_eq!(
        detail("CanonicalRequest"),
        "POST\n/bucket/a%20b\nlist-type=2\nhost:h\nx-amz-content-sha256:UNSIGNED-PAYLOAD\nx-amz-date:20130609T100015Z\n\n\
         host;x-amz-content-sha256;x-amz-date\nUNSIGNED-PAYLOAD"
    );
    assert!(
        detail("StringToSign").starts_with("AWS4-HMAC-SHA256\n20130609T100015Z\n20130609/us-east-1/s3/aws4_request\n")
    );
    assert!(detail("StringToSignBytes").starts_with("41 57 53 34 2d "));
    assert_eq!(detail("SignatureProvided"), "f");
}
