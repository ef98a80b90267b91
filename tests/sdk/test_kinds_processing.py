"""Processing jobs: what the execution role must reach, and the life of a job."""

import pytest
from endpoint import REGION
from jobs import assert_invalid, cannot_assume, implicit, no_image, no_objects, refused
from kinds import PLACE
from worlds import (
    ACCOUNT,
    IMAGE,
    KEY_ARN,
    NETWORK,
    OTHER_ACCOUNT,
    ROLE,
    ROLE_ARN,
    ROLE_KEYS,
    ROLE_NETWORK,
    World,
    allow,
    trust,
    without,
)


def processing(name="p", **members):
    source = {
        "S3Uri": "s3://inputbucket/train/",
        "LocalPath": "/opt/ml/processing/input",
        "S3DataType": "S3Prefix",
        "S3InputMode": "File",
    }
    target = {"S3Uri": "s3://outputbucket/out", "LocalPath": "/opt/ml/processing/out", "S3UploadMode": "EndOfJob"}
    cluster = {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 10}
    return {
        "ProcessingJobName": name,
        "RoleArn": ROLE_ARN,
        "AppSpecification": {"ImageUri": IMAGE},
        "ProcessingResources": {"ClusterConfig": cluster},
        "ProcessingInputs": [{"InputName": "in", "S3Input": source}],
        "ProcessingOutputConfig": {"Outputs": [{"OutputName": "out", "S3Output": target}]},
        **members,
    }


def client(serve, *flags, **options):
    world = World(**options)
    return serve(*flags, world=world.document()).client(world.ann)


def test_a_job_runs_and_tells_what_it_was_given(serve):
    sagemaker = client(serve)
    request = processing()
    assert sagemaker.create_processing_job(**request)["ProcessingJobArn"] == f"{PLACE}:processing-job/p"
    shown = sagemaker.describe_processing_job(ProcessingJobName="p")
    assert shown["ProcessingJobStatus"] == "Completed"
    assert shown["ProcessingStartTime"] <= shown["ProcessingEndTime"]
    assert shown["StoppingCondition"] == {"MaxRuntimeInSeconds": 86400}
    for member in request:
        assert shown[member] == request[member], member
    sagemaker.get_waiter("processing_job_completed_or_stopped").wait(
        ProcessingJobName="p", WaiterConfig={"Delay": 1, "MaxAttempts": 2}
    )
    refusal = refused(sagemaker.create_processing_job, **request)
    assert (refusal.code, refusal.message) == (
        "ResourceInUse",
        "Job name must be unique within an AWS account and region, and a job with this name already exists "
        f"({PLACE}:processing-job/p)",
    )
    gone = refused(sagemaker.describe_processing_job, ProcessingJobName="absent")
    assert_invalid(gone, "Could not find requested job with name: absent")


@pytest.mark.parametrize(
    "left_out,texts",
    [
        ("find", [no_objects("s3://inputbucket/train/", "inputbucket")]),
        ("read", ["s3:GetObject", "inputbucket/train/data.csv"]),
        ("write", ["s3:PutObject", "outputbucket/out/"]),
        ("pull", [no_image()]),
        ("registry", [no_image()]),
    ],
)
def test_what_the_role_lacks(serve, left_out, texts):
    assert_invalid(refused(client(serve, role=without(ROLE, left_out)).create_processing_job, **processing()), *texts)


def test_the_role_itself(serve):
    no_pass = client(serve, caller=[allow("sagemaker:*")])
    assert refused(no_pass.create_processing_job, **processing()).message == implicit("iam:PassRole", ROLE_ARN)
    untrusted = client(serve, trusted=trust({"Service": "lambda.amazonaws.com"}))
    assert_invalid(refused(untrusted.create_processing_job, **processing()), cannot_assume())
    foreign = f"arn:aws:iam::{OTHER_ACCOUNT}:role/TrainingRole"
    refusal = refused(client(serve).create_processing_job, **processing(RoleArn=foreign))
    assert_invalid(refusal, "RoleArn: Cross-account pass role is not allowed.")
    here = {"ArnLike": {"aws:SourceArn": f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:processing-job/*"}}
    client(serve, trusted=trust(when=here)).create_processing_job(**processing())


def test_networks_and_keys(serve):
    cluster = {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 10, "VolumeKmsKeyId": KEY_ARN}
    outputs = {**processing()["ProcessingOutputConfig"], "KmsKeyId": KEY_ARN}
    request = processing(
        NetworkConfig={"VpcConfig": NETWORK},
        ProcessingResources={"ClusterConfig": cluster},
        ProcessingOutputConfig=outputs,
    )
    whole = [*ROLE.values(), ROLE_NETWORK, ROLE_KEYS]
    client(serve, role=whole).create_processing_job(**request)
    for missing, text in [(ROLE_NETWORK, "ec2:"), (ROLE_KEYS, "kms:")]:
        role = [made for made in whole if made is not missing]
        caller = [allow("sagemaker:*"), allow("iam:PassRole")]
        assert_invalid(refused(client(serve, role=role, caller=caller).create_processing_job, **request), text)
    for subnets, groups, text in [
        (["subnet-none"], ["sg-0123abcd"], "The subnet ID 'subnet-none' does not exist"),
        (["subnet-0a1b2c3d"], ["sg-none"], "The security group 'sg-none' does not exist"),
    ]:
        network = {"VpcConfig": {"Subnets": subnets, "SecurityGroupIds": groups}}
        refusal = refused(client(serve, role=whole).create_processing_job, **processing(NetworkConfig=network))
        assert_invalid(refusal, text)
    local = {"InstanceType": "ml.g5.xlarge", "InstanceCount": 1, "VolumeSizeInGB": 10, "VolumeKmsKeyId": KEY_ARN}
    refusal = refused(
        client(serve, role=whole).create_processing_job, **processing(ProcessingResources={"ClusterConfig": local})
    )
    assert_invalid(refusal, "KMS key is not supported for NVMe instance storage")


def test_a_query_of_athena(serve):
    query = {
        "Catalog": "AwsDataCatalog",
        "Database": "d",
        "QueryString": "select 1",
        "WorkGroup": "team",
        "OutputS3Uri": "s3://outputbucket/athena",
        "OutputFormat": "PARQUET",
    }
    dataset = {"LocalPath": "/opt/ml/processing/q", "AthenaDatasetDefinition": query}
    request = processing(ProcessingInputs=[{"InputName": "q", "DatasetDefinition": dataset}])
    group = f"arn:aws:athena:{REGION}:{ACCOUNT}:workgroup/team"
    assert_invalid(refused(client(serve).create_processing_job, **request), "athena:StartQueryExecution", group)
    granted = allow("athena:StartQueryExecution", "athena:GetQueryExecution", on=group)
    client(serve, role=[*ROLE.values(), granted]).create_processing_job(**request)


def test_what_the_job_finds_out_by_itself(serve):
    world = World(role=without(ROLE, "read"))
    endpoint = serve("--preflight", "aws", "--pace", "manual", world=world.document())
    sagemaker = endpoint.client(world.ann)
    sagemaker.create_processing_job(**processing())
    endpoint.advance("PT1H")
    shown = sagemaker.describe_processing_job(ProcessingJobName="p")
    assert shown["ProcessingJobStatus"] == "Failed"
    assert shown["FailureReason"].startswith("ClientError: Data download failed:")
