//! A strict JSON reader that keeps where each value stands in the text.
//!
//! Policies need more than a parsed value: IAM refuses a member that is written twice, and the simulator tells the
//! line and column of a statement. Knows nothing of policies. Depth is bounded, so no text can exhaust the stack.

use std::collections::HashSet;

/// How deeply arrays and objects may nest; the deepest valid policy has six levels.
const DEPTH_LIMIT: usize = 16;

/// A value and the bytes of the text that it takes up.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Node {
    pub(super) value: Value,
    /// Offset of its first byte.
    pub(super) start: usize,
    /// Offset after its last byte.
    pub(super) end: usize,
}

/// A JSON value; numbers keep their text.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Null,
    Bool(bool),
    Number(String),
    String(String),
    Array(Vec<Node>),
    Object(Vec<(String, Node)>),
}

/// Why a text is not JSON, in plain words, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NotJson {
    pub(super) offset: usize,
    pub(super) what: &'static str,
}

/// Reads one JSON value that makes up the whole text.
pub(super) fn read(text: &str) -> Result<Node, NotJson> {
    let mut reader = Reader { text, at: 0 };
    let node = reader.value(0)?;
    reader.white_space();
    if reader.at < text.len() { reader.fail("there is text after the document") } else { Ok(node) }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn fail<T>(&self, what: &'static str) -> Result<T, NotJson> {
        Err(NotJson { offset: self.at, what })
    }

    fn white_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    /// Passes over white space and, where it follows, over `byte`.
    fn take(&mut self, byte: u8) -> bool {
        self.white_space();
        let there = self.peek() == Some(byte);
        if there {
            self.at += 1;
        }
        there
    }

    fn value(&mut self, depth: usize) -> Result<Node, NotJson> {
        self.white_space();
        if depth > DEPTH_LIMIT {
            return self.fail("arrays and objects are nested too deeply");
        }
        let start = self.at;
        let value = match self.peek() {
            Some(b'{') => self.object(depth)?,
            Some(b'[') => self.array(depth)?,
            Some(b'"') => Value::String(self.string()?),
            Some(b'-' | b'0'..=b'9') => self.number()?,
            Some(b'/') => return self.fail("comments are not JSON"),
            _ => self.word()?,
        };
        Ok(Node { value, start, end: self.at })
    }

    fn word(&mut self) -> Result<Value, NotJson> {
        for (word, value) in [("true", Value::Bool(true)), ("false", Value::Bool(false)), ("null", Value::Null)] {
            if self.rest().starts_with(word) {
                self.at += word.len();
                return Ok(value);
            }
        }
        self.fail("a value is missing")
    }

    fn number(&mut self) -> Result<Value, NotJson> {
        let length = self.rest().bytes().take_while(|b| matches!(b, b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9'));
        let end = self.at + length.count();
        let text = self.text.get(self.at..end).unwrap_or_default();
        if serde_json::from_str::<serde_json::Number>(text).is_err() {
            return self.fail("this is not a number");
        }
        let number = Value::Number(text.to_owned());
        self.at = end;
        Ok(number)
    }

    fn string(&mut self) -> Result<String, NotJson> {
        let mut escaped = false;
        let closing = self.rest().bytes().skip(1).position(|byte| {
            let closes = byte == b'"' && !escaped;
            escaped = byte == b'\\' && !escaped;
            closes
        });
        let Some(length) = closing else { return self.fail("a string is not closed") };
        let end = self.at + length + 2;
        let text = self.text.get(self.at..end).unwrap_or_default();
        match serde_json::from_str(text) {
            Ok(string) => {
                self.at = end;
                Ok(string)
            }
            Err(_) => self.fail("a string holds a line break, a control character or an unknown escape"),
        }
    }

    fn array(&mut self, depth: usize) -> Result<Value, NotJson> {
        self.at += 1;
        let mut elements = Vec::new();
        if self.take(b']') {
            return Ok(Value::Array(elements));
        }
        loop {
            elements.push(self.value(depth + 1)?);
            if self.take(b']') {
                return Ok(Value::Array(elements));
            }
            if !self.take(b',') {
                return self.fail("a comma or `]` is missing");
            }
        }
    }

    fn object(&mut self, depth: usize) -> Result<Value, NotJson> {
        self.at += 1;
        let mut members: Vec<(String, Node)> = Vec::new();
        let mut names = HashSet::new();
        if self.take(b'}') {
            return Ok(Value::Object(members));
        }
        loop {
            self.white_space();
            if self.peek() != Some(b'"') {
                return self.fail("a member's name is missing");
            }
            let at = self.at;
            let name = self.string()?;
            if !names.insert(name.clone()) {
                self.at = at;
                return self.fail("a member is written twice");
            }
            if !self.take(b':') {
                return self.fail("a colon is missing");
            }
            members.push((name, self.value(depth + 1)?));
            if self.take(b'}') {
                return Ok(Value::Object(members));
            }
            if !self.take(b',') {
                return self.fail("a comma or `}` is missing");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_and_is_not_json() {
        for good in ["{}", " [1, -2.5e3, true, null] ", r#"{"a": {"b": ["\u00e9\"\\"]}}"#, "\"x\""] {
            assert!(read(good).is_ok(), "{good}");
            assert!(serde_json::from_str::<serde_json::Value>(good).is_ok(), "{good}");
        }
        for (bad, offset) in [
            ("", 0),
            ("{", 1),
            ("{} x", 3),
            ("[1,]", 3),
            ("{\"a\":1,}", 7),
            ("{\"a\":1 \"b\":2}", 7),
            ("{\"a\":1, // no\n\"b\":2}", 8),
            ("{\"a\":1,\"a\":2}", 7),
            ("{'a':1}", 1),
            ("[01]", 1),
            ("\"open", 0),
            ("\"line\nbreak\"", 0),
            ("tru", 0),
            ("/* x */ {}", 0),
        ] {
            assert_eq!(read(bad).unwrap_err().offset, offset, "{bad}");
        }
        let deep = "[".repeat(100_000);
        assert_eq!(read(&deep).unwrap_err().what, "arrays and objects are nested too deeply");
    }

    #[test]
    fn values_know_where_they_stand() {
        let text = r#"{ "Statement" : [ {"a":1} , {"b":2} ] }"#;
        let Value::Object(members) = read(text).unwrap().value else { panic!("an object") };
        let Value::Array(statements) = &members[0].1.value else { panic!("an array") };
        let spans: Vec<_> = statements.iter().map(|node| &text[node.start..node.end]).collect();
        assert_eq!(spans, [r#"{"a":1}"#, r#"{"b":2}"#]);
    }
}
