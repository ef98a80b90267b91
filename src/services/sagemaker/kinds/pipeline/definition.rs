//! Pipeline definitions: JSON of the schema `2020-12-01`, checked when a pipeline is made.
//!
//! <https://aws-sagemaker-mlops.github.io/sagemaker-model-building-pipeline-definition-JSON-schema/>

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::expression;
use crate::document::{self, Document};
use crate::fault::Fault;

/// A definition whose names and references agree.
#[derive(Debug, Clone)]
pub(in super::super) struct Definition {
    /// Every step in order, those inside conditions included.
    pub steps: Vec<Step>,
    /// The parameters by name.
    pub parameters: BTreeMap<String, Parameter>,
}

/// One step.
#[derive(Debug, Clone)]
pub(in super::super) struct Step {
    /// Its name.
    pub name: String,
    /// `Training`, `Condition` and so on.
    pub step_type: String,
    /// The whole step as it is written.
    pub source: Document,
    /// The steps that must have succeeded before.
    pub needs: BTreeSet<String>,
    /// The condition step that it is inside of, and the outcome that it is for.
    pub branch: Option<(String, bool)>,
}

/// One parameter.
#[derive(Debug, Clone)]
pub(in super::super) struct Parameter {
    /// `String`, `Integer`, `Float` or `Boolean`.
    pub parameter_type: String,
    /// The value where an execution gives none.
    pub default: Option<Document>,
    /// The only values that it takes, where these are listed.
    pub values: Option<Vec<Document>>,
}

/// More steps than AWS's own limit of 50 a pipeline, so that a raised limit is no obstacle.
const MOST_STEPS: usize = 500;
/// How deep conditions stand in conditions.
const DEEPEST: usize = 10;

/// Reads a definition.
///
/// # Errors
/// AWS's refusal, with what is wrong. Fact C17.
pub(in super::super) fn parse(text: &str) -> Result<Definition, Fault> {
    let source: Document = serde_json::from_str(text).map_err(|error| refused(&format!("invalid JSON: {error}")))?;
    if document::text(&source, "Version") != Some("2020-12-01") {
        return Err(refused("Version must be 2020-12-01"));
    }
    let mut definition = Definition { steps: Vec::new(), parameters: BTreeMap::new() };
    for parameter in document::select(&source, "Parameters[]") {
        add_parameter(&mut definition, parameter.value)?;
    }
    let steps = source.get("Steps").and_then(Value::as_array).filter(|steps| !steps.is_empty());
    let Some(steps) = steps else { return Err(refused("Steps must be a list of at least one step")) };
    add_steps(&mut definition, steps, None, 0)?;
    check_references(&definition)?;
    check_cycles(&definition)?;
    Ok(definition)
}

fn refused(reason: &str) -> Fault {
    Fault::validation(format!("Unable to parse pipeline definition. Model Validation failed: {reason}"))
}

fn add_parameter(definition: &mut Definition, source: &Document) -> Result<(), Fault> {
    let name = document::text(source, "Name").ok_or_else(|| refused("every parameter has a Name"))?;
    let parameter_type = document::text(source, "Type").unwrap_or_default();
    if !["String", "Integer", "Float", "Boolean"].contains(&parameter_type) {
        return Err(refused(&format!("parameter `{name}` has the unknown Type `{parameter_type}`")));
    }
    let parameter = Parameter {
        parameter_type: parameter_type.to_owned(),
        default: document::get(source, "DefaultValue").cloned(),
        values: document::get(source, "EnumValues").and_then(Value::as_array).cloned(),
    };
    match definition.parameters.insert(name.to_owned(), parameter) {
        Some(_) => Err(refused(&format!("parameter `{name}` is defined twice"))),
        None => Ok(()),
    }
}

