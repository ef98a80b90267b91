//! What a request's connection and headers tell about its circumstances.

use std::net::SocketAddr;

use http::HeaderMap;
use http::header::{REFERER, USER_AGENT};
use http::request::Parts;

use super::route::Route;
use crate::access::Environment;
use crate::state::State;

/// The circumstances of a request. `aws:SecureTransport` is true: the same call to AWS would travel over TLS.
pub(super) fn environment(state: &State, parts: &Parts, peer: SocketAddr, route: &Route) -> Environment {
    let header = |name| text(&parts.headers, name);
    Environment {
        now: state.clock().now(),
        region: route.region.clone().unwrap_or_else(|| state.settings().region.clone()),
        source_ip: Some(peer.ip()),
        user_agent: header(USER_AGENT),
        referer: header(REFERER),
        secure_transport: true,
        called_via: None,
    }
}

fn text(headers: &HeaderMap, name: http::header::HeaderName) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}
