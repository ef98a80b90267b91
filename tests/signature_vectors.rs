//! Requests that botocore signed are accepted, and refused once anything about them is changed.
//!
//! The recordings are `fixtures/signatures/botocore.json`, made by `record.py` beside it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use http::request::Parts;
use http::{HeaderName, HeaderValue, Method, Request};
use jiff::{SignedDuration, Timestamp};
use passrole::fault::Fault;
use passrole::secret::Secret;
use passrole::signature::{ErrorFamily, Expected, SigningKeys, claim};
use serde::Deserialize;

#[derive(Deserialize)]
struct Recordings {
    now: Timestamp,
    requests: Vec<Recording>,
}

#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Recording {
    name: String,
    service: String,
    region: String,
    access_key_id: String,
    secret_access_key: String,
    session_token: Option<String>,
    presigned: bool,
    method: String,
    uri: String,
    headers: Vec<(String, String)>,
    body: String,
}

impl Recording {
    fn family(&self) -> ErrorFamily {
        match self.service.as_str() {
            "s3" => ErrorFamily::S3,
            "ec2" => ErrorFamily::Ec2,
            "iam" | "sts" => ErrorFamily::Query,
            _ => ErrorFamily::Json,
        }
    }

    fn parts(&self) -> Parts {
        let mut request = Request::builder().method(self.method.as_str()).uri(&self.uri);
        for (name, value) in &self.headers {
            request = request.header(name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        request.body(()).unwrap().into_parts().0
    }
}

fn recordings() -> Recordings {
    serde_json::from_str(include_str!("../fixtures/signatures/botocore.json")).unwrap()
}

fn verify(recording: &Recording, parts: &Parts, body: &[u8], now: Timestamp) -> Result<(), Fault> {
    let expected = Expected {
        family: recording.family(),
        service: &recording.service,
        region: &recording.region,
        host_region: None,
    };
    let claim = claim(parts, &expected, now)?;
    let token = claim.token.as_ref().map(|token| token.expose().to_owned());
    if claim.access_key_id != recording.access_key_id {
        return Err(claim.unknown_key());
    }
    if token != recording.session_token {
        return Err(claim.invalid_token());
    }
    claim.verify(&Secret::new(&recording.secret_access_key), &SigningKeys::new(), parts, body)
}

#[test]
fn what_botocore_signed_is_accepted() {
    let recordings = recordings();
    let keys = SigningKeys::new();
    for recording in &recordings.requests {
        let parts = recording.parts();
        let expected = Expected {
            family: recording.family(),
            service: &recording.service,
            region: &recording.region,
            host_region: None,
        };
        let claim =
            claim(&parts, &expected, recordings.now).unwrap_or_else(|fault| panic!("{}: {fault}", recording.name));
        assert_eq!(claim.access_key_id, recording.access_key_id, "{}", recording.name);
        assert_eq!(claim.region, recording.region, "{}", recording.name);
        assert_eq!(claim.presigned, recording.presigned, "{}", recording.name);
        assert_eq!(claim.token.as_ref().map(Secret::expose), recording.session_token.as_deref(), "{}", recording.name);
        let secret = Secret::new(&recording.secret_access_key);
        // Twice: the second time with the key that the first time left behind.
        for _ in 0..2 {
            let verdict = claim.verify(&secret, &keys, &parts, recording.body.as_bytes());
            assert_eq!(verdict, Ok(()), "{}", recording.name);
        }
        // A key remembered for one secret does not serve another.
        let other = Secret::new(format!("{}x", recording.secret_access_key));
        assert!(claim.verify(&other, &keys, &parts, recording.body.as_bytes()).is_err(), "{}", recording.name);
    }
}

/// Whether a body is left out of the signature, as S3 permits.
fn body_is_signed(recording: &Recording) -> bool {
    let header = recording.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("x-amz-content-sha256"));
    recording.family() != ErrorFamily::S3 || header.is_some_and(|(_, hash)| hash != "UNSIGNED-PAYLOAD")
}

const REFUSALS: [&str; 22] = [
    "IncompleteSignatureException",
    "InvalidSignatureException",
    "MissingAuthenticationTokenException",
    "UnrecognizedClientException",
    "IncompleteSignature",
    "SignatureDoesNotMatch",
    "MissingAuthenticationToken",
    "InvalidClientTokenId",
    "AuthFailure",
    "RequestExpired",
    "AccessDenied",
    "AuthorizationHeaderMalformed",
    "AuthorizationQueryParametersError",
    "InvalidAccessKeyId",
    "InvalidArgument",
    "InvalidRequest",
    "InvalidToken",
    "RequestTimeTooSkewed",
    "XAmzContentSHA256Mismatch",
    "NotImplemented",
    "ExpiredToken",
    "ExpiredTokenException",
];

fn refused(recording: &Recording, parts: &Parts, body: &[u8], now: Timestamp, what: &str) -> Fault {
    let fault = match verify(recording, parts, body, now) {
        Ok(()) => panic!("{}: {what} was changed and nobody noticed", recording.name),
        Err(fault) => fault,
    };
    assert!(REFUSALS.contains(&fault.code.as_ref()), "{}: {what}: {fault}", recording.name);
    fault
}

/// The byte after the given one in the alphabet that it belongs to, so that the text stays legal where it stands.
fn changed(byte: u8) -> u8 {
    match byte {
        b'z' | b'Z' | b'9' => byte - 1,
        byte if byte.is_ascii_alphanumeric() => byte + 1,
        _ => b'x',
    }
}

fn mismatch_code(family: ErrorFamily) -> &'static str {
    match family {
        ErrorFamily::Json => "InvalidSignatureException",
        ErrorFamily::Query | ErrorFamily::S3 => "SignatureDoesNotMatch",
        ErrorFamily::Ec2 => "AuthFailure",
    }
}

