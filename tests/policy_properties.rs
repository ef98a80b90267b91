//! What holds for all policies: a deny never widens, order is irrelevant, a limit never widens, a missing statement
//! mends what it says it mends, and no text breaks the reader.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::sync::Arc;

use passrole::policy::{
    AttachedPolicy, Context, Decision, Policies, Policy, PolicyType, Request, ResourcePolicy, ResourcePolicyRule,
    decide, explain, probe,
};
use passrole::principal::Principal;
use proptest::prelude::*;
use serde_json::{Value, json};

const HOME: &str = "111122223333";

/// A request and its policies, each a list of statements.
#[derive(Debug, Clone)]
struct Scene {
    principal: Principal,
    action: &'static str,
    resource: &'static str,
    foreign: bool,
    context: Context,
    identity: Vec<Vec<Value>>,
    boundary: Option<Vec<Value>>,
    session: Option<Vec<Value>>,
    resource_policy: Option<Vec<Value>>,
    rule: ResourcePolicyRule,
    service_control: Option<Vec<Value>>,
}

impl Scene {
    fn decide(&self) -> Decision {
        let many = |all: &[Vec<Value>], policy_type| all.iter().map(|s| attach(s, policy_type)).collect::<Vec<_>>();
        let identity = many(&self.identity, PolicyType::Identity);
        let boundary = self.boundary.as_ref().map(|s| attach(s, PolicyType::PermissionsBoundary));
        let session = self.session.clone().map(|s| many(&[s], PolicyType::Session));
        let resource = self.resource_policy.as_ref().map(|s| attach(s, PolicyType::Resource));
        let service_control = self.service_control.clone().map(|s| many(&[s], PolicyType::ServiceControl));
        let owner = if self.foreign { "444455556666" } else { HOME };
        decide(
            &Request {
                principal: &self.principal,
                action: self.action,
                resource: self.resource,
                resource_account: Some(owner.parse().unwrap()),
                context: &self.context,
            },
            &Policies {
                identity: &identity,
                boundary: boundary.as_deref(),
                session: session.as_deref(),
                resource: Some(ResourcePolicy { policy: resource.as_deref(), rule: self.rule }),
                service_control: service_control.as_deref(),
                resource_control: &[],
                vpc_endpoint: None,
            },
        )
    }
}

fn attach(statements: &[Value], policy_type: PolicyType) -> Arc<AttachedPolicy> {
    let text = json!({ "Version": "2012-10-17", "Statement": statements }).to_string();
    let policy = Policy::parse(&text, policy_type).unwrap_or_else(|error| panic!("{error}: {text}"));
    Arc::new(AttachedPolicy { policy, name: "p".to_owned(), arn: None, attached_to: "here".to_owned() })
}

fn pick(values: &'static [&'static str]) -> impl Strategy<Value = &'static str> {
    proptest::sample::select(values)
}

fn conditions() -> impl Strategy<Value = Option<Value>> {
    let operator = pick(&[
        "StringEquals",
        "StringNotEquals",
        "StringLikeIfExists",
        "ForAllValues:StringEquals",
        "ForAnyValue:StringLike",
        "Null",
        "Bool",
        "NumericLessThan",
        "NotIpAddress",
        "ArnLike",
        "DateGreaterThan",
    ]);
    let key = pick(&["aws:username", "aws:TagKeys", "aws:SourceIp", "sagemaker:MaxRuntimeInSeconds"]);
    let value =
        pick(&["alice", "a*", "true", "false", "10", "192.0.2.0/24", "${aws:username}", "${aws:nobody}", "2020"]);
    let one = (operator, key, value).prop_map(|(operator, key, value)| json!({ operator: { key: value } }));
    proptest::option::weighted(0.5, one)
}

