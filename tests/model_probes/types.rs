//! For every place in an input, values of each wrong JSON type and the words in which they are refused.

use serde_json::{Value, json};

const LIST: &str = "Start of list found where not expected";
const STRUCTURE: &str = "Start of structure or map found where not expected.";

/// Values that a shape of this type cannot take, each with the text of the refusal.
pub(crate) fn wrong(kind: &str) -> Vec<(Value, String)> {
    let scalars = [
        (json!("x"), "STRING_VALUE"),
        (json!(1), "NUMBER_VALUE"),
        (json!(true), "TRUE_VALUE"),
        (json!(false), "FALSE_VALUE"),
    ];
    let expected = match kind {
        "structure" => Some("Expected null"),
        "list" => Some("Expected list or null"),
        "map" => Some("Expected map or null"),
        _ => None,
    };
    let (target, own) = match kind {
        "string" => ("a String", vec!["STRING_VALUE"]),
        "integer" => ("an Integer", vec!["NUMBER_VALUE"]),
        "long" => ("a Long", vec!["NUMBER_VALUE"]),
        "float" => ("a Float", vec!["NUMBER_VALUE"]),
        "double" => ("a Double", vec!["NUMBER_VALUE"]),
        "boolean" => ("a Boolean", vec!["TRUE_VALUE", "FALSE_VALUE", "STRING_VALUE"]),
        "timestamp" => ("milliseconds since epoch", vec!["NUMBER_VALUE"]),
        "blob" => ("a Blob", vec!["STRING_VALUE"]),
        _ => ("", Vec::new()),
    };
    let scalars = scalars.into_iter().filter(|(_, token)| !own.contains(token));
    let mut wrong: Vec<_> = scalars
        .map(|(value, token)| {
            let text = expected.map_or_else(|| format!("{token} can not be converted to {target}"), str::to_owned);
            (value, text)
        })
        .collect();
    if kind != "list" {
        wrong.push((json!([]), LIST.to_owned()));
    }
    if !matches!(kind, "structure" | "map") {
        wrong.push((json!({}), STRUCTURE.to_owned()));
    }
    if kind == "boolean" {
        wrong.push((json!("maybe"), "STRING_VALUE can not be converted to an Boolean".to_owned()));
    }
    wrong
}
