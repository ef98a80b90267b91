//! Everything that answers requests, and the face that the server sees.

use std::net::SocketAddr;

use crate::access::Record;
use crate::signature::SigningKeys;
use crate::state::State;
use crate::state::ledger::Ledger;

/// The whole emulator.
pub struct Emulator {
    /// What outlives requests.
    pub state: State,
    /// The decisions of the newest requests.
    pub ledger: Ledger<Record>,
    /// Derived signing keys.
    pub keys: SigningKeys,
    /// The address that the endpoint listens on.
    pub listen: SocketAddr,
}

impl Emulator {
    /// An emulator over a state, reachable at an address.
    pub fn new(state: State, listen: SocketAddr) -> Emulator {
        Emulator { state, ledger: Ledger::default(), keys: SigningKeys::default(), listen }
    }

    /// Keeps what was decided about a request.
    pub fn remember(&self, request_id: &str, record: Record) {
        if !record.answers.is_empty() || record.fault.is_some() {
            self.ledger.record(request_id, record.is_refusal(), record);
        }
    }
}
