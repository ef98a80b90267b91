//! In whose words a signature is refused: one row per kind of refusal, one column per family of services.

use crate::fault::Fault;
use crate::secret::Secret;

/// Services that refuse credentials alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorFamily {
    /// The JSON services: SageMaker, ECR, KMS, CloudWatch Logs.
    Json,
    /// The query services: IAM, STS.
    Query,
    /// S3.
    S3,
    /// EC2.
    Ec2,
}

const MISMATCH: &str = "The request signature we calculated does not match the signature you provided. Check your AWS \
                        Secret Access Key and signing method. Consult the service documentation for details.";
const INVALID_TOKEN: &str = "The security token included in the request is invalid.";
const EXPIRED_TOKEN: &str = "The security token included in the request is expired";
const EC2_REFUSED: &str = "AWS was not able to validate the provided access credentials";

impl ErrorFamily {
    /// A signature of which a part is missing or unreadable.
    pub(super) fn incomplete(self, text: impl Into<String>) -> Fault {
        Fault::new(if self == ErrorFamily::Json { "IncompleteSignatureException" } else { "IncompleteSignature" }, text)
    }

    /// A signature that is well formed and not acceptable.
    pub(super) fn invalid(self, text: impl Into<String>) -> Fault {
        Fault::new(if self == ErrorFamily::Json { "InvalidSignatureException" } else { "SignatureDoesNotMatch" }, text)
    }

    /// A signature out of time.
    pub(super) fn stale(self, text: impl Into<String>) -> Fault {
        match self {
            ErrorFamily::Ec2 => Fault::new("RequestExpired", "Request has expired."),
            ErrorFamily::Json | ErrorFamily::Query | ErrorFamily::S3 => self.invalid(text),
        }
    }

    /// No signature at all.
    pub(super) fn missing(self) -> Fault {
        match self {
            ErrorFamily::Json => {
                Fault::new("MissingAuthenticationTokenException", "Request is missing Authentication Token")
            }
            ErrorFamily::Query | ErrorFamily::Ec2 => {
                Fault::new("MissingAuthenticationToken", "Request is missing Authentication Token")
            }
            ErrorFamily::S3 => Fault::new("AccessDenied", "Access Denied"),
        }
    }

    /// The signature is not the one that the secret makes.
    pub(super) fn mismatch(self) -> Fault {
        match self {
            ErrorFamily::Ec2 => Fault::new("AuthFailure", EC2_REFUSED),
            ErrorFamily::Json | ErrorFamily::Query | ErrorFamily::S3 => self.invalid(MISMATCH),
        }
    }

    /// Nobody holds the key id, or it is inactive, or it is a session's and comes without the session's token.
    pub(super) fn unknown_key(self, access_key_id: &str) -> Fault {
        match self {
            ErrorFamily::Json => Fault::new("UnrecognizedClientException", INVALID_TOKEN),
            ErrorFamily::Query => Fault::new("InvalidClientTokenId", INVALID_TOKEN),
            ErrorFamily::S3 => {
                Fault::new("InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.")
                    .with("AWSAccessKeyId", access_key_id)
            }
            ErrorFamily::Ec2 => Fault::new("AuthFailure", EC2_REFUSED),
        }
    }

    /// A token came with a key that has none.
    pub(super) fn invalid_token(self, access_key_id: &str, token: Option<&Secret>) -> Fault {
        match self {
            ErrorFamily::S3 => Fault::new("InvalidToken", "The provided token is malformed or otherwise invalid.")
                .with("Token-0", token.map_or("", Secret::expose)),
            ErrorFamily::Json | ErrorFamily::Query | ErrorFamily::Ec2 => self.unknown_key(access_key_id),
        }
    }

    /// The session is over.
    pub(super) fn expired_token(self, token: Option<&Secret>) -> Fault {
        match self {
            ErrorFamily::Json => Fault::new("ExpiredTokenException", EXPIRED_TOKEN),
            ErrorFamily::Query => Fault::new("ExpiredToken", EXPIRED_TOKEN),
            ErrorFamily::S3 => Fault::new("ExpiredToken", "The provided token has expired.")
                .with("Token-0", token.map_or("", Secret::expose)),
            ErrorFamily::Ec2 => Fault::new("RequestExpired", "Request has expired."),
        }
    }
}
