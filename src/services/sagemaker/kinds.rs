//! Every kind of resource, alphabetically.

mod training_job;

use super::kind::Kind;

/// Every kind that is built.
pub static KINDS: &[&Kind] = &[&training_job::KIND];

/// The kind of this resource type, such as `training-job`.
pub fn of_resource_type(resource_type: &str) -> Option<&'static Kind> {
    KINDS.iter().copied().find(|kind| kind.resource_type == resource_type)
}
