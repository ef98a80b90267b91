//! Every kind of resource, alphabetically, and the operations of kinds that belong to no verb.

mod algorithm;
mod app;
mod code_repository;
mod compilation_job;
mod domain;
mod endpoint;
mod endpoint_config;
mod experiment;
mod feature_group;
mod hyper_parameter_tuning_job;
mod labeling_job;
mod model;
mod model_package;
mod model_package_group;
mod monitoring;
mod notebook_instance;
mod notebook_instance_lifecycle_config;
mod pipeline;
mod pipeline_execution;
mod processing_job;
mod space;
mod training_job;
mod transform_job;
mod trial;
mod trial_component;
mod user_profile;
mod workteam;

use super::kind::Kind;
use super::operation::Named;
use crate::access::RoleUse;
use crate::services::Call;

/// Every kind that is built.
pub static KINDS: &[&Kind] = &[
    &algorithm::KIND,
    &app::KIND,
    &code_repository::KIND,
    &compilation_job::KIND,
    &domain::KIND,
    &endpoint::KIND,
    &endpoint_config::KIND,
    &experiment::KIND,
    &feature_group::KIND,
    &hyper_parameter_tuning_job::KIND,
    &labeling_job::KIND,
    &model::KIND,
    &model_package::KIND,
    &model_package_group::KIND,
    &monitoring::DATA_QUALITY,
    &monitoring::MODEL_BIAS,
    &monitoring::MODEL_EXPLAINABILITY,
    &monitoring::MODEL_QUALITY,
    &monitoring::schedule::KIND,
    &notebook_instance::KIND,
    &notebook_instance_lifecycle_config::KIND,
    &pipeline::KIND,
    &pipeline_execution::KIND,
    &processing_job::KIND,
    &space::KIND,
    &training_job::KIND,
    &transform_job::KIND,
    &trial::KIND,
    &trial_component::KIND,
    &user_profile::KIND,
    &workteam::KIND,
];

/// Operations that belong to a kind and to none of its verbs.
pub static NAMED: &[&Named] = &[
    &domain::presigned_url::CREATE,
    &endpoint::weights::UPDATE,
    &feature_group::metadata::DESCRIBE,
    &feature_group::metadata::UPDATE,
    &hyper_parameter_tuning_job::LIST,
    &model_package::batch::DESCRIBE,
    &model_package_group::policy::DELETE,
    &model_package_group::policy::GET,
    &model_package_group::policy::PUT,
    &notebook_instance::presigned_url::CREATE,
    &pipeline::DESCRIBE,
    &pipeline::deletion::DELETE,
    &pipeline_execution::inquiry::DEFINITION,
    &pipeline_execution::inquiry::LIST,
    &pipeline_execution::inquiry::PARAMETERS,
    &pipeline_execution::inquiry::STEPS,
    &pipeline_execution::start::RETRY,
    &pipeline_execution::start::START,
    &trial_component::membership::ASSOCIATE,
    &trial_component::membership::DISASSOCIATE,
];

/// The role that the start of a pipeline execution hands over.
pub(super) fn execution_roles(call: &Call<'_>) -> Vec<RoleUse> {
    pipeline_execution::start::roles(call)
}

/// The kind of this resource type, such as `training-job`.
pub fn of_resource_type(resource_type: &str) -> Option<&'static Kind> {
    KINDS.iter().copied().find(|kind| kind.resource_type == resource_type)
}

#[cfg(test)]
mod tests;
