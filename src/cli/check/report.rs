//! A verdict in words, for people, and as JSON, for programs.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::given::Judged;
use crate::access::Answer;
use crate::policy::explain::{Explanation, Place, StatementTrace, explain};
use crate::policy::{Effect, Verdict};
use crate::services;

/// The explanation of the control API with the request and its context.
pub(super) fn json(judged: &Judged) -> String {
    let answer = &judged.answer;
    let explanation = explain(&answer.decision);
    let context: serde_json::Map<String, Value> =
        answer.context.iter().map(|(key, values)| (key.to_owned(), json!(values))).collect();
    let request = json!({
        "principal": answer.principal,
        "action": answer.question.action,
        "resource": answer.question.resource,
        "context": context,
        "message": denial(answer),
        "missingContextKeys": missing_keys(judged, &explanation),
    });
    let members = [request, serde_json::to_value(&explanation).unwrap_or_default()];
    let members = members.into_iter().filter_map(|part| match part {
        Value::Object(members) => Some(members),
        _ => None,
    });
    let told = Value::Object(members.flatten().collect());
    format!("{}\n", serde_json::to_string_pretty(&told).unwrap_or_default())
}

/// Sentences, and the statement to add or to look at.
pub(super) fn words(judged: &Judged) -> String {
    let answer = &judged.answer;
    let explanation = explain(&answer.decision);
    let mut text = String::new();
    let verdict = match answer.decision.verdict {
        Verdict::Allowed => "ALLOWED",
        Verdict::ExplicitDeny => "DENIED (explicitly)",
        Verdict::ImplicitDeny => "DENIED (implicitly)",
    };
    line(&mut text, 0, &format!("{verdict}: {}", explanation.summary));
    if let Some(denial) = denial(answer) {
        paragraph(&mut text, "AWS would say:");
        line(&mut text, 1, &denial);
    }
    layers(&mut text, &explanation);
    closest(&mut text, &explanation);
    remedy(&mut text, &explanation);
    let missing = missing_keys(judged, &explanation);
    if !missing.is_empty() {
        paragraph(&mut text, "Condition keys that bear on it and that the request does not carry (see --context):");
        line(&mut text, 1, &missing.join(", "));
    }
    text
}

/// The denial in the words of the service, where it is one that is built, else in those that services share.
fn denial(answer: &Answer) -> Option<String> {
    if answer.is_allowed() {
        return None;
    }
    let prefix = answer.question.action.split(':').next().unwrap_or_default().to_ascii_lowercase();
    let service = services::service(&prefix);
    Some(service.map_or_else(|| answer.denial_message(), |service| (service.denied)(answer).text().to_owned()))
}

fn layers(text: &mut String, explanation: &Explanation) {
    paragraph(text, "What each kind of policy said:");
    for layer in explanation.layers.iter().filter(|layer| layer.said != "notApplicable" || layer.refuses) {
        let said = match layer.said {
            "nothing" | "notApplicable" if layer.refuses => "does not allow, and must",
            "nothing" | "notApplicable" => "has nothing to say",
            "allows" => "allows",
            "delegates" => "leaves it to the account's identity-based policies",
            _ => "denies",
        };
        line(text, 1, &format!("{}: {said}", layer.policy_type));
        for policy in &layer.policies {
            for statement in &policy.statements {
                line(text, 2, &statement_words(statement));
            }
        }
    }
}

fn statement_words(statement: &StatementTrace) -> String {
    let place = place_words(&statement.place);
    let effect = statement.effect;
    if statement.matched {
        return format!("{effect}, {place}: matches");
    }
    let reasons: Vec<&str> = statement.failures.iter().map(|failure| failure.reason.as_str()).collect();
    format!("{effect}, {place}: does not match: {}", reasons.join("; "))
}

fn place_words(place: &Place) -> String {
    let statement = match place.sid.as_deref() {
        Some(sid) if !sid.is_empty() => format!("statement `{sid}`"),
        _ => format!("statement {}", place.index + 1),
    };
    format!("{statement} of `{}` (line {})", place.policy_name, place.start.line)
}

fn closest(text: &mut String, explanation: &Explanation) {
    if explanation.near_misses.is_empty() {
        return;
    }
    paragraph(text, "Would have allowed but for one element:");
    for miss in &explanation.near_misses {
        line(text, 1, &format!("{}: {}", place_words(&miss.place), miss.failure.reason));
    }
}

fn remedy(text: &mut String, explanation: &Explanation) {
    let Some(statement) = &explanation.missing_statement else { return };
    match (&explanation.stands_in, &explanation.add_to) {
        (Some(place), _) => paragraph(text, &format!("This denies, {}:", place_words(place))),
        (None, Some(add_to)) => paragraph(text, &format!("To allow it, add to {add_to}:")),
        (None, None) => return,
    }
    block(text, statement);
    for further in &explanation.further_statements {
        paragraph(text, &format!("and to {}:", further.add_to));
        block(text, &further.statement);
    }
}

/// The keys that statements asked for in vain; of an allowed request, those that a deny would look at.
fn missing_keys(judged: &Judged, explanation: &Explanation) -> Vec<String> {
    let context = &judged.answer.context;
    let traced = explanation.layers.iter().flat_map(|layer| &layer.policies).flat_map(|policy| &policy.statements);
    let failed = traced.flat_map(|statement| &statement.failures).filter(|failure| failure.seen.is_none());
    let failed = failed.filter_map(|failure| failure.key.clone());
    let denies = judged.policies.iter().flat_map(|policy| policy.statements());
    let denies = denies.filter(|statement| judged.answer.is_allowed() && statement.effect == Effect::Deny);
    let denies = denies.flat_map(|statement| &statement.conditions).map(|condition| condition.key.to_string());
    let mut keys: Vec<String> = Vec::new();
    for key in failed.chain(denies).filter(|key| context.get(key).is_none()) {
        if !keys.iter().any(|known| known.eq_ignore_ascii_case(&key)) {
            keys.push(key);
        }
    }
    keys
}

fn paragraph(text: &mut String, heading: &str) {
    text.push('\n');
    line(text, 0, heading);
}

fn block(text: &mut String, statement: &Value) {
    let pretty = serde_json::to_string_pretty(statement).unwrap_or_default();
    pretty.lines().for_each(|each| line(text, 1, each));
}

fn line(text: &mut String, indent: usize, words: &str) {
    let _infallible = writeln!(text, "{:width$}{words}", "", width = indent * 2);
}
