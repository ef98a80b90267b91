//! Pages of a list: `Marker`, `MaxItems`, `IsTruncated`.
//!
//! A marker holds the key of the last element that was shown, so that what is added or removed between two pages shifts
//! nothing. INVARIANT: keys ascend.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

use super::faults::validation_error;
use super::show;
use crate::document::{self, Document};
use crate::fault::Fault;
use crate::services::Call;

/// How many elements a page has where the request does not say.
const DEFAULT_SIZE: u64 = 100;

/// One page.
pub(super) struct Page<T> {
    /// Its elements with their keys.
    pub(super) elements: Vec<(String, T)>,
    marker: Option<String>,
}

impl<T> Page<T> {
    /// The page of a list that the request asks for.
    pub(super) fn of(call: &Call<'_>, list: impl IntoIterator<Item = (String, T)>) -> Result<Page<T>, Fault> {
        let after = document::text(call.input, "Marker").map(|marker| opened(call, marker)).transpose()?;
        let size = document::get(call.input, "MaxItems").and_then(Document::as_u64).unwrap_or(DEFAULT_SIZE);
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        let mut rest = list.into_iter().filter(|(key, _)| after.as_ref().is_none_or(|after| key > after));
        let elements: Vec<(String, T)> = rest.by_ref().take(size).collect();
        let more = rest.next().is_some();
        let last = elements.last().map(|(key, _)| key).filter(|_| more);
        let marker = last.map(|key| sealed(call, key));
        Ok(Page { elements, marker })
    }

    /// The answer: the list under its member's name and whether there is more.
    pub(super) fn answer(self, member: &str, show: impl Fn(&T) -> Document) -> Document {
        let list: Vec<Document> = self.elements.iter().map(|(_, element)| show(element)).collect();
        let mut answer = self.frame();
        show::set(&mut answer, member, list.into());
        answer
    }

    /// The answer without its list.
    pub(super) fn frame(&self) -> Document {
        let mut answer = json!({ "IsTruncated": self.marker.is_some() });
        if let Some(marker) = &self.marker {
            show::set(&mut answer, "Marker", json!(marker));
        }
        answer
    }
}

/// A key that sorts as a number does.
pub(super) fn numbered(number: usize) -> String {
    format!("{number:010}")
}

fn sealed(call: &Call<'_>, key: &str) -> String {
    URL_SAFE_NO_PAD.encode(format!("{}\n{key}", call.operation.name))
}

fn opened(call: &Call<'_>, marker: &str) -> Result<String, Fault> {
    let text = URL_SAFE_NO_PAD.decode(marker).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let key = text.as_deref().and_then(|text| text.split_once('\n'));
    match key {
        Some((operation, key)) if operation == call.operation.name => Ok(key.to_owned()),
        _ => Err(validation_error("Invalid Marker.")),
    }
}
