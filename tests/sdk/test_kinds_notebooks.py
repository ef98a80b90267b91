"""Notebook instances: what the caller needs for network and key, roles, states, presigned URLs, code repositories."""

import pytest
from endpoint import REGION
from jobs import assert_invalid, explicit, implicit, refused, tags
from kinds import PLACE
from worlds import KEY_ARN, NETWORK, PASS_ROLE, ROLE_ARN, World, allow, deny

NOTEBOOK = f"{PLACE}:notebook-instance/n"
NETWORK_CALLER = {
    "make": allow("ec2:CreateNetworkInterface"),
    "groups": allow("ec2:DescribeSecurityGroups"),
    "subnets": allow("ec2:DescribeSubnets"),
    "vpcs": allow("ec2:DescribeVpcs"),
}
KEY_CALLER = allow("kms:DescribeKey", "kms:CreateGrant", on=KEY_ARN)
CALLER = [allow("sagemaker:*"), PASS_ROLE]


def notebook(name="n", **members):
    return {"NotebookInstanceName": name, "InstanceType": "ml.t3.medium", "RoleArn": ROLE_ARN, **members}


def in_vpc(**members):
    return notebook(SubnetId=NETWORK["Subnets"][0], SecurityGroupIds=NETWORK["SecurityGroupIds"], **members)


def client(serve, *flags, **options):
    world = World(**{"caller": CALLER, **options})
    return serve(*flags, world=world.document()).client(world.ann)


def test_a_notebook_from_creation_to_deletion(serve):
    sagemaker = client(serve)
    assert sagemaker.create_notebook_instance(**notebook(Tags=tags(team="a")))["NotebookInstanceArn"] == NOTEBOOK
    once = {"Delay": 1, "MaxAttempts": 2}
    sagemaker.get_waiter("notebook_instance_in_service").wait(NotebookInstanceName="n", WaiterConfig=once)
    shown = sagemaker.describe_notebook_instance(NotebookInstanceName="n")
    assert shown["Url"] == f"n.notebook.{REGION}.sagemaker.aws"
    assert (shown["RootAccess"], shown["DirectInternetAccess"], shown["VolumeSizeInGB"]) == ("Enabled", "Enabled", 5)
    url = sagemaker.create_presigned_notebook_instance_url(NotebookInstanceName="n")["AuthorizedUrl"]
    assert url.startswith(f"https://n.notebook.{REGION}.sagemaker.aws?authToken=")
    refusal = refused(sagemaker.delete_notebook_instance, NotebookInstanceName="n")
    text = f"Status (InService) not in ([Stopped, Failed]). Unable to transition to (Deleting) for Notebook Instance ({NOTEBOOK})"
    assert_invalid(refusal, text)
    sagemaker.stop_notebook_instance(NotebookInstanceName="n")
    sagemaker.get_waiter("notebook_instance_stopped").wait(NotebookInstanceName="n", WaiterConfig=once)
    sagemaker.update_notebook_instance(NotebookInstanceName="n", InstanceType="ml.t3.large")
    sagemaker.start_notebook_instance(NotebookInstanceName="n")
    [summary] = sagemaker.list_notebook_instances(StatusEquals="InService")["NotebookInstances"]
    assert summary["InstanceType"] == "ml.t3.large"
    sagemaker.stop_notebook_instance(NotebookInstanceName="n")
    sagemaker.delete_notebook_instance(NotebookInstanceName="n")
    assert_invalid(refused(sagemaker.describe_notebook_instance, NotebookInstanceName="n"), "RecordNotFound")


@pytest.mark.parametrize("left_out", NETWORK_CALLER)
def test_the_caller_makes_the_network_interface(serve, left_out):
    client(serve, caller=[*CALLER, *NETWORK_CALLER.values()]).create_notebook_instance(**in_vpc())
    lacking = [made for name, made in NETWORK_CALLER.items() if name != left_out]
    refusal = refused(client(serve, caller=[*CALLER, *lacking]).create_notebook_instance, **in_vpc())
    assert (refusal.status, refusal.code) == (400, "AccessDeniedException")
    assert "is not authorized to perform: " + NETWORK_CALLER[left_out]["Action"][0] in refusal.message


def test_the_caller_grants_the_key(serve):
    request = notebook(KmsKeyId="alias/training")
    client(serve, caller=[*CALLER, KEY_CALLER]).create_notebook_instance(**request)
    refusal = refused(client(serve).create_notebook_instance, **request)
    assert refusal.code == "AccessDeniedException"
    assert refusal.message == implicit("kms:DescribeKey", KEY_ARN)


def test_calls_on_the_callers_behalf_say_so(serve):
    by_service = {"Bool": {"aws:ViaAWSService": "true"}}
    forwarded = [allow(*made["Action"], when=by_service) for made in NETWORK_CALLER.values()]
    client(serve, caller=[*CALLER, *forwarded]).create_notebook_instance(**in_vpc())


