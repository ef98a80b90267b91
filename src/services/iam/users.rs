//! Users.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_users.html>

use serde_json::json;

use super::faults::{already_exists, delete_conflict};
use super::find;
use super::operation::{Key, Operation, Target};
use super::page::Page;
use super::principals::Changes;
use super::quota;
use super::show;
use super::tags::{self, Keys};
use super::{boundaries, change};
use crate::document;
use crate::fault::Fault;
use crate::services::{Call, Reply};
use crate::state::world::{User, id};
use crate::tag;

pub(super) static OPERATIONS: &[Operation] = &[
    Operation::changes("CreateUser", Target::New("user", "UserName"), create)
        .with(&[Key::NewBoundary, Key::RequestTags]),
    Operation::reads("GetUser", Target::User, get),
    Operation::reads("ListUsers", Target::EveryOf("user"), list),
    Operation::changes("UpdateUser", Target::User, update),
    Operation::changes("DeleteUser", Target::User, delete),
];

fn create(call: &Call<'_>) -> Result<Reply, Fault> {
    let name = find::text(call, "UserName");
    let added = tag::from_list(call.input.get("Tags"));
    tags::check(&added, Keys::WithoutCase)?;
    let boundary = boundaries::requested(call)?;
    check_free(call, name, "")?;
    let path = document::text(call.input, "Path").unwrap_or("/");
    let mut user = User::new(call.account, path, name, id::unique(id::USER), show::now(call));
    user.boundary = boundary;
    user.tags = added;
    let answer = json!({ "User": show::whole_user(&user) });
    quota::USERS.admits_another(find::account(call).map_or(0, |account| account.users.len()))?;
    change::apply(call, answer, |edit| edit.put_user(user))
}

fn get(call: &Call<'_>) -> Result<Reply, Fault> {
    let user = find::user(call, find::user_name(call)?)?;
    Ok(Reply::read(json!({ "User": show::whole_user(user) })))
}

fn list(call: &Call<'_>) -> Result<Reply, Fault> {
    let prefix = document::text(call.input, "PathPrefix").unwrap_or("/");
    let users = find::account(call).into_iter().flat_map(|account| account.users.values());
    let users = users.filter(|user| user.path.starts_with(prefix)).map(|user| (user.name.clone(), user));
    Ok(Reply::read(Page::of(call, users)?.answer("Users", |user| show::user(user))))
}

fn update(call: &Call<'_>) -> Result<Reply, Fault> {
    let old = find::user(call, find::text(call, "UserName"))?;
    let name = document::text(call.input, "NewUserName").unwrap_or(&old.name);
    let path = document::text(call.input, "NewPath").unwrap_or(&old.path);
    check_free(call, name, &old.name)?;
    let user = old.moved(path, name);
    let named = Changes::of(call.world, &old.arn(), &user.arn())?;
    let keys: Vec<_> = call.world.access_keys_of(call.account, &old.name).cloned().collect();
    let old_name = old.name.clone();
    change::apply(call, json!({}), |edit| {
        named.put(edit);
        if user.name != old_name {
            edit.remove_user(user.account, &old_name);
        }
        for key in keys {
            let mut key = (*key).clone();
            key.user_name.clone_from(&user.name);
            edit.put_access_key(key);
        }
        edit.put_user(user);
    })
}

fn delete(call: &Call<'_>) -> Result<Reply, Fault> {
    let user = find::user(call, find::text(call, "UserName"))?;
    let conflict = if !user.groups.is_empty() {
        Some("must remove users from group first")
    } else if !user.attached_policies.is_empty() {
        Some("must detach all policies first")
    } else if !user.inline_policies.is_empty() {
        Some("must delete policies first")
    } else if call.world.access_keys_of(call.account, &user.name).next().is_some() {
        Some("must delete access keys first")
    } else {
        None
    };
    if let Some(conflict) = conflict {
        return Err(delete_conflict(format!("Cannot delete entity, {conflict}.")));
    }
    let (account, name) = (user.account, user.name.clone());
    let named = Changes::of(call.world, &user.arn(), &user.id)?;
    change::apply(call, json!({}), |edit| {
        named.put(edit);
        edit.remove_user(account, &name);
    })
}

/// Names are not told apart by case.
fn check_free(call: &Call<'_>, name: &str, but: &str) -> Result<(), Fault> {
    let mut names = find::account(call).into_iter().flat_map(|account| account.users.keys());
    match names.any(|known| known.eq_ignore_ascii_case(name) && known != but) {
        true => Err(already_exists(format!("User with name {name} already exists."))),
        false => Ok(()),
    }
}
