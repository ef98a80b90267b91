//! Reads a corpus of policy cases and asks the engine: policies and a request, with the verdict and the reason that IAM's
//! rules give. `fixtures/policies/README.md` tells the form.

#[path = "remedy.rs"]
mod remedy;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use passrole::account::AccountId;
use passrole::policy::{
    AttachedPolicy, Context, Policies, Policy, PolicyType, Request, ResourcePolicy, ResourcePolicyRule, decide, explain,
};
use passrole::principal::Principal;
use serde::Deserialize;
use serde_json::{Value, json};

const HOME: &str = "111122223333";

/// One file of the corpus.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Corpus {
    #[expect(dead_code, reason = "told to the reader of the file")]
    theme: String,
    #[expect(dead_code, reason = "told to the reader of the file")]
    source: String,
    /// Policies that cases refer to by `"$name"`.
    #[serde(default)]
    policies: BTreeMap<String, Value>,
    /// What cases leave out.
    #[serde(default)]
    defaults: BTreeMap<String, Value>,
    #[serde(default)]
    cases: Vec<BTreeMap<String, Value>>,
    /// Operator, key, policy values, request values or null, whether the condition holds.
    #[serde(default)]
    conditions: Vec<(String, String, Value, Value, bool)>,
    #[serde(default)]
    documents: Vec<Written>,
}

/// A request and the policies that bear on it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    principal: Value,
    action: String,
    resource: String,
    #[serde(rename = "resourceAccount")]
    resource_account: Option<AccountId>,
    #[serde(default)]
    context: BTreeMap<String, Value>,
    #[serde(default)]
    identity: Vec<Value>,
    boundary: Option<Value>,
    session: Option<Vec<Value>>,
    #[serde(rename = "resourcePolicy")]
    resource_policy: Option<Value>,
    rule: Option<String>,
    scp: Option<Vec<Value>>,
    #[serde(default)]
    rcp: Vec<Value>,
    #[serde(rename = "vpcEndpoint")]
    vpc_endpoint: Option<Value>,
    expect: String,
    /// The reason of the denial's text; null for none. Unchecked where the case does not tell.
    #[serde(default, deserialize_with = "told::deserialize")]
    reason: Option<Option<String>>,
    #[serde(default)]
    #[expect(dead_code, reason = "told to the reader of the file")]
    because: String,
}

/// A document as it would be written, and whether it is refused.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    name: String,
    #[serde(rename = "type")]
    policy_type: String,
    text: Option<String>,
    document: Option<Value>,
    /// The text of the refusal, or `true` where any will do.
    refused: Option<Value>,
    #[serde(default)]
    #[expect(dead_code, reason = "told to the reader of the file")]
    why: String,
}

mod told {
    use serde::{Deserialize, Deserializer};

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(input: D) -> Result<Option<Option<String>>, D::Error> {
        Option::<String>::deserialize(input).map(Some)
    }
}

fn files(directory: &str) -> Vec<(PathBuf, Corpus)> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(directory);
    let mut paths: Vec<PathBuf> = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    paths.sort();
    let read = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).unwrap();
        let corpus = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        (path, corpus)
    };
    paths.into_iter().map(read).collect()
}

