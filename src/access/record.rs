//! What is remembered of a request: every question, its answer, and what became of it.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::question::Answer;
use crate::fault::Fault;
use crate::policy::{Verdict, explain};
use crate::settings::Enforcement;

/// The decisions of one request.
#[derive(Debug, Clone)]
pub struct Record {
    /// When, in virtual time.
    pub time: Timestamp,
    /// The caller's ARN.
    pub principal: String,
    /// Such as `sagemaker`.
    pub service: &'static str,
    /// Such as `CreateTrainingJob`.
    pub operation: &'static str,
    /// What was in force.
    pub enforcement: Enforcement,
    /// Every question with its answer, in the order in which they were asked.
    pub answers: Vec<Answer>,
    /// What went amiss that is no question of permissions.
    pub notes: Vec<String>,
    /// The refusal, if the request was refused.
    pub fault: Option<Fault>,
}

impl Record {
    /// Whether something was denied or refused.
    pub fn is_refusal(&self) -> bool {
        self.fault.is_some() || self.deciding().is_some_and(|answer| !answer.is_allowed())
    }

    /// The answer that decided: the first that was not allowed, else the first of all.
    fn deciding(&self) -> Option<&Answer> {
        let denied = self.answers.iter().find(|answer| !answer.is_allowed() && !answer.warning);
        denied.or(self.answers.first())
    }

    /// Every decision of the request, the newest first, as the listing of decisions shows them.
    pub fn decisions(&self, request_id: &str) -> Vec<Value> {
        let asked = self.answers.iter().rev().filter(|answer| !answer.warning);
        asked.map(|answer| self.entry(request_id, Some(answer))).collect()
    }

    /// The whole trace of the request.
    pub fn trace(&self, request_id: &str) -> Value {
        let mut trace = self.entry(request_id, self.deciding());
        let (warnings, questions): (Vec<&Answer>, Vec<&Answer>) =
            self.answers.iter().partition(|answer| answer.warning && !answer.is_allowed());
        trace["questions"] = questions.into_iter().map(question).collect();
        trace["warnings"] = warnings.into_iter().map(question).collect();
        trace["notes"] = json!(self.notes);
        trace
    }

    fn entry(&self, request_id: &str, answer: Option<&Answer>) -> Value {
        let operation = format!("{}:{}", self.service, self.operation);
        let mut entry = json!({
            "requestId": request_id,
            "time": self.time.to_string(),
            "principal": answer.map_or(self.principal.as_str(), |answer| answer.principal.as_str()),
            "action": answer.map_or(operation.as_str(), |answer| answer.question.action.as_ref()),
            "resource": answer.map_or("*", |answer| answer.question.resource.as_str()),
            "decision": decision(answer),
            "operation": operation,
        });
        if self.enforcement == Enforcement::Observe {
            entry["wentThrough"] = json!(self.fault.is_none());
        }
        if let Some(fault) = &self.fault {
            entry["error"] = json!({ "code": fault.code, "message": fault.text() });
        }
        entry
    }
}

fn decision(answer: Option<&Answer>) -> &'static str {
    match answer.map(|answer| answer.decision.verdict) {
        Some(Verdict::ExplicitDeny) => "explicitDeny",
        Some(Verdict::ImplicitDeny) => "implicitDeny",
        Some(Verdict::Allowed) | None => "allowed",
    }
}

fn question(answer: &Answer) -> Value {
    let context: serde_json::Map<String, Value> =
        answer.context.iter().map(|(key, values)| (key.to_owned(), json!(values))).collect();
    let mut question = json!({
        "principal": answer.principal,
        "action": answer.question.action,
        "resource": answer.question.resource,
        "context": context,
        "decision": decision(Some(answer)),
    });
    if let Some(member) = &answer.question.member {
        question["member"] = json!(member);
    }
    let explanation = serde_json::to_value(explain::explain(&answer.decision)).unwrap_or_default();
    if let (Value::Object(question), Value::Object(explanation)) = (&mut question, explanation) {
        question.extend(explanation);
    }
    question
}
