//! The ranges that a tuning job searches: a box of dimensions, each of which runs from 0 to 1 on its own scale.
//!
//! <https://docs.aws.amazon.com/sagemaker/latest/dg/automatic-model-tuning-define-ranges.html>

use std::collections::BTreeMap;

use crate::document::{self, Document};

/// Values of the tuned hyperparameters by name, as training jobs get them.
pub(super) type Values = BTreeMap<String, String>;

/// Every dimension, in the order of the request.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Space {
    dimensions: Vec<Dimension>,
}

#[derive(Debug, Clone, PartialEq)]
struct Dimension {
    name: String,
    range: Range,
}

#[derive(Debug, Clone, PartialEq)]
enum Range {
    Integer { least: i64, most: i64, scale: Scale },
    Continuous { least: f64, most: f64, scale: Scale },
    Categorical(Vec<String>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scale {
    Linear,
    Logarithmic,
    ReverseLogarithmic,
}

/// What is wrong with a range: the member of `ParameterRanges` and why.
pub(super) type Wrong = (String, String);

/// From this ratio on, `Auto` is `Logarithmic`.
const WIDE: f64 = 1000.0;

impl Space {
    /// The dimensions of a `ParameterRanges` structure, and what is wrong with the ranges that are none.
    pub(super) fn read(ranges: Option<&Document>) -> (Space, Vec<Wrong>) {
        let mut space = Space::default();
        let mut wrong = Vec::new();
        let Some(ranges) = ranges else { return (space, wrong) };
        type Reader = fn(&Document) -> Result<Range, String>;
        let readers: [(&str, Reader); 4] = [
            ("IntegerParameterRanges", integer),
            ("ContinuousParameterRanges", continuous),
            ("CategoricalParameterRanges", categorical),
            ("AutoParameters", automatic),
        ];
        for (member, read) in readers {
            for range in document::select(ranges, &format!("{member}[]")) {
                let name = document::text(range.value, "Name").unwrap_or_default();
                if space.dimensions.iter().any(|known| known.name == name) {
                    wrong.push((range.path.to_string(), format!("the hyperparameter {name} is given twice")));
                    continue;
                }
                match read(range.value) {
                    Ok(range) => space.dimensions.push(Dimension { name: name.to_owned(), range }),
                    Err(why) => wrong.push((range.path.to_string(), why)),
                }
            }
        }
        (space, wrong)
    }

    /// How many dimensions there are.
    pub(super) fn len(&self) -> usize {
        self.dimensions.len()
    }

    /// The names of the dimensions.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.dimensions.iter().map(|dimension| dimension.name.as_str())
    }

    /// Whether every dimension is a list of values.
    pub(super) fn is_categorical(&self) -> bool {
        self.dimensions.iter().all(|dimension| matches!(dimension.range, Range::Categorical(_)))
    }

    /// How many points there are; `None` where a dimension is continuous, or where they cannot be counted.
    pub(super) fn combinations(&self) -> Option<u64> {
        self.dimensions.iter().try_fold(1_u64, |product, dimension| product.checked_mul(dimension.count()?))
    }

    /// The point of this number, the last dimension changing fastest; `None` beyond the last.
    pub(super) fn nth(&self, mut number: u64) -> Option<Values> {
        let mut values = Values::new();
        for dimension in self.dimensions.iter().rev() {
            let count = dimension.count()?;
            values.insert(dimension.name.clone(), dimension.nth(number % count)?);
            number /= count;
        }
        (number == 0).then_some(values)
    }

    /// The values at a point of the box.
    pub(super) fn at(&self, point: &[f64]) -> Values {
        let dimensions = self.dimensions.iter().zip(point);
        dimensions.map(|(dimension, place)| (dimension.name.clone(), dimension.at(*place))).collect()
    }

    /// The point of the box at which these values stand; `None` where one is missing or makes no sense.
    pub(super) fn point(&self, values: &Values) -> Option<Vec<f64>> {
        self.dimensions.iter().map(|dimension| dimension.place(values.get(&dimension.name)?)).collect()
    }
}

impl Dimension {
    fn count(&self) -> Option<u64> {
        match &self.range {
            Range::Integer { least, most, .. } => most.abs_diff(*least).checked_add(1),
            Range::Continuous { least, most, .. } if least == most => Some(1),
            Range::Continuous { .. } => None,
            Range::Categorical(values) => u64::try_from(values.len()).ok(),
        }
    }

