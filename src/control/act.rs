//! Does what the control API is asked to do.

use http::StatusCode;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp};
use serde_json::{Value, json};

use super::call::{Call, Filter};
use super::{Refusal, json_response};
use crate::gateway::{self, Answer, Emulator};
use crate::services::sagemaker::outcome::Rules;
use crate::state::OpenError;
use crate::state::clock::AdvanceError;
use crate::state::store::{Batch, Ticket};
use crate::state::world::ReplaceError;

pub(super) fn act(emulator: &Emulator, call: Call) -> Result<Answer, Refusal> {
    match call {
        Call::Health => Ok(told(&json!({ "status": "ready", "version": env!("CARGO_PKG_VERSION") }), None)),
        Call::Reset => reset(emulator),
        Call::Clock => Ok(told(&clock(emulator, emulator.state.clock().now()), None)),
        Call::Advance(span) => advance(emulator, span),
        Call::Decisions(filter) => Ok(told(&json!({ "decisions": decisions(emulator, &filter) }), None)),
        Call::Decision(request_id) => trace(emulator, &request_id),
        Call::World => world(emulator),
        Call::ReplaceWorld(text) => replace_world(emulator, &text),
        Call::Outcomes => Ok(told(&json!(Rules::read(emulator.state.store()).map_err(|error| failed(&error))?), None)),
        Call::ReplaceOutcomes(text) => replace_outcomes(emulator, &Rules::parse(&text).map_err(Refusal::senseless)?),
        Call::ForgetOutcomes => replace_outcomes(emulator, &Rules::default()),
    }
}

fn told(body: &Value, ticket: Option<Ticket>) -> Answer {
    Answer { response: json_response(StatusCode::OK, body), ticket }
}

fn reset(emulator: &Emulator) -> Result<Answer, Refusal> {
    let ticket = emulator.state.reset().map_err(|error| match error {
        // The files were good at the start; whoever changed them since reads this.
        OpenError::Unreadable { .. } | OpenError::World(_) => Refusal::senseless(error.to_string()),
        error => failed(&error),
    })?;
    emulator.ledger.clear();
    Ok(told(&clock(emulator, emulator.state.clock().now()), Some(ticket)))
}

fn clock(emulator: &Emulator, now: Timestamp) -> Value {
    json!({
        "now": now.to_string(),
        "wall": emulator.state.clock().wall_now().to_string(),
        "pace": emulator.state.settings().pace.to_string(),
    })
}

fn advance(emulator: &Emulator, span: Span) -> Result<Answer, Refusal> {
    let _writer = emulator.state.writer();
    let duration = onward(emulator.state.clock().now(), span)?;
    match emulator.state.clock().advance(duration) {
        Ok((now, ticket)) => Ok(told(&clock(emulator, now), Some(ticket))),
        Err(AdvanceError::Store(error)) => Err(failed(&error)),
        Err(error) => Err(Refusal::senseless(error.to_string())),
    }
}

/// How far a span leads from an instant on the calendar of UTC, where years and months have a length.
fn onward(now: Timestamp, span: Span) -> Result<SignedDuration, Refusal> {
    let then = now.to_zoned(TimeZone::UTC).checked_add(span);
    then.map(|then| then.timestamp().duration_since(now))
        .map_err(|_| Refusal::senseless("the clock cannot go that far"))
}

fn decisions(emulator: &Emulator, filter: &Filter) -> Vec<Value> {
    let member = |entry: &Value, name: &str| entry.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    emulator
        .ledger
        .newest_first()
        .iter()
        .flat_map(|recorded| recorded.entry.decisions(&recorded.request_id))
        .filter(|entry| {
            filter.passes(&member(entry, "principal"), &member(entry, "action"), &member(entry, "decision"))
        })
        .take(filter.limit)
        .collect()
}

fn trace(emulator: &Emulator, request_id: &str) -> Result<Answer, Refusal> {
    let recorded = emulator.ledger.find(request_id).ok_or_else(|| {
        Refusal::unknown("no request of this id is remembered: only the newest are, and only those that were judged")
    })?;
    Ok(told(&recorded.entry.trace(request_id), None))
}

fn world(emulator: &Emulator) -> Result<Answer, Refusal> {
    let text = emulator.state.world().dump();
    let document: Value = serde_json::from_str(&text).map_err(|error| failed(&error))?;
    Ok(told(&document, None))
}

fn replace_world(emulator: &Emulator, text: &[u8]) -> Result<Answer, Refusal> {
    let text = std::str::from_utf8(text).map_err(|_| Refusal::senseless("the body is not UTF-8"))?;
    let _writer = emulator.state.writer();
    gateway::settle_now(emulator).map_err(|fault| failed(&fault))?;
    match emulator.state.worlds().replace(text, emulator.state.clock().now()) {
        Ok(ticket) => Ok(Answer { response: super::empty_response(), ticket: Some(ticket) }),
        Err(ReplaceError::World(error)) => Err(Refusal::senseless(error.to_string())),
        Err(ReplaceError::Store(error)) => Err(failed(&error)),
    }
}

fn replace_outcomes(emulator: &Emulator, rules: &Rules) -> Result<Answer, Refusal> {
    let _writer = emulator.state.writer();
    gateway::settle_now(emulator).map_err(|fault| failed(&fault))?;
    let mut batch = Batch::new();
    rules.write(&mut batch);
    let ticket = emulator.state.apply(batch).map_err(|error| failed(&error))?;
    Ok(told(&json!(rules), Some(ticket)))
}

fn failed(error: &dyn std::fmt::Display) -> Refusal {
    tracing::error!(%error, "the control API failed");
    Refusal::failed()
}
