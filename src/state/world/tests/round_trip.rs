//! A world comes back from its dump and from its store, and a change is what a restart finds.

use serde_json::json;

use super::*;
use crate::state::store::{Batch, Store};

fn stored(world: &World) -> Arc<Store> {
    let store = Arc::new(Store::temporary().unwrap());
    let mut batch = Batch::new();
    world.write(&mut batch);
    let ticket = store.replace(batch).unwrap();
    store.wait(ticket).unwrap();
    store
}

#[test]
fn a_dump_loads_to_the_same_world() {
    let world = loaded(&whole());
    let dump = world.dump();
    let again = World::load(&[(None, &dump)], &root(), "2030-01-01T00:00:00Z".parse().unwrap()).unwrap();
    assert_eq!(again.dump(), dump);
    for expected in
        ["wJalr/+=", "AIDAIOSFODNN7EXAMPLE2", "Spare", "alias/training", "2021-06-07T20:35:26.123Z", "\"v1\""]
    {
        assert!(dump.contains(expected), "{expected} is missing from the dump");
    }
}

#[test]
fn a_dump_keeps_policies_as_they_were_written() {
    let text = r#"{ "Version":"2012-10-17",  "Statement": [ {"Resource":"*", "Action":"s3:*", "Effect":"Allow"} ]}"#;
    let file = format!(
        r#"{{"accounts": [{{"accountId": "111122223333", "iam": {{"UserDetailList": [{{"UserName": "a",
            "UserPolicyList": [{{"PolicyName": "p", "PolicyDocument": {text}}}]}}]}}}}]}}"#
    );
    let world = World::load(&[(None, &file)], &root(), now()).unwrap();
    assert_eq!(world.user(account(), "a").unwrap().inline_policies["p"].policy.text(), text);
    let again = World::load(&[(None, &world.dump())], &root(), now()).unwrap();
    assert_eq!(again.user(account(), "a").unwrap().inline_policies["p"].policy.text(), text);
}

#[test]
fn a_store_gives_back_the_same_world() {
    let world = loaded(&whole());
    let read = World::read(&stored(&world), &root()).unwrap();
    assert_eq!(read.dump(), world.dump());
    let alice = read.credential("AKIAEXAMPLEALICE0001").unwrap();
    assert_eq!(read.permissions(&alice.principal).unwrap().identity.len(), 4);
}

#[test]
fn a_record_that_is_none_is_damage() {
    let store = stored(&loaded(&whole()));
    let mut batch = Batch::new();
    batch.put("world/111122223333/users/alice", "{}");
    let _ = store.apply(batch).unwrap();
    let text = World::read(&store, &root()).unwrap_err().to_string();
    assert!(text.contains("world/111122223333/users/alice") && text.contains("UserName"), "{text}");
}

/// Applies a change and answers the world as published; a restart must find the same.
fn changed(worlds: &Worlds, store: &Store, change: impl FnOnce(&mut Edit)) -> Arc<World> {
    let changed = worlds.change(|edit| {
        change(edit);
        Ok(())
    });
    let ((), ticket) = changed.unwrap();
    store.wait(ticket).unwrap();
    let published = worlds.snapshot();
    assert_eq!(World::read(store, &root()).unwrap().dump(), published.dump());
    published
}

#[test]
fn changes_reach_whom_they_concern() {
    let document = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
    let world = loaded(&whole());
    let store = stored(&world);
    let worlds = Worlds::new(Arc::clone(&store), world);
    let before = worlds.snapshot();
    let alice = before.credential("AKIAEXAMPLEALICE0001").unwrap().principal;
    let of_alice = |world: &World| {
        names(world.permissions(&alice).unwrap().identity).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };

    let world = changed(&worlds, &store, |edit| {
        let mut group = edit.world().group(account(), "Admins").unwrap().as_ref().clone();
        group.attached_policies.clear();
        group.put_inline_policy("New", document).unwrap();
        edit.put_group(group);
    });
    assert_eq!(of_alice(&world), ["denyBillingAndIAMPolicy", "New", "PassExecutionRole", "Training"]);
    assert_eq!(of_alice(&before)[1], "AdministratorAccess", "a snapshot stays as it was");

    let world = changed(&worlds, &store, |edit| {
        let arn = "arn:aws:iam::111122223333:policy/Training";
        let mut policy = edit.world().managed_policy(account(), arn).unwrap().as_ref().clone();
        policy.default_version_id = "v1".to_owned();
        edit.put_managed_policy(account(), policy);
    });
    assert!(world.permissions(&alice).unwrap().identity[3].policy.text().contains("sagemaker:*"));

    let world = changed(&worlds, &store, |edit| {
        let mut user = edit.world().user(account(), "alice").unwrap().as_ref().clone();
        user.groups.clear();
        user.boundary = None;
        edit.put_user(user);
        edit.remove_group(account(), "Admins");
        edit.remove_access_key("AKIAEXAMPLEALICE0002");
        edit.set_account_alias(account(), None);
        edit.remove_key(account(), "us-east-1", "1234abcd-12ab-34cd-56ef-1234567890ab");
        edit.put_object(
            account(),
            "inputbucket",
            "model/é.tar.gz",
            &Object { size: 1, last_modified: now(), tags: Vec::new(), kms_key_id: None, etag: None },
        );
        edit.remove_object(account(), "inputbucket", "trash");
        edit.put_user(User::new("777788889999".parse().unwrap(), "/", "new", id::unique(id::USER), now()));
    });
    assert_eq!(of_alice(&world), ["denyBillingAndIAMPolicy"]);
    assert!(world.permissions(&alice).unwrap().boundary.is_none());
    assert!(world.credential("AKIAEXAMPLEALICE0002").is_none());
    assert!(world.bucket("inputbucket").unwrap().1.object("model/é.tar.gz").is_some());
    assert!(world.bucket("inputbucket").unwrap().1.object("trash").is_none());

    let world = changed(&worlds, &store, |edit| {
        edit.remove_bucket(account(), "inputbucket");
        edit.remove_user(account(), "alice");
        edit.remove_access_key("AKIAEXAMPLEALICE0001");
    });
    assert!(world.bucket("inputbucket").is_none() && world.permissions(&alice).is_none());
}

