"""Condition keys of a request, each seen by a policy that asks for it."""

import pytest
from endpoint import REGION
from jobs import refused
from worlds import ACCOUNT, World, allow

ANN = f"arn:aws:iam::{ACCOUNT}:user/ann"

HOLDS = {
    "aws:PrincipalArn": {"StringEquals": {"aws:PrincipalArn": ANN}},
    "aws:PrincipalAccount": {"StringEquals": {"aws:PrincipalAccount": ACCOUNT}},
    "aws:PrincipalType": {"StringEquals": {"aws:PrincipalType": "User"}},
    "aws:PrincipalTag": {"StringEquals": {"aws:PrincipalTag/Team": "vision"}},
    "aws:username": {"StringEquals": {"aws:username": "ann"}},
    "aws:userid": {"StringLike": {"aws:userid": "AIDA*"}},
    "aws:SourceIp": {"IpAddress": {"aws:SourceIp": "127.0.0.0/8"}},
    "aws:SecureTransport": {"Bool": {"aws:SecureTransport": "true"}},
    "aws:UserAgent": {"StringLike": {"aws:UserAgent": "Boto3/*"}},
    "aws:CurrentTime": {"DateGreaterThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}},
    "aws:EpochTime": {"NumericGreaterThan": {"aws:EpochTime": "1577836800"}},
    "aws:RequestedRegion": {"StringEquals": {"aws:RequestedRegion": REGION}},
    "aws:ResourceAccount": {"StringEquals": {"aws:ResourceAccount": "${aws:PrincipalAccount}"}},
    "aws:ViaAWSService": {"Bool": {"aws:ViaAWSService": "false"}},
    "aws:PrincipalIsAWSService": {"Bool": {"aws:PrincipalIsAWSService": "false"}},
}
ABSENT = [
    "aws:MultiFactorAuthPresent",
    "aws:MultiFactorAuthAge",
    "aws:TokenIssueTime",
    "aws:SourceIdentity",
    "aws:FederatedProvider",
    "aws:SourceVpc",
    "aws:SourceVpce",
    "aws:VpcSourceIp",
    "aws:SourceArn",
    "aws:SourceAccount",
    "aws:CalledVia",
    "aws:PrincipalOrgID",
    "aws:Referer",
    "sts:ExternalId",
]


def listed(endpoint, key, **headers):
    """Whether the key may list jobs, with these headers."""
    client = endpoint.client(key)

    def add(request, **_):
        for name, value in headers.items():
            request.headers[name.replace("_", "-")] = value

    client.meta.events.register("before-sign.sagemaker", add)
    try:
        client.list_training_jobs()
        return True
    except client.exceptions.ClientError as error:
        assert error.response["Error"]["Code"] == "AccessDeniedException"
        return False


def asking(when):
    return World(caller=[allow("sagemaker:*", when=when)], user={"tags": {"team": "vision"}})


def test_a_long_term_key(serve):
    made = asking(None)
    when = {}
    for condition in HOLDS.values():
        for operator, keys in condition.items():
            when.setdefault(operator, {}).update(keys)
    when["Null"] = {key: "true" for key in ABSENT}
    made = asking(when)
    endpoint = serve(world=made.document())
    answer = endpoint.client(made.ann).list_training_jobs()
    assert answer["TrainingJobSummaries"] == []


@pytest.mark.parametrize("key", HOLDS)
def test_each_key_has_a_value(serve, key):
    name = "aws:PrincipalTag/team" if key == "aws:PrincipalTag" else key
    made = asking({"Null": {name: "true"}})
    endpoint = serve(world=made.document())
    assert not listed(endpoint, made.ann)


def test_transport_as_it_is(serve):
    made = asking({"Bool": {"aws:SecureTransport": "true"}})
    assert listed(serve(world=made.document()), made.ann)
    assert not listed(serve("--secure-transport", "as-is", world=made.document()), made.ann)
    environment = {"PASSROLE_SECURE_TRANSPORT": "as-is"}
    assert not listed(serve(world=made.document(), environment=environment), made.ann)


def test_where_a_request_comes_from(serve):
    office = asking({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}})
    endpoint = asking({"StringEquals": {"aws:SourceVpce": "vpce-1", "aws:SourceVpc": "vpc-1"}})
    outside = asking({"Null": {"aws:SourceIp": "true"}})
    through = {"x_passrole_source_vpce": "vpce-1", "x_passrole_source_vpc": "vpc-1"}
    for made, headers in [
        (office, {"x_passrole_source_ip": "203.0.113.7"}),
        (endpoint, through),
        (outside, through),
    ]:
        plain = serve(world=made.document())
        assert not listed(plain, made.ann, **headers)
        told = serve("--request-origin", "headers", world=made.document())
        assert listed(told, made.ann, **headers)
        assert not listed(told, made.ann)
