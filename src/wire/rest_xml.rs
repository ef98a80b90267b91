//! S3's refusals.
//!
//! What else an error carries (`BucketName`, `AWSAccessKeyId`) stands between its text and the request id.
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html>, `facts/aws-behaviour.md` B.3

use std::io;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Response, StatusCode};

use super::xml::Xml;
use super::{respond, statuses};
use crate::fault::Fault;

const S3_REQUEST_ID: HeaderName = HeaderName::from_static("x-amz-request-id");

pub(super) fn encode_fault(fault: &Fault, request_id: &str) -> Response<Bytes> {
    let body = refusal(fault, request_id).unwrap_or_default();
    let mut response = respond(status(&fault.code), Some("application/xml"), Bytes::from(body), request_id);
    if let Ok(value) = HeaderValue::from_str(request_id) {
        response.headers_mut().insert(S3_REQUEST_ID, value);
    }
    response
}

fn refusal(fault: &Fault, request_id: &str) -> io::Result<Vec<u8>> {
    let mut xml = Xml::declared();
    xml.element("Error", None, |xml| {
        xml.text("Code", &fault.code)?;
        if let Some(message) = &fault.message {
            xml.text("Message", message)?;
        }
        fault.details.iter().try_for_each(|(name, value)| xml.text(name, value))?;
        xml.text("RequestId", request_id)
    })?;
    Ok(xml.into_bytes())
}

fn status(code: &str) -> StatusCode {
    match code {
        "NoSuchBucket"
        | "NoSuchKey"
        | "NoSuchUpload"
        | "NoSuchVersion"
        | "NoSuchBucketPolicy"
        | "NoSuchTagSet"
        | "ServerSideEncryptionConfigurationNotFoundError" => StatusCode::NOT_FOUND,
        "BucketAlreadyExists" | "BucketAlreadyOwnedByYou" | "BucketNotEmpty" | "OperationAborted" => {
            StatusCode::CONFLICT
        }
        // S3 answers 400 to an expired token where the other XML services answer 403.
        "ExpiredToken" => StatusCode::BAD_REQUEST,
        "PreconditionFailed" => StatusCode::PRECONDITION_FAILED,
        "MethodNotAllowed" => StatusCode::METHOD_NOT_ALLOWED,
        "InvalidRange" => StatusCode::RANGE_NOT_SATISFIABLE,
        other => statuses::of(other),
    }
}
