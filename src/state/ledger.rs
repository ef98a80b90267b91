//! The newest requests and what was decided about them, in memory and bounded.
//!
//! Does not know what an entry is. Refusals have a ring of their own: a flood of allowed calls does not push them out.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How many entries each ring keeps unless told otherwise.
pub const CAPACITY: usize = 1024;

/// One request and what is remembered of it.
#[derive(Debug)]
pub struct Recorded<E> {
    /// The `x-amzn-requestid`.
    pub request_id: Box<str>,
    /// Larger is newer.
    pub number: u64,
    /// What is remembered.
    pub entry: E,
}

/// Two rings of the newest requests.
#[derive(Debug)]
pub struct Ledger<E> {
    rings: Mutex<Rings<E>>,
    capacity: usize,
}

#[derive(Debug)]
struct Rings<E> {
    next: u64,
    allowed: VecDeque<Arc<Recorded<E>>>,
    refused: VecDeque<Arc<Recorded<E>>>,
}

impl<E> Default for Ledger<E> {
    fn default() -> Ledger<E> {
        Ledger::new(CAPACITY)
    }
}

impl<E> Ledger<E> {
    /// A ledger that keeps the newest `capacity` refused requests and as many others.
    pub fn new(capacity: usize) -> Ledger<E> {
        let rings = Rings { next: 0, allowed: VecDeque::new(), refused: VecDeque::new() };
        Ledger { rings: Mutex::new(rings), capacity }
    }

    /// Remembers a request. `refused` says that something in it was denied, even where it went through nevertheless.
    pub fn record(&self, request_id: &str, refused: bool, entry: E) {
        let mut recorded = Recorded { request_id: Box::from(request_id), number: 0, entry };
        let mut rings = self.lock();
        recorded.number = rings.next;
        rings.next += 1;
        let ring = if refused { &mut rings.refused } else { &mut rings.allowed };
        let oldest = if ring.len() >= self.capacity { ring.pop_front() } else { None };
        ring.push_back(Arc::new(recorded));
        drop(rings);
        // A trace may be large: it is freed when nobody waits for the lock.
        drop(oldest);
    }

    /// Everything that is remembered, newest first.
    pub fn newest_first(&self) -> Vec<Arc<Recorded<E>>> {
        let rings = self.lock();
        let mut all: Vec<_> = rings.allowed.iter().chain(&rings.refused).map(Arc::clone).collect();
        drop(rings);
        all.sort_unstable_by_key(|recorded| std::cmp::Reverse(recorded.number));
        all
    }

    /// The request of this id.
    pub fn find(&self, request_id: &str) -> Option<Arc<Recorded<E>>> {
        let rings = self.lock();
        let mut newest = rings.refused.iter().rev().chain(rings.allowed.iter().rev());
        newest.find(|recorded| &*recorded.request_id == request_id).map(Arc::clone)
    }

    /// Forgets everything.
    pub fn clear(&self) {
        let mut rings = self.lock();
        let forgotten = (std::mem::take(&mut rings.allowed), std::mem::take(&mut rings.refused));
        drop(rings);
        drop(forgotten);
    }

    fn lock(&self) -> MutexGuard<'_, Rings<E>> {
        self.rings.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::Ledger;

    #[test]
    fn a_flood_of_allowed_calls_leaves_the_refusals() {
        let ledger = Ledger::new(3);
        ledger.record("refused", true, 0);
        for number in 1..=10 {
            ledger.record(&format!("allowed-{number}"), false, number);
        }
        let kept: Vec<_> = ledger.newest_first().iter().map(|recorded| recorded.entry).collect();
        assert_eq!(kept, [10, 9, 8, 0]);
        assert_eq!(ledger.find("refused").unwrap().entry, 0);
        assert_eq!(ledger.find("allowed-9").unwrap().entry, 9);
        assert!(ledger.find("allowed-7").is_none());
        ledger.clear();
        assert!(ledger.newest_first().is_empty());
    }
}
