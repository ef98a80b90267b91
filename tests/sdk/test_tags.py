"""Tags on training jobs, and permissions that follow them."""

import pytest
from jobs import arn, implicit, job, refused, tags
from worlds import PASS_ROLE, World, allow, deny


@pytest.fixture
def client(serve):
    world = World()
    made = serve(world=world.document()).client(world.ann)
    made.create_training_job(**job(Tags=tags(team="vision", stage="test")))
    return made


def listed(client, resource=None):
    return {tag["Key"]: tag["Value"] for tag in client.list_tags(ResourceArn=resource or arn())["Tags"]}


def test_adding_and_removing(client):
    assert listed(client) == {"team": "vision", "stage": "test"}
    answer = client.add_tags(ResourceArn=arn(), Tags=tags(stage="live", cost="7"))
    assert tags(stage="live")[0] in answer["Tags"] and tags(cost="7")[0] in answer["Tags"]
    assert listed(client) == {"team": "vision", "stage": "live", "cost": "7"}
    client.delete_tags(ResourceArn=arn(), TagKeys=["stage", "never-there"])
    assert listed(client) == {"team": "vision", "cost": "7"}


def test_letters_of_keys_are_told_apart(client):
    client.add_tags(ResourceArn=arn(), Tags=tags(Team="speech"))
    assert listed(client) == {"team": "vision", "stage": "test", "Team": "speech"}


def test_fifty_are_the_most(client):
    client.add_tags(ResourceArn=arn(), Tags=tags(**{f"k{number}": "v" for number in range(48)}))
    refusal = refused(client.add_tags, ResourceArn=arn(), Tags=tags(one="more"))
    assert refusal.status == 400 and refusal.code in ("ResourceLimitExceeded", "ValidationException")
    client.add_tags(ResourceArn=arn(), Tags=tags(team="other"))
    assert len(listed(client)) == 50 and listed(client)["team"] == "other"


def test_reserved_keys(client):
    refusal = refused(client.add_tags, ResourceArn=arn(), Tags=tags(**{"aws:x": "y"}))
    assert (refusal.code, refusal.message) == (
        "ValidationException",
        "aws: prefixed tag key names are not allowed for external use.",
    )
    assert "aws:x" not in listed(client)


@pytest.mark.parametrize(
    "call, members", [("list_tags", {}), ("add_tags", {"Tags": tags(a="b")}), ("delete_tags", {"TagKeys": ["a"]})]
)
def test_a_job_that_is_not_there(client, call, members):
    refusal = refused(getattr(client, call), ResourceArn=arn("absent"), **members)
    assert refusal.status == 400 and refusal.code in ("ValidationException", "ResourceNotFound")


def test_another_accounts_job(client):
    refusal = refused(client.list_tags, ResourceArn=arn(account="111122223333"))
    assert refusal.code in ("AccessDeniedException", "ValidationException", "ResourceNotFound")


TEAM = {"StringEquals": {"aws:ResourceTag/team": "vision"}}
OWN = {"StringEquals": {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"}}


@pytest.mark.parametrize("condition", [TEAM, OWN, {"StringEquals": {"sagemaker:ResourceTag/team": "vision"}}], ids=str)
def test_permissions_follow_the_tags(serve, condition):
    caller = [
        allow("sagemaker:CreateTrainingJob", "sagemaker:AddTags", "sagemaker:ListTrainingJobs"),
        PASS_ROLE,
        allow("sagemaker:DescribeTrainingJob", "sagemaker:DeleteTags", when=condition),
    ]
    world = World(caller=caller, user={"tags": {"team": "vision"}})
    client = serve(world=world.document()).client(world.ann)
    client.create_training_job(**job("ours", Tags=tags(team="vision")))
    client.create_training_job(**job("theirs", Tags=tags(team="speech")))
    client.create_training_job(**job("bare"))
    assert client.describe_training_job(TrainingJobName="ours")["TrainingJobArn"] == arn("ours")
    for name in ["theirs", "bare", "absent"]:
        refusal = refused(client.describe_training_job, TrainingJobName=name)
        assert refusal.message == implicit("sagemaker:DescribeTrainingJob", arn(name))
    assert len(client.list_training_jobs()["TrainingJobSummaries"]) == 3

    client.add_tags(ResourceArn=arn("bare"), Tags=tags(team="vision"))
    client.describe_training_job(TrainingJobName="bare")
    client.delete_tags(ResourceArn=arn("bare"), TagKeys=["team"])
    assert refused(client.describe_training_job, TrainingJobName="bare").code == "AccessDeniedException"


def test_tag_permissions_are_asked(serve):
    world = World(caller=[allow("sagemaker:CreateTrainingJob"), PASS_ROLE])
    client = serve(world=world.document()).client(world.ann)
    client.create_training_job(**job())
    for call, action, members in [
        ("list_tags", "ListTags", {}),
        ("add_tags", "AddTags", {"Tags": tags(a="b")}),
        ("delete_tags", "DeleteTags", {"TagKeys": ["a"]}),
    ]:
        assert refused(getattr(client, call), ResourceArn=arn(), **members).message == implicit(
            f"sagemaker:{action}", arn()
        )


def test_keys_that_may_not_be_touched(serve):
    world = World(
        caller=[
            allow("*"),
            deny(
                "sagemaker:AddTags",
                "sagemaker:DeleteTags",
                when={"ForAnyValue:StringEquals": {"aws:TagKeys": ["team"]}},
            ),
        ]
    )
    client = serve(world=world.document()).client(world.ann)
    client.create_training_job(**job(Tags=tags(stage="test")))
    assert refused(client.add_tags, ResourceArn=arn(), Tags=tags(cost="1", team="x")).code == "AccessDeniedException"
    assert refused(client.delete_tags, ResourceArn=arn(), TagKeys=["team"]).code == "AccessDeniedException"
    assert refused(client.create_training_job, **job("other", Tags=tags(team="x"))).code == "AccessDeniedException"
    client.add_tags(ResourceArn=arn(), Tags=tags(cost="1"))
    assert listed(client) == {"stage": "test", "cost": "1"}
