//! A compiled statement and the question whether it matches a request.
//!
//! Knows nothing of policies and layers. A statement matches when its action, resource, principal and every condition
//! match; the first that does not is the reason told.

use std::collections::BTreeMap;
use std::ops::Range;

use super::Context;
use super::arn_pattern::{ArnPattern, Target};
use super::condition::{Condition, Truth};
use super::pattern::{Pattern, Syntax};
use super::principal::{Grant, Names, PrincipalEntry};

/// What a matching statement does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Effect {
    /// It permits.
    Allow,
    /// It forbids, whatever else permits.
    Deny,
}

/// A compiled statement.
#[derive(Debug, Clone)]
pub struct Statement {
    /// The statement's id, where it has one.
    pub sid: Option<Box<str>>,
    /// Allow or deny.
    pub effect: Effect,
    /// Where it stands in the policy's text, in bytes.
    pub span: Range<usize>,
    /// `Action` or `NotAction`.
    pub(super) action: ActionElement,
    /// `Resource` or `NotResource`; policies of some resources have none, and then mean the resource itself.
    pub(super) resource: Option<ResourceElement>,
    /// `Principal` or `NotPrincipal`, in policies of resources.
    pub(super) principal: Option<PrincipalElement>,
    /// Every operator and key of `Condition`, all of which must hold.
    pub conditions: Box<[Condition]>,
}

/// `Action` or `NotAction`, its names lower-cased and gathered by service, sorted.
#[derive(Debug, Clone)]
pub(super) struct ActionElement {
    pub(super) negated: bool,
    pub(super) written: Box<[Box<str>]>,
    anything: bool,
    services: Box<[ServiceActions]>,
}

/// A service prefix and the patterns of its action names.
type ServiceActions = (Box<str>, Box<[Pattern]>);

/// `Resource` or `NotResource`.
#[derive(Debug, Clone)]
pub(super) struct ResourceElement {
    pub(super) negated: bool,
    pub(super) written: Box<[Box<str>]>,
    pub(super) patterns: Box<[ArnPattern]>,
}

/// `Principal` or `NotPrincipal`.
#[derive(Debug, Clone)]
pub(super) struct PrincipalElement {
    pub(super) negated: bool,
    pub(super) entries: Box<[PrincipalEntry]>,
}

/// A request's action, lower-cased and taken apart once.
#[derive(Debug, Clone, Copy)]
pub(super) struct Action<'a> {
    pub(super) service: &'a str,
    pub(super) name: &'a str,
}

/// A request, prepared for many statements.
#[derive(Debug, Clone, Copy)]
pub(super) struct Question<'a> {
    pub(super) action: Action<'a>,
    pub(super) target: Target<'a>,
    pub(super) context: &'a Context,
    /// The caller's names, where policies with principals are asked.
    pub(super) names: Option<&'a Names<'a>>,
    /// Whether the caller has a permissions boundary.
    pub(super) bounded: bool,
}

/// The first element of a statement that did not match.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mismatch {
    /// `Action` or `NotAction`.
    Action,
    /// `Principal` or `NotPrincipal`.
    Principal,
    /// `Resource` or `NotResource`.
    Resource,
    /// The condition at this place in [`Statement::conditions`].
    Condition(usize),
}

impl Statement {
    /// Whether the statement matches, and how strongly it names the caller.
    pub(super) fn matches(&self, question: &Question<'_>) -> Result<Grant, Mismatch> {
        if !self.action.matches(question.action) {
            return Err(Mismatch::Action);
        }
        let grant = self.principal_matches(question).ok_or(Mismatch::Principal)?;
        if !self.resource_matches(question) {
            return Err(Mismatch::Resource);
        }
        match self.conditions.iter().position(|condition| !self.holds(condition, question.context)) {
            Some(failed) => Err(Mismatch::Condition(failed)),
            None => Ok(grant),
        }
    }

