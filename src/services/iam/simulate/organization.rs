//! The SCPs of a simulation: levels from the organization's root to the account, each of which must allow.

use std::sync::Arc;

use super::exclusions::Exclusions;
use super::input;
use crate::document::{self, Document};
use crate::fault::Fault;
use crate::policy::{self, AttachedPolicy, Policies, PolicyType, Request, Said, Verdict};
use crate::services::Call;

/// The levels; none where the simulation knows of no organization.
#[derive(Debug, Default)]
pub(super) struct Levels(Vec<Vec<Arc<AttachedPolicy>>>);

impl Levels {
    /// The SCPs that bind the account of the call.
    pub(super) fn of_account(call: &Call<'_>, exclusions: &Exclusions) -> Levels {
        let bound = call.world.service_control(call.account).filter(|_| !exclusions.service_control());
        Levels(bound.map(<[_]>::to_vec).into_iter().collect())
    }

    /// The SCPs that the request brings.
    pub(super) fn given(call: &Call<'_>) -> Result<Levels, Fault> {
        let levels = call.input.get("OrderedOrganizationPolicyInputList").and_then(Document::as_array);
        let level = |(index, level): (usize, &Document)| {
            let texts = document::select(level, "ServiceControlPolicyInputList[]");
            let texts = texts.iter().filter_map(|text| text.text()).enumerate();
            let name = |place| format!("OrderedOrganizationPolicyInputList.{}.{}", index + 1, place + 1);
            texts.map(|(place, text)| input::policy(text, &name(place), PolicyType::ServiceControl)).collect()
        };
        Ok(Levels(levels.into_iter().flatten().enumerate().map(level).collect::<Result<_, _>>()?))
    }

    /// What the organization says of a request; `None` where there is no organization.
    pub(super) fn verdict(&self, request: &Request<'_>) -> Option<Verdict> {
        let say = |level: &Vec<Arc<AttachedPolicy>>| {
            let policies = Policies { service_control: Some(level), ..Policies::default() };
            let decision = policy::decide(request, &policies);
            let finding = decision.findings.iter().find(|finding| finding.layer == PolicyType::ServiceControl);
            match finding.map(|finding| finding.said) {
                Some(Said::Denies) => Verdict::ExplicitDeny,
                Some(Said::Nothing) => Verdict::ImplicitDeny,
                _ => Verdict::Allowed,
            }
        };
        self.0.iter().map(say).max_by_key(|verdict| super::outcome::severity(*verdict))
    }
}
