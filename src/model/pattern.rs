//! The model's patterns: the whole of a value must match.
//!
//! AWS judges patterns with Java's regular expressions, which read some things otherwise than Rust's do; `java`
//! rewrites a pattern so that both mean the same. A pattern is compiled on its first use, and one that cannot be
//! decided (the backtracking limit) is taken as not matched: a refusal is safer than a value nobody has checked.

mod java;

use std::fmt;
use std::ops::RangeInclusive;
use std::sync::OnceLock;

use fancy_regex::{Regex, RegexBuilder};

/// Some patterns repeat large classes thousands of times; Java does not mind, and neither may we.
const COMPILED_BYTES: usize = 64 << 20;
/// Steps after which a match with look-around counts as failed.
const BACKTRACKS: usize = 1_000_000;

/// A pattern as the model writes it, and its compiled form once somebody has asked.
pub struct Pattern {
    text: Box<str>,
    compiled: OnceLock<Option<Compiled>>,
}

struct Compiled {
    regex: Regex,
    /// How many code points the value may have, where the pattern is one class repeated so often.
    count: RangeInclusive<usize>,
}

impl Pattern {
    pub(super) fn new(text: Box<str>) -> Pattern {
        Pattern { text, compiled: OnceLock::new() }
    }

    /// The pattern as the model writes it and messages print it.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether the whole of a value matches.
    pub fn matches(&self, value: &str) -> bool {
        let compiled = self.compiled.get_or_init(|| compile(&self.text).ok());
        compiled.as_ref().is_some_and(|Compiled { regex, count }| {
            let counted = *count == ANY_COUNT || count.contains(&value.chars().count());
            counted && regex.is_match(value).unwrap_or(false)
        })
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Pattern").field(&self.text).finish()
    }
}

const ANY_COUNT: RangeInclusive<usize> = 0..=usize::MAX;

fn compile(text: &str) -> Result<Compiled, Box<fancy_regex::Error>> {
    let (each, count) = repeated_class(text).unwrap_or((text, ANY_COUNT));
    let star = if count == ANY_COUNT { "" } else { "*" };
    let regex = RegexBuilder::new(&format!("^(?:{}{star})$", java::to_rust(each)))
        .delegate_size_limit(COMPILED_BYTES)
        .backtrack_limit(BACKTRACKS)
        .build()?;
    Ok(Compiled { regex, count })
}

/// The parts of a pattern that is nothing but one class with bounds, such as `[\p{L}\p{N}]{0,1024}`: written out, each
/// repetition would take a copy of the class, and a large one takes a hundred megabytes.
fn repeated_class(text: &str) -> Option<(&str, RangeInclusive<usize>)> {
    let (class, bounds) = text.strip_suffix('}')?.rsplit_once('{')?;
    let (min, max) = bounds.split_once(',')?;
    if class != "." {
        let inside = class.strip_prefix('[')?.strip_suffix(']')?;
        let mut escaped = false;
        for point in inside.chars() {
            if !escaped && matches!(point, '[' | ']') {
                return None;
            }
            escaped = !escaped && point == '\\';
        }
        if escaped {
            return None;
        }
    }
    Some((class, min.parse().ok()?..=max.parse().ok()?))
}

#[cfg(test)]
mod tests;
