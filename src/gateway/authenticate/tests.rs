//! Whose key, which token, until when: every way in which credentials are refused, in each family's words.

use std::time::SystemTime;

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{PayloadChecksumKind, SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4::SigningParams;
use http::Request;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::super::route;
use super::*;
use crate::account::AccountId;
use crate::settings::{Pace, Settings, StoreLocation};
use crate::state::store::Batch;

const TOKEN: &str = "FwoGZXIvYXdzEXAMPLETOKEN";

/// A key as a client holds it.
#[derive(Clone, Copy)]
struct Key {
    id: &'static str,
    secret: &'static str,
    token: Option<&'static str>,
}

const fn key(id: &'static str, secret: &'static str) -> Key {
    Key { id, secret, token: None }
}

const ALICE: Key = key("AKIAEXAMPLEALICE0001", "alices");
const SESSION: Key = Key { id: "ASIAEXAMPLESESSION01", secret: "sessions", token: Some(TOKEN) };

struct Laboratory {
    state: State,
    keys: SigningKeys,
}

/// alice with an active and an inactive key, a role, and a session of it that lasts an hour.
fn laboratory() -> Laboratory {
    let trust = json!({
        "Version": "2012-10-17",
        "Statement": [{ "Effect": "Allow", "Principal": { "Service": "sagemaker.amazonaws.com" }, "Action": "sts:AssumeRole" }],
    });
    let world = json!({ "accounts": [{
        "accountId": "000000000000",
        "iam": {
            "UserDetailList": [{ "UserName": "alice" }],
            "RoleDetailList": [{ "RoleName": "Training", "AssumeRolePolicyDocument": trust }],
        },
        "accessKeys": [
            { "UserName": "alice", "AccessKeyId": ALICE.id, "SecretAccessKey": ALICE.secret },
            { "UserName": "alice", "AccessKeyId": "AKIAEXAMPLEALICE0002", "SecretAccessKey": "old", "Status": "Inactive" },
        ],
    }]});
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), world.to_string()).unwrap();
    let settings = Settings {
        store: StoreLocation::Ephemeral,
        worlds: vec![file.path().to_owned()],
        pace: Pace::Manual,
        ..Settings::default()
    };
    let state = State::open(settings).unwrap();
    let now = state.clock().now();
    let session = Session {
        access_key_id: SESSION.id.to_owned(),
        secret: Secret::new(SESSION.secret),
        token: Secret::new(TOKEN),
        principal: state.world().role(AccountId::ZERO, "Training").unwrap().session("me"),
        issued: now,
        expires: now + SignedDuration::from_hours(1),
        policies: None,
        tags: Vec::new(),
        transitive_tag_keys: Vec::new(),
        mfa_authenticated: None,
        source_identity: None,
        issuer: None,
    };
    let mut batch = Batch::new();
    state.sessions().put(&mut batch, &session);
    let _written = state.apply(batch).unwrap();
    Laboratory { state, keys: SigningKeys::new() }
}

/// A request of one service, not yet signed: URI, headers, body.
fn unsigned(service: &str) -> (&'static str, Vec<(&'static str, &'static str)>, &'static str) {
    const FORM: &str = "application/x-www-form-urlencoded";
    match service {
        "sagemaker" => {
            ("/", vec![("content-type", "application/x-amz-json-1.1"), ("x-amz-target", "SageMaker.ListTags")], "{}")
        }
        "sts" => ("/", vec![("content-type", FORM)], "Action=GetCallerIdentity&Version=2011-06-15"),
        "ec2" => ("/", vec![("content-type", FORM)], "Action=DescribeVpcs&Version=2016-11-15"),
        _ => ("/bucket", vec![], ""),
    }
}

impl Laboratory {
    fn try_in(&self, service: &'static str, key: Key, at: Timestamp) -> Result<Caller, Fault> {
        let identity = Credentials::new(key.id, key.secret, key.token.map(str::to_owned), None, "test").into();
        let mut settings = SigningSettings::default();
        if service == "s3" {
            settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
        }
        let params = SigningParams::builder()
            .identity(&identity)
            .region("us-east-1")
            .name(service)
            .time(SystemTime::from(at))
            .settings(settings)
            .build()
            .unwrap()
            .into();
        let (uri, headers, body) = unsigned(service);
        let mut request = Request::builder().method("POST").uri(uri).header("host", "localhost");
        for (name, value) in &headers {
            request = request.header(*name, *value);
        }
        let mut request = request.body(Bytes::from_static(body.as_bytes())).unwrap();
        let url = format!("http://localhost{uri}");
        let signable =
            SignableRequest::new("POST", &url, headers.iter().copied(), SignableBody::Bytes(body.as_bytes())).unwrap();
        sign(signable, &params).unwrap().into_parts().0.apply_to_request_http1x(&mut request);
        let (parts, body) = request.into_parts();
        let route = route::route(&parts, &body).unwrap();
        assert_eq!(route.service.name, service);
        authenticate(&self.state, &self.keys, &parts, &body, &route)
    }

