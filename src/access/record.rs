//! What is remembered of a request: every question, its answer, and what became of it.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::question::Answer;
use crate::document::Members;
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
        asked.map(|answer| self.members(request_id, Some(answer)).into()).collect()
    }

    /// The whole trace of the request.
    pub fn trace(&self, request_id: &str) -> Value {
        let (warnings, questions): (Vec<&Answer>, Vec<&Answer>) =
            self.answers.iter().partition(|answer| answer.warning && !answer.is_allowed());
        let mut trace = self.members(request_id, self.deciding());
        trace.insert("questions".to_owned(), questions.into_iter().map(question).collect());
        trace.insert("warnings".to_owned(), warnings.into_iter().map(question).collect());
        trace.insert("notes".to_owned(), json!(self.notes));
        trace.into()
    }

    fn members(&self, request_id: &str, answer: Option<&Answer>) -> Members {
        let operation = format!("{}:{}", self.service, self.operation);
        let mut entry = Members::new();
        let mut set = |member: &str, value: Value| entry.insert(member.to_owned(), value);
        set("requestId", json!(request_id));
        set("time", json!(self.time.to_string()));
        set("principal", json!(answer.map_or(&self.principal, |answer| &answer.principal)));
        set("action", json!(answer.map_or(operation.as_str(), |answer| answer.question.action.as_ref())));
        set("resource", json!(answer.map_or("*", |answer| answer.question.resource.as_str())));
        set("decision", json!(decision(answer)));
        set("operation", json!(operation));
        if self.enforcement == Enforcement::Observe {
            set("wentThrough", json!(self.fault.is_none()));
        }
        if let Some(fault) = &self.fault {
            set("error", json!({ "code": fault.code, "message": fault.text() }));
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
    let context: Members = answer.context.iter().map(|(key, values)| (key.to_owned(), json!(values))).collect();
    let mut question = Members::new();
    let mut set = |member: &str, value: Value| question.insert(member.to_owned(), value);
    set("principal", json!(answer.principal));
    set("action", json!(answer.question.action));
    set("resource", json!(answer.question.resource));
    set("context", context.into());
    if let Some(member) = &answer.question.member {
        set("member", json!(member));
    }
    if let Ok(Value::Object(explanation)) = serde_json::to_value(explain::explain(&answer.decision)) {
        question.extend(explanation);
    }
    question.into()
}
