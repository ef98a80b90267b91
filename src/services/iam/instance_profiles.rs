//! Instance profiles and the role in each.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_switch-role-ec2_instance-profiles.html>

use serde_json::json;

use super::faults::{already_exists, delete_conflict, no_such_entity};
use super::operation::{Key, Operation, Target};
use super::page::Page;
use super::tags::{self, Keys};
use super::{change, find, quota, roles, show};
use crate::document::{self, Document};
use crate::fault::Fault;
use crate::services::{Call, Reply};
use crate::state::world::{InstanceProfile, id};
use crate::tag;

pub(super) static OPERATIONS: &[Operation] = &[
    Operation::changes("CreateInstanceProfile", Target::New("instance-profile", "InstanceProfileName"), create)
        .with(&[Key::RequestTags]),
    Operation::reads("GetInstanceProfile", Target::InstanceProfile, get),
    Operation::reads("ListInstanceProfiles", Target::EveryOf("instance-profile"), list),
    Operation::reads("ListInstanceProfilesForRole", Target::Role, of_role),
    Operation::changes("AddRoleToInstanceProfile", Target::InstanceProfile, add_role),
    Operation::changes("RemoveRoleFromInstanceProfile", Target::InstanceProfile, remove_role),
    Operation::changes("DeleteInstanceProfile", Target::InstanceProfile, delete),
];

fn create(call: &Call<'_>) -> Result<Reply, Fault> {
    let name = find::text(call, "InstanceProfileName");
    let added = tag::from_list(call.input.get("Tags"));
    tags::check(&added, Keys::WithCase)?;
    let mut names = find::account(call).into_iter().flat_map(|account| account.instance_profiles.keys());
    if names.any(|known| known.eq_ignore_ascii_case(name)) {
        return Err(already_exists(format!("Instance Profile {name} already exists.")));
    }
    let present = find::account(call).map_or(0, |account| account.instance_profiles.len());
    quota::INSTANCE_PROFILES.admits_another(present)?;
    let profile = InstanceProfile {
        account: call.account,
        path: document::text(call.input, "Path").unwrap_or("/").to_owned(),
        name: name.to_owned(),
        id: id::unique(id::INSTANCE_PROFILE),
        create_date: show::now(call),
        role: None,
        tags: added,
    };
    let mut shown = shown(call, &profile);
    show::add_tags(&mut shown, &profile.tags);
    change::apply(call, json!({ "InstanceProfile": shown }), |edit| edit.put_instance_profile(profile))
}

fn get(call: &Call<'_>) -> Result<Reply, Fault> {
    let profile = find::instance_profile(call, find::text(call, "InstanceProfileName"))?;
    let mut shown = shown(call, profile);
    show::set(&mut shown, "Tags", tag::to_list(&profile.tags));
    Ok(Reply::read(json!({ "InstanceProfile": shown })))
}

fn list(call: &Call<'_>) -> Result<Reply, Fault> {
    let prefix = document::text(call.input, "PathPrefix").unwrap_or("/");
    listed(call, |profile| profile.path.starts_with(prefix))
}

fn of_role(call: &Call<'_>) -> Result<Reply, Fault> {
    let role = find::role(call, find::text(call, "RoleName"))?;
    listed(call, |profile| profile.role.as_deref() == Some(&role.name))
}

fn listed(call: &Call<'_>, wanted: impl Fn(&InstanceProfile) -> bool) -> Result<Reply, Fault> {
    let profiles = find::account(call).into_iter().flat_map(|account| account.instance_profiles.values());
    let profiles = profiles.filter(|profile| wanted(profile)).map(|profile| (profile.name.clone(), profile));
    Ok(Reply::read(Page::of(call, profiles)?.answer("InstanceProfiles", |profile| shown(call, profile))))
}

fn add_role(call: &Call<'_>) -> Result<Reply, Fault> {
    let found = find::instance_profile(call, find::text(call, "InstanceProfileName"))?;
    let role = find::role(call, find::text(call, "RoleName"))?;
    roles::check_changeable(role)?;
    quota::ROLES_PER_INSTANCE_PROFILE.admits_another(usize::from(found.role.is_some()))?;
    let mut profile = (**found).clone();
    profile.role = Some(role.name.clone());
    change::apply(call, json!({}), |edit| edit.put_instance_profile(profile))
}

fn remove_role(call: &Call<'_>) -> Result<Reply, Fault> {
    let found = find::instance_profile(call, find::text(call, "InstanceProfileName"))?;
    let role = find::role(call, find::text(call, "RoleName"))?;
    roles::check_changeable(role)?;
    let mut profile = (**found).clone();
    if profile.role.as_ref() != Some(&role.name) {
        let text = format!("Role {} in Instance Profile {} cannot be found.", role.name, profile.name);
        return Err(no_such_entity(text));
    }
    profile.role = None;
    change::apply(call, json!({}), |edit| edit.put_instance_profile(profile))
}

fn delete(call: &Call<'_>) -> Result<Reply, Fault> {
    let profile = find::instance_profile(call, find::text(call, "InstanceProfileName"))?;
    if profile.role.is_some() {
        return Err(delete_conflict("Cannot delete entity, must remove roles from instance profile first."));
    }
    let (account, name) = (profile.account, profile.name.clone());
    change::apply(call, json!({}), |edit| edit.remove_instance_profile(account, &name))
}

/// A profile holds a role only where the account holds that role.
fn shown(call: &Call<'_>, profile: &InstanceProfile) -> Document {
    match find::account(call) {
        Some(account) => show::instance_profile(account, profile),
        None => show::instance_profile(&crate::state::world::Account::new(call.account), profile),
    }
}
