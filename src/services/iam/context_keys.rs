//! Which condition keys policies refer to, so that a simulation can be given them all.

use serde_json::json;

use super::operation::{Operation, Target};
use super::{find, simulate};
use crate::fault::Fault;
use crate::policy::Policy;
use crate::services::{Call, Reply};

pub(super) static OPERATIONS: &[Operation] = &[
    Operation::reads("GetContextKeysForCustomPolicy", Target::Nothing, custom),
    Operation::reads("GetContextKeysForPrincipalPolicy", Target::Entity("PolicySourceArn"), principal),
];

fn custom(call: &Call<'_>) -> Result<Reply, Fault> {
    let policies = simulate::input_policies(call, "PolicyInputList")?;
    Ok(answer(policies.iter().map(|held| &held.policy)))
}

fn principal(call: &Call<'_>) -> Result<Reply, Fault> {
    let attached = simulate::source_policies(call, find::text(call, "PolicySourceArn"))?;
    let added = simulate::input_policies(call, "PolicyInputList")?;
    Ok(answer(attached.iter().chain(&added).map(|held| &held.policy)))
}

/// Each key once, however it is spelled.
fn answer<'a>(policies: impl Iterator<Item = &'a Policy>) -> Reply {
    let mut keys: Vec<String> = Vec::new();
    for key in policies.flat_map(Policy::condition_keys) {
        if !keys.iter().any(|known| known.eq_ignore_ascii_case(&key)) {
            keys.push(key);
        }
    }
    Reply::read(json!({ "ContextKeyNames": keys }))
}
