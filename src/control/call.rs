//! The calls of the control API, told apart and their inputs read; nothing is done here.

use bytes::Bytes;
use http::{Method, Request, StatusCode};
use jiff::Span;
use serde_json::Value;

use super::{PREFIX, Refusal};

/// How many decisions a listing holds where the caller does not say.
const DEFAULT_LIMIT: usize = 100;
/// The most decisions that a listing holds.
const MOST_DECISIONS: usize = 10_000;
/// What a request to the control API asks for.
#[derive(Debug, Clone)]
pub enum Call {
    /// Is it ready?
    Health,
    /// Back to the state right after start.
    Reset,
    /// What time is it, virtually?
    Clock,
    /// Move the virtual clock onward; years and months count from what it shows.
    Advance(Span),
    /// The newest decisions.
    Decisions(Filter),
    /// The trace of one request.
    Decision(String),
    /// The whole state as a world file.
    World,
    /// Replace the whole state by a world file.
    ReplaceWorld(Bytes),
    /// What is laid down to become of resources.
    Outcomes,
    /// Lay down something else.
    ReplaceOutcomes(Bytes),
    /// Lay down nothing any more.
    ForgetOutcomes,
}

/// Which decisions a listing holds. An absent member lets everything pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    /// How many at most.
    pub limit: usize,
    /// The principal's ARN, exactly.
    pub principal: Option<String>,
    /// The action, without regard to case, as IAM compares actions.
    pub action: Option<String>,
    /// `allowed`, `implicitDeny` or `explicitDeny`.
    pub decision: Option<String>,
}

impl Filter {
    /// Whether an entry with these members belongs into the listing.
    pub fn passes(&self, principal: &str, action: &str, decision: &str) -> bool {
        self.principal.as_deref().is_none_or(|wanted| wanted == principal)
            && self.action.as_deref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(action))
            && self.decision.as_deref().is_none_or(|wanted| wanted == decision)
    }
}

/// Reads the call that a request makes.
///
/// # Errors
/// 404 for a path that is none, 405 for a method that the path does not have, 400 for a body or filter that makes no
/// sense.
pub fn read(request: &Request<Bytes>) -> Result<Call, Refusal> {
    let path = request.uri().path().strip_prefix(PREFIX).unwrap_or_default();
    let (get, post, put) =
        (*request.method() == Method::GET, *request.method() == Method::POST, *request.method() == Method::PUT);
    match path {
        "health" if get => Ok(Call::Health),
        "health" => Err(wrong_method(request, "GET")),
        "reset" if post => Ok(Call::Reset),
        "reset" => Err(wrong_method(request, "POST")),
        "clock" if get => Ok(Call::Clock),
        "clock" if post => advance(request.body()).map(Call::Advance),
        "clock" => Err(wrong_method(request, "GET, POST")),
        "decisions" if get => filter(request.uri().query().unwrap_or_default()).map(Call::Decisions),
        "decisions" => Err(wrong_method(request, "GET")),
        "world" if get => Ok(Call::World),
        "world" if put => Ok(Call::ReplaceWorld(request.body().clone())),
        "world" => Err(wrong_method(request, "GET, PUT")),
        "outcomes" if get => Ok(Call::Outcomes),
        "outcomes" if put => Ok(Call::ReplaceOutcomes(request.body().clone())),
        "outcomes" if *request.method() == Method::DELETE => Ok(Call::ForgetOutcomes),
        "outcomes" => Err(wrong_method(request, "GET, PUT, DELETE")),
        other => match other.strip_prefix("decisions/") {
            Some(id) if !id.is_empty() && !id.contains('/') => {
                if get {
                    Ok(Call::Decision(id.to_owned()))
                } else {
                    Err(wrong_method(request, "GET"))
                }
            }
            Some(_) | None => Err(Refusal::unknown(format!(
                "the control API has no `{}`; it has health, reset, clock, decisions, decisions/{{request-id}}, \
                 outcomes and world under `{PREFIX}`",
                shortened(request.uri().path())
            ))),
        },
    }
}

fn wrong_method(request: &Request<Bytes>, allow: &'static str) -> Refusal {
    Refusal {
        status: StatusCode::METHOD_NOT_ALLOWED,
        sentence: format!(
            "`{}` is called with {allow}, not with `{}`",
            request.uri().path(),
            shortened(request.method().as_str())
        ),
        allow: Some(allow),
    }
}

fn advance(body: &[u8]) -> Result<Span, Refusal> {
    const FORM: &str = "the body must be like {\"advance\":\"PT10M\"}";
    let document: Value =
        serde_json::from_slice(body).map_err(|error| Refusal::senseless(format!("{FORM}; it is no JSON: {error}")))?;
    let Some(members) = document.as_object() else {
        return Err(Refusal::senseless(format!("{FORM}; it is no object")));
    };
    if let Some(unknown) = members.keys().find(|name| *name != "advance") {
        return Err(Refusal::senseless(format!("{FORM}; it has an unknown member `{}`", shortened(unknown))));
    }
    let Some(text) = members.get("advance").and_then(Value::as_str) else {
        return Err(Refusal::senseless(format!("{FORM}; `advance` is missing or no text")));
    };
    duration(text)
}

/// An ISO 8601 duration that does not go back.
fn duration(text: &str) -> Result<Span, Refusal> {
    let wrong = |why: &str| Refusal::senseless(format!("`advance`: `{}` {why}", shortened(text)));
    let unread = || wrong("is not an ISO 8601 duration such as PT10M or P1DT12H");
    // What people write for each other, `10m`, would be read as well.
    if !text.trim_start_matches(['+', '-']).starts_with(['P', 'p']) {
        return Err(unread());
    }
    let span: Span = text.parse().map_err(|_| unread())?;
    if span.is_negative() {
        return Err(wrong("goes back; the clock only moves onward"));
    }
    Ok(span)
}

fn filter(query: &str) -> Result<Filter, Refusal> {
    let mut filter = Filter { limit: DEFAULT_LIMIT, principal: None, action: None, decision: None };
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        if value.is_empty() {
            continue;
        }
        match name.as_ref() {
            "limit" => {
                filter.limit =
                    value.parse().ok().filter(|limit| (1..=MOST_DECISIONS).contains(limit)).ok_or_else(|| {
                        Refusal::senseless(format!(
                            "`limit` is a number from 1 to {MOST_DECISIONS}, not `{}`",
                            shortened(&value)
                        ))
                    })?;
            }
            "principal" => filter.principal = Some(value.into_owned()),
            "action" => filter.action = Some(value.into_owned()),
            "decision" if ["allowed", "implicitDeny", "explicitDeny"].contains(&value.as_ref()) => {
                filter.decision = Some(value.into_owned());
            }
            "decision" => {
                return Err(Refusal::senseless(format!(
                    "`decision` is allowed, implicitDeny or explicitDeny, not `{}`",
                    shortened(&value)
                )));
            }
            other => {
                return Err(Refusal::senseless(format!(
                    "decisions are filtered by limit, principal, action and decision, not by `{}`",
                    shortened(other)
                )));
            }
        }
    }
    Ok(filter)
}

/// What a caller sent, short enough to be sent back.
fn shortened(text: &str) -> String {
    text.chars().take(128).collect()
}

#[cfg(test)]
mod tests;
