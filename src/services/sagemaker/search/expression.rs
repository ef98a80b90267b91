//! Search expressions: filters, nested filters and expressions in expressions. Facts: I.4.

use std::cmp::Ordering;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::Value;

use crate::document::{self, Document};
use crate::fault::Fault;
use crate::model::{self, ShapeKind};

/// The most conditions of an expression, those inside others included.
const MOST_CONDITIONS: usize = 50;
/// How deep expressions stand in expressions.
const DEEPEST: usize = 20;

/// What AWS refuses of a request: too many conditions, unknown properties, more than one `Contains`.
pub(super) fn check(input: &Document, member: &str) -> Result<(), Fault> {
    let mut filters = Vec::new();
    if let Some(expression) = document::get(input, "SearchExpression") {
        collect(expression, &mut filters, 0)?;
    }
    if filters.len() > MOST_CONDITIONS {
        return Err(Fault::validation(format!("The search expression has more than {MOST_CONDITIONS} conditions.")));
    }
    for filter in &filters {
        let name = document::text(filter, "Name").unwrap_or_default();
        if !is_known(member, name) {
            return Err(Fault::validation(format!("Unknown property name: {name}")));
        }
    }
    let contains = filters.iter().filter(|filter| document::text(filter, "Operator") == Some("Contains"));
    let free =
        ["DisplayName", "ExperimentName", "Tags", "Trial", "TrialComponent", "InputArtifacts", "OutputArtifacts"];
    let limited = |filter: &&&Document| {
        let name = document::text(filter, "Name").unwrap_or_default();
        !free.contains(&name.split('.').next().unwrap_or_default())
    };
    if contains.filter(|filter| limited(filter)).count() > 1 {
        return Err(Fault::validation("'CONTAINS' operator usage limit of 1 exceeded."));
    }
    Ok(())
}

fn collect<'a>(expression: &'a Document, filters: &mut Vec<&'a Document>, depth: usize) -> Result<(), Fault> {
    if depth > DEEPEST {
        return Err(Fault::validation("The search expression is nested too deep."));
    }
    for path in ["Filters[]", "NestedFilters[].Filters[]"] {
        filters.extend(document::select(expression, path).iter().map(|filter| filter.value));
    }
    for inner in document::select(expression, "SubExpressions[]") {
        collect(inner.value, filters, depth + 1)?;
    }
    Ok(())
}

/// Whether the resource's shape has the property, as far as its first part.
fn is_known(member: &str, name: &str) -> bool {
    let first = name.split('.').next().unwrap_or_default();
    if ["Tags", "Metrics"].contains(&first) {
        return true;
    }
    let Some(model) = model::service("sagemaker") else { return false };
    let structure = |shape| match &model.shape(shape).kind {
        ShapeKind::Structure(structure) => Some(structure),
        _ => None,
    };
    let record = model.shape_named("SearchRecord").and_then(structure);
    let resource = record.and_then(|record| record.member(member)).and_then(|member| structure(member.shape));
    resource.is_some_and(|resource| resource.member(first).is_some())
}

/// Whether an expression holds of a resource; no expression holds of every one.
pub(super) fn holds(expression: Option<&Document>, shown: &Document) -> bool {
    let Some(expression) = expression else { return true };
    let filters = document::select(expression, "Filters[]").into_iter().map(|filter| filter_holds(filter.value, shown));
    let nested = document::select(expression, "NestedFilters[]");
    let nested = nested.into_iter().map(|nested| nested_holds(nested.value, shown));
    let inner = document::select(expression, "SubExpressions[]");
    let inner = inner.into_iter().map(|inner| holds(Some(inner.value), shown));
    let mut all = filters.chain(nested).chain(inner).peekable();
    if all.peek().is_none() {
        return true;
    }
    if document::text(expression, "Operator") == Some("Or") { all.any(|holds| holds) } else { all.all(|holds| holds) }
}

/// All filters must hold of one element of the list.
fn nested_holds(nested: &Document, shown: &Document) -> bool {
    let property = document::text(nested, "NestedPropertyName").unwrap_or_default();
    let filters = document::select(nested, "Filters[]");
    values(shown, property).iter().any(|element| {
        filters.iter().all(|filter| {
            let name = document::text(filter.value, "Name").unwrap_or_default();
            let inner = name.strip_prefix(property).and_then(|rest| rest.strip_prefix('.')).unwrap_or(name);
            compares(filter.value, &values(element, inner))
        })
    })
}

fn filter_holds(filter: &Document, shown: &Document) -> bool {
    compares(filter, &values(shown, document::text(filter, "Name").unwrap_or_default()))
}

fn compares(filter: &Document, found: &[Document]) -> bool {
    let wanted = document::text(filter, "Value");
    let operator = document::text(filter, "Operator").unwrap_or(if wanted.is_some() { "Equals" } else { "Exists" });
    let wanted = wanted.unwrap_or_default();
    let any = |holds: &dyn Fn(&Document) -> bool| found.iter().any(holds);
    match operator {
        "Exists" => !found.is_empty(),
        "NotExists" => found.is_empty(),
        "Equals" => any(&|value| equals(value, wanted)),
        "NotEquals" => !found.is_empty() && !any(&|value| equals(value, wanted)),
        "Contains" => any(&|value| value.as_str().is_some_and(|text| text.contains(wanted))),
        "In" => any(&|value| wanted.split(',').any(|one| equals(value, one.trim()))),
        "GreaterThan" => any(&|value| order(value, wanted).is_some_and(Ordering::is_gt)),
        "GreaterThanOrEqualTo" => any(&|value| order(value, wanted).is_some_and(Ordering::is_ge)),
        "LessThan" => any(&|value| order(value, wanted).is_some_and(Ordering::is_lt)),
        "LessThanOrEqualTo" => any(&|value| order(value, wanted).is_some_and(Ordering::is_le)),
        _ => false,
    }
}

