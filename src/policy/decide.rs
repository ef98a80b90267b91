//! The order and the rules by which all policies together decide.
//!
//! First every layer is asked what it says; then one table tells what each had to say. Nothing here reads a statement.
//! `facts/aws-behaviour.md` H and
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>.

use std::sync::Arc;

use super::arn_pattern::Target;
use super::decision::{Asked, Decision, Evidence, Finding, Held, Matched, Said};
use super::principal::{Grant, Names};
use super::statement::{Action, Effect, Question};
use super::{AttachedPolicy, Policies, PolicyType, Request, ResourcePolicyRule, Verdict};
use crate::principal::Principal;

/// The services whose resources RCPs bind; of KMS's actions `kms:RetireGrant` is exempt.
/// <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html>
const RESOURCE_CONTROLLED: [&str; 10] =
    ["s3", "sts", "kms", "sqs", "secretsmanager", "ecr", "logs", "dynamodb", "aoss", "cognito-idp"];

/// Decides one request under the policies that bear on it.
///
/// An explicit deny of any layer wins. Otherwise SCPs and VPC endpoint policies must allow where there are any; a
/// resource policy must allow across accounts, for keys, for roles, and for callers without identity policies; and the
/// caller's identity policies, boundary and session policies must allow unless a resource policy of the same account
/// names the caller in a way that makes them dispensable.
pub fn decide(request: &Request<'_>, policies: &Policies<'_>) -> Decision {
    let action = request.action.to_ascii_lowercase();
    let caller = Caller::of(request);
    let has_principals = policies.resource.is_some_and(|resource| resource.policy.is_some())
        || !policies.resource_control.is_empty()
        || policies.vpc_endpoint.is_some();
    let names = has_principals.then(|| Names::new(request.principal));
    let mut survey = Survey {
        question: Question {
            action: Action::new(&action),
            target: Target::new(request.resource),
            context: request.context,
            names: names.as_ref(),
            bounded: caller.kind == Kind::Identity && policies.boundary.is_some(),
        },
        matched: Vec::with_capacity(4),
    };
    let mut findings = survey.findings(policies, &caller);
    let verdict = judge(&mut findings, policies, &caller, survey.grant());
    let evidence = (verdict != Verdict::Allowed)
        .then(|| Arc::new(Evidence { asked: Asked::of(request), held: Held::of(policies) }));
    Decision { verdict, findings, matched: survey.matched, cross_account: caller.cross_account, evidence }
}

/// What the rules need to know of who asks.
struct Caller {
    kind: Kind,
    cross_account: bool,
    service_linked: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Allowed everything within its account unless something denies.
    Root,
    /// A user or role with policies of its own.
    Identity,
    /// Has nothing but what its session policy and its issuer's policies share.
    Federated,
    /// A service or an anonymous caller: only the resource's policy speaks for it.
    Outsider,
}

impl Caller {
    fn of(request: &Request<'_>) -> Caller {
        let own = request.principal.account();
        Caller {
            kind: match request.principal {
                Principal::Root { .. } => Kind::Root,
                Principal::User { .. } | Principal::AssumedRole { .. } => Kind::Identity,
                Principal::FederatedUser { .. } => Kind::Federated,
                Principal::Service { .. } | Principal::Anonymous => Kind::Outsider,
            },
            cross_account: own.is_some() && request.resource_account.is_some_and(|owner| own != Some(owner)),
            service_linked: matches!(
                request.principal,
                Principal::AssumedRole { path, .. } if path.starts_with("/aws-service-role/")
            ),
        }
    }
}

/// Asks the layers one by one and gathers the statements that match.
struct Survey<'a> {
    question: Question<'a>,
    matched: Vec<Matched>,
}

