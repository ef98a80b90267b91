//! Whoever asks: the caller of a request, a role's session made by a service, or a service itself.

use std::sync::Arc;

use crate::account::AccountId;
use crate::policy::{AttachedPolicy, Context};
use crate::principal::Principal;
use crate::state::session::Session;
use crate::state::world::{Permissions, Role, World};
use crate::tag::{self, Tag};

/// Who sent an authenticated request.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The principal that the credentials belong to.
    pub principal: Principal,
    /// The access key that signed.
    pub access_key_id: String,
    /// The session behind temporary credentials.
    pub session: Option<Arc<Session>>,
}

/// A principal together with everything about it that bears on a decision.
#[derive(Debug)]
pub struct Subject<'a> {
    /// The principal.
    pub principal: Principal,
    /// Its own policies and boundary.
    pub permissions: Permissions<'a>,
    /// Its session policies.
    pub session_policies: Option<&'a [Arc<AttachedPolicy>]>,
    /// The condition keys that tell about it.
    pub keys: Context,
}

impl<'a> Subject<'a> {
    /// The caller of a request.
    pub fn of_caller(world: &'a World, caller: &'a Caller) -> Subject<'a> {
        let session = caller.session.as_deref();
        // A federated user has the permissions of the user who asked for its credentials.
        let issuer = match caller.principal {
            Principal::FederatedUser { .. } => session.and_then(|session| session.issuer.as_ref()),
            _ => None,
        };
        let permissions = world.permissions(issuer.unwrap_or(&caller.principal)).unwrap_or_default();
        let mut keys = principal_keys(&caller.principal);
        let mut tags = permissions.tags.to_vec();
        if let Some(session) = session {
            session_keys(&mut keys, session);
            override_tags(&mut tags, &session.tags);
        }
        tag_keys(&mut keys, &tags);
        Subject {
            principal: caller.principal.clone(),
            permissions,
            session_policies: session.and_then(|session| session.policies.as_deref()),
            keys,
        }
    }

    /// A session of a role that a service has made for itself.
    pub fn of_role(world: &'a World, role: &Role, session_name: &str) -> Subject<'a> {
        let principal = role.session(session_name);
        let permissions = world.permissions(&principal).unwrap_or_default();
        let mut keys = principal_keys(&principal);
        tag_keys(&mut keys, permissions.tags);
        Subject { principal, permissions, session_policies: None, keys }
    }

    /// A service that acts as itself on behalf of a resource.
    pub fn of_service(name: &str, source_account: AccountId, source_arn: &str) -> Subject<'a> {
        let mut keys = Context::new();
        keys.set("aws:PrincipalIsAWSService", "true");
        keys.set("aws:PrincipalServiceName", name);
        keys.set("aws:SourceAccount", source_account.as_str());
        keys.set("aws:SourceArn", source_arn);
        let principal = Principal::Service { name: name.to_owned() };
        Subject { principal, permissions: Permissions::default(), session_policies: None, keys }
    }
}

fn principal_keys(principal: &Principal) -> Context {
    let mut keys = Context::new();
    keys.set("aws:PrincipalArn", principal.principal_arn());
    keys.set("aws:userid", principal.user_id());
    keys.set("aws:PrincipalIsAWSService", "false");
    if let Some(account) = principal.account() {
        keys.set("aws:PrincipalAccount", account.as_str());
    }
    if let Some(principal_type) = principal.principal_type() {
        keys.set("aws:PrincipalType", principal_type);
    }
    if let Principal::User { name, .. } = principal {
        keys.set("aws:username", name.as_str());
    }
    keys
}

fn session_keys(keys: &mut Context, session: &Session) {
    keys.set("aws:TokenIssueTime", session.issued.to_string());
    keys.set("aws:MultiFactorAuthPresent", if session.mfa_authenticated.is_some() { "true" } else { "false" });
    if let Some(source_identity) = &session.source_identity {
        keys.set("aws:SourceIdentity", source_identity.as_str());
    }
}

/// Session tags win over the role's own, and tag keys of principals are compared without regard to case.
fn override_tags(tags: &mut Vec<Tag>, session_tags: &[Tag]) {
    tags.retain(|own| !session_tags.iter().any(|tag| tag.key.eq_ignore_ascii_case(&own.key)));
    tag::merge(tags, session_tags);
}

fn tag_keys(keys: &mut Context, tags: &[Tag]) {
    for tag in tags {
        keys.set(format!("aws:PrincipalTag/{}", tag.key), tag.value.as_str());
    }
}
