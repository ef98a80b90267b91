//! Signatures as S3 reads them: its order of checks, its texts, and bodies that a signer may leave out.
//!
//! `facts/aws-behaviour.md` B.3;
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html>,
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html>.

use std::borrow::Cow;

use http::request::Parts;
use jiff::{SignedDuration, Timestamp};

use super::presented::{Authorization, QueryParameters, Scope, header, header_names};
use super::{ALGORITHM, Claim, ErrorFamily, Expected, canonical, date};
use crate::fault::Fault;
use crate::secret::Secret;

/// How far a signature's date may be from the wall clock.
const TOLERANCE: SignedDuration = SignedDuration::from_mins(15);
/// The longest life of a presigned request, in seconds: a week.
const LONGEST_EXPIRY: i64 = 604_800;
const UNSIGNED_PAYLOAD: &str = "UNSIGNED-PAYLOAD";

struct Presented<'a> {
    credential: Cow<'a, str>,
    signed_headers: Cow<'a, str>,
    signature: Cow<'a, str>,
    signed_at: Timestamp,
    /// `The authorization header is malformed`, or what S3 says of the query in its place.
    blame: Blame,
}

/// Which words introduce a refusal of the credential.
#[derive(Clone, Copy)]
enum Blame {
    Header,
    Query,
}

impl Blame {
    fn malformed(self, what: &str) -> Fault {
        match self {
            Blame::Header => {
                Fault::new("AuthorizationHeaderMalformed", format!("The authorization header is malformed; {what}"))
            }
            Blame::Query => Fault::new(
                "AuthorizationQueryParametersError",
                format!("Error parsing the X-Amz-Credential parameter; {what}"),
            ),
        }
    }
}

pub(super) fn claim(parts: &Parts, expected: &Expected<'_>, now: Timestamp) -> Result<Claim, Fault> {
    let authorization = header(&parts.headers, "authorization");
    let query = QueryParameters::of(parts);
    let now = date::whole_second(now);
    let by_query = query.algorithm.is_some() || query.signature.is_some() || query.version_2;
    let presented = match &authorization {
        Some(_) if by_query => {
            return Err(Fault::new(
                "InvalidArgument",
                "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string \
                 parameter or the Authorization header should be specified",
            ));
        }
        Some(text) => from_header(parts, text, now)?,
        None if by_query => from_query(&query, now)?,
        None => return Err(ErrorFamily::S3.missing()),
    };
    let scope = scoped(&presented, expected)?;
    let signed_headers = header_names(&presented.signed_headers);
    covered(parts, &signed_headers)?;
    let token = match (header(&parts.headers, "x-amz-security-token"), &query.token) {
        (Some(header), Some(query)) if header != *query => {
            return Err(ErrorFamily::S3.invalid_token(scope.access_key_id, Some(&Secret::new(header))));
        }
        (Some(token), _) => Some(Secret::new(token)),
        (None, token) => token.as_deref().map(Secret::new),
    };
    Ok(Claim {
        access_key_id: scope.access_key_id.to_owned(),
        region: scope.region.to_owned(),
        service: scope.service.to_owned(),
        token,
        presigned: by_query,
        signed_at: presented.signed_at,
        family: ErrorFamily::S3,
        credential: presented.credential.to_string(),
        signed_headers,
        signature: presented.signature.to_string(),
    })
}

