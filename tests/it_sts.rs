//! Who may assume a role, through `gateway::answer`: the rules of IAM for trust policies, a row each.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::disallowed_methods)]
#![allow(clippy::too_many_lines, reason = "tables of cases are written in place")]

use std::net::SocketAddr;
use std::time::SystemTime;

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4::SigningParams;
use bytes::Bytes;
use http::Request;
use passrole::gateway::{self, Emulator};
use passrole::settings::{Settings, StoreLocation};
use passrole::state::State;
use serde_json::{Value, json};

const HOME: &str = "000000000000";
const AWAY: &str = "111122223333";
const ANN: &str = "arn:aws:iam::000000000000:user/ann";
const TARGET: &str = "arn:aws:iam::000000000000:role/Target";
const HOST: &str = "127.0.0.1:4566";

/// What a row varies: the members of the world that bear on whether ann, or a session of hers, may assume the role.
#[derive(Clone, Default)]
struct Row {
    trusted: Value,
    identity: Value,
    boundary: Value,
    service_control: Value,
    resource_control: Value,
}

impl Row {
    fn emulator(&self) -> Emulator {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), self.world().to_string()).unwrap();
        let worlds = vec![file.path().to_owned()];
        let settings = Settings { store: StoreLocation::Ephemeral, worlds, ..Settings::default() };
        Emulator::new(State::open(settings).unwrap(), HOST.parse().unwrap())
    }

    fn world(&self) -> Value {
        let trust =
            |principal: &Value, effect: &str| json!({ "Effect": effect, "Principal": principal, "Action": "sts:*" });
        let bounded = |account: &str| match &self.boundary {
            Value::Null => Value::Null,
            _ => {
                json!({ "PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": format!("arn:aws:iam::{account}:policy/Limit") })
            }
        };
        let account = |id: &str, role: Value| {
            let mut user = json!({ "UserName": "ann", "UserPolicyList": inline(&self.identity) });
            if bounded(id) != Value::Null {
                user["PermissionsBoundary"] = bounded(id);
            }
            json!({
                "accountId": id,
                "iam": { "UserDetailList": [user], "RoleDetailList": role, "Policies": self.limit(id) },
                "accessKeys": [{ "UserName": "ann", "AccessKeyId": format!("AKIA{id}ANNA"), "SecretAccessKey": "anns" }],
            })
        };
        let roles = json!([
            { "RoleName": "Target", "AssumeRolePolicyDocument": policy(&json!([trust(&self.trusted, "Allow")])) },
            {
                "RoleName": "Step",
                "AssumeRolePolicyDocument": policy(&json!([trust(&json!({ "AWS": ANN }), "Allow")])),
                "RolePolicyList": inline(&self.identity),
            },
        ]);
        let laid_over = |list: &Value, principal: Value| -> Value {
            let Value::Array(statements) = list else { return json!([]) };
            let statements: Vec<Value> = statements
                .iter()
                .map(|statement| {
                    let mut statement = statement.clone();
                    if !principal.is_null() {
                        statement["Principal"] = principal.clone();
                    }
                    statement
                })
                .collect();
            json!([{ "Name": "Laid", "Targets": [HOME], "Content": policy(&json!(statements)) }])
        };
        json!({
            "accounts": [account(HOME, roles), account(AWAY, json!([]))],
            "organization": {
                "serviceControlPolicies": laid_over(&self.service_control, Value::Null),
                "resourceControlPolicies": laid_over(&self.resource_control, json!("*")),
            },
        })
    }

    fn limit(&self, account: &str) -> Value {
        if self.boundary.is_null() {
            return json!([]);
        }
        json!([{
            "PolicyName": "Limit", "Arn": format!("arn:aws:iam::{account}:policy/Limit"), "DefaultVersionId": "v1",
            "PolicyVersionList": [{ "VersionId": "v1", "IsDefaultVersion": true, "Document": policy(&self.boundary) }],
        }])
    }
}

fn policy(statements: &Value) -> Value {
    json!({ "Version": "2012-10-17", "Statement": statements })
}

fn inline(statements: &Value) -> Value {
    if statements.is_null() {
        json!([])
    } else {
        json!([{ "PolicyName": "Own", "PolicyDocument": policy(statements) }])
    }
}

#[derive(Clone)]
struct Key {
    id: String,
    secret: String,
    token: Option<String>,
}

