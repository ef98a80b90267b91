//! The control API over an emulator in this process.

use bytes::Bytes;
use http::Request;
use serde_json::{Value, json};

use super::*;
use crate::settings::{Pace, Settings, StoreLocation};
use crate::state::State;

fn emulator() -> Emulator {
    let settings = Settings { store: StoreLocation::Ephemeral, pace: Pace::Manual, ..Settings::default() };
    let listen = settings.listen;
    Emulator::new(State::open(settings).unwrap(), listen)
}

fn call(emulator: &Emulator, method: &str, path: &str, body: &str) -> (u16, Value, bool) {
    let request = Request::builder()
        .method(method)
        .uri(format!("/_passrole/{path}"))
        .header("host", "localhost")
        .body(Bytes::from(body.to_owned()))
        .unwrap();
    let answer = answer(emulator, &request);
    let document = serde_json::from_slice(answer.response.body()).unwrap_or(Value::Null);
    (answer.response.status().as_u16(), document, answer.ticket.is_some())
}

#[test]
fn health_tells_the_version() {
    let (status, document, _) = call(&emulator(), "GET", "health", "");
    assert_eq!((status, &document["status"]), (200, &json!("ready")));
    assert_eq!(document["version"], env!("CARGO_PKG_VERSION"));
}

#[test]
fn the_guard_stands_before_every_call() {
    let emulator = emulator();
    for (method, path) in [("GET", "health"), ("POST", "reset"), ("PUT", "world"), ("GET", "nothing")] {
        let request = Request::builder()
            .method(method)
            .uri(format!("/_passrole/{path}"))
            .header("host", "evil.example")
            .body(Bytes::new())
            .unwrap();
        assert_eq!(answer(&emulator, &request).response.status(), 403, "{method} {path}");
    }
}

#[test]
fn the_clock_moves_onward_by_the_calendar() {
    let emulator = emulator();
    let now = |document: &Value| document["now"].as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
    let (status, before, written) = call(&emulator, "GET", "clock", "");
    assert_eq!((status, written), (200, false));
    let (status, after, written) = call(&emulator, "POST", "clock", r#"{"advance":"P1DT10M"}"#);
    assert_eq!((status, written), (200, true));
    assert_eq!(now(&after).duration_since(now(&before)), jiff::SignedDuration::from_mins(24 * 60 + 10));
    let (_, later, _) = call(&emulator, "POST", "clock", r#"{"advance":"P200Y"}"#);
    assert!(now(&later) > now(&after));
    for senseless in [r#"{"advance":"-PT1S"}"#, r#"{"advance":"P9000Y"}"#, r#"{"advance":"P99999Y"}"#, "{}", ""] {
        let (status, document, _) = call(&emulator, "POST", "clock", senseless);
        assert_eq!(status, 400, "{senseless}");
        assert!(!document["message"].as_str().unwrap().is_empty());
    }
    assert_eq!(call(&emulator, "GET", "clock", "").1["now"], later["now"]);
}

#[test]
fn a_world_is_replaced_whole_or_not_at_all() {
    let emulator = emulator();
    let world =
        json!({ "accounts": [{ "accountId": "000000000000", "s3": { "buckets": [{ "Name": "inputbucket" }] } }] });
    assert_eq!(call(&emulator, "PUT", "world", &world.to_string()), (204, Value::Null, true));
    let (status, told, _) = call(&emulator, "GET", "world", "");
    assert_eq!((status, &told["accounts"][0]["s3"]["buckets"][0]["Name"]), (200, &json!("inputbucket")));
    for (senseless, path) in [
        (r#"{"acounts":[]}"#, "acounts"),
        (r#"{"accounts":[{"accountId":"1"}]}"#, "accounts[0].accountId"),
        ("{", ""),
        ("", ""),
    ] {
        let (status, document, _) = call(&emulator, "PUT", "world", senseless);
        assert_eq!(status, 400, "{senseless}");
        let message = document["message"].as_str().unwrap();
        assert!(message.contains(path), "{senseless}: {message}");
    }
    assert_eq!(call(&emulator, "GET", "world", "").1, told);
    assert_eq!(call(&emulator, "POST", "reset", "").0, 200);
    assert_ne!(call(&emulator, "GET", "world", "").1, told);
}

#[test]
fn no_decisions_yet() {
    let emulator = emulator();
    assert_eq!(call(&emulator, "GET", "decisions", "").1, json!({ "decisions": [] }));
    let (status, document, _) = call(&emulator, "GET", "decisions/4f2c", "");
    assert_eq!(status, 404);
    assert!(document["message"].as_str().unwrap().contains("no request of this id"));
}
