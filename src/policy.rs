//! IAM's judgement: may this principal do this action on this resource, under these policies?
//!
//! One entry point, [`decide()`]. Pure: no I/O, no clock, no globals; the caller puts everything that a condition can ask
//! for into the [`Context`]. The answer is always the whole trace; denial texts, the control API, the log and the
//! simulator are readers of that one value (see [`explain`]).
//!
//! Policies are parsed and compiled when they are written ([`Policy::parse`]); a text that IAM would refuse never gets
//! as far as evaluation.

mod arn_pattern;
mod compiled;
mod condition;
mod context;
mod decide;
mod decision;
mod document;
pub mod explain;
mod json;
mod malformed;
mod missing_keys;
mod pattern;
mod principal;
#[doc(hidden)]
pub mod probe;
mod statement;

use std::sync::Arc;

pub use compiled::{Policy, Position, Version, size_without_white_space};
pub use condition::{Condition, Operator, SetOperator, Type};
pub use context::Context;
pub use decide::decide;
pub use decision::{Asked, Decision, Finding, Held, Matched, Said};
pub use malformed::Malformed;
pub use missing_keys::missing_keys;
pub use pattern::{Pattern, Syntax};
pub use principal::{Grant, PrincipalEntry};
pub use statement::{Effect, Mismatch, Statement};

use crate::account::AccountId;
use crate::principal::Principal;

/// What a policy document is used as; decides which elements it must and must not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PolicyType {
    /// Attached to a user, group or role.
    Identity,
    /// A permissions boundary.
    PermissionsBoundary,
    /// Passed to `sts:AssumeRole` or `sts:GetFederationToken`.
    Session,
    /// Attached to a bucket, repository, key or other resource.
    Resource,
    /// The trust policy of a role.
    RoleTrust,
    /// A service control policy.
    ServiceControl,
    /// A resource control policy.
    ResourceControl,
    /// The policy of a VPC endpoint.
    VpcEndpoint,
}

/// A policy and where it comes from.
#[derive(Debug, Clone)]
pub struct AttachedPolicy {
    /// What it says.
    pub policy: Policy,
    /// Its name: the inline or managed policy's, or a description such as `bucket policy of inputbucket`.
    pub name: String,
    /// The ARN of a managed policy or of an organization's policy; inline and resource policies have none.
    pub arn: Option<String>,
    /// The ARN of the user, group, role, resource or account that it is attached to.
    pub attached_to: String,
}

/// How a resource's policy and the caller's own permissions combine within one account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResourcePolicyRule {
    /// Either side suffices (buckets, repositories, most resources).
    Ordinary,
    /// The policy alone opens the role; naming the account delegates to identity policies.
    RoleTrust,
    /// The key policy must allow or delegate to the account; identity policies alone never suffice.
    KeyPolicy,
}

/// The policy of the resource that a request names.
#[derive(Debug, Clone, Copy)]
pub struct ResourcePolicy<'a> {
    /// The policy; `None` where the resource kind has policies and this one has none.
    pub policy: Option<&'a AttachedPolicy>,
    /// How it combines with identity policies.
    pub rule: ResourcePolicyRule,
}

/// Every policy that bears on one request.
#[derive(Debug, Clone, Copy, Default)]
pub struct Policies<'a> {
    /// The user's own, its groups' and their managed policies; or the role's.
    pub identity: &'a [Arc<AttachedPolicy>],
    /// The permissions boundary of the user or role.
    pub boundary: Option<&'a AttachedPolicy>,
    /// Session policies; `None` where the session was made without any.
    pub session: Option<&'a [Arc<AttachedPolicy>]>,
    /// The resource's policy; `None` where such resources have no policies.
    pub resource: Option<ResourcePolicy<'a>>,
    /// SCPs of the principal's account; `None` where it is in no organization.
    pub service_control: Option<&'a [Arc<AttachedPolicy>]>,
    /// RCPs of the resource's account, `RCPFullAWSAccess` not among them.
    pub resource_control: &'a [Arc<AttachedPolicy>],
    /// The policy of the VPC endpoint that the call came through.
    pub vpc_endpoint: Option<&'a AttachedPolicy>,
}

/// One question to IAM.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// Who asks.
    pub principal: &'a Principal,
    /// `service:Action`.
    pub action: &'a str,
    /// The resource's ARN, or `*` for actions without resource types.
    pub resource: &'a str,
    /// The account that owns the resource; the principal's own where it is not known to be another's.
    pub resource_account: Option<AccountId>,
    /// Every condition key that the request carries.
    pub context: &'a Context,
}

/// The outcome of a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// Every layer that must allow does, and none denies.
    Allowed,
    /// Nothing denies, but a layer that must allow does not.
    ImplicitDeny,
    /// A statement denies.
    ExplicitDeny,
}
