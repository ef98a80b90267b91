//! What holds permissions policies: a user, a group or a role, where an operation exists for all three.

use std::sync::Arc;

use super::quota::{self, Quota};
use super::{find, roles};
use crate::fault::Fault;
use crate::policy::Malformed;
use crate::services::Call;
use crate::state::world::{Edit, Group, InlinePolicies, Role, User};

/// Which of the three an operation is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    User,
    Group,
    Role,
}

/// One of the three, owned, so that it can be changed and put back.
#[derive(Debug, Clone)]
pub(super) enum Holder {
    User(User),
    Group(Group),
    Role(Role),
}

impl Kind {
    /// The request member that holds the name.
    pub(super) fn member(self) -> &'static str {
        match self {
            Kind::User => "UserName",
            Kind::Group => "GroupName",
            Kind::Role => "RoleName",
        }
    }

    /// Its noun in IAM's texts.
    pub(super) fn noun(self) -> &'static str {
        match self {
            Kind::User => "user",
            Kind::Group => "group",
            Kind::Role => "role",
        }
    }

    /// How large its inline policies may be together.
    pub(super) fn inline_size(self) -> usize {
        match self {
            Kind::User => quota::USER_POLICY_SIZE,
            Kind::Group => quota::GROUP_POLICY_SIZE,
            Kind::Role => quota::ROLE_POLICY_SIZE,
        }
    }

    /// How many managed policies may be attached to it.
    pub(super) fn attachments(self) -> Quota {
        match self {
            Kind::User => quota::POLICIES_PER_USER,
            Kind::Group => quota::POLICIES_PER_GROUP,
            Kind::Role => quota::POLICIES_PER_ROLE,
        }
    }
}

impl Holder {
    /// The one that the request names.
    pub(super) fn find(call: &Call<'_>, kind: Kind) -> Result<Holder, Fault> {
        let name = find::text(call, kind.member());
        Ok(match kind {
            Kind::User => Holder::User((**find::user(call, name)?).clone()),
            Kind::Group => Holder::Group((**find::group(call, name)?).clone()),
            Kind::Role => Holder::Role((**find::role(call, name)?).clone()),
        })
    }

    /// The one that the request names, to be changed; service-linked roles are AWS's alone to change.
    pub(super) fn changeable(call: &Call<'_>, kind: Kind) -> Result<Holder, Fault> {
        if kind == Kind::Role {
            let role: &Arc<Role> = find::role(call, find::text(call, "RoleName"))?;
            roles::check_changeable(role)?;
        }
        Holder::find(call, kind)
    }

    pub(super) fn name(&self) -> &str {
        match self {
            Holder::User(user) => &user.name,
            Holder::Group(group) => &group.name,
            Holder::Role(role) => &role.name,
        }
    }

    pub(super) fn inline(&self) -> &InlinePolicies {
        match self {
            Holder::User(user) => &user.inline_policies,
            Holder::Group(group) => &group.inline_policies,
            Holder::Role(role) => &role.inline_policies,
        }
    }

    pub(super) fn inline_mut(&mut self) -> &mut InlinePolicies {
        match self {
            Holder::User(user) => &mut user.inline_policies,
            Holder::Group(group) => &mut group.inline_policies,
            Holder::Role(role) => &mut role.inline_policies,
        }
    }

    pub(super) fn put_inline(&mut self, name: &str, document: &str) -> Result<(), Malformed> {
        match self {
            Holder::User(user) => user.put_inline_policy(name, document),
            Holder::Group(group) => group.put_inline_policy(name, document),
            Holder::Role(role) => role.put_inline_policy(name, document),
        }
    }

    pub(super) fn attached(&self) -> &Vec<String> {
        match self {
            Holder::User(user) => &user.attached_policies,
            Holder::Group(group) => &group.attached_policies,
            Holder::Role(role) => &role.attached_policies,
        }
    }

    pub(super) fn attached_mut(&mut self) -> &mut Vec<String> {
        match self {
            Holder::User(user) => &mut user.attached_policies,
            Holder::Group(group) => &mut group.attached_policies,
            Holder::Role(role) => &mut role.attached_policies,
        }
    }

    /// Puts it back into the world.
    pub(super) fn put(self, edit: &mut Edit) {
        match self {
            Holder::User(user) => edit.put_user(user),
            Holder::Group(group) => edit.put_group(group),
            Holder::Role(role) => edit.put_role(role),
        }
    }
}
