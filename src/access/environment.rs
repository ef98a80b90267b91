//! What a request brings with it besides its principal: time, place and transport.

use std::net::IpAddr;
use std::sync::{Arc, OnceLock};

use jiff::Timestamp;

use crate::policy::Context;

/// The circumstances of a request, from which the global condition keys are filled.
///
/// INVARIANT: they are complete before their keys are first asked for; from then on they stay what they are.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>, facts H.5
#[derive(Debug)]
pub struct Environment {
    /// The virtual time.
    pub now: Timestamp,
    /// The region that the request is for.
    pub region: String,
    /// The peer's address; absent for what a service does by itself.
    pub source_ip: Option<IpAddr>,
    /// The `User-Agent` header.
    pub user_agent: Option<String>,
    /// The `Referer` header.
    pub referer: Option<String>,
    /// What `aws:SecureTransport` tells.
    pub secure_transport: bool,
    /// The VPC endpoint that the request came through.
    pub vpc_endpoint: Option<VpcEndpoint>,
    /// The service that makes the call with the caller's forwarded credentials, such as `sagemaker.amazonaws.com`.
    pub called_via: Option<&'static str>,
    keys: OnceLock<Arc<Context>>,
}

/// The way of a request that left a VPC through an endpoint of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VpcEndpoint {
    /// `vpce-…`
    pub id: Option<String>,
    /// `vpc-…`
    pub vpc: Option<String>,
    /// The caller's address within the VPC.
    pub source_ip: Option<IpAddr>,
}

impl Environment {
    /// The circumstances of a call over TLS that tells nothing of where it comes from.
    pub fn new(now: Timestamp, region: impl Into<String>) -> Environment {
        Environment {
            now,
            region: region.into(),
            source_ip: None,
            user_agent: None,
            referer: None,
            secure_transport: true,
            vpc_endpoint: None,
            called_via: None,
            keys: OnceLock::new(),
        }
    }

    /// The circumstances of what a service does on the caller's behalf with the caller's credentials: it comes from
    /// the service, whose addresses are not known, and so are of no range that a policy names.
    pub fn called_via(&self, service: &'static str) -> Environment {
        Environment {
            user_agent: Some(service.to_owned()),
            called_via: Some(service),
            ..Environment::new(self.now, self.region.as_str())
        }
    }

    /// The circumstances of what a service does with a role of its own: nothing of the caller's connection is left.
    pub fn by_service(&self) -> Environment {
        Environment::new(self.now, self.region.as_str())
    }

    /// The global keys that do not depend on the principal; made once.
    pub fn keys(&self) -> &Arc<Context> {
        self.keys.get_or_init(|| Arc::new(self.context()))
    }

    fn context(&self) -> Context {
        let mut context = Context::new();
        context.set("aws:CurrentTime", self.now.to_string());
        context.set("aws:EpochTime", self.now.as_second().to_string());
        context.set("aws:RequestedRegion", self.region.as_str());
        context.set("aws:SecureTransport", truth(self.secure_transport));
        context.set("aws:ViaAWSService", truth(self.called_via.is_some()));
        if let Some(service) = self.called_via {
            for key in ["aws:CalledVia", "aws:CalledViaFirst", "aws:CalledViaLast"] {
                context.set(key, service);
            }
        }
        match &self.vpc_endpoint {
            Some(endpoint) => endpoint.fill(&mut context),
            None => set_address(&mut context, "aws:SourceIp", self.source_ip),
        }
        let texts = [("aws:UserAgent", &self.user_agent), ("aws:Referer", &self.referer)];
        for (key, text) in texts {
            set_text(&mut context, key, text.as_deref());
        }
        context
    }
}

impl VpcEndpoint {
    /// What comes through an endpoint has no public address.
    fn fill(&self, context: &mut Context) {
        set_text(context, "aws:SourceVpce", self.id.as_deref());
        set_text(context, "aws:SourceVpc", self.vpc.as_deref());
        set_address(context, "aws:VpcSourceIp", self.source_ip);
    }
}

/// A truth as condition keys carry it.
pub(super) fn truth(value: bool) -> &'static str {
    if value { "true" } else { "false" }
}

fn set_text(context: &mut Context, key: &'static str, text: Option<&str>) {
    if let Some(text) = text {
        context.set(key, text);
    }
}

fn set_address(context: &mut Context, key: &'static str, address: Option<IpAddr>) {
    if let Some(address) = address {
        context.set(key, address.to_canonical().to_string());
    }
}

#[cfg(test)]
mod tests;
