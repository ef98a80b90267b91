//! What is stored of a resource: facts with dates, never a status.
//!
//! A record holds the create call's input, when it was made, its tags, and what happened to it since. Its status at any
//! instant follows from these by its kind's timeline.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::outcome::Outcome;
use crate::access::Stage;
use crate::document::{Document, Members};
use crate::settings::Pace;
use crate::tag::Tag;

/// One resource of any kind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Its name, as the caller typed it.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// When it was created, in virtual time.
    pub created_at: Timestamp,
    /// Whether its life takes time or is over as soon as it begins.
    pub pace: Settling,
    /// The members of the create call, tags excepted, with AWS's defaults and later updates.
    pub members: Members,
    /// Its tags in the order in which they were added.
    pub tags: Vec<Tag>,
    /// What happened since, oldest first.
    pub events: Vec<Event>,
    /// The stages at which the execution role is still to be checked, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unchecked: Vec<Stage>,
    /// The ARN of the resource that launched it, which is looked at again whenever something happens to this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub launched_by: Option<String>,
    /// What a tester, or the resource that launched it, has laid down to become of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
    /// What it has brought about by itself so far, in the form of its kind's `unfold`.
    #[serde(default, skip_serializing_if = "Document::is_null")]
    pub progress: Document,
}

/// How long the phases of a resource last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Settling {
    /// No time at all.
    Instantly,
    /// As long as such phases commonly last.
    Gradually,
}

/// Something that happened to a resource after its creation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// When, in virtual time.
    pub at: Timestamp,
    /// What.
    pub what: Happening,
}

/// What can happen to a resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Happening {
    /// Somebody asked it to stop.
    StopAsked,
    /// Somebody asked it to start again.
    StartAsked,
    /// Somebody asked for its deletion.
    DeleteAsked,
    /// Somebody updated it.
    Updated,
    /// It failed.
    Failed {
        /// What it was doing.
        during: Stage,
        /// AWS's `FailureReason`.
        reason: String,
    },
}

/// A failure of a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failure<'a> {
    /// When.
    pub at: Timestamp,
    /// What the resource was doing.
    pub during: Stage,
    /// AWS's `FailureReason`.
    pub reason: &'a str,
}

impl Record {
    /// The last part of its name: `alice` of the user profile `d-0123456789ab/alice`.
    pub fn short_name(&self) -> &str {
        self.name.rsplit('/').next().unwrap_or(&self.name)
    }

    /// The member at a dotted path.
    pub fn get(&self, path: &str) -> Option<&Document> {
        let (first, rest) = path.split_once('.').unwrap_or((path, ""));
        let member = self.members.get(first).filter(|member| !member.is_null())?;
        if rest.is_empty() { Some(member) } else { crate::document::get(member, rest) }
    }

    /// The text at a dotted path.
    pub fn text(&self, path: &str) -> Option<&str> {
        self.get(path)?.as_str()
    }

    /// When its deletion was asked for.
    pub fn delete_asked(&self) -> Option<Timestamp> {
        self.events.iter().find(|event| event.what == Happening::DeleteAsked).map(|event| event.at)
    }

    /// When it was first asked to stop.
    pub fn stop_asked(&self) -> Option<Timestamp> {
        self.events.iter().find(|event| event.what == Happening::StopAsked).map(|event| event.at)
    }

    /// When, during what and why it failed.
    pub fn failure(&self) -> Option<Failure<'_>> {
        self.events.iter().find_map(|event| match &event.what {
            Happening::Failed { during, reason } => Some(Failure { at: event.at, during: *during, reason }),
            Happening::StopAsked | Happening::StartAsked | Happening::DeleteAsked | Happening::Updated => None,
        })
    }

    /// When it was last changed by somebody, its creation included.
    pub fn changed_at(&self) -> Timestamp {
        self.events.iter().map(|event| event.at).max().unwrap_or(self.created_at)
    }
}

impl From<Pace> for Settling {
    fn from(pace: Pace) -> Settling {
        match pace {
            Pace::Instant => Settling::Instantly,
            Pace::Real | Pace::Manual => Settling::Gradually,
        }
    }
}
