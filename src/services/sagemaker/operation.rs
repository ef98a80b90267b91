//! The table of contents: which operations are built, and what serves each.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::kind::{Kind, Verb};
use super::kinds::{self, KINDS};
use super::{engine, list, outcome, search, tags};
use crate::access::Question;
use crate::fault::Fault;
use crate::model;
use crate::services::{Call, Reply};

/// What serves an operation.
#[derive(Clone, Copy)]
pub enum Served {
    /// Makes a resource of a kind.
    Create(&'static Kind),
    /// Shows a resource.
    Describe(&'static Kind),
    /// Shows a page of resources.
    List(&'static Kind),
    /// Does something to a resource.
    Do(&'static Kind, Verb),
    /// Serves an operation that belongs to no verb of a kind.
    Named(&'static Named),
}

/// An operation that belongs to no verb of a kind.
pub struct Named {
    /// Its name in the API.
    pub operation: &'static str,
    /// Whether it may change something.
    pub changes: bool,
    /// The questions that IAM must answer first.
    pub questions: fn(call: &Call<'_>) -> Result<Vec<Question>, Fault>,
    /// Serves it.
    pub serve: fn(call: &Call<'_>) -> Result<Reply, Fault>,
}

impl Served {
    /// Whether the operation may change something.
    pub fn changes(self) -> bool {
        match self {
            Served::Create(_) | Served::Do(..) => true,
            Served::Describe(_) | Served::List(_) => false,
            Served::Named(named) => named.changes,
        }
    }
}

/// What serves the operation of this name; `None` where it is not built.
pub fn find(operation: &str) -> Option<Served> {
    TABLE.get(operation).copied()
}

/// Every operation that is built, in no order.
pub fn names() -> impl Iterator<Item = &'static str> {
    TABLE.keys().map(String::as_str)
}

/// Serves a call.
pub fn serve(call: &Call<'_>) -> Result<Reply, Fault> {
    outcome::throttle(call)?;
    match find(call.operation.name) {
        Some(Served::Create(kind)) => engine::create(call, kind),
        Some(Served::Describe(kind)) => engine::describe(call, kind),
        Some(Served::List(kind)) => list::list(call, kind),
        Some(Served::Do(kind, Verb::Update)) => engine::update(call, kind),
        Some(Served::Do(kind, Verb::Start)) => engine::start(call, kind),
        Some(Served::Do(kind, Verb::Stop)) => engine::stop(call, kind),
        Some(Served::Do(kind, Verb::Delete)) => engine::delete(call, kind),
        Some(Served::Named(named)) => (named.serve)(call),
        None => Err(Fault::not_built("sagemaker", call.operation.name)),
    }
}

static NAMED: &[&Named] = &[&search::SEARCH, &tags::ADD_TAGS, &tags::DELETE_TAGS, &tags::LIST_TAGS];

static TABLE: LazyLock<HashMap<String, Served>> = LazyLock::new(|| {
    let mut table = HashMap::new();
    for kind in KINDS.iter().copied() {
        table.insert(format!("Create{}", kind.noun), Served::Create(kind));
        table.insert(format!("Describe{}", kind.noun), Served::Describe(kind));
        table.insert(format!("List{}", kind.plural), Served::List(kind));
        for verb in kind.verbs {
            table.insert(format!("{verb:?}{}", kind.noun), Served::Do(kind, *verb));
        }
    }
    // Executions are started, not created: what AWS has no operation for is not served.
    table.retain(|name, _| model::service("sagemaker").is_some_and(|model| model.operation(name).is_some()));
    for named in NAMED.iter().chain(kinds::NAMED).copied() {
        table.insert(named.operation.to_owned(), Served::Named(named));
    }
    table
});