    fn code(&self, service: &'static str, key: Key) -> String {
        self.try_in(service, key, self.state.clock().wall_now())
            .map_or_else(|fault| fault.code.to_string(), |_| "in".to_owned())
    }

    /// The outcome for SageMaker, STS, S3 and EC2.
    fn codes(&self, key: Key) -> [String; 4] {
        ["sagemaker", "sts", "s3", "ec2"].map(|service| self.code(service, key))
    }
}

const IN: [&str; 4] = ["in"; 4];
const UNKNOWN: [&str; 4] = ["UnrecognizedClientException", "InvalidClientTokenId", "InvalidAccessKeyId", "AuthFailure"];
const MISMATCH: [&str; 4] =
    ["InvalidSignatureException", "SignatureDoesNotMatch", "SignatureDoesNotMatch", "AuthFailure"];

#[test]
fn every_key_is_its_holders() {
    let laboratory = laboratory();
    for (key, arn) in [
        (ALICE, "arn:aws:iam::000000000000:user/alice"),
        (key("test", "test"), "arn:aws:iam::000000000000:root"),
        (key("111122223333", "test"), "arn:aws:iam::111122223333:root"),
        (SESSION, "arn:aws:sts::000000000000:assumed-role/Training/me"),
    ] {
        assert_eq!(laboratory.codes(key), IN, "{}", key.id);
        let caller = laboratory.try_in("sagemaker", key, laboratory.state.clock().wall_now()).unwrap();
        assert_eq!((caller.principal.arn().as_str(), caller.access_key_id.as_str()), (arn, key.id));
        assert_eq!(caller.session.is_some(), key.token.is_some());
    }
}

#[test]
fn keys_that_open_nothing() {
    let laboratory = laboratory();
    let token_alone = ["UnrecognizedClientException", "InvalidClientTokenId", "InvalidToken", "AuthFailure"];
    for (key, expected) in [
        (key("AKIAEXAMPLENOBODY001", "alices"), UNKNOWN),
        (key("AKIAEXAMPLEALICE0002", "old"), UNKNOWN),
        (key("alice", "alices"), UNKNOWN),
        (key("11112222333", "test"), UNKNOWN),
        (key(ALICE.id, "bobs"), MISMATCH),
        (key(ALICE.id, ""), MISMATCH),
        (key("test", "alices"), MISMATCH),
        (key("111122223333", "alices"), MISMATCH),
        (Key { token: Some("x"), ..ALICE }, token_alone),
        (Key { token: Some(TOKEN), ..key("test", "test") }, token_alone),
        (Key { token: None, ..SESSION }, UNKNOWN),
        (Key { token: Some("FwoGZXIvYXdzEXAMPLETOKEM"), ..SESSION }, UNKNOWN),
        (Key { token: Some("F"), ..SESSION }, UNKNOWN),
        (Key { secret: "alices", ..SESSION }, MISMATCH),
    ] {
        assert_eq!(laboratory.codes(key), expected, "{} {} {:?}", key.id, key.secret, key.token);
    }
}

#[test]
fn a_session_ends_by_the_virtual_clock_and_signatures_by_the_wall_clock() {
    let laboratory = laboratory();
    let _moved = laboratory.state.clock().advance(SignedDuration::from_mins(59)).unwrap();
    assert_eq!(laboratory.codes(SESSION), IN);
    let _moved = laboratory.state.clock().advance(SignedDuration::from_mins(1)).unwrap();
    let over = ["ExpiredTokenException", "ExpiredToken", "ExpiredToken", "RequestExpired"];
    assert_eq!(laboratory.codes(SESSION), over);
    // Who cannot sign is not told that the session is over, save by S3.
    let forged = laboratory.codes(Key { secret: "guessed", ..SESSION });
    assert_eq!(forged, [MISMATCH[0], MISMATCH[1], "ExpiredToken", MISMATCH[3]]);
    assert_eq!(laboratory.codes(ALICE), IN);
    let virtual_now = laboratory.state.clock().now();
    let early = laboratory.try_in("sagemaker", ALICE, virtual_now).unwrap_err();
    assert!(early.text().starts_with("Signature not yet current: "), "{early}");
}

#[test]
fn who_is_gone_has_no_keys() {
    let laboratory = laboratory();
    let state = &laboratory.state;
    {
        let _writer = state.writer();
        let removed = state.worlds().change(|edit| {
            edit.remove_role(AccountId::ZERO, "Training");
            edit.remove_access_key(ALICE.id);
            Ok(())
        });
        assert!(removed.is_ok());
    }
    assert_eq!(laboratory.codes(SESSION), UNKNOWN);
    assert_eq!(laboratory.codes(ALICE), UNKNOWN);
}
