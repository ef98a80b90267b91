"""Role sessions: assumed over STS, used for jobs, limited, refused and expired."""

import json

import pytest
from endpoint import Key
from jobs import accepted, arn, explicit, implicit, job, refused
from worlds import (
    ACCOUNT,
    CALLER,
    OTHER_ACCOUNT,
    PASS_ROLE,
    ROLE_ARN,
    World,
    allow,
    deny,
    policy,
    trust,
    without,
)

SCIENTIST = f"arn:aws:iam::{ACCOUNT}:role/Scientist"
ANN = f"arn:aws:iam::{ACCOUNT}:user/ann"


def with_scientist(*statements, caller=(allow("sts:AssumeRole"),), trusted=None):
    world = World(caller=list(caller))
    world.account.role("Scientist", *(statements or without(CALLER)), trusted=trusted or trust({"AWS": ANN}))
    return world


def assume(endpoint, key, role=SCIENTIST, **members):
    """A session of the role as a key."""
    answer = endpoint.client(key, "sts").assume_role(RoleArn=role, RoleSessionName="work", **members)
    made = answer["Credentials"]
    return Key(made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"])


def test_a_session_works_and_says_who_it_is(serve):
    world = with_scientist()
    endpoint = serve(world=world.document())
    session = assume(endpoint, world.ann)
    assert session.id.startswith("ASIA") and len(session.id) == 20
    identity = endpoint.client(session, "sts").get_caller_identity()
    assert identity["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/Scientist/work"
    assert identity["UserId"].endswith(":work") and identity["Account"] == ACCOUNT
    assert accepted(endpoint, session, job()) == arn()


def test_a_session_is_named_in_its_refusal(serve):
    world = with_scientist(allow("sagemaker:*"))
    endpoint = serve(world=world.document())
    refusal = refused(endpoint.client(assume(endpoint, world.ann)).create_training_job, **job())
    assert (refusal.code, refusal.message) == (
        "AccessDeniedException",
        implicit("iam:PassRole", ROLE_ARN, "assumed-role/Scientist/work"),
    )


def test_the_principal_of_a_session_is_its_role(serve):
    condition = {"ArnEquals": {"aws:PrincipalArn": SCIENTIST}}
    world = with_scientist(allow("sagemaker:*", when=condition), PASS_ROLE)
    endpoint = serve(world=world.document())
    assert accepted(endpoint, assume(endpoint, world.ann), job()) == arn()


def test_a_session_policy_limits(serve):
    world = with_scientist()
    endpoint = serve(world=world.document())
    session = assume(endpoint, world.ann, Policy=json.dumps(policy(allow("sagemaker:*"))))
    refusal = refused(endpoint.client(session).create_training_job, **job())
    assert refusal.message == implicit("iam:PassRole", ROLE_ARN, "assumed-role/Scientist/work", "session policy")
    session = assume(endpoint, world.ann, Policy=json.dumps(policy(allow("*"), deny("sagemaker:Create*"))))
    refusal = refused(endpoint.client(session).create_training_job, **job())
    assert refusal.message == explicit(
        "sagemaker:CreateTrainingJob", arn(), "assumed-role/Scientist/work", "a session policy"
    )
    session = assume(endpoint, world.ann, Policy=json.dumps(policy(allow("*"))))
    assert accepted(endpoint, session, job()) == arn()


def test_a_session_ends(serve):
    world = with_scientist()
    endpoint = serve(world=world.document())
    session = assume(endpoint, world.ann, DurationSeconds=900)
    assert endpoint.client(session).list_training_jobs()["TrainingJobSummaries"] == []
    endpoint.advance("PT14M")
    assert endpoint.client(session).list_training_jobs()["TrainingJobSummaries"] == []
    endpoint.advance("PT2M")
    refusal = refused(endpoint.client(session).list_training_jobs)
    assert (refusal.status, refusal.code, refusal.message) == (
        400,
        "ExpiredTokenException",
        "The security token included in the request is expired",
    )
    refusal = refused(endpoint.client(session, "sts").get_caller_identity)
    assert (refusal.status, refusal.code) == (403, "ExpiredToken")


def test_a_session_needs_its_own_token(serve):
    world = with_scientist()
    endpoint = serve(world=world.document())
    one, two = assume(endpoint, world.ann), assume(endpoint, world.ann)
    for key in [Key(one.id, one.secret), Key(one.id, one.secret, two.token), Key(one.id, one.secret, one.token[:-4])]:
        refusal = refused(endpoint.client(key).list_training_jobs)
        assert (refusal.status, refusal.code) == (400, "UnrecognizedClientException")
    assert refused(endpoint.client(Key(one.id, two.secret, one.token)).list_training_jobs).code == (
        "InvalidSignatureException"
    )


ASSUME = [allow("sts:AssumeRole")]
REFUSED = {
    "the role does not exist": (ASSUME, None, SCIENTIST + "2"),
    "the role trusts somebody else": (ASSUME, trust({"AWS": ANN + "2"}), SCIENTIST),
    "the role trusts SageMaker only": (ASSUME, trust(), SCIENTIST),
    "the account is trusted and the caller not allowed": (
        [allow("sagemaker:*")],
        trust({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}),
        SCIENTIST,
    ),
    "another account is trusted": (ASSUME, trust({"AWS": OTHER_ACCOUNT}), SCIENTIST),
    "an external id is asked for": (
        ASSUME,
        trust({"AWS": ANN}, {"StringEquals": {"sts:ExternalId": "secret"}}),
        SCIENTIST,
    ),
    "the caller is denied": ([allow("*"), deny("sts:AssumeRole")], trust({"AWS": ANN}), SCIENTIST),
}


@pytest.mark.parametrize("name", REFUSED)
def test_roles_that_are_not_assumed(serve, name):
    caller, trusted, role = REFUSED[name]
    world = with_scientist(caller=caller, trusted=trusted)
    sts = serve(world=world.document()).client(world.ann, "sts")
    refusal = refused(sts.assume_role, RoleArn=role, RoleSessionName="work")
    assert (refusal.status, refusal.code) == (403, "AccessDenied")
    assert refusal.message.startswith(f"User: {ANN} is not authorized to perform: sts:AssumeRole on resource: {role}")


ACCEPTED = {
    "the user is trusted and that is enough": ([allow("sagemaker:*")], trust({"AWS": ANN}), {}),
    "the account is trusted and the caller allowed": (ASSUME, trust({"AWS": ACCOUNT}), {}),
    "the external id fits": (
        ASSUME,
        trust({"AWS": ANN}, {"StringEquals": {"sts:ExternalId": "secret"}}),
        {"ExternalId": "secret"},
    ),
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_roles_that_are_assumed(serve, name):
    caller, trusted, members = ACCEPTED[name]
    world = with_scientist(caller=caller, trusted=trusted)
    endpoint = serve(world=world.document())
    assert accepted(endpoint, assume(endpoint, world.ann, **members), job()) == arn()


def test_across_accounts_both_sides_are_needed(serve):
    for caller, enough in [([], False), (ASSUME, True)]:
        world = World()
        guest = world.other().user("guest", *caller)
        world.account.role("Scientist", *without(CALLER), trusted=trust({"AWS": OTHER_ACCOUNT}))
        endpoint = serve(world=world.document())
        if enough:
            assert accepted(endpoint, assume(endpoint, guest), job()) == arn()
        else:
            sts = endpoint.client(guest, "sts")
            assert refused(sts.assume_role, RoleArn=SCIENTIST, RoleSessionName="work").code == "AccessDenied"


def test_violations_of_assume_role(serve):
    world = with_scientist()
    sts = serve(world=world.document()).client(world.ann, "sts", parameter_validation=False)
    for members, message in [
        (
            {"RoleSessionName": "a b"},
            "Value 'a b' at 'roleSessionName' failed to satisfy constraint: "
            "Member must satisfy regular expression pattern: [\\w+=,.@-]*",
        ),
        (
            {"DurationSeconds": 899},
            "Value '899' at 'durationSeconds' failed to satisfy constraint: "
            "Member must have value greater than or equal to 900",
        ),
    ]:
        request = {"RoleArn": SCIENTIST, "RoleSessionName": "work", **members}
        refusal = refused(sts.assume_role, **request)
        assert (refusal.status, refusal.code) == (400, "ValidationError")
        assert refusal.message == "1 validation error detected: " + message
