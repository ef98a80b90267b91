//! How much of each service is built: every operation of AWS's models, with its state.
//!
//! INVARIANT: an operation is whole or partial exactly where its service serves it, so that nothing is overstated.

use super::{iam, sagemaker, service, sts};
use crate::model;

/// An operation and how much of it is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Coverage {
    /// The service, such as `sagemaker`.
    pub service: &'static str,
    /// The operation, such as `CreateTrainingJob`.
    pub operation: &'static str,
    /// How much of it is built.
    pub state: Built,
}

/// How much of an operation is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Built {
    /// All of it that can be without a machine behind it.
    Whole,
    /// All but this.
    Partial(&'static str),
    /// Nothing: a call answers an error that names the operation.
    Not,
}

/// Every operation of every service that passrole carries a model of, by service and name.
pub fn coverage() -> Vec<Coverage> {
    let services = model::SERVICES.iter().filter_map(|name| model::service(name));
    let of_service = |model: &'static model::Service| {
        model.operations().map(move |operation| {
            let name = operation.name;
            Coverage { service: model.name, operation: name, state: state(model.name, name) }
        })
    };
    services.flat_map(of_service).collect()
}

fn state(service_name: &str, operation: &str) -> Built {
    if !service(service_name).is_some_and(|service| (service.serves)(operation)) {
        return Built::Not;
    }
    let missing = match service_name {
        "sagemaker" => sagemaker::partial::missing(operation),
        "iam" => iam::missing(operation),
        "sts" => sts::missing(operation),
        _ => None,
    };
    missing.map_or(Built::Whole, Built::Partial)
}
