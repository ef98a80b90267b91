//! Who makes a request, in IAM's terms.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>

use serde::{Deserialize, Serialize};

use crate::account::AccountId;

/// The principal of a request. Partition-less: ARNs are made with the `aws` partition.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Principal {
    /// The account's root user.
    Root {
        /// The account.
        account: AccountId,
    },
    /// An IAM user.
    User {
        /// The account that holds the user.
        account: AccountId,
        /// `/` or `/path/`.
        path: String,
        /// The friendly name.
        name: String,
        /// `AIDA…`.
        id: String,
    },
    /// A session of an assumed role.
    AssumedRole {
        /// The account that holds the role.
        account: AccountId,
        /// The role's path, `/` or `/path/`.
        path: String,
        /// The role's friendly name.
        role: String,
        /// `AROA…`.
        role_id: String,
        /// The session's name.
        session: String,
    },
    /// A session of `sts:GetFederationToken`.
    FederatedUser {
        /// The account of the user who asked for the token.
        account: AccountId,
        /// The name given in the request.
        name: String,
        /// The ARN of the user who asked; none where the root user did.
        #[serde(default)]
        user: Option<String>,
    },
    /// An AWS service acting as itself, such as `sagemaker.amazonaws.com`.
    Service {
        /// The service principal.
        name: String,
    },
    /// A request without credentials.
    Anonymous,
}

impl Principal {
    /// The account whose policies govern the principal; services and anonymous callers have none.
    pub fn account(&self) -> Option<AccountId> {
        match self {
            Principal::Root { account }
            | Principal::User { account, .. }
            | Principal::AssumedRole { account, .. }
            | Principal::FederatedUser { account, .. } => Some(*account),
            Principal::Service { .. } | Principal::Anonymous => None,
        }
    }

    /// The ARN that denials and `GetCallerIdentity` print: for a role the session's, under `sts`.
    pub fn arn(&self) -> String {
        match self {
            Principal::Root { account } => format!("arn:aws:iam::{account}:root"),
            Principal::User { account, path, name, .. } => format!("arn:aws:iam::{account}:user{path}{name}"),
            Principal::AssumedRole { account, role, session, .. } => {
                format!("arn:aws:sts::{account}:assumed-role/{role}/{session}")
            }
            Principal::FederatedUser { account, name, .. } => format!("arn:aws:sts::{account}:federated-user/{name}"),
            Principal::Service { name } => name.clone(),
            Principal::Anonymous => "*".to_owned(),
        }
    }

    /// `aws:PrincipalArn`: for a role session the role's ARN with its path, else the same as [`Principal::arn`].
    pub fn principal_arn(&self) -> String {
        match self {
            Principal::AssumedRole { account, path, role, .. } => role_arn(*account, path, role),
            _ => self.arn(),
        }
    }

    /// `aws:userid`: `AIDA…`, `AROA…:session`, the account of a root user, `account:name` of a federated user.
    pub fn user_id(&self) -> String {
        match self {
            Principal::Root { account } => account.to_string(),
            Principal::User { id, .. } => id.clone(),
            Principal::AssumedRole { role_id, session, .. } => format!("{role_id}:{session}"),
            Principal::FederatedUser { account, name, .. } => format!("{account}:{name}"),
            Principal::Service { name } => name.clone(),
            Principal::Anonymous => "anonymous".to_owned(),
        }
    }

    /// `aws:PrincipalType`, absent for services.
    pub fn principal_type(&self) -> Option<&'static str> {
        match self {
            Principal::Root { .. } => Some("Account"),
            Principal::User { .. } => Some("User"),
            Principal::AssumedRole { .. } => Some("AssumedRole"),
            Principal::FederatedUser { .. } => Some("FederatedUser"),
            Principal::Service { .. } => None,
            Principal::Anonymous => Some("Anonymous"),
        }
    }
}

/// A role's ARN from its parts; `path` begins and ends with `/`.
pub fn role_arn(account: AccountId, path: &str, name: &str) -> String {
    format!("arn:aws:iam::{account}:role{path}{name}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_session_has_two_arns() {
        let session = Principal::AssumedRole {
            account: AccountId::ZERO,
            path: "/service-role/".to_owned(),
            role: "Training".to_owned(),
            role_id: "AROAEXAMPLE".to_owned(),
            session: "SageMaker".to_owned(),
        };
        assert_eq!(session.arn(), "arn:aws:sts::000000000000:assumed-role/Training/SageMaker");
        assert_eq!(session.principal_arn(), "arn:aws:iam::000000000000:role/service-role/Training");
        assert_eq!(session.user_id(), "AROAEXAMPLE:SageMaker");
    }
}
