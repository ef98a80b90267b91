//! The training job definitions of a request or record: where each stands, what it tunes, and by which metric.

use crate::document::{self, Document, Members};

/// One training job definition.
#[derive(Clone)]
pub(super) struct Definition<'a> {
    /// The member that holds it, such as `TrainingJobDefinitions[1]`.
    pub(super) member: String,
    /// What it says.
    pub(super) document: &'a Document,
    /// Its `DefinitionName`, where it is one of several.
    pub(super) name: Option<&'a str>,
    /// What is tuned for.
    pub(super) objective: Option<Objective<'a>>,
    /// The ranges to search.
    pub(super) ranges: Option<&'a Document>,
    /// Whether it is the only one.
    pub(super) alone: bool,
}

/// The metric that is tuned for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Objective<'a> {
    /// Its name.
    pub(super) metric: &'a str,
    /// Whether more is better.
    pub(super) maximize: bool,
}

impl<'a> Objective<'a> {
    fn read(document: &'a Document) -> Option<Objective<'a>> {
        let metric = document::text(document, "MetricName")?;
        Some(Objective { metric, maximize: document::text(document, "Type") == Some("Maximize") })
    }

    /// AWS's word for the direction.
    pub(super) fn direction(&self) -> &'static str {
        if self.maximize { "Maximize" } else { "Minimize" }
    }

    /// Whether a value is better than another.
    pub(super) fn better(&self, value: f64, than: f64) -> bool {
        if self.maximize { value > than } else { value < than }
    }
}

/// Every definition of a create call's members.
///
/// A single definition is tuned as `HyperParameterTuningJobConfig` says; each of several says so itself.
pub(super) fn definitions(members: &Members) -> Vec<Definition<'_>> {
    let config = members.get(CONFIG);
    let of_config = |member: &str| config.and_then(|config| document::get(config, member));
    let mut found = Vec::new();
    if let Some(document) = members.get("TrainingJobDefinition").filter(|definition| !definition.is_null()) {
        let own = document::get(document, "TuningObjective");
        let shared = of_config("HyperParameterTuningJobObjective");
        found.push(Definition {
            member: "TrainingJobDefinition".to_owned(),
            document,
            name: document::text(document, "DefinitionName"),
            objective: shared.or(own).and_then(Objective::read),
            ranges: of_config("ParameterRanges").or_else(|| document::get(document, "HyperParameterRanges")),
            alone: true,
        });
    }
    let several = members.get("TrainingJobDefinitions").and_then(Document::as_array);
    for (index, document) in several.into_iter().flatten().enumerate() {
        let member = format!("TrainingJobDefinitions[{index}]");
        found.push(Definition {
            member,
            document,
            name: document::text(document, "DefinitionName"),
            objective: document::get(document, "TuningObjective").and_then(Objective::read),
            ranges: document::get(document, "HyperParameterRanges"),
            alone: false,
        });
    }
    found
}

/// The member that configures the tuning.
pub(super) const CONFIG: &str = "HyperParameterTuningJobConfig";
