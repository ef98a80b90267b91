use serde_json::{Value, json};

use super::*;
use crate::principal::Principal;

mod errors;
mod round_trip;

const DETAILS: &str = include_str!("tests/authorization-details.json");

fn account() -> AccountId {
    "111122223333".parse().unwrap()
}

fn root() -> RootCredential {
    RootCredential {
        account: AccountId::ZERO,
        access_key_id: "test".to_owned(),
        secret: Secret::new("test"),
        region: "us-east-1".to_owned(),
    }
}

fn now() -> Timestamp {
    "2024-05-01T12:00:00Z".parse().unwrap()
}

fn load(file: &Value) -> Result<World, WorldError> {
    World::load(&[(None, &file.to_string())], &root(), now())
}

fn loaded(file: &Value) -> World {
    load(file).unwrap_or_else(|error| panic!("{error}"))
}

/// The world file of the account whose authorization details stand beside this file, with one of each other thing.
fn whole() -> Value {
    let allow = |principal: &str| {
        json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "*", "Resource": "*"}]})
    };
    let everything =
        json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]});
    json!({
        "accounts": [
            {
                "accountId": "111122223333",
                "accountAlias": "vision",
                "iam": serde_json::from_str::<Value>(DETAILS).unwrap(),
                "instanceProfiles": [{"InstanceProfileName": "Spare"}],
                "accessKeys": [
                    {"UserName": "alice", "AccessKeyId": "AKIAEXAMPLEALICE0001", "SecretAccessKey": "wJalr/+="},
                    {"UserName": "alice", "AccessKeyId": "AKIAEXAMPLEALICE0002", "SecretAccessKey": "old", "Status": "Inactive"}
                ],
                "s3": {"buckets": [{
                    "Name": "inputbucket", "Region": "eu-west-1", "Policy": allow("arn:aws:iam::000000000000:root"),
                    "Encryption": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "alias/training"},
                    "Objects": [
                        {"Key": "train/data.csv", "Size": 10, "TagSet": [{"Key": "SageMaker", "Value": "true"}]},
                        {"Key": "train/labels.csv", "Size": 0, "SSEKMSKeyId": "1234abcd-12ab-34cd-56ef-1234567890ab"},
                        {"Key": "trash", "SSEKMSKeyId": null}
                    ]
                }]},
                "ecr": {"repositories": [{"repositoryName": "team/my-repo", "region": "us-west-2", "policyText": null,
                    "imageTags": ["latest"]}]},
                "kms": {"keys": [{"KeyId": "1234abcd-12ab-34cd-56ef-1234567890ab", "KeyState": "Disabled",
                    "Policy": null, "Aliases": ["alias/training"], "Tags": [{"TagKey": "a", "TagValue": "b"}]}]},
                "ec2": {
                    "vpcs": [{"VpcId": "vpc-111bbaaa"}],
                    "subnets": [{"SubnetId": "subnet-1", "VpcId": "vpc-111bbaaa", "AvailabilityZone": "us-west-2-lax-1a"}],
                    "securityGroups": [{"GroupId": "sg-1", "VpcId": "vpc-111bbaaa"}]
                },
                "efs": {"fileSystems": [{"FileSystemId": "fs-1", "Policy": allow("*")}]},
                "fsx": {"fileSystems": [{"FileSystemId": "fs-2", "Region": "eu-west-1"}]}
            },
            {"accountId": "444455556666"}
        ],
        "organization": {
            "serviceControlPolicies": [
                {"Name": "FullAWSAccess", "Targets": ["111122223333"], "Content": everything},
                {"Name": "NoIam", "Targets": ["111122223333", "444455556666"], "Content": everything}
            ],
            "resourceControlPolicies": []
        }
    })
}

fn names(policies: &[Arc<crate::policy::AttachedPolicy>]) -> Vec<&str> {
    policies.iter().map(|policy| policy.name.as_str()).collect()
}

