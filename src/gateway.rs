//! The way of a request, from bytes to bytes.
//!
//! [`answer`] is the one place that knows the order of the steps: route, authenticate, decode, validate, authorize,
//! preflight, serve, encode, remember. Everything from here down is plain functions; only the socket waits.

mod authenticate;
mod authorize;
mod circumstances;
mod emulator;
pub mod route;

use std::net::SocketAddr;

use bytes::Bytes;
use http::request::Parts;
use http::{Request, Response};
use uuid::Uuid;

pub use emulator::Emulator;

use crate::access::{Caller, Environment, Judge, Record};
use crate::document::Document;
use crate::fault::Fault;
use crate::model::{self, Operation, Protocol};
use crate::principal::Principal;
use crate::services::{self, Call, Service};
use crate::settings::Enforcement;
use crate::state::State;
use crate::state::last_used::LastUsed;
use crate::state::store::{Batch, Ticket};
use crate::wire::{self, Payload};
use route::{Misroute, Route};

/// An answer and the write that it must not be sent before.
#[derive(Debug)]
pub struct Answer {
    /// What is sent.
    pub response: Response<Bytes>,
    /// The write that must be on disk first.
    pub ticket: Option<Ticket>,
}

/// Answers one request to an AWS service.
pub fn answer(emulator: &Emulator, request: Request<Bytes>, peer: SocketAddr) -> Answer {
    let (parts, body) = request.into_parts();
    let request_id = Uuid::new_v4().to_string();
    let route = match route::route(&parts, &body) {
        Ok(route) => route,
        Err(misroute) => return Answer { response: misrouted(&misroute, &request_id), ticket: None },
    };
    let protocol = route.service.protocol;
    let model = model::service(route.service.name);
    match exchange(emulator, &Received { parts: &parts, body: &body, peer, route: &route, request_id: &request_id }) {
        Ok((operation, document, ticket)) => match model {
            Some(model) => Answer { response: protocol.encode(model, operation, &document, &request_id), ticket },
            None => refused(protocol, None, &Fault::internal(), &request_id),
        },
        Err(fault) => refused(protocol, model, &fault, &request_id),
    }
}

/// A routed request on its way.
struct Received<'a> {
    parts: &'a Parts,
    body: &'a Bytes,
    peer: SocketAddr,
    route: &'a Route,
    request_id: &'a str,
}

