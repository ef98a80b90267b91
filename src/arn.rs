//! Amazon Resource Names: `arn:partition:service:region:account:resource`.
//!
//! The sixth part may itself contain colons. Nothing here looks a resource up.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html>

use std::fmt;

/// The six parts of an ARN, borrowed from its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Arn<'a> {
    /// `aws`, `aws-cn`, `aws-us-gov`.
    pub partition: &'a str,
    /// The service prefix, `sagemaker`.
    pub service: &'a str,
    /// Empty for global resources.
    pub region: &'a str,
    /// Empty for resources that name no account, such as S3 objects.
    pub account: &'a str,
    /// Everything after the fifth colon.
    pub resource: &'a str,
}

impl<'a> Arn<'a> {
    /// Splits the text at its first five colons; `None` where it is not an ARN.
    pub fn parse(text: &'a str) -> Option<Arn<'a>> {
        let mut parts = text.splitn(6, ':');
        let prefix = parts.next()?;
        let arn = Arn {
            partition: parts.next()?,
            service: parts.next()?,
            region: parts.next()?,
            account: parts.next()?,
            resource: parts.next()?,
        };
        (prefix == "arn" && !arn.partition.is_empty() && !arn.service.is_empty()).then_some(arn)
    }

    /// The resource part after its type: `my-job` of `training-job/my-job`.
    pub fn resource_id(&self) -> &'a str {
        self.resource.split_once(['/', ':']).map_or(self.resource, |(_, id)| id)
    }

    /// The resource part before its first `/` or `:`: `training-job` of `training-job/my-job`.
    pub fn resource_type(&self) -> &'a str {
        self.resource.split(['/', ':']).next().unwrap_or(self.resource)
    }
}

impl fmt::Display for Arn<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "arn:{}:{}:{}:{}:{}", self.partition, self.service, self.region, self.account, self.resource)
    }
}

/// The partition that a region belongs to.
pub fn partition_of(region: &str) -> &'static str {
    if region.starts_with("cn-") {
        "aws-cn"
    } else if region.starts_with("us-gov-") {
        "aws-us-gov"
    } else {
        "aws"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn six_parts_and_back() {
        let text = "arn:aws:logs:us-east-1:111122223333:log-group:g:log-stream:s";
        let arn = Arn::parse(text).unwrap();
        assert_eq!(arn.resource, "log-group:g:log-stream:s");
        assert_eq!(arn.resource_type(), "log-group");
        assert_eq!(arn.to_string(), text);
    }

    #[test]
    fn what_is_no_arn() {
        for text in ["", "*", "arn:aws:s3", "arn:aws:s3:::", "urn:aws:s3:::b", "arn::s3:::b"] {
            assert_eq!(Arn::parse(text).is_some(), text == "arn:aws:s3:::", "{text}");
        }
    }

    #[test]
    fn partitions() {
        assert_eq!(partition_of("eu-west-1"), "aws");
        assert_eq!(partition_of("cn-north-1"), "aws-cn");
        assert_eq!(partition_of("us-gov-west-1"), "aws-us-gov");
    }
}
