//! Which condition keys a request lacks that the statements about it ask for, as IAM's simulator reports them.
//!
//! Decides nothing: a key that is missing may or may not matter to the verdict.

use super::arn_pattern::Target;
use super::principal::Names;
use super::statement::{Action, Question, Statement};
use super::{AttachedPolicy, Context, Policies, Request};

/// The keys that conditions and policy variables of the statements about this action and resource refer to and that the
/// request does not carry; each once, in the order of the policies. SCPs and RCPs are not asked.
pub fn missing_keys(request: &Request<'_>, policies: &Policies<'_>) -> Vec<String> {
    let action = request.action.to_ascii_lowercase();
    let names = Names::new(request.principal);
    let question = Question {
        action: Action::new(&action),
        target: Target::new(request.resource),
        context: request.context,
        names: Some(&names),
        bounded: policies.boundary.is_some(),
    };
    let resource = policies.resource.and_then(|resource| resource.policy);
    let identity = policies.identity.iter().map(|held| &**held);
    let asked = identity.chain(policies.boundary).chain(resource);
    let mut missing: Vec<String> = Vec::new();
    for key in asked.flat_map(|held| lacking(held, &question)) {
        if !missing.iter().any(|known| known.eq_ignore_ascii_case(&key)) {
            missing.push(key);
        }
    }
    missing
}

fn lacking(held: &AttachedPolicy, question: &Question<'_>) -> Vec<String> {
    let statements = held.policy.candidates(question.action.service);
    statements.flat_map(|(_, statement)| of_statement(statement, question)).collect()
}

fn of_statement(statement: &Statement, question: &Question<'_>) -> Vec<String> {
    let absent = |context: &Context, key: &str| context.get(key).is_none();
    if !statement.concerns(question) {
        return Vec::new();
    }
    let mut keys: Vec<String> = Vec::new();
    for pattern in statement.resource.iter().flat_map(|element| &element.patterns) {
        keys.extend(pattern.variable_keys().filter(|key| absent(question.context, key)).map(str::to_owned));
    }
    if !statement.applies_to(question) {
        return keys;
    }
    for condition in &statement.conditions {
        let named = std::iter::once(&*condition.key).chain(condition.variable_keys());
        keys.extend(named.filter(|key| absent(question.context, key)).map(str::to_owned));
    }
    keys
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::policy::{Policy, PolicyType};
    use crate::principal::Principal;

    #[test]
    fn only_statements_about_the_request_ask() {
        let text = r#"{"Version":"2012-10-17","Statement":[
            {"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/${aws:username}/*",
             "Condition":{"Bool":{"aws:SecureTransport":"true"},"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}},
            {"Effect":"Allow","Action":"s3:PutObject","Resource":"*","Condition":{"StringEquals":{"s3:x-amz-acl":"x"}}},
            {"Effect":"Deny","Action":"s3:*","Resource":"arn:aws:s3:::c/*","Condition":{"Null":{"aws:TagKeys":"true"}}}]}"#;
        let policy = Policy::parse(text, PolicyType::Identity).unwrap();
        let held = [Arc::new(AttachedPolicy { policy, name: "p".to_owned(), arn: None, attached_to: String::new() })];
        let principal = Principal::Root { account: crate::account::AccountId::ZERO };
        let mut context = Context::new();
        context.set("aws:securetransport", "true");
        for (resource, user, expected) in [
            ("arn:aws:s3:::b/u/k", Some("u"), &["aws:SourceIp"][..]),
            ("arn:aws:s3:::b/u/k", None, &["aws:username"][..]),
            ("arn:aws:s3:::c/k", Some("u"), &["aws:TagKeys"][..]),
            ("arn:aws:s3:::d/k", Some("u"), &[][..]),
        ] {
            let mut context = context.clone();
            if let Some(user) = user {
                context.set("aws:username", user);
            }
            let request = Request {
                principal: &principal,
                action: "s3:GetObject",
                resource,
                resource_account: None,
                context: &context,
            };
            let policies = Policies { identity: &held, ..Policies::default() };
            assert_eq!(missing_keys(&request, &policies), expected, "{resource}");
        }
    }
}
