//! Keys, values, atomic batches and ordered scans on disk: the only module that knows sled.
//!
//! Knows no AWS words and no records. INVARIANT: a ticket is answered `Ok` only after a flush that began after its batch
//! was applied; once a flush has failed, every ticket that is not yet covered fails, and nothing more is accepted.

#![allow(clippy::disallowed_types, clippy::disallowed_methods, reason = "this is the room that knows sled")]

mod batch;
mod error;
mod flusher;
mod generation;
mod scan;
mod watermark;

use std::ops::Bound;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

pub use batch::{Batch, Ticket};
pub use error::Error;
use flusher::Flusher;
use generation::Generations;
pub use scan::{Bytes, Direction, Scan, Start};
use serde::Serialize;
use serde::de::DeserializeOwned;
use watermark::Watermark;

/// The layout of the store's keys and values; a store of another layout is not opened.
const FORMAT: &[u8] = b"passrole 1";
/// Keys that begin with this byte are the store's own and no scan yields them.
const OWN: u8 = 0;
/// sled's own directory within the store's.
const LOG: &str = "sled";
const FORMAT_KEY: &[u8] = b"\0format";
const SEQUENCE_KEY: &[u8] = b"\0sequence";
/// sled keeps this many bytes of pages in memory; what falls out is read again.
const CACHE_BYTES: u64 = 32 * 1024 * 1024;
/// How often an own log that is being let go is tried again, ten milliseconds apart.
const PATIENCE: usize = 100;

/// An ordered map of bytes that outlives the process.
#[derive(Debug)]
pub struct Store {
    generations: Generations,
    flusher: Flusher,
    directory: Option<PathBuf>,
    new: AtomicBool,
}

impl Store {
    /// Opens the store in a directory, making both where they are missing.
    ///
    /// # Errors
    /// Another process holds it, it is damaged or of another layout, or the directory cannot be used.
    pub fn open(directory: &Path) -> Result<Store, Error> {
        let watermark = Watermark::open(directory)?;
        let config = sled::Config::new().path(directory.join(LOG));
        Store::start(config, Some((directory.to_owned(), watermark)))
    }

    /// A store in memory-backed temporary files, gone when it is dropped.
    ///
    /// # Errors
    /// The temporary files cannot be made.
    pub fn temporary() -> Result<Store, Error> {
        Store::start(sled::Config::new().temporary(true), None)
    }

    fn start(config: sled::Config, place: Option<(PathBuf, Watermark)>) -> Result<Store, Error> {
        let (directory, watermark) = place.unzip();
        let name = directory.clone().unwrap_or_default();
        let config = config.cache_capacity(CACHE_BYTES).mode(sled::Mode::HighThroughput).flush_every_ms(None);
        let generations = catch_unwind(AssertUnwindSafe(|| Generations::open(patiently(&config)?)))
            .map_err(|panic| Error::damaged(&name, panic_text(panic.as_ref())))?
            .map_err(|error| from_sled(&name, error))?
            .map_err(|missing| missing.error(&name))?;
        let sequence = read_header(&generations.tree(), &name)?;
        let acknowledged = watermark.as_ref().map_or(0, Watermark::acknowledged);
        if sequence.unwrap_or(0) < acknowledged {
            let reason =
                format!("{acknowledged} changes were acknowledged and only {} are there", sequence.unwrap_or(0));
            return Err(Error::damaged(&name, reason));
        }
        let flusher = Flusher::start(generations.flush(), watermark, sequence.unwrap_or(0))
            .map_err(|error| Error::Unusable { directory: name, reason: error.to_string() })?;
        Ok(Store { generations, flusher, directory, new: AtomicBool::new(sequence.is_none()) })
    }

    /// Whether nothing has ever been written: [`Store::replace`] has yet to make it a store.
    pub fn is_new(&self) -> bool {
        self.new.load(Ordering::Acquire)
    }

    /// The directory; a temporary store has none to name.
    pub fn directory(&self) -> Option<&Path> {
        self.directory.as_deref()
    }