fn statement(effect: &'static [&'static str], principals: bool) -> impl Strategy<Value = Value> {
    let action = pick(&["*", "s3:*", "s3:Get*", "S3:getobject", "sagemaker:*", "iam:PassRole"]);
    let resource = pick(&["*", "arn:aws:s3:::b/*", "arn:aws:s3:::b/${aws:username}", "arn:aws:s3:::c"]);
    let principal = pick(&["*", HOME, "arn:aws:iam::111122223333:user/alice", "arn:aws:iam::111122223333:role/R"]);
    let parts = (pick(effect), action, any::<bool>(), resource, any::<bool>(), principal, conditions());
    parts.prop_map(move |(effect, action, not_action, resource, not_resource, principal, condition)| {
        let mut statement = json!({ "Effect": effect });
        statement[if not_action { "NotAction" } else { "Action" }] = json!(action);
        statement[if not_resource { "NotResource" } else { "Resource" }] = json!(resource);
        if principals {
            statement["Principal"] = json!({ "AWS": principal });
        }
        if let Some(condition) = condition {
            statement["Condition"] = condition;
        }
        statement
    })
}

fn statements(principals: bool) -> impl Strategy<Value = Vec<Value>> {
    proptest::collection::vec(statement(&["Allow", "Allow", "Allow", "Deny"], principals), 1..4)
}

fn context() -> impl Strategy<Value = Context> {
    let tags = proptest::option::of(proptest::collection::vec(pick(&["alice", "true", "x", ""]), 0..3));
    let values = (
        proptest::option::of(pick(&["alice", "bob", ""])),
        tags,
        proptest::option::of(pick(&["192.0.2.9", "10.0.0.1", "nowhere"])),
        proptest::option::of(pick(&["5", "50", "soon"])),
    );
    values.prop_map(|(user, tags, address, seconds)| {
        let mut context = Context::new();
        if let Some(tags) = tags {
            context.set_all("aws:TagKeys", tags.into_iter().map(str::to_owned).collect());
        }
        let single = [("aws:username", user), ("aws:SourceIp", address), ("sagemaker:MaxRuntimeInSeconds", seconds)];
        for (key, value) in single {
            if let Some(value) = value {
                context.set(key, value);
            }
        }
        context
    })
}

fn principal() -> impl Strategy<Value = Principal> {
    let account = HOME.parse().unwrap();
    let name = |text: &str| text.to_owned();
    proptest::sample::select(vec![
        Principal::Root { account },
        Principal::User { account, path: name("/"), name: name("alice"), id: name("AIDAEXAMPLE") },
        Principal::AssumedRole {
            account,
            path: name("/"),
            role: name("R"),
            role_id: name("AROAEXAMPLE"),
            session: name("s"),
        },
        Principal::FederatedUser { account, name: name("bob"), user: None },
        Principal::Service { name: name("sagemaker.amazonaws.com") },
        Principal::Anonymous,
    ])
}

