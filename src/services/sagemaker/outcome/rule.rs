//! One rule: what it says, what of it makes no sense, and which names it fits.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{LONGEST_REASON, Outcome};
use crate::document::Members;
use crate::model::{self, ShapeKind};
use crate::services::sagemaker::kind::Kind;
use crate::services::sagemaker::kinds::KINDS;
use crate::services::sagemaker::operation;
use crate::services::sagemaker::record::{Record, Settling};

/// The most characters of a name pattern, an error code or a metric's name.
const LONGEST_NAME: usize = 256;
/// The most metrics of an outcome, as AWS has it.
const MOST_METRICS: usize = 40;
/// The longest scripted life: a year.
const LONGEST: SignedDuration = SignedDuration::from_hours(366 * 24);

/// Longer than any life takes by itself.
const AN_HOUR: SignedDuration = SignedDuration::from_hours(1);

/// One rule: what becomes of resources of a kind, or which error an operation answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Rule {
    /// The noun of a kind, such as `TrainingJob`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) kind: Option<String>,
    /// An operation, such as `CreateTrainingJob`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) operation: Option<String>,
    /// The names that it fits, with `*` and `?`.
    #[serde(default = "any_name")]
    pub(super) name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) status: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) failure_reason: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) exit_message: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) duration: Option<SignedDuration>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) metrics: BTreeMap<String, f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<ErrorAnswer>,
    /// How many times it still fits; without end where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) times: Option<u32>,
}

/// The error that an operation answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ErrorAnswer {
    pub(super) code: String,
    #[serde(default)]
    pub(super) message: String,
}

fn any_name() -> String {
    "*".to_owned()
}

/// The member at fault and what is wrong with it.
pub(super) type Wrong = (&'static str, String);

impl Rule {
    /// What a rule leaves unsaid: who gives a reason for a failure wants one, and throttling is the error of errors.
    pub(super) fn complete(&mut self) {
        if self.status.is_none() && self.failure_reason.is_some() {
            self.status = Some("Failed".to_owned());
        }
        if self.operation.is_some() && self.error.is_none() {
            self.error =
                Some(ErrorAnswer { code: "ThrottlingException".to_owned(), message: "Rate exceeded".to_owned() });
        }
    }

    pub(super) fn check(&self) -> Result<(), Wrong> {
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
        self.check_effect(kind)?;
        if self.duration.is_some_and(|duration| duration.is_negative() || duration > LONGEST) {
            return Err(("duration", "it lies between nothing and a year".to_owned()));
        }
        let named_well = self.metrics.keys().all(|name| (1..=LONGEST_NAME).contains(&name.chars().count()));
        if self.metrics.len() > MOST_METRICS || !named_well {
            return Err(("metrics", format!("there can be {MOST_METRICS} at most, with names that AWS takes")));
        }
        Ok(())
    }

    /// A rule that would change nothing is refused: whoever wrote it relies on it.
    fn check_effect(&self, kind: &Kind) -> Result<(), Wrong> {
        if let Some(status) = &self.status
            && tried(kind, Outcome { status: Some(status.clone()), ..Outcome::default() }) != Some(status)
        {
            return Err(("status", format!("no {} can be made to end or stay in `{status}`", kind.noun)));
        }
        let slow = Outcome { duration: Some(AN_HOUR * 2), ..Outcome::default() };
        if self.duration.is_some() && tried(kind, slow) == tried(kind, Outcome::default()) {
            return Err(("duration", format!("no {} can be made to take its time", kind.noun)));
        }
        let emits = kind.noun == "TrainingJob";
        if !self.metrics.is_empty() && !emits {
            return Err(("metrics", format!("no {} emits any", kind.noun)));
        }
        if self.exit_message.is_some() && !emits && kind.noun != "ProcessingJob" {
            return Err(("exitMessage", format!("no {} shows one", kind.noun)));
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

/// The status that a resource of a kind has after an hour, in which every life comes to its end by itself.
fn tried(kind: &Kind, outcome: Outcome) -> Option<&'static str> {
    let created_at = Timestamp::UNIX_EPOCH;
    let record = Record {
        name: String::new(),
        arn: String::new(),
        created_at,
        pace: Settling::Gradually,
        members: Members::new(),
        tags: Vec::new(),
        events: Vec::new(),
        unchecked: Vec::new(),
        launched_by: None,
        outcome: Some(outcome),
        // What launches others ends with them: here they have ended.
        progress: json!({ "ended": { "at": created_at, "status": "Completed" } }),
    };
    (kind.timeline)(&record).at(created_at.saturating_add(AN_HOUR).ok()?).map(|phase| phase.status)
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
pub(super) fn matches(pattern: &str, name: &str) -> bool {
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
