"""Inline and managed policies, attachments and boundaries through the IAM API."""

import json

import pytest
from jobs import refused
from worlds import ACCOUNT, OTHER_ACCOUNT, allow, policy, trust

TRUST = json.dumps(trust())
S3 = policy(allow("s3:GetObject", on="arn:aws:s3:::büchertest/*"))
READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
MISSING = f"arn:aws:iam::{ACCOUNT}:policy/absent"


@pytest.fixture
def iam(serve):
    made = serve().client(service="iam")
    made.create_user(UserName="u")
    made.create_group(GroupName="g")
    made.create_role(RoleName="r", AssumeRolePolicyDocument=TRUST)
    return made


def said(call, **members):
    refusal = refused(call, **members)
    return refusal.status, refusal.code, refusal.message


def large(size):
    """A policy of about this many characters, white space not counted."""
    return json.dumps(policy(allow("s3:GetObject", on="arn:aws:s3:::" + "x" * (size - 100))), indent=8)


HOLDERS = [("user", "UserName", "u"), ("group", "GroupName", "g"), ("role", "RoleName", "r")]


@pytest.mark.parametrize("kind, member, name", HOLDERS)
def test_inline_policies(iam, kind, member, name):
    holder = {member: name}
    put, get = getattr(iam, f"put_{kind}_policy"), getattr(iam, f"get_{kind}_policy")
    put(**holder, PolicyName="b", PolicyDocument=json.dumps(S3))
    put(**holder, PolicyName="a", PolicyDocument=json.dumps(policy(allow("s3:*"))))
    shown = get(**holder, PolicyName="b")
    assert (shown[member], shown["PolicyName"], shown["PolicyDocument"]) == (name, "b", S3)
    listed = getattr(iam, f"list_{kind}_policies")(**holder)
    assert (listed["PolicyNames"], listed["IsTruncated"]) == (["a", "b"], False)
    getattr(iam, f"delete_{kind}_policy")(**holder, PolicyName="a")
    text = f"The {kind} policy with name a cannot be found."
    assert said(get, **holder, PolicyName="a") == (404, "NoSuchEntity", text)
    most = {"user": 2048, "group": 5120, "role": 10240}[kind]
    text = f"Maximum policy size of {most} bytes exceeded for {kind} {name}"
    assert said(put, **holder, PolicyName="c", PolicyDocument=large(most)) == (409, "LimitExceeded", text)
    put(**holder, PolicyName="c", PolicyDocument=large(most - 200))
    assert said(put, **holder, PolicyName="x", PolicyDocument="{")[1] == "MalformedPolicyDocument"


@pytest.mark.parametrize("kind, member, name", HOLDERS)
def test_attachments(iam, kind, member, name):
    holder = {member: name}
    attach, detach = getattr(iam, f"attach_{kind}_policy"), getattr(iam, f"detach_{kind}_policy")
    listed = getattr(iam, f"list_attached_{kind}_policies")
    arn = iam.create_policy(PolicyName="p", Path="/x/", PolicyDocument=json.dumps(S3))["Policy"]["Arn"]
    for _ in range(2):
        attach(**holder, PolicyArn=arn)
    attach(**holder, PolicyArn=READ_ONLY)
    names = [{"PolicyName": "ReadOnlyAccess", "PolicyArn": READ_ONLY}, {"PolicyName": "p", "PolicyArn": arn}]
    assert listed(**holder)["AttachedPolicies"] == names
    assert listed(**holder, PathPrefix="/x/")["AttachedPolicies"] == names[1:]
    assert iam.get_policy(PolicyArn=arn)["Policy"]["AttachmentCount"] == 1
    assert said(iam.delete_policy, PolicyArn=arn)[1:] == (
        "DeleteConflict",
        "Cannot delete a policy attached to entities.",
    )
    assert said(getattr(iam, f"delete_{kind}"), **holder)[1:] == (
        "DeleteConflict",
        "Cannot delete entity, must detach all policies first.",
    )
    detach(**holder, PolicyArn=arn)
    assert said(detach, **holder, PolicyArn=arn) == (404, "NoSuchEntity", f"Policy {arn} was not found.")
    text = f"Policy {MISSING} does not exist or is not attachable."
    assert said(attach, **holder, PolicyArn=MISSING) == (404, "NoSuchEntity", text)
    text = "ARN longpolicynamebutnoarn is not valid."
    assert said(attach, **holder, PolicyArn="longpolicynamebutnoarn") == (400, "ValidationError", text)
    for number in range(9):
        made = iam.create_policy(PolicyName=f"p{number}", PolicyDocument=json.dumps(S3))["Policy"]["Arn"]
        attach(**holder, PolicyArn=made)
    text = f"Cannot exceed quota for PoliciesPer{kind.title()}: 10"
    assert said(attach, **holder, PolicyArn=arn) == (409, "LimitExceeded", text)


