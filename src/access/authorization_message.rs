//! The encoded messages that EC2 adds to its refusals and `sts:DecodeAuthorizationMessage` reads.
//!
//! A message carries the whole reason of a refusal, which its receiver must not learn without a permission of its own:
//! it is encrypted and authenticated under a key that the store keeps, so it outlives a restart and cannot be made by
//! anybody else. Nothing is remembered of a message.
//! INVARIANT: nothing of a message is read before its seal has been verified.

mod seal;

use std::sync::{Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::question::Answer;
use crate::account::AccountId;
use crate::policy::{Effect, Matched, Verdict};
use crate::principal::Principal;
use crate::state::State;
use crate::state::store::{self, Batch};
use seal::Key;

/// Where the store keeps the key.
const KEY: &[u8] = b"authorization-message-key";
/// `sts:DecodeAuthorizationMessage` takes this many characters.
const LONGEST: usize = 10_240;
/// The JSON that fits into the longest message.
const LONGEST_TEXT: usize = LONGEST / 4 * 3 - seal::OVERHEAD - 16;

/// The encoded message for an answer that was no.
///
/// # Errors
/// The store failed.
pub fn encode(state: &State, account: AccountId, answer: &Answer) -> Result<String, store::Error> {
    let mut message = describe(answer);
    // What does not fit is left out: first the condition keys, then the statements.
    for pointer in ["/context/conditions/items", "/matchedStatements/items"] {
        let excess = message.to_string().len().saturating_sub(LONGEST_TEXT);
        if let Some(items) = message.pointer_mut(pointer).and_then(Value::as_array_mut) {
            shorten(items, excess);
        }
    }
    let sealed = key(state)?.seal(format!("{account}{message}").as_bytes());
    Ok(URL_SAFE_NO_PAD.encode(sealed))
}

/// What a message says; `None` where it is not one that was made here for this account.
///
/// # Errors
/// The store failed.
pub fn decode(state: &State, account: AccountId, message: &str) -> Result<Option<String>, store::Error> {
    let Ok(sealed) = URL_SAFE_NO_PAD.decode(message) else { return Ok(None) };
    let opened = key(state)?.open(&sealed).and_then(|bytes| String::from_utf8(bytes).ok());
    Ok(opened.and_then(|text| text.strip_prefix(account.as_str()).map(str::to_owned)))
}

/// Drops items from the end until so many bytes are gone.
fn shorten(items: &mut Vec<Value>, excess: usize) {
    let mut gone = 0;
    while gone < excess {
        let Some(item) = items.pop() else { return };
        gone += item.to_string().len() + 1;
    }
}

/// The key of this store, made when it is first needed.
fn key(state: &State) -> Result<Key, store::Error> {
    static MAKING: Mutex<()> = Mutex::new(());
    let _making = MAKING.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(kept) = state.store().get(KEY)? {
        return Key::of(&kept).ok_or_else(|| state.store().damaged(KEY, "it is no key"));
    }
    let key = Key::new();
    let mut batch = Batch::new();
    batch.put(KEY, key.bytes());
    // Whoever loses the key in a crash loses messages of the last moment, nothing else.
    let _later = state.apply(batch)?;
    Ok(key)
}

/// The JSON that AWS puts into such messages. Facts A.5.
fn describe(answer: &Answer) -> Value {
    let decision = &answer.decision;
    let denying = decision.matched.iter().filter(|matched| matched.effect == Effect::Deny);
    let principal = decision.asked().map(|asked| &asked.principal);
    let conditions: Vec<Value> = answer
        .context
        .iter()
        .map(|(key, values)| json!({ "key": key, "values": { "items": items(values) } }))
        .collect();
    json!({
        "allowed": decision.is_allowed(),
        "explicitDeny": decision.verdict == Verdict::ExplicitDeny,
        "matchedStatements": { "items": denying.filter_map(statement).collect::<Vec<_>>() },
        "failures": { "items": [] },
        "context": {
            "principal": {
                "id": principal.map(Principal::user_id),
                "name": principal.map(name),
                "arn": answer.principal,
            },
            "action": answer.question.action,
            "resource": answer.question.resource,
            "conditions": { "items": conditions },
        },
    })
}

fn name(principal: &Principal) -> String {
    match principal {
        Principal::User { name, .. } | Principal::FederatedUser { name, .. } | Principal::Service { name } => {
            name.clone()
        }
        Principal::AssumedRole { role, .. } => role.clone(),
        Principal::Root { account } => account.to_string(),
        Principal::Anonymous => "anonymous".to_owned(),
    }
}

fn items(values: &[String]) -> Vec<Value> {
    values.iter().map(|value| json!({ "value": value })).collect()
}

/// A statement, its elements as they were written.
fn statement(matched: &Matched) -> Option<Value> {
    let statement = matched.statement()?;
    let written: Value = serde_json::from_str(matched.policy.policy.statement_text(statement)).ok()?;
    let element = |names: [&str; 2]| {
        let value = names.iter().find_map(|name| written.get(*name));
        let texts = match value {
            Some(Value::Array(values)) => values.iter().map(|value| json!({ "value": value })).collect(),
            Some(value) => vec![json!({ "value": value })],
            None => Vec::new(),
        };
        json!({ "items": texts })
    };
    let conditions: Vec<Value> = statement
        .conditions
        .iter()
        .map(|condition| {
            let values: Vec<String> = condition.values.iter().map(|value| value.to_string()).collect();
            json!({ "key": condition.key, "values": { "items": items(&values) } })
        })
        .collect();
    Some(json!({
        "statementId": statement.sid.as_deref().unwrap_or_default(),
        "effect": "DENY",
        "principals": { "items": [{ "value": matched.policy.attached_to }] },
        "principalGroups": { "items": [] },
        "actions": element(["Action", "NotAction"]),
        "resources": element(["Resource", "NotResource"]),
        "conditions": { "items": conditions },
    }))
}

#[cfg(test)]
mod tests;
