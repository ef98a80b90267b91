use http::Request;

use super::*;

/// The call as its debug text, for spans compare only when told how.
fn call(method: &str, uri: &str, body: &str) -> Result<String, (u16, String)> {
    let request = Request::builder().method(method).uri(uri).body(Bytes::from(body.to_owned())).unwrap();
    read(&request).map(|call| format!("{call:?}")).map_err(|refusal| (refusal.status.as_u16(), refusal.sentence))
}

#[test]
fn every_call_is_known_by_method_and_path() {
    let all = Filter { limit: 100, principal: None, action: None, decision: None };
    for (method, uri, body, expected) in [
        ("GET", "/_passrole/health", "", Call::Health),
        ("POST", "/_passrole/reset", "", Call::Reset),
        ("GET", "/_passrole/clock", "", Call::Clock),
        ("POST", "/_passrole/clock", r#"{"advance":"PT10M"}"#, Call::Advance(Span::new().minutes(10))),
        ("POST", "/_passrole/clock", r#"{"advance":"P1DT1H"}"#, Call::Advance(Span::new().days(1).hours(1))),
        ("POST", "/_passrole/clock", r#"{"advance":"P1W"}"#, Call::Advance(Span::new().weeks(1))),
        ("POST", "/_passrole/clock", r#"{"advance":"P1Y2M"}"#, Call::Advance(Span::new().years(1).months(2))),
        ("POST", "/_passrole/clock", r#"{"advance":"PT0S"}"#, Call::Advance(Span::new())),
        ("GET", "/_passrole/decisions", "", Call::Decisions(all.clone())),
        ("GET", "/_passrole/decisions?limit=&principal=&action=&decision=", "", Call::Decisions(all)),
        (
            "GET",
            "/_passrole/decisions?limit=5&principal=arn%3Aaws%3Aiam%3A%3A1&action=iam:PassRole&decision=implicitDeny",
            "",
            Call::Decisions(Filter {
                limit: 5,
                principal: Some("arn:aws:iam::1".to_owned()),
                action: Some("iam:PassRole".to_owned()),
                decision: Some("implicitDeny".to_owned()),
            }),
        ),
        ("GET", "/_passrole/decisions/4f-2", "", Call::Decision("4f-2".to_owned())),
        ("GET", "/_passrole/world", "", Call::World),
        ("PUT", "/_passrole/world", "{}", Call::ReplaceWorld(Bytes::from_static(b"{}"))),
        ("GET", "/_passrole/outcomes", "", Call::Outcomes),
        ("PUT", "/_passrole/outcomes", "{}", Call::ReplaceOutcomes(Bytes::from_static(b"{}"))),
        ("DELETE", "/_passrole/outcomes", "", Call::ForgetOutcomes),
    ] {
        assert_eq!(call(method, uri, body), Ok(format!("{expected:?}")), "{method} {uri}");
    }
}

#[test]
fn what_makes_no_sense_is_told_so() {
    for (method, uri, body, status, sentence) in [
        ("GET", "/_passrole/", "", 404, "the control API has no"),
        ("GET", "/_passrole/helth", "", 404, "`/_passrole/helth`"),
        ("GET", "/_passrole/decisions/", "", 404, "the control API has no"),
        ("GET", "/_passrole/decisions/a/b", "", 404, "the control API has no"),
        ("POST", "/_passrole/health", "", 405, "is called with GET, not with `POST`"),
        ("GET", "/_passrole/reset", "", 405, "is called with POST"),
        ("DELETE", "/_passrole/clock", "", 405, "GET, POST"),
        ("POST", "/_passrole/world", "", 405, "GET, PUT"),
        ("POST", "/_passrole/outcomes", "", 405, "GET, PUT, DELETE"),
        ("DELETE", "/_passrole/decisions/x", "", 405, "GET"),
        ("POST", "/_passrole/clock", "", 400, "it is no JSON"),
        ("POST", "/_passrole/clock", "[]", 400, "it is no object"),
        ("POST", "/_passrole/clock", "{}", 400, "`advance` is missing"),
        ("POST", "/_passrole/clock", r#"{"advance":10}"#, 400, "`advance` is missing or no text"),
        ("POST", "/_passrole/clock", r#"{"advance":"PT1M","back":1}"#, 400, "unknown member `back`"),
        ("POST", "/_passrole/clock", r#"{"advance":"ten minutes"}"#, 400, "is not an ISO 8601 duration"),
        ("POST", "/_passrole/clock", r#"{"advance":"10m"}"#, 400, "is not an ISO 8601 duration"),
        ("POST", "/_passrole/clock", r#"{"advance":"-PT1M"}"#, 400, "goes back"),
        ("GET", "/_passrole/decisions?limit=0", "", 400, "`limit` is a number"),
        ("GET", "/_passrole/decisions?limit=x", "", 400, "`limit` is a number"),
        ("GET", "/_passrole/decisions?decision=denied", "", 400, "implicitDeny or explicitDeny, not `denied`"),
        ("GET", "/_passrole/decisions?role=x", "", 400, "not by `role`"),
    ] {
        let (given, said) = call(method, uri, body).unwrap_err();
        assert_eq!(given, status, "{method} {uri} {body}");
        assert!(said.contains(sentence), "{method} {uri} {body}: {said}");
    }
}

#[test]
fn a_filter_compares_actions_without_case() {
    let filter = Filter { limit: 1, principal: None, action: Some("iam:passrole".to_owned()), decision: None };
    assert!(filter.passes("p", "iam:PassRole", "allowed"));
    assert!(!filter.passes("p", "iam:PassRoles", "allowed"));
    let filter =
        Filter { limit: 1, principal: Some("p".to_owned()), action: None, decision: Some("allowed".to_owned()) };
    assert!(filter.passes("p", "x", "allowed"));
    assert!(!filter.passes("P", "x", "allowed"));
    assert!(!filter.passes("p", "x", "implicitDeny"));
}
