//! From an operation and its input to the questions that IAM must answer. Facts: A.3, A.4, G.

use serde_json::Value;

use super::condition_keys;
use super::kind::{Kind, Verb};
use super::kinds;
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

/// The calls on a resource that its tags do not restrict: the developer guide's list, without the calls on no resource.
///
/// <https://docs.aws.amazon.com/sagemaker/latest/dg/security_iam_id-based-policy-examples.html#access-tag-policy>
const NOT_RESTRICTED_BY_TAGS: [&str; 3] =
    ["ListLabelingJobsForWorkteam", "ListTags", "ListTrainingJobsForHyperParameterTuningJob"];

/// The questions of a call: its own action on each resource that it uses, then `sagemaker:AddTags` where tags ride
/// along, then `iam:PassRole` for each role that it hands over, then what the caller needs in other services.
pub(super) fn questions(call: &Call<'_>) -> Result<Vec<Question>, Fault> {
    match operation::find(call.operation.name) {
        Some(Served::Create(kind)) => of_create(call, kind),
        Some(Served::Describe(kind)) => Ok(vec![of_look(call, kind)?]),
        Some(Served::Do(kind, verb)) => of_change(call, kind, verb),
        Some(Served::List(kind)) => Ok(vec![of_list(call, kind)]),
        Some(Served::Named(named)) => (named.questions)(call),
        None => Err(Fault::not_built("sagemaker", call.operation.name)),
    }
}

/// Lists know no resources, but for a few that are authorized against every resource of their type. Facts A.3 and G.8.
fn of_list(call: &Call<'_>, kind: &Kind) -> Question {
    match kind.listed_as.split_once('/') {
        Some((resource_type, every)) => {
            Question::new(action(call), super::kind::arn(call, resource_type, every)).owned_by(call.account)
        }
        None => Question::anywhere(action(call)),
    }
}

/// What is refused of a create call beyond the model's constraints.
pub(super) fn check(call: &Call<'_>) -> Result<(), Fault> {
    let Some(Served::Create(kind)) = operation::find(call.operation.name) else { return Ok(()) };
    tags::check(&tag::from_list(call.input.get("Tags")))?;
    (kind.check)(call)
}

/// The roles that a call hands over or uses anew, with what they must be able to do.
pub(super) fn roles(call: &Call<'_>) -> Result<Vec<RoleUse>, Fault> {
    match operation::find(call.operation.name) {
        Some(Served::Create(kind)) => {
            let members = engine::resolved_input(call, kind)?.into();
            let name = (kind.id)(kind, call);
            Ok(role_uses(kind, &name, &kind.arn(call, &name), &members))
        }
        Some(Served::Do(kind, verb)) if kind.roles_on.contains(&verb) => of_verb(call, kind, verb),
        Some(Served::Named(named)) if named.operation == "StartPipelineExecution" => Ok(kinds::execution_roles(call)),
        _ => Ok(Vec::new()),
    }
}

/// The roles of a verb: those that the call names, or where it names nothing, those that the resource has.
fn of_verb(call: &Call<'_>, kind: &Kind, verb: Verb) -> Result<Vec<RoleUse>, Fault> {
    let record = engine::existing(call, kind)?;
    let mut members = record.members;
    if verb == Verb::Update {
        members.extend(call.input.as_object().cloned().unwrap_or_default());
        (kind.resolve)(call, &mut members)?;
    }
    let members = members.into();
    let mut passed = uses(kind, kind.roles, &record.name, &record.arn, &members);
    if verb == Verb::Update {
        let named = handed_over(kind, call.input);
        passed.retain(|role| named.iter().any(|(member, _)| *member == role.member));
    }
    passed.extend(uses(kind, kind.borrowed_roles, &record.name, &record.arn, &members));
    Ok(passed)
}

/// The roles that a resource's members name, with their needs.
pub(super) fn role_uses(kind: &Kind, name: &str, arn: &str, members: &Document) -> Vec<RoleUse> {
    let mut roles = uses(kind, kind.roles, name, arn, members);
    roles.extend(uses(kind, kind.borrowed_roles, name, arn, members));
    roles
}

fn uses(kind: &Kind, paths: &[&str], name: &str, arn: &str, members: &Document) -> Vec<RoleUse> {
    let named = paths.iter().flat_map(|path| document::select(members, path));
    named
        .filter_map(|role| {
            Some(RoleUse {
                role_arn: role.text()?.to_owned(),
                member: role.path.to_string(),
                source_arn: (kind.source_arn)(arn),
                not_assumable: kind.not_assumable,
                needs: (kind.needs)(name, members, &role.path),
            })
        })
        .collect()
}

/// The members that hand over a role, with the role.
fn handed_over(kind: &Kind, members: &Document) -> Vec<(String, String)> {
    let named = kind.roles.iter().flat_map(|path| document::select(members, path));
    named.filter_map(|role| Some((role.path.to_string(), role.text()?.to_owned()))).collect()
}

fn pass_roles(call: &Call<'_>, kind: &Kind, members: &Document, arn: &str) -> Vec<Question> {
    let handed_over = handed_over(kind, members);
    let pass = |(member, role): &(String, String)| pass_role(call.world, call.account, role, member, PRINCIPAL, arn);
    handed_over.iter().map(pass).collect()
}