#[test]
fn no_byte_of_what_is_signed_can_be_changed() {
    let recordings = recordings();
    let now = recordings.now;
    for recording in &recordings.requests {
        let parts = recording.parts();
        let body = recording.body.as_bytes();

        let mut other = recording.parts();
        other.method = if other.method == Method::POST { Method::PUT } else { Method::POST };
        let fault = refused(recording, &other, body, now, "the method");
        assert_eq!(fault.code, mismatch_code(recording.family()), "{}", recording.name);

        for (place, byte) in body.iter().enumerate().filter(|_| body_is_signed(recording)) {
            let mut other = body.to_vec();
            other[place] = byte ^ 1;
            refused(recording, &parts, &other, now, &format!("byte {place} of the body"));
        }
        if body_is_signed(recording) {
            refused(recording, &parts, &[body, b" "].concat(), now, "the end of the body");
        }

        // Segments that dot segments resolve away are not part of what is signed.
        let path_counts = !recording.uri.contains("/../") || recording.family() == ErrorFamily::S3;
        for place in (1..recording.uri.len()).filter(|_| path_counts) {
            let mut uri = recording.uri.clone().into_bytes();
            uri[place] = changed(uri[place]);
            let uri = String::from_utf8(uri).unwrap();
            let mut other = recording.parts();
            let Ok(parsed) = uri.parse() else { continue };
            other.uri = parsed;
            refused(recording, &other, body, now, &format!("byte {place} of the URI ({uri})"));
        }
        let mut other = recording.parts();
        let mark = if recording.uri.contains('?') { '&' } else { '?' };
        other.uri = format!("{}{mark}added=1", recording.uri).parse().unwrap();
        refused(recording, &other, body, now, "the query's end");
    }
}

fn signed_headers(recording: &Recording) -> Vec<String> {
    let text = recording
        .headers
        .iter()
        .find(|(name, _)| name == "Authorization")
        .map_or(recording.uri.as_str(), |(_, value)| value);
    let list = text.split("SignedHeaders=").nth(1).unwrap();
    let list = list.split([',', '&']).next().unwrap().replace("%3B", ";");
    list.split(';').map(str::to_owned).collect()
}

#[test]
fn no_signed_header_can_be_changed_removed_or_doubled() {
    let recordings = recordings();
    let now = recordings.now;
    for recording in &recordings.requests {
        let body = recording.body.as_bytes();
        for name in signed_headers(recording) {
            let name: HeaderName = name.parse().unwrap();
            let original = recording.parts().headers.get(&name).unwrap().clone();

            for place in 0..original.len() {
                let mut value = original.as_bytes().to_vec();
                // Blanks that are folded away are not part of what is signed.
                if value[place] == b' ' {
                    continue;
                }
                value[place] = changed(value[place]);
                let mut parts = recording.parts();
                parts.headers.insert(&name, HeaderValue::from_bytes(&value).unwrap());
                refused(recording, &parts, body, now, &format!("byte {place} of {name}"));
            }

            let mut parts = recording.parts();
            if !original.is_empty() {
                parts.headers.remove(&name);
                refused(recording, &parts, body, now, &format!("{name}, removed,"));
            }
            let mut parts = recording.parts();
            parts.headers.append(&name, HeaderValue::from_static("more"));
            refused(recording, &parts, body, now, &format!("{name}, doubled,"));
        }
    }
}

