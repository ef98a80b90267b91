//! The organization that an account is in, as far as the world tells: by the ARNs of the policies that bind the account.

use crate::account::AccountId;
use crate::arn::Arn;
use crate::policy::Context;
use crate::state::world::World;

/// The id of an account's organization, `o-…`; `None` where it is in none or only AWS's own policies bind it.
pub(super) fn id(world: &World, account: AccountId) -> Option<&str> {
    let bound = world.service_control(account)?;
    bound.iter().find_map(|policy| {
        let arn = Arn::parse(policy.arn.as_deref()?)?;
        arn.resource.split('/').find(|part| part.starts_with("o-"))
    })
}

/// Sets a key to the id of an account's organization.
pub(super) fn set(context: &mut Context, key: &'static str, world: &World, account: Option<AccountId>) {
    if let Some(id) = account.and_then(|account| id(world, account)) {
        context.set(key, id);
    }
}
