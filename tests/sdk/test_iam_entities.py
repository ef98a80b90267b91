"""Users, groups, roles, instance profiles and access keys through the IAM API."""

import datetime
import json

import pytest
from jobs import refused
from endpoint import Key
from worlds import ACCOUNT, OTHER_ACCOUNT, allow, policy, trust

TRUST = json.dumps(trust())
S3 = json.dumps(policy(allow("s3:*")))


@pytest.fixture
def endpoint(serve):
    return serve()


@pytest.fixture
def iam(endpoint):
    return endpoint.client(service="iam")


def said(call, **members):
    refusal = refused(call, **members)
    return refusal.status, refusal.code, refusal.message


def test_a_users_life(iam):
    made = iam.create_user(UserName="bob", Path="/eng/", Tags=[{"Key": "Team", "Value": "a"}])["User"]
    assert made["Arn"] == f"arn:aws:iam::{ACCOUNT}:user/eng/bob"
    assert made["UserId"].startswith("AIDA") and len(made["UserId"]) == 21
    assert made["CreateDate"].tzinfo and made["CreateDate"].microsecond == 0
    assert made["Tags"] == [{"Key": "Team", "Value": "a"}]
    assert iam.get_user(UserName="bob")["User"] == made
    listed = iam.list_users(PathPrefix="/en")["Users"]
    assert [user["UserName"] for user in listed] == ["bob"] and "Tags" not in listed[0]
    assert iam.list_users(PathPrefix="/other/")["Users"] == []
    iam.update_user(UserName="bob", NewUserName="rob", NewPath="/ops/")
    moved = iam.get_user(UserName="rob")["User"]
    assert (moved["Arn"], moved["UserId"]) == (f"arn:aws:iam::{ACCOUNT}:user/ops/rob", made["UserId"])
    iam.delete_user(UserName="rob")
    assert said(iam.get_user, UserName="rob") == (404, "NoSuchEntity", "The user with name rob cannot be found.")


def test_names_are_not_told_apart_by_case(iam):
    profile = {"InstanceProfileName": "Same"}
    cases = [
        (iam.create_user, {"UserName": "Same"}, "UserName", "User with name sAME already exists."),
        (iam.create_group, {"GroupName": "Same"}, "GroupName", "Group with name sAME already exists."),
        (
            iam.create_role,
            {"RoleName": "Same", "AssumeRolePolicyDocument": TRUST},
            "RoleName",
            "Role with name sAME already exists.",
        ),
        (iam.create_instance_profile, profile, "InstanceProfileName", "Instance Profile sAME already exists."),
        (
            iam.create_policy,
            {"PolicyName": "Same", "PolicyDocument": S3},
            "PolicyName",
            "A policy called sAME already exists. Duplicate names are not allowed.",
        ),
    ]
    for call, members, name, text in cases:
        call(**members)
        assert said(call, **{**members, name: "sAME"}) == (409, "EntityAlreadyExists", text)


@pytest.mark.parametrize(
    "call, members, text",
    [
        ("get_user", {"UserName": "x"}, "The user with name x cannot be found."),
        ("delete_user", {"UserName": "x"}, "The user with name x cannot be found."),
        ("get_group", {"GroupName": "x"}, "The group with name x cannot be found."),
        ("get_role", {"RoleName": "x"}, "The role with name x cannot be found."),
        ("get_instance_profile", {"InstanceProfileName": "x"}, "Instance Profile x cannot be found."),
        ("remove_user_from_group", {"GroupName": "x", "UserName": "y"}, "The user with name y cannot be found."),
        ("add_user_to_group", {"GroupName": "x", "UserName": "y"}, "The group with name x cannot be found."),
        ("create_access_key", {"UserName": "x"}, "The user with name x cannot be found."),
        ("list_role_tags", {"RoleName": "x"}, "The role with name x cannot be found."),
        (
            "get_account_password_policy",
            {},
            f"The Password Policy with domain name {ACCOUNT} cannot be found.",
        ),
    ],
)
def test_what_is_not_there(iam, call, members, text):
    assert said(getattr(iam, call), **members) == (404, "NoSuchEntity", text)


