"""Constraint violations in AWS's words, types that do not fit, and that nothing of a refused request is stored."""

import json

import pytest
from endpoint import Endpoint
from jobs import ABSENT, channel, job, refused, tags
from signing import fault, signed
from worlds import CALLER, NETWORK, World, without

NAME_PATTERN = "[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}"
ROLE_PATTERN = r"arn:aws[a-z\-]*:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+"
TAG_PATTERN = r"([\p{L}\p{Z}\p{N}_.:/=+\-@]*)"


def failed(value, path, *constraints):
    """The items of one member; `None` stands for a null value."""
    shown = "null" if value is None else f"'{value}'"
    return [f"Value {shown} at '{path}' failed to satisfy constraint: {constraint}" for constraint in constraints]


def detected(*items):
    plural = "error" if len(items) == 1 else "errors"
    return f"{len(items)} validation {plural} detected: " + "; ".join(items)


def at_most(length):
    return f"Member must have length less than or equal to {length}"


def at_least(length):
    return f"Member must have length greater than or equal to {length}"


def matching(pattern):
    return f"Member must satisfy regular expression pattern: {pattern}"


NULL = "Member must not be null"
LONG = "x" * 64
RESOURCES = {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 10}

CASES = {
    "a name with an underscore": (job("my_job"), failed("my_job", "trainingJobName", matching(NAME_PATTERN))),
    "a name that ends in a hyphen": (job("job-"), failed("job-", "trainingJobName", matching(NAME_PATTERN))),
    "a name that is too long": (job(LONG), failed(LONG, "trainingJobName", matching(NAME_PATTERN), at_most(63))),
    "an empty name": (job(""), failed("", "trainingJobName", matching(NAME_PATTERN), at_least(1))),
    "no role": (job(RoleArn=ABSENT), failed(None, "roleArn", NULL)),
    "a role that is no ARN": (
        job(RoleArn="TrainingRoleOfMyAccount"),
        failed("TrainingRoleOfMyAccount", "roleArn", matching(ROLE_PATTERN)),
    ),
    "no output path": (job(OutputDataConfig={}), failed(None, "outputDataConfig.s3OutputPath", NULL)),
    "a negative count": (
        job(ResourceConfig={**RESOURCES, "InstanceCount": -1}),
        failed(-1, "resourceConfig.instanceCount", "Member must have value greater than or equal to 0"),
    ),
    "a warm pool for too long": (
        job(ResourceConfig={**RESOURCES, "KeepAlivePeriodInSeconds": 21601}),
        failed(21601, "resourceConfig.keepAlivePeriodInSeconds", "Member must have value less than or equal to 21600"),
    ),
    "no time to run": (
        job(StoppingCondition={"MaxRuntimeInSeconds": 0}),
        failed(0, "stoppingCondition.maxRuntimeInSeconds", "Member must have value greater than or equal to 1"),
    ),
    "no security groups": (
        job(VpcConfig={**NETWORK, "SecurityGroupIds": []}),
        failed("[]", "vpcConfig.securityGroupIds", at_least(1)),
    ),
    "too many security groups": (
        job(VpcConfig={**NETWORK, "SecurityGroupIds": [f"sg-{n}" for n in range(6)]}),
        failed("[sg-0, sg-1, sg-2, sg-3, sg-4, sg-5]", "vpcConfig.securityGroupIds", at_most(5)),
    ),
    "a subnet that is none": (
        job(VpcConfig={**NETWORK, "Subnets": ["subnet-1", "sub_net"]}),
        failed(
            "[subnet-1, sub_net]",
            "vpcConfig.subnets",
            f"Member must satisfy constraint: [{at_most(32)}, {at_least(0)}, {matching('[-0-9a-zA-Z]+')}]",
        ),
    ),
    "a channel in the list": (
        job(InputDataConfig=[channel("s3://inputbucket/train/"), channel("s3://inputbucket/train/", "a b")]),
        failed("a b", "inputDataConfig.2.member.channelName", matching(r"[A-Za-z0-9\.\-_]+")),
    ),
    "a channel without source": (
        job(InputDataConfig=[{"ChannelName": "train"}]),
        failed(None, "inputDataConfig.1.member.dataSource", NULL),
    ),
    "an address that is no S3 address": (
        job(InputDataConfig=[channel("inputbucket/train")]),
        failed(
            "inputbucket/train",
            "inputDataConfig.1.member.dataSource.s3DataSource.s3Uri",
            matching("(https|s3)://([^/]+)/?(.*)"),
        ),
    ),
    "no channels": (job(InputDataConfig=[]), failed("[]", "inputDataConfig", at_least(1))),
    "a tag key of forbidden letters": (
        job(Tags=tags(**{"a*b": "c"})),
        failed("a*b", "tags.1.member.key", matching(TAG_PATTERN)),
    ),
    "an empty tag key": (job(Tags=[{"Key": "", "Value": "v"}]), failed("", "tags.1.member.key", at_least(1))),
    "a tag without value": (job(Tags=[{"Key": "k"}]), failed(None, "tags.1.member.value", NULL)),
    "a hyperparameter that is too long": (
        job(HyperParameters={"k": "v" * 2501}),
        failed(
            "{k=" + "v" * 2501 + "}",
            "hyperParameters",
            f"Map value must satisfy constraint: [{at_most(2500)}, {at_least(0)}, {matching('.*')}]",
        ),
    ),
}


@pytest.fixture(scope="module")
def laboratory():
    """One endpoint for all refusals, since none of them leaves a trace."""
    world = World()
    endpoint = Endpoint(world=world.document())
    yield endpoint, world.ann
    endpoint.close()


