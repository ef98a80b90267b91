"""Studio, the feature store, model packages, experiments and monitoring: condition keys, roles and what callers need."""

import pytest
from jobs import assert_invalid, implicit, refused, tags
from kinds import PLACE
from worlds import ACCOUNT, NETWORK, ROLE_ARN, World, allow, deny

PASS = allow("iam:PassRole", on=ROLE_ARN)
SERVICE_LINKED = allow(
    "iam:CreateServiceLinkedRole", when={"StringEquals": {"iam:AWSServiceName": "sagemaker.amazonaws.com"}}
)
CALLER = [allow("sagemaker:*"), PASS, SERVICE_LINKED]


def domain(**members):
    settings = {"ExecutionRole": ROLE_ARN, "SecurityGroups": NETWORK["SecurityGroupIds"]}
    return {
        "DomainName": "studio",
        "AuthMode": "IAM",
        "DefaultUserSettings": settings,
        "SubnetIds": NETWORK["Subnets"],
        "VpcId": "vpc-111bbaaa",
        **members,
    }


def client(serve, caller=CALLER, **options):
    world = World(caller=caller, **options)
    return serve(world=world.document()).client(world.ann)


def test_a_domain_a_profile_a_space_and_an_app(serve):
    sagemaker = client(serve)
    created = sagemaker.create_domain(**domain())
    id = created["DomainId"]
    assert created["DomainArn"] == f"{PLACE}:domain/{id}" and id.startswith("d-") and len(id) == 14
    sagemaker.create_user_profile(DomainId=id, UserProfileName="alice", UserSettings={"ExecutionRole": ROLE_ARN})
    sagemaker.create_space(
        DomainId=id,
        SpaceName="notes",
        OwnershipSettings={"OwnerUserProfileName": "alice"},
        SpaceSharingSettings={"SharingType": "Private"},
    )
    app = sagemaker.create_app(DomainId=id, SpaceName="notes", AppType="JupyterLab", AppName="default")
    assert app["AppArn"] == f"{PLACE}:app/{id}/notes/jupyterlab/default"
    assert sagemaker.describe_user_profile(DomainId=id, UserProfileName="alice")["Status"] == "InService"
    [listed] = sagemaker.list_spaces(DomainIdEquals=id)["Spaces"]
    assert listed["OwnershipSettingsSummary"] == {"OwnerUserProfileName": "alice"}
    url = sagemaker.create_presigned_domain_url(DomainId=id, UserProfileName="alice")["AuthorizedUrl"]
    assert url.startswith(f"https://{id}.studio.")
    assert refused(sagemaker.delete_domain, DomainId=id).code == "ResourceInUse"


def test_what_making_a_domain_takes(serve):
    role = f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/sagemaker.amazonaws.com/AWSServiceRoleForAmazonSageMakerNotebooks"
    refusal = refused(client(serve, caller=CALLER[:2]).create_domain, **domain())
    assert refusal.message == implicit("iam:CreateServiceLinkedRole", role)
    refusal = refused(client(serve, caller=[CALLER[0], SERVICE_LINKED]).create_domain, **domain())
    assert refusal.message == implicit("iam:PassRole", ROLE_ARN)
    refusal = refused(client(serve).create_domain, **domain(SubnetIds=["subnet-none"]))
    assert_invalid(refusal, "The subnet ID 'subnet-none' does not exist")


@pytest.mark.parametrize(
    "when,allowed",
    [
        ({"StringEquals": {"sagemaker:OwnerUserProfileArn": "OWNER"}}, True),
        ({"StringEquals": {"sagemaker:SpaceSharingType": "Shared"}}, False),
        ({"ForAnyValue:StringLike": {"sagemaker:InstanceTypes": ["ml.t3.*"]}}, True),
        ({"ForAllValues:StringEquals": {"sagemaker:InstanceTypes": ["ml.m5.large"]}}, False),
    ],
)
def test_condition_keys_of_apps(serve, when, allowed):
    world = World(caller=CALLER)
    endpoint = serve(world=world.document())
    sagemaker = endpoint.client(world.ann)
    id = sagemaker.create_domain(**domain())["DomainId"]
    sagemaker.create_user_profile(DomainId=id, UserProfileName="alice")
    sagemaker.create_space(
        DomainId=id,
        SpaceName="s",
        OwnershipSettings={"OwnerUserProfileName": "alice"},
        SpaceSharingSettings={"SharingType": "Private"},
    )
    owner = f"{PLACE}:user-profile/{id}/alice"
    when = {operator: {key: owner if value == "OWNER" else value for key, value in keys.items()} for operator, keys in when.items()}
    changed = World(caller=[allow("sagemaker:CreateApp", when=when)])
    status, _ = endpoint.control("PUT", "world", changed.document())
    assert status in (200, 204)
    request = {"DomainId": id, "SpaceName": "s", "AppType": "JupyterLab", "AppName": "a"}
    request["ResourceSpec"] = {"InstanceType": "ml.t3.medium"}
    if allowed:
        sagemaker.create_app(**request)
    else:
        assert refused(sagemaker.create_app, **request).code == "AccessDeniedException"


