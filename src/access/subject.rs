//! Whoever asks: the caller of a request, a role's session made by a service, or a service itself.

use std::sync::{Arc, LazyLock};

use jiff::Timestamp;

use super::environment::truth;
use super::organization;
use crate::account::AccountId;
use crate::policy::{AttachedPolicy, Context, Policy, PolicyType};
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
    /// The condition keys that tell about it, shared by all its questions. Facts H.5.
    pub keys: Arc<Context>,
}

impl<'a> Subject<'a> {
    /// The caller of a request at this moment.
    pub fn of_caller(world: &'a World, caller: &'a Caller, now: Timestamp) -> Subject<'a> {
        let session = caller.session.as_deref();
        let permissions = match &caller.principal {
            Principal::FederatedUser { .. } => of_issuer(world, session.and_then(|session| session.issuer.as_ref())),
            principal => world.permissions(principal).unwrap_or_default(),
        };
        let mut keys = principal_keys(&caller.principal);
        organization::set(&mut keys, "aws:PrincipalOrgID", world, caller.principal.account());
        match session {
            Some(session) => {
                session_keys(&mut keys, session, now);
                tag_keys(&mut keys, &with_session_tags(permissions.tags, &session.tags));
            }
            None => tag_keys(&mut keys, permissions.tags),
        }
        Subject {
            principal: caller.principal.clone(),
            permissions,
            session_policies: session.and_then(|session| session.policies.as_deref()),
            keys: Arc::new(keys),
        }
    }

    /// A principal as a test of policies imagines it, at this moment; ids that are not known are left out of its keys.
    pub fn offline(
        world: Option<&World>,
        principal: Principal,
        permissions: Permissions<'a>,
        session_policies: Option<&'a [Arc<AttachedPolicy>]>,
        now: Timestamp,
    ) -> Subject<'a> {
        let mut keys = principal_keys(&principal);
        if let Some(world) = world {
            organization::set(&mut keys, "aws:PrincipalOrgID", world, principal.account());
        }
        if matches!(principal, Principal::AssumedRole { .. } | Principal::FederatedUser { .. }) {
            temporary_keys(&mut keys, now, None, now);
        }
        tag_keys(&mut keys, permissions.tags);
        Subject { principal, permissions, session_policies, keys: Arc::new(keys) }
    }

    /// A session of a role that a service makes for itself at this moment.
    pub fn of_role(world: &'a World, role: &Role, session_name: &str, now: Timestamp) -> Subject<'a> {
        let principal = role.session(session_name);
        let permissions = world.permissions(&principal).unwrap_or_default();
        let mut keys = principal_keys(&principal);
        organization::set(&mut keys, "aws:PrincipalOrgID", world, principal.account());
        temporary_keys(&mut keys, now, None, now);
        tag_keys(&mut keys, permissions.tags);
        Subject { principal, permissions, session_policies: None, keys: Arc::new(keys) }
    }

    /// A service that acts as itself on behalf of a resource.
    pub fn of_service(name: &str, source_account: AccountId, source_arn: &str) -> Subject<'a> {
        let principal = Principal::Service { name: name.to_owned() };
        let mut keys = principal_keys(&principal);
        keys.set("aws:SourceAccount", source_account.as_str());
        keys.set("aws:SourceArn", source_arn);
        Subject { principal, permissions: Permissions::default(), session_policies: None, keys: Arc::new(keys) }
    }
}

/// A federated user has the permissions of whoever asked for its credentials.
fn of_issuer<'a>(world: &'a World, issuer: Option<&'a Principal>) -> Permissions<'a> {
    match issuer {
        Some(Principal::Root { .. }) => Permissions { identity: EVERYTHING.as_slice(), ..Permissions::default() },
        Some(issuer) => world.permissions(issuer).unwrap_or_default(),
        None => Permissions::default(),
    }
}

/// What a root user's own say amounts to where it stands behind a federated user.
static EVERYTHING: LazyLock<Vec<Arc<AttachedPolicy>>> = LazyLock::new(|| {
    let text = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;
    let attached = |policy| {
        let name = "what a root user may do".to_owned();
        Arc::new(AttachedPolicy { policy, name, arn: None, attached_to: "root".to_owned() })
    };
    Policy::parse(text, PolicyType::Identity).into_iter().map(attached).collect()
});

fn principal_keys(principal: &Principal) -> Context {
    let mut keys = Context::new();
    match principal {
        Principal::Service { name } => {
            keys.set("aws:PrincipalIsAWSService", "true");
            keys.set("aws:PrincipalServiceName", name.as_str());
            return keys;
        }
        // Nobody signed, so there is no ARN to tell.
        Principal::Anonymous => {}
        _ => keys.set("aws:PrincipalArn", principal.principal_arn()),
    }
    if has_known_id(principal) {
        keys.set("aws:userid", principal.user_id());
    }
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

fn has_known_id(principal: &Principal) -> bool {
    match principal {
        Principal::User { id, .. } | Principal::AssumedRole { role_id: id, .. } => !id.is_empty(),
        Principal::Root { .. } | Principal::FederatedUser { .. } | Principal::Service { .. } | Principal::Anonymous => {
            true
        }
    }
}

fn session_keys(keys: &mut Context, session: &Session, now: Timestamp) {
    temporary_keys(keys, session.issued, session.mfa_authenticated, now);
    if let Some(source_identity) = &session.source_identity {
        keys.set("aws:SourceIdentity", source_identity.as_str());
    }
}

/// The keys that only temporary credentials have; requests with long-term ones lack them.
fn temporary_keys(keys: &mut Context, issued: Timestamp, authenticated: Option<Timestamp>, now: Timestamp) {
    keys.set("aws:TokenIssueTime", issued.to_string());
    keys.set("aws:MultiFactorAuthPresent", truth(authenticated.is_some()));
    if let Some(authenticated) = authenticated {
        let age = now.duration_since(authenticated).as_secs().max(0);
        keys.set("aws:MultiFactorAuthAge", age.to_string());
    }
}

/// Session tags win over the role's or user's own; tag keys of principals are compared without regard to case.
fn with_session_tags(own: &[Tag], session_tags: &[Tag]) -> Vec<Tag> {
    let overridden = |own: &&Tag| session_tags.iter().any(|tag| tag.key.to_lowercase() == own.key.to_lowercase());
    let mut tags: Vec<Tag> = own.iter().filter(|own| !overridden(own)).cloned().collect();
    tag::merge(&mut tags, session_tags);
    tags
}

fn tag_keys(keys: &mut Context, tags: &[Tag]) {
    for tag in tags {
        keys.set(format!("aws:PrincipalTag/{}", tag.key), tag.value.as_str());
    }
}

#[cfg(test)]
mod tests;
