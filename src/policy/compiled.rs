//! A policy as it is kept: its text, its compiled statements, and an index from services to statements.
//!
//! Cheap to clone. The index holds, for each service that a statement names, the statements that can match its actions,
//! so that a large policy costs what the request's service costs.

use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::sync::Arc;

use super::statement::Statement;
use super::{Malformed, PolicyType, PrincipalEntry, document};

/// A parsed and compiled policy document.
#[derive(Clone)]
pub struct Policy(Arc<Compiled>);

struct Compiled {
    text: Box<str>,
    policy_type: PolicyType,
    version: Version,
    id: Option<Box<str>>,
    statements: Box<[Statement]>,
    list_start: Option<usize>,
    /// By service prefix in lower case, sorted.
    by_service: ByService,
    /// Statements that can match actions of any service.
    of_any_service: Box<[usize]>,
}

/// Service prefixes with the places of the statements that name them.
type ByService = Box<[(Box<str>, Box<[usize]>)]>;

/// The version of the policy language that a document is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Version {
    /// `2008-10-17`, also where none is given: policy variables are literal text.
    V2008,
    /// `2012-10-17`
    V2012,
}

/// A place in a text; both numbers count from one, the column in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

impl Policy {
    /// Parses a document and checks it as IAM does when a policy of this type is written. Quotas of size are the
    /// caller's to check, see [`size_without_white_space`], and so is that managed policies must be of version
    /// 2012-10-17.
    pub fn parse(text: &str, policy_type: PolicyType) -> Result<Policy, Malformed> {
        let document = document::parse(text, policy_type)?;
        let statements: Box<[Statement]> = document.statements.into();
        let (by_service, of_any_service) = index(&statements);
        Ok(Policy(Arc::new(Compiled {
            text: text.into(),
            policy_type,
            version: document.version,
            id: document.id.map(Into::into),
            statements,
            list_start: document.list_start,
            by_service,
            of_any_service,
        })))
    }

    /// The document as it was written.
    pub fn text(&self) -> &str {
        &self.0.text
    }

    /// What it was parsed as.
    pub fn policy_type(&self) -> PolicyType {
        self.0.policy_type
    }

    /// The version of the policy language.
    pub fn version(&self) -> Version {
        self.0.version
    }

    /// The `Id` element.
    pub fn id(&self) -> Option<&str> {
        self.0.id.as_deref()
    }

    /// Its statements in order.
    pub fn statements(&self) -> &[Statement] {
        &self.0.statements
    }

    /// Every entry of its `Principal` and `NotPrincipal` elements.
    pub fn principals(&self) -> impl Iterator<Item = &PrincipalEntry> {
        self.statements().iter().filter_map(|statement| statement.principal.as_ref()).flat_map(|named| &named.entries)
    }

    /// Where a statement begins and ends in the text.
    pub fn positions(&self, statement: &Statement) -> (Position, Position) {
        (Position::of(self.text(), statement.span.start), Position::of(self.text(), statement.span.end))
    }

    /// Where IAM's policy simulator says that a statement begins and ends. Its reader tells where it stood before and
    /// after the statement: the beginning is the end of what precedes in the list, or lies behind the brace of a
    /// statement without a list.
    ///
    /// Derived from the outputs printed on
    /// <https://docs.aws.amazon.com/cli/latest/reference/iam/simulate-custom-policy.html> and
    /// <https://docs.aws.amazon.com/cli/latest/reference/iam/simulate-principal-policy.html>.
    pub fn simulator_positions(&self, index: usize) -> Option<(Position, Position)> {
        let statement = self.statements().get(index)?;
        let start = match (self.0.list_start, index.checked_sub(1)) {
            (None, _) => statement.span.start + 1,
            (Some(list_start), None) => list_start,
            (Some(_), Some(before)) => self.statements().get(before)?.span.end,
        };
        Some((Position::of(self.text(), start), Position::of(self.text(), statement.span.end)))
    }

    /// A statement's JSON as it was written.
    pub fn statement_text(&self, statement: &Statement) -> &str {
        self.text().get(statement.span.clone()).unwrap_or_default()
    }

    /// Every condition key that the document refers to, in conditions and as policy variables, each once, in order.
    pub fn condition_keys(&self) -> Vec<String> {
        let mut keys: Vec<String> = Vec::new();
        let mut known = HashSet::new();
        let mut add = |key: &str| {
            if known.insert(key.to_ascii_lowercase()) {
                keys.push(key.to_owned());
            }
        };
        for statement in self.statements() {
            for pattern in statement.resource.iter().flat_map(|element| &element.patterns) {
                pattern.variable_keys().for_each(&mut add);
            }
            for condition in &statement.conditions {
                add(&condition.key);
                condition.variable_keys().into_iter().for_each(&mut add);
            }
        }
        keys
    }

    /// The statements that can match an action of this service, by its lower-case prefix, in order.
    pub fn statements_about(&self, service: &str) -> impl Iterator<Item = &Statement> {
        self.candidates(service).map(|(_, statement)| statement)
    }

