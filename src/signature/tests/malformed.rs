//! What every service but S3 says of a signature that it does not even compute.

use super::*;

const DATE: (&str, &str) = ("x-amz-date", "20130609T100015Z");

/// A request with an `Authorization` header and a good date.
fn by_header(family: ErrorFamily, authorization: &str) -> Fault {
    claimed(family, "sagemaker", "/", &[("host", "h"), DATE, ("authorization", authorization)]).unwrap_err()
}

#[track_caller]
fn check(fault: &Fault, code: &str, text: &str) {
    assert_eq!((fault.code.as_ref(), fault.text()), (code, text));
}

#[test]
fn both_places_or_none() {
    for (family, invalid, missing) in [
        (ErrorFamily::Json, "InvalidSignatureException", "MissingAuthenticationTokenException"),
        (ErrorFamily::Query, "SignatureDoesNotMatch", "MissingAuthenticationToken"),
        (ErrorFamily::Ec2, "SignatureDoesNotMatch", "MissingAuthenticationToken"),
    ] {
        let both = claimed(family, "iam", "/?X-Amz-Algorithm", &[("authorization", "AWS4-x")]).unwrap_err();
        let text = "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.";
        check(&both, invalid, text);
        for headers in
            [&[][..], &[("authorization", "")], &[("authorization", "Bearer x")], &[("authorization", "AWS x:y")]]
        {
            let none = claimed(family, "iam", "/", headers).unwrap_err();
            check(&none, missing, "Request is missing Authentication Token");
        }
        let signature_alone = claimed(family, "iam", "/?X-Amz-Signature=x", &[]).unwrap_err();
        check(&signature_alone, missing, "Request is missing Authentication Token");
    }
}

#[test]
fn pieces_without_an_equal_sign() {
    for (authorization, piece) in [
        ("AWS4-HMAC-SHA256 x", "x"),
        ("AWS4-HMAC-SHA256 Credential= key/20130609", "key/20130609"),
        ("AWS4-HMAC-SHA256 Credential=a /b/c, Signature=d", "/b/c"),
        ("AWS4-  Credential=a,,x,y", "x"),
    ] {
        let text = format!(
            "'{piece}' not a valid key=value pair (missing equal-sign) in Authorization header: '{authorization}'."
        );
        check(&by_header(ErrorFamily::Json, authorization), "IncompleteSignatureException", &text);
        check(&by_header(ErrorFamily::Query, authorization), "IncompleteSignature", &text);
    }
}

#[test]
fn missing_parts_are_listed_in_order() {
    let credential = "Authorization header requires 'Credential' parameter. ";
    let signature = "Authorization header requires 'Signature' parameter. ";
    let signed_headers = "Authorization header requires 'SignedHeaders' parameter. ";
    let date = "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ";
    for (authorization, dated, expected) in [
        ("AWS4-HMAC-SHA256", true, [credential, signature, signed_headers, ""]),
        ("AWS4-", false, [credential, signature, signed_headers, date]),
        ("AWS4-HMAC-SHA256 Credential=a", true, ["", signature, signed_headers, ""]),
        ("AWS4-HMAC-SHA256 Signature=a", true, [credential, "", signed_headers, ""]),
        ("AWS4-HMAC-SHA256 Signature=a,Credential=b", true, ["", "", signed_headers, ""]),
        ("AWS4-HMAC-SHA256 Signature=a,Credential=b,SignedHeaders=", true, ["", "", signed_headers, ""]),
        ("AWS4-HMAC-SHA256 Signature=a,Credential=b,SignedHeaders=c", false, ["", "", "", date]),
        (
            "AWS4-HMAC-SHA256 credential=a, signature=b, signedheaders=c",
            true,
            [credential, signature, signed_headers, ""],
        ),
    ] {
        let headers =
            if dated { &[("authorization", authorization), DATE][..] } else { &[("authorization", authorization)] };
        let fault = claimed(ErrorFamily::Json, "sagemaker", "/", headers).unwrap_err();
        let text = format!("{}Authorization={authorization}", expected.concat());
        check(&fault, "IncompleteSignatureException", &text);
    }
}