fn of_create(call: &Call<'_>, kind: &'static Kind) -> Result<Vec<Question>, Fault> {
    let arn = kind.arn(call, &(kind.id)(kind, call));
    let tags = tag::from_list(call.input.get("Tags"));
    let mut create = Question::new(action(call), arn.as_str()).owned_by(call.account).from_member(kind.name_member);
    request_tag_keys(&mut create.keys, &tags);
    condition_keys::fill(call, &[call.input], &mut create.keys);
    condition_keys::fill_derived(call, kind, call.input, &mut create.keys);
    let others = of_others(call, kind, &create.keys)?;
    resource_tag_keys(&mut create.keys, tags.iter());
    let mut questions = vec![create];
    questions.extend(others);
    if !tags.is_empty() {
        questions.push(add_tags(call, &arn, &tags));
    }
    questions.extend(pass_roles(call, kind, call.input, &arn));
    questions.extend((kind.caller_needs)(call, None, call.input));
    Ok(questions)
}

/// `sagemaker:AddTags` for the tags that a create call brings.
pub(super) fn add_tags(call: &Call<'_>, arn: &str, tags: &[Tag]) -> Question {
    let mut question = Question::new("sagemaker:AddTags", arn).owned_by(call.account).from_member("Tags");
    request_tag_keys(&mut question.keys, tags);
    resource_tag_keys(&mut question.keys, tags.iter());
    question.keys.set("sagemaker:TaggingAction", call.operation.name);
    question
}

fn of_change(call: &Call<'_>, kind: &'static Kind, verb: Verb) -> Result<Vec<Question>, Fault> {
    let (mut question, record) = with_record(call, kind)?;
    let arn = question.resource.clone();
    let stored: Document = record.map_or(Value::Null, |record| record.members.into());
    let mut plain = Context::new();
    condition_keys::fill(call, &[call.input, &stored], &mut plain);
    condition_keys::fill_derived(call, kind, &stored, &mut plain);
    question.keys.extend(plain.clone());
    let mut questions = vec![question];
    if verb == Verb::Update {
        questions.extend(of_others(call, kind, &plain)?);
    }
    if kind.roles_on.contains(&verb) {
        let members = if verb == Verb::Update { call.input } else { &stored };
        questions.extend(pass_roles(call, kind, members, &arn));
    }
    questions.extend((kind.caller_needs)(call, Some(verb), &stored));
    Ok(questions)
}

/// The call's action on each further resource that it uses.
fn of_others(call: &Call<'_>, kind: &Kind, keys: &Context) -> Result<Vec<Question>, Fault> {
    let mut questions = Vec::new();
    for other in (kind.also)(call) {
        let question = on_resource(call, other.resource_type, &other.id, other.member)?;
        let mut with_keys = question;
        with_keys.keys.extend(keys.clone());
        questions.push(with_keys);
    }
    Ok(questions)
}

/// The call's action on a resource, with its tags where it exists.
pub(super) fn on_resource(
    call: &Call<'_>,
    resource_type: &str,
    id: &str,
    member: &'static str,
) -> Result<Question, Fault> {
    let arn = super::kind::arn(call, resource_type, id);
    let mut question = Question::new(action(call), arn).owned_by(call.account).from_member(member);
    let shelf =
        Shelf { account: call.account, region: call.region().to_owned(), resource_type: resource_type.to_owned() };
    let record = shelf.find(call.state.store(), id)?;
    stored_tag_keys(call, &mut question.keys, record.as_ref());
    Ok(question)
}

/// The question about a resource that a call only looks at: of what is stored its tags are enough.
fn of_look(call: &Call<'_>, kind: &Kind) -> Result<Question, Fault> {
    if condition_keys::asks_current(call.operation.name) {
        return Ok(with_record(call, kind)?.0);
    }
    let name = (kind.id)(kind, call);
    let mut question = about(call, kind, &name);
    if !NOT_RESTRICTED_BY_TAGS.contains(&call.operation.name) {
        let tags = Shelf::of(call, kind).tags(call.state.store(), &name)?;
        resource_tag_keys(&mut question.keys, tags.iter());
    }
    Ok(question)
}

fn about(call: &Call<'_>, kind: &Kind, name: &str) -> Question {
    Question::new(action(call), kind.arn(call, name)).owned_by(call.account).from_member(kind.name_member)
}

/// The question about the resource that a call names, with its tags where it exists.
pub(super) fn with_record(call: &Call<'_>, kind: &Kind) -> Result<(Question, Option<Record>), Fault> {
    let name = (kind.id)(kind, call);
    let mut question = about(call, kind, &name);
    let record = Shelf::of(call, kind).find(call.state.store(), &name)?;
    stored_tag_keys(call, &mut question.keys, record.as_ref());
    if let Some(record) = &record
        && condition_keys::asks_current(call.operation.name)
    {
        condition_keys::fill_current(call, &Document::Object(record.members.clone()), &mut question.keys);
    }
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

/// Sets the keys of a stored resource's tags, unless tags do not restrict the call.
pub(super) fn stored_tag_keys(call: &Call<'_>, keys: &mut Context, record: Option<&Record>) {
    if !NOT_RESTRICTED_BY_TAGS.contains(&call.operation.name) {
        resource_tag_keys(keys, record.iter().flat_map(|record| &record.tags));
    }
}

/// Sets the keys of the tags that a resource has, or will have once the call has made it.
pub(super) fn resource_tag_keys<'a>(keys: &mut Context, tags: impl Iterator<Item = &'a Tag>) {
    for tag in tags {
        keys.push(format!("aws:ResourceTag/{}", tag.key), tag.value.as_str());
        keys.push(format!("sagemaker:ResourceTag/{}", tag.key), tag.value.as_str());
    }
}
