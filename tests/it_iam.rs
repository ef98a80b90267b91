//! The IAM API in process: signed requests into the gateway, bytes out.
//!
//! What SDKs hide is looked at here: the XML, the encoding of policies, the statuses; and that no operation is served
//! unasked.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may fail loudly")]

#[path = "support/client.rs"]
mod client;

use std::net::SocketAddr;

use bytes::Bytes;
use passrole::gateway::{self, Emulator};
use passrole::model;
use passrole::services::iam::operation;
use passrole::settings::{Settings, StoreLocation};
use passrole::state::State;

use client::{Key, Request};

const ROOT: Key = Key { id: "test", secret: "test", token: None, region: "us-east-1" };
const ANN: Key = Key { id: "AKIAEXAMPLEANN000001", secret: "ann", token: None, region: "us-east-1" };

/// One user without any permission, and nothing else.
const WORLD: &str = r#"{"accounts":[{"accountId":"000000000000",
    "iam":{"UserDetailList":[{"UserName":"ann"}]},
    "accessKeys":[{"UserName":"ann","AccessKeyId":"AKIAEXAMPLEANN000001","SecretAccessKey":"ann"}]}]}"#;

struct Inside {
    emulator: Emulator,
    address: SocketAddr,
}

impl Inside {
    fn new() -> Inside {
        let settings = Settings { store: StoreLocation::Ephemeral, built_in_world: Some(WORLD), ..Settings::default() };
        let address = SocketAddr::from(([127, 0, 0, 1], 4566));
        Inside { emulator: Emulator::new(State::open(settings).unwrap(), address), address }
    }

    /// Status and body of a call of the query protocol.
    fn call(&self, key: &Key, form: &str) -> (u16, String) {
        let signed = Request::query(&format!("{form}&Version=2010-05-08")).signed(key, self.address, "iam");
        let mut request = http::Request::builder().method(signed.method).uri(&signed.target);
        request = request.header("host", self.address.to_string());
        for (name, value) in &signed.headers {
            request = request.header(name, value);
        }
        let request = request.body(Bytes::from(signed.body)).unwrap();
        let response = gateway::answer(&self.emulator, request, self.address).response;
        let body = String::from_utf8(response.body().to_vec()).unwrap();
        (response.status().as_u16(), body)
    }
}

/// Every member that an operation of IAM may need, under the names that they share; unknown ones are ignored.
fn everything() -> String {
    let trust = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}}"#;
    let document = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}"#;
    let members = [
        ("UserName", "ann"),
        ("GroupName", "g"),
        ("RoleName", "r"),
        ("InstanceProfileName", "p"),
        ("PolicyName", "p"),
        ("AccessKeyId", ANN.id),
        ("Status", "Active"),
        ("AccountAlias", "alias"),
        ("AWSServiceName", "spot.amazonaws.com"),
        ("DeletionTaskId", "task/aws-service-role/spot.amazonaws.com/r/1"),
        ("VersionId", "v1"),
        ("Arn", "arn:aws:iam::000000000000:user/ann"),
        ("PolicySourceArn", "arn:aws:iam::000000000000:user/ann"),
        ("ServiceNamespaces.member.1", "s3"),
        ("PolicyArn", "arn:aws:iam::000000000000:policy/p"),
        ("AssumeRolePolicyDocument", trust),
        ("PolicyDocument", document),
        ("PolicyInputList.member.1", document),
        ("ActionNames.member.1", "s3:GetObject"),
        ("Description", "d"),
        ("Tags.member.1.Key", "k"),
        ("Tags.member.1.Value", "v"),
        ("TagKeys.member.1", "k"),
    ];
    form_urlencoded::Serializer::new(String::new()).extend_pairs(members).finish()
}

/// Users and roles are made without a boundary; it would have to exist, too.
fn form(operation: &str) -> String {
    let mut form = format!("Action={operation}&{}", everything());
    if operation.contains("PermissionsBoundary") {
        form.push_str("&PermissionsBoundary=arn%3Aaws%3Aiam%3A%3Aaws%3Apolicy%2FReadOnlyAccess");
    }
    form
}

