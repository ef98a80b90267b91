//! Git repositories that notebook instances are opened with.
//!
//! <https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateCodeRepository.html>

use crate::document::{self, Document, Members};
use crate::fault::Fault;
use crate::services::sagemaker::kind::{Kind, Verb};
use crate::services::sagemaker::list::{Listing, Order, Sort};

/// The declaration.
pub(super) static KIND: Kind = Kind {
    noun: "CodeRepository",
    plural: "CodeRepositories",
    resource_type: "code-repository",
    name_member: "CodeRepositoryName",
    arn_member: "CodeRepositoryArn",
    verbs: &[Verb::Update, Verb::Delete],
    listing: Listing {
        summaries: "CodeRepositorySummaryList",
        sort: Sort::Name,
        order: Order::Ascending,
        ..Listing::DEFAULT
    },
    duplicate: |_, arn| Fault::validation(format!("Cannot create already existing CodeRepository \"{arn}\".")),
    missing: |absent| Fault::validation(format!("Cannot find CodeRepository: \"{}\"", absent.arn)),
    update: |call, record| {
        let mut git = record.get("GitConfig").and_then(Document::as_object).cloned().unwrap_or_default();
        git.extend(document::get(call.input, "GitConfig").and_then(Document::as_object).cloned().unwrap_or_default());
        Ok(Members::from_iter([("GitConfig".to_owned(), git.into())]))
    },
    ..Kind::DEFAULT
};
