"""Who is asking: every way in which a signature is absent, broken, old, foreign or not the caller's."""

import datetime
import json
import urllib.parse

import pytest
from endpoint import REGION, Endpoint, Key
from jobs import accepted, arn, job, refused
from signing import fault, signed
from worlds import ACCOUNT, World

UNKNOWN = "The security token included in the request is invalid."
MISMATCH = (
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key "
    "and signing method. Consult the service documentation for details."
)
MISSING = "Request is missing Authentication Token"


@pytest.fixture(scope="module")
def laboratory():
    """One endpoint for all that is refused."""
    world = World()
    endpoint = Endpoint(world=world.document())
    yield endpoint, world.ann
    endpoint.close()


def test_a_signature_that_holds(laboratory):
    endpoint, ann = laboratory
    status, headers, body = endpoint.send(**signed(endpoint, ann, "ListTrainingJobs"))
    assert (status, json.loads(body)) == (200, {"TrainingJobSummaries": []})
    assert headers["content-type"] == "application/x-amz-json-1.1"
    assert headers["x-amzn-requestid"]


def test_an_unsigned_request(laboratory):
    endpoint, ann = laboratory
    request = signed(endpoint, ann, "ListTrainingJobs")
    del request["headers"]["Authorization"]
    assert fault(endpoint.send(**request)) == (400, "MissingAuthenticationTokenException", MISSING)


@pytest.mark.parametrize("header", ["Basic dGVzdDp0ZXN0", "Bearer x", "", "test"])
def test_another_scheme(laboratory, header):
    endpoint, ann = laboratory
    request = signed(endpoint, ann, "ListTrainingJobs")
    request["headers"]["Authorization"] = header
    assert fault(endpoint.send(**request)) == (400, "MissingAuthenticationTokenException", MISSING)


TAMPERED = {
    "the body": lambda request: request.update(body=b'{"MaxResults":100}'),
    "the target": lambda request: request["headers"].update({"X-Amz-Target": "SageMaker.ListModels"}),
    "the query": lambda request: request.update(path="/?a=b"),
    "the path": lambda request: request.update(path="/a"),
    "the host": lambda request: request["headers"].update({"Host": "localhost"}),
    "the signature": lambda request: request["headers"].update(
        {"Authorization": request["headers"]["Authorization"][:-1] + "g"}
    ),
}


@pytest.mark.parametrize("name", TAMPERED)
def test_a_request_changed_after_signing(laboratory, name):
    endpoint, ann = laboratory
    request = signed(endpoint, ann, "ListTrainingJobs")
    TAMPERED[name](request)
    status, code, message = fault(endpoint.send(**request))
    assert (status, code) == (400, "InvalidSignatureException")
    assert message.startswith(MISMATCH)


def test_keys_that_do_not_fit(laboratory):
    endpoint, ann = laboratory
    for key, code, message in [
        (Key("AKIANOBODY0000000000", "x"), "UnrecognizedClientException", UNKNOWN),
        (Key(ann.id, "another secret"), "InvalidSignatureException", MISMATCH),
        (Key(ann.id, ann.secret.upper()), "InvalidSignatureException", MISMATCH),
        (Key(ann.id, ann.secret, "a token"), "UnrecognizedClientException", UNKNOWN),
    ]:
        refusal = refused(endpoint.client(key).list_training_jobs)
        assert (refusal.status, refusal.code) == (400, code)
        assert refusal.message.startswith(message.rstrip("."))


def test_a_signature_is_good_for_five_minutes(laboratory):
    endpoint, ann = laboratory
    now = datetime.datetime.now(datetime.timezone.utc)
    for minutes, expected in [(-20, "Signature expired: "), (-4, None), (4, None), (20, "Signature not yet current: ")]:
        at = now + datetime.timedelta(minutes=minutes)
        answer = endpoint.send(**signed(endpoint, ann, "ListTrainingJobs", at=at))
        if expected is None:
            assert answer[0] == 200, answer
        else:
            status, code, message = fault(answer)
            assert (status, code) == (400, "InvalidSignatureException")
            assert message.startswith(expected + at.strftime("%Y%m%dT%H%M%SZ")), message


