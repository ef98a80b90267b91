//! Properties of the model and of the protocols over documents that nobody chose.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use passrole::document::Document;
use passrole::model::{self, Operation, Service, ShapeId, ShapeKind};
use passrole::wire::{Payload, Protocol};
use proptest::collection::{hash_map, vec};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::json;

fn operations(service: &str) -> Vec<(&'static Service, &'static Operation)> {
    let service = model::service(service).unwrap();
    service.operations().map(|operation| (service, operation)).collect()
}

/// Any JSON, with names and values that the models use more often than chance would.
fn any_json() -> impl Strategy<Value = Document> {
    let leaf = prop_oneof![
        Just(Document::Null),
        any::<bool>().prop_map(Document::from),
        any::<i64>().prop_map(Document::from),
        any::<f64>().prop_map(Document::from),
        ".{0,8}".prop_map(Document::from),
        "(arn:aws:iam::[0-9]{12}:role/r|s3://b/k|ml.m5.large|File|)".prop_map(Document::from),
    ];
    leaf.prop_recursive(6, 60, 6, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Document::from),
            hash_map(names(), inner, 0..6).prop_map(|entries| entries.into_iter().collect()),
        ]
    })
}

fn names() -> impl Strategy<Value = String> {
    let service = model::service("sagemaker").unwrap();
    let members = service.shapes().filter_map(|shape| match &shape.kind {
        ShapeKind::Structure(structure) => Some(structure.members.iter().map(|member| member.name.to_owned())),
        _ => None,
    });
    prop_oneof![9 => select(members.flatten().collect::<Vec<_>>()), 1 => ".{0,4}"]
}

/// A document of a shape's types, whatever its constraints say.
fn of_shape(service: &'static Service, shape: ShapeId, depth: u32) -> BoxedStrategy<Document> {
    match &service.shape(shape).kind {
        ShapeKind::Structure(structure) => {
            let members = structure.members.iter().map(|member| {
                let value = if depth == 0 { Just(None).boxed() } else { present(service, member.shape, depth) };
                value.prop_map(|value| value.map(|value| (member.name.to_owned(), value))).boxed()
            });
            let members: Vec<_> = members.collect();
            members.prop_map(|members| members.into_iter().flatten().collect()).boxed()
        }
        ShapeKind::List(list) => {
            vec(of_shape(service, list.member, depth.saturating_sub(1)), 0..4).prop_map(Document::from).boxed()
        }
        ShapeKind::Map(map) => hash_map(".{1,8}", of_shape(service, map.value, depth.saturating_sub(1)), 0..4)
            .prop_map(|entries| entries.into_iter().collect())
            .boxed(),
        ShapeKind::String(_) => ".{0,12}".prop_map(Document::from).boxed(),
        ShapeKind::Integer(_) => any::<i32>().prop_map(Document::from).boxed(),
        ShapeKind::Long(_) => any::<i64>().prop_map(Document::from).boxed(),
        ShapeKind::Float(_) | ShapeKind::Double(_) => (-1e6..1e6).prop_map(Document::from).boxed(),
        ShapeKind::Boolean => any::<bool>().prop_map(Document::from).boxed(),
        ShapeKind::Timestamp => (0..4_000_000_000_i64).prop_map(Document::from).boxed(),
        ShapeKind::Blob(_) => select(vec!["", "AA==", "AAE=", "AAEC"]).prop_map(Document::from).boxed(),
    }
}

fn present(service: &'static Service, shape: ShapeId, depth: u32) -> BoxedStrategy<Option<Document>> {
    proptest::option::of(of_shape(service, shape, depth - 1)).boxed()
}

/// A document as an SDK writes it into a form; what has nothing inside is not written.
fn form(service: &Service, shape: ShapeId, value: &Document, name: &str, pairs: &mut Vec<(String, String)>) {
    let below = |part: &str| if name.is_empty() { part.to_owned() } else { format!("{name}.{part}") };
    match (&service.shape(shape).kind, value) {
        (ShapeKind::Structure(structure), Document::Object(members)) => {
            for (member, value) in structure.members.iter().filter_map(|m| Some((m, members.get(m.name)?))) {
                form(service, member.shape, value, &below(member.name), pairs);
            }
        }
        (ShapeKind::List(_), Document::Array(elements)) if elements.is_empty() => {
            pairs.push((name.to_owned(), String::new()))
        }
        (ShapeKind::List(list), Document::Array(elements)) => {
            for (index, element) in elements.iter().enumerate() {
                form(service, list.member, element, &below(&format!("member.{}", index + 1)), pairs);
            }
        }
        (ShapeKind::Map(map), Document::Object(entries)) => {
            for (index, (key, value)) in entries.iter().enumerate() {
                pairs.push((below(&format!("entry.{}.key", index + 1)), key.clone()));
                form(service, map.value, value, &below(&format!("entry.{}.value", index + 1)), pairs);
            }
        }
        (_, Document::String(text)) => pairs.push((name.to_owned(), text.clone())),
        (_, scalar) => pairs.push((name.to_owned(), scalar.to_string())),
    }
}

