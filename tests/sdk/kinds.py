"""Requests for the kinds beside training jobs, and a world for them."""

from endpoint import REGION
from worlds import ACCOUNT, IMAGE, REPOSITORY_ARN, World, allow, trust

MODEL_ROLE = f"arn:aws:iam::{ACCOUNT}:role/ModelRole"
DATA = "s3://modelbucket/m/model.tar.gz"
PLACE = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}"

# What a model's role needs, by name so that a test can leave one out.
MODEL = {
    "data": allow("s3:GetObject", on="arn:aws:s3:::modelbucket/*"),
    "registry": allow("ecr:GetAuthorizationToken"),
    "pull": allow(
        "ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage", on=REPOSITORY_ARN
    ),
}
BATCH = {
    "find": allow("s3:ListBucket", on="arn:aws:s3:::inputbucket"),
    "read": allow("s3:GetObject", on="arn:aws:s3:::inputbucket/*"),
    "write": allow("s3:PutObject", on="arn:aws:s3:::outputbucket/*"),
}
PASS_MODEL_ROLE = allow(
    "iam:PassRole", on=MODEL_ROLE, when={"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}
)


def inference(caller=None, role=None, trusted=None):
    """A world in which `ann` may make models of `ModelRole`."""
    world = World(caller=caller or [allow("sagemaker:*"), PASS_MODEL_ROLE])
    world.account.role("ModelRole", *(role or MODEL.values()), trusted=trusted)
    world.account.bucket("modelbucket", "m/model.tar.gz")
    return world


def model(name="m", container=None, **members):
    container = container or {"Image": IMAGE, "ModelDataUrl": DATA}
    return {"ModelName": name, "ExecutionRoleArn": MODEL_ROLE, "PrimaryContainer": container, **members}


def config(name="c", model="m", **members):
    variant = {"VariantName": "v", "ModelName": model, "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}
    return {"EndpointConfigName": name, "ProductionVariants": [variant], **members}


def transform(name="t", model="m", **members):
    source = {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://inputbucket/train/"}}
    return {
        "TransformJobName": name,
        "ModelName": model,
        "TransformInput": {"DataSource": source},
        "TransformOutput": {"S3OutputPath": "s3://outputbucket/predictions"},
        "TransformResources": {"InstanceType": "ml.m5.large", "InstanceCount": 1},
        **members,
    }


def invalid_role(role=MODEL_ROLE):
    return (
        f'The execution role ARN "{role}" is invalid. Please ensure that the role exists and that its trust '
        'relationship policy allows the action "sts:AssumeRole" for the service principal "sagemaker.amazonaws.com".'
    )


def no_model_data(url=DATA, role=MODEL_ROLE):
    return (
        f'Could not access model data at {url}. Please ensure that the role "{role}" exists and that its trust '
        'relationship policy allows the action "sts:AssumeRole" for the service principal "sagemaker.amazonaws.com". '
        f'Also ensure that the role has "s3:GetObject" permissions and that the object is located in {REGION}. If your '
        "Model uses multiple models or uncompressed models, please ensure that the role has \"s3:ListBucket\" "
        "permission."
    )


UNTRUSTING = trust({"Service": "lambda.amazonaws.com"})
