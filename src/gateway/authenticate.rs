//! Who sent a request: its signature's claim, held against the credentials that the world and STS know.
//!
//! Signatures are judged by the wall clock, because clients sign with theirs; sessions end by the virtual clock.
//! INVARIANT: a caller is returned only after [`Claim::verify`] with the secret of the very credential that names it.

use std::sync::Arc;

use bytes::Bytes;
use http::request::Parts;

use super::route::Route;
use crate::access::Caller;
use crate::fault::Fault;
use crate::principal::Principal;
use crate::secret::Secret;
use crate::signature::{self, Claim, ErrorFamily, Expected, SigningKeys};
use crate::state::State;
use crate::state::session::Session;
use crate::state::world::World;

/// Verifies the signature of a request and tells whose it is.
///
/// # Errors
/// AWS's refusal in the words of the service, by `facts/aws-behaviour.md` B.
pub(super) fn authenticate(
    state: &State,
    keys: &SigningKeys,
    parts: &Parts,
    body: &Bytes,
    route: &Route,
) -> Result<Caller, Fault> {
    let service = route.service;
    let expected = Expected {
        family: service.family,
        service: service.name,
        region: &state.settings().region,
        host_region: route.host_region.as_deref(),
    };
    let claim = signature::claim(parts, &expected, state.clock().wall_now())?;
    let world = state.world();
    if let Some(credential) = world.credential(&claim.access_key_id) {
        if !credential.active {
            return Err(claim.unknown_key());
        }
        let verify = |secret: &Secret| claim.verify(secret, keys, parts, body);
        long_term(&claim, service.family, &credential.secret, verify)?;
        return Ok(Caller { principal: credential.principal, access_key_id: claim.access_key_id, session: None });
    }
    let session = state.sessions().find(&claim.access_key_id)?.ok_or_else(|| claim.unknown_key())?;
    let verify = |secret: &Secret| claim.verify(secret, keys, parts, body);
    let over = session.expires <= state.clock().now();
    temporary(&claim, service.family, &session, &world, over, verify)?;
    if service.name == "iam" && shut_out_of_iam(&session) {
        return Err(claim.unknown_key());
    }
    Ok(Caller { principal: session.principal.clone(), access_key_id: claim.access_key_id, session: Some(session) })
}

/// A user's or root user's key comes without a token. S3 looks at the signature first, the others at the token.
fn long_term(
    claim: &Claim,
    family: ErrorFamily,
    secret: &Secret,
    verify: impl Fn(&Secret) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let token_first = family != ErrorFamily::S3;
    if token_first && claim.token.is_some() {
        return Err(claim.invalid_token());
    }
    verify(secret)?;
    if claim.token.is_some() { Err(claim.invalid_token()) } else { Ok(()) }
}

/// A session's key comes with the session's token, while the session lasts and its holder exists. S3 looks at the end
/// of the session before the signature, the others after it.
fn temporary(
    claim: &Claim,
    family: ErrorFamily,
    session: &Arc<Session>,
    world: &World,
    over: bool,
    verify: impl Fn(&Secret) -> Result<(), Fault>,
) -> Result<(), Fault> {
    if claim.token.as_ref() != Some(&session.token) || !exists(world, session) {
        return Err(claim.unknown_key());
    }
    if over && family == ErrorFamily::S3 {
        return Err(claim.expired_token());
    }
    verify(&session.secret)?;
    if over { Err(claim.expired_token()) } else { Ok(()) }
}

/// IAM knows the credentials of role sessions only, and those of users and root users that a device has authenticated.
/// <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html>
fn shut_out_of_iam(session: &Session) -> bool {
    match session.principal {
        Principal::User { .. } | Principal::Root { .. } => session.mfa_authenticated.is_none(),
        Principal::FederatedUser { .. } => true,
        Principal::AssumedRole { .. } | Principal::Service { .. } | Principal::Anonymous => false,
    }
}

/// Whether the role or user behind a session is still there, and is the one that it was: a name may be given again.
fn exists(world: &World, session: &Session) -> bool {
    let holder = match session.principal {
        Principal::FederatedUser { .. } => session.issuer.as_ref().unwrap_or(&session.principal),
        _ => &session.principal,
    };
    world.permissions(holder).is_some()
}

#[cfg(test)]
mod tests;
