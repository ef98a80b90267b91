//! The `Principal` and `NotPrincipal` elements and how a caller matches them.
//!
//! What an entry names decides how far it carries within one account: the caller itself, the role behind a session, or
//! the account, which only delegates to identity policies (`facts/aws-behaviour.md` H.2).
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>

use crate::account::AccountId;
use crate::arn::Arn;
use crate::principal::Principal;

/// Where the names of services end, whatever the partition.
const SERVICE_DOMAINS: [&str; 8] = [
    ".amazonaws.com",
    ".amazonaws.com.cn",
    ".amazonaws.eu",
    ".amazon.com",
    ".aws.internal",
    ".c2s.ic.gov",
    ".sc2s.sgov.gov",
    ".aws",
];

/// One entry of a `Principal` element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PrincipalEntry {
    /// `*`, alone or under `AWS`.
    Everyone,
    /// An account by its id or the ARN of its root user.
    Account(AccountId),
    /// The ARN of a user, role, role session or federated user.
    Arn(Box<str>),
    /// `AIDA…` or `AROA…`: what an ARN became when its user or role was deleted.
    UniqueId(Box<str>),
    /// `sagemaker.amazonaws.com`
    Service(Box<str>),
    /// An identity provider.
    Federated(Box<str>),
    /// The canonical user id of an account, in bucket policies.
    CanonicalUser(Box<str>),
}

/// How a resource policy's statement names the caller, weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Grant {
    /// By its account: the account's own policies must allow, too.
    Account,
    /// By the role or user behind its session: boundary and session policies still limit it.
    Role,
    /// Itself, as user, session or service, or among everyone: no implicit deny of the caller's own policies counts.
    Direct,
}

/// The names under which a caller can be addressed, made once for a request.
#[derive(Debug, Clone)]
pub(super) struct Names<'a> {
    principal: &'a Principal,
    account: Option<AccountId>,
    arn: String,
    /// The role or user behind a session.
    behind: Option<String>,
}

impl<'a> Names<'a> {
    pub(super) fn new(principal: &'a Principal) -> Names<'a> {
        let behind = match principal {
            Principal::AssumedRole { .. } => Some(principal.principal_arn()),
            Principal::FederatedUser { user, .. } => user.clone(),
            _ => None,
        };
        Names { principal, account: principal.account(), arn: principal.arn(), behind }
    }

    /// How the entry names the caller; `None` where it does not.
    fn grant(&self, entry: &PrincipalEntry) -> Option<Grant> {
        match entry {
            // Everyone includes a role's session itself, which is why a condition on `aws:PrincipalArn` beside `*` reaches
            // past boundary and session policies where the role's ARN as principal does not.
            PrincipalEntry::Everyone => Some(Grant::Direct),
            PrincipalEntry::Account(account) => (self.account == Some(*account)).then_some(Grant::Account),
            PrincipalEntry::Arn(arn) if **arn == *self.arn => Some(Grant::Direct),
            PrincipalEntry::Arn(arn) => (Some(&**arn) == self.behind.as_deref()).then_some(Grant::Role),
            PrincipalEntry::UniqueId(unique) => match self.principal {
                Principal::User { id, .. } => (**unique == **id).then_some(Grant::Direct),
                Principal::AssumedRole { role_id, .. } => (**unique == **role_id).then_some(Grant::Role),
                _ => None,
            },
            PrincipalEntry::Service(service) => {
                matches!(self.principal, Principal::Service { name } if **name == **service).then_some(Grant::Direct)
            }
            PrincipalEntry::Federated(_) | PrincipalEntry::CanonicalUser(_) => None,
        }
    }

    fn is_role(&self) -> bool {
        matches!(self.principal, Principal::AssumedRole { .. })
    }

    /// The strongest way in which the entries name the caller.
    pub(super) fn named_by(&self, entries: &[PrincipalEntry]) -> Option<Grant> {
        entries.iter().filter_map(|entry| self.grant(entry)).max()
    }

    /// Whether the entries of a `NotPrincipal` leave a caller out: everything that the caller is, its account, its role
    /// and itself, must be named, since each is judged apart.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html>
    pub(super) fn excepted_by(&self, entries: &[PrincipalEntry]) -> bool {
        let named = |wanted: Grant| {
            entries.iter().any(|entry| *entry == PrincipalEntry::Everyone || self.grant(entry) == Some(wanted))
        };
        let root = matches!(self.principal, Principal::Root { .. });
        (self.account.is_none() || named(Grant::Account) || (root && named(Grant::Direct)))
            && (!self.is_role() || named(Grant::Role))
            && (root || named(Grant::Direct))
    }

    /// Whether any entry of a `NotPrincipal` names any part of what the caller is.
    pub(super) fn touched_by(&self, entries: &[PrincipalEntry]) -> bool {
        self.named_by(entries).is_some()
    }
}

impl PrincipalEntry {
    /// An entry under `AWS`; `None` where IAM calls it invalid.
    pub(super) fn aws(text: &str) -> Option<PrincipalEntry> {
        if text == "*" {
            return Some(PrincipalEntry::Everyone);
        }
        if let Ok(account) = text.parse() {
            return Some(PrincipalEntry::Account(account));
        }
        if is_unique_id(text) {
            return Some(PrincipalEntry::UniqueId(text.into()));
        }
        let arn = Arn::parse(text)?;
        let account: AccountId = match arn.account.parse() {
            Ok(account) => account,
            // Bucket policies name CloudFront's origin access identities with `cloudfront` in the account's place.
            Err(_) if arn.service == "iam" && arn.account == "cloudfront" => {
                return Some(PrincipalEntry::Arn(text.into()));
            }
            Err(_) => return None,
        };
        if !arn.region.is_empty() || text.contains(['*', '?']) {
            return None;
        }
        match (arn.service, arn.resource_type(), arn.resource_id()) {
            ("iam", "root", "root") => Some(PrincipalEntry::Account(account)),
            ("iam", "user" | "role", name) if is_path(arn.resource, name) => Some(PrincipalEntry::Arn(text.into())),
            ("sts", "assumed-role", name) if name.split('/').count() == 2 && !name.split('/').any(str::is_empty) => {
                Some(PrincipalEntry::Arn(text.into()))
            }
            ("sts", "federated-user", name) if is_path(arn.resource, name) => Some(PrincipalEntry::Arn(text.into())),
            _ => None,
        }
    }