fn equals(value: &Document, wanted: &str) -> bool {
    match value {
        Value::String(text) => text == wanted || order(value, wanted).is_some_and(Ordering::is_eq),
        Value::Bool(truth) => wanted.eq_ignore_ascii_case(if *truth { "true" } else { "false" }),
        _ => order(value, wanted).is_some_and(Ordering::is_eq),
    }
}

/// Numbers as numbers, times as times; text has no order.
fn order(value: &Document, wanted: &str) -> Option<Ordering> {
    let value = value.as_f64().or_else(|| value.as_str()?.parse().ok())?;
    let wanted = wanted.parse().ok().or_else(|| instant(wanted))?;
    value.partial_cmp(&wanted)
}

/// `YYYY-mm-dd'T'HH:MM:SS`, in UTC, as seconds since the epoch.
#[expect(clippy::cast_precision_loss, reason = "seconds since 1970 fit into 53 bits")]
fn instant(text: &str) -> Option<f64> {
    let time: DateTime = text.trim_end_matches('Z').parse().ok()?;
    Some(time.to_zoned(TimeZone::UTC).ok()?.timestamp().as_second() as f64)
}

/// Every value that a property path names, lists taken apart. `Tags.KEY` is the value of a tag, `Metrics.NAME` the last
/// value of a metric.
pub(super) fn values(shown: &Document, path: &str) -> Vec<Document> {
    for (first, list, name, value) in
        [("Tags.", "Tags", "Key", "Value"), ("Metrics.", "FinalMetricDataList", "MetricName", "Value")]
    {
        if let Some(wanted) = path.strip_prefix(first) {
            let entries = shown.get(list).and_then(Value::as_array).into_iter().flatten();
            let named = entries.filter(|entry| document::text(entry, name) == Some(wanted));
            return named.filter_map(|entry| entry.get(value).cloned()).collect();
        }
    }
    let mut found = vec![shown];
    let mut rest = path;
    while !rest.is_empty() {
        // The names of parameters may hold dots: what is left is tried whole first.
        let whole: Vec<Document> = found.iter().filter_map(|value| value.get(rest)).flat_map(flat).collect();
        if !whole.is_empty() {
            return whole;
        }
        let (member, after) = rest.split_once('.').unwrap_or((rest, ""));
        let members = found.iter().filter_map(|value| value.get(member));
        found = members.flat_map(elements).collect();
        rest = after;
    }
    found.into_iter().filter(|value| !value.is_null()).cloned().collect()
}

fn elements(value: &Document) -> Vec<&Document> {
    value.as_array().map_or_else(|| vec![value], |elements| elements.iter().collect())
}

fn flat(value: &Document) -> Vec<Document> {
    elements(value).into_iter().filter(|value| !value.is_null()).cloned().collect()
}

/// The order of two values in a sorted list: nothing first, then numbers, then text.
pub(super) fn compare(left: &Document, right: &Document) -> Ordering {
    match (left.as_f64(), right.as_f64()) {
        (Some(left), Some(right)) => left.total_cmp(&right),
        _ => {
            let text = |value: &Document| value.as_str().map(str::to_owned).unwrap_or_default();
            text(left).cmp(&text(right))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_a_filter_finds() {
        let shown = json!({
            "TrainingJobName": "fraud-1",
            "CreationTime": 1_790_000_000,
            "HyperParameters": { "learning.rate": "0.1", "layers": "3" },
            "EnableNetworkIsolation": true,
            "InputDataConfig": [
                { "ChannelName": "train", "ContentType": "text/csv" },
                { "ChannelName": "test", "ContentType": "text/json" },
            ],
            "FinalMetricDataList": [{ "MetricName": "loss", "Value": 0.25 }],
            "Tags": [{ "Key": "team", "Value": "a" }],
        });
        let filter =
            |name: &str, operator: &str, value: &str| json!({ "Name": name, "Operator": operator, "Value": value });
        for (filter, expected) in [
            (filter("TrainingJobName", "Equals", "fraud-1"), true),
            (filter("TrainingJobName", "Contains", "fraud"), true),
            (filter("TrainingJobName", "In", "x, fraud-1"), true),
            (filter("TrainingJobName", "NotEquals", "fraud-1"), false),
            (filter("CreationTime", "GreaterThan", "2020-01-01T00:00:00"), true),
            (filter("CreationTime", "LessThan", "2020-01-01T00:00:00"), false),
            (filter("HyperParameters.learning.rate", "LessThanOrEqualTo", "0.1"), true),
            (filter("HyperParameters.layers", "GreaterThan", "3"), false),
            (filter("EnableNetworkIsolation", "Equals", "true"), true),
            (filter("InputDataConfig.ChannelName", "Equals", "test"), true),
            (filter("Metrics.loss", "LessThan", "0.3"), true),
            (filter("Tags.team", "Equals", "a"), true),
            (filter("Tags.team", "NotEquals", "a"), false),
            (json!({ "Name": "Tags.owner", "Operator": "NotExists" }), true),
            (json!({ "Name": "Tags.team" }), true),
        ] {
            assert_eq!(filter_holds(&filter, &shown), expected, "{filter}");
        }
        let pair = |content: &str| {
            let filters = [
                filter("InputDataConfig.ChannelName", "Equals", "train"),
                filter("InputDataConfig.ContentType", "Equals", content),
            ];
            json!({ "NestedFilters": [{ "NestedPropertyName": "InputDataConfig", "Filters": filters }] })
        };
        assert!(holds(Some(&pair("text/csv")), &shown));
        assert!(!holds(Some(&pair("text/json")), &shown), "one channel must have both");
    }
}
