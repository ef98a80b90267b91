//! The policy simulator: what would IAM say?
//!
//! Puts the questions to the same [`crate::policy::decide`] that judges every call. Nothing is fetched for a simulated
//! resource: its policy is the one that the request brings. One result for each action, with the decision on each
//! resource inside it. <https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html>

mod caller;
mod exclusions;
mod input;
mod organization;
mod outcome;
mod positions;
mod scenario;
mod templates;

use std::sync::Arc;

use serde_json::json;

use super::faults::invalid_input;
use super::operation::{Operation, Target};
use super::page::{self, Page};
use super::{find, show};
use crate::document::{self, Document};
use crate::fault::Fault;
use crate::policy::{AttachedPolicy, PolicyType};
use crate::services::{Call, Reply};
use caller::Source;
use exclusions::Exclusions;
use organization::Levels;
use outcome::Simulation;

pub(super) static OPERATIONS: &[Operation] = &[
    Operation::reads("SimulateCustomPolicy", Target::Nothing, custom),
    Operation::reads("SimulatePrincipalPolicy", Target::Entity("PolicySourceArn"), principal),
];

/// More resources than a sensible request names; each costs a decision for each action.
const MOST_RESOURCES: usize = 1000;

/// The policies that a request brings as texts, named as the simulator names them: `PolicyInputList.1`.
pub(super) fn input_policies(call: &Call<'_>, member: &str) -> Result<Vec<Arc<AttachedPolicy>>, Fault> {
    input::policies(call, member, PolicyType::Identity)
}

/// The permissions policies of a user with its groups', of a group, or of a role.
pub(super) fn source_policies(call: &Call<'_>, arn: &str) -> Result<Vec<Arc<AttachedPolicy>>, Fault> {
    Ok(Source::find(call, arn)?.identity)
}

fn custom(call: &Call<'_>) -> Result<Reply, Fault> {
    let resource_policy = input::resource_policy(call)?;
    let caller_arn = document::text(call.input, "CallerArn");
    if resource_policy.is_some() && caller_arn.is_none() {
        return Err(invalid_input("CallerArn must be specified when ResourcePolicy is specified."));
    }
    let (principal, keys) = match caller_arn {
        Some(arn) => caller::of_arn(call, arn)?,
        None => caller::nobody(call),
    };
    simulate(call, |context| Simulation {
        identity: Vec::new(),
        boundary: None,
        resource_policy,
        levels: Levels::default(),
        resource_owner: None,
        principal,
        context: caller::with_entries(keys, context),
    })
    .and_then(|mut simulation| {
        simulation.identity = input_policies(call, "PolicyInputList")?;
        simulation.boundary = input::boundary(call)?;
        simulation.levels = Levels::given(call)?;
        answer(call, &simulation)
    })
}

fn principal(call: &Call<'_>) -> Result<Reply, Fault> {
    let source = Source::find(call, find::text(call, "PolicySourceArn"))?;
    let exclusions = Exclusions::of(call)?;
    let (principal, keys) = match document::text(call.input, "CallerArn") {
        Some(arn) => caller::of_arn(call, arn)?,
        None => (source.principal, source.keys),
    };
    let resource_policy = input::resource_policy(call)?;
    let mut simulation = simulate(call, |context| Simulation {
        identity: exclusions.spare(source.identity),
        boundary: source.boundary.filter(|_| !exclusions.boundary()),
        resource_policy,
        levels: Levels::of_account(call, &exclusions),
        resource_owner: None,
        principal,
        context: caller::with_entries(keys, context),
    })?;
    simulation.identity.extend(input_policies(call, "PolicyInputList")?);
    if let Some(given) = input::boundary(call)? {
        simulation.boundary = Some(given);
    }
    answer(call, &simulation)
}

/// What both operations read alike.
fn simulate(call: &Call<'_>, make: impl FnOnce(crate::policy::Context) -> Simulation) -> Result<Simulation, Fault> {
    scenario::check(call)?;
    let mut simulation = make(input::context(call)?);
    simulation.resource_owner = input::resource_owner(call)?;
    Ok(simulation)
}

/// Only the actions of the page are simulated.
fn answer(call: &Call<'_>, simulation: &Simulation) -> Result<Reply, Fault> {
    let actions: Vec<&str> =
        document::select(call.input, "ActionNames[]").iter().filter_map(|name| name.text()).collect();
    for action in &actions {
        input::check_action(action)?;
    }
    let mut resources: Vec<&str> =
        document::select(call.input, "ResourceArns[]").iter().filter_map(|arn| arn.text()).collect();
    if resources.len() > MOST_RESOURCES {
        return Err(invalid_input(format!("A simulation can name {MOST_RESOURCES} resources at most.")));
    }
    for arn in &resources {
        input::check_resource(arn)?;
    }
    if resources.is_empty() {
        resources.push("*");
    }
    let numbered = actions.into_iter().enumerate().map(|(index, action)| (page::numbered(index), action));
    let page = Page::of(call, numbered)?;
    let mut answer = page.frame();
    let results = page.elements.iter().map(|(_, action)| simulation.result(action, &resources));
    show::set(&mut answer, "EvaluationResults", results.collect::<Vec<Document>>().into());
    Ok(Reply::read(json!(answer)))
}
