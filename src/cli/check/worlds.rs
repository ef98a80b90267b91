//! A verdict from world files: the principal, its policies, the organization's and the resource's are all in there.

use std::sync::Arc;

use anyhow::{Context as _, anyhow, bail};

use super::Flags;
use super::files::session_policies;
use super::given::{self, Judged, SESSION_NAME};
use crate::access::{Judge, Subject};
use crate::account::AccountId;
use crate::policy::{AttachedPolicy, Policy};
use crate::principal::Principal;
use crate::secret::Secret;
use crate::settings::Settings;
use crate::state::world::{RootCredential, World};

/// Judges the request that the flags describe, as the endpoint would.
pub(super) fn judge(flags: &Flags) -> anyhow::Result<Judged> {
    let environment = given::environment(flags)?;
    let world = load(flags, environment.now)?;
    let principal = find(&world, flags.who.as_deref().unwrap_or_default())?;
    let permissions = world.permissions(&principal).unwrap_or_default();
    let sessions = session_policies(flags, &principal.arn())?;
    let session = (!sessions.is_empty()).then_some(sessions.as_slice());
    let policies = policies(&world, &principal, permissions.identity.iter().chain(&sessions), permissions.boundary);
    let subject = Subject::offline(Some(&world), principal, permissions, session, environment.now);
    let settings = Settings::default();
    let judge = Judge::new(&world, &settings, &environment);
    let answer = judge.consider(&subject, &environment, given::question(flags));
    Ok(Judged { answer, policies })
}

fn load(flags: &Flags, now: jiff::Timestamp) -> anyhow::Result<World> {
    let read = |file: &std::path::PathBuf| {
        let text = std::fs::read_to_string(file).with_context(|| format!("`{}` cannot be read", file.display()))?;
        Ok((file.display().to_string(), text))
    };
    let files: Vec<(String, String)> = flags.worlds.iter().map(read).collect::<anyhow::Result<_>>()?;
    let sources: Vec<_> = files.iter().map(|(name, text)| (Some(name.as_str()), text.as_str())).collect();
    // Nobody signs here, so no credential is needed.
    let root = RootCredential {
        account: AccountId::ZERO,
        access_key_id: String::new(),
        secret: Secret::new(""),
        region: Settings::default().region,
    };
    Ok(World::load(&sources, &root, now)?)
}

/// The user or role of this name or ARN.
fn find(world: &World, who: &str) -> anyhow::Result<Principal> {
    if who.starts_with("arn:") {
        let user = world.user_by_arn(who).map(|user| user.principal());
        let role = || world.role_by_arn(who).map(|role| role.session(SESSION_NAME));
        let root = || match given::principal(who) {
            Ok(root @ Principal::Root { .. }) => Some(root),
            _ => None,
        };
        return user.or_else(role).or_else(root).ok_or_else(|| anyhow!("`--as {who}`: the world has none of this ARN"));
    }
    let users = world.accounts().filter_map(|account| account.users.get(who)).map(|user| user.principal());
    let roles = world.accounts().filter_map(|account| account.roles.get(who)).map(|role| role.session(SESSION_NAME));
    let mut found: Vec<Principal> = users.chain(roles).collect();
    match (found.pop(), found.len()) {
        (Some(only), 0) => Ok(only),
        (Some(_), _) => bail!("`--as {who}`: the world has more than one of this name; give the ARN"),
        (None, _) => bail!("`--as {who}`: the world has no user or role of this name"),
    }
}

fn policies<'a>(
    world: &World,
    principal: &Principal,
    held: impl Iterator<Item = &'a Arc<AttachedPolicy>>,
    boundary: Option<&AttachedPolicy>,
) -> Vec<Policy> {
    let bound = principal.account().and_then(|account| world.service_control(account)).unwrap_or_default();
    let own = held.map(|attached| attached.policy.clone());
    let laid_over = bound.iter().map(|attached| attached.policy.clone());
    own.chain(laid_over).chain(boundary.map(|attached| attached.policy.clone())).collect()
}
