//! A verdict from policy files.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, anyhow};

use super::Flags;
use super::given::{self, Judged};
use crate::access::{Answer, Subject};
use crate::arn::Arn;
use crate::policy::{
    self, AttachedPolicy, Context, Malformed, Policies, Policy, PolicyType, Request, ResourcePolicy, ResourcePolicyRule,
};
use crate::principal::Principal;
use crate::state::world::Permissions;

/// Judges the request that the flags describe.
pub(super) fn judge(flags: &Flags) -> anyhow::Result<Judged> {
    let principal = given::principal(flags.principal.as_deref().unwrap_or_default())?;
    let held = Held::read(flags, &principal)?;
    let question = given::question(flags);
    let environment = given::environment(flags)?;
    let subject = Subject::offline(None, principal, Permissions::default(), None, environment.now);
    let named = Arn::parse(&question.resource).and_then(|arn| arn.account.parse().ok());
    let resource_account = question.resource_account.or(named);
    let mut context = Context::over(Arc::clone(&subject.keys), Arc::clone(environment.keys()));
    if let Some(account) = resource_account.or(subject.principal.account()) {
        context.set("aws:ResourceAccount", account.as_str());
    }
    context.extend(question.keys.clone());
    let request = Request {
        principal: &subject.principal,
        action: &question.action,
        resource: &question.resource,
        resource_account,
        context: &context,
    };
    let policies = Policies {
        identity: &held.identity,
        boundary: held.boundary.as_deref(),
        session: (!held.session.is_empty()).then_some(&held.session),
        resource: resource(held.resource.as_deref(), rule(&flags.action)),
        service_control: (!held.service_control.is_empty()).then_some(&held.service_control),
        resource_control: &held.resource_control,
        vpc_endpoint: held.vpc_endpoint.as_deref(),
    };
    let decision = policy::decide(&request, &policies);
    let answer = Answer { principal: subject.principal.arn(), question, context, decision, warning: false };
    Ok(Judged { answer, policies: held.all() })
}

/// Key policies and trust policies must allow whether they are given or not; others are not there unless given.
fn resource(policy: Option<&AttachedPolicy>, rule: ResourcePolicyRule) -> Option<ResourcePolicy<'_>> {
    (policy.is_some() || rule != ResourcePolicyRule::Ordinary).then_some(ResourcePolicy { policy, rule })
}

fn rule(action: &str) -> ResourcePolicyRule {
    let action = action.to_ascii_lowercase();
    match action.split_once(':') {
        Some(("kms", _)) => ResourcePolicyRule::KeyPolicy,
        Some(("sts", name)) if name.starts_with("assumerole") || matches!(name, "tagsession" | "setsourceidentity") => {
            ResourcePolicyRule::RoleTrust
        }
        _ => ResourcePolicyRule::Ordinary,
    }
}

/// The policies that were given.
struct Held {
    identity: Vec<Arc<AttachedPolicy>>,
    boundary: Option<Arc<AttachedPolicy>>,
    session: Vec<Arc<AttachedPolicy>>,
    resource: Option<Arc<AttachedPolicy>>,
    service_control: Vec<Arc<AttachedPolicy>>,
    resource_control: Vec<Arc<AttachedPolicy>>,
    vpc_endpoint: Option<Arc<AttachedPolicy>>,
}

impl Held {
    fn read(flags: &Flags, principal: &Principal) -> anyhow::Result<Held> {
        let arn = principal.principal_arn();
        let all = |files: &[_], policy_type, to: &str| -> anyhow::Result<Vec<Arc<AttachedPolicy>>> {
            files.iter().map(|file: &std::path::PathBuf| attached(file, policy_type, to)).collect()
        };
        let one = |file: &Option<std::path::PathBuf>, policy_type, to: &str| {
            file.as_deref().map(|file| attached(file, policy_type, to)).transpose()
        };
        let of_resource = match rule(&flags.action) {
            ResourcePolicyRule::RoleTrust => PolicyType::RoleTrust,
            ResourcePolicyRule::KeyPolicy | ResourcePolicyRule::Ordinary => PolicyType::Resource,
        };
        let account = principal.account().map(|account| format!("arn:aws:iam::{account}:root")).unwrap_or_default();
        Ok(Held {
            identity: all(&flags.policies, PolicyType::Identity, &arn)?,
            boundary: one(&flags.boundary, PolicyType::PermissionsBoundary, &arn)?,
            session: session_policies(flags, &principal.arn())?,
            resource: one(&flags.resource_policy, of_resource, &flags.resource)?,
            service_control: all(&flags.service_control, PolicyType::ServiceControl, &account)?,
            resource_control: all(&flags.resource_control, PolicyType::ResourceControl, &flags.resource)?,
            vpc_endpoint: one(&flags.vpc_endpoint_policy, PolicyType::VpcEndpoint, "the VPC endpoint")?,
        })
    }

    fn all(&self) -> Vec<Policy> {
        let lists = [&self.identity, &self.session, &self.service_control, &self.resource_control];
        let single = [&self.boundary, &self.resource, &self.vpc_endpoint];
        let all = lists.into_iter().flatten().chain(single.into_iter().flatten());
        all.map(|attached| attached.policy.clone()).collect()
    }
}

/// The session policies that were given.
pub(super) fn session_policies(flags: &Flags, session: &str) -> anyhow::Result<Vec<Arc<AttachedPolicy>>> {
    flags.sessions.iter().map(|file| attached(file, PolicyType::Session, session)).collect()
}

fn attached(file: &Path, policy_type: PolicyType, attached_to: &str) -> anyhow::Result<Arc<AttachedPolicy>> {
    let text = std::fs::read_to_string(file).with_context(|| format!("`{}` cannot be read", file.display()))?;
    let policy = Policy::parse(&text, policy_type).map_err(|malformed| refusal(file, &malformed))?;
    let name = file.display().to_string();
    Ok(Arc::new(AttachedPolicy { policy, name, arn: None, attached_to: attached_to.to_owned() }))
}

/// AWS's text, and where and why in the words of the reader.
fn refusal(file: &Path, malformed: &Malformed) -> anyhow::Error {
    let place = malformed.path.as_deref().map(|path| format!(" at {path}")).unwrap_or_default();
    let detail = malformed.detail.as_deref().map(|detail| format!(" ({detail})")).unwrap_or_default();
    anyhow!("`{}`: MalformedPolicyDocument{place}: {}{detail}", file.display(), malformed.message)
}
