"""IAM judges calls to itself: resources, condition keys, and the words of a denial."""

import json

import pytest
from jobs import explicit, implicit, refused
from worlds import ACCOUNT, World, allow, deny, policy, trust

TRUST = json.dumps(trust())
ARN = f"arn:aws:iam::{ACCOUNT}:"
DOCUMENT = json.dumps(policy(allow("s3:*")))
TAGS = [{"Key": "team", "Value": "vision"}]


def world(*statements, **ann):
    """`ann` with these permissions, and some entities to act on."""
    made = World(caller=list(statements), bare=True, user=ann)
    made.account.user("bob", tags={"team": "vision"})
    made.account.role("Plain", tags={"team": "vision"})
    made.account.role("Bound", boundary=made.account.managed_policy("Fence", allow("s3:*")))
    made.account.managed_policy("Own", allow("s3:*"))
    return made


@pytest.fixture
def client(serve):
    def make(*statements, **ann):
        made = world(*statements, **ann)
        return serve(world=made.document()).client(made.ann, service="iam")

    return make


# Each call, the action that is asked about, and how its resource is printed.
PRINTED = [
    ("get_user", {"UserName": "bob"}, "GetUser", "user bob"),
    ("get_user", {"UserName": "absent"}, "GetUser", "user absent"),
    ("get_user", {}, "GetUser", "user ann"),
    ("create_user", {"UserName": "x", "Path": "/p/"}, "CreateUser", f"{ARN}user/p/x"),
    ("list_users", {}, "ListUsers", f"{ARN}user/"),
    ("list_users", {"PathPrefix": "/p/"}, "ListUsers", f"{ARN}user/p/"),
    ("list_roles", {}, "ListRoles", f"{ARN}role/"),
    ("list_policies", {}, "ListPolicies", "policy path /"),
    ("get_role", {"RoleName": "Plain"}, "GetRole", "role Plain"),
    ("create_role", {"RoleName": "x", "AssumeRolePolicyDocument": TRUST}, "CreateRole", f"{ARN}role/x"),
    ("create_group", {"GroupName": "x"}, "CreateGroup", f"{ARN}group/x"),
    ("get_group", {"GroupName": "x"}, "GetGroup", "group x"),
    ("get_instance_profile", {"InstanceProfileName": "x"}, "GetInstanceProfile", "instance profile x"),
    ("create_instance_profile", {"InstanceProfileName": "x"}, "CreateInstanceProfile", f"{ARN}instance-profile/x"),
    ("create_policy", {"PolicyName": "x", "PolicyDocument": DOCUMENT}, "CreatePolicy", "policy x"),
    ("get_policy", {"PolicyArn": f"{ARN}policy/Own"}, "GetPolicy", f"policy {ARN}policy/Own"),
    (
        "attach_role_policy",
        {"RoleName": "Plain", "PolicyArn": f"{ARN}policy/Own"},
        "AttachRolePolicy",
        "role Plain",
    ),
    ("create_access_key", {"UserName": "bob"}, "CreateAccessKey", "user bob"),
    ("get_account_summary", {}, "GetAccountSummary", "*"),
    ("list_account_aliases", {}, "ListAccountAliases", "*"),
    ("get_account_authorization_details", {}, "GetAccountAuthorizationDetails", "*"),
    (
        "create_service_linked_role",
        {"AWSServiceName": "spot.amazonaws.com"},
        "CreateServiceLinkedRole",
        f"{ARN}role/aws-service-role/spot.amazonaws.com/AWSServiceRoleForEC2Spot",
    ),
    (
        "simulate_principal_policy",
        {"PolicySourceArn": f"{ARN}user/ann", "ActionNames": ["s3:GetObject"]},
        "SimulatePrincipalPolicy",
        f"{ARN}user/ann",
    ),
    (
        "simulate_custom_policy",
        {"PolicyInputList": [DOCUMENT], "ActionNames": ["s3:GetObject"]},
        "SimulateCustomPolicy",
        "*",
    ),
]


@pytest.mark.parametrize("call, members, action, printed", PRINTED)
def test_words(client, call, members, action, printed):
    refusal = refused(getattr(client(), call), **members)
    assert (refusal.status, refusal.code) == (403, "AccessDenied")
    assert refusal.message == implicit(f"iam:{action}", printed)


