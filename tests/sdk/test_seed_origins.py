"""Policies that look at where a call comes from: a VPC, its interface endpoints, ranges of addresses."""

import pytest
from jobs import explicit, implicit, job
from kinds import PLACE
from seeds import DENIED, Row, Stage, role, rows
from test_seed_roles import notebook

VPC, OTHER_VPC = "vpc-111bbaaa", "vpc-999zzzzz"


@pytest.fixture(scope="module")
def stage():
    made = Stage("--request-origin", "headers")
    yield made
    made.close()


def through(endpoint="vpce-111bbccc", vpc=VPC, address="10.0.0.7"):
    """What a call through an interface endpoint carries."""
    return {"X-Passrole-Source-Vpce": endpoint, "X-Passrole-Source-Vpc": vpc, "X-Passrole-Vpc-Source-Ip": address}


def lists(label, origin, *refusal):
    return Row(label, "ann", "list_notebook_instances", {}, *refusal, headers=origin)


NO_LIST = (DENIED, implicit("sagemaker:ListNotebookInstances"))


def opens(label, who, origin, *refusal):
    operation = "create_presigned_notebook_instance_url"
    return Row(label, who, operation, {"NotebookInstanceName": "n"}, *refusal, headers=origin)


def closed(who):
    action = "sagemaker:CreatePresignedNotebookInstanceUrl"
    return DENIED, implicit(action, f"{PLACE}:notebook-instance/n", who=f"user/{who}")


@rows(
    [
        lists("from-the-vpc", through()),
        lists("from-the-vpc-by-another-endpoint", through("vpce-999zzzzz")),
        lists("from-another-vpc", through(vpc=OTHER_VPC), *NO_LIST),
        lists("from-the-internet", {"X-Passrole-Source-Ip": "192.0.2.1"}, *NO_LIST),
        lists("from-nowhere", {}, *NO_LIST),
        opens("by-the-first-endpoint", "ben", through("vpce-111bbccc")),
        opens("by-the-second-endpoint", "ben", through("vpce-111bbddd")),
        opens("by-another-endpoint", "ben", through("vpce-999zzzzz"), *closed("ben")),
        # ForAllValues holds of a key that is absent: the printed policy lets calls from the internet in.
        opens("by-no-endpoint", "ben", {"X-Passrole-Source-Ip": "192.0.2.1"}),
        opens("strictly-by-the-endpoint", "eve", through("vpce-111bbddd")),
        opens("strictly-by-no-endpoint", "eve", {"X-Passrole-Source-Ip": "192.0.2.1"}, *closed("eve")),
    ]
)
def test_a_vpc_and_its_endpoints(stage, row):
    made = notebook("n", "NotebookRole")
    stage.play("vpc-origin", row, (made.operation, made.request))


def test_a_vpc_is_not_believed_unless_the_settings_let_it():
    stage = Stage()
    try:
        stage.play("vpc-origin", lists("claimed", through(), *NO_LIST))
    finally:
        stage.close()


def trains(label, who, origin, *refusal):
    request = job(label, RoleArn=role("TrainingRole"), OutputDataConfig={"S3OutputPath": "s3://outputbucket/path"})
    return Row(label, who, "create_training_job", request, *refusal, headers=origin)


def address(text):
    return {"X-Passrole-Source-Ip": text}


def outside(label, who):
    return DENIED, explicit("sagemaker:CreateTrainingJob", f"{PLACE}:training-job/{label}", who=f"user/{who}")


@rows(
    [
        trains("first-of-the-range", "ann", address("192.0.2.0")),
        trains("last-of-the-range", "ann", address("192.0.2.255")),
        trains("second-range", "ann", address("203.0.113.77")),
        trains("next-to-the-range", "ann", address("192.0.3.0"), *outside("next-to-the-range", "ann")),
        trains("denied-though-allowed", "ben", address("198.51.100.1"), *outside("denied-though-allowed", "ben")),
        trains("from-loopback", "ben", {}, *outside("from-loopback", "ben")),
        trains("version-6", "ben", address("2001:db8::1"), *outside("version-6", "ben")),
        # A call through a VPC endpoint has no aws:SourceIp, so that the negated condition holds.
        trains("by-an-endpoint", "ben", through(address="192.0.2.1"), *outside("by-an-endpoint", "ben")),
        Row("other-action", "ben", "list_training_jobs", {}, headers=address("198.51.100.1")),
        Row(
            "other-action-of-nobody",
            "ann",
            "list_training_jobs",
            {},
            DENIED,
            implicit("sagemaker:ListTrainingJobs"),
            headers=address("192.0.2.1"),
        ),
    ]
)
def test_ranges_of_addresses(stage, row):
    stage.play("ip-addresses", row)
