"""What IAM tells of an account as a whole."""

import json

import pytest
from jobs import refused
from worlds import ACCOUNT, OTHER_ACCOUNT, Account, World, allow, policy, trust

S3 = policy(allow("s3:*"))
FENCE = f"arn:aws:iam::{ACCOUNT}:policy/Fence"
READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"


@pytest.fixture
def endpoint(serve):
    world = World(caller=[allow("iam:*")], bare=True)
    world.account.managed_policy("Fence", allow("s3:*"))
    world.account.user("bob", managed=[READ_ONLY], boundary=FENCE, tags={"a": "b"})
    world.account.role("Training", allow("s3:*"), tags={"c": "d"})
    world.others.append(Account(OTHER_ACCOUNT))
    return serve(world=world.document())


@pytest.fixture
def iam(endpoint):
    return endpoint.client(service="iam")


LISTS = ["UserDetailList", "GroupDetailList", "RoleDetailList", "Policies"]


def names(details):
    found = [entity for members in LISTS for entity in details[members]]
    return [next(v for k, v in entity.items() if k.endswith("Name")) for entity in found]


def test_authorization_details(iam):
    iam.create_group(GroupName="g")
    iam.put_group_policy(GroupName="g", PolicyName="p", PolicyDocument=json.dumps(S3))
    iam.add_user_to_group(GroupName="g", UserName="bob")
    iam.create_instance_profile(InstanceProfileName="ip")
    iam.add_role_to_instance_profile(InstanceProfileName="ip", RoleName="Training")
    details = iam.get_account_authorization_details()
    assert names(details) == ["ann", "bob", "g", "Training", "Fence", "ReadOnlyAccess"]
    bob = details["UserDetailList"][1]
    assert (bob["GroupList"], bob["UserPolicyList"], bob["Tags"]) == (["g"], [], [{"Key": "a", "Value": "b"}])
    assert bob["AttachedManagedPolicies"] == [{"PolicyName": "ReadOnlyAccess", "PolicyArn": READ_ONLY}]
    assert bob["PermissionsBoundary"]["PermissionsBoundaryArn"] == FENCE
    assert details["GroupDetailList"][0]["GroupPolicyList"] == [{"PolicyName": "p", "PolicyDocument": S3}]
    role = details["RoleDetailList"][0]
    assert role["AssumeRolePolicyDocument"] == trust() and role["RoleLastUsed"] == {}
    assert role["RolePolicyList"] == [{"PolicyName": "Inline", "PolicyDocument": S3}]
    assert role["InstanceProfileList"][0]["Roles"][0]["RoleName"] == "Training"
    fence = details["Policies"][0]
    assert (fence["PermissionsBoundaryUsageCount"], fence["AttachmentCount"]) == (1, 0)
    assert fence["PolicyVersionList"][0]["Document"] == S3


@pytest.mark.parametrize(
    "kinds, expected",
    [
        (["User"], ["ann", "bob"]),
        (["Role", "Group"], ["Training"]),
        (["LocalManagedPolicy"], ["Fence"]),
        (["AWSManagedPolicy"], ["ReadOnlyAccess"]),
    ],
)
def test_authorization_details_by_kind(iam, kinds, expected):
    assert names(iam.get_account_authorization_details(Filter=kinds)) == expected


def test_authorization_details_in_pages(iam):
    pages = iam.get_paginator("get_account_authorization_details").paginate(PaginationConfig={"PageSize": 1})
    found = [names(page) for page in pages]
    assert found == [["ann"], ["bob"], ["Training"], ["Fence"], ["ReadOnlyAccess"]]


def test_what_is_printed_can_be_loaded(serve, iam):
    """The answer is the `iam` section of a world file."""
    details = iam.get_account_authorization_details()
    section = {member: details[member] for member in LISTS}
    text = json.dumps({"accounts": [{"accountId": ACCOUNT, "iam": section}]}, default=str)
    again = serve(world=text).client(service="iam").get_account_authorization_details()
    assert {member: again[member] for member in LISTS} == section


