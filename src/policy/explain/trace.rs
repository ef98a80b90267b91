//! The trace: each layer, its policies, the statements that matched, and why the others did not.

use serde::Serialize;

use super::mismatch::{Failure, failures, is_close_action};
use super::{Place, policy_noun};
use crate::policy::arn_pattern::Target;
use crate::policy::decision::{Asked, Decision, Said};
use crate::policy::principal::Names;
use crate::policy::statement::{Action, Effect, Mismatch, Question, Statement};
use crate::policy::{AttachedPolicy, PolicyType};

/// How many statements of one policy, and how many near misses, are told.
const TOLD: usize = 20;

/// What one kind of policy said.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LayerTrace {
    /// The kind of policy.
    pub policy_type: &'static str,
    /// `notApplicable`, `nothing`, `allows`, `delegates` or `denies`.
    pub said: &'static str,
    /// Whether the request fails because this layer does not allow it.
    pub refuses: bool,
    /// The policies that were asked.
    pub policies: Vec<PolicyTrace>,
}

/// One policy and those of its statements that speak of the action.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PolicyTrace {
    /// The policy's name.
    pub name: String,
    /// The policy's ARN, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arn: Option<String>,
    /// The ARN of what it is attached to.
    pub attached_to: String,
    /// The statements that speak of the action.
    pub statements: Vec<StatementTrace>,
    /// How many statements are not told: those of other actions, and what exceeds a bound.
    pub statements_not_told: usize,
}

/// Whether a statement matched, and what in it did not.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StatementTrace {
    /// Where it stands.
    #[serde(flatten)]
    pub place: Place,
    /// `Allow` or `Deny`.
    pub effect: &'static str,
    /// Whether it matched.
    pub matched: bool,
    /// Every element that did not match.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub failures: Vec<Failure>,
}

/// A statement that would have allowed but for one element.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NearMiss {
    /// Where it stands.
    #[serde(flatten)]
    pub place: Place,
    /// The element that did not match.
    pub failure: Failure,
}

/// The place of a statement.
pub(super) fn place(layer: PolicyType, attached: &AttachedPolicy, index: usize, statement: &Statement) -> Place {
    let (start, end) = attached.policy.positions(statement);
    Place {
        policy_type: policy_noun(layer),
        policy_name: attached.name.clone(),
        policy_arn: attached.arn.clone(),
        attached_to: attached.attached_to.clone(),
        sid: statement.sid.as_deref().map(str::to_owned),
        index,
        start,
        end,
    }
}

/// Every layer, with every policy that was asked where the request was denied.
pub(super) fn layers(decision: &Decision) -> Vec<LayerTrace> {
    let trace = |finding: &crate::policy::Finding| LayerTrace {
        policy_type: policy_noun(finding.layer),
        said: said_word(finding.said),
        refuses: finding.refuses,
        policies: match decision.asked() {
            _ if finding.said == Said::NotApplicable => Vec::new(),
            Some(asked) => {
                let policies = policies_of(decision, finding.layer).into_iter();
                policies.map(|attached| policy_trace(decision, finding.layer, attached, asked)).collect()
            }
            None => matched_policies(decision, finding.layer),
        },
    };
    decision.findings.iter().map(trace).collect()
}

/// The Allow statements of the refusing layer that matched in all but one element.
pub(super) fn near_misses(decision: &Decision) -> Vec<NearMiss> {
    let (Some(asked), Some(refusing)) = (decision.asked(), decision.refused_by()) else { return Vec::new() };
    if refusing.said == Said::Denies {
        return Vec::new();
    }
    let mut found = Vec::new();
    with_question(decision, asked, |question| {
        for attached in policies_of(decision, refusing.layer) {
            for (index, statement) in attached.policy.statements().iter().enumerate() {
                let mismatches = statement.mismatches(question);
                let [only] = mismatches.as_slice() else { continue };
                let near = *only != Mismatch::Action || is_close_action(statement, &asked.action);
                if statement.effect == Effect::Allow && near && found.len() < TOLD {
                    let place = place(refusing.layer, attached, index, statement);
                    let failure = failures(statement, &mismatches, asked).into_iter().next();
                    found.extend(failure.map(|failure| NearMiss { place, failure }));
                }
            }
        }
    });
    found
}

