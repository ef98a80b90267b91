//! The values of a condition, compiled to the operator's type, and the comparison with one value of a request.

use std::cmp::Ordering;
use std::net::IpAddr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ipnet::IpNet;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

use super::super::arn_pattern::{ArnPattern, Target};
use super::super::pattern::{Pattern, Syntax};
use super::{Context, Truth, Type};

/// A condition's values; `None` stands for one that cannot be read as the operator's type.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Operands {
    Texts(Vec<Pattern>),
    TextsIgnoringCase(Vec<Pattern>),
    Bools(Vec<Pattern>),
    Arns(Vec<ArnPattern>),
    Numbers(Compare, Vec<Option<Decimal>>),
    Dates(Compare, Vec<Option<Timestamp>>),
    Bytes(Vec<Option<Vec<u8>>>),
    Networks(Vec<Option<IpNet>>),
    /// Whether an absent key satisfies, and whether a present one does.
    Null(bool, bool),
}

/// Which orderings of the request's value to the policy's satisfy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Compare {
    less: bool,
    equal: bool,
    greater: bool,
}

impl Operands {
    pub(super) fn compile(compares: Type, values: &[String], variables: bool) -> Operands {
        let patterns = |wildcards| {
            let syntax = Syntax { wildcards, variables };
            values.iter().map(|value| Pattern::compile(value, syntax)).collect()
        };
        match compares {
            Type::StringEquals => Operands::Texts(patterns(false)),
            Type::StringLike => Operands::Texts(patterns(true)),
            Type::StringEqualsIgnoreCase => Operands::TextsIgnoringCase(patterns(false)),
            Type::Bool => Operands::Bools(patterns(false)),
            Type::ArnLike => Operands::Arns(values.iter().map(|v| ArnPattern::condition(v, variables)).collect()),
            Type::BinaryEquals => Operands::Bytes(values.iter().map(|value| STANDARD.decode(value).ok()).collect()),
            Type::IpAddress => Operands::Networks(values.iter().map(|value| network(value)).collect()),
            Type::Null => {
                let has = |word: &str| values.iter().any(|value| value.eq_ignore_ascii_case(word));
                Operands::Null(has("true"), has("false"))
            }
            _ => {
                let compare = Compare::of(compares);
                if Compare::is_date(compares) {
                    Operands::Dates(compare, values.iter().map(|value| instant(value)).collect())
                } else {
                    Operands::Numbers(compare, values.iter().map(|value| Decimal::parse(value)).collect())
                }
            }
        }
    }

    /// What a `Null` condition says of a key that is null, or is not.
    pub(super) fn null(&self, is_null: bool) -> Truth {
        match self {
            Operands::Null(when_null, when_present) => (if is_null { *when_null } else { *when_present }).into(),
            _ => Truth::Unknown,
        }
    }

    /// Whether a value of the request matches any of the policy's, negation aside.
    pub(super) fn any_matches(&self, value: &str, context: &Context) -> Truth {
        match self {
            Operands::Texts(patterns) => patterns.iter().any(|pattern| pattern.matches(value, context)).into(),
            Operands::TextsIgnoringCase(patterns) => {
                let same = |pattern: &Pattern| pattern.resolve(context).is_some_and(|text| same_letters(&text, value));
                patterns.iter().any(same).into()
            }
            Operands::Bools(patterns) => {
                let Some(value) = boolean(value) else { return Truth::False };
                let same = |pattern: &Pattern| pattern.resolve(context).and_then(|text| boolean(&text)) == Some(value);
                patterns.iter().any(same).into()
            }
            Operands::Arns(patterns) => {
                let target = Target::new(value);
                (target.arn.is_some() && patterns.iter().any(|pattern| pattern.matches(&target, context))).into()
            }
            Operands::Numbers(compare, numbers) => {
                typed(Decimal::parse(value), numbers, |a, b| compare.accepts(a.cmp(b)))
            }
            Operands::Dates(compare, dates) => typed(instant(value), dates, |a, b| compare.accepts(a.cmp(b))),
            Operands::Bytes(bytes) => typed(STANDARD.decode(value).ok(), bytes, |a, b| a == b),
            Operands::Networks(networks) => typed(value.parse::<IpAddr>().ok(), networks, |a, net| net.contains(a)),
            Operands::Null(..) => Truth::Unknown,
        }
    }

    pub(super) fn variable_keys(&self) -> Vec<&str> {
        match self {
            Operands::Texts(patterns) | Operands::TextsIgnoringCase(patterns) | Operands::Bools(patterns) => {
                patterns.iter().flat_map(Pattern::variable_keys).collect()
            }
            Operands::Arns(patterns) => patterns.iter().flat_map(ArnPattern::variable_keys).collect(),
            _ => Vec::new(),
        }
    }