    /// The value of a key.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn get(&self, key: &[u8]) -> Result<Option<Bytes>, Error> {
        self.guarded(|generations| generations.tree().get(key)).map(|value| value.map(Bytes))
    }

    /// The entries whose keys begin with a prefix, lazily: a page costs a page.
    pub fn scan(&self, prefix: &[u8], start: Start<'_>, direction: Direction) -> Scan {
        let first = Bound::Included(prefix.max(&[OWN + 1]).to_vec());
        let end = after_prefix(prefix).map_or(Bound::Unbounded, Bound::Excluded);
        let within = |key: &[u8]| key.starts_with(prefix);
        let (low, high) = match (start, direction) {
            (Start::At(key), Direction::Forward) if within(key) => (Bound::Included(key.to_vec()), end),
            (Start::After(key), Direction::Forward) if within(key) => (Bound::Excluded(key.to_vec()), end),
            (Start::At(key), Direction::Reverse) if within(key) => (first, Bound::Included(key.to_vec())),
            (Start::After(key), Direction::Reverse) if within(key) => (first, Bound::Excluded(key.to_vec())),
            _ => (first, end),
        };
        Scan { entries: self.generations.tree().range((low, high)), direction, directory: self.name() }
    }

    /// Applies a batch: it is visible at once and whole, and durable once the ticket has been waited for.
    ///
    /// # Errors
    /// The store failed now or before; nothing was changed.
    pub fn apply(&self, batch: Batch) -> Result<Ticket, Error> {
        if batch.is_empty() {
            return Ok(Ticket::NOTHING);
        }
        self.commit(batch.changes, |generations, changes| generations.tree().apply_batch(changes))
    }

    /// Empties the store and applies a batch, in one step: either all is as before or only the batch is there.
    ///
    /// # Errors
    /// As [`Store::apply`].
    pub fn replace(&self, mut batch: Batch) -> Result<Ticket, Error> {
        batch.put(FORMAT_KEY, FORMAT);
        let ticket = self.commit(batch.changes, Generations::replace)?;
        self.new.store(false, Ordering::Release);
        Ok(ticket)
    }

    /// Waits until a change is on disk.
    ///
    /// # Errors
    /// The flush that was to cover it failed: the change must not be acknowledged.
    pub fn wait(&self, ticket: Ticket) -> Result<(), Error> {
        self.flusher.wait(ticket.0)
    }

    /// As [`Store::wait`], for the socket, which must not block.
    ///
    /// # Errors
    /// As [`Store::wait`].
    pub fn flushed(&self, ticket: Ticket) -> impl Future<Output = Result<(), Error>> + Send + use<> {
        self.flusher.flushed(ticket.0)
    }

    /// Reads a value that was written by [`to_bytes`].
    ///
    /// # Errors
    /// It cannot be read as such: the store is damaged.
    pub fn parse<T: DeserializeOwned>(&self, key: &[u8], value: &[u8]) -> Result<T, Error> {
        serde_json::from_slice(value).map_err(|error| self.damaged(key, error))
    }

    /// The error for a value that is not what its key promises.
    pub fn damaged(&self, key: &[u8], reason: impl std::fmt::Display) -> Error {
        let key = String::from_utf8_lossy(key);
        Error::damaged(&self.name(), format!("the record `{key}` cannot be read: {reason}"))
    }

    fn commit(
        &self,
        changes: Vec<(Vec<u8>, Option<Vec<u8>>)>,
        apply: impl FnOnce(&Generations, sled::Batch) -> sled::Result<()>,
    ) -> Result<Ticket, Error> {
        let mut batch = sled::Batch::default();
        for (key, value) in changes {
            match value {
                Some(value) => batch.insert(key, value),
                None => batch.remove(key),
            }
        }
        self.flusher.numbered(|sequence| {
            batch.insert(SEQUENCE_KEY, &sequence.to_be_bytes());
            self.guarded(|generations| apply(generations, batch))
        })
    }

    /// sled panics on some kinds of damage; a request must not take the process with it.
    fn guarded<T>(&self, work: impl FnOnce(&Generations) -> sled::Result<T>) -> Result<T, Error> {
        match catch_unwind(AssertUnwindSafe(|| work(&self.generations))) {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(error)) => Err(from_sled(&self.name(), error)),
            Err(panic) => Err(Error::damaged(&self.name(), panic_text(panic.as_ref()))),
        }
    }

    fn name(&self) -> PathBuf {
        self.directory.clone().unwrap_or_default()
    }
}

/// Opens the log. The watermark's lock is ours by now, so a log that is still locked is only being let go: sled frees it
/// on a thread of its own some time after its owner in this process has dropped it.
fn patiently(config: &sled::Config) -> sled::Result<sled::Db> {
    for _ in 0..PATIENCE {
        match config.open() {
            Err(sled::Error::Io(cause)) if is_locked(&cause) => std::thread::sleep(Duration::from_millis(10)),
            opened => return opened,
        }
    }
    config.open()
}

fn is_locked(cause: &std::io::Error) -> bool {
    cause.to_string().contains("could not acquire lock")
}

/// What sled calls it, as we do.
fn from_sled(directory: &Path, error: sled::Error) -> Error {
    match error {
        sled::Error::Corruption { .. } => Error::damaged(directory, error.to_string()),
        sled::Error::Io(cause) if is_locked(&cause) => Error::Held(directory.to_owned()),
        other => Error::Unusable { directory: directory.to_owned(), reason: other.to_string() },
    }
}

/// A record's bytes.
#[expect(clippy::expect_used, reason = "our records have text keys and no failing serializers")]
pub fn to_bytes(record: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(record).expect("a record can be written as json")
}

/// A value as text for people.
#[expect(clippy::expect_used, reason = "our records have text keys and no failing serializers")]
pub(super) fn to_pretty_text(value: &impl Serialize) -> String {
    serde_json::to_string_pretty(value).expect("a record can be written as json")
}

/// The number of the last change, `None` in a store that was never written; an error where the layout is another.
fn read_header(tree: &sled::Tree, directory: &Path) -> Result<Option<u64>, Error> {
    let read = |key: &[u8]| {
        catch_unwind(AssertUnwindSafe(|| tree.get(key)))
            .map_err(|panic| Error::damaged(directory, panic_text(panic.as_ref())))?
            .map_err(|error| from_sled(directory, error))
    };
    let Some(format) = read(FORMAT_KEY)? else {
        return match tree.is_empty() {
            true => Ok(None),
            false => Err(Error::damaged(directory, "it does not say which layout it has")),
        };
    };
    if &*format != FORMAT {
        let found = String::from_utf8_lossy(&format);
        return Err(Error::damaged(directory, format!("its layout is `{found}` and this is not known")));
    }
    let sequence = read(SEQUENCE_KEY)?.and_then(|value| value.as_ref().try_into().ok().map(u64::from_be_bytes));
    sequence.map(Some).ok_or_else(|| Error::damaged(directory, "the number of its last change is missing"))
}

/// The smallest key behind every key with the prefix; none where the prefix is all `0xff`.
fn after_prefix(prefix: &[u8]) -> Option<Vec<u8>> {
    let mut end = prefix.to_vec();
    while let Some(last) = end.pop() {
        if let Some(next) = last.checked_add(1) {
            end.push(next);
            return Some(end);
        }
    }
    None
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("it cannot be read").to_owned()
}

#[cfg(test)]
mod tests;
