"""CreateTrainingJob: what the execution role needs of KMS and EC2 before the job is accepted."""

import pytest
from endpoint import REGION
from jobs import accepted, arn, assert_invalid, channel, job, refused
from worlds import (
    ACCOUNT,
    KEY_ARN,
    KEY_ID,
    NETWORK,
    ROLE,
    ROLE_ARN,
    ROLE_KEYS,
    ROLE_NETWORK,
    World,
    allow,
    deny,
    policy,
    without,
)


def create(serve, world, request):
    return refused(serve(world=world.document()).client(world.ann).create_training_job, **request)


OUTPUT_KEY = {"S3OutputPath": "s3://outputbucket/models"}
VOLUME = {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 10}


@pytest.mark.parametrize("key", [KEY_ID, KEY_ARN, "alias/training", f"arn:aws:kms:{REGION}:{ACCOUNT}:alias/training"])
def test_a_key_in_every_notation(serve, key):
    request = job(OutputDataConfig={**OUTPUT_KEY, "KmsKeyId": key}, ResourceConfig={**VOLUME, "VolumeKmsKeyId": key})
    assert_invalid(create(serve, World(), request), "kms:")
    world = World(role=[*without(ROLE), ROLE_KEYS])
    assert accepted(serve(world=world.document()), world.ann, request) == arn()


def test_the_output_is_encrypted_by_the_role(serve):
    request = job(OutputDataConfig={**OUTPUT_KEY, "KmsKeyId": KEY_ARN})
    reading = allow("kms:Decrypt", "kms:DescribeKey", on=KEY_ARN)
    assert_invalid(create(serve, World(role=[*without(ROLE), reading]), request), "kms:", KEY_ARN)
    world = World(role=[*without(ROLE), allow("kms:Encrypt", "kms:GenerateDataKey", on=KEY_ARN)])
    assert accepted(serve(world=world.document()), world.ann, request) == arn()


def test_a_grant_on_the_volume_key_may_come_from_the_caller(serve):
    request = job(ResourceConfig={**VOLUME, "VolumeKmsKeyId": KEY_ARN})
    world = World(caller=[allow("*")], role=[*without(ROLE), deny("kms:CreateGrant")])
    assert accepted(serve(world=world.document()), world.ann, request) == arn()
    world = World(role=without(ROLE))
    assert_invalid(create(serve, world, request), "kms:CreateGrant")


@pytest.mark.parametrize("state", ["Disabled", "PendingDeletion"])
def test_a_key_out_of_use(serve, state):
    world = World(role=[*without(ROLE), ROLE_KEYS])
    world.account.document["kms"]["keys"][0]["KeyState"] = state
    assert_invalid(create(serve, world, job(OutputDataConfig={**OUTPUT_KEY, "KmsKeyId": KEY_ARN})), KEY_ARN)


def test_a_key_that_does_not_exist(serve):
    absent = KEY_ARN.replace("0d3e", "9999")
    world = World(role=[*without(ROLE), allow("kms:*")])
    assert_invalid(create(serve, world, job(OutputDataConfig={**OUTPUT_KEY, "KmsKeyId": absent})), absent)


def test_a_key_policy_that_leaves_nothing_to_iam(serve):
    world = World(role=[*without(ROLE), ROLE_KEYS])
    admin = allow("kms:*", principal={"AWS": f"arn:aws:iam::{ACCOUNT}:user/ann"})
    world.account.document["kms"]["keys"][0]["Policy"] = policy(admin)
    assert_invalid(create(serve, world, job(OutputDataConfig={**OUTPUT_KEY, "KmsKeyId": KEY_ARN})), "kms:")
    world.account.document["kms"]["keys"][0]["Policy"] = policy(admin, allow("kms:*", principal={"AWS": ROLE_ARN}))
    request = job(OutputDataConfig={**OUTPUT_KEY, "KmsKeyId": KEY_ARN})
    assert accepted(serve(world=world.document()), world.ann, request) == arn()


def test_encrypted_input_is_decrypted(serve):
    encryption = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": KEY_ARN}
    for role, enough in [([], False), ([allow("kms:Decrypt", on=KEY_ARN)], True)]:
        world = World(role=[*without(ROLE), *role])
        world.account.bucket("secretbucket", "train/data.csv", encryption=encryption)
        reading = allow("s3:*", on=["arn:aws:s3:::secretbucket", "arn:aws:s3:::secretbucket/*"])
        world.account.document["iam"]["RoleDetailList"][0]["RolePolicyList"].append(
            {"PolicyName": "Secret", "PolicyDocument": policy(reading)}
        )
        request = job(InputDataConfig=[channel("s3://secretbucket/train/")])
        if enough:
            assert accepted(serve(world=world.document()), world.ann, request) == arn()
        else:
            assert_invalid(create(serve, world, request), "kms:Decrypt", KEY_ARN)


def test_a_network_needs_ec2(serve):
    request = job(VpcConfig=NETWORK)
    assert_invalid(create(serve, World(), request), "ec2:")
    for action in ROLE_NETWORK["Action"]:
        role = [*without(ROLE), ROLE_NETWORK, deny(action)]
        assert_invalid(create(serve, World(role=role), request), action)
    world = World(role=[*without(ROLE), ROLE_NETWORK])
    assert accepted(serve(world=world.document()), world.ann, request) == arn()


@pytest.mark.parametrize(
    "network, message",
    [
        ({**NETWORK, "Subnets": ["subnet-99999999"]}, "The subnet ID 'subnet-99999999' does not exist"),
        ({**NETWORK, "SecurityGroupIds": ["sg-99999999"]}, "The security group 'sg-99999999' does not exist"),
    ],
)
def test_a_network_that_does_not_exist(serve, network, message):
    assert_invalid(create(serve, World(role=[*without(ROLE), ROLE_NETWORK]), job(VpcConfig=network)), message)
