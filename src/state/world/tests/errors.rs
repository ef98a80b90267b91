//! What is wrong with a world file, and where.

use serde_json::{Value, json};

use super::{load, loaded};

const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"sagemaker.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;

fn account(section: &str, value: &Value) -> Value {
    json!({ "accounts": [{ "accountId": "111122223333", section: value }] })
}

fn iam(section: &str, value: &Value) -> Value {
    account("iam", &json!({ section: value }))
}

/// The file is refused at this path with a message that has this in it.
fn check(file: &Value, path: &str, message: &str) {
    match load(file) {
        Ok(_) => panic!("{file} was loaded"),
        Err(error) => {
            assert_eq!(error.path, path, "{error}");
            assert!(error.message.contains(message), "{error}");
        }
    }
}

#[test]
fn shapes() {
    check(&json!([]), "", "expected a JSON object");
    check(&account("iam", &json!([])), "accounts[0].iam", "invalid type");
    check(&account("s3", &json!([[]])), "accounts[0].s3", "invalid type");
    check(&json!({"organization": []}), "organization", "invalid type");
    check(&json!({"acounts": []}), "acounts", "unknown field `acounts`");
    check(&json!({"accounts": {}}), "accounts", "invalid type");
    check(&json!({"accounts": [{}]}), "accounts[0]", "missing field `accountId`");
    check(&json!({"accounts": [{"accountId": "12"}]}), "accounts[0].accountId", "not a twelve-digit account id");
    check(&account("s4", &json!({})), "accounts[0].s4", "unknown field `s4`");
    check(&iam("UserDetailList", &json!([{"Path": "/"}])), "accounts[0].iam.UserDetailList[0]", "`UserName`");
    check(
        &iam("RoleDetailList", &json!([{"RoleName": "r"}])),
        "accounts[0].iam.RoleDetailList[0]",
        "`AssumeRolePolicyDocument`",
    );
    check(
        &iam("UserDetailList", &json!([{"UserName": "a", "Tags": [{"Key": "k", "Vlaue": "v"}]}])),
        "accounts[0].iam.UserDetailList[0].Tags[0].Vlaue",
        "unknown field `Vlaue`",
    );
    check(
        &iam("UserDetailList", &json!([{"UserName": "a", "CreateDate": "yesterday"}])),
        "accounts[0].iam.UserDetailList[0].CreateDate",
        "`yesterday` is not a date",
    );
    check(&iam("IsTruncated", &json!(true)), "accounts[0].iam.IsTruncated", "only a part");
    check(
        &account("kms", &json!({"keys": [{"KeyId": "k", "KeyState": "On"}]})),
        "accounts[0].kms.keys[0].KeyState",
        "unknown variant `On`",
    );
    check(
        &account("accessKeys", &json!([{"AccessKeyId": "AKIA1", "SecretAccessKey": "s"}])),
        "accounts[0].accessKeys[0]",
        "`UserName`",
    );
}

#[test]
fn names_are_borne_once() {
    let twice = |entity: Value| Value::Array(vec![entity.clone(), entity]);
    check(
        &json!({"accounts": [{"accountId": "111122223333"}, {"accountId": "111122223333"}]}),
        "accounts[1].accountId",
        "twice",
    );
    check(
        &iam("UserDetailList", &json!([{"UserName": "alice"}, {"UserName": "Alice"}])),
        "accounts[0].iam.UserDetailList[1].UserName",
        "`Alice` is there twice",
    );
    check(
        &iam("RoleDetailList", &twice(json!({"RoleName": "r", "AssumeRolePolicyDocument": TRUST}))),
        "accounts[0].iam.RoleDetailList[1].RoleName",
        "twice",
    );
    let buckets = json!({"accounts": [
        {"accountId": "111122223333", "s3": {"buckets": [{"Name": "b"}]}},
        {"accountId": "444455556666", "s3": {"buckets": [{"Name": "b"}]}}]});
    check(&buckets, "accounts[1].s3.buckets[0].Name", "`b` is there twice");
    check(
        &account("s3", &json!({"buckets": [{"Name": "b", "Objects": [{"Key": "o"}, {"Key": "o"}]}]})),
        "accounts[0].s3.buckets[0].Objects[1].Key",
        "twice",
    );
    check(&account("kms", &json!({"keys": twice(json!({"KeyId": "k"}))})), "accounts[0].kms.keys[1].KeyId", "twice");
    check(
        &account(
            "kms",
            &json!({"keys": [{"KeyId": "k", "Aliases": ["alias/a"]}, {"KeyId": "l", "Aliases": ["alias/a"]}]}),
        ),
        "accounts[0].kms.keys[1].Aliases[0]",
        "twice",
    );
    check(
        &account("ecr", &json!({"repositories": twice(json!({"repositoryName": "r"}))})),
        "accounts[0].ecr.repositories[1].repositoryName",
        "twice",
    );
    check(
        &account("ec2", &json!({"vpcs": twice(json!({"VpcId": "vpc-1"}))})),
        "accounts[0].ec2.vpcs[1].VpcId",
        "twice",
    );
    check(
        &iam("UserDetailList", &json!([{"UserName": "a", "Tags": twice(json!({"Key": "k", "Value": "v"}))}])),
        "accounts[0].iam.UserDetailList[0].Tags[1].Key",
        "twice",
    );
    let keys = json!({"accounts": [{
        "accountId": "111122223333",
        "iam": {"UserDetailList": [{"UserName": "a"}]},
        "accessKeys": twice(json!({"UserName": "a", "AccessKeyId": "AKIA1", "SecretAccessKey": "s"}))}]});
    check(&keys, "accounts[0].accessKeys[1].AccessKeyId", "twice");
}

