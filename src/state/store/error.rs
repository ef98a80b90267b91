//! What can go wrong with the store, in sentences that name its directory.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::fault::Fault;

/// Why the store did not do what it was asked.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// Another process has the directory open.
    #[error("store `{0}` is held by another process")]
    Held(PathBuf),
    /// What is on disk is not what was acknowledged.
    #[error("store `{directory}` is damaged: {reason}")]
    Damaged {
        /// The directory.
        directory: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The operating system refused.
    #[error("store `{directory}` cannot be used: {reason}")]
    Unusable {
        /// The directory.
        directory: PathBuf,
        /// What it said.
        reason: String,
    },
    /// A flush failed, so no later write can be acknowledged.
    #[error("store can no longer be written: {0}")]
    Failed(Arc<str>),
}

impl Error {
    pub(super) fn damaged(directory: &Path, reason: impl Into<String>) -> Error {
        Error::Damaged { directory: directory.to_owned(), reason: reason.into() }
    }
}

impl From<Error> for Fault {
    /// The log gets the reason; the caller sees that passrole failed and no more.
    fn from(error: Error) -> Fault {
        tracing::error!(%error, "the store failed");
        Fault::internal()
    }
}
