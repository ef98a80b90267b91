//! Every kind of resource, alphabetically, and the operations of kinds that belong to no verb.

mod endpoint;
mod endpoint_config;
mod hyper_parameter_tuning_job;
mod model;
mod training_job;
mod transform_job;

use super::kind::Kind;
use super::operation::Named;

/// Every kind that is built.
pub static KINDS: &[&Kind] = &[
    &endpoint::KIND,
    &endpoint_config::KIND,
    &hyper_parameter_tuning_job::KIND,
    &model::KIND,
    &training_job::KIND,
    &transform_job::KIND,
];

/// Operations that belong to a kind and to none of its verbs.
pub static NAMED: &[&Named] = &[&endpoint::weights::UPDATE, &hyper_parameter_tuning_job::LIST];

/// The kind of this resource type, such as `training-job`.
pub fn of_resource_type(resource_type: &str) -> Option<&'static Kind> {
    KINDS.iter().copied().find(|kind| kind.resource_type == resource_type)
}

#[cfg(test)]
mod tests;
