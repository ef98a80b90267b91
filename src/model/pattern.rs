//! The model's patterns: the whole of a value must match.
//!
//! AWS judges patterns with Java's regular expressions, which read some things otherwise than Rust's do; `java`
//! rewrites a pattern so that both mean the same. A pattern is compiled on its first use, and one that cannot be
//! decided (the backtracking limit) is taken as not matched: a refusal is safer than a value nobody has checked.

mod java;

use std::fmt;
use std::sync::OnceLock;

use fancy_regex::{Regex, RegexBuilder};

/// Some patterns repeat large classes thousands of times; Java does not mind, and neither may we.
const COMPILED_BYTES: usize = 64 << 20;
/// Steps after which a match with look-around counts as failed.
const BACKTRACKS: usize = 1_000_000;

/// A pattern as the model writes it, and its compiled form once somebody has asked.
pub struct Pattern {
    text: Box<str>,
    compiled: OnceLock<Option<Regex>>,
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
        let regex = self.compiled.get_or_init(|| compile(&self.text).ok());
        regex.as_ref().is_some_and(|regex| regex.is_match(value).unwrap_or(false))
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Pattern").field(&self.text).finish()
    }
}

fn compile(text: &str) -> Result<Regex, Box<fancy_regex::Error>> {
    RegexBuilder::new(&format!("^(?:{})$", java::to_rust(text)))
        .delegate_size_limit(COMPILED_BYTES)
        .backtrack_limit(BACKTRACKS)
        .build()
        .map_err(Box::new)
}

#[cfg(test)]
mod tests;
