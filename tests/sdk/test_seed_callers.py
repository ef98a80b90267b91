"""What the documentation's policies let callers do: basic, PassRole, consoles, AWS managed policies, notebook jobs."""

import json

import pytest
from jobs import ABSENT, cannot_assume, channel, implicit, job, tags
from kinds import PLACE
from seeds import DENIED, INVALID, Row, Stage, role, rows
from test_seed_roles import IN_VPC, model, notebook
from worlds import ACCOUNT, KEY_ARN, trust


@pytest.fixture(scope="module")
def stage():
    made = Stage()
    yield made
    made.close()


def says(who, action, resource=None):
    return implicit(action, resource, who=f"user/{who}")


MODELS = [
    Row("own-role", "ann", "create_model", model("own-role", "ModelRole")),
    Row(
        "other-role",
        "ann",
        "create_model",
        model("other-role", "OtherRole"),
        DENIED,
        says("ann", "iam:PassRole", role("OtherRole")),
    ),
    Row("list", "ann", "list_models", {}, DENIED, says("ann", "sagemaker:ListModels")),
    Row(
        "tagged",
        "ann",
        "create_model",
        model("tagged", "ModelRole", Tags=tags(a="b")),
        DENIED,
        says("ann", "sagemaker:AddTags", f"{PLACE}:model/tagged"),
    ),
    Row("describe", "ann", "describe_model", {"ModelName": "first"}),
    Row("delete", "ann", "delete_model", {"ModelName": "second"}),
    Row(
        "train",
        "ann",
        "create_training_job",
        job("train", RoleArn=role("ModelRole")),
        DENIED,
        says("ann", "sagemaker:CreateTrainingJob", f"{PLACE}:training-job/train"),
    ),
]


@rows(MODELS)
def test_the_basic_policy(stage, row):
    made = [("create_model", model(name, "ModelRole")) for name in ("first", "second")]
    stage.play("basic-policy", row, *made)


def trains(label, who, held, refusal=None, *words, **members):
    request = {"OutputDataConfig": {"S3OutputPath": "s3://outputbucket/path"}, **members}
    return Row(label, who, "create_training_job", job(label, RoleArn=role(held), **request), refusal, *words)


def not_passed(who, held):
    return says(who, "iam:PassRole", role(held))


@rows(
    [
        trains("to-sagemaker", "ann", "TeamRole"),
        trains("nothing-passed", "ben", "TeamRole", DENIED, not_passed("ben", "TeamRole")),
        trains("to-glue-only", "eve", "TeamRole", DENIED, not_passed("eve", "TeamRole")),
        trains("one-role", "joe", "TeamRole"),
        trains("not-that-role", "joe", "OtherRole", DENIED, not_passed("joe", "OtherRole")),
        trains("absent-role-hidden", "joe", "NoRole", DENIED, not_passed("joe", "NoRole")),
        trains("absent-role", "ann", "NoRole", INVALID, cannot_assume(role("NoRole"))),
    ]
)
def test_passing_roles(stage, row):
    stage.play("pass-role", row)


FORBIDDEN = (403, "AccessDenied")
TRUST = json.dumps(trust())


@rows(
    [
        notebook("in-service", "NotebookRole"),
        # The console may look networks up, which is not enough to put a notebook into one.
        notebook("in-vpc", "NotebookRole", DENIED, "...ec2:CreateNetworkInterface", **IN_VPC),
        notebook("with-key", "NotebookRole", DENIED, "...kms:CreateGrant", KmsKeyId=KEY_ARN),
        Row("list-roles", "ann", "list_roles", {}, service="iam"),
        Row(
            "create-role",
            "ann",
            "create_role",
            {"RoleName": "Execution", "AssumeRolePolicyDocument": TRUST},
            service="iam",
        ),
        Row(
            "delete-role",
            "ann",
            "delete_role",
            {"RoleName": "NotebookRole"},
            FORBIDDEN,
            says("ann", "iam:DeleteRole", "role NotebookRole"),
            service="iam",
        ),
        Row(
            "write-role-policy",
            "ann",
            "put_role_policy",
            {"RoleName": "NotebookRole", "PolicyName": "p", "PolicyDocument": "{}"},
            FORBIDDEN,
            says("ann", "iam:PutRolePolicy", "role NotebookRole"),
            service="iam",
        ),
    ]
)
def test_the_console_policy(stage, row):
    stage.play("console", row)


@pytest.mark.parametrize(
    "action, decision",
    [
        ("groundtruthlabeling:DescribeConsoleJob", "allowed"),
        ("cognito-idp:CreateUserPool", "allowed"),
        ("s3:SelectObjectContent", "allowed"),
        ("s3:DeleteObject", "implicitDeny"),
        ("sagemaker:CreateLabelingJob", "implicitDeny"),
        ("iam:PassRole", "implicitDeny"),
    ],
)
def test_the_ground_truth_console_policy(stage, action, decision):
    request = {"PolicySourceArn": f"arn:aws:iam::{ACCOUNT}:user/ann", "ActionNames": [action]}
    row = Row(action, "root", "simulate_principal_policy", request, service="iam")
    answer = stage.play("ground-truth-console", row)
    assert [made["EvalDecision"] for made in answer["EvaluationResults"]] == [decision]


def test_the_ground_truth_console_policy_creates_nothing_in_sagemaker(stage):
    text = says("ann", "sagemaker:CreateTrainingJob", f"{PLACE}:training-job/job")
    stage.play("ground-truth-console", trains("job", "ann", "Any", DENIED, text))


