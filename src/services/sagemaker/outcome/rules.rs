//! The rules themselves: how they are read from a tester's JSON, kept in the store, matched and used up.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::{LONGEST_REASON, Outcome};
use crate::arn::Arn;
use crate::document::{self, Document};
use crate::fault::Fault;
use crate::model::{self, ShapeKind};
use crate::services::Call;
use crate::services::sagemaker::kind::Kind;
use crate::services::sagemaker::kinds::KINDS;
use crate::services::sagemaker::operation::{self, Served};
use crate::state::store::{Batch, Store, to_bytes};

const KEY: &[u8] = b"sagemaker/outcomes";
/// The most rules at a time.
const MOST_RULES: usize = 100;
/// The most characters of a name pattern, an error code or a metric's name.
const LONGEST_NAME: usize = 256;
/// The most metrics of an outcome, as AWS has it.
const MOST_METRICS: usize = 40;
/// The longest scripted life: a year.
const LONGEST: SignedDuration = SignedDuration::from_hours(366 * 24);

/// Every rule in force; the first that fits prevails.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    rules: Vec<Rule>,
    #[serde(skip)]
    used: bool,
}

/// One rule: what becomes of resources of a kind, or which error an operation answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Rule {
    /// The noun of a kind, such as `TrainingJob`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    kind: Option<String>,
    /// An operation, such as `CreateTrainingJob`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    operation: Option<String>,
    /// The names that it fits, with `*` and `?`.
    #[serde(default = "any_name")]
    name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    status: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    failure_reason: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    exit_message: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    duration: Option<SignedDuration>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    metrics: BTreeMap<String, f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    error: Option<ErrorAnswer>,
    /// How many times it still fits; without end where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    times: Option<u32>,
}

/// The error that an operation answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ErrorAnswer {
    code: String,
    #[serde(default)]
    message: String,
}

fn any_name() -> String {
    "*".to_owned()
}

impl Rules {
    /// Reads a tester's rules: `{"rules": [...]}`.
    ///
    /// # Errors
    /// A sentence that names the member at fault.
    pub fn parse(text: &[u8]) -> Result<Rules, String> {
        const FORM: &str = "the body must be like {\"rules\":[{\"kind\":\"TrainingJob\",\"status\":\"Failed\"}]}";
        let document: Document =
            serde_json::from_slice(text).map_err(|error| format!("{FORM}; it is no JSON: {error}"))?;
        let list = document.get("rules").and_then(Document::as_array);
        if !list.is_some_and(|rules| rules.iter().all(Document::is_object)) {
            return Err(FORM.to_owned());
        }
        let mut rules: Rules = serde_path_to_error::deserialize(document)
            .map_err(|error| format!("`{}`: {}", error.path(), error.inner()))?;
        if rules.rules.len() > MOST_RULES {
            return Err(format!("`rules`: there can be {MOST_RULES} at most"));
        }
        for (index, rule) in rules.rules.iter_mut().enumerate() {
            rule.complete();
            rule.check().map_err(|(member, wrong)| format!("`rules[{index}].{member}`: {wrong}"))?;
        }
        Ok(rules)
    }

    /// The rules in force.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn read(store: &Store) -> Result<Rules, Fault> {
        match store.get(KEY)? {
            Some(bytes) => Ok(store.parse(KEY, &bytes)?),
            None => Ok(Rules::default()),
        }
    }

    /// Puts these rules into force with a change, in place of those before.
    pub fn write(&self, batch: &mut Batch) {
        if self.rules.is_empty() {
            batch.delete(KEY);
        } else {
            batch.put(KEY, to_bytes(self));
        }
    }

    /// Whether a rule that fits a number of times has been used.
    pub(in crate::services::sagemaker) fn is_used(&self) -> bool {
        self.used
    }

    /// What is laid down for a new resource; a rule that fits a number of times has then fitted once more.
    pub(in crate::services::sagemaker) fn outcome(&mut self, noun: &str, name: &str) -> Option<Outcome> {
        self.take(|rule| rule.kind.as_deref() == Some(noun) && matches(&rule.name, name)).map(|rule| Outcome {
            status: rule.status,
            failure_reason: rule.failure_reason,
            exit_message: rule.exit_message,
            duration: rule.duration,
            metrics: rule.metrics,
        })
    }

    fn take(&mut self, fits: impl Fn(&Rule) -> bool) -> Option<Rule> {
        let index = self.rules.iter().position(fits)?;
        let rule = self.rules.get_mut(index)?;
        let taken = rule.clone();
        if let Some(times) = &mut rule.times {
            *times = times.saturating_sub(1);
            self.used = true;
            if *times == 0 {
                self.rules.remove(index);
            }
        }
        Some(taken)
    }
}

