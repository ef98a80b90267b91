"""Tags that grant and deny: two teams, tags that a request must carry, tags of tuning jobs and their training jobs."""

import pytest
from jobs import explicit, implicit, tags
from kinds import PLACE, config
from seeds import DENIED, Row, Stage, role, rows
from test_seed_roles import Variation, model, notebook, tuned


@pytest.fixture(scope="module")
def stage():
    made = Stage()
    yield made
    made.close()


def owned(name, project=None):
    made = notebook(name, "NotebookRole", **({"Tags": tags(Project=project)} if project else {}))
    return made.operation, made.request


def of(name):
    return {"NotebookInstanceName": name}


def arn(name):
    return f"{PLACE}:notebook-instance/{name}"


def barred(who, action, resource=None):
    return DENIED, explicit(action, resource, who=f"user/{who}")


NOTEBOOKS = [owned("first", "A"), owned("second", "B"), owned("open"), owned("stopping", "A"), owned("leaving", "A")]
SHOW = "describe_notebook_instance"


def shows(label, who, name, *refusal):
    return Row(label, who, SHOW, of(name), *refusal)


TEAMS = [
    shows("own", "ann", "first"),
    shows("of-nobody", "ann", "open"),
    shows("of-the-others", "ann", "second", *barred("ann", "sagemaker:DescribeNotebookInstance", arn("second"))),
    shows("own-of-the-second", "ben", "second"),
    shows("of-the-first", "ben", "first", *barred("ben", "sagemaker:DescribeNotebookInstance", arn("first"))),
    Row("stop-own", "ann", "stop_notebook_instance", of("stopping")),
    Row(
        "stop-of-the-others",
        "ann",
        "stop_notebook_instance",
        of("second"),
        *barred("ann", "sagemaker:StopNotebookInstance", arn("second")),
    ),
    Row(
        "url-of-the-others",
        "ben",
        "create_presigned_notebook_instance_url",
        of("first"),
        *barred("ben", "sagemaker:CreatePresignedNotebookInstanceUrl", arn("first")),
    ),
    # `sagemaker:CreateTags` is no action: the statement that names it forbids DeleteTags only.
    Row("tag-own", "ann", "add_tags", {"ResourceArn": arn("first"), "Tags": tags(Stage="Test")}),
    Row(
        "untag-own",
        "ann",
        "delete_tags",
        {"ResourceArn": arn("first"), "TagKeys": ["Project"]},
        *barred("ann", "sagemaker:DeleteTags", arn("first")),
    ),
    Row(
        "untag-of-nobody",
        "ben",
        "delete_tags",
        {"ResourceArn": arn("open"), "TagKeys": ["Project"]},
        *barred("ben", "sagemaker:DeleteTags", arn("open")),
    ),
    Row(
        "tag-of-the-others",
        "ann",
        "add_tags",
        {"ResourceArn": arn("second"), "Tags": tags(Project="A")},
        *barred("ann", "sagemaker:AddTags", arn("second")),
    ),
    # The second team may do everything else in the account, the first only SageMaker, without passing a role.
    Row("create", "ben", *owned("made-by-ben", "B")),
    Row("create-unpassed", "ann", *owned("made-by-ann", "A"), DENIED, implicit("iam:PassRole", role("NotebookRole"))),
]


@rows(TEAMS)
def test_two_teams(stage, row):
    stage.play("team-tags", row, *NOTEBOOKS)


LISTS = ["code_repositories", "endpoint_configs", "endpoints", "hyper_parameter_tuning_jobs", "models", "training_jobs"]


@pytest.mark.parametrize("what", [*LISTS, "notebook_instance_lifecycle_configs", "transform_jobs"])
def test_no_list_is_refused_by_tags(stage, what):
    stage.play("team-tags", Row(what, "ann", f"list_{what}", {}), *NOTEBOOKS)


def test_tags_do_not_restrict_list_tags(stage):
    """The documentation names ListTags among the calls that tags do not restrict, though it has a resource."""
    answer = stage.play("team-tags", Row("tags", "ann", "list_tags", {"ResourceArn": arn("second")}), *NOTEBOOKS)
    assert {"Key": "Project", "Value": "B"} in answer["Tags"]


def test_lists_are_not_limited_by_tags(stage):
    for who in ("ann", "ben"):
        answer = stage.play("team-tags", Row("list", who, "list_notebook_instances", {}), *NOTEBOOKS)
        listed = {made["NotebookInstanceName"] for made in answer["NotebookInstances"]}
        assert {"first", "second", "open"} <= listed


def test_a_team_gives_a_notebook_away(stage):
    """Nothing forbids AddTags, so the first team can tag its notebook out of its own reach."""
    give = Row("give", "ann", "add_tags", {"ResourceArn": arn("leaving"), "Tags": tags(Project="B")})
    stage.play("team-tags", give, *NOTEBOOKS)
    refusal = barred("ann", "sagemaker:DescribeNotebookInstance", arn("leaving"))
    stage.play("team-tags", shows("gone", "ann", "leaving", *refusal))
    stage.play("team-tags", shows("arrived", "ben", "leaving"))


def endpoint_arn(name):
    return f"{PLACE}:endpoint/{name}"


def deploys(label, who, refusal=None, *says, **members):
    request = {"EndpointName": label, "EndpointConfigName": "c", **members}
    return Row(label, who, "create_endpoint", request, refusal, *says)


def cannot_deploy(label, who):
    return barred(who, "sagemaker:CreateEndpoint", endpoint_arn(label))


