"""Signed requests that a test may bend before they are sent, and the errors that come back."""

import json

import botocore.auth
import botocore.awsrequest
import botocore.credentials
from endpoint import REGION


def signed(endpoint, key, operation, body=b"{}", at=None, service="sagemaker", region=REGION):
    """The arguments of `Endpoint.send` for a signed JSON call, made at an instant other than now where one is given."""
    headers = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": f"SageMaker.{operation}"}
    request = botocore.awsrequest.AWSRequest("POST", endpoint.url + "/", headers=headers, data=body)
    credentials = botocore.credentials.Credentials(key.id, key.secret, key.token)
    auth = botocore.auth.SigV4Auth(credentials, service, region)
    if at is None:
        auth.add_auth(request)
    else:
        request.context["timestamp"] = at.strftime("%Y%m%dT%H%M%SZ")
        request.headers["X-Amz-Date"] = request.context["timestamp"]
        if key.token:
            request.headers["X-Amz-Security-Token"] = key.token
        canonical = auth.canonical_request(request)
        signature = auth.signature(auth.string_to_sign(request, canonical), request)
        auth._inject_signature_to_request(request, signature)
    return {"method": "POST", "path": "/", "body": body, "headers": dict(request.headers)}


def fault(answer):
    """Status, code and text of a JSON error."""
    status, _, body = answer
    document = json.loads(body)
    return status, document["__type"].split("#")[-1], document.get("message", document.get("Message"))
