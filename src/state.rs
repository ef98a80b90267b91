//! Everything that outlives a request: the store, the clock, the world of principals and resources, and the ledger of
//! decisions.
//!
//! Knows nothing of AWS's operations, of HTTP, or of who may do what.
