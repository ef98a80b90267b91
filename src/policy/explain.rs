//! Decisions in words: AWS's denial texts, and the explanation that the control API gives.

use super::decision::{Decision, Said};
use super::{PolicyType, Verdict};

/// The reason that AWS appends to a denial; `None` where it gives none, as across accounts.
///
/// The texts and the choice of the one layer that is named: `facts/aws-behaviour.md` A.2.
pub fn denial_reason(decision: &Decision) -> Option<String> {
    let action = &decision.asked()?.action;
    let refusing = decision.refused_by()?;
    if decision.cross_account {
        return (decision.verdict == Verdict::ExplicitDeny).then(|| "with an explicit deny".to_owned());
    }
    if refusing.said != Said::Denies {
        return Some(format!("because no {} allows the {action} action", policy_noun(refusing.layer)));
    }
    let article = if refusing.layer == PolicyType::RoleTrust { "the" } else { article(refusing.layer) };
    let mut reason = format!("with an explicit deny in {article} {}", policy_noun(refusing.layer));
    let names_policy = matches!(refusing.layer, PolicyType::Identity | PolicyType::ServiceControl);
    if let Some(arn) = decision.denied_by().and_then(|matched| matched.policy.arn.as_deref()).filter(|_| names_policy) {
        reason.push_str(": ");
        reason.push_str(arn);
    }
    Some(reason)
}

/// The whole sentence of a denial. `resource_clause` is the resource as the service prints it, quotes included, or
/// `None` where it prints none. Empty for an allowed decision.
pub fn denial_message(decision: &Decision, resource_clause: Option<&str>) -> String {
    let Some(asked) = decision.asked() else { return String::new() };
    let mut message = format!("User: {} is not authorized to perform: {}", asked.principal.arn(), asked.action);
    if let Some(resource) = resource_clause {
        message.push_str(" on resource: ");
        message.push_str(resource);
    }
    if let Some(reason) = denial_reason(decision) {
        message.push(' ');
        message.push_str(&reason);
    }
    message
}

/// What AWS calls policies of a type in its denials.
pub fn policy_noun(layer: PolicyType) -> &'static str {
    match layer {
        PolicyType::Identity => "identity-based policy",
        PolicyType::PermissionsBoundary => "permissions boundary",
        PolicyType::Session => "session policy",
        PolicyType::Resource => "resource-based policy",
        PolicyType::RoleTrust => "role trust policy",
        PolicyType::ServiceControl => "service control policy",
        PolicyType::ResourceControl => "resource control policy",
        PolicyType::VpcEndpoint => "VPC endpoint policy",
    }
}

fn article(layer: PolicyType) -> &'static str {
    if layer == PolicyType::Identity { "an" } else { "a" }
}
