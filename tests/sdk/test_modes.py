"""What the flags of `serve` change: enforcement, assumed resources, and when the role is checked."""

import pytest
from endpoint import Key
from jobs import accepted, arn, cannot_assume, channel, job, no_image, no_objects, refused
from test_jobs import describe, settle
from worlds import ACCOUNT, NETWORK, REPOSITORY_ARN, ROLE, ROLE_NETWORK, World, allow, deny, policy, trust, without


def test_observing_answers_as_if_allowed_and_remembers(serve):
    world = World(caller=[], role=without(ROLE, "find"), trusted=trust({"Service": "ec2.amazonaws.com"}))
    endpoint = serve("--enforcement", "observe", world=world.document())
    client = endpoint.client(world.ann)
    created = client.create_training_job(**job())
    assert created["TrainingJobArn"] == arn()
    assert describe(client)["TrainingJobStatus"] == "Completed"
    request = created["ResponseMetadata"]["RequestId"]
    entries = [entry for entry in endpoint.decisions(limit=100) if entry["requestId"] == request]
    verdicts = {entry["action"]: entry["decision"] for entry in entries}
    assert verdicts["sagemaker:CreateTrainingJob"] == "implicitDeny"
    assert verdicts["iam:PassRole"] == "implicitDeny"
    assert "observe" in endpoint.log().splitlines()[0]


def test_observing_remembers_an_explicit_deny(serve):
    world = World(caller=[allow("*"), deny("iam:PassRole")])
    endpoint = serve("--enforcement", "observe", world=world.document())
    assert accepted(endpoint, world.ann, job()) == arn()
    assert [entry["decision"] for entry in endpoint.decisions(action="iam:PassRole")] == ["explicitDeny"]


@pytest.mark.parametrize("mode", ["observe", "off"])
def test_signatures_count_in_every_mode(serve, mode):
    world = World()
    endpoint = serve("--enforcement", mode, world=world.document())
    assert refused(endpoint.client(Key(world.ann.id, "x")).list_training_jobs).code == "InvalidSignatureException"
    assert refused(endpoint.client(Key("AKIANOBODY0000000000", "x")).list_training_jobs).code == (
        "UnrecognizedClientException"
    )
    assert (
        endpoint.send(
            "POST",
            "/",
            b"{}",
            {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "SageMaker.ListTrainingJobs"},
        )[0]
        == 400
    )


@pytest.mark.parametrize("mode", ["observe", "off"])
def test_constraints_count_in_every_mode(serve, mode):
    world = World()
    client = serve("--enforcement", mode, world=world.document()).client(world.ann)
    assert refused(client.create_training_job, **job("my_job")).code == "ValidationException"
    client.create_training_job(**job())
    assert refused(client.create_training_job, **job()).code == "ResourceInUse"


def test_off_asks_nothing_of_anybody(serve):
    world = World(caller=[deny("*")], role=[])
    endpoint = serve("--enforcement", "off", world=world.document())
    absent = f"arn:aws:iam::{ACCOUNT}:role/Absent"
    assert accepted(endpoint, world.ann, job(RoleArn=absent)) == arn()


def test_assumed_resources_need_the_roles_permissions_all_the_same(serve):
    request = job(
        InputDataConfig=[channel("s3://nowhere/train/")],
        OutputDataConfig={"S3OutputPath": "s3://nowhere/models", "KmsKeyId": "alias/nothing"},
        AlgorithmSpecification={
            "TrainingImage": f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/none:1",
            "TrainingInputMode": "File",
        },
        VpcConfig={"SecurityGroupIds": ["sg-99999999"], "Subnets": ["subnet-99999999"]},
    )
    everything = [allow("s3:*", "ecr:*", "kms:*"), ROLE_NETWORK]
    world = World(role=everything)
    assert accepted(serve("--resources", "assume", world=world.document()), world.ann, request) == arn()
    assert refused(serve(world=world.document()).client(world.ann).create_training_job, **request).code == (
        "ValidationException"
    )

    world = World(role=[*everything, deny("s3:ListBucket")])
    client = serve("--resources", "assume", world=world.document()).client(world.ann)
    assert refused(client.create_training_job, **request).message == no_objects("s3://nowhere/train/", "nowhere")
    world = World(role=[*everything, deny("ecr:BatchGetImage")])
    client = serve("--resources", "assume", world=world.document()).client(world.ann)
    assert refused(client.create_training_job, **request).message == no_image("none")


