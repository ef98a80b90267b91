//! IAM's entities as an account holds them, their policies compiled.
//!
//! Says what is attached to what; what follows from it for a request is worked out in `resolve` when a change is made.
//! A value is changed by cloning it, changing the clone and putting it back through [`super::Edit`].

use std::sync::Arc;

use jiff::Timestamp;

use super::policy::{InlinePolicies, inline_policy, moved, trust_policy as trust_policy_of};
use crate::account::AccountId;
use crate::policy::{AttachedPolicy, Malformed};
use crate::principal::{Principal, role_arn};
use crate::secret::Secret;
use crate::tag::Tag;

/// What an identity's policies amount to; worked out whenever something that bears on it changes.
#[derive(Debug, Clone, Default)]
pub(super) struct Resolved {
    pub(super) identity: Vec<Arc<AttachedPolicy>>,
    pub(super) boundary: Option<Arc<AttachedPolicy>>,
}

/// An IAM user.
#[derive(Debug, Clone)]
pub struct User {
    /// The account.
    pub account: AccountId,
    /// `/` or `/path/`.
    pub path: String,
    /// The friendly name.
    pub name: String,
    /// `AIDA…`.
    pub id: String,
    /// When it was made.
    pub create_date: Timestamp,
    /// When the password was last used, where the world file says so.
    pub password_last_used: Option<Timestamp>,
    /// Its inline policies.
    pub inline_policies: InlinePolicies,
    /// ARNs of the managed policies attached to it, in order of attachment.
    pub attached_policies: Vec<String>,
    /// Names of the groups that it is in.
    pub groups: Vec<String>,
    /// The ARN of the managed policy that is its permissions boundary.
    pub boundary: Option<String>,
    /// Its tags.
    pub tags: Vec<Tag>,
    pub(super) resolved: Resolved,
}

/// An IAM group.
#[derive(Debug, Clone)]
pub struct Group {
    /// The account.
    pub account: AccountId,
    /// `/` or `/path/`.
    pub path: String,
    /// The friendly name.
    pub name: String,
    /// `AGPA…`.
    pub id: String,
    /// When it was made.
    pub create_date: Timestamp,
    /// Its inline policies.
    pub inline_policies: InlinePolicies,
    /// ARNs of the managed policies attached to it.
    pub attached_policies: Vec<String>,
}

/// An IAM role.
#[derive(Debug, Clone)]
pub struct Role {
    /// The account.
    pub account: AccountId,
    /// `/` or `/path/`; `/aws-service-role/SERVICE/` marks a service-linked role.
    pub path: String,
    /// The friendly name.
    pub name: String,
    /// `AROA…`.
    pub id: String,
    /// When it was made.
    pub create_date: Timestamp,
    /// What it is for.
    pub description: Option<String>,
    /// The longest session that it allows, in seconds.
    pub max_session_duration: u32,
    /// Who may assume it.
    pub trust_policy: Arc<AttachedPolicy>,
    /// Its inline policies.
    pub inline_policies: InlinePolicies,
    /// ARNs of the managed policies attached to it.
    pub attached_policies: Vec<String>,
    /// The ARN of the managed policy that is its permissions boundary.
    pub boundary: Option<String>,
    /// Its tags.
    pub tags: Vec<Tag>,
    /// When and in which region it was last used, where the world file says so.
    pub last_used: Option<(Timestamp, Option<String>)>,
    pub(super) resolved: Resolved,
}

/// A user's long-term access key.
#[derive(Debug, Clone)]
pub struct AccessKey {
    /// The account.
    pub account: AccountId,
    /// The user whose key it is.
    pub user_name: String,
    /// `AKIA…`.
    pub access_key_id: String,
    /// The secret.
    pub secret: Secret,
    /// Whether it may be used.
    pub active: bool,
    /// When it was made.
    pub create_date: Timestamp,
}

/// An instance profile.
#[derive(Debug, Clone)]
pub struct InstanceProfile {
    /// The account.
    pub account: AccountId,
    /// `/` or `/path/`.
    pub path: String,
    /// The friendly name.
    pub name: String,
    /// `AIPA…`.
    pub id: String,
    /// When it was made.
    pub create_date: Timestamp,
    /// The role in it; one at most.
    pub role: Option<String>,
    /// Its tags.
    pub tags: Vec<Tag>,
}

/// What an access key id stands for.
#[derive(Debug, Clone)]
pub struct Credential {
    /// The id.
    pub access_key_id: String,
    /// The secret that signs.
    pub secret: Secret,
    /// An inactive key is known but must be refused.
    pub active: bool,
    /// Whose it is.
    pub principal: Principal,
}