    fn nth(&self, number: u64) -> Option<String> {
        match &self.range {
            Range::Integer { least, .. } => Some(least.checked_add_unsigned(number)?.to_string()),
            Range::Continuous { least, .. } => Some(least.to_string()),
            Range::Categorical(values) => values.get(usize::try_from(number).ok()?).cloned(),
        }
    }

    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a place in a range, cut to the range's ends"
    )]
    fn at(&self, place: f64) -> String {
        let place = place.clamp(0.0, 1.0);
        match &self.range {
            Range::Integer { least, most, scale } => {
                // Each whole number owns a stretch of the scale that is one wide.
                let value = scale.value(place, *least as f64 - 0.5, *most as f64 + 0.5, *least as f64, *most as f64);
                (value.round() as i64).clamp(*least, *most).to_string()
            }
            Range::Continuous { least, most, scale } => {
                scale.value(place, *least, *most, *least, *most).clamp(*least, *most).to_string()
            }
            Range::Categorical(values) => {
                let index = ((place * values.len() as f64) as usize).min(values.len().saturating_sub(1));
                values.get(index).cloned().unwrap_or_default()
            }
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "a place in a range needs no more than a double holds")]
    fn place(&self, value: &str) -> Option<f64> {
        match &self.range {
            Range::Integer { least, most, scale } => {
                Some(scale.place(value.trim().parse::<i64>().ok()? as f64, *least as f64, *most as f64))
            }
            Range::Continuous { least, most, scale } => {
                Some(scale.place(value.trim().parse().ok().filter(|value: &f64| value.is_finite())?, *least, *most))
            }
            Range::Categorical(values) => {
                let index = values.iter().position(|known| known == value)?;
                Some((index as f64 + 0.5) / values.len() as f64)
            }
        }
    }
}

impl Scale {
    /// The value at a place; a linear scale runs over the outer bounds, the others over the inner.
    fn value(self, place: f64, outer_least: f64, outer_most: f64, least: f64, most: f64) -> f64 {
        match self {
            Scale::Linear => outer_least + place * (outer_most - outer_least),
            Scale::Logarithmic => (least.ln() + place * (most.ln() - least.ln())).exp(),
            Scale::ReverseLogarithmic => {
                let (near, far) = ((1.0 - most).ln(), (1.0 - least).ln());
                1.0 - (far + place * (near - far)).exp()
            }
        }
    }

    fn place(self, value: f64, least: f64, most: f64) -> f64 {
        let along = |value: f64| match self {
            Scale::Linear => value,
            Scale::Logarithmic => value.ln(),
            Scale::ReverseLogarithmic => -(1.0 - value).ln(),
        };
        let length = along(most) - along(least);
        if length == 0.0 { 0.5 } else { ((along(value) - along(least)) / length).clamp(0.0, 1.0) }
    }

    fn read(range: &Document, least: f64, most: f64) -> Result<Scale, String> {
        match document::text(range, "ScalingType") {
            Some("Logarithmic") if least <= 0.0 => {
                Err("a logarithmic scale needs a range of values greater than 0".to_owned())
            }
            Some("Logarithmic") => Ok(Scale::Logarithmic),
            Some("ReverseLogarithmic") if least < 0.0 || most >= 1.0 => {
                Err("a reverse logarithmic scale needs a range from 0 to less than 1".to_owned())
            }
            Some("ReverseLogarithmic") => Ok(Scale::ReverseLogarithmic),
            Some("Linear") => Ok(Scale::Linear),
            _ if least > 0.0 && most / least >= WIDE => Ok(Scale::Logarithmic),
            _ => Ok(Scale::Linear),
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "a scale is chosen by magnitude")]
fn integer(range: &Document) -> Result<Range, String> {
    let (least, most): (i64, i64) = bounds(range, "an integer")?;
    if least > most {
        return Err(format!("MinValue {least} is greater than MaxValue {most}"));
    }
    Ok(Range::Integer { least, most, scale: Scale::read(range, least as f64, most as f64)? })
}

fn continuous(range: &Document) -> Result<Range, String> {
    let (least, most): (f64, f64) = bounds(range, "a number")?;
    if !least.is_finite() || !most.is_finite() {
        return Err("MinValue and MaxValue must be finite".to_owned());
    }
    if least > most {
        return Err(format!("MinValue {least} is greater than MaxValue {most}"));
    }
    Ok(Range::Continuous { least, most, scale: Scale::read(range, least, most)? })
}

fn categorical(range: &Document) -> Result<Range, String> {
    let values: Vec<String> =
        document::select(range, "Values[]").iter().filter_map(|value| value.text().map(str::to_owned)).collect();
    let repeated =
        values.iter().enumerate().find(|(index, value)| values.iter().take(*index).any(|seen| seen == *value));
    match repeated {
        Some((_, value)) => Err(format!("the value {value} is given twice")),
        None => Ok(Range::Categorical(values)),
    }
}

/// AWS chooses the range of an automatic parameter around its hint: here from a quarter of it to four times it.
fn automatic(range: &Document) -> Result<Range, String> {
    let hint = document::text(range, "ValueHint").unwrap_or_default().trim();
    if let Ok(hint) = hint.parse::<i64>() {
        let (near, far) = (hint / 4, hint.saturating_mul(4));
        return Ok(Range::Integer { least: near.min(far), most: near.max(far), scale: Scale::Linear });
    }
    match hint.parse::<f64>().ok().filter(|hint| hint.is_finite()) {
        Some(hint) => {
            let (near, far) = (hint / 4.0, hint * 4.0);
            Ok(Range::Continuous { least: near.min(far), most: near.max(far), scale: Scale::Linear })
        }
        None => Ok(Range::Categorical(vec![hint.to_owned()])),
    }
}

fn bounds<T: std::str::FromStr>(range: &Document, what: &str) -> Result<(T, T), String> {
    let bound = |member: &str| {
        let text = document::text(range, member).unwrap_or_default();
        text.trim().parse().map_err(|_| format!("{member} {text} is not {what}"))
    };
    Ok((bound("MinValue")?, bound("MaxValue")?))
}
