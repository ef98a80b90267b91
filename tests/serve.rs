//! `passrole serve` as a process: what it prints, how it starts, fails and stops.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]
#![allow(clippy::disallowed_methods, reason = "a test waits in real time")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_passrole"));
    command.arg("serve").args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Starts and waits for the ready line; the address that it names.
fn start(command: &mut Command) -> (Process, String) {
    let mut child = command.spawn().unwrap();
    let mut line = String::new();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    stdout.read_line(&mut line).unwrap();
    child.stdout = Some(stdout.into_inner());
    let process = Process(child);
    let address = line.strip_prefix("passrole ready on http://").unwrap_or_else(|| panic!("{line}"));
    (process, address.trim_end().to_owned())
}

fn get(address: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

/// Asks the process to stop and returns all that it wrote on stdout after the ready line and on stderr.
fn stop(mut process: Process, signal: &str) -> (String, String) {
    let id = process.0.id().to_string();
    assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
    let begin = Instant::now();
    let status = process.0.wait().unwrap();
    assert!(begin.elapsed() < Duration::from_secs(5), "{signal} took {:?}", begin.elapsed());
    assert_eq!(status.code(), Some(0), "{signal}");
    let (mut out, mut err) = (String::new(), String::new());
    process.0.stdout.take().unwrap().read_to_string(&mut out).unwrap();
    process.0.stderr.take().unwrap().read_to_string(&mut err).unwrap();
    (out, err)
}

/// The one line that a start which fails leaves on stderr.
fn failure(output: &Output) -> String {
    assert!(!output.status.success());
    assert!(output.stdout.is_empty(), "{}", String::from_utf8_lossy(&output.stdout));
    let text = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(text.lines().count(), 1, "{text}");
    text
}

#[test]
fn it_says_when_it_is_ready_and_what_is_in_force() {
    for signal in ["-TERM", "-INT"] {
        let (process, address) =
            start(&mut command(&["--listen", "127.0.0.1:0", "--ephemeral", "--enforcement=observe"]));
        let health = get(&address, "/_passrole/health");
        assert!(health.starts_with("HTTP/1.1 200 OK\r\n") && health.contains("\"status\":\"ready\""), "{health}");
        assert!(get(&address, "/_passrole/nothing").starts_with("HTTP/1.1 404 "));
        let (out, err) = stop(process, signal);
        assert_eq!(out, "", "more than one line on stdout");
        let first = err.lines().next().unwrap();
        for word in [
            "enforcement observe",
            "OBSERVED ONLY",
            "preflight strict",
            "resources strict",
            "pace instant",
            "temporary",
            "000000000000",
            "`test`",
        ] {
            assert!(first.contains(word), "{word}: {err}");
        }
    }
}

#[test]
fn every_flag_has_a_variable() {
    let mut command = command(&[]);
    let (process, address) = start(
        command
            .env("PASSROLE_LISTEN", "127.0.0.1:0")
            .env("PASSROLE_EPHEMERAL", "1")
            .env("PASSROLE_ACCOUNT_ID", "111122223333")
            .env("PASSROLE_REGION", "eu-west-1")
            .env("PASSROLE_ROOT_ACCESS_KEY_ID", "AKIAROOT")
            .env("PASSROLE_ROOT_SECRET_ACCESS_KEY", "hunter2")
            .env("PASSROLE_ENFORCEMENT", "off")
            .env("PASSROLE_RESOURCES", "assume")
            .env("PASSROLE_PREFLIGHT", "aws")
            .env("PASSROLE_PACE", "manual"),
    );
    assert!(get(&address, "/_passrole/clock").contains("\"pace\":\"manual\""));
    let (_, err) = stop(process, "-TERM");
    let first = err.lines().next().unwrap();
    for word in [
        "enforcement off",
        "preflight aws",
        "resources assume",
        "pace manual",
        "111122223333",
        "eu-west-1",
        "`AKIAROOT`",
    ] {
        assert!(first.contains(word), "{word}: {err}");
    }
    assert!(!err.contains("hunter2"));
}

#[test]
fn a_start_that_fails_says_why_in_one_line() {
    let directory = tempfile::tempdir().unwrap();
    let store = directory.path().join("store");
    let store = store.to_str().unwrap();
    let broken = directory.path().join("broken.json");
    std::fs::write(&broken, r#"{"accounts":[{"accountId":"12"}]}"#).unwrap();
    let broken = broken.to_str().unwrap();

    let held = TcpListener::bind("127.0.0.1:0").unwrap();
    let held_address = held.local_addr().unwrap().to_string();
    let (_running, _) = start(&mut command(&["--listen", "127.0.0.1:0", "--data-dir", store]));
    for (arguments, words) in [
        (vec!["--listen", held_address.as_str(), "--ephemeral"], vec!["--listen", held_address.as_str()]),
        (vec!["--listen=127.0.0.1:0", "--ephemeral", "--world=missing.json"], vec!["--world", "missing.json"]),
        (
            vec!["--listen=127.0.0.1:0", "--ephemeral", "--world", broken],
            vec!["--world", broken, "accounts[0].accountId"],
        ),
        (vec!["--listen=127.0.0.1:0", "--data-dir", store], vec!["--data-dir", store, "another process"]),
        (vec!["--ephemeral", "--data-dir", store], vec!["--ephemeral", "--data-dir"]),
    ] {
        let said = failure(&command(&arguments).output().unwrap());
        for word in words {
            assert!(said.contains(word), "{arguments:?} lacks `{word}`: {said}");
        }
    }
}

#[test]
fn a_second_start_finds_the_store_and_leaves_the_world_files_alone() {
    let directory = tempfile::tempdir().unwrap();
    let store = directory.path().join("store");
    let world = directory.path().join("world.json");
    std::fs::write(&world, r#"{"accounts":[{"accountId":"123456789012","s3":{"buckets":[{"Name":"first-world"}]}}]}"#)
        .unwrap();
    let arguments = ["--listen=127.0.0.1:0", "--data-dir", store.to_str().unwrap(), "--world", world.to_str().unwrap()];
    let (process, address) = start(&mut command(&arguments));
    assert!(get(&address, "/_passrole/world").contains("first-world"));
    stop(process, "-TERM");
    std::fs::write(&world, r#"{"accounts":[{"accountId":"123456789012","s3":{"buckets":[{"Name":"second-world"}]}}]}"#)
        .unwrap();
    let (process, address) = start(&mut command(&arguments));
    let told = get(&address, "/_passrole/world");
    assert!(told.contains("first-world") && !told.contains("second-world"), "{told}");
    stop(process, "-INT");
}
