//! Pipelines: the declaration and its texts. What a definition must be stands in `definition`, how its expressions are
//! resolved in `expression`, its conditions in `condition`, what goes with a deleted pipeline in `deletion`. Facts: C17,
//! E.1 to E.3, F.4.

pub(super) mod condition;
pub(super) mod definition;
pub(in super::super) mod deletion;
pub(super) mod expression;

use serde_json::json;

use crate::document::{self, Members};
use crate::fault::Fault;
use crate::services::Call;
use crate::services::sagemaker::kind::{Kind, Verb};
use crate::services::sagemaker::list::Listing;
use crate::services::sagemaker::operation::Named;
use crate::services::sagemaker::record::Record;
use crate::services::sagemaker::{author, engine, questions};
use crate::timeline::{Phase, Timeline};

/// The declaration.
pub(super) static KIND: Kind = Kind {
    noun: "Pipeline",
    plural: "Pipelines",
    resource_type: "pipeline",
    name_member: "PipelineName",
    arn_member: "PipelineArn",
    status_member: "PipelineStatus",
    verbs: &[Verb::Update],
    roles: &["RoleArn"],
    roles_on: &[Verb::Update],
    source_arn: |arn| format!("{arn}/*"),
    check: |call| check(call, true),
    resolve: |call, members| {
        let name = document::text(call.input, "PipelineName").unwrap_or_default();
        members.entry("PipelineDisplayName").or_insert_with(|| json!(name));
        members.insert("LastModifiedBy".to_owned(), author::user_context(call));
        author::created(call, members)
    },
    timeline: |record| {
        Timeline::starting(Phase { since: record.created_at, status: "Active", secondary: None, settled: true })
    },
    describe: |record, _| last_run(record, "LastRunTime"),
    listing: Listing {
        summaries: "PipelineSummaries",
        summary: |record, _| last_run(record, "LastExecutionTime"),
        filter: |record, input, _| {
            // Every pipeline here is its account's own.
            document::text(input, "PipelineNamePrefix").is_none_or(|prefix| record.name.starts_with(prefix))
                && document::text(input, "ManagedBy") != Some("AWS")
        },
        ..Listing::DEFAULT
    },
    duplicate: |name, _| {
        Fault::validation(format!(
            "Pipeline names must be unique within an AWS account and region. Pipeline with name ({name}) already exists."
        ))
    },
    missing: |absent| Fault::new("ResourceNotFound", format!("Pipeline '{}' does not exist.", absent.arn)),
    update: |call, _| {
        check(call, false)?;
        Ok(author::changed(call, &["PipelineName"]))
    },
    ..Kind::DEFAULT
};

/// `DescribePipeline`, which may ask for a version.
pub(in super::super) static DESCRIBE: Named = Named {
    operation: "DescribePipeline",
    changes: false,
    questions: |call| Ok(vec![questions::with_record(call, &KIND)?.0]),
    serve: |call| {
        for member in ["PipelineVersionId", "PipelineVersionAlias"] {
            if document::get(call.input, member).is_some() {
                let text = format!("passrole does not build {member} of sagemaker:DescribePipeline; nothing was done.");
                return Err(Fault::new("NotImplemented", text));
            }
        }
        engine::describe(call, &KIND)
    },
};

/// Where a pipeline keeps when its last execution was started.
pub(super) const LAST_RUN: &str = "lastRun";

fn last_run(record: &Record, member: &str) -> Members {
    record.get(LAST_RUN).map(|time| (member.to_owned(), time.clone())).into_iter().collect()
}

fn check(call: &Call<'_>, required: bool) -> Result<(), Fault> {
    if document::get(call.input, "PipelineDefinitionS3Location").is_some() {
        return Err(Fault::new(
            "NotImplemented",
            "passrole keeps no content of S3 objects: give PipelineDefinition instead of PipelineDefinitionS3Location.",
        ));
    }
    match document::text(call.input, "PipelineDefinition") {
        Some(text) => definition::parse(text).map(|_| ()),
        None if required => {
            Err(Fault::validation("Specify one of either PipelineDefinition or PipelineDefinitionS3Location."))
        }
        None => Ok(()),
    }
}
