"""Execution roles of the documentation for the five creates: full, scoped as printed and as meant, network, keys."""

import copy

import pytest
from jobs import cannot_assume, channel, implicit, job, no_image, no_objects
from kinds import invalid_role, no_model_data
from seeds import DENIED, INVALID, Row, Stage, role, rows
from test_kinds_processing import processing
from test_tuning import definition, tuning
from worlds import IMAGE, KEY_ARN

VPC = {"Subnets": ["subnet-0a1b2c3d"], "SecurityGroupIds": ["sg-0123abcd"]}
TRAIN, OBJECT, SEALED = "s3://inputbucket/train/", "s3://inputbucket/object", "s3://inputbucket/sealed/"


class Variation:
    """A request apart from its kind: its role, input, output, keys and network."""

    def __init__(self, held, source=TRAIN, target="s3://outputbucket/path", output_key=None, volume_key=None, vpc=None):
        self.role, self.source, self.target = role(held), source, target
        self.output_key, self.volume_key, self.vpc = output_key, volume_key, vpc


def training(name, made):
    request = job(name, RoleArn=made.role, InputDataConfig=[channel(made.source)])
    request["OutputDataConfig"] = {"S3OutputPath": made.target}
    if made.output_key:
        request["OutputDataConfig"]["KmsKeyId"] = made.output_key
    if made.volume_key:
        request["ResourceConfig"]["VolumeKmsKeyId"] = made.volume_key
    if made.vpc:
        request["VpcConfig"] = made.vpc
    return request


def tuned(name, made):
    named = ("TrainingJobName", "RoleArn")
    members = {member: value for member, value in training(name, made).items() if member not in named}
    return tuning(name, TrainingJobDefinition=definition(made.role, **members))


def processed(name, made):
    request = copy.deepcopy(processing(name, RoleArn=made.role))
    request["ProcessingInputs"][0]["S3Input"]["S3Uri"] = made.source
    request["ProcessingOutputConfig"]["Outputs"][0]["S3Output"]["S3Uri"] = made.target
    if made.output_key:
        request["ProcessingOutputConfig"]["KmsKeyId"] = made.output_key
    if made.volume_key:
        request["ProcessingResources"]["ClusterConfig"]["VolumeKmsKeyId"] = made.volume_key
    if made.vpc:
        request["NetworkConfig"] = {"VpcConfig": made.vpc}
    return request


JOBS = {
    "role-tuning": ("create_hyper_parameter_tuning_job", tuned),
    "role-training": ("create_training_job", training),
    "role-processing": ("create_processing_job", processed),
}
KEYED = {"output_key": KEY_ARN}
VOLUME = {"volume_key": KEY_ARN}
# What each role may do, and the words where it may not.
ALLOWED = [
    ("full", "FullRole", {}),
    ("full-with-one-object", "FullRole", {"source": OBJECT}),
    ("scoped", "ScopedRole", {}),
    ("network", "NetworkRole", {"vpc": VPC}),
    ("encrypted-input", "InputKeyRole", {"source": SEALED}),
    ("encrypted-output", "OutputKeyRole", KEYED),
    ("encrypted-volume", "VolumeKeyRole", VOLUME),
]
REFUSED = [
    # An ECR ARN without Region and account matches no repository.
    ("printed", "PrintedRole", {"source": OBJECT}, [no_image(role=role("PrintedRole"))]),
    ("scoped-in-vpc", "ScopedRole", {"vpc": VPC}, ["...ec2:", "...ScopedRole"]),
    ("scoped-reads-sealed", "ScopedRole", {"source": SEALED}, ["...kms:Decrypt"]),
    ("scoped-encrypts-output", "ScopedRole", KEYED, ["...kms:Encrypt", f"...{KEY_ARN}"]),
    ("scoped-encrypts-volume", "ScopedRole", VOLUME, ["...kms:CreateGrant", f"...{KEY_ARN}"]),
    ("input-key-does-not-encrypt", "InputKeyRole", KEYED, ["...kms:Encrypt", f"...{KEY_ARN}"]),
    ("output-key-does-not-decrypt", "OutputKeyRole", {"source": SEALED}, ["...kms:Decrypt"]),
    ("other-output", "ScopedRole", {"target": "s3://outputbucket/elsewhere"}, ["...s3:PutObject", "...outputbucket"]),
    ("untrusted", "UntrustedRole", {}, [cannot_assume(role("UntrustedRole"))]),
    ("no-role", "NoRole", {}, [cannot_assume(role("NoRole"))]),
]


@pytest.fixture(scope="module")
def stage():
    made = Stage()
    yield made
    made.close()


@pytest.mark.parametrize("world", JOBS)
@pytest.mark.parametrize("label, held, varied", ALLOWED, ids=[made[0] for made in ALLOWED])
def test_a_role_that_suffices(stage, world, label, held, varied):
    operation, request = JOBS[world]
    answer = stage.play(world, Row(label, "ann", operation, request(label, Variation(held, **varied))))
    assert label in next(value for member, value in answer.items() if member.endswith("Arn"))


