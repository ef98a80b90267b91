"""How the process starts, says what is in force, refuses to start, and ends."""

import json
import signal
import socket
import subprocess
import time
import urllib.parse

import pytest
from endpoint import ROOT, DidNotStart, Endpoint, Key, binary
from jobs import accepted, arn, job, refused
from worlds import ACCOUNT, CALLER, World, allow, policy, without


def test_one_line_on_stdout(serve):
    endpoint = serve()
    assert endpoint.url.startswith("http://127.0.0.1:")
    endpoint.process.send_signal(signal.SIGTERM)
    assert endpoint.process.stdout.read() == ""
    assert endpoint.process.wait(5) == 0


def test_the_first_log_line_says_what_is_in_force(serve):
    flags = ["--enforcement", "observe", "--preflight", "aws", "--resources", "assume", "--pace", "manual"]
    endpoint = serve(*flags, "--account-id", "444455556666", "--root-access-key-id", "AKIAROOT000000000000")
    first = endpoint.log().splitlines()[0]
    for word in ["observe", "aws", "assume", "manual", "444455556666", "AKIAROOT000000000000"]:
        assert word in first
    assert "secret" not in first.lower() or "test" not in first


def test_variables_do_what_flags_do(serve, tmp_path):
    world = tmp_path / "world.json"
    world.write_text(json.dumps(World(caller=[]).document()))
    endpoint = serve(
        environment={
            "PASSROLE_WORLD": str(world),
            "PASSROLE_ENFORCEMENT": "off",
            "PASSROLE_ACCOUNT_ID": ACCOUNT,
            "PASSROLE_ROOT_SECRET_ACCESS_KEY": "other",
            "PASSROLE_REGION": "eu-west-1",
        }
    )
    assert accepted(endpoint, World().ann, job()) == arn()
    assert refused(endpoint.client(Key("test", "test")).list_training_jobs).code == "InvalidSignatureException"
    endpoint.client(Key("test", "other")).list_training_jobs()


def test_another_default_account(serve):
    endpoint = serve("--account-id", "444455556666")
    assert endpoint.client(service="sts").get_caller_identity()["Account"] == "444455556666"


def test_both_world_files_are_loaded(serve, tmp_path):
    second = tmp_path / "second.json"
    other = {
        "accounts": [{"accountId": "111122223333", "s3": {"buckets": [{"Name": "theirs", "Region": "us-east-1"}]}}]
    }
    second.write_text(json.dumps(other))
    world = World()
    endpoint = serve("--world", str(second), world=world.document())
    _, dumped = endpoint.control("GET", "world")
    assert {account["accountId"] for account in dumped["accounts"]} == {ACCOUNT, "111122223333"}


def failure(*flags, **options):
    """What a start that fails says on stderr."""
    with pytest.raises(DidNotStart) as caught:
        Endpoint(*flags, **options)
    return str(caught.value)


