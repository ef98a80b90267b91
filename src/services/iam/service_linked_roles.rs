//! Service-linked roles: roles that AWS writes for one of its services, and that only that service gives up.
//!
//! Which role a service has, and with which of AWS's policies, is a fact of each service; those that stand in the table
//! are known here. <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html>

use serde_json::json;
use uuid::Uuid;

use super::faults::{invalid_input, no_such_entity};
use super::operation::{Key, Operation, Target};
use super::{change, find, quota, show};
use crate::document;
use crate::fault::Fault;
use crate::services::{Call, Reply};
use crate::state::world::{Role, id};

pub(super) static OPERATIONS: &[Operation] = &[
    Operation::changes("CreateServiceLinkedRole", Target::NewServiceLinkedRole, create).with(&[Key::ServiceName]),
    Operation::changes("DeleteServiceLinkedRole", Target::Role, delete),
    Operation::reads("GetServiceLinkedRoleDeletionStatus", Target::DeletedRole, deletion_status),
];

/// A line for each service: its principal, the name of its role after `AWSServiceRoleFor`, and the policy that AWS
/// attaches to it.
static TABLE: &str = include_str!("../../../fixtures/access/service-linked-roles.tsv");

/// The role of a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Known {
    service: &'static str,
    stem: &'static str,
    policy: &'static str,
}

/// The services that may have several roles, told apart by a suffix.
const WITH_SUFFIX: [&str; 1] = ["autoscaling.amazonaws.com"];

/// Where finished deletions are remembered, after which comes the account and the task.
const TASKS: &str = "iam/deletion-task/";

fn table() -> impl Iterator<Item = Known> {
    TABLE.lines().skip(1).filter_map(|line| {
        let mut parts = line.split('\t');
        Some(Known { service: parts.next()?, stem: parts.next()?, policy: parts.next()? })
    })
}

fn known(service: &str) -> Option<Known> {
    table().find(|known| known.service == service)
}

fn role_name(call: &Call<'_>, stem: &str) -> String {
    match document::text(call.input, "CustomSuffix") {
        Some(suffix) => format!("AWSServiceRoleFor{stem}_{suffix}"),
        None => format!("AWSServiceRoleFor{stem}"),
    }
}

/// The ARN of the role that the request asks for; the name of a role that is not known is left open.
pub(super) fn arn_to_be(call: &Call<'_>) -> String {
    let service = find::text(call, "AWSServiceName");
    let name = known(service).map_or_else(|| "*".to_owned(), |known| role_name(call, known.stem));
    format!("arn:aws:iam::{}:role/aws-service-role/{service}/{name}", call.account)
}

fn create(call: &Call<'_>) -> Result<Reply, Fault> {
    let service = find::text(call, "AWSServiceName");
    let Some(Known { stem, policy, .. }) = known(service) else {
        let text = format!("passrole does not know the service-linked role of {service}; nothing was done.");
        return Err(Fault::new("NotImplemented", text));
    };
    if document::get(call.input, "CustomSuffix").is_some() && !WITH_SUFFIX.contains(&service) {
        return Err(invalid_input(format!("Custom suffix is not allowed for {service}")));
    }
    let name = role_name(call, stem);
    let mut names = find::account(call).into_iter().flat_map(|account| account.roles.keys());
    if names.any(|known| known.eq_ignore_ascii_case(&name)) {
        let text = format!("Service role name {name} has been taken in this account, please try a different suffix.");
        return Err(invalid_input(text));
    }
    quota::ROLES.admits_another(find::account(call).map_or(0, |account| account.roles.len()))?;
    let trust = json!({
        "Version": "2012-10-17",
        "Statement": [{ "Action": ["sts:AssumeRole"], "Effect": "Allow", "Principal": { "Service": [service] } }],
    });
    let path = format!("/aws-service-role/{service}/");
    let made = Role::new(call.account, &path, &name, id::unique(id::ROLE), show::now(call), &trust.to_string());
    let mut role = made.map_err(|_| Fault::internal())?;
    role.description = document::text(call.input, "Description").filter(|text| !text.is_empty()).map(str::to_owned);
    role.attached_policies.push(format!("arn:aws:iam::aws:policy/aws-service-role/{policy}"));
    let shown = show::bare_role(&role);
    change::apply(call, json!({ "Role": shown }), |edit| edit.put_role(role))
}

/// Nothing here uses a service's own role, so that a deletion succeeds at once.
fn delete(call: &Call<'_>) -> Result<Reply, Fault> {
    let role = find::role(call, find::text(call, "RoleName"))?;
    if !role.is_service_linked() {
        return Err(no_such_entity(format!("The role with name {} cannot be found.", role.name)));
    }
    let (account, name) = (role.account, role.name.clone());
    let task = format!("task{}{name}/{}", role.path, Uuid::new_v4());
    let key = format!("{TASKS}{account}/{task}");
    change::apply(call, json!({ "DeletionTaskId": task }), |edit| {
        edit.remove_role(account, &name);
        edit.batch().put(key, b"SUCCEEDED".to_vec());
    })
}

fn deletion_status(call: &Call<'_>) -> Result<Reply, Fault> {
    let task = find::text(call, "DeletionTaskId");
    let key = format!("{TASKS}{}/{task}", call.account);
    match call.state.store().get(key.as_bytes())? {
        Some(_) => Ok(Reply::read(json!({ "Status": "SUCCEEDED" }))),
        None => Err(no_such_entity(format!("The deletion task {task} cannot be found."))),
    }
}

/// The ARN of the role that a deletion task is about.
pub(super) fn arn_of_task(call: &Call<'_>) -> Result<String, Fault> {
    let task = find::text(call, "DeletionTaskId");
    let parts: Vec<&str> = task.split('/').collect();
    match parts.as_slice() {
        ["task", "aws-service-role", service, role, _] => {
            Ok(format!("arn:aws:iam::{}:role/aws-service-role/{service}/{role}", call.account))
        }
        _ => Err(invalid_input(format!("Invalid deletion task id: {task}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::world::managed;

    #[test]
    fn every_policy_of_the_table_is_aws() {
        assert!(table().count() > 30);
        for Known { service, policy, .. } in table() {
            let arn = format!("arn:aws:iam::aws:policy/aws-service-role/{policy}");
            assert!(managed::find(&arn).is_some(), "{service}: {arn}");
        }
    }
}
