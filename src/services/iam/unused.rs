//! Credentials and identity providers that a world cannot hold: passwords, MFA devices, certificates, SSH keys, SAML and
//! OIDC providers.
//!
//! Asking for them is answered truly: there are none. Making them is not built.

use serde_json::json;

use super::faults::no_such_entity;
use super::find;
use super::operation::{Operation, Target};
use crate::document;
use crate::fault::Fault;
use crate::services::{Call, Reply};

pub(super) static OPERATIONS: &[Operation] = &[
    Operation::reads("GetLoginProfile", Target::User, login_profile),
    Operation::reads("GetAccountPasswordPolicy", Target::Nothing, password_policy),
    Operation::reads("ListMFADevices", Target::User, |call| none_of_user(call, "MFADevices")),
    Operation::reads("ListVirtualMFADevices", Target::Nothing, |_| none("VirtualMFADevices")),
    Operation::reads("ListSigningCertificates", Target::User, |call| none_of_user(call, "Certificates")),
    Operation::reads("ListSSHPublicKeys", Target::User, |call| none_of_user(call, "SSHPublicKeys")),
    Operation::reads("ListServiceSpecificCredentials", Target::User, |call| {
        none_of_user(call, "ServiceSpecificCredentials")
    }),
    Operation::reads("ListServerCertificates", Target::Nothing, |_| none("ServerCertificateMetadataList")),
    Operation::reads("ListSAMLProviders", Target::Nothing, |_| Ok(Reply::read(json!({ "SAMLProviderList": [] })))),
    Operation::reads("ListOpenIDConnectProviders", Target::Nothing, |_| {
        Ok(Reply::read(json!({ "OpenIDConnectProviderList": [] })))
    }),
];

fn login_profile(call: &Call<'_>) -> Result<Reply, Fault> {
    let user = find::user(call, find::user_name(call)?)?;
    Err(no_such_entity(format!("Login Profile for User {} cannot be found.", user.name)))
}

fn password_policy(call: &Call<'_>) -> Result<Reply, Fault> {
    Err(no_such_entity(format!("The Password Policy with domain name {} cannot be found.", call.account)))
}

fn none_of_user(call: &Call<'_>, member: &str) -> Result<Reply, Fault> {
    if document::get(call.input, "UserName").is_some() {
        find::user(call, find::text(call, "UserName"))?;
    }
    none(member)
}

fn none(member: &str) -> Result<Reply, Fault> {
    Ok(Reply::read(json!({ member: [], "IsTruncated": false })))
}