def test_a_service_role_policy_is_for_no_customer(iam):
    arn = "arn:aws:iam::aws:policy/aws-service-role/AmazonSageMakerNotebooksServiceRolePolicy"
    text = "Cannot attach a Service Role Policy to a Customer Role."
    assert said(iam.attach_role_policy, RoleName="r", PolicyArn=arn) == (400, "PolicyNotAttachable", text)


def test_versions(iam):
    made = iam.create_policy(PolicyName="p", PolicyDocument=json.dumps(S3), Description="d")["Policy"]
    arn = made["Arn"]
    assert made["PolicyId"].startswith("ANPA") and len(made["PolicyId"]) == 21
    assert (made["DefaultVersionId"], made["AttachmentCount"], made["IsAttachable"]) == ("v1", 0, True)
    assert "Description" not in made and iam.get_policy(PolicyArn=arn)["Policy"]["Description"] == "d"
    for number in range(2, 6):
        version = iam.create_policy_version(PolicyArn=arn, PolicyDocument=json.dumps(S3), SetAsDefault=number == 3)
        assert version["PolicyVersion"]["VersionId"] == f"v{number}"
        assert version["PolicyVersion"]["IsDefaultVersion"] is (number == 3)
    text = (
        "A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing "
        "version."
    )
    refusal = said(iam.create_policy_version, PolicyArn=arn, PolicyDocument=json.dumps(S3))
    assert refusal == (409, "LimitExceeded", text)
    listed = iam.list_policy_versions(PolicyArn=arn)["Versions"]
    assert [version["VersionId"] for version in listed] == ["v5", "v4", "v3", "v2", "v1"]
    assert [version["IsDefaultVersion"] for version in listed] == [False, False, True, False, False]
    assert iam.get_policy_version(PolicyArn=arn, VersionId="v3")["PolicyVersion"]["Document"] == S3
    text = "Cannot delete the default version of a policy."
    assert said(iam.delete_policy_version, PolicyArn=arn, VersionId="v3") == (409, "DeleteConflict", text)
    iam.set_default_policy_version(PolicyArn=arn, VersionId="v5")
    iam.delete_policy_version(PolicyArn=arn, VersionId="v3")
    text = f"Policy {arn} version v3 does not exist or is not attachable."
    for call in (iam.get_policy_version, iam.delete_policy_version, iam.set_default_policy_version):
        assert said(call, PolicyArn=arn, VersionId="v3") == (404, "NoSuchEntity", text)
    assert said(iam.delete_policy, PolicyArn=arn)[1] == "DeleteConflict"
    sixth = iam.create_policy_version(PolicyArn=arn, PolicyDocument=json.dumps(S3))["PolicyVersion"]["VersionId"]
    iam.delete_policy_version(PolicyArn=arn, VersionId=sixth)
    seventh = iam.create_policy_version(PolicyArn=arn, PolicyDocument=json.dumps(S3))["PolicyVersion"]["VersionId"]
    assert (sixth, seventh) == ("v6", "v7")
    iam.delete_policy_version(PolicyArn=arn, VersionId=seventh)
    for number in (1, 2, 4):
        iam.delete_policy_version(PolicyArn=arn, VersionId=f"v{number}")
    iam.delete_policy(PolicyArn=arn)
    assert said(iam.get_policy, PolicyArn=arn) == (404, "NoSuchEntity", f"Policy {arn} was not found.")