impl User {
    /// A user without policies, groups and tags.
    pub fn new(account: AccountId, path: &str, name: &str, id: String, create_date: Timestamp) -> User {
        User {
            account,
            path: path.to_owned(),
            name: name.to_owned(),
            id,
            create_date,
            password_last_used: None,
            inline_policies: InlinePolicies::new(),
            attached_policies: Vec::new(),
            groups: Vec::new(),
            boundary: None,
            tags: Vec::new(),
            resolved: Resolved::default(),
        }
    }

    /// The user's ARN.
    pub fn arn(&self) -> String {
        format!("arn:aws:iam::{}:user{}{}", self.account, self.path, self.name)
    }

    /// The user as a caller.
    pub fn principal(&self) -> Principal {
        Principal::User { account: self.account, path: self.path.clone(), name: self.name.clone(), id: self.id.clone() }
    }

    /// The user under another path and name. What refers to it by name stays as it is and must be changed with it: its
    /// access keys do.
    #[must_use]
    pub fn moved(&self, path: &str, name: &str) -> User {
        let mut user = User { path: path.to_owned(), name: name.to_owned(), ..self.clone() };
        user.inline_policies = moved(&self.inline_policies, &user.arn());
        user
    }

    /// Sets an inline policy.
    ///
    /// # Errors
    /// IAM would refuse the document; the user is as it was.
    pub fn put_inline_policy(&mut self, name: &str, document: &str) -> Result<(), Malformed> {
        let policy = inline_policy(name, document, self.arn())?;
        self.inline_policies.insert(name.to_owned(), policy);
        Ok(())
    }
}

impl Group {
    /// A group without policies.
    pub fn new(account: AccountId, path: &str, name: &str, id: String, create_date: Timestamp) -> Group {
        Group {
            account,
            path: path.to_owned(),
            name: name.to_owned(),
            id,
            create_date,
            inline_policies: InlinePolicies::new(),
            attached_policies: Vec::new(),
        }
    }

    /// The group's ARN.
    pub fn arn(&self) -> String {
        format!("arn:aws:iam::{}:group{}{}", self.account, self.path, self.name)
    }

    /// The group under another path and name. Its members refer to it by name and must be changed with it.
    #[must_use]
    pub fn moved(&self, path: &str, name: &str) -> Group {
        let mut group = Group { path: path.to_owned(), name: name.to_owned(), ..self.clone() };
        group.inline_policies = moved(&self.inline_policies, &group.arn());
        group
    }

    /// As [`User::put_inline_policy`].
    ///
    /// # Errors
    /// IAM would refuse the document.
    pub fn put_inline_policy(&mut self, name: &str, document: &str) -> Result<(), Malformed> {
        let policy = inline_policy(name, document, self.arn())?;
        self.inline_policies.insert(name.to_owned(), policy);
        Ok(())
    }
}

impl Role {
    /// A role that its trust policy opens and that may do nothing yet.
    ///
    /// # Errors
    /// IAM would refuse the trust policy.
    pub fn new(
        account: AccountId,
        path: &str,
        name: &str,
        id: String,
        create_date: Timestamp,
        trust_policy: &str,
    ) -> Result<Role, Malformed> {
        let arn = role_arn(account, path, name);
        Ok(Role {
            account,
            path: path.to_owned(),
            name: name.to_owned(),
            id,
            create_date,
            description: None,
            max_session_duration: 3600,
            trust_policy: trust_policy_of(trust_policy, name, arn)?,
            inline_policies: InlinePolicies::new(),
            attached_policies: Vec::new(),
            boundary: None,
            tags: Vec::new(),
            last_used: None,
            resolved: Resolved::default(),
        })
    }

    /// The role's ARN.
    pub fn arn(&self) -> String {
        role_arn(self.account, &self.path, &self.name)
    }

    /// A session of the role as a caller.
    pub fn session(&self, name: &str) -> Principal {
        Principal::AssumedRole {
            account: self.account,
            path: self.path.clone(),
            role: self.name.clone(),
            role_id: self.id.clone(),
            session: name.to_owned(),
        }
    }

    /// Whether AWS owns its policies: no SCP binds it.
    pub fn is_service_linked(&self) -> bool {
        self.path.starts_with("/aws-service-role/")
    }

    /// Replaces the trust policy.
    ///
    /// # Errors
    /// IAM would refuse the document.
    pub fn set_trust_policy(&mut self, document: &str) -> Result<(), Malformed> {
        self.trust_policy = trust_policy_of(document, &self.name, self.arn())?;
        Ok(())
    }

    /// As [`User::put_inline_policy`].
    ///
    /// # Errors
    /// IAM would refuse the document.
    pub fn put_inline_policy(&mut self, name: &str, document: &str) -> Result<(), Malformed> {
        let policy = inline_policy(name, document, self.arn())?;
        self.inline_policies.insert(name.to_owned(), policy);
        Ok(())
    }
}

impl InstanceProfile {
    /// The instance profile's ARN.
    pub fn arn(&self) -> String {
        format!("arn:aws:iam::{}:instance-profile{}{}", self.account, self.path, self.name)
    }
}
