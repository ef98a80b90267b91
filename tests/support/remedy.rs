//! Takes an explanation at its word: adds the statements that it calls missing, each to the policy that lacks it, and
//! asks again.

use std::sync::Arc;

use passrole::policy::explain::{Explanation, policy_noun};
use passrole::policy::{AttachedPolicy, Decision, Held, Policy, PolicyType, ResourcePolicyRule, decide};
use serde_json::{Value, json};

const LAYERS: [PolicyType; 7] = [
    PolicyType::Identity,
    PolicyType::PermissionsBoundary,
    PolicyType::Session,
    PolicyType::Resource,
    PolicyType::RoleTrust,
    PolicyType::ServiceControl,
    PolicyType::VpcEndpoint,
];

/// Each statement must turn the layer that it is for, and all of them together the verdict.
pub(crate) fn check(decision: &Decision, explanation: &Explanation) -> Result<(), String> {
    let (Some(asked), Some(held)) = (decision.asked(), decision.held()) else { return Ok(()) };
    let first = (explanation.refused_by, explanation.missing_statement.as_ref());
    let (Some(noun), Some(statement)) = first else { return Err("nothing is missing".to_owned()) };
    let further = explanation.further_statements.iter().map(|further| (further.policy_type, &further.statement));
    let mut held = held.clone();
    let mut verdict = decision.verdict;
    for (noun, statement) in std::iter::once((noun, statement)).chain(further) {
        let layer = LAYERS.into_iter().find(|layer| policy_noun(*layer) == noun);
        let layer = layer.ok_or_else(|| format!("no statement can be added to a {noun}"))?;
        for member in ["Effect", "Action", "Resource"] {
            if !statement[member].is_string() {
                return Err(format!("the {noun}'s missing statement has no {member}: {statement}"));
            }
        }
        if layer == PolicyType::RoleTrust && statement["Resource"] != asked.resource {
            return Err(format!("the trust policy's missing statement is not about the role: {statement}"));
        }
        add(&mut held, layer, statement)?;
        let again = decide(&asked.as_request(), &held.as_policies());
        if again.findings.iter().any(|finding| finding.layer == layer && finding.refuses) {
            return Err(format!("the {noun} still refuses with {statement}"));
        }
        verdict = again.verdict;
    }
    if verdict == passrole::policy::Verdict::Allowed { Ok(()) } else { Err("still refused".to_owned()) }
}

fn add(held: &mut Held, layer: PolicyType, statement: &Value) -> Result<(), String> {
    match layer {
        PolicyType::Identity => held.identity.push(with(None, layer, statement)?),
        PolicyType::PermissionsBoundary => held.boundary = Some(with(held.boundary.as_deref(), layer, statement)?),
        PolicyType::Session => held.session = Some(vec![with(None, layer, statement)?]),
        PolicyType::ServiceControl => held.service_control = Some(vec![with(None, layer, statement)?]),
        PolicyType::VpcEndpoint => held.vpc_endpoint = Some(with(held.vpc_endpoint.as_deref(), layer, statement)?),
        PolicyType::Resource | PolicyType::RoleTrust => {
            let (policy, rule) = held.resource.take().unwrap_or((None, ResourcePolicyRule::Ordinary));
            held.resource = Some((Some(with(policy.as_deref(), layer, statement)?), rule));
        }
        PolicyType::ResourceControl => return Err("a resource control policy never lacks an Allow".to_owned()),
    }
    Ok(())
}

/// A policy with one more statement, which a trust policy takes without its resource.
fn with(policy: Option<&AttachedPolicy>, layer: PolicyType, statement: &Value) -> Result<Arc<AttachedPolicy>, String> {
    let mut document = match policy {
        Some(attached) => serde_json::from_str(attached.policy.text()).map_err(|error| error.to_string())?,
        None => json!({"Version": "2012-10-17", "Statement": []}),
    };
    let mut statement = statement.clone();
    if layer == PolicyType::RoleTrust {
        statement.as_object_mut().and_then(|members| members.remove("Resource"));
    }
    match &mut document["Statement"] {
        Value::Array(statements) => statements.push(statement),
        one => *one = json!([one.take(), statement]),
    }
    let policy = Policy::parse(&document.to_string(), layer).map_err(|error| format!("{error}: {document}"))?;
    Ok(Arc::new(AttachedPolicy { policy, name: "p".to_owned(), arn: None, attached_to: "here".to_owned() }))
}
