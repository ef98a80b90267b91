"""The policies of the SageMaker documentation pages that users paste, as printed and as they have to be repaired.

The originals stand in `fixtures/policies/seeds.json`. A repair is a pattern and what takes its place; it mends JSON
that is broken, fills in a placeholder, or closes a fragment, and changes nothing else.
"""

import json
import re

from endpoint import REGION, ROOT
from worlds import ACCOUNT, KEY_ARN

_DOCUMENTS = json.loads((ROOT / "fixtures/policies/seeds.json").read_text())["documents"]
ORIGINALS = {made["name"]: made for made in _DOCUMENTS}

COMMA = [(r"}(\s*){", r"},\1{")]
# The pages scope ECR by ARNs without Region and account, which match no repository, and S3 by single keys.
SCOPES = [
    ("arn:aws:ecr:::", f"arn:aws:ecr:{REGION}:{ACCOUNT}:"),
    (r"inputbucket/object\d?", "inputbucket/*"),
    ("outputbucket/path", "outputbucket/path/*"),
]
WRAPPED = [(r"(?s)^(.*)$", r'{"Version": "2012-10-17", "Statement": [\1]}')]
NETWORK = [(r"(?s)^(.*)$", r'\1 ], "Resource": "*"}'), *WRAPPED]
KEY = [(r"\](\s*)}", rf'], "Resource": "{KEY_ARN}"\1}}'), *WRAPPED]
SID = [
    ("AllowCreate-Describe-Delete-Models", "AllowCreateDescribeDeleteModels"),
    ("Enable API Access", "EnableAPIAccess"),
]

# The policies of the worlds by their name there: the document that each comes from, and what mends it.
POLICIES = {
    "NotebookFull2019": ("seed 000 line 43", COMMA),
    "NotebookFull": ("seed 001 line 44", []),
    "NotebookScopedAsPrinted": ("seed 001 line 123", []),
    "NotebookScoped": ("seed 001 line 123", [*SCOPES, (r"my-repo1", "my-repo")]),
    "TuningFull": ("seed 001 line 218", []),
    "TuningScopedAsPrinted": ("seed 001 line 246", []),
    "TuningScoped": ("seed 001 line 246", SCOPES),
    "TuningNetwork": ("seed 001 line 310", NETWORK),
    "TuningEncryptedInput": ("seed 001 line 327", KEY),
    "TuningEncryptedOutput": ("seed 001 line 338", KEY),
    "TuningEncryptedVolume": ("seed 001 line 349", KEY),
    "ProcessingFull": ("seed 001 line 362", []),
    "ProcessingScopedAsPrinted": ("seed 001 line 390", []),
    "ProcessingScoped": ("seed 001 line 390", SCOPES),
    "ProcessingNetwork": ("seed 001 line 450", NETWORK),
    "ProcessingEncryptedInput": ("seed 001 line 467", KEY),
    "ProcessingEncryptedOutput": ("seed 001 line 478", KEY),
    "ProcessingEncryptedVolume": ("seed 001 line 489", KEY),
    "TrainingFull": ("seed 001 line 502", []),
    "TrainingScopedAsPrinted": ("seed 001 line 530", []),
    "TrainingScopedRegistryMended": ("seed 001 line 530", SCOPES[:1]),
    "TrainingScoped": ("seed 001 line 530", SCOPES),
    "TrainingNetwork": ("seed 001 line 594", NETWORK),
    "TrainingEncryptedInput": ("seed 001 line 611", KEY),
    "TrainingEncryptedOutput": ("seed 001 line 622", KEY),
    "TrainingEncryptedVolume": ("seed 001 line 633", KEY),
    "ModelFull": ("seed 001 line 646", []),
    "ModelScopedAsPrinted": ("seed 001 line 672", []),
    "ModelScoped": ("seed 001 line 672", SCOPES),
    "ModelNetwork": ("seed 001 line 724", NETWORK),
    "Models": ("seed 002 line 18", [*SID, ("account-id", ACCOUNT), ("role-name", "ModelRole")]),
    "Console": ("seed 002 line 56", [(r"(?m)^\s*//.*\n", "")]),
    "GroundTruthConsole": ("seed 002 line 158", []),
    "DevTeam1": ("seed 002 line 260", []),
    "DevTeam2": ("seed 002 line 295", []),
    "EnvironmentTag": ("seed 002 line 330", [(r"\](\s*){", r"]},\1{")]),
    "OnlyFromVpc": ("seed 002 line 397", [*SID, (r'sagemaker:\*\n', 'sagemaker:*"\n')]),
    "OnlyFromVpcEndpoint": ("seed 002 line 421", SID),
    "OnlyFromAddresses": ("seed 002 line 452", []),
    "FullAccess2021": ("seed 003 line 95", []),
    "ReadOnly2021": ("seed 003 line 115", []),
    "SubmitNotebookJobs": ("seed 004 line 30", []),
    "NotebookJobKey": ("seed 004 line 38", [("your_KMS_key_ARN", KEY_ARN)]),
    "NotebookJob": ("seed 004 line 76", []),
}


def policy(name):
    """A world's policy, made from its original."""
    original, repairs = POLICIES[name]
    text = ORIGINALS[original]["text"]
    for pattern, replacement in repairs:
        text = re.sub(pattern, replacement, text)
    return json.loads(text)
