"""Pipelines: every step is asked for as the pipeline's role, which needs its own permissions and its own PassRole."""

import json
import uuid

import pytest
from jobs import assert_invalid, implicit, refused
from kinds import PLACE
from worlds import ACCOUNT, IMAGE, ROLE, ROLE_ARN, World, allow, trust

PIPELINE_ROLE = f"arn:aws:iam::{ACCOUNT}:role/PipelineRole"
TRUSTS_PIPELINE = trust(when={"ArnLike": {"aws:SourceArn": f"{PLACE}:pipeline/p/*"}})
STEPS = {
    "train": allow("sagemaker:CreateTrainingJob", "sagemaker:CreateModel"),
    "pass": allow("iam:PassRole", on=ROLE_ARN),
}
CALLER = [allow("sagemaker:*"), allow("iam:PassRole", on=PIPELINE_ROLE)]


def definition(**more):
    training = {
        "RoleArn": ROLE_ARN,
        "AlgorithmSpecification": {"TrainingImage": IMAGE, "TrainingInputMode": "File"},
        "InputDataConfig": [
            {
                "ChannelName": "train",
                "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": {"Get": "Parameters.Input"}}},
            }
        ],
        "OutputDataConfig": {"S3OutputPath": "s3://outputbucket/models"},
        "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 10},
        "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
        **more,
    }
    parameters = [{"Name": "Input", "Type": "String", "DefaultValue": "s3://inputbucket/train/"}]
    steps = [{"Name": "Train", "Type": "Training", "Arguments": training}]
    return json.dumps({"Version": "2020-12-01", "Parameters": parameters, "Steps": steps})


def start(serve, role=STEPS.values(), caller=CALLER, trusted=TRUSTS_PIPELINE, flags=(), **more):
    world = World(caller=caller, role=ROLE.values())
    world.account.role("PipelineRole", *role, trusted=trusted)
    endpoint = serve(*flags, world=world.document())
    sagemaker = endpoint.client(world.ann)
    sagemaker.create_pipeline(
        PipelineName="p",
        PipelineDefinition=definition(**more),
        RoleArn=PIPELINE_ROLE,
        ClientRequestToken=str(uuid.uuid4()),
    )
    started = sagemaker.start_pipeline_execution(PipelineName="p", ClientRequestToken=str(uuid.uuid4()))
    return endpoint, sagemaker, started["PipelineExecutionArn"]


def only_step(sagemaker, execution):
    [step] = sagemaker.list_pipeline_execution_steps(PipelineExecutionArn=execution)["PipelineExecutionSteps"]
    return step


def test_a_step_trains(serve):
    endpoint, sagemaker, execution = start(serve)
    shown = sagemaker.describe_pipeline_execution(PipelineExecutionArn=execution)
    assert shown["PipelineExecutionStatus"] == "Succeeded", only_step(sagemaker, execution)
    step = only_step(sagemaker, execution)
    job = step["Metadata"]["TrainingJob"]["Arn"].split("/")[-1]
    assert sagemaker.describe_training_job(TrainingJobName=job)["TrainingJobStatus"] == "Completed"
    assert sagemaker.describe_pipeline(PipelineName="p")["LastRunTime"]
    [decision] = endpoint.decisions(action="sagemaker:CreateTrainingJob")
    session = f"assumed-role/PipelineRole/sagemaker-pipeline-{execution.split('/')[-1]}-Train"
    assert decision["principal"] == f"arn:aws:sts::{ACCOUNT}:{session}"


