//! When access keys and roles were last used.
//!
//! Kept in memory, and written down with whatever is written next: what a crash loses is a date. Does not know what a
//! use was for, nor whether it was allowed.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::store::{self, Batch, Store};

const PREFIX: &str = "last-used/";

/// The last use of something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastUsed {
    /// When, on the virtual clock.
    pub date: Timestamp,
    /// The service that was called, such as `sagemaker`.
    pub service: String,
    /// The region that was called.
    pub region: String,
}

/// The last uses of access keys by their ids and of roles by theirs.
#[derive(Debug)]
pub struct LastUses {
    store: Arc<Store>,
    recent: Mutex<HashMap<String, (LastUsed, bool)>>,
}

impl LastUses {
    pub(super) fn new(store: Arc<Store>) -> LastUses {
        LastUses { store, recent: Mutex::default() }
    }

    /// Notes a use. INVARIANT: only ids that the world knows are noted, so the list is no longer than the world's.
    pub fn note(&self, id: &str, used: LastUsed) {
        self.lock().insert(id.to_owned(), (used, true));
    }

    /// The last use; `None` where there was none.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn of(&self, id: &str) -> Result<Option<LastUsed>, store::Error> {
        if let Some((used, _)) = self.lock().get(id) {
            return Ok(Some(used.clone()));
        }
        let key = key(id);
        self.store.get(&key)?.map(|bytes| self.store.parse(&key, &bytes)).transpose()
    }

    /// Adds to a batch what is not written down yet.
    pub fn keep(&self, batch: &mut Batch) {
        for (id, (used, unwritten)) in self.lock().iter_mut().filter(|(_, (_, unwritten))| *unwritten) {
            batch.put(key(id), store::to_bytes(used));
            *unwritten = false;
        }
    }

    /// Forgets everything, for a store that has been emptied.
    pub(super) fn forget(&self) {
        self.lock().clear();
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, (LastUsed, bool)>> {
        self.recent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn key(id: &str) -> Vec<u8> {
    format!("{PREFIX}{id}").into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_use_is_found_before_and_after_it_is_written() {
        let store = Arc::new(Store::temporary().unwrap());
        let uses = LastUses::new(Arc::clone(&store));
        let used = LastUsed { date: Timestamp::UNIX_EPOCH, service: "iam".to_owned(), region: "us-east-1".to_owned() };
        assert_eq!(uses.of("AKIA1").unwrap(), None);
        uses.note("AKIA1", used.clone());
        assert_eq!(uses.of("AKIA1").unwrap().as_ref(), Some(&used));
        let mut batch = Batch::new();
        uses.keep(&mut batch);
        store.wait(store.apply(batch).unwrap()).unwrap();
        let mut again = Batch::new();
        uses.keep(&mut again);
        assert!(again.is_empty());
        assert_eq!(LastUses::new(store).of("AKIA1").unwrap(), Some(used));
        uses.forget();
        assert_eq!(uses.of("AKIA2").unwrap(), None);
    }
}