def test_a_credential_for_another_service(laboratory):
    endpoint, ann = laboratory
    status, code, message = fault(endpoint.send(**signed(endpoint, ann, "ListTrainingJobs", service="sts")))
    assert (status, code) == (400, "InvalidSignatureException")
    assert "Credential should be scoped to correct service: 'sagemaker'." in message


def test_a_header_that_lacks_its_parts(laboratory):
    endpoint, ann = laboratory
    request = signed(endpoint, ann, "ListTrainingJobs")
    request["headers"]["Authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={ann.id}/20260101/{REGION}/sagemaker/aws4_request"
    )
    status, code, message = fault(endpoint.send(**request))
    assert (status, code) == (400, "IncompleteSignatureException")
    assert message.startswith("Authorization header requires 'Signature' parameter. ")


def test_what_is_no_call_at_all(laboratory):
    endpoint, ann = laboratory
    unknown = endpoint.send(**signed(endpoint, ann, "NoSuchOperation"))
    assert unknown[0] == 400 and json.loads(unknown[2])["__type"].endswith("UnknownOperationException")
    request = signed(endpoint, ann, "ListTrainingJobs")
    request["headers"]["Content-Type"] = "text/plain"
    assert endpoint.send(**request)[0] == 404


def presigned(endpoint, key):
    return endpoint.client(key, "sts").generate_presigned_url("get_caller_identity", ExpiresIn=60, HttpMethod="GET")


def get(endpoint, url):
    parts = urllib.parse.urlsplit(url)
    return endpoint.send("GET", f"{parts.path or '/'}?{parts.query}")


def test_a_presigned_url(laboratory):
    endpoint, ann = laboratory
    url = presigned(endpoint, ann)
    status, _, body = get(endpoint, url)
    assert status == 200 and f"arn:aws:iam::{ACCOUNT}:user/ann".encode() in body
    for changed in [
        url.replace("GetCallerIdentity", "GetSessionToken"),
        url + "&a=b",
        url[:-1] + ("0" if url[-1] != "0" else "1"),
    ]:
        status, _, body = get(endpoint, changed)
        assert status == 403 and b"<Code>SignatureDoesNotMatch</Code>" in body, body


def test_the_query_services_answer_in_their_own_way(laboratory):
    endpoint, ann = laboratory
    unknown = refused(endpoint.client(Key("AKIANOBODY0000000000", "x"), "sts").get_caller_identity)
    assert (unknown.status, unknown.code, unknown.message) == (403, "InvalidClientTokenId", UNKNOWN)
    wrong = refused(endpoint.client(Key(ann.id, "x"), "sts").get_caller_identity)
    assert (wrong.status, wrong.code, wrong.message) == (403, "SignatureDoesNotMatch", MISMATCH)
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    status, _, body = endpoint.send("POST", "/", b"Action=GetCallerIdentity&Version=2011-06-15", form)
    assert status == 403 and b"<Code>MissingAuthenticationToken</Code>" in body


def test_root_users(serve):
    endpoint = serve(world=World().document())
    for key, account in [(Key("test", "test"), ACCOUNT), (Key("444455556666", "test"), "444455556666")]:
        identity = endpoint.client(key, "sts").get_caller_identity()
        assert (identity["Arn"], identity["UserId"], identity["Account"]) == (
            f"arn:aws:iam::{account}:root",
            account,
            account,
        )
    assert refused(endpoint.client(Key("444455556666", "other")).list_training_jobs).code == "InvalidSignatureException"


def test_another_root_key(serve):
    flags = ["--root-access-key-id", "AKIAROOT000000000000", "--root-secret-access-key", "hidden"]
    endpoint = serve(*flags, world=World().document())
    assert accepted(endpoint, Key("AKIAROOT000000000000", "hidden"), job()) == arn()
    assert refused(endpoint.client(Key("test", "test")).list_training_jobs).code == "UnrecognizedClientException"
