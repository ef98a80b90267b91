//! What a request's connection and headers tell about its circumstances.

use std::net::{IpAddr, SocketAddr};

use http::HeaderMap;
use http::request::Parts;

use super::route::Route;
use crate::access::{Environment, VpcEndpoint};
use crate::settings::{RequestOrigin, SecureTransport};
use crate::state::State;

/// The region of services that have one endpoint for all regions.
const GLOBAL_REGION: &str = "us-east-1";

/// The headers by which a request tells where it comes from, where the settings let it.
const SOURCE_IP: &str = "x-passrole-source-ip";
const SOURCE_VPC: &str = "x-passrole-source-vpc";
const SOURCE_VPCE: &str = "x-passrole-source-vpce";
const VPC_SOURCE_IP: &str = "x-passrole-vpc-source-ip";

/// The circumstances of a request.
pub(super) fn environment(state: &State, parts: &Parts, peer: SocketAddr, route: &Route) -> Environment {
    let settings = state.settings();
    let region = match route.service.name {
        "iam" => GLOBAL_REGION,
        _ => route.region.as_deref().unwrap_or(&settings.region),
    };
    let mut environment = Environment::new(state.clock().now(), region);
    environment.source_ip = Some(peer.ip());
    environment.user_agent = header(&parts.headers, "user-agent");
    environment.referer = header(&parts.headers, "referer");
    environment.secure_transport = settings.secure_transport == SecureTransport::AsTls;
    if settings.request_origin == RequestOrigin::Headers {
        told_by(&parts.headers, &mut environment);
    }
    environment
}

/// An address that cannot be read is no address: no range that a policy names holds it.
fn told_by(headers: &HeaderMap, environment: &mut Environment) {
    let address = |name| header(headers, name).map(|text| text.trim().parse::<IpAddr>().ok());
    if let Some(told) = address(SOURCE_IP) {
        environment.source_ip = told;
    }
    let (id, vpc) = (header(headers, SOURCE_VPCE), header(headers, SOURCE_VPC));
    if id.is_some() || vpc.is_some() {
        environment.vpc_endpoint = Some(VpcEndpoint { id, vpc, source_ip: address(VPC_SOURCE_IP).flatten() });
    }
}

fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

#[cfg(test)]
mod tests;
