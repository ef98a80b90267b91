//! From a simulated request to IAM's answer about it.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};

use super::organization::Levels;
use super::{positions, templates};
use crate::account::AccountId;
use crate::arn::Arn;
use crate::document::Document;
use crate::policy::{
    self, AttachedPolicy, Context, Decision, Effect, Matched, Policies, PolicyType, Request, ResourcePolicy,
    ResourcePolicyRule, Said, Verdict, explain,
};
use crate::principal::Principal;
use crate::services::iam::show;

/// Everything that a simulation is made with, besides actions and resources.
pub(super) struct Simulation {
    pub(super) identity: Vec<Arc<AttachedPolicy>>,
    pub(super) boundary: Option<Arc<AttachedPolicy>>,
    pub(super) resource_policy: Option<Arc<AttachedPolicy>>,
    pub(super) levels: Levels,
    /// Who owns resources whose ARN names no account.
    pub(super) resource_owner: Option<AccountId>,
    pub(super) principal: Principal,
    pub(super) context: Context,
}

/// What each policy type said, by IAM's name of the type.
type Details = BTreeMap<&'static str, Verdict>;

/// What came out for one action on one resource.
struct Outcome {
    verdict: Verdict,
    statements: Vec<Document>,
    missing: Vec<String>,
    organization: Option<bool>,
    boundary: Option<bool>,
    /// By policy type, across accounts; empty within one; `None` where the resource is `*` or the organization ended it.
    details: Option<Details>,
}

/// The layers that a simulation tells of, with the names that IAM gives them.
const LAYERS: [(PolicyType, &str); 3] = [
    (PolicyType::Identity, "IAM Policy"),
    (PolicyType::Resource, "Resource Policy"),
    (PolicyType::PermissionsBoundary, "Permissions Boundary Policy"),
];

impl Simulation {
    /// The result for an action; `resources` has one element at least.
    pub(super) fn result(&self, action: &str, resources: &[&str]) -> Document {
        let outcomes: Vec<Outcome> = resources.iter().map(|resource| self.outcome(action, resource)).collect();
        let everywhere = resources.iter().all(|resource| *resource == "*");
        let verdict = outcomes.iter().map(|outcome| outcome.verdict).max_by_key(|verdict| severity(*verdict));
        let verdict = verdict.unwrap_or(Verdict::ImplicitDeny);
        let deciding = outcomes.iter().filter(|outcome| outcome.verdict == verdict);
        let all = |told: fn(&Outcome) -> Option<bool>| {
            let told: Vec<bool> = outcomes.iter().filter_map(told).collect();
            (!told.is_empty()).then(|| told.iter().all(|allowed| *allowed))
        };
        let mut result = json!({
            "EvalActionName": action,
            "EvalResourceName": if everywhere { "*" } else { templates::of(action) },
            "EvalDecision": explain::verdict_word(verdict),
            "MatchedStatements": distinct(deciding.flat_map(|outcome| &outcome.statements)),
            "MissingContextValues": distinct(outcomes.iter().flat_map(|outcome| &outcome.missing)),
        });
        if let Some(allowed) = all(|outcome| outcome.organization) {
            show::set(&mut result, "OrganizationsDecisionDetail", json!({ "AllowedByOrganizations": allowed }));
        }
        if let Some(allowed) = all(|outcome| outcome.boundary) {
            show::set(
                &mut result,
                "PermissionsBoundaryDecisionDetail",
                json!({ "AllowedByPermissionsBoundary": allowed }),
            );
        }
        let told: Vec<&Details> = outcomes.iter().filter_map(|outcome| outcome.details.as_ref()).collect();
        if !told.is_empty() {
            show::set(&mut result, "EvalDecisionDetails", words(&worst(&told)));
        }
        if !everywhere {
            let specific = resources.iter().zip(&outcomes).map(|(resource, outcome)| outcome.specific(resource));
            show::set(&mut result, "ResourceSpecificResults", specific.collect());
        }
        result
    }

    fn outcome(&self, action: &str, resource: &str) -> Outcome {
        let account = self.principal.account();
        let owner = self.owner(resource).or(account);
        let request =
            Request { principal: &self.principal, action, resource, resource_account: owner, context: &self.context };
        let organization = self.levels.verdict(&request);
        if let Some(verdict) = organization.filter(|verdict| *verdict != Verdict::Allowed) {
            return Outcome {
                verdict,
                statements: Vec::new(),
                missing: Vec::new(),
                organization: Some(false),
                boundary: None,
                details: None,
            };
        }
        let rule = match action.split_once(':') {
            Some((service, _)) if service.eq_ignore_ascii_case("kms") => ResourcePolicyRule::KeyPolicy,
            _ => ResourcePolicyRule::Ordinary,
        };
        let resource_policy = self.resource_policy.as_deref();
        let policies = Policies {
            identity: &self.identity,
            boundary: self.boundary.as_deref(),
            resource: resource_policy.map(|policy| ResourcePolicy { policy: Some(policy), rule }),
            ..Policies::default()
        };
        let decision = policy::decide(&request, &policies);
        let cross_account = owner != account;
        Outcome {
            verdict: decision.verdict,
            statements: statements(&decision),
            missing: policy::missing_keys(&request, &policies),
            organization: organization.map(|_| true),
            boundary: said(&decision, PolicyType::PermissionsBoundary).map(|verdict| verdict == Verdict::Allowed),
            details: (resource != "*").then(|| if cross_account { details(&decision) } else { BTreeMap::new() }),
        }
    }

