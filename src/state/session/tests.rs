use super::*;
use crate::account::AccountId;

fn store() -> Arc<Store> {
    let store = Store::temporary().unwrap();
    let ticket = store.replace(Batch::new()).unwrap();
    store.wait(ticket).unwrap();
    Arc::new(store)
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn session(access_key_id: &str, expires: Timestamp) -> Session {
    let text = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}"#;
    let policy = |name: &str, arn: Option<&str>| {
        Arc::new(AttachedPolicy {
            policy: Policy::parse(text, PolicyType::Session).unwrap(),
            name: name.to_owned(),
            arn: arn.map(str::to_owned),
            attached_to: "arn:aws:sts::000000000000:assumed-role/r/s".to_owned(),
        })
    };
    Session {
        access_key_id: access_key_id.to_owned(),
        secret: Secret::new("secret"),
        token: Secret::new("token"),
        principal: Principal::AssumedRole {
            account: AccountId::ZERO,
            path: "/".to_owned(),
            role: "r".to_owned(),
            role_id: "AROA".to_owned(),
            session: "s".to_owned(),
        },
        issued: at(0),
        expires,
        policies: Some(vec![policy("inline", None), policy("P", Some("arn:aws:iam::000000000000:policy/P"))]),
        tags: vec![Tag::new("team", "vision")],
        transitive_tag_keys: vec!["team".to_owned()],
        mfa_authenticated: Some(at(-5)),
        source_identity: Some("alice".to_owned()),
        issuer: Some(Principal::Root { account: AccountId::ZERO }),
    }
}

fn keep(store: &Store, sessions: &Sessions, session: &Session) {
    let mut batch = Batch::new();
    sessions.put(&mut batch, session);
    let ticket = store.apply(batch).unwrap();
    store.wait(ticket).unwrap();
}

#[test]
fn a_session_comes_back_whole_from_the_store() {
    let store = store();
    let kept = session("ASIA1", at(3600));
    keep(&store, &Sessions::new(Arc::clone(&store)), &kept);
    let sessions = Sessions::new(store);
    let found = sessions.find("ASIA1").unwrap().unwrap();
    assert_eq!(store::to_bytes(&Record::of(&found)), store::to_bytes(&Record::of(&kept)));
    assert_eq!(found.policies.as_ref().unwrap()[1].name, "P");
    assert!(found.secret == Secret::new("secret") && found.token == Secret::new("token"));
    assert!(Arc::ptr_eq(&found, &sessions.find("ASIA1").unwrap().unwrap()), "the second look parses nothing");
    assert!(sessions.find("ASIA2").unwrap().is_none());
    assert!(sessions.find("").unwrap().is_none());
}

#[test]
fn a_session_without_policies_differs_from_one_with_none() {
    let store = store();
    let sessions = Sessions::new(Arc::clone(&store));
    for (id, policies) in [("ASIA1", None), ("ASIA2", Some(Vec::new()))] {
        keep(&store, &sessions, &Session { policies: policies.clone(), ..session(id, at(0)) });
        assert_eq!(sessions.find(id).unwrap().unwrap().policies.is_some(), policies.is_some());
    }
}

#[test]
fn the_cache_is_bounded() {
    let store = store();
    let sessions = Sessions::new(Arc::clone(&store));
    let mut batch = Batch::new();
    for number in 0..CACHED + 10 {
        sessions.put(&mut batch, &session(&format!("ASIA{number}"), at(0)));
    }
    let _ = store.apply(batch).unwrap();
    for number in 0..CACHED + 10 {
        assert!(sessions.find(&format!("ASIA{number}")).unwrap().is_some());
    }
    let cache = sessions.lock();
    assert_eq!((cache.by_id.len(), cache.oldest_first.len()), (CACHED, CACHED));
}

#[test]
fn sessions_are_purged_a_day_after_their_end() {
    let store = store();
    let sessions = Sessions::new(Arc::clone(&store));
    keep(&store, &sessions, &session("ASIAOLD", at(0)));
    keep(&store, &sessions, &session("ASIANEW", at(3600)));
    let day = 24 * 3600;
    for (now, old, new) in [(0, true, true), (day, true, true), (day + 1, false, true), (day + 3601, false, false)] {
        let mut batch = Batch::new();
        sessions.find("ASIAOLD").unwrap();
        sessions.purge(&mut batch, at(now)).unwrap();
        let _ = store.apply(batch).unwrap();
        assert_eq!(sessions.find("ASIAOLD").unwrap().is_some(), old, "{now}");
        assert_eq!(sessions.find("ASIANEW").unwrap().is_some(), new, "{now}");
    }
}

#[test]
fn purging_comes_to_every_session_in_time() {
    let store = store();
    let sessions = Sessions::new(Arc::clone(&store));
    let mut batch = Batch::new();
    for number in 0..LOOKED_AT * 2 {
        sessions.put(&mut batch, &session(&format!("ASIA{number:05}"), at(i64::MAX / 1_000_000_000)));
    }
    sessions.put(&mut batch, &session("ASIAZ", at(0)));
    let _ = store.apply(batch).unwrap();
    for _ in 0..3 {
        assert!(sessions.find("ASIAZ").unwrap().is_some());
        let mut batch = Batch::new();
        sessions.purge(&mut batch, at(24 * 3600 + 1)).unwrap();
        let _ = store.apply(batch).unwrap();
    }
    assert!(sessions.find("ASIAZ").unwrap().is_none());
}

#[test]
fn a_record_that_is_no_session_is_damage() {
    let store = store();
    let mut batch = Batch::new();
    batch.put("session/ASIA1", "{}");
    let _ = store.apply(batch).unwrap();
    assert!(matches!(Sessions::new(store).find("ASIA1"), Err(store::Error::Damaged { .. })));
}