    pub(super) fn unset_variables<'a>(&'a self, context: &Context) -> Vec<&'a str> {
        match self {
            Operands::Texts(patterns) | Operands::TextsIgnoringCase(patterns) | Operands::Bools(patterns) => {
                patterns.iter().flat_map(|pattern| pattern.unset_variables(context)).collect()
            }
            Operands::Arns(patterns) => patterns.iter().flat_map(|pattern| pattern.unset_variables(context)).collect(),
            _ => Vec::new(),
        }
    }
}

/// Compares a request's value with each of the policy's; a value on either side that cannot be read makes it unknown.
fn typed<T, U>(value: Option<T>, wanted: &[Option<U>], same: impl Fn(&T, &U) -> bool) -> Truth {
    let Some(value) = value else { return Truth::Unknown };
    Truth::any(wanted.iter().map(|wanted| match wanted {
        Some(wanted) => same(&value, wanted).into(),
        None => Truth::Unknown,
    }))
}

fn boolean(text: &str) -> Option<bool> {
    if text.eq_ignore_ascii_case("true") {
        Some(true)
    } else if text.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}

fn same_letters(a: &str, b: &str) -> bool {
    a.chars().flat_map(char::to_lowercase).eq(b.chars().flat_map(char::to_lowercase))
}

/// A CIDR block, or one address.
fn network(text: &str) -> Option<IpNet> {
    text.parse::<IpNet>().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))
}

/// A point in time in one of the W3C forms of ISO 8601 (`YYYY`, `YYYY-MM`, `YYYY-MM-DD`, with a time and an offset) or
/// in seconds of the Unix epoch. Without an offset the time is UTC's; four digits are a year.
fn instant(text: &str) -> Option<Timestamp> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    match text.len() {
        4 if digits => return midnight(&format!("{text}-01-01")),
        7 if text.as_bytes().get(4) == Some(&b'-') => return midnight(&format!("{text}-01")),
        10 if text.as_bytes().get(4) == Some(&b'-') => return midnight(text),
        _ => {}
    }
    if let Some(seconds) = Decimal::parse(text) {
        return seconds.to_timestamp();
    }
    if let Ok(timestamp) = text.parse::<Timestamp>() {
        return Some(timestamp);
    }
    let local: DateTime = text.parse().ok()?;
    Some(local.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

fn midnight(date: &str) -> Option<Timestamp> {
    let date: Date = date.parse().ok()?;
    Some(date.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

impl Compare {
    fn of(compares: Type) -> Compare {
        let (less, equal, greater) = match compares {
            Type::NumericLessThan | Type::DateLessThan => (true, false, false),
            Type::NumericLessThanEquals | Type::DateLessThanEquals => (true, true, false),
            Type::NumericGreaterThan | Type::DateGreaterThan => (false, false, true),
            Type::NumericGreaterThanEquals | Type::DateGreaterThanEquals => (false, true, true),
            _ => (false, true, false),
        };
        Compare { less, equal, greater }
    }

    fn is_date(compares: Type) -> bool {
        matches!(
            compares,
            Type::DateEquals
                | Type::DateLessThan
                | Type::DateLessThanEquals
                | Type::DateGreaterThan
                | Type::DateGreaterThanEquals
        )
    }

    fn accepts(self, ordering: Ordering) -> bool {
        match ordering {
            Ordering::Less => self.less,
            Ordering::Equal => self.equal,
            Ordering::Greater => self.greater,
        }
    }
}

/// A decimal number in units of 10⁻¹², so that large and fractional numbers compare exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Decimal(i128);

const FRACTION_DIGITS: usize = 12;
const INTEGER_DIGITS: usize = 24;

impl Decimal {
    /// Reads an optional sign, digits and an optional fraction; `None` for anything else.
    pub(super) fn parse(text: &str) -> Option<Decimal> {
        let (sign, unsigned) = match text.strip_prefix('-') {
            Some(rest) => (-1, rest),
            None => (1, text.strip_prefix('+').unwrap_or(text)),
        };
        let (integer, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
        let fraction = fraction.trim_end_matches('0');
        let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        let written = !integer.is_empty() || unsigned.len() > 1;
        if !written || !digits(integer) || !digits(fraction) {
            return None;
        }
        if integer.len() > INTEGER_DIGITS || fraction.len() > FRACTION_DIGITS {
            return None;
        }
        format!("{integer}{fraction:0<FRACTION_DIGITS$}").parse::<i128>().ok().map(|units| Decimal(sign * units))
    }

    fn to_timestamp(self) -> Option<Timestamp> {
        Timestamp::from_nanosecond(self.0 / 1_000).ok()
    }
}