def test_words_of_an_explicit_deny(client):
    refusal = refused(client(allow("iam:*"), deny("iam:GetRole", on=f"{ARN}role/Plain")).get_role, RoleName="Plain")
    assert refusal.message == explicit("iam:GetRole", "role Plain")


def test_a_scoped_permission(client):
    made = client(allow("iam:GetRole", on=f"{ARN}role/Pl*"), allow("iam:ListUsers"))
    assert made.get_role(RoleName="Plain")["Role"]["RoleName"] == "Plain"
    assert refused(made.get_role, RoleName="Bound").code == "AccessDenied"
    assert len(made.list_users()["Users"]) == 2


def test_a_list_is_judged_on_everything(client):
    assert refused(client(allow("iam:ListUsers", on=f"{ARN}user/*")).list_users).code == "AccessDenied"


def when(key, value, operator="StringEquals"):
    return {operator: {key: value}}


OWN, FENCE = f"{ARN}policy/Own", f"{ARN}policy/Fence"

# A permission, a call that it allows, and one that it does not.
CONDITIONS = [
    (
        allow("iam:AttachRolePolicy", when=when("iam:PolicyARN", OWN, "ArnEquals")),
        ("attach_role_policy", {"RoleName": "Plain", "PolicyArn": OWN}),
        ("attach_role_policy", {"RoleName": "Plain", "PolicyArn": FENCE}),
    ),
    (
        allow("iam:PutRolePolicy", when=when("iam:PermissionsBoundary", FENCE)),
        ("put_role_policy", {"RoleName": "Bound", "PolicyName": "p", "PolicyDocument": DOCUMENT}),
        ("put_role_policy", {"RoleName": "Plain", "PolicyName": "p", "PolicyDocument": DOCUMENT}),
    ),
    (
        allow("iam:CreateUser", when=when("iam:PermissionsBoundary", FENCE)),
        ("create_user", {"UserName": "x", "PermissionsBoundary": FENCE}),
        ("create_user", {"UserName": "y"}),
    ),
    (
        allow("iam:PutRolePermissionsBoundary", when=when("iam:PermissionsBoundary", OWN)),
        ("put_role_permissions_boundary", {"RoleName": "Bound", "PermissionsBoundary": OWN}),
        ("put_role_permissions_boundary", {"RoleName": "Bound", "PermissionsBoundary": FENCE}),
    ),
    (
        allow("iam:UpdateRole", when=when("iam:ResourceTag/team", "vision")),
        ("update_role", {"RoleName": "Plain", "Description": "x"}),
        ("update_role", {"RoleName": "Bound", "Description": "x"}),
    ),
    (
        allow("iam:GetUser", when=when("aws:ResourceTag/TEAM", "vision")),
        ("get_user", {"UserName": "bob"}),
        ("get_user", {"UserName": "ann"}),
    ),
    (
        allow("iam:CreateUser", "iam:TagUser", when=when("aws:RequestTag/team", "vision")),
        ("create_user", {"UserName": "x", "Tags": TAGS}),
        ("create_user", {"UserName": "y", "Tags": [{"Key": "team", "Value": "speech"}]}),
    ),
    (
        allow("iam:TagRole", when={"ForAllValues:StringEquals": {"aws:TagKeys": ["team"]}}),
        ("tag_role", {"RoleName": "Plain", "Tags": TAGS}),
        ("tag_role", {"RoleName": "Plain", "Tags": [{"Key": "cost", "Value": "1"}]}),
    ),
    (
        allow("iam:UntagRole", when={"ForAllValues:StringEquals": {"aws:TagKeys": ["team"]}}),
        ("untag_role", {"RoleName": "Plain", "TagKeys": ["team"]}),
        ("untag_role", {"RoleName": "Plain", "TagKeys": ["team", "cost"]}),
    ),
    (
        allow("iam:CreateServiceLinkedRole", when=when("iam:AWSServiceName", "spot.amazonaws.com")),
        ("create_service_linked_role", {"AWSServiceName": "spot.amazonaws.com"}),
        ("create_service_linked_role", {"AWSServiceName": "spotfleet.amazonaws.com"}),
    ),
    (
        allow("iam:*AccessKey*", on=f"{ARN}user/${{aws:username}}"),
        ("list_access_keys", {}),
        ("list_access_keys", {"UserName": "bob"}),
    ),
]


