use std::sync::Arc;

use jiff::Timestamp;

use super::*;
use crate::secret::Secret;
use crate::state::world::RootCredential;

const WORLD: &str = r#"{"accounts":[{"accountId":"000000000000","iam":{
    "UserDetailList":[{"UserName":"ann","Path":"/team/","UserId":"AIDAANN","Arn":"arn:aws:iam::000000000000:user/team/ann",
        "CreateDate":"2026-01-05T09:00:00+00:00","Tags":[{"Key":"team","Value":"vision"},{"Key":"floor","Value":"2"}]}],
    "RoleDetailList":[{"RoleName":"Train","Path":"/p/","RoleId":"AROATRAIN","Arn":"arn:aws:iam::000000000000:role/p/Train",
        "CreateDate":"2026-01-05T09:00:00+00:00","Tags":[{"Key":"team","Value":"role"},{"Key":"own","Value":"1"}],
        "AssumeRolePolicyDocument":{"Version":"2012-10-17","Statement":{"Effect":"Allow",
            "Principal":{"AWS":"000000000000"},"Action":"sts:AssumeRole"}}}]}}]}"#;

fn world() -> World {
    let root = RootCredential {
        account: AccountId::ZERO,
        access_key_id: "test".to_owned(),
        secret: Secret::new("test"),
        region: "us-east-1".to_owned(),
    };
    World::load(&[(None, WORLD)], &root, now()).unwrap()
}

fn now() -> Timestamp {
    "2026-11-22T10:00:00Z".parse().unwrap()
}

fn session(principal: Principal, issuer: Principal) -> Session {
    Session {
        access_key_id: "ASIA".to_owned(),
        secret: Secret::new("s"),
        token: Secret::new("t"),
        principal,
        issued: "2026-11-22T09:00:00Z".parse().unwrap(),
        expires: "2026-11-22T11:00:00Z".parse().unwrap(),
        policies: None,
        tags: Vec::new(),
        transitive_tag_keys: Vec::new(),
        mfa_authenticated: None,
        source_identity: None,
        issuer: Some(issuer),
    }
}

fn caller(principal: &Principal, session: Option<Session>) -> Caller {
    Caller { principal: principal.clone(), access_key_id: "k".to_owned(), session: session.map(Arc::new) }
}

fn told(subject: &Subject<'_>) -> Vec<String> {
    let mut told: Vec<String> = subject
        .keys
        .iter()
        .map(|(key, values)| format!("{}={}", key.strip_prefix("aws:").unwrap_or(key), values.join(",")))
        .collect();
    told.sort();
    told
}

const TEMPORARY: &[&str] = &["MultiFactorAuthPresent=false", "TokenIssueTime=2026-11-22T09:00:00Z"];
const OF_ANN: &[&str] = &[
    "PrincipalAccount=000000000000",
    "PrincipalArn=arn:aws:iam::000000000000:user/team/ann",
    "PrincipalIsAWSService=false",
    "PrincipalTag/floor=2",
    "PrincipalTag/team=vision",
    "PrincipalType=User",
    "userid=AIDAANN",
    "username=ann",
];
const OF_ROLE: &[&str] = &[
    "PrincipalAccount=000000000000",
    "PrincipalArn=arn:aws:iam::000000000000:role/p/Train",
    "PrincipalIsAWSService=false",
    "PrincipalTag/own=1",
    "PrincipalType=AssumedRole",
];
const OF_ROOT: &[&str] = &[
    "PrincipalAccount=000000000000",
    "PrincipalArn=arn:aws:iam::000000000000:root",
    "PrincipalIsAWSService=false",
    "PrincipalType=Account",
    "userid=000000000000",
];
const OF_FEDERATED: &[&str] = &[
    "PrincipalAccount=000000000000",
    "PrincipalArn=arn:aws:sts::000000000000:federated-user/bob",
    "PrincipalIsAWSService=false",
    "PrincipalTag/floor=2",
    "PrincipalTag/team=vision",
    "PrincipalType=FederatedUser",
    "userid=000000000000:bob",
];
const WITH_MFA: &[&str] =
    &["MultiFactorAuthAge=60", "MultiFactorAuthPresent=true", "TokenIssueTime=2026-11-22T09:00:00Z"];
const WITH_TAGS: &[&str] = &["PrincipalTag/Team=speech", "SourceIdentity=ann", "userid=AROATRAIN:work"];
const BY_SERVICE: &[&str] =
    &["MultiFactorAuthPresent=false", "TokenIssueTime=2026-11-22T10:00:00Z", "PrincipalTag/team=role"];

