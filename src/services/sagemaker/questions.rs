//! From an operation and its input to the questions that IAM must answer. Facts: A.3, A.4, G.

use serde_json::Value;

use super::condition_keys;
use super::kind::{Kind, Verb};
use super::operation::{self, Served};
use super::record::Record;
use super::records::Shelf;
use super::{PRINCIPAL, engine, tags};
use crate::access::{Question, RoleUse, pass_role};
use crate::document::{self, Document};
use crate::fault::Fault;
use crate::policy::Context;
use crate::services::Call;
use crate::tag::{self, Tag};

/// The questions of a call: its own action, then `sagemaker:AddTags` where tags ride along, then `iam:PassRole` for each
/// role that it hands over.
pub(super) fn questions(call: &Call<'_>) -> Result<Vec<Question>, Fault> {
    match operation::find(&call.operation.name) {
        Some(Served::Create(kind)) => Ok(of_create(call, kind)),
        Some(Served::Describe(kind)) => Ok(vec![of_resource(call, kind)?]),
        Some(Served::Do(kind, verb)) => of_change(call, kind, verb),
        Some(Served::List(_)) => Ok(vec![Question::anywhere(action(call))]),
        Some(Served::Named(named)) => (named.questions)(call),
        None => Err(Fault::not_built("sagemaker", &call.operation.name)),
    }
}

/// What is refused of a create call beyond the model's constraints.
pub(super) fn check(call: &Call<'_>) -> Result<(), Fault> {
    let Some(Served::Create(kind)) = operation::find(call.operation.name) else { return Ok(()) };
    tags::check(&tag::from_list(call.input.get("Tags")))?;
    (kind.check)(call)
}

/// The roles that a create call hands over, with what they must be able to do.
pub(super) fn roles(call: &Call<'_>) -> Result<Vec<RoleUse>, Fault> {
    let Some(Served::Create(kind)) = operation::find(&call.operation.name) else { return Ok(Vec::new()) };
    let name = engine::name(call, kind);
    Ok(role_uses(kind, name, &kind.arn(call, name), call.input))
}

/// The roles that a resource's members name, with their needs.
pub(super) fn role_uses(kind: &Kind, name: &str, arn: &str, members: &Document) -> Vec<RoleUse> {
    let named = kind.roles.iter().flat_map(|path| document::select(members, path));
    named
        .filter_map(|role| {
            Some(RoleUse {
                role_arn: role.text()?.to_owned(),
                member: role.path.to_string(),
                source_arn: arn.to_owned(),
                not_assumable: kind.not_assumable,
                needs: (kind.needs)(name, members, &role.path),
            })
        })
        .collect()
}

fn of_create(call: &Call<'_>, kind: &'static Kind) -> Vec<Question> {
    let arn = kind.arn(call, engine::name(call, kind));
    let tags = tag::from_list(call.input.get("Tags"));
    let mut create = Question::new(action(call), arn.as_str()).owned_by(call.account).from_member(kind.name_member);
    request_tag_keys(&mut create.keys, &tags);
    resource_tag_keys(&mut create.keys, tags.iter());
    condition_keys::fill(call, &[call.input], &mut create.keys);
    let mut questions = vec![create];
    if !tags.is_empty() {
        let mut add_tags = Question::new("sagemaker:AddTags", arn.as_str()).owned_by(call.account).from_member("Tags");
        request_tag_keys(&mut add_tags.keys, &tags);
        resource_tag_keys(&mut add_tags.keys, tags.iter());
        add_tags.keys.set("sagemaker:TaggingAction", call.operation.name);
        questions.push(add_tags);
    }
    for role in kind.roles.iter().flat_map(|path| document::select(call.input, path)) {
        if let Some(role_arn) = role.text() {
            questions.push(pass_role(call.world, call.account, role_arn, &role.path, PRINCIPAL, &arn));
        }
    }
    questions
}

fn of_resource(call: &Call<'_>, kind: &'static Kind) -> Result<Question, Fault> {
    let (question, _) = with_record(call, kind)?;
    Ok(question)
}

fn of_change(call: &Call<'_>, kind: &'static Kind, verb: Verb) -> Result<Vec<Question>, Fault> {
    let (mut question, record) = with_record(call, kind)?;
    if verb == Verb::Update {
        let stored = record.map_or(Value::Null, |record| record.members.into());
        condition_keys::fill(call, &[call.input, &stored], &mut question.keys);
    }
    Ok(vec![question])
}

/// The question about a resource that is named in a call, with its tags where it exists.
fn with_record(call: &Call<'_>, kind: &'static Kind) -> Result<(Question, Option<Record>), Fault> {
    let name = engine::name(call, kind);
    let mut question =
        Question::new(action(call), kind.arn(call, name)).owned_by(call.account).from_member(kind.name_member);
    let record = Shelf::of(call, kind).find(call.state.store(), name)?;
    resource_tag_keys(&mut question.keys, record.iter().flat_map(|record| &record.tags));
    Ok((question, record))
}

fn action(call: &Call<'_>) -> String {
    format!("sagemaker:{}", call.operation.name)
}

/// Sets the keys of the tags that a request brings.
pub(super) fn request_tag_keys(keys: &mut Context, tags: &[Tag]) {
    if tags.is_empty() {
        return;
    }
    for tag in tags {
        keys.push(format!("aws:RequestTag/{}", tag.key), tag.value.as_str());
    }
    keys.set_all("aws:TagKeys", tags.iter().map(|tag| tag.key.clone()).collect());
}

/// Sets the keys of the tags that a resource has, or will have once the call has made it.
pub(super) fn resource_tag_keys<'a>(keys: &mut Context, tags: impl Iterator<Item = &'a Tag>) {
    for tag in tags {
        keys.push(format!("aws:ResourceTag/{}", tag.key), tag.value.as_str());
        keys.push(format!("sagemaker:ResourceTag/{}", tag.key), tag.value.as_str());
    }
}
