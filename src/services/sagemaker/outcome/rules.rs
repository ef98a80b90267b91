//! The rules themselves: how they are read from a tester's JSON, kept in the store, matched and used up.

use serde::{Deserialize, Serialize};

use super::Outcome;
use super::rule::{Rule, matches};
use crate::arn::Arn;
use crate::document::{self, Document};
use crate::fault::Fault;
use crate::services::Call;
use crate::services::sagemaker::operation::{self, Served};
use crate::state::store::{Batch, Store, to_bytes};

const KEY: &[u8] = b"sagemaker/outcomes";
/// The most rules at a time.
const MOST_RULES: usize = 100;

/// Every rule in force; the first that fits prevails.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    rules: Vec<Rule>,
    #[serde(skip)]
    used: bool,
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
