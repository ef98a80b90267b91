"""What `aws iam get-account-authorization-details` prints loads unchanged, with everything that real accounts have."""

import copy

from jobs import accepted, arn, implicit, job, refused
from worlds import ACCOUNT, CALLER, PASS_ROLE, ROLE, ROLE_ARN, World, allow, deny, policy, trust, without

DATE = "2024-03-01T12:34:56+00:00"
FULL_ACCESS = "arn:aws:iam::aws:policy/AmazonSageMakerFullAccess"
POWER = f"arn:aws:iam::{ACCOUNT}:policy/teams/Power"
LIMIT = f"arn:aws:iam::{ACCOUNT}:policy/Limit"
INSTANCE_ROLE = f"arn:aws:iam::{ACCOUNT}:role/ec2/Worker"


def version(number, default, *statements):
    return {
        "Document": policy(*statements),
        "VersionId": f"v{number}",
        "IsDefaultVersion": default,
        "CreateDate": DATE,
    }


def managed(arn, id, *versions, attachments=1):
    default = next(made["VersionId"] for made in versions if made["IsDefaultVersion"])
    return {
        "PolicyName": arn.split("/")[-1],
        "PolicyId": id,
        "Arn": arn,
        "Path": "/" + "/".join([*arn.split("/")[1:-1], ""]),
        "DefaultVersionId": default,
        "AttachmentCount": attachments,
        "PermissionsBoundaryUsageCount": 0,
        "IsAttachable": True,
        "Description": "as printed",
        "CreateDate": DATE,
        "UpdateDate": DATE,
        "PolicyVersionList": list(versions),
    }


def role(path, name, id, trusted, *statements, profiles=()):
    return {
        "Path": path,
        "RoleName": name,
        "RoleId": id,
        "Arn": f"arn:aws:iam::{ACCOUNT}:role{path}{name}",
        "CreateDate": DATE,
        "AssumeRolePolicyDocument": trusted,
        "InstanceProfileList": list(profiles),
        "RolePolicyList": [{"PolicyName": "Work", "PolicyDocument": policy(*statements)}] if statements else [],
        "AttachedManagedPolicies": [],
        "Tags": [{"Key": "owner", "Value": "platform"}],
        "RoleLastUsed": {"LastUsedDate": DATE, "Region": "us-east-1"},
    }


def worker():
    made = role("/ec2/", "Worker", "AROA4EXAMPLE000000001", trust({"Service": "ec2.amazonaws.com"}), allow("s3:*"))
    profile = {
        "Path": "/ec2/",
        "InstanceProfileName": "Worker",
        "InstanceProfileId": "AIPA4EXAMPLE000000001",
        "Arn": f"arn:aws:iam::{ACCOUNT}:instance-profile/ec2/Worker",
        "CreateDate": DATE,
    }
    bare = {member: made[member] for member in ["Path", "RoleName", "RoleId", "Arn", "CreateDate"]}
    bare["AssumeRolePolicyDocument"] = made["AssumeRolePolicyDocument"]
    made["InstanceProfileList"] = [{**profile, "Roles": [bare]}]
    return made


