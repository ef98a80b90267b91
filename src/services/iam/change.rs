//! Changing the world on behalf of a call.

use crate::document::Document;
use crate::fault::Fault;
use crate::services::{Call, Reply};
use crate::state::world::Edit;

/// Applies a change as one, and the clock's reading with it, so that no restart goes back behind a date.
pub(super) fn apply(call: &Call<'_>, answer: Document, change: impl FnOnce(&mut Edit)) -> Result<Reply, Fault> {
    let ((), ticket) = call.state.worlds().change(|edit| {
        change(edit);
        call.state.clock().keep(edit.batch());
        call.state.last_uses().keep(edit.batch());
        Ok(())
    })?;
    Ok(Reply::applied(answer, ticket))
}
