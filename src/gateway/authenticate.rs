//! Who sent a request.

use bytes::Bytes;
use http::request::Parts;

use super::route::Route;
use crate::access::Caller;
use crate::fault::Fault;
use crate::signature::SigningKeys;
use crate::state::State;

pub(super) fn authenticate(_state: &State, _keys: &SigningKeys, _parts: &Parts, _body: &Bytes, _route: &Route) -> Result<Caller, Fault> {
    Err(Fault::internal())
}
