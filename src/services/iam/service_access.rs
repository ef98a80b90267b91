//! `ListPoliciesGrantingServiceAccess`: which policies of a user, group or role let it use a service at all.

use serde_json::{Value, json};

use super::operation::{Operation, Target};
use super::{find, simulate};
use crate::arn::Arn;
use crate::document;
use crate::fault::Fault;
use crate::policy::{AttachedPolicy, Effect};
use crate::services::{Call, Reply};

pub(super) static OPERATIONS: &[Operation] =
    &[Operation::reads("ListPoliciesGrantingServiceAccess", Target::Entity("Arn"), list)];

/// The namespaces of one request are two hundred at most, so there is never a second page.
fn list(call: &Call<'_>) -> Result<Reply, Fault> {
    let held = simulate::source_policies(call, find::text(call, "Arn"))?;
    let namespaces = document::select(call.input, "ServiceNamespaces[]");
    let granting = namespaces.iter().filter_map(|namespace| namespace.text()).map(|namespace| {
        let policies = held.iter().filter(|held| grants(held, namespace)).map(|held| shown(held));
        json!({ "ServiceNamespace": namespace, "Policies": policies.collect::<Vec<_>>() })
    });
    let granting: Vec<Value> = granting.collect();
    Ok(Reply::read(json!({ "PoliciesGrantingServiceAccess": granting, "IsTruncated": false })))
}

/// A policy grants access where a statement of it allows any action of the service.
fn grants(held: &AttachedPolicy, namespace: &str) -> bool {
    let namespace = namespace.to_ascii_lowercase();
    held.policy.statements_about(&namespace).any(|statement| statement.effect == Effect::Allow)
}

fn shown(held: &AttachedPolicy) -> Value {
    if let Some(arn) = &held.arn {
        return json!({ "PolicyName": held.name, "PolicyType": "MANAGED", "PolicyArn": arn });
    }
    let arn = Arn::parse(&held.attached_to);
    json!({
        "PolicyName": held.name,
        "PolicyType": "INLINE",
        "EntityType": arn.map(|arn| arn.resource_type().to_ascii_uppercase()),
        "EntityName": arn.and_then(|arn| arn.resource.rsplit('/').next()),
    })
}
