//! Where in which file a value stands.

use std::fmt::Write;

use super::WorldError;
use crate::policy::Malformed;

/// A file and a JSON path in it.
#[derive(Debug, Clone)]
pub(super) struct Place {
    file: Option<String>,
    path: String,
}

impl Place {
    /// The whole of a file.
    pub(super) fn file(name: Option<&str>) -> Place {
        Place { file: name.map(str::to_owned), path: String::new() }
    }

    /// A member of the structure that stands here.
    pub(super) fn member(&self, name: &str) -> Place {
        let mut path = String::with_capacity(self.path.len() + name.len() + 1);
        path.push_str(&self.path);
        if !path.is_empty() && !name.is_empty() {
            path.push('.');
        }
        path.push_str(name);
        Place { file: self.file.clone(), path }
    }

    /// An element of the list that is a member of the structure that stands here.
    pub(super) fn element(&self, list: &str, index: usize) -> Place {
        let mut place = self.member(list);
        let _ = write!(place.path, "[{index}]");
        place
    }

    /// Every element of such a list with its place.
    pub(super) fn each<T>(&self, list: &str, elements: Vec<T>) -> impl Iterator<Item = (Place, T)> {
        elements.into_iter().enumerate().map(move |(index, element)| (self.element(list, index), element))
    }

    /// A path below this place, as a parser tells it; `.` is the place itself.
    pub(super) fn at(&self, path: &str) -> Place {
        self.member(if path == "." { "" } else { path })
    }

    /// What is wrong here.
    pub(super) fn error(&self, message: impl Into<String>) -> WorldError {
        WorldError { file: self.file.clone(), path: self.path.clone(), message: message.into() }
    }

    /// A policy document that stands here and is none.
    pub(super) fn malformed(&self, malformed: &Malformed) -> WorldError {
        self.member(malformed.path.as_deref().unwrap_or_default()).error(malformed.message.clone())
    }
}