/// The last line of the canonical request. A hash that is claimed must be the body's; a body may be left out of the
/// signature only by the names that S3 gives to that.
pub(super) fn payload_hash(claim: &Claim, parts: &Parts, body: &[u8]) -> Result<Cow<'static, str>, Fault> {
    let claimed = header(&parts.headers, "x-amz-content-sha256");
    let claimed = match claimed {
        Some(claimed) => claimed,
        None if claim.presigned => QueryParameters::of(parts)
            .content_sha256
            .map_or(Cow::Borrowed(UNSIGNED_PAYLOAD), |hash| hash.into_owned().into()),
        None => {
            return Err(Fault::new("InvalidRequest", "Missing required header for this request: x-amz-content-sha256"));
        }
    };
    match claimed.as_ref() {
        UNSIGNED_PAYLOAD => Ok(Cow::Borrowed(UNSIGNED_PAYLOAD)),
        "STREAMING-UNSIGNED-PAYLOAD-TRAILER" => Ok(Cow::Borrowed("STREAMING-UNSIGNED-PAYLOAD-TRAILER")),
        streaming if streaming.starts_with("STREAMING-") => {
            Err(Fault::new("NotImplemented", "A header you provided implies functionality that is not implemented")
                .with("Header", "x-amz-content-sha256"))
        }
        hash if hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
            let computed = canonical::sha256_hex(body);
            if computed == hash {
                return Ok(Cow::Owned(computed));
            }
            Err(Fault::new(
                "XAmzContentSHA256Mismatch",
                "The provided 'x-amz-content-sha256' header does not match what was computed.",
            )
            .with("ClientComputedContentSHA256", hash)
            .with("S3ComputedContentSHA256", computed))
        }
        other => Err(Fault::new(
            "InvalidArgument",
            "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, \
             STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER, \
             STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD, STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER or a valid \
             sha256 value.",
        )
        .with("ArgumentName", "x-amz-content-sha256")
        .with("ArgumentValue", other)),
    }
}

/// The mismatch with everything that S3 tells a client who wants to find the difference.
pub(super) fn mismatch(access_key_id: &str, signature: &str, canonical: &[u8], string_to_sign: &str) -> Fault {
    let bytes = |text: &[u8]| text.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" ");
    Fault::new(
        "SignatureDoesNotMatch",
        "The request signature we calculated does not match the signature you provided. Check your key and signing \
         method.",
    )
    .with("AWSAccessKeyId", access_key_id)
    .with("StringToSign", string_to_sign)
    .with("SignatureProvided", signature)
    .with("StringToSignBytes", bytes(string_to_sign.as_bytes()))
    .with("CanonicalRequest", String::from_utf8_lossy(canonical))
    .with("CanonicalRequestBytes", bytes(canonical))
}

fn from_header<'a>(parts: &'a Parts, text: &'a str, now: Timestamp) -> Result<Presented<'a>, Fault> {
    let authorization = Authorization::of(text);
    if authorization.algorithm != ALGORITHM {
        return Err(if authorization.algorithm.starts_with("AWS") {
            unsupported_mechanism()
        } else {
            Fault::new("InvalidArgument", "Unsupported Authorization Type")
                .with("ArgumentName", "Authorization")
                .with("ArgumentValue", text)
        });
    }
    let (Some(credential), Some(signed_headers), Some(signature), None) = (
        authorization.credential,
        authorization.signed_headers,
        authorization.signature,
        authorization.malformed.or(authorization.repeated),
    ) else {
        return Err(Blame::Header.malformed(
            "the authorization header requires three components: Credential, SignedHeaders, and Signature.",
        ));
    };
    let signed_at = match header(&parts.headers, "x-amz-date") {
        Some(text) => date::parse_basic(&text),
        None => header(&parts.headers, "date").and_then(|text| date::parse_header(&text)),
    };
    let signed_at = signed_at
        .ok_or_else(|| Fault::new("AccessDenied", "AWS authentication requires a valid Date or x-amz-date header"))?;
    if signed_at.duration_since(now).abs() > TOLERANCE {
        return Err(Fault::new(
            "RequestTimeTooSkewed",
            "The difference between the request time and the current time is too large.",
        )
        .with("RequestTime", date::basic(signed_at))
        .with("ServerTime", now.to_string())
        .with("MaxAllowedSkewMilliseconds", TOLERANCE.as_millis().to_string()));
    }
    Ok(Presented {
        credential: Cow::Borrowed(credential),
        signed_headers: Cow::Borrowed(signed_headers),
        signature: Cow::Borrowed(signature),
        signed_at,
        blame: Blame::Header,
    })
}

