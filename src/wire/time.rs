//! Instants in the forms of the protocols; inside documents they are numbers of epoch seconds.

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use jiff::Timestamp;

use crate::document::Document;

/// `2026-11-22T08:28:19Z`, with a fraction only where there is one; `None` for what is no instant.
pub(super) fn iso8601(seconds: &Document) -> Option<String> {
    let seconds = seconds.as_f64().filter(|seconds| seconds.is_finite())?;
    #[expect(clippy::cast_possible_truncation, reason = "the conversion saturates, and formatting refuses the rest")]
    let millis = (seconds * 1000.0).round() as i64;
    DateTime::from_millis(millis).fmt(Format::DateTime).ok()
}

/// Reads `2026-11-22T08:28:19Z`, any offset, or a number of epoch seconds.
pub(super) fn parse(text: &str) -> Option<Document> {
    let instant = DateTime::from_str(text, Format::DateTimeWithOffset)
        .or_else(|_| DateTime::from_str(text, Format::EpochSeconds))
        .ok()?;
    let millis = instant.to_millis().ok().filter(|millis| Timestamp::from_millisecond(*millis).is_ok())?;
    if millis % 1000 == 0 {
        return Some(Document::from(millis / 1000));
    }
    #[expect(clippy::cast_precision_loss, reason = "milliseconds until the year 9999 need 48 bits")]
    Some(Document::from(millis as f64 / 1000.0))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn instants_are_read_and_written() {
        let rows = [
            ("2026-11-22T08:28:19Z", json!(1_795_336_099), "2026-11-22T08:28:19Z"),
            ("2026-11-22T09:28:19+01:00", json!(1_795_336_099), "2026-11-22T08:28:19Z"),
            ("2026-11-22T08:28:19.250Z", json!(1_795_336_099.25), "2026-11-22T08:28:19.25Z"),
            ("1795336099", json!(1_795_336_099), "2026-11-22T08:28:19Z"),
        ];
        for (text, seconds, written) in rows {
            assert_eq!(parse(text), Some(seconds.clone()), "{text}");
            assert_eq!(iso8601(&seconds).as_deref(), Some(written));
        }
        for text in ["", "tomorrow", "2026-13-01T00:00:00Z", "99999999999999999999"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
