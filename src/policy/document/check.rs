//! The checks on single elements: what an action, a resource, a principal, a condition key and a Sid must look like.

use super::super::PolicyType;
use super::super::malformed::Mistake;
use super::super::principal::PrincipalEntry;

const PARTITIONS: [&str; 8] =
    ["aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f", "aws-eusc"];

/// An action is `*`, written `*:*` too, or a literal service prefix, a colon and a name that may hold wildcards.
pub(super) fn action(entry: &str, negated: bool, policy_type: PolicyType) -> Result<(), Mistake> {
    if policy_type == PolicyType::RoleTrust {
        let sts = entry.get(..4).is_some_and(|prefix| prefix.eq_ignore_ascii_case("sts:"));
        if !sts || negated {
            return Err(Mistake::TrustAction);
        }
    }
    if matches!(entry, "*" | "*:*") {
        return Ok(());
    }
    let Some((vendor, name)) = entry.split_once(':') else { return Err(Mistake::NoVendor) };
    if name.contains(':') {
        return Err(Mistake::Colons);
    }
    if vendor.is_empty() {
        return Err(Mistake::NoVendor);
    }
    if vendor.contains(['*', '?']) {
        return Err(Mistake::VendorWildcard);
    }
    if !vendor.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
        return Err(Mistake::Vendor(vendor.to_owned()));
    }
    Ok(())
}

/// A resource is `*` or an ARN with at least four segments, whose partition exists and whose service is literal.
pub(super) fn resource(entry: &str) -> Result<(), Mistake> {
    if entry == "*" {
        return Ok(());
    }
    let parts: Vec<&str> = entry.splitn(6, ':').collect();
    let ["arn", partition, service, region, ..] = parts.as_slice() else {
        return Err(Mistake::ResourceFormat(entry.to_owned()));
    };
    let wild = |text: &str| text.contains(['*', '?']);
    if !wild(partition) && !PARTITIONS.contains(partition) {
        return Err(Mistake::Partition { partition: (*partition).to_owned(), resource: entry.to_owned() });
    }
    if wild(service) {
        return Err(Mistake::ResourceVendor);
    }
    if service.is_empty() {
        return Err(Mistake::ResourceFormat(entry.to_owned()));
    }
    if *service == "iam" && parts.len() == 6 && !region.is_empty() && !wild(region) {
        return Err(Mistake::IamRegion(entry.to_owned()));
    }
    Ok(())
}

/// A condition key begins with a vendor's prefix.
pub(super) fn condition_key(key: &str, policy_type: PolicyType) -> Result<(), Mistake> {
    let strict = !matches!(policy_type, PolicyType::Resource | PolicyType::VpcEndpoint);
    let prefixed = key.split_once(':').is_some_and(|(vendor, name)| !vendor.is_empty() && !name.is_empty());
    if strict && !prefixed { Err(Mistake::NoVendor) } else { Ok(()) }
}

/// An entry of a principal map.
pub(super) fn principal(kind: &str, text: &str, policy_type: PolicyType) -> Option<PrincipalEntry> {
    match kind {
        "AWS" => PrincipalEntry::aws(text),
        "Service" => PrincipalEntry::service(text),
        "Federated" => (!text.is_empty() && text != "*").then(|| PrincipalEntry::Federated(text.into())),
        "CanonicalUser" if policy_type != PolicyType::RoleTrust => {
            (!text.is_empty() && text != "*").then(|| PrincipalEntry::CanonicalUser(text.into()))
        }
        _ => None,
    }
}

/// Identity policies take letters and digits; the policies of resources are looser.
pub(super) fn sid(sid: &str, policy_type: PolicyType) -> bool {
    let loose = matches!(policy_type, PolicyType::Resource | PolicyType::VpcEndpoint);
    loose || sid.chars().all(|c| c.is_ascii_alphanumeric())
}

/// Who a statement speaks of is fixed for policies that are attached to identities and accounts.
pub(super) fn prohibits_principal(policy_type: PolicyType, negated: bool) -> bool {
    match policy_type {
        PolicyType::Identity | PolicyType::PermissionsBoundary | PolicyType::Session | PolicyType::ServiceControl => {
            true
        }
        PolicyType::RoleTrust | PolicyType::ResourceControl => negated,
        PolicyType::Resource | PolicyType::VpcEndpoint => false,
    }
}

pub(super) fn requires_principal(policy_type: PolicyType) -> bool {
    matches!(
        policy_type,
        PolicyType::Resource | PolicyType::RoleTrust | PolicyType::ResourceControl | PolicyType::VpcEndpoint
    )
}

/// Repository policies name no resource; they mean the repository that they are attached to.
pub(super) fn requires_resource(policy_type: PolicyType) -> bool {
    !matches!(policy_type, PolicyType::Resource | PolicyType::RoleTrust)
}
