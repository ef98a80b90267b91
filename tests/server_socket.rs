//! The server over real sockets, with an endpoint that tells what it was given.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]
#![allow(clippy::disallowed_methods, reason = "a test waits in real time")]

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::request::Parts;
use http::{Request, Response, StatusCode};
use passrole::server::{self, Endpoint, Limits, Refusal};
use tokio::sync::oneshot;

/// Answers with method, path and body; some paths misbehave.
struct Telling {
    answered: AtomicUsize,
}

impl Endpoint for Telling {
    type Form = ();
    type Ticket = bool;

    fn answer(&self, request: Request<Bytes>, peer: SocketAddr) -> (Response<Bytes>, Option<bool>) {
        assert!(peer.ip().is_loopback());
        self.answered.fetch_add(1, Ordering::SeqCst);
        let path = request.uri().path();
        assert_ne!(path, "/panic", "asked to panic");
        if path == "/slow" {
            std::thread::sleep(Duration::from_millis(300));
        }
        let ticket = match path {
            "/written" => Some(true),
            "/lost" => Some(false),
            _ => None,
        };
        let told = format!("{} {} {}", request.method(), path, String::from_utf8_lossy(request.body()));
        (Response::new(Bytes::from(told)), ticket)
    }

    async fn flushed(&self, ticket: bool) -> bool {
        tokio::time::sleep(Duration::from_millis(50)).await;
        ticket
    }

    fn form(&self, _parts: &Parts) {}

    fn refuse(&self, (): (), refusal: Refusal) -> Response<Bytes> {
        let mut response = Response::new(Bytes::from(format!("{refusal:?}")));
        *response.status_mut() = match refusal {
            Refusal::Failed => StatusCode::INTERNAL_SERVER_ERROR,
            Refusal::Host | Refusal::BodyTooLarge | Refusal::BodyIncomplete => StatusCode::BAD_REQUEST,
        };
        response
    }

    fn body_limit(&self, _parts: &Parts) -> usize {
        1000
    }

    fn stamp(&self) -> (&'static str, String) {
        ("x-told", "by hyper".to_owned())
    }
}

struct Running {
    address: SocketAddr,
    endpoint: Arc<Telling>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

fn limits() -> Limits {
    Limits {
        header_bytes: 16 * 1024,
        header_read: Duration::from_millis(500),
        body_read: Duration::from_millis(300),
        connections: 8,
        grace: Duration::from_secs(2),
    }
}

impl Running {
    fn start(limits: Limits) -> Running {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let endpoint = Arc::new(Telling { answered: AtomicUsize::new(0) });
        let (stop, stopped) = oneshot::channel();
        let served = Arc::clone(&endpoint);
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
            runtime.block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener).unwrap();
                let told = async move {
                    let _ = stopped.await;
                };
                server::run(listener, served, limits, told).await;
            });
        });
        Running { address, endpoint, stop: Some(stop), thread: Some(thread) }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        stream
    }

    /// Sends bytes on a new connection and reads to the end of the connection.
    fn exchange(&self, bytes: &[u8]) -> String {
        let mut stream = self.connect();
        // The peer may close before it has read everything.
        let _ = stream.write_all(bytes);
        rest(&mut stream)
    }

    fn stop(&mut self) -> Duration {
        let begin = Instant::now();
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
        begin.elapsed()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
    }
}

fn rest(stream: &mut TcpStream) -> String {
    let mut text = Vec::new();
    let _ = stream.read_to_end(&mut text);
    String::from_utf8_lossy(&text).into_owned()
}

/// Reads until the text has come, which it must.
fn until(stream: &mut TcpStream, text: &str) -> String {
    let mut read = String::new();
    let mut buffer = [0; 4096];
    while !read.contains(text) {
        let length = stream.read(&mut buffer).unwrap_or_default();
        assert!(length > 0, "the connection ended before `{text}`: {read}");
        read.push_str(&String::from_utf8_lossy(&buffer[..length]));
    }
    read
}

