//! Stamps the refusals that hyper writes by itself, of what is no HTTP or has headers too long: they come about before a
//! request reaches the endpoint, and would lack the header by which a client names the answer it got.
//!
//! INVARIANT: every other byte goes through as it is.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use hyper::rt::{Read, ReadBufCursor, Write};

use super::Endpoint;

/// The longest head that hyper makes up, with room to spare, in bytes.
const LONGEST_REFUSAL: usize = 256;

/// A connection whose bare refusals get [`Endpoint::stamp`].
pub(super) struct Stamped<T, E> {
    connection: T,
    endpoint: Arc<E>,
    /// A refusal on its way, how much of it is sent, and how long it was without the stamp.
    sending: Option<(Vec<u8>, usize, usize)>,
}

impl<T, E> Stamped<T, E> {
    pub(super) fn new(connection: T, endpoint: Arc<E>) -> Stamped<T, E> {
        Stamped { connection, endpoint, sending: None }
    }
}

impl<T: Read + Unpin, E> Read for Stamped<T, E> {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, into: ReadBufCursor<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.connection).poll_read(context, into)
    }
}

impl<T: Write + Unpin, E: Endpoint> Write for Stamped<T, E> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = &mut *self;
        if this.sending.is_none() {
            let Some(stamped) = stamped(bytes, || this.endpoint.stamp()) else {
                return Pin::new(&mut this.connection).poll_write(context, bytes);
            };
            this.sending = Some((stamped, 0, bytes.len()));
        }
        while let Some((refusal, sent, length)) = &mut this.sending {
            let rest = refusal.get(*sent..).unwrap_or_default();
            if rest.is_empty() {
                let length = *length;
                this.sending = None;
                return Poll::Ready(Ok(length));
            }
            match ready!(Pin::new(&mut this.connection).poll_write(context, rest))? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                written => *sent += written,
            }
        }
        Poll::Ready(Ok(0))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match pieces {
            [only] => self.poll_write(context, only),
            _ => Pin::new(&mut self.connection).poll_write_vectored(context, pieces),
        }
    }

    fn is_write_vectored(&self) -> bool {
        self.connection.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.connection).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.connection).poll_shutdown(context)
    }
}

/// The head of a refusal without a body, with the stamp; `None` for anything else, and for what bears one already.
fn stamped(bytes: &[u8], stamp: impl FnOnce() -> (&'static str, String)) -> Option<Vec<u8>> {
    let refuses = bytes.starts_with(b"HTTP/1.1 4") || bytes.starts_with(b"HTTP/1.0 4");
    if !refuses || bytes.len() > LONGEST_REFUSAL {
        return None;
    }
    let head = std::str::from_utf8(bytes).ok()?.strip_suffix("\r\n\r\n")?;
    let (name, value) = stamp();
    let bears = head.lines().any(|line| line.split(':').next().is_some_and(|known| known.eq_ignore_ascii_case(name)));
    (!bears).then(|| format!("{head}\r\n{name}: {value}\r\n\r\n").into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bare_refusals_are_stamped_and_nothing_else_is() {
        let long = format!("HTTP/1.1 400 Bad Request\r\nx: {}\r\n\r\n", "y".repeat(LONGEST_REFUSAL));
        for (bytes, expected) in [
            ("HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n", true),
            ("HTTP/1.1 431 Request Header Fields Too Large\r\n\r\n", true),
            ("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", false),
            ("HTTP/1.1 400 Bad Request\r\nX-ID: 2\r\n\r\n", false),
            ("HTTP/1.1 400 Bad Request\r\ncontent-length: 2\r\n\r\n{}", false),
            ("{\"HTTP/1.1 4\":1}", false),
            (&long, false),
        ] {
            let made = stamped(bytes.as_bytes(), || ("x-id", "1".to_owned()));
            assert_eq!(made.is_some(), expected, "{bytes}");
            if let Some(made) = made {
                assert!(made.ends_with(b"\r\nx-id: 1\r\n\r\n") && made.starts_with(b"HTTP/1.1 4"), "{bytes}");
            }
        }
    }
}
