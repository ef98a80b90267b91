//! Session policies: one inline document and up to ten managed policies, which together limit the session.
//!
//! What they say is fixed when the session is made.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session>

use std::sync::Arc;

use super::validation_error;
use crate::account::AccountId;
use crate::arn::Arn;
use crate::document::{self, Document};
use crate::fault::Fault;
use crate::policy::{AttachedPolicy, Policy, PolicyType};
use crate::state::world::{AWS_MANAGED, World};

/// The most managed session policies of one session.
const MOST_MANAGED: usize = 10;

/// The session policies of a request.
#[derive(Debug)]
pub(super) struct SessionPolicies {
    /// The policies, the inline one first.
    pub(super) attached: Vec<Arc<AttachedPolicy>>,
    /// The characters of the inline policy and of the ARNs together.
    pub(super) characters: usize,
}

impl SessionPolicies {
    /// The session policies of a request; `None` where it passes none. `account` is that of the role or user whose
    /// session it will be, which must hold the managed policies.
    ///
    /// # Errors
    /// The inline policy is malformed; there are too many managed ones; one of them does not exist.
    pub(super) fn of(
        input: &Document,
        world: &World,
        account: AccountId,
        attached_to: &str,
    ) -> Result<Option<SessionPolicies>, Fault> {
        let inline = document::text(input, "Policy");
        let arns: Vec<&str> =
            document::select(input, "PolicyArns[].arn").into_iter().filter_map(|arn| arn.text()).collect();
        if inline.is_none() && arns.is_empty() {
            return Ok(None);
        }
        if arns.len() > MOST_MANAGED {
            return Err(validation_error(format!("Cannot have more than {MOST_MANAGED} managed session policies.")));
        }
        let mut attached = Vec::with_capacity(arns.len() + 1);
        if let Some(text) = inline {
            let policy = Policy::parse(text, PolicyType::Session)
                .map_err(|malformed| Fault::new("MalformedPolicyDocument", malformed.message))?;
            let name = "session policy".to_owned();
            attached.push(Arc::new(AttachedPolicy { policy, name, arn: None, attached_to: attached_to.to_owned() }));
        }
        for arn in &arns {
            attached.push(managed(world, account, arn, attached_to)?);
        }
        let characters = inline.into_iter().chain(arns).map(|text| text.chars().count()).sum();
        Ok(Some(SessionPolicies { attached, characters }))
    }
}

fn managed(world: &World, account: AccountId, arn: &str, attached_to: &str) -> Result<Arc<AttachedPolicy>, Fault> {
    let parsed = Arn::parse(arn).filter(|parsed| parsed.service == "iam" && parsed.resource_type() == "policy");
    let parsed = parsed.ok_or_else(|| validation_error(format!("{arn} is invalid")))?;
    let reachable = arn.starts_with(AWS_MANAGED) || parsed.account == account.as_str();
    let found = reachable.then(|| world.managed_policy(account, arn)).flatten();
    found
        .and_then(|policy| policy.attached_to(attached_to))
        .ok_or_else(|| validation_error(format!("Policy {arn} does not exist or is not attachable.")))
}
