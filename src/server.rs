//! Sockets: HTTP/1.1 connections in, whole requests to an [`Endpoint`], answers out. The only async module.
//!
//! Knows nothing of AWS. A request is read whole before it is answered, in place, because answering takes microseconds
//! and waits for nothing; only the store's flush is awaited.
//! INVARIANT: every wait and every size that a peer can influence is bounded by [`Limits`].

mod body;
mod stamp;

use std::convert::Infallible;
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONNECTION, HOST};
use http::request::Parts;
use http::{HeaderValue, Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use stamp::Stamped;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

/// What answers requests.
pub trait Endpoint: Send + Sync + 'static {
    /// A write that an answer must not be sent before.
    type Ticket: Send + 'static;
    /// How a request's client wants refusals written.
    type Form: Copy + Send + 'static;

    /// Answers a whole request; a ticket says which write must be flushed before the answer is sent.
    fn answer(&self, request: Request<Bytes>, peer: SocketAddr) -> (Response<Bytes>, Option<Self::Ticket>);

    /// Completes once the write is on disk; `false` where it never will be.
    fn flushed(&self, ticket: Self::Ticket) -> impl Future<Output = bool> + Send;

    /// In which form to refuse a request; asked of every request, so a glance must do.
    fn form(&self, parts: &Parts) -> Self::Form;

    /// The answer to a request that the server itself refuses.
    fn refuse(&self, form: Self::Form, refusal: Refusal) -> Response<Bytes>;

    /// How many bytes of body a request may carry.
    fn body_limit(&self, parts: &Parts) -> usize;

    /// The header that every answer carries, for one to something that was never read as a request.
    fn stamp(&self) -> (&'static str, String);
}

/// Why a request is not answered by its service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// No `Host`, or more than one.
    Host,
    /// The body is longer than [`Endpoint::body_limit`].
    BodyTooLarge,
    /// The body did not arrive in time, or not whole.
    BodyIncomplete,
    /// Answering panicked, or the write could not be flushed.
    Failed,
}

/// The bounds of what a peer can ask of the server.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Bytes of request line and headers, of which hyper takes a hundred.
    pub header_bytes: usize,
    /// From the end of an answer to the end of the next request's headers; so long may a connection idle.
    pub header_read: Duration,
    /// From the end of the headers to the end of the body.
    pub body_read: Duration,
    /// Connections at once; further ones wait to be accepted.
    pub connections: usize,
    /// How long requests in flight may take once the server is told to stop.
    pub grace: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            header_bytes: 64 * 1024,
            header_read: Duration::from_secs(60),
            body_read: Duration::from_secs(30),
            connections: 1024,
            grace: Duration::from_secs(4),
        }
    }
}

/// Serves connections until `shutdown` completes, then lets requests in flight finish within [`Limits::grace`].
pub async fn run<E: Endpoint>(
    listener: TcpListener,
    endpoint: Arc<E>,
    limits: Limits,
    shutdown: impl Future<Output = ()>,
) {
    let places = Arc::new(Semaphore::new(limits.connections));
    let graceful = GracefulShutdown::new();
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(limits.header_read)
        .max_header_size(limits.header_bytes)
        .max_buf_size(limits.header_bytes.max(64 * 1024));
    let mut shutdown = pin!(shutdown);
    loop {
        let accepted = tokio::select! {
            biased;
            () = &mut shutdown => break,
            accepted = accept(&listener, &places) => accepted,
        };
        let Some((stream, peer, place)) = accepted else { continue };
        let io = Stamped::new(TokioIo::new(stream), Arc::clone(&endpoint));
        let endpoint = Arc::clone(&endpoint);
        let service = service_fn(move |request| {
            let endpoint = Arc::clone(&endpoint);
            async move { Ok::<_, Infallible>(respond(endpoint.as_ref(), request, peer, limits.body_read).await) }
        });
        let connection = graceful.watch(builder.serve_connection(io, service));
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%peer, %error, "connection ended");
            }
            drop(place);
        });
    }
    drop(listener);
    if tokio::time::timeout(limits.grace, graceful.shutdown()).await.is_err() {
        tracing::warn!("requests were still in flight when the time to finish them was over");
    }
}

async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> Option<(TcpStream, SocketAddr, tokio::sync::OwnedSemaphorePermit)> {
    let place = Arc::clone(places).acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, peer)) => {
            // A socket that cannot be told so still works, only slower.
            let _ = stream.set_nodelay(true);
            Some((stream, peer, place))
        }
        Err(error) => {
            tracing::warn!(%error, "a connection could not be accepted");
            // Out of file descriptors, most likely: trying again at once would only burn the processor.
            tokio::time::sleep(Duration::from_millis(50)).await;
            None
        }
    }
}

async fn respond<E: Endpoint>(
    endpoint: &E,
    request: Request<Incoming>,
    peer: SocketAddr,
    patience: Duration,
) -> Response<Full<Bytes>> {
    let (parts, incoming) = request.into_parts();
    let form = endpoint.form(&parts);
    if parts.headers.get_all(HOST).iter().count() != 1 {
        return closing(endpoint.refuse(form, Refusal::Host));
    }
    let body = match body::read(incoming, endpoint.body_limit(&parts), patience).await {
        Ok(body) => body,
        Err(refusal) => return closing(endpoint.refuse(form, refusal)),
    };
    let answered = catch_unwind(AssertUnwindSafe(|| endpoint.answer(Request::from_parts(parts, body), peer)));
    let (response, ticket) = match answered {
        Ok(answered) => answered,
        Err(panic) => {
            tracing::error!(%peer, cause = cause(&*panic), "answering a request panicked");
            return endpoint.refuse(form, Refusal::Failed).map(Full::new);
        }
    };
    if let Some(ticket) = ticket
        && !endpoint.flushed(ticket).await
    {
        tracing::error!(%peer, "a write could not be flushed; it is not acknowledged");
        return endpoint.refuse(form, Refusal::Failed).map(Full::new);
    }
    response.map(Full::new)
}

/// An answer after which the connection cannot go on, because the request's body was not read.
fn closing(mut response: Response<Bytes>) -> Response<Full<Bytes>> {
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    response.map(Full::new)
}

fn cause(panic: &(dyn std::any::Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("unknown")
}
