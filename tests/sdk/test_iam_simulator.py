"""The policy simulator: SimulateCustomPolicy and SimulatePrincipalPolicy."""

import json

import pytest
from jobs import refused
from worlds import ACCOUNT, OTHER_ACCOUNT, World, allow, deny, policy

ANN = f"arn:aws:iam::{ACCOUNT}:user/ann"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/Training"
JOB = f"arn:aws:sagemaker:us-east-1:{ACCOUNT}:training-job/j"
BUCKET = "arn:aws:s3:::b"


@pytest.fixture(scope="module")
def iam():
    from endpoint import Endpoint

    world = World(caller=[allow("s3:GetObject", on=f"{BUCKET}/a/*"), deny("s3:*", on=f"{BUCKET}/a/secret")], bare=True)
    account = world.account
    fence = account.managed_policy("Fence", allow("s3:*"))
    extra = account.managed_policy("Extra", allow("kms:Decrypt"))
    account.role("Training", allow("s3:*", "ec2:*"), boundary=fence, managed=[extra], tags={"team": "vision"})
    account.document["iam"]["GroupDetailList"].append(
        {
            "Path": "/",
            "GroupName": "g",
            "GroupId": "AGPA" + "G" * 17,
            "Arn": f"arn:aws:iam::{ACCOUNT}:group/g",
            "CreateDate": "2026-01-05T09:00:00+00:00",
            "GroupPolicyList": [{"PolicyName": "Grouped", "PolicyDocument": policy(allow("sqs:*"))}],
            "AttachedManagedPolicies": [],
        }
    )
    account.document["iam"]["UserDetailList"][0]["GroupList"] = ["g"]
    world.bind(
        "Regions",
        deny("sagemaker:*", when={"StringNotEquals": {"aws:RequestedRegion": "us-east-1"}}),
        deny("sns:*", when={"ArnNotLike": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/Training"}}),
    )
    endpoint = Endpoint(world=world.document())
    yield endpoint.client(service="iam")
    endpoint.close()


def custom(iam, *statements, actions="s3:GetObject", **members):
    actions = [actions] if isinstance(actions, str) else actions
    answer = iam.simulate_custom_policy(PolicyInputList=[json.dumps(policy(*statements))], ActionNames=actions, **members)
    return answer["EvaluationResults"]


def entry(key, *values, kind="string"):
    return {"ContextKeyName": key, "ContextKeyValues": list(values), "ContextKeyType": kind}


def test_one_action_everywhere(iam):
    [result] = custom(iam, allow("s3:Get*"))
    assert result == {
        "EvalActionName": "s3:GetObject",
        "EvalResourceName": "*",
        "EvalDecision": "allowed",
        "MatchedStatements": [
            {
                "SourcePolicyId": "PolicyInputList.1",
                "SourcePolicyType": "IAM Policy",
                "StartPosition": {"Line": 1, "Column": 41},
                "EndPosition": {"Line": 1, "Column": 100},
            }
        ],
        "MissingContextValues": [],
    }


def test_one_result_for_each_action(iam):
    resources = [f"{BUCKET}/a", f"{BUCKET}/b", f"{BUCKET}/c"]
    statements = [allow("s3:Get*", on=resources[:2]), deny("s3:GetObject", on=resources[1])]
    results = custom(iam, *statements, actions=["s3:GetObject", "s3:GetObjectAcl"], ResourceArns=resources)
    assert [result["EvalActionName"] for result in results] == ["s3:GetObject", "s3:GetObjectAcl"]
    assert [result["EvalDecision"] for result in results] == ["explicitDeny", "implicitDeny"]
    specific = results[0]["ResourceSpecificResults"]
    assert [result["EvalResourceName"] for result in specific] == resources
    assert [result["EvalResourceDecision"] for result in specific] == ["allowed", "explicitDeny", "implicitDeny"]
    assert [len(result["MatchedStatements"]) for result in specific] == [1, 1, 0]
    assert results[0]["MatchedStatements"] == specific[1]["MatchedStatements"]
    assert results[0]["EvalDecisionDetails"] == {}
    assert results[1]["MatchedStatements"] == []


def test_the_template_of_a_resource(iam):
    [result] = custom(iam, allow("sagemaker:*"), actions="sagemaker:CreateTrainingJob", ResourceArns=[JOB])
    template = "arn:${Partition}:sagemaker:${Region}:${Account}:training-job/${TrainingJobName}"
    assert result["EvalResourceName"] == template


CONTEXT = [
    ("Bool", "aws:MultiFactorAuthPresent", "true", entry("aws:MultiFactorAuthPresent", "true", kind="boolean")),
    ("IpAddress", "aws:SourceIp", "10.0.0.0/8", entry("aws:SourceIp", "10.1.2.3", kind="ip")),
    ("NumericLessThan", "s3:max-keys", "10", entry("s3:max-keys", "9", kind="numeric")),
    ("DateGreaterThan", "aws:CurrentTime", "2026-01-01T00:00:00Z", entry("aws:CurrentTime", "2026-02-01T00:00:00Z", kind="date")),
    ("ForAnyValue:StringEquals", "aws:TagKeys", "a", entry("aws:TagKeys", "b", "a", kind="stringList")),
    ("StringLike", "aws:PrincipalTag/t", "x*", entry("AWS:principaltag/T", "xyz")),
]


@pytest.mark.parametrize("operator, key, wanted, given", CONTEXT)
def test_context_entries(iam, operator, key, wanted, given):
    statement = allow("s3:GetObject", when={operator: {key: wanted}})
    [without] = custom(iam, statement)
    assert (without["EvalDecision"], without["MissingContextValues"]) == ("implicitDeny", [key])
    [with_it] = custom(iam, statement, ContextEntries=[given])
    assert (with_it["EvalDecision"], with_it["MissingContextValues"]) == ("allowed", [])


def test_missing_values_stand_with_their_resource(iam):
    statement = allow("s3:GetObject", on=f"{BUCKET}/${{aws:username}}/*", when={"Null": {"s3:x": "false"}})
    [result] = custom(iam, statement, ResourceArns=[f"{BUCKET}/u/k", "arn:aws:s3:::c"])
    assert [one["MissingContextValues"] for one in result["ResourceSpecificResults"]] == [["aws:username"]] * 2
    given = [entry("aws:username", "u")]
    [result] = custom(iam, statement, ResourceArns=[f"{BUCKET}/u/k", "arn:aws:s3:::c"], ContextEntries=given)
    assert [one["MissingContextValues"] for one in result["ResourceSpecificResults"]] == [["s3:x"], []]
    assert result["MissingContextValues"] == ["s3:x"]


def test_a_boundary(iam):
    boundary = {"PermissionsBoundaryPolicyInputList": [json.dumps(policy(allow("s3:GetObject")))]}
    for action, decision, within in [("s3:GetObject", "allowed", True), ("s3:PutObject", "implicitDeny", False)]:
        [result] = custom(iam, allow("s3:*"), actions=action, **boundary)
        assert result["EvalDecision"] == decision
        assert result["PermissionsBoundaryDecisionDetail"] == {"AllowedByPermissionsBoundary": within}
    denying = {"PermissionsBoundaryPolicyInputList": [json.dumps(policy(allow("*"), deny("s3:*")))]}
    [result] = custom(iam, allow("s3:*"), **denying)
    assert result["EvalDecision"] == "explicitDeny"
    assert result["MatchedStatements"][0]["SourcePolicyType"] == "Permissions Boundary Policy"
    assert "PermissionsBoundaryDecisionDetail" not in custom(iam, allow("s3:*"))[0]


FULL = json.dumps(policy(allow("*")))


@pytest.mark.parametrize(
    "levels, decision, within",
    [
        ([[FULL], [FULL]], "allowed", True),
        ([[FULL], [json.dumps(policy(allow("ec2:*")))]], "implicitDeny", False),
        ([[FULL, json.dumps(policy(deny("s3:*", when={"StringEquals": {"aws:x": "y"}})))]], "explicitDeny", False),
        ([[FULL, json.dumps(policy(deny("s3:*", when={"StringEquals": {"aws:x": "z"}})))]], "allowed", True),
    ],
)
def test_levels_of_an_organization(iam, levels, decision, within):
    ordered = [{"ServiceControlPolicyInputList": level} for level in levels]
    given = [entry("aws:x", "y")]
    [result] = custom(iam, allow("s3:*"), OrderedOrganizationPolicyInputList=ordered, ContextEntries=given)
    assert result["EvalDecision"] == decision
    assert result["OrganizationsDecisionDetail"] == {"AllowedByOrganizations": within}
    assert (result["MatchedStatements"] == []) is not within


def bucket_policy(effect, principal, **members):
    statement = {"Effect": effect, "Principal": principal, "Action": "s3:*", "Resource": f"{BUCKET}/*", **members}
    return json.dumps(policy(statement))


@pytest.mark.parametrize(
    "statement, caller, owner, resource_policy, decision, details",
    [
        (allow("ec2:*"), ANN, None, bucket_policy("Allow", {"AWS": ANN}), "allowed", {}),
        (allow("s3:*"), ANN, None, bucket_policy("Deny", "*"), "explicitDeny", {}),
        (allow("ec2:*"), ANN, None, bucket_policy("Allow", {"AWS": ROLE}), "implicitDeny", {}),
        (
            allow("s3:*"),
            ANN,
            f"arn:aws:iam::{OTHER_ACCOUNT}:root",
            bucket_policy("Allow", {"AWS": ANN}),
            "allowed",
            {"IAM Policy": "allowed", "Resource Policy": "allowed"},
        ),
        (
            allow("s3:*"),
            ANN,
            OTHER_ACCOUNT,
            bucket_policy("Allow", {"AWS": ROLE}),
            "implicitDeny",
            {"IAM Policy": "allowed", "Resource Policy": "implicitDeny"},
        ),
        (
            allow("ec2:*"),
            ANN,
            OTHER_ACCOUNT,
            bucket_policy("Allow", {"AWS": ANN}),
            "implicitDeny",
            {"IAM Policy": "implicitDeny", "Resource Policy": "allowed"},
        ),
    ],
)
def test_a_resource_policy(iam, statement, caller, owner, resource_policy, decision, details):
    members = {"CallerArn": caller, "ResourcePolicy": resource_policy, "ResourceArns": [f"{BUCKET}/k"]}
    if owner:
        members["ResourceOwner"] = owner
    [result] = custom(iam, statement, **members)
    assert (result["EvalDecision"], result["EvalDecisionDetails"]) == (decision, details)
    specific = result["ResourceSpecificResults"][0]
    assert specific["EvalResourceDecision"] == decision
    assert specific.get("EvalDecisionDetails", {}) == details


def test_pages(iam):
    actions = [f"s3:Get{number}" for number in range(5)]
    pages = iam.get_paginator("simulate_custom_policy").paginate(
        PolicyInputList=[FULL], ActionNames=actions, PaginationConfig={"PageSize": 2}
    )
    found = [[result["EvalActionName"] for result in page["EvaluationResults"]] for page in pages]
    assert found == [actions[:2], actions[2:4], actions[4:]]


@pytest.mark.parametrize(
    "members, text",
    [
        ({"ActionNames": ["nocolon"]}, None),
        ({"ActionNames": ["s3:Get*"]}, None),
        ({"PolicyInputList": ["{"]}, None),
        ({"ResourceArns": ["bucket"]}, None),
        ({"ResourcePolicy": bucket_policy("Allow", "*")}, None),
        ({"PermissionsBoundaryPolicyInputList": [FULL, FULL]}, None),
        ({"ContextEntries": [entry("aws:SourceIp", "x", kind="ip")]}, None),
        ({"ResourceHandlingOption": "EC2-VPC-EBS"}, None),
        (
            {"CallerArn": f"arn:aws:sts::{ACCOUNT}:assumed-role/Training/s"},
            f"Invalid Entity Arn: arn:aws:sts::{ACCOUNT}:assumed-role/Training/s does not clearly define entity type "
            "and name.",
        ),
    ],
)
def test_what_cannot_be_simulated(iam, members, text):
    request = {"PolicyInputList": [FULL], "ActionNames": ["s3:GetObject"], **members}
    refusal = refused(iam.simulate_custom_policy, **request)
    assert (refusal.status, refusal.code) == (400, "InvalidInput")
    assert text is None or refusal.message == text


def principal(iam, source, action, **members):
    answer = iam.simulate_principal_policy(PolicySourceArn=source, ActionNames=[action], **members)
    return answer["EvaluationResults"][0]


def test_a_users_policies(iam):
    resources = [f"{BUCKET}/a/x", f"{BUCKET}/a/secret", f"{BUCKET}/z"]
    result = principal(iam, ANN, "s3:GetObject", ResourceArns=resources)
    decisions = [one["EvalResourceDecision"] for one in result["ResourceSpecificResults"]]
    assert decisions == ["allowed", "explicitDeny", "implicitDeny"]
    assert result["ResourceSpecificResults"][0]["MatchedStatements"][0]["SourcePolicyId"] == "user_ann_Inline"
    assert result["OrganizationsDecisionDetail"] == {"AllowedByOrganizations": True}
    grouped = principal(iam, ANN, "sqs:SendMessage")
    assert grouped["EvalDecision"] == "allowed"
    assert grouped["MatchedStatements"][0]["SourcePolicyId"] == "group_g_Grouped"
    added = [json.dumps(policy(allow("sqs:*"), deny("sqs:DeleteQueue")))]
    assert principal(iam, ANN, "sqs:DeleteQueue", PolicyInputList=added)["EvalDecision"] == "explicitDeny"


def test_a_roles_policies_and_boundary(iam):
    for action, decision, within in [
        ("s3:GetObject", "allowed", True),
        ("ec2:RunInstances", "implicitDeny", False),
        ("kms:Decrypt", "implicitDeny", False),
    ]:
        result = principal(iam, ROLE, action)
        assert result["EvalDecision"] == decision, action
        assert result["PermissionsBoundaryDecisionDetail"] == {"AllowedByPermissionsBoundary": within}
    wider = {"PermissionsBoundaryPolicyInputList": [FULL]}
    assert principal(iam, ROLE, "ec2:RunInstances", **wider)["EvalDecision"] == "allowed"
    matched = principal(iam, ROLE, "kms:Decrypt", **wider)["MatchedStatements"]
    assert [one["SourcePolicyId"] for one in matched] == ["Extra", "PermissionsBoundaryPolicyInputList.1"]


def test_a_groups_policies(iam):
    assert principal(iam, f"arn:aws:iam::{ACCOUNT}:group/g", "sqs:SendMessage")["EvalDecision"] == "allowed"


def test_an_accounts_service_control_policies_are_judged_truly(iam):
    added = {"PolicyInputList": [json.dumps(policy(allow("sagemaker:*", "sns:*")))]}
    boundary = {"PermissionsBoundaryPolicyInputList": [FULL]}
    for source, action, region, decision in [
        (ROLE, "sagemaker:CreateTrainingJob", "us-east-1", "allowed"),
        (ROLE, "sagemaker:CreateTrainingJob", "eu-west-1", "explicitDeny"),
        (ROLE, "sns:Publish", "eu-west-1", "allowed"),
        (ANN, "sns:Publish", "us-east-1", "explicitDeny"),
    ]:
        context = {"ContextEntries": [entry("aws:RequestedRegion", region)]}
        result = principal(iam, source, action, **added, **boundary, **context)
        assert result["EvalDecision"] == decision, (source, action, region)
        assert result["OrganizationsDecisionDetail"] == {"AllowedByOrganizations": decision == "allowed"}


def test_exclusions(iam):
    for identifier, action, decision in [
        ({"PolicyType": "inline"}, "s3:GetObject", "implicitDeny"),
        ({"PolicyType": "user-managed"}, "s3:GetObject", "allowed"),
        ({"PolicyType": "permission-boundary"}, "ec2:RunInstances", "allowed"),
        ({"PolicyArn": f"arn:aws:iam::{ACCOUNT}:policy/Fe*"}, "s3:GetObject", "allowed"),
        (
            {
                "InlinePolicyIdentifier": {
                    "PolicyName": "Inline",
                    "AttachmentType": "role",
                    "AttachmentName": "Training",
                }
            },
            "s3:GetObject",
            "implicitDeny",
        ),
    ]:
        result = principal(iam, ROLE, action, PolicyExclusionList=[identifier])
        assert result["EvalDecision"] == decision, identifier
    spared = principal(iam, ANN, "sns:Publish", PolicyExclusionList=[{"PolicyType": "scp"}])
    assert spared["EvalDecision"] == "implicitDeny" and "OrganizationsDecisionDetail" not in spared
    refusal = refused(
        iam.simulate_principal_policy,
        PolicySourceArn=ROLE,
        ActionNames=["s3:GetObject"],
        PolicyExclusionList=[{"PolicyArn": "arn:aws:iam::*:policy/x*"}],
    )
    assert refusal.code == "InvalidInput"


def test_who_is_not_there(iam):
    missing = f"arn:aws:iam::{ACCOUNT}:role/absent"
    refusal = refused(iam.simulate_principal_policy, PolicySourceArn=missing, ActionNames=["s3:GetObject"])
    assert (refusal.code, refusal.message) == ("NoSuchEntity", "The role with name absent cannot be found.")


def test_a_simulation_agrees_with_the_call(serve):
    """What the simulator says of IAM's own actions is what the calls then get."""
    world = World(caller=[allow("iam:Get*", "iam:List*", "iam:Simulate*"), deny("iam:GetRole")], bare=True)
    client = serve(world=world.document()).client(world.ann, service="iam")
    calls = {"iam:GetUser": client.get_user, "iam:ListGroups": client.list_groups, "iam:CreateUser": None}
    for action, call in calls.items():
        said = principal(client, ANN, action)["EvalDecision"]
        assert said == ("implicitDeny" if call is None else "allowed")
        if call:
            call()
    assert principal(client, ANN, "iam:GetRole")["EvalDecision"] == "explicitDeny"
    assert refused(client.get_role, RoleName="x").code == "AccessDenied"
