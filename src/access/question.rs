//! A question to IAM and its answer.

use std::borrow::Cow;

use crate::account::AccountId;
use crate::fault::Fault;
use crate::policy::{Context, Decision, explain};

/// How a denial prints the resource of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Clause {
    /// ` on resource: ARN`.
    Arn,
    /// ` on resource: "ARN"`, as S3 does.
    Quoted,
    /// Nothing: the action has no resource.
    Absent,
    /// ` on resource: TEXT` with a text of the service's own.
    Named(String),
}

/// One thing that a principal must be allowed to do.
#[derive(Debug, Clone)]
pub struct Question {
    /// `service:Action`.
    pub action: Cow<'static, str>,
    /// The resource's ARN, or `*`.
    pub resource: String,
    /// The account that owns the resource, where it is known.
    pub resource_account: Option<AccountId>,
    /// The condition keys that this question adds to the request's own.
    pub keys: Context,
    /// How a denial prints the resource.
    pub clause: Clause,
    /// The request member that the question comes from.
    pub member: Option<String>,
    /// A refusal that does not wait for IAM's answer.
    pub refused_outright: Option<Fault>,
    /// Asked about what the service does with the caller's forwarded credentials.
    pub forwarded: bool,
}

impl Question {
    /// A question about an ARN, without further condition keys.
    pub fn new(action: impl Into<Cow<'static, str>>, resource: impl Into<String>) -> Question {
        Question {
            action: action.into(),
            resource: resource.into(),
            resource_account: None,
            keys: Context::new(),
            clause: Clause::Arn,
            member: None,
            refused_outright: None,
            forwarded: false,
        }
    }

    /// A question about an action that knows no resources.
    pub fn anywhere(action: impl Into<Cow<'static, str>>) -> Question {
        Question { clause: Clause::Absent, ..Question::new(action, "*") }
    }

    /// Names the request member that the question comes from.
    #[must_use]
    pub fn from_member(mut self, member: impl Into<String>) -> Question {
        self.member = Some(member.into());
        self
    }

    /// Says that the service does it with the caller's forwarded credentials.
    #[must_use]
    pub fn forwarded(mut self) -> Question {
        self.forwarded = true;
        self
    }

    /// Names the account that owns the resource.
    #[must_use]
    pub fn owned_by(mut self, account: AccountId) -> Question {
        self.resource_account = Some(account);
        self
    }

    /// Adds a condition key.
    #[must_use]
    pub fn with_key(mut self, key: impl Into<Cow<'static, str>>, value: impl Into<String>) -> Question {
        self.keys.set(key, value);
        self
    }
}

/// A question and what IAM said to it.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Who asked, as denials print it.
    pub principal: String,
    /// What was asked.
    pub question: Question,
    /// Every condition key that was in force.
    pub context: Context,
    /// What IAM said.
    pub decision: Decision,
    /// A refusal of this question does not stop the request: AWS would run the job all the same.
    pub warning: bool,
}

impl Answer {
    /// AWS's sentence for a denial, in the form of the service whose action was asked about. Facts A.2 and A.5.
    pub fn denial_message(&self) -> String {
        let resource = self.question.resource.as_str();
        let clause = match &self.question.clause {
            Clause::Arn => Some(Cow::Borrowed(resource)),
            Clause::Quoted => Some(Cow::Owned(format!("\"{resource}\""))),
            Clause::Absent => None,
            Clause::Named(text) => Some(Cow::Borrowed(text.as_str())),
        };
        let message = explain::denial_message(&self.decision, clause.as_deref());
        if self.question.action.starts_with("ec2:") {
            format!("You are not authorized to perform this operation. {message}")
        } else {
            message
        }
    }

    /// Whether the request may go on as far as this question is concerned.
    pub fn is_allowed(&self) -> bool {
        self.decision.is_allowed()
    }
}
