//! The store's contents, in one sled tree for each time that it was emptied.
//!
//! Emptying a tree key by key takes time and memory by the number of its records. Instead the new contents go into a new
//! tree, and one key of the default tree says which tree counts. A tree that counts no longer is dropped when the next
//! one is made, so that a read that is under way finds its pages.

use std::sync::{PoisonError, RwLock};

use super::Error;

const NUMBER_KEY: &[u8] = b"generation";

/// The tree that counts.
#[derive(Debug)]
pub(super) struct Generations {
    database: sled::Db,
    current: RwLock<Generation>,
}

#[derive(Debug, Clone)]
struct Generation {
    number: u64,
    tree: sled::Tree,
}

/// What stands in the place of the generation's number is none, or names a tree that is not there.
#[derive(Debug)]
pub(super) struct Missing;

impl Generations {
    /// The generation that a database says it is in; `0` in a new one.
    pub(super) fn open(database: sled::Db) -> sled::Result<Result<Generations, Missing>> {
        let number = match database.get(NUMBER_KEY)? {
            Some(bytes) => match bytes.as_ref().try_into() {
                Ok(bytes) => u64::from_be_bytes(bytes),
                Err(_) => return Ok(Err(Missing)),
            },
            None => 0,
        };
        if number > 0 && !database.tree_names().contains(&name(number).into()) {
            return Ok(Err(Missing));
        }
        let tree = database.open_tree(name(number))?;
        Ok(Ok(Generations { database, current: RwLock::new(Generation { number, tree }) }))
    }

    /// The tree that counts.
    pub(super) fn tree(&self) -> sled::Tree {
        self.current.read().unwrap_or_else(PoisonError::into_inner).tree.clone()
    }

    /// Puts a batch into a new tree and makes it the one that counts. A process that dies on the way leaves the old one.
    pub(super) fn replace(&self, contents: sled::Batch) -> sled::Result<()> {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner).clone();
        let number = current.number + 1;
        for stale in self.database.tree_names() {
            let kept = stale == self.database.name() || stale.as_ref() == name(current.number);
            if !kept {
                self.database.drop_tree(stale)?;
            }
        }
        let tree = self.database.open_tree(name(number))?;
        tree.apply_batch(contents)?;
        self.database.insert(NUMBER_KEY, &number.to_be_bytes())?;
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Generation { number, tree };
        Ok(())
    }

    /// What makes durable all that was applied before it is called.
    pub(super) fn flush(&self) -> impl Fn() -> Result<(), String> + Send + use<> {
        let database = self.database.clone();
        move || database.flush().map(drop).map_err(|error| error.to_string())
    }
}

impl Missing {
    pub(super) fn error(&self, directory: &std::path::Path) -> Error {
        Error::damaged(directory, "what it says of its own contents is not so")
    }
}

fn name(number: u64) -> Vec<u8> {
    number.to_string().into_bytes()
}