@pytest.mark.parametrize("name", CASES)
def test_a_violation_is_told_in_awss_words(laboratory, name):
    endpoint, ann = laboratory
    request, items = CASES[name]
    refusal = refused(endpoint.client(ann, parameter_validation=False).create_training_job, **request)
    assert (refusal.status, refusal.code, refusal.message) == (400, "ValidationException", detected(*items))
    assert endpoint.client().list_training_jobs()["TrainingJobSummaries"] == []


@pytest.mark.parametrize(
    "members, value, path",
    [
        ({"ResourceConfig": {**RESOURCES, "InstanceType": "ml.none"}}, "ml.none", "resourceConfig.instanceType"),
        (
            {"InputDataConfig": [channel("s3://inputbucket/train/", InputMode="Tape")]},
            "Tape",
            "inputDataConfig.1.member.inputMode",
        ),
    ],
)
def test_an_unknown_choice(laboratory, members, value, path):
    endpoint, ann = laboratory
    refusal = refused(endpoint.client(ann).create_training_job, **job(**members))
    head = detected(*failed(value, path, "Member must satisfy enum value set: ["))
    assert refusal.message.startswith(head) and refusal.message.endswith("]")


def test_all_violations_are_told_together(laboratory):
    endpoint, ann = laboratory
    request = job("my_job", RoleArn=ABSENT, StoppingCondition={"MaxRuntimeInSeconds": 0})
    message = refused(endpoint.client(ann, parameter_validation=False).create_training_job, **request).message
    assert message.startswith("3 validation errors detected: ")
    for item in [
        *failed("my_job", "trainingJobName", matching(NAME_PATTERN)),
        *failed(None, "roleArn", NULL),
        *failed(0, "stoppingCondition.maxRuntimeInSeconds", "Member must have value greater than or equal to 1"),
    ]:
        assert item in message


def test_violations_come_before_permissions(serve):
    world = World(caller=[])
    refusal = refused(serve(world=world.document()).client(world.ann).create_training_job, **job("my_job"))
    assert refusal.code == "ValidationException"


@pytest.mark.parametrize("pages", [{"MaxResults": 101}, {"NameContains": "a_b"}, {"SortBy": "Age"}])
def test_violations_of_a_list(laboratory, pages):
    endpoint, ann = laboratory
    refusal = refused(endpoint.client(ann).list_training_jobs, **pages)
    assert refusal.code == "ValidationException"
    member, value = next(iter(pages.items()))
    path = member[0].lower() + member[1:]
    assert refusal.message.startswith(f"1 validation error detected: Value '{value}' at '{path}' failed to satisfy")


def test_tag_rules_of_the_service(laboratory):
    endpoint, ann = laboratory
    client = endpoint.client(ann)
    reserved = refused(client.create_training_job, **job(Tags=tags(**{"aws:team": "x"})))
    assert (reserved.code, reserved.message) == (
        "ValidationException",
        "aws: prefixed tag key names are not allowed for external use.",
    )
    twice = refused(client.create_training_job, **job(Tags=[*tags(team="a"), *tags(team="b")]))
    assert twice.code == "ValidationException"
    many = refused(client.create_training_job, **job(Tags=tags(**{f"k{n}": "v" for n in range(51)})))
    assert many.code == "ValidationException" and many.message.endswith(
        f"at 'tags' failed to satisfy constraint: {at_most(50)}"
    )


SERIALIZATION = {
    "a number for a string": ({"TrainingJobName": 7}, "NUMBER_VALUE can not be converted to a String"),
    "true for a string": ({"TrainingJobName": True}, "TRUE_VALUE can not be converted to a String"),
    "a number for a boolean": ({"EnableNetworkIsolation": 1}, "NUMBER_VALUE can not be converted to a Boolean"),
    "a string for an integer": (
        {"StoppingCondition": {"MaxRuntimeInSeconds": "60"}},
        "STRING_VALUE can not be converted to an Integer",
    ),
    "a list for a scalar": ({"TrainingJobName": ["a"]}, "Start of list found where not expected"),
    "an object for a scalar": ({"TrainingJobName": {}}, "Start of structure or map found where not expected."),
    "an object for a list": ({"Tags": {}}, "Start of structure or map found where not expected."),
    "a scalar for a list": ({"Tags": "a"}, "Expected list or null"),
    "a scalar for a structure": ({"StoppingCondition": "a"}, "Expected null"),
}


@pytest.mark.parametrize("name", SERIALIZATION)
def test_a_type_that_does_not_fit(laboratory, name):
    endpoint, ann = laboratory
    members, message = SERIALIZATION[name]
    answer = endpoint.send(**signed(endpoint, ann, "CreateTrainingJob", json.dumps(job(**members)).encode()))
    assert fault(answer) == (400, "SerializationException", message)


@pytest.mark.parametrize("body", [b"{", b"[]", b'"a"', b"\xff", b"{}{}", b"[" * 100_000])
def test_a_body_that_is_no_json_object(laboratory, body):
    endpoint, ann = laboratory
    answer = endpoint.send(**signed(endpoint, ann, "DescribeTrainingJob", body))
    assert fault(answer)[:2] == (400, "SerializationException")


def test_unknown_members_are_ignored(serve):
    world = World(caller=without(CALLER))
    endpoint = serve(world=world.document())
    body = json.dumps(job(NoSuchMember={"a": [1]})).encode()
    status, _, answer = endpoint.send(**signed(endpoint, world.ann, "CreateTrainingJob", body))
    assert status == 200, answer