#[test]
fn no_part_of_the_authorization_can_be_changed() {
    let recordings = recordings();
    for recording in recordings.requests.iter().filter(|recording| !recording.presigned) {
        let parts = recording.parts();
        let original = parts.headers["authorization"].as_bytes().to_vec();
        for place in 0..original.len() {
            // What parts the pieces is not signed, and a change of it that leaves the pieces is none.
            if b", ".contains(&original[place]) {
                continue;
            }
            let mut value = original.clone();
            value[place] = changed(value[place]);
            let mut parts = recording.parts();
            parts.headers.insert("authorization", HeaderValue::from_bytes(&value).unwrap());
            let what = String::from_utf8_lossy(&value).into_owned();
            refused(recording, &parts, recording.body.as_bytes(), recordings.now, &what);
        }
    }
}

#[test]
fn headers_that_are_not_signed_change_nothing_unless_they_must_be() {
    let recordings = recordings();
    for recording in &recordings.requests {
        let mut parts = recording.parts();
        parts.headers.insert("x-amzn-trace-id", HeaderValue::from_static("Root=1"));
        parts.headers.insert("connection", HeaderValue::from_static("keep-alive"));
        assert_eq!(verify(recording, &parts, recording.body.as_bytes(), recordings.now), Ok(()), "{}", recording.name);
        if !parts.headers.contains_key("x-amz-target") {
            parts.headers.insert("x-amz-target", HeaderValue::from_static("SageMaker.ListTrainingJobs"));
            refused(recording, &parts, recording.body.as_bytes(), recordings.now, "an unsigned target");
        }
    }
}

#[test]
fn a_signature_is_accepted_in_its_time_only() {
    let recordings = recordings();
    for recording in &recordings.requests {
        let parts = recording.parts();
        let (family, name) = (recording.family(), &recording.name);
        let minutes = if family == ErrorFamily::S3 { 15 } else { 5 };
        let tolerance = SignedDuration::from_mins(minutes);
        let life = match recording.uri.split("X-Amz-Expires=").nth(1) {
            Some(rest) => SignedDuration::from_secs(rest.split('&').next().unwrap().parse().unwrap()),
            None => tolerance,
        };
        let second = SignedDuration::from_secs(1);
        for (now, in_time) in [
            (recordings.now + life, true),
            (recordings.now + life + second, false),
            (recordings.now - tolerance, true),
            (recordings.now - tolerance - second, false),
        ] {
            let verdict = verify(recording, &parts, recording.body.as_bytes(), now);
            assert_eq!(verdict.is_ok(), in_time, "{name} at {now}: {verdict:?}");
            let Err(fault) = verdict else { continue };
            let expected: &[&str] = match family {
                ErrorFamily::Json => &["InvalidSignatureException"],
                ErrorFamily::Query => &["SignatureDoesNotMatch"],
                ErrorFamily::Ec2 => &["RequestExpired"],
                ErrorFamily::S3 => &["RequestTimeTooSkewed", "AccessDenied"],
            };
            assert!(expected.contains(&fault.code.as_ref()), "{name}: {fault}");
        }
    }
}

#[test]
fn a_signature_serves_one_service_only() {
    let recordings = recordings();
    for recording in &recordings.requests {
        let other = if recording.family() == ErrorFamily::S3 { "s3-outposts" } else { "dynamodb" };
        let expected = Expected { family: recording.family(), service: other, region: "us-east-1", host_region: None };
        let fault = claim(&recording.parts(), &expected, recordings.now).unwrap_err();
        match recording.family() {
            ErrorFamily::S3 => assert!(fault.text().contains("incorrect service \"s3\""), "{fault}"),
            _ => assert_eq!(fault.text(), "Credential should be scoped to correct service: 'dynamodb'. "),
        }
    }
}
