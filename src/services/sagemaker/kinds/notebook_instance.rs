//! Notebook instances: the declaration, its texts and what Describe computes. The life cycle stands in `life`, what the
//! caller needs in other services in `caller`, the presigned URL in `presigned_url`. Facts: E.1 to E.3, F.4, G.4.

mod caller;
mod life;
pub(in super::super) mod presigned_url;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{code_repository, notebook_instance_lifecycle_config};
use crate::access::{Need, Stage, What};
use crate::arn::Arn;
use crate::document::{self, Document, Members};
use crate::fault::Fault;
use crate::services::Call;
use crate::services::sagemaker::engine;
use crate::services::sagemaker::kind::{Kind, Verb};
use crate::services::sagemaker::list::{Listing, Order, Sort};
use crate::services::sagemaker::record::Record;

/// The declaration.
pub(super) static KIND: Kind = Kind {
    noun: "NotebookInstance",
    plural: "NotebookInstances",
    resource_type: "notebook-instance",
    name_member: "NotebookInstanceName",
    arn_member: "NotebookInstanceArn",
    status_member: "NotebookInstanceStatus",
    verbs: &[Verb::Update, Verb::Start, Verb::Stop, Verb::Delete],
    roles: &["RoleArn"],
    roles_on: &[Verb::Update, Verb::Start],
    check: |call| {
        let direct = document::text(call.input, "DirectInternetAccess") != Some("Disabled");
        if !direct && document::get(call.input, "SubnetId").is_none() {
            return Err(Fault::validation("SubnetId must be specified when DirectInternetAccess is Disabled."));
        }
        references_exist(call)
    },
    caller_needs: caller::needs,
    defaults,
    needs: |_, _, role_member| {
        let log_group = "/aws/sagemaker/NotebookInstances";
        vec![Need::new(What::LogsAndMetrics { log_group }, role_member, Stage::Start)]
    },
    reaches: |record, stage| (stage == Stage::Start).then_some(record.created_at),
    timeline: life::timeline,
    describe,
    listing: Listing {
        summaries: "NotebookInstances",
        sort: Sort::Name,
        order: Order::Ascending,
        summary: describe,
        filter,
    },
    duplicate: |_, arn| Fault::validation(format!("Cannot create a duplicate Notebook Instance ({arn})")),
    missing: |_| Fault::validation("RecordNotFound"),
    start: |call, record| life::may(record, call.now(), &life::TO_PENDING).map(|()| true),
    stop: |call, record| life::may(record, call.now(), &life::TO_STOPPING).map(|()| true),
    delete: |call, record| life::may(record, call.now(), &life::TO_DELETING),
    update,
    ..Kind::DEFAULT
};

/// Where the names of code repositories stand.
const REPOSITORIES: [&str; 2] = ["DefaultCodeRepository", "AdditionalCodeRepositories[]"];

/// The lifecycle configuration and the code repositories that a request names must be there.
fn references_exist(call: &Call<'_>) -> Result<(), Fault> {
    if let Some(name) = document::text(call.input, "LifecycleConfigName") {
        engine::named(call, &notebook_instance_lifecycle_config::KIND, name)?;
    }
    for repository in REPOSITORIES.iter().flat_map(|path| document::select(call.input, path)) {
        let name = repository.text().unwrap_or_default();
        if !name.starts_with("https://") {
            engine::named(call, &code_repository::KIND, name)?;
        }
    }
    Ok(())
}

fn defaults(members: &mut Members) {
    for (member, value) in [
        ("DirectInternetAccess", json!("Enabled")),
        ("RootAccess", json!("Enabled")),
        ("VolumeSizeInGB", json!(5)),
        ("InstanceMetadataServiceConfiguration", json!({ "MinimumInstanceMetadataServiceVersion": "1" })),
    ] {
        members.entry(member).or_insert(value);
    }
}

fn describe(record: &Record, _now: Timestamp) -> Members {
    let mut members = Members::new();
    members.insert("Url".to_owned(), json!(host(record)));
    for (shown, said) in
        [("NotebookInstanceLifecycleConfigName", "LifecycleConfigName"), ("SecurityGroups", "SecurityGroupIds")]
    {
        if let Some(value) = record.get(said) {
            members.insert(shown.to_owned(), value.clone());
        }
    }
    members
}

/// The host of the notebook's own pages.
fn host(record: &Record) -> String {
    let region = Arn::parse(&record.arn).map(|arn| arn.region).unwrap_or_default();
    format!("{}.notebook.{region}.sagemaker.aws", record.name)
}

fn filter(record: &Record, input: &Document, _now: Timestamp) -> bool {
    let contains = |filter: &str, member: &str| {
        let part = document::text(input, filter);
        part.is_none_or(|part| record.text(member).is_some_and(|value| value.contains(part)))
    };
    let additional = record.get("AdditionalCodeRepositories").and_then(Value::as_array);
    contains("NotebookInstanceLifecycleConfigNameContains", "LifecycleConfigName")
        && contains("DefaultCodeRepositoryContains", "DefaultCodeRepository")
        && document::get(input, "AdditionalCodeRepositoryEquals")
            .is_none_or(|wanted| additional.is_some_and(|all| all.contains(wanted)))
}

/// The members that an update takes away again, and the flag that says so.
const TAKEN_AWAY: [(&str, &str); 4] = [
    ("DisassociateLifecycleConfig", "LifecycleConfigName"),
    ("DisassociateAcceleratorTypes", "AcceleratorTypes"),
    ("DisassociateDefaultCodeRepository", "DefaultCodeRepository"),
    ("DisassociateAdditionalCodeRepositories", "AdditionalCodeRepositories"),
];

fn update(call: &Call<'_>, record: &Record) -> Result<Members, Fault> {
    life::may(record, call.now(), &life::TO_UPDATING)?;
    references_exist(call)?;
    let mut members = call.input.as_object().cloned().unwrap_or_default();
    members.remove("NotebookInstanceName");
    for (flag, member) in TAKEN_AWAY {
        if members.remove(flag).and_then(|flag| flag.as_bool()) == Some(true) {
            members.insert(member.to_owned(), Document::Null);
        }
    }
    Ok(members)
}
