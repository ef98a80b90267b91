//! `ListTrainingJobsForHyperParameterTuningJob`: the training jobs that a tuning job launched.
//!
//! <https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ListTrainingJobsForHyperParameterTuningJob.html>

use super::KIND;
use super::definition::definitions;
use super::describe::{trial_status, trial_summary};
use super::progress::{Progress, Trial};
use crate::document;
use crate::fault::Fault;
use crate::services::sagemaker::list::{self, Order};
use crate::services::sagemaker::operation::Named;
use crate::services::sagemaker::records::sortable;
use crate::services::sagemaker::{engine, questions};
use crate::services::{Call, Reply};

/// The operation.
pub(in crate::services::sagemaker::kinds) static LIST: Named = Named {
    operation: "ListTrainingJobsForHyperParameterTuningJob",
    changes: false,
    questions: |call| Ok(vec![questions::with_record(call, &KIND)?.0]),
    serve,
};

fn serve(call: &Call<'_>) -> Result<Reply, Fault> {
    let record = engine::existing(call, &KIND)?;
    let progress = Progress::of(&record);
    let definitions = definitions(&record.members);
    let sort = document::text(call.input, "SortBy").unwrap_or("Name");
    let status = document::text(call.input, "StatusEquals");
    let wanted = progress.trials.iter().filter(|trial| status.is_none_or(|status| trial_status(trial) == status));
    // Training jobs without a metric are left out where the list is sorted by it.
    let placed = wanted.filter_map(|trial| Some((place(trial, sort)?, trial))).collect();
    let order = match document::text(call.input, "SortOrder") {
        Some("Descending") => Order::Descending,
        _ => Order::Ascending,
    };
    list::sorted_page(call, "TrainingJobSummaries", order, placed, |trial| {
        trial_summary(&record, &definitions, trial, call.now())
    })
}

fn place(trial: &Trial, sort: &str) -> Option<Vec<u8>> {
    let mut place = match sort {
        "CreationTime" => sortable(trial.launched_at).to_vec(),
        "Status" => [trial_status(trial).as_bytes(), &[0]].concat(),
        "FinalObjectiveMetricValue" => ascending(trial.end.as_ref()?.value?).to_vec(),
        _ => Vec::new(),
    };
    place.extend_from_slice(trial.name.as_bytes());
    Some(place)
}

/// Eight bytes that sort as the numbers do.
fn ascending(value: f64) -> [u8; 8] {
    let bits = value.to_bits();
    let sign = 1 << 63;
    (if bits & sign == 0 { bits | sign } else { !bits }).to_be_bytes()
}
