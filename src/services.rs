//! The AWS services, a room each under its own name.
//!
//! A service says which questions IAM must answer before an operation is served, which roles the operation hands out,
//! and then serves it. It knows nothing of HTTP and nothing of the other services.

pub mod coverage;
pub mod iam;
pub mod permit;
pub mod sagemaker;
pub mod sts;

use std::sync::Arc;

use jiff::Timestamp;

use crate::access::{Answer, Caller, Environment, Question, Record, RoleUse};
use crate::account::AccountId;
use crate::document::Document;
use crate::fault::Fault;
use crate::model;
use crate::state::State;
use crate::state::store::{Batch, Ticket};
use crate::state::world::World;

/// One call of an operation, authenticated and validated.
pub struct Call<'a> {
    /// Everything that outlives the request.
    pub state: &'a State,
    /// The world that the request is judged in.
    pub world: &'a Arc<World>,
    /// The operation, from the service's API model.
    pub operation: &'static model::Operation,
    /// The input, checked against the operation's input shape.
    pub input: &'a Document,
    /// Who calls.
    pub caller: &'a Caller,
    /// The account that the call is made in.
    pub account: AccountId,
    /// The circumstances of the call; its `region` is the region that the call is made to.
    pub environment: &'a Environment,
    /// The id under which the call's decisions are remembered.
    pub request_id: &'a str,
}

impl Call<'_> {
    /// The virtual time of the call.
    pub fn now(&self) -> Timestamp {
        self.environment.now
    }

    /// The region that the call is made to.
    pub fn region(&self) -> &str {
        &self.environment.region
    }
}

/// What an operation answers and what it changes.
#[derive(Debug, Default)]
pub struct Reply {
    /// The output, projected onto the output shape before it is sent.
    pub document: Document,
    /// The change, applied as one before the answer is sent; empty for operations that only read.
    pub batch: Batch,
    /// A change that the operation has applied itself, as changes of the world are; the answer waits for it.
    pub applied: Option<Ticket>,
}

impl Reply {
    /// An answer that changes nothing.
    pub fn read(document: Document) -> Reply {
        Reply { document, ..Reply::default() }
    }

    /// An answer together with a change.
    pub fn written(document: Document, batch: Batch) -> Reply {
        Reply { document, batch, applied: None }
    }

    /// An answer together with a change of the world, which is applied already.
    pub fn applied(document: Document, ticket: Ticket) -> Reply {
        Reply { document, applied: Some(ticket), ..Reply::default() }
    }
}

/// What had come due.
#[derive(Debug, Default)]
pub struct Settled {
    /// The change, applied as one.
    pub batch: Batch,
    /// What was decided on the way.
    pub records: Vec<Record>,
}

/// What the gateway must know of a service.
pub struct Service {
    /// The name that credential scopes carry, such as `sagemaker`.
    pub name: &'static str,
    /// Whether the service serves this operation of its model.
    pub serves: fn(operation: &str) -> bool,
    /// Whether the operation may change something: such operations run one at a time.
    pub changes: fn(operation: &str) -> bool,
    /// The principal of the service in trust policies.
    pub principal: &'static str,
    /// Whether something has come due by now that must be written down before anything is looked at.
    pub is_due: fn(state: &State, now: Timestamp) -> Result<bool, Fault>,
    /// Writes down what has come due.
    pub settle: fn(state: &State, environment: &Environment) -> Result<Settled, Fault>,
    /// The questions that IAM must answer, in the order in which a refusal is reported.
    pub questions: fn(call: &Call<'_>) -> Result<Vec<Question>, Fault>,
    /// What the service refuses of a call by itself, after its questions and before its roles.
    pub check: fn(call: &Call<'_>) -> Result<(), Fault>,
    /// The roles that the operation hands to the service, with what they must be able to do.
    pub roles: fn(call: &Call<'_>) -> Result<Vec<RoleUse>, Fault>,
    /// The fault for a question that was not allowed.
    pub denied: fn(answer: &Answer) -> Fault,
    /// Serves the operation.
    pub serve: fn(call: &Call<'_>) -> Result<Reply, Fault>,
}

/// Every service that is built.
pub fn all() -> impl Iterator<Item = &'static Service> {
    SERVICES.iter().copied()
}

/// The service of this name, where passrole builds it.
pub fn service(name: &str) -> Option<&'static Service> {
    all().find(|service| service.name == name)
}

static SERVICES: &[&Service] = &[&iam::SERVICE, &sagemaker::SERVICE, &sts::SERVICE];
