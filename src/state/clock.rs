//! The time: the wall's, and the virtual time that sessions, conditions and life cycles follow.
//!
//! The only reader of the wall clock. INVARIANT: the virtual time never goes back, within a process or over a restart
//! on the same store; it is cut to milliseconds, so that what is stored and what is computed agree.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::store::{self, Batch, Store, Ticket};
use crate::settings::Pace;

const KEY: &[u8] = b"clock";

/// The two clocks.
#[derive(Debug)]
pub struct Clock {
    pace: Pace,
    store: Arc<Store>,
    /// Milliseconds that the virtual time is ahead of the wall's; unused where the pace is manual.
    offset: AtomicI64,
    /// The latest virtual time that was told, in milliseconds since the epoch.
    latest: AtomicI64,
    advancing: Mutex<()>,
}

/// Why the clock was not moved.
#[derive(Debug, thiserror::Error)]
pub enum AdvanceError {
    /// The clock goes forward only.
    #[error("the clock cannot go back")]
    Backwards,
    /// The new time would be behind the last representable one.
    #[error("the clock cannot go that far")]
    TooFar,
    /// The new time could not be kept.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// What a restart needs to know.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    offset_milliseconds: i64,
    latest_milliseconds: i64,
}

impl Clock {
    /// The clock of a store: it goes on where it was left, and begins with the wall's time.
    ///
    /// # Errors
    /// The store cannot be read or what it says of the clock is no such thing.
    pub fn open(store: Arc<Store>, pace: Pace) -> Result<Clock, store::Error> {
        let kept: Option<Kept> = match store.get(KEY)? {
            Some(bytes) => Some(store.parse(KEY, &bytes)?),
            None => None,
        };
        let wall = wall_milliseconds();
        let (offset, latest) = match kept {
            // A clock that was ahead of the wall by hand goes on from there instead of waiting to be caught up with.
            Some(kept) => {
                let behind = kept.latest_milliseconds.saturating_sub(wall);
                (kept.offset_milliseconds.max(behind), kept.latest_milliseconds)
            }
            None => (0, wall),
        };
        Ok(Clock {
            pace,
            store,
            offset: AtomicI64::new(offset),
            latest: AtomicI64::new(latest),
            advancing: Mutex::new(()),
        })
    }

    /// The wall's time, by which the skew of signatures is judged.
    pub fn wall_now(&self) -> Timestamp {
        from_milliseconds(wall_milliseconds())
    }

    /// The virtual time. A request reads it once and passes it down.
    pub fn now(&self) -> Timestamp {
        let latest = match self.pace {
            Pace::Manual => self.latest.load(Ordering::Acquire),
            Pace::Instant | Pace::Real => {
                let now = wall_milliseconds().saturating_add(self.offset.load(Ordering::Acquire));
                self.latest.fetch_max(now, Ordering::AcqRel).max(now)
            }
        };
        from_milliseconds(latest)
    }

    /// Moves the virtual time forward, at any pace; the new time and the ticket of its being kept.
    ///
    /// # Errors
    /// The duration is negative or leads out of what can be represented, or the store failed; the clock stands as it
    /// stood.
    pub fn advance(&self, by: SignedDuration) -> Result<(Timestamp, Ticket), AdvanceError> {
        if by.is_negative() {
            return Err(AdvanceError::Backwards);
        }
        let by = i64::try_from(by.as_millis()).map_err(|_| AdvanceError::TooFar)?;
        let _advancing = self.advancing.lock().unwrap_or_else(PoisonError::into_inner);
        let latest = self.now().as_millisecond().checked_add(by).ok_or(AdvanceError::TooFar)?;
        let offset = self.offset.load(Ordering::Acquire).checked_add(by).ok_or(AdvanceError::TooFar)?;
        let now = Timestamp::from_millisecond(latest).map_err(|_| AdvanceError::TooFar)?;
        if latest > LAST {
            return Err(AdvanceError::TooFar);
        }
        let mut batch = Batch::new();
        batch.put(KEY, store::to_bytes(&Kept { offset_milliseconds: offset, latest_milliseconds: latest }));
        let ticket = self.store.apply(batch)?;
        self.offset.store(offset, Ordering::Release);
        self.latest.fetch_max(latest, Ordering::AcqRel);
        Ok((now, ticket))
    }

    /// Adds to a batch how far the clock has come.
    pub fn keep(&self, batch: &mut Batch) {
        let kept = Kept {
            offset_milliseconds: self.offset.load(Ordering::Acquire),
            latest_milliseconds: self.now().as_millisecond(),
        };
        batch.put(KEY, store::to_bytes(&kept));
    }

    /// Back to the wall's time, for a store that has been emptied.
    pub(super) fn reset(&self) {
        let _advancing = self.advancing.lock().unwrap_or_else(PoisonError::into_inner);
        self.offset.store(0, Ordering::Release);
        self.latest.store(wall_milliseconds(), Ordering::Release);
    }
}

/// The end of the year 9000: what follows can still be added to without leaving the calendar.
const LAST: i64 = 221_845_392_000_000;

#[allow(clippy::disallowed_methods, reason = "this is the one place that reads the wall clock")]
fn wall_milliseconds() -> i64 {
    Timestamp::now().as_millisecond()
}

fn from_milliseconds(milliseconds: i64) -> Timestamp {
    Timestamp::from_millisecond(milliseconds).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests;
