//! The request context: condition keys and their values.

use std::borrow::Cow;

/// Condition keys with their values. A key's name is compared without regard to case; every value is a list, and an
/// absent key differs from a key with an empty list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Context {
    entries: Vec<(Cow<'static, str>, Vec<String>)>,
}

impl Context {
    pub(super) const EMPTY: Context = Context { entries: Vec::new() };

    /// A context without keys.
    pub fn new() -> Context {
        Context::default()
    }

    /// Sets a key to one value, replacing what it had.
    pub fn set(&mut self, key: impl Into<Cow<'static, str>>, value: impl Into<String>) {
        self.set_all(key, vec![value.into()]);
    }

    /// Sets a key to a list of values, replacing what it had.
    pub fn set_all(&mut self, key: impl Into<Cow<'static, str>>, values: Vec<String>) {
        let key = key.into();
        match self.entries.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(&key)) {
            Some(entry) => entry.1 = values,
            None => self.entries.push((key, values)),
        }
    }

    /// Adds one value to a key's list, making the key where it is absent.
    pub fn push(&mut self, key: impl Into<Cow<'static, str>>, value: impl Into<String>) {
        let key = key.into();
        match self.entries.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(&key)) {
            Some(entry) => entry.1.push(value.into()),
            None => self.entries.push((key, vec![value.into()])),
        }
    }

    /// The values of a key; `None` where the request does not carry it.
    pub fn get(&self, key: &str) -> Option<&[String]> {
        self.entries.iter().find(|(known, _)| known.eq_ignore_ascii_case(key)).map(|(_, values)| values.as_slice())
    }

    /// Every key with its values, in the order in which they were set.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.entries.iter().map(|(key, values)| (key.as_ref(), values.as_slice()))
    }

    /// Takes over every key of another context.
    pub fn extend(&mut self, other: Context) {
        for (key, values) in other.entries {
            self.set_all(key, values);
        }
    }
}