@pytest.mark.parametrize(
    "document, code, text",
    [
        ("{", "MalformedPolicyDocument", "Syntax errors in policy."),
        (
            json.dumps({"Version": "2008-10-17", "Statement": [allow("s3:*")]}),
            "MalformedPolicyDocument",
            "Policy document must be version 2012-10-17 or greater.",
        ),
        (large(6200), "LimitExceeded", "Cannot exceed quota for PolicySize: 6144"),
    ],
)
def test_a_managed_policy_is_checked(iam, document, code, text):
    refusal = refused(iam.create_policy, PolicyName="p", PolicyDocument=document)
    assert (refusal.code, refusal.message) == (code, text)
    assert iam.list_policies(Scope="Local")["Policies"] == []


def test_listing_policies(iam):
    own = iam.create_policy(PolicyName="p", Path="/x/", PolicyDocument=json.dumps(S3), Description="d")["Policy"]["Arn"]
    bound = iam.create_policy(PolicyName="q", PolicyDocument=json.dumps(S3))["Policy"]["Arn"]
    iam.attach_user_policy(UserName="u", PolicyArn=READ_ONLY)
    iam.attach_user_policy(UserName="u", PolicyArn=own)
    iam.put_role_permissions_boundary(RoleName="r", PermissionsBoundary=bound)

    def arns(**members):
        pages = iam.get_paginator("list_policies").paginate(**members, PaginationConfig={"PageSize": 1000})
        return [listed["Arn"] for page in pages for listed in page["Policies"]]

    assert sorted(arns(Scope="Local")) == [bound, own]
    assert arns(Scope="Local", PathPrefix="/x/") == [own]
    aws = arns(Scope="AWS")
    assert len(aws) > 1000 and all(arn.startswith("arn:aws:iam::aws:policy/") for arn in aws)
    assert sorted(arns()) == sorted(aws + [bound, own])
    assert set(arns(OnlyAttached=True)) == {READ_ONLY, own, bound}
    assert arns(PolicyUsageFilter="PermissionsBoundary") == [bound]
    assert set(arns(PolicyUsageFilter="PermissionsPolicy")) == {READ_ONLY, own}
    shown = iam.list_policies(Scope="Local", PathPrefix="/x/")["Policies"][0]
    assert "Description" not in shown and "Tags" not in shown and shown["AttachmentCount"] == 1


def test_entities_of_a_policy(iam):
    arn = iam.create_policy(PolicyName="p", PolicyDocument=json.dumps(S3))["Policy"]["Arn"]
    iam.attach_user_policy(UserName="u", PolicyArn=arn)
    iam.attach_group_policy(GroupName="g", PolicyArn=arn)
    iam.put_role_permissions_boundary(RoleName="r", PermissionsBoundary=arn)

    def names(**members):
        shown = iam.list_entities_for_policy(PolicyArn=arn, **members)
        kinds = [("PolicyUsers", "UserName"), ("PolicyGroups", "GroupName"), ("PolicyRoles", "RoleName")]
        return [entity[name] for kind, name in kinds for entity in shown[kind]]

    assert names() == ["u", "g", "r"]
    assert names(EntityFilter="User") == ["u"]
    assert names(PolicyUsageFilter="PermissionsPolicy") == ["u", "g"]
    assert names(PolicyUsageFilter="PermissionsBoundary") == ["r"]
    assert names(PathPrefix="/y/") == []
    page = iam.list_entities_for_policy(PolicyArn=arn, MaxItems=2)
    assert page["IsTruncated"] and page["PolicyUsers"] == []
    assert iam.list_entities_for_policy(PolicyArn=arn, Marker=page["Marker"])["PolicyUsers"][0]["UserName"] == "u"


@pytest.mark.parametrize("kind, name", [("User", "u"), ("Role", "r")])
def test_boundaries(iam, kind, name):
    holder = {f"{kind}Name": name}
    put = getattr(iam, f"put_{kind.lower()}_permissions_boundary")
    arn = iam.create_policy(PolicyName="p", PolicyDocument=json.dumps(S3))["Policy"]["Arn"]
    put(**holder, PermissionsBoundary=arn)
    shown = getattr(iam, f"get_{kind.lower()}")(**holder)[kind]
    assert shown["PermissionsBoundary"]["PermissionsBoundaryArn"] == arn
    assert iam.get_policy(PolicyArn=arn)["Policy"]["PermissionsBoundaryUsageCount"] == 1
    getattr(iam, f"delete_{kind.lower()}_permissions_boundary")(**holder)
    assert "PermissionsBoundary" not in getattr(iam, f"get_{kind.lower()}")(**holder)[kind]
    wrong = f"arn:aws:iam::{ACCOUNT}:not_a_policy/invalid"
    assert said(put, **holder, PermissionsBoundary=wrong) == (400, "InvalidInput", f"ARN {wrong} is not valid.")
    text = f"Scope ARN: {MISSING} does not exist or is not attachable."
    assert said(put, **holder, PermissionsBoundary=MISSING) == (404, "NoSuchEntity", text)


