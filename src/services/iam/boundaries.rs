//! Permissions boundaries of users and roles.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html>

use serde_json::json;

use super::faults::{invalid_input, no_such_entity};
use super::operation::{Key, Operation, Target};
use super::{change, find, roles};
use crate::arn::Arn;
use crate::document;
use crate::fault::Fault;
use crate::services::{Call, Reply};

pub(super) static OPERATIONS: &[Operation] = &[
    Operation::changes("PutUserPermissionsBoundary", Target::User, put_user).with(&[Key::NewBoundary]),
    Operation::changes("DeleteUserPermissionsBoundary", Target::User, delete_user).with(&[Key::Boundary]),
    Operation::changes("PutRolePermissionsBoundary", Target::Role, put_role).with(&[Key::NewBoundary]),
    Operation::changes("DeleteRolePermissionsBoundary", Target::Role, delete_role).with(&[Key::Boundary]),
];

/// The boundary that the request sets, which must be a managed policy that exists.
pub(super) fn requested(call: &Call<'_>) -> Result<Option<String>, Fault> {
    let Some(arn) = document::text(call.input, "PermissionsBoundary") else { return Ok(None) };
    let parsed = Arn::parse(arn).filter(|arn| arn.service == "iam" && arn.resource_type() == "policy");
    if parsed.is_none() {
        return Err(invalid_input(format!("ARN {arn} is not valid.")));
    }
    match call.world.managed_policy(call.account, arn) {
        Some(policy) if policy.is_attachable => Ok(Some(arn.to_owned())),
        _ => Err(no_such_entity(format!("Scope ARN: {arn} does not exist or is not attachable."))),
    }
}

fn put_user(call: &Call<'_>) -> Result<Reply, Fault> {
    let mut user = (**find::user(call, find::text(call, "UserName"))?).clone();
    user.boundary = requested(call)?;
    change::apply(call, json!({}), |edit| edit.put_user(user))
}

fn delete_user(call: &Call<'_>) -> Result<Reply, Fault> {
    let mut user = (**find::user(call, find::text(call, "UserName"))?).clone();
    user.boundary = None;
    change::apply(call, json!({}), |edit| edit.put_user(user))
}

fn put_role(call: &Call<'_>) -> Result<Reply, Fault> {
    let found = find::role(call, find::text(call, "RoleName"))?;
    roles::check_changeable(found)?;
    let mut role = (**found).clone();
    role.boundary = requested(call)?;
    change::apply(call, json!({}), |edit| edit.put_role(role))
}

fn delete_role(call: &Call<'_>) -> Result<Reply, Fault> {
    let found = find::role(call, find::text(call, "RoleName"))?;
    roles::check_changeable(found)?;
    let mut role = (**found).clone();
    role.boundary = None;
    change::apply(call, json!({}), |edit| edit.put_role(role))
}
