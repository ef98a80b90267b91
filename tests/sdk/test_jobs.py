"""A training job's life: described, stopped, updated, deleted, on the virtual clock."""

import datetime

import pytest
from endpoint import Key
from jobs import accepted, arn, channel, implicit, job, refused, tags
from worlds import NETWORK, PASS_ROLE, ROLE, ROLE_NETWORK, World, allow, without

GONE = (400, "ValidationException", "Requested resource not found.")
ORDER = ["Pending", "Starting", "Downloading", "Training", "Uploading", "Completed"]


@pytest.fixture
def instant(serve):
    world = World(role=[*without(ROLE), ROLE_NETWORK])
    return serve(world=world.document()).client(world.ann)


@pytest.fixture
def manual(serve):
    world = World()
    endpoint = serve("--pace", "manual", world=world.document())
    return endpoint, endpoint.client(world.ann)


def describe(client, name="my-job"):
    return client.describe_training_job(TrainingJobName=name)


def settle(endpoint, client, name="my-job"):
    """Advances minute by minute until the job's status is final, and answers each description on the way."""
    seen = [describe(client, name)]
    while seen[-1]["TrainingJobStatus"] in ("InProgress", "Stopping"):
        assert len(seen) < 2000, seen[-1]
        endpoint.advance("PT1M")
        seen.append(describe(client, name))
    return seen


def test_what_was_sent_is_what_is_described(instant):
    request = job(
        HyperParameters={"epochs": "10"},
        Environment={"MODE": "fast"},
        InputDataConfig=[channel("s3://inputbucket/train/", ContentType="text/csv", InputMode="File")],
        VpcConfig=NETWORK,
        EnableNetworkIsolation=True,
        EnableManagedSpotTraining=False,
        StoppingCondition={"MaxRuntimeInSeconds": 600},
    )
    assert instant.create_training_job(**request)["TrainingJobArn"] == arn()
    described = describe(instant)
    for member, value in request.items():
        if member in ("AlgorithmSpecification", "ResourceConfig", "OutputDataConfig"):
            assert value.items() <= described[member].items()
        else:
            assert described[member] == value, member
    assert described["TrainingJobArn"] == arn()
    assert (described["TrainingJobStatus"], described["SecondaryStatus"]) == ("Completed", "Completed")
    assert described["ModelArtifacts"] == {"S3ModelArtifacts": "s3://outputbucket/models/my-job/output/model.tar.gz"}
    now = datetime.datetime.now(datetime.timezone.utc)
    assert abs(now - described["CreationTime"]) < datetime.timedelta(minutes=1)
    assert described["CreationTime"] <= described["TrainingStartTime"] <= described["TrainingEndTime"]
    assert described["TrainingEndTime"] <= described["LastModifiedTime"]
    assert described["BillableTimeInSeconds"] <= described["TrainingTimeInSeconds"]
    assert "FailureReason" not in described and "Tags" not in described


def test_statuses_follow_the_clock(manual):
    endpoint, client = manual
    client.create_training_job(**job())
    first, *_, last = seen = settle(endpoint, client)
    assert first["TrainingJobStatus"] == "InProgress" and first["SecondaryStatus"] in ("Pending", "Starting")
    assert "TrainingEndTime" not in first
    assert {step["TrainingJobStatus"] for step in seen} == {"InProgress", "Completed"}
    reached = [ORDER.index(step["SecondaryStatus"]) for step in seen]
    assert reached == sorted(reached)

    transitions = last["SecondaryStatusTransitions"]
    statuses = [transition["Status"] for transition in transitions]
    assert statuses == sorted(statuses, key=ORDER.index)
    assert {"Starting", "Downloading", "Training", "Uploading", "Completed"} <= set(statuses)
    for before, after in zip(transitions, transitions[1:]):
        assert before["EndTime"] == after["StartTime"]
    messages = {transition["Status"]: transition["StatusMessage"] for transition in transitions}
    assert messages["Uploading"] == "Uploading generated training model"
    assert messages["Completed"] == "Training job completed"
    assert transitions[-1]["EndTime"] and last["TrainingTimeInSeconds"] > 0


def test_nothing_moves_unless_the_clock_does(manual):
    _, client = manual
    client.create_training_job(**job())
    assert describe(client)["SecondaryStatusTransitions"] == describe(client)["SecondaryStatusTransitions"]
    assert describe(client)["TrainingJobStatus"] == "InProgress"


def test_boto3s_waiter(instant):
    instant.create_training_job(**job())
    instant.get_waiter("training_job_completed_or_stopped").wait(
        TrainingJobName="my-job", WaiterConfig={"Delay": 1, "MaxAttempts": 2}
    )


def test_stopping(manual):
    endpoint, client = manual
    client.create_training_job(**job())
    client.stop_training_job(TrainingJobName="my-job")
    stopping = describe(client)
    assert (stopping["TrainingJobStatus"], stopping["SecondaryStatus"]) == ("Stopping", "Stopping")
    stopped = settle(endpoint, client)[-1]
    assert (stopped["TrainingJobStatus"], stopped["SecondaryStatus"]) == ("Stopped", "Stopped")
    refusal = refused(client.stop_training_job, TrainingJobName="my-job")
    assert (refusal.status, refusal.code, refusal.message) == (
        400,
        "ValidationException",
        "The request was rejected because the training job is in status Stopped.",
    )