#[test]
fn a_user_has_its_own_policies_and_its_groups() {
    let world = loaded(&whole());
    let alice = world.credential("AKIAEXAMPLEALICE0001").unwrap();
    assert!(alice.active && alice.secret == Secret::new("wJalr/+="));
    assert_eq!(alice.principal.arn(), "arn:aws:iam::111122223333:user/alice");
    assert!(!world.credential("AKIAEXAMPLEALICE0002").unwrap().active);
    let permissions = world.permissions(&alice.principal).unwrap();
    assert_eq!(
        names(permissions.identity),
        ["denyBillingAndIAMPolicy", "AdministratorAccess", "PassExecutionRole", "Training"]
    );
    assert_eq!(permissions.identity[3].arn.as_deref(), Some("arn:aws:iam::111122223333:policy/Training"));
    assert!(permissions.identity[3].policy.text().contains("CreateTrainingJob"), "the default version counts");
    assert_eq!(permissions.identity[2].attached_to, "arn:aws:iam::111122223333:group/DataScience");
    assert_eq!(permissions.boundary.unwrap().name, "Developers");
    assert_eq!(permissions.tags, [crate::tag::Tag::new("team", "vision")]);
}

#[test]
fn a_principal_that_is_another_has_nothing() {
    let world = loaded(&whole());
    let role = world.role(account(), "EC2role").unwrap();
    assert!(world.permissions(&role.session("s")).is_some());
    let former = Principal::AssumedRole {
        account: account(),
        path: "/".to_owned(),
        role: "EC2role".to_owned(),
        role_id: "AROAFORMER".to_owned(),
        session: "s".to_owned(),
    };
    assert!(world.permissions(&former).is_none());
    let former =
        Principal::User { account: account(), path: "/".into(), name: "alice".into(), id: "AIDAFORMER".into() };
    assert!(world.permissions(&former).is_none());
}

#[test]
fn root_users_have_the_settings_secret() {
    let world = loaded(&whole());
    for (access_key_id, expected) in [
        ("test", Some("arn:aws:iam::000000000000:root")),
        ("111122223333", Some("arn:aws:iam::111122223333:root")),
        ("999999999999", Some("arn:aws:iam::999999999999:root")),
        ("11112222333", None),
        ("Test", None),
        ("", None),
    ] {
        let found = world.credential(access_key_id);
        assert_eq!(found.as_ref().map(|found| found.principal.arn()).as_deref(), expected, "{access_key_id}");
        assert!(found.is_none_or(|found| found.secret == Secret::new("test")));
    }
}

#[test]
fn roles_are_found_by_their_whole_arn() {
    let world = loaded(&whole());
    let name = "AmazonSageMaker-ExecutionRole-20210607T203526";
    for (arn, found) in [
        (format!("arn:aws:iam::111122223333:role/service-role/{name}"), true),
        (format!("arn:aws:iam::111122223333:role/{name}"), false),
        (format!("arn:aws:iam::444455556666:role/service-role/{name}"), false),
        (format!("arn:aws:iam::111122223333:user/service-role/{name}"), false),
        (format!("arn:aws:iam:us-east-1:111122223333:role/service-role/{name}"), false),
        ("arn:aws:iam::111122223333:role/ec2role".to_owned(), false),
        ("arn:aws:iam::111122223333:role/EC2role".to_owned(), true),
        ("EC2role".to_owned(), false),
    ] {
        assert_eq!(world.role_by_arn(&arn).is_some(), found, "{arn}");
    }
}

