//! Signatures as every service but S3 reads them: the order of checks and the texts of `facts/aws-behaviour.md` B.1.

use std::borrow::Cow;

use http::request::Parts;
use jiff::{SignedDuration, Timestamp};

use super::presented::{Authorization, QueryParameters, Scope, header, header_names};
use super::{ALGORITHM, Claim, ErrorFamily, Expected, canonical, date};
use crate::fault::Fault;
use crate::secret::Secret;

/// How far a signature's date may be from the wall clock.
const TOLERANCE_MINUTES: i64 = 5;
/// The longest life of a presigned request, in seconds: a week.
const LONGEST_EXPIRY: i64 = 604_800;

/// The parts of a signature, from wherever they stood, all there.
struct Presented<'a> {
    algorithm: &'a str,
    credential: &'a str,
    signed_headers: &'a str,
    signature: &'a str,
    date: Cow<'a, str>,
    /// Whether `date` may have the form of HTTP's own `Date` header.
    http_date: bool,
    /// How long after its date a presigned request may be used.
    expires: Option<&'a str>,
    presigned: bool,
}

pub(super) fn claim(parts: &Parts, expected: &Expected<'_>, now: Timestamp) -> Result<Claim, Fault> {
    let family = expected.family;
    let authorization = header(&parts.headers, "authorization");
    let query = QueryParameters::of(parts);
    let presented = match &authorization {
        Some(_) if query.algorithm.is_some() => {
            return Err(family
                .invalid("Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header."));
        }
        Some(text) if text.trim_start().starts_with("AWS4-") => by_header(parts, family, text)?,
        None if query.algorithm.is_some() => by_query(family, &query)?,
        Some(_) | None => return Err(family.missing()),
    };
    let signed_at = dated(family, &presented)?;
    fresh(family, signed_at, presented.expires, date::whole_second(now))?;
    let signed_headers = header_names(presented.signed_headers);
    covered(parts, family, &signed_headers)?;
    if presented.algorithm != ALGORITHM {
        return Err(family.incomplete(format!(
            "Unsupported AWS 'algorithm': '{}' (only AWS4-HMAC-SHA256 for now). ",
            presented.algorithm
        )));
    }
    let Some(scope) = Scope::of(presented.credential) else {
        return Err(family.incomplete(format!(
            "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '{}'",
            presented.credential
        )));
    };
    scoped(expected, &scope, signed_at)?;
    Ok(Claim {
        access_key_id: scope.access_key_id.to_owned(),
        region: scope.region.to_owned(),
        service: scope.service.to_owned(),
        token: token(parts, family, &query, scope.access_key_id)?,
        presigned: presented.presigned,
        signed_at,
        family,
        credential: presented.credential.to_owned(),
        signed_headers,
        signature: presented.signature.to_owned(),
    })
}

/// The hash of the body; `None` where a header claims another.
pub(super) fn payload_hash(parts: &Parts, body: &[u8]) -> Option<String> {
    let computed = canonical::sha256_hex(body);
    match header(&parts.headers, "x-amz-content-sha256") {
        Some(claimed) if claimed != computed => None,
        Some(_) | None => Some(computed),
    }
}

fn by_header<'a>(parts: &'a Parts, family: ErrorFamily, text: &'a str) -> Result<Presented<'a>, Fault> {
    let authorization = Authorization::of(text);
    if let Some(piece) = authorization.malformed {
        return Err(family.incomplete(format!(
            "'{piece}' not a valid key=value pair (missing equal-sign) in Authorization header: '{text}'."
        )));
    }
    if let Some(name) = authorization.repeated {
        return Err(family
            .incomplete(format!("Authorization header requires '{name}' parameter only once. Authorization={text}")));
    }
    let amz_date = header(&parts.headers, "x-amz-date");
    let http_date = amz_date.is_none();
    let date = amz_date.or_else(|| header(&parts.headers, "date"));
    let present = |value: Option<&'a str>| value.filter(|value| !value.is_empty());
    let (credential, signature, signed_headers) =
        (present(authorization.credential), present(authorization.signature), present(authorization.signed_headers));
    match (credential, signature, signed_headers, date) {
        (Some(credential), Some(signature), Some(signed_headers), Some(date)) => Ok(Presented {
            algorithm: authorization.algorithm,
            credential,
            signed_headers,
            signature,
            date,
            http_date,
            expires: None,
            presigned: false,
        }),
        (credential, signature, signed_headers, date) => {
            let mut message = String::new();
            for (name, there) in [
                ("Credential", credential.is_some()),
                ("Signature", signature.is_some()),
                ("SignedHeaders", signed_headers.is_some()),
            ] {
                if !there {
                    message.push_str(&format!("Authorization header requires '{name}' parameter. "));
                }
            }
            if date.is_none() {
                message
                    .push_str("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ");
            }
            Err(family.incomplete(format!("{message}Authorization={text}")))
        }
    }
}

