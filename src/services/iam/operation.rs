//! The table of contents: which operations are built, what each is about, and what serves it.
//!
//! An operation's IAM action bears its own name. Resources and condition keys are those of the service authorization
//! reference: <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html>

use std::collections::HashMap;
use std::sync::LazyLock;

use super::{
    access_keys, account, attachments, authorization_details, boundaries, context_keys, groups, inline_policies,
    instance_profiles, managed_policies, policy_versions, roles, service_access, service_linked_roles, simulate, tags,
    unused, users,
};
use crate::fault::Fault;
use crate::services::{Call, Reply};

/// An operation of IAM's API.
#[derive(Debug)]
pub struct Operation {
    /// Its name, which is its action's.
    pub name: &'static str,
    /// Whether it may change something.
    pub changes: bool,
    /// The resource that its action is judged on.
    pub(super) target: Target,
    /// The condition keys that its request carries besides the tags of its resource.
    pub(super) keys: &'static [Key],
    pub(super) serve: fn(&Call<'_>) -> Result<Reply, Fault>,
}

/// The resource of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    /// None: judged on `*`.
    Nothing,
    /// None; a denial prints the entities of a type, with the path that was asked for.
    EveryOf(&'static str),
    /// None; a denial prints `policy path /`.
    EveryPolicy,
    /// The user that `UserName` names, else the caller.
    User,
    /// The group that `GroupName` names.
    Group,
    /// The role that `RoleName` names.
    Role,
    /// The instance profile that `InstanceProfileName` names.
    InstanceProfile,
    /// The managed policy that `PolicyArn` names.
    Policy,
    /// The user, group or role whose ARN a member holds.
    Entity(&'static str),
    /// A user, group, role or instance profile that is to be made.
    New(&'static str, &'static str),
    /// A managed policy that is to be made.
    NewPolicy,
    /// The service-linked role that is to be made for `AWSServiceName`.
    NewServiceLinkedRole,
    /// The user whose access key `AccessKeyId` is.
    AccessKeyOwner,
    /// The role that `DeletionTaskId` is about.
    DeletedRole,
}

/// A condition key and where its value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Key {
    /// `iam:PermissionsBoundary`: the boundary that the user or role has.
    Boundary,
    /// `iam:PermissionsBoundary`: the boundary that the request sets.
    NewBoundary,
    /// `iam:PolicyARN`: the policy that is attached or detached.
    PolicyArn,
    /// `iam:AWSServiceName`
    ServiceName,
    /// `aws:RequestTag/…` and `aws:TagKeys`: the tags that the request brings.
    RequestTags,
    /// `aws:TagKeys`: the keys that the request takes away.
    TagKeys,
}

impl Operation {
    /// An operation that only looks.
    pub(super) const fn reads(
        name: &'static str,
        target: Target,
        serve: fn(&Call<'_>) -> Result<Reply, Fault>,
    ) -> Operation {
        Operation { name, changes: false, target, keys: &[], serve }
    }

    /// An operation that changes something.
    pub(super) const fn changes(
        name: &'static str,
        target: Target,
        serve: fn(&Call<'_>) -> Result<Reply, Fault>,
    ) -> Operation {
        Operation { name, changes: true, target, keys: &[], serve }
    }

    /// The same with condition keys.
    pub(super) const fn with(mut self, keys: &'static [Key]) -> Operation {
        self.keys = keys;
        self
    }
}

/// What serves the operation of this name; `None` where it is not built.
pub fn find(name: &str) -> Option<&'static Operation> {
    TABLE.get(name).copied()
}

/// Every operation that is built, in no order.
pub fn names() -> impl Iterator<Item = &'static str> {
    TABLE.keys().copied()
}

/// Serves a call.
pub(super) fn serve(call: &Call<'_>) -> Result<Reply, Fault> {
    match find(call.operation.name) {
        Some(operation) => (operation.serve)(call),
        None => Err(Fault::not_built("iam", call.operation.name)),
    }
}

static THEMES: &[&[Operation]] = &[
    access_keys::OPERATIONS,
    account::OPERATIONS,
    attachments::OPERATIONS,
    authorization_details::OPERATIONS,
    boundaries::OPERATIONS,
    context_keys::OPERATIONS,
    groups::OPERATIONS,
    inline_policies::OPERATIONS,
    instance_profiles::OPERATIONS,
    managed_policies::OPERATIONS,
    policy_versions::OPERATIONS,
    roles::OPERATIONS,
    service_access::OPERATIONS,
    service_linked_roles::OPERATIONS,
    simulate::OPERATIONS,
    tags::OPERATIONS,
    unused::OPERATIONS,
    users::OPERATIONS,
];

static TABLE: LazyLock<HashMap<&'static str, &'static Operation>> =
    LazyLock::new(|| THEMES.iter().copied().flatten().map(|operation| (operation.name, operation)).collect());

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model;

    #[test]
    fn every_operation_is_the_models_and_stands_once() {
        let model = model::service("iam").unwrap();
        let all: Vec<_> = THEMES.iter().copied().flatten().collect();
        assert_eq!(all.len(), TABLE.len());
        for operation in all {
            assert!(model.operation(operation.name).is_some(), "{}", operation.name);
        }
    }
}
