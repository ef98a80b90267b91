"""The AWS CLI, as people run it."""

import json
import os
import pathlib
import subprocess
import sys

import pytest
from jobs import arn, implicit, job, tags
from worlds import CALLER, PASS_ROLE, ROLE_ARN, World, allow

PROGRAM = pathlib.Path(sys.executable).with_name("aws")


class Shell:
    """Runs `aws` against an endpoint with a key, away from any configuration of the machine."""

    def __init__(self, endpoint, key, home):
        self.endpoint = endpoint
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "AWS_CONFIG_FILE": str(home / "config"),
            "AWS_SHARED_CREDENTIALS_FILE": str(home / "credentials"),
            "AWS_ACCESS_KEY_ID": key.id,
            "AWS_SECRET_ACCESS_KEY": key.secret,
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_DEFAULT_OUTPUT": "json",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_MAX_ATTEMPTS": "1",
            "AWS_PAGER": "",
        }

    def run(self, *arguments):
        command = [str(PROGRAM), "--endpoint-url", self.endpoint.url, *arguments]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=120)

    def answer(self, *arguments):
        done = self.run(*arguments)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout) if done.stdout.strip() else None

    def refusal(self, *arguments):
        done = self.run(*arguments)
        assert done.returncode != 0, done.stdout
        return done.stderr.strip()


@pytest.fixture
def shell(serve, tmp_path):
    def start(caller=None, **options):
        world = World(caller=caller)
        return Shell(serve(world=world.document(), **options), world.ann, tmp_path)

    return start


CREATE = ["sagemaker", "create-training-job", "--cli-input-json"]


def test_a_training_job_from_beginning_to_end(shell):
    aws = shell()
    assert aws.answer(*CREATE, json.dumps(job(Tags=tags(team="vision")))) == {"TrainingJobArn": arn()}
    described = aws.answer("sagemaker", "describe-training-job", "--training-job-name", "my-job")
    assert (described["TrainingJobStatus"], described["RoleArn"]) == ("Completed", ROLE_ARN)
    aws.answer("sagemaker", "wait", "training-job-completed-or-stopped", "--training-job-name", "my-job")
    summaries = aws.answer("sagemaker", "list-training-jobs", "--name-contains", "my")["TrainingJobSummaries"]
    assert [summary["TrainingJobArn"] for summary in summaries] == [arn()]
    aws.answer("sagemaker", "add-tags", "--resource-arn", arn(), "--tags", "Key=cost,Value=7")
    assert aws.answer("sagemaker", "list-tags", "--resource-arn", arn())["Tags"] == tags(team="vision", cost="7")
    aws.answer("sagemaker", "delete-tags", "--resource-arn", arn(), "--tag-keys", "team")
    assert aws.answer("sagemaker", "list-tags", "--resource-arn", arn())["Tags"] == tags(cost="7")
    assert aws.refusal("sagemaker", "stop-training-job", "--training-job-name", "my-job") == (
        "An error occurred (ValidationException) when calling the StopTrainingJob operation: "
        "The request was rejected because the training job is in status Completed."
    )
    aws.answer("sagemaker", "delete-training-job", "--training-job-name", "my-job")
    assert "Requested resource not found." in aws.refusal(
        "sagemaker", "describe-training-job", "--training-job-name", "my-job"
    )


def test_a_refusal_reads_as_on_aws(shell):
    aws = shell(caller=[CALLER["jobs"]])
    assert aws.refusal(*CREATE, json.dumps(job())) == (
        "An error occurred (AccessDeniedException) when calling the CreateTrainingJob operation: "
        + implicit("iam:PassRole", ROLE_ARN)
    )


def test_pages(shell):
    aws = shell()
    for number in range(3):
        aws.answer(*CREATE, json.dumps(job(f"job-{number}")))
    listed = aws.answer(
        "sagemaker", "list-training-jobs", "--page-size", "1", "--query", "TrainingJobSummaries[].TrainingJobName"
    )
    assert listed == ["job-0", "job-1", "job-2"]
    first = aws.answer("sagemaker", "list-training-jobs", "--max-items", "2")
    rest = aws.answer("sagemaker", "list-training-jobs", "--starting-token", first["NextToken"])
    names = [summary["TrainingJobName"] for page in (first, rest) for summary in page["TrainingJobSummaries"]]
    assert names == ["job-0", "job-1", "job-2"]


def test_who_am_i(shell):
    aws = shell(caller=[allow("sagemaker:ListTrainingJobs"), PASS_ROLE])
    assert aws.answer("sts", "get-caller-identity")["Arn"].endswith(":user/ann")
    assert aws.answer("sagemaker", "list-training-jobs") == {"TrainingJobSummaries": []}