def test_groups(iam):
    made = iam.create_group(GroupName="devs", Path="/eng/")["Group"]
    assert made["GroupId"].startswith("AGPA") and len(made["GroupId"]) == 21
    for name in ["b", "a"]:
        iam.create_user(UserName=name)
        iam.add_user_to_group(GroupName="devs", UserName=name)
    iam.add_user_to_group(GroupName="devs", UserName="a")
    whole = iam.get_group(GroupName="devs")
    assert [user["UserName"] for user in whole["Users"]] == ["a", "b"] and whole["IsTruncated"] is False
    assert [group["GroupName"] for group in iam.list_groups_for_user(UserName="a")["Groups"]] == ["devs"]
    conflict = (409, "DeleteConflict", "Cannot delete entity, must remove users from group first.")
    assert said(iam.delete_group, GroupName="devs") == conflict
    assert said(iam.delete_user, UserName="a") == conflict
    iam.update_group(GroupName="devs", NewGroupName="ops", NewPath="/")
    assert iam.list_groups_for_user(UserName="a")["Groups"][0]["Arn"] == f"arn:aws:iam::{ACCOUNT}:group/ops"
    for name in ["a", "b"]:
        iam.remove_user_from_group(GroupName="ops", UserName=name)
    iam.delete_group(GroupName="ops")
    assert iam.list_groups()["Groups"] == []


def test_ten_groups_are_the_most(iam):
    iam.create_user(UserName="u")
    for number in range(11):
        iam.create_group(GroupName=f"g{number}")
    for number in range(10):
        iam.add_user_to_group(GroupName=f"g{number}", UserName="u")
    refusal = said(iam.add_user_to_group, GroupName="g10", UserName="u")
    assert refusal == (409, "LimitExceeded", "Cannot exceed quota for GroupsPerUser: 10")


def test_a_roles_life(iam):
    made = iam.create_role(RoleName="r", AssumeRolePolicyDocument=TRUST, Description="d", MaxSessionDuration=7200)["Role"]
    assert made["AssumeRolePolicyDocument"] == trust()
    assert "MaxSessionDuration" not in made and "Description" not in made
    whole = iam.get_role(RoleName="r")["Role"]
    assert (whole["MaxSessionDuration"], whole["Description"], whole["RoleLastUsed"]) == (7200, "d", {})
    assert whole["RoleId"].startswith("AROA") and len(whole["RoleId"]) == 21
    assert iam.update_role(RoleName="r", Description="e")["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert iam.update_role_description(RoleName="r", Description="f")["Role"]["Description"] == "f"
    opened = trust({"AWS": f"arn:aws:iam::{OTHER_ACCOUNT}:root"})
    iam.update_assume_role_policy(RoleName="r", PolicyDocument=json.dumps(opened))
    whole = iam.get_role(RoleName="r")["Role"]
    assert (whole["MaxSessionDuration"], whole["Description"]) == (7200, "f")
    assert whole["AssumeRolePolicyDocument"] == opened
    iam.delete_role(RoleName="r")
    assert iam.list_roles()["Roles"] == []


@pytest.mark.parametrize(
    "document, text",
    [
        ("{", "This policy contains invalid Json"),
        (json.dumps(policy({"Effect": "Allow", "Principal": "*", "Action": "s3:x"})), None),
        (json.dumps(policy(allow("sts:AssumeRole", principal="*"))), "Has prohibited field Resource"),
    ],
)
def test_a_trust_policy_is_checked(iam, document, text):
    refusal = refused(iam.create_role, RoleName="r", AssumeRolePolicyDocument=document)
    assert (refusal.status, refusal.code) == (400, "MalformedPolicyDocument")
    assert refusal.message == (text or "AssumeRole policy may only specify STS AssumeRole actions.")
    assert iam.list_roles()["Roles"] == []


def test_a_trust_policy_has_a_size(iam):
    long = trust({"AWS": [f"arn:aws:iam::{number:012}:root" for number in range(1, 60)]})
    refusal = said(iam.create_role, RoleName="r", AssumeRolePolicyDocument=json.dumps(long))
    assert refusal == (409, "LimitExceeded", "Cannot exceed quota for ACLSizePerRole: 2048")


def test_instance_profiles(iam):
    profile = iam.create_instance_profile(InstanceProfileName="p", Path="/x/")["InstanceProfile"]
    assert profile["InstanceProfileId"].startswith("AIPA") and profile["Roles"] == []
    for name in ["r", "s"]:
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)
    iam.add_role_to_instance_profile(InstanceProfileName="p", RoleName="r")
    refusal = said(iam.add_role_to_instance_profile, InstanceProfileName="p", RoleName="s")
    assert refusal == (409, "LimitExceeded", "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1")
    shown = iam.get_instance_profile(InstanceProfileName="p")["InstanceProfile"]
    assert [role["RoleName"] for role in shown["Roles"]] == ["r"] and shown["Tags"] == []
    assert len(iam.list_instance_profiles_for_role(RoleName="r")["InstanceProfiles"]) == 1
    conflict = (409, "DeleteConflict", "Cannot delete entity, must remove roles from instance profile first.")
    assert said(iam.delete_role, RoleName="r") == conflict
    assert said(iam.delete_instance_profile, InstanceProfileName="p") == conflict
    refusal = said(iam.remove_role_from_instance_profile, InstanceProfileName="p", RoleName="s")
    assert refusal == (404, "NoSuchEntity", "Role s in Instance Profile p cannot be found.")
    iam.remove_role_from_instance_profile(InstanceProfileName="p", RoleName="r")
    iam.delete_instance_profile(InstanceProfileName="p")
    assert iam.list_instance_profiles()["InstanceProfiles"] == []


