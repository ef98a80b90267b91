//! The request context: condition keys and their values.
//!
//! Many questions share most of their keys: a context may stand over others, which it does not copy.

use std::borrow::Cow;
use std::sync::Arc;

/// Condition keys with their values. A key's name is compared without regard to case; every value is a list, and an
/// absent key differs from a key with an empty list.
#[derive(Debug, Clone, Default)]
pub struct Context {
    entries: Vec<(Cow<'static, str>, Vec<String>)>,
    /// What is shared with other contexts; a key that stands in an earlier one hides it in the later.
    shared: [Option<Arc<Context>>; 2],
}

impl Context {
    pub(super) const EMPTY: Context = Context { entries: Vec::new(), shared: [None, None] };

    /// A context without keys.
    pub fn new() -> Context {
        Context::default()
    }

    /// A context that has the keys of two others until it sets them itself; the first hides the second's.
    pub fn over(first: Arc<Context>, second: Arc<Context>) -> Context {
        Context { entries: Vec::new(), shared: [Some(first), Some(second)] }
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
        let value = value.into();
        if let Some(entry) = self.entries.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(&key)) {
            entry.1.push(value);
            return;
        }
        let mut values = self.get(&key).map(<[String]>::to_vec).unwrap_or_default();
        values.push(value);
        self.entries.push((key, values));
    }

    /// The values of a key; `None` where the request does not carry it.
    pub fn get(&self, key: &str) -> Option<&[String]> {
        let own = self.entries.iter().find(|(known, _)| known.eq_ignore_ascii_case(key));
        own.map(|(_, values)| values.as_slice())
            .or_else(|| self.shared.iter().flatten().find_map(|context| context.get(key)))
    }

    /// Every key with its values, each once: what is shared first, then in the order in which they were set.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[String])> {
        let own =
            |context: &'_ Context, key: &str| context.entries.iter().any(|(known, _)| known.eq_ignore_ascii_case(key));
        let mut found: Vec<(&str, &[String])> = Vec::new();
        for (index, shared) in self.shared.iter().enumerate() {
            let earlier = self.shared.get(..index).unwrap_or_default();
            for (key, values) in shared.iter().flat_map(|context| context.all()) {
                let hidden = own(self, key) || earlier.iter().flatten().any(|context| context.get(key).is_some());
                if !hidden {
                    found.push((key, values));
                }
            }
        }
        found.extend(self.entries.iter().map(|(key, values)| (key.as_ref(), values.as_slice())));
        found.into_iter()
    }

    /// As [`Context::iter`], of a type that can be named where contexts stand over contexts.
    fn all(&self) -> Box<dyn Iterator<Item = (&str, &[String])> + '_> {
        Box::new(self.iter())
    }

    /// Takes over every key of another context.
    pub fn extend(&mut self, other: Context) {
        if other.shared.iter().any(Option::is_some) {
            for (key, values) in other.iter() {
                self.set_all(key.to_owned(), values.to_vec());
            }
            return;
        }
        for (key, values) in other.entries {
            self.set_all(key, values);
        }
    }
}

/// Two contexts are equal where they have the same keys with the same values, wherever these stand.
impl PartialEq for Context {
    fn eq(&self, other: &Context) -> bool {
        self.iter().count() == other.iter().count() && self.iter().all(|(key, values)| other.get(key) == Some(values))
    }
}

impl Eq for Context {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shared_can_be_hidden_and_is_told_once() {
        let mut first = Context::new();
        first.set("aws:a", "1");
        first.set("aws:b", "1");
        let mut second = Context::new();
        second.set("AWS:B", "2");
        second.set("aws:c", "2");
        second.set("aws:d", "2");
        let mut context = Context::over(Arc::new(first), Arc::new(second));
        context.set("aws:C", "3");
        context.push("aws:d", "3");
        context.push("aws:e", "3");
        let told: Vec<(&str, Vec<&str>)> =
            context.iter().map(|(key, values)| (key, values.iter().map(String::as_str).collect())).collect();
        assert_eq!(
            told,
            [
                ("aws:a", vec!["1"]),
                ("aws:b", vec!["1"]),
                ("aws:C", vec!["3"]),
                ("aws:d", vec!["2", "3"]),
                ("aws:e", vec!["3"]),
            ]
        );
        assert_eq!(context.get("AWS:A"), Some(&["1".to_owned()][..]));
        assert_eq!(context.get("aws:f"), None);
        let mut flat = Context::new();
        flat.extend(context.clone());
        assert_eq!(flat, context);
        flat.set("aws:f", "4");
        assert_ne!(flat, context);
    }
}
