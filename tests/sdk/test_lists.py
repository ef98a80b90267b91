"""ListTrainingJobs: every filter, sort order and page."""

import datetime

import pytest
from endpoint import Endpoint
from jobs import arn, job, refused
from worlds import World

NAMES = ["delta", "alpha-1", "charlie", "alpha-2", "bravo"]
HOUR = datetime.timedelta(hours=1)


@pytest.fixture(scope="module")
def laboratory():
    """Five jobs an hour apart: the first three are over, `alpha-2` is stopped, `bravo` has just begun."""
    world = World()
    endpoint = Endpoint("--pace", "manual", world=world.document())
    client = endpoint.client(world.ann)
    for name in NAMES:
        endpoint.advance("PT1H")
        client.create_training_job(**job(name))
        if name == "alpha-2":
            client.stop_training_job(TrainingJobName=name)
    yield client
    endpoint.close()


def listed(client, **request):
    return [summary["TrainingJobName"] for summary in client.list_training_jobs(**request)["TrainingJobSummaries"]]


def created(client):
    described = {name: client.describe_training_job(TrainingJobName=name) for name in NAMES}
    return {name: description["CreationTime"] for name, description in described.items()}


def test_oldest_first(laboratory):
    assert listed(laboratory) == NAMES


@pytest.mark.parametrize(
    "request_, expected",
    [
        ({"SortBy": "CreationTime", "SortOrder": "Descending"}, NAMES[::-1]),
        ({"SortOrder": "Descending"}, NAMES[::-1]),
        ({"SortBy": "Name"}, sorted(NAMES)),
        ({"SortBy": "Name", "SortOrder": "Descending"}, sorted(NAMES, reverse=True)),
        ({"NameContains": "alpha"}, ["alpha-1", "alpha-2"]),
        ({"NameContains": "a-2"}, ["alpha-2"]),
        ({"NameContains": "zulu"}, []),
        ({"StatusEquals": "Completed"}, ["delta", "alpha-1", "charlie"]),
        ({"StatusEquals": "InProgress"}, ["bravo"]),
        ({"StatusEquals": "Stopped"}, ["alpha-2"]),
        ({"StatusEquals": "Failed"}, []),
        ({"StatusEquals": "Completed", "NameContains": "alpha"}, ["alpha-1"]),
        ({"WarmPoolStatusEquals": "Available"}, []),
        ({"MaxResults": 100}, NAMES),
    ],
    ids=str,
)
def test_filters_and_orders(laboratory, request_, expected):
    assert listed(laboratory, **request_) == expected


@pytest.mark.parametrize(
    "order, statuses",
    [
        ("Ascending", ["Completed", "Completed", "Completed", "InProgress", "Stopped"]),
        ("Descending", ["Stopped", "InProgress", "Completed", "Completed", "Completed"]),
    ],
)
def test_by_status(laboratory, order, statuses):
    summaries = laboratory.list_training_jobs(SortBy="Status", SortOrder=order)["TrainingJobSummaries"]
    assert [summary["TrainingJobStatus"] for summary in summaries] == statuses
    assert {summary["TrainingJobName"] for summary in summaries} == set(NAMES)


def test_times(laboratory):
    times = created(laboratory)
    middle = times["charlie"]
    half = HOUR / 2
    assert listed(laboratory, CreationTimeAfter=middle + half) == ["alpha-2", "bravo"]
    assert listed(laboratory, CreationTimeBefore=middle - half) == ["delta", "alpha-1"]
    assert listed(laboratory, CreationTimeAfter=middle - half, CreationTimeBefore=middle + half) == ["charlie"]
    assert listed(laboratory, CreationTimeAfter=middle + half, CreationTimeBefore=middle - half) == []
    assert listed(laboratory, LastModifiedTimeBefore=times["delta"] - half) == []
    assert listed(laboratory, LastModifiedTimeAfter=times["bravo"] - half)[-1] == "bravo"


def test_summaries(laboratory):
    over, *_, running = laboratory.list_training_jobs()["TrainingJobSummaries"]
    assert over["TrainingJobArn"] == arn("delta")
    assert (over["TrainingJobStatus"], running["TrainingJobStatus"]) == ("Completed", "InProgress")
    assert over["CreationTime"] < over["TrainingEndTime"] <= over["LastModifiedTime"]
    assert "TrainingEndTime" not in running
    assert "RoleArn" not in over


@pytest.mark.parametrize(
    "order",
    [
        {},
        {"SortBy": "Name"},
        {"SortBy": "Status", "SortOrder": "Descending"},
        {"SortBy": "CreationTime", "SortOrder": "Descending"},
    ],
    ids=str,
)
@pytest.mark.parametrize("size", [1, 2, 5])
def test_pages(laboratory, order, size):
    whole = listed(laboratory, **order)
    paginator = laboratory.get_paginator("list_training_jobs").paginate(**order, PaginationConfig={"PageSize": size})
    pages = [[summary["TrainingJobName"] for summary in page["TrainingJobSummaries"]] for page in paginator]
    assert [name for page in pages for name in page] == whole
    assert all(len(page) <= size for page in pages)


def test_pages_of_a_filter(laboratory):
    first = laboratory.list_training_jobs(NameContains="alpha", MaxResults=1)
    assert [summary["TrainingJobName"] for summary in first["TrainingJobSummaries"]] == ["alpha-1"]
    second = laboratory.list_training_jobs(NameContains="alpha", MaxResults=1, NextToken=first["NextToken"])
    assert [summary["TrainingJobName"] for summary in second["TrainingJobSummaries"]] == ["alpha-2"]
    assert "NextToken" not in second


@pytest.mark.parametrize("token", ["x", "AAAA", "eyJhIjoxfQ=="])
def test_a_token_that_is_none(laboratory, token):
    refusal = refused(laboratory.list_training_jobs, NextToken=token)
    assert (refusal.status, refusal.code) == (400, "ValidationException")


def test_ten_are_a_page_unless_told_otherwise(serve):
    world = World()
    client = serve(world=world.document()).client(world.ann)
    for number in range(12):
        client.create_training_job(**job(f"job-{number}"))
    page = client.list_training_jobs()
    assert len(page["TrainingJobSummaries"]) == 10
    rest = client.list_training_jobs(NextToken=page["NextToken"])
    assert len(rest["TrainingJobSummaries"]) == 2 and "NextToken" not in rest
