//! What survives `kill -9`: every acknowledged job is found again, and every other is whole or absent.
//!
//! Real processes on a real directory, many clients over sockets; the store under test is the one that users get.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]
#![allow(clippy::disallowed_methods, reason = "a test waits in real time")]

#[path = "support/client.rs"]
mod client;
#[path = "support/endpoint.rs"]
mod endpoint;

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use client::{Connection, Key, Request, Response};
use endpoint::Endpoint;
use serde_json::{Value, json};

const CLIENTS: usize = 16;
/// How many creates a process acknowledges before it is killed with the next ones in flight.
const KILL_AFTER: [usize; 5] = [1, 50, 300, 17, 600];
const PATIENCE: Duration = Duration::from_secs(60);

#[test]
fn acknowledged_jobs_survive_kill_9() {
    let store = tempfile::tempdir().unwrap();
    let mut acknowledged = BTreeSet::new();
    let mut doubtful = BTreeSet::new();
    for (round, enough) in KILL_AFTER.into_iter().enumerate() {
        let endpoint = start(store.path());
        let address = endpoint.address;
        let count = Arc::new(AtomicUsize::new(0));
        let clients = (0..CLIENTS).map(|client| {
            let count = Arc::clone(&count);
            thread::spawn(move || create_until_cut_off(address, round, client, &count))
        });
        let clients = clients.collect::<Vec<_>>();
        wait_for(&count, enough);
        endpoint.kill();
        let before = acknowledged.len();
        for client in clients {
            let (known, cut_off) = client.join().unwrap();
            acknowledged.extend(known);
            doubtful.extend(cut_off);
        }
        assert!(acknowledged.len() - before >= enough);
        check(store.path(), &acknowledged, &doubtful);
    }
}

#[test]
fn a_second_process_on_the_same_directory_is_told_so() {
    let store = tempfile::tempdir().unwrap();
    let first = start(store.path());
    let Err(error) = Endpoint::start(binary(), &arguments(store.path())) else { panic!("two processes share a store") };
    assert!(error.contains("--data-dir"), "the flag is not named: {error}");
    assert!(error.contains(&*store.path().to_string_lossy()), "the directory is not named: {error}");
    assert_eq!(error.trim_end().lines().last(), Some(error.trim_end()), "more than one line: {error}");
    assert_eq!(
        create(&mut Connection::open(first.address).unwrap(), first.address, "still-served").unwrap().status,
        200
    );
}

#[test]
fn a_graceful_stop_ends_with_status_zero_and_keeps_everything() {
    let store = tempfile::tempdir().unwrap();
    let endpoint = start(store.path());
    let mut connection = Connection::open(endpoint.address).unwrap();
    assert_eq!(create(&mut connection, endpoint.address, "before-the-stop").unwrap().status, 200);
    assert_eq!(endpoint.stop().code(), Some(0));
    check(store.path(), &BTreeSet::from(["before-the-stop".to_owned()]), &BTreeSet::new());
}

type Damage = (&'static str, fn(&mut Vec<u8>));

#[test]
fn a_damaged_store_is_reported() {
    let damages: [Damage; 4] = [
        ("every byte", |bytes| bytes.iter_mut().for_each(|byte| *byte ^= 0x5a)),
        ("some bytes in the middle of what was written", |bytes| {
            let middle = written(bytes) / 2;
            bytes[middle..middle + 64].iter_mut().for_each(|byte| *byte ^= 0x5a);
        }),
        ("the second half zeroed", |bytes| {
            let middle = written(bytes) / 2;
            bytes[middle..].fill(0);
        }),
        ("the second half cut off", |bytes| bytes.truncate(written(bytes) / 2)),
    ];
    for (what, damage) in damages {
        let store = tempfile::tempdir().unwrap();
        let endpoint = start(store.path());
        let mut connection = Connection::open(endpoint.address).unwrap();
        for number in 0..50 {
            assert_eq!(create(&mut connection, endpoint.address, &format!("job-{number}")).unwrap().status, 200);
        }
        endpoint.stop();

        let files = files_below(store.path());
        let largest = files.iter().max_by_key(|path| fs::metadata(path).unwrap().len()).unwrap();
        let mut bytes = fs::read(largest).unwrap();
        damage(&mut bytes);
        fs::write(largest, bytes).unwrap();

        let Err(error) = Endpoint::start(binary(), &arguments(store.path())) else {
            panic!("served in spite of {what}")
        };
        assert!(error.contains(&*store.path().to_string_lossy()), "{what}: the directory is not named: {error}");
    }
}

/// Where a file's content ends, before the zeroes that were allocated ahead.
fn written(bytes: &[u8]) -> usize {
    bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1)
}

fn wait_for(count: &AtomicUsize, enough: usize) {
    let begun = Instant::now();
    while count.load(Ordering::Relaxed) < enough {
        assert!(begun.elapsed() < PATIENCE, "too few creates are acknowledged");
        thread::sleep(Duration::from_micros(100));
    }
}

