//! From an operation and its input to the questions that IAM must answer of itself. Facts A.5, G.

use super::operation::{self, Key, Target};
use super::{access_keys, find, service_linked_roles};
use crate::access::{Clause, Question, pass_role};
use crate::arn::Arn;
use crate::document;
use crate::fault::Fault;
use crate::services::Call;
use crate::tag::{self, Tag};

/// The questions of a call: its own action on its resource, and what else its input asks for.
pub(super) fn questions(call: &Call<'_>) -> Result<Vec<Question>, Fault> {
    let Some(operation) = operation::find(call.operation.name) else {
        return Err(Fault::not_built("iam", call.operation.name));
    };
    let named = Named::of(call, operation.target)?;
    let mut question = named.question(call, call.operation.name);
    for key in operation.keys {
        fill(call, &named, *key, &mut question);
    }
    let mut questions = vec![question];
    questions.extend(tag_on_create(call, operation.target, &named));
    questions.extend(renamed(call, &named));
    questions.extend(passed_role(call, &named));
    Ok(questions)
}

/// What a call names: its ARN, how a denial prints it, and what the conditions on it see.
struct Named<'a> {
    arn: String,
    clause: Clause,
    member: Option<&'static str>,
    tags: &'a [Tag],
    boundary: Option<&'a str>,
    /// `iam:ResourceTag` speaks of users and roles only.
    principal: bool,
}

