"""Models, endpoint configurations, endpoints and transform jobs: who may, with which role, and in which words not."""

import pytest
from jobs import assert_invalid, implicit, refused, tags
from kinds import (
    BATCH,
    DATA,
    MODEL,
    MODEL_ROLE,
    PASS_MODEL_ROLE,
    PLACE,
    UNTRUSTING,
    config,
    inference,
    invalid_role,
    model,
    no_model_data,
    transform,
)
from worlds import ACCOUNT, IMAGE, KEY_ARN, NETWORK, ROLE_NETWORK, allow, deny, without


def client(serve, *flags, **options):
    world = inference(**options)
    return serve(*flags, world=world.document()).client(world.ann)


def deploy(sagemaker):
    sagemaker.create_model(**model())
    sagemaker.create_endpoint_config(**config())
    return sagemaker.create_endpoint(EndpointName="e", EndpointConfigName="c")


def test_from_a_model_to_an_endpoint(serve):
    sagemaker = client(serve)
    assert deploy(sagemaker)["EndpointArn"] == f"{PLACE}:endpoint/e"
    sagemaker.get_waiter("endpoint_in_service").wait(EndpointName="e", WaiterConfig={"Delay": 1, "MaxAttempts": 2})
    shown = sagemaker.describe_model(ModelName="m")
    assert shown["PrimaryContainer"] == {"Image": IMAGE, "ModelDataUrl": DATA, "Mode": "SingleModel"}
    [variant] = sagemaker.describe_endpoint(EndpointName="e")["ProductionVariants"]
    assert (variant["CurrentInstanceCount"], variant["CurrentWeight"]) == (1, 1.0)
    sagemaker.delete_endpoint(EndpointName="e")
    sagemaker.get_waiter("endpoint_deleted").wait(EndpointName="e", WaiterConfig={"Delay": 1, "MaxAttempts": 2})
    assert refused(sagemaker.describe_endpoint, EndpointName="e").message == f'Could not find endpoint "{PLACE}:endpoint/e".'


def test_a_model_without_its_role(serve):
    no_pass = client(serve, caller=[allow("sagemaker:*")])
    refusal = refused(no_pass.create_model, **model())
    assert refusal.code == "AccessDeniedException"
    assert refusal.message == implicit("iam:PassRole", MODEL_ROLE)
    untrusted = client(serve, trusted=UNTRUSTING)
    assert_invalid(refused(untrusted.create_model, **model()), invalid_role())
    sagemaker = client(serve)
    absent = f"arn:aws:iam::{ACCOUNT}:role/Absent"
    assert refused(sagemaker.create_model, **model(ExecutionRoleArn=absent)).code == "AccessDeniedException"


@pytest.mark.parametrize("url", [DATA, "s3://modelbucket/m/absent.tar.gz", "s3://nobodys/model.tar.gz"])
def test_model_data_that_cannot_be_read(serve, url):
    lacking = ["data"] if url == DATA else []
    sagemaker = client(serve, role=without(MODEL, *lacking))
    container = {"Image": IMAGE, "ModelDataUrl": url}
    assert_invalid(refused(sagemaker.create_model, **model(container=container)), no_model_data(url))


def test_uncompressed_model_data_is_listed(serve):
    source = {"S3DataType": "S3Prefix", "CompressionType": "None", "S3Uri": "s3://modelbucket/m/"}
    container = {"Image": IMAGE, "ModelDataSource": {"S3DataSource": source}}
    sagemaker = client(serve)
    assert_invalid(refused(sagemaker.create_model, **model(container=container)), no_model_data("s3://modelbucket/m/"))
    find = allow("s3:ListBucket", on="arn:aws:s3:::modelbucket")
    client(serve, role=[*MODEL.values(), find]).create_model(**model(container=container))


def test_an_image_that_cannot_be_pulled(serve):
    sagemaker = client(serve, role=without(MODEL, "pull"))
    refusal = refused(sagemaker.create_model, **model())
    assert_invalid(refusal, f"The role '{MODEL_ROLE}' does not have BatchGetImage permission for the image: '{IMAGE}'.")
    absent = IMAGE.replace(":latest", ":none")
    refusal = refused(client(serve).create_model, **model(container={"Image": absent}))
    assert_invalid(refusal, f"Requested image {absent} not found.")
    outside = refused(client(serve).create_model, **model(container={"Image": "docker.io/library/python:3"}))
    assert_invalid(outside, "Using non-ECR image without Vpc repository access mode is not supported")


