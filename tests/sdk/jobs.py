"""Requests for training jobs, and the words in which they are refused."""

import botocore.exceptions
import pytest
from endpoint import REGION
from worlds import ACCOUNT, IMAGE, ROLE_ARN

ABSENT = object()


def job(name="my-job", **members):
    """A CreateTrainingJob request that the world of `worlds.World` allows; `ABSENT` takes a member out."""
    request = {
        "TrainingJobName": name,
        "RoleArn": ROLE_ARN,
        "AlgorithmSpecification": {"TrainingImage": IMAGE, "TrainingInputMode": "File"},
        "InputDataConfig": [channel("s3://inputbucket/train/")],
        "OutputDataConfig": {"S3OutputPath": "s3://outputbucket/models"},
        "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 10},
        "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
        **members,
    }
    return {member: value for member, value in request.items() if value is not ABSENT}


def channel(uri, name="train", **members):
    source = {"S3DataType": "S3Prefix", "S3Uri": uri, "S3DataDistributionType": "FullyReplicated"}
    return {"ChannelName": name, "DataSource": {"S3DataSource": source}, **members}


def arn(name="my-job", account=ACCOUNT, region=REGION):
    return f"arn:aws:sagemaker:{region}:{account}:training-job/{name}"


def tags(**values):
    return [{"Key": key, "Value": value} for key, value in values.items()]


class Refusal:
    """What an AWS client makes of an error response."""

    def __init__(self, response):
        self.code = response["Error"]["Code"]
        self.message = response["Error"]["Message"]
        self.status = response["ResponseMetadata"]["HTTPStatusCode"]
        self.request_id = response["ResponseMetadata"]["RequestId"]

    def __repr__(self):
        return f"{self.status} {self.code}: {self.message}"


def refused(call, **request):
    """The refusal of a call, which must be one."""
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        call(**request)
    return Refusal(caught.value.response)


def assert_invalid(refusal, *parts):
    """The refusal is a ValidationException whose text holds these parts."""
    assert (refusal.status, refusal.code) == (400, "ValidationException"), refusal
    for part in parts:
        assert part in refusal.message, refusal


def accepted(endpoint, key, request):
    """Creates the job and answers its ARN."""
    return endpoint.client(key).create_training_job(**request)["TrainingJobArn"]


def implicit(action, resource=None, who="user/ann", by="identity-based policy", account=ACCOUNT):
    """AWS's words where no policy of a kind allows the action."""
    return f"{_head(action, resource, who, account)} because no {by} allows the {action} action"


def explicit(action, resource=None, who="user/ann", by="an identity-based policy", account=ACCOUNT):
    """AWS's words where a policy denies the action."""
    return f"{_head(action, resource, who, account)} with an explicit deny in {by}"


def _head(action, resource, who, account):
    service = "sts" if who.startswith("assumed-role/") else "iam"
    where = f" on resource: {resource}" if resource else ""
    return f"User: arn:aws:{service}::{account}:{who} is not authorized to perform: {action}{where}"


def cannot_assume(role=ROLE_ARN):
    return (
        f"Could not assume role {role}. Please ensure that the role exists and allows principal "
        "'sagemaker.amazonaws.com' to assume the role."
    )


def no_objects(url, bucket, role=ROLE_ARN, region=REGION):
    return (
        f'No S3 objects found under S3 URL "{url}" given in input data source. Please ensure that the bucket exists '
        f'in the selected region ({region}), that objects exist under that S3 prefix, and that the role "{role}" has '
        f'"s3:ListBucket" permissions on bucket "{bucket}".'
    )


def no_image(repository="my-repo", registry=ACCOUNT, role=ROLE_ARN):
    return (
        f"Access denied for repository: {repository} in registry ID: {registry}. Please check if your ECR repository "
        f"and image exist and role {role} has proper pull permissions for SageMaker: ecr:BatchCheckLayerAvailability, "
        "ecr:BatchGetImage, ecr:GetDownloadUrlForLayer"
    )