/// Decides every case of a directory and tells how many there are.
pub(crate) fn decide_every_case(directory: &str) -> usize {
    let (mut count, mut wrong) = (0, Vec::new());
    for (path, corpus) in files(directory) {
        for written in &corpus.cases {
            let mut members = corpus.defaults.clone();
            members.extend(written.clone());
            let case: Case = serde_json::from_value(json!(members))
                .unwrap_or_else(|error| panic!("{}: {error} in {written:?}", path.display()));
            count += 1;
            if let Err(found) = check(&case, &corpus.policies) {
                wrong.push(format!("{}: {}: {found}", path.file_name().unwrap().display(), case.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {count} cases:\n{}", wrong.len(), wrong.join("\n"));
    count
}

/// Asks every condition row three times: it makes an Allow match, a Deny match, and a statement of a boundary match.
pub(crate) fn ask_every_condition_row(directory: &str) -> usize {
    let (mut count, mut wrong) = (0, Vec::new());
    for (path, corpus) in files(directory) {
        for (operator, key, values, seen, holds) in &corpus.conditions {
            let condition = json!({ operator: { key: values } });
            let allow = json!({"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": condition});
            let deny = json!({"Effect": "Deny", "Action": "s3:GetObject", "Resource": "*", "Condition": condition});
            let all = json!({"Effect": "Allow", "Action": "*", "Resource": "*"});
            let context = if seen.is_null() { json!({}) } else { json!({ key: seen }) };
            let yes_no = |yes: bool, no: &str| if yes { "allowed".to_owned() } else { no.to_owned() };
            for (identity, boundary, expect) in [
                (json!([[allow]]), Value::Null, yes_no(*holds, "implicitDeny")),
                (json!([[all, deny]]), Value::Null, yes_no(!*holds, "explicitDeny")),
                (json!([[all]]), json!([allow]), yes_no(*holds, "implicitDeny")),
            ] {
                let case = json!({"name": format!("{operator} {key} {values} with {seen}"), "principal": "user/alice",
                    "action": "s3:GetObject", "resource": "arn:aws:s3:::b/k", "context": context,
                    "identity": identity, "boundary": boundary, "expect": expect});
                count += 1;
                let case: Case = serde_json::from_value(case).unwrap();
                if let Err(found) = check(&case, &corpus.policies) {
                    wrong.push(format!("{}: {}: {found}", path.file_name().unwrap().display(), case.name));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {count} cases:\n{}", wrong.len(), wrong.join("\n"));
    count
}

/// Writes every document, which must be taken or refused as it says.
pub(crate) fn write_every_document(directory: &str) -> usize {
    let (mut count, mut wrong) = (0, Vec::new());
    for (path, corpus) in files(directory) {
        for written in corpus.documents {
            let text = written.text.unwrap_or_else(|| written.document.unwrap().to_string());
            let found =
                Policy::parse(&text, policy_type(&written.policy_type)).err().map(|malformed| malformed.message);
            count += 1;
            let fits = match &written.refused {
                Some(Value::Bool(true)) => found.is_some(),
                Some(text) => found.as_deref() == text.as_str(),
                None => found.is_none(),
            };
            if !fits {
                let file = path.file_name().unwrap().display().to_string();
                wrong.push(format!("{file}: {}: {found:?}, not {:?}", written.name, written.refused));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {count} documents:\n{}", wrong.len(), wrong.join("\n"));
    count
}

fn check(case: &Case, named: &BTreeMap<String, Value>) -> Result<(), String> {
    let attach = |value: &Value, policy_type| Arc::new(attached(value, policy_type, named));
    let all = |values: &[Value], policy_type| values.iter().map(|v| attach(v, policy_type)).collect::<Vec<_>>();
    let rule = match case.rule.as_deref() {
        None | Some("ordinary") => ResourcePolicyRule::Ordinary,
        Some("trust") => ResourcePolicyRule::RoleTrust,
        Some("key") => ResourcePolicyRule::KeyPolicy,
        Some(other) => return Err(format!("unknown rule {other}")),
    };
    let resource_type =
        if case.rule.as_deref() == Some("trust") { PolicyType::RoleTrust } else { PolicyType::Resource };
    let identity = all(&case.identity, PolicyType::Identity);
    let boundary = case.boundary.as_ref().map(|v| attach(v, PolicyType::PermissionsBoundary));
    let session = case.session.as_ref().map(|v| all(v, PolicyType::Session));
    let resource = case.resource_policy.as_ref().map(|v| attach(v, resource_type));
    let service_control = case.scp.as_ref().map(|v| all(v, PolicyType::ServiceControl));
    let resource_control = all(&case.rcp, PolicyType::ResourceControl);
    let vpc_endpoint = case.vpc_endpoint.as_ref().map(|v| attach(v, PolicyType::VpcEndpoint));
    let principal = principal(&case.principal);
    let mut context = Context::new();
    for (key, value) in &case.context {
        match value {
            Value::Array(values) => context.set_all(key.clone(), values.iter().map(text).collect()),
            value => context.set(key.clone(), text(value)),
        }
    }
    let request = Request {
        principal: &principal,
        action: &case.action,
        resource: &case.resource,
        resource_account: case.resource_account,
        context: &context,
    };
    let has_resource = resource.is_some() || case.rule.is_some();
    let policies = Policies {
        identity: &identity,
        boundary: boundary.as_deref(),
        session: session.as_deref(),
        resource: has_resource.then_some(ResourcePolicy { policy: resource.as_deref(), rule }),
        service_control: service_control.as_deref(),
        resource_control: &resource_control,
        vpc_endpoint: vpc_endpoint.as_deref(),
    };
    let decision = decide(&request, &policies);
    let verdict = explain::verdict_word(decision.verdict);
    if verdict != case.expect {
        return Err(format!("{verdict}, not {}", case.expect));
    }
    let reason = explain::denial_reason(&decision);
    match &case.reason {
        Some(expected) if *expected != reason => Err(format!("{reason:?}, not {expected:?}")),
        _ => {
            let explanation = explain::explain(&decision);
            consistent(&explanation, verdict)?;
            if verdict == "implicitDeny" { remedy::check(&decision, &explanation) } else { Ok(()) }
        }
    }
}

/// Whatever was decided, its explanation must agree with it.
fn consistent(explanation: &explain::Explanation, verdict: &str) -> Result<(), String> {
    let allowed = verdict == "allowed";
    if explanation.refused_by.is_none() != allowed || explanation.missing_statement.is_none() != allowed {
        return Err(format!("the explanation does not fit: {}", explanation.summary));
    }
    let effect = explanation.missing_statement.as_ref().map(|statement| statement["Effect"].clone());
    let expected = match verdict {
        "explicitDeny" => Some(json!("Deny")),
        "implicitDeny" => Some(json!("Allow")),
        _ => None,
    };
    if effect == expected { Ok(()) } else { Err(format!("missing statement has {effect:?}")) }
}

fn attached(value: &Value, policy_type: PolicyType, named: &BTreeMap<String, Value>) -> AttachedPolicy {
    let (mut name, mut arn) = ("p".to_owned(), None);
    let mut value = value;
    if let Some(reference) = value.as_str() {
        name = reference.trim_start_matches('$').to_owned();
        value = named.get(&name).unwrap_or_else(|| panic!("no policy {reference}"));
    }
    if let Some(managed) = value.get("Arn") {
        arn = managed.as_str().map(str::to_owned);
        value = &value["Document"];
    }
    let document = match value {
        Value::Object(members) if members.contains_key("Statement") => value.clone(),
        Value::String(file) => {
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/policies/managed").join(file);
            serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
        }
        statements => json!({"Version": "2012-10-17", "Statement": statements}),
    };
    let policy = Policy::parse(&document.to_string(), policy_type)
        .unwrap_or_else(|error| panic!("{error} ({:?}) in {document}", error.path));
    AttachedPolicy { policy, name, arn, attached_to: "here".to_owned() }
}

/// `user/alice`, `role/path/R:session`, `root`, `federated/bob:user`, `service/sagemaker.amazonaws.com`, `anonymous`, each
/// after an account and a blank where it is not the home account.
fn principal(value: &Value) -> Principal {
    let written = value.as_str().unwrap();
    let (account, rest) = written.split_once(' ').unwrap_or((HOME, written));
    let account: AccountId = account.parse().unwrap();
    let (kind, name) = rest.split_once('/').unwrap_or((rest, ""));
    let with_path = |name: &str| match name.rsplit_once('/') {
        Some((path, name)) => (format!("/{path}/"), name.to_owned()),
        None => ("/".to_owned(), name.to_owned()),
    };
    match kind {
        "root" => Principal::Root { account },
        "user" => {
            let (path, name) = with_path(name);
            Principal::User { account, path, id: format!("AIDAEXAMPLE{}", name.to_uppercase()), name }
        }
        "role" => {
            let (role, session) = name.split_once(':').unwrap();
            let (path, role) = with_path(role);
            let role_id = format!("AROAEXAMPLE{}", role.to_uppercase());
            Principal::AssumedRole { account, path, role, role_id, session: session.to_owned() }
        }
        "federated" => {
            let (name, user) = name.split_once(':').map_or((name, None), |(name, user)| (name, Some(user)));
            let user = user.map(|user| format!("arn:aws:iam::{account}:user/{user}"));
            Principal::FederatedUser { account, name: name.to_owned(), user }
        }
        "service" => Principal::Service { name: name.to_owned() },
        "anonymous" => Principal::Anonymous,
        other => panic!("unknown principal {other}"),
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn policy_type(name: &str) -> PolicyType {
    match name {
        "Identity" => PolicyType::Identity,
        "PermissionsBoundary" => PolicyType::PermissionsBoundary,
        "Session" => PolicyType::Session,
        "Resource" => PolicyType::Resource,
        "RoleTrust" => PolicyType::RoleTrust,
        "ServiceControl" => PolicyType::ServiceControl,
        "ResourceControl" => PolicyType::ResourceControl,
        "VpcEndpoint" => PolicyType::VpcEndpoint,
        other => panic!("unknown policy type {other}"),
    }
}