fn post(path: &str, body: &str) -> String {
    format!("POST {path} HTTP/1.1\r\nHost: h\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}

#[test]
fn a_connection_carries_many_requests() {
    let running = Running::start(limits());
    let mut stream = running.connect();
    for number in 0..3 {
        stream.write_all(post("/", &format!("body {number}")).as_bytes()).unwrap();
        let answer = until(&mut stream, &format!("POST / body {number}"));
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.contains("\r\ndate: "), "{answer}");
    }
    // Pipelined: all are sent before any answer is read, and the answers come in order.
    let all: String = (0..5).map(|number| post(&format!("/{number}"), "x")).collect();
    stream.write_all(all.as_bytes()).unwrap();
    let answers = until(&mut stream, "POST /4 x");
    let places: Vec<_> = (0..5).map(|number| answers.find(&format!("POST /{number} x")).unwrap()).collect();
    assert!(places.is_sorted());
}

#[test]
fn a_body_may_come_in_pieces() {
    let running = Running::start(limits());
    let mut stream = running.connect();
    stream.write_all(b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n").unwrap();
    std::thread::sleep(Duration::from_millis(20));
    stream.write_all(b"2\r\nde\r\n1\r\nf\r\n0\r\n\r\n").unwrap();
    until(&mut stream, "POST / abcdef");
    // A client that waits for permission to send its body gets it.
    stream.write_all(b"POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n").unwrap();
    until(&mut stream, "HTTP/1.1 100 Continue\r\n\r\n");
    stream.write_all(b"ok").unwrap();
    until(&mut stream, "POST / ok");
}

#[test]
fn what_is_too_large_is_refused_and_not_answered() {
    let running = Running::start(limits());
    let long = "a".repeat(1001);
    let refused = running.exchange(post("/", &long).as_bytes());
    assert!(refused.contains("BodyTooLarge") && refused.contains("connection: close"), "{refused}");
    // Announced only: nothing of it is asked for.
    let refused =
        running.exchange(b"POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 99999\r\n\r\n");
    assert!(refused.starts_with("HTTP/1.1 400") && refused.contains("BodyTooLarge"), "{refused}");
    let chunked = format!("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n{long}\r\n0\r\n\r\n");
    let refused = running.exchange(chunked.as_bytes());
    assert!(refused.contains("BodyTooLarge"), "{refused}");

    let header = format!("GET / HTTP/1.1\r\nHost: h\r\nX: {}\r\n\r\n", "a".repeat(16 * 1024));
    let refused = running.exchange(header.as_bytes());
    assert!(refused.starts_with("HTTP/1.1 431 "), "{refused}");
    let headers: String = (0..101).map(|number| format!("X-{number}: a\r\n")).collect();
    let refused = running.exchange(format!("GET / HTTP/1.1\r\nHost: h\r\n{headers}\r\n").as_bytes());
    assert!(refused.starts_with("HTTP/1.1 431 "), "{refused}");
    assert_eq!(running.endpoint.answered.load(Ordering::SeqCst), 0);
    assert!(
        running
            .exchange(post("/", &long[1..]).replace("Host: h", "Host: h\r\nConnection: close").as_bytes())
            .contains("aaaa")
    );
}

#[test]
fn what_is_no_http_is_refused_with_the_stamp() {
    let running = Running::start(limits());
    for (bytes, status) in [
        ("nonsense\r\n\r\n", "400"),
        ("GET / HTTP/3.7\r\nHost: h\r\n\r\n", "400"),
        ("GET / HTTP/1.1\r\nHost: h\r\nbad header\r\n\r\n", "400"),
        ("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n", "400"),
    ] {
        let refused = running.exchange(bytes.as_bytes());
        assert!(refused.starts_with(&format!("HTTP/1.1 {status} ")), "{bytes}: {refused}");
        assert_eq!(refused.matches("x-told: by hyper\r\n").count(), 1, "{bytes}: {refused}");
        assert!(refused.ends_with("\r\n\r\n"), "{bytes}: {refused}");
    }
    let long = format!("GET / HTTP/1.1\r\nHost: h\r\nX: {}\r\n\r\n", "a".repeat(16 * 1024));
    assert!(running.exchange(long.as_bytes()).contains("x-told: by hyper\r\n"));
    assert!(!running.exchange(b"GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n").contains("x-told"));
}

#[test]
fn a_request_names_one_host() {
    let running = Running::start(limits());
    for headers in ["", "Host: a\r\nHost: b\r\n"] {
        let refused = running.exchange(format!("GET / HTTP/1.1\r\n{headers}\r\n").as_bytes());
        assert!(refused.starts_with("HTTP/1.1 400") && refused.ends_with("Host"), "{refused}");
    }
    assert_eq!(running.endpoint.answered.load(Ordering::SeqCst), 0);
}

#[test]
fn who_dawdles_is_cut_off() {
    let running = Running::start(limits());
    for slow in
        ["", "GET / HT", "GET / HTTP/1.1\r\nHost: h\r\n", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nabc"]
    {
        let begin = Instant::now();
        let answer = running.exchange(slow.as_bytes());
        assert!(begin.elapsed() < Duration::from_secs(2), "`{slow}` kept its connection");
        assert_eq!(answer.contains("BodyIncomplete"), slow.contains("abc"), "`{slow}`: {answer}");
    }
    // A body that ends before its length.
    let mut stream = running.connect();
    stream.write_all(b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nabc").unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    rest(&mut stream);
    assert_eq!(running.endpoint.answered.load(Ordering::SeqCst), 0);
}

#[test]
fn a_panic_is_one_requests_failure() {
    let running = Running::start(limits());
    let mut stream = running.connect();
    stream.write_all(post("/panic", "").as_bytes()).unwrap();
    let answer = until(&mut stream, "Failed");
    assert!(answer.starts_with("HTTP/1.1 500 "), "{answer}");
    stream.write_all(post("/", "on the same connection").as_bytes()).unwrap();
    until(&mut stream, "on the same connection");
}

#[test]
fn a_write_is_acknowledged_after_its_flush_or_not_at_all() {
    let running = Running::start(limits());
    let mut stream = running.connect();
    let begin = Instant::now();
    stream.write_all(post("/written", "").as_bytes()).unwrap();
    until(&mut stream, "POST /written");
    assert!(begin.elapsed() >= Duration::from_millis(50));
    stream.write_all(post("/lost", "").as_bytes()).unwrap();
    let answer = until(&mut stream, "Failed");
    assert!(answer.starts_with("HTTP/1.1 500 ") && !answer.contains("/lost"), "{answer}");
}

#[test]
fn connections_over_the_limit_wait() {
    let running = Running::start(limits());
    let idle: Vec<TcpStream> = (0..8).map(|_| running.connect()).collect();
    std::thread::sleep(Duration::from_millis(50));
    let mut late = running.connect();
    late.write_all(post("/", "late").as_bytes()).unwrap();
    late.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
    assert!(late.read(&mut [0; 16]).is_err(), "answered although no place was free");
    drop(idle);
    late.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    until(&mut late, "POST / late");
}

#[test]
fn a_stop_finishes_what_is_in_flight() {
    let mut running = Running::start(limits());
    let idle = running.connect();
    let mut busy = running.connect();
    busy.write_all(post("/slow", "x").as_bytes()).unwrap();
    std::thread::sleep(Duration::from_millis(100));
    let took = running.stop();
    assert!(took < Duration::from_secs(2), "{took:?}");
    let answer = rest(&mut busy);
    assert!(answer.ends_with("POST /slow x"), "{answer}");
    assert!(TcpStream::connect(running.address).is_err(), "still listening");
    drop(idle);
}

#[test]
fn a_stop_waits_no_longer_than_it_may() {
    let mut running =
        Running::start(Limits { grace: Duration::from_millis(200), body_read: Duration::from_secs(60), ..limits() });
    let mut stuck = running.connect();
    stuck.write_all(b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nabc").unwrap();
    std::thread::sleep(Duration::from_millis(50));
    let took = running.stop();
    assert!(took < Duration::from_secs(2), "{took:?}");
}
