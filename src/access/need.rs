//! What a request will need of its execution role, as the kinds of resources declare it.
//!
//! A need names the thing and the request member that it came from; which permissions that takes, and whether the
//! thing exists, is worked out in `preflight`.

use serde::{Deserialize, Serialize};

use crate::fault::Fault;

use super::Refused;

/// When AWS itself finds out that a need is not met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Stage {
    /// Inside the create call.
    Create,
    /// When the instances are launched and the image is pulled.
    Start,
    /// When the input is downloaded.
    Download,
    /// When the container runs.
    Run,
    /// When the output is uploaded.
    Upload,
}

/// A thing that the execution role must reach.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// Objects under an S3 prefix: listed, then read.
    S3Prefix {
        /// `s3://bucket/prefix` or the `https` form.
        uri: String,
    },
    /// One S3 object, read without listing.
    S3Object {
        /// `s3://bucket/key` or the `https` form.
        uri: String,
    },
    /// The data of a model: one archive, or everything under a prefix.
    ModelData {
        /// `s3://bucket/key` or the `https` form.
        uri: String,
        /// Whether it names a prefix, which is listed, rather than an object.
        prefix: bool,
    },
    /// Objects written under an S3 prefix.
    S3Output {
        /// `s3://bucket/prefix` or the `https` form.
        uri: String,
        /// The key below the prefix that will be written, such as `my-job/output/model.tar.gz`.
        suffix: String,
        /// The key that the request names for the output.
        kms_key_id: Option<String>,
    },
    /// A container image.
    Image {
        /// `account.dkr.ecr.region.amazonaws.com/repository:tag`.
        uri: String,
        /// Whether the image is pulled through the job's own VPC from a registry that is not ECR.
        through_vpc: bool,
    },
    /// A key that encrypts the volumes of the instances.
    VolumeKey {
        /// Key id, alias or ARN.
        key_id: String,
    },
    /// Network interfaces in the customer's VPC.
    Vpc {
        /// The subnets of the request with their members.
        subnets: Vec<(String, String)>,
        /// The security groups of the request with their members.
        security_groups: Vec<(String, String)>,
    },
    /// A mounted file system.
    FileSystem {
        /// `fs-…`.
        id: String,
        /// `EFS` or `FSxLustre`.
        file_system_type: String,
        /// Whether it is mounted for writing too.
        writes: bool,
    },
    /// One action of another service.
    Action {
        /// `service:Action`.
        action: &'static str,
        /// The resource's ARN, in which `{partition}`, `{region}` and `{account}` stand for those of the request.
        resource: String,
    },
    /// Log groups and metrics: lacking them is a warning, since AWS runs the job without.
    LogsAndMetrics {
        /// Such as `/aws/sagemaker/TrainingJobs`.
        log_group: &'static str,
    },
}

/// One need of a request.
#[derive(Debug, Clone)]
pub struct Need {
    /// What must be reached.
    pub what: What,
    /// The request member that it came from, such as `InputDataConfig[0].DataSource.S3DataSource.S3Uri`.
    pub member: String,
    /// When AWS finds out that it is not met.
    pub stage: Stage,
    /// AWS's refusal inside the create call, where the kind has a text of its own for it.
    pub refusal: Option<fn(&Refused<'_>) -> Fault>,
    /// AWS's `FailureReason` where it finds out later, where the kind has a text of its own for it.
    pub failure: Option<fn(&Refused<'_>) -> String>,
}

impl Need {
    /// A need that AWS finds out about at this stage and refuses in the words of the service that denied.
    pub fn new(what: What, member: impl Into<String>, stage: Stage) -> Need {
        Need { what, member: member.into(), stage, refusal: None, failure: None }
    }

    /// Gives the text with which AWS refuses the create call.
    #[must_use]
    pub fn refused_with(mut self, refusal: fn(&Refused<'_>) -> Fault) -> Need {
        self.refusal = Some(refusal);
        self
    }

    /// Gives the `FailureReason` of a resource that finds out while it runs.
    #[must_use]
    pub fn fails_with(mut self, failure: fn(&Refused<'_>) -> String) -> Need {
        self.failure = Some(failure);
        self
    }
}

/// A role that a request names, and what it will be used for.
#[derive(Debug, Clone)]
pub struct RoleUse {
    /// The role's ARN as the request gives it.
    pub role_arn: String,
    /// The request member that names it.
    pub member: String,
    /// `aws:SourceArn` when SageMaker assumes it.
    pub source_arn: String,
    /// The refusal when the role does not exist or does not trust SageMaker.
    pub not_assumable: fn(&str) -> Fault,
    /// What the role must reach.
    pub needs: Vec<Need>,
}
