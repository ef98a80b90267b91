"""CreateTrainingJob: inputs other than prefixes, outputs beside the model, and images from elsewhere."""

import pytest
from endpoint import REGION
from jobs import ABSENT, accepted, arn, assert_invalid, channel, job, no_image, no_objects, refused, tags
from worlds import (
    ACCOUNT,
    IMAGE,
    KEY_ARN,
    NETWORK,
    ROLE,
    ROLE_ARN,
    ROLE_NETWORK,
    World,
    allow,
    deny,
    policy,
    without,
)


def create(serve, world, request):
    return refused(serve(world=world.document()).client(world.ann).create_training_job, **request)


def image(uri):
    return job(AlgorithmSpecification={"TrainingImage": uri, "TrainingInputMode": "File"})


def manifest(uri, kind="ManifestFile"):
    source = {"S3DataType": kind, "S3Uri": uri}
    if kind == "AugmentedManifestFile":
        source["AttributeNames"] = ["source-ref"]
    members = {"InputMode": "Pipe", "RecordWrapperType": "RecordIO"} if kind == "AugmentedManifestFile" else {}
    return job(InputDataConfig=[{"ChannelName": "train", "DataSource": {"S3DataSource": source}, **members}])


@pytest.mark.parametrize("kind", ["ManifestFile", "AugmentedManifestFile"])
def test_a_manifest_is_one_object(serve, kind):
    world = World()
    world.account.bucket("manifests", "lists/train.json")
    reading = allow("s3:*", on=["arn:aws:s3:::manifests", "arn:aws:s3:::manifests/*"])
    detail = world.account.document["iam"]["RoleDetailList"][0]
    assert create(serve, world, manifest("s3://manifests/lists/train.json", kind)).code == "ValidationException"
    detail["RolePolicyList"].append({"PolicyName": "Lists", "PolicyDocument": policy(reading)})
    assert accepted(serve(world=world.document()), world.ann, manifest("s3://manifests/lists/train.json", kind))
    refusal = create(serve, world, manifest("s3://manifests/lists/train", kind))
    assert refusal.message == no_objects("s3://manifests/lists/train", "manifests")


def file_system(id="fs-01234567", kind="EFS", access="ro"):
    source = {
        "FileSystemId": id,
        "FileSystemType": kind,
        "FileSystemAccessMode": access,
        "DirectoryPath": "/data",
    }
    input = {"ChannelName": "train", "DataSource": {"FileSystemDataSource": source}}
    return job(InputDataConfig=[input], VpcConfig=NETWORK)


def with_file_systems(*role, efs_policy=None, caller=None):
    world = World(caller=caller, role=[*without(ROLE, "find", "read"), ROLE_NETWORK, *role])
    efs = {"FileSystemId": "fs-01234567", "Policy": efs_policy}
    world.account.document["efs"] = {"fileSystems": [efs]}
    world.account.document["fsx"] = {"fileSystems": [{"FileSystemId": "fs-0123456789abcdef0"}]}
    return world


@pytest.mark.parametrize(
    "request_", [file_system(), file_system("fs-0123456789abcdef0", "FSxLustre")], ids=["EFS", "FSx"]
)
def test_a_file_system(serve, request_):
    world = with_file_systems()
    assert accepted(serve(world=world.document()), world.ann, request_) == arn()


@pytest.mark.parametrize(
    "request_",
    [file_system("fs-99999999"), file_system("fs-01234567", "FSxLustre"), file_system("fs-0123456789abcdef0", "EFS")],
    ids=["absent", "an EFS as FSx", "an FSx as EFS"],
)
def test_a_file_system_that_does_not_exist(serve, request_):
    id = request_["InputDataConfig"][0]["DataSource"]["FileSystemDataSource"]["FileSystemId"]
    assert_invalid(create(serve, with_file_systems(), request_), id)


def test_a_file_system_with_a_policy_of_its_own(serve):
    others = policy(allow("elasticfilesystem:ClientMount", principal={"AWS": f"arn:aws:iam::{ACCOUNT}:role/Other"}))
    assert_invalid(create(serve, with_file_systems(efs_policy=others), file_system()), "elasticfilesystem:ClientMount")
    ours = policy(allow("elasticfilesystem:ClientMount", principal={"AWS": ROLE_ARN}))
    world = with_file_systems(efs_policy=ours)
    assert accepted(serve(world=world.document()), world.ann, file_system()) == arn()
    writing = file_system(access="rw")
    assert_invalid(create(serve, world, writing), "elasticfilesystem:ClientWrite")


def test_file_systems_as_condition_keys(serve):
    wanted = {
        "StringEquals": {
            "sagemaker:FileSystemId": "fs-01234567",
            "sagemaker:FileSystemAccessMode": "ro",
            "sagemaker:FileSystemType": "EFS",
            "sagemaker:FileSystemDirectoryPath": "/data",
        }
    }
    passing = allow("iam:PassRole", on=ROLE_ARN)
    world = with_file_systems(caller=[allow("sagemaker:CreateTrainingJob", when=wanted), passing])
    assert accepted(serve(world=world.document()), world.ann, file_system()) == arn()
    assert create(serve, world, file_system(access="rw")).code == "AccessDeniedException"


OUTPUTS = {
    "the model": {"OutputDataConfig": {"S3OutputPath": "s3://elsewhere/models"}},
    "checkpoints": {"CheckpointConfig": {"S3Uri": "s3://elsewhere/checkpoints"}},
    "the debugger's": {"DebugHookConfig": {"S3OutputPath": "s3://elsewhere/debug"}},
    "TensorBoard's": {"TensorBoardOutputConfig": {"S3OutputPath": "s3://elsewhere/board"}},
    "the profiler's": {"ProfilerConfig": {"S3OutputPath": "s3://elsewhere/profile"}},
}


