//! What a simulation is given: policies, context entries, the owner of resources without one.

use std::sync::Arc;

use crate::account::AccountId;
use crate::arn::Arn;
use crate::document::{self, Document};
use crate::fault::Fault;
use crate::policy::{AttachedPolicy, Context, Policy, PolicyType};
use crate::services::Call;
use crate::services::iam::faults::invalid_input;

/// The policies of a list member, numbered from one.
pub(super) fn policies(
    call: &Call<'_>,
    member: &str,
    policy_type: PolicyType,
) -> Result<Vec<Arc<AttachedPolicy>>, Fault> {
    let texts = document::select(call.input, &format!("{member}[]"));
    let texts = texts.iter().filter_map(|text| text.text()).enumerate();
    texts.map(|(index, text)| policy(text, &format!("{member}.{}", index + 1), policy_type)).collect()
}

/// A policy that is given as a text.
pub(super) fn policy(text: &str, name: &str, policy_type: PolicyType) -> Result<Arc<AttachedPolicy>, Fault> {
    let parsed = Policy::parse(text, policy_type);
    let policy = parsed.map_err(|malformed| invalid_input(format!("Invalid policy {name}: {malformed}")))?;
    Ok(Arc::new(AttachedPolicy { policy, name: name.to_owned(), arn: None, attached_to: name.to_owned() }))
}

/// The permissions boundary that is given; one at most.
pub(super) fn boundary(call: &Call<'_>) -> Result<Option<Arc<AttachedPolicy>>, Fault> {
    let mut given = policies(call, "PermissionsBoundaryPolicyInputList", PolicyType::PermissionsBoundary)?;
    if given.len() > 1 {
        return Err(invalid_input("Only one permissions boundary policy can be specified."));
    }
    Ok(given.pop())
}

/// The policy that every simulated resource is treated as having.
pub(super) fn resource_policy(call: &Call<'_>) -> Result<Option<Arc<AttachedPolicy>>, Fault> {
    let text = document::text(call.input, "ResourcePolicy");
    text.map(|text| policy(text, "ResourcePolicy", PolicyType::Resource)).transpose()
}

/// The account of resources whose ARN names none: an account id or the ARN of an account.
pub(super) fn resource_owner(call: &Call<'_>) -> Result<Option<AccountId>, Fault> {
    let Some(text) = document::text(call.input, "ResourceOwner") else { return Ok(None) };
    let named = Arn::parse(text).map_or(text, |arn| arn.account);
    match named.parse() {
        Ok(account) => Ok(Some(account)),
        Err(_) => Err(invalid_input(format!("Invalid ResourceOwner: {text}"))),
    }
}

/// The context entries; values must be of the type that they say they are.
pub(super) fn context(call: &Call<'_>) -> Result<Context, Fault> {
    let mut context = Context::new();
    for entry in call.input.get("ContextEntries").and_then(Document::as_array).into_iter().flatten() {
        let Some(key) = document::text(entry, "ContextKeyName") else { continue };
        let values = document::select(entry, "ContextKeyValues[]");
        let values: Vec<String> = values.iter().filter_map(|value| value.text().map(str::to_owned)).collect();
        let kind = document::text(entry, "ContextKeyType").unwrap_or("string");
        if let Some(wrong) = values.iter().find(|value| !is_of(kind.trim_end_matches("List"), value)) {
            return Err(invalid_input(format!("Invalid value for context key {key}: {wrong} is not of type {kind}")));
        }
        context.set_all(key.to_owned(), values);
    }
    Ok(context)
}

fn is_of(kind: &str, value: &str) -> bool {
    use base64::Engine as _;
    match kind {
        "numeric" => value.trim().parse::<f64>().is_ok(),
        "boolean" => value.eq_ignore_ascii_case("true") || value.eq_ignore_ascii_case("false"),
        "ip" => value.parse::<ipnet::IpNet>().is_ok() || value.parse::<std::net::IpAddr>().is_ok(),
        "binary" => base64::engine::general_purpose::STANDARD.decode(value).is_ok(),
        "date" => value.parse::<jiff::Timestamp>().is_ok() || value.parse::<f64>().is_ok() || is_day(value),
        _ => true,
    }
}

/// `2026-11-22`: a date without a time.
fn is_day(value: &str) -> bool {
    value.parse::<jiff::civil::Date>().is_ok()
}

/// An action names its service and has no wildcards.
pub(super) fn check_action(action: &str) -> Result<(), Fault> {
    match action.split_once(':') {
        Some((service, name)) if !service.is_empty() && !name.is_empty() && !action.contains(['*', '?']) => Ok(()),
        _ => Err(invalid_input(format!("Invalid action name: {action}"))),
    }
}

/// A resource is `*` or an ARN.
pub(super) fn check_resource(arn: &str) -> Result<(), Fault> {
    if arn == "*" || Arn::parse(arn).is_some() {
        return Ok(());
    }
    Err(invalid_input(format!("Invalid resource ARN: {arn}")))
}