fn by_query<'a>(family: ErrorFamily, query: &'a QueryParameters<'_>) -> Result<Presented<'a>, Fault> {
    let parameters = [
        ("X-Amz-Algorithm", &query.algorithm),
        ("X-Amz-Credential", &query.credential),
        ("X-Amz-Signature", &query.signature),
        ("X-Amz-SignedHeaders", &query.signed_headers),
        ("X-Amz-Date", &query.date),
    ]
    .map(|(name, value)| (name, value.as_deref().filter(|value| !value.is_empty())));
    let values = parameters.map(|(_, value)| value);
    let [Some(algorithm), Some(credential), Some(signature), Some(signed_headers), Some(date)] = values else {
        let missing: String = parameters
            .iter()
            .filter(|(_, value)| value.is_none())
            .map(|(name, _)| format!("AWS query-string parameters must include '{name}'. "))
            .collect();
        return Err(family.incomplete(format!("{missing}Re-examine the query-string parameters.")));
    };
    Ok(Presented {
        algorithm,
        credential,
        signed_headers,
        signature,
        date: Cow::Borrowed(date),
        http_date: false,
        expires: query.expires.as_deref(),
        presigned: true,
    })
}

fn dated(family: ErrorFamily, presented: &Presented<'_>) -> Result<Timestamp, Fault> {
    let parsed =
        if presented.http_date { date::parse_header(&presented.date) } else { date::parse_basic(&presented.date) };
    parsed.ok_or_else(|| {
        family.incomplete(format!(
            "Date must be in ISO-8601 'basic format'. Got '{}'. See http://en.wikipedia.org/wiki/ISO_8601",
            presented.date
        ))
    })
}

/// The date of a signature against the wall clock; a presigned request lives as long as it says.
fn fresh(family: ErrorFamily, signed_at: Timestamp, expires: Option<&str>, now: Timestamp) -> Result<(), Fault> {
    let tolerance = SignedDuration::from_mins(TOLERANCE_MINUTES);
    let life = match expires {
        None => tolerance,
        Some(text) => match text.parse() {
            Ok(seconds @ 1..=LONGEST_EXPIRY) => SignedDuration::from_secs(seconds),
            Ok(_) | Err(_) => {
                return Err(family.incomplete(format!(
                    "X-Amz-Expires must be a number of seconds from 1 to {LONGEST_EXPIRY}. Got '{text}'. Re-examine \
                     the query-string parameters."
                )));
            }
        },
    };
    let (earliest, latest) = (now.saturating_sub(life), now.saturating_add(tolerance));
    if let Ok(earliest) = earliest
        && signed_at < earliest
    {
        return Err(family.stale(format!(
            "Signature expired: {} is now earlier than {} ({} - {}.)",
            date::basic(signed_at),
            date::basic(earliest),
            date::basic(now),
            spelled(life)
        )));
    }
    if let Ok(latest) = latest
        && signed_at > latest
    {
        return Err(family.stale(format!(
            "Signature not yet current: {} is still later than {} ({} + {}.)",
            date::basic(signed_at),
            date::basic(latest),
            date::basic(now),
            spelled(tolerance)
        )));
    }
    Ok(())
}

fn spelled(span: SignedDuration) -> String {
    match span.as_secs() {
        seconds if seconds % 60 == 0 => format!("{} min", seconds / 60),
        seconds => format!("{seconds} sec"),
    }
}

/// What chooses the endpoint and the operation must be signed. AWS's guide asks it of `host` and of every `x-amz-`
/// header; the JSON services are known to let a token be added after signing, which the token itself makes safe.
fn covered(parts: &Parts, family: ErrorFamily, signed_headers: &[String]) -> Result<(), Fault> {
    let signed = |name: &str| signed_headers.iter().any(|signed| signed == name);
    for (name, spelling, needed) in
        [("host", "Host", true), ("x-amz-target", "X-Amz-Target", parts.headers.contains_key("x-amz-target"))]
    {
        if needed && !signed(name) {
            return Err(family.invalid(format!("'{spelling}' must be a 'SignedHeader' in the AWS Authorization.")));
        }
    }
    Ok(())
}

fn scoped(expected: &Expected<'_>, scope: &Scope<'_>, signed_at: Timestamp) -> Result<(), Fault> {
    let service = expected.service;
    let mut message = String::new();
    if !scope.has_region() || expected.host_region.is_some_and(|region| region != scope.region) {
        message.push_str(&format!("Credential should be scoped to a valid region, not '{}'. ", scope.region));
    }
    if scope.service != service {
        message.push_str(&format!("Credential should be scoped to correct service: '{service}'. "));
    }
    if scope.terminator != "aws4_request" {
        message.push_str(&format!(
            "Credential should be scoped with a valid terminator: 'aws4_request', not '{}'. ",
            scope.terminator
        ));
    }
    let day = date::day(signed_at);
    if scope.day != day {
        message.push_str(&format!(
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '{}' != \
             '{day}', from '{}'. ",
            scope.day,
            date::basic(signed_at)
        ));
    }
    if message.is_empty() { Ok(()) } else { Err(expected.family.invalid(message)) }
}

/// The session token, from the header or the query; two that differ belong to nobody.
fn token(
    parts: &Parts,
    family: ErrorFamily,
    query: &QueryParameters<'_>,
    access_key_id: &str,
) -> Result<Option<Secret>, Fault> {
    match (header(&parts.headers, "x-amz-security-token"), &query.token) {
        (Some(header), Some(query)) if header != *query => Err(family.unknown_key(access_key_id)),
        (Some(token), _) => Ok(Some(Secret::new(token))),
        (None, Some(token)) => Ok(Some(Secret::new(token.as_ref()))),
        (None, None) => Ok(None),
    }
}