def test_an_access_key_works_until_it_is_switched_off(endpoint, iam):
    iam.create_user(UserName="bob")
    iam.put_user_policy(UserName="bob", PolicyName="p", PolicyDocument=json.dumps(policy(allow("iam:*"))))
    made = iam.create_access_key(UserName="bob")["AccessKey"]
    assert made["AccessKeyId"].startswith("AKIA") and len(made["AccessKeyId"]) == 20
    assert len(made["SecretAccessKey"]) == 40 and made["Status"] == "Active"
    own = endpoint.client(Key(made["AccessKeyId"], made["SecretAccessKey"]), service="iam")
    assert own.get_user()["User"]["UserName"] == "bob"
    assert [key["AccessKeyId"] for key in own.list_access_keys()["AccessKeyMetadata"]] == [made["AccessKeyId"]]
    iam.update_access_key(UserName="bob", AccessKeyId=made["AccessKeyId"], Status="Inactive")
    assert refused(own.get_user).code == "InvalidClientTokenId"
    second = iam.create_access_key(UserName="bob")["AccessKey"]
    refusal = said(iam.create_access_key, UserName="bob")
    assert refusal == (409, "LimitExceeded", "Cannot exceed quota for AccessKeysPerUser: 2")
    conflict = "Cannot delete entity, must delete policies first."
    assert said(iam.delete_user, UserName="bob") == (409, "DeleteConflict", conflict)
    iam.delete_user_policy(UserName="bob", PolicyName="p")
    conflict = "Cannot delete entity, must delete access keys first."
    assert said(iam.delete_user, UserName="bob") == (409, "DeleteConflict", conflict)
    for key in [made, second]:
        iam.delete_access_key(UserName="bob", AccessKeyId=key["AccessKeyId"])
    refusal = said(iam.delete_access_key, UserName="bob", AccessKeyId=made["AccessKeyId"])
    assert refusal == (404, "NoSuchEntity", f"The Access Key with id {made['AccessKeyId']} cannot be found.")
    iam.delete_user(UserName="bob")