#[test]
fn missing_query_parameters_are_listed_in_order() {
    let all = ["X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature", "X-Amz-SignedHeaders", "X-Amz-Date"];
    for given in 0..all.len() {
        // The algorithm's presence makes the request a presigned one; it may yet be empty.
        let uri = format!("/?X-Amz-Algorithm=&{}=x", all[given]);
        let expected: String = all
            .iter()
            .filter(|name| **name != all[given] || given == 0)
            .map(|name| format!("AWS query-string parameters must include '{name}'. "))
            .collect();
        let fault = claimed(ErrorFamily::Json, "sagemaker", &uri, &[]).unwrap_err();
        check(&fault, "IncompleteSignatureException", &format!("{expected}Re-examine the query-string parameters."));
    }
}

#[test]
fn parameters_that_come_twice_are_refused() {
    let twice = "AWS4-HMAC-SHA256 Credential=a/20130609/us-east-1/sagemaker/aws4_request, SignedHeaders=host, \
                 Signature=b, Credential=c/20130609/us-east-1/sagemaker/aws4_request";
    let fault = by_header(ErrorFamily::Json, twice);
    assert_eq!(fault.code, "IncompleteSignatureException");
    let headers = [
        ("host", "h"),
        DATE,
        ("authorization", "AWS4-HMAC-SHA256 Credential=a"),
        ("authorization", "AWS4-HMAC-SHA256 b=c"),
    ];
    let fault = claimed(ErrorFamily::Json, "sagemaker", "/", &headers).unwrap_err();
    assert_eq!(fault.code, "IncompleteSignatureException");
}

fn dated(date: &str) -> Result<Claim, Fault> {
    let day = date.get(..8).filter(|day| !day.contains(' ')).unwrap_or_default();
    let authorization = format!(
        "AWS4-HMAC-SHA256 Credential=a/{day}/us-east-1/sagemaker/aws4_request, SignedHeaders=host;x-amz-date, Signature=b"
    );
    claimed(
        ErrorFamily::Json,
        "sagemaker",
        "/",
        &[("host", "h"), ("x-amz-date", date), ("authorization", &authorization)],
    )
}

#[test]
fn dates_that_are_none() {
    for date in
        ["201", "", "2013-06-09T10:00:15Z", "20130609T100015", "20131309T100015Z", "Sun, 09 Jun 2013 10:00:15 GMT"]
    {
        let text =
            format!("Date must be in ISO-8601 'basic format'. Got '{date}'. See http://en.wikipedia.org/wiki/ISO_8601");
        check(&dated(date).unwrap_err(), "IncompleteSignatureException", &text);
    }
}

#[test]
fn dates_out_of_time() {
    for (date, text) in [
        ("20130609T095515Z", None),
        ("20130609T100515Z", None),
        (
            "20130609T095514Z",
            Some(
                "Signature expired: 20130609T095514Z is now earlier than 20130609T095515Z (20130609T100015Z - 5 min.)",
            ),
        ),
        (
            "20130301T000000Z",
            Some(
                "Signature expired: 20130301T000000Z is now earlier than 20130609T095515Z (20130609T100015Z - 5 min.)",
            ),
        ),
        (
            "20130609T100516Z",
            Some(
                "Signature not yet current: 20130609T100516Z is still later than 20130609T100515Z (20130609T100015Z + 5 min.)",
            ),
        ),
    ] {
        match (dated(date), text) {
            (Ok(_), None) => {}
            (Err(fault), Some(text)) => check(&fault, "InvalidSignatureException", text),
            (given, expected) => panic!("{date}: {given:?}, expected {expected:?}"),
        }
    }
}