def test_aliases(endpoint, iam):
    assert iam.list_account_aliases()["AccountAliases"] == []
    iam.create_account_alias(AccountAlias="first")
    iam.create_account_alias(AccountAlias="second")
    assert iam.list_account_aliases()["AccountAliases"] == ["second"]
    from endpoint import Key

    other = endpoint.client(Key(OTHER_ACCOUNT, "test"), service="iam")
    refusal = refused(other.create_account_alias, AccountAlias="second")
    assert (refusal.status, refusal.code) == (409, "EntityAlreadyExists")
    assert refused(iam.delete_account_alias, AccountAlias="first").code == "NoSuchEntity"
    iam.delete_account_alias(AccountAlias="second")
    assert iam.list_account_aliases()["AccountAliases"] == []


def test_the_summary(iam):
    summary = iam.get_account_summary()["SummaryMap"]
    counted = {name: summary[name] for name in ("Users", "Groups", "Roles", "Policies", "InstanceProfiles")}
    assert counted == {"Users": 2, "Groups": 0, "Roles": 1, "Policies": 1, "InstanceProfiles": 0}
    quotas = {"UsersQuota": 5000, "PolicySizeQuota": 6144, "VersionsPerPolicyQuota": 5, "AccessKeysPerUserQuota": 2}
    assert quotas.items() <= summary.items()
    assert len(summary) == 34


def test_accounts_do_not_see_each_other(endpoint):
    from endpoint import Key

    other = endpoint.client(Key(OTHER_ACCOUNT, "test"), service="iam")
    assert other.list_users()["Users"] == []
    assert refused(other.get_role, RoleName="Training").code == "NoSuchEntity"


def test_context_keys(iam):
    document = policy(
        allow("s3:GetObject", on="arn:aws:s3:::b/${aws:username}/*", when={"Bool": {"aws:SecureTransport": "true"}}),
        allow("s3:PutObject", when={"StringLike": {"AWS:securetransport": "x", "s3:prefix": "${aws:PrincipalTag/t}"}}),
    )
    found = iam.get_context_keys_for_custom_policy(PolicyInputList=[json.dumps(document)])["ContextKeyNames"]
    assert sorted(found) == ["aws:PrincipalTag/t", "aws:SecureTransport", "aws:username", "s3:prefix"]
    iam.put_user_policy(UserName="bob", PolicyName="p", PolicyDocument=json.dumps(document))
    bob = f"arn:aws:iam::{ACCOUNT}:user/bob"
    found = iam.get_context_keys_for_principal_policy(PolicySourceArn=bob)["ContextKeyNames"]
    assert {"aws:username", "s3:prefix"} <= set(found)
    refusal = refused(iam.get_context_keys_for_principal_policy, PolicySourceArn=f"arn:aws:iam::{ACCOUNT}:root")
    text = f"Invalid Entity Arn: arn:aws:iam::{ACCOUNT}:root does not clearly define entity type and name."
    assert (refusal.code, refusal.message) == ("InvalidInput", text)


def test_policies_granting_service_access(iam):
    role = f"arn:aws:iam::{ACCOUNT}:role/Training"
    found = iam.list_policies_granting_service_access(Arn=role, ServiceNamespaces=["s3", "ec2"])
    assert found["PoliciesGrantingServiceAccess"] == [
        {
            "ServiceNamespace": "s3",
            "Policies": [
                {"PolicyName": "Inline", "PolicyType": "INLINE", "EntityType": "ROLE", "EntityName": "Training"}
            ],
        },
        {"ServiceNamespace": "ec2", "Policies": []},
    ]


def test_what_a_world_cannot_hold_is_not_there(iam):
    assert refused(iam.get_login_profile, UserName="bob").code == "NoSuchEntity"
    assert iam.list_mfa_devices(UserName="bob")["MFADevices"] == []
    assert iam.list_saml_providers()["SAMLProviderList"] == []
    assert refused(iam.list_mfa_devices, UserName="absent").code == "NoSuchEntity"


def test_what_is_not_built_says_so(iam):
    refusal = refused(iam.create_saml_provider, Name="x", SAMLMetadataDocument="x" * 1000)
    assert (refusal.status, refusal.code) == (501, "NotImplemented")
    assert "iam:CreateSAMLProvider" in refusal.message
