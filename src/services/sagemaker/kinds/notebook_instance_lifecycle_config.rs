//! The scripts that a notebook instance runs when it is made and each time it starts. Facts: E.1 to E.3.

use super::notebook_instance;
use crate::document::{self, Members};
use crate::fault::Fault;
use crate::services::Call;
use crate::services::sagemaker::engine;
use crate::services::sagemaker::kind::{Absent, Kind, Verb};
use crate::services::sagemaker::list::Listing;
use crate::services::sagemaker::record::Record;

/// The declaration.
pub(super) static KIND: Kind = Kind {
    noun: "NotebookInstanceLifecycleConfig",
    plural: "NotebookInstanceLifecycleConfigs",
    resource_type: "notebook-instance-lifecycle-config",
    name_member: "NotebookInstanceLifecycleConfigName",
    arn_member: "NotebookInstanceLifecycleConfigArn",
    verbs: &[Verb::Update, Verb::Delete],
    listing: Listing { summaries: "NotebookInstanceLifecycleConfigs", ..Listing::DEFAULT },
    duplicate: |_, arn| {
        Fault::validation(format!(
            "Unable to create Notebook Instance Lifecycle Config {arn}. (Details: Notebook Instance Lifecycle Config \
             already exists.)"
        ))
    },
    missing,
    delete,
    update: |call, _| {
        let scripts = ["OnCreate", "OnStart"].into_iter();
        let given = scripts.filter_map(|member| Some((member.to_owned(), document::get(call.input, member)?.clone())));
        Ok(given.collect::<Members>())
    },
    ..Kind::DEFAULT
};

fn missing(absent: &Absent<'_>) -> Fault {
    let verb = match absent.operation {
        "DeleteNotebookInstanceLifecycleConfig" => "delete",
        "UpdateNotebookInstanceLifecycleConfig" => "update",
        _ => "describe",
    };
    Fault::validation(format!(
        "Unable to {verb} Notebook Instance Lifecycle Config '{}'. (Details: Notebook Instance Lifecycle Config does \
         not exist.)",
        absent.arn
    ))
}

fn delete(call: &Call<'_>, record: &Record) -> Result<(), Fault> {
    let uses = |notebook: &Record| notebook.text("LifecycleConfigName") == Some(&record.name);
    if !engine::all(call, &notebook_instance::KIND)?.iter().any(uses) {
        return Ok(());
    }
    Err(Fault::validation(format!(
        "Unable to delete Notebook Instance Lifecycle Config '{}'. (Details: Notebook Instance Lifecycle Config is in \
         use by a Notebook Instance.)",
        record.arn
    )))
}
