"""AssumeRole: what it asks of whom, what it makes, and how it refuses."""

import datetime
import json

import pytest
from endpoint import Key, ROOT_KEY
from jobs import refused, tags
from worlds import ACCOUNT, OTHER_ACCOUNT, World, allow, deny, policy, trust

ROLE = f"arn:aws:iam::{ACCOUNT}:role/Scientist"
ANN = f"arn:aws:iam::{ACCOUNT}:user/ann"
TAGGED = ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]


def trusting(principal, *actions, when=None):
    statement = {"Effect": "Allow", "Principal": principal, "Action": list(actions or TAGGED)}
    return policy({**statement, "Condition": when} if when else statement)


def world(*caller, trusted=None, **role):
    made = World(caller=list(caller) or [allow("sts:*")])
    made.account.role("Scientist", allow("sts:*", "sagemaker:*"), trusted=trusted or trusting({"AWS": ACCOUNT}), **role)
    return made


def assume(endpoint, key, role=ROLE, name="work", **members):
    return endpoint.client(key, "sts").assume_role(RoleArn=role, RoleSessionName=name, **members)


def key_of(answer):
    made = answer["Credentials"]
    return Key(made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"])


def denied(action, role=ROLE, who=ANN):
    return f"User: {who} is not authorized to perform: {action} on resource: {role}"


def refusal_of(endpoint, key, role=ROLE, **members):
    sts = endpoint.client(key, "sts", parameter_validation=False)
    return refused(sts.assume_role, **{"RoleArn": role, "RoleSessionName": "work", **members})


def test_the_answer(serve):
    made = world()
    endpoint = serve(world=made.document())
    answer = assume(endpoint, made.ann)
    credentials = answer["Credentials"]
    assert credentials["AccessKeyId"].startswith("ASIA") and len(credentials["AccessKeyId"]) == 20
    assert len(credentials["SecretAccessKey"]) == 40 and len(credentials["SessionToken"]) >= 100
    lasts = credentials["Expiration"] - datetime.datetime.now(datetime.timezone.utc)
    assert abs(lasts.total_seconds() - 3600) < 30
    user = answer["AssumedRoleUser"]
    assert user["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/Scientist/work"
    assert user["AssumedRoleId"].startswith("AROA") and user["AssumedRoleId"].endswith(":work")
    assert "PackedPolicySize" not in answer and "SourceIdentity" not in answer


def test_every_denial_reads_the_same(serve):
    """Whether the role is absent, its trust policy or the caller's policy says no: nobody can tell."""
    made = world(allow("sagemaker:*"))
    account = made.account
    account.role("Closed", trusted=trust())
    account.role("Open", trusted=trusting({"AWS": ACCOUNT}))
    account.role("Denying", trusted=policy(deny_all(ACCOUNT), *trusting({"AWS": ANN})["Statement"]))
    bob = account.user("bob", allow("*"), deny("sts:AssumeRole"))
    foreign = made.other()
    foreign.role("Foreign", trusted=trust())
    endpoint = serve(world=made.document())
    roles = [f"arn:aws:iam::{ACCOUNT}:role/{name}" for name in ["Absent", "Closed", "Open", "Denying", "path/Open"]]
    roles += [f"arn:aws:iam::{OTHER_ACCOUNT}:role/{name}" for name in ["Absent", "Foreign"]]
    for role in roles:
        refusal = refusal_of(endpoint, made.ann, role)
        assert (refusal.status, refusal.code, refusal.message) == (403, "AccessDenied", denied("sts:AssumeRole", role))
    refusal = refusal_of(endpoint, bob, roles[2])
    assert refusal.message == denied("sts:AssumeRole", roles[2], f"arn:aws:iam::{ACCOUNT}:user/bob")


def deny_all(account):
    return {"Effect": "Deny", "Principal": {"AWS": account}, "Action": "sts:AssumeRole"}


def test_an_absent_role_is_refused_to_who_may_do_everything(serve):
    made = world(allow("*"))
    endpoint = serve(world=made.document())
    assert refusal_of(endpoint, made.ann, ROLE + "2").code == "AccessDenied"
    decisions = endpoint.decisions(action="sts:AssumeRole")
    assert decisions[0]["decision"] == "implicitDeny" and decisions[0]["resource"] == ROLE + "2"


def test_root_assumes_no_role(serve):
    endpoint = serve(world=world().document())
    refusal = refusal_of(endpoint, ROOT_KEY)
    assert (refusal.status, refusal.code) == (403, "AccessDenied")
    assert refusal.message == "Roles may not be assumed by root accounts."


CONDITIONS = {
    "sts:ExternalId": ({"StringEquals": {"sts:ExternalId": "x1"}}, {"ExternalId": "x1"}, {"ExternalId": "x2"}),
    "sts:RoleSessionName": (
        {"StringLike": {"sts:RoleSessionName": "${aws:username}"}},
        {"RoleSessionName": "ann"},
        {"RoleSessionName": "bob"},
    ),
    "sts:SourceIdentity": (
        {"StringEquals": {"sts:SourceIdentity": "ann"}},
        {"SourceIdentity": "ann"},
        {"SourceIdentity": "bob"},
    ),
    "aws:RequestTag": (
        {"StringEquals": {"aws:RequestTag/team": "${aws:PrincipalTag/team}"}},
        {"Tags": tags(team="vision")},
        {"Tags": tags(team="speech")},
    ),
    "aws:TagKeys": (
        {"ForAllValues:StringEquals": {"aws:TagKeys": ["team"]}},
        {"Tags": tags(team="x")},
        {"Tags": tags(team="x", other="y")},
    ),
    "sts:TransitiveTagKeys": (
        {"ForAllValues:StringEquals": {"sts:TransitiveTagKeys": ["team"]}},
        {"Tags": tags(team="x", other="y"), "TransitiveTagKeys": ["team"]},
        {"Tags": tags(team="x", other="y"), "TransitiveTagKeys": ["team", "other"]},
    ),
    "aws:MultiFactorAuthPresent": ({"BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}}, {}, None),
    "aws:MultiFactorAuthPresent asked for": ({"Bool": {"aws:MultiFactorAuthPresent": "true"}}, None, {}),
    "aws:PrincipalArn": ({"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:user/a*"}}, {}, None),
    "iam:ResourceTag": ({"StringEquals": {"iam:ResourceTag/kind": "lab"}}, {}, None),
}


@pytest.mark.parametrize("name", CONDITIONS)
def test_conditions_of_a_trust_policy(serve, name):
    when, fits, does_not = CONDITIONS[name]
    made = World(caller=[], user={"tags": {"team": "vision"}})
    made.account.role("Scientist", trusted=trusting({"AWS": ANN}, when=when), tags={"kind": "lab"})
    endpoint = serve(world=made.document())
    if fits is not None:
        assert endpoint.client(made.ann, "sts").assume_role(**{"RoleArn": ROLE, "RoleSessionName": "work", **fits})
    if does_not is not None:
        assert refusal_of(endpoint, made.ann, **does_not).message == denied("sts:AssumeRole")


def test_tags_and_source_identity_need_permissions_of_their_own(serve):
    made = world(trusted=trusting({"AWS": ANN}, "sts:AssumeRole"))
    endpoint = serve(world=made.document())
    assert assume(endpoint, made.ann)
    assert refusal_of(endpoint, made.ann, Tags=tags(a="b")).message == denied("sts:TagSession")
    assert refusal_of(endpoint, made.ann, SourceIdentity="ann").message == denied("sts:SetSourceIdentity")
    made = world(allow("sts:AssumeRole"), trusted=trusting({"AWS": ACCOUNT}))
    endpoint = serve(world=made.document())
    assert refusal_of(endpoint, made.ann, Tags=tags(a="b")).message == denied("sts:TagSession")


def test_session_tags_are_principal_tags(serve):
    made = world(trusted=trusting({"AWS": ANN}), tags={"Team": "role", "floor": "2"})
    when = {"StringEquals": {"aws:PrincipalTag/team": "speech", "aws:PrincipalTag/floor": "2"}}
    made.account.role("Next", trusted=trusting({"AWS": ACCOUNT}, when=when))
    endpoint = serve(world=made.document())
    following = f"arn:aws:iam::{ACCOUNT}:role/Next"
    session = key_of(assume(endpoint, made.ann, Tags=tags(team="speech")))
    assert assume(endpoint, session, following)
    session = key_of(assume(endpoint, made.ann))
    who = f"arn:aws:sts::{ACCOUNT}:assumed-role/Scientist/work"
    assert refusal_of(endpoint, session, following).message == denied("sts:AssumeRole", following, who)


def test_a_chain_hands_on_transitive_tags_and_source_identity(serve):
    made = world(trusted=trusting({"AWS": ANN}))
    for name in ["Second", "Third"]:
        made.account.role(name, allow("sts:*"), trusted=trusting({"AWS": ACCOUNT}))
    made.account.role("Plain", trusted=trusting({"AWS": ACCOUNT}, "sts:AssumeRole"))
    when = {
        "StringEquals": {"aws:PrincipalTag/team": "vision", "aws:RequestTag/team": "vision", "aws:SourceIdentity": "ann"},
        "Null": {"aws:PrincipalTag/once": "true"},
    }
    made.account.role("Fourth", trusted=trusting({"AWS": ACCOUNT}, when=when))
    endpoint = serve(world=made.document())

    def role(name):
        return f"arn:aws:iam::{ACCOUNT}:role/{name}"

    given = {"Tags": tags(team="vision", once="1"), "TransitiveTagKeys": ["team"], "SourceIdentity": "ann"}
    first = key_of(assume(endpoint, made.ann, **given))
    second = assume(endpoint, first, role("Second"))
    assert second["SourceIdentity"] == "ann"
    third = key_of(assume(endpoint, key_of(second), role("Third"), SourceIdentity="ann"))
    assert assume(endpoint, third, role("Fourth"))
    who = f"arn:aws:sts::{ACCOUNT}:assumed-role/Third/work"
    # What is handed on needs the permission of the next role, too.
    assert refusal_of(endpoint, third, role("Plain")).message == denied("sts:TagSession", role("Plain"), who)
    refusal = refusal_of(endpoint, third, role("Second"), SourceIdentity="bob")
    assert refusal.message == denied("sts:SetSourceIdentity", role("Second"), who)
    refusal = refusal_of(endpoint, third, role("Second"), Tags=tags(TEAM="x"))
    assert (refusal.status, refusal.code, refusal.message) == (
        400,
        "InvalidParameterValue",
        "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the "
        "calling session.",
    )


def test_durations(serve):
    made = world(trusted=trusting({"AWS": ACCOUNT}))
    detail = next(role for role in made.account.document["iam"]["RoleDetailList"] if role["RoleName"] == "Scientist")
    made.account.role("Hour", trusted=trusting({"AWS": ACCOUNT}))
    detail["MaxSessionDuration"] = 7200
    endpoint = serve(world=made.document())
    session = key_of(assume(endpoint, made.ann, DurationSeconds=7200))
    refusal = refusal_of(endpoint, made.ann, DurationSeconds=7201)
    assert (refusal.status, refusal.code, refusal.message) == (
        400,
        "ValidationError",
        "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
    )
    # Whoever may not assume the role does not learn its maximum.
    assert refusal_of(endpoint, made.ann, ROLE + "2", DurationSeconds=7201).code == "AccessDenied"
    refusal = refusal_of(endpoint, session, ROLE, DurationSeconds=3601)
    assert (refusal.code, refusal.message) == (
        "ValidationError",
        "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.",
    )
    assert assume(endpoint, session, ROLE, DurationSeconds=3600)
    endpoint.advance("PT1H59M")
    assert endpoint.client(session, "sts").get_caller_identity()
    endpoint.advance("PT1M")
    refusal = refused(endpoint.client(session, "sts").get_caller_identity)
    assert (refusal.status, refusal.code) == (403, "ExpiredToken")
    assert refusal.message == "The security token included in the request is expired"


MALFORMED = {
    "an ARN": ({"RoleArn": "not-an-arn-but-long-enough"}, "ValidationError", "not-an-arn-but-long-enough is invalid"),
    "a short name": (
        {"RoleSessionName": "a"},
        "ValidationError",
        "1 validation error detected: Value 'a' at 'roleSessionName' failed to satisfy constraint: "
        "Member must have length greater than or equal to 2",
    ),
    "a policy": ({"Policy": "{"}, "MalformedPolicyDocument", None),
    "a principal in a policy": (
        {"Policy": json.dumps(policy(allow("s3:*", principal="*")))},
        "MalformedPolicyDocument",
        None,
    ),
    "the same tag": (
        {"Tags": tags(a="1", A="2")},
        "InvalidParameterValue",
        "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
    ),
    "a transitive key without its tag": (
        {"Tags": tags(a="1"), "TransitiveTagKeys": ["b"]},
        "InvalidParameterValue",
        "The specified transitive tag key must be included in the requested tags.",
    ),
    "large tags": (
        {"Tags": [{"Key": f"T{n}", "Value": "a" * 250} for n in range(9)]},
        "PackedPolicyTooLarge",
        None,
    ),
    "a large policy": (
        {"Policy": json.dumps(policy(allow("s3:*", on=["arn:aws:s3:::" + "b" * 60 + str(n) for n in range(40)])))},
        "PackedPolicyTooLarge",
        None,
    ),
    "a managed policy that is not there": (
        {"PolicyArns": [{"arn": f"arn:aws:iam::{ACCOUNT}:policy/Absent"}]},
        "ValidationError",
        f"Policy arn:aws:iam::{ACCOUNT}:policy/Absent does not exist or is not attachable.",
    ),
    "contexts": (
        {"ProvidedContexts": [{"ProviderArn": "arn:aws:iam::aws:contextProvider/IdentityCenter", "ContextAssertion": "abcd"}]},
        "NotImplemented",
        None,
    ),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_what_is_wrong_is_told_before_the_role_is_looked_up(serve, name):
    members, code, message = MALFORMED[name]
    made = world()
    endpoint = serve(world=made.document())
    for role in [ROLE, ROLE + "2"]:
        refusal = refusal_of(endpoint, made.ann, **{"role": role, **members})
        assert (refusal.status, refusal.code) == (501 if code == "NotImplemented" else 400, code)
        assert message in (None, refusal.message)


def test_no_device_authenticates_anybody(serve):
    made = world()
    endpoint = serve(world=made.document())
    serial = {"SerialNumber": f"arn:aws:iam::{ACCOUNT}:mfa/ann"}
    refusal = refusal_of(endpoint, made.ann, **serial, TokenCode="123456")
    assert (refusal.status, refusal.code) == (403, "AccessDenied")
    assert refusal.message.startswith("MultiFactorAuthentication failed, unable to validate MFA code.")
    assert "must provide both" in refusal_of(endpoint, made.ann, **serial).message


def test_managed_session_policies_limit(serve):
    made = world()
    limit = made.account.managed_policy("Limit", allow("sagemaker:List*"))
    endpoint = serve(world=made.document())
    answer = assume(endpoint, made.ann, PolicyArns=[{"arn": limit}], Policy=json.dumps(policy(allow("sts:*"))))
    assert 0 < answer["PackedPolicySize"] <= 100
    session = key_of(answer)
    assert endpoint.client(session).list_training_jobs()["TrainingJobSummaries"] == []
    refusal = refused(endpoint.client(session).describe_training_job, TrainingJobName="x")
    assert "because no session policy allows the sagemaker:DescribeTrainingJob action" in refusal.message


def test_a_session_policy_never_widens(serve):
    made = world()
    endpoint = serve(world=made.document())
    session = key_of(assume(endpoint, made.ann, Policy=json.dumps(policy(allow("*")))))
    refusal = refused(endpoint.client(session, "sts").decode_authorization_message, EncodedMessage="x")
    assert refusal.code == "InvalidAuthorizationMessageException"
    made = world()
    made.account.document["iam"]["RoleDetailList"][-1]["RolePolicyList"] = []
    endpoint = serve(world=made.document())
    session = key_of(assume(endpoint, made.ann, Policy=json.dumps(policy(allow("*")))))
    assert refused(endpoint.client(session).list_training_jobs).code == "AccessDeniedException"


def test_modes(serve):
    made = world(allow("sagemaker:*"), trusted=trust())
    for mode in ["observe", "off"]:
        endpoint = serve("--enforcement", mode, world=made.document())
        assert assume(endpoint, made.ann)
        assert refusal_of(endpoint, made.ann, ROLE + "2").code == "AccessDenied"
    observed = serve("--enforcement", "observe", world=made.document())
    assume(observed, made.ann)
    assert observed.decisions(action="sts:AssumeRole")[0]["decision"] == "implicitDeny"


def test_the_role_policies_of_now_judge_a_session(serve):
    made = world()
    endpoint = serve(world=made.document())
    session = key_of(assume(endpoint, made.ann))
    assert endpoint.client(session).list_training_jobs()
    document = made.document()
    roles = document["accounts"][0]["iam"]["RoleDetailList"]
    role = next(role for role in roles if role["RoleName"] == "Scientist")
    role["RolePolicyList"] = []
    assert endpoint.control("PUT", "world", document)[0] in (200, 204)
    assert refused(endpoint.client(session).list_training_jobs).code == "AccessDeniedException"
    # Another role of the same name is another role.
    role["RoleId"] = "AROAANOTHERROLE000001"
    assert endpoint.control("PUT", "world", document)[0] in (200, 204)
    assert refused(endpoint.client(session).list_training_jobs).code == "UnrecognizedClientException"
    assert refused(endpoint.client(session, "sts").get_caller_identity).code == "InvalidClientTokenId"


def test_sessions_outlive_a_restart(serve, tmp_path):
    made = world()
    endpoint = serve(world=made.document(), store=tmp_path / "store")
    session = key_of(assume(endpoint, made.ann, Policy=json.dumps(policy(allow("sagemaker:List*")))))
    assert endpoint.stop() == 0
    endpoint = serve(store=tmp_path / "store")
    assert endpoint.client(session).list_training_jobs()
    assert refused(endpoint.client(session).describe_training_job, TrainingJobName="x").code == "AccessDeniedException"
