//! Algorithms: images for training and inference under a name.
//!
//! <https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateAlgorithm.html>

use jiff::Timestamp;
use serde_json::json;

use crate::access::Stage;
use crate::document::{Members, select};
use crate::fault::Fault;
use crate::services::sagemaker::course::{Course, JOB, Leg};
use crate::services::sagemaker::kind::{Kind, Verb};
use crate::services::sagemaker::list::{Listing, Order};
use crate::services::sagemaker::record::Record;

/// The declaration.
pub(super) static KIND: Kind = Kind {
    noun: "Algorithm",
    plural: "Algorithms",
    resource_type: "algorithm",
    name_member: "AlgorithmName",
    arn_member: "AlgorithmArn",
    status_member: "AlgorithmStatus",
    verbs: &[Verb::Delete],
    roles: &["ValidationSpecification.ValidationRole"],
    timeline: |record| COURSE.timeline(record),
    reaches: |record, stage| COURSE.reaches(record, stage),
    describe,
    listing: Listing { summaries: "AlgorithmSummaryList", order: Order::Ascending, ..Listing::DEFAULT },
    duplicate: |_, arn| Fault::validation(format!("Algorithm already exists: {arn}")),
    missing: |absent| Fault::validation(format!("Algorithm {} does not exist.", absent.arn)),
    ..Kind::DEFAULT
};

static COURSE: Course = Course {
    legs: &[
        Leg { status: "Pending", stage: Stage::Start, seconds: 10 },
        Leg { status: "InProgress", stage: Stage::Run, seconds: 60 },
    ],
    ..JOB
};

fn describe(record: &Record, now: Timestamp) -> Members {
    let status = COURSE.timeline(record).at(now).map(|phase| phase.status);
    let status = match status {
        Some("Pending") => "NotStarted",
        Some(status) => status,
        None => "InProgress",
    };
    let members = record.members.clone().into();
    let profiles = select(&members, "ValidationSpecification.ValidationProfiles[].ProfileName");
    let of = |name: &crate::document::Document| json!({ "Name": name, "Status": status });
    let validations: Vec<_> = profiles.iter().map(|profile| of(profile.value)).collect();
    let details = json!({ "ValidationStatuses": validations, "ImageScanStatuses": [] });
    Members::from_iter([("AlgorithmStatusDetails".to_owned(), details)])
}
