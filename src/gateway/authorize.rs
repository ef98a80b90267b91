//! What a request must be allowed before it is served, in force or merely observed.

use crate::access::{Judge, Subject};
use crate::fault::Fault;
use crate::services::{Call, Service, permit};

/// Asks everything that must be allowed before a call is served.
///
/// # Errors
/// The first refusal, in the service's words; what comes after it is not asked.
pub(super) fn permit(judge: &mut Judge<'_>, service: &Service, call: &Call<'_>) -> Result<(), Fault> {
    ask(judge, service, call, &mut Err)
}

/// Asks the same, and only notes what would have been refused.
///
/// # Errors
/// What is refused whatever anybody may do.
pub(super) fn observe(judge: &mut Judge<'_>, service: &Service, call: &Call<'_>) -> Result<(), Fault> {
    let mut refusals = Vec::new();
    let asked = ask(judge, service, call, &mut |fault| {
        refusals.push(fault);
        Ok(())
    });
    judge.notes.extend(refusals.into_iter().map(|fault| format!("would have been refused: {fault}")));
    asked
}

fn ask(
    judge: &mut Judge<'_>,
    service: &Service,
    call: &Call<'_>,
    refuse: &mut dyn FnMut(Fault) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let caller = Subject::of_caller(judge.world, call.caller, judge.environment.now);
    permit::permit(judge, service, call, &caller, refuse)
}