@pytest.mark.parametrize("permission, allowed, denied", CONDITIONS)
def test_condition_keys(client, permission, allowed, denied):
    made = client(permission)
    getattr(made, allowed[0])(**allowed[1])
    refusal = refused(getattr(made, denied[0]), **denied[1])
    assert (refusal.status, refusal.code) == (403, "AccessDenied"), refusal


TAGGED = [
    ("create_user", {"UserName": "x"}, "CreateUser", "TagUser", f"{ARN}user/x"),
    (
        "create_role",
        {"RoleName": "x", "AssumeRolePolicyDocument": TRUST},
        "CreateRole",
        "TagRole",
        f"{ARN}role/x",
    ),
    ("create_policy", {"PolicyName": "x", "PolicyDocument": DOCUMENT}, "CreatePolicy", "TagPolicy", "policy x"),
    (
        "create_instance_profile",
        {"InstanceProfileName": "x"},
        "CreateInstanceProfile",
        "TagInstanceProfile",
        f"{ARN}instance-profile/x",
    ),
]


@pytest.mark.parametrize("call, members, create, tag, printed", TAGGED)
def test_tags_on_create_need_their_own_permission(client, call, members, create, tag, printed):
    refusal = refused(getattr(client(allow(f"iam:{create}")), call), **members, Tags=TAGS)
    assert refusal.message == implicit(f"iam:{tag}", printed)
    getattr(client(allow(f"iam:{create}", f"iam:{tag}")), call)(**members, Tags=TAGS)


def test_renaming_needs_both_names(client):
    made = client(allow("iam:UpdateUser", on=f"{ARN}user/bob"))
    refusal = refused(made.update_user, UserName="bob", NewUserName="rob")
    assert refusal.message == implicit("iam:UpdateUser", "user rob")
    client(allow("iam:UpdateUser", on=[f"{ARN}user/bob", f"{ARN}user/rob"])).update_user(
        UserName="bob", NewUserName="rob"
    )


def test_a_role_in_an_instance_profile_is_passed(client):
    permissions = allow("iam:CreateInstanceProfile", "iam:AddRoleToInstanceProfile")
    members = {"InstanceProfileName": "x", "RoleName": "Plain"}
    made = client(permissions)
    made.create_instance_profile(InstanceProfileName="x")
    refusal = refused(made.add_role_to_instance_profile, **members)
    assert refusal.message == implicit("iam:PassRole", f"{ARN}role/Plain")
    to_ec2 = allow("iam:PassRole", when=when("iam:PassedToService", "ec2.amazonaws.com"))
    made = client(permissions, to_ec2)
    made.create_instance_profile(InstanceProfileName="x")
    made.add_role_to_instance_profile(**members)


def test_nothing_is_done_where_it_is_denied(serve):
    made = world()
    endpoint = serve(world=made.document())
    refused(endpoint.client(made.ann, service="iam").delete_user, UserName="bob")
    root = endpoint.client(service="iam")
    assert root.get_user(UserName="bob")["User"]["UserName"] == "bob"
    entry = endpoint.decisions(action="iam:DeleteUser")[0]
    assert entry["resource"] == f"{ARN}user/bob" and entry["decision"] == "implicitDeny"


def test_a_change_acts_at_once(serve):
    made = world()
    endpoint = serve(world=made.document())
    ann, root = endpoint.client(made.ann, service="iam"), endpoint.client(service="iam")
    assert refused(ann.list_users).code == "AccessDenied"
    root.create_group(GroupName="readers")
    root.attach_group_policy(GroupName="readers", PolicyArn="arn:aws:iam::aws:policy/IAMReadOnlyAccess")
    root.add_user_to_group(GroupName="readers", UserName="ann")
    assert len(ann.list_users()["Users"]) == 2
    fence = root.create_policy(PolicyName="None", PolicyDocument=DOCUMENT)["Policy"]["Arn"]
    root.put_user_permissions_boundary(UserName="ann", PermissionsBoundary=fence)
    refusal = refused(ann.list_users)
    assert refusal.message == implicit("iam:ListUsers", f"{ARN}user/", by="permissions boundary")
    root.create_policy_version(PolicyArn=fence, PolicyDocument=json.dumps(policy(allow("iam:*"))), SetAsDefault=True)
    assert len(ann.list_users()["Users"]) == 2
    root.remove_user_from_group(GroupName="readers", UserName="ann")
    assert refused(ann.list_users).code == "AccessDenied"