/// Each principal with its keys: what is not listed is not there.
#[test]
fn every_kind_of_principal_has_its_keys() {
    let world = world();
    let ann = world.user(AccountId::ZERO, "ann").unwrap().principal();
    let role = world.role(AccountId::ZERO, "Train").unwrap();
    let assumed = role.session("work");
    let root = Principal::Root { account: AccountId::ZERO };
    let federated = Principal::FederatedUser { account: AccountId::ZERO, name: "bob".to_owned(), user: None };
    let tagged = Session {
        tags: vec![Tag::new("Team", "speech")],
        source_identity: Some("ann".to_owned()),
        ..session(assumed.clone(), ann.clone())
    };
    let authenticated = Session {
        mfa_authenticated: Some("2026-11-22T09:59:00Z".parse().unwrap()),
        ..session(ann.clone(), ann.clone())
    };
    let callers = [
        (caller(&ann, None), [OF_ANN, &[]]),
        (caller(&ann, Some(session(ann.clone(), ann.clone()))), [OF_ANN, TEMPORARY]),
        (caller(&ann, Some(authenticated)), [OF_ANN, WITH_MFA]),
        (caller(&root, None), [OF_ROOT, &[]]),
        (caller(&root, Some(session(root.clone(), root.clone()))), [OF_ROOT, TEMPORARY]),
        (caller(&assumed, Some(tagged)), [&[OF_ROLE, WITH_TAGS].concat(), TEMPORARY]),
        (caller(&federated, Some(session(federated.clone(), ann.clone()))), [OF_FEDERATED, TEMPORARY]),
        (
            caller(&Principal::Anonymous, None),
            [&["PrincipalIsAWSService=false", "PrincipalType=Anonymous", "userid=anonymous"], &[]],
        ),
    ];
    let check = |subject: &Subject<'_>, expected: &[&[&str]]| {
        let mut expected = expected.concat();
        expected.sort_unstable();
        assert_eq!(told(subject), expected);
    };
    for (caller, expected) in &callers {
        check(&Subject::of_caller(&world, caller, now()), expected);
    }
    check(&Subject::of_role(&world, role, "SageMaker", now()), &[OF_ROLE, BY_SERVICE, &["userid=AROATRAIN:SageMaker"]]);
    check(
        &Subject::of_service("sagemaker.amazonaws.com", AccountId::ZERO, "arn:job"),
        &[&[
            "PrincipalIsAWSService=true",
            "PrincipalServiceName=sagemaker.amazonaws.com",
            "SourceAccount=000000000000",
            "SourceArn=arn:job",
        ]],
    );
}

#[test]
fn a_federated_user_has_what_its_maker_has() {
    let world = world();
    let ann = world.user(AccountId::ZERO, "ann").unwrap().principal();
    let root = Principal::Root { account: AccountId::ZERO };
    let federated = Principal::FederatedUser { account: AccountId::ZERO, name: "bob".to_owned(), user: None };
    for (issuer, policies) in [(&ann, 0), (&root, 1)] {
        let caller = caller(&federated, Some(session(federated.clone(), issuer.clone())));
        assert_eq!(Subject::of_caller(&world, &caller, now()).permissions.identity.len(), policies);
    }
}

#[test]
fn an_organization_has_an_id_where_its_policies_tell() {
    let root = RootCredential {
        account: AccountId::ZERO,
        access_key_id: "test".to_owned(),
        secret: Secret::new("test"),
        region: "us-east-1".to_owned(),
    };
    let content = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;
    let caller = caller(&Principal::Root { account: AccountId::ZERO }, None);
    for (names, target, told) in [
        (&["Own"][..], "000000000000", true),
        (&["FullAWSAccess", "Own"], "000000000000", true),
        (&["FullAWSAccess"], "000000000000", false),
        (&["Own"], "111122223333", false),
    ] {
        let policies =
            names.iter().map(|name| format!(r#"{{"Name":"{name}","Targets":["{target}"],"Content":{content}}}"#));
        let policies = policies.collect::<Vec<_>>().join(",");
        let world = format!(
            r#"{{"accounts":[{{"accountId":"000000000000"}},{{"accountId":"111122223333"}}],
            "organization":{{"serviceControlPolicies":[{policies}]}}}}"#
        );
        let world = World::load(&[(None, &world)], &root, now()).unwrap();
        let subject = Subject::of_caller(&world, &caller, now());
        let id = subject.keys.get("aws:PrincipalOrgID").map(|ids| ids[0].as_str());
        assert_eq!(id.is_some_and(|id| id.starts_with("o-")), told, "{names:?} on {target}");
    }
}
