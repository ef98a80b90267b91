"""The control API: health, reset, clock, decisions with their explanations, and the world as a file."""

import json

import pytest
from jobs import accepted, arn, implicit, job, refused, tags
from test_jobs import describe
from worlds import ACCOUNT, CALLER, ROLE, ROLE_ARN, World, allow, deny, policy, without


@pytest.fixture
def laboratory(serve):
    world = World()
    return serve(world=world.document()), world.ann


def test_health(laboratory):
    endpoint, _ = laboratory
    status, answer = endpoint.control("GET", "health")
    assert (status, answer["status"]) == (200, "ready") and answer["version"]


@pytest.mark.parametrize(
    "headers",
    [{"Host": "example.com"}, {"Host": "127.0.0.1.example.com:4566"}, {"Origin": "https://example.com"}],
    ids=str,
)
def test_a_page_from_elsewhere_is_kept_out(laboratory, headers):
    endpoint, _ = laboratory
    for method, path in [("GET", "world"), ("GET", "health"), ("POST", "reset")]:
        status, _, body = endpoint.send(method, "/_passrole/" + path, headers=headers)
        assert 400 <= status < 500 and b"secret-of-ann" not in body


@pytest.mark.parametrize("host", ["localhost", "localhost:9", "127.0.0.1", "[::1]:80"])
def test_loopback_names_are_let_in(laboratory, host):
    endpoint, _ = laboratory
    assert endpoint.control("GET", "health", headers={"Host": host})[0] == 200


def test_what_makes_no_sense(laboratory):
    endpoint, _ = laboratory
    for method, path, document, expected in [
        ("GET", "nothing", None, 404),
        ("GET", "decisions/00000000-0000-0000-0000-000000000000", None, 404),
        ("GET", "decisions?limit=x", None, 400),
        ("GET", "decisions?decision=maybe", None, 400),
        ("POST", "clock", {"advance": "ten minutes"}, 400),
        ("POST", "clock", {}, 400),
        ("PUT", "world", {"acounts": []}, 400),
        ("PUT", "world", [], 400),
    ]:
        assert endpoint.control(method, path, document)[0] == expected, (method, path, document)
    assert endpoint.send("POST", "/_passrole/clock", b"{")[0] == 400
    assert endpoint.send("DELETE", "/_passrole/world")[0] in (404, 405)


def test_reset(laboratory):
    endpoint, ann = laboratory
    accepted(endpoint, ann, job())
    changed = World(caller=[])
    assert endpoint.control("PUT", "world", changed.document())[0] in (200, 204)
    assert refused(endpoint.client(ann).list_training_jobs).code == "AccessDeniedException"
    endpoint.advance("P1D")
    assert endpoint.control("POST", "reset")[0] in (200, 204)
    assert endpoint.client(ann).list_training_jobs()["TrainingJobSummaries"] == []
    assert accepted(endpoint, ann, job()) == arn()


def test_the_clock(laboratory):
    endpoint, ann = laboratory
    status, before = endpoint.control("GET", "clock")
    assert status == 200
    accepted(endpoint, ann, job("first"))
    endpoint.advance("PT10M")
    accepted(endpoint, ann, job("second"))
    client = endpoint.client(ann)
    apart = describe(client, "second")["CreationTime"] - describe(client, "first")["CreationTime"]
    assert 600 <= apart.total_seconds() < 610
    assert endpoint.control("GET", "clock")[1] != before
    assert endpoint.control("POST", "clock", {"advance": "-PT10M"})[0] == 400


def test_the_virtual_time_is_the_time_that_conditions_see(serve):
    world = World(caller=[allow("*", when={"DateLessThan": {"aws:CurrentTime": "2090-01-01T00:00:00Z"}})])
    endpoint = serve(world=world.document())
    client = endpoint.client(world.ann)
    client.list_training_jobs()
    endpoint.advance("P70Y")
    assert refused(client.list_training_jobs).code == "AccessDeniedException"


def test_decisions_are_listed_newest_first(laboratory):
    endpoint, ann = laboratory
    accepted(endpoint, ann, job(Tags=tags(a="b")))
    refused(endpoint.client(ann, "sts").assume_role, RoleArn=ROLE_ARN, RoleSessionName="me")
    entries = endpoint.decisions()
    assert entries[0]["action"] == "sts:AssumeRole"
    for entry in entries:
        for member in ["requestId", "time", "principal", "action", "resource", "decision"]:
            assert isinstance(entry[member], str), entry
        assert entry["decision"] in ("allowed", "implicitDeny", "explicitDeny")
    mine = endpoint.decisions(principal=f"arn:aws:iam::{ACCOUNT}:user/ann", decision="allowed")
    assert [entry["action"] for entry in mine][::-1] == [
        "sagemaker:CreateTrainingJob",
        "sagemaker:AddTags",
        "iam:PassRole",
    ]
    passed = endpoint.decisions(action="iam:PassRole")
    assert [(entry["resource"], entry["decision"]) for entry in passed] == [(ROLE_ARN, "allowed")]
    assert len(endpoint.decisions(limit=1)) == 1