#[test]
fn no_operation_is_served_unasked() {
    let inside = Inside::new();
    let mut names: Vec<&str> = operation::names().collect();
    names.sort_unstable();
    assert!(names.len() > 90, "{}", names.len());
    for name in names {
        let (status, body) = inside.call(&ANN, &form(name));
        let denied = format!("is not authorized to perform: iam:{name} on resource: ");
        assert!(status == 403 && body.contains("<Code>AccessDenied</Code>"), "{name}: {status} {body}");
        assert!(body.contains(&denied) && body.contains("because no identity-based policy allows"), "{name}: {body}");
    }
}

#[test]
fn no_operation_fails_by_itself() {
    let names: Vec<&str> = operation::names().collect();
    for name in names {
        let (status, body) = Inside::new().call(&ROOT, &form(name));
        assert!(matches!(status, 200 | 400 | 404 | 409), "{name}: {status} {body}");
        assert!(!body.contains("ValidationError"), "{name}: {body}");
    }
}

#[test]
fn what_is_not_built_says_so_before_anything_else() {
    let inside = Inside::new();
    let model = model::service("iam").unwrap();
    let absent: Vec<_> = model.operations().filter(|known| operation::find(known.name).is_none()).collect();
    assert!(!absent.is_empty() && absent.len() < 90, "{}", absent.len());
    for known in absent {
        assert_eq!(inside.call(&ROOT, &form(known.name)).0, 501, "{}", known.name);
    }
}

/// A call, its status, and what its answer holds.
type Step = (&'static str, u16, &'static [&'static str]);

fn play(steps: &[Step]) {
    let inside = Inside::new();
    for (form, status, parts) in steps {
        let answer = inside.call(&ROOT, form);
        assert_eq!(answer.0, *status, "{form}: {}", answer.1);
        for part in *parts {
            assert!(answer.1.contains(part), "{form}: no `{part}` in {}", answer.1);
        }
    }
}

#[test]
fn answers_are_iams_xml() {
    play(&[
        (
            "Action=CreateUser&UserName=bob&Path=%2Feng%2F",
            200,
            &[
                "<CreateUserResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\">",
                "<CreateUserResult>",
                "<Arn>arn:aws:iam::000000000000:user/eng/bob</Arn>",
                "<UserId>AIDA",
                "Z</CreateDate>",
                "<ResponseMetadata>",
            ],
        ),
        ("Action=GetUser&UserName=bob", 200, &["<GetUserResult>", "<Path>/eng/</Path>"]),
        (
            "Action=CreateUser&UserName=BOB",
            409,
            &[
                "<ErrorResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\">",
                "<Type>Sender</Type>",
                "<Code>EntityAlreadyExists</Code>",
                "<Message>User with name BOB already exists.</Message>",
                "<RequestId>",
            ],
        ),
        ("Action=ListUserTags&UserName=bob", 200, &["<Tags/>", "<IsTruncated>false</IsTruncated>"]),
        ("Action=DeleteUser&UserName=bob", 200, &["<DeleteUserResponse", "<ResponseMetadata>"]),
        ("Action=GetUser&UserName=bob", 404, &["<Code>NoSuchEntity</Code>"]),
        (
            "Action=CreateUser&UserName=a%20b",
            400,
            &["<Code>ValidationError</Code>", "The specified value for userName is invalid."],
        ),
        ("Action=NoSuchAction", 400, &["<Code>InvalidAction</Code>"]),
    ]);
}

#[test]
fn policies_are_answered_percent_encoded() {
    play(&[
        ("Action=CreateUser&UserName=u", 200, &[]),
        (
            "Action=PutUserPolicy&UserName=u&PolicyName=p&PolicyDocument=%7B%22Version%22%3A%222012-10-17%22%2C+%22Statement%22%3A%0A%7B%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%22s3%3A%2A%22%2C%22Resource%22%3A%22arn%3Aaws%3As3%3A%3A%3Ab%2Fa_b-c.d~e%22%7D%7D",
            200,
            &[],
        ),
        (
            "Action=GetUserPolicy&UserName=u&PolicyName=p",
            200,
            &[
                "%7B%22Version%22%3A%222012-10-17%22%2C%20%22Statement%22%3A%0A%7B%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%22s3%3A%2A%22%2C%22Resource%22%3A%22arn%3Aaws%3As3%3A%3A%3Ab%2Fa_b-c.d~e%22%7D%7D",
            ],
        ),
        (
            "Action=CreatePolicy&PolicyName=p&PolicyDocument=%7B",
            400,
            &["<Code>MalformedPolicyDocument</Code>", "<Message>Syntax errors in policy.</Message>"],
        ),
    ]);
}
