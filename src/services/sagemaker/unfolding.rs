//! What resources bring about by themselves: a tuning job launches training jobs, a pipeline execution runs its steps.
//!
//! Nothing runs in the background. A kind's `unfold` is called when a resource is created and again whenever the time
//! that it answered has come; it writes down everything that has happened by now, each at its own time.

use jiff::Timestamp;

use super::kind::Kind;
use super::record::Record;
use super::records::Shelf;
use crate::account::AccountId;
use crate::fault::Fault;
use crate::state::State;
use crate::state::store::Batch;

/// One look at a resource: the time, the place, and the change that is being put together.
pub struct Unfolding<'a> {
    /// Everything that outlives the request.
    pub state: &'a State,
    /// The account of the resource.
    pub account: AccountId,
    /// The region of the resource.
    pub region: &'a str,
    /// The virtual time up to which things happen.
    pub now: Timestamp,
    /// The change that is being put together.
    pub batch: &'a mut Batch,
    written: Vec<(Shelf, Record)>,
}

impl<'a> Unfolding<'a> {
    /// A look at a resource of this account and region.
    pub fn new(
        state: &'a State,
        account: AccountId,
        region: &'a str,
        now: Timestamp,
        batch: &'a mut Batch,
    ) -> Unfolding<'a> {
        Unfolding { state, account, region, now, batch, written: Vec::new() }
    }

    /// The shelf of a kind in the resource's account and region.
    pub fn shelf(&self, kind: &Kind) -> Shelf {
        Shelf { account: self.account, region: self.region.to_owned(), resource_type: kind.resource_type.to_owned() }
    }

    /// A resource of this name, as it will be once the change is applied.
    pub fn find(&self, kind: &Kind, name: &str) -> Result<Option<Record>, Fault> {
        let shelf = self.shelf(kind);
        let written = self.written.iter().rev().find(|(place, record)| *place == shelf && record.name == name);
        match written {
            Some((_, record)) => Ok(Some(record.clone())),
            None => shelf.find(self.state.store(), name),
        }
    }

    /// Adds a new resource to the change.
    pub fn insert(&mut self, kind: &Kind, record: Record) -> Result<(), Fault> {
        let shelf = self.shelf(kind);
        shelf.insert(self.batch, &record)?;
        self.written.push((shelf, record));
        Ok(())
    }

    /// Adds a changed resource to the change.
    pub fn write(&mut self, kind: &Kind, record: Record) -> Result<(), Fault> {
        let shelf = self.shelf(kind);
        shelf.write(self.batch, &record)?;
        self.written.push((shelf, record));
        Ok(())
    }
}
