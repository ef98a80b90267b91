"""World files, built from the few things that a test varies."""

import copy

from endpoint import REGION, Key

ACCOUNT = "000000000000"
OTHER_ACCOUNT = "111122223333"
IMAGE = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/my-repo:latest"
REPOSITORY_ARN = f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/my-repo"
ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/TrainingRole"
KEY_ID = "0d3e1f52-6b7a-4c88-9f10-2a54c1b0e7d3"
KEY_ARN = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{KEY_ID}"


def statement(effect, actions, on="*", when=None, principal=None):
    """One policy statement."""
    made = {"Effect": effect, "Action": actions, "Resource": on}
    if principal is not None:
        made["Principal"] = principal
    if when is not None:
        made["Condition"] = when
    return made


def allow(*actions, on="*", when=None, principal=None):
    return statement("Allow", list(actions), on, when, principal)


def deny(*actions, on="*", when=None, principal=None):
    return statement("Deny", list(actions), on, when, principal)


def policy(*statements):
    return {"Version": "2012-10-17", "Statement": list(statements)}


def trust(principal={"Service": "sagemaker.amazonaws.com"}, when=None, effect="Allow"):
    """A role's trust policy; SageMaker's plain one unless told otherwise."""
    made = {"Effect": effect, "Principal": principal, "Action": "sts:AssumeRole"}
    if when is not None:
        made["Condition"] = when
    return policy(made)