@pytest.mark.parametrize("container", [{}, {"ModelDataUrl": DATA}, {"Image": IMAGE, "ModelPackageName": "p"}])
def test_containers_that_make_no_sense(serve, container):
    container = container or {"Environment": {"A": "b"}}
    refusal = refused(client(serve).create_model, **model(container=container))
    text = "Specify one of either Image and Model Data URL or ModelPackageName in container definition."
    assert_invalid(refusal, text)


def test_a_model_in_a_vpc(serve):
    request = model(VpcConfig=NETWORK)
    refusal = refused(client(serve).create_model, **request)
    assert_invalid(refusal, "ec2:DescribeNetworkInterfaces", "assumed-role/ModelRole/SageMaker")
    client(serve, role=[*MODEL.values(), ROLE_NETWORK]).create_model(**request)
    only = {"ForAllValues:StringEquals": {"sagemaker:VpcSubnets": NETWORK["Subnets"][:1]}}
    caller = [allow("sagemaker:CreateModel", when=only), PASS_MODEL_ROLE]
    refusal = refused(client(serve, caller=caller).create_model, **request)
    assert refusal.message == implicit("sagemaker:CreateModel", f"{PLACE}:model/m")


def test_names_that_are_taken_and_names_that_are_not(serve):
    sagemaker = client(serve)
    deploy(sagemaker)
    for call, request, noun, arn in [
        (sagemaker.create_model, model(), "model", f"{PLACE}:model/m"),
        (sagemaker.create_endpoint_config, config(), "endpoint configuration", f"{PLACE}:endpoint-config/c"),
        (
            sagemaker.create_endpoint,
            {"EndpointName": "e", "EndpointConfigName": "c"},
            "endpoint",
            f"{PLACE}:endpoint/e",
        ),
    ]:
        assert_invalid(refused(call, **request), f'Cannot create already existing {noun} "{arn}".')
    missing = f'Could not find model "{PLACE}:model/absent".'
    assert_invalid(refused(sagemaker.create_endpoint_config, **config("d", model="absent")), missing)
    assert_invalid(refused(sagemaker.create_transform_job, **transform(model="absent")), missing)
    missing = f'Could not find endpoint configuration "{PLACE}:endpoint-config/absent".'
    for call in (sagemaker.create_endpoint, sagemaker.update_endpoint):
        name = "f" if call is sagemaker.create_endpoint else "e"
        assert_invalid(refused(call, EndpointName=name, EndpointConfigName="absent"), missing)
    for call, member, noun, kind in [
        (sagemaker.delete_model, "ModelName", "model", "model"),
        (sagemaker.delete_endpoint_config, "EndpointConfigName", "endpoint configuration", "endpoint-config"),
        (sagemaker.delete_endpoint, "EndpointName", "endpoint", "endpoint"),
    ]:
        assert_invalid(refused(call, **{member: "absent"}), f'Could not find {noun} "{PLACE}:{kind}/absent".')


def test_an_endpoint_takes_permission_on_its_configuration_too(serve):
    for part in ("endpoint/*", "endpoint-config/*"):
        caller = [
            allow("sagemaker:CreateModel", "sagemaker:CreateEndpointConfig"),
            allow("sagemaker:CreateEndpoint", on=f"{PLACE}:{part}"),
            PASS_MODEL_ROLE,
        ]
        sagemaker = client(serve, caller=caller)
        sagemaker.create_model(**model())
        sagemaker.create_endpoint_config(**config())
        refusal = refused(sagemaker.create_endpoint, EndpointName="e", EndpointConfigName="c")
        other = "endpoint-config/c" if part == "endpoint/*" else "endpoint/e"
        assert refusal.message == implicit("sagemaker:CreateEndpoint", f"{PLACE}:{other}")


