//! `ResourceHandlingOption`: which resources a simulation of EC2's launch must name.

use crate::arn::Arn;
use crate::document;
use crate::fault::Fault;
use crate::services::Call;
use crate::services::iam::faults::invalid_input;

/// Each scenario with the resource types that it needs.
const SCENARIOS: [(&str, &[&str]); 6] = [
    ("EC2-Classic-InstanceStore", &["instance", "image", "security-group"]),
    ("EC2-Classic-EBS", &["instance", "image", "security-group", "volume"]),
    ("EC2-VPC-InstanceStore", &["instance", "image", "security-group", "network-interface"]),
    ("EC2-VPC-InstanceStore-Subnet", &["instance", "image", "security-group", "network-interface", "subnet"]),
    ("EC2-VPC-EBS", &["instance", "image", "security-group", "network-interface", "volume"]),
    ("EC2-VPC-EBS-Subnet", &["instance", "image", "security-group", "network-interface", "subnet", "volume"]),
];

/// Refuses a scenario that is none, or whose resources the request does not name.
pub(super) fn check(call: &Call<'_>) -> Result<(), Fault> {
    let Some(option) = document::text(call.input, "ResourceHandlingOption") else { return Ok(()) };
    let Some((_, needed)) = SCENARIOS.iter().find(|(name, _)| *name == option) else {
        return Err(invalid_input(format!("Invalid ResourceHandlingOption: {option}")));
    };
    let named = document::select(call.input, "ResourceArns[]");
    let has = |kind: &str| {
        let arns = named.iter().filter_map(|arn| Arn::parse(arn.text()?));
        arns.into_iter().any(|arn| arn.service == "ec2" && arn.resource_type() == kind)
    };
    match needed.iter().find(|kind| !has(kind)) {
        Some(kind) => {
            Err(invalid_input(format!("ResourceHandlingOption {option} requires a resource of type {kind}.")))
        }
        None => Ok(()),
    }
}