/// Sends one call of STS and answers status and body.
fn call(emulator: &Emulator, key: &Key, form: &str) -> (u16, String) {
    let identity = Credentials::new(&key.id, &key.secret, key.token.clone(), None, "test").into();
    let parameters = SigningParams::builder()
        .identity(&identity)
        .region("us-east-1")
        .name("sts")
        .time(SystemTime::now())
        .settings(SigningSettings::default())
        .build()
        .unwrap()
        .into();
    let content_type = "application/x-www-form-urlencoded";
    let body = format!("Version=2011-06-15&{form}");
    let headers = [("content-type", content_type)].into_iter();
    let signable =
        SignableRequest::new("POST", format!("http://{HOST}/"), headers, SignableBody::Bytes(body.as_bytes())).unwrap();
    let (instructions, _) = sign(signable, &parameters).unwrap().into_parts();
    let mut request =
        Request::builder().method("POST").uri("/").header("host", HOST).header("content-type", content_type);
    for (name, value) in instructions.headers() {
        request = request.header(name, value);
    }
    let request = request.body(Bytes::from(body)).unwrap();
    let answer = gateway::answer(emulator, request, SocketAddr::from(([127, 0, 0, 1], 9)));
    let body = String::from_utf8(answer.response.body().to_vec()).unwrap();
    (answer.response.status().as_u16(), body)
}

fn assume(emulator: &Emulator, key: &Key, role: &str) -> (u16, String) {
    call(emulator, key, &format!("Action=AssumeRole&RoleArn={role}&RoleSessionName=work"))
}

fn element(body: &str, name: &str) -> String {
    let start = body.find(&format!("<{name}>")).unwrap() + name.len() + 2;
    body[start..start + body[start..].find("</").unwrap()].to_owned()
}

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Who {
    User,
    /// A session of the role `Step`, which has ann's policies and no boundary.
    Session,
    /// The user of the other account.
    Foreigner,
}

fn key(emulator: &Emulator, who: Who) -> Key {
    let long_term = |account: &str| Key { id: format!("AKIA{account}ANNA"), secret: "anns".to_owned(), token: None };
    match who {
        Who::User => long_term(HOME),
        Who::Foreigner => long_term(AWAY),
        Who::Session => {
            let (status, body) = assume(emulator, &long_term(HOME), "arn:aws:iam::000000000000:role/Step");
            assert_eq!(status, 200, "{body}");
            let part = |name| element(&body, name);
            Key { id: part("AccessKeyId"), secret: part("SecretAccessKey"), token: Some(part("SessionToken")) }
        }
    }
}

