//! One probe for each constraint of a place: the value just beyond the bound, and the value on it.

use serde_json::{Value, json};

use crate::build::{Model, bound, target};
use crate::sample;
use crate::site::{Site, Step, request};

/// Longer values cost more than they tell.
const LONGEST: i64 = 200_000;

/// A request, and the violations that it must meet, all at one path.
pub(crate) struct Probe {
    pub(crate) name: String,
    pub(crate) input: Value,
    pub(crate) path: String,
    pub(crate) constraints: Vec<String>,
    /// The value that the first violation must show, where it is simple.
    pub(crate) value: Option<String>,
}

/// Makes the probes of one place.
pub(crate) fn probes(model: &Model, root: &str, site: &Site, check: &mut dyn FnMut(&Probe)) {
    if site.required
        && let Some((input, path)) = request(model, root, &site.steps, None)
        && parent_is_no_union(model, root, site)
    {
        let constraints = vec!["Member must not be null".to_owned()];
        check(&Probe { name: format!("{path} required"), input, path, constraints, value: None });
    }
    let shape = model.shape(&site.shape);
    for (label, value, broken) in values(model, shape) {
        let Some((input, path)) = request(model, root, &site.steps, Some(value.clone())) else { continue };
        let grouped = !matches!(site.steps.last(), Some(Step::Member(_))) && is_simple(shape);
        let (path, constraints, shown) = match (grouped, broken.is_empty()) {
            (true, false) => group(site, &path, shape),
            _ => (path, broken, simple(shape, &value)),
        };
        check(&Probe { name: format!("{path} {label}"), input, path, constraints, value: shown });
    }
    if shape["type"] == "map" {
        keys(model, root, site, shape, check);
    }
}

