//! Studio domains: the declaration, its texts and what user profiles, spaces and apps share with it. The presigned URL
//! stands in `presigned_url`. Facts: F.4, G.2, G.4 and G.8.
//!
//! <https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateDomain.html>

pub(in super::super) mod presigned_url;

use jiff::Timestamp;
use serde_json::json;

use super::{app, model, space, user_profile};
use crate::access::Question;
use crate::arn::{Arn, partition_of};
use crate::document::{self, Document, Members};
use crate::fault::Fault;
use crate::services::Call;
use crate::services::sagemaker::kind::{Kind, Verb};
use crate::services::sagemaker::list::Listing;
use crate::services::sagemaker::record::Record;
use crate::services::sagemaker::residence::Residence;
use crate::services::sagemaker::{PRINCIPAL, engine, forwarded};

/// The declaration.
pub(super) static KIND: Kind = Kind {
    noun: "Domain",
    plural: "Domains",
    resource_type: "domain",
    name_member: "DomainId",
    arn_member: "DomainArn",
    id: |kind, call| match document::text(call.input, kind.name_member) {
        Some(id) => id.to_owned(),
        None => new_id(call),
    },
    status_member: "Status",
    verbs: &[Verb::Update, Verb::Delete],
    roles: &[
        "DefaultUserSettings.ExecutionRole",
        "DefaultSpaceSettings.ExecutionRole",
        "DomainSettings.RStudioServerProDomainSettings.DomainExecutionRoleArn",
        "DomainSettingsForUpdate.RStudioServerProDomainSettingsForUpdate.DomainExecutionRoleArn",
    ],
    roles_on: &[Verb::Update],
    source_arn: model::any_resource,
    check: |call| {
        let texts = |path| document::select(call.input, path).into_iter().filter_map(|one| one.text());
        let subnets: Vec<_> = texts("SubnetIds[]").collect();
        let groups = ["DefaultUserSettings.SecurityGroups[]", "DefaultSpaceSettings.SecurityGroups[]"];
        let groups: Vec<_> = groups.into_iter().flat_map(texts).collect();
        forwarded::network_exists(call, &subnets, &groups)
    },
    caller_needs,
    defaults: |members| {
        members.entry("AppNetworkAccessType").or_insert(json!("PublicInternetOnly"));
    },
    timeline: |record| LIFE.timeline(record),
    answer: |record| Members::from_iter([("Url".to_owned(), url(record).into())]),
    describe: |record, _| Members::from_iter([("Url".to_owned(), url(record).into())]),
    listing: Listing {
        summaries: "Domains",
        summary: |record, _| Members::from_iter([("Url".to_owned(), url(record).into())]),
        ..Listing::DEFAULT
    },
    listed_as: "domain/*",
    missing: |absent| Fault::new("ResourceNotFound", format!("Domain with id {} does not exist.", absent.name)),
    delete,
    update,
    ..Kind::DEFAULT
};

/// The life of everything in Studio but apps.
pub(super) static LIFE: Residence = Residence {
    making: ("Pending", 180),
    there: "InService",
    updating: Some(("Updating", 30)),
    deleting: ("Deleting", 60),
    failed: "Failed",
};

/// `d-` and twelve letters and digits, from the request's own id. Fact F.4.
fn new_id(call: &Call<'_>) -> String {
    let digits = call.request_id.chars().filter(char::is_ascii_alphanumeric).take(12);
    format!("d-{}", digits.collect::<String>().to_ascii_lowercase())
}

/// Where the domain's portal would be.
fn url(record: &Record) -> String {
    let region = Arn::parse(&record.arn).map(|arn| arn.region).unwrap_or_default();
    format!("https://{}.studio.{region}.sagemaker.aws", record.name)
}

/// The service-linked role of Studio is made with the caller's permission unless it is there; so is the key's grant.
fn caller_needs(call: &Call<'_>, verb: Option<Verb>, members: &Document) -> Vec<Question> {
    if verb.is_some() {
        return Vec::new();
    }
    let role = format!(
        "arn:{}:iam::{}:role/aws-service-role/{PRINCIPAL}/AWSServiceRoleForAmazonSageMakerNotebooks",
        partition_of(call.region()),
        call.account
    );
    let mut questions = Vec::new();
    if call.world.role_by_arn(&role).is_none() {
        let question = Question::new("iam:CreateServiceLinkedRole", role).owned_by(call.account).forwarded();
        questions.push(question.with_key("iam:AWSServiceName", PRINCIPAL));
    }
    let actions = ["kms:DescribeKey", "kms:CreateGrant"];
    for member in ["KmsKeyId", "HomeEfsFileSystemKmsKeyId"] {
        if let Some(key_id) = document::text(members, member) {
            questions.extend(forwarded::on_key(call, key_id, member, &actions));
        }
    }
    questions
}

/// A Studio resource that is on its way to another status cannot be changed.
pub(super) fn settled(record: &Record, now: Timestamp) -> Result<(), Fault> {
    match LIFE.timeline(record).at(now) {
        Some(phase) if !phase.settled => {
            Err(Fault::new("ResourceInUse", format!("{} is in status {}.", record.arn, phase.status)))
        }
        _ => Ok(()),
    }
}

fn delete(call: &Call<'_>, record: &Record) -> Result<(), Fault> {
    settled(record, call.now())?;
    let prefix = format!("{}/", record.name);
    for kind in [&user_profile::KIND, &space::KIND, &app::KIND] {
        if let Some(inside) = engine::all(call, kind)?.iter().find(|inside| inside.name.starts_with(&prefix)) {
            let text = format!("Unable to delete Domain {}: {} exists. Delete it first.", record.name, inside.arn);
            return Err(Fault::new("ResourceInUse", text));
        }
    }
    Ok(())
}

fn update(call: &Call<'_>, record: &Record) -> Result<Members, Fault> {
    settled(record, call.now())?;
    let mut changed = merged(call, record, &["DefaultUserSettings", "DefaultSpaceSettings"]);
    changed.remove("DomainId");
    if let Some(Document::Object(settings)) = changed.remove("DomainSettingsForUpdate") {
        let mut all = record.get("DomainSettings").and_then(Document::as_object).cloned().unwrap_or_default();
        for (member, value) in settings {
            all.insert(member.strip_suffix("ForUpdate").unwrap_or(&member).to_owned(), value);
        }
        changed.insert("DomainSettings".to_owned(), all.into());
    }
    Ok(changed)
}

/// The members of the input; of these settings, those that it leaves out stay.
pub(super) fn merged(call: &Call<'_>, record: &Record, settings: &[&str]) -> Members {
    let mut changed = call.input.as_object().cloned().unwrap_or_default();
    for member in settings {
        if let Some(Document::Object(given)) = changed.get(*member) {
            let mut all = record.get(member).and_then(Document::as_object).cloned().unwrap_or_default();
            all.extend(given.clone());
            changed.insert((*member).to_owned(), all.into());
        }
    }
    changed
}

/// What stands after the type in the ARN of a resource of a domain.
pub(super) fn in_domain(kind: &Kind, call: &Call<'_>) -> String {
    let text = |member| document::text(call.input, member).unwrap_or_default();
    format!("{}/{}", text("DomainId"), text(kind.name_member))
}

/// The domain that a new resource belongs to must be there.
pub(super) fn domain_exists(call: &Call<'_>, _members: &mut Members) -> Result<(), Fault> {
    engine::named(call, &KIND, document::text(call.input, "DomainId").unwrap_or_default()).map(|_| ())
}
