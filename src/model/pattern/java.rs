//! Java's regular expressions in Rust's notation.
//!
//! What differs and occurs in AWS's models: `\d`, `\w` and `\s` are ASCII in Java; `.` stops at every line terminator;
//! `\uD800\uDC00` is one code point; `\p{Alnum}` is POSIX; `-`, `&` and `~` inside a class have no double forms but
//! `&&`; an anchor may be repeated. <https://docs.oracle.com/javase/8/docs/api/java/util/regex/Pattern.html>

use std::iter::Peekable;
use std::str::Chars;

/// The same pattern for `fancy_regex`.
pub(super) fn to_rust(java: &str) -> String {
    let mut rewriter = Rewriter { rest: java.chars().peekable(), out: String::with_capacity(java.len() * 2) };
    while let Some(next) = rewriter.rest.next() {
        rewriter.outside_class(next);
    }
    rewriter.out
}

const SPACES: &str = r" \t\n\x0B\f\r";
const ANY: &str = r"[^\n\r\x{85}\x{2028}\x{2029}]";

struct Rewriter<'a> {
    rest: Peekable<Chars<'a>>,
    out: String,
}

/// One item of a class.
enum Item {
    /// A code point, which may begin or end a range.
    Point(char),
    /// A set in Rust's notation, which may not.
    Set(String),
}

impl Rewriter<'_> {
    fn outside_class(&mut self, next: char) {
        match next {
            '\\' => match self.escape(false) {
                Item::Point(point) => self.literal(point),
                Item::Set(set) => self.out.push_str(&set),
            },
            '[' => self.class(),
            '.' => self.out.push_str(ANY),
            '$' => {
                self.out.push('$');
                self.skip_repetition();
            }
            other => self.out.push(other),
        }
    }

    /// A repeated anchor asks nothing more than one, and Rust's notation does not have it.
    fn skip_repetition(&mut self) {
        if self.rest.peek() == Some(&'{') {
            while self.rest.next().is_some_and(|skipped| skipped != '}') {}
        }
    }

    /// A class after its `[`.
    fn class(&mut self) {
        self.out.push('[');
        if self.rest.next_if_eq(&'^').is_some() {
            self.out.push('^');
        }
        while let Some(next) = self.rest.next() {
            match next {
                ']' => break,
                '[' => self.class(),
                '&' if self.rest.next_if_eq(&'&').is_some() => self.out.push_str("&&"),
                '\\' => {
                    let item = self.escape(true);
                    self.item(item);
                }
                point => self.item(Item::Point(point)),
            }
        }
        self.out.push(']');
    }

    /// An item of a class, with the end of the range that it begins.
    fn item(&mut self, item: Item) {
        let from = match item {
            Item::Set(set) => return self.out.push_str(&set),
            Item::Point(point) => point,
        };
        self.literal(from);
        let mut ahead = self.rest.clone();
        if ahead.next() != Some('-') || ahead.peek().is_none_or(|next| matches!(next, ']' | '[')) {
            return;
        }
        self.rest.next();
        let to = match self.rest.next() {
            Some('\\') => self.escape(true),
            Some(point) => Item::Point(point),
            None => return,
        };
        match to {
            Item::Point(to) => {
                self.out.push('-');
                self.literal(to);
            }
            Item::Set(set) => {
                self.out.push_str(r"\-");
                self.out.push_str(&set);
            }
        }
    }

    /// What stands after a `\`.
    fn escape(&mut self, in_class: bool) -> Item {
        let Some(kind) = self.rest.next() else {
            return Item::Point('\\');
        };
        let set = |inner: &str| Item::Set(if in_class { inner.to_owned() } else { format!("[{inner}]") });
        match kind {
            'd' => set("0-9"),
            'w' => set("a-zA-Z_0-9"),
            's' => set(SPACES),
            'D' => Item::Set("[^0-9]".to_owned()),
            'W' => Item::Set("[^a-zA-Z_0-9]".to_owned()),
            'S' => Item::Set(format!("[^{SPACES}]")),
            'p' | 'P' => self.property(kind, in_class),
            'u' => self.code_unit(),
            'x' => self.hexadecimal(2).and_then(char::from_u32).map_or(Item::Point('x'), Item::Point),
            't' => Item::Point('\t'),
            'n' => Item::Point('\n'),
            'r' => Item::Point('\r'),
            'f' => Item::Point('\u{c}'),
            other if other.is_ascii_alphanumeric() => Item::Set(format!("\\{other}")),
            other => Item::Point(other),
        }
    }

    fn property(&mut self, kind: char, in_class: bool) -> Item {
        let mut name = String::new();
        if self.rest.next_if_eq(&'{').is_some() {
            name.extend(std::iter::from_fn(|| self.rest.next_if(|next| *next != '}')));
            self.rest.next();
        } else {
            name.extend(self.rest.next());
        }
        match name.as_str() {
            "Alnum" if kind == 'p' && in_class => Item::Set("a-zA-Z0-9".to_owned()),
            "Alnum" => Item::Set(format!("[{}a-zA-Z0-9]", if kind == 'P' { "^" } else { "" })),
            _ => Item::Set(format!("\\{kind}{{{name}}}")),
        }
    }

    /// A UTF-16 code unit; a high surrogate takes the low one behind it along.
    fn code_unit(&mut self) -> Item {
        let Some(unit) = self.hexadecimal(4) else {
            return Item::Point('u');
        };
        if !(0xD800..0xDC00).contains(&unit) {
            // A lone low surrogate occurs in no text of ours, so that a set of it is empty.
            return char::from_u32(unit).map_or_else(|| Item::Set(String::new()), Item::Point);
        }
        let mut ahead = self.rest.clone();
        if (ahead.next(), ahead.next()) != (Some('\\'), Some('u')) {
            return Item::Set(String::new());
        }
        self.rest.next();
        self.rest.next();
        let low = self.hexadecimal(4).unwrap_or_default();
        let point = 0x10000 + ((unit - 0xD800) << 10) + low.wrapping_sub(0xDC00);
        char::from_u32(point).map_or_else(|| Item::Set(String::new()), Item::Point)
    }

    fn hexadecimal(&mut self, digits: usize) -> Option<u32> {
        let mut ahead = self.rest.clone();
        let value = (0..digits).try_fold(0, |value, _| Some(value * 16 + ahead.next()?.to_digit(16)?))?;
        self.rest = ahead;
        Some(value)
    }

    /// A code point that stands for itself, inside a class or outside.
    fn literal(&mut self, point: char) {
        match point {
            point if point.is_ascii_alphanumeric() => self.out.push(point),
            point if point.is_ascii_punctuation() && !matches!(point, '<' | '>') => self.out.extend(['\\', point]),
            point => {
                use std::fmt::Write as _;
                let _infallible = write!(self.out, r"\x{{{:X}}}", u32::from(point));
            }
        }
    }
}
