//! The request as the command line gives it.

use std::time::SystemTime;

use anyhow::{Context as _, bail};
use jiff::Timestamp;

use super::Flags;
use crate::access::{Answer, Clause, Environment, Question};
use crate::account::AccountId;
use crate::arn::Arn;
use crate::policy::Policy;
use crate::principal::Principal;

/// The name of a role's session where none is given.
pub(super) const SESSION_NAME: &str = "check";
/// The region where the resource's ARN names none.
const REGION: &str = "us-east-1";

/// A condition key and its values.
pub(super) type ContextEntry = (String, Vec<String>);

/// An answered request and the policies that were at hand.
pub(super) struct Judged {
    pub(super) answer: Answer,
    pub(super) policies: Vec<Policy>,
}

/// The question that the flags put, its condition keys included.
pub(super) fn question(flags: &Flags) -> Question {
    let service = flags.action.split(':').next().unwrap_or_default();
    let mut question = Question::new(flags.action.clone(), flags.resource.as_str());
    question.resource_account = flags.resource_account;
    question.clause = match service {
        _ if flags.resource == "*" => Clause::Absent,
        "s3" => Clause::Quoted,
        _ => Clause::Arn,
    };
    for (key, values) in &flags.context {
        for value in values {
            question.keys.push(key.clone(), value.as_str());
        }
        // A key without values is there, and is empty.
        if values.is_empty() {
            question.keys.set_all(key.clone(), Vec::new());
        }
    }
    question
}

/// The circumstances: now, or the time that the context gives, and the region that the resource stands in.
pub(super) fn environment(flags: &Flags) -> anyhow::Result<Environment> {
    let given = |name: &str| {
        let named = flags.context.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        named.and_then(|(_, values)| values.first())
    };
    let now = match (given("aws:CurrentTime"), given("aws:EpochTime")) {
        (Some(text), _) => text.parse().with_context(|| format!("`--context aws:CurrentTime={text}` is no time"))?,
        (None, Some(text)) => {
            let seconds = text.parse().with_context(|| format!("`--context aws:EpochTime={text}` is no number"))?;
            Timestamp::from_second(seconds).with_context(|| format!("`--context aws:EpochTime={text}`"))?
        }
        (None, None) => now()?,
    };
    let region = Arn::parse(&flags.resource).map(|arn| arn.region).filter(|region| !region.is_empty());
    Ok(Environment::new(now, region.unwrap_or(REGION)))
}

#[expect(clippy::disallowed_methods, reason = "a request that is made by hand is made now")]
fn now() -> anyhow::Result<Timestamp> {
    Timestamp::try_from(SystemTime::now()).context("the clock of this machine is out of range")
}

/// Reads `service:Action`.
pub(super) fn action(text: &str) -> Result<String, String> {
    let plain = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    match text.split_once(':') {
        Some((service, name)) if plain(service) && plain(name) => Ok(text.to_owned()),
        _ => Err("not an action such as `sagemaker:CreateTrainingJob`".to_owned()),
    }
}

/// Reads `key=value,value`.
pub(super) fn context_entry(text: &str) -> Result<ContextEntry, String> {
    let (key, values) = text.split_once('=').ok_or("not a condition key and its values, `KEY=VALUE[,VALUE]`")?;
    let prefixed = key.split_once(':').is_some_and(|(vendor, name)| !vendor.is_empty() && !name.is_empty());
    if !prefixed {
        return Err(format!("`{key}` is no condition key such as `aws:SourceIp`"));
    }
    Ok((key.to_owned(), split(values)))
}

/// Splits at commas that no backslash precedes; nothing at all is no value.
fn split(text: &str) -> Vec<String> {
    if text.is_empty() {
        return Vec::new();
    }
    let mut values = vec![String::new()];
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        if character == ',' {
            values.push(String::new());
            continue;
        }
        let literal = match character {
            '\\' => characters.next_if_eq(&',').unwrap_or('\\'),
            other => other,
        };
        if let Some(value) = values.last_mut() {
            value.push(literal);
        }
    }
    values
}

