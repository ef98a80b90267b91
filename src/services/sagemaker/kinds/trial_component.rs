//! Trial components: the steps of trials. Which trial has which component is changed in `membership`.
//!
//! <https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrialComponent.html>

pub(in super::super) mod membership;

use super::experiment::{display_name, does_not_exist, not_unique};
use crate::document::{self, Document, Members};
use crate::fault::Fault;
use crate::services::Call;
use crate::services::sagemaker::author;
use crate::services::sagemaker::kind::{Kind, Verb};
use crate::services::sagemaker::list::Listing;
use crate::services::sagemaker::record::Record;

/// The declaration.
pub(super) static KIND: Kind = Kind {
    noun: "TrialComponent",
    plural: "TrialComponents",
    resource_type: "experiment-trial-component",
    name_member: "TrialComponentName",
    arn_member: "TrialComponentArn",
    verbs: &[Verb::Update, Verb::Delete],
    resolve: author::created,
    describe: |record, _| display_name(record),
    listing: Listing {
        summaries: "TrialComponentSummaries",
        summary: |record, _| display_name(record),
        filter: |record, input, _| {
            let (experiment, trial) = (document::text(input, "ExperimentName"), document::text(input, "TrialName"));
            let belongs = |wanted: &str, member: &str| {
                trials(record).any(|membership| document::text(membership, member) == Some(wanted))
            };
            // No component here comes from a job: none has a source.
            document::get(input, "SourceArn").is_none()
                && experiment.is_none_or(|name| belongs(name, "experiment"))
                && trial.is_none_or(|name| belongs(name, "trial"))
        },
        ..Listing::DEFAULT
    },
    duplicate: |name, _| not_unique("TrialComponent", name),
    missing: |absent| does_not_exist("TrialComponent", absent.name),
    delete: |_, record| {
        if trials(record).next().is_none() {
            return Ok(());
        }
        Err(Fault::validation(format!(
            "TrialComponent ({}) cannot be deleted because it is associated with Trials. Disassociate it first.",
            record.name
        )))
    },
    update,
    ..Kind::DEFAULT
};

/// Where a component keeps the trials that it belongs to, each with its experiment.
const TRIALS: &str = "trials";

fn trials(record: &Record) -> impl Iterator<Item = &Document> {
    record.get(TRIALS).and_then(Document::as_array).into_iter().flatten()
}

/// The maps of a component, and the member of an update that names the entries to take out.
const MAPS: [(&str, &str); 3] = [
    ("Parameters", "ParametersToRemove"),
    ("InputArtifacts", "InputArtifactsToRemove"),
    ("OutputArtifacts", "OutputArtifactsToRemove"),
];

fn update(call: &Call<'_>, record: &Record) -> Result<Members, Fault> {
    let mut changed = author::changed(call, &["TrialComponentName"]);
    for (map, removal) in MAPS {
        let mut entries = record.get(map).and_then(Document::as_object).cloned().unwrap_or_default();
        if let Some(Document::Object(given)) = changed.remove(map) {
            entries.extend(given);
        }
        if let Some(Document::Array(names)) = changed.remove(removal) {
            names.iter().filter_map(Document::as_str).for_each(|name| drop(entries.remove(name)));
        }
        changed.insert(map.to_owned(), entries.into());
    }
    Ok(changed)
}
