//! What must hold for every input, however odd: the bodies of the fuzz targets, which property tests call, too.
//!
//! Each answers what it found wrong. Not part of the engine; nothing else uses it.

use std::sync::Arc;

use super::arn_pattern::{ArnPattern, Target};
use super::condition::{Condition, Operator, Truth};
use super::{AttachedPolicy, Context, Policies, Policy, PolicyType, Request, Verdict, decide, explain};
use crate::arn::Arn;
use crate::principal::Principal;

const TYPES: [PolicyType; 8] = [
    PolicyType::Identity,
    PolicyType::PermissionsBoundary,
    PolicyType::Session,
    PolicyType::Resource,
    PolicyType::RoleTrust,
    PolicyType::ServiceControl,
    PolicyType::ResourceControl,
    PolicyType::VpcEndpoint,
];

/// A text is refused, or is JSON whose statements stand where they are said to stand, and can be asked and explained.
pub fn policy_text(text: &str) -> Result<(), String> {
    for policy_type in TYPES {
        let Ok(policy) = Policy::parse(text, policy_type) else { continue };
        let value: serde_json::Value = serde_json::from_str(text).map_err(|error| format!("taken, but {error}"))?;
        for statement in policy.statements() {
            let found: serde_json::Value = serde_json::from_str(policy.statement_text(statement))
                .map_err(|error| format!("a statement's span is wrong: {error}"))?;
            if !found.is_object() {
                return Err("a statement's span is no object".to_owned());
            }
        }
        let again = Policy::parse(&value.to_string(), policy_type).map_err(|error| format!("written anew: {error}"))?;
        if again.statements().len() != policy.statements().len() {
            return Err("written anew it has other statements".to_owned());
        }
        if policy_type == PolicyType::Identity {
            ask(&policy, &again)?;
        }
    }
    Ok(())
}

/// The policy and its rewritten form must answer alike, and the explanation must fit.
fn ask(policy: &Policy, again: &Policy) -> Result<(), String> {
    let principal = Principal::Root { account: crate::account::AccountId::ZERO };
    let user = Principal::User {
        account: crate::account::AccountId::ZERO,
        path: "/".to_owned(),
        name: "alice".to_owned(),
        id: "AIDAEXAMPLE".to_owned(),
    };
    let mut context = Context::new();
    context.set("aws:username", "alice");
    for principal in [&principal, &user] {
        for (action, resource) in [("s3:GetObject", "arn:aws:s3:::b/k"), ("sagemaker:ListModels", "*")] {
            let request = Request { principal, action, resource, resource_account: None, context: &context };
            let verdict = |policy: &Policy| {
                let attached = [Arc::new(AttachedPolicy {
                    policy: policy.clone(),
                    name: "p".to_owned(),
                    arn: None,
                    attached_to: "here".to_owned(),
                })];
                let decision = decide(&request, &Policies { identity: &attached, ..Policies::default() });
                let told = explain::explain(&decision).missing_statement.is_some();
                (decision.verdict, told)
            };
            let (first, told) = verdict(policy);
            if told == (first == Verdict::Allowed) {
                return Err(format!("{first:?}, and a missing statement is told: {told}"));
            }
            if verdict(again).0 != first {
                return Err("written anew it decides otherwise".to_owned());
            }
        }
    }
    Ok(())
}

/// A negated operator says the opposite of its positive twin, or neither can tell; `IfExists` changes nothing for a key
/// that is there.
pub fn condition_values(wanted: &str, seen: &str) -> Result<(), String> {
    let mut context = Context::new();
    context.set("k:k", seen);
    let evaluate = |name: &str| {
        let operator = Operator::parse(name)?;
        Some(Condition::new(operator, "k:k", vec![wanted.to_owned()], true).evaluate(&context))
    };
    for (positive, negated) in [
        ("StringEquals", "StringNotEquals"),
        ("StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"),
        ("StringLike", "StringNotLike"),
        ("NumericEquals", "NumericNotEquals"),
        ("DateEquals", "DateNotEquals"),
        ("IpAddress", "NotIpAddress"),
        ("ArnLike", "ArnNotLike"),
    ] {
        let opposite = match evaluate(positive) {
            Some(Truth::True) => Some(Truth::False),
            Some(Truth::False) => Some(Truth::True),
            other => other,
        };
        if opposite.is_none() || evaluate(negated) != opposite {
            return Err(format!("{positive} and {negated} on `{wanted}` and `{seen}`"));
        }
        if evaluate(&format!("{positive}IfExists")) != evaluate(positive) {
            return Err(format!("{positive}IfExists on `{wanted}` and `{seen}`"));
        }
    }
    for (less, more) in [("NumericLessThan", "NumericGreaterThanEquals"), ("DateLessThan", "DateGreaterThanEquals")] {
        if evaluate(less) == evaluate(more) && evaluate(less) != Some(Truth::Unknown) {
            return Err(format!("{less} and {more} on `{wanted}` and `{seen}`"));
        }
    }
    Ok(())
}

/// An ARN without wildcards or variables matches itself and nothing longer; `*` matches everything.
pub fn arn(text: &str) -> Result<(), String> {
    let context = Context::new();
    let everything = ArnPattern::resource("*", true);
    if !everything.matches(&Target::new(text), &context) {
        return Err(format!("`*` does not match `{text}`"));
    }
    let pattern = ArnPattern::resource(text, true);
    let matches = pattern.matches(&Target::new(text), &context);
    let literal = Arn::parse(text).is_some() && !text.contains(['*', '?', '$']);
    if literal && !matches {
        return Err(format!("`{text}` does not match itself"));
    }
    if literal && pattern.matches(&Target::new(&format!("{text}x")), &context) {
        return Err(format!("`{text}` matches a longer resource"));
    }
    Ok(())
}