impl Survey<'_> {
    /// Every layer's say, in the order in which a denial names them.
    fn findings(&mut self, policies: &Policies<'_>, caller: &Caller) -> [Finding; 7] {
        let own = caller.kind != Kind::Outsider;
        let service_control = policies.service_control.filter(|_| own && !caller.service_linked);
        let Action { service, name } = self.question.action;
        let retires_grant = service == "kms" && name == "retiregrant";
        let controlled = RESOURCE_CONTROLLED.contains(&service) && !retires_grant && !caller.service_linked;
        let resource_control =
            (controlled && !policies.resource_control.is_empty()).then_some(policies.resource_control);
        let boundary = policies.boundary.filter(|_| caller.kind != Kind::Root);
        let trust = policies.resource.is_some_and(|resource| resource.rule == ResourcePolicyRule::RoleTrust);
        let resource_layer = if trust { PolicyType::RoleTrust } else { PolicyType::Resource };
        [
            self.ask_all(PolicyType::ServiceControl, service_control),
            self.ask_all(PolicyType::ResourceControl, resource_control),
            self.ask_one(PolicyType::VpcEndpoint, policies.vpc_endpoint),
            self.ask_one(resource_layer, policies.resource.and_then(|resource| resource.policy)),
            self.ask_all(PolicyType::Identity, own.then_some(policies.identity)),
            self.ask_one(PolicyType::PermissionsBoundary, boundary),
            self.ask_all(PolicyType::Session, policies.session),
        ]
    }

    fn ask_all(&mut self, layer: PolicyType, policies: Option<&[Arc<AttachedPolicy>]>) -> Finding {
        let Some(policies) = policies else {
            return Finding { layer, said: Said::NotApplicable, refuses: false };
        };
        let before = self.matched.len();
        for policy in policies {
            self.ask(layer, policy, || Arc::clone(policy));
        }
        self.finding(layer, before)
    }

    fn ask_one(&mut self, layer: PolicyType, policy: Option<&AttachedPolicy>) -> Finding {
        let Some(policy) = policy else { return Finding { layer, said: Said::NotApplicable, refuses: false } };
        let before = self.matched.len();
        self.ask(layer, policy, || Arc::new(policy.clone()));
        self.finding(layer, before)
    }

    fn ask(&mut self, layer: PolicyType, attached: &AttachedPolicy, share: impl Fn() -> Arc<AttachedPolicy>) {
        let mut shared: Option<Arc<AttachedPolicy>> = None;
        for (index, statement) in attached.policy.candidates(self.question.action.service) {
            if let Ok(grant) = statement.matches(&self.question) {
                let policy = Arc::clone(shared.get_or_insert_with(&share));
                self.matched.push(Matched { layer, effect: statement.effect, grant, policy, index });
            }
        }
    }

    fn finding(&self, layer: PolicyType, before: usize) -> Finding {
        let matched = self.matched.get(before..).unwrap_or_default();
        let resource = matches!(layer, PolicyType::Resource | PolicyType::RoleTrust);
        let said = if matched.iter().any(|one| one.effect == Effect::Deny) {
            Said::Denies
        } else {
            match matched.iter().map(|one| one.grant).max() {
                None => Said::Nothing,
                Some(Grant::Account) if resource => Said::Delegates,
                Some(_) => Said::Allows,
            }
        };
        Finding { layer, said, refuses: false }
    }

    /// The strongest way in which the resource's policy allows the caller.
    fn grant(&self) -> Option<Grant> {
        let resource = |one: &&Matched| matches!(one.layer, PolicyType::Resource | PolicyType::RoleTrust);
        self.matched.iter().filter(resource).filter(|one| one.effect == Effect::Allow).map(|one| one.grant).max()
    }
}

/// Marks the layers that fail to allow, and tells the verdict.
fn judge(findings: &mut [Finding; 7], policies: &Policies<'_>, caller: &Caller, grant: Option<Grant>) -> Verdict {
    let denied = findings.iter().any(|finding| finding.said == Said::Denies);
    let rule = policies.resource.map_or(ResourcePolicyRule::Ordinary, |resource| resource.rule);
    let outsider = caller.kind == Kind::Outsider;
    // Across accounts both sides must allow, so nothing that the resource's policy says replaces the caller's own.
    let grant_here = if caller.cross_account { None } else { grant };
    let dispensed = |weakest: Grant| grant_here >= Some(weakest);
    for finding in findings.iter_mut() {
        let must_allow = match finding.layer {
            // `RCPFullAWSAccess` always allows.
            PolicyType::ResourceControl => false,
            PolicyType::ServiceControl | PolicyType::VpcEndpoint => finding.said != Said::NotApplicable,
            PolicyType::Resource | PolicyType::RoleTrust => {
                outsider || caller.cross_account || rule != ResourcePolicyRule::Ordinary
            }
            PolicyType::Identity => !outsider && caller.kind != Kind::Root && !dispensed(Grant::Role),
            PolicyType::PermissionsBoundary => finding.said != Said::NotApplicable && !dispensed(Grant::Direct),
            PolicyType::Session => {
                let bound = finding.said != Said::NotApplicable || caller.kind == Kind::Federated;
                bound && !outsider && !dispensed(Grant::Direct)
            }
        };
        let allows = matches!(finding.said, Said::Allows | Said::Delegates);
        finding.refuses = must_allow && !allows;
    }
    if denied {
        Verdict::ExplicitDeny
    } else if findings.iter().any(|finding| finding.refuses) {
        Verdict::ImplicitDeny
    } else {
        Verdict::Allowed
    }
}
