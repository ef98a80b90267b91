//! Changes, and the tickets for their durability.

/// The change that an acknowledgement waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[must_use = "a change is durable only when its ticket has been waited for"]
pub struct Ticket(pub(super) u64);

impl Ticket {
    /// A ticket that is covered already: nothing was written.
    pub const NOTHING: Ticket = Ticket(0);
}

/// Changes that happen all or not at all.
#[derive(Debug, Clone, Default)]
pub struct Batch {
    pub(super) changes: Vec<(Vec<u8>, Option<Vec<u8>>)>,
}

impl Batch {
    /// A batch without changes.
    pub fn new() -> Batch {
        Batch::default()
    }

    /// Sets a key. A later change of the same key in this batch prevails.
    pub fn put(&mut self, key: impl Into<Vec<u8>>, value: impl Into<Vec<u8>>) {
        self.changes.push((key.into(), Some(value.into())));
    }

    /// Removes a key; one that is not there stays so.
    pub fn delete(&mut self, key: impl Into<Vec<u8>>) {
        self.changes.push((key.into(), None));
    }

    /// Takes over another batch's changes, after its own.
    pub fn append(&mut self, other: Batch) {
        self.changes.extend(other.changes);
    }

    /// Whether there is nothing to change.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }
}