fn said_word(said: Said) -> &'static str {
    match said {
        Said::NotApplicable => "notApplicable",
        Said::Nothing => "nothing",
        Said::Allows => "allows",
        Said::Delegates => "delegates",
        Said::Denies => "denies",
    }
}

/// The policies of a layer that a denied request was judged by.
fn policies_of(decision: &Decision, layer: PolicyType) -> Vec<&AttachedPolicy> {
    let Some(held) = decision.held() else { return Vec::new() };
    match layer {
        PolicyType::Identity => held.identity.iter().map(AsRef::as_ref).collect(),
        PolicyType::PermissionsBoundary => held.boundary.iter().map(AsRef::as_ref).collect(),
        PolicyType::Session => held.session.iter().flatten().map(AsRef::as_ref).collect(),
        PolicyType::Resource | PolicyType::RoleTrust => {
            held.resource.iter().filter_map(|(policy, _)| policy.as_deref()).collect()
        }
        PolicyType::ServiceControl => held.service_control.iter().flatten().map(AsRef::as_ref).collect(),
        PolicyType::ResourceControl => held.resource_control.iter().map(AsRef::as_ref).collect(),
        PolicyType::VpcEndpoint => held.vpc_endpoint.iter().map(AsRef::as_ref).collect(),
    }
}

fn with_question<T>(decision: &Decision, asked: &Asked, then: impl FnOnce(&Question<'_>) -> T) -> T {
    let action = asked.action.to_ascii_lowercase();
    let names = Names::new(&asked.principal);
    then(&Question {
        action: Action::new(&action),
        target: Target::new(&asked.resource),
        context: &asked.context,
        names: Some(&names),
        bounded: decision.held().is_some_and(|held| held.boundary.is_some()),
    })
}

fn policy_trace(decision: &Decision, layer: PolicyType, attached: &AttachedPolicy, asked: &Asked) -> PolicyTrace {
    let all = attached.policy.statements();
    let mut statements = Vec::new();
    with_question(decision, asked, |question| {
        for (index, statement) in all.iter().enumerate() {
            let mismatches = statement.mismatches(question);
            if mismatches.contains(&Mismatch::Action) || statements.len() >= TOLD {
                continue;
            }
            statements.push(StatementTrace {
                place: place(layer, attached, index, statement),
                effect: effect_word(statement.effect),
                matched: mismatches.is_empty(),
                failures: failures(statement, &mismatches, asked),
            });
        }
    });
    PolicyTrace {
        name: attached.name.clone(),
        arn: attached.arn.clone(),
        attached_to: attached.attached_to.clone(),
        statements_not_told: all.len() - statements.len(),
        statements,
    }
}

/// Of an allowed request: the policies with statements that matched.
fn matched_policies(decision: &Decision, layer: PolicyType) -> Vec<PolicyTrace> {
    let mut found: Vec<PolicyTrace> = Vec::new();
    let mut last = None;
    for matched in decision.matched.iter().filter(|matched| matched.layer == layer) {
        let Some(statement) = matched.statement() else { continue };
        let all = matched.policy.policy.statements().len();
        if last != Some(std::sync::Arc::as_ptr(&matched.policy)) {
            last = Some(std::sync::Arc::as_ptr(&matched.policy));
            found.push(PolicyTrace {
                name: matched.policy.name.clone(),
                arn: matched.policy.arn.clone(),
                attached_to: matched.policy.attached_to.clone(),
                statements: Vec::new(),
                statements_not_told: all,
            });
        }
        if let Some(policy) = found.last_mut().filter(|policy| policy.statements.len() < TOLD) {
            policy.statements_not_told -= 1;
            policy.statements.push(StatementTrace {
                place: place(layer, &matched.policy, matched.index, statement),
                effect: effect_word(matched.effect),
                matched: true,
                failures: Vec::new(),
            });
        }
    }
    found
}

fn effect_word(effect: Effect) -> &'static str {
    match effect {
        Effect::Allow => "Allow",
        Effect::Deny => "Deny",
    }
}
