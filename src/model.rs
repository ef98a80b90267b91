//! AWS's API models as data: which operations a service has, what their inputs and outputs look like, which constraints
//! hold. Distilled from botocore by `fixtures/model/distil.py`, compiled in, loaded on first use.
//!
//! Pure: documents in, violations or documents out. Knows nothing of HTTP, of the store, or of what an operation does.
