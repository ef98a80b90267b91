//! Trials: runs of an experiment. Facts: E.1, E.3, F.4 and G.6.
//!
//! A trial keeps the names of its components, each component the trials that it belongs to; `trial_component::members`
//! changes both at once.

use serde_json::Value;

use super::experiment::{self, display_name, does_not_exist, not_unique};
use crate::document::{self, Document};
use crate::fault::Fault;
use crate::services::sagemaker::kind::{Kind, Other, Verb};
use crate::services::sagemaker::list::Listing;
use crate::services::sagemaker::record::Record;
use crate::services::sagemaker::{author, engine};

/// The declaration.
pub(super) static KIND: Kind = Kind {
    noun: "Trial",
    plural: "Trials",
    resource_type: "experiment-trial",
    name_member: "TrialName",
    arn_member: "TrialArn",
    verbs: &[Verb::Update, Verb::Delete],
    resolve: |call, members| {
        let name = members.get("ExperimentName").and_then(Value::as_str).unwrap_or_default();
        engine::named(call, &experiment::KIND, name)?;
        author::created(call, members)
    },
    also: |call| {
        let member = "ExperimentName";
        let name = document::text(call.input, member).map(str::to_owned);
        name.map(|id| Other { resource_type: "experiment", id, member }).into_iter().collect()
    },
    describe: |record, _| display_name(record),
    listing: Listing {
        summaries: "TrialSummaries",
        summary: |record, _| display_name(record),
        filter: |record, input, _| {
            let experiment = document::text(input, "ExperimentName");
            let component = document::text(input, "TrialComponentName");
            experiment.is_none_or(|name| record.text("ExperimentName") == Some(name))
                && component.is_none_or(|name| components(record).any(|own| own == name))
        },
        ..Listing::DEFAULT
    },
    duplicate: |name, _| not_unique("Trial", name),
    missing: |absent| does_not_exist("Trial", absent.name),
    delete: |_, record| {
        if components(record).next().is_none() {
            return Ok(());
        }
        Err(Fault::validation(format!(
            "Trial ({}) cannot be deleted because it has associated Trial Components. Disassociate them first.",
            record.name
        )))
    },
    update: |call, _| Ok(author::changed(call, &["TrialName"])),
    ..Kind::DEFAULT
};

/// Where a trial keeps the names of its components.
pub(super) const COMPONENTS: &str = "components";

/// The names of a trial's components.
pub(super) fn components(record: &Record) -> impl Iterator<Item = &str> {
    record.get(COMPONENTS).and_then(Document::as_array).into_iter().flatten().filter_map(Document::as_str)
}