impl<'a> Named<'a> {
    fn new(arn: String, clause: Clause) -> Named<'a> {
        Named { arn, clause, member: None, tags: &[], boundary: None, principal: false }
    }

    fn nothing(clause: &str) -> Named<'a> {
        Named::new("*".to_owned(), Clause::Named(clause.to_owned()))
    }

    fn of(call: &Call<'a>, target: Target) -> Result<Named<'a>, Fault> {
        let account = call.account;
        Ok(match target {
            Target::Nothing => Named::nothing("*"),
            Target::EveryOf(kind) => {
                let path = document::text(call.input, "PathPrefix").unwrap_or("/");
                Named::nothing(&format!("arn:aws:iam::{account}:{kind}{path}"))
            }
            Target::EveryPolicy => {
                let path = document::text(call.input, "PathPrefix").unwrap_or("/");
                Named::nothing(&format!("policy path {path}"))
            }
            Target::User => Named::user(call, find::user_name(call)?),
            Target::Group => {
                let name = find::text(call, "GroupName");
                let found = call.world.group(account, name).map(|group| group.arn());
                Named::entity(call, "group", name, found, "GroupName")
            }
            Target::Role => Named::role(call, find::text(call, "RoleName")),
            Target::InstanceProfile => {
                let name = find::text(call, "InstanceProfileName");
                let found = find::account(call).and_then(|account| account.instance_profiles.get(name));
                let arn = found.map(|profile| profile.arn());
                let mut named = Named::entity(call, "instance-profile", name, arn, "InstanceProfileName");
                named.clause = Clause::Named(format!("instance profile {name}"));
                named.tags = found.map(|profile| profile.tags.as_slice()).unwrap_or_default();
                named
            }
            Target::Policy => Named::policy(call)?,
            Target::Entity(member) => Named::by_arn(call, member),
            Target::New(kind, member) => {
                let path = document::text(call.input, "Path").unwrap_or("/");
                let name = find::text(call, member);
                Named::made(format!("arn:aws:iam::{account}:{kind}{path}{name}"), Clause::Arn, member)
            }
            Target::NewPolicy => {
                let path = document::text(call.input, "Path").unwrap_or("/");
                let name = find::text(call, "PolicyName");
                let clause = Clause::Named(format!("policy {name}"));
                Named::made(format!("arn:aws:iam::{account}:policy{path}{name}"), clause, "PolicyName")
            }
            Target::NewServiceLinkedRole => {
                Named::made(service_linked_roles::arn_to_be(call), Clause::Arn, "AWSServiceName")
            }
            Target::AccessKeyOwner => Named::user(call, access_keys::owner(call)?),
            Target::DeletedRole => {
                let arn = service_linked_roles::arn_of_task(call)?;
                Named::made(arn, Clause::Arn, "DeletionTaskId")
            }
        })
    }

    fn made(arn: String, clause: Clause, member: &'static str) -> Named<'a> {
        Named { member: Some(member), ..Named::new(arn, clause) }
    }

    /// What is not there is judged as if it stood at the root path.
    fn entity(call: &Call<'_>, kind: &str, name: &str, arn: Option<String>, member: &'static str) -> Named<'a> {
        let arn = arn.unwrap_or_else(|| format!("arn:aws:iam::{}:{kind}/{name}", call.account));
        Named::made(arn, Clause::Named(format!("{kind} {name}")), member)
    }

    fn user(call: &Call<'a>, name: &str) -> Named<'a> {
        let found = call.world.user(call.account, name);
        let named = Named::entity(call, "user", name, found.map(|user| user.arn()), "UserName");
        Named {
            tags: found.map(|user| user.tags.as_slice()).unwrap_or_default(),
            boundary: found.and_then(|user| user.boundary.as_deref()),
            principal: true,
            ..named
        }
    }

    fn role(call: &Call<'a>, name: &str) -> Named<'a> {
        let found = call.world.role(call.account, name);
        let named = Named::entity(call, "role", name, found.map(|role| role.arn()), "RoleName");
        Named {
            tags: found.map(|role| role.tags.as_slice()).unwrap_or_default(),
            boundary: found.and_then(|role| role.boundary.as_deref()),
            principal: true,
            ..named
        }
    }

    fn policy(call: &Call<'a>) -> Result<Named<'a>, Fault> {
        let arn = find::text(call, "PolicyArn");
        if Arn::parse(arn).is_none() {
            return Err(super::faults::validation_error("Invalid ARN:  Could not be parsed!"));
        }
        let mut named = Named::made(arn.to_owned(), Clause::Named(format!("policy {arn}")), "PolicyArn");
        let found = find::account(call).and_then(|account| account.policies.get(arn));
        named.tags = found.map(|policy| policy.tags.as_slice()).unwrap_or_default();
        Ok(named)
    }

    fn by_arn(call: &Call<'a>, member: &'static str) -> Named<'a> {
        let arn = find::text(call, member);
        let mut named = Named::made(arn.to_owned(), Clause::Arn, member);
        if let Some(user) = call.world.user_by_arn(arn).filter(|user| user.account == call.account) {
            named.tags = &user.tags;
            named.principal = true;
        } else if let Some(role) = call.world.role_by_arn(arn).filter(|role| role.account == call.account) {
            named.tags = &role.tags;
            named.principal = true;
        }
        named
    }

    fn question(&self, call: &Call<'_>, action: &str) -> Question {
        let mut question = Question::new(format!("iam:{action}"), self.arn.as_str());
        question.clause = self.clause.clone();
        question.member = self.member.map(str::to_owned);
        // AWS's own policies belong to nobody's account; every account may look at them.
        let owner = Arn::parse(&self.arn).and_then(|arn| arn.account.parse().ok());
        question.resource_account = owner.or(Some(call.account));
        for tag in self.tags {
            question.keys.push(format!("aws:ResourceTag/{}", tag.key), tag.value.as_str());
            if self.principal {
                question.keys.push(format!("iam:ResourceTag/{}", tag.key), tag.value.as_str());
            }
        }
        question
    }
}

fn fill(call: &Call<'_>, named: &Named<'_>, key: Key, question: &mut Question) {
    let keys = &mut question.keys;
    let mut set = |name: &'static str, value: Option<&str>| {
        if let Some(value) = value {
            keys.set(name, value);
        }
    };
    match key {
        Key::Boundary => set("iam:PermissionsBoundary", named.boundary),
        Key::NewBoundary => set("iam:PermissionsBoundary", document::text(call.input, "PermissionsBoundary")),
        Key::PolicyArn => set("iam:PolicyARN", document::text(call.input, "PolicyArn")),
        Key::ServiceName => set("iam:AWSServiceName", document::text(call.input, "AWSServiceName")),
        Key::TagKeys => {
            let removed = document::select(call.input, "TagKeys[]");
            keys.set_all("aws:TagKeys", removed.iter().filter_map(|key| key.text().map(str::to_owned)).collect());
        }
        Key::RequestTags => request_tags(call, question),
    }
}

fn request_tags(call: &Call<'_>, question: &mut Question) {
    let tags = tag::from_list(call.input.get("Tags"));
    if tags.is_empty() {
        return;
    }
    for tag in &tags {
        question.keys.set(format!("aws:RequestTag/{}", tag.key), tag.value.as_str());
        if call.operation.name.starts_with("Create") {
            question.keys.set(format!("aws:ResourceTag/{}", tag.key), tag.value.as_str());
        }
    }
    question.keys.set_all("aws:TagKeys", tags.into_iter().map(|tag| tag.key).collect());
}

/// Making something with tags needs the permission to tag it.
fn tag_on_create(call: &Call<'_>, target: Target, named: &Named<'_>) -> Option<Question> {
    let action = match target {
        Target::New("user", _) => "TagUser",
        Target::New("role", _) => "TagRole",
        Target::New("instance-profile", _) => "TagInstanceProfile",
        Target::NewPolicy => "TagPolicy",
        _ => return None,
    };
    document::select(call.input, "Tags[]").first()?;
    let mut question = named.question(call, action).from_member("Tags");
    request_tags(call, &mut question);
    Some(question)
}

/// Renaming needs the permission on the new name, too.
fn renamed(call: &Call<'_>, named: &Named<'_>) -> Option<Question> {
    let (kind, new_name) = match call.operation.name {
        "UpdateUser" => ("user", "NewUserName"),
        "UpdateGroup" => ("group", "NewGroupName"),
        _ => return None,
    };
    let old = Arn::parse(&named.arn)?.resource;
    let (old_path, old_name) = old.strip_prefix(kind)?.rsplit_once('/')?;
    let path = document::text(call.input, "NewPath").map_or_else(|| format!("{old_path}/"), str::to_owned);
    let name = document::text(call.input, new_name).unwrap_or(old_name);
    let arn = format!("arn:aws:iam::{}:{kind}{path}{name}", call.account);
    if arn == named.arn {
        return None;
    }
    let clause = Clause::Named(format!("{kind} {name}"));
    Some(Named { arn, clause, ..Named::new(String::new(), Clause::Arn) }.question(call, call.operation.name))
}

/// A role in an instance profile is handed to EC2.
fn passed_role(call: &Call<'_>, named: &Named<'_>) -> Option<Question> {
    if call.operation.name != "AddRoleToInstanceProfile" {
        return None;
    }
    let name = find::text(call, "RoleName");
    let role = call.world.role(call.account, name).map(|role| role.arn());
    let arn = role.unwrap_or_else(|| format!("arn:aws:iam::{}:role/{name}", call.account));
    Some(pass_role(call.world, call.account, &arn, "RoleName", "ec2.amazonaws.com", &named.arn))
}
