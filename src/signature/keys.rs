//! Derived signing keys, remembered.
//!
//! Deriving a key takes four HMACs; a client signs with the same key for a whole day. What is remembered follows from
//! its name and the secret alone, so forgetting is always safe.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use aws_sigv4::sign::v4::{calculate_signature, generate_signing_key};

use super::Claim;
use crate::secret::Secret;

/// How many keys are remembered before all are forgotten.
const CAPACITY: usize = 1024;

/// A derived key: HMAC-SHA256 output.
type Key = [u8; 32];

/// The keys that have verified a signature, by the credential that named them.
#[derive(Debug, Default)]
pub struct SigningKeys {
    known: Mutex<HashMap<String, Known>>,
}

#[derive(Debug)]
struct Known {
    /// A key id may be given a new secret; a key derived from the old one must not serve.
    secret: Secret,
    key: Hidden,
}

/// A derived key signs for a day: it is kept out of logs like the secret that it comes from.
struct Hidden(Key);

impl std::fmt::Debug for Hidden {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(…)")
    }
}

impl SigningKeys {
    /// Nothing remembered.
    pub fn new() -> SigningKeys {
        SigningKeys::default()
    }

    /// Signs a text for a claim; a key that had to be derived is returned beside the signature.
    pub(super) fn sign(&self, claim: &Claim, secret: &Secret, text: &[u8]) -> (String, Option<Key>) {
        if let Some(key) = self.recall(&claim.credential, secret) {
            return (calculate_signature(key, text), None);
        }
        let derived =
            generate_signing_key(secret.expose(), SystemTime::from(claim.signed_at), &claim.region, &claim.service);
        (calculate_signature(&derived, text), derived.as_ref().try_into().ok())
    }

    /// Keeps a key whose signature was right.
    pub(super) fn remember(&self, claim: &Claim, secret: &Secret, key: Key) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= CAPACITY {
            known.clear();
        }
        known.insert(claim.credential.clone(), Known { secret: secret.clone(), key: Hidden(key) });
    }

    fn recall(&self, credential: &str, secret: &Secret) -> Option<Key> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(credential).filter(|entry| entry.secret == *secret).map(|entry| entry.key.0)
    }
}