type Served = (&'static Operation, Document, Option<Ticket>);

fn exchange(emulator: &Emulator, received: &Received<'_>) -> Result<Served, Fault> {
    let state = &emulator.state;
    let route = received.route;
    let modelled = operation(route)?;
    let caller = authenticate::authenticate(state, &emulator.keys, received.parts, received.body, route)?;
    let (model, operation) =
        modelled.ok_or_else(|| Fault::not_built(route.service.name, route.operation.as_deref().unwrap_or("*")))?;
    let service = services::service(model.name)
        .filter(|service| (service.serves)(operation.name))
        .ok_or_else(|| Fault::not_built(model.name, operation.name))?;
    let payload = Payload { query: received.parts.uri.query().unwrap_or_default(), body: received.body };
    let input = model.protocol.decode(model, operation, payload)?;
    if let Some(fault) = operation.input.and_then(|shape| model::refusal(model, &model::validate(model, shape, &input)))
    {
        return Err(fault);
    }
    let changes = (service.changes)(operation.name);
    let writer = changes.then(|| state.writer());
    let environment = circumstances::environment(state, received.parts, received.peer, route);
    settle(emulator, &environment, writer.is_some())?;
    note_use(state, &caller, service, &environment);
    let outcome = serve(emulator, service, operation, &input, &caller, &environment, received.request_id);
    drop(writer);
    outcome.map(|(document, ticket)| (operation, document, ticket))
}

/// Notes that an access key or a role was used; whether the call is allowed does not matter.
fn note_use(state: &State, caller: &Caller, service: &Service, environment: &Environment) {
    let used = |id: &str| {
        let used =
            LastUsed { date: environment.now, service: service.name.to_owned(), region: environment.region.clone() };
        state.last_uses().note(id, used);
    };
    match &caller.principal {
        Principal::User { .. } if caller.session.is_none() => used(&caller.access_key_id),
        Principal::AssumedRole { role_id, .. } => used(role_id),
        _ => {}
    }
}

/// The operation of a route, `None` where passrole has no model of the service; what AWS's model does not have is refused
/// before the signature is looked at.
fn operation(route: &Route) -> Result<Option<(&'static model::Service, &'static Operation)>, Fault> {
    let Some(model) = model::service(route.service.name) else { return Ok(None) };
    let operation = route.operation.as_deref().and_then(|name| model.operation(name));
    operation.map(|operation| Some((model, operation))).ok_or_else(|| route::unknown_operation(route))
}

/// Writes down what has come due by now, before the control API changes what it would be judged by. The caller holds the
/// writer's lock.
///
/// # Errors
/// The store failed.
pub fn settle_now(emulator: &Emulator) -> Result<(), Fault> {
    let now = emulator.state.clock().now();
    settle(emulator, &Environment::new(now, emulator.state.settings().region.as_str()), true)
}

/// Writes down what has come due in any service, under the writer's lock: what a request changes must not reach what
/// happened before it.
fn settle(emulator: &Emulator, environment: &Environment, locked: bool) -> Result<(), Fault> {
    for service in services::all() {
        for _ in 0..MOST_ROUNDS {
            if !(service.is_due)(&emulator.state, environment.now)? {
                break;
            }
            let _writer = (!locked).then(|| emulator.state.writer());
            let settled = (service.settle)(&emulator.state, environment)?;
            // Nothing is acknowledged: after a crash the same is found due again.
            let _later = emulator.state.apply(settled.batch)?;
            for record in settled.records {
                emulator.remember(&Uuid::new_v4().to_string(), record);
            }
        }
    }
    Ok(())
}

/// What one request settles at most in rounds, each of which sees what the ones before it have written.
const MOST_ROUNDS: usize = 1_000;

/// Authorizes, preflights and serves a call, and remembers what was decided whatever comes of it.
fn serve(
    emulator: &Emulator,
    service: &'static Service,
    operation: &'static Operation,
    input: &Document,
    caller: &Caller,
    environment: &Environment,
    request_id: &str,
) -> Result<(Document, Option<Ticket>), Fault> {
    let state: &State = &emulator.state;
    let world = state.world();
    let account = caller.principal.account().unwrap_or(state.settings().account);
    let call = Call { state, world: &world, operation, input, caller, account, environment, request_id };
    let mut judge = Judge::new(&world, state.settings(), environment);
    let permitted = match state.settings().enforcement {
        Enforcement::Off => (service.check)(&call),
        Enforcement::Enforce => authorize::permit(&mut judge, service, &call),
        Enforcement::Observe => authorize::observe(&mut judge, service, &call),
    };
    let reply = permitted.and_then(|()| (service.serve)(&call));
    let done = match reply {
        Ok(reply) => apply(state, reply.batch).map(|ticket| (reply.document, ticket.max(reply.applied))),
        Err(fault) => Err(fault),
    };
    let record = Record {
        time: environment.now,
        principal: caller.principal.arn(),
        service: service.name,
        operation: operation.name,
        enforcement: state.settings().enforcement,
        answers: std::mem::take(&mut judge.answers),
        notes: std::mem::take(&mut judge.notes),
        fault: done.as_ref().err().cloned(),
    };
    emulator.remember(request_id, record);
    done
}

fn apply(state: &State, batch: Batch) -> Result<Option<Ticket>, Fault> {
    if batch.is_empty() { Ok(None) } else { Ok(Some(state.apply(batch)?)) }
}

fn misrouted(misroute: &Misroute, request_id: &str) -> Response<Bytes> {
    match misroute {
        Misroute::Refused { service, protocol, fault } => {
            let model = service.and_then(|service| model::service(service.name));
            refused(*protocol, model, fault, request_id).response
        }
        Misroute::NoCall => wire::not_a_json_request(request_id),
        Misroute::Redirect(service) => wire::no_action(service, request_id),
    }
}

fn refused(protocol: Protocol, model: Option<&model::Service>, fault: &Fault, request_id: &str) -> Answer {
    Answer { response: protocol.encode_fault(model, fault, request_id), ticket: None }
}
