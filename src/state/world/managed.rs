//! The managed policies that AWS ships, by ARN.
//!
//! The data stands in `fixtures/managed-policies`, one policy a line in order of their ARNs, so that finding one reads a
//! few lines and only those that are attached are ever parsed.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{AWS_MANAGED, ManagedPolicy, PolicyVersion, id};
use crate::account::AccountId;
use crate::policy::{Policy, PolicyType};

static LINES: &[u8] = include_bytes!("../../../fixtures/managed-policies/policies.jsonl");

/// What has been parsed so far; at most all that there are.
static PARSED: LazyLock<Mutex<HashMap<String, Arc<ManagedPolicy>>>> = LazyLock::new(Mutex::default);

/// The policy of an ARN; `None` where AWS has none of that name that is known here.
pub fn find(arn: &str) -> Option<Arc<ManagedPolicy>> {
    if !arn.starts_with(AWS_MANAGED) {
        return None;
    }
    let mut parsed = PARSED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(policy) = parsed.get(arn) {
        return Some(Arc::clone(policy));
    }
    let policy = Arc::new(parse(line_of(arn)?)?);
    parsed.insert(arn.to_owned(), Arc::clone(&policy));
    Some(policy)
}

/// The ARNs of all policies, in order.
pub fn arns() -> impl Iterator<Item = &'static str> {
    LINES.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).filter_map(arn_of)
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Line<'a> {
    arn: &'a str,
    create_date: Timestamp,
    update_date: Timestamp,
    default_version_id: &'a str,
    #[serde(borrow)]
    document: &'a RawValue,
}

fn parse(line: &[u8]) -> Option<ManagedPolicy> {
    let line: Line<'_> = serde_json::from_slice(line).ok()?;
    let policy = Policy::parse(line.document.get(), PolicyType::Identity).ok()?;
    let (path, name) = line.arn.strip_prefix(AWS_MANAGED).map(|rest| rest.rsplit_once('/').unwrap_or(("", rest)))?;
    let path = if path.is_empty() { "/".to_owned() } else { format!("/{path}/") };
    let version =
        PolicyVersion { version_id: line.default_version_id.to_owned(), policy, create_date: line.update_date };
    Some(ManagedPolicy {
        arn: line.arn.to_owned(),
        path,
        name: name.to_owned(),
        id: id::derived(id::MANAGED_POLICY, AccountId::ZERO, line.arn),
        description: None,
        is_attachable: true,
        create_date: line.create_date,
        update_date: line.update_date,
        default_version_id: version.version_id.clone(),
        versions: vec![version],
        tags: Vec::new(),
    })
}

/// Binary search over lines of unequal length: narrow the range of bytes in which the line must begin.
fn line_of(arn: &str) -> Option<&'static [u8]> {
    let (mut low, mut high) = (0, LINES.len());
    while low < high {
        let middle = low + (high - low) / 2;
        let start = LINES.get(..middle)?.iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1);
        let rest = LINES.get(start..)?;
        let line = rest.split(|byte| *byte == b'\n').next()?;
        match arn_of(line)?.cmp(arn) {
            std::cmp::Ordering::Equal => return Some(line),
            std::cmp::Ordering::Less => low = start + line.len() + 1,
            std::cmp::Ordering::Greater => high = start,
        }
    }
    None
}

/// Lines begin with `{"Arn":"…"`.
fn arn_of(line: &'static [u8]) -> Option<&'static str> {
    let rest = line.strip_prefix(b"{\"Arn\":\"")?;
    let end = rest.iter().position(|byte| *byte == b'"')?;
    std::str::from_utf8(rest.get(..end)?).ok()
}

#[cfg(test)]
mod tests;