def test_lists_of_studio_are_judged_on_their_types(serve):
    everywhere = client(serve, caller=[allow("sagemaker:ListDomains", on=f"{PLACE}:domain/*")])
    assert everywhere.list_domains()["Domains"] == []
    nowhere = client(serve, caller=[allow("sagemaker:ListModels", on=f"{PLACE}:model/*")])
    assert refused(nowhere.list_models).message == implicit("sagemaker:ListModels")
    assert refused(nowhere.list_domains).message == implicit("sagemaker:ListDomains", f"{PLACE}:domain/*")


def test_a_feature_group(serve):
    request = {
        "FeatureGroupName": "f",
        "RecordIdentifierFeatureName": "id",
        "EventTimeFeatureName": "time",
        "FeatureDefinitions": [
            {"FeatureName": "id", "FeatureType": "String"},
            {"FeatureName": "time", "FeatureType": "Fractional"},
        ],
        "OfflineStoreConfig": {"S3StorageConfig": {"S3Uri": "s3://outputbucket/store"}},
        "RoleArn": ROLE_ARN,
    }
    write = allow("s3:PutObject", on="arn:aws:s3:::outputbucket/*")
    acl = allow("s3:GetBucketAcl", on="arn:aws:s3:::outputbucket")
    client(serve, role=[write, acl]).create_feature_group(**request)
    for role, action in [([acl], "s3:PutObject"), ([write], "s3:GetBucketAcl")]:
        assert_invalid(refused(client(serve, role=role).create_feature_group, **request), action)
    only_online = deny("sagemaker:CreateFeatureGroup", when={"Null": {"sagemaker:FeatureGroupOfflineStoreConfig": "false"}})
    refusal = refused(client(serve, caller=[*CALLER, only_online], role=[write, acl]).create_feature_group, **request)
    assert refusal.code == "AccessDeniedException"


def test_approving_a_version(serve):
    container = {"Image": f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/my-repo:latest"}
    specification = {
        "Containers": [container],
        "SupportedContentTypes": ["text/csv"],
        "SupportedResponseMIMETypes": ["text/csv"],
    }
    approved = {"StringEquals": {"sagemaker:ModelApprovalStatus": "Approved"}}
    theirs = {"StringNotEquals": {"sagemaker:CurrentCustomerMetadataProperties/owner": "ann"}}
    caller = [
        allow("sagemaker:*"),
        deny("sagemaker:UpdateModelPackage", when=approved),
        deny("sagemaker:DeleteModelPackage", when=theirs),
    ]
    sagemaker = client(serve, caller=caller)
    sagemaker.create_model_package_group(ModelPackageGroupName="g")
    arns = [
        sagemaker.create_model_package(
            ModelPackageGroupName="g", InferenceSpecification=specification, CustomerMetadataProperties={"owner": owner}
        )["ModelPackageArn"]
        for owner in ("ann", "bob")
    ]
    assert arns[0] == f"{PLACE}:model-package/g/1"
    sagemaker.update_model_package(ModelPackageArn=arns[0], ModelApprovalStatus="Rejected")
    refusal = refused(sagemaker.update_model_package, ModelPackageArn=arns[0], ModelApprovalStatus="Approved")
    assert refusal.code == "AccessDeniedException"
    assert refused(sagemaker.delete_model_package, ModelPackageName=arns[1]).code == "AccessDeniedException"
    sagemaker.delete_model_package(ModelPackageName=arns[0])


def test_a_trial_takes_its_experiment_too(serve):
    caller = [allow("sagemaker:CreateExperiment"), allow("sagemaker:CreateTrial", on=f"{PLACE}:experiment-trial/*")]
    sagemaker = client(serve, caller=caller)
    sagemaker.create_experiment(ExperimentName="e")
    refusal = refused(sagemaker.create_trial, TrialName="t", ExperimentName="e")
    assert refusal.message == implicit("sagemaker:CreateTrial", f"{PLACE}:experiment/e")
    whole = client(serve)
    whole.create_experiment(ExperimentName="e", Tags=tags(team="a"))
    text = "Experiment names must be unique within an AWS account and region. Experiment with name (e) already exists."
    assert_invalid(refused(whole.create_experiment, ExperimentName="e"), text)
    whole.create_trial(TrialName="t", ExperimentName="e")
    assert whole.describe_trial(TrialName="t")["ExperimentName"] == "e"