#[test]
fn the_rules_of_trust() {
    let allow = |action: &str| json!([{ "Effect": "Allow", "Action": action, "Resource": "*" }]);
    let deny = |action: &str, on: &str| json!([{ "Effect": "Allow", "Action": "*", "Resource": "*" }, { "Effect": "Deny", "Action": action, "Resource": on }]);
    let aws = |principal: &str| json!({ "AWS": principal });
    let (step, session) = ("arn:aws:iam::000000000000:role/Step", "arn:aws:sts::000000000000:assumed-role/Step/work");
    let row = |trusted: Value| Row { trusted, ..Row::default() };
    let with = |trusted: Value, identity: Value| Row { trusted, identity, ..Row::default() };
    let foreign = format!("arn:aws:iam::{AWAY}:user/ann");
    let all = || allow("*");
    let rows = [
        ("a user that is named needs nothing else", Who::User, row(aws(ANN)), true),
        ("the account that is named only delegates", Who::User, row(aws(HOME)), false),
        ("and its user's policy allows", Who::User, with(aws(HOME), allow("sts:AssumeRole")), true),
        ("a policy alone opens no role", Who::User, with(aws(AWAY), all()), false),
        (
            "nor does a policy open a role that trusts a service",
            Who::User,
            with(json!({ "Service": "ec2.amazonaws.com" }), all()),
            false,
        ),
        ("everybody", Who::User, row(json!("*")), true),
        ("an explicit deny of the user's own wins", Who::User, with(aws(ANN), deny("sts:AssumeRole", TARGET)), false),
        (
            "a boundary does not limit a user that is named",
            Who::User,
            Row { boundary: allow("s3:*"), ..row(aws(ANN)) },
            true,
        ),
        (
            "a boundary limits a user of the account",
            Who::User,
            Row { boundary: allow("s3:*"), ..with(aws(HOME), all()) },
            false,
        ),
        ("a boundary that denies", Who::User, Row { boundary: deny("sts:*", TARGET), ..row(aws(ANN)) }, false),
        ("an SCP that does not allow", Who::User, Row { service_control: allow("s3:*"), ..row(aws(ANN)) }, false),
        ("an SCP that allows", Who::User, Row { service_control: all(), ..row(aws(ANN)) }, true),
        (
            "an RCP that denies",
            Who::User,
            Row {
                resource_control: json!([{ "Effect": "Deny", "Action": "sts:AssumeRole", "Resource": TARGET }]),
                ..row(aws(ANN))
            },
            false,
        ),
        ("a role that is named", Who::Session, row(aws(step)), true),
        ("a session that is named", Who::Session, row(aws(session)), true),
        ("another session of the role", Who::Session, row(aws(&format!("{session}2"))), false),
        ("the account of a session", Who::Session, row(aws(HOME)), false),
        (
            "the account of a session and its role's policy",
            Who::Session,
            with(aws(HOME), allow("sts:AssumeRole")),
            true,
        ),
        ("the user behind a session is not the session", Who::Session, row(aws(ANN)), false),
        ("a foreigner that is named needs its own account's leave", Who::Foreigner, row(aws(&foreign)), false),
        ("and has it", Who::Foreigner, with(aws(&foreign), all()), true),
        ("a foreign account that is named", Who::Foreigner, with(aws(AWAY), all()), true),
        ("a foreigner that is not named", Who::Foreigner, with(aws(HOME), all()), false),
        ("a foreigner's boundary", Who::Foreigner, Row { boundary: allow("s3:*"), ..with(aws(AWAY), all()) }, false),
        (
            "the SCPs of the role's account do not bind a foreigner",
            Who::Foreigner,
            Row { service_control: allow("s3:*"), ..with(aws(AWAY), all()) },
            true,
        ),
    ];
    for (name, who, row, allowed) in rows {
        let emulator = row.emulator();
        let (status, body) = assume(&emulator, &key(&emulator, who), TARGET);
        assert_eq!(status == 200, allowed, "{name}: {status} {body}");
        if allowed {
            assert_eq!(element(&body, "Arn"), "arn:aws:sts::000000000000:assumed-role/Target/work", "{name}");
            continue;
        }
        let asker = match who {
            Who::User => ANN.to_owned(),
            Who::Foreigner => foreign.clone(),
            Who::Session => session.to_owned(),
        };
        let message = format!("User: {asker} is not authorized to perform: sts:AssumeRole on resource: {TARGET}");
        assert_eq!((status, element(&body, "Message")), (403, message), "{name}");
    }
}

#[test]
fn a_session_ends_with_its_role_and_its_user() {
    let open = Row {
        trusted: json!({ "AWS": ANN }),
        identity: json!([{ "Effect": "Allow", "Action": "*", "Resource": "*" }]),
        ..Row::default()
    };
    let emulator = open.emulator();
    let user = key(&emulator, Who::User);
    let credentials = |form: &str| {
        let (status, body) = call(&emulator, &user, form);
        assert_eq!(status, 200, "{body}");
        let part = |name| element(&body, name);
        Key { id: part("AccessKeyId"), secret: part("SecretAccessKey"), token: Some(part("SessionToken")) }
    };
    let sessions = [
        ("role", credentials(&format!("Action=AssumeRole&RoleArn={TARGET}&RoleSessionName=work"))),
        ("user", credentials("Action=GetSessionToken")),
        ("user", credentials("Action=GetFederationToken&Name=bob")),
    ];
    let answers = |which: &str| -> Vec<u16> {
        let of_kind = sessions.iter().filter(|(kind, _)| *kind == which);
        of_kind.map(|(_, key)| call(&emulator, key, "Action=GetCallerIdentity").0).collect()
    };
    assert_eq!((answers("role"), answers("user")), (vec![200], vec![200, 200]));
    let home = HOME.parse().unwrap();
    let change = |edit: &dyn Fn(&mut passrole::state::world::Edit)| {
        let _writer = emulator.state.writer();
        let ((), _ticket) = emulator
            .state
            .worlds()
            .change(|world| {
                edit(world);
                Ok(())
            })
            .unwrap();
    };
    change(&|world| world.remove_role(home, "Target"));
    assert_eq!((answers("role"), answers("user")), (vec![403], vec![200, 200]));
    change(&|world| {
        world.remove_access_key(&user.id);
        world.remove_user(home, "ann");
    });
    assert_eq!(answers("user"), [403, 403]);
}
