//! AssumeRole: a session of a role for whom its trust policy and, where that only delegates, the caller's own policies
//! let in.
//!
//! What is wrong with the request itself is told before anybody knows whether the role exists; what depends on the role
//! only after IAM has agreed. <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>, facts B.2

use serde_json::json;

use super::credentials::{self, Grant};
use super::operation::Operation;
use super::session_policies::SessionPolicies;
use super::session_tags::SessionTags;
use super::{access_denied, multi_factor, not_authorized, packed, validation_error};
use crate::access::Question;
use crate::account::AccountId;
use crate::arn::Arn;
use crate::document::{self, Document};
use crate::fault::Fault;
use crate::principal::Principal;
use crate::services::{Call, Reply};

pub(super) static ASSUME_ROLE: Operation = Operation { name: "AssumeRole", changes: true, questions, serve };

/// How long a session lasts where the caller does not say, and at most where a role's session assumes another role.
const HOUR: i64 = 3_600;

/// A request whose members agree with each other.
struct Asked<'a> {
    role_arn: &'a str,
    session_name: &'a str,
    seconds: i64,
    policies: Option<SessionPolicies>,
    tags: SessionTags,
    packed_percentage: Option<usize>,
    /// Given, or handed on by the calling session.
    source_identity: Option<&'a str>,
}

impl<'a> Asked<'a> {
    fn of(call: &Call<'a>) -> Result<Asked<'a>, Fault> {
        let text = |member| document::text(call.input, member);
        let role_arn = text("RoleArn").unwrap_or_default();
        let role = Arn::parse(role_arn).ok_or_else(|| validation_error(format!("{role_arn} is invalid")))?;
        if document::get(call.input, "ProvidedContexts").is_some() {
            return Err(Fault::new(
                "NotImplemented",
                "passrole does not build sts:AssumeRole with ProvidedContexts; nothing was done.",
            ));
        }
        let calling = call.caller.session.as_deref();
        let seconds = document::get(call.input, "DurationSeconds").and_then(Document::as_i64).unwrap_or(HOUR);
        if seconds > HOUR && matches!(call.caller.principal, Principal::AssumedRole { .. }) {
            return Err(validation_error(
                "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.",
            ));
        }
        let owner: AccountId = role.account.parse().unwrap_or(call.account);
        let policies = SessionPolicies::of(call.input, call.world, owner, role_arn)?;
        let tags = SessionTags::of(call.input, calling)?;
        let packed_percentage = packed::percentage(policies.as_ref().map(|policies| policies.characters), &tags.tags)?;
        let source_identity = text("SourceIdentity");
        let handed_on = calling.and_then(|session| session.source_identity.as_deref());
        Ok(Asked {
            role_arn,
            session_name: text("RoleSessionName").unwrap_or_default(),
            seconds,
            policies,
            tags,
            packed_percentage,
            source_identity: source_identity.or(handed_on),
        })
    }
}

fn questions(call: &Call<'_>) -> Result<Vec<Question>, Fault> {
    let asked = Asked::of(call)?;
    multi_factor::check(call.input)?;
    let mut assume = Question::new("sts:AssumeRole", asked.role_arn).from_member("RoleArn");
    assume.resource_account = Arn::parse(asked.role_arn).and_then(|arn| arn.account.parse().ok());
    assume.keys.set("sts:RoleSessionName", asked.session_name);
    if let Some(external_id) = document::text(call.input, "ExternalId") {
        assume.keys.set("sts:ExternalId", external_id);
    }
    if let Some(source_identity) = asked.source_identity {
        assume.keys.set("sts:SourceIdentity", source_identity);
    }
    asked.tags.fill(&mut assume.keys);
    for tag in call.world.role_by_arn(asked.role_arn).map(|role| role.tags.as_slice()).unwrap_or_default() {
        assume.keys.set(format!("aws:ResourceTag/{}", tag.key), tag.value.as_str());
        assume.keys.set(format!("iam:ResourceTag/{}", tag.key), tag.value.as_str());
    }
    if matches!(call.caller.principal, Principal::Root { .. }) {
        assume.refused_outright = Some(access_denied("Roles may not be assumed by root accounts."));
    }
    let mut questions = vec![assume.clone()];
    // Tags and a source identity need a permission of their own, those that a chain of roles hands on no less.
    if !asked.tags.tags.is_empty() {
        questions.push(Question { action: "sts:TagSession".into(), member: Some("Tags".to_owned()), ..assume.clone() });
    }
    if asked.source_identity.is_some() {
        let refused_outright = assume.refused_outright.take().or_else(|| another_identity(call, &asked));
        let member = Some("SourceIdentity".to_owned());
        questions.push(Question { action: "sts:SetSourceIdentity".into(), member, refused_outright, ..assume });
    }
    Ok(questions)
}

/// A source identity that is set stays what it is through a chain of roles.
fn another_identity(call: &Call<'_>, asked: &Asked<'_>) -> Option<Fault> {
    let set = call.caller.session.as_deref()?.source_identity.as_deref()?;
    let changed = asked.source_identity != Some(set);
    let caller = &call.caller.principal;
    changed.then(|| not_authorized(&caller.arn(), "sts:SetSourceIdentity", Some(asked.role_arn)))
}

fn serve(call: &Call<'_>) -> Result<Reply, Fault> {
    let asked = Asked::of(call)?;
    multi_factor::check(call.input)?;
    let role = call
        .world
        .role_by_arn(asked.role_arn)
        .ok_or_else(|| not_authorized(&call.caller.principal.arn(), "sts:AssumeRole", Some(asked.role_arn)))?;
    if asked.seconds > i64::from(role.max_session_duration) {
        return Err(validation_error(
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
        ));
    }
    let principal = role.session(asked.session_name);
    let answer = json!({
        "AssumedRoleUser": { "AssumedRoleId": principal.user_id(), "Arn": principal.arn() },
        "PackedPolicySize": asked.packed_percentage,
        "SourceIdentity": asked.source_identity,
    });
    let grant = Grant {
        principal,
        seconds: asked.seconds,
        policies: asked.policies,
        tags: asked.tags.tags,
        transitive_tag_keys: asked.tags.transitive_keys,
        source_identity: asked.source_identity.map(str::to_owned),
    };
    credentials::issue(call, grant, answer)
}
