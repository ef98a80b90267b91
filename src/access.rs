//! Who may do what in this world: the condition keys of a request, the policies that bear on it, and what an execution
//! role must be able to do before a job is accepted.
//!
//! Puts questions to [`crate::policy::decide`] and never answers one itself. Knows the world's records, but no AWS
//! operation and no HTTP.

pub mod authorization_message;
mod environment;
mod judge;
mod need;
mod organization;
mod preflight;
mod question;
mod record;
pub mod registry;
mod role;
mod subject;

pub use environment::{Environment, VpcEndpoint};
pub use judge::Judge;
pub use need::{Need, RoleUse, Stage, What};
pub use preflight::{Handover, ImageUri, Refusal, Refused, S3Location, key_arn, preflight};
pub use question::{Answer, Clause, Question};
pub use record::Record;
pub use role::{assume_role, pass_role};
pub use subject::{Caller, Subject};