@pytest.mark.parametrize("name", OUTPUTS)
def test_every_output_is_written_by_the_role(serve, name):
    world = World()
    world.account.bucket("elsewhere")
    assert_invalid(create(serve, world, job(**OUTPUTS[name])), "elsewhere")
    everywhere = ["arn:aws:s3:::elsewhere", "arn:aws:s3:::elsewhere/*"]
    detail = world.account.document["iam"]["RoleDetailList"][0]
    writing = policy(allow("s3:*", on=everywhere))
    detail["RolePolicyList"].append({"PolicyName": "Elsewhere", "PolicyDocument": writing})
    assert accepted(serve(world=world.document()), world.ann, job(**OUTPUTS[name])) == arn()


def test_an_output_bucket_that_does_not_exist(serve):
    world = World(role=[*without(ROLE), allow("s3:*")])
    request = job(OutputDataConfig={"S3OutputPath": "s3://absentbucket/models"})
    assert_invalid(create(serve, world, request), "The specified bucket does not exist")


def test_an_output_bucket_with_a_key_of_its_own(serve):
    encryption = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": KEY_ARN}
    request = job(OutputDataConfig={"S3OutputPath": "s3://vault/models"})
    writing = allow("s3:PutObject", on="arn:aws:s3:::vault/*")
    world = World(role=[*without(ROLE), writing])
    world.account.bucket("vault", encryption=encryption)
    assert_invalid(create(serve, world, request), "kms:GenerateDataKey", KEY_ARN)
    world = World(role=[*without(ROLE), writing, allow("kms:GenerateDataKey", on=KEY_ARN)])
    world.account.bucket("vault", encryption=encryption)
    assert accepted(serve(world=world.document()), world.ann, request) == arn()


def test_objects_are_read_by_their_tags(serve):
    """The statement of AmazonSageMakerFullAccess that opens tagged objects, whatever the letters of the value."""
    tagged = {"StringEqualsIgnoreCase": {"s3:ExistingObjectTag/SageMaker": "true"}}
    role = [*without(ROLE, "read"), allow("s3:GetObject", when=tagged)]
    for value, enough in [({"SageMaker": "True"}, True), ({"SageMaker": "no"}, False), ({}, False)]:
        world = World(role=role)
        world.account.document["s3"]["buckets"][0]["Objects"][0]["TagSet"] = tags(**value)
        if enough:
            assert accepted(serve(world=world.document()), world.ann, job()) == arn()
        else:
            assert_invalid(create(serve, world, job()), "s3:GetObject")


def test_one_unreadable_object_among_many_is_enough(serve):
    role = [*without(ROLE), deny("s3:GetObject", on="arn:aws:s3:::inputbucket/train/z-last.csv")]
    world = World(role=role)
    world.account.document["s3"]["buckets"][0]["Objects"].append({"Key": "train/z-last.csv", "Size": 1})
    assert_invalid(create(serve, world, job()), "s3:GetObject", "z-last.csv")


XGBOOST = f"683313688378.dkr.ecr.{REGION}.amazonaws.com/sagemaker-xgboost:1.7-1"


def test_an_image_of_aws_needs_the_roles_side_alone(serve):
    world = World()
    assert create(serve, world, image(XGBOOST)).message == no_image("sagemaker-xgboost", "683313688378")
    world = World(role=[*without(ROLE), {**ROLE["pull"], "Resource": "arn:aws:ecr:*:683313688378:repository/*"}])
    assert accepted(serve(world=world.document()), world.ann, image(XGBOOST)) == arn()


def test_an_image_without_tag_is_the_latest(serve):
    world = World()
    assert accepted(serve(world=world.document()), world.ann, image(IMAGE.removesuffix(":latest"))) == arn()


def test_an_image_from_elsewhere(serve):
    assert create(serve, World(), image("docker.io/library/python:3")).code == "ValidationException"


def test_neither_image_nor_algorithm(serve):
    refusal = create(serve, World(), job(AlgorithmSpecification={"TrainingInputMode": "File"}))
    assert refusal.code == "ValidationException"


def test_no_resources(serve):
    assert create(serve, World(), job(ResourceConfig=ABSENT)).code == "ValidationException"


def test_pipe_and_fast_file_do_not_mix(serve):
    request = job(InputDataConfig=[channel("s3://inputbucket/train/", InputMode="FastFile")])
    request["AlgorithmSpecification"] = {"TrainingImage": IMAGE, "TrainingInputMode": "Pipe"}
    refusal = create(serve, World(), request)
    expected = "Cannot use both 'Pipe' and 'FastFile' TrainingInputMode on the same Training Job."
    assert (refusal.code, refusal.message) == ("ValidationException", expected)


def test_a_bucket_policy_may_be_all_that_lets_the_role_in(serve):
    world = World(role=without(ROLE, "find", "read"))
    granted = [
        allow("s3:ListBucket", on="arn:aws:s3:::inputbucket", principal={"AWS": ROLE_ARN}),
        allow("s3:GetObject", on="arn:aws:s3:::inputbucket/*", principal={"AWS": ROLE_ARN}),
    ]
    world.account.document["s3"]["buckets"][0]["Policy"] = policy(*granted)
    assert accepted(serve(world=world.document()), world.ann, job()) == arn()
    root = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
    world.account.document["s3"]["buckets"][0]["Policy"] = policy(*({**made, "Principal": root} for made in granted))
    assert create(serve, world, job()).message == no_objects("s3://inputbucket/train/", "inputbucket")
