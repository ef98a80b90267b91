use std::net::{IpAddr, Ipv4Addr};

use super::*;
use crate::access::Question;
use crate::policy::{AttachedPolicy, decide};
use crate::policy::{Context, Policies, Policy, PolicyType, Request};
use crate::settings::{Settings, StoreLocation};

fn state(store: StoreLocation) -> State {
    State::open(Settings { store, ..Settings::default() }).unwrap()
}

/// A refusal with so many condition keys.
fn refusal(keys: usize) -> Answer {
    let text = r#"{"Version":"2012-10-17","Statement":[{"Sid":"No","Effect":"Deny","Action":"ec2:Run*","Resource":"*",
        "Condition":{"StringEquals":{"aws:RequestedRegion":"us-east-1"}}}]}"#;
    let policy = Policy::parse(text, PolicyType::Identity).unwrap();
    let arn = "arn:aws:iam::000000000000:user/ann".to_owned();
    let attached = [std::sync::Arc::new(AttachedPolicy { policy, name: "p".to_owned(), arn: None, attached_to: arn })];
    let principal = Principal::User {
        account: AccountId::ZERO,
        path: "/".to_owned(),
        name: "ann".to_owned(),
        id: "AIDAANN".to_owned(),
    };
    let mut context = Context::new();
    context.set("aws:RequestedRegion", "us-east-1");
    context.set("aws:SourceIp", IpAddr::from(Ipv4Addr::LOCALHOST).to_string());
    for index in 0..keys {
        context.set(format!("aws:RequestTag/{index}"), "v".repeat(200));
    }
    let question = Question::new("ec2:RunInstances", "arn:aws:ec2:us-east-1:000000000000:instance/*");
    let request = Request {
        principal: &principal,
        action: &question.action,
        resource: &question.resource,
        resource_account: None,
        context: &context,
    };
    let decision = decide(&request, &Policies { identity: &attached, ..Policies::default() });
    Answer { principal: principal.arn(), question, context, decision, warning: false }
}

#[test]
fn a_message_says_why() {
    let state = state(StoreLocation::Ephemeral);
    let message = encode(&state, AccountId::ZERO, &refusal(0)).unwrap();
    let text = decode(&state, AccountId::ZERO, &message).unwrap().unwrap();
    let told: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(told["explicitDeny"], true);
    assert_eq!(told["context"]["principal"]["id"], "AIDAANN");
    assert_eq!(told["context"]["action"], "ec2:RunInstances");
    assert_eq!(told["matchedStatements"]["items"][0]["statementId"], "No");
    assert_eq!(told["matchedStatements"]["items"][0]["actions"]["items"][0]["value"], "ec2:Run*");
    assert_eq!(told["context"]["conditions"]["items"][0]["values"]["items"][0]["value"], "us-east-1");
}

#[test]
fn only_messages_of_this_store_and_account_are_read() {
    let (state, other) = (state(StoreLocation::Ephemeral), state(StoreLocation::Ephemeral));
    let message = encode(&state, AccountId::ZERO, &refusal(0)).unwrap();
    let changed = format!("{}A", &message[..message.len() - 1]);
    for (state, account, text) in [
        (&other, "000000000000", message.as_str()),
        (&state, "111122223333", &message),
        (&state, "000000000000", &message[1..]),
        (&state, "000000000000", &changed[..changed.len() - 4]),
        (&state, "000000000000", "not a message"),
        (&state, "000000000000", ""),
    ] {
        assert_eq!(decode(state, account.parse().unwrap(), text).unwrap(), None, "{text}");
    }
}

#[test]
fn a_long_message_is_shortened_to_what_can_be_decoded() {
    let state = state(StoreLocation::Ephemeral);
    let message = encode(&state, AccountId::ZERO, &refusal(100)).unwrap();
    assert!(message.len() <= LONGEST, "{}", message.len());
    let text = decode(&state, AccountId::ZERO, &message).unwrap().unwrap();
    let told: Value = serde_json::from_str(&text).unwrap();
    let kept = told["context"]["conditions"]["items"].as_array().unwrap().len();
    assert!((10..100).contains(&kept), "{kept}");
}

#[test]
fn a_message_outlives_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let store = || StoreLocation::Directory(directory.path().join("store"));
    let first = state(store());
    let message = encode(&first, AccountId::ZERO, &refusal(0)).unwrap();
    first.close().unwrap();
    drop(first);
    assert!(decode(&state(store()), AccountId::ZERO, &message).unwrap().is_some());
}