#[test]
fn presigned_requests_live_as_long_as_they_say() {
    for (date, expires, text) in [
        ("20130609T100000Z", "15", None),
        ("20130602T100015Z", "604800", None),
        (
            "20130609T100000Z",
            "14",
            Some(
                "Signature expired: 20130609T100000Z is now earlier than 20130609T100001Z (20130609T100015Z - 14 sec.)",
            ),
        ),
        (
            "20130609T095900Z",
            "60",
            Some(
                "Signature expired: 20130609T095900Z is now earlier than 20130609T095915Z (20130609T100015Z - 1 min.)",
            ),
        ),
        ("20130609T100000Z", "0", Some("X-Amz-Expires")),
        ("20130609T100000Z", "604801", Some("X-Amz-Expires")),
        ("20130609T100000Z", "-1", Some("X-Amz-Expires")),
        ("20130609T100000Z", "soon", Some("X-Amz-Expires")),
        ("20130609T100000Z", "99999999999999999999", Some("X-Amz-Expires")),
    ] {
        let day = &date[..8];
        let uri = format!(
            "/?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=a%2F{day}%2Fus-east-1%2Fsts%2Faws4_request\
             &X-Amz-Date={date}&X-Amz-Expires={expires}&X-Amz-SignedHeaders=host&X-Amz-Signature=b"
        );
        match (claimed(ErrorFamily::Query, "sts", &uri, &[("host", "h")]), text) {
            (Ok(claim), None) => assert!(claim.presigned),
            (Err(fault), Some(text)) => assert!(fault.text().contains(text), "{date} {expires}: {fault}"),
            (given, expected) => panic!("{date} {expires}: {given:?}, expected {expected:?}"),
        }
    }
}

fn scoped(algorithm: &str, credential: &str, signed_headers: &str) -> Result<Claim, Fault> {
    let authorization = format!("{algorithm} Credential={credential}, SignedHeaders={signed_headers}, Signature=f");
    claimed(
        ErrorFamily::Json,
        "sagemaker",
        "/",
        &[("host", "h"), DATE, ("x-amz-target", "SageMaker.ListTags"), ("authorization", &authorization)],
    )
}

#[test]
fn what_must_be_signed_and_by_what_algorithm() {
    let good = "a/20130609/us-east-1/sagemaker/aws4_request";
    let all = "host;x-amz-date;x-amz-target";
    assert!(scoped("AWS4-HMAC-SHA256", good, all).is_ok());
    assert!(scoped("AWS4-HMAC-SHA256", good, "Host;X-Amz-Target").is_ok());
    for (algorithm, credential, signed_headers, code, text) in [
        (
            "AWS4-HMAC-SHA256",
            good,
            "x-amz-date;x-amz-target",
            "InvalidSignatureException",
            "'Host' must be a 'SignedHeader' in the AWS Authorization.",
        ),
        (
            "AWS4-HMAC-SHA256",
            good,
            "host;x-amz-date",
            "InvalidSignatureException",
            "'X-Amz-Target' must be a 'SignedHeader' in the AWS Authorization.",
        ),
        (
            "AWS4-HMAC-SHA25",
            good,
            all,
            "IncompleteSignatureException",
            "Unsupported AWS 'algorithm': 'AWS4-HMAC-SHA25' (only AWS4-HMAC-SHA256 for now). ",
        ),
        (
            "AWS4-HMAC-SHA256",
            "a/b/c/d",
            all,
            "IncompleteSignatureException",
            "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got 'a/b/c/d'",
        ),
        (
            "AWS4-HMAC-SHA256",
            "a/20130609/us-east-1/sagemaker/aws4_request/more",
            all,
            "IncompleteSignatureException",
            "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got \
             'a/20130609/us-east-1/sagemaker/aws4_request/more'",
        ),
    ] {
        check(&scoped(algorithm, credential, signed_headers).unwrap_err(), code, text);
    }
}