fn scene() -> impl Strategy<Value = Scene> {
    let who = (principal(), pick(&["s3:GetObject", "s3:PutObject", "iam:PassRole"]), any::<bool>(), context());
    let target = pick(&["arn:aws:s3:::b/alice", "arn:aws:s3:::c", "*"]);
    let rule = proptest::sample::select(vec![ResourcePolicyRule::Ordinary, ResourcePolicyRule::KeyPolicy]);
    let policies = (
        proptest::collection::vec(statements(false), 0..3),
        proptest::option::of(statements(false)),
        proptest::option::of(statements(false)),
        proptest::option::of(statements(true)),
        proptest::option::of(statements(false)),
    );
    (who, target, rule, policies).prop_map(|((principal, action, foreign, context), resource, rule, policies)| {
        let (identity, boundary, session, resource_policy, service_control) = policies;
        Scene {
            principal,
            action,
            resource,
            foreign,
            context,
            identity,
            boundary,
            session,
            resource_policy,
            rule,
            service_control,
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn a_deny_never_widens(scene in scene(), deny in statement(&["Deny"], false), layer in 0..5_usize) {
        let mut more = scene.clone();
        let mut with_principal = deny.clone();
        with_principal["Principal"] = json!("*");
        match layer {
            0 => more.identity.push(vec![deny]),
            1 => more.boundary.get_or_insert_default().push(deny),
            2 => more.session.get_or_insert_default().push(deny),
            3 => more.service_control.get_or_insert_default().push(deny),
            _ => more.resource_policy.get_or_insert_default().push(with_principal),
        }
        // A first session policy lets a federated user do what it allows; a deny alone allows nothing.
        prop_assert!(scene.decide().is_allowed() || !more.decide().is_allowed());
    }

    /// Whatever condition an `Allow` of the resource's policy gets, even one on the caller's ARN, it allows no more.
    #[test]
    fn a_condition_never_widens_an_allow(scene in scene(), demanded in pick(&["StringNotEquals", "ArnLike"])) {
        let mut narrower = scene.clone();
        narrower.context.set("aws:PrincipalArn", "arn:aws:iam::111122223333:role/R");
        let before = narrower.decide().is_allowed();
        for statement in narrower.resource_policy.iter_mut().flatten() {
            if statement["Effect"] == "Allow" && statement.get("Condition").is_none() {
                statement["Condition"] = json!({ demanded: { "aws:PrincipalArn": "arn:aws:iam::111122223333:role/R" } });
            }
        }
        prop_assert!(before || !narrower.decide().is_allowed());
    }

    #[test]
    fn order_is_irrelevant(scene in scene()) {
        let mut turned = scene.clone();
        turned.identity.reverse();
        turned.identity.iter_mut().for_each(|statements| statements.reverse());
        for statements in [&mut turned.boundary, &mut turned.session, &mut turned.resource_policy, &mut turned.service_control] {
            statements.iter_mut().for_each(|statements| statements.reverse());
        }
        let (first, second) = (scene.decide(), turned.decide());
        prop_assert_eq!(first.verdict, second.verdict);
        prop_assert_eq!(explain::denial_reason(&first), explain::denial_reason(&second));
    }

    #[test]
    fn a_limit_never_widens(scene in scene(), limit in statements(false)) {
        let before = scene.decide().is_allowed();
        let mut bounded = scene.clone();
        bounded.boundary.get_or_insert_with(|| limit.clone());
        prop_assert!(before || !bounded.decide().is_allowed());
        let mut organized = scene.clone();
        organized.service_control.get_or_insert_with(|| limit.clone());
        prop_assert!(before || !organized.decide().is_allowed());
        if !matches!(scene.principal, Principal::FederatedUser { .. }) {
            let mut session = scene;
            session.session.get_or_insert(limit);
            prop_assert!(before || !session.decide().is_allowed());
        }
    }

    #[test]
    fn every_explicit_deny_is_the_verdict(scene in scene()) {
        let decision = scene.decide();
        let denies = decision.matched.iter().any(|matched| matched.effect == passrole::policy::Effect::Deny);
        prop_assert_eq!(denies, decision.verdict == passrole::policy::Verdict::ExplicitDeny);
        prop_assert_eq!(decision.is_allowed(), decision.refused_by().is_none());
    }

    #[test]
    fn a_missing_statement_mends(scene in scene()) {
        let decision = scene.decide();
        if decision.verdict != passrole::policy::Verdict::ImplicitDeny {
            return Ok(());
        }
        let told = explain::explain(&decision);
        let first = (told.refused_by.unwrap().to_owned(), told.missing_statement.unwrap());
        let mut mended = scene.clone();
        let further = told.further_statements.iter().map(|more| (more.policy_type.to_owned(), more.statement.clone()));
        for (layer, statement) in std::iter::once(first).chain(further) {
            match layer.as_str() {
                "identity-based policy" => mended.identity.push(vec![statement]),
                "permissions boundary" => mended.boundary.get_or_insert_default().push(statement),
                "session policy" => mended.session.get_or_insert_default().push(statement),
                "service control policy" => mended.service_control.get_or_insert_default().push(statement),
                "resource-based policy" => mended.resource_policy.get_or_insert_default().push(statement),
                other => prop_assert!(false, "unexpected layer {}", other),
            }
        }
        prop_assert!(mended.decide().is_allowed(), "{:?}", mended);
    }

    #[test]
    fn no_text_breaks_the_reader(text in "[\\[\\]{}\",:a-z0-9*\\\\ ]{0,60}") {
        prop_assert_eq!(probe::policy_text(&text), Ok(()));
    }

    #[test]
    fn a_policy_survives_being_written_anew(statements in statements(false), cut in 0..400_usize) {
        let text = json!({ "Version": "2012-10-17", "Statement": statements }).to_string();
        prop_assert!(Policy::parse(&text, PolicyType::Identity).is_ok());
        prop_assert_eq!(probe::policy_text(&text), Ok(()));
        let pretty = serde_json::to_string_pretty(&serde_json::from_str::<Value>(&text).unwrap()).unwrap();
        prop_assert_eq!(probe::policy_text(&pretty), Ok(()));
        let short: String = text.chars().take(cut.min(text.len() - 1)).collect();
        prop_assert!(Policy::parse(&short, PolicyType::Identity).is_err());
    }

    #[test]
    fn operators_and_their_negations(wanted in "[a-b0-3.:/*${}-]{0,10}", seen in "[a-b0-3.:/-]{0,10}") {
        prop_assert_eq!(probe::condition_values(&wanted, &seen), Ok(()));
    }

    #[test]
    fn dates_and_numbers_and_their_negations(
        wanted in "(20[0-9]{2}(-[01][0-9](-[0-3][0-9](T[0-2][0-9]:[0-5][0-9](:[0-5][0-9])?(Z|\\+0[0-9]:00)?)?)?)?|-?[0-9]{1,12}(\\.[0-9]{1,3})?)",
        seen in "20[0-9]{2}-0[1-9]-[0-2][1-9]T00:00:00Z|[0-9]{1,12}",
    ) {
        prop_assert_eq!(probe::condition_values(&wanted, &seen), Ok(()));
    }

    #[test]
    fn arns(text in "(arn:)?(aws)?(:[a-z0-9/.${}*?-]{0,6}){0,7}") {
        prop_assert_eq!(probe::arn(&text), Ok(()));
    }
}

/// What a caller can write must not cost more than its length, whatever its shape.
#[test]
#[expect(clippy::disallowed_methods, reason = "how long the reader takes is what is tested")]
fn absurd_sizes_are_read_in_reasonable_time() {
    let started = std::time::Instant::now();
    let keys: Vec<String> = (0..40_000).map(|index| format!("\"k:{index}\":\"v\"")).collect();
    let actions: Vec<String> = (0..60_000).map(|index| format!("\"s{index}:x\"")).collect();
    let statement = |rest: &str| format!("{{\"Effect\":\"Allow\",{rest}}}");
    let many_keys = statement(&format!(
        "\"Action\":\"s3:*\",\"Resource\":\"*\",\"Condition\":{{\"StringEquals\":{{{}}}}}",
        keys.join(",")
    ));
    let many_services = statement(&format!("\"Action\":[{}],\"Resource\":\"*\"", actions.join(",")));
    let any = vec![statement("\"Action\":\"*\",\"Resource\":\"*\""); 5_000].join(",");
    for statements in [&many_keys, &many_services, &format!("{},{any}", &many_services[..])] {
        let text = format!("{{\"Version\":\"2012-10-17\",\"Statement\":[{statements}]}}");
        if let Ok(policy) = Policy::parse(&text, PolicyType::Identity) {
            assert!(policy.condition_keys().len() <= 40_000);
        }
    }
    assert!(Policy::parse(&"[".repeat(1 << 20), PolicyType::Identity).is_err());
    assert!(Policy::parse(&format!("\"{}\"", "x".repeat(2 << 20)), PolicyType::Identity).is_err());
    assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
}
