//! Every malformed, stale or misplaced signature of `facts/aws-behaviour.md` B, with its exact text, and the reference
//! implementation against which the canonical form is compared.

mod malformed;
mod reference;
mod s3;

use http::Request;
use http::request::Parts;
use jiff::Timestamp;

use super::{Claim, ErrorFamily, Expected, claim};
use crate::fault::Fault;

/// The wall clock of these tests.
fn now() -> Timestamp {
    "2013-06-09T10:00:15Z".parse().unwrap()
}

fn parts(uri: &str, headers: &[(&str, &str)]) -> Parts {
    let mut request = Request::builder().method("POST").uri(uri);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(()).unwrap().into_parts().0
}

fn claimed(family: ErrorFamily, service: &str, uri: &str, headers: &[(&str, &str)]) -> Result<Claim, Fault> {
    claim(&parts(uri, headers), &Expected { family, service, region: "us-east-1", host_region: None }, now())
}