def test_a_taken_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        done = subprocess.run([binary(), "serve", "--listen", address, "--ephemeral"], capture_output=True, text=True)
    assert done.returncode != 0 and done.stdout == ""
    assert "--listen" in done.stderr and address in done.stderr and len(done.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(
    "flags",
    [
        ["--enforcement", "maybe"],
        ["--pace", "fast"],
        ["--account-id", "12"],
        ["--no-such-flag"],
        ["--data-dir", "x", "--ephemeral"],
    ],
    ids=str,
)
def test_flags_that_make_no_sense(flags, tmp_path):
    arguments = [binary(), "serve", "--listen", "127.0.0.1:0", *flags]
    done = subprocess.run(arguments, capture_output=True, text=True, cwd=tmp_path, timeout=20)
    assert done.returncode != 0 and done.stdout == "" and flags[0] in done.stderr


def test_a_world_file_that_is_absent(tmp_path):
    absent = str(tmp_path / "absent.json")
    text = failure("--world", absent)
    assert "--world" in text and absent in text and len(text.strip().splitlines()) == 1


def broken(change):
    document = World().document()
    change(document["accounts"][0])
    return document


ROLE_PATH = "accounts[0].iam.RoleDetailList[0]"
BROKEN = {
    "an unknown field": (lambda a: a.update(s4={}), "accounts[0].s4"),
    "an unknown field below": (lambda a: a["s3"]["buckets"][0].update(Nmae="x"), "accounts[0].s3.buckets[0].Nmae"),
    "two users of one name": (
        lambda a: a["iam"]["UserDetailList"].append(a["iam"]["UserDetailList"][0]),
        "accounts[0].iam.UserDetailList[1]",
    ),
    "two buckets of one name": (
        lambda a: a["s3"]["buckets"].append(a["s3"]["buckets"][0]),
        "accounts[0].s3.buckets[2]",
    ),
    "a key of nobody": (lambda a: a["accessKeys"][0].update(UserName="nobody"), "accounts[0].accessKeys[0].UserName"),
    "a policy that is not there": (
        lambda a: a["iam"]["RoleDetailList"][0]["AttachedManagedPolicies"].append(
            {"PolicyName": "Absent", "PolicyArn": f"arn:aws:iam::{ACCOUNT}:policy/Absent"}
        ),
        f"{ROLE_PATH}.AttachedManagedPolicies[0]",
    ),
    "a group that is not there": (
        lambda a: a["iam"]["UserDetailList"][0]["GroupList"].append("absent"),
        "accounts[0].iam.UserDetailList[0].GroupList[0]",
    ),
    "a trust policy that is none": (
        lambda a: a["iam"]["RoleDetailList"][0].update(AssumeRolePolicyDocument={"Version": "2012-10-17"}),
        f"{ROLE_PATH}.AssumeRolePolicyDocument",
    ),
    "a policy without effect": (
        lambda a: a["iam"]["RoleDetailList"][0]["RolePolicyList"][0].update(
            PolicyDocument={"Version": "2012-10-17", "Statement": [{"Action": "s3:*", "Resource": "*"}]}
        ),
        f"{ROLE_PATH}.RolePolicyList[0].PolicyDocument",
    ),
    "an unknown operator": (
        lambda a: a["iam"]["RoleDetailList"][0]["RolePolicyList"][0].update(
            PolicyDocument=policy(allow("s3:*", when={"StringSortOf": {"a": "b"}}))
        ),
        f"{ROLE_PATH}.RolePolicyList[0].PolicyDocument",
    ),
    "a subnet of no network": (
        lambda a: a["ec2"]["subnets"][0].update(VpcId="vpc-absent"),
        "accounts[0].ec2.subnets[0].VpcId",
    ),
    "a number for a text": (lambda a: a.update(accountId=7), "accounts[0].accountId"),
    "no account": (lambda a: a.update(accountId="seven"), "accounts[0].accountId"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_world_file_that_makes_no_sense(name):
    change, path = BROKEN[name]
    text = failure(world=broken(change))
    assert "world.json" in text and path in text and len(text.strip().splitlines()) == 1, text


@pytest.mark.parametrize("text", ["", "{", "[]", "7"])
def test_a_world_file_that_is_no_json_object(text):
    assert "world.json" in failure(world=text)


def test_policies_in_every_notation(serve):
    """As IAM prints them: objects, texts, and texts that are URL-encoded."""
    for notation in [json.dumps, lambda document: urllib.parse.quote(json.dumps(document))]:
        world = World()
        iam = world.account.document["iam"]
        for inline in iam["UserDetailList"][0]["UserPolicyList"] + iam["RoleDetailList"][0]["RolePolicyList"]:
            inline["PolicyDocument"] = notation(inline["PolicyDocument"])
        role = iam["RoleDetailList"][0]
        role["AssumeRolePolicyDocument"] = notation(role["AssumeRolePolicyDocument"])
        assert accepted(serve(world=world.document()), world.ann, job()) == arn()


def test_managed_policies_of_aws_need_no_listing(serve):
    world = World()
    full = world.account.user("ben", managed=["arn:aws:iam::aws:policy/AmazonSageMakerFullAccess"])
    reader = world.account.user("rea", managed=["arn:aws:iam::aws:policy/AmazonSageMakerReadOnly"])
    endpoint = serve(world=world.document())
    assert accepted(endpoint, full, job()) == arn()
    client = endpoint.client(reader)
    assert client.list_training_jobs()["TrainingJobSummaries"]
    assert refused(client.create_training_job, **job("other")).code == "AccessDeniedException"


def test_a_group_gives_its_members_what_it_has(serve):
    world = World(caller=[])
    group = {
        "Path": "/",
        "GroupName": "scientists",
        "GroupId": "AGPA00000000000000001",
        "Arn": f"arn:aws:iam::{ACCOUNT}:group/scientists",
        "CreateDate": "2026-01-05T09:00:00+00:00",
        "GroupPolicyList": [{"PolicyName": "Work", "PolicyDocument": policy(*without(CALLER))}],
        "AttachedManagedPolicies": [],
    }
    world.account.document["iam"]["GroupDetailList"].append(group)
    world.account.document["iam"]["UserDetailList"][0]["GroupList"].append("scientists")
    assert accepted(serve(world=world.document()), world.ann, job()) == arn()


def test_the_demo_tells_its_story():
    done = subprocess.run([binary(), "demo"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    for told in ["iam:PassRole", "because no identity-based policy allows", "No S3 objects found"]:
        assert told in done.stdout


def test_the_demo_may_stay():
    process = subprocess.Popen([binary(), "demo", "--stay"], stdout=subprocess.PIPE, text=True)
    try:
        deadline = time.monotonic() + 30
        told = ""
        while "http://127.0.0.1:" not in told or "AKIA" not in told:
            assert time.monotonic() < deadline
            line = process.stdout.readline()
            assert line, f"the demo ended: {told}"
            told += line
        assert process.poll() is None
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0
    finally:
        process.kill()
        process.stdout.close()


def test_the_demo_world_is_the_one_in_the_fixtures(serve):
    endpoint = serve("--world", str(ROOT / "fixtures/worlds/demo.json"))
    bob = Key("AKIAEXAMPLEBOB000001", "bob/local/secret/for/the/demo/world00001")
    alice = Key("AKIAEXAMPLEALICE0001", "alice/local/secret/for/the/demo/world001")
    assert accepted(endpoint, bob, job()) == arn()
    assert "iam:PassRole" in refused(endpoint.client(alice).create_training_job, **job("other")).message
    blind = f"arn:aws:iam::{ACCOUNT}:role/BlindRole"
    assert "No S3 objects found" in refused(endpoint.client(bob).create_training_job, **job("b", RoleArn=blind)).message
