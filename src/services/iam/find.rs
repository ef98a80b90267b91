//! What a request names, or IAM's refusal: entities by their names and ARNs, and the members that name them.

use std::sync::Arc;

use super::faults::{invalid_input, no_such_entity, validation_error};
use crate::arn::Arn;
use crate::document;
use crate::fault::Fault;
use crate::principal::Principal;
use crate::services::Call;
use crate::state::world::{AWS_MANAGED, Account, Group, InstanceProfile, ManagedPolicy, Role, User};

/// A text member of the request; empty where it is absent.
pub(super) fn text<'a>(call: &Call<'a>, member: &str) -> &'a str {
    document::text(call.input, member).unwrap_or_default()
}

/// The account of the call; `None` where nothing was ever put into it.
pub(super) fn account<'a>(call: &Call<'a>) -> Option<&'a Arc<Account>> {
    call.world.account(call.account)
}

/// The user that a request names, else the caller, whose access key tells IAM who it is.
pub(super) fn user_name<'a>(call: &Call<'a>) -> Result<&'a str, Fault> {
    if let Some(name) = document::text(call.input, "UserName") {
        return Ok(name);
    }
    match &call.caller.principal {
        Principal::User { name, .. } => Ok(name),
        _ => Err(validation_error("Must specify userName when calling with non-User credentials")),
    }
}

/// A user by name.
pub(super) fn user<'a>(call: &Call<'a>, name: &str) -> Result<&'a Arc<User>, Fault> {
    let found = call.world.user(call.account, name);
    found.ok_or_else(|| no_such_entity(format!("The user with name {name} cannot be found.")))
}

/// A group by name.
pub(super) fn group<'a>(call: &Call<'a>, name: &str) -> Result<&'a Arc<Group>, Fault> {
    let found = call.world.group(call.account, name);
    found.ok_or_else(|| no_such_entity(format!("The group with name {name} cannot be found.")))
}

/// A role by name.
pub(super) fn role<'a>(call: &Call<'a>, name: &str) -> Result<&'a Arc<Role>, Fault> {
    let found = call.world.role(call.account, name);
    found.ok_or_else(|| no_such_entity(format!("The role with name {name} cannot be found.")))
}

/// An instance profile by name.
pub(super) fn instance_profile<'a>(call: &Call<'a>, name: &str) -> Result<&'a Arc<InstanceProfile>, Fault> {
    let found = account(call).and_then(|account| account.instance_profiles.get(name));
    found.ok_or_else(|| no_such_entity(format!("Instance Profile {name} cannot be found.")))
}

/// A managed policy by ARN.
pub(super) fn managed_policy(call: &Call<'_>, arn: &str) -> Result<Arc<ManagedPolicy>, Fault> {
    let found = call.world.managed_policy(call.account, arn);
    found.ok_or_else(|| no_such_entity(format!("Policy {arn} was not found.")))
}

/// A managed policy that the account may change; AWS's own it may not, whatever its policies allow.
pub(super) fn own_policy(call: &Call<'_>, arn: &str) -> Result<Arc<ManagedPolicy>, Fault> {
    if arn.starts_with(AWS_MANAGED) {
        let caller = call.caller.principal.arn();
        let action = call.operation.name;
        return Err(Fault::new(
            "AccessDenied",
            format!("User: {caller} is not authorized to perform: iam:{action} on resource: policy {arn}"),
        ));
    }
    managed_policy(call, arn)
}

/// Refuses what is not the ARN of a managed policy where one is to be attached or detached.
pub(super) fn check_policy_arn(arn: &str) -> Result<(), Fault> {
    let parsed = Arn::parse(arn).filter(|parsed| parsed.service == "iam");
    match parsed {
        None => Err(validation_error(format!("ARN {arn} is not valid."))),
        Some(parsed) if parsed.resource_type() != "policy" => Err(invalid_input(format!("ARN {arn} is not valid."))),
        Some(_) => Ok(()),
    }
}