#[test]
fn equal_names_where_they_are_allowed() {
    loaded(&json!({"accounts": [
        {"accountId": "111122223333", "iam": {
            "UserDetailList": [{"UserName": "same"}],
            "GroupDetailList": [{"GroupName": "same"}],
            "RoleDetailList": [{"RoleName": "same", "AssumeRolePolicyDocument": TRUST}]},
         "ecr": {"repositories": [{"repositoryName": "r"}, {"repositoryName": "r", "region": "eu-west-1"}]},
         "kms": {"keys": [{"KeyId": "mrk-1", "Aliases": ["alias/a"]},
                          {"KeyId": "mrk-1", "Region": "eu-west-1", "Aliases": ["alias/a"]}]}},
        {"accountId": "444455556666", "iam": {"UserDetailList": [{"UserName": "same"}]}}]}));
}

#[test]
fn references_have_their_targets() {
    let missing = "there is no";
    check(
        &iam("UserDetailList", &json!([{"UserName": "a", "GroupList": ["g"]}])),
        "accounts[0].iam.UserDetailList[0].GroupList[0]",
        "there is no group `g`",
    );
    let attached = |arn: &str| json!([{"UserName": "a", "AttachedManagedPolicies": [{"PolicyArn": arn}]}]);
    for arn in [
        "arn:aws:iam::111122223333:policy/P",
        "arn:aws:iam::aws:policy/NoSuchPolicy",
        "arn:aws:iam::444455556666:policy/P",
        "AdministratorAccess",
    ] {
        let path = "accounts[0].iam.UserDetailList[0].AttachedManagedPolicies[0].PolicyArn";
        check(&iam("UserDetailList", &attached(arn)), path, missing);
    }
    let bounded = json!([{"RoleName": "r", "AssumeRolePolicyDocument": TRUST,
        "PermissionsBoundary": {"PermissionsBoundaryArn": "arn:aws:iam::111122223333:policy/B"}}]);
    check(
        &iam("RoleDetailList", &bounded),
        "accounts[0].iam.RoleDetailList[0].PermissionsBoundary.PermissionsBoundaryArn",
        missing,
    );
    check(
        &account("accessKeys", &json!([{"UserName": "nobody", "AccessKeyId": "AKIA1", "SecretAccessKey": "s"}])),
        "accounts[0].accessKeys[0].UserName",
        "there is no user `nobody`",
    );
    check(
        &account("ec2", &json!({"subnets": [{"SubnetId": "subnet-1", "VpcId": "vpc-9"}]})),
        "accounts[0].ec2.subnets[0].VpcId",
        "there is no VPC `vpc-9`",
    );
    check(
        &account("ec2", &json!({"securityGroups": [{"GroupId": "sg-1", "VpcId": "vpc-9"}]})),
        "accounts[0].ec2.securityGroups[0].VpcId",
        missing,
    );
    let everything =
        json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]});
    check(
        &json!({"organization": {"serviceControlPolicies": [
            {"Name": "n", "Targets": ["000000000000", "999999999999"], "Content": everything}]}}),
        "organization.serviceControlPolicies[0].Targets[1]",
        "there is no account `999999999999`",
    );
    let profile = json!([{"RoleName": "r", "AssumeRolePolicyDocument": TRUST, "InstanceProfileList": [
        {"InstanceProfileName": "p", "Roles": [{"RoleName": "other", "AssumeRolePolicyDocument": TRUST}]}]}]);
    check(
        &iam("RoleDetailList", &profile),
        "accounts[0].iam.RoleDetailList[0].InstanceProfileList[0].Roles[0].RoleName",
        "`other`",
    );
}

#[test]
fn what_identities_say_of_themselves_agrees() {
    let user = |arn: &str, path: Value| iam("UserDetailList", &json!([{"UserName": "a", "Arn": arn, "Path": path}]));
    let arn_path = "accounts[0].iam.UserDetailList[0].Arn";
    check(&user("arn:aws:iam::444455556666:user/a", json!("/")), arn_path, "is not `arn:aws:iam::111122223333:user/a`");
    check(&user("arn:aws:iam::111122223333:user/p/a", json!("/")), arn_path, "is not");
    check(&user("arn:aws:iam::111122223333:role/a", Value::Null), arn_path, "is not");
    check(&user("arn:aws:iam::111122223333:user/b", json!("/")), arn_path, "is not");
    loaded(&user("arn:aws:iam::111122223333:user/p/q/a", Value::Null));
    check(
        &iam("UserDetailList", &json!([{"UserName": "a", "Path": "p"}])),
        "accounts[0].iam.UserDetailList[0].Path",
        "does not begin and end with `/`",
    );
    for name in ["", "a b", "a/b", "ä", &"a".repeat(65)] {
        check(
            &iam("UserDetailList", &json!([{"UserName": name}])),
            "accounts[0].iam.UserDetailList[0].UserName",
            "is not 1 to 64",
        );
    }
    for id in ["test", "111122223333"] {
        let file = json!({"accounts": [{"accountId": "111122223333", "iam": {"UserDetailList": [{"UserName": "a"}]},
            "accessKeys": [{"UserName": "a", "AccessKeyId": id, "SecretAccessKey": "s"}]}]});
        check(&file, "accounts[0].accessKeys[0].AccessKeyId", "is a root user's");
    }
}

