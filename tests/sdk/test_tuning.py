"""Hyperparameter tuning jobs: permissions, roles, training jobs and their tags, as a team's own code would see them."""

import copy

import pytest
from jobs import ABSENT, assert_invalid, cannot_assume, implicit, job, no_image, no_objects, refused, tags
from worlds import ACCOUNT, CALLER, IMAGE, NETWORK, PASS_ROLE, ROLE, ROLE_ARN, World, allow, trust, without

ARN = f"arn:aws:sagemaker:us-east-1:{ACCOUNT}:hyper-parameter-tuning-job/tune"


def definition(role=ROLE_ARN, **members):
    made = {k: v for k, v in job(RoleArn=role, **members).items() if k != "TrainingJobName"}
    made["AlgorithmSpecification"] = {
        **made["AlgorithmSpecification"],
        "MetricDefinitions": [{"Name": "loss", "Regex": "loss=(.*)"}],
    }
    return made


RANGES = {"ContinuousParameterRanges": [{"Name": "eta", "MinValue": "0.1", "MaxValue": "0.5"}]}
OBJECTIVE = {"Type": "Minimize", "MetricName": "loss"}


def tuning(name="tune", jobs=4, parallel=2, strategy="Random", **members):
    request = {
        "HyperParameterTuningJobName": name,
        "HyperParameterTuningJobConfig": {
            "Strategy": strategy,
            "HyperParameterTuningJobObjective": OBJECTIVE,
            "ResourceLimits": {"MaxNumberOfTrainingJobs": jobs, "MaxParallelTrainingJobs": parallel},
            "ParameterRanges": RANGES,
        },
        "TrainingJobDefinition": definition(),
        **members,
    }
    return copy.deepcopy({member: value for member, value in request.items() if value is not ABSENT})


def start(serve, *flags, world=None, **options):
    world = world or World(**options)
    endpoint = serve(*flags, world=world.document())
    return endpoint, endpoint.client(world.ann)


def launched(client, name="tune", **filters):
    pages = client.get_paginator("list_training_jobs_for_hyper_parameter_tuning_job").paginate(
        HyperParameterTuningJobName=name, **filters
    )
    return [summary for page in pages for summary in page["TrainingJobSummaries"]]


def described(client, name="tune"):
    return client.describe_hyper_parameter_tuning_job(HyperParameterTuningJobName=name)


def tagged(client, arn):
    return {tag["Key"]: tag["Value"] for tag in client.list_tags(ResourceArn=arn)["Tags"]}


def test_a_tuning_job_from_its_creation_to_its_best_training_job(serve):
    _, client = start(serve)
    assert client.create_hyper_parameter_tuning_job(**tuning())["HyperParameterTuningJobArn"] == ARN
    client.get_waiter("training_job_completed_or_stopped").wait(
        TrainingJobName=launched(client)[0]["TrainingJobName"], WaiterConfig={"Delay": 0, "MaxAttempts": 1}
    )
    shown = described(client)
    assert shown["HyperParameterTuningJobStatus"] == "Completed"
    assert shown["TrainingJobStatusCounters"]["Completed"] == 4
    by_loss = launched(client, SortBy="FinalObjectiveMetricValue", PaginationConfig={"PageSize": 3})
    assert len(by_loss) == 4
    assert shown["BestTrainingJob"]["TrainingJobName"] == by_loss[0]["TrainingJobName"]
    best = client.describe_training_job(TrainingJobName=by_loss[0]["TrainingJobName"])
    assert best["TuningJobArn"] == ARN
    assert best["HyperParameters"]["eta"] == by_loss[0]["TunedHyperParameters"]["eta"]
    assert best["HyperParameters"]["_tuning_objective_metric"] == "loss"
    metric = by_loss[0]["FinalHyperParameterTuningJobObjectiveMetric"]
    assert best["FinalMetricDataList"][0]["Value"] == metric["Value"]
    names = [summary["TrainingJobName"] for summary in client.list_training_jobs(NameContains="tune-")["TrainingJobSummaries"]]
    assert sorted(names) == [child["TrainingJobName"] for child in launched(client)]


def test_it_is_still_there_after_a_restart(serve, tmp_path):
    world = World()
    endpoint = serve("--pace", "manual", world=world.document(), store=tmp_path / "store")
    endpoint.client(world.ann).create_hyper_parameter_tuning_job(**tuning())
    endpoint.process.kill()
    endpoint.process.wait()
    endpoint = serve("--pace", "manual", store=tmp_path / "store")
    client = endpoint.client(world.ann)
    before = [child["TrainingJobName"] for child in launched(client)]
    assert len(before) == 2
    endpoint.advance("PT1H")
    assert [child["TrainingJobName"] for child in launched(client)][:2] == before
    assert described(client)["HyperParameterTuningJobStatus"] == "Completed"


