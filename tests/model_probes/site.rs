//! Every place in an operation's input that has constraints, and requests that have a value of choice there.

use serde_json::Value;

use crate::build::{Model, target};

/// A step from a value to one inside it.
#[derive(Clone)]
pub(crate) enum Step {
    Member(String),
    Element,
    Entry,
}

/// A place in an input: the steps to it, and the shape that stands there.
pub(crate) struct Site {
    pub(crate) steps: Vec<Step>,
    pub(crate) shape: String,
    pub(crate) required: bool,
}

/// Visits every place but the root; a shape that contains itself is entered once.
pub(crate) fn walk(model: &Model, root: &str, visit: &mut dyn FnMut(&Site)) {
    let mut open = vec![root.to_owned()];
    inside(model, &mut Vec::new(), root, &mut open, visit);
}

fn inside(model: &Model, steps: &mut Vec<Step>, name: &str, open: &mut Vec<String>, visit: &mut dyn FnMut(&Site)) {
    let shape = model.shape(name);
    let below: Vec<(Step, &str, bool)> = match shape["type"].as_str().unwrap() {
        "structure" => {
            let required =
                |name: &str| shape["required"].as_array().is_some_and(|all| all.iter().any(|one| one == name));
            let members = model.members(shape);
            members.map(|(name, target)| (Step::Member(name.to_owned()), target, required(name))).collect()
        }
        "list" => vec![(Step::Element, target(&shape["member"]), false)],
        "map" => vec![(Step::Entry, target(&shape["value"]), false)],
        _ => return,
    };
    for (step, target, required) in below {
        if open.iter().any(|name| name == target) {
            continue;
        }
        steps.push(step);
        visit(&Site { steps: steps.clone(), shape: target.to_owned(), required });
        open.push(target.to_owned());
        inside(model, steps, target, open, visit);
        open.pop();
        steps.pop();
    }
}

/// A good input of the root shape with this value (or, for none, without any) at the end of the steps, and the path of
/// that end in AWS's words.
pub(crate) fn request(model: &Model, root: &str, steps: &[Step], value: Option<Value>) -> Option<(Value, String)> {
    let Some((step, rest)) = steps.split_first() else {
        return Some((value?, String::new()));
    };
    let shape = model.shape(root);
    let mut document = model.minimal(root)?;
    let path = match step {
        Step::Member(name) => {
            if shape["union"] == true {
                document.as_object_mut().unwrap().clear();
            }
            let text = lower_first(name);
            if rest.is_empty() && value.is_none() {
                document.as_object_mut().unwrap().remove(name);
                return Some((document, text));
            }
            let (inner, path) = request(model, target(&shape["members"][name]), rest, value)?;
            document[name] = inner;
            join(&text, &path)
        }
        Step::Element => {
            let (inner, path) = request(model, target(&shape["member"]), rest, value)?;
            let elements = document.as_array_mut().unwrap();
            if elements.is_empty() {
                elements.push(inner)
            } else {
                elements[0] = inner
            }
            join("1.member", &path)
        }
        Step::Entry => {
            let mut entries = document.as_object().unwrap().clone();
            if entries.is_empty() {
                entries = model.map(shape, 1)?.as_object().unwrap().clone();
            }
            let key = entries.keys().next()?.clone();
            let (inner, path) = request(model, target(&shape["value"]), rest, value)?;
            let text = format!("{key}.member");
            entries.insert(key, inner);
            document = Value::Object(entries);
            join(&text, &path)
        }
    };
    Some((document, path))
}

fn join(first: &str, rest: &str) -> String {
    if rest.is_empty() { first.to_owned() } else { format!("{first}.{rest}") }
}

fn lower_first(name: &str) -> String {
    let (first, rest) = name.split_at(1);
    format!("{}{rest}", first.to_lowercase())
}