fn add_steps(
    definition: &mut Definition,
    steps: &[Document],
    branch: Option<&(String, bool)>,
    depth: usize,
) -> Result<(), Fault> {
    if depth > DEEPEST || definition.steps.len() + steps.len() > MOST_STEPS {
        return Err(refused("too many steps, or conditions too deep inside conditions"));
    }
    for source in steps {
        let (Some(name), Some(step_type)) = (document::text(source, "Name"), document::text(source, "Type")) else {
            return Err(refused("every step has a Name and a Type"));
        };
        if definition.steps.iter().any(|step| step.name == name) {
            return Err(refused(&format!("step `{name}` is defined twice")));
        }
        let arguments = source.get("Arguments").filter(|arguments| arguments.is_object());
        let Some(arguments) = arguments else {
            return Err(refused(&format!("step `{name}` has no Arguments")));
        };
        let mut needs = BTreeSet::new();
        for dependency in document::select(source, "DependsOn[]") {
            needs.insert(dependency.text().unwrap_or_default().to_owned());
        }
        needs.extend(branch.map(|(condition, _)| condition.clone()));
        let own = if step_type == "Condition" { arguments.get("Conditions") } else { Some(arguments) };
        needs.extend(own.map(expression::steps_named).unwrap_or_default());
        definition.steps.push(Step {
            name: name.to_owned(),
            step_type: step_type.to_owned(),
            source: source.clone(),
            needs,
            branch: branch.cloned(),
        });
        if step_type == "Condition" {
            for (member, outcome) in [("IfSteps", true), ("ElseSteps", false)] {
                let inner = arguments.get(member).and_then(Value::as_array).cloned().unwrap_or_default();
                add_steps(definition, &inner, Some(&(name.to_owned(), outcome)), depth + 1)?;
            }
        }
    }
    Ok(())
}

fn check_references(definition: &Definition) -> Result<(), Fault> {
    for step in &definition.steps {
        if let Some(absent) = step.needs.iter().find(|need| !definition.steps.iter().any(|known| known.name == **need))
        {
            return Err(refused(&format!("step `{}` refers to the step `{absent}`, which is not defined", step.name)));
        }
        for parameter in expression::parameters_named(&step.source) {
            if !definition.parameters.contains_key(&parameter) {
                let text = format!("step `{}` refers to the parameter `{parameter}`, which is not defined", step.name);
                return Err(refused(&text));
            }
        }
    }
    Ok(())
}

/// Takes away steps whose needs are met until none is left; what is left needs itself.
fn check_cycles(definition: &Definition) -> Result<(), Fault> {
    let mut met: BTreeSet<&str> = BTreeSet::new();
    loop {
        let before = met.len();
        for step in &definition.steps {
            if step.needs.iter().all(|need| met.contains(need.as_str())) {
                met.insert(&step.name);
            }
        }
        if met.len() == definition.steps.len() {
            return Ok(());
        }
        if met.len() == before {
            return Err(refused("steps depend on each other in a circle"));
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn step(name: &str, more: &Document) -> Document {
        let mut step = json!({ "Name": name, "Type": "Training", "Arguments": {} });
        step.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        step
    }

    #[test]
    fn what_is_refused() {
        let get = |what: &str| json!({ "Arguments": { "A": { "Get": what } } });
        let definition = |steps: Document| json!({ "Version": "2020-12-01", "Steps": steps }).to_string();
        for (text, reason) in [
            ("{".to_owned(), "invalid JSON"),
            (json!({ "Version": "1" }).to_string(), "Version"),
            (definition(json!([])), "at least one step"),
            (definition(json!([{ "Name": "a" }])), "Name and a Type"),
            (definition(json!([{ "Name": "a", "Type": "Fail" }])), "no Arguments"),
            (definition(json!([step("a", &json!({})), step("a", &json!({}))])), "defined twice"),
            (definition(json!([step("a", &json!({ "DependsOn": ["b"] }))])), "`b`, which is not defined"),
            (definition(json!([step("a", &get("Steps.b.Name"))])), "`b`, which is not defined"),
            (definition(json!([step("a", &get("Parameters.P"))])), "parameter `P`, which is not defined"),
            (definition(json!([step("a", &json!({ "DependsOn": ["a"] }))])), "circle"),
        ] {
            let fault = parse(&text).unwrap_err();
            assert!(fault.text().starts_with("Unable to parse pipeline definition. Model Validation failed: "));
            assert!(fault.text().contains(reason), "{text}: {}", fault.text());
        }
    }

    #[test]
    fn steps_inside_conditions_need_their_condition() {
        let condition = json!({
            "Name": "check",
            "Type": "Condition",
            "Arguments": {
                "Conditions": [{ "Type": "Equals", "LeftValue": { "Get": "Steps.a.X" }, "RightValue": 1 }],
                "IfSteps": [step("b", &json!({}))],
                "ElseSteps": [step("c", &json!({ "DependsOn": ["a"] }))],
            },
        });
        let text = json!({ "Version": "2020-12-01", "Steps": [step("a", &json!({})), condition] }).to_string();
        let steps = parse(&text).unwrap().steps;
        let needs: Vec<_> =
            steps.iter().map(|step| (step.name.as_str(), step.needs.len(), step.branch.clone())).collect();
        let check = "check".to_owned();
        assert_eq!(
            needs,
            [("a", 0, None), ("check", 1, None), ("b", 1, Some((check.clone(), true))), ("c", 2, Some((check, false))),]
        );
    }
}
