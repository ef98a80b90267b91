//! Why a policy text is refused, in AWS's words.
//!
//! AWS reads trust policies, identity policies and an organization's policies with different readers that word one
//! mistake differently; the choice is made here. Texts: `facts/aws-behaviour.md` B.2 and H.3.

use super::PolicyType;

/// A policy text that AWS would refuse to store.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Malformed {
    /// AWS's `MalformedPolicyDocument` text.
    pub message: String,
    /// Where in the document, as a JSON path such as `Statement[0].Action`, where it is known.
    pub path: Option<String>,
    /// What is wrong in plain words, where AWS's text does not say it.
    pub detail: Option<String>,
}

/// A mistake, before it is known how the policy's reader words it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Mistake {
    Json { what: &'static str, line: usize, column: usize },
    TooLong,
    Syntax(&'static str),
    Version,
    UnknownField(String),
    MissingField(&'static str),
    ProhibitedField(&'static str),
    NoStatement,
    Effect,
    SidCharacters,
    SidRepeated,
    NoVendor,
    Colons,
    Vendor(String),
    VendorWildcard,
    TrustAction,
    ResourceFormat(String),
    Partition { partition: String, resource: String },
    ResourceVendor,
    IamRegion(String),
    Principal { kind: String, value: String },
    ConditionType(String),
    AllowNotPrincipal,
    PolicyTypeRule(&'static str),
}

const SYNTAX: &str = "Syntax errors in policy.";
const INVALID_JSON: &str = "This policy contains invalid Json";
const LEGACY: &str = "The policy failed legacy parsing";
/// What AWS Organizations says of every mistake.
const ORGANIZATIONS: &str = "The provided policy document does not meet the requirements of the specified policy type.";

impl Mistake {
    /// The refusal of this mistake at a path in a policy of this type.
    pub(super) fn at(self, path: impl Into<String>, policy_type: PolicyType) -> Malformed {
        let path = path.into();
        let own_words = self.detail();
        let organizations = matches!(policy_type, PolicyType::ServiceControl | PolicyType::ResourceControl);
        let message = self.message(policy_type);
        let detail = if organizations { own_words.or(Some(message.clone())) } else { own_words };
        Malformed {
            message: if organizations { ORGANIZATIONS.to_owned() } else { message },
            path: (!path.is_empty()).then_some(path),
            detail,
        }
    }

    fn message(&self, policy_type: PolicyType) -> String {
        let identity =
            matches!(policy_type, PolicyType::Identity | PolicyType::PermissionsBoundary | PolicyType::Session);
        match self {
            Mistake::Json { .. } if identity => SYNTAX.to_owned(),
            Mistake::Json { .. } => INVALID_JSON.to_owned(),
            Mistake::TooLong | Mistake::Syntax(_) | Mistake::PolicyTypeRule(_) => SYNTAX.to_owned(),
            Mistake::Version => "Policy document must be version 2012-10-17 or greater.".to_owned(),
            Mistake::UnknownField(_) if identity => SYNTAX.to_owned(),
            Mistake::UnknownField(field) => format!("Unknown field {field}"),
            Mistake::MissingField("Action") if identity => "Policy statement must contain actions.".to_owned(),
            Mistake::MissingField("Resource") if identity => "Policy statement must contain resources.".to_owned(),
            Mistake::MissingField(field) => format!("Missing required field {field}"),
            Mistake::ProhibitedField("Principal" | "NotPrincipal") if identity => {
                "Policy document should not specify a principal.".to_owned()
            }
            Mistake::ProhibitedField(field) => format!("Has prohibited field {field}"),
            Mistake::NoStatement if identity => "Missing required field Statement".to_owned(),
            Mistake::NoStatement => "Could not parse the policy: Statement is empty!".to_owned(),
            Mistake::Effect => LEGACY.to_owned(),
            Mistake::SidCharacters => "Statement IDs (SID) must be alpha-numeric. \
                Check that your input satisfies the regular expression [0-9A-Za-z]*"
                .to_owned(),
            Mistake::SidRepeated => "Statement IDs (SID) in a single policy must be unique.".to_owned(),
            Mistake::NoVendor => {
                "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.".to_owned()
            }
            Mistake::Colons => "Actions/Condition can contain only one colon.".to_owned(),
            Mistake::Vendor(vendor) => format!("Vendor {vendor} is not valid"),
            Mistake::VendorWildcard => "Action vendors (e.g., aws, ec2, etc.) must not contain wildcards.".to_owned(),
            Mistake::TrustAction => "AssumeRole policy may only specify STS AssumeRole actions.".to_owned(),
            Mistake::ResourceFormat(resource) => format!("Resource {resource} must be in ARN format or \"*\"."),
            Mistake::Partition { partition, resource } => {
                format!("Partition \"{partition}\" is not valid for resource \"{resource}\".")
            }
            Mistake::ResourceVendor => "Resource vendor must be fully qualified and cannot contain regexes.".to_owned(),
            Mistake::IamRegion(resource) => format!("IAM resource {resource} cannot contain region information."),
            // IAM writes the kinds of principals that it knows in capitals.
            Mistake::Principal { kind, value } if matches!(kind.as_str(), "Service" | "Federated") => {
                format!("Invalid principal in policy: \"{}\":\"{value}\"", kind.to_uppercase())
            }
            Mistake::Principal { kind, value } => format!("Invalid principal in policy: \"{kind}\":\"{value}\""),
            Mistake::AllowNotPrincipal => "Allow with NotPrincipal is not allowed.".to_owned(),
            Mistake::ConditionType(name) => format!("Invalid Condition type : {name}"),
        }
    }

    fn detail(&self) -> Option<String> {
        match self {
            Mistake::Json { what, line, column } => Some(format!("{what} (line {line}, column {column})")),
            Mistake::TooLong => Some("the text is longer than any policy may be".to_owned()),
            Mistake::Syntax(what) | Mistake::PolicyTypeRule(what) => Some((*what).to_owned()),
            Mistake::UnknownField(field) => Some(format!("`{field}` is no element of a policy")),
            Mistake::Effect => Some("`Effect` must be `Allow` or `Deny`, written so".to_owned()),
            _ => None,
        }
    }
}