def test_the_roles_decisions_are_listed_too(laboratory):
    endpoint, ann = laboratory
    accepted(endpoint, ann, job())
    session = f"arn:aws:sts::{ACCOUNT}:assumed-role/TrainingRole/SageMaker"
    actions = {entry["action"] for entry in endpoint.decisions(principal=session, limit=100)}
    assert {"s3:ListBucket", "s3:GetObject", "s3:PutObject", "ecr:BatchGetImage"} <= actions


def unanswered(trace):
    """Every question of a trace that was not allowed."""
    return [question for question in trace["questions"] if "missingStatement" in question]


def test_a_refusal_is_explained(serve):
    world = World(caller=[CALLER["jobs"]])
    endpoint = serve(world=world.document())
    refusal = refused(endpoint.client(world.ann).create_training_job, **job())
    assert refusal.message == implicit("iam:PassRole", ROLE_ARN)
    trace = endpoint.trace(refusal.request_id)
    [question] = unanswered(trace)
    assert (question["action"], question["resource"], question["decision"]) == (
        "iam:PassRole",
        ROLE_ARN,
        "implicitDeny",
    )
    missing = question["missingStatement"]
    assert (missing["Effect"], missing["Action"], missing["Resource"]) == ("Allow", "iam:PassRole", ROLE_ARN)
    assert "iam:PassedToService" in json.dumps(question)


def test_an_explicit_deny_is_shown(serve):
    forbidden = deny("iam:PassRole")
    world = World(caller=[allow("*"), {**forbidden, "Sid": "NoRoles"}])
    endpoint = serve(world=world.document())
    refusal = refused(endpoint.client(world.ann).create_training_job, **job())
    [question] = unanswered(endpoint.trace(refusal.request_id))
    assert question["decision"] == "explicitDeny"
    assert question["missingStatement"]["Effect"] == "Deny"
    assert "NoRoles" in json.dumps(question["missingStatement"])
    assert "Inline" in json.dumps(question)


def test_the_statements_that_are_missing_are_enough(serve):
    """Whatever is refused, adding the statement that the explanation names turns that refusal, until all is allowed."""
    world = World(caller=[], role=[])
    request = job(Tags=tags(team="vision"))
    caller, role = [], []
    for _ in range(20):
        document = World(caller=list(caller), role=list(role)).document()
        endpoint = serve(world=document)
        client = endpoint.client(world.ann)
        try:
            client.create_training_job(**request)
            break
        except client.exceptions.ClientError as error:
            trace = endpoint.trace(error.response["ResponseMetadata"]["RequestId"])
        questions = unanswered(trace)
        assert questions, trace
        for question in questions:
            holder = role if ":assumed-role/TrainingRole/" in question["principal"] else caller
            assert question["missingStatement"] not in holder, question
            holder.append(question["missingStatement"])
    else:
        pytest.fail(f"still refused with {caller} and {role}")
    granted = {entry["Action"] if isinstance(entry["Action"], str) else tuple(entry["Action"]) for entry in caller}
    assert granted == {"sagemaker:CreateTrainingJob", "sagemaker:AddTags", "iam:PassRole"}
    assert all(entry["Resource"] != "*" or "ecr:GetAuthorizationToken" in str(entry["Action"]) for entry in role), role


def test_every_answer_has_a_request_id_that_can_be_looked_up(laboratory):
    endpoint, ann = laboratory
    allowed = endpoint.client(ann).list_training_jobs()["ResponseMetadata"]["RequestId"]
    trace = endpoint.trace(allowed)
    assert [(question["action"], question["decision"]) for question in trace["questions"]] == [
        ("sagemaker:ListTrainingJobs", "allowed")
    ]
    assert unanswered(trace) == []


def test_the_world_goes_round(serve):
    world = World(user={"tags": {"team": "vision"}})
    world.bind("Guardrail", deny("sagemaker:CreateModel"))
    world.account.managed_policy("Extra", allow("s3:*"))
    world.other().bucket("theirbucket", "a/b")
    endpoint = serve(world=world.document())
    accepted(endpoint, world.ann, job())
    status, dumped = endpoint.control("GET", "world")
    assert status == 200
    [account] = [account for account in dumped["accounts"] if account["accountId"] == ACCOUNT]
    [user] = account["iam"]["UserDetailList"]
    assert user["UserName"] == "ann" and user["Tags"] == tags(team="vision")
    assert user["UserPolicyList"][0]["PolicyDocument"] == policy(*without(CALLER))

    again = serve(world=dumped)
    assert accepted(again, world.ann, job()) == arn()
    assert again.control("GET", "world")[1] == dumped
    assert endpoint.control("PUT", "world", dumped)[0] in (200, 204)
    assert endpoint.control("GET", "world")[1] == dumped
    assert accepted(endpoint, world.ann, job("another")) == arn("another")


def test_a_world_that_makes_no_sense_changes_nothing(laboratory):
    endpoint, ann = laboratory
    broken = World(role=without(ROLE)).document()
    broken["accounts"][0]["accessKeys"][0]["UserName"] = "nobody"
    status, answer = endpoint.control("PUT", "world", broken)
    assert status == 400 and "accounts[0].accessKeys[0].UserName" in json.dumps(answer)
    assert accepted(endpoint, ann, job()) == arn()