def test_the_roles_of_an_endpoints_models_are_checked_again(serve):
    world = inference()
    endpoint = serve(world=world.document())
    sagemaker = endpoint.client(world.ann)
    sagemaker.create_model(**model())
    sagemaker.create_endpoint_config(**config())
    status, _ = endpoint.control("PUT", "world", inference(trusted=UNTRUSTING).document())
    assert status in (200, 204)
    assert_invalid(refused(sagemaker.create_endpoint, EndpointName="e", EndpointConfigName="c"), invalid_role())


def test_the_key_of_an_endpoint_is_granted_by_the_caller(serve):
    caller = [allow("sagemaker:*"), PASS_MODEL_ROLE]
    grant = allow("kms:CreateGrant", on=KEY_ARN)
    for extra in ([], [grant]):
        sagemaker = client(serve, caller=[*caller, *extra])
        sagemaker.create_model(**model())
        sagemaker.create_endpoint_config(**config(KmsKeyId=KEY_ARN))
        request = {"EndpointName": "e", "EndpointConfigName": "c"}
        if extra:
            sagemaker.create_endpoint(**request)
        else:
            assert refused(sagemaker.create_endpoint, **request).message == implicit("kms:CreateGrant", KEY_ARN)


def test_condition_keys_of_configurations(serve):
    for when, allowed in [
        ({"ForAllValues:StringLike": {"sagemaker:InstanceTypes": ["ml.m5.*"]}}, True),
        ({"ForAllValues:StringLike": {"sagemaker:InstanceTypes": ["ml.c5.*"]}}, False),
        ({"ArnEquals": {"sagemaker:ModelArn": f"{PLACE}:model/m"}}, True),
        ({"ArnEquals": {"sagemaker:ModelArn": f"{PLACE}:model/other"}}, False),
        ({"Null": {"sagemaker:VolumeKmsKey": "false"}}, False),
    ]:
        caller = [allow("sagemaker:CreateModel"), allow("sagemaker:CreateEndpointConfig", when=when), PASS_MODEL_ROLE]
        sagemaker = client(serve, caller=caller)
        sagemaker.create_model(**model())
        if allowed:
            sagemaker.create_endpoint_config(**config())
        else:
            assert refused(sagemaker.create_endpoint_config, **config()).code == "AccessDeniedException"


def test_deleting_by_tag(serve):
    mine = {"StringEquals": {"aws:ResourceTag/team": "a"}}
    caller = [allow("sagemaker:*"), deny("sagemaker:DeleteModel", when={"StringNotEquals": mine["StringEquals"]}), PASS_MODEL_ROLE]
    sagemaker = client(serve, caller=caller)
    sagemaker.create_model(**model("mine", Tags=tags(team="a")))
    sagemaker.create_model(**model("theirs", Tags=tags(team="b")))
    sagemaker.delete_model(ModelName="mine")
    assert refused(sagemaker.delete_model, ModelName="theirs").code == "AccessDeniedException"


def test_a_transform_job_runs_as_its_models_role(serve):
    whole = {**MODEL, **BATCH}
    sagemaker = client(serve, role=whole.values(), caller=[allow("sagemaker:*"), PASS_MODEL_ROLE])
    sagemaker.create_model(**model())
    sagemaker.create_transform_job(**transform())
    shown = sagemaker.describe_transform_job(TransformJobName="t")
    assert shown["TransformJobStatus"] == "Completed" and shown["TransformStartTime"] <= shown["TransformEndTime"]
    for left_out, part in [("write", "s3:PutObject"), ("read", "inputbucket"), ("find", "s3:ListBucket")]:
        sagemaker = client(serve, role=without(whole, left_out))
        sagemaker.create_model(**model())
        assert_invalid(refused(sagemaker.create_transform_job, **transform()), part)


def test_a_role_that_is_found_out_later(serve):
    world = inference(role=without(MODEL, "pull"))
    endpoint = serve("--preflight", "aws", "--pace", "manual", world=world.document())
    sagemaker = endpoint.client(world.ann)
    deploy(sagemaker)
    endpoint.advance("PT10M")
    shown = sagemaker.describe_endpoint(EndpointName="e")
    assert shown["EndpointStatus"] == "Failed"
    assert shown["FailureReason"].startswith(f"The role '{MODEL_ROLE}' does not have BatchGetImage permission")
    sagemaker.delete_endpoint(EndpointName="e")
