"""The operations of STS but AssumeRole: who is it, whose key is it, and credentials of users."""

import json
import re

import pytest
from endpoint import Key, ROOT_KEY
from jobs import implicit, refused, tags
from worlds import ACCOUNT, OTHER_ACCOUNT, World, allow, deny, policy, trust

ANN = f"arn:aws:iam::{ACCOUNT}:user/ann"
BOB = f"arn:aws:sts::{ACCOUNT}:federated-user/bob"


def key_of(answer):
    made = answer["Credentials"]
    return Key(made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"])


def session_token(endpoint, key, **members):
    return key_of(endpoint.client(key, "sts").get_session_token(**members))


def federation_token(endpoint, key, *statements, **members):
    if statements:
        members["Policy"] = json.dumps(policy(*statements))
    return key_of(endpoint.client(key, "sts").get_federation_token(Name="bob", **members))


def body_of(endpoint, key, operation, **members):
    """The XML of an answer, as it came."""
    seen = []
    client = endpoint.client(key, "sts")
    client.meta.events.register("before-parse.sts", lambda response_dict, **_: seen.append(response_dict["body"]))
    getattr(client, operation)(**members)
    return seen[0].decode()


def test_everybody_may_ask_who_they_are(serve):
    made = World(caller=[deny("*")])
    foreign = made.other().user("zoe")
    endpoint = serve(world=made.document())
    zoe = f"arn:aws:iam::{OTHER_ACCOUNT}:user/zoe"
    for key, arn, account in [
        (ROOT_KEY, f"arn:aws:iam::{ACCOUNT}:root", ACCOUNT),
        (Key(OTHER_ACCOUNT, "test"), f"arn:aws:iam::{OTHER_ACCOUNT}:root", OTHER_ACCOUNT),
        (made.ann, ANN, ACCOUNT),
        (foreign, zoe, OTHER_ACCOUNT),
    ]:
        identity = endpoint.client(key, "sts").get_caller_identity()
        assert (identity["Arn"], identity["Account"]) == (arn, account)
        expected = account if arn.endswith(":root") else "AIDA"
        assert identity["UserId"].startswith(expected)
    assert endpoint.decisions(action="sts:GetCallerIdentity") == []


def test_the_order_and_indentation_of_answers(serve):
    made = World(caller=[])
    made.account.role("Open", trusted=trust({"AWS": ANN}))
    endpoint = serve(world=made.document())
    body = body_of(endpoint, made.ann, "get_caller_identity")
    assert re.findall(r"<(\w+)>", body) == [
        "GetCallerIdentityResult", "Arn", "UserId", "Account", "ResponseMetadata", "RequestId",
    ]
    assert body.startswith('<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">\n  <GetCaller')
    body = body_of(
        endpoint, made.ann, "assume_role", RoleArn=f"arn:aws:iam::{ACCOUNT}:role/Open", RoleSessionName="work"
    )
    assert re.findall(r"<(\w+)>", body)[:8] == [
        "AssumeRoleResult", "AssumedRoleUser", "AssumedRoleId", "Arn", "Credentials", "AccessKeyId", "SecretAccessKey",
        "SessionToken",
    ]
    assert re.search(r"<Expiration>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ</Expiration>", body)


def test_session_tokens_ask_for_no_permission(serve):
    made = World(user={"tags": {"team": "vision"}})
    made.account.user("none", deny("sts:*"))
    endpoint = serve(world=made.document())
    session = session_token(endpoint, made.ann)
    assert session.id.startswith("ASIA")
    identity = endpoint.client(session, "sts").get_caller_identity()
    assert identity["Arn"] == ANN
    assert endpoint.client(session).list_training_jobs()
    root = session_token(endpoint, ROOT_KEY)
    assert endpoint.client(root, "sts").get_caller_identity()["Arn"].endswith(":root")
    assert endpoint.client(root).list_training_jobs()


def test_what_session_tokens_do_not_open(serve):
    made = World(caller=[allow("*")])
    made.account.role("Open", trusted=trust({"AWS": ANN}))
    endpoint = serve(world=made.document())
    session = session_token(endpoint, made.ann)
    sts = endpoint.client(session, "sts")
    assert sts.assume_role(RoleArn=f"arn:aws:iam::{ACCOUNT}:role/Open", RoleSessionName="work")
    for call, name in [(sts.get_session_token, "GetSessionToken"), (sts.get_federation_token, "GetFederationToken")]:
        refusal = refused(call, **({"Name": "bob"} if name == "GetFederationToken" else {}))
        assert (refusal.status, refusal.code) == (403, "AccessDenied")
        assert refusal.message == f"Cannot call {name} with session credentials"
    refusal = refused(sts.get_access_key_info, AccessKeyId=made.ann.id)
    assert (refusal.code, refusal.message) == (
        "AccessDenied",
        f"User: {ANN} is not authorized to perform: sts:GetAccessKeyInfo",
    )
    refusal = refused(endpoint.client(session, "iam").list_users)
    assert (refusal.status, refusal.code) == (403, "InvalidClientTokenId")
    assert refusal.message == "The security token included in the request is invalid."


LASTS = {
    "a user, by default": ("ann", {}, "PT11H59M", "PT1M"),
    "a user, as long as may be": ("ann", {"DurationSeconds": 129600}, "PT35H59M", "PT1M"),
    "root, by default": ("root", {}, "PT59M", "PT1M"),
    "root, however long it wants": ("root", {"DurationSeconds": 129600}, "PT59M", "PT1M"),
}


@pytest.mark.parametrize("name", LASTS)
def test_how_long_tokens_last(serve, name):
    who, members, before, after = LASTS[name]
    made = World(caller=[allow("sts:*")])
    endpoint = serve(world=made.document())
    key = made.ann if who == "ann" else ROOT_KEY
    sessions = [session_token(endpoint, key, **members), federation_token(endpoint, key, **members)]
    endpoint.advance(before)
    for session in sessions:
        assert endpoint.client(session, "sts").get_caller_identity()
    endpoint.advance(after)
    for session in sessions:
        assert refused(endpoint.client(session, "sts").get_caller_identity).code == "ExpiredToken"


# Statements beside `Allow *` or alone, and whether a long-term key and a session without a device pass.
AUTHENTICATED = {
    "a deny by Bool misses long-term keys": ([allow("*"), "Deny", "Bool", "false"], True, False),
    "a deny by BoolIfExists reaches them": ([allow("*"), "Deny", "BoolIfExists", "false"], False, False),
    "an allow by Bool": (["Allow", "Bool", "true"], False, False),
    "an allow by BoolIfExists lets long-term keys in": (["Allow", "BoolIfExists", "true"], True, False),
}


@pytest.mark.parametrize("name", AUTHENTICATED)
def test_only_temporary_credentials_say_whether_a_device_was_used(serve, name):
    (*first, effect, operator, value), long_term, temporary = AUTHENTICATED[name]
    statement = {**allow("*", when={operator: {"aws:MultiFactorAuthPresent": value}}), "Effect": effect}
    made = World(caller=[*first, statement])
    endpoint = serve(world=made.document())
    for key, allowed in [(made.ann, long_term), (session_token(endpoint, made.ann), temporary)]:
        if allowed:
            assert endpoint.client(key).list_training_jobs()
        else:
            assert refused(endpoint.client(key).list_training_jobs).code == "AccessDeniedException"


def test_older_sessions_can_be_revoked(serve):
    made = World(caller=[allow("*")])
    endpoint = serve("--pace", "manual", world=made.document())
    old = session_token(endpoint, made.ann)
    endpoint.advance("PT1S")
    now = endpoint.control("GET", "clock")[1]["now"]
    document = made.document()
    revoke = deny("*", when={"DateLessThan": {"aws:TokenIssueTime": now}})
    document["accounts"][0]["iam"]["UserDetailList"][0]["UserPolicyList"][0]["PolicyDocument"] = policy(allow("*"), revoke)
    assert endpoint.control("PUT", "world", document)[0] in (200, 204)
    assert refused(endpoint.client(old).list_training_jobs).code == "AccessDeniedException"
    assert endpoint.client(session_token(endpoint, made.ann)).list_training_jobs()
    assert endpoint.client(made.ann).list_training_jobs()


def test_federated_users(serve):
    made = World(caller=[allow("sts:GetFederationToken", "sts:TagSession", "sagemaker:*")])
    endpoint = serve(world=made.document())
    answer = endpoint.client(made.ann, "sts").get_federation_token(Name="bob", Policy=json.dumps(policy(allow("*"))))
    assert answer["FederatedUser"] == {"FederatedUserId": f"{ACCOUNT}:bob", "Arn": BOB}
    assert 0 < answer["PackedPolicySize"] <= 100
    bob = key_of(answer)
    identity = endpoint.client(bob, "sts").get_caller_identity()
    assert (identity["Arn"], identity["UserId"]) == (BOB, f"{ACCOUNT}:bob")
    assert endpoint.client(bob).list_training_jobs()
    # What the maker may not do, the federated user may not; and what the session policy does not give.
    refusal = refused(endpoint.client(bob, "sts").get_access_key_info, AccessKeyId=bob.id)
    assert refusal.code == "AccessDenied"
    limited = federation_token(endpoint, made.ann, allow("sagemaker:List*"))
    assert endpoint.client(limited).list_training_jobs()
    refusal = refused(endpoint.client(limited).describe_training_job, TrainingJobName="x")
    assert refusal.message == (
        f"User: {BOB} is not authorized to perform: sagemaker:DescribeTrainingJob on resource: "
        f"arn:aws:sagemaker:us-east-1:{ACCOUNT}:training-job/x because no session policy allows the "
        "sagemaker:DescribeTrainingJob action"
    )
    nothing = federation_token(endpoint, made.ann)
    assert refused(endpoint.client(nothing).list_training_jobs).code == "AccessDeniedException"


def test_what_federated_users_cannot_open(serve):
    made = World(caller=[allow("*")])
    made.account.role("Open", trusted=trust({"AWS": BOB}))
    endpoint = serve(world=made.document())
    bob = federation_token(endpoint, made.ann, allow("*"))
    role = f"arn:aws:iam::{ACCOUNT}:role/Open"
    refusal = refused(endpoint.client(bob, "sts").assume_role, RoleArn=role, RoleSessionName="work")
    assert refusal.message == f"User: {BOB} is not authorized to perform: sts:AssumeRole on resource: {role}"
    assert refused(endpoint.client(bob, "iam").list_users).code == "InvalidClientTokenId"


def test_federation_needs_permission(serve):
    made = World(caller=[allow("sts:GetFederationToken", on=BOB)])
    endpoint = serve(world=made.document())
    sts = endpoint.client(made.ann, "sts")
    assert sts.get_federation_token(Name="bob")
    refusal = refused(sts.get_federation_token, Name="eve")
    eve = f"arn:aws:sts::{ACCOUNT}:federated-user/eve"
    assert (refusal.status, refusal.message) == (403, implicit("sts:GetFederationToken", eve))
    refusal = refused(sts.get_federation_token, Name="bob", Tags=tags(a="b"))
    assert refusal.message == implicit("sts:TagSession", BOB)


def test_a_root_user_federates_within_its_account(serve):
    endpoint = serve(world=World().document())
    assert endpoint.client(federation_token(endpoint, ROOT_KEY, allow("sagemaker:*"))).list_training_jobs()
    assert refused(endpoint.client(federation_token(endpoint, ROOT_KEY)).list_training_jobs)


def test_whose_key_it_is(serve):
    made = World(caller=[allow("sts:*")])
    foreign = made.other().user("zoe")
    endpoint = serve(world=made.document())
    sts = endpoint.client(made.ann, "sts")
    session = session_token(endpoint, made.ann)
    for id, account in [(made.ann.id, ACCOUNT), (foreign.id, OTHER_ACCOUNT), (session.id, ACCOUNT)]:
        assert sts.get_access_key_info(AccessKeyId=id)["Account"] == account
    assert refused(sts.get_access_key_info, AccessKeyId="AKIANOSUCHKEY0000000").status == 400
    refusal = refused(endpoint.client(foreign, "sts").get_access_key_info, AccessKeyId=made.ann.id)
    assert refusal.message == implicit("sts:GetAccessKeyInfo", who="user/zoe", account=OTHER_ACCOUNT)


def test_messages_that_are_none(serve):
    made = World(caller=[allow("sts:DecodeAuthorizationMessage")])
    endpoint = serve(world=made.document())
    refusal = refused(endpoint.client(made.ann, "sts").decode_authorization_message, EncodedMessage="nonsense")
    assert (refusal.status, refusal.code) == (400, "InvalidAuthorizationMessageException")
    made = World()
    endpoint = serve(world=made.document())
    refusal = refused(endpoint.client(made.ann, "sts").decode_authorization_message, EncodedMessage="nonsense")
    assert (refusal.status, refusal.message) == (403, implicit("sts:DecodeAuthorizationMessage"))


def test_larger_tokens(serve):
    made = World()
    endpoint = serve(world=made.document())
    answer = endpoint.client(made.ann, "sts").get_session_token(MinimumSessionTokenSize=2048)
    assert len(answer["Credentials"]["SessionToken"]) == answer["SessionTokenSize"] == 2048
    assert answer["SessionTokenUtilization"] == 50
    assert endpoint.client(key_of(answer), "sts").get_caller_identity()["Arn"] == ANN


@pytest.mark.parametrize("region", ["us-east-1", "eu-west-1"])
def test_sts_of_any_region(serve, region):
    made = World()
    endpoint = serve(world=made.document())
    session = key_of(endpoint.client(made.ann, "sts", region=region).get_session_token())
    assert endpoint.client(session, region="ap-south-1").list_training_jobs()


def test_what_is_not_built_says_so(serve):
    endpoint = serve(world=World().document())
    refusal = refused(
        endpoint.client(ROOT_KEY, "sts").assume_root,
        TargetPrincipal=OTHER_ACCOUNT,
        TaskPolicyArn={"arn": "arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials"},
    )
    assert (refusal.status, refusal.code) == (501, "NotImplemented")
