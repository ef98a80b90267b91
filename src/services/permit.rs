//! From a call to IAM's permission: the questions of whoever calls, then the execution role's.
//!
//! The order is AWS's own: the action, the tags that ride along, the roles that are passed; then the role is assumed and
//! what it must reach is checked. Facts A.4.

use super::{Call, Service};
use crate::access::{Handover, Judge, Stage, Subject, preflight};
use crate::fault::Fault;
use crate::settings::Preflight;

/// Every stage at which AWS would find out about a need, in order.
const EVERY_STAGE: [Stage; 5] = [Stage::Create, Stage::Start, Stage::Download, Stage::Run, Stage::Upload];

/// Asks everything that must be allowed before a call of this subject is served; `refuse` decides whether a refusal ends
/// the asking.
///
/// # Errors
/// What is refused whatever anybody may do, and what `refuse` makes of a refusal.
pub fn permit(
    judge: &mut Judge<'_>,
    service: &Service,
    call: &Call<'_>,
    caller: &Subject<'_>,
    refuse: &mut dyn FnMut(Fault) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let forwarded = judge.environment.called_via(service.principal);
    for question in (service.questions)(call)? {
        if let Some(fault) = question.refused_outright.clone() {
            refuse(fault)?;
        }
        let environment = if question.forwarded { &forwarded } else { judge.environment };
        if !judge.ask(caller, environment, question)
            && let Some(answer) = judge.answers.last()
        {
            refuse((service.denied)(answer))?;
        }
    }
    (service.check)(call)?;
    let stages: &[Stage] = match judge.settings.preflight {
        Preflight::Strict => &EVERY_STAGE,
        Preflight::Aws => &[Stage::Create],
    };
    for role in (service.roles)(call)? {
        let handover = Handover { account: call.account, service: service.principal, caller: Some(caller) };
        if let Err(refusal) = preflight(judge, handover, &role, stages) {
            refuse(refusal.fault)?;
        }
    }
    Ok(())
}
