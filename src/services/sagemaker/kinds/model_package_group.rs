//! Model package groups: the versions of one model. Their resource policy stands in `policy`. Facts: E.1 to E.3.
//!
//! <https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateModelPackageGroup.html>

pub(in super::super) mod policy;

use super::model_package;
use crate::fault::Fault;
use crate::services::sagemaker::kind::{Kind, Verb};
use crate::services::sagemaker::list::{Listing, Order};
use crate::services::sagemaker::record::Record;
use crate::services::sagemaker::{author, engine};
use crate::timeline::{Phase, Timeline};

/// The declaration.
pub(super) static KIND: Kind = Kind {
    noun: "ModelPackageGroup",
    plural: "ModelPackageGroups",
    resource_type: "model-package-group",
    name_member: "ModelPackageGroupName",
    arn_member: "ModelPackageGroupArn",
    status_member: "ModelPackageGroupStatus",
    verbs: &[Verb::Delete],
    resolve: author::created,
    timeline: completed,
    listing: Listing {
        summaries: "ModelPackageGroupSummaryList",
        order: Order::Ascending,
        filter: |_, input, _| {
            // Nothing is shared with other accounts here.
            crate::document::text(input, "CrossAccountFilterOption") != Some("CrossAccount")
        },
        ..Listing::DEFAULT
    },
    duplicate: |_, arn| Fault::validation(format!("Model Package Group already exists: {arn}")),
    missing: |absent| Fault::validation(format!("ModelPackageGroup {} does not exist.", absent.arn)),
    delete: |call, record| {
        let prefix = format!("{}/", record.name);
        if engine::all(call, &model_package::KIND)?.iter().all(|package| !package.name.starts_with(&prefix)) {
            return Ok(());
        }
        Err(Fault::new(
            "ConflictException",
            format!("Model Package Group {} cannot be deleted because it contains Model Packages.", record.arn),
        ))
    },
    ..Kind::DEFAULT
};

/// Ready as soon as it is made.
fn completed(record: &Record) -> Timeline {
    Timeline::starting(Phase { since: record.created_at, status: "Completed", secondary: None, settled: true })
}
