//! Decisions in words: AWS's denial texts, and the explanation that the control API gives.
//!
//! Readers of a finished [`Decision`], which never decide anything themselves. Words are made only when somebody asks
//! for them, so that an allowed request pays nothing.

mod mismatch;
mod missing;
mod trace;

use serde::Serialize;

use super::decision::{Decision, Finding, Matched, Said};
use super::{PolicyType, Position, ResourcePolicyRule, Verdict};
use crate::document::Document;

pub use mismatch::Failure;
pub use trace::{LayerTrace, NearMiss, PolicyTrace, StatementTrace};

/// Why a request was decided as it was, as the control API tells it.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Explanation {
    /// `allowed`, `implicitDeny` or `explicitDeny`.
    pub decision: &'static str,
    /// The outcome in one sentence.
    pub summary: String,
    /// The kind of policy that refused; absent where the request was allowed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused_by: Option<&'static str>,
    /// The text that AWS appends to its denial.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Whether caller and resource belong to different accounts, so that both must allow.
    pub cross_account: bool,
    /// What each kind of policy said, and which statements matched or why none did.
    pub layers: Vec<LayerTrace>,
    /// Statements of the refusing layer that would have allowed but for one element.
    pub near_misses: Vec<NearMiss>,
    /// The smallest statement that would allow; or the statement that denies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missing_statement: Option<Document>,
    /// Where the denying statement stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stands_in: Option<Place>,
    /// Where the missing statement belongs, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub add_to: Option<String>,
    /// What further layers lack: the missing statement alone does not suffice where there are any.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub further_statements: Vec<FurtherStatement>,
}

/// Where a statement stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Place {
    /// The kind of policy.
    pub policy_type: &'static str,
    /// The policy's name.
    pub policy_name: String,
    /// The policy's ARN, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy_arn: Option<String>,
    /// The ARN of what the policy is attached to.
    pub attached_to: String,
    /// The statement's id, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sid: Option<String>,
    /// The statement's place in the policy, from zero.
    pub index: usize,
    /// Where the statement begins in the policy's text.
    pub start: Position,
    /// Where it ends.
    pub end: Position,
}

/// A statement that one more layer lacks.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FurtherStatement {
    /// The kind of policy that lacks it.
    pub policy_type: &'static str,
    /// Where it belongs, in words.
    pub add_to: String,
    /// The statement.
    pub statement: Document,
}

/// Explains a decision. Of an allowed one only the statements that matched are told.
pub fn explain(decision: &Decision) -> Explanation {
    let refusing = decision.refused_by();
    let mut lacking = missing::lacking(decision).into_iter();
    let denied_by = decision.denied_by();
    let first = if denied_by.is_none() { lacking.next() } else { None };
    let (missing_statement, add_to) = match (denied_by, first) {
        (Some(matched), _) => (statement_json(matched), None),
        (None, Some(first)) => (Some(first.statement), Some(first.add_to)),
        (None, None) => (None, None),
    };
    Explanation {
        decision: verdict_word(decision.verdict),
        summary: summary(decision),
        refused_by: refusing.map(|finding| policy_noun(finding.layer)),
        reason: denial_reason(decision),
        cross_account: decision.cross_account,
        layers: trace::layers(decision),
        near_misses: trace::near_misses(decision),
        missing_statement,
        stands_in: denied_by.and_then(Place::of),
        add_to,
        further_statements: lacking.collect(),
    }
}

/// The decision as the control API and IAM's simulator name it.
pub fn verdict_word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Allowed => "allowed",
        Verdict::ImplicitDeny => "implicitDeny",
        Verdict::ExplicitDeny => "explicitDeny",
    }
}

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
    let mut reason = format!("with an explicit deny in {} {}", article(refusing.layer), policy_noun(refusing.layer));
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
    match layer {
        PolicyType::Identity => "an",
        PolicyType::RoleTrust => "the",
        _ => "a",
    }
}

impl Place {
    /// Where a statement that matched stands.
    pub fn of(matched: &Matched) -> Option<Place> {
        let statement = matched.statement()?;
        Some(trace::place(matched.layer, &matched.policy, matched.index, statement))
    }

    /// The statement and its policy as a sentence names them.
    fn words(&self) -> String {
        let statement = match &self.sid {
            Some(sid) if !sid.is_empty() => format!("statement `{sid}`"),
            _ => format!("statement {}", self.index + 1),
        };
        format!("{statement} of the {} `{}`", self.policy_type, self.policy_name)
    }
}

fn statement_json(matched: &Matched) -> Option<Document> {
    let statement = matched.statement()?;
    serde_json::from_str(matched.policy.policy.statement_text(statement)).ok()
}

fn summary(decision: &Decision) -> String {
    let (Some(asked), Some(refusing)) = (decision.asked(), decision.refused_by()) else {
        let allowing = decision.matched.iter().find(|matched| {
            matches!(matched.layer, PolicyType::Identity | PolicyType::Resource | PolicyType::RoleTrust)
        });
        return match allowing.and_then(Place::of) {
            Some(place) => format!("Allowed by {}.", place.words()),
            None => "Allowed: the root user of an account may do everything that nothing denies.".to_owned(),
        };
    };
    let question = format!("{} may not perform {} on {}", asked.principal.arn(), asked.action, asked.resource);
    match decision.denied_by().and_then(Place::of) {
        Some(place) => format!("{question}: {} denies it.", place.words()),
        None => format!("{question}: {}.", why_not(decision, refusing)),
    }
}

/// Why a layer that had to allow did not.
fn why_not(decision: &Decision, refusing: &Finding) -> String {
    let noun = policy_noun(refusing.layer);
    let rule = decision.held().and_then(|held| held.resource.as_ref()).map(|(_, rule)| *rule);
    let resource = matches!(refusing.layer, PolicyType::Resource | PolicyType::RoleTrust);
    match (refusing.said, refusing.layer) {
        (Said::NotApplicable, PolicyType::Session) => {
            "a federated user has only what a session policy gives, and this session has none".to_owned()
        }
        (Said::NotApplicable, _) if resource => format!("the resource has no {noun}, and one must allow it"),
        _ if resource && decision.cross_account => {
            format!("the resource belongs to another account, and no {noun} there allows it")
        }
        _ if resource && rule == Some(ResourcePolicyRule::KeyPolicy) => {
            "the key policy neither allows it nor leaves it to the account's identity-based policies".to_owned()
        }
        _ => format!("no {noun} allows it"),
    }
}
