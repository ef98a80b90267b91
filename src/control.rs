//! The control API: everything under `/_passrole/`. JSON, without signatures, and therefore only for who is on this
//! machine: [`guard`] keeps pages of other origins out.
//!
//! Knows no AWS protocol and is no service of AWS. INVARIANT: nothing is done for a request that the guard refuses.

mod act;
pub mod call;
pub mod guard;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Request, Response, StatusCode};
use serde_json::{Value, json};

use crate::gateway::{Answer, Emulator};

/// Before every path of the control API.
pub const PREFIX: &str = "/_passrole/";

/// Answers one request to the control API.
pub fn answer(emulator: &Emulator, request: &Request<Bytes>) -> Answer {
    let done = guard::check(request, emulator.listen)
        .and_then(|()| call::read(request))
        .and_then(|call| act::act(emulator, call));
    done.unwrap_or_else(|refusal| Answer { response: refusal.response(), ticket: None })
}

/// A refusal of the control API: a status and a sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{sentence}")]
pub struct Refusal {
    /// 400, 403, 404, 405 or 500.
    pub status: StatusCode,
    /// What is wrong, for people.
    pub sentence: String,
    /// The methods that the path has, where the method was wrong.
    pub allow: Option<&'static str>,
}

impl Refusal {
    /// A body or filter that makes no sense.
    pub fn senseless(sentence: impl Into<String>) -> Refusal {
        Refusal { status: StatusCode::BAD_REQUEST, sentence: sentence.into(), allow: None }
    }

    /// Something that is not there.
    pub fn unknown(sentence: impl Into<String>) -> Refusal {
        Refusal { status: StatusCode::NOT_FOUND, sentence: sentence.into(), allow: None }
    }

    /// passrole itself failed; the log says how.
    pub fn failed() -> Refusal {
        let sentence = "passrole failed to do this; its log says why".to_owned();
        Refusal { status: StatusCode::INTERNAL_SERVER_ERROR, sentence, allow: None }
    }

    /// The refusal as an answer: `{"message": …}`.
    fn response(&self) -> Response<Bytes> {
        let mut response = json_response(self.status, &json!({ "message": self.sentence }));
        if let Some(allow) = self.allow {
            response.headers_mut().insert(http::header::ALLOW, HeaderValue::from_static(allow));
        }
        response
    }
}

/// An answer with a JSON body, never cached.
fn json_response(status: StatusCode, body: &Value) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(body.to_string()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(http::header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(http::header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

/// Done, and nothing to tell.
fn empty_response() -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}

#[cfg(test)]
mod tests;
