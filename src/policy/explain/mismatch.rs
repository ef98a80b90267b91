//! Why an element of a statement did not match, in words and with the values that were wanted and seen.

use serde::Serialize;

use crate::arn::Arn;
use crate::policy::condition::Condition;
use crate::policy::decision::Asked;
use crate::policy::statement::{Mismatch, Statement};

/// How many of a list's entries a sentence names.
const NAMED: usize = 4;

/// An element that did not match.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Failure {
    /// `Action`, `NotAction`, `Resource`, `NotResource`, `Principal`, `NotPrincipal` or `Condition`.
    pub element: &'static str,
    /// What was wrong with it, in a sentence.
    pub reason: String,
    /// The condition's operator.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operator: Option<String>,
    /// The condition's key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The values that the statement wants.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub wanted: Vec<String>,
    /// The values that the request has; absent where it does not carry the key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seen: Option<Vec<String>>,
}

/// Puts each mismatch of a statement into words.
pub(super) fn failures(statement: &Statement, mismatches: &[Mismatch], asked: &Asked) -> Vec<Failure> {
    let failure = |mismatch: &Mismatch| match mismatch {
        Mismatch::Action => Some(action(statement, asked)),
        Mismatch::Principal => Some(principal(statement, asked)),
        Mismatch::Resource => Some(resource(statement, asked)),
        Mismatch::Condition(index) => statement.conditions.get(*index).map(|one| condition(one, asked)),
    };
    mismatches.iter().filter_map(failure).collect()
}

/// Whether an action that a statement names looks like a slip of the pen for the one that was asked.
pub(super) fn is_close_action(statement: &Statement, asked: &str) -> bool {
    let asked = asked.to_ascii_lowercase();
    !statement.action.negated
        && statement.action.written.iter().any(|written| distance_is_small(&written.to_ascii_lowercase(), &asked))
}

fn plain(element: &'static str, reason: String, wanted: Vec<String>, seen: Option<String>) -> Failure {
    Failure { element, reason, operator: None, key: None, wanted, seen: seen.map(|seen| vec![seen]) }
}

fn action(statement: &Statement, asked: &Asked) -> Failure {
    let element = if statement.action.negated { "NotAction" } else { "Action" };
    let reason = if statement.action.negated {
        format!("`NotAction` leaves {} out", asked.action)
    } else {
        format!("`Action` does not name {}", asked.action)
    };
    plain(element, reason, owned(&statement.action.written), Some(asked.action.clone()))
}

fn principal(statement: &Statement, asked: &Asked) -> Failure {
    let negated = statement.principal.as_ref().is_some_and(|element| element.negated);
    let arn = asked.principal.arn();
    let (element, reason) = if negated {
        ("NotPrincipal", format!("`NotPrincipal` leaves {arn} out"))
    } else {
        ("Principal", format!("`Principal` does not name {arn}"))
    };
    plain(element, reason, Vec::new(), Some(arn))
}

fn resource(statement: &Statement, asked: &Asked) -> Failure {
    let Some(element) = &statement.resource else {
        return plain("Resource", "the statement names no resource".to_owned(), Vec::new(), None);
    };
    let name = if element.negated { "NotResource" } else { "Resource" };
    let unset: Vec<&str> =
        element.patterns.iter().flat_map(|pattern| pattern.unset_variables(&asked.context)).collect();
    let reason = if let Some(key) = unset.first() {
        format!("`{name}` holds the policy variable `{key}`, which has no value in this request")
    } else if element.negated {
        format!("`NotResource` leaves {} out", asked.resource)
    } else if asked.resource == "*" {
        format!("{} is asked on `*`, which only `\"Resource\": \"*\"` matches", asked.action)
    } else {
        resource_reason(&element.written, &asked.resource)
    };
    plain(name, reason, owned(&element.written), Some(asked.resource.clone()))
}

/// Names the segment that differs where one entry comes close.
fn resource_reason(written: &[Box<str>], asked: &str) -> String {
    let closest = written.iter().find_map(|entry| {
        let (pattern, arn) = (Arn::parse(entry)?, Arn::parse(asked)?);
        let pairs = [
            ("partition", pattern.partition, arn.partition),
            ("service", pattern.service, arn.service),
            ("region", pattern.region, arn.region),
            ("account", pattern.account, arn.account),
        ];
        let empty = pairs.into_iter().find(|(_, wanted, seen)| wanted.is_empty() && !seen.is_empty());
        let close = pattern.service == arn.service && pattern.resource == arn.resource;
        let (segment, _, seen) = empty.filter(|_| close)?;
        Some(format!(
            "`{entry}` leaves the {segment} empty, which matches an empty {segment} only; the request's is `{seen}`"
        ))
    });
    closest.unwrap_or_else(|| format!("`Resource` names {}, not `{asked}`", list(written)))
}

fn condition(condition: &Condition, asked: &Asked) -> Failure {
    let (operator, key) = (condition.operator.to_string(), condition.key.to_string());
    let seen = asked.context.get(&key);
    let unset = condition.unset_variables(&asked.context);
    let reason = match (seen, unset.first()) {
        (None, _) => format!("`{operator}` needs `{key}`, which the request does not carry"),
        (Some(_), Some(variable)) if !condition.operator.negated => {
            format!("`{operator}` compares `{key}` with the policy variable `{variable}`, which has no value here")
        }
        (Some(seen), _) => {
            let verb = if condition.operator.negated { "must be none of" } else { "must be" };
            let seen: Vec<Box<str>> = seen.iter().map(|value| value.as_str().into()).collect();
            format!("`{operator}`: `{key}` {verb} {}, and is {}", list(&condition.values), list(&seen))
        }
    };
    Failure {
        element: "Condition",
        reason,
        operator: Some(operator),
        key: Some(key),
        wanted: owned(&condition.values),
        seen: seen.map(<[_]>::to_vec),
    }
}

fn owned(texts: &[Box<str>]) -> Vec<String> {
    texts.iter().map(|text| text.to_string()).collect()
}

fn list(texts: &[Box<str>]) -> String {
    let mut words: Vec<String> = texts.iter().take(NAMED).map(|text| format!("`{text}`")).collect();
    if texts.len() > NAMED {
        words.push(format!("{} more", texts.len() - NAMED));
    }
    if words.is_empty() { "nothing".to_owned() } else { words.join(", ") }
}

/// Whether two texts differ by at most two characters that were added, dropped or changed.
fn distance_is_small(a: &str, b: &str) -> bool {
    const SMALL: usize = 2;
    if a.len().abs_diff(b.len()) > SMALL {
        return false;
    }
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        for (slot, y) in row.iter_mut().skip(1).zip(b.bytes()) {
            let best = (diagonal + usize::from(x != y)).min(*slot + 1).min(left + 1);
            diagonal = *slot;
            *slot = best;
            left = best;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().is_some_and(|distance| *distance <= SMALL)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_of_the_pen() {
        for (a, b, expected) in [
            ("sagemaker:createtrainingjobs", "sagemaker:createtrainingjob", true),
            ("sagemaker:createtrianingjob", "sagemaker:createtrainingjob", true),
            ("sagemaker:createmodel", "sagemaker:createtrainingjob", false),
            ("sagemaker:stoptrainingjob", "sagemaker:createtrainingjob", false),
            ("", "", true),
        ] {
            assert_eq!(distance_is_small(a, b), expected, "{a} {b}");
        }
    }
}
