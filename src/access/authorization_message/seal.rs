//! Bytes that only the holder of a key can read or make: encrypted, then authenticated, both with HMAC-SHA-256.
//!
//! The keystream is HMAC in counter mode under a nonce that never repeats; the seal is HMAC over nonce and ciphertext
//! (encrypt-then-MAC), under a key of its own. <https://www.rfc-editor.org/rfc/rfc2104>

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use uuid::Uuid;

/// What a seal adds to the bytes that it protects.
pub(super) const OVERHEAD: usize = NONCE + SEAL;

const NONCE: usize = 16;
const SEAL: usize = 32;
/// SHA-256 works on blocks of this many bytes.
const BLOCK: usize = 64;

/// A key of 256 bits.
pub(super) struct Key([u8; 32]);

impl Key {
    /// A key that nobody has.
    pub(super) fn new() -> Key {
        let random = [Uuid::new_v4(), Uuid::new_v4(), Uuid::new_v4()];
        Key(random.iter().fold(Sha256::new(), Sha256::chain_update).finalize().into())
    }

    /// The key of these bytes, where they are one.
    pub(super) fn of(bytes: &[u8]) -> Option<Key> {
        bytes.try_into().ok().map(Key)
    }

    /// The bytes to keep.
    pub(super) fn bytes(&self) -> [u8; 32] {
        self.0
    }

    /// Encrypts and authenticates.
    pub(super) fn seal(&self, text: &[u8]) -> Vec<u8> {
        let mut sealed = Uuid::new_v4().as_bytes().to_vec();
        let encrypted = self.apply_stream(&sealed, text);
        sealed.extend(encrypted);
        let seal = self.mac(&sealed);
        sealed.extend(seal);
        sealed
    }

    /// Verifies and decrypts; `None` where the bytes were not sealed with this key.
    pub(super) fn open(&self, sealed: &[u8]) -> Option<Vec<u8>> {
        let (body, seal) = sealed.split_at_checked(sealed.len().checked_sub(SEAL)?)?;
        if !bool::from(self.mac(body).ct_eq(seal)) {
            return None;
        }
        let (nonce, encrypted) = body.split_at_checked(NONCE)?;
        Some(self.apply_stream(nonce, encrypted))
    }

    fn mac(&self, body: &[u8]) -> [u8; 32] {
        hmac(&hmac(&self.0, &[b"authenticate"]), &[body])
    }

    fn apply_stream(&self, nonce: &[u8], bytes: &[u8]) -> Vec<u8> {
        let key = hmac(&self.0, &[b"encrypt"]);
        let stream = (0u64..).flat_map(|counter| hmac(&key, &[nonce, &counter.to_be_bytes()]));
        bytes.iter().zip(stream).map(|(byte, mask)| byte ^ mask).collect()
    }
}

fn hmac(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    let padded = |pad: u8| {
        let mut block = [pad; BLOCK];
        block.iter_mut().zip(key).for_each(|(byte, key)| *byte ^= key);
        block
    };
    let inner =
        parts.iter().fold(Sha256::new_with_prefix(padded(0x36)), |hash, part| hash.chain_update(part)).finalize();
    Sha256::new_with_prefix(padded(0x5c)).chain_update(inner).finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The keyed hash of RFC 4231, made with a key of 32 bytes (computed with Python's `hmac`).
    #[test]
    fn hmac_is_hmac() {
        let found = hmac(&[0x0b; 32], &[b"Hi ", b"There"]);
        let hex: String = found.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, "198a607eb44bfbc69903a0f1cf2bbdc5ba0aa3f3d9ae3c1c7a3b1696a0b68cf7");
    }

    #[test]
    fn only_what_was_sealed_opens() {
        let key = Key::new();
        for text in [&b""[..], b"a", &[7; 1000]] {
            let sealed = key.seal(text);
            assert_eq!(sealed.len(), text.len() + OVERHEAD);
            assert_ne!(sealed, key.seal(text));
            assert_eq!(key.open(&sealed).as_deref(), Some(text));
            assert_eq!(Key::new().open(&sealed), None);
            for at in 0..sealed.len() {
                let mut broken = sealed.clone();
                broken[at] ^= 1;
                assert_eq!(key.open(&broken), None);
            }
            assert_eq!(key.open(&sealed[1..]), None);
        }
        assert_eq!(key.open(b""), None);
    }
}