def test_stopping_what_is_over(instant):
    instant.create_training_job(**job())
    refusal = refused(instant.stop_training_job, TrainingJobName="my-job")
    assert (refusal.status, refusal.code, refusal.message) == (
        400,
        "ValidationException",
        "The request was rejected because the training job is in status Completed.",
    )


def test_a_run_time_that_runs_out(manual):
    endpoint, client = manual
    client.create_training_job(**job(StoppingCondition={"MaxRuntimeInSeconds": 1}))
    over = settle(endpoint, client)[-1]
    assert (over["TrainingJobStatus"], over["SecondaryStatus"]) == ("Stopped", "MaxRuntimeExceeded")


def test_deleting(manual):
    endpoint, client = manual
    client.create_training_job(**job(Tags=tags(team="vision")))
    running = refused(client.delete_training_job, TrainingJobName="my-job")
    assert (running.status, running.code) == (400, "ResourceInUse")
    settle(endpoint, client)
    client.delete_training_job(TrainingJobName="my-job")
    endpoint.advance("PT1H")
    gone = refused(client.describe_training_job, TrainingJobName="my-job")
    assert (gone.status, gone.code, gone.message) == GONE
    assert client.list_training_jobs()["TrainingJobSummaries"] == []
    client.create_training_job(**job())
    assert client.list_tags(ResourceArn=arn())["Tags"] == []


def test_what_is_not_there(instant):
    for call in [instant.describe_training_job, instant.stop_training_job]:
        gone = refused(call, TrainingJobName="absent")
        assert (gone.status, gone.code, gone.message) == GONE
    for call in [instant.delete_training_job, instant.update_training_job]:
        gone = refused(call, TrainingJobName="absent")
        assert gone.status == 400 and gone.code in ("ResourceNotFound", "ValidationException")


def test_names_are_unique(instant):
    instant.create_training_job(**job())
    refusal = refused(instant.create_training_job, **job())
    assert (refusal.status, refusal.code, refusal.message) == (
        400,
        "ResourceInUse",
        "Training job names must be unique within an AWS account and region, and a training job "
        f"with this name already exists ({arn()})",
    )


def test_accounts_and_regions_are_apart(serve):
    world = World()
    endpoint = serve(world=world.document())
    accepted(endpoint, world.ann, job())
    for client in [endpoint.client(region="eu-west-1"), endpoint.client(Key("111122223333", "test"))]:
        assert client.list_training_jobs()["TrainingJobSummaries"] == []
        assert refused(client.describe_training_job, TrainingJobName="my-job").message == GONE[2]


def test_updating(manual):
    endpoint, client = manual
    warm = {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 10, "KeepAlivePeriodInSeconds": 300}
    client.create_training_job(**job(ResourceConfig=warm, RemoteDebugConfig={"EnableRemoteDebug": False}))
    endpoint.advance("PT1S")
    before = describe(client)
    updated = client.update_training_job(
        TrainingJobName="my-job",
        ResourceConfig={"KeepAlivePeriodInSeconds": 600},
        RemoteDebugConfig={"EnableRemoteDebug": True},
    )
    assert updated["TrainingJobArn"] == arn()
    after = describe(client)
    assert after["ResourceConfig"] == {**before["ResourceConfig"], "KeepAlivePeriodInSeconds": 600}
    assert after["RemoteDebugConfig"] == {"EnableRemoteDebug": True}
    assert after["AlgorithmSpecification"] == before["AlgorithmSpecification"]


def test_each_call_is_judged_on_its_own(serve):
    world = World(caller=[allow("sagemaker:CreateTrainingJob"), PASS_ROLE])
    client = serve(world=world.document()).client(world.ann)
    client.create_training_job(**job())
    for operation in ["DescribeTrainingJob", "StopTrainingJob", "UpdateTrainingJob", "DeleteTrainingJob"]:
        call = getattr(client, "".join("_" + c.lower() if c.isupper() else c for c in operation).lstrip("_"))
        for name in ["my-job", "absent"]:
            refusal = refused(call, TrainingJobName=name)
            assert (refusal.status, refusal.code) == (400, "AccessDeniedException")
            assert refusal.message == implicit(f"sagemaker:{operation}", arn(name))
    assert refused(client.list_training_jobs).message == implicit("sagemaker:ListTrainingJobs")


def test_a_store_outlives_its_process(serve, tmp_path):
    world = World()
    first = serve("--pace", "manual", world=world.document(), store=tmp_path / "store")
    client = first.client(world.ann)
    client.create_training_job(**job(Tags=tags(team="vision")))
    first.advance("PT1M")
    before = describe(client)
    assert first.stop() == 0
    changed = World(caller=[])
    second = serve("--pace", "manual", world=changed.document(), store=tmp_path / "store")
    client = second.client(world.ann)
    after = describe(client)
    for part in (before, after):
        del part["ResponseMetadata"]
    assert after == before
    assert client.list_tags(ResourceArn=arn())["Tags"] == tags(team="vision")