@pytest.mark.parametrize(
    "left_out,action",
    [("train", "sagemaker:CreateTrainingJob"), ("pass", "iam:PassRole")],
)
def test_what_the_pipelines_role_lacks(serve, left_out, action):
    role = [made for name, made in STEPS.items() if name != left_out]
    _, sagemaker, execution = start(serve, role=role)
    shown = sagemaker.describe_pipeline_execution(PipelineExecutionArn=execution)
    assert shown["PipelineExecutionStatus"] == "Failed"
    reason = only_step(sagemaker, execution)["FailureReason"]
    assert reason.startswith("ClientError: Failed to invoke sagemaker:CreateTrainingJob. Error Details: User: ")
    assert f"is not authorized to perform: {action} on resource: " in reason
    assert "assumed-role/PipelineRole/sagemaker-pipeline-" in reason


def test_what_the_jobs_role_lacks(serve):
    _, sagemaker, execution = start(serve, OutputDataConfig={"S3OutputPath": "s3://nobodys/models"})
    assert "Error Details: The specified bucket does not exist" in only_step(sagemaker, execution)["FailureReason"]


def test_tags_of_a_step_take_add_tags(serve):
    tags = [{"Key": "team", "Value": "a"}]
    _, sagemaker, execution = start(serve, Tags=tags)
    assert "sagemaker:AddTags" in only_step(sagemaker, execution)["FailureReason"]
    tagging = allow("sagemaker:AddTags", when={"StringEquals": {"sagemaker:TaggingAction": "CreateTrainingJob"}})
    _, sagemaker, execution = start(serve, role=[*STEPS.values(), tagging], Tags=tags)
    job = only_step(sagemaker, execution)["Metadata"]["TrainingJob"]["Arn"]
    assert sagemaker.list_tags(ResourceArn=job)["Tags"] == tags


def test_who_may_make_a_pipeline(serve):
    world = World(caller=[allow("sagemaker:*")])
    world.account.role("PipelineRole", *STEPS.values(), trusted=trust({"Service": "lambda.amazonaws.com"}))
    passing = world.account.user("bob", *CALLER)
    endpoint = serve(world=world.document())
    request = {"PipelineName": "p", "RoleArn": PIPELINE_ROLE, "PipelineDefinition": definition()}
    refusal = refused(endpoint.client(world.ann).create_pipeline, ClientRequestToken="t" * 32, **request)
    assert refusal.message == implicit("iam:PassRole", PIPELINE_ROLE)
    refusal = refused(endpoint.client(passing).create_pipeline, ClientRequestToken="t" * 32, **request)
    assert_invalid(refusal, f"Could not assume role {PIPELINE_ROLE}.")
    request["PipelineDefinition"] = "{"
    refusal = refused(endpoint.client(passing).create_pipeline, ClientRequestToken="t" * 32, **request)
    assert_invalid(refusal, "Unable to parse pipeline definition. Model Validation failed: ")


def test_an_execution_moves_with_the_clock(serve):
    endpoint, sagemaker, execution = start(serve, flags=("--pace", "manual"))
    assert only_step(sagemaker, execution)["StepStatus"] == "Executing"
    endpoint.advance("PT1H")
    shown = sagemaker.describe_pipeline_execution(PipelineExecutionArn=execution)
    assert shown["PipelineExecutionStatus"] == "Succeeded"
    summaries = sagemaker.list_pipeline_executions(PipelineName="p")["PipelineExecutionSummaries"]
    assert [summary["PipelineExecutionArn"] for summary in summaries] == [execution]


def test_starting_takes_the_pipeline_and_looking_takes_the_execution(serve):
    caller = [
        allow("sagemaker:CreatePipeline", "sagemaker:StartPipelineExecution", on=f"{PLACE}:pipeline/p"),
        allow("sagemaker:ListPipelineExecutionSteps", on=f"{PLACE}:pipeline/p/execution/*"),
        CALLER[1],
    ]
    _, sagemaker, execution = start(serve, caller=caller)
    assert only_step(sagemaker, execution)["StepStatus"] == "Succeeded"
    refusal = refused(sagemaker.describe_pipeline_execution, PipelineExecutionArn=execution)
    assert refusal.message == implicit("sagemaker:DescribePipelineExecution", execution)
