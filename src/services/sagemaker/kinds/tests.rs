//! Every kind is held to the model: its names exist, its statuses are the enum's, its answers fit their shapes.

mod lives;
mod pipelines;
mod registry;
mod samples;
mod searches;
mod studio;

use serde_json::json;

use super::super::kind::Verb;
use super::super::operation;
use super::super::testing::Bench;
use super::KINDS;
use crate::document::{self, Document};
use crate::model::{self, ShapeKind};
use crate::settings::Pace;

use samples::{Sample, samples};

#[test]
fn every_operation_of_a_kind_is_in_the_model() {
    let service = model::service("sagemaker").unwrap();
    let unknown: Vec<_> = operation::names().filter(|name| service.operation(name).is_none()).collect();
    assert_eq!(unknown, [""; 0]);
}

#[test]
fn every_kind_has_a_sample() {
    let without: Vec<_> =
        KINDS.iter().map(|kind| kind.noun).filter(|noun| samples().all(|sample| sample.noun != *noun)).collect();
    let elsewhere = ["HyperParameterTuningJob", "PipelineExecution"];
    assert_eq!(without.into_iter().filter(|noun| !elsewhere.contains(noun)).collect::<Vec<_>>(), [""; 0]);
}

#[test]
fn every_name_in_a_declaration_is_in_the_model() {
    let service = model::service("sagemaker").unwrap();
    for kind in KINDS {
        let noun = kind.noun;
        let output = |name: String| {
            let shape = service.operation(&name).and_then(|operation| operation.output);
            shape.unwrap_or_else(|| panic!("{name} has no output"))
        };
        let has = |shape, member: &str| match &service.shape(shape).kind {
            ShapeKind::Structure(structure) => structure.member(member).map(|member| member.shape),
            _ => None,
        };
        let description = output(format!("Describe{noun}"));
        let description = if kind.wrapper.is_empty() {
            description
        } else {
            has(description, kind.wrapper).unwrap_or_else(|| panic!("{noun}: {}", kind.wrapper))
        };
        assert!(has(description, kind.name_member).is_some(), "{noun}: {}", kind.name_member);
        assert!(has(description, kind.arn_member).is_some(), "{noun}: {}", kind.arn_member);
        let list = output(format!("List{}", kind.plural));
        assert!(has(list, kind.listing.summaries).is_some(), "{noun}: {}", kind.listing.summaries);
        if !kind.status_member.is_empty() {
            let status = has(description, kind.status_member).unwrap_or_else(|| panic!("{noun}: no status"));
            assert!(matches!(&service.shape(status).kind, ShapeKind::String(text) if !text.values.is_empty()));
        }
        let Some(create) = service.operation(&format!("Create{noun}")).and_then(|create| create.input) else {
            continue;
        };
        for role in kind.roles {
            let first = role.split(['.', '[']).next().unwrap();
            let update = service.operation(&format!("Update{noun}")).and_then(|update| update.input);
            let known = [Some(create), update].into_iter().flatten().any(|input| has(input, first).is_some());
            assert!(known, "{noun}: {role}");
        }
        assert!(model::access::resource_type(kind.resource_type).is_some(), "{noun}: {}", kind.resource_type);
    }
}

/// Creates what a sample refers to, and then the sample.
fn prepare(bench: &mut Bench, sample: &Sample) -> Document {
    for (operation, input) in (sample.before)() {
        bench.accept(operation, input);
    }
    bench.accept(&format!("Create{}", sample.noun), (sample.create)())
}

#[test]
fn what_is_created_is_described_listed_and_deleted() {
    for sample in samples() {
        for pace in [Pace::Instant, Pace::Manual] {
            let mut bench = Bench::new(pace);
            let kind = KINDS.iter().find(|kind| kind.noun == sample.noun).unwrap();
            let created = prepare(&mut bench, sample);
            let identity = (sample.identity)(&created);
            for wait in [0, 40, 3600] {
                bench.pass(wait);
                let mut described = bench.accept(&format!("Describe{}", kind.noun), identity.clone());
                if !kind.wrapper.is_empty() {
                    described = described[kind.wrapper].clone();
                }
                let listed = bench.accept(&format!("List{}", kind.plural), (sample.scope)());
                let summaries = document::get(&listed, kind.listing.summaries).and_then(Document::as_array).unwrap();
                assert!(!summaries.is_empty(), "{}: nothing is listed", kind.noun);
                for (member, value) in (sample.create)().as_object().unwrap() {
                    if let Some(shown) = described.get(member).filter(|_| !sample.computed.contains(&member.as_str())) {
                        assert_contains(shown, value, &format!("{}.{member}", kind.noun));
                    }
                }
            }
            if kind.verbs.contains(&Verb::Stop) && sample.stops {
                bench.accept(&format!("Stop{}", kind.noun), identity.clone());
                bench.pass(3600);
                bench.accept(&format!("Describe{}", kind.noun), identity.clone());
            }
            if kind.verbs.contains(&Verb::Delete) {
                bench.accept(&format!("Delete{}", kind.noun), identity.clone());
                bench.pass(3600);
                bench.refuse(&format!("Describe{}", kind.noun), identity.clone());
                let listed = bench.accept(&format!("List{}", kind.plural), (sample.scope)());
                assert_eq!(listed.get(kind.listing.summaries), Some(&json!([])), "{}", kind.noun);
                bench.accept(&format!("Create{}", kind.noun), (sample.create)());
            } else if sample.unique {
                bench.refuse(&format!("Create{}", kind.noun), (sample.create)());
            }
        }
    }
}

/// Every member of what was sent is shown as it was sent; AWS may add more.
fn assert_contains(shown: &Document, sent: &Document, at: &str) {
    match (shown, sent) {
        (Document::Object(shown), Document::Object(sent)) => {
            for (member, sent) in sent {
                let shown = shown.get(member).unwrap_or_else(|| panic!("{at}.{member} is not shown"));
                assert_contains(shown, sent, &format!("{at}.{member}"));
            }
        }
        (Document::Array(shown), Document::Array(sent)) => {
            assert_eq!(shown.len(), sent.len(), "{at}");
            shown.iter().zip(sent).for_each(|(shown, sent)| assert_contains(shown, sent, at));
        }
        _ => assert_eq!(shown, sent, "{at}"),
    }
}