type Case = (&'static str, Value, Vec<String>);

/// Values on and beyond every bound of a shape, with the constraints that each breaks.
fn values(model: &Model, shape: &Value) -> Vec<Case> {
    match shape["type"].as_str().unwrap() {
        "string" => texts(model, shape),
        "list" => collections(shape, |length| {
            let element = model.minimal(target(&shape["member"]))?;
            Some(Value::Array(vec![element; length]))
        }),
        "map" => collections(shape, |length| model.map(shape, length)),
        "integer" | "long" | "float" | "double" => numbers(shape),
        _ => Vec::new(),
    }
}

fn texts(model: &Model, shape: &Value) -> Vec<Case> {
    let mut cases = Vec::new();
    let pattern = shape["pattern"].as_str();
    let wrong = |text: &str| {
        let wrong = pattern.is_some_and(|pattern| !sample::matches(pattern, text));
        wrong.then(|| format!("Member must satisfy regular expression pattern: {}", pattern.unwrap()))
    };
    if let Some(values) = shape["enum"].as_array() {
        let names: Vec<_> = values.iter().map(|value| value.as_str().unwrap()).collect();
        let text = format!("Member must satisfy enum value set: [{}]", names.join(", "));
        cases.push(("enum", json!("nothing-of-it"), wrong("nothing-of-it").into_iter().chain([text]).collect()));
        cases.extend(names.iter().map(|name| ("enum value", json!(name), Vec::new())));
        return cases;
    }
    if let Some(max) = bound(shape, "max").filter(|max| *max < LONGEST) {
        let length = usize::try_from(max).unwrap();
        let beyond = model.text(shape, length + 1).unwrap_or_else(|| "a".repeat(length + 1));
        let text = format!("Member must have length less than or equal to {max}");
        cases.push(("longest + 1", json!(beyond), wrong(&beyond).into_iter().chain([text]).collect()));
        let longest = model.text(shape, length).filter(|_| length > 0);
        cases.extend(longest.map(|longest| ("longest", json!(longest), Vec::new())));
    }
    if let Some(min) = bound(shape, "min").filter(|min| *min > 0) {
        let length = usize::try_from(min - 1).unwrap();
        let below = if length == 0 { String::new() } else { "a".repeat(length) };
        let text = format!("Member must have length greater than or equal to {min}");
        cases.push(("shortest - 1", json!(below), wrong(&below).into_iter().chain([text]).collect()));
        cases.extend(model.text(shape, 0).map(|shortest| ("shortest", json!(shortest), Vec::new())));
    }
    let least = usize::try_from(bound(shape, "min").unwrap_or(0).max(1)).unwrap();
    let odd = ["§", "\n", "\u{1}", "a\u{2028}", " ", "!", "_", "\\"]
        .map(|odd| odd.repeat(least.div_ceil(odd.chars().count())));
    let fits =
        |text: &String| bound(shape, "max").is_none_or(|max| text.chars().count() <= usize::try_from(max).unwrap());
    let broken = odd.into_iter().filter(fits).find_map(|odd| Some((wrong(&odd)?, odd)));
    cases.extend(broken.map(|(text, odd)| ("pattern", json!(odd), vec![text])));
    cases
}

fn collections(shape: &Value, of: impl Fn(usize) -> Option<Value>) -> Vec<Case> {
    let mut cases = Vec::new();
    let mut case = |label, length: i64, broken: Option<String>| {
        if let Some(value) = of(usize::try_from(length).unwrap()) {
            cases.push((label, value, broken.into_iter().collect()));
        }
    };
    if let Some(max) = bound(shape, "max").filter(|max| *max < 2_000) {
        let text = format!("Member must have length less than or equal to {max}");
        case("most + 1", max + 1, Some(text));
        case("most", max, None);
    }
    if let Some(min) = bound(shape, "min").filter(|min| *min > 0) {
        case("fewest - 1", min - 1, Some(format!("Member must have length greater than or equal to {min}")));
        case("fewest", min, None);
    }
    cases
}

fn numbers(shape: &Value) -> Vec<Case> {
    let mut cases = Vec::new();
    for (which, label, on, beyond, words) in
        [("max", "most + 1", "most", 1.0, "less"), ("min", "least - 1", "least", -1.0, "greater")]
    {
        let limit = &shape[which];
        if limit.is_null() {
            continue;
        }
        let outside = limit
            .as_i64()
            .map_or_else(|| json!(limit.as_f64().unwrap() + beyond), |limit| json!(limit + beyond as i64));
        cases.push((label, outside, vec![format!("Member must have value {words} than or equal to {limit}")]));
        cases.push((on, limit.clone(), Vec::new()));
    }
    cases
}

/// A list or map of simple values reports all constraints of its elements, at its own path.
fn group(site: &Site, path: &str, shape: &Value) -> (String, Vec<String>, Option<String>) {
    let suffix = path.rmatch_indices('.').nth(1).map(|(at, _)| at).unwrap();
    let whose = match site.steps.last() {
        Some(Step::Entry) => "Map value must",
        _ => "Member must",
    };
    (path[..suffix].to_owned(), vec![format!("{whose} satisfy constraint: [{}]", all(shape))], None)
}

fn keys(model: &Model, root: &str, site: &Site, shape: &Value, check: &mut dyn FnMut(&Probe)) {
    let key = model.shape(target(&shape["key"]));
    let Some(value) = model.minimal(target(&shape["value"])) else { return };
    for (label, bad, broken) in texts(model, key) {
        let entries = json!({bad.as_str().unwrap(): value});
        let fits = bound(shape, "min").is_none_or(|min| min <= 1);
        let Some((input, path)) = request(model, root, &site.steps, Some(entries)).filter(|_| fits) else { continue };
        let text = format!("Map keys must satisfy constraint: [{}]", all(key));
        let constraints = if broken.is_empty() { Vec::new() } else { vec![text] };
        check(&Probe { name: format!("{path} key {label}"), input, path, constraints, value: None });
    }
}

fn all(shape: &Value) -> String {
    let mut texts = Vec::new();
    let (max, min) = (bound(shape, "max"), bound(shape, "min"));
    let what = if shape["type"] == "string" { "length" } else { "value" };
    texts.extend(max.map(|max| format!("Member must have {what} less than or equal to {max}")));
    let min = min.or(max.filter(|_| what == "length").map(|_| 0));
    texts.extend(min.map(|min| format!("Member must have {what} greater than or equal to {min}")));
    texts.extend(shape["pattern"].as_str().map(|p| format!("Member must satisfy regular expression pattern: {p}")));
    if let Some(values) = shape["enum"].as_array() {
        let names: Vec<_> = values.iter().map(|value| value.as_str().unwrap()).collect();
        texts.push(format!("Member must satisfy enum value set: [{}]", names.join(", ")));
    }
    texts.join(", ")
}

fn is_simple(shape: &Value) -> bool {
    !matches!(shape["type"].as_str().unwrap(), "structure" | "list" | "map")
}

fn simple(shape: &Value, value: &Value) -> Option<String> {
    match value {
        Value::String(text) if shape["sensitive"] != true => Some(text.clone()),
        Value::Number(number) if shape["type"] == "integer" || shape["type"] == "long" => Some(number.to_string()),
        _ => None,
    }
}

/// A union without its member breaks the union, not the member.
fn parent_is_no_union(model: &Model, root: &str, site: &Site) -> bool {
    let (_, parents) = site.steps.split_last().unwrap();
    let mut shape = model.shape(root);
    for step in parents {
        shape = model.shape(match step {
            Step::Member(name) => target(&shape["members"][name]),
            Step::Element => target(&shape["member"]),
            Step::Entry => target(&shape["value"]),
        });
    }
    shape["union"] != true
}
