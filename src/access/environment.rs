//! What a request brings with it besides its principal: time, place and transport.

use std::net::IpAddr;

use jiff::Timestamp;

use crate::policy::Context;

/// The circumstances of a request, from which the global condition keys are filled.
///
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
#[derive(Debug, Clone)]
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
    /// The service that makes the call with the caller's forwarded credentials, such as `sagemaker.amazonaws.com`.
    pub called_via: Option<&'static str>,
}

impl Environment {
    /// The circumstances of what a service does on the caller's behalf with the caller's credentials.
    pub fn called_via(&self, service: &'static str) -> Environment {
        Environment { called_via: Some(service), ..self.clone() }
    }

    /// The circumstances of what a service does with a role of its own: nothing of the caller's connection is left.
    pub fn by_service(&self) -> Environment {
        Environment { source_ip: None, user_agent: None, referer: None, called_via: None, ..self.clone() }
    }

    /// Sets the global keys that do not depend on the principal.
    pub fn fill(&self, context: &mut Context) {
        context.set("aws:CurrentTime", self.now.to_string());
        context.set("aws:EpochTime", self.now.as_second().to_string());
        context.set("aws:RequestedRegion", self.region.as_str());
        context.set("aws:SecureTransport", if self.secure_transport { "true" } else { "false" });
        context.set("aws:ViaAWSService", if self.called_via.is_some() { "true" } else { "false" });
        if let Some(service) = self.called_via {
            for key in ["aws:CalledVia", "aws:CalledViaFirst", "aws:CalledViaLast"] {
                context.set(key, service);
            }
        }
        if let Some(address) = self.source_ip {
            context.set("aws:SourceIp", address.to_canonical().to_string());
        }
        if let Some(user_agent) = &self.user_agent {
            context.set("aws:UserAgent", user_agent.as_str());
        }
        if let Some(referer) = &self.referer {
            context.set("aws:Referer", referer.as_str());
        }
    }
}
