//! Which service and which operation a request means.
//!
//! On AWS the host decides; one local endpoint has all of them, so what clients name decides, in this order: an AWS
//! host, the `X-Amz-Target` prefix, the service of the credential scope, the `Version` of an `Action`, else S3's path
//! style. Whether the scope agrees with the choice is for the signature's check to say.
//!
//! Knows nothing of credentials and does not decode the input.

mod catalogue;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HOST};
use http::request::Parts;
use http::{HeaderMap, Method};

pub use catalogue::{Protocol, Service, service};

use crate::fault::Fault;
use crate::signature;

/// Where a request goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// The service's row in the catalogue.
    pub service: &'static Service,
    /// The operation, where the protocol names it outside path and method.
    pub operation: Option<String>,
    /// The API version that a query request names.
    pub version: Option<String>,
    /// The region that the host or the credential scope names.
    pub region: Option<String>,
    /// The region that the host names, which the credential scope must name too.
    pub host_region: Option<String>,
    /// The bucket that the host names.
    pub bucket: Option<String>,
}

/// A request that reaches no operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Misroute {
    /// The service's refusal.
    Refused {
        /// The service, where one was told.
        service: Option<&'static Service>,
        /// In which form the refusal is to be written.
        protocol: Protocol,
        /// What is wrong.
        fault: Fault,
    },
    /// A JSON service was asked for something that is no call: 404 and `<UnknownOperationException/>`.
    NoCall,
    /// A query service, here by name, was asked for no action: 302 to its page.
    Redirect(&'static str),
}

/// Finds the service and the operation of a request.
///
/// # Errors
/// What the service answers to a request that names no operation of its, or the plain statement that passrole does not
/// build the service.
pub fn route(parts: &Parts, body: &Bytes) -> Result<Route, Misroute> {
    let named = Named::of(parts, body);
    let chosen = choose(parts, &named)?;
    let route = Route {
        service: chosen,
        operation: None,
        version: None,
        region: named.host.region.clone().or_else(|| named.scope.as_ref().map(|(_, region)| region.clone())),
        host_region: named.host.region.clone(),
        bucket: named.host.bucket.clone(),
    };
    match chosen.protocol {
        Protocol::AwsJson11 => json(parts, chosen, &named, route),
        Protocol::AwsQuery | Protocol::Ec2Query => query(parts, chosen, named, route),
        Protocol::RestXml | Protocol::RestJson => Ok(route),
    }
}

/// What a request says of where it wants to go.
struct Named {
    host: catalogue::Host,
    target: Option<String>,
    /// Service and region of the credential scope.
    scope: Option<(String, String)>,
    action: Option<String>,
    version: Option<String>,
}

impl Named {
    fn of(parts: &Parts, body: &Bytes) -> Named {
        let target = joined(&parts.headers, "x-amz-target");
        let mut named = Named {
            host: catalogue::host(parts.headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default()),
            scope: signature::claimed_scope(parts),
            target,
            action: None,
            version: None,
        };
        if named.target.is_none() {
            named.read_parameters(parts.uri.query().unwrap_or_default().as_bytes());
            if is_form(&parts.headers) {
                named.read_parameters(body);
            }
        }
        named
    }

    /// Takes `Action` and `Version` from a form, of each the first.
    fn read_parameters(&mut self, form: &[u8]) {
        for (name, value) in form_urlencoded::parse(form) {
            match name.as_ref() {
                "Action" => self.action.get_or_insert_with(|| value.into_owned()),
                "Version" => self.version.get_or_insert_with(|| value.into_owned()),
                _ => continue,
            };
            if self.action.is_some() && self.version.is_some() {
                return;
            }
        }
    }
}

