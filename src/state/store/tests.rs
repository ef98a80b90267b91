use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};
use std::time::Duration;

use super::flusher::Flusher;
use super::*;

fn filled(entries: &[(&str, &str)]) -> Store {
    let store = Store::temporary().unwrap();
    let mut batch = Batch::new();
    for (key, value) in entries {
        batch.put(*key, *value);
    }
    let ticket = store.replace(batch).unwrap();
    store.wait(ticket).unwrap();
    store
}

fn keys(scan: Scan) -> Vec<String> {
    scan.map(|entry| String::from_utf8(entry.unwrap().0.to_vec()).unwrap()).collect()
}

#[test]
fn scans_keep_to_their_prefix_and_start_where_they_are_told() {
    let store = filled(&[("a/1", ""), ("a/2", ""), ("a/3", ""), ("b/1", ""), ("a", ""), ("a0", "")]);
    let cases: [(&str, Start<'_>, Direction, &[&str]); 11] = [
        ("a/", Start::End, Direction::Forward, &["a/1", "a/2", "a/3"]),
        ("a/", Start::End, Direction::Reverse, &["a/3", "a/2", "a/1"]),
        ("a/", Start::At(b"a/2"), Direction::Forward, &["a/2", "a/3"]),
        ("a/", Start::After(b"a/2"), Direction::Forward, &["a/3"]),
        ("a/", Start::At(b"a/2"), Direction::Reverse, &["a/2", "a/1"]),
        ("a/", Start::After(b"a/2"), Direction::Reverse, &["a/1"]),
        ("a/", Start::After(b"a/25"), Direction::Reverse, &["a/2", "a/1"]),
        ("a/", Start::After(b"a/3"), Direction::Forward, &[]),
        ("c", Start::End, Direction::Forward, &[]),
        ("", Start::End, Direction::Forward, &["a", "a/1", "a/2", "a/3", "a0", "b/1"]),
        ("", Start::End, Direction::Reverse, &["b/1", "a0", "a/3", "a/2", "a/1", "a"]),
    ];
    for (prefix, start, direction, expected) in cases {
        assert_eq!(keys(store.scan(prefix.as_bytes(), start, direction)), expected, "{prefix} {start:?} {direction:?}");
    }
}

#[test]
fn a_start_outside_of_the_prefix_does_not_widen_the_scan() {
    let store = filled(&[("a/1", ""), ("b/1", ""), ("c/1", "")]);
    assert_eq!(keys(store.scan(b"b/", Start::At(b"a/1"), Direction::Forward)), ["b/1"]);
    assert_eq!(keys(store.scan(b"b/", Start::After(b"c/1"), Direction::Reverse)), ["b/1"]);
}

#[test]
fn the_end_of_a_prefix() {
    let cases: [(&[u8], Option<&[u8]>); 4] =
        [(b"a", Some(b"b")), (b"a\xff", Some(b"b")), (b"\xff\xff", None), (b"", None)];
    for (prefix, expected) in cases {
        assert_eq!(after_prefix(prefix).as_deref(), expected);
    }
}

#[test]
fn a_batch_applies_in_order_and_replacing_leaves_nothing_else() {
    let store = filled(&[("kept", "1"), ("gone", "1")]);
    let mut batch = Batch::new();
    batch.put("kept", "2");
    batch.put("new", "1");
    batch.delete("gone");
    batch.delete("new");
    batch.put("new", "2");
    let _ = store.apply(batch).unwrap();
    let read = |key: &str| store.get(key.as_bytes()).unwrap().map(|value| value.to_vec());
    assert_eq!((read("kept"), read("new"), read("gone")), (Some(b"2".to_vec()), Some(b"2".to_vec()), None));

    let mut batch = Batch::new();
    batch.put("kept", "3");
    let ticket = store.replace(batch).unwrap();
    store.wait(ticket).unwrap();
    assert_eq!(keys(store.scan(b"", Start::End, Direction::Forward)), ["kept"]);
    assert_eq!(read("kept"), Some(b"3".to_vec()));
}

#[test]
fn what_was_waited_for_is_there_after_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    {
        let store = Store::open(directory.path()).unwrap();
        assert!(store.is_new());
        let ticket = store.replace(Batch::new()).unwrap();
        store.wait(ticket).unwrap();
        for number in 0..100 {
            let mut batch = Batch::new();
            batch.put(format!("key/{number:03}"), number.to_string());
            let _ = store.apply(batch).unwrap();
        }
    }
    let store = Store::open(directory.path()).unwrap();
    assert!(!store.is_new());
    assert_eq!(store.scan(b"key/", Start::End, Direction::Forward).count(), 100);
}