#[test]
fn resources_are_found_where_they_are() {
    let world = loaded(&whole());
    let (owner, bucket) = world.bucket("inputbucket").unwrap();
    assert_eq!((owner, bucket.region.as_str()), (account(), "eu-west-1"));
    assert_eq!(bucket.encryption.as_ref().unwrap().sse_algorithm, SseAlgorithm::Kms);
    let under = |prefix: &str| bucket.objects_with_prefix(prefix).map(|(key, _)| key.to_owned()).collect::<Vec<_>>();
    assert_eq!(under("train/"), ["train/data.csv", "train/labels.csv"]);
    assert_eq!(under("train/l"), ["train/labels.csv"]);
    assert_eq!(under("x"), Vec::<String>::new());
    assert_eq!(bucket.object("train/data.csv").unwrap().tags.len(), 1);
    assert!(world.bucket("otherbucket").is_none());

    assert!(world.repository(account(), "us-west-2", "team/my-repo").is_some());
    assert!(world.repository(account(), "us-east-1", "team/my-repo").is_none());

    assert!(world.subnet(account(), "us-west-2", "subnet-1").is_some(), "a local zone tells its region");
    assert!(world.vpc(account(), "us-west-2", "vpc-111bbaaa").is_some(), "a VPC is where its subnets are");
    assert!(world.security_group(account(), "us-west-2", "sg-1").is_some());

    assert!(world.file_system(account(), "us-east-1", FileSystemService::Efs, "fs-1").is_some());
    assert!(world.file_system(account(), "us-east-1", FileSystemService::Fsx, "fs-1").is_none());
    assert!(world.file_system(account(), "eu-west-1", FileSystemService::Fsx, "fs-2").is_some());
}

#[test]
fn keys_are_found_by_all_their_names() {
    let world = loaded(&whole());
    let id = "1234abcd-12ab-34cd-56ef-1234567890ab";
    let other: AccountId = "444455556666".parse().unwrap();
    for (account, region, reference, found) in [
        (account(), "us-east-1", id.to_owned(), true),
        (account(), "us-east-1", "alias/training".to_owned(), true),
        (other, "eu-west-1", format!("arn:aws:kms:us-east-1:111122223333:key/{id}"), true),
        (other, "eu-west-1", "arn:aws:kms:us-east-1:111122223333:alias/training".to_owned(), true),
        (account(), "eu-west-1", id.to_owned(), false),
        (other, "us-east-1", id.to_owned(), false),
        (account(), "us-east-1", format!("key/{id}"), false),
        (account(), "us-east-1", format!("arn:aws:kms:us-east-1:111122223333:{id}"), false),
        (account(), "us-east-1", format!("arn:aws:s3:us-east-1:111122223333:key/{id}"), false),
        (account(), "us-east-1", "alias/other".to_owned(), false),
    ] {
        assert_eq!(world.key(account, region, &reference).is_some(), found, "{reference} in {region}");
    }
    let key = world.key(account(), "us-east-1", id).unwrap();
    assert_eq!(key.state, KeyState::Disabled);
    assert!(key.policy.policy.text().contains("arn:aws:iam::111122223333:root"), "the default key policy");
}

#[test]
fn an_account_without_service_control_policies_is_in_no_organization() {
    let world = loaded(&whole());
    assert_eq!(names(world.service_control(account()).unwrap()), ["FullAWSAccess", "NoIam"]);
    assert_eq!(names(world.service_control("444455556666".parse().unwrap()).unwrap()), ["NoIam"]);
    assert!(world.service_control(AccountId::ZERO).is_none());
    assert!(world.resource_control(account()).is_empty());
}

#[test]
fn several_files_make_one_world() {
    let first = json!({"accounts": [{"accountId": "111122223333", "iam": {"UserDetailList": [
        {"UserName": "alice", "GroupList": ["g"]}]}}]});
    let second = json!({"accounts": [{"accountId": "111122223333", "iam": {"GroupDetailList": [{"GroupName": "g"}]}}]});
    let (first, second) = (first.to_string(), second.to_string());
    let both = [(Some("a.json"), first.as_str()), (Some("b.json"), second.as_str())];
    assert!(World::load(&both, &root(), now()).unwrap().user(account(), "alice").is_some());
    let error = World::load(&both[..1], &root(), now()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "`a.json`: accounts[0].iam.UserDetailList[0].GroupList[0]: there is no group `g` in account `111122223333`"
    );
    let twice = [both[1], both[1]];
    let error = World::load(&twice, &root(), now()).unwrap_err();
    assert_eq!(error.to_string(), "`b.json`: accounts[0].iam.GroupDetailList[0].GroupName: `g` is there twice");
}
