//! The services of the endpoint and how clients name them.

pub use crate::model::Protocol;
use crate::signature::ErrorFamily;

/// A service as clients name it.
#[derive(Debug, PartialEq, Eq)]
pub struct Service {
    /// The signing name, which is also the prefix of its actions.
    pub name: &'static str,
    /// How it speaks.
    pub protocol: Protocol,
    /// How it refuses signatures.
    pub family: ErrorFamily,
    /// What stands before the operation in `X-Amz-Target`.
    pub target_prefix: Option<&'static str>,
    /// The `Version` of a query request.
    pub version: Option<&'static str>,
}

const fn json(name: &'static str, target_prefix: &'static str) -> Service {
    Service {
        name,
        protocol: Protocol::AwsJson11,
        family: ErrorFamily::Json,
        target_prefix: Some(target_prefix),
        version: None,
    }
}

static SERVICES: [Service; 8] = [
    json("sagemaker", "SageMaker"),
    Service {
        name: "iam",
        protocol: Protocol::AwsQuery,
        family: ErrorFamily::Query,
        target_prefix: None,
        version: Some("2010-05-08"),
    },
    Service {
        name: "sts",
        protocol: Protocol::AwsQuery,
        family: ErrorFamily::Query,
        target_prefix: None,
        version: Some("2011-06-15"),
    },
    Service { name: "s3", protocol: Protocol::RestXml, family: ErrorFamily::S3, target_prefix: None, version: None },
    json("ecr", "AmazonEC2ContainerRegistry_V20150921"),
    json("kms", "TrentService"),
    Service {
        name: "ec2",
        protocol: Protocol::Ec2Query,
        family: ErrorFamily::Ec2,
        target_prefix: None,
        version: Some("2016-11-15"),
    },
    json("logs", "Logs_20140328"),
];

/// The service with a signing name.
pub fn service(name: &str) -> Option<&'static Service> {
    SERVICES.iter().find(|service| service.name == name)
}

pub(super) fn by_target_prefix(prefix: &str) -> Option<&'static Service> {
    SERVICES.iter().find(|service| service.target_prefix == Some(prefix))
}

pub(super) fn by_version(version: &str) -> Option<&'static Service> {
    SERVICES.iter().find(|service| service.version == Some(version))
}

/// What an AWS host name says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Host {
    /// The service's signing name, or the endpoint prefix of one that passrole does not have.
    pub(super) service: Option<String>,
    pub(super) region: Option<String>,
    pub(super) bucket: Option<String>,
}

/// Domains under which the labels of AWS's own endpoints are read.
const DOMAINS: [&str; 4] = [".amazonaws.com", ".amazonaws.com.cn", ".api.aws", ".localhost"];

/// Reads `api.sagemaker.eu-west-1.amazonaws.com`, `iam.amazonaws.com`, `bucket.s3.eu-west-1.amazonaws.com:443` and
/// the same labels under a local name; any other host says nothing.
pub(super) fn host(host: &str) -> Host {
    let name = host
        .rsplit_once(':')
        .map_or(host, |(name, port)| if port.bytes().all(|byte| byte.is_ascii_digit()) { name } else { host });
    let name = name.to_ascii_lowercase();
    let Some(labels) = DOMAINS.iter().find_map(|domain| name.strip_suffix(domain)) else {
        return Host::default();
    };
    let labels: Vec<&str> = labels.split('.').collect();
    if let Some(place) = labels.iter().rposition(|label| *label == "s3") {
        let bucket = labels.get(..place).unwrap_or_default().join(".");
        return Host {
            service: Some("s3".to_owned()),
            region: labels.get(place + 1).map(|region| (*region).to_owned()),
            bucket: (!bucket.is_empty()).then_some(bucket),
        };
    }
    let (service, region) = match labels.as_slice() {
        ["api", service @ ("sagemaker" | "ecr"), rest @ ..] => (*service, rest.first()),
        ["runtime", "sagemaker", rest @ ..] => ("sagemaker-runtime", rest.first()),
        [service, rest @ ..] => (*service, rest.first()),
        [] => return Host::default(),
    };
    let known = self::service(service).is_some() || service == "sagemaker-runtime";
    Host {
        service: known.then(|| service.to_owned()),
        region: region.filter(|_| known).map(|region| (*region).to_owned()),
        bucket: None,
    }
}
