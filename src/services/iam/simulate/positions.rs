//! Where a statement stands, as IAM's simulator counts.
//!
//! Lines and columns count from one. A statement of a list begins where what precedes it ends, right after the bracket
//! or after the statement before; a statement that stands alone begins with its brace. It ends one column after its
//! closing brace. Seen in answers of the real service.

use std::ops::Range;

use serde_json::json;

use crate::document::Document;

/// `StartPosition` and `EndPosition` of a statement in its policy's text.
pub(super) fn of(text: &str, span: &Range<usize>) -> (Document, Document) {
    (position(text, start(text, span.start)), position(text, span.end))
}

fn start(text: &str, brace: usize) -> usize {
    let before = text.get(..brace).unwrap_or_default().trim_end();
    if before.ends_with('[') {
        return before.len();
    }
    match before.strip_suffix(',') {
        Some(earlier) => earlier.trim_end().len(),
        None => brace,
    }
}

fn position(text: &str, offset: usize) -> Document {
    let before = text.get(..offset).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let column = before.get(line_start..).unwrap_or_default().chars().count() + 1;
    json!({ "Line": before.matches('\n').count() + 1, "Column": column })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{Policy, PolicyType};

    #[test]
    fn statements_stand_where_the_service_says() {
        let compact = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"},{"Effect":"Deny","Action":"s3:*","Resource":"*"}]}"#;
        let pretty = "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [\n    {\n      \"Effect\": \"Allow\",\n      \
                      \"Action\": \"*\",\n      \"Resource\": \"*\"\n    }\n  ]\n}";
        let alone = "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": {\n    \"Effect\": \"Allow\",\n    \
                     \"Action\": \"*\",\n    \"Resource\": \"*\"\n  }\n}";
        for (text, index, start, end) in [
            (compact, 0, (1, 38), (1, 87)),
            (compact, 1, (1, 87), (1, 136)),
            (pretty, 0, (3, 17), (8, 6)),
            (alone, 0, (3, 16), (7, 4)),
        ] {
            let policy = Policy::parse(text, PolicyType::Identity).unwrap();
            let place = |(line, column): (u64, u64)| json!({ "Line": line, "Column": column });
            let found = of(text, &policy.statements()[index].span);
            assert_eq!(found, (place(start), place(end)), "{text}");
        }
    }
}