#[test]
fn a_second_opening_names_the_directory() {
    let directory = tempfile::tempdir().unwrap();
    let first = Store::open(directory.path()).unwrap();
    let error = Store::open(directory.path()).unwrap_err();
    assert!(matches!(error, Error::Held(_)), "{error}");
    assert_eq!(error.to_string(), format!("store `{}` is held by another process", directory.path().display()));
    drop(first);
    Store::open(directory.path()).unwrap();
}

/// A store of some hundred acknowledged changes, closed.
fn written(directory: &Path) {
    let store = Store::open(directory).unwrap();
    let mut ticket = store.replace(Batch::new()).unwrap();
    for number in 0..400 {
        let mut batch = Batch::new();
        batch.put(format!("key/{number:03}"), vec![b'x'; 3000]);
        ticket = store.apply(batch).unwrap();
    }
    store.wait(ticket).unwrap();
}

/// Opens the store and reads all of it.
fn read_whole(directory: &Path) -> Result<usize, Error> {
    let store = Store::open(directory)?;
    let entries: Result<Vec<_>, Error> = store.scan(b"", Start::End, Direction::Forward).collect();
    entries.map(|entries| entries.len())
}

#[test]
fn damage_is_reported() {
    type Damage = fn(&Path);
    let cases: [(&str, Damage); 7] = [
        ("log cut in half", |directory| {
            let log = directory.join("sled/db");
            let length = std::fs::metadata(&log).unwrap().len();
            std::fs::OpenOptions::new().write(true).open(log).unwrap().set_len(length / 2).unwrap();
        }),
        ("log emptied", |directory| std::fs::write(directory.join("sled/db"), b"").unwrap()),
        ("log zeroed", |directory| {
            let log = directory.join("sled/db");
            let length = std::fs::metadata(&log).unwrap().len();
            std::fs::write(log, vec![0; usize::try_from(length).unwrap()]).unwrap();
        }),
        ("garbage in the middle", |directory| {
            let log = directory.join("sled/db");
            let mut bytes = std::fs::read(&log).unwrap();
            let length = bytes.len();
            bytes[length / 4..length * 3 / 4].iter_mut().for_each(|byte| *byte ^= 0x5a);
            std::fs::write(log, bytes).unwrap();
        }),
        ("all is lost but the witness", |directory| {
            std::fs::remove_dir_all(directory.join("sled")).unwrap();
        }),
        ("witness lost", |directory| std::fs::remove_file(directory.join("acknowledged")).unwrap()),
        ("witness garbled", |directory| std::fs::write(directory.join("acknowledged"), b"12 13").unwrap()),
    ];
    for (name, damage) in cases {
        let directory = tempfile::tempdir().unwrap();
        written(directory.path());
        assert_eq!(read_whole(directory.path()).unwrap(), 400, "{name}");
        damage(directory.path());
        let error = read_whole(directory.path()).expect_err(name);
        let text = error.to_string();
        assert!(matches!(error, Error::Damaged { .. }), "{name}: {text}");
        assert!(text.contains(&directory.path().display().to_string()), "{name}: {text}");
    }
}

#[test]
fn another_layout_is_not_read() {
    let directory = tempfile::tempdir().unwrap();
    written(directory.path());
    let database = sled::open(directory.path().join(LOG)).unwrap();
    database.open_tree("1").unwrap().insert(FORMAT_KEY, "passrole 999").unwrap();
    drop(database);
    let text = Store::open(directory.path()).unwrap_err().to_string();
    assert!(text.contains("passrole 999"), "{text}");
}

#[test]
fn contents_that_do_not_count_are_dropped() {
    let directory = tempfile::tempdir().unwrap();
    let names = || {
        let database = sled::open(directory.path().join(LOG)).unwrap();
        let mut names = database.tree_names();
        names.retain(|known| *known != database.name());
        names.sort();
        names.iter().map(|name| String::from_utf8_lossy(name).into_owned()).collect::<Vec<_>>()
    };
    written(directory.path());
    assert_eq!(names(), ["0", "1"]);
    let database = sled::open(directory.path().join(LOG)).unwrap();
    database.open_tree("2").unwrap().insert("key/from an emptying that was cut short", "").unwrap();
    drop(database);
    assert_eq!(read_whole(directory.path()).unwrap(), 400);
    let store = Store::open(directory.path()).unwrap();
    let mut scan = store.scan(b"", Start::End, Direction::Forward);
    assert!(scan.next().unwrap().is_ok());
    let ticket = store.replace(Batch::new()).unwrap();
    store.wait(ticket).unwrap();
    assert_eq!(scan.filter(|entry| entry.is_ok()).count(), 399, "a scan that is under way comes to its end");
    assert_eq!(store.scan(b"", Start::End, Direction::Forward).count(), 0);
    drop(store);
    assert_eq!(names(), ["1", "2"]);
    assert_eq!(read_whole(directory.path()).unwrap(), 0);
}