#[test]
fn policies_are_what_aws_would_store() {
    let broken = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Permit", "Action": "*", "Resource": "*"}]});
    let place = "accounts[0].iam.UserDetailList[0].UserPolicyList[0].PolicyDocument";
    for document in [broken.clone(), Value::String(broken.to_string())] {
        let users = json!([{"UserName": "a", "UserPolicyList": [{"PolicyName": "p", "PolicyDocument": document}]}]);
        let error = load(&iam("UserDetailList", &users)).unwrap_err();
        assert!(error.path.starts_with(place), "{error}");
    }
    let cases = [
        (account("s3", &json!({"buckets": [{"Name": "b", "Policy": broken}]})), "accounts[0].s3.buckets[0].Policy"),
        (
            account("ecr", &json!({"repositories": [{"repositoryName": "r", "policyText": "{"}]})),
            "accounts[0].ecr.repositories[0].policyText",
        ),
        (account("kms", &json!({"keys": [{"KeyId": "k", "Policy": "%7B%7D"}]})), "accounts[0].kms.keys[0].Policy"),
        (
            account("efs", &json!({"fileSystems": [{"FileSystemId": "fs-1", "Policy": 7}]})),
            "accounts[0].efs.fileSystems[0].Policy",
        ),
        (
            account("fsx", &json!({"fileSystems": [{"FileSystemId": "fs-1", "Policy": {}}]})),
            "accounts[0].fsx.fileSystems[0].Policy",
        ),
        (
            iam("RoleDetailList", &json!([{"RoleName": "r", "AssumeRolePolicyDocument": "sagemaker"}])),
            "accounts[0].iam.RoleDetailList[0].AssumeRolePolicyDocument",
        ),
        (
            iam("Policies", &json!([{"PolicyName": "p", "PolicyVersionList": [{"Document": broken}]}])),
            "accounts[0].iam.Policies[0].PolicyVersionList[0].Document",
        ),
        (
            json!({"organization": {"serviceControlPolicies": [{"Name": "n", "Targets": [], "Content": "x"}]}}),
            "organization.serviceControlPolicies[0].Content",
        ),
    ];
    for (file, place) in cases {
        let error = load(&file).unwrap_err();
        assert!(error.path.starts_with(place), "{error}");
    }
}

#[test]
fn a_key_that_is_there_twice_is_seen_by_the_policy_parser() {
    let text = r#"{"accounts": [{"accountId": "111122223333", "s3": {"buckets": [{"Name": "b", "Policy":
        {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Effect": "Allow", "Principal": "*",
        "Action": "s3:*", "Resource": "*"}]}}]}}]}"#;
    let error = super::World::load(&[(None, text)], &super::root(), super::now()).unwrap_err();
    assert!(error.path.starts_with("accounts[0].s3.buckets[0].Policy"), "{error}");
}

#[test]
fn versions_of_managed_policies() {
    let document = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]});
    let version = |id: &str, default: bool| json!({"Document": document, "VersionId": id, "IsDefaultVersion": default});
    let policy = |default: Value, versions: Value| {
        iam("Policies", &json!([{"PolicyName": "p", "DefaultVersionId": default, "PolicyVersionList": versions}]))
    };
    let place = |member: &str| format!("accounts[0].iam.Policies[0].{member}");
    check(&policy(Value::Null, json!([])), &place("PolicyVersionList"), "one version at least");
    let two = json!([version("v1", false), version("v2", false)]);
    check(&policy(Value::Null, two.clone()), &place("DefaultVersionId"), "no version");
    check(&policy(json!("v3"), two.clone()), &place("DefaultVersionId"), "there is no version `v3`");
    let twice = json!([version("v1", true), version("v1", false)]);
    check(&policy(json!("v1"), twice), &place("PolicyVersionList[1].VersionId"), "twice");
    let contrary = json!([version("v1", false), version("v2", true)]);
    check(
        &policy(json!("v1"), contrary.clone()),
        &place("PolicyVersionList[1].IsDefaultVersion"),
        "`v1` is the default",
    );
    check(&policy(json!("1"), json!([version("1", true)])), &place("PolicyVersionList[0].VersionId"), "`v`");
    let world = loaded(&policy(Value::Null, contrary));
    let held = world.managed_policy(super::account(), "arn:aws:iam::111122223333:policy/p").unwrap();
    assert_eq!(held.default_version_id, "v2");
}
