//! Private work teams. Facts: E.2 and F.5.
//!
//! <https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateWorkteam.html>

use jiff::Timestamp;

use crate::document::Members;
use crate::fault::Fault;
use crate::services::sagemaker::kind::{Kind, Verb};
use crate::services::sagemaker::list::{Listing, Order};
use crate::services::sagemaker::record::Record;
use crate::services::sagemaker::seconds;

/// The declaration.
pub(super) static KIND: Kind = Kind {
    noun: "Workteam",
    plural: "Workteams",
    resource_type: "workteam",
    name_member: "WorkteamName",
    arn_member: "WorkteamArn",
    id: |kind, call| format!("private-crowd/{}", kind.named(call)),
    wrapper: "Workteam",
    verbs: &[Verb::Update, Verb::Delete],
    describe: dates,
    listing: Listing { summaries: "Workteams", order: Order::Ascending, summary: dates, ..Listing::DEFAULT },
    duplicate: |name, _| Fault::new("ResourceInUse", format!("Work team with name {name} already exists.")),
    missing: |absent| Fault::validation(format!("The work team {} does not exist.", absent.arn)),
    update: |call, _| {
        let mut changed = call.input.as_object().cloned().unwrap_or_default();
        changed.remove("WorkteamName");
        Ok(changed)
    },
    ..Kind::DEFAULT
};

/// Work teams call their times by names of their own.
fn dates(record: &Record, _now: Timestamp) -> Members {
    Members::from_iter([
        ("CreateDate".to_owned(), seconds(record.created_at)),
        ("LastUpdatedDate".to_owned(), seconds(record.changed_at())),
    ])
}
