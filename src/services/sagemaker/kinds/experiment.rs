//! Experiments: collections of trials. Facts: E.1, E.3 and F.4.
//!
//! <https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateExperiment.html>

use super::trial;
use crate::document::Members;
use crate::fault::Fault;
use crate::services::sagemaker::kind::{Kind, Verb};
use crate::services::sagemaker::list::Listing;
use crate::services::sagemaker::record::Record;
use crate::services::sagemaker::{author, engine};

/// The declaration.
pub(super) static KIND: Kind = Kind {
    noun: "Experiment",
    plural: "Experiments",
    resource_type: "experiment",
    name_member: "ExperimentName",
    arn_member: "ExperimentArn",
    verbs: &[Verb::Update, Verb::Delete],
    resolve: author::created,
    describe: |record, _| display_name(record),
    listing: Listing {
        summaries: "ExperimentSummaries",
        summary: |record, _| display_name(record),
        ..Listing::DEFAULT
    },
    duplicate: |name, _| not_unique("Experiment", name),
    missing: |absent| does_not_exist("Experiment", absent.name),
    delete: |call, record| {
        let trials = engine::all(call, &trial::KIND)?;
        if trials.iter().all(|trial| trial.text("ExperimentName") != Some(&record.name)) {
            return Ok(());
        }
        Err(Fault::validation(format!(
            "Experiment ({}) cannot be deleted because it has associated Trials. Delete the Trials first.",
            record.name
        )))
    },
    update: |call, _| Ok(author::changed(call, &["ExperimentName"])),
    ..Kind::DEFAULT
};

/// The display name, which is the name where none was given.
pub(super) fn display_name(record: &Record) -> Members {
    let shown = record.text("DisplayName").unwrap_or(&record.name);
    Members::from_iter([("DisplayName".to_owned(), shown.into())])
}

/// Fact E.1: the text of experiments; trials and trial components have the same.
pub(super) fn not_unique(noun: &str, name: &str) -> Fault {
    Fault::validation(format!(
        "{noun} names must be unique within an AWS account and region. {noun} with name ({name}) already exists."
    ))
}

/// Fact E.2: the code is known, the text is not.
pub(super) fn does_not_exist(noun: &str, name: &str) -> Fault {
    Fault::new("ResourceNotFound", format!("{noun} with name ({name}) does not exist."))
}
