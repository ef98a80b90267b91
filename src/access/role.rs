//! Handing a role to a service: may the caller pass it, and does it let the service in?

use super::judge::Judge;
use super::need::RoleUse;
use super::question::Question;
use super::subject::Subject;
use crate::account::AccountId;
use crate::arn::Arn;
use crate::fault::Fault;
use crate::state::world::World;

/// The name of the sessions that SageMaker makes. Fact A.6.
const SESSION_NAME: &str = "SageMaker";

/// The question whether a caller may hand this role to a service. Facts G.2.
///
/// A role of another account is refused before the question is put. Fact C15.
pub fn pass_role(
    world: &World,
    account: AccountId,
    role_arn: &str,
    member: &str,
    service: &'static str,
    associated_resource: &str,
) -> Question {
    let mut question = Question::new("iam:PassRole", role_arn)
        .from_member(member)
        .with_key("iam:PassedToService", service)
        .with_key("iam:AssociatedResourceArn", associated_resource);
    let owner = Arn::parse(role_arn).and_then(|arn| arn.account.parse::<AccountId>().ok());
    question.resource_account = owner;
    if owner != Some(account) {
        question.refused_outright =
            Some(Fault::validation(format!("{member}: Cross-account pass role is not allowed.")));
    }
    for tag in world.role_by_arn(role_arn).map(|role| role.tags.as_slice()).unwrap_or_default() {
        question.keys.push(format!("aws:ResourceTag/{}", tag.key), tag.value.as_str());
        question.keys.push(format!("iam:ResourceTag/{}", tag.key), tag.value.as_str());
    }
    question
}

/// Assumes a role for a service: the role must exist and its trust policy must let the service in. Facts C.2.
///
/// # Errors
/// AWS's refusal, the same whichever of the two is wrong.
pub fn assume_role<'a>(
    judge: &mut Judge<'a>,
    account: AccountId,
    service: &'static str,
    role: &RoleUse,
) -> Result<Subject<'a>, Fault> {
    let world = judge.world;
    let Some(found) = world.role_by_arn(&role.role_arn).filter(|found| found.account == account) else {
        judge.notes.push(format!("the role {} does not exist", role.role_arn));
        return Err((role.not_assumable)(&role.role_arn));
    };
    let subject = Subject::of_service(service, account, &role.source_arn);
    let question =
        Question::new("sts:AssumeRole", role.role_arn.as_str()).owned_by(account).from_member(role.member.as_str());
    let environment = judge.environment.by_service();
    if !judge.ask(&subject, &environment, question) {
        return Err((role.not_assumable)(&role.role_arn));
    }
    Ok(Subject::of_role(world, found, SESSION_NAME, judge.environment.now))
}
