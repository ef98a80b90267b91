//! Puts questions to IAM on behalf of a subject, with the policies that this world holds.

use std::sync::Arc;

use super::environment::Environment;
use super::organization;
use super::question::{Answer, Question};
use super::subject::Subject;
use crate::account::AccountId;
use crate::arn::Arn;
use crate::policy::{self, AttachedPolicy, Context, Policies, Request, ResourcePolicy, ResourcePolicyRule};
use crate::settings::Settings;
use crate::state::world::{FileSystemService, World};

/// Asks and keeps the answers of one request in order.
pub struct Judge<'a> {
    /// The world whose policies judge.
    pub world: &'a World,
    /// What is in force.
    pub settings: &'a Settings,
    /// The circumstances of the request.
    pub environment: &'a Environment,
    /// What was asked so far.
    pub answers: Vec<Answer>,
    /// What went amiss that is no question of permissions, in plain words.
    pub notes: Vec<String>,
}

impl<'a> Judge<'a> {
    /// A judge that has not been asked yet.
    pub fn new(world: &'a World, settings: &'a Settings, environment: &'a Environment) -> Judge<'a> {
        Judge { world, settings, environment, answers: Vec::new(), notes: Vec::new() }
    }

    /// Asks, keeps the answer, and says whether it was yes.
    pub fn ask(&mut self, subject: &Subject<'_>, environment: &Environment, question: Question) -> bool {
        let answer = self.consider(subject, environment, question);
        let allowed = answer.is_allowed();
        self.answers.push(answer);
        allowed
    }

    /// Asks without keeping the answer.
    pub fn consider(&self, subject: &Subject<'_>, environment: &Environment, question: Question) -> Answer {
        let resource = Resource::of(self.world, &question);
        let context = self.context(subject, environment, &question, resource.account);
        let request = Request {
            principal: &subject.principal,
            action: &question.action,
            resource: &question.resource,
            resource_account: resource.account,
            context: &context,
        };
        let account = subject.principal.account();
        let policies = Policies {
            identity: subject.permissions.identity,
            boundary: subject.permissions.boundary,
            session: subject.session_policies,
            resource: resource.policy,
            service_control: account.and_then(|account| self.world.service_control(account)),
            resource_control: resource.account.or(account).map_or(&[], |owner| self.world.resource_control(owner)),
            vpc_endpoint: None,
        };
        let decision = policy::decide(&request, &policies);
        Answer { principal: subject.principal.arn(), question, context, decision, warning: false }
    }

    /// The keys of the subject and of the circumstances, which all questions share, under those of the question.
    fn context(
        &self,
        subject: &Subject<'_>,
        environment: &Environment,
        question: &Question,
        resource_account: Option<AccountId>,
    ) -> Context {
        let mut context = Context::over(Arc::clone(&subject.keys), Arc::clone(environment.keys()));
        if let Some(account) = resource_account.or(subject.principal.account()) {
            context.set("aws:ResourceAccount", account.as_str());
            organization::set(&mut context, "aws:ResourceOrgID", self.world, Some(account));
        }
        context.extend(question.keys.clone());
        context
    }
}

/// What the world knows of the resource that a question names.
struct Resource<'a> {
    account: Option<AccountId>,
    policy: Option<ResourcePolicy<'a>>,
}

impl<'a> Resource<'a> {
    fn of(world: &'a World, question: &Question) -> Resource<'a> {
        let arn = Arn::parse(&question.resource);
        let found = arn.and_then(|arn| find(world, &question.action, &arn));
        let account = found.as_ref().and_then(|resource| resource.account).or(question.resource_account);
        let named = arn.and_then(|arn| arn.account.parse().ok());
        Resource { account: account.or(named), policy: found.and_then(|resource| resource.policy) }
    }

    fn owned(account: AccountId, policy: Option<&'a AttachedPolicy>, rule: ResourcePolicyRule) -> Resource<'a> {
        Resource { account: Some(account), policy: Some(ResourcePolicy { policy, rule }) }
    }
}

fn find<'a>(world: &'a World, action: &str, arn: &Arn<'_>) -> Option<Resource<'a>> {
    let (service, name) = action.split_once(':')?;
    // Actions are written in any case, and a policy that was overlooked for it would be a hole.
    let is = |known: &str| service.eq_ignore_ascii_case(known);
    if is("s3") {
        let (_, bucket) = world.bucket(arn.resource.split('/').next()?)?;
        Some(Resource::owned(bucket.account, bucket.policy.as_deref(), ResourcePolicyRule::Ordinary))
    } else if is("ecr") {
        let repository = world.repository(arn.account.parse().ok()?, arn.region, arn.resource_id())?;
        Some(Resource::owned(repository.account, repository.policy.as_deref(), ResourcePolicyRule::Ordinary))
    } else if is("kms") {
        let key = world.key(arn.account.parse().ok()?, arn.region, arn.resource_id())?;
        Some(Resource::owned(key.account, Some(&key.policy), ResourcePolicyRule::KeyPolicy))
    } else if is("elasticfilesystem") {
        let account = arn.account.parse().ok()?;
        let found = world.file_system(account, arn.region, FileSystemService::Efs, arn.resource_id())?;
        Some(Resource::owned(found.account, found.policy.as_deref(), ResourcePolicyRule::Ordinary))
    } else if is("sts") && opens_a_role(name) && arn.resource_type() == "role" {
        // A role that does not exist has no trust policy, and one must allow.
        let role = world.role_by_arn(&arn.to_string());
        let policy = role.map(|role| role.trust_policy.as_ref());
        let resource = ResourcePolicy { policy, rule: ResourcePolicyRule::RoleTrust };
        Some(Resource { account: arn.account.parse().ok(), policy: Some(resource) })
    } else {
        None
    }
}

fn opens_a_role(name: &str) -> bool {
    let assumes = name.get(.."AssumeRole".len()).is_some_and(|head| head.eq_ignore_ascii_case("AssumeRole"));
    assumes || ["TagSession", "SetSourceIdentity", "SetContext"].iter().any(|known| name.eq_ignore_ascii_case(known))
}
