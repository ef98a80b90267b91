"""CreateTrainingJob: what the execution role must be able to do before the job is accepted."""

import dataclasses

import pytest
from endpoint import REGION
from jobs import accepted, arn, assert_invalid, cannot_assume, channel, job, no_image, no_objects, refused
from worlds import (
    ACCOUNT,
    IMAGE,
    OTHER_ACCOUNT,
    REPOSITORY_ARN,
    ROLE,
    ROLE_ARN,
    World,
    allow,
    deny,
    policy,
    trust,
    without,
)

INPUT = "s3://inputbucket/train/"


def create(serve, world, request):
    return refused(serve(world=world.document()).client(world.ann).create_training_job, **request)


SERVICE = {"Service": "sagemaker.amazonaws.com"}
TRUSTED = {
    "plain": trust(),
    "among services": trust({"Service": ["ec2.amazonaws.com", "sagemaker.amazonaws.com"]}),
    "this account": trust(SERVICE, {"StringEquals": {"aws:SourceAccount": ACCOUNT}}),
    "training jobs of this account": trust(
        SERVICE, {"ArnLike": {"aws:SourceArn": f"arn:aws:sagemaker:*:{ACCOUNT}:training-job/*"}}
    ),
    "this job": trust(SERVICE, {"ArnEquals": {"aws:SourceArn": arn()}}),
    "anything of SageMaker here": trust(
        SERVICE, {"ArnLike": {"aws:SourceArn": f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:*"}}
    ),
}
UNTRUSTED = {
    "another service": trust({"Service": "ec2.amazonaws.com"}),
    "a regional name": trust({"Service": f"sagemaker.{REGION}.amazonaws.com"}),
    "the account": trust({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}),
    "another account's jobs": trust(SERVICE, {"StringEquals": {"aws:SourceAccount": OTHER_ACCOUNT}}),
    "processing jobs": trust(SERVICE, {"ArnLike": {"aws:SourceArn": "arn:aws:sagemaker:*:*:processing-job/*"}}),
    "a deny": policy(trust()["Statement"][0], trust(effect="Deny")["Statement"][0]),
    "tagging the session alone": policy({"Effect": "Allow", "Principal": SERVICE, "Action": "sts:TagSession"}),
}


@pytest.mark.parametrize("name", TRUSTED)
def test_a_trust_policy_that_lets_sagemaker_in(serve, name):
    world = World(trusted=TRUSTED[name])
    assert accepted(serve(world=world.document()), world.ann, job()) == arn()


@pytest.mark.parametrize("name", UNTRUSTED)
def test_a_trust_policy_that_does_not(serve, name):
    refusal = create(serve, World(trusted=UNTRUSTED[name]), job())
    assert (refusal.status, refusal.code, refusal.message) == (400, "ValidationException", cannot_assume())


def test_a_role_that_does_not_exist(serve):
    absent = f"arn:aws:iam::{ACCOUNT}:role/Absent"
    refusal = create(serve, World(caller=[allow("*")]), job(RoleArn=absent))
    assert (refusal.status, refusal.code, refusal.message) == (400, "ValidationException", cannot_assume(absent))


def listing(prefix):
    return allow("s3:ListBucket", on="arn:aws:s3:::inputbucket", when={"StringLike": {"s3:prefix": prefix}})


@dataclasses.dataclass
class Input:
    """The statement that finds the input, and the URL of the refusal; None where the job is accepted."""

    find: list
    url: str | None = INPUT
    refused: bool = True


INPUTS = {
    "no s3:ListBucket": Input([]),
    "s3:ListBucket of another bucket": Input([allow("s3:ListBucket", on="arn:aws:s3:::other")]),
    "s3:ListBucket of the objects": Input([allow("s3:ListBucket", on="arn:aws:s3:::inputbucket/*")]),
    "s3:ListBucket denied": Input([ROLE["find"], deny("s3:ListBucket")]),
    "another prefix": Input([listing("validation/*")]),
    "this prefix": Input([listing("train/*")], refused=False),
    "no object below the prefix": Input([ROLE["find"]], url="s3://inputbucket/empty/"),
    "no such bucket": Input([allow("s3:ListBucket")], url="s3://absentbucket/train/"),
    "a bucket in another region": Input([allow("s3:ListBucket")], url="s3://farbucket/train/"),
    "the whole bucket": Input([ROLE["find"]], url="s3://inputbucket", refused=False),
    "part of a name": Input([ROLE["find"]], url="s3://inputbucket/tr", refused=False),
}


@pytest.mark.parametrize("name", INPUTS)
def test_the_input_is_found(serve, name):
    case = INPUTS[name]
    world = World(role=[*without(ROLE, "find"), *case.find])
    world.account.bucket("farbucket", "train/data.csv", region="eu-west-1")
    request = job(InputDataConfig=[channel(case.url)])
    if not case.refused:
        assert accepted(serve(world=world.document()), world.ann, request) == arn()
        return
    refusal = create(serve, world, request)
    expected = no_objects(case.url, case.url.split("/")[2])
    assert (refusal.status, refusal.code, refusal.message) == (400, "ValidationException", expected)


def test_the_second_channel_is_looked_at_too(serve):
    world = World()
    request = job(InputDataConfig=[channel(INPUT), channel("s3://inputbucket/validation/", "validation")])
    assert create(serve, world, request).message == no_objects("s3://inputbucket/validation/", "inputbucket")


def test_a_bucket_policy_that_denies(serve):
    world = World()
    bucket = world.account.document["s3"]["buckets"][0]
    bucket["Policy"] = policy(deny("s3:ListBucket", on="arn:aws:s3:::inputbucket", principal="*"))
    assert create(serve, world, job()).message == no_objects(INPUT, "inputbucket")


def test_a_bucket_of_another_account_needs_both_sides(serve):
    request = job(InputDataConfig=[channel("s3://theirbucket/train/")])
    granted = [
        allow("s3:ListBucket", on="arn:aws:s3:::theirbucket", principal={"AWS": ROLE_ARN}),
        allow("s3:GetObject", on="arn:aws:s3:::theirbucket/*", principal={"AWS": ROLE_ARN}),
    ]
    reading = [allow("s3:ListBucket", "s3:GetObject", on=["arn:aws:s3:::theirbucket", "arn:aws:s3:::theirbucket/*"])]
    for role, bucket_policy, enough in [
        (reading, None, False),
        ([], policy(*granted), False),
        (reading, policy(*granted), True),
    ]:
        world = World(role=[*without(ROLE, "find", "read"), *role])
        world.other().bucket("theirbucket", "train/data.csv", policy=bucket_policy)
        if enough:
            assert accepted(serve(world=world.document()), world.ann, request) == arn()
        else:
            assert create(serve, world, request).message == no_objects("s3://theirbucket/train/", "theirbucket")


@pytest.mark.parametrize("missing, action", [("read", "s3:GetObject"), ("write", "s3:PutObject")])
def test_objects_are_read_and_written(serve, missing, action):
    assert_invalid(create(serve, World(role=without(ROLE, missing)), job()), action, "TrainingRole")


def test_the_output_lies_below_the_path_and_not_on_it(serve):
    role = [*without(ROLE, "write"), allow("s3:PutObject", on="arn:aws:s3:::outputbucket/models")]
    assert_invalid(create(serve, World(role=role), job()), "s3:PutObject")


def test_checkpoints_are_written_too(serve):
    request = job(CheckpointConfig={"S3Uri": "s3://inputbucket/checkpoints"})
    assert_invalid(create(serve, World(), request), "s3:PutObject", "inputbucket")


@pytest.mark.parametrize(
    "action", ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer", "ecr:BatchCheckLayerAvailability"]
)
def test_each_pull_permission_is_needed(serve, action):
    role = [*without(ROLE), deny(action, on=REPOSITORY_ARN)]
    refusal = create(serve, World(role=role), job())
    assert (refusal.code, refusal.message) == ("ValidationException", no_image())


@pytest.mark.parametrize("repository", ["arn:aws:ecr:::repository/my-repo", REPOSITORY_ARN + "2"])
def test_a_repository_arn_that_matches_nothing(serve, repository):
    role = [*without(ROLE, "pull"), {**ROLE["pull"], "Resource": repository}]
    assert create(serve, World(role=role), job()).message == no_image()


@pytest.mark.parametrize("image", [IMAGE.replace("my-repo", "absent"), IMAGE.replace("latest", "absent")])
def test_an_image_that_does_not_exist(serve, image):
    role = [*without(ROLE, "pull"), {**ROLE["pull"], "Resource": "*"}]
    request = job(AlgorithmSpecification={"TrainingImage": image, "TrainingInputMode": "File"})
    repository = image.split("/")[1].split(":")[0]
    assert create(serve, World(role=role), request).message == no_image(repository)


def test_a_token_for_the_registry_is_needed(serve):
    assert_invalid(create(serve, World(role=without(ROLE, "registry")), job()), "ecr:")


def test_a_repository_of_another_account_needs_both_sides(serve):
    image = IMAGE.replace(ACCOUNT, OTHER_ACCOUNT)
    request = job(AlgorithmSpecification={"TrainingImage": image, "TrainingInputMode": "File"})
    pull = {**ROLE["pull"], "Resource": REPOSITORY_ARN.replace(ACCOUNT, OTHER_ACCOUNT)}
    theirs = policy({"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": pull["Action"]})
    for repository_policy, enough in [(None, False), (theirs, True)]:
        world = World(role=[*without(ROLE), pull])
        world.other().repository(policy=repository_policy)
        if enough:
            assert accepted(serve(world=world.document()), world.ann, request) == arn()
        else:
            assert create(serve, world, request).message == no_image(registry=OTHER_ACCOUNT)


def test_logs_are_a_warning_and_no_refusal(serve):
    world = World(role=without(ROLE, "logs"))
    endpoint = serve(world=world.document())
    created = endpoint.client(world.ann).create_training_job(**job())
    trace = endpoint.trace(created["ResponseMetadata"]["RequestId"])
    assert any("logs:" in str(warning) for warning in trace["warnings"]), trace


def test_the_role_is_judged_as_it_is_bound(serve):
    world = World()
    world.bind("NoPull", deny("ecr:BatchGetImage"))
    assert create(serve, world, job()).message == no_image()
    world = World()
    boundary = world.account.managed_policy("Boundary", allow("s3:*"))
    detail = world.account.document["iam"]["RoleDetailList"][0]
    detail["PermissionsBoundary"] = {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": boundary}
    assert create(serve, world, job()).message == no_image()