def test_no_root_and_no_internet(serve):
    hardened = {"StringEquals": {"sagemaker:RootAccess": "Disabled", "sagemaker:DirectInternetAccess": "Disabled"}}
    caller = [allow("sagemaker:CreateNotebookInstance", when=hardened), PASS_ROLE, *NETWORK_CALLER.values()]
    sagemaker = client(serve, caller=caller)
    refusal = refused(sagemaker.create_notebook_instance, **in_vpc())
    assert refusal.message == implicit("sagemaker:CreateNotebookInstance", NOTEBOOK)
    sagemaker.create_notebook_instance(**in_vpc(RootAccess="Disabled", DirectInternetAccess="Disabled"))
    assert_invalid(refused(client(serve).create_notebook_instance, **notebook(DirectInternetAccess="Disabled")))


def test_roles_are_passed_at_create_update_and_start(serve):
    other = World(caller=[allow("sagemaker:*")])
    refusal = refused(serve(world=other.document()).client(other.ann).create_notebook_instance, **notebook())
    assert refusal.message == implicit("iam:PassRole", ROLE_ARN)

    world = World(caller=CALLER)
    bob = world.account.user("bob", allow("sagemaker:*"))
    endpoint = serve(world=world.document())
    sagemaker = endpoint.client(world.ann)
    sagemaker.create_notebook_instance(**notebook())
    sagemaker.stop_notebook_instance(NotebookInstanceName="n")
    without_role = endpoint.client(bob)
    for call, members in [
        (without_role.start_notebook_instance, {}),
        (without_role.update_notebook_instance, {"RoleArn": ROLE_ARN}),
    ]:
        refusal = refused(call, NotebookInstanceName="n", **members)
        assert refusal.message == implicit("iam:PassRole", ROLE_ARN, who="user/bob")
    without_role.update_notebook_instance(NotebookInstanceName="n", InstanceType="ml.t3.large")


def test_subnets_and_keys_that_are_not_there(serve):
    caller = [*CALLER, *NETWORK_CALLER.values(), allow("kms:*")]
    sagemaker = client(serve, caller=caller)
    refusal = refused(sagemaker.create_notebook_instance, **notebook(SubnetId="subnet-none"))
    assert_invalid(refusal, "The subnet ID 'subnet-none' does not exist")
    groups = notebook(SubnetId=NETWORK["Subnets"][0], SecurityGroupIds=["sg-none"])
    assert_invalid(refused(sagemaker.create_notebook_instance, **groups), "The security group 'sg-none' does not exist")
    absent = KEY_ARN[:-1] + "0"
    assert_invalid(refused(sagemaker.create_notebook_instance, **notebook(KmsKeyId=absent)), "does not exist")
    client(serve, "--resources", "assume", caller=caller).create_notebook_instance(**groups)


def test_lifecycle_configurations_and_repositories(serve):
    sagemaker = client(serve)
    name = "NotebookInstanceLifecycleConfigName"
    arn = f"{PLACE}:notebook-instance-lifecycle-config/l"
    sagemaker.create_notebook_instance_lifecycle_config(**{name: "l"}, OnStart=[{"Content": "ZWNobwo="}])
    refusal = refused(sagemaker.create_notebook_instance_lifecycle_config, **{name: "l"})
    assert_invalid(
        refusal,
        f"Unable to create Notebook Instance Lifecycle Config {arn}. (Details: Notebook Instance Lifecycle Config "
        "already exists.)",
    )
    sagemaker.create_code_repository(CodeRepositoryName="r", GitConfig={"RepositoryUrl": "https://github.com/o/r.git"})
    sagemaker.create_notebook_instance(**notebook(LifecycleConfigName="l", DefaultCodeRepository="r"))
    for members in [{"LifecycleConfigName": "absent"}, {"DefaultCodeRepository": "absent"}]:
        assert_invalid(refused(sagemaker.create_notebook_instance, **notebook("m", **members)), "absent")
    filters = {"NotebookInstanceLifecycleConfigNameContains": "l", "DefaultCodeRepositoryContains": "r"}
    assert len(sagemaker.list_notebook_instances(**filters)["NotebookInstances"]) == 1
    assert sagemaker.list_notebook_instances(AdditionalCodeRepositoryEquals="r")["NotebookInstances"] == []


def test_other_teams_notebooks_stay_closed(serve):
    mine = {"StringNotEquals": {"sagemaker:ResourceTag/team": "a"}}
    caller = [*CALLER, deny("sagemaker:CreatePresignedNotebookInstanceUrl", when=mine)]
    sagemaker = client(serve, caller=caller)
    sagemaker.create_notebook_instance(**notebook("mine", Tags=tags(team="a")))
    sagemaker.create_notebook_instance(**notebook("theirs", Tags=tags(team="b")))
    sagemaker.create_presigned_notebook_instance_url(NotebookInstanceName="mine")
    refusal = refused(sagemaker.create_presigned_notebook_instance_url, NotebookInstanceName="theirs")
    where = f"{PLACE}:notebook-instance/theirs"
    assert refusal.message == explicit("sagemaker:CreatePresignedNotebookInstanceUrl", where)
