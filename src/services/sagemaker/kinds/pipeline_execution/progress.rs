//! What an execution has come to: its steps as they were started and ended. Plain facts, kept in the record.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::document::Document;
use crate::services::sagemaker::record::Record;

/// The steps that were started, in this order, and the end.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Progress {
    pub(super) steps: Vec<Begun>,
    pub(super) ended: Option<Ended>,
}

/// A step that was started.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Begun {
    pub(super) name: String,
    pub(super) step_type: String,
    pub(super) began: Timestamp,
    pub(super) ended: Option<Timestamp>,
    pub(super) standing: Standing,
    pub(super) reason: Option<String>,
    /// What the step has made: the resource type and the name.
    pub(super) made: Option<(String, String)>,
    /// The ARN of what it has made.
    pub(super) arn: Option<String>,
    /// What a condition has come to.
    pub(super) outcome: Option<bool>,
    /// How often it was started.
    pub(super) attempts: u32,
}

/// The end of an execution.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Ended {
    pub(super) at: Timestamp,
    pub(super) standing: Standing,
    pub(super) reason: Option<String>,
}

/// How a step or an execution stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Standing {
    Executing,
    Succeeded,
    Failed,
    Stopped,
}

impl Progress {
    /// The progress that a record holds.
    pub(super) fn of(record: &Record) -> Progress {
        serde_json::from_value(record.progress.clone()).unwrap_or_default()
    }

    /// The progress as a record holds it.
    pub(super) fn document(&self) -> Document {
        serde_json::to_value(self).unwrap_or_default()
    }

    /// A step that was started.
    pub(super) fn step(&self, name: &str) -> Option<&Begun> {
        self.steps.iter().find(|step| step.name == name)
    }

    /// Whether a step stands so.
    pub(super) fn any(&self, standing: Standing) -> bool {
        self.steps.iter().any(|step| step.standing == standing)
    }

    /// When the last step ended.
    pub(super) fn last_end(&self) -> Option<Timestamp> {
        self.steps.iter().filter_map(|step| step.ended).max()
    }
}
