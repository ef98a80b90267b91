"""Outcomes that a tester lays down by the control API."""

import botocore.exceptions
import pytest
from jobs import job, refused
from test_tuning import described, launched, start, tuning


def script(endpoint, *rules):
    status, answer = endpoint.control("PUT", "outcomes", {"rules": list(rules)})
    assert status == 200, answer


def status_of(client, name="my-job"):
    return client.describe_training_job(TrainingJobName=name)


def test_rules_are_kept_shown_and_forgotten(serve, tmp_path):
    store = tmp_path / "store"
    endpoint, client = start(serve)
    assert endpoint.control("GET", "outcomes") == (200, {"rules": []})
    rule = {"kind": "TrainingJob", "name": "my-*", "failureReason": "CapacityError: none left", "times": 1}
    script(endpoint, rule)
    shown = endpoint.control("GET", "outcomes")[1]["rules"]
    assert shown == [{**rule, "status": "Failed"}]
    client.create_training_job(**job())
    assert endpoint.control("GET", "outcomes")[1] == {"rules": []}
    assert (status_of(client)["TrainingJobStatus"], status_of(client)["FailureReason"]) == (
        "Failed",
        "CapacityError: none left",
    )
    for forget in [("DELETE", "outcomes"), ("POST", "reset")]:
        script(endpoint, rule)
        assert endpoint.control(*forget)[0] == 200
        assert endpoint.control("GET", "outcomes")[1] == {"rules": []}
    kept = serve(store=store)
    script(kept, rule)
    kept.process.kill()
    kept.process.wait()
    assert serve(store=store).control("GET", "outcomes")[1]["rules"] == [{**rule, "status": "Failed"}]


def test_what_makes_no_sense(serve):
    endpoint, _ = start(serve)
    for body, told in [
        ({"rules": [{"kind": "TrainingJob", "status": "Completd"}]}, "`rules[0].status`: `Completd` is none of"),
        ({"rules": [{"operation": "DescribeNothing"}]}, "`rules[0].operation`"),
        ({}, "the body must be like"),
    ]:
        status, answer = endpoint.control("PUT", "outcomes", body)
        assert status == 400 and answer["message"].startswith(told), answer
    assert endpoint.control("POST", "outcomes")[0] == 405


def test_a_failing_second_trial(serve):
    endpoint, client = start(serve)
    script(endpoint, {"kind": "TrainingJob", "name": "tune-002-*", "status": "Failed", "exitMessage": "out of memory"})
    client.create_hyper_parameter_tuning_job(**tuning())
    counters = described(client)["TrainingJobStatusCounters"]
    assert (counters["Completed"], counters["NonRetryableError"]) == (3, 1)
    assert launched(client)[1]["FailureReason"] == "AlgorithmError: out of memory, exit code: 1"


def test_a_stuck_job(serve):
    endpoint, client = start(serve)
    script(endpoint, {"kind": "TrainingJob", "status": "InProgress"})
    client.create_training_job(**job())
    endpoint.advance("PT30M")
    assert status_of(client)["TrainingJobStatus"] == "InProgress"
    with pytest.raises(botocore.exceptions.WaiterError):
        client.get_waiter("training_job_completed_or_stopped").wait(
            TrainingJobName="my-job", WaiterConfig={"Delay": 0, "MaxAttempts": 2}
        )
    client.stop_training_job(TrainingJobName="my-job")
    endpoint.advance("PT1M")
    assert status_of(client)["TrainingJobStatus"] == "Stopped"


def test_a_throttled_call_is_tried_again(serve):
    endpoint, client = start(serve)
    script(endpoint, {"operation": "CreateTrainingJob", "times": 2})
    for _ in range(2):
        refusal = refused(client.create_training_job, **job())
        assert (refusal.status, refusal.code, refusal.message) == (400, "ThrottlingException", "Rate exceeded")
    client.create_training_job(**job())
