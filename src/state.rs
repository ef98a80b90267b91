//! Everything that outlives a request: the store, the clock, the world of principals and resources, the sessions, and
//! the ledger of decisions.
//!
//! Knows nothing of AWS's operations, of HTTP, or of who may do what.
//! INVARIANT: a new store is marked with its format in the same batch that holds the loaded world files, so a start that
//! was cut short leaves nothing half-loaded.

pub mod clock;
pub mod last_used;
pub mod ledger;
pub mod session;
pub mod store;
pub mod world;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::fault::Fault;
use crate::settings::{Settings, StoreLocation};
use clock::Clock;
use last_used::LastUses;
use session::Sessions;
use store::{Batch, Store, Ticket};
use world::{Edit, RootCredential, World, WorldError, Worlds};

/// The emulator's state; shared by reference among threads.
#[derive(Debug)]
pub struct State {
    settings: Settings,
    store: Arc<Store>,
    clock: Clock,
    worlds: Worlds,
    sessions: Sessions,
    last_uses: LastUses,
    writer: Mutex<()>,
}

/// Why the state could not be opened: one sentence that names the flag, the file and the JSON path at fault.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The store cannot be opened, is held by another process or is damaged.
    #[error("--data-dir: {0}")]
    Store(store::Error),
    /// A world file cannot be read.
    #[error("--world: `{file}` cannot be read: {reason}")]
    Unreadable {
        /// The file as it was named.
        file: PathBuf,
        /// What the operating system says.
        reason: std::io::Error,
    },
    /// A world file is not one.
    #[error("--world: {0}")]
    World(WorldError),
}

impl From<store::Error> for OpenError {
    fn from(error: store::Error) -> OpenError {
        OpenError::Store(error)
    }
}

impl From<WorldError> for OpenError {
    fn from(error: WorldError) -> OpenError {
        OpenError::World(error)
    }
}

impl State {
    /// Opens the store, or makes it and loads the world files into it.
    ///
    /// # Errors
    /// The store is held, damaged or not to be written; a world file is missing or wrong. Nothing is half-loaded.
    pub fn open(settings: Settings) -> Result<State, OpenError> {
        let store = Arc::new(match &settings.store {
            StoreLocation::Directory(directory) => Store::open(directory)?,
            StoreLocation::Ephemeral => Store::temporary()?,
        });
        let root = RootCredential {
            account: settings.account,
            access_key_id: settings.root_access_key_id.clone(),
            secret: settings.root_secret_access_key.clone(),
            region: settings.region.clone(),
        };
        let clock = Clock::open(Arc::clone(&store), settings.pace)?;
        let world = if store.is_new() {
            let world = load_files(&settings, &root, &clock)?;
            let mut batch = Batch::new();
            world.write(&mut batch);
            clock.keep(&mut batch);
            let ticket = store.replace(batch)?;
            store.wait(ticket)?;
            world
        } else {
            World::read(&store, &root)?
        };
        let worlds = Worlds::new(Arc::clone(&store), world);
        let sessions = Sessions::new(Arc::clone(&store));
        let last_uses = LastUses::new(Arc::clone(&store));
        Ok(State { settings, store, clock, worlds, sessions, last_uses, writer: Mutex::new(()) })
    }

    /// What is in force.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The store, for scans and reads.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The virtual clock.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Principals, policies and resources.
    pub fn worlds(&self) -> &Worlds {
        &self.worlds
    }

    /// The world as it stands; a snapshot that later changes leave alone.
    pub fn world(&self) -> Arc<World> {
        self.worlds.snapshot()
    }

    /// The sessions that STS has handed out.
    pub fn sessions(&self) -> &Sessions {
        &self.sessions
    }

    /// When access keys and roles were last used.
    pub fn last_uses(&self) -> &LastUses {
        &self.last_uses
    }

    /// The one writer: a mutating request holds it from its judgement to its batch, so that what was judged is what is
    /// changed. Reads do not take it.
    pub fn writer(&self) -> MutexGuard<'_, ()> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Applies a service's batch, and with it how far the clock has come, so that a restart never goes back behind a
    /// record. The change is acknowledged only after [`Store::wait`] or [`Store::flushed`] of the ticket.
    ///
    /// # Errors
    /// The store failed; nothing was changed.
    pub fn apply(&self, mut batch: Batch) -> Result<Ticket, store::Error> {
        self.clock.keep(&mut batch);
        self.last_uses.keep(&mut batch);
        self.store.apply(batch)
    }

    /// Keeps how far the clock has come, and waits until all that was applied is on disk: the last thing before the end.
    ///
    /// # Errors
    /// The store failed; what was acknowledged before is safe nevertheless.
    pub fn close(&self) -> Result<(), store::Error> {
        let ticket = self.apply(Batch::new())?;
        self.store.wait(ticket)
    }

    /// Changes the world, and keeps with it how far the clock has come; see [`Worlds::change`].
    ///
    /// # Errors
    /// As [`Worlds::change`].
    pub fn change<T>(&self, change: impl FnOnce(&mut Edit) -> Result<T, Fault>) -> Result<(T, Ticket), Fault> {
        self.worlds.change(|edit| {
            self.clock.keep(edit.batch());
            change(edit)
        })
    }

    /// Back to the state right after the first start: the store emptied, the world files loaded again, the clock on the
    /// wall's time.
    ///
    /// # Errors
    /// As [`State::open`]; on an error nothing has changed.
    pub fn reset(&self) -> Result<Ticket, OpenError> {
        let _writer = self.writer();
        let world = load_files(&self.settings, self.world().root(), &self.clock)?;
        let mut batch = Batch::new();
        world.write(&mut batch);
        let ticket = self.store.replace(batch)?;
        self.clock.reset();
        self.sessions.forget();
        self.last_uses.forget();
        self.worlds.publish(world);
        Ok(ticket)
    }
}

fn load_files(settings: &Settings, root: &RootCredential, clock: &Clock) -> Result<World, OpenError> {
    let mut texts = Vec::with_capacity(settings.worlds.len());
    for file in &settings.worlds {
        let text =
            std::fs::read_to_string(file).map_err(|reason| OpenError::Unreadable { file: file.clone(), reason })?;
        texts.push((file.display().to_string(), text));
    }
    let built_in = settings.built_in_world.map(|text| (Some("the built-in world"), text));
    let files = texts.iter().map(|(name, text)| (Some(name.as_str()), text.as_str()));
    let sources: Vec<_> = built_in.into_iter().chain(files).collect();
    Ok(World::load(&sources, root, clock.wall_now())?)
}

#[cfg(test)]
mod tests;
