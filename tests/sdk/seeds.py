"""The worlds of `fixtures/worlds/seeds` and a way to play calls in them.

A world stays served while a test file runs; so each row of a table names what it creates by its own name.
"""

import json

import botocore.exceptions
import pytest
from endpoint import ROOT, ROOT_KEY, Endpoint, Key
from jobs import Refusal
from worlds import ACCOUNT

WORLDS = ROOT / "fixtures/worlds/seeds"
DENIED, INVALID = (400, "AccessDeniedException"), (400, "ValidationException")


def world(name):
    return json.loads((WORLDS / f"{name}.json").read_text())


def role(name):
    return f"arn:aws:iam::{ACCOUNT}:role/{name}"


class Row:
    """A call of a user, by its operation's name in boto3, and the words in which it is refused, if it is.

    `who` is a user, `user>Role` a session of a role that the user assumes, or `root`. `says` are parts of the text; a
    single one that does not start with `...` is all of it.
    """

    def __init__(self, label, who, operation, request, refusal=None, *says, service="sagemaker", headers=None):
        self.label, self.who, self.operation, self.request = label, who, operation, request
        self.refusal, self.says = refusal, says
        self.service, self.headers = service, headers or {}

    def __repr__(self):
        return self.label


def rows(table):
    """Parametrizes a test by a table of rows."""
    return pytest.mark.parametrize("row", table, ids=[made.label for made in table])


class Stage:
    """Served worlds by their names."""

    def __init__(self, *flags):
        self._flags, self._endpoints = flags, {}

    def endpoint(self, name, *before):
        """The world's endpoint; where it is new, root makes the calls `before` first."""
        if name not in self._endpoints:
            self._endpoints[name] = Endpoint(*self._flags, "--world", str(WORLDS / f"{name}.json"))
            for operation, request in before:
                getattr(self._endpoints[name].client(), operation)(**request)
        return self._endpoints[name]

    def close(self):
        for endpoint in self._endpoints.values():
            endpoint.close()

    def play(self, name, row, *before):
        """Makes the row's call and checks its answer, which is given back where the call is allowed."""
        endpoint = self.endpoint(name, *before)
        client = endpoint.client(key(endpoint, name, row.who), row.service)
        client.meta.events.register("before-send", lambda request, **_: request.headers.update(row.headers) or None)
        call = getattr(client, row.operation)
        if row.refusal is None:
            return call(**row.request)
        with pytest.raises(botocore.exceptions.ClientError) as caught:
            call(**row.request)
        refusal = Refusal(caught.value.response)
        assert (refusal.status, refusal.code) == row.refusal, refusal
        assert row.says, "a refusal without words is no expectation"
        for part in row.says:
            if part.startswith("..."):
                assert part[3:] in refusal.message, refusal
            else:
                assert part == refusal.message
        assert refusal.request_id
        return None


def key(endpoint, name, who):
    """What `who` signs with."""
    if who == "root":
        return ROOT_KEY
    user, _, assumed = who.partition(">")
    [access] = [made for made in world(name)["accounts"][0]["accessKeys"] if made["UserName"] == user]
    held = Key(access["AccessKeyId"], access["SecretAccessKey"])
    if not assumed:
        return held
    sts = endpoint.client(held, "sts")
    made = sts.assume_role(RoleArn=role(assumed), RoleSessionName="SageMaker")["Credentials"]
    return Key(made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"])
