//! Values that AWS prints in more than one way, and structures that are objects and nothing else.

use std::fmt;
use std::marker::PhantomData;

use jiff::Timestamp;
use percent_encoding::percent_decode_str;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

/// Reads a structure from an object only: a list in its place would be taken for its members in order, and an empty list
/// for an empty structure.
pub(crate) fn structure<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<T, D::Error> {
    struct Object<T>(PhantomData<T>);

    impl<'de, T: Deserialize<'de>> Visitor<'de> for Object<T> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a JSON object")
        }

        fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
            T::deserialize(MapAccessDeserializer::new(map))
        }
    }

    deserializer.deserialize_map(Object(PhantomData))
}

/// An instant: ISO 8601 text as the CLI prints it, or seconds since the epoch as the API sends them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Moment(pub(crate) Timestamp);

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(MomentVisitor)
    }
}

struct MomentVisitor;

impl Visitor<'_> for MomentVisitor {
    type Value = Moment;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a date such as `2024-05-01T12:00:00Z` or seconds since the epoch")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Moment, E> {
        text.parse().map(Moment).map_err(|_| E::custom(format_args!("`{text}` is not a date with its offset")))
    }

    fn visit_u64<E: Error>(self, seconds: u64) -> Result<Moment, E> {
        let instant = i64::try_from(seconds).ok().and_then(|seconds| Timestamp::from_second(seconds).ok());
        instant.map(Moment).ok_or_else(|| E::custom(format_args!("`{seconds}` is not a date")))
    }

    fn visit_i64<E: Error>(self, seconds: i64) -> Result<Moment, E> {
        Timestamp::from_second(seconds).map(Moment).map_err(|_| E::custom(format_args!("`{seconds}` is not a date")))
    }

    fn visit_f64<E: Error>(self, seconds: f64) -> Result<Moment, E> {
        let duration = jiff::SignedDuration::try_from_secs_f64(seconds).ok();
        let instant = duration.and_then(|duration| Timestamp::from_duration(duration).ok());
        instant.map(Moment).ok_or_else(|| E::custom(format_args!("`{seconds}` is not a date")))
    }
}

/// A policy document's text, whether the file holds an object, a string or a URL-encoded string.
///
/// The text of an object is kept as it was written: its order, its spaces, and a key that is there twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PolicyText(pub(crate) String);

impl<'de> Deserialize<'de> for PolicyText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        if !raw.get().starts_with('"') {
            return Ok(PolicyText(raw.get().to_owned()));
        }
        let text: String = serde_json::from_str(raw.get()).map_err(D::Error::custom)?;
        if text.trim_start().starts_with('%') {
            let decoded = percent_decode_str(&text).decode_utf8().map_err(D::Error::custom)?;
            return Ok(PolicyText(decoded.into_owned()));
        }
        Ok(PolicyText(text))
    }
}

impl Serialize for PolicyText {
    /// As the object that the text is; a text that is no JSON stays a string.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match RawValue::from_string(self.0.clone()) {
            Ok(raw) => raw.serialize(serializer),
            Err(_) => serializer.serialize_str(&self.0),
        }
    }
}