#[test]
fn a_user_that_is_moved_keeps_what_it_has() {
    let world = loaded(&whole());
    let store = stored(&world);
    let worlds = Worlds::new(Arc::clone(&store), world);
    let world = changed(&worlds, &store, |edit| {
        let user = edit.world().user(account(), "alice").unwrap().moved("/research/", "alicia");
        let keys: Vec<_> = edit.world().access_keys_of(account(), "alice").cloned().collect();
        assert_eq!(keys.len(), 2);
        edit.remove_user(account(), "alice");
        edit.put_user(user);
        for key in keys {
            edit.put_access_key(AccessKey { user_name: "alicia".to_owned(), ..key.as_ref().clone() });
        }
    });
    let principal = world.credential("AKIAEXAMPLEALICE0001").unwrap().principal;
    let arn = "arn:aws:iam::111122223333:user/research/alicia";
    assert_eq!(principal.arn(), arn);
    let permissions = world.permissions(&principal).unwrap();
    assert_eq!((permissions.identity.len(), permissions.identity[0].attached_to.as_str()), (4, arn));
    assert_eq!(permissions.boundary.unwrap().attached_to, arn);
}

#[test]
fn a_change_that_would_lose_a_policy_is_not_made() {
    let world = loaded(&whole());
    let store = stored(&world);
    let worlds = Worlds::new(Arc::clone(&store), world);
    let before = worlds.snapshot().dump();
    let changes: [fn(&mut Edit); 3] = [
        |edit| edit.remove_managed_policy(account(), "arn:aws:iam::111122223333:policy/boundaries/Developers"),
        |edit| edit.remove_managed_policy(account(), "arn:aws:iam::111122223333:policy/Training"),
        |edit| edit.remove_group(account(), "Admins"),
    ];
    for change in changes {
        let refused = worlds.change(|edit| {
            change(edit);
            Ok(())
        });
        assert_eq!(refused.unwrap_err(), Fault::internal());
        assert_eq!(worlds.snapshot().dump(), before);
        assert_eq!(World::read(&store, &root()).unwrap().dump(), before);
    }
    let refused = worlds.change(|edit| {
        edit.remove_user(account(), "alice");
        Err::<(), _>(Fault::validation("no"))
    });
    assert_eq!(refused.unwrap_err(), Fault::validation("no"));
    assert_eq!(worlds.snapshot().dump(), before);
}

#[test]
fn replacing_leaves_nothing_of_the_old_world() {
    let world = loaded(&whole());
    let store = stored(&world);
    let mut batch = Batch::new();
    batch.put("sagemaker/kept", "1");
    let _ = store.apply(batch).unwrap();
    let worlds = Worlds::new(Arc::clone(&store), world);
    let text = json!({"accounts": [{"accountId": "444455556666"}]}).to_string();
    let ticket = worlds.replace(&text, now()).unwrap();
    store.wait(ticket).unwrap();
    assert!(worlds.snapshot().account(account()).is_none());
    assert_eq!(World::read(&store, &root()).unwrap().dump(), worlds.snapshot().dump());
    assert!(store.get(b"sagemaker/kept").unwrap().is_some());
    let before = worlds.snapshot().dump();
    assert!(worlds.replace(r#"{"accounts": [{"accountId": "1"}]}"#, now()).is_err());
    assert_eq!(worlds.snapshot().dump(), before);
}
