//! AWS Signature Version 4: was this request signed with that secret?
//!
//! Two steps, because the secret is looked up between them: [`claim`] reads what a request says of its signature, by
//! `Authorization` header or by presigned query, and refuses what is malformed, stale or scoped elsewhere;
//! [`Claim::verify`] then computes the signature from the request as it came and compares in constant time.
//!
//! Pure: the time is an argument, and derived keys are remembered in a [`SigningKeys`] that the caller owns.
//! Knows nothing of principals. INVARIANT: the body's hash is computed from the body, never taken from a header, save
//! where S3 lets a signer leave the body out.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>; the texts are those of
//! `facts/aws-behaviour.md` B.

mod canonical;
mod coral;
mod date;
mod keys;
mod presented;
mod refusal;
mod s3;

use std::borrow::Cow;
use std::fmt::Write as _;

use http::request::Parts;
use jiff::Timestamp;

pub use keys::SigningKeys;
pub use presented::claimed_scope;
pub use refusal::ErrorFamily;

use crate::fault::Fault;
use crate::secret::{Secret, equal};

/// The one algorithm: HMAC with SHA-256.
const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// What the endpoint that a request reached accepts.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// In whose words the service refuses.
    pub family: ErrorFamily,
    /// The signing name that the credential scope must carry, such as `sagemaker`.
    pub service: &'a str,
    /// The region that S3 names when the scope's is none.
    pub region: &'a str,
    /// The region of the endpoint that the host names, where it names one; the scope must agree. S3 ignores it.
    pub host_region: Option<&'a str>,
}

/// What a request says of its signature: well formed, in time and in scope, but not yet believed.
#[derive(Debug, Clone)]
pub struct Claim {
    /// Whose secret is said to have signed.
    pub access_key_id: String,
    /// The region of the credential scope.
    pub region: String,
    /// The service of the credential scope.
    pub service: String,
    /// The session token that came along, from the header or the query.
    pub token: Option<Secret>,
    /// Whether the signature stands in the query.
    pub presigned: bool,
    /// When the request says it was signed, to the second.
    pub signed_at: Timestamp,
    family: ErrorFamily,
    /// `key/date/region/service/aws4_request`, as it came.
    credential: String,
    /// Lower-case, sorted, each once.
    signed_headers: Vec<String>,
    signature: String,
}

/// Reads the signature of a request and checks everything about it that needs no secret: its form, its date against
/// the wall clock `now`, its scope. The order of the checks and their texts are those of the service's family.
///
/// # Errors
/// The refusal that AWS would answer, for a request without signature too.
pub fn claim(parts: &Parts, expected: &Expected<'_>, now: Timestamp) -> Result<Claim, Fault> {
    match expected.family {
        ErrorFamily::S3 => s3::claim(parts, expected, now),
        ErrorFamily::Json | ErrorFamily::Query | ErrorFamily::Ec2 => coral::claim(parts, expected, now),
    }
}

impl Claim {
    /// Computes the signature of the request under a secret and compares it with the one that came.
    ///
    /// # Errors
    /// The family's signature mismatch; for S3 also the refusals about `x-amz-content-sha256`.
    pub fn verify(&self, secret: &Secret, keys: &SigningKeys, parts: &Parts, body: &[u8]) -> Result<(), Fault> {
        let payload = match self.family {
            ErrorFamily::S3 => s3::payload_hash(self, parts, body)?,
            ErrorFamily::Json | ErrorFamily::Query | ErrorFamily::Ec2 => {
                coral::payload_hash(parts, body).map(Cow::Owned).ok_or_else(|| self.mismatch(&[], ""))?
            }
        };
        let canonical = canonical::request(parts, &self.form(), &payload);
        let string_to_sign = self.string_to_sign(&canonical);
        let (signature, key) = keys.sign(self, secret, string_to_sign.as_bytes());
        if !equal(&signature, &self.signature) {
            return Err(self.mismatch(&canonical, &string_to_sign));
        }
        if let Some(key) = key {
            keys.remember(self, secret, key);
        }
        Ok(())
    }

    /// The refusal of a key id that nobody holds, of a session token that is missing or foreign.
    pub fn unknown_key(&self) -> Fault {
        self.family.unknown_key(&self.access_key_id)
    }

    /// The refusal of a session token that does not belong to the key.
    pub fn invalid_token(&self) -> Fault {
        self.family.invalid_token(&self.access_key_id, self.token.as_ref())
    }

    /// The refusal of a session that is over.
    pub fn expired_token(&self) -> Fault {
        self.family.expired_token(self.token.as_ref())
    }

    fn form(&self) -> canonical::Form<'_> {
        canonical::Form {
            signed_headers: &self.signed_headers,
            presigned: self.presigned,
            path: if self.family == ErrorFamily::S3 { canonical::Path::Once } else { canonical::Path::Twice },
        }
    }

    fn string_to_sign(&self, canonical: &[u8]) -> String {
        let scope = self.credential.get(self.access_key_id.len() + 1..).unwrap_or_default();
        let mut text = String::with_capacity(160);
        let hash = canonical::sha256_hex(canonical);
        // Writing to a string does not fail.
        let _ = write!(text, "{ALGORITHM}\n{}\n{scope}\n{hash}", date::basic(self.signed_at));
        text
    }

    fn mismatch(&self, canonical: &[u8], string_to_sign: &str) -> Fault {
        match self.family {
            ErrorFamily::S3 => s3::mismatch(&self.access_key_id, &self.signature, canonical, string_to_sign),
            ErrorFamily::Json | ErrorFamily::Query | ErrorFamily::Ec2 => self.family.mismatch(),
        }
    }
}

#[cfg(test)]
mod tests;
