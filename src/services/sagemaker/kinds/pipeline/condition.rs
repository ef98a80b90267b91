//! The conditions of condition steps.
//!
//! <https://docs.aws.amazon.com/sagemaker/latest/dg/build-and-manage-steps-types.html>, condition step.

use std::cmp::Ordering;

use serde_json::Value;

use super::expression::{self, Scope};
use crate::document::{self, Document};

/// How deep conditions stand in conditions.
const DEEPEST: usize = 32;

/// Whether every one of these conditions holds.
///
/// # Errors
/// What cannot be resolved or is no condition, in words.
pub(in super::super) fn all_hold(conditions: &[Document], scope: &dyn Scope) -> Result<bool, String> {
    for condition in conditions {
        if !holds(condition, scope, 0)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn holds(condition: &Document, scope: &dyn Scope, depth: usize) -> Result<bool, String> {
    if depth > DEEPEST {
        return Err("the conditions are nested too deep".to_owned());
    }
    let value = |member: &str| expression::resolve(condition.get(member).unwrap_or(&Value::Null), scope);
    let condition_type = document::text(condition, "Type").unwrap_or_default();
    let wanted: fn(Ordering) -> bool = match condition_type {
        "Equals" => return Ok(equal(&value("LeftValue")?, &value("RightValue")?)),
        "In" => {
            let queried = value("QueryValue")?;
            let values = value("Values")?;
            return Ok(values.as_array().into_iter().flatten().any(|one| equal(one, &queried)));
        }
        "Not" => return Ok(!holds(condition.get("Expression").unwrap_or(&Value::Null), scope, depth + 1)?),
        "Or" => {
            for one in condition.get("Conditions").and_then(Value::as_array).into_iter().flatten() {
                if holds(one, scope, depth + 1)? {
                    return Ok(true);
                }
            }
            return Ok(false);
        }
        "GreaterThan" => Ordering::is_gt,
        "GreaterThanOrEqualTo" => Ordering::is_ge,
        "LessThan" => Ordering::is_lt,
        "LessThanOrEqualTo" => Ordering::is_le,
        other => return Err(format!("`{other}` is no type of condition")),
    };
    let (left, right) = (value("LeftValue")?, value("RightValue")?);
    let order = number(&left).zip(number(&right)).and_then(|(left, right)| left.partial_cmp(&right));
    order.map(wanted).ok_or_else(|| format!("`{left}` and `{right}` cannot be compared as numbers"))
}

fn equal(left: &Document, right: &Document) -> bool {
    match (number(left), number(right)) {
        (Some(left), Some(right)) => left.total_cmp(&right).is_eq(),
        _ => left == right,
    }
}

/// Numbers may stand in text, as the values of properties do.
fn number(value: &Document) -> Option<f64> {
    value.as_f64().or_else(|| value.as_str()?.parse().ok())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::services::sagemaker::kinds::pipeline::expression::Part;

    struct Nothing;

    impl Scope for Nothing {
        fn value(&self, _root: &str, _path: &[Part]) -> Option<Document> {
            None
        }
    }

    #[test]
    fn what_holds() {
        let compare =
            |name: &str, left: Value, right: Value| json!({ "Type": name, "LeftValue": left, "RightValue": right });
        for (condition, expected) in [
            (compare("Equals", json!("a"), json!("a")), Some(true)),
            (compare("Equals", json!(1), json!("1.0")), Some(true)),
            (compare("GreaterThan", json!(2), json!(2)), Some(false)),
            (compare("GreaterThanOrEqualTo", json!(2), json!(2)), Some(true)),
            (compare("LessThan", json!("0.5"), json!(1)), Some(true)),
            (compare("LessThanOrEqualTo", json!("x"), json!(1)), None),
            (json!({ "Type": "In", "QueryValue": "a", "Values": ["b", "a"] }), Some(true)),
            (json!({ "Type": "Not", "Expression": compare("Equals", json!(1), json!(2)) }), Some(true)),
            (json!({ "Type": "Or", "Conditions": [compare("Equals", json!(1), json!(2))] }), Some(false)),
            (json!({ "Type": "Xor" }), None),
            (compare("Equals", json!({ "Get": "Parameters.P" }), json!(1)), None),
        ] {
            assert_eq!(all_hold(std::slice::from_ref(&condition), &Nothing).ok(), expected, "{condition}");
        }
    }
}