#[test]
fn many_threads_share_flushes() {
    let flushes = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&flushes);
    let flush = move || {
        counted.fetch_add(1, Ordering::SeqCst);
        std::thread::sleep(Duration::from_millis(5));
        Ok(())
    };
    let flusher = Arc::new(Flusher::start(flush, None, 0).unwrap());
    let start = Arc::new(Barrier::new(32));
    let threads: Vec<_> = (0..32)
        .map(|_| {
            let (flusher, start) = (Arc::clone(&flusher), Arc::clone(&start));
            std::thread::spawn(move || {
                start.wait();
                for _ in 0..10 {
                    let ticket = flusher.numbered(|_| Ok(())).unwrap();
                    flusher.wait(ticket.0).unwrap();
                }
            })
        })
        .collect();
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    let flushes = flushes.load(Ordering::SeqCst);
    assert!((10..=160).contains(&flushes), "320 changes took {flushes} flushes");
}

#[test]
fn a_failed_flush_fails_everybody_and_everything_after() {
    let calls = AtomicUsize::new(0);
    let flush = move || match calls.fetch_add(1, Ordering::SeqCst) {
        0 => Ok(()),
        _ => Err("disk full".to_owned()),
    };
    let flusher = Flusher::start(flush, None, 0).unwrap();
    let first = flusher.numbered(|_| Ok(())).unwrap();
    flusher.wait(first.0).unwrap();
    let second = flusher.numbered(|_| Ok(())).unwrap();
    assert!(flusher.wait(second.0).unwrap_err().to_string().contains("disk full"));
    assert!(flusher.numbered(|_| Ok(())).is_err());
    flusher.wait(first.0).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    assert!(runtime.block_on(flusher.flushed(second.0)).is_err());
    assert!(runtime.block_on(flusher.flushed(first.0)).is_ok());
}

#[test]
fn a_panic_in_a_flush_is_a_failure() {
    let flusher = Flusher::start(|| panic!("torn"), None, 0).unwrap();
    let ticket = flusher.numbered(|_| Ok(())).unwrap();
    assert!(flusher.wait(ticket.0).unwrap_err().to_string().contains("torn"));
}

#[test]
fn the_future_resolves_when_the_change_is_on_disk() {
    let store = filled(&[]);
    let mut batch = Batch::new();
    batch.put("a", "b");
    let ticket = store.apply(batch).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(store.flushed(ticket)).unwrap();
    runtime.block_on(store.flushed(Ticket::NOTHING)).unwrap();
}

const CHILD: &str = "PASSROLE_STORE_TEST_CHILD";

/// Not a test by itself: the process that the next one kills. It tells each acknowledged number.
#[test]
fn child_that_writes_until_it_is_killed() {
    let Some(directory) = std::env::var_os(CHILD) else { return };
    let store = Arc::new(Store::open(Path::new(&directory)).unwrap());
    if store.is_new() {
        let ticket = store.replace(Batch::new()).unwrap();
        store.wait(ticket).unwrap();
    }
    let threads: Vec<_> = (0..4)
        .map(|thread| {
            let store = Arc::clone(&store);
            std::thread::spawn(move || {
                for number in 0.. {
                    let key = format!("key/{thread}/{number:08}");
                    let mut batch = Batch::new();
                    batch.put(key.clone(), vec![b'x'; 500]);
                    let ticket = store.apply(batch).unwrap();
                    store.wait(ticket).unwrap();
                    eprintln!("acknowledged {key}");
                }
            })
        })
        .collect();
    threads.into_iter().for_each(|thread| thread.join().unwrap());
}

#[test]
fn an_acknowledged_change_survives_kill_9() {
    let directory = tempfile::tempdir().unwrap();
    let mut acknowledged: Vec<String> = Vec::new();
    let name = "state::store::tests::child_that_writes_until_it_is_killed";
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", name, "--nocapture"])
        .env(CHILD, directory.path())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stderr.take().unwrap()).lines();
    for line in lines.map_while(Result::ok) {
        if let Some(key) = line.split("acknowledged ").nth(1) {
            acknowledged.push(key.to_owned());
        }
        if acknowledged.len() == 300 {
            child.kill().unwrap();
        }
    }
    child.wait().unwrap();
    assert!(acknowledged.len() >= 300, "the child ended by itself after {}", acknowledged.len());
    let store = Store::open(directory.path()).unwrap();
    for key in &acknowledged {
        assert!(store.get(key.as_bytes()).unwrap().is_some(), "{key}");
    }
}
