//! IAM's unique ids: a prefix that tells the kind, and seventeen characters.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids>

use crate::account::AccountId;

/// The prefix of a user's id.
pub const USER: &str = "AIDA";
/// The prefix of a group's id.
pub const GROUP: &str = "AGPA";
/// The prefix of a role's id.
pub const ROLE: &str = "AROA";
/// The prefix of a managed policy's id.
pub const MANAGED_POLICY: &str = "ANPA";
/// The prefix of an instance profile's id.
pub const INSTANCE_PROFILE: &str = "AIPA";

/// A new id: an entity that is deleted and made again is another one.
pub fn unique(prefix: &str) -> String {
    from_bits(prefix, uuid::Uuid::new_v4().as_u128())
}

/// The id of an entity whose world file gives none: the same at each load.
pub fn derived(prefix: &str, account: AccountId, name: &str) -> String {
    // FNV-1a: spreads names well enough, and the standard library's hashes may change between releases.
    let mut hash: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    for byte in [prefix, "/", account.as_str(), "/", name].iter().flat_map(|part| part.bytes()) {
        hash ^= u128::from(byte);
        hash = hash.wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b);
    }
    from_bits(prefix, hash)
}

fn from_bits(prefix: &str, bits: u128) -> String {
    const CHARACTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let digit = |place: u32| {
        let index = usize::try_from((bits >> (place * 5)) & 31).unwrap_or(0);
        CHARACTERS.get(index).map_or('A', |character| char::from(*character))
    };
    prefix.chars().chain((0..17).map(digit)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derived_ids_repeat_and_differ() {
        let id = derived(ROLE, AccountId::ZERO, "Training");
        assert_eq!(id.len(), 21);
        assert!(id.starts_with("AROA"));
        assert_eq!(id, derived(ROLE, AccountId::ZERO, "Training"));
        assert_ne!(id, derived(ROLE, AccountId::ZERO, "Training2"));
        assert_ne!(unique(USER), unique(USER));
    }
}
