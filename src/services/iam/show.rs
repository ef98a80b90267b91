//! IAM's entities as its answers show them.
//!
//! Lists show less than single answers do: no tags, no boundary, no description of a policy. Policy documents are
//! percent-encoded as RFC 3986 has it, dates are whole seconds.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::json;

use crate::document::Document;
use crate::fault::Fault;
use crate::services::Call;
use crate::state::world::{
    AWS_MANAGED, Account, Group, InlinePolicies, InstanceProfile, ManagedPolicy, PolicyVersion, Role, User,
};
use crate::tag::{self, Tag};
use jiff::Timestamp;

/// What RFC 3986 leaves as it is.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A policy document as IAM's answers hold it.
pub(super) fn document(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

/// Sets a member of an answer.
pub(super) fn set(answer: &mut Document, member: &str, value: Document) {
    if let Document::Object(members) = answer {
        members.insert(member.to_owned(), value);
    }
}

/// A date in an answer.
pub(super) fn date(date: Timestamp) -> Document {
    date.as_second().into()
}

/// The date of what a call makes: IAM counts whole seconds.
pub(super) fn now(call: &Call<'_>) -> Timestamp {
    Timestamp::from_second(call.now().as_second()).unwrap_or_else(|_| call.now())
}

/// A user as lists show it.
pub(super) fn user(user: &User) -> Document {
    let mut shown = json!({
        "Path": user.path,
        "UserName": user.name,
        "UserId": user.id,
        "Arn": user.arn(),
        "CreateDate": date(user.create_date),
    });
    if let Some(used) = user.password_last_used {
        set(&mut shown, "PasswordLastUsed", date(used));
    }
    shown
}

/// A user with its tags and boundary.
pub(super) fn whole_user(held: &User) -> Document {
    let mut shown = user(held);
    add_boundary(&mut shown, held.boundary.as_deref());
    add_tags(&mut shown, &held.tags);
    shown
}

/// A group.
pub(super) fn group(group: &Group) -> Document {
    json!({
        "Path": group.path,
        "GroupName": group.name,
        "GroupId": group.id,
        "Arn": group.arn(),
        "CreateDate": date(group.create_date),
    })
}

/// A role as it stands in an instance profile.
pub(super) fn bare_role(role: &Role) -> Document {
    json!({
        "Path": role.path,
        "RoleName": role.name,
        "RoleId": role.id,
        "Arn": role.arn(),
        "CreateDate": date(role.create_date),
        "AssumeRolePolicyDocument": document(role.trust_policy.policy.text()),
    })
}

/// A role as lists show it.
pub(super) fn role(role: &Role) -> Document {
    let mut shown = bare_role(role);
    if let Some(description) = &role.description {
        set(&mut shown, "Description", json!(description));
    }
    set(&mut shown, "MaxSessionDuration", json!(role.max_session_duration));
    shown
}

/// A role with its tags, its boundary and its last use.
pub(super) fn whole_role(call: &Call<'_>, held: &Role) -> Result<Document, Fault> {
    let mut shown = role(held);
    add_boundary(&mut shown, held.boundary.as_deref());
    add_tags(&mut shown, &held.tags);
    set(&mut shown, "RoleLastUsed", last_used(call, held)?);
    Ok(shown)
}

/// When and where a role was last used.
pub(super) fn last_used(call: &Call<'_>, role: &Role) -> Result<Document, Fault> {
    if let Some(used) = call.state.last_uses().of(&role.id)? {
        return Ok(json!({ "LastUsedDate": date(used.date), "Region": used.region }));
    }
    Ok(match &role.last_used {
        Some((used, Some(region))) => json!({ "LastUsedDate": date(*used), "Region": region }),
        Some((used, None)) => json!({ "LastUsedDate": date(*used) }),
        None => json!({}),
    })
}

/// An instance profile with its role, as lists show it.
pub(super) fn instance_profile(account: &Account, profile: &InstanceProfile) -> Document {
    let role = profile.role.as_ref().and_then(|name| account.roles.get(name));
    json!({
        "Path": profile.path,
        "InstanceProfileName": profile.name,
        "InstanceProfileId": profile.id,
        "Arn": profile.arn(),
        "CreateDate": date(profile.create_date),
        "Roles": role.map(|role| bare_role(role)).into_iter().collect::<Vec<_>>(),
    })
}

/// A managed policy as lists show it. An account that holds nothing uses no policy.
pub(super) fn policy(account: Option<&Account>, policy: &ManagedPolicy) -> Document {
    json!({
        "PolicyName": policy.name,
        "PolicyId": policy.id,
        "Arn": policy.arn,
        "Path": policy.path,
        "DefaultVersionId": policy.default_version_id,
        "AttachmentCount": account.map_or(0, |account| account.attachment_count(&policy.arn)),
        "PermissionsBoundaryUsageCount": account.map_or(0, |account| account.boundary_usage_count(&policy.arn)),
        "IsAttachable": policy.is_attachable,
        "CreateDate": date(policy.create_date),
        "UpdateDate": date(policy.update_date),
    })
}

/// A version of a managed policy without its document.
pub(super) fn version(policy: &ManagedPolicy, version: &PolicyVersion) -> Document {
    json!({
        "VersionId": version.version_id,
        "IsDefaultVersion": version.version_id == policy.default_version_id,
        "CreateDate": date(version.create_date),
    })
}

/// A version of a managed policy with its document.
pub(super) fn whole_version(policy: &ManagedPolicy, held: &PolicyVersion) -> Document {
    let mut shown = version(policy, held);
    set(&mut shown, "Document", json!(document(held.policy.text())));
    shown
}

/// Inline policies with their documents.
pub(super) fn inline(policies: &InlinePolicies) -> Document {
    let each = policies.iter();
    each.map(|(name, held)| json!({ "PolicyName": name, "PolicyDocument": document(held.policy.text()) })).collect()
}

/// A managed policy as an attachment.
pub(super) fn attachment(arn: &str) -> Document {
    json!({ "PolicyName": policy_name(arn), "PolicyArn": arn })
}

/// The name of a managed policy, which ends its ARN.
pub(super) fn policy_name(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}

/// The key of a managed policy in a list: a name stands once among the account's own policies and once among AWS's.
pub(super) fn policy_key(arn: &str) -> String {
    format!("{}\n{}", policy_name(arn), u8::from(arn.starts_with(AWS_MANAGED)))
}

/// The path of a managed policy, from its ARN.
pub(super) fn policy_path(arn: &str) -> &str {
    let resource = arn.splitn(6, ':').nth(5).unwrap_or_default();
    let path = resource.strip_prefix("policy").unwrap_or_default();
    path.rfind('/').and_then(|end| path.get(..=end)).unwrap_or("/")
}

/// Adds the boundary of a user or role that has one. Its type is `Policy`, as AWS answers; the model's enum has a name
/// that AWS does not use.
pub(super) fn add_boundary(shown: &mut Document, boundary: Option<&str>) {
    if let Some(arn) = boundary {
        set(
            shown,
            "PermissionsBoundary",
            json!({ "PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": arn }),
        );
    }
}

/// Adds the tags of what has some.
pub(super) fn add_tags(shown: &mut Document, tags: &[Tag]) {
    if !tags.is_empty() {
        set(shown, "Tags", tag::to_list(tags));
    }
}