def test_a_renamed_user_keeps_its_key_and_policies(endpoint, iam):
    iam.create_user(UserName="bob")
    iam.put_user_policy(UserName="bob", PolicyName="p", PolicyDocument=json.dumps(policy(allow("iam:GetUser"))))
    key = iam.create_access_key(UserName="bob")["AccessKey"]
    iam.update_user(UserName="bob", NewUserName="rob")
    own = endpoint.client(Key(key["AccessKeyId"], key["SecretAccessKey"]), service="iam")
    assert own.get_user()["User"]["UserName"] == "rob"
    assert iam.list_access_keys(UserName="rob")["AccessKeyMetadata"][0]["UserName"] == "rob"


def test_without_a_name_only_users_are_meant(iam):
    refusal = said(iam.get_user)
    assert refusal == (400, "ValidationError", "Must specify userName when calling with non-User credentials")


def test_tags(iam):
    iam.create_role(RoleName="r", AssumeRolePolicyDocument=TRUST, Tags=[{"Key": "Team", "Value": "a"}])
    iam.tag_role(RoleName="r", Tags=[{"Key": "TEAM", "Value": "b"}, {"Key": "Cost", "Value": ""}])
    assert iam.list_role_tags(RoleName="r")["Tags"] == [{"Key": "Cost", "Value": ""}, {"Key": "TEAM", "Value": "b"}]
    iam.untag_role(RoleName="r", TagKeys=["team", "absent"])
    assert iam.list_role_tags(RoleName="r")["Tags"] == [{"Key": "Cost", "Value": ""}]
    twice = [{"Key": "a", "Value": "1"}, {"Key": "A", "Value": "2"}]
    text = "Duplicate tag keys found. Please note that Tag keys are case insensitive."
    assert said(iam.tag_role, RoleName="r", Tags=twice) == (400, "InvalidInput", text)
    arn = iam.create_policy(PolicyName="p", PolicyDocument=S3, Tags=twice)["Policy"]["Arn"]
    assert [tag["Key"] for tag in iam.list_policy_tags(PolicyArn=arn)["Tags"]] == ["A", "a"]
    iam.untag_policy(PolicyArn=arn, TagKeys=["a"])
    assert iam.get_policy(PolicyArn=arn)["Policy"]["Tags"] == [{"Key": "A", "Value": "2"}]
    assert said(iam.tag_policy, PolicyArn=arn, Tags=[twice[0], twice[0]])[2] == "Duplicate tag keys found."
    many = [{"Key": f"k{number}", "Value": "v"} for number in range(50)]
    text = "The number of tags has reached the maximum limit."
    assert said(iam.tag_role, RoleName="r", Tags=many) == (409, "LimitExceeded", text)
    page = iam.list_role_tags(RoleName="r")
    assert page["IsTruncated"] is False and len(page["Tags"]) == 1


def test_pages(iam):
    for number in range(5):
        iam.create_user(UserName=f"u{number}")
    page = iam.list_users(MaxItems=2)
    assert page["IsTruncated"] is True and len(page["Users"]) == 2
    iam.delete_user(UserName="u1")
    rest = iam.list_users(Marker=page["Marker"])
    assert [user["UserName"] for user in rest["Users"]] == ["u2", "u3", "u4"]
    assert rest["IsTruncated"] is False and "Marker" not in rest
    everything = iam.get_paginator("list_users").paginate(PaginationConfig={"PageSize": 1}).search("Users[].UserName")
    assert list(everything) == ["u0", "u2", "u3", "u4"]
    refusal = said(iam.list_roles, Marker=page["Marker"])
    assert refusal == (400, "ValidationError", "Invalid Marker.")


def test_a_restart_keeps_everything(serve, tmp_path):
    first = serve(store=tmp_path)
    iam = first.client(service="iam")
    iam.create_user(UserName="bob", Tags=[{"Key": "a", "Value": "b"}])
    iam.create_group(GroupName="g")
    iam.add_user_to_group(GroupName="g", UserName="bob")
    arn = iam.create_policy(PolicyName="p", PolicyDocument=S3)["Policy"]["Arn"]
    iam.attach_group_policy(GroupName="g", PolicyArn=arn)
    iam.create_account_alias(AccountAlias="my-alias")
    before = iam.get_account_authorization_details()
    assert first.stop() == 0
    iam = serve(store=tmp_path).client(service="iam")
    after = iam.get_account_authorization_details()
    for answer in (before, after):
        answer.pop("ResponseMetadata")
    assert after == before
    assert iam.list_account_aliases()["AccountAliases"] == ["my-alias"]
    assert after["UserDetailList"][0]["CreateDate"] <= datetime.datetime.now(datetime.timezone.utc)