REFUSED_CALLERS = {
    "the action": ([PASS_ROLE], "sagemaker:CreateHyperParameterTuningJob", ARN),
    "the tags": (
        [allow("sagemaker:CreateHyperParameterTuningJob"), PASS_ROLE],
        "sagemaker:AddTags",
        ARN,
    ),
    "the role": ([allow("sagemaker:*")], "iam:PassRole", ROLE_ARN),
}


@pytest.mark.parametrize("name", REFUSED_CALLERS)
def test_what_the_caller_must_be_allowed(serve, name):
    caller, action, resource = REFUSED_CALLERS[name]
    _, client = start(serve, caller=caller)
    refusal = refused(client.create_hyper_parameter_tuning_job, **tuning(Tags=tags(team="a")))
    assert (refusal.status, refusal.code) == (400, "AccessDeniedException")
    assert refusal.message == implicit(action, resource)


def test_training_jobs_are_launched_without_the_callers_permission(serve):
    caller = [allow("sagemaker:CreateHyperParameterTuningJob", "sagemaker:List*"), PASS_ROLE]
    _, client = start(serve, caller=caller)
    client.create_hyper_parameter_tuning_job(**tuning())
    assert len(launched(client)) == 4


def test_listing_training_jobs_is_judged_on_the_tuning_job(serve):
    caller = [allow("sagemaker:*", on=ARN), PASS_ROLE]
    _, client = start(serve, caller=caller)
    client.create_hyper_parameter_tuning_job(**tuning())
    assert len(launched(client)) == 4
    other = refused(client.list_training_jobs_for_hyper_parameter_tuning_job, HyperParameterTuningJobName="other")
    action = "sagemaker:ListTrainingJobsForHyperParameterTuningJob"
    assert other.message == implicit(action, ARN.replace("/tune", "/other"))


URL = "s3://inputbucket/train/"
SERVICE = {"Service": "sagemaker.amazonaws.com"}
JOBS = f"arn:aws:sagemaker:us-east-1:{ACCOUNT}:training-job/tune-*"
REFUSED_ROLES = {
    "trust": ({"trusted": trust({"Service": "ec2.amazonaws.com"})}, cannot_assume()),
    "finding": ({"role": without(ROLE, "find")}, no_objects(URL, "inputbucket")),
    "pulling": ({"role": without(ROLE, "pull")}, no_image()),
    "reading": ({"role": without(ROLE, "read")}, "s3:GetObject"),
    "writing": ({"role": without(ROLE, "write")}, "outputbucket/models/tune-001-"),
}


@pytest.mark.parametrize("name", REFUSED_ROLES)
def test_what_the_role_must_be_able_to_do(serve, name):
    options, told = REFUSED_ROLES[name]
    _, client = start(serve, **options)
    assert_invalid(refused(client.create_hyper_parameter_tuning_job, **tuning()), told)


def test_a_role_that_trusts_training_jobs_only(serve):
    _, client = start(serve, trusted=trust(SERVICE, {"ArnLike": {"aws:SourceArn": JOBS}}))
    client.create_hyper_parameter_tuning_job(**tuning())


def test_the_network_of_a_definition(serve):
    _, client = start(serve)
    request = tuning(TrainingJobDefinition=definition(VpcConfig=NETWORK))
    assert_invalid(refused(client.create_hyper_parameter_tuning_job, **request), "ec2:")


def test_each_definition_has_its_own_role(serve):
    world = World(caller=[allow("sagemaker:*"), allow("iam:PassRole")])
    world.account.role("Blind", *without(ROLE, "find"))
    endpoint = serve(world=world.document())
    blind = ROLE_ARN.replace("TrainingRole", "Blind")

    def several(second):
        made = [
            {**definition(role), "DefinitionName": name, "TuningObjective": OBJECTIVE, "HyperParameterRanges": RANGES}
            for name, role in [("first", ROLE_ARN), ("second", second)]
        ]
        return tuning(TrainingJobDefinition=ABSENT, TrainingJobDefinitions=made)

    refusal = refused(endpoint.client(world.ann).create_hyper_parameter_tuning_job, **several(blind))
    assert_invalid(refusal, no_objects(URL, "inputbucket", role=blind))
    asked = endpoint.trace(refusal.request_id)["questions"]
    passed = [question["resource"] for question in asked if question["action"] == "iam:PassRole"]
    assert passed == [ROLE_ARN, blind]
    endpoint.client(world.ann).create_hyper_parameter_tuning_job(**several(ROLE_ARN))


