//! Users and roles as principals in the policies of roles and resources.
//!
//! AWS keeps such a principal by its unique id: a policy follows a user that is renamed, and no longer means a user or
//! role that was deleted and made anew under the same name. Facts H.2.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>

use serde_json::Value;

use crate::account::AccountId;
use crate::arn::Arn;
use crate::fault::Fault;
use crate::policy::{AttachedPolicy, Policy, PrincipalEntry};
use crate::services::Call;
use crate::state::world::{Bucket, Edit, FileSystem, Key, Repository, Role, World};

/// Refuses a trust policy that names a user or role which does not exist. Of accounts that the world does not hold
/// nothing can be said.
pub(super) fn check(call: &Call<'_>, trust: &Policy) -> Result<(), Fault> {
    let named = trust.principals().filter_map(|entry| match entry {
        PrincipalEntry::Arn(arn) => Some(&**arn),
        _ => None,
    });
    for text in named {
        let Some(arn) = Arn::parse(text).filter(|arn| arn.service == "iam") else { continue };
        let owner = arn.account.parse::<AccountId>().ok();
        let known = owner.is_some_and(|owner| owner == call.account || call.world.account(owner).is_some());
        let found = match arn.resource_type() {
            "user" => call.world.user_by_arn(text).is_some(),
            "role" => call.world.role_by_arn(text).is_some(),
            _ => true,
        };
        if known && !found {
            let text = format!("Invalid principal in policy: \"AWS\":\"{text}\"");
            return Err(Fault::new("MalformedPolicyDocument", text));
        }
    }
    Ok(())
}

/// Something whose policy must be written anew.
enum Changed {
    Role(Role),
    Bucket(Bucket),
    Repository(AccountId, Repository),
    Key(AccountId, Key),
    FileSystem(AccountId, FileSystem),
}

/// What a change of a principal's name does to policies.
pub(super) struct Changes(Vec<Changed>);

impl Changes {
    /// Everything whose policy names an ARN, with the other text in its place: a new ARN, or the unique id of what is
    /// gone.
    pub(super) fn of(world: &World, arn: &str, replacement: &str) -> Result<Changes, Fault> {
        let mut changed = Vec::new();
        for account in world.accounts() {
            for role in account.roles.values() {
                if let Some(text) = rewritten(Some(&role.trust_policy), arn, replacement) {
                    let mut role = (**role).clone();
                    role.set_trust_policy(&text).map_err(|_| Fault::internal())?;
                    changed.push(Changed::Role(role));
                }
            }
            for bucket in account.buckets.values() {
                if let Some(text) = rewritten(bucket.policy.as_deref(), arn, replacement) {
                    let mut bucket = (**bucket).clone();
                    bucket.set_policy(Some(&text)).map_err(|_| Fault::internal())?;
                    changed.push(Changed::Bucket(bucket));
                }
            }
            for repository in account.repositories.iter() {
                if let Some(text) = rewritten(repository.policy.as_deref(), arn, replacement) {
                    let mut repository = (**repository).clone();
                    repository.set_policy(Some(&text)).map_err(|_| Fault::internal())?;
                    changed.push(Changed::Repository(account.id, repository));
                }
            }
            for key in account.keys.iter() {
                if let Some(text) = rewritten(Some(&key.policy), arn, replacement) {
                    let mut key = (**key).clone();
                    key.set_policy(&text).map_err(|_| Fault::internal())?;
                    changed.push(Changed::Key(account.id, key));
                }
            }
            for system in account.file_systems.iter() {
                if let Some(text) = rewritten(system.policy.as_deref(), arn, replacement) {
                    let mut system = (**system).clone();
                    system.set_policy(Some(&text)).map_err(|_| Fault::internal())?;
                    changed.push(Changed::FileSystem(account.id, system));
                }
            }
        }
        Ok(Changes(changed))
    }

    /// Puts them into the world. What else the change does to one of them must come after.
    pub(super) fn put(self, edit: &mut Edit) {
        for changed in self.0 {
            match changed {
                Changed::Role(role) => edit.put_role(role),
                Changed::Bucket(bucket) => edit.put_bucket(bucket),
                Changed::Repository(account, repository) => edit.put_repository(account, repository),
                Changed::Key(account, key) => edit.put_key(account, key),
                Changed::FileSystem(account, system) => edit.put_file_system(account, system),
            }
        }
    }
}

/// The document with another principal; `None` where it does not name the ARN as one.
fn rewritten(held: Option<&AttachedPolicy>, arn: &str, replacement: &str) -> Option<String> {
    let policy = &held?.policy;
    policy.principals().find(|entry| matches!(entry, PrincipalEntry::Arn(named) if **named == *arn))?;
    let mut document: Value = serde_json::from_str(policy.text()).ok()?;
    let statements = match document.get_mut("Statement")? {
        Value::Array(statements) => statements.iter_mut().collect::<Vec<_>>(),
        alone => vec![alone],
    };
    for statement in statements {
        for element in ["Principal", "NotPrincipal"] {
            match statement.get_mut(element).and_then(|element| element.get_mut("AWS")) {
                Some(Value::Array(named)) => named.iter_mut().for_each(|named| replace(named, arn, replacement)),
                Some(named) => replace(named, arn, replacement),
                None => {}
            }
        }
    }
    Some(document.to_string())
}

fn replace(named: &mut Value, arn: &str, replacement: &str) {
    if named.as_str() == Some(arn) {
        *named = Value::from(replacement);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::PolicyType;

    #[test]
    fn only_principals_are_replaced() {
        let arn = "arn:aws:iam::000000000000:role/R";
        let text = format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"sts:AssumeRole",
               "Principal":{{"AWS":["{arn}","arn:aws:iam::000000000000:role/S"]}},
               "Condition":{{"ArnEquals":{{"aws:PrincipalArn":"{arn}"}}}}}}]}}"#
        );
        let policy = Policy::parse(&text, PolicyType::RoleTrust).unwrap();
        let held = AttachedPolicy { policy, name: String::new(), arn: None, attached_to: String::new() };
        let anew = rewritten(Some(&held), arn, "AROAEXAMPLEEXAMPLEEXA").unwrap();
        let anew: Value = serde_json::from_str(&anew).unwrap();
        let statement = &anew["Statement"][0];
        assert_eq!(statement["Principal"]["AWS"][0], "AROAEXAMPLEEXAMPLEEXA");
        assert_eq!(statement["Condition"]["ArnEquals"]["aws:PrincipalArn"], arn);
        assert_eq!(rewritten(Some(&held), "arn:aws:iam::000000000000:role/T", "x"), None);
        assert_eq!(rewritten(None, arn, "x"), None);
    }
}