/// Creates jobs one after the other until the server is gone; the last name may or may not have been stored.
fn create_until_cut_off(
    address: SocketAddr,
    round: usize,
    client: usize,
    count: &AtomicUsize,
) -> (Vec<String>, Option<String>) {
    let mut acknowledged = Vec::new();
    let Ok(mut connection) = Connection::open(address) else { return (acknowledged, None) };
    for number in 0.. {
        let name = format!("r{round}-c{client}-n{number}");
        match create(&mut connection, address, &name) {
            Ok(response) => {
                assert_eq!(response.status, 200, "{}", String::from_utf8_lossy(&response.body));
                acknowledged.push(name);
                count.fetch_add(1, Ordering::Relaxed);
            }
            Err(_) => return (acknowledged, Some(name)),
        }
    }
    (acknowledged, None)
}

fn check(store: &Path, acknowledged: &BTreeSet<String>, doubtful: &BTreeSet<String>) {
    let endpoint = start(store);
    let mut connection = Connection::open(endpoint.address).unwrap();
    let mut call = |operation: &str, body: Value| sagemaker(&mut connection, endpoint.address, operation, &body);
    let mut found = BTreeSet::new();
    for name in acknowledged.union(doubtful) {
        let described = call("DescribeTrainingJob", json!({ "TrainingJobName": name }));
        if described.status == 200 {
            assert_whole(name, &described.json(), &call("ListTags", json!({ "ResourceArn": arn(name) })).json());
            found.insert(name.clone());
        } else {
            assert_eq!(text(&described), "Requested resource not found.", "{name}");
        }
    }
    let lost = acknowledged.difference(&found).collect::<Vec<_>>();
    assert!(lost.is_empty(), "{} of {} acknowledged jobs are lost: {lost:?}", lost.len(), acknowledged.len());
    assert_eq!(listed(call), found);
}

/// A stored job has everything that one batch wrote: its input and its tags.
fn assert_whole(name: &str, job: &Value, tags: &Value) {
    assert_eq!(job["TrainingJobArn"], arn(name));
    assert_eq!(job["HyperParameters"], json!({ "name": name }));
    assert_eq!(job["TrainingJobStatus"], "Completed");
    assert_eq!(tags["Tags"], json!([{ "Key": "name", "Value": name }]), "{name}");
}

fn listed(mut call: impl FnMut(&str, Value) -> Response) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut request = json!({ "MaxResults": 100 });
    loop {
        let page = call("ListTrainingJobs", request.clone()).json();
        for job in page["TrainingJobSummaries"].as_array().unwrap() {
            let name = job["TrainingJobName"].as_str().unwrap().to_owned();
            assert!(names.insert(name.clone()), "{name} is listed twice");
        }
        match page.get("NextToken") {
            Some(token) => request["NextToken"] = token.clone(),
            None => return names,
        }
    }
}

fn create(connection: &mut Connection, address: SocketAddr, name: &str) -> std::io::Result<Response> {
    let body = json!({
        "TrainingJobName": name,
        "RoleArn": "arn:aws:iam::000000000000:role/TrainingRole",
        "AlgorithmSpecification": {
            "TrainingImage": "000000000000.dkr.ecr.us-east-1.amazonaws.com/my-repo:latest",
            "TrainingInputMode": "File",
        },
        "HyperParameters": { "name": name },
        "InputDataConfig": [{
            "ChannelName": "train",
            "DataSource": { "S3DataSource": { "S3DataType": "S3Prefix", "S3Uri": "s3://inputbucket/train/" } },
        }],
        "OutputDataConfig": { "S3OutputPath": "s3://outputbucket/models" },
        "ResourceConfig": { "InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 10 },
        "StoppingCondition": { "MaxRuntimeInSeconds": 3600 },
        "Tags": [{ "Key": "name", "Value": name }],
    });
    connection.call(&Request::json("SageMaker.CreateTrainingJob", &body).signed(&bob(), address, "sagemaker"))
}

fn sagemaker(connection: &mut Connection, address: SocketAddr, operation: &str, body: &Value) -> Response {
    let request = Request::json(&format!("SageMaker.{operation}"), body);
    connection.call(&request.signed(&bob(), address, "sagemaker")).unwrap()
}

fn text(response: &Response) -> String {
    let body = response.json();
    let message = body.get("message").or(body.get("Message"));
    message.and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn arn(name: &str) -> String {
    format!("arn:aws:sagemaker:us-east-1:000000000000:training-job/{name}")
}

fn bob() -> Key {
    Key::long_term("AKIAEXAMPLEBOB000001", "bob/local/secret/for/the/demo/world00001")
}

fn start(store: &Path) -> Endpoint {
    Endpoint::start(binary(), &arguments(store)).unwrap()
}

fn arguments(store: &Path) -> [OsString; 4] {
    let world = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/worlds/demo.json");
    ["--data-dir".into(), store.into(), "--world".into(), world.into()]
}

fn binary() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_passrole"))
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files_below(&path) } else { vec![path] }).collect()
}
