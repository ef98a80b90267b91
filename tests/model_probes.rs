//! Probes generated from the models: for every operation and every constraint that its input can reach, a request that
//! is good but for that one constraint, at its boundary, must be refused for it and for nothing else; the value on the
//! boundary must be accepted.
//!
//! The probes are made from the fixtures' JSON by their own reading of it, not by the loader under test.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "model_probes/build.rs"]
mod build;
#[path = "model_probes/constraint.rs"]
mod constraint;
#[path = "model_probes/sample.rs"]
mod sample;
#[path = "model_probes/site.rs"]
mod site;
#[path = "model_probes/types.rs"]
mod types;

use build::Model;
use constraint::{Probe, probes};
use passrole::model;

/// How many refusals and how many acceptances each service must at least get right. These numbers may only rise.
const BASELINE: &str = include_str!("model_probes/baseline.txt");

#[test]
fn every_constraint_refuses_exactly_what_it_should() {
    for line in BASELINE.lines().filter(|line| !line.starts_with('#')) {
        let columns: Vec<_> = line.split(' ').collect();
        let (name, least) = (columns[0], [columns[1].parse().unwrap(), columns[2].parse().unwrap()]);
        let Passed { refusals, acceptances, failures } = run(name);
        eprintln!("{name}: {refusals} refusals and {acceptances} acceptances are right, {} are not", failures.len());
        let shown = failures.iter().take(20).map(String::as_str).collect::<Vec<_>>().join("\n");
        assert!(failures.is_empty(), "{name}: {} probes failed:\n{shown}", failures.len());
        assert!(refusals >= least[0] && acceptances >= least[1], "{name}: fewer probes than {least:?}");
    }
    let services: Vec<_> = BASELINE.lines().skip(1).filter_map(|line| line.split(' ').next()).collect();
    assert_eq!(services, model::SERVICES);
}

/// How many values of a wrong type must at least be refused; may only rise.
const TYPES_BASELINE: usize = 32_233;

#[test]
fn every_place_refuses_values_of_the_wrong_type() {
    let raw = Model::load("sagemaker");
    let service = model::service("sagemaker").unwrap();
    let mut refused = 0;
    for (operation, shape) in service.operations().filter_map(|operation| Some((operation, operation.input?))) {
        let root = service.shape(shape).name;
        site::walk(&raw, root, &mut |site| {
            for (value, text) in types::wrong(raw.shape(&site.shape)["type"].as_str().unwrap()) {
                let (input, path) = site::request(&raw, root, &site.steps, Some(value)).unwrap();
                let fault = model::coerce(service, shape, input.clone()).unwrap_err();
                assert_eq!(
                    (fault.code.as_ref(), fault.text()),
                    ("SerializationException", text.as_str()),
                    "{} {path}",
                    operation.name
                );
                refused += 1;
            }
        });
    }
    eprintln!("{refused} values of a wrong type are refused");
    assert!(refused >= TYPES_BASELINE);
}

#[derive(Default)]
struct Passed {
    refusals: usize,
    acceptances: usize,
    failures: Vec<String>,
}

fn run(name: &str) -> Passed {
    let raw = Model::load(name);
    let service = model::service(name).unwrap();
    let mut passed = Passed::default();
    for operation in service.operations() {
        let Some(shape) = operation.input else { continue };
        let root = service.shape(shape).name;
        let mut check = |probe: &Probe| match outcome(service, shape, probe) {
            Ok(()) if probe.constraints.is_empty() => passed.acceptances += 1,
            Ok(()) => passed.refusals += 1,
            Err(found) => passed.failures.push(format!("{} {}: {found}", operation.name, probe.name)),
        };
        site::walk(&raw, root, &mut |site| probes(&raw, root, site, &mut check));
    }
    passed
}

/// What differs between the violations that a probe should meet and those that it met.
fn outcome(service: &model::Service, shape: model::ShapeId, probe: &Probe) -> Result<(), String> {
    let found = model::validate(service, shape, &probe.input);
    let met: Vec<_> = found.iter().map(|v| (v.path.as_str(), v.constraint.as_str())).collect();
    let expected: Vec<_> = probe.constraints.iter().map(|text| (probe.path.as_str(), text.as_str())).collect();
    if met != expected {
        return Err(format!("expected {expected:?}, met {met:?}"));
    }
    if let (Some(value), Some(violation)) = (&probe.value, found.first())
        && violation.value.as_ref() != Some(value)
    {
        return Err(format!("expected value {value:?}, met {:?}", violation.value));
    }
    Ok(())
}
