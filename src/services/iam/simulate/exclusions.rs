//! `PolicyExclusionList`: attached policies that a simulation leaves out.
//!
//! Identifiers that match nothing are no mistake; identifiers that cannot be read are.

use std::sync::Arc;

use crate::arn::Arn;
use crate::document::{self, Document};
use crate::fault::Fault;
use crate::policy::{AttachedPolicy, Context, Pattern, Syntax};
use crate::services::Call;
use crate::services::iam::faults::invalid_input;
use crate::state::world::AWS_MANAGED;

/// What is left out.
#[derive(Debug, Default)]
pub(super) struct Exclusions(Vec<Exclusion>);

#[derive(Debug)]
enum Exclusion {
    /// Every policy of a type.
    Type(String),
    /// Managed policies by ARN.
    Arn(Pattern),
    /// An inline policy by name, and the entities that hold it by type and name.
    Inline { policy: String, kind: String, holder: Pattern },
}

impl Exclusions {
    /// The exclusions of a request.
    pub(super) fn of(call: &Call<'_>) -> Result<Exclusions, Fault> {
        let list = call.input.get("PolicyExclusionList").and_then(Document::as_array);
        Ok(Exclusions(list.into_iter().flatten().map(read).collect::<Result<_, _>>()?))
    }

    /// The policies that are not left out.
    pub(super) fn spare(&self, policies: Vec<Arc<AttachedPolicy>>) -> Vec<Arc<AttachedPolicy>> {
        policies.into_iter().filter(|held| !self.0.iter().any(|exclusion| exclusion.matches(held))).collect()
    }

    /// Whether the permissions boundary is left out.
    pub(super) fn boundary(&self) -> bool {
        self.has("permission-boundary")
    }

    /// Whether the SCPs are left out.
    pub(super) fn service_control(&self) -> bool {
        self.has("scp")
    }

    fn has(&self, wanted: &str) -> bool {
        self.0.iter().any(|exclusion| matches!(exclusion, Exclusion::Type(kind) if kind == wanted))
    }
}

impl Exclusion {
    fn matches(&self, held: &AttachedPolicy) -> bool {
        match self {
            Exclusion::Type(kind) => match held.arn.as_deref() {
                None => kind == "inline",
                Some(arn) if arn.starts_with(AWS_MANAGED) => kind == "aws-managed",
                Some(_) => kind == "user-managed",
            },
            Exclusion::Arn(pattern) => held.arn.as_deref().is_some_and(|arn| pattern.matches(arn, &Context::new())),
            Exclusion::Inline { policy, kind, holder } => {
                let Some(arn) = Arn::parse(&held.attached_to) else { return false };
                let name = arn.resource.rsplit('/').next().unwrap_or_default();
                held.arn.is_none()
                    && held.name == *policy
                    && arn.resource_type() == kind
                    && holder.matches(name, &Context::new())
            }
        }
    }
}

fn read(entry: &Document) -> Result<Exclusion, Fault> {
    let kind = document::text(entry, "PolicyType");
    let arn = document::text(entry, "PolicyArn");
    let inline = document::get(entry, "InlinePolicyIdentifier");
    match (kind, arn, inline) {
        (Some(kind), None, None) => Ok(Exclusion::Type(kind.to_owned())),
        (None, Some(arn), None) => {
            let parsed = Arn::parse(arn).filter(|arn| arn.service == "iam" && arn.resource_type() == "policy");
            let literal = parsed.map(|parsed| format!("{}{}", parsed.partition, parsed.account));
            match literal {
                Some(literal) if !literal.contains(['*', '?']) => Ok(Exclusion::Arn(pattern(arn)?)),
                _ => Err(invalid_input(format!("ARN {arn} is not valid."))),
            }
        }
        (None, None, Some(inline)) => Ok(Exclusion::Inline {
            policy: document::text(inline, "PolicyName").unwrap_or_default().to_owned(),
            kind: document::text(inline, "AttachmentType").unwrap_or_default().to_owned(),
            holder: pattern(document::text(inline, "AttachmentName").unwrap_or_default())?,
        }),
        _ => Err(invalid_input(
            "A policy identifier must have exactly one of PolicyType, PolicyArn and InlinePolicyIdentifier.",
        )),
    }
}

/// One `*` at most, and any number of `?`.
fn pattern(text: &str) -> Result<Pattern, Fault> {
    if text.matches('*').count() > 1 {
        return Err(invalid_input(format!("Invalid policy identifier: {text}")));
    }
    Ok(Pattern::compile(text, Syntax { wildcards: true, variables: false }))
}
