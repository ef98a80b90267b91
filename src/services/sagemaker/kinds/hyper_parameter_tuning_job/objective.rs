//! What a training job's objective metric comes to: a smooth function of where its hyperparameters lie in their ranges.
//!
//! The best point lies somewhere inside the box, at a place that the seed tells; the farther from it, the worse. The
//! same seed and values give the same metric, today and on every machine.

use super::definition::Objective;
use super::random::{hash, unit};
use super::space::{Space, Values};

/// The metric of a job with these values.
pub(super) fn metric(seed: &str, objective: Objective<'_>, space: &Space, values: &Values) -> f64 {
    let distance = distance(seed, space, values);
    let value = if objective.maximize { 0.95 - 0.6 * distance } else { 0.05 + 0.9 * distance };
    (value * 1e5).round() / 1e5
}

/// The mean squared distance to the best point, from 0 to less than 1; a dimension that does not vary adds nothing.
fn distance(seed: &str, space: &Space, values: &Values) -> f64 {
    let Some(point) = space.point(values).filter(|point| !point.is_empty()) else { return 0.25 };
    let mut sum = 0.0;
    let mut weights = 0.0;
    for (name, place) in space.names().zip(&point) {
        let best = 0.2 + 0.6 * unit(hash(&[seed, name, "best"]));
        let weight = 0.5 + unit(hash(&[seed, name, "weight"]));
        sum += weight * (place - best) * (place - best);
        weights += weight;
    }
    sum / weights
}