    /// The resource's account, where the simulation is told of its policy or of its owner; a resource of which nothing
    /// is known but its ARN is judged by the caller's policies alone.
    fn owner(&self, resource: &str) -> Option<AccountId> {
        let named = Arn::parse(resource).and_then(|arn| arn.account.parse().ok());
        match named {
            Some(named) => self.resource_policy.as_ref().map(|_| named),
            None => self.resource_owner,
        }
    }
}

impl Outcome {
    fn specific(&self, resource: &str) -> Document {
        let mut shown = json!({
            "EvalResourceName": resource,
            "EvalResourceDecision": explain::verdict_word(self.verdict),
            "MatchedStatements": self.statements,
            "MissingContextValues": self.missing,
        });
        if let Some(allowed) = self.boundary {
            show::set(
                &mut shown,
                "PermissionsBoundaryDecisionDetail",
                json!({ "AllowedByPermissionsBoundary": allowed }),
            );
        }
        if let Some(details) = self.details.as_ref().filter(|details| !details.is_empty()) {
            show::set(&mut shown, "EvalDecisionDetails", words(details));
        }
        shown
    }
}

/// How restrictive a verdict is.
pub(super) fn severity(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Allowed => 0,
        Verdict::ImplicitDeny => 1,
        Verdict::ExplicitDeny => 2,
    }
}

/// The statements that made the decision: all that deny, or all that allow.
fn statements(decision: &Decision) -> Vec<Document> {
    let effect = match decision.verdict {
        Verdict::Allowed => Effect::Allow,
        Verdict::ExplicitDeny => Effect::Deny,
        Verdict::ImplicitDeny => return Vec::new(),
    };
    decision.matched.iter().filter(|matched| matched.effect == effect).filter_map(statement).collect()
}

fn statement(matched: &Matched) -> Option<Document> {
    let (_, source_type) = LAYERS.iter().find(|(layer, _)| *layer == matched.layer)?;
    let (start, end) = positions::of(matched.policy.policy.text(), &matched.statement()?.span);
    Some(json!({
        "SourcePolicyId": source_id(&matched.policy),
        "SourcePolicyType": source_type,
        "StartPosition": start,
        "EndPosition": end,
    }))
}

/// A managed policy's name; `role_Training_Access` for the inline policy `Access` of the role `Training`; the name of the
/// request member for a policy that the request brings.
fn source_id(held: &AttachedPolicy) -> String {
    let holder = Arn::parse(&held.attached_to).filter(|_| held.arn.is_none());
    match holder {
        Some(arn) => {
            let name = arn.resource.rsplit('/').next().unwrap_or_default();
            format!("{}_{name}_{}", arn.resource_type(), held.name)
        }
        None => held.name.clone(),
    }
}

/// What a layer said by itself; `None` where there is no such policy.
fn said(decision: &Decision, layer: PolicyType) -> Option<Verdict> {
    let finding = decision.findings.iter().find(|finding| finding.layer == layer)?;
    match finding.said {
        Said::NotApplicable => None,
        Said::Nothing => Some(Verdict::ImplicitDeny),
        Said::Allows | Said::Delegates => Some(Verdict::Allowed),
        Said::Denies => Some(Verdict::ExplicitDeny),
    }
}

fn details(decision: &Decision) -> Details {
    LAYERS.iter().filter_map(|(layer, name)| Some((*name, said(decision, *layer)?))).collect()
}

/// The most restrictive say of each policy type.
fn worst(told: &[&Details]) -> Details {
    let mut worst = Details::new();
    for (layer, verdict) in told.iter().copied().flatten() {
        let known = worst.entry(layer).or_insert(*verdict);
        if severity(*verdict) > severity(*known) {
            *known = *verdict;
        }
    }
    worst
}

fn words(details: &Details) -> Document {
    let said = details.iter().map(|(layer, verdict)| ((*layer).to_owned(), json!(explain::verdict_word(*verdict))));
    Document::Object(said.collect())
}

fn distinct<'a, T: serde::Serialize + PartialEq + 'a>(each: impl Iterator<Item = &'a T>) -> Vec<Value> {
    let mut found: Vec<&T> = Vec::new();
    for element in each {
        if !found.contains(&element) {
            found.push(element);
        }
    }
    found.into_iter().map(|element| json!(element)).collect()
}