def printed():
    """The four lists of the command's answer, for an account with a little of everything."""
    linked = role(
        "/aws-service-role/sagemaker.amazonaws.com/",
        "AWSServiceRoleForAmazonSageMakerNotebooks",
        "AROA4EXAMPLE000000002",
        trust(),
        allow("ec2:CreateNetworkInterface"),
    )
    ann = {
        "Path": "/teams/vision/",
        "UserName": "ann",
        "UserId": "AIDA4EXAMPLE000000001",
        "Arn": f"arn:aws:iam::{ACCOUNT}:user/teams/vision/ann",
        "CreateDate": DATE,
        "UserPolicyList": [{"PolicyName": "Pass", "PolicyDocument": policy(PASS_ROLE)}],
        "GroupList": ["vision"],
        "AttachedManagedPolicies": [{"PolicyName": "AmazonSageMakerFullAccess", "PolicyArn": FULL_ACCESS}],
        "PermissionsBoundary": {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": LIMIT},
        "Tags": [{"Key": "team", "Value": "vision"}],
    }
    group = {
        "Path": "/teams/",
        "GroupName": "vision",
        "GroupId": "AGPA4EXAMPLE000000001",
        "Arn": f"arn:aws:iam::{ACCOUNT}:group/teams/vision",
        "CreateDate": DATE,
        "GroupPolicyList": [{"PolicyName": "Look", "PolicyDocument": policy(allow("sagemaker:List*"))}],
        "AttachedManagedPolicies": [{"PolicyName": "Power", "PolicyArn": POWER}],
    }
    full = version(1, False, allow("sagemaker:*")), version(22, True, *without(CALLER))
    return {
        "UserDetailList": [ann],
        "GroupDetailList": [group],
        "RoleDetailList": [
            role("/", "TrainingRole", "AROA4EXAMPLE000000003", trust(), *without(ROLE)),
            worker(),
            linked,
        ],
        "Policies": [
            managed(POWER, "ANPA4EXAMPLE000000001", version(2, True, allow("kms:*")), version(1, False, allow("*"))),
            managed(LIMIT, "ANPA4EXAMPLE000000002", version(1, True, allow("*"), deny("sagemaker:DeleteTrainingJob"))),
            managed(FULL_ACCESS, "ANPAJZ5IWYMXO5QDB4QOG", *full),
        ],
    }


def world():
    made = World()
    made.account.document["iam"] = printed()
    return made


def test_it_loads_and_counts(serve):
    made = world()
    endpoint = serve(world=made.document())
    client = endpoint.client(made.ann)
    assert accepted(endpoint, made.ann, job()) == arn()
    refusal = refused(client.delete_training_job, TrainingJobName="my-job")
    assert refusal.message.startswith(
        f"User: arn:aws:iam::{ACCOUNT}:user/teams/vision/ann is not authorized to perform: sagemaker:DeleteTrainingJob "
        f"on resource: {arn()} with an explicit deny in a permissions boundary"
    )


def test_the_default_version_counts(serve):
    made = world()
    power = made.account.document["iam"]["Policies"][0]["PolicyVersionList"]
    made.account.document["iam"]["UserDetailList"][0]["UserPolicyList"] = []
    made.account.document["iam"]["UserDetailList"][0]["AttachedManagedPolicies"] = []
    refusal = refused(serve(world=made.document()).client(made.ann).create_training_job, **job())
    assert refusal.message == implicit("sagemaker:CreateTrainingJob", arn(), "user/teams/vision/ann")
    for number in (0, 1):
        power[number]["IsDefaultVersion"] = not power[number]["IsDefaultVersion"]
    made.account.document["iam"]["Policies"][0]["DefaultVersionId"] = "v1"
    assert accepted(serve(world=made.document()), made.ann, job()) == arn()


def test_a_role_with_a_path_is_passed_by_its_whole_arn(serve):
    made = world()
    roles = made.account.document["iam"]["RoleDetailList"]
    roles.append({**copy.deepcopy(roles[0]), "RoleName": "Deep", "RoleId": "AROA4EXAMPLE000000009"})
    deep = f"arn:aws:iam::{ACCOUNT}:role/service-role/Deep"
    roles[-1].update(Path="/service-role/", Arn=deep)
    passing = allow("iam:PassRole", on=[ROLE_ARN, f"arn:aws:iam::{ACCOUNT}:role/Deep"])
    user = made.account.document["iam"]["UserDetailList"][0]
    user["AttachedManagedPolicies"] = []
    user["UserPolicyList"][0]["PolicyDocument"] = policy(passing, CALLER["jobs"])
    refusal = refused(serve(world=made.document()).client(made.ann).create_training_job, **job(RoleArn=deep))
    assert refusal.message == implicit("iam:PassRole", deep, "user/teams/vision/ann")
    user["UserPolicyList"][0]["PolicyDocument"] = policy(allow("iam:PassRole", on=deep), CALLER["jobs"])
    assert accepted(serve(world=made.document()), made.ann, job(RoleArn=deep)) == arn()


def test_a_session_of_the_instance_role_is_none_of_sagemakers(serve):
    made = world()
    made.account.document["iam"]["UserDetailList"][0]["UserPolicyList"][0]["PolicyDocument"] = policy(allow("*"))
    refusal = refused(serve(world=made.document()).client(made.ann).create_training_job, **job(RoleArn=INSTANCE_ROLE))
    assert refusal.message.startswith(f"Could not assume role {INSTANCE_ROLE}. ")


def test_it_goes_round(serve):
    made = world()
    endpoint = serve(world=made.document())
    _, dumped = endpoint.control("GET", "world")
    [account] = dumped["accounts"]
    before = {user["UserName"]: user for user in printed()["UserDetailList"]}
    after = {user["UserName"]: user for user in account["iam"]["UserDetailList"]}
    for member in ["Path", "UserId", "Arn", "GroupList", "PermissionsBoundary", "Tags", "AttachedManagedPolicies"]:
        assert after["ann"][member] == before["ann"][member], member
    assert {r["RoleName"] for r in account["iam"]["RoleDetailList"]} == {
        r["RoleName"] for r in printed()["RoleDetailList"]
    }
    again = serve(world=dumped)
    assert accepted(again, made.ann, job()) == arn()