#[test]
fn scopes_elsewhere() {
    let region = "Credential should be scoped to a valid region, not 'c'. ";
    let service = "Credential should be scoped to correct service: 'sagemaker'. ";
    let terminator = "Credential should be scoped with a valid terminator: 'aws4_request', not 'e'. ";
    let day = "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: 'b' != \
               '20130609', from '20130609T100015Z'. ";
    for (credential, sentences) in [
        ("a/b/c/d/e", &[region, service, terminator, day][..]),
        ("a/20130609/c/sagemaker/aws4_request", &[region]),
        ("a/20130609/us-east-1/iam/aws4_request", &[service]),
        ("a/20130609/us-east-1/SageMaker/aws4_request", &[service]),
        ("a/20130609/us-east-1/sagemaker/e", &[terminator]),
        ("a/b/us-east-1/sagemaker/aws4_request", &[day]),
        ("a/b/us-east-1/sagemaker/e", &[terminator, day]),
    ] {
        let fault = scoped("AWS4-HMAC-SHA256", credential, "host;x-amz-target").unwrap_err();
        check(&fault, "InvalidSignatureException", &sentences.concat());
    }
    for region in
        ["us-east-1", "eu-west-3", "us-gov-west-1", "cn-north-1", "us-iso-east-1", "ap-southeast-12", "eusc-de-east-1"]
    {
        let credential = format!("a/20130609/{region}/sagemaker/aws4_request");
        let claim = scoped("AWS4-HMAC-SHA256", &credential, "host;x-amz-target").unwrap();
        assert_eq!(claim.region, region);
    }
    for region in ["", "us", "us-east", "us-1", "us-east-1a", "US-EAST-1", "us_east_1", "us-east-1-"] {
        let credential = format!("a/20130609/{region}/sagemaker/aws4_request");
        assert!(scoped("AWS4-HMAC-SHA256", &credential, "host;x-amz-target").is_err(), "{region}");
    }
}

#[test]
fn two_tokens_that_differ_belong_to_nobody() {
    let authorization = "AWS4-HMAC-SHA256 Credential=a/20130609/us-east-1/sagemaker/aws4_request, \
                         SignedHeaders=host;x-amz-security-token, Signature=b";
    let headers = |token| [("host", "h"), DATE, ("authorization", authorization), ("x-amz-security-token", token)];
    let given = |uri, token| claimed(ErrorFamily::Json, "sagemaker", uri, &headers(token));
    assert_eq!(given("/", "t").unwrap().token.unwrap().expose(), "t");
    assert_eq!(given("/?X-Amz-Security-Token=t", "t").unwrap().token.unwrap().expose(), "t");
    assert_eq!(given("/?X-Amz-Security-Token=u", "t").unwrap_err().code, "UnrecognizedClientException");
}

#[test]
fn each_family_has_its_own_words() {
    for (family, unknown, expired) in [
        (ErrorFamily::Json, "UnrecognizedClientException", "ExpiredTokenException"),
        (ErrorFamily::Query, "InvalidClientTokenId", "ExpiredToken"),
        (ErrorFamily::S3, "InvalidAccessKeyId", "ExpiredToken"),
        (ErrorFamily::Ec2, "AuthFailure", "RequestExpired"),
    ] {
        assert_eq!(family.unknown_key("a").code, unknown);
        assert_eq!(family.expired_token(None).code, expired);
    }
    let invalid = "The security token included in the request is invalid.";
    check(&ErrorFamily::Json.unknown_key("a"), "UnrecognizedClientException", invalid);
    let over = "The security token included in the request is expired";
    check(&ErrorFamily::Json.expired_token(None), "ExpiredTokenException", over);
    let mismatch = "The request signature we calculated does not match the signature you provided. Check your AWS Secret \
                    Access Key and signing method. Consult the service documentation for details.";
    check(&ErrorFamily::Json.mismatch(), "InvalidSignatureException", mismatch);
    check(&ErrorFamily::Query.mismatch(), "SignatureDoesNotMatch", mismatch);
}