fn choose(parts: &Parts, named: &Named) -> Result<&'static Service, Misroute> {
    if let Some(name) = named.host.service.as_deref() {
        return service(name).ok_or_else(|| not_built(name, named));
    }
    if let Some((prefix, _)) = named.target.as_deref().and_then(|target| target.rsplit_once('.'))
        && let Some(found) = catalogue::by_target_prefix(prefix)
    {
        return Ok(found);
    }
    if let Some((name, _)) = &named.scope {
        let name = match name.as_str() {
            "sagemaker" if named.target.is_none() && parts.uri.path().starts_with("/endpoints/") => "sagemaker-runtime",
            name => name,
        };
        return service(name).ok_or_else(|| not_built(name, named));
    }
    if named.target.is_some() {
        return Err(refused(None, Protocol::AwsJson11, Fault::bare("UnknownOperationException")));
    }
    if named.action.is_some() {
        return named.version.as_deref().and_then(catalogue::by_version).ok_or_else(|| {
            refused(None, Protocol::AwsQuery, unknown_action(named.action.as_deref(), named.version.as_deref()))
        });
    }
    if is_json_call(&parts.headers) {
        return Err(refused(None, Protocol::AwsJson11, Fault::bare("UnknownOperationException")));
    }
    // S3 takes no form of this type; IAM and STS send whoever names no action to the same page.
    let name = if parts.method == Method::POST && is_form(&parts.headers) { "iam" } else { "s3" };
    service(name).ok_or(Misroute::NoCall)
}

/// The JSON protocol: `POST` with its content type, and a target that the service knows.
fn json(parts: &Parts, service: &'static Service, named: &Named, route: Route) -> Result<Route, Misroute> {
    if parts.method != Method::POST || !is_json_call(&parts.headers) {
        return Err(Misroute::NoCall);
    }
    let operation =
        named.target.as_deref().and_then(|target| target.rsplit_once('.')).and_then(|(prefix, operation)| {
            (service.target_prefix == Some(prefix) && !operation.is_empty()).then_some(operation)
        });
    match operation {
        Some(operation) => Ok(Route { operation: Some(operation.to_owned()), ..route }),
        None => Err(refused(Some(service), service.protocol, Fault::bare("UnknownOperationException"))),
    }
}

/// The query protocols: an action of the version that the service has.
fn query(parts: &Parts, service: &'static Service, named: Named, route: Route) -> Result<Route, Misroute> {
    let callable = parts.method == Method::GET || (parts.method == Method::POST && is_form(&parts.headers));
    let (Some(action), true) = (named.action, callable) else {
        return Err(Misroute::Redirect(service.name));
    };
    if named.version.as_deref() != service.version {
        let fault = unknown_action(Some(&action), named.version.as_deref());
        return Err(refused(Some(service), service.protocol, fault));
    }
    Ok(Route { operation: Some(action), version: named.version, ..route })
}

/// The refusal of an operation that the service does not have.
pub fn unknown_operation(route: &Route) -> Fault {
    match route.service.protocol {
        Protocol::AwsQuery | Protocol::Ec2Query => unknown_action(route.operation.as_deref(), route.version.as_deref()),
        Protocol::AwsJson11 | Protocol::RestXml | Protocol::RestJson => Fault::bare("UnknownOperationException"),
    }
}

fn unknown_action(action: Option<&str>, version: Option<&str>) -> Fault {
    let (action, version) = (action.unwrap_or_default(), version.unwrap_or("NO_VERSION_SPECIFIED"));
    Fault::new("InvalidAction", format!("Could not find operation {action} for version {version}"))
}

/// passrole has no such service, and says so in the form that the client will understand.
fn not_built(service: &str, named: &Named) -> Misroute {
    let (protocol, operation) = match (&named.target, &named.action) {
        (Some(target), _) => (Protocol::AwsJson11, target.rsplit('.').next().unwrap_or_default()),
        (None, Some(action)) => (Protocol::AwsQuery, action.as_str()),
        (None, None) => (Protocol::RestJson, "*"),
    };
    refused(None, protocol, Fault::not_built(service, operation))
}

fn refused(service: Option<&'static Service>, protocol: Protocol, fault: Fault) -> Misroute {
    Misroute::Refused { service, protocol, fault }
}

fn is_form(headers: &HeaderMap) -> bool {
    content_type(headers).eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

fn is_json_call(headers: &HeaderMap) -> bool {
    const PREFIX: &str = "application/x-amz-json-1.";
    content_type(headers).get(..PREFIX.len()).is_some_and(|start| start.eq_ignore_ascii_case(PREFIX))
}

/// The media type without its parameters.
fn content_type(headers: &HeaderMap) -> &str {
    let value = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    value.split(';').next().unwrap_or_default().trim()
}

/// The values of a header joined by commas: two targets are none that any service knows.
fn joined(headers: &HeaderMap, name: &str) -> Option<String> {
    let values: Vec<_> = headers.get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
    (!values.is_empty()).then(|| values.join(","))
}

#[cfg(test)]
mod tests;
