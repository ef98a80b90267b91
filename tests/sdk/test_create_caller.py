"""CreateTrainingJob: what is asked of the caller, in which order, and AWS's words for each refusal."""

import dataclasses

import pytest
from endpoint import REGION, ROOT_KEY
from jobs import ABSENT, accepted, arn, explicit, implicit, job, refused, tags
from worlds import (
    ACCOUNT,
    KEY_ARN,
    NETWORK,
    OTHER_ACCOUNT,
    PASS_ROLE,
    ROLE,
    ROLE_ARN,
    ROLE_KEYS,
    ROLE_NETWORK,
    World,
    allow,
    deny,
    without,
)

CREATE = "sagemaker:CreateTrainingJob"
MAY_CREATE = allow(CREATE)
MAY_TAG = allow("sagemaker:AddTags")


def passing(service="sagemaker.amazonaws.com", role=ROLE_ARN, key="iam:PassedToService", operator="StringEquals"):
    return allow("iam:PassRole", on=role, when={operator: {key: service}})


@dataclasses.dataclass
class Case:
    """Statements of the caller, and the text of the refusal; None where the job is accepted."""

    name: str
    caller: list
    message: str | None
    request: dict = dataclasses.field(default_factory=job)


TAGGED = job(Tags=tags(team="vision"))

