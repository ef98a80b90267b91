//! What a read yields, and walks over keys in order.

use std::ops::Deref;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;

use super::{Error, from_sled, panic_text};

/// A key or value, shared with the page that holds it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bytes(pub(super) sled::IVec);

impl Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl AsRef<[u8]> for Bytes {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl std::fmt::Debug for Bytes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Debug::fmt(&String::from_utf8_lossy(self), f)
    }
}

/// Which way a scan runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Direction {
    /// Smallest key first.
    #[default]
    Forward,
    /// Largest key first.
    Reverse,
}

/// Where in its prefix a scan begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Start<'a> {
    /// At the prefix's first key in the scan's direction.
    #[default]
    End,
    /// At this whole key, itself included.
    At(&'a [u8]),
    /// Beyond this whole key in the scan's direction.
    After(&'a [u8]),
}

/// A running scan; it sees changes that are made ahead of it.
pub struct Scan {
    pub(super) entries: sled::Iter,
    pub(super) direction: Direction,
    pub(super) directory: PathBuf,
}

impl std::fmt::Debug for Scan {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Scan").field("direction", &self.direction).finish_non_exhaustive()
    }
}

impl Iterator for Scan {
    type Item = Result<(Bytes, Bytes), Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let (entries, direction) = (&mut self.entries, self.direction);
        let step = catch_unwind(AssertUnwindSafe(|| match direction {
            Direction::Forward => entries.next(),
            Direction::Reverse => entries.next_back(),
        }));
        match step {
            Ok(entry) => entry.map(|entry| match entry {
                Ok((key, value)) => Ok((Bytes(key), Bytes(value))),
                Err(error) => Err(from_sled(&self.directory, error)),
            }),
            Err(panic) => Some(Err(Error::damaged(&self.directory, panic_text(panic.as_ref())))),
        }
    }
}
