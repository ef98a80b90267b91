"""The documentation's policies themselves: the broken ones refused by IAM, the others kept, the worlds true to them."""

import json

import pytest
import seed_documents
from endpoint import Endpoint
from jobs import refused
from seeds import WORLDS, world
from worlds import trust

MALFORMED = (400, "MalformedPolicyDocument")
BROKEN = [made for made in seed_documents.ORIGINALS.values() if "refused" in made]
WHOLE = [made for made in seed_documents.ORIGINALS.values() if "refused" not in made]
TRAPS = {"seed 000 line 43", *(f"seed 002 line {line}" for line in (18, 56, 330, 397, 421))}


@pytest.fixture(scope="module")
def iam():
    endpoint = Endpoint()
    client = endpoint.client(service="iam")
    client.create_role(RoleName="Role", AssumeRolePolicyDocument=json.dumps(trust()))
    client.create_user(UserName="user")
    yield client
    endpoint.close()


def named(made):
    return made["name"]


def test_the_known_traps_are_among_the_broken_ones():
    assert TRAPS <= {made["name"] for made in BROKEN}


@pytest.mark.parametrize("made", BROKEN, ids=named)
def test_a_broken_policy_is_refused_wherever_it_is_written(iam, made):
    for call, request in [
        (iam.put_role_policy, {"RoleName": "Role", "PolicyName": "Pasted"}),
        (iam.put_user_policy, {"UserName": "user", "PolicyName": "Pasted"}),
        (iam.create_policy, {"PolicyName": "Pasted"}),
    ]:
        refusal = refused(call, PolicyDocument=made["text"], **request)
        assert (refusal.status, refusal.code) == MALFORMED, refusal
        assert refusal.message == made["refused"]
    assert iam.list_role_policies(RoleName="Role")["PolicyNames"] == []
    assert iam.list_policies(Scope="Local")["Policies"] == []


@pytest.mark.parametrize("made", WHOLE, ids=named)
def test_a_whole_policy_is_kept_as_it_is(iam, made):
    if made["type"] == "RoleTrust":
        iam.update_assume_role_policy(RoleName="Role", PolicyDocument=made["text"])
        kept = iam.get_role(RoleName="Role")["Role"]["AssumeRolePolicyDocument"]
    else:
        iam.put_role_policy(RoleName="Role", PolicyName="Pasted", PolicyDocument=made["text"])
        kept = iam.get_role_policy(RoleName="Role", PolicyName="Pasted")["PolicyDocument"]
        iam.delete_role_policy(RoleName="Role", PolicyName="Pasted")
    assert kept == json.loads(made["text"])


def test_every_identity_policy_is_repaired_or_the_twin_of_one():
    repaired = {original for original, _ in seed_documents.POLICIES.values()}
    texts = {"".join(seed_documents.ORIGINALS[name]["text"].split()) for name in repaired}
    left = {made["name"] for made in seed_documents.ORIGINALS.values() if "".join(made["text"].split()) not in texts}
    assert {name for name in left if seed_documents.ORIGINALS[name]["type"] == "Identity"} == set()


def test_the_worlds_hold_the_policies_as_repaired():
    held = {}
    for path in WORLDS.glob("*.json"):
        for name, document in policies(world(path.stem)):
            held.setdefault(name, []).append(document)
    assert set(seed_documents.POLICIES) <= set(held)
    for name in seed_documents.POLICIES:
        for document in held[name]:
            assert document == seed_documents.policy(name), name


def policies(document):
    """Every policy of a world that is its own, with its name."""
    iam = document["accounts"][0]["iam"]
    for kind in ("User", "Group", "Role"):
        for detail in iam[f"{kind}DetailList"]:
            for made in detail[f"{kind}PolicyList"]:
                yield made["PolicyName"], made["PolicyDocument"]
    for made in iam["Policies"]:
        yield made["PolicyName"], made["PolicyVersionList"][0]["Document"]


@pytest.mark.parametrize("name", sorted(seed_documents.POLICIES))
def test_iam_takes_a_repaired_policy(iam, name):
    made = seed_documents.policy(name)
    iam.put_role_policy(RoleName="Role", PolicyName=name, PolicyDocument=json.dumps(made))
    assert iam.get_role_policy(RoleName="Role", PolicyName=name)["PolicyDocument"] == made
    iam.delete_role_policy(RoleName="Role", PolicyName=name)
