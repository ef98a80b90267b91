//! What one entity says of another, to be checked when all are known.

use std::collections::BTreeMap;

use super::super::{Account, managed};
use crate::account::AccountId;

/// Something that must exist.
#[derive(Debug)]
pub(super) enum Reference {
    /// A managed policy by its ARN.
    ManagedPolicy(String),
    /// A group by name.
    Group(String),
    /// A user by name.
    User(String),
    /// A role by name.
    Role(String),
    /// A VPC by its id.
    Vpc(String),
    /// The account itself.
    Account,
}

impl Reference {
    /// What is wrong, if the account does not have it.
    pub(super) fn check(&self, accounts: &BTreeMap<AccountId, Account>, id: AccountId) -> Result<(), String> {
        let Some(account) = accounts.get(&id) else {
            return Err(format!("there is no account `{id}`"));
        };
        let (found, noun, name) = match self {
            Reference::Account => return Ok(()),
            Reference::ManagedPolicy(arn) => {
                let found = account.policies.contains_key(arn) || managed::find(arn).is_some();
                (found, "managed policy", arn)
            }
            Reference::Group(name) => (account.groups.contains_key(name), "group", name),
            Reference::User(name) => (account.users.contains_key(name), "user", name),
            Reference::Role(name) => (account.roles.contains_key(name), "role", name),
            Reference::Vpc(vpc) => (account.vpcs.find(vpc).is_some(), "VPC", vpc),
        };
        if found { Ok(()) } else { Err(format!("there is no {noun} `{name}` in account `{id}`")) }
    }
}
