use std::path::Path;

use jiff::SignedDuration;

use super::*;
use crate::account::AccountId;
use crate::settings::Pace;
use crate::state::world::User;

const WORLD: &str = r#"{"accounts": [{"accountId": "000000000000", "iam": {"UserDetailList": [{"UserName": "alice"}]},
    "accessKeys": [{"UserName": "alice", "AccessKeyId": "AKIAALICE", "SecretAccessKey": "s"}]}]}"#;

fn settings(directory: &Path, worlds: &[&str]) -> Settings {
    let mut settings = Settings { store: StoreLocation::Directory(directory.join("store")), ..Settings::default() };
    for (index, text) in worlds.iter().enumerate() {
        let file = directory.join(format!("world-{index}.json"));
        std::fs::write(&file, text).unwrap();
        settings.worlds.push(file);
    }
    settings
}

fn add_user(state: &State, name: &str) {
    let _writer = state.writer();
    let id = world::id::unique(world::id::USER);
    let user = User::new(AccountId::ZERO, "/", name, id, state.clock().now());
    let (answer, ticket) = state
        .change(|edit| {
            edit.put_user(user);
            Ok(7)
        })
        .unwrap();
    assert_eq!(answer, 7);
    state.store().wait(ticket).unwrap();
}

fn users(state: &State) -> Vec<String> {
    state.world().account(AccountId::ZERO).unwrap().users.keys().cloned().collect()
}

#[test]
fn world_files_are_loaded_once() {
    let directory = tempfile::tempdir().unwrap();
    let settings = settings(directory.path(), &[WORLD]);
    let state = State::open(settings.clone()).unwrap();
    assert_eq!(users(&state), ["alice"]);
    add_user(&state, "bob");
    drop(state);
    std::fs::remove_file(&settings.worlds[0]).unwrap();
    let state = State::open(settings).unwrap();
    assert_eq!(users(&state), ["alice", "bob"]);
    assert!(state.world().credential("AKIAALICE").is_some());
}

#[test]
fn the_default_account_exists_without_a_world_file() {
    let state = State::open(Settings { store: StoreLocation::Ephemeral, ..Settings::default() }).unwrap();
    assert!(state.world().account(AccountId::ZERO).is_some());
    assert!(state.world().credential("test").is_some());
}

#[test]
fn a_failed_load_leaves_a_new_store() {
    let directory = tempfile::tempdir().unwrap();
    let broken = WORLD.replace("UserDetailList", "UserDetails");
    let bad = settings(directory.path(), &[WORLD, &broken]);
    for _ in 0..2 {
        let text = State::open(bad.clone()).unwrap_err().to_string();
        let file = bad.worlds[1].display();
        assert!(text.starts_with(&format!("--world: `{file}`: accounts[0].iam.UserDetails: unknown field")), "{text}");
        assert_eq!(text.lines().count(), 1);
    }
    let state = State::open(settings(directory.path(), &[WORLD])).unwrap();
    assert_eq!(users(&state), ["alice"]);
}

#[test]
fn errors_name_flag_and_file() {
    let directory = tempfile::tempdir().unwrap();
    let mut missing = settings(directory.path(), &[]);
    missing.worlds.push(directory.path().join("nowhere.json"));
    let text = State::open(missing).unwrap_err().to_string();
    assert!(text.starts_with("--world: `") && text.contains("nowhere.json` cannot be read"), "{text}");

    let held = settings(directory.path(), &[]);
    let state = State::open(held.clone()).unwrap();
    let text = State::open(held).unwrap_err().to_string();
    assert!(text.starts_with("--data-dir: store `") && text.ends_with("is held by another process"), "{text}");
    drop(state);

    let file = directory.path().join("file");
    std::fs::write(&file, "").unwrap();
    let text =
        State::open(Settings { store: StoreLocation::Directory(file), ..Settings::default() }).unwrap_err().to_string();
    assert!(text.starts_with("--data-dir: store `") && text.contains("cannot be used"), "{text}");
}

#[test]
fn a_reset_is_a_new_start() {
    let directory = tempfile::tempdir().unwrap();
    let settings = Settings { pace: Pace::Manual, ..settings(directory.path(), &[WORLD]) };
    let state = State::open(settings.clone()).unwrap();
    let fresh = state.world().dump();
    add_user(&state, "bob");
    let mut batch = Batch::new();
    batch.put("sagemaker/job", "{}");
    let _ = state.apply(batch).unwrap();
    let (advanced, _) = state.clock().advance(SignedDuration::from_hours(1)).unwrap();
    let ticket = state.reset().unwrap();
    state.store().wait(ticket).unwrap();
    assert_eq!(users(&state), ["alice"]);
    assert!(state.clock().now() < advanced);
    assert!(state.store().get(b"sagemaker/job").unwrap().is_none());
    assert_eq!(undated(&state.world().dump()), undated(&fresh));
    let dump = state.world().dump();
    drop(state);
    let state = State::open(settings).unwrap();
    assert_eq!(state.world().dump(), dump);
    assert!(state.clock().now() < advanced);
}

/// Without the lines that tell when the world was loaded.
fn undated(dump: &str) -> String {
    dump.lines().filter(|line| !line.contains("CreateDate")).collect()
}

#[test]
fn a_reset_that_fails_changes_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let settings = settings(directory.path(), &[WORLD]);
    let state = State::open(settings.clone()).unwrap();
    add_user(&state, "bob");
    std::fs::write(&settings.worlds[0], "{").unwrap();
    assert!(matches!(state.reset(), Err(OpenError::World(_))));
    assert_eq!(users(&state), ["alice", "bob"]);
}

#[test]
fn closing_keeps_the_clock() {
    let directory = tempfile::tempdir().unwrap();
    let settings = Settings { pace: Pace::Manual, ..settings(directory.path(), &[]) };
    let state = State::open(settings.clone()).unwrap();
    let _ = state.clock().advance(SignedDuration::from_hours(1)).unwrap();
    let now = state.clock().now();
    state.close().unwrap();
    drop(state);
    assert_eq!(State::open(settings).unwrap().clock().now(), now);
}