def test_a_role_that_is_found_out_later(serve):
    endpoint, client = start(serve, "--preflight", "aws", "--pace", "manual", role=without(ROLE, "write"))
    client.create_hyper_parameter_tuning_job(**tuning(jobs=20))
    endpoint.advance("PT6M30S")
    assert described(client)["TrainingJobStatusCounters"]["NonRetryableError"] == 2
    endpoint.advance("PT2H")
    shown = described(client)
    assert shown["HyperParameterTuningJobStatus"] == "Failed"
    assert shown["FailureReason"].startswith("No training job succeeded after 5 attempts. ")
    first = client.describe_training_job(TrainingJobName=launched(client)[0]["TrainingJobName"])
    assert first["TrainingJobStatus"] == "Failed" and "s3:PutObject" in first["FailureReason"]


def test_a_role_that_is_found_out_later_at_once(serve):
    _, client = start(serve, "--preflight", "aws", role=without(ROLE, "write"))
    client.create_hyper_parameter_tuning_job(**tuning(jobs=20, parallel=1))
    assert described(client)["HyperParameterTuningJobStatus"] == "Failed"
    assert len(launched(client)) == 5


def test_tags_are_kept_in_step_by_the_documented_loop(serve):
    endpoint, client = start(serve, "--pace", "manual")
    client.create_hyper_parameter_tuning_job(**tuning(Tags=tags(team="speech")))
    endpoint.advance("PT1M")
    client.add_tags(ResourceArn=ARN, Tags=tags(Env="Dev"))
    assert [tagged(client, child["TrainingJobArn"]) for child in launched(client)] == [{"team": "speech"}] * 2
    for child in launched(client):
        client.add_tags(ResourceArn=child["TrainingJobArn"], Tags=tags(Env="Dev"))
    endpoint.advance("PT1H")
    assert [tagged(client, child["TrainingJobArn"]) for child in launched(client)] == [
        {"team": "speech", "Env": "Dev"}
    ] * 4


def test_tags_open_and_close_a_tuning_job(serve):
    when = {"StringEquals": {"aws:ResourceTag/team": "speech"}}
    caller = [
        allow("sagemaker:CreateHyperParameterTuningJob", "sagemaker:AddTags", "sagemaker:ListTags"),
        # Tags neither restrict nor allow this one.
        allow("sagemaker:ListTrainingJobsForHyperParameterTuningJob"),
        allow("sagemaker:*", when=when),
        PASS_ROLE,
    ]
    _, client = start(serve, "--pace", "manual", caller=caller)
    client.create_hyper_parameter_tuning_job(**tuning(Tags=tags(team="speech")))
    client.create_hyper_parameter_tuning_job(**tuning("other", Tags=tags(team="vision")))
    child = launched(client)[0]
    client.stop_training_job(TrainingJobName=child["TrainingJobName"])
    client.stop_hyper_parameter_tuning_job(HyperParameterTuningJobName="tune")
    refusal = refused(client.stop_hyper_parameter_tuning_job, HyperParameterTuningJobName="other")
    assert refusal.message == implicit("sagemaker:StopHyperParameterTuningJob", ARN.replace("/tune", "/other"))


def test_stopping(serve):
    endpoint, client = start(serve, "--pace", "manual")
    client.create_hyper_parameter_tuning_job(**tuning())
    endpoint.advance("PT2M")
    client.stop_hyper_parameter_tuning_job(HyperParameterTuningJobName="tune")
    assert described(client)["HyperParameterTuningJobStatus"] == "Stopping"
    endpoint.advance("PT1M")
    assert described(client)["HyperParameterTuningJobStatus"] == "Stopped"
    assert {child["TrainingJobStatus"] for child in launched(client)} == {"Stopped"}
    assert_invalid(
        refused(client.stop_hyper_parameter_tuning_job, HyperParameterTuningJobName="tune"), "is in status Stopped."
    )


def test_the_same_name_twice(serve):
    _, client = start(serve)
    client.create_hyper_parameter_tuning_job(**tuning())
    refusal = refused(client.create_hyper_parameter_tuning_job, **tuning())
    assert (refusal.status, refusal.code, refusal.message) == (
        400,
        "ResourceInUse",
        "A hyperparameter tuning job with the name, tune, already exists. Choose a different name.",
    )
    absent = refused(client.describe_hyper_parameter_tuning_job, HyperParameterTuningJobName="absent")
    assert (absent.status, absent.code) == (400, "ResourceNotFound")


def test_a_name_that_is_too_long(serve):
    _, client = start(serve)
    refusal = refused(client.create_hyper_parameter_tuning_job, **tuning("n" * 33))
    assert_invalid(refusal, "hyperParameterTuningJobName", "less than or equal to 32")