def test_aws_policies_are_for_reading(iam):
    assert iam.get_policy(PolicyArn=READ_ONLY)["Policy"]["PolicyName"] == "ReadOnlyAccess"
    version = iam.get_policy(PolicyArn=READ_ONLY)["Policy"]["DefaultVersionId"]
    document = iam.get_policy_version(PolicyArn=READ_ONLY, VersionId=version)["PolicyVersion"]["Document"]
    assert document["Version"] == "2012-10-17"
    cases = [
        (iam.delete_policy, "DeletePolicy", {}),
        (iam.tag_policy, "TagPolicy", {"Tags": [{"Key": "a", "Value": "b"}]}),
        (iam.create_policy_version, "CreatePolicyVersion", {"PolicyDocument": json.dumps(S3)}),
        (iam.set_default_policy_version, "SetDefaultPolicyVersion", {"VersionId": version}),
    ]
    for call, action, members in cases:
        refusal = said(call, PolicyArn=READ_ONLY, **members)
        text = f"User: arn:aws:iam::{ACCOUNT}:root is not authorized to perform: iam:{action} on resource: policy "
        assert refusal == (403, "AccessDenied", text + READ_ONLY)


def test_another_accounts_policy(iam):
    refusal = refused(iam.get_policy, PolicyArn=f"arn:aws:iam::{OTHER_ACCOUNT}:policy/p")
    assert (refusal.status, refusal.code) == (403, "AccessDenied")
    refusal = refused(iam.get_policy, PolicyArn="this-is-no-arn-at-all")
    assert (refusal.code, refusal.message) == ("ValidationError", "Invalid ARN:  Could not be parsed!")


def test_service_linked_roles(iam):
    made = iam.create_service_linked_role(AWSServiceName="sagemaker.amazonaws.com", Description="d")["Role"]
    name = "AWSServiceRoleForAmazonSageMakerNotebooks"
    assert made["Arn"] == f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/sagemaker.amazonaws.com/{name}"
    assert made["AssumeRolePolicyDocument"]["Statement"][0]["Principal"] == {"Service": ["sagemaker.amazonaws.com"]}
    attached = iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
    assert [policy["PolicyName"] for policy in attached] == ["AmazonSageMakerNotebooksServiceRolePolicy"]
    text = f"Service role name {name} has been taken in this account, please try a different suffix."
    again = said(iam.create_service_linked_role, AWSServiceName="sagemaker.amazonaws.com")
    assert again == (400, "InvalidInput", text)
    text = f"Cannot perform the operation on the protected role '{name}' - this role is only modifiable by AWS"
    for call, members in [
        (iam.delete_role, {}),
        (iam.put_role_policy, {"PolicyName": "p", "PolicyDocument": json.dumps(S3)}),
        (iam.attach_role_policy, {"PolicyArn": READ_ONLY}),
        (iam.update_assume_role_policy, {"PolicyDocument": TRUST}),
    ]:
        assert said(call, RoleName=name, **members) == (400, "UnmodifiableEntity", text)
    text = "Custom suffix is not allowed for spot.amazonaws.com"
    suffixed = said(iam.create_service_linked_role, AWSServiceName="spot.amazonaws.com", CustomSuffix="x")
    assert suffixed == (400, "InvalidInput", text)
    scaling = iam.create_service_linked_role(AWSServiceName="autoscaling.amazonaws.com", CustomSuffix="x")["Role"]
    assert scaling["RoleName"] == "AWSServiceRoleForAutoScaling_x"
    task = iam.delete_service_linked_role(RoleName=name)["DeletionTaskId"]
    assert task.startswith(f"task/aws-service-role/sagemaker.amazonaws.com/{name}/")
    assert iam.get_service_linked_role_deletion_status(DeletionTaskId=task)["Status"] == "SUCCEEDED"
    assert refused(iam.get_role, RoleName=name).code == "NoSuchEntity"