fn from_query<'a>(query: &QueryParameters<'a>, now: Timestamp) -> Result<Presented<'a>, Fault> {
    if query.version_2 {
        return Err(if query.algorithm.is_none() && query.signature.is_none() {
            unsupported_mechanism()
        } else {
            Fault::new(
                "AccessDenied",
                "Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters",
            )
        });
    }
    let error = |text: &str| Fault::new("AuthorizationQueryParametersError", text);
    let (Some(algorithm), Some(credential), Some(signature), Some(date), Some(signed_headers), Some(expires)) = (
        &query.algorithm,
        query.credential.clone(),
        query.signature.clone(),
        &query.date,
        query.signed_headers.clone(),
        &query.expires,
    ) else {
        return Err(error(
            "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, \
             X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.",
        ));
    };
    if algorithm != ALGORITHM {
        return Err(error("X-Amz-Algorithm only supports \"AWS4-HMAC-SHA256 and AWS4-ECDSA-P256-SHA256\""));
    }
    let signed_at = date::parse_basic(date)
        .ok_or_else(|| error("X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\""))?;
    let life = match expires.parse::<i64>() {
        Err(_) => return Err(error("X-Amz-Expires should be a number")),
        Ok(..0) => return Err(error("X-Amz-Expires must be non-negative")),
        Ok(seconds) if seconds > LONGEST_EXPIRY => {
            return Err(error(
                "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less \
                 than 604800 seconds",
            ));
        }
        Ok(seconds) => SignedDuration::from_secs(seconds),
    };
    let age = now.duration_since(signed_at);
    if age > life {
        let end = signed_at.saturating_add(life).unwrap_or(signed_at);
        return Err(Fault::new("AccessDenied", "Request has expired")
            .with("X-Amz-Expires", expires.to_string())
            .with("Expires", end.to_string())
            .with("ServerTime", now.to_string()));
    }
    if age < -TOLERANCE {
        return Err(Fault::new("AccessDenied", "Request is not yet valid").with("ServerTime", now.to_string()));
    }
    Ok(Presented { credential, signed_headers, signature, signed_at, blame: Blame::Query })
}

fn unsupported_mechanism() -> Fault {
    Fault::new(
        "InvalidRequest",
        "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.",
    )
}

fn scoped<'a>(presented: &'a Presented<'_>, expected: &Expected<'_>) -> Result<Scope<'a>, Fault> {
    let blame = presented.blame;
    let Some(scope) = Scope::of(&presented.credential) else {
        return Err(blame.malformed(
            "the Credential is mal-formed; expecting \"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\".",
        ));
    };
    let day = date::day(presented.signed_at);
    if !scope.has_region() {
        let what = format!("the region '{}' is wrong; expecting '{}'", scope.region, expected.region);
        return Err(blame.malformed(&what).with("Region", expected.region));
    }
    if scope.service != expected.service {
        return Err(blame.malformed(&format!(
            "incorrect service \"{}\". This endpoint belongs to \"{}\".",
            scope.service, expected.service
        )));
    }
    if scope.terminator != "aws4_request" {
        return Err(blame
            .malformed(&format!("incorrect terminal \"{}\". This endpoint uses \"aws4_request\".", scope.terminator)));
    }
    if scope.day != day {
        return Err(blame.malformed(&format!(
            "Invalid credential date \"{}\". This date is not the same as X-Amz-Date: \"{day}\".",
            scope.day
        )));
    }
    Ok(scope)
}

/// `host` and every `x-amz-` header must be signed.
fn covered(parts: &Parts, signed_headers: &[String]) -> Result<(), Fault> {
    let mut unsigned: Vec<&str> = parts
        .headers
        .keys()
        .map(http::HeaderName::as_str)
        .filter(|name| *name == "host" || name.starts_with("x-amz-"))
        .filter(|name| !signed_headers.iter().any(|signed| signed == name))
        .collect();
    if unsigned.is_empty() {
        return Ok(());
    }
    unsigned.sort_unstable();
    Err(Fault::new("AccessDenied", "There were headers present in the request which were not signed")
        .with("HeadersNotSigned", unsigned.join(", ")))
}
