//! The HTTP statuses of the errors that every service shares and no model declares, for the protocols that use more
//! statuses than 400. <https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html>

use http::StatusCode;

/// The status of a code; 400 where nothing else is known.
pub(super) fn of(code: &str) -> StatusCode {
    match code {
        "AccessDenied"
        | "AccessDeniedException"
        | "ExpiredToken"
        | "InvalidAccessKeyId"
        | "InvalidClientTokenId"
        | "InvalidSignatureException"
        | "MissingAuthenticationToken"
        | "MissingAuthenticationTokenException"
        | "OptInRequired"
        | "RequestTimeTooSkewed"
        | "SignatureDoesNotMatch"
        | "UnauthorizedOperation"
        | "UnrecognizedClientException" => StatusCode::FORBIDDEN,
        "AuthFailure" => StatusCode::UNAUTHORIZED,
        "InternalFailure" | "InternalError" | "ServiceFailure" => StatusCode::INTERNAL_SERVER_ERROR,
        "NotImplemented" => StatusCode::NOT_IMPLEMENTED,
        "ServiceUnavailable" => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::BAD_REQUEST,
    }
}
