//! Reads a request's body whole, within a size and a time.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};

use super::Refusal;

/// The whole body. Trailers are passed over: nothing signs them.
pub(super) async fn read(body: Incoming, limit: usize, patience: Duration) -> Result<Bytes, Refusal> {
    if body.is_end_stream() {
        return Ok(Bytes::new());
    }
    // A length that is announced and too large is refused before a byte of it is read or asked for.
    if usize::try_from(body.size_hint().lower()).map_or(true, |announced| announced > limit) {
        return Err(Refusal::BodyTooLarge);
    }
    match tokio::time::timeout(patience, collect(body, limit)).await {
        Ok(read) => read,
        Err(_elapsed) => Err(Refusal::BodyIncomplete),
    }
}

async fn collect(mut body: Incoming, limit: usize) -> Result<Bytes, Refusal> {
    let mut first = Bytes::new();
    let mut all: Option<BytesMut> = None;
    let mut length = 0usize;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Refusal::BodyIncomplete)?;
        let Ok(data) = frame.into_data() else { continue };
        length = length.saturating_add(data.len());
        if length > limit {
            return Err(Refusal::BodyTooLarge);
        }
        match &mut all {
            Some(all) => all.extend_from_slice(&data),
            // Most bodies come in one piece, which needs no copy.
            None if first.is_empty() => first = data,
            None => {
                let mut joined = BytesMut::with_capacity(length.saturating_mul(2).min(limit));
                joined.extend_from_slice(&first);
                joined.extend_from_slice(&data);
                all = Some(joined);
            }
        }
    }
    Ok(all.map_or(first, BytesMut::freeze))
}