def reads(label, bucket, refusal=None, *words, who="ann", key="train/", held="FullAccessRole", **members):
    source = [channel(f"s3://{bucket}/{key}")]
    output = {"S3OutputPath": "s3://sagemaker-data/out"}
    return trains(
        label, who, held, refusal, *words, **{"InputDataConfig": source, "OutputDataConfig": output, **members}
    )


AS_ROLE = "assumed-role/FullAccessRole/SageMaker"


@rows(
    [
        reads("named-bucket", "sagemaker-data"),
        reads("tagged-object", "tagged-data", key="data.csv"),
        # The policy lists any bucket, but reads only those of SageMaker's name and objects of its tag.
        reads(
            "other-bucket",
            "my-data",
            INVALID,
            implicit("s3:GetObject", '"arn:aws:s3:::my-data/train/data.csv"', who=AS_ROLE),
        ),
        reads("mistagged", "mistagged-data", INVALID, "...s3:GetObject", "...mistagged-data", key="data.csv"),
        reads(
            "other-output",
            "sagemaker-data",
            INVALID,
            "...s3:PutObject",
            "...my-results",
            OutputDataConfig={"S3OutputPath": "s3://my-results/out"},
        ),
        reads("untrusting", "sagemaker-data", INVALID, cannot_assume(role("GlueRole")), held="GlueRole"),
        reads(
            "read-only",
            "sagemaker-data",
            DENIED,
            says("ben", "sagemaker:CreateTrainingJob", f"{PLACE}:training-job/read-only"),
            who="ben",
        ),
        Row("read-only-lists", "ben", "list_training_jobs", {}),
        Row("read-only-lists-aws", "eve", "list_training_jobs", {}),
        Row("read-only-describes", "ben", "describe_training_job", {"TrainingJobName": "before"}),
        Row(
            "read-only-stops",
            "eve",
            "stop_training_job",
            {"TrainingJobName": "before"},
            DENIED,
            says("eve", "sagemaker:StopTrainingJob", f"{PLACE}:training-job/before"),
        ),
        Row("lists-roles", "ann", "list_roles", {}, service="iam"),
    ]
)
def test_the_managed_policies(stage, row):
    before = reads("before", "sagemaker-data")
    stage.play("managed-policies", row, (before.operation, before.request))


@pytest.fixture(scope="module")
def late():
    """What AWS finds out after the create call fails the job here too."""
    made = Stage("--preflight", "aws")
    yield made
    made.close()


FORBIDDEN_DATA = "ClientError: Data download failed:Failed to download data. 403 Forbidden (403): Forbidden"


@pytest.mark.parametrize("label, bucket, key", [("other", "my-data", "train/"), ("tag", "mistagged-data", "data.csv")])
def test_full_access_lists_a_bucket_that_it_cannot_read(late, label, bucket, key):
    late.play("managed-policies", reads(label, bucket, key=key))
    shown = late.play("managed-policies", Row(label, "ann", "describe_training_job", {"TrainingJobName": label}))
    assert (shown["TrainingJobStatus"], shown["FailureReason"]) == ("Failed", FORBIDDEN_DATA)


ARTIFACTS = f"s3://sagemaker-automated-execution-{ACCOUNT}-us-east-1/job"
SCHEDULED = [{"Key": "sagemaker:is-scheduling-notebook-job", "Value": "true"}]


def runs(label, refusal=None, *words, who="ann", held="NotebookJobRole", **members):
    request = {
        "InputDataConfig": [channel(f"{ARTIFACTS}/input/")],
        "OutputDataConfig": {"S3OutputPath": f"{ARTIFACTS}/output"},
        "Tags": SCHEDULED,
        **members,
    }
    return trains(label, who, held, refusal, *words, **request)


def job_arn(name):
    return f"{PLACE}:training-job/{name}"


OUTPUT_WITH_KEY = {"S3OutputPath": f"{ARTIFACTS}/output", "KmsKeyId": KEY_ARN}


@rows(
    [
        runs("scheduled"),
        runs("untagged", DENIED, says("ann", "sagemaker:CreateTrainingJob", job_arn("untagged")), Tags=ABSENT),
        runs(
            "tagged-false",
            DENIED,
            says("ann", "sagemaker:CreateTrainingJob", job_arn("tagged-false")),
            Tags=[{"Key": "sagemaker:is-scheduling-notebook-job", "Value": "false"}],
        ),
        runs("other-data", INVALID, "...my-data", InputDataConfig=[channel("s3://my-data/train/")]),
        runs("driver", InputDataConfig=[channel("s3://sagemakerheadlessexecution-prod-us-east-1/driver/")]),
        runs("untrusting", INVALID, cannot_assume(role("LambdaRole")), held="LambdaRole"),
        runs("with-key", who="ben", held="KeyRole", OutputDataConfig=OUTPUT_WITH_KEY),
        runs("without-key", INVALID, "...kms:Encrypt", f"...{KEY_ARN}", OutputDataConfig=OUTPUT_WITH_KEY),
        Row("describes", "ann", "describe_training_job", {"TrainingJobName": "theirs"}),
        Row(
            "describes-others",
            "ann",
            "describe_training_job",
            {"TrainingJobName": "bare"},
            DENIED,
            says("ann", "sagemaker:DescribeTrainingJob", job_arn("bare")),
        ),
        Row("tags-the-bare-one", "ann", "add_tags", {"ResourceArn": job_arn("second"), "Tags": SCHEDULED}),
        Row("lists", "ann", "list_training_jobs", {}, DENIED, says("ann", "sagemaker:ListTrainingJobs")),
    ]
)
def test_notebook_jobs(stage, row):
    made = [runs("theirs"), runs("bare", Tags=ABSENT), runs("second", Tags=ABSENT)]
    stage.play("notebook-jobs", row, *[(before.operation, before.request) for before in made])
