//! The answer to a question: the verdict, what each kind of policy said, and which statements matched.
//!
//! Self-contained: it shares the policies that were asked, so it can be explained after they have changed. An allowed
//! decision holds the statements that matched; a denied one the whole request and every policy, too.

use std::sync::Arc;

use super::statement::{Effect, Statement};
use super::{
    AttachedPolicy, Context, Grant, Policies, PolicyType, Request, ResourcePolicy, ResourcePolicyRule, Verdict,
};
use crate::account::AccountId;
use crate::principal::Principal;

/// The answer to a question with its whole trace.
#[derive(Debug, Clone)]
pub struct Decision {
    /// The outcome.
    pub verdict: Verdict,
    /// What each kind of policy said, in the order in which they are judged.
    pub findings: [Finding; 7],
    /// Every statement that matched, in the order of the layers.
    pub matched: Vec<Matched>,
    /// Whether caller and resource belong to different accounts.
    pub cross_account: bool,
    /// What was asked of whom; kept for denials only.
    pub(super) evidence: Option<Arc<Evidence>>,
}

/// What one kind of policy said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Finding {
    /// The kind of policy; [`PolicyType::RoleTrust`] stands in the resource policy's place where a role is assumed.
    pub layer: PolicyType,
    /// Its say.
    pub said: Said,
    /// Whether the request fails because this layer does not allow it. Explicit denies refuse in any case.
    pub refuses: bool,
}

/// The say of one kind of policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    /// There is no such policy, or it does not bind this caller.
    NotApplicable,
    /// No statement matched.
    Nothing,
    /// A statement allows.
    Allows,
    /// A resource policy's statement names the caller's account, which leaves it to the account's own policies.
    Delegates,
    /// A statement denies.
    Denies,
}

/// A statement that matched.
#[derive(Debug, Clone)]
pub struct Matched {
    /// The kind of policy that it stands in.
    pub layer: PolicyType,
    /// What it does.
    pub effect: Effect,
    /// How it names the caller; meaningful for policies of resources.
    pub grant: Grant,
    /// The policy that holds it.
    pub policy: Arc<AttachedPolicy>,
    /// Its place among the policy's statements, from zero.
    pub index: usize,
}

/// A denied request and the policies that it was judged by.
#[derive(Debug, Clone)]
pub(super) struct Evidence {
    pub(super) asked: Asked,
    pub(super) held: Held,
}

/// A request that owns what it is made of.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the members are those of `Request`")]
pub struct Asked {
    pub principal: Principal,
    pub action: String,
    pub resource: String,
    pub resource_account: Option<AccountId>,
    pub context: Context,
}

/// Policies that own what they are made of.
#[derive(Debug, Clone, Default)]
#[expect(missing_docs, reason = "the members are those of `Policies`")]
pub struct Held {
    pub identity: Vec<Arc<AttachedPolicy>>,
    pub boundary: Option<Arc<AttachedPolicy>>,
    pub session: Option<Vec<Arc<AttachedPolicy>>>,
    pub resource: Option<(Option<Arc<AttachedPolicy>>, ResourcePolicyRule)>,
    pub service_control: Option<Vec<Arc<AttachedPolicy>>>,
    pub resource_control: Vec<Arc<AttachedPolicy>>,
    pub vpc_endpoint: Option<Arc<AttachedPolicy>>,
}

impl Decision {
    /// Whether the request may go on.
    pub fn is_allowed(&self) -> bool {
        self.verdict == Verdict::Allowed
    }

    /// The layer that a denial names: the first that denies, else the first that had to allow and does not.
    pub fn refused_by(&self) -> Option<&Finding> {
        let explicit = self.findings.iter().find(|finding| finding.said == Said::Denies);
        explicit.or_else(|| self.findings.iter().find(|finding| finding.refuses))
    }

    /// The first statement of the refusing layer that denies.
    pub fn denied_by(&self) -> Option<&Matched> {
        let layer = self.refused_by()?.layer;
        self.matched.iter().find(|matched| matched.layer == layer && matched.effect == Effect::Deny)
    }

    /// The request, where it was denied.
    pub fn asked(&self) -> Option<&Asked> {
        self.evidence.as_deref().map(|evidence| &evidence.asked)
    }

    /// The policies, where the request was denied.
    pub fn held(&self) -> Option<&Held> {
        self.evidence.as_deref().map(|evidence| &evidence.held)
    }
}

impl Matched {
    /// The statement itself.
    pub fn statement(&self) -> Option<&Statement> {
        self.policy.policy.statements().get(self.index)
    }
}

impl Asked {
    /// A copy of a request.
    pub fn of(request: &Request<'_>) -> Asked {
        Asked {
            principal: request.principal.clone(),
            action: request.action.to_owned(),
            resource: request.resource.to_owned(),
            resource_account: request.resource_account,
            context: request.context.clone(),
        }
    }

    /// The request again.
    pub fn as_request(&self) -> Request<'_> {
        Request {
            principal: &self.principal,
            action: &self.action,
            resource: &self.resource,
            resource_account: self.resource_account,
            context: &self.context,
        }
    }
}

impl Held {
    /// A copy of policies; their documents are shared.
    pub fn of(policies: &Policies<'_>) -> Held {
        let share = |policy: Option<&AttachedPolicy>| policy.map(|policy| Arc::new(policy.clone()));
        Held {
            identity: policies.identity.to_vec(),
            boundary: share(policies.boundary),
            session: policies.session.map(<[_]>::to_vec),
            resource: policies.resource.map(|resource| (share(resource.policy), resource.rule)),
            service_control: policies.service_control.map(<[_]>::to_vec),
            resource_control: policies.resource_control.to_vec(),
            vpc_endpoint: share(policies.vpc_endpoint),
        }
    }

    /// The policies again.
    pub fn as_policies(&self) -> Policies<'_> {
        Policies {
            identity: &self.identity,
            boundary: self.boundary.as_deref(),
            session: self.session.as_deref(),
            resource: self
                .resource
                .as_ref()
                .map(|(policy, rule)| ResourcePolicy { policy: policy.as_deref(), rule: *rule }),
            service_control: self.service_control.as_deref(),
            resource_control: &self.resource_control,
            vpc_endpoint: self.vpc_endpoint.as_deref(),
        }
    }
}