CASES = [
    Case("nothing is allowed", [], implicit(CREATE, arn()), TAGGED),
    Case("pass role alone", [PASS_ROLE], implicit(CREATE, arn())),
    Case("create on another name", [allow(CREATE, on=arn("other-*")), PASS_ROLE], implicit(CREATE, arn())),
    Case("create on this name", [allow(CREATE, on=arn("my-*")), PASS_ROLE], None),
    Case("create in another region", [allow(CREATE, on=arn(region="eu-*")), PASS_ROLE], implicit(CREATE, arn())),
    Case("action in other letters", [allow("SAGEMAKER:createtrainingjob"), PASS_ROLE], None),
    Case("resource in other letters", [allow(CREATE, on=arn("MY-JOB")), PASS_ROLE], implicit(CREATE, arn())),
    Case("create denied", [allow("*"), deny(CREATE)], explicit(CREATE, arn())),
    Case("create denied for another name", [allow("*"), deny(CREATE, on=arn("other"))], None),
    Case("tags without AddTags", [MAY_CREATE, PASS_ROLE], implicit("sagemaker:AddTags", arn()), TAGGED),
    Case(
        "CreateTags is no action",
        [MAY_CREATE, allow("sagemaker:CreateTags"), PASS_ROLE],
        implicit("sagemaker:AddTags", arn()),
        TAGGED,
    ),
    Case("AddTags is asked before PassRole", [MAY_CREATE], implicit("sagemaker:AddTags", arn()), TAGGED),
    Case("no tags in the list", [MAY_CREATE, PASS_ROLE], None, job(Tags=[])),
    Case("tags with AddTags", [MAY_CREATE, MAY_TAG, PASS_ROLE], None, TAGGED),
    Case(
        "AddTags for this create",
        [
            MAY_CREATE,
            allow("sagemaker:AddTags", when={"StringEquals": {"sagemaker:TaggingAction": "CreateTrainingJob"}}),
            PASS_ROLE,
        ],
        None,
        TAGGED,
    ),
    Case(
        "AddTags for another create",
        [
            MAY_CREATE,
            allow("sagemaker:AddTags", when={"StringEquals": {"sagemaker:TaggingAction": "CreateModel"}}),
            PASS_ROLE,
        ],
        implicit("sagemaker:AddTags", arn()),
        TAGGED,
    ),
    Case("no PassRole", [MAY_CREATE, MAY_TAG], implicit("iam:PassRole", ROLE_ARN), TAGGED),
    Case("PassRole of another role", [MAY_CREATE, passing(role=ROLE_ARN + "2")], implicit("iam:PassRole", ROLE_ARN)),
    Case("PassRole of every role of the account", [MAY_CREATE, passing(role=f"arn:aws:iam::{ACCOUNT}:role/*")], None),
    Case(
        "PassRole to another service", [MAY_CREATE, passing("glue.amazonaws.com")], implicit("iam:PassRole", ROLE_ARN)
    ),
    Case(
        "PassRole to one of several services",
        [MAY_CREATE, passing(["glue.amazonaws.com", "sagemaker.amazonaws.com"])],
        None,
    ),
    Case(
        "PassRole for training jobs",
        [MAY_CREATE, passing(arn("*"), key="iam:AssociatedResourceArn", operator="ArnLike")],
        None,
    ),
    Case(
        "PassRole for models only",
        [
            MAY_CREATE,
            passing(arn("*").replace("training-job", "model"), key="iam:AssociatedResourceArn", operator="ArnLike"),
        ],
        implicit("iam:PassRole", ROLE_ARN),
    ),
    Case("PassRole denied", [allow("*"), deny("iam:PassRole")], explicit("iam:PassRole", ROLE_ARN)),
    Case(
        "PassRole denied to others than SageMaker",
        [
            allow("*"),
            deny("iam:PassRole", when={"StringNotEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}),
        ],
        None,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_caller_is_judged(serve, case):
    world = World(caller=case.caller)
    endpoint = serve(world=world.document())
    if case.message is None:
        assert accepted(endpoint, world.ann, case.request) == arn()
        return
    client = endpoint.client(world.ann)
    refusal = refused(client.create_training_job, **case.request)
    assert (refusal.status, refusal.code, refusal.message) == (400, "AccessDeniedException", case.message)
    assert endpoint.client().list_training_jobs()["TrainingJobSummaries"] == []


# Condition keys of the create, each with members that satisfy the condition and members that do not.
CONDITIONS = {
    "one instance type": (
        {"ForAllValues:StringLike": {"sagemaker:InstanceTypes": "ml.m5.*"}},
        {},
        {"ResourceConfig": {"InstanceType": "ml.p3.2xlarge", "InstanceCount": 1, "VolumeSizeInGB": 10}},
    ),
    "instance groups": (
        {"ForAllValues:StringEquals": {"sagemaker:InstanceTypes": ["ml.m5.large", "ml.c5.xlarge"]}},
        {
            "ResourceConfig": {
                "VolumeSizeInGB": 10,
                "InstanceGroups": [
                    {"InstanceGroupName": "a", "InstanceType": "ml.m5.large", "InstanceCount": 1},
                    {"InstanceGroupName": "b", "InstanceType": "ml.c5.xlarge", "InstanceCount": 1},
                ],
            }
        },
        {
            "ResourceConfig": {
                "VolumeSizeInGB": 10,
                "InstanceGroups": [
                    {"InstanceGroupName": "a", "InstanceType": "ml.m5.large", "InstanceCount": 1},
                    {"InstanceGroupName": "b", "InstanceType": "ml.p3.2xlarge", "InstanceCount": 1},
                ],
            }
        },
    ),
    "a network is given": ({"Null": {"sagemaker:VpcSubnets": "false"}}, {"VpcConfig": NETWORK}, {}),
    "these subnets": (
        {
            "ForAllValues:StringEquals": {"sagemaker:VpcSubnets": NETWORK["Subnets"]},
            "Null": {"sagemaker:VpcSubnets": "false"},
        },
        {"VpcConfig": NETWORK},
        {"VpcConfig": {**NETWORK, "Subnets": ["subnet-99999999"]}},
    ),
    "this security group": (
        {"ForAnyValue:StringEquals": {"sagemaker:VpcSecurityGroupIds": "sg-0123abcd"}},
        {"VpcConfig": NETWORK},
        {"VpcConfig": {**NETWORK, "SecurityGroupIds": ["sg-99999999"]}},
    ),
    "a bounded run time": (
        {"NumericLessThanEquals": {"sagemaker:MaxRuntimeInSeconds": "3600"}},
        {},
        {"StoppingCondition": {"MaxRuntimeInSeconds": 3601}},
    ),
    "network isolation": ({"Bool": {"sagemaker:NetworkIsolation": "true"}}, {"EnableNetworkIsolation": True}, {}),
    "traffic encryption": (
        {"Bool": {"sagemaker:InterContainerTrafficEncryption": "true"}},
        {"EnableInterContainerTrafficEncryption": True},
        {"EnableInterContainerTrafficEncryption": False},
    ),
    "an output key, by ARN": (
        {"ArnEquals": {"sagemaker:OutputKmsKeyArn": KEY_ARN}},
        {"OutputDataConfig": {"S3OutputPath": "s3://outputbucket/models", "KmsKeyId": "alias/training"}},
        {},
    ),
    "a volume key, by its older name": (
        {"ArnEquals": {"sagemaker:VolumeKmsKey": KEY_ARN}},
        {
            "ResourceConfig": {
                "InstanceType": "ml.m5.large",
                "InstanceCount": 1,
                "VolumeSizeInGB": 10,
                "VolumeKmsKeyId": KEY_ARN,
            }
        },
        {},
    ),
    "a request tag": (
        {"StringEquals": {"aws:RequestTag/team": "vision"}},
        {"Tags": tags(team="vision")},
        {"Tags": tags(team="speech")},
    ),
    "tag keys": (
        {"ForAllValues:StringEquals": {"aws:TagKeys": ["team", "stage"]}, "Null": {"aws:TagKeys": "false"}},
        {"Tags": tags(team="a", stage="b")},
        {"Tags": tags(team="a", cost="b")},
    ),
    "the tags that the job will have": (
        {"StringEquals": {"aws:ResourceTag/team": "vision"}},
        {"Tags": tags(team="vision")},
        {"Tags": tags(team="speech")},
    ),
    "a warm pool": (
        {"NumericLessThan": {"sagemaker:KeepAlivePeriod": "600"}},
        {
            "ResourceConfig": {
                "InstanceType": "ml.m5.large",
                "InstanceCount": 1,
                "VolumeSizeInGB": 10,
                "KeepAlivePeriodInSeconds": 300,
            }
        },
        {
            "ResourceConfig": {
                "InstanceType": "ml.m5.large",
                "InstanceCount": 1,
                "VolumeSizeInGB": 10,
                "KeepAlivePeriodInSeconds": 900,
            }
        },
    ),
    "remote debugging": (
        {"Bool": {"sagemaker:EnableRemoteDebug": "false"}},
        {"RemoteDebugConfig": {"EnableRemoteDebug": False}},
        {"RemoteDebugConfig": {"EnableRemoteDebug": True}},
    ),
    "the region asked": ({"StringEquals": {"aws:RequestedRegion": REGION}}, {}, None),
    "the caller": ({"ArnEquals": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:user/ann"}}, {}, None),
    "the caller's name": ({"StringLike": {"aws:username": "an?"}}, {}, None),
    "a tag of the caller": ({"StringEquals": {"aws:PrincipalTag/team": "vision"}}, {}, None),
    "the caller's tag on the job": (
        {"StringEquals": {"aws:RequestTag/team": "${aws:PrincipalTag/team}"}},
        {"Tags": tags(team="vision")},
        {"Tags": tags(team="speech")},
    ),
    "loopback": ({"IpAddress": {"aws:SourceIp": "127.0.0.0/8"}}, {}, None),
    "a time to come": ({"DateGreaterThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}}, {}, None),
}


@pytest.mark.parametrize("name", CONDITIONS)
def test_condition_keys_of_the_request(serve, name):
    condition, satisfying, violating = CONDITIONS[name]
    caller = [allow(CREATE, when=condition), MAY_TAG, PASS_ROLE]
    world = World(caller=caller, role=[*without(ROLE), ROLE_KEYS, ROLE_NETWORK], user={"tags": {"team": "vision"}})
    endpoint = serve(world=world.document())
    if violating is not None:
        refusal = refused(endpoint.client(world.ann).create_training_job, **job(**violating))
        assert (refusal.code, refusal.message) == ("AccessDeniedException", implicit(CREATE, arn()))
    assert accepted(endpoint, world.ann, job(**satisfying)) == arn()


def test_a_permissions_boundary_limits(serve):
    world = World()
    boundary = world.account.managed_policy("Boundary", allow("sagemaker:*"))
    ben = world.account.user("ben", allow("*"), boundary=boundary)
    refusal = refused(serve(world=world.document()).client(ben).create_training_job, **job())
    assert refusal.message == implicit("iam:PassRole", ROLE_ARN, "user/ben", "permissions boundary")


def test_a_managed_policy_that_denies_is_named(serve):
    world = World()
    managed = world.account.managed_policy("NoTraining", deny(CREATE))
    ben = world.account.user("ben", allow("*"), managed=[managed])
    refusal = refused(serve(world=world.document()).client(ben).create_training_job, **job())
    assert refusal.message == explicit(CREATE, arn(), "user/ben", f"an identity-based policy: {managed}")


@pytest.mark.parametrize("denied", [CREATE, "iam:PassRole"])
def test_a_service_control_policy_binds(serve, denied):
    world = World()
    world.bind("Guardrail", deny(denied))
    refusal = refused(serve(world=world.document()).client(world.ann).create_training_job, **job())
    resource = arn() if denied == CREATE else ROLE_ARN
    assert refusal.message.startswith(explicit(denied, resource, by="a service control policy"))


def test_the_root_user_may(serve):
    assert accepted(serve(world=World(caller=[]).document()), ROOT_KEY, job()) == arn()


def test_a_role_of_another_account_is_not_passed(serve):
    world = World(caller=[allow("*")])
    foreign = world.other().role("TrainingRole", *without(ROLE))
    assert foreign == f"arn:aws:iam::{OTHER_ACCOUNT}:role/TrainingRole"
    refusal = refused(serve(world=world.document()).client(world.ann).create_training_job, **job(RoleArn=foreign))
    expected = (400, "ValidationException", "RoleArn: Cross-account pass role is not allowed.")
    assert (refusal.status, refusal.code, refusal.message) == expected


def test_a_job_without_input_needs_no_input_permission(serve):
    world = World(role=without(ROLE, "find", "read"))
    assert accepted(serve(world=world.document()), world.ann, job(InputDataConfig=ABSENT)) == arn()