/// Reads a principal. Unique ids are not known offline and stay empty.
pub(super) fn principal(text: &str) -> anyhow::Result<Principal> {
    if text == "*" {
        return Ok(Principal::Anonymous);
    }
    if let Ok(account) = text.parse() {
        return Ok(Principal::Root { account });
    }
    let Some(arn) = Arn::parse(text) else {
        if text.contains('.') && !text.contains(['/', ':', '*']) {
            return Ok(Principal::Service { name: text.to_owned() });
        }
        bail!("`--principal {text}` is no ARN, account id or service principal");
    };
    let account: AccountId = arn.account.parse().with_context(|| format!("`--principal {text}`"))?;
    let named = |text: &str| -> Option<(String, String)> {
        let (path, name) = text.split_at(text.rfind('/')? + 1);
        (path.starts_with('/') && !name.is_empty()).then(|| (path.to_owned(), name.to_owned()))
    };
    let rest = arn.resource.strip_prefix(arn.resource_type()).unwrap_or_default();
    let found = match (arn.service, arn.resource_type()) {
        ("iam", "root") => Some(Principal::Root { account }),
        ("iam", "user") => named(rest).map(|(path, name)| Principal::User { account, path, name, id: String::new() }),
        ("iam", "role") => named(rest).map(|(path, role)| session(account, path, role, SESSION_NAME)),
        ("sts", "assumed-role") => {
            let parts = arn.resource_id().split_once('/').filter(|(role, name)| !role.is_empty() && !name.is_empty());
            parts.map(|(role, name)| session(account, "/".to_owned(), role.to_owned(), name))
        }
        ("sts", "federated-user") => {
            Some(Principal::FederatedUser { account, name: arn.resource_id().to_owned(), user: None })
        }
        _ => None,
    };
    found.with_context(|| format!("`--principal {text}` names no user, role, session, federated user or root user"))
}

fn session(account: AccountId, path: String, role: String, name: &str) -> Principal {
    Principal::AssumedRole { account, path, role, role_id: String::new(), session: name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn context_entries() {
        for (text, expected) in [
            ("aws:TagKeys=a,b", Ok(("aws:TagKeys", vec!["a", "b"]))),
            ("aws:TagKeys=", Ok(("aws:TagKeys", vec![]))),
            ("aws:UserAgent=a\\,b,c\\d", Ok(("aws:UserAgent", vec!["a,b", "c\\d"]))),
            ("aws:RequestTag/k=a=b", Ok(("aws:RequestTag/k", vec!["a=b"]))),
            ("aws:SourceIp", Err("not a condition key")),
            ("SourceIp=1", Err("is no condition key")),
            (":x=1", Err("is no condition key")),
        ] {
            match (context_entry(text), expected) {
                (Ok((key, values)), Ok((expected_key, expected_values))) => {
                    assert_eq!(
                        (key.as_str(), values),
                        (expected_key, expected_values.into_iter().map(str::to_owned).collect())
                    );
                }
                (Err(found), Err(part)) => assert!(found.contains(part), "{found}"),
                (found, expected) => panic!("{text}: {found:?} instead of {expected:?}"),
            }
        }
    }

    #[test]
    fn principals() {
        for (text, arn) in [
            ("111122223333", Some("arn:aws:iam::111122223333:root")),
            ("arn:aws:iam::111122223333:root", Some("arn:aws:iam::111122223333:root")),
            ("arn:aws:iam::111122223333:user/a/b/ann", Some("arn:aws:iam::111122223333:user/a/b/ann")),
            ("arn:aws:iam::111122223333:role/p/R", Some("arn:aws:sts::111122223333:assumed-role/R/check")),
            ("arn:aws:sts::111122223333:assumed-role/R/s", Some("arn:aws:sts::111122223333:assumed-role/R/s")),
            ("arn:aws:sts::111122223333:federated-user/b", Some("arn:aws:sts::111122223333:federated-user/b")),
            ("sagemaker.amazonaws.com", Some("sagemaker.amazonaws.com")),
            ("*", Some("*")),
            ("ann", None),
            ("arn:aws:iam::111122223333:group/g", None),
            ("arn:aws:iam::111122223333:user/", None),
            ("arn:aws:iam::1:user/ann", None),
            ("arn:aws:sts::111122223333:assumed-role/R", None),
        ] {
            assert_eq!(principal(text).ok().map(|principal| principal.arn()).as_deref(), arn, "{text}");
        }
    }

    #[test]
    fn actions() {
        for (text, good) in [("s3:GetObject", true), ("s3", false), ("s3:", false), ("s3:Get*", false), ("*", false)] {
            assert_eq!(action(text).is_ok(), good, "{text}");
        }
    }
}
