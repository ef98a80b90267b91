//! Groups and who is in them.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_groups.html>

use std::sync::Arc;

use serde_json::json;

use super::faults::{already_exists, delete_conflict, no_such_entity};
use super::operation::{Operation, Target};
use super::page::Page;
use super::{change, find, quota, show};
use crate::document;
use crate::fault::Fault;
use crate::services::{Call, Reply};
use crate::state::world::{Group, User, id};

pub(super) static OPERATIONS: &[Operation] = &[
    Operation::changes("CreateGroup", Target::New("group", "GroupName"), create),
    Operation::reads("GetGroup", Target::Group, get),
    Operation::reads("ListGroups", Target::EveryOf("group"), list),
    Operation::changes("UpdateGroup", Target::Group, update),
    Operation::changes("DeleteGroup", Target::Group, delete),
    Operation::changes("AddUserToGroup", Target::Group, add_user),
    Operation::changes("RemoveUserFromGroup", Target::Group, remove_user),
    Operation::reads("ListGroupsForUser", Target::User, of_user),
];

fn create(call: &Call<'_>) -> Result<Reply, Fault> {
    let name = find::text(call, "GroupName");
    check_free(call, name, "")?;
    quota::GROUPS.admits_another(find::account(call).map_or(0, |account| account.groups.len()))?;
    let path = document::text(call.input, "Path").unwrap_or("/");
    let group = Group::new(call.account, path, name, id::unique(id::GROUP), show::now(call));
    let answer = json!({ "Group": show::group(&group) });
    change::apply(call, answer, |edit| edit.put_group(group))
}

fn get(call: &Call<'_>) -> Result<Reply, Fault> {
    let group = find::group(call, find::text(call, "GroupName"))?;
    let members = members(call, &group.name).map(|user| (user.name.clone(), user));
    let mut answer = Page::of(call, members)?.answer("Users", |user| show::user(user));
    show::set(&mut answer, "Group", show::group(group));
    Ok(Reply::read(answer))
}

fn list(call: &Call<'_>) -> Result<Reply, Fault> {
    let prefix = document::text(call.input, "PathPrefix").unwrap_or("/");
    let groups = find::account(call).into_iter().flat_map(|account| account.groups.values());
    let groups = groups.filter(|group| group.path.starts_with(prefix)).map(|group| (group.name.clone(), group));
    Ok(Reply::read(Page::of(call, groups)?.answer("Groups", |group| show::group(group))))
}

fn update(call: &Call<'_>) -> Result<Reply, Fault> {
    let old = find::group(call, find::text(call, "GroupName"))?;
    let name = document::text(call.input, "NewGroupName").unwrap_or(&old.name);
    let path = document::text(call.input, "NewPath").unwrap_or(&old.path);
    check_free(call, name, &old.name)?;
    let group = old.moved(path, name);
    let mut moving: Vec<User> = Vec::new();
    if group.name != old.name {
        moving.extend(members(call, &old.name).map(|user| (**user).clone()));
    }
    for user in &mut moving {
        for member_of in user.groups.iter_mut().filter(|member_of| **member_of == old.name) {
            member_of.clone_from(&group.name);
        }
    }
    let old_name = old.name.clone();
    change::apply(call, json!({}), |edit| {
        if group.name != old_name {
            edit.remove_group(group.account, &old_name);
        }
        edit.put_group(group);
        moving.into_iter().for_each(|user| edit.put_user(user));
    })
}

fn delete(call: &Call<'_>) -> Result<Reply, Fault> {
    let group = find::group(call, find::text(call, "GroupName"))?;
    let conflict = if members(call, &group.name).next().is_some() {
        Some("must remove users from group first")
    } else if !group.attached_policies.is_empty() {
        Some("must detach all policies first")
    } else if !group.inline_policies.is_empty() {
        Some("must delete policies first")
    } else {
        None
    };
    if let Some(conflict) = conflict {
        return Err(delete_conflict(format!("Cannot delete entity, {conflict}.")));
    }
    let (account, name) = (group.account, group.name.clone());
    change::apply(call, json!({}), |edit| edit.remove_group(account, &name))
}

fn add_user(call: &Call<'_>) -> Result<Reply, Fault> {
    let group = find::group(call, find::text(call, "GroupName"))?;
    let mut user = (**find::user(call, find::text(call, "UserName"))?).clone();
    if user.groups.contains(&group.name) {
        return Ok(Reply::read(json!({})));
    }
    quota::GROUPS_PER_USER.admits_another(user.groups.len())?;
    user.groups.push(group.name.clone());
    change::apply(call, json!({}), |edit| edit.put_user(user))
}

/// Who is not there is told first of the user, then of the group.
fn remove_user(call: &Call<'_>) -> Result<Reply, Fault> {
    let mut user = (**find::user(call, find::text(call, "UserName"))?).clone();
    let group = find::group(call, find::text(call, "GroupName"))?;
    let before = user.groups.len();
    user.groups.retain(|name| *name != group.name);
    if user.groups.len() == before {
        return Err(no_such_entity(format!("User {} in Group {} cannot be found.", user.name, group.name)));
    }
    change::apply(call, json!({}), |edit| edit.put_user(user))
}

fn of_user(call: &Call<'_>) -> Result<Reply, Fault> {
    let user = find::user(call, find::text(call, "UserName"))?;
    let mut names: Vec<&String> = user.groups.iter().collect();
    names.sort();
    let groups = names.into_iter().filter_map(|name| Some((name.clone(), call.world.group(call.account, name)?)));
    Ok(Reply::read(Page::of(call, groups)?.answer("Groups", |group| show::group(group))))
}

fn members<'a>(call: &Call<'a>, group: &'a str) -> impl Iterator<Item = &'a Arc<User>> {
    let users = find::account(call).into_iter().flat_map(|account| account.users.values());
    users.filter(move |user| user.groups.iter().any(|name| name == group))
}

/// Names are not told apart by case.
fn check_free(call: &Call<'_>, name: &str, but: &str) -> Result<(), Fault> {
    let mut names = find::account(call).into_iter().flat_map(|account| account.groups.keys());
    match names.any(|known| known.eq_ignore_ascii_case(name) && known != but) {
        true => Err(already_exists(format!("Group with name {name} already exists."))),
        false => Ok(()),
    }
}