/// Answers the error that is laid down for a call, if one is.
pub fn throttle(call: &Call<'_>) -> Result<(), Fault> {
    let store = call.state.store();
    if store.get(KEY)?.is_none() {
        return Ok(());
    }
    // A call that changes something holds the lock already; the others must not use up a rule twice.
    let changes = operation::find(call.operation.name).is_some_and(Served::changes);
    let _writer = (!changes).then(|| call.state.writer());
    let mut rules = Rules::read(store)?;
    let name = name_of(call);
    let operation: &str = call.operation.name;
    let rule = rules.take(|rule| rule.operation.as_deref() == Some(operation) && matches(&rule.name, name));
    let Some(error) = rule.and_then(|rule| rule.error) else { return Ok(()) };
    if rules.used {
        let mut batch = Batch::new();
        rules.write(&mut batch);
        // The caller is told of a refusal, not of a change.
        let _later = call.state.apply(batch)?;
    }
    Err(Fault::new(error.code, error.message))
}

/// The name of the resource that a call is about; empty where it is about none.
fn name_of<'a>(call: &Call<'a>) -> &'a str {
    let kind = match operation::find(call.operation.name) {
        Some(Served::Create(kind) | Served::Describe(kind) | Served::Do(kind, _)) => Some(kind),
        _ => None,
    };
    let named = kind.and_then(|kind| document::text(call.input, kind.name_member));
    let tagged = || document::text(call.input, "ResourceArn").and_then(Arn::parse).map(|arn| arn.resource_id());
    let first = || {
        let members = call.input.as_object().into_iter().flatten();
        members.filter(|(member, _)| member.ends_with("Name")).find_map(|(_, value)| value.as_str())
    };
    named.or_else(tagged).or_else(first).unwrap_or_default()
}

