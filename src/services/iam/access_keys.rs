//! Access keys of users.
//!
//! The secret is told once, when the key is made.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html>

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use uuid::Uuid;

use super::faults::no_such_entity;
use super::operation::{Operation, Target};
use super::page::Page;
use super::{change, find, quota, show};
use crate::document::{self, Document};
use crate::fault::Fault;
use crate::secret::Secret;
use crate::services::{Call, Reply};
use crate::state::world::{AccessKey, id};

pub(super) static OPERATIONS: &[Operation] = &[
    Operation::changes("CreateAccessKey", Target::User, create),
    Operation::reads("ListAccessKeys", Target::User, list),
    Operation::changes("UpdateAccessKey", Target::User, update),
    Operation::changes("DeleteAccessKey", Target::User, delete),
    Operation::reads("GetAccessKeyLastUsed", Target::AccessKeyOwner, last_used),
];

/// The prefix of a long-term access key id.
const PREFIX: &str = "AKIA";
/// An access key id has twenty characters.
const LENGTH: usize = 20;

fn create(call: &Call<'_>) -> Result<Reply, Fault> {
    let user = find::user(call, find::user_name(call)?)?;
    let present = call.world.access_keys_of(call.account, &user.name).count();
    quota::ACCESS_KEYS_PER_USER.admits_another(present)?;
    let secret = new_secret();
    let key = AccessKey {
        account: call.account,
        user_name: user.name.clone(),
        access_key_id: id::unique(PREFIX).chars().take(LENGTH).collect(),
        secret: Secret::new(secret.as_str()),
        active: true,
        create_date: show::now(call),
    };
    let mut shown = metadata(&key);
    show::set(&mut shown, "SecretAccessKey", json!(secret));
    change::apply(call, json!({ "AccessKey": shown }), |edit| edit.put_access_key(key))
}

fn list(call: &Call<'_>) -> Result<Reply, Fault> {
    let user = find::user(call, find::user_name(call)?)?;
    let keys = call.world.access_keys_of(call.account, &user.name).map(|key| (key.access_key_id.clone(), key));
    Ok(Reply::read(Page::of(call, keys)?.answer("AccessKeyMetadata", |key| metadata(key))))
}

fn update(call: &Call<'_>) -> Result<Reply, Fault> {
    let mut key = named(call)?;
    key.active = find::text(call, "Status") == "Active";
    change::apply(call, json!({}), |edit| edit.put_access_key(key))
}

fn delete(call: &Call<'_>) -> Result<Reply, Fault> {
    let key = named(call)?;
    change::apply(call, json!({}), |edit| edit.remove_access_key(&key.access_key_id))
}

/// A key that was never used has neither date nor place.
fn last_used(call: &Call<'_>) -> Result<Reply, Fault> {
    let user = owner(call)?;
    let shown = match call.state.last_uses().of(find::text(call, "AccessKeyId"))? {
        Some(used) => json!({
            "LastUsedDate": show::date(used.date),
            "ServiceName": used.service,
            "Region": used.region,
        }),
        None => json!({ "ServiceName": "N/A", "Region": "N/A" }),
    };
    Ok(Reply::read(json!({ "UserName": user, "AccessKeyLastUsed": shown })))
}

/// The key that the request names, which must be the user's.
fn named(call: &Call<'_>) -> Result<AccessKey, Fault> {
    let user = find::user(call, find::user_name(call)?)?;
    let id = find::text(call, "AccessKeyId");
    let key = call.world.access_keys_of(call.account, &user.name).find(|key| key.access_key_id == id);
    let key = key.ok_or_else(|| no_such_entity(format!("The Access Key with id {id} cannot be found.")))?;
    Ok((**key).clone())
}

/// Forty characters out of 192 random bits and more.
fn new_secret() -> String {
    let (first, second) = (Uuid::new_v4(), Uuid::new_v4());
    let bytes: Vec<u8> = first.as_bytes().iter().chain(second.as_bytes()).copied().take(30).collect();
    STANDARD.encode(bytes)
}

fn metadata(key: &AccessKey) -> Document {
    json!({
        "UserName": key.user_name,
        "AccessKeyId": key.access_key_id,
        "Status": if key.active { "Active" } else { "Inactive" },
        "CreateDate": show::date(key.create_date),
    })
}

/// The user whose key `AccessKeyId` is; whoever asks about a key that is not the account's is denied.
pub(super) fn owner<'a>(call: &Call<'a>) -> Result<&'a str, Fault> {
    let id = document::text(call.input, "AccessKeyId").unwrap_or_default();
    let key = call.world.access_key(id).filter(|key| key.account == call.account);
    key.map(|key| key.user_name.as_str()).ok_or_else(|| {
        let caller = call.caller.principal.arn();
        Fault::new(
            "AccessDenied",
            format!(
                "User: {caller} is not authorized to perform iam:GetAccessKeyLastUsed on resource: access key {id}"
            ),
        )
    })
}