DEV = {"Tags": tags(environment="dev")}
DEPLOYED = [
    ("create_model", model("m", "ModelRole")),
    ("create_endpoint_config", config()),
    ("create_endpoint", {"EndpointName": "ours", "EndpointConfigName": "c", "Tags": tags(project="churn")}),
    ("create_endpoint", {"EndpointName": "theirs", "EndpointConfigName": "c", "Tags": tags(project="fraud")}),
    ("create_endpoint", {"EndpointName": "bare", "EndpointConfigName": "c"}),
]


def configures(label, refusal=None, *says, **values):
    return Row(label, "eve", "create_endpoint_config", config(label, Tags=tags(**values)), refusal, *says)


def described(label, name, *refusal):
    return Row(label, "joe", "describe_endpoint", {"EndpointName": name}, *refusal)


def not_shown(name):
    return DENIED, implicit("sagemaker:DescribeEndpoint", endpoint_arn(name), who="user/joe")


@rows(
    [
        # As printed the Deny has no condition, so that no tag helps.
        deploys("printed-tagged", "ann", *cannot_deploy("printed-tagged", "ann"), **DEV),
        deploys("printed-untagged", "ann", *cannot_deploy("printed-untagged", "ann")),
        Row("printed-else", "ann", "describe_endpoint", {"EndpointName": "theirs"}),
        deploys("tagged", "ben", **DEV),
        deploys("untagged", "ben", *cannot_deploy("untagged", "ben")),
        deploys("tagged-prod", "ben", *cannot_deploy("tagged-prod", "ben"), Tags=tags(environment="prod")),
        deploys("tagged-case", "ben", *cannot_deploy("tagged-case", "ben"), Tags=tags(environment="Dev")),
        deploys("tag-key-case", "ben", Tags=tags(Environment="dev")),
        configures("known-tags", environment="dev", project="churn"),
        configures(
            "unknown-tag",
            *barred("eve", "sagemaker:CreateEndpointConfig", f"{PLACE}:endpoint-config/unknown-tag"),
            environment="dev",
            owner="eve",
        ),
        Row("untag-known", "eve", "delete_tags", {"ResourceArn": endpoint_arn("bare"), "TagKeys": ["owner"]}),
        Row(
            "untag-kept",
            "eve",
            "delete_tags",
            {"ResourceArn": endpoint_arn("bare"), "TagKeys": ["owner", "environment"]},
            *barred("eve", "sagemaker:DeleteTags", endpoint_arn("bare")),
        ),
        described("own-project", "ours"),
        described("other-project", "theirs", *not_shown("theirs")),
        described("no-project", "bare", *not_shown("bare")),
        described("absent", "absent", *not_shown("absent")),
    ]
)
def test_tags_that_a_request_or_a_resource_must_carry(stage, row):
    stage.play("request-tags", row, *DEPLOYED)


@pytest.fixture(scope="module")
def slow():
    """Time stands still, so that training jobs are launched before and after a tag comes."""
    made = Stage("--pace", "manual")
    yield made
    made.close()


def test_tags_of_a_tuning_job_and_its_training_jobs(slow):
    made = tuned("MyTuningJob", Variation("TuningRole"))
    made["Tags"] = tags(Project="churn")
    slow.play("tuning-tags", Row("create", "ann", "create_hyper_parameter_tuning_job", made))
    of_tuning = {"HyperParameterTuningJobName": "MyTuningJob"}

    def as_ann(operation, **request):
        return slow.play("tuning-tags", Row(operation, "ann", operation, request))

    def as_ben(name, *refusal):
        slow.play("tuning-tags", Row(name, "ben", "describe_training_job", {"TrainingJobName": name}, *refusal))

    def launched():
        answer = as_ann("list_training_jobs_for_hyper_parameter_tuning_job", **of_tuning)
        return {one["TrainingJobName"]: one["TrainingJobArn"] for one in answer["TrainingJobSummaries"]}

    def tagged(resource):
        return {one["Key"]: one["Value"] for one in as_ann("list_tags", ResourceArn=resource)["Tags"]}

    slow.endpoint("tuning-tags").advance("PT5M")
    before = launched()
    assert len(before) == 2
    tuning_arn = as_ann("describe_hyper_parameter_tuning_job", **of_tuning)["HyperParameterTuningJobArn"]
    as_ann("add_tags", ResourceArn=tuning_arn, Tags=tags(Env="Dev"))
    slow.endpoint("tuning-tags").advance("PT12H")
    after = {name: found for name, found in launched().items() if name not in before}
    assert len(after) == 2
    for name, found in before.items():
        assert tagged(found) == {"Project": "churn"}
        as_ben(name, DENIED, implicit("sagemaker:DescribeTrainingJob", found, who="user/ben"))
    for name, found in after.items():
        assert tagged(found) == {"Project": "churn", "Env": "Dev"}
        as_ben(name)
    for found in launched().values():
        as_ann("add_tags", ResourceArn=found, Tags=tags(Env="Dev"))
    for name in before:
        as_ben(name)
    # The other call on a resource that tags do not restrict: Eve may use nothing that is tagged Env=Dev.
    listing = "list_training_jobs_for_hyper_parameter_tuning_job"
    slow.play("tuning-tags", Row("listing", "eve", listing, of_tuning))
    kept_out = barred("eve", "sagemaker:DescribeHyperParameterTuningJob", tuning_arn)
    slow.play("tuning-tags", Row("showing", "eve", "describe_hyper_parameter_tuning_job", of_tuning, *kept_out))
    as_ann("delete_tags", ResourceArn=tuning_arn, TagKeys=["Env"])
    assert all(tagged(found)["Env"] == "Dev" for found in launched().values())