    /// An entry under `Service`.
    pub(super) fn service(text: &str) -> Option<PrincipalEntry> {
        let characters = text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'));
        let name = SERVICE_DOMAINS.iter().find_map(|domain| text.strip_suffix(domain));
        (characters && name.is_some_and(|name| !name.is_empty())).then(|| PrincipalEntry::Service(text.into()))
    }
}

/// A name after its type and a slash, neither empty nor ending in a slash.
fn is_path(resource: &str, name: &str) -> bool {
    resource.len() > name.len() && resource.contains('/') && !name.is_empty() && !name.ends_with('/')
}

fn is_unique_id(text: &str) -> bool {
    let known = ["AIDA", "AROA", "ACCA", "AGPA", "ANPA"].iter().any(|prefix| text.starts_with(prefix));
    known && text.len() >= 16 && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session() -> Principal {
        Principal::AssumedRole {
            account: "111122223333".parse().unwrap(),
            path: "/p/".to_owned(),
            role: "R".to_owned(),
            role_id: "AROAEXAMPLEEXAMPLE".to_owned(),
            session: "s".to_owned(),
        }
    }

    #[test]
    fn entries_name_a_session_in_four_ways() {
        for (text, expected) in [
            ("*", Some(Grant::Direct)),
            ("111122223333", Some(Grant::Account)),
            ("arn:aws:iam::111122223333:root", Some(Grant::Account)),
            ("arn:aws:iam::111122223333:role/p/R", Some(Grant::Role)),
            ("arn:aws:iam::111122223333:role/R", None),
            ("arn:aws:sts::111122223333:assumed-role/R/s", Some(Grant::Direct)),
            ("arn:aws:sts::111122223333:assumed-role/R/t", None),
            ("AROAEXAMPLEEXAMPLE", Some(Grant::Role)),
            ("444455556666", None),
        ] {
            let session = session();
            let names = Names::new(&session);
            assert_eq!(names.named_by(&[PrincipalEntry::aws(text).unwrap()]), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_principal() {
        for text in [
            "",
            "alice",
            "arn:aws:iam::111122223333:group/g",
            "arn:aws:iam::111122223333:user/*",
            "arn:aws:iam::111122223333:user/",
            "arn:aws:iam::111122223333:user",
            "arn:aws:iam::account-id:root",
            "arn:aws:sts::111122223333:assumed-role/R",
            "arn:aws:sts::111122223333:assumed-role/R/*",
            "arn:aws:s3:::bucket",
            "1111",
        ] {
            assert_eq!(PrincipalEntry::aws(text), None, "{text}");
        }
        assert_eq!(PrincipalEntry::service("*"), None);
        for text in ["", "sagemaker", "amazonaws.com", ".amazonaws.com", "sagemaker.amazonaws", "sagemaker.example.com"]
        {
            assert_eq!(PrincipalEntry::service(text), None, "{text}");
        }
    }

    #[test]
    fn an_exception_must_name_all_that_the_caller_is() {
        let entries = |texts: &[&str]| texts.iter().map(|t| PrincipalEntry::aws(t).unwrap()).collect::<Vec<_>>();
        let (account, role, own) = (
            "arn:aws:iam::111122223333:root",
            "arn:aws:iam::111122223333:role/p/R",
            "arn:aws:sts::111122223333:assumed-role/R/s",
        );
        let session = session();
        let names = Names::new(&session);
        assert!(names.excepted_by(&entries(&[account, role, own])));
        for incomplete in [&[role, own][..], &[account, own], &[account, role], &[account]] {
            assert!(!names.excepted_by(&entries(incomplete)), "{incomplete:?}");
        }
    }
}
