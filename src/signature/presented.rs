//! The raw parts of a signature as a request presents them, by header or by query; nothing is judged here.

use std::borrow::Cow;

use http::HeaderMap;
use http::request::Parts;

/// The values of one header joined by commas, as HTTP reads a repeated header; `None` where it is absent.
///
/// Joining leaves no choice between two values: what is signed is what is read.
pub(super) fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<Cow<'a, str>> {
    let mut values = headers.get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes()));
    let first = values.next()?;
    let joined = values.fold(first, |joined, value| Cow::Owned(format!("{joined},{value}")));
    Some(joined)
}

/// The signature's parameters in the query, decoded; of a repeated one the first.
#[derive(Debug, Default)]
pub(super) struct QueryParameters<'a> {
    pub(super) algorithm: Option<Cow<'a, str>>,
    pub(super) credential: Option<Cow<'a, str>>,
    pub(super) signature: Option<Cow<'a, str>>,
    pub(super) signed_headers: Option<Cow<'a, str>>,
    pub(super) date: Option<Cow<'a, str>>,
    pub(super) expires: Option<Cow<'a, str>>,
    pub(super) token: Option<Cow<'a, str>>,
    pub(super) content_sha256: Option<Cow<'a, str>>,
    /// A parameter of the signature's version 2 is there: `AWSAccessKeyId`, `Signature`.
    pub(super) version_2: bool,
}

impl<'a> QueryParameters<'a> {
    pub(super) fn of(parts: &'a Parts) -> QueryParameters<'a> {
        let mut found = QueryParameters::default();
        let query = parts.uri.query().unwrap_or_default();
        if query.is_empty() {
            return found;
        }
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let slot = match name.as_ref() {
                "X-Amz-Algorithm" => &mut found.algorithm,
                "X-Amz-Credential" => &mut found.credential,
                "X-Amz-Signature" => &mut found.signature,
                "X-Amz-SignedHeaders" => &mut found.signed_headers,
                "X-Amz-Date" => &mut found.date,
                "X-Amz-Expires" => &mut found.expires,
                "X-Amz-Security-Token" => &mut found.token,
                "X-Amz-Content-Sha256" => &mut found.content_sha256,
                "AWSAccessKeyId" | "Signature" => {
                    found.version_2 = true;
                    continue;
                }
                _ => continue,
            };
            slot.get_or_insert(value);
        }
        found
    }
}

/// The `Authorization` header taken apart: an algorithm, then `name=value` pairs parted by commas and blanks.
#[derive(Debug)]
pub(super) struct Authorization<'a> {
    pub(super) algorithm: &'a str,
    pub(super) credential: Option<&'a str>,
    pub(super) signed_headers: Option<&'a str>,
    pub(super) signature: Option<&'a str>,
    /// The first piece without an equal-sign.
    pub(super) malformed: Option<&'a str>,
    /// The first parameter that comes twice.
    pub(super) repeated: Option<&'static str>,
}

impl<'a> Authorization<'a> {
    pub(super) fn of(header: &'a str) -> Authorization<'a> {
        let mut pieces = header.split([',', ' ', '\t']).filter(|piece| !piece.is_empty());
        let mut found = Authorization {
            algorithm: pieces.next().unwrap_or_default(),
            credential: None,
            signed_headers: None,
            signature: None,
            malformed: None,
            repeated: None,
        };
        for piece in pieces {
            let Some((name, value)) = piece.split_once('=') else {
                found.malformed.get_or_insert(piece);
                continue;
            };
            let (slot, name) = match name {
                "Credential" => (&mut found.credential, "Credential"),
                "SignedHeaders" => (&mut found.signed_headers, "SignedHeaders"),
                "Signature" => (&mut found.signature, "Signature"),
                _ => continue,
            };
            if slot.is_some() {
                found.repeated.get_or_insert(name);
            }
            slot.get_or_insert(value);
        }
        found
    }
}

/// The service and region of the credential scope that a request claims, before anything is checked: routing reads
/// them where nothing else tells which service is meant. Empty parts are none.
pub fn claimed_scope(parts: &Parts) -> Option<(String, String)> {
    let of = |credential: &str| {
        let mut elements = credential.rsplit('/').skip(1);
        let service = elements.next()?;
        let region = elements.next()?;
        (!service.is_empty()).then(|| (service.to_owned(), region.to_owned()))
    };
    match header(&parts.headers, "authorization") {
        Some(header) => of(Authorization::of(&header).credential?),
        None => of(QueryParameters::of(parts).credential.as_deref()?),
    }
}

/// The names of a `SignedHeaders` list: lower-case, sorted, each once.
pub(super) fn header_names(list: &str) -> Vec<String> {
    let mut names: Vec<String> = list.split(';').filter(|name| !name.is_empty()).map(str::to_ascii_lowercase).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// The five elements of a credential: `key/date/region/service/terminator`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scope<'a> {
    pub(super) access_key_id: &'a str,
    pub(super) day: &'a str,
    pub(super) region: &'a str,
    pub(super) service: &'a str,
    pub(super) terminator: &'a str,
}

impl<'a> Scope<'a> {
    /// `None` where there are not exactly five elements.
    pub(super) fn of(credential: &'a str) -> Option<Scope<'a>> {
        let mut elements = credential.split('/');
        let scope = Scope {
            access_key_id: elements.next()?,
            day: elements.next()?,
            region: elements.next()?,
            service: elements.next()?,
            terminator: elements.next()?,
        };
        elements.next().is_none().then_some(scope)
    }

    /// Whether the region is spelled as regions are: `us-east-1`, `us-gov-west-1`.
    pub(super) fn has_region(&self) -> bool {
        let mut segments = self.region.split('-');
        let first = segments.next().unwrap_or_default();
        let last = segments.next_back().unwrap_or_default();
        let middle: Vec<&str> = segments.collect();
        let letters = |segment: &str| !segment.is_empty() && segment.bytes().all(|byte| byte.is_ascii_lowercase());
        self.region.len() <= 32
            && first.len() >= 2
            && letters(first)
            && !middle.is_empty()
            && middle.iter().all(|segment| letters(segment))
            && !last.is_empty()
            && last.bytes().all(|byte| byte.is_ascii_digit())
    }
}