    /// The statements that can match an action of this service, with their places, in order.
    pub(super) fn candidates(&self, service: &str) -> impl Iterator<Item = (usize, &Statement)> {
        let found = self.0.by_service.binary_search_by(|(known, _)| (**known).cmp(service)).ok();
        let named = found.and_then(|at| self.0.by_service.get(at)).map_or(&[][..], |(_, indices)| indices);
        merged(named, &self.0.of_any_service).filter_map(|index| Some((index, self.0.statements.get(index)?)))
    }
}

impl fmt::Debug for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Policy").field(&self.text()).finish()
    }
}

/// Two policies are equal where their texts and types are.
impl PartialEq for Policy {
    fn eq(&self, other: &Policy) -> bool {
        self.text() == other.text() && self.policy_type() == other.policy_type()
    }
}

impl Eq for Policy {}

impl Position {
    /// The position of a byte of the text.
    pub(super) fn of(text: &str, offset: usize) -> Position {
        let before = text.get(..offset).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        Position {
            line: before.matches('\n').count() + 1,
            column: before.get(line_start..).unwrap_or_default().chars().count() + 1,
        }
    }
}

/// The length of a policy text as IAM's quotas count it: in characters, white space left out.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
pub fn size_without_white_space(text: &str) -> usize {
    text.chars().filter(|character| !character.is_whitespace()).count()
}

fn index(statements: &[Statement]) -> (ByService, Box<[usize]>) {
    let mut by_service: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    let mut of_any_service = Vec::new();
    for (index, statement) in statements.iter().enumerate() {
        match statement.action.services() {
            None => of_any_service.push(index),
            Some(services) => services.for_each(|service| by_service.entry(service).or_default().push(index)),
        }
    }
    let by_service = by_service.into_iter().map(|(service, indices)| (service.into(), indices.into())).collect();
    (by_service, of_any_service.into())
}

/// Two sorted lists as one.
fn merged<'a>(mut a: &'a [usize], mut b: &'a [usize]) -> impl Iterator<Item = usize> + use<'a> {
    std::iter::from_fn(move || {
        let from_a = match (a.first(), b.first()) {
            (Some(x), Some(y)) => x < y,
            (x, _) => x.is_some(),
        };
        let list = if from_a { &mut a } else { &mut b };
        let (first, rest) = list.split_first()?;
        *list = rest;
        Some(*first)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_are_found_by_service() {
        let text = r#"{"Version":"2012-10-17","Statement":[
            {"Effect":"Allow","Action":["s3:Get*","KMS:Decrypt"],"Resource":"*"},
            {"Effect":"Allow","NotAction":"iam:*","Resource":"*"},
            {"Effect":"Deny","Action":"kms:*","Resource":"*"}]}"#;
        let policy = Policy::parse(text, PolicyType::Identity).unwrap();
        let found = |service| policy.candidates(service).map(|(index, _)| index).collect::<Vec<_>>();
        assert_eq!(found("s3"), [0, 1]);
        assert_eq!(found("kms"), [0, 1, 2]);
        assert_eq!(found("ec2"), [1]);
        let (start, end) = policy.positions(&policy.statements()[1]);
        assert_eq!((start.line, start.column, end.line), (3, 13, 3));
        assert!(policy.statement_text(&policy.statements()[2]).starts_with(r#"{"Effect":"Deny""#));
    }

    #[test]
    fn the_simulator_tells_where_its_reader_stood() {
        let one = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"dynamodb:*","Resource":"*","Condition":{"DateGreaterThan":{"aws:CurrentTime":"2018-08-16T12:00:00Z"}}}}"#;
        let listed = "{\n    \"Version\": \"2012-10-17\",\n    \"Statement\": [\n        {\n            \"Sid\": \"S\",\n            \
            \"Effect\": \"Allow\",\n            \"Action\": \"codecommit:ListRepositories\",\n            \
            \"Resource\": \"*\"\n        },\n  {\"Effect\": \"Deny\", \"Action\": \"s3:*\", \"Resource\": \"*\"}\n    ]\n}";
        for (text, index, expected) in
            [(one, 0, ((1, 38), (1, 167))), (listed, 0, ((3, 19), (9, 10))), (listed, 1, ((9, 10), (10, 56)))]
        {
            let policy = Policy::parse(text, PolicyType::Identity).unwrap();
            let (start, end) = policy.simulator_positions(index).unwrap();
            assert_eq!(((start.line, start.column), (end.line, end.column)), expected, "{text}");
        }
    }

    #[test]
    fn sizes_leave_white_space_out() {
        assert_eq!(size_without_white_space("{ \"a\" :\n\t\"é\" }"), 9);
    }

    #[test]
    fn referenced_keys_are_told_once() {
        let text = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*",
            "Resource":"arn:aws:s3:::b/${aws:username}","Condition":{"StringLike":{"s3:prefix":"${aws:PrincipalTag/t}"},
            "Bool":{"AWS:SecureTransport":true},"BoolIfExists":{"aws:SecureTransport":"true"}}}}"#;
        let policy = Policy::parse(text, PolicyType::Identity).unwrap();
        let keys = ["aws:username", "s3:prefix", "aws:PrincipalTag/t", "AWS:SecureTransport"];
        assert_eq!(policy.condition_keys(), keys);
    }
}