    /// Every element that does not match, for explanations.
    pub(super) fn mismatches(&self, question: &Question<'_>) -> Vec<Mismatch> {
        let mut found = Vec::new();
        if !self.action.matches(question.action) {
            found.push(Mismatch::Action);
        }
        if self.principal_matches(question).is_none() {
            found.push(Mismatch::Principal);
        }
        if !self.resource_matches(question) {
            found.push(Mismatch::Resource);
        }
        for (index, condition) in self.conditions.iter().enumerate() {
            if !self.holds(condition, question.context) {
                found.push(Mismatch::Condition(index));
            }
        }
        found
    }

    /// Whether the statement speaks of the request's action and caller.
    pub(super) fn concerns(&self, question: &Question<'_>) -> bool {
        self.action.matches(question.action) && self.principal_matches(question).is_some()
    }

    /// Whether it speaks of the request's resource, too.
    pub(super) fn applies_to(&self, question: &Question<'_>) -> bool {
        self.concerns(question) && self.resource_matches(question)
    }

    fn holds(&self, condition: &Condition, context: &Context) -> bool {
        match condition.evaluate(context) {
            Truth::True => true,
            Truth::False => false,
            Truth::Unknown => self.effect == Effect::Deny,
        }
    }

    fn principal_matches(&self, question: &Question<'_>) -> Option<Grant> {
        let (Some(element), Some(names)) = (&self.principal, question.names) else { return Some(Grant::Direct) };
        if !element.negated {
            return names.named_by(&element.entries);
        }
        let spared = match self.effect {
            // A `Deny` with `NotPrincipal` hits every user and role with a boundary, whatever it excepts.
            Effect::Deny => !question.bounded && names.excepted_by(&element.entries),
            Effect::Allow => names.touched_by(&element.entries),
        };
        (!spared).then_some(Grant::Direct)
    }

    fn resource_matches(&self, question: &Question<'_>) -> bool {
        let Some(element) = &self.resource else { return true };
        let named = element.patterns.iter().any(|pattern| pattern.matches(&question.target, question.context));
        if element.negated && self.effect == Effect::Allow && element.has_unset_variable(question.context) {
            return false;
        }
        named != element.negated
    }
}

impl ResourceElement {
    /// An exception that cannot be read must not make an `Allow` wider.
    fn has_unset_variable(&self, context: &Context) -> bool {
        self.patterns.iter().any(|pattern| !pattern.unset_variables(context).is_empty())
    }
}

impl ActionElement {
    /// Compiles entries that were checked to be `*`, `*:*` or `service:name`.
    pub(super) fn new(entries: Vec<String>, negated: bool) -> ActionElement {
        let mut services: BTreeMap<Box<str>, Vec<Pattern>> = BTreeMap::new();
        let mut anything = false;
        let syntax = Syntax { wildcards: true, variables: false };
        for entry in &entries {
            let entry = entry.to_ascii_lowercase();
            let Some((service, name)) = entry.split_once(':').filter(|(service, _)| *service != "*") else {
                anything = true;
                continue;
            };
            services.entry(service.into()).or_default().push(Pattern::compile(name, syntax));
        }
        ActionElement {
            negated,
            anything,
            written: entries.into_iter().map(Into::into).collect(),
            services: services.into_iter().map(|(service, patterns)| (service, patterns.into())).collect(),
        }
    }

    fn matches(&self, action: Action<'_>) -> bool {
        // Action patterns hold no variables, so any context will do.
        static NO_CONTEXT: Context = Context::EMPTY;
        let of_service = self.services.binary_search_by(|(service, _)| (**service).cmp(action.service)).ok();
        let patterns = of_service.and_then(|at| self.services.get(at)).map_or(&[][..], |(_, patterns)| patterns);
        let named = self.anything || patterns.iter().any(|pattern| pattern.matches(action.name, &NO_CONTEXT));
        named != self.negated
    }

    /// The services that the element can match; `None` where it can match any.
    pub(super) fn services(&self) -> Option<impl Iterator<Item = &str>> {
        (!self.negated && !self.anything).then(|| self.services.iter().map(|(service, _)| &**service))
    }
}

impl<'a> Action<'a> {
    /// Splits a lower-cased action at its colon.
    pub(super) fn new(lower_case: &'a str) -> Action<'a> {
        let (service, name) = lower_case.split_once(':').unwrap_or(("", lower_case));
        Action { service, name }
    }
}