/// What a form cannot tell from nothing: structures without members, in lists and elsewhere, and empty maps.
fn pruned(value: &Document) -> Option<Document> {
    match value {
        Document::Object(members) => {
            let members: serde_json::Map<_, _> =
                members.iter().filter_map(|(name, value)| Some((name.clone(), pruned(value)?))).collect();
            (!members.is_empty()).then_some(Document::Object(members))
        }
        Document::Array(elements) if elements.is_empty() => Some(json!([])),
        Document::Array(elements) => {
            let elements: Vec<_> = elements.iter().filter_map(pruned).collect();
            (!elements.is_empty()).then(|| Document::from(elements))
        }
        scalar => Some(scalar.clone()),
    }
}

fn input_of(name: &'static str) -> impl Strategy<Value = (&'static Operation, ShapeId, Document)> {
    let inputs: Vec<_> = operations(name).into_iter().filter_map(|(_, o)| Some((o, o.input?))).collect();
    select(inputs).prop_flat_map(move |(operation, shape)| {
        let service = model::service(name).unwrap();
        of_shape(service, shape, 4).prop_map(move |document| (operation, shape, document))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn no_json_makes_the_model_panic(document in any_json(), pick in any::<prop::sample::Index>()) {
        for name in model::SERVICES {
            let all = operations(name);
            let (service, operation) = all[pick.index(all.len())];
            for shape in operation.input.into_iter().chain(operation.output) {
                let violations = model::validate(service, shape, &document);
                prop_assert!(violations.len() <= 10);
                prop_assert_eq!(model::refusal(service, &violations).is_some(), !violations.is_empty());
                let projected = model::project(service, shape, &document);
                prop_assert_eq!(model::project(service, shape, &projected), projected.clone());
                if let Ok(typed) = model::coerce(service, shape, document.clone()) {
                    prop_assert_eq!(model::coerce(service, shape, typed.clone()), Ok(typed));
                }
                model::check_output(service, shape, &document);
                let answer = Protocol::AwsQuery.encode(service, operation, &document, "id");
                prop_assert!(answer.status() == 200);
            }
        }
    }

    #[test]
    fn no_bytes_make_a_decoder_panic(body in vec(any::<u8>(), 0..200), pick in any::<prop::sample::Index>()) {
        for name in model::SERVICES {
            let all = operations(name);
            let (service, operation) = all[pick.index(all.len())];
            let text = String::from_utf8_lossy(&body);
            for payload in [Payload { query: "", body: &body }, Payload { query: &text, body: b"" }] {
                let _ = Protocol::AwsJson11.decode(service, operation, payload);
                let _ = Protocol::AwsQuery.decode(service, operation, payload);
            }
        }
    }

    #[test]
    fn what_is_typed_stays_as_it_is((_, shape, document) in input_of("sagemaker")) {
        let service = model::service("sagemaker").unwrap();
        prop_assert_eq!(model::coerce(service, shape, document.clone()), Ok(document.clone()));
        prop_assert_eq!(model::project(service, shape, &document), document.clone());
        let written = serde_json::to_value(model::Projected { service, shape, document: &document }).unwrap();
        prop_assert_eq!(written, document);
    }

    #[test]
    fn forms_are_read_back((operation, shape, document) in prop_oneof![input_of("iam"), input_of("sts")]) {
        let service = ["iam", "sts"].map(|name| model::service(name).unwrap());
        let service = service.into_iter().find(|s| s.operation(operation.name).is_some_and(|o| std::ptr::eq(o, operation))).unwrap();
        let mut pairs = Vec::new();
        form(service, shape, &document, "", &mut pairs);
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        let read = Protocol::AwsQuery.decode(service, operation, Payload { query: "", body: body.as_bytes() }).unwrap();
        prop_assert_eq!(read, pruned(&document).unwrap_or_else(|| json!({})));
    }
}
