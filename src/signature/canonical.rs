//! The canonical form of a request: the bytes that both sides hash.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html#create-canonical-request>

use std::borrow::Cow;

use http::request::Parts;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode, percent_encode};
use sha2::{Digest, Sha256};

/// Everything but the unreserved characters of RFC 3986.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
/// The same within a path, whose slashes stay.
const RESERVED_IN_PATH: &AsciiSet = &RESERVED.remove(b'/');

/// How a service canonicalizes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Form<'a> {
    /// Lower-case, sorted, each once.
    pub(super) signed_headers: &'a [String],
    /// The signature stands in the query, which cannot sign itself.
    pub(super) presigned: bool,
    pub(super) path: Path,
}

/// How often a path is URI-encoded before it is hashed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Path {
    /// Once, and taken as it is: S3, whose keys may hold `//` and `..`.
    Once,
    /// Twice, after dot segments and doubled slashes are resolved: every other service.
    Twice,
}

/// Method, path, query, headers, their names and the payload's hash, each on its line.
pub(super) fn request(parts: &Parts, form: &Form<'_>, payload_hash: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(512);
    out.extend_from_slice(parts.method.as_str().as_bytes());
    out.push(b'\n');
    out.extend_from_slice(path(parts.uri.path(), form.path).as_bytes());
    out.push(b'\n');
    out.extend_from_slice(query(parts.uri.query().unwrap_or_default(), form.presigned).as_bytes());
    out.push(b'\n');
    for name in form.signed_headers {
        out.extend_from_slice(name.as_bytes());
        out.push(b':');
        for (place, value) in parts.headers.get_all(name.as_str()).iter().enumerate() {
            if place > 0 {
                out.push(b',');
            }
            header_value(value.as_bytes(), &mut out);
        }
        out.push(b'\n');
    }
    out.push(b'\n');
    for (place, name) in form.signed_headers.iter().enumerate() {
        if place > 0 {
            out.push(b';');
        }
        out.extend_from_slice(name.as_bytes());
    }
    out.push(b'\n');
    out.extend_from_slice(payload_hash.as_bytes());
    out
}

/// SHA-256 in lower-case hexadecimal.
pub(super) fn sha256_hex(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn hex(bytes: &[u8]) -> String {
    let digit = |half: u8| char::from_digit(u32::from(half), 16).unwrap_or('0');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// Blanks around a value go, and several blanks within it become one.
fn header_value(value: &[u8], out: &mut Vec<u8>) {
    let mut blank = false;
    for byte in value.trim_ascii() {
        if *byte == b' ' {
            blank = true;
            continue;
        }
        if std::mem::take(&mut blank) {
            out.push(b' ');
        }
        out.push(*byte);
    }
}

fn path(path: &str, form: Path) -> Cow<'_, str> {
    match (form, path) {
        (_, "" | "/") => Cow::Borrowed("/"),
        (Path::Once, path) => {
            let decoded: Cow<'_, [u8]> = percent_decode(path.as_bytes()).into();
            Cow::Owned(percent_encode(&decoded, RESERVED_IN_PATH).to_string())
        }
        (Path::Twice, path) => Cow::Owned(percent_encode(resolved(path).as_bytes(), RESERVED_IN_PATH).to_string()),
    }
}

/// The path without dot segments and empty segments; a slash at its end stays.
fn resolved(path: &str) -> String {
    let mut segments: Vec<&str> = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                segments.pop();
            }
            _ => segments.push(segment),
        }
    }
    let ends_open = path.ends_with('/') || path.ends_with("/.") || path.ends_with("/..");
    let end = if ends_open && !segments.is_empty() { "/" } else { "" };
    format!("/{}{end}", segments.join("/"))
}

/// The parameters decoded, encoded anew and sorted. A `+` is a blank, as in every form.
fn query(query: &str, presigned: bool) -> String {
    if query.is_empty() {
        return String::new();
    }
    let mut parameters: Vec<(String, String)> = query
        .split('&')
        .filter(|parameter| !parameter.is_empty())
        .map(|parameter| parameter.split_once('=').unwrap_or((parameter, "")))
        .map(|(name, value)| (encoded_anew(name), encoded_anew(value)))
        .filter(|(name, _)| !(presigned && name == "X-Amz-Signature"))
        .collect();
    parameters.sort_unstable();
    let mut out = String::with_capacity(query.len() + 16);
    for (place, (name, value)) in parameters.iter().enumerate() {
        if place > 0 {
            out.push('&');
        }
        out.push_str(name);
        out.push('=');
        out.push_str(value);
    }
    out
}

fn encoded_anew(text: &str) -> String {
    let blanks = if text.contains('+') { Cow::Owned(text.replace('+', " ")) } else { Cow::Borrowed(text) };
    let decoded: Cow<'_, [u8]> = percent_decode(blanks.as_bytes()).into();
    percent_encode(&decoded, RESERVED).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_encoded_once_for_s3_and_twice_elsewhere() {
        for (given, once, twice) in [
            ("/", "/", "/"),
            ("", "/", "/"),
            ("/a b", "/a%20b", "/a%20b"),
            ("/a%20b", "/a%20b", "/a%2520b"),
            ("/a//b/../c/./", "/a//b/../c/./", "/a/c/"),
            ("/%E1%88%B4", "/%E1%88%B4", "/%25E1%2588%25B4"),
            ("/a~b-c._/", "/a~b-c._/", "/a~b-c._/"),
            ("/../../x", "/../../x", "/x"),
            ("/x/..", "/x/..", "/"),
        ] {
            assert_eq!(path(given, Path::Once), once, "once {given}");
            assert_eq!(path(given, Path::Twice), twice, "twice {given}");
        }
    }

    #[test]
    fn queries_are_sorted_after_encoding() {
        for (given, expected) in [
            ("", ""),
            ("b=2&a=1", "a=1&b=2"),
            ("a=2&a=1", "a=1&a=2"),
            ("acl", "acl="),
            ("a=b=c", "a=b%3Dc"),
            ("a=b+c", "a=b%20c"),
            ("a=%7e%2f", "a=~%2F"),
            ("&&a=1&", "a=1"),
            ("a%20=1&A=2", "A=2&a%20=1"),
        ] {
            assert_eq!(query(given, false), expected, "{given}");
        }
        assert_eq!(query("X-Amz-Signature=f&a=1", true), "a=1");
        assert_eq!(query("X-Amz-Signature=f&a=1", false), "X-Amz-Signature=f&a=1");
    }

    #[test]
    fn blanks_in_header_values_are_folded() {
        for (given, expected) in [("  a  b   c ", "a b c"), ("\"a   b\"", "\"a b\""), ("", ""), ("   ", "")] {
            let mut out = Vec::new();
            header_value(given.as_bytes(), &mut out);
            assert_eq!(String::from_utf8(out).unwrap(), expected, "{given:?}");
        }
    }

    #[test]
    fn hashes_are_lower_case_hexadecimal() {
        assert_eq!(sha256_hex(b""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }
}