PASS_ROLE = allow(
    "iam:PassRole", on=ROLE_ARN, when={"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}
)

# What a caller needs to work with training jobs, and what a role needs to run one, by name so that a test can leave
# one out.
CALLER = {"jobs": allow("sagemaker:*"), "pass": PASS_ROLE}
ROLE = {
    "find": allow("s3:ListBucket", on="arn:aws:s3:::inputbucket"),
    "read": allow("s3:GetObject", on="arn:aws:s3:::inputbucket/*"),
    "write": allow("s3:PutObject", on="arn:aws:s3:::outputbucket/*"),
    "registry": allow("ecr:GetAuthorizationToken"),
    "pull": allow(
        "ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage", on=REPOSITORY_ARN
    ),
    "logs": allow(
        "logs:CreateLogGroup",
        "logs:CreateLogStream",
        "logs:DescribeLogStreams",
        "logs:PutLogEvents",
        "cloudwatch:PutMetricData",
    ),
}
ROLE_KEYS = allow("kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey", on=KEY_ARN)
ROLE_NETWORK = allow(
    "ec2:CreateNetworkInterface",
    "ec2:CreateNetworkInterfacePermission",
    "ec2:DeleteNetworkInterface",
    "ec2:DeleteNetworkInterfacePermission",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeVpcs",
    "ec2:DescribeDhcpOptions",
    "ec2:DescribeSubnets",
    "ec2:DescribeSecurityGroups",
)
NETWORK = {"SecurityGroupIds": ["sg-0123abcd"], "Subnets": ["subnet-0a1b2c3d", "subnet-4e5f6a7b"]}


def without(named, *names):
    """The statements of a set above but some."""
    return [made for name, made in named.items() if name not in names]


class Account:
    """One account of a world; each method adds a thing to it."""

    def __init__(self, id=ACCOUNT):
        self.id = id
        iam = {"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": [], "Policies": []}
        self.document = {
            "accountId": id,
            "iam": iam,
            "accessKeys": [],
            "s3": {"buckets": []},
            "ecr": {"repositories": []},
            "kms": {"keys": []},
            "ec2": {"vpcs": [], "subnets": [], "securityGroups": []},
        }

    def user(self, name, *statements, managed=(), boundary=None, tags=None):
        """A user with one inline policy and an access key, which is answered."""
        detail = self._entity("UserName", "UserId", "AIDA", "user", name, tags, boundary, managed)
        detail["GroupList"] = []
        detail["UserPolicyList"] = _inline(statements)
        self.document["iam"]["UserDetailList"].append(detail)
        key = Key(f"AKIA{_padded(name + self.id, 16)}", f"secret-of-{name}-in-{self.id}")
        access = {"UserName": name, "AccessKeyId": key.id, "SecretAccessKey": key.secret}
        self.document["accessKeys"].append(access)
        return key

    def role(self, name, *statements, trusted=None, managed=(), boundary=None, tags=None):
        """A role with one inline policy; its ARN is answered."""
        detail = self._entity("RoleName", "RoleId", "AROA", "role", name, tags, boundary, managed)
        detail["AssumeRolePolicyDocument"] = trusted or trust()
        detail["RolePolicyList"] = _inline(statements)
        detail["InstanceProfileList"] = []
        self.document["iam"]["RoleDetailList"].append(detail)
        return detail["Arn"]

    def managed_policy(self, name, *statements):
        """A customer managed policy; its ARN is answered."""
        arn = f"arn:aws:iam::{self.id}:policy/{name}"
        version = {"VersionId": "v1", "IsDefaultVersion": True, "Document": policy(*statements), "CreateDate": _DATE}
        self.document["iam"]["Policies"].append(
            {
                "PolicyName": name,
                "PolicyId": f"ANPA{_padded(name, 17)}",
                "Arn": arn,
                "Path": "/",
                "DefaultVersionId": "v1",
                "AttachmentCount": 0,
                "PermissionsBoundaryUsageCount": 0,
                "IsAttachable": True,
                "CreateDate": _DATE,
                "UpdateDate": _DATE,
                "PolicyVersionList": [version],
            }
        )
        return arn

    def bucket(self, name, *keys, policy=None, region=REGION, encryption=None, tags=None):
        tag_set = [{"Key": k, "Value": v} for k, v in (tags or {}).items()]
        objects = [{"Key": key, "Size": 10, "TagSet": tag_set} for key in keys]
        made = {"Name": name, "Region": region, "Policy": policy, "Objects": objects}
        if encryption:
            made["Encryption"] = encryption
        self.document["s3"]["buckets"].append(made)

    def repository(self, name="my-repo", policy=None, tags=("latest",)):
        made = {"repositoryName": name, "region": REGION, "policyText": policy, "imageTags": list(tags)}
        self.document["ecr"]["repositories"].append(made)

    def key(self, key_policy=None, state="Enabled", id=KEY_ID):
        everything = allow("kms:*", principal={"AWS": f"arn:aws:iam::{self.id}:root"})
        made = {"KeyId": id, "Region": REGION, "Policy": key_policy or policy(everything), "KeyState": state}
        self.document["kms"]["keys"].append({**made, "Aliases": ["alias/training"]})

    def network(self):
        vpc = "vpc-111bbaaa"
        ec2 = self.document["ec2"]
        ec2["vpcs"].append({"VpcId": vpc})
        ec2["securityGroups"].append({"GroupId": "sg-0123abcd", "VpcId": vpc})
        for subnet, zone in zip(NETWORK["Subnets"], "ab"):
            made = {"SubnetId": subnet, "VpcId": vpc, "AvailabilityZone": f"{REGION}{zone}"}
            ec2["subnets"].append(made)

    def _entity(self, name_member, id_member, prefix, kind, name, tags, boundary, managed):
        detail = {
            "Path": "/",
            name_member: name,
            id_member: prefix + _padded(name, 17),
            "Arn": f"arn:aws:iam::{self.id}:{kind}/{name}",
            "CreateDate": _DATE,
            "AttachedManagedPolicies": [{"PolicyName": arn.split("/")[-1], "PolicyArn": arn} for arn in managed],
            "Tags": [{"Key": k, "Value": v} for k, v in (tags or {}).items()],
        }
        if boundary:
            detail["PermissionsBoundary"] = {
                "PermissionsBoundaryType": "Policy",
                "PermissionsBoundaryArn": boundary,
            }
        return detail


_DATE = "2026-01-05T09:00:00+00:00"


def _inline(statements):
    if not statements:
        return []
    return [{"PolicyName": "Inline", "PolicyDocument": policy(*copy.deepcopy(statements))}]


def _padded(name, length):
    letters = "".join(letter for letter in name.upper() if letter.isalnum())
    return letters[:length].ljust(length, "0")


class World:
    """A world in which `ann` may run training jobs with `TrainingRole`, but for what a test takes away or adds."""

    def __init__(self, caller=None, role=None, trusted=None, user=None, bare=False):
        self.account = Account()
        self.others = []
        self.organization = None
        self.ann = self.account.user("ann", *(without(CALLER) if caller is None else caller), **(user or {}))
        if bare:
            return
        self.account.role("TrainingRole", *(without(ROLE) if role is None else role), trusted=trusted)
        self.account.bucket("inputbucket", "train/data.csv")
        self.account.bucket("outputbucket")
        self.account.repository()
        self.account.key()
        self.account.network()

    def other(self, id=OTHER_ACCOUNT):
        """A further account."""
        self.others.append(Account(id))
        return self.others[-1]

    def bind(self, name, *statements, targets=(ACCOUNT,)):
        """A service control policy, with FullAWSAccess beside it."""
        made = self.organization or {"serviceControlPolicies": [], "resourceControlPolicies": []}
        self.organization = made
        policies = made["serviceControlPolicies"]
        if not policies:
            full = policy(allow("*"))
            policies.append({"Name": "FullAWSAccess", "Targets": list(targets), "Content": full})
        policies.append({"Name": name, "Targets": list(targets), "Content": policy(*statements)})

    def document(self):
        """The world file."""
        made = {"accounts": [account.document for account in [self.account, *self.others]]}
        if self.organization:
            made["organization"] = self.organization
        return made