type Wrong = (&'static str, String);

impl Rule {
    /// What a rule leaves unsaid: who gives a reason for a failure wants one, and throttling is the error of errors.
    fn complete(&mut self) {
        if self.status.is_none() && self.failure_reason.is_some() {
            self.status = Some("Failed".to_owned());
        }
        if self.operation.is_some() && self.error.is_none() {
            self.error =
                Some(ErrorAnswer { code: "ThrottlingException".to_owned(), message: "Rate exceeded".to_owned() });
        }
    }

    fn check(&self) -> Result<(), Wrong> {
        if self.name.chars().count() > LONGEST_NAME {
            return Err(("name", format!("it may have {LONGEST_NAME} characters at most")));
        }
        if self.times == Some(0) {
            return Err(("times", "a rule fits once at least".to_owned()));
        }
        match (&self.kind, &self.operation) {
            (Some(kind), None) => self.check_outcome(kind),
            (None, Some(operation)) => self.check_error(operation),
            _ => Err(("kind", "a rule names either a `kind` or an `operation`".to_owned())),
        }
    }

    fn check_outcome(&self, noun: &str) -> Result<(), Wrong> {
        let Some(kind) = KINDS.iter().find(|kind| kind.noun == noun) else {
            let known: Vec<&str> = KINDS.iter().map(|kind| kind.noun).collect();
            return Err(("kind", format!("`{noun}` is none of {}", known.join(", "))));
        };
        if self.error.is_some() {
            return Err(("error", "it goes with an `operation`, not with a `kind`".to_owned()));
        }
        if let Some(status) = &self.status {
            let known = statuses(kind);
            if !known.contains(&status.as_str()) {
                return Err(("status", format!("`{status}` is none of {}", known.join(", "))));
            }
        }
        for (member, text) in [("failureReason", &self.failure_reason), ("exitMessage", &self.exit_message)] {
            if text.as_ref().is_some_and(|text| text.chars().count() > LONGEST_REASON) {
                return Err((member, format!("it may have {LONGEST_REASON} characters at most")));
            }
        }
        if self.duration.is_some_and(|duration| duration.is_negative() || duration > LONGEST) {
            return Err(("duration", "it lies between nothing and a year".to_owned()));
        }
        let named_well = self.metrics.keys().all(|name| (1..=LONGEST_NAME).contains(&name.chars().count()));
        if self.metrics.len() > MOST_METRICS || !named_well {
            return Err(("metrics", format!("there can be {MOST_METRICS} at most, with names that AWS takes")));
        }
        Ok(())
    }

    fn check_error(&self, name: &str) -> Result<(), Wrong> {
        if operation::find(name).is_none() {
            return Err(("operation", format!("`{name}` is no operation that is built")));
        }
        let scripts = self.status.is_some()
            || self.failure_reason.is_some()
            || self.exit_message.is_some()
            || self.duration.is_some()
            || !self.metrics.is_empty();
        if scripts {
            return Err(("operation", "an operation has an `error`; an outcome goes with a `kind`".to_owned()));
        }
        let code = self.error.as_ref().map(|error| error.code.as_str()).unwrap_or_default();
        if code.is_empty() || code.chars().count() > LONGEST_NAME || !code.chars().all(|c| c.is_ascii_alphanumeric()) {
            return Err(("error.code", "it is AWS's error code, such as `ThrottlingException`".to_owned()));
        }
        if self.error.as_ref().is_some_and(|error| error.message.chars().count() > LONGEST_REASON) {
            return Err(("error.message", format!("it may have {LONGEST_REASON} characters at most")));
        }
        Ok(())
    }
}

/// The statuses of a kind, from AWS's model of its description.
fn statuses(kind: &Kind) -> Vec<&'static str> {
    let member = || {
        let service = model::service("sagemaker")?;
        let output = service.operation(&format!("Describe{}", kind.noun))?.output?;
        let ShapeKind::Structure(structure) = &service.shape(output).kind else { return None };
        let member = structure.members.iter().find(|member| member.name == kind.status_member)?;
        match &service.shape(member.shape).kind {
            ShapeKind::String(text) => Some(text.values.to_vec()),
            _ => None,
        }
    };
    member().unwrap_or_default()
}

/// Whether a name fits a pattern with `*` and `?`.
fn matches(pattern: &str, name: &str) -> bool {
    let (pattern, name): (Vec<char>, Vec<char>) = (pattern.chars().collect(), name.chars().collect());
    let (mut at, mut seen, mut star) = (0, 0, None);
    while let Some(letter) = name.get(seen) {
        match pattern.get(at) {
            Some('*') => {
                star = Some((at, seen));
                at += 1;
            }
            Some(wanted) if *wanted == '?' || wanted == letter => {
                at += 1;
                seen += 1;
            }
            _ => {
                let Some((back, taken)) = star else { return false };
                at = back + 1;
                seen = taken + 1;
                star = Some((back, taken + 1));
            }
        }
    }
    pattern.iter().skip(at).all(|rest| *rest == '*')
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn names_and_patterns() {
        for (pattern, name, fits) in [
            ("*", "", true),
            ("tuned-002-*", "tuned-002-0a1b2c3d", true),
            ("tuned-002-*", "tuned-003-0a1b2c3d", false),
            ("*-002-*", "a-001-002-b", true),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("a*b*c", "axxbyyc", true),
            ("a*b*c", "axxbyy", false),
            ("", "a", false),
        ] {
            assert_eq!(matches(pattern, name), fits, "{pattern} {name}");
        }
    }
}
