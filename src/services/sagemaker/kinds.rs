//! Every kind of resource, alphabetically, and the operations of kinds that belong to no verb.

mod algorithm;
mod code_repository;
mod compilation_job;
mod endpoint;
mod endpoint_config;
mod experiment;
mod model;
mod model_package;
mod model_package_group;
mod notebook_instance;
mod notebook_instance_lifecycle_config;
mod processing_job;
mod training_job;
mod transform_job;
mod trial;
mod trial_component;

use super::kind::Kind;
use super::operation::Named;

/// Every kind that is built.
pub static KINDS: &[&Kind] = &[
    &algorithm::KIND,
    &code_repository::KIND,
    &compilation_job::KIND,
    &endpoint::KIND,
    &endpoint_config::KIND,
    &experiment::KIND,
    &model::KIND,
    &model_package::KIND,
    &model_package_group::KIND,
    &notebook_instance::KIND,
    &notebook_instance_lifecycle_config::KIND,
    &processing_job::KIND,
    &training_job::KIND,
    &transform_job::KIND,
    &trial::KIND,
    &trial_component::KIND,
];

/// Operations that belong to a kind and to none of its verbs.
pub static NAMED: &[&Named] = &[
    &endpoint::weights::UPDATE,
    &model_package::batch::DESCRIBE,
    &model_package_group::policy::DELETE,
    &model_package_group::policy::GET,
    &model_package_group::policy::PUT,
    &notebook_instance::presigned_url::CREATE,
    &trial_component::membership::ASSOCIATE,
    &trial_component::membership::DISASSOCIATE,
];

/// The kind of this resource type, such as `training-job`.
pub fn of_resource_type(resource_type: &str) -> Option<&'static Kind> {
    KINDS.iter().copied().find(|kind| kind.resource_type == resource_type)
}

#[cfg(test)]
mod tests;
