//! How much of a session's room its policies and tags take.
//!
//! AWS packs both in a binary form of its own and tells the percentage of the room that they fill; the form is not
//! published. This is an estimate: policies and ARNs against their documented 2,048 characters of plain text, and tags
//! against the room that AWS's answers to known requests amount to (nine tags of 252 characters are told to fill 498 %,
//! six of about 44 characters 74 %).
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-sts>

use crate::fault::Fault;
use crate::tag::Tag;

/// The characters of plain text that an inline session policy and the ARNs of managed ones may have together.
const POLICY_CHARACTERS: usize = 2048;
/// The room for tags, in bytes.
const TAG_BYTES: usize = 470;
/// What a tag takes besides its key and value.
const TAG_OVERHEAD: usize = 10;

/// The percentage of the room that policies and tags fill together; `None` where there is nothing to pack.
///
/// # Errors
/// They do not fit.
pub(super) fn percentage(policy_characters: Option<usize>, tags: &[Tag]) -> Result<Option<usize>, Fault> {
    let policies = policy_characters.map_or(0, |characters| (characters * 100).div_ceil(POLICY_CHARACTERS));
    let bytes: usize = tags.iter().map(|tag| tag.key.len() + tag.value.len() + TAG_OVERHEAD).sum();
    let tags_filled = (bytes * 100).div_ceil(TAG_BYTES);
    let filled = policies + tags_filled;
    if filled <= 100 {
        return Ok((policy_characters.is_some() || !tags.is_empty()).then_some(filled));
    }
    let text = if policies > 100 || tags_filled <= 100 {
        format!("Packed policy consumes {filled}% of allotted space, please use smaller policy.")
    } else {
        format!("Packed size of session tags consumes {filled}% of allotted space.")
    };
    Err(Fault::new("PackedPolicyTooLarge", text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_is_shared() {
        let tags = |count: usize, length: usize| -> Vec<Tag> {
            (0..count).map(|index| Tag::new(format!("T{index}"), "a".repeat(length))).collect()
        };
        for (policy, tags, expected) in [
            (None, tags(0, 0), Ok(None)),
            (Some(2048), tags(0, 0), Ok(Some(100))),
            (Some(20), tags(1, 8), Ok(Some(6))),
            (Some(2049), tags(0, 0), Err("Packed policy consumes 101%")),
            (Some(2000), tags(1, 200), Err("Packed policy consumes")),
            (None, tags(9, 250), Err("Packed size of session tags consumes")),
        ] {
            match (percentage(policy, &tags), expected) {
                (Ok(found), Ok(expected)) => assert_eq!(found, expected),
                (Err(fault), Err(text)) => assert!(fault.text().starts_with(text), "{fault}"),
                (found, expected) => panic!("{found:?} instead of {expected:?}"),
            }
        }
    }
}
