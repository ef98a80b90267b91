//! Every kind of resource, alphabetically, and the operations of kinds that belong to no verb.

mod code_repository;
mod endpoint;
mod endpoint_config;
mod hyper_parameter_tuning_job;
mod model;
mod notebook_instance;
mod notebook_instance_lifecycle_config;
mod processing_job;
mod training_job;
mod transform_job;

use super::kind::Kind;
use super::operation::Named;

/// Every kind that is built.
pub static KINDS: &[&Kind] = &[
    &code_repository::KIND,
    &endpoint::KIND,
    &endpoint_config::KIND,
    &hyper_parameter_tuning_job::KIND,
    &model::KIND,
    &notebook_instance::KIND,
    &notebook_instance_lifecycle_config::KIND,
    &processing_job::KIND,
    &training_job::KIND,
    &transform_job::KIND,
];

/// Operations that belong to a kind and to none of its verbs.
pub static NAMED: &[&Named] =
    &[&endpoint::weights::UPDATE, &hyper_parameter_tuning_job::LIST, &notebook_instance::presigned_url::CREATE];

/// The kind of this resource type, such as `training-job`.
pub fn of_resource_type(resource_type: &str) -> Option<&'static Kind> {
    KINDS.iter().copied().find(|kind| kind.resource_type == resource_type)
}

#[cfg(test)]
mod tests;