def test_the_last_use_of_a_key_and_of_a_role(serve, tmp_path):
    first = serve(store=tmp_path)
    iam = first.client(service="iam")
    iam.create_user(UserName="bob")
    made = iam.create_access_key(UserName="bob")["AccessKey"]
    unused = iam.get_access_key_last_used(AccessKeyId=made["AccessKeyId"])
    assert unused["UserName"] == "bob"
    assert unused["AccessKeyLastUsed"] == {"ServiceName": "N/A", "Region": "N/A"}
    key = Key(made["AccessKeyId"], made["SecretAccessKey"])
    refused(first.client(key, region="eu-west-1").list_training_jobs)
    used = iam.get_access_key_last_used(AccessKeyId=made["AccessKeyId"])["AccessKeyLastUsed"]
    assert (used["ServiceName"], used["Region"]) == ("sagemaker", "eu-west-1") and used["LastUsedDate"]
    assert first.stop() == 0
    again = serve(store=tmp_path).client(service="iam")
    assert again.get_access_key_last_used(AccessKeyId=made["AccessKeyId"])["AccessKeyLastUsed"] == used
    absent = refused(again.get_access_key_last_used, AccessKeyId="AKIAIOSFODNN7EXAMPLE")
    text = "is not authorized to perform iam:GetAccessKeyLastUsed on resource: access key AKIAIOSFODNN7EXAMPLE"
    assert (absent.status, absent.code) == (403, "AccessDenied")
    assert absent.message == f"User: arn:aws:iam::{ACCOUNT}:root {text}"


def test_a_trust_policy_names_whom_there_is(iam):
    absent = f"arn:aws:iam::{ACCOUNT}:user/absent"
    refusal = said(iam.create_role, RoleName="r", AssumeRolePolicyDocument=json.dumps(trust({"AWS": absent})))
    assert refusal == (400, "MalformedPolicyDocument", f'Invalid principal in policy: "AWS":"{absent}"')
    elsewhere = {"AWS": f"arn:aws:iam::{OTHER_ACCOUNT}:role/unknown"}
    iam.create_role(RoleName="r", AssumeRolePolicyDocument=json.dumps(trust(elsewhere)))


def test_a_principal_is_kept_by_its_id(endpoint, iam):
    """A policy follows a user that is renamed, and does not mean one that was made anew under an old name."""
    first = iam.create_user(UserName="bob")["User"]
    iam.create_role(RoleName="r", AssumeRolePolicyDocument=json.dumps(trust({"AWS": first["Arn"]})))
    iam.update_user(UserName="bob", NewUserName="rob")

    def named():
        return iam.get_role(RoleName="r")["Role"]["AssumeRolePolicyDocument"]["Statement"][0]["Principal"]["AWS"]

    assert named() == f"arn:aws:iam::{ACCOUNT}:user/rob"
    iam.delete_user(UserName="rob")
    assert named() == first["UserId"]
    iam.create_user(UserName="rob")
    assert named() == first["UserId"]
    key = iam.create_access_key(UserName="rob")["AccessKey"]
    sts = endpoint.client(Key(key["AccessKeyId"], key["SecretAccessKey"]), service="sts")
    role = f"arn:aws:iam::{ACCOUNT}:role/r"
    assert refused(sts.assume_role, RoleArn=role, RoleSessionName="session").code == "AccessDenied"
    again = trust({"AWS": f"arn:aws:iam::{ACCOUNT}:user/rob"})
    iam.update_assume_role_policy(RoleName="r", PolicyDocument=json.dumps(again))
    assert sts.assume_role(RoleArn=role, RoleSessionName="session")["Credentials"]["AccessKeyId"].startswith("ASIA")
