//! Multi-factor authentication. No world holds a device, so every code that is presented is of no device of the caller.

use super::access_denied;
use crate::document::{self, Document};
use crate::fault::Fault;

/// Refuses a call that presents a device's serial number or code; one that presents neither passes.
pub(super) fn check(input: &Document) -> Result<(), Fault> {
    match (document::text(input, "SerialNumber"), document::text(input, "TokenCode")) {
        (None, None) => Ok(()),
        (Some(_), Some(_)) => Err(access_denied(
            "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is \
             valid and associated with this user.",
        )),
        (Some(_), None) | (None, Some(_)) => Err(access_denied(
            "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.",
        )),
    }
}
