//! GetFederationToken: a session of a user's or root user's making, for somebody whom IAM does not know.
//!
//! It has the permissions that its session policies and its maker's policies share; without session policies it has
//! none. <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html>

use serde_json::json;

use super::credentials::{self, Grant};
use super::operation::Operation;
use super::session_policies::SessionPolicies;
use super::session_tags::SessionTags;
use super::{packed, session_token};
use crate::access::Question;
use crate::document;
use crate::fault::Fault;
use crate::principal::Principal;
use crate::services::{Call, Reply};

pub(super) static GET_FEDERATION_TOKEN: Operation =
    Operation { name: "GetFederationToken", changes: true, questions, serve };

struct Asked {
    principal: Principal,
    policies: Option<SessionPolicies>,
    tags: SessionTags,
    packed_percentage: Option<usize>,
}

impl Asked {
    fn of(call: &Call<'_>) -> Result<Asked, Fault> {
        session_token::long_term_only(call, "GetFederationToken")?;
        let name = document::text(call.input, "Name").unwrap_or_default().to_owned();
        let asking = &call.caller.principal;
        let user = matches!(asking, Principal::User { .. }).then(|| asking.arn());
        let principal = Principal::FederatedUser { account: call.account, name, user };
        let policies = SessionPolicies::of(call.input, call.world, call.account, &principal.arn())?;
        let tags = SessionTags::of(call.input, None)?;
        let packed_percentage = packed::percentage(policies.as_ref().map(|policies| policies.characters), &tags.tags)?;
        Ok(Asked { principal, policies, tags, packed_percentage })
    }
}

fn questions(call: &Call<'_>) -> Result<Vec<Question>, Fault> {
    let asked = Asked::of(call)?;
    let mut federate =
        Question::new("sts:GetFederationToken", asked.principal.arn()).owned_by(call.account).from_member("Name");
    asked.tags.fill(&mut federate.keys);
    let mut questions = vec![federate.clone()];
    if !asked.tags.tags.is_empty() {
        questions.push(Question { action: "sts:TagSession".into(), member: Some("Tags".to_owned()), ..federate });
    }
    Ok(questions)
}

fn serve(call: &Call<'_>) -> Result<Reply, Fault> {
    let Asked { principal, policies, tags, packed_percentage } = Asked::of(call)?;
    let answer = json!({
        "FederatedUser": { "FederatedUserId": principal.user_id(), "Arn": principal.arn() },
        "PackedPolicySize": packed_percentage,
    });
    let grant = Grant {
        principal,
        seconds: session_token::seconds(call),
        policies,
        tags: tags.tags,
        transitive_tag_keys: Vec::new(),
        source_identity: None,
    };
    credentials::issue(call, grant, answer)
}
