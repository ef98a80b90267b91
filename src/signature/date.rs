//! The dates of signatures: ISO 8601 basic format, and the `Date` header's own.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// `20150830T123600Z`.
pub(super) fn basic(time: Timestamp) -> String {
    time.strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// The first eight characters of [`basic`].
pub(super) fn day(time: Timestamp) -> String {
    time.strftime("%Y%m%d").to_string()
}

/// Reads `20150830T123600Z` and nothing else.
pub(super) fn parse_basic(text: &str) -> Option<Timestamp> {
    let digits = text.as_bytes();
    let well_formed = digits.len() == 16
        && digits.iter().enumerate().all(|(place, byte)| match place {
            8 => *byte == b'T',
            15 => *byte == b'Z',
            _ => byte.is_ascii_digit(),
        });
    if !well_formed {
        return None;
    }
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<i16>().ok();
    let small = |from: usize| i8::try_from(number(from, from + 2)?).ok();
    let civil = DateTime::new(number(0, 4)?, small(4)?, small(6)?, small(9)?, small(11)?, small(13)?, 0).ok()?;
    TimeZone::UTC.to_timestamp(civil).ok()
}

/// Reads what a `Date` header may hold: the basic format, or the date of HTTP and mail.
pub(super) fn parse_header(text: &str) -> Option<Timestamp> {
    parse_basic(text).or_else(|| jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text.trim()).ok())
}

/// The instant without its fraction of a second.
pub(super) fn whole_second(time: Timestamp) -> Timestamp {
    Timestamp::from_second(time.as_second()).unwrap_or(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_basic_format_and_nothing_else() {
        let time = parse_basic("20150830T123600Z").unwrap();
        assert_eq!(time.to_string(), "2015-08-30T12:36:00Z");
        assert_eq!(basic(time), "20150830T123600Z");
        assert_eq!(day(time), "20150830");
        for wrong in ["", "201", "20150830T123600", "2015-08-30T12:36:00Z", "20151330T123600Z", "20150830T123660Z"] {
            assert_eq!(parse_basic(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_date_header_is_read_in_both_forms() {
        let expected = parse_basic("20150830T123600Z");
        assert_eq!(parse_header("Sun, 30 Aug 2015 12:36:00 GMT"), expected);
        assert_eq!(parse_header("20150830T123600Z"), expected);
        assert_eq!(parse_header("yesterday"), None);
    }
}
