//! IAM's own words for names and paths that are not well formed.
//!
//! IAM holds them against their patterns after everything else, and refuses the first with a sentence of its own rather
//! than with a list. As users report it:
//! <https://github.com/aws-cloudformation/cfn-lint/issues/996>, <https://github.com/aws-cloudformation/cfn-lint/issues/722>,
//! <https://github.com/aws/aws-cli/issues/5860>.

use super::Violation;
use super::constraint::pattern_text;

/// The pattern of names.
const NAME: &str = r"[\w+=,.@-]+";
/// The patterns of paths, of policies' paths, and of the beginnings of paths.
const PATHS: [&str; 3] =
    [r"(\u002F)|(\u002F[\u0021-\u007E]+\u002F)", r"((/[A-Za-z0-9\.,\+@=_-]+)*)/", r"\u002F[\u0021-\u007F]*"];

/// The sentence for a violation that IAM does not list; `None` for those that it lists.
pub(super) fn sentence(violation: &Violation) -> Option<String> {
    let Violation { path, constraint, .. } = violation;
    let must = if *constraint == pattern_text(NAME) {
        "contain only alphanumeric characters and/or the following: +=,.@_-"
    } else if PATHS.iter().any(|pattern| *constraint == pattern_text(pattern)) {
        match path.as_str() {
            "pathPrefix" => "begin with the / character and contain only alphanumeric characters and/or / characters.",
            _ => "begin and end with / and contain only alphanumeric characters and/or / characters.",
        }
    } else {
        return None;
    };
    Some(format!("The specified value for {path} is invalid. It must {must}"))
}
