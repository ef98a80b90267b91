//! What resources bring about by themselves: a tuning job launches training jobs, a pipeline execution runs its steps.
//!
//! Nothing runs in the background. A kind's `unfold` is called when a resource is created, when it is asked to stop,
//! when something happens to a resource that it launched, and whenever the time that it answered has come; it writes
//! down everything that has happened by now, each at its own time.

use jiff::Timestamp;

use super::changes::Changes;
use super::kind::{self, Kind};
use super::record::{Record, Settling};
use super::records::Shelf;
use crate::access::{Environment, Stage};
use crate::account::AccountId;
use crate::document::Members;
use crate::fault::Fault;
use crate::settings::{Enforcement, Preflight, Settings};
use crate::state::State;
use crate::tag::Tag;

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
    /// The circumstances of the request that looks; a service acting by itself has [`Environment::by_service`].
    pub environment: &'a Environment,
    /// The change that is being put together.
    pub changes: &'a mut Changes,
}

/// A resource that another one launches.
pub struct Launch<'a> {
    /// Its name.
    pub name: &'a str,
    /// What its create call would hold, name and tags excepted.
    pub members: Members,
    /// Its tags.
    pub tags: Vec<Tag>,
    /// When.
    pub at: Timestamp,
    /// Who launches it.
    pub by: &'a Record,
}

impl Unfolding<'_> {
    /// The shelf of a kind in the resource's account and region.
    pub fn shelf(&self, kind: &Kind) -> Shelf {
        Shelf { account: self.account, region: self.region.to_owned(), resource_type: kind.resource_type.to_owned() }
    }

    /// A resource of this name, as it will be once the change is applied.
    pub fn find(&self, kind: &Kind, name: &str) -> Result<Option<Record>, Fault> {
        self.changes.find(self.state.store(), &self.shelf(kind), name)
    }

    /// The record of a resource that another one launches, with AWS's defaults and what is scripted for it; it exists
    /// once it is [inserted](Unfolding::insert). What is later checked of its role by `--preflight aws` is planned.
    pub fn launch(&mut self, kind: &Kind, launch: Launch<'_>) -> Result<Record, Fault> {
        let Launch { name, mut members, tags, at, by } = launch;
        (kind.defaults)(&mut members);
        Ok(Record {
            name: name.to_owned(),
            arn: kind::arn_of(self.account, self.region, kind.resource_type, name),
            created_at: at,
            pace: by.pace,
            members,
            tags,
            events: Vec::new(),
            unchecked: unchecked(self.state.settings(), kind),
            launched_by: Some(by.arn.clone()),
            outcome: self.changes.scripted(self.state.store(), kind, name)?,
            progress: crate::document::Document::Null,
        })
    }

    /// Adds a new resource to the change.
    pub fn insert(&mut self, kind: &Kind, record: Record) -> Result<(), Fault> {
        let shelf = self.shelf(kind);
        if let Some(stage) = record.unchecked.first()
            && let Some(due) = (kind.reaches)(&record, *stage)
        {
            self.changes.plan(due, &shelf, &record.name);
        }
        self.changes.insert(shelf, record);
        Ok(())
    }

    /// Adds a changed resource to the change.
    pub fn write(&mut self, kind: &Kind, record: Record) -> Result<(), Fault> {
        let shelf = self.shelf(kind);
        self.changes.write(shelf, record);
        Ok(())
    }
}

/// The stages at which the role of a new resource is yet to be checked: where AWS checks some of the role's needs only
/// when the job reaches them, so do we.
pub(super) fn unchecked(settings: &Settings, kind: &Kind) -> Vec<Stage> {
    let later = settings.preflight == Preflight::Aws && settings.enforcement == Enforcement::Enforce;
    let has_roles = !kind.roles.is_empty() || !kind.borrowed_roles.is_empty();
    if later && has_roles { vec![Stage::Start, Stage::Download, Stage::Upload] } else { Vec::new() }
}

/// Whether the lives of new resources take time.
pub(super) fn pace(settings: &Settings) -> Settling {
    Settling::from(settings.pace)
}
