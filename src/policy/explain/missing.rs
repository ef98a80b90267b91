//! The smallest statement that each refusing layer lacks.

use serde_json::json;

use super::{FurtherStatement, policy_noun};
use crate::document::Document;
use crate::policy::decision::{Asked, Decision, Finding, Said};
use crate::policy::{PolicyType, ResourcePolicyRule};
use crate::principal::Principal;

/// What each layer that fails to allow lacks, in the layers' order; nothing where the request was allowed. Where a
/// statement denies, no further statement helps, and nothing is lacking either.
pub(super) fn lacking(decision: &Decision) -> Vec<FurtherStatement> {
    let Some(asked) = decision.asked() else { return Vec::new() };
    if decision.findings.iter().any(|finding| finding.said == Said::Denies) {
        return Vec::new();
    }
    let refusing = decision.findings.iter().filter(|finding| finding.refuses);
    refusing
        .map(|finding| FurtherStatement {
            policy_type: policy_noun(finding.layer),
            add_to: add_to(decision, finding, asked),
            statement: statement(decision, finding, asked),
        })
        .collect()
}

fn statement(decision: &Decision, finding: &Finding, asked: &Asked) -> Document {
    let mut statement = serde_json::Map::new();
    statement.insert("Effect".to_owned(), json!("Allow"));
    let of_resource = matches!(finding.layer, PolicyType::Resource | PolicyType::RoleTrust | PolicyType::VpcEndpoint);
    if of_resource {
        statement.insert("Principal".to_owned(), principal(&asked.principal));
    }
    statement.insert("Action".to_owned(), json!(asked.action));
    let rule = decision.held().and_then(|held| held.resource.as_ref()).map(|(_, rule)| *rule);
    let key_policy = finding.layer == PolicyType::Resource && rule == Some(ResourcePolicyRule::KeyPolicy);
    // In a key policy `*` is the key itself.
    statement.insert("Resource".to_owned(), if key_policy { json!("*") } else { resource(&asked.resource) });
    if asked.action.eq_ignore_ascii_case("iam:PassRole")
        && let Some([service]) = asked.context.get("iam:PassedToService")
    {
        statement.insert("Condition".to_owned(), json!({ "StringEquals": { "iam:PassedToService": service } }));
    }
    Document::Object(statement)
}

/// The resource as a policy writes it: a dollar of its own name begins no variable.
fn resource(resource: &str) -> Document {
    json!(resource.replace("${", "${$}{"))
}

/// The caller as a resource's policy names it: a role session by its role.
fn principal(principal: &Principal) -> Document {
    match principal {
        Principal::Service { name } => json!({ "Service": name }),
        Principal::Anonymous => json!("*"),
        _ => json!({ "AWS": principal.principal_arn() }),
    }
}

fn add_to(decision: &Decision, finding: &Finding, asked: &Asked) -> String {
    let noun = policy_noun(finding.layer);
    let held = decision.held();
    let attached =
        |name: Option<&str>| name.map_or_else(|| format!("the {noun}"), |name| format!("the {noun} `{name}`"));
    match finding.layer {
        PolicyType::Identity => format!("an {noun} of {}", asked.principal.principal_arn()),
        PolicyType::Session => "the session policy given when the session was made".to_owned(),
        PolicyType::PermissionsBoundary => {
            attached(held.and_then(|held| held.boundary.as_deref()).map(|policy| policy.name.as_str()))
        }
        PolicyType::VpcEndpoint => {
            attached(held.and_then(|held| held.vpc_endpoint.as_deref()).map(|policy| policy.name.as_str()))
        }
        PolicyType::ServiceControl => "a service control policy of the caller's account".to_owned(),
        // What these policies speak of is fixed, and they must not name it.
        PolicyType::RoleTrust => format!("the {noun} of {}, where it is written without `Resource`", asked.resource),
        PolicyType::Resource if asked.action.starts_with("ecr:") => {
            format!("the {noun} of {}, where it is written without `Resource`", asked.resource)
        }
        PolicyType::Resource | PolicyType::ResourceControl => format!("the {noun} of {}", asked.resource),
    }
}