def test_known_resources_keep_their_policies_when_others_are_assumed(serve):
    world = World()
    bucket = world.account.document["s3"]["buckets"][0]
    bucket["Policy"] = policy(deny("s3:ListBucket", on="arn:aws:s3:::inputbucket", principal="*"))
    client = serve("--resources", "assume", world=world.document()).client(world.ann)
    assert refused(client.create_training_job, **job()).message == no_objects("s3://inputbucket/train/", "inputbucket")


def test_assumed_roles_are_not_part_of_the_bargain(serve):
    world = World(caller=[allow("*")])
    client = serve("--resources", "assume", world=world.document()).client(world.ann)
    absent = f"arn:aws:iam::{ACCOUNT}:role/Absent"
    assert refused(client.create_training_job, **job(RoleArn=absent)).message == cannot_assume(absent)


DOWNLOAD = "ClientError: Data download failed:Failed to download data. 403 Forbidden (403): Forbidden"
LATER = {
    "reading the input": ([*without(ROLE, "read")], {}, DOWNLOAD),
    "writing the output": ([*without(ROLE, "write")], {}, "s3:PutObject"),
    "the network": ([*without(ROLE)], {"VpcConfig": NETWORK}, "ec2:"),
}


@pytest.mark.parametrize("name", LATER)
def test_what_aws_checks_later_fails_the_job(serve, name):
    role, members, reason = LATER[name]
    world = World(role=role)
    endpoint = serve("--preflight", "aws", "--pace", "manual", world=world.document())
    client = endpoint.client(world.ann)
    client.create_training_job(**job(**members))
    first = describe(client)
    assert first["TrainingJobStatus"] == "InProgress" and "FailureReason" not in first
    failed = settle(endpoint, client)[-1]
    assert (failed["TrainingJobStatus"], failed["SecondaryStatus"]) == ("Failed", "Failed")
    assert failed["FailureReason"].startswith("ClientError: ") and reason in failed["FailureReason"]
    assert failed["SecondaryStatusTransitions"][-1]["StatusMessage"] == "Training job failed"
    assert client.list_training_jobs(StatusEquals="Failed")["TrainingJobSummaries"]


def test_what_aws_checks_at_once_is_refused_at_once(serve):
    cases = [
        (without(ROLE, "find"), None, no_objects("s3://inputbucket/train/", "inputbucket")),
        ([*without(ROLE), deny("ecr:BatchGetImage", on=REPOSITORY_ARN)], None, no_image()),
        (without(ROLE), trust({"Service": "ec2.amazonaws.com"}), cannot_assume()),
    ]
    for role, trusted, message in cases:
        world = World(role=role, trusted=trusted)
        client = serve("--preflight", "aws", world=world.document()).client(world.ann)
        assert refused(client.create_training_job, **job()).message == message


def test_a_failed_job_has_failed_at_once_at_instant_pace(serve):
    world = World(role=without(ROLE, "read"))
    client = serve("--preflight", "aws", world=world.document()).client(world.ann)
    client.create_training_job(**job())
    assert describe(client)["FailureReason"] == DOWNLOAD


def test_real_pace_begins_at_the_beginning(serve):
    world = World()
    client = serve("--pace", "real", world=world.document()).client(world.ann)
    client.create_training_job(**job())
    assert describe(client)["TrainingJobStatus"] == "InProgress"


def test_what_a_job_has_passed_is_judged_by_the_world_of_that_time(serve):
    world = World(role=without(ROLE, "read"))
    endpoint = serve("--preflight", "aws", "--pace", "manual", world=world.document())
    client = endpoint.client(world.ann)
    client.create_training_job(**job())
    endpoint.advance("PT10M")
    status, answer = endpoint.control("PUT", "world", World().document())
    assert status in (200, 204), answer
    failed = describe(client)
    assert (failed["TrainingJobStatus"], failed["FailureReason"]) == ("Failed", DOWNLOAD)
