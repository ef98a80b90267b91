//! The distilled JSON as it stands in a fixture.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};

#[derive(Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub(super) struct RawModel {
    pub(super) metadata: RawMetadata,
    pub(super) operations: Ordered<RawOperation>,
    pub(super) shapes: Ordered<RawShape>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RawMetadata {
    pub(super) service: &'static str,
    pub(super) version: &'static str,
    pub(super) protocol: &'static str,
    pub(super) signing_name: &'static str,
    pub(super) target_prefix: Option<&'static str>,
    pub(super) xml_namespace: Option<&'static str>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RawOperation {
    pub(super) input: Option<&'static str>,
    pub(super) output: Option<&'static str>,
    pub(super) result_wrapper: Option<&'static str>,
    #[serde(default)]
    pub(super) errors: Vec<&'static str>,
    pub(super) method: &'static str,
    pub(super) uri: &'static str,
    pub(super) response_code: Option<u16>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RawShape {
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    pub(super) min: Option<RawBound>,
    pub(super) max: Option<RawBound>,
    pub(super) pattern: Option<Box<str>>,
    #[serde(default, rename = "enum")]
    pub(super) values: Vec<&'static str>,
    #[serde(default)]
    pub(super) sensitive: bool,
    #[serde(default)]
    pub(super) union: bool,
    #[serde(default)]
    pub(super) flattened: bool,
    pub(super) payload: Option<&'static str>,
    #[serde(default)]
    pub(super) exception: bool,
    #[serde(default)]
    pub(super) fault: bool,
    pub(super) error: Option<RawError>,
    #[serde(default)]
    pub(super) members: Ordered<RawReference>,
    #[serde(default)]
    pub(super) required: Vec<&'static str>,
    pub(super) member: Option<RawReference>,
    pub(super) key: Option<RawReference>,
    pub(super) value: Option<RawReference>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RawError {
    pub(super) code: Option<&'static str>,
    pub(super) http_status_code: Option<u16>,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(untagged)]
pub(super) enum RawBound {
    Whole(i64),
    Real(f64),
}

/// The entries of an object in the order in which they stand.
pub(super) struct Ordered<T>(pub(super) Vec<(&'static str, T)>);

impl<T> Default for Ordered<T> {
    fn default() -> Self {
        Ordered(Vec::new())
    }
}

impl<'de: 'static, T: Deserialize<'de>> Deserialize<'de> for Ordered<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries<T>(std::marker::PhantomData<T>);
        impl<'de: 'static, T: Deserialize<'de>> Visitor<'de> for Entries<T> {
            type Value = Ordered<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Ordered(entries))
            }
        }
        deserializer.deserialize_map(Entries(std::marker::PhantomData))
    }
}

/// A member: the name of its shape, or an object where there is more to say.
#[derive(Default)]
pub(super) struct RawReference {
    pub(super) shape: &'static str,
    pub(super) location: Option<&'static str>,
    pub(super) location_name: Option<&'static str>,
    pub(super) query_name: Option<&'static str>,
    pub(super) idempotency_token: bool,
}

impl<'de: 'static> Deserialize<'de> for RawReference {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reference;
        impl<'de: 'static> Visitor<'de> for Reference {
            type Value = RawReference;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the name of a shape or an object")
            }

            fn visit_borrowed_str<E>(self, shape: &'de str) -> Result<Self::Value, E> {
                Ok(RawReference { shape, ..RawReference::default() })
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut reference = RawReference::default();
                while let Some(key) = map.next_key::<&str>()? {
                    match key {
                        "shape" => reference.shape = map.next_value()?,
                        "location" => reference.location = Some(map.next_value()?),
                        "locationName" => reference.location_name = Some(map.next_value()?),
                        "queryName" => reference.query_name = Some(map.next_value()?),
                        "idempotencyToken" => reference.idempotency_token = map.next_value()?,
                        _ => {
                            map.next_value::<serde::de::IgnoredAny>()?;
                        }
                    }
                }
                Ok(reference)
            }
        }
        deserializer.deserialize_any(Reference)
    }
}
