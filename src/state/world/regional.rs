//! A map whose entries are named within a region.

use std::collections::BTreeMap;
use std::sync::Arc;

/// Entries by region and name.
#[derive(Debug, Clone)]
pub struct Regional<T> {
    regions: BTreeMap<String, BTreeMap<String, Arc<T>>>,
}

impl<T> Default for Regional<T> {
    fn default() -> Regional<T> {
        Regional { regions: BTreeMap::new() }
    }
}

impl<T> Regional<T> {
    /// The entry of a name in a region.
    pub fn get(&self, region: &str, name: &str) -> Option<&Arc<T>> {
        self.regions.get(region)?.get(name)
    }

    /// The entry of a name in any region.
    pub fn find(&self, name: &str) -> Option<&Arc<T>> {
        self.regions.values().find_map(|names| names.get(name))
    }

    /// The entries of a region in order of their names.
    pub fn in_region(&self, region: &str) -> impl Iterator<Item = &Arc<T>> {
        self.regions.get(region).into_iter().flat_map(BTreeMap::values)
    }

    /// Every entry, region by region.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<T>> {
        self.regions.values().flat_map(BTreeMap::values)
    }

    /// Sets an entry; the one that it replaces, if any.
    pub(super) fn insert(&mut self, region: &str, name: &str, entry: T) -> Option<Arc<T>> {
        self.regions.entry(region.to_owned()).or_default().insert(name.to_owned(), Arc::new(entry))
    }

    pub(super) fn remove(&mut self, region: &str, name: &str) -> Option<Arc<T>> {
        self.regions.get_mut(region)?.remove(name)
    }
}