@pytest.mark.parametrize("world", JOBS)
@pytest.mark.parametrize("label, held, varied, says", REFUSED, ids=[made[0] for made in REFUSED])
def test_a_role_that_does_not(stage, world, label, held, varied, says):
    operation, request = JOBS[world]
    stage.play(world, Row(label, "ann", operation, request(label, Variation(held, **varied)), INVALID, *says))


@pytest.mark.parametrize("world", JOBS)
def test_a_prefix_that_the_role_may_not_list(stage, world):
    operation, request = JOBS[world]
    made, url = request("unlisted", Variation("ScopedRole", source="s3://outputbucket/in/")), "s3://outputbucket/in/"
    says = ["...s3:ListBucket"] if world == "role-processing" else [no_objects(url, "outputbucket", role("ScopedRole"))]
    stage.play(world, Row("unlisted", "ann", operation, made, INVALID, *says))


@pytest.mark.parametrize("world, kind", [*zip(JOBS, ["hyper-parameter-tuning-job", "training-job", "processing-job"])])
def test_a_caller_who_may_not_pass_the_role(stage, world, kind):
    operation, request = JOBS[world]
    made = request("unpassed", Variation("FullRole"))
    text = implicit("iam:PassRole", role("FullRole"), who="user/ben")
    stage.play(world, Row("unpassed", "ben", operation, made, DENIED, text))


def test_a_bucket_path_without_a_star_names_one_object_only(stage):
    held, label = "RegistryMendedRole", "mended"
    made = training(label, Variation(held, source=OBJECT))
    output = "arn:aws:s3:::outputbucket/path/mended/output/model.tar.gz"
    says = implicit("s3:PutObject", f'"{output}"', who=f"assumed-role/{held}/SageMaker")
    stage.play("role-training", Row(label, "ann", "create_training_job", made, INVALID, says))


MODEL_DATA = "s3://inputbucket/train/model.tar.gz"


def model(name, held, data=MODEL_DATA, **members):
    container = {"Image": IMAGE, "ModelDataUrl": data}
    return {"ModelName": name, "ExecutionRoleArn": role(held), "PrimaryContainer": container, **members}


def cannot_pull(held):
    return f"The role '{held}' does not have BatchGetImage permission for the image: '{IMAGE}'."


def creates(label, held, refusal=None, *says, who="ann", **varied):
    return Row(label, who, "create_model", model(label, held, **varied), refusal, *says)


@rows(
    [
        creates("full", "FullRole"),
        creates("scoped", "ScopedRole"),
        creates("network", "NetworkRole", VpcConfig=VPC),
        creates("printed", "PrintedRole", INVALID, cannot_pull(role("PrintedRole")), data=OBJECT),
        creates("scoped-in-vpc", "ScopedRole", INVALID, "...ec2:", "...ScopedRole", VpcConfig=VPC),
        creates(
            "foreign-data",
            "ScopedRole",
            INVALID,
            no_model_data("s3://otherbucket/model.tar.gz", role("ScopedRole")),
            data="s3://otherbucket/model.tar.gz",
        ),
        creates("untrusted", "UntrustedRole", INVALID, invalid_role(role("UntrustedRole"))),
        creates("unpassed", "FullRole", DENIED, implicit("iam:PassRole", role("FullRole"), who="user/ben"), who="ben"),
    ]
)
def test_a_model(stage, row):
    stage.play("role-model", row)


def notebook(label, held, refusal=None, *says, who="ann", **members):
    request = {"NotebookInstanceName": label, "InstanceType": "ml.t3.medium", "RoleArn": role(held), **members}
    return Row(label, who, "create_notebook_instance", request, refusal, *says)


def from_notebook(label, session, held, refusal=None, *says, source=TRAIN):
    """A training job that code in a notebook creates with the notebook's own role."""
    return Row(
        label, f"ann>{session}", "create_training_job", training(label, Variation(held, source=source)), refusal, *says
    )


PRINTED, PRINTED_ROLE = ("PrintedRole", "PrintedRole"), role("PrintedRole")
IN_VPC = {"SubnetId": VPC["Subnets"][0], "SecurityGroupIds": VPC["SecurityGroupIds"], "KmsKeyId": KEY_ARN}


@rows(
    [
        notebook("full", "FullRole"),
        notebook("full-2019", "FullRole2019"),
        notebook("scoped", "ScopedRole"),
        notebook("untrusted", "UntrustedRole", INVALID, "...UntrustedRole"),
        notebook("unpassed", "FullRole", DENIED, implicit("iam:PassRole", role("FullRole"), who="user/ben"), who="ben"),
        notebook("in-vpc", "FullRole", who="eve", **IN_VPC),
        notebook("in-vpc-denied", "FullRole", DENIED, "...ec2:", **IN_VPC),
        from_notebook("full-trains", "FullRole", "FullRole"),
        from_notebook("full-2019-trains", "FullRole2019", "FullRole2019"),
        from_notebook("scoped-trains", "ScopedRole", "ScopedRole"),
        from_notebook("printed-trains", *PRINTED, INVALID, no_image(role=PRINTED_ROLE), source=f"{OBJECT}1"),
    ]
)
def test_a_notebook_and_what_runs_in_it(stage, row):
    stage.play("role-notebook", row)


