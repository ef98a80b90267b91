//! Signed requests over sockets, beside a bare hyper server that answers the same bytes: `cargo bench --bench socket`.
//!
//! `PASSROLE_BINARY` names another build to be measured. Both servers are driven by the same clients in the same run, so the ratio means something on a busy machine too.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a measurement may fail loudly")]
#![allow(clippy::disallowed_methods, clippy::print_stdout, reason = "a measurement reads the clock and prints")]

use std::borrow::Cow;
use std::convert::Infallible;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4::SigningParams;
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;

const CLIENTS: usize = 32;
const ROUND: Duration = Duration::from_secs(2);
const ROUNDS: usize = 3;

fn main() {
    let directory = tempfile::tempdir().unwrap();
    let (passrole, address) = passrole(directory.path());
    let passrole = Stopped(passrole);
    let bare = bare();
    assert_ok(&once(address, &signed(address, "CreateTrainingJob", &training_job("described"))));
    let describe = signed(address, "DescribeTrainingJob", r#"{"TrainingJobName":"described"}"#);
    assert_ok(&once(address, &describe));
    for round in 1..=ROUNDS {
        let hyper = rate(bare, |_, _| Cow::Borrowed(describe.as_slice()));
        let ours = rate(address, |_, _| Cow::Borrowed(describe.as_slice()));
        println!(
            "round {round}: bare hyper {hyper:.0}/s, signed DescribeTrainingJob {ours:.0}/s, ratio {:.2}",
            ours / hyper
        );
    }
    for round in 1..=ROUNDS {
        let created = rate(address, |client, number| {
            let name = format!("job-{round}-{client}-{number}");
            Cow::Owned(signed(address, "CreateTrainingJob", &training_job(&name)))
        });
        println!("round {round}: durable CreateTrainingJob, signed by the same processors, {created:.0}/s");
    }
    drop(passrole);
}

fn assert_ok(answer: &str) {
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
}

fn training_job(name: &str) -> String {
    format!(
        r#"{{"TrainingJobName":"{name}","AlgorithmSpecification":{{"TrainingImage":
        "000000000000.dkr.ecr.us-east-1.amazonaws.com/my-repo:latest","TrainingInputMode":"File"}},
        "RoleArn":"arn:aws:iam::000000000000:role/TrainingRole","InputDataConfig":[{{"ChannelName":"train",
        "DataSource":{{"S3DataSource":{{"S3DataType":"S3Prefix","S3Uri":"s3://inputbucket/train/"}}}}}}],
        "OutputDataConfig":{{"S3OutputPath":"s3://outputbucket/models"}},"ResourceConfig":
        {{"InstanceType":"ml.m5.large","InstanceCount":1,"VolumeSizeInGB":10}}}}"#
    )
}

struct Stopped(Child);

impl Drop for Stopped {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn passrole(directory: &Path) -> (Child, SocketAddr) {
    let begin = Instant::now();
    let binary = std::env::var("PASSROLE_BINARY").unwrap_or_else(|_| env!("CARGO_BIN_EXE_passrole").to_owned());
    let mut child = Command::new(binary)
        .args(["serve", "--listen", "127.0.0.1:0", "--world", "fixtures/worlds/demo.json", "--data-dir"])
        .arg(directory)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    println!("ready {:.1} ms after exec", begin.elapsed().as_secs_f64() * 1e3);
    (child, line.trim_end().strip_prefix("passrole ready on http://").unwrap().parse().unwrap())
}

/// A server that reads each request whole and answers `{}`; as many threads as the other has.
fn bare() -> SocketAddr {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(async move {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                stream.set_nodelay(true).unwrap();
                let service = service_fn(|request: Request<Incoming>| async move {
                    let _body = request.into_body().collect().await.unwrap().to_bytes();
                    Ok::<_, Infallible>(Response::new(Full::new(Bytes::from_static(b"{\"TrainingJobSummaries\":[]}"))))
                });
                tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
            }
        });
    });
    address
}

fn signed(address: SocketAddr, operation: &str, body: &str) -> Vec<u8> {
    let target = &format!("SageMaker.{operation}");
    let secret = "bob/local/secret/for/the/demo/world00001";
    let identity = Credentials::new("AKIAEXAMPLEBOB000001", secret, None, None, "bench").into();
    let params = SigningParams::builder()
        .identity(&identity)
        .region("us-east-1")
        .name("sagemaker")
        .time(SystemTime::now())
        .settings(SigningSettings::default())
        .build()
        .unwrap()
        .into();
    let headers = [("content-type", "application/x-amz-json-1.1"), ("x-amz-target", target.as_str())];
    let url = format!("http://{address}/");
    let signable =
        SignableRequest::new("POST", &url, headers.into_iter(), SignableBody::Bytes(body.as_bytes())).unwrap();
    let mut request = Request::builder().method("POST").uri(&url).body(()).unwrap();
    sign(signable, &params).unwrap().into_parts().0.apply_to_request_http1x(&mut request);
    let mut text = format!("POST / HTTP/1.1\r\nhost: {address}\r\ncontent-length: {}\r\n", body.len());
    let added = request.headers().iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap()));
    for (name, value) in headers.into_iter().chain(added) {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    format!("{text}\r\n{body}").into_bytes()
}

fn once(address: SocketAddr, request: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(request).unwrap();
    let mut answer = [0; 4096];
    let length = stream.read(&mut answer).unwrap();
    String::from_utf8_lossy(&answer[..length]).into_owned()
}

/// Answers per second to clients that send the next request when they have the last answer; each client asks for its
/// requests by their numbers.
fn rate<'a>(address: SocketAddr, request: impl Fn(usize, usize) -> Cow<'a, [u8]> + Sync) -> f64 {
    let (over, answered) = (AtomicBool::new(false), AtomicU64::new(0));
    let begin = Instant::now();
    std::thread::scope(|scope| {
        for client in 0..CLIENTS {
            let (over, answered, request) = (&over, &answered, &request);
            scope.spawn(move || {
                let mut stream = TcpStream::connect(address).unwrap();
                stream.set_nodelay(true).unwrap();
                let mut answer = [0; 4096];
                let mut number = 0;
                while !over.load(Ordering::Relaxed) {
                    number += 1;
                    stream.write_all(&request(client, number)).unwrap();
                    // The answers are small enough to come in one piece.
                    let length = stream.read(&mut answer).unwrap();
                    assert!(answer[..length].starts_with(b"HTTP/1.1 200 "));
                    answered.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        std::thread::sleep(ROUND);
        over.store(true, Ordering::Relaxed);
    });
    answered.load(Ordering::Relaxed) as f64 / begin.elapsed().as_secs_f64()
}
