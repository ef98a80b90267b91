//! IAM's refusals. The texts that belong to one noun stand beside that noun; their codes stand here.
//!
//! The model gives each code its status. Facts B.2.

use crate::fault::Fault;
use crate::policy::Malformed;

/// 404: what a request names does not exist.
pub(super) fn no_such_entity(text: impl Into<String>) -> Fault {
    Fault::new("NoSuchEntity", text)
}

/// 409: a name is taken.
pub(super) fn already_exists(text: impl Into<String>) -> Fault {
    Fault::new("EntityAlreadyExists", text)
}

/// 409: something still hangs on what is to be deleted.
pub(super) fn delete_conflict(text: impl Into<String>) -> Fault {
    Fault::new("DeleteConflict", text)
}

/// 409: a quota is used up.
pub(super) fn limit_exceeded(text: impl Into<String>) -> Fault {
    Fault::new("LimitExceeded", text)
}

/// 400: a value that no constraint of the model forbids and IAM does.
pub(super) fn invalid_input(text: impl Into<String>) -> Fault {
    Fault::new("InvalidInput", text)
}

/// 400: a value that IAM cannot read.
pub(super) fn validation_error(text: impl Into<String>) -> Fault {
    Fault::new("ValidationError", text)
}

/// 400: a policy document that IAM would not store.
pub(super) fn malformed_document(malformed: &Malformed) -> Fault {
    Fault::new("MalformedPolicyDocument", malformed.message.clone())
}

/// 400: only AWS changes a service-linked role.
pub(super) fn protected_role(name: &str) -> Fault {
    Fault::new(
        "UnmodifiableEntity",
        format!("Cannot perform the operation on the protected role '{name}' - this role is only modifiable by AWS"),
    )
}
