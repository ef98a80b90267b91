//! The variants of an endpoint: what the configuration says of each, and the weight and capacity that are wanted of it.

use serde_json::{Value, json};

use crate::document::{self, Document, Members};
use crate::services::sagemaker::kinds::endpoint_config::VARIANTS;
use crate::services::sagemaker::record::Record;

/// The weights and capacities that a configuration begins with, by variant.
pub(super) fn desired_by(config: &Document) -> Document {
    let mut desired = Members::new();
    for list in VARIANTS {
        for variant in document::select(config, &format!("{list}[]")) {
            let Some(name) = document::text(variant.value, "VariantName") else { continue };
            let wanted = json!({
                "weight": variant.value.get("InitialVariantWeight"),
                "count": variant.value.get("InitialInstanceCount"),
                "serverless": variant.value.get("ServerlessConfig"),
            });
            desired.insert(name.to_owned(), wanted);
        }
    }
    desired.into()
}

/// The weights and capacities after an update, which may keep those that variants of the same name have.
///
/// <https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_UpdateEndpoint.html>, `RetainAllVariantProperties`.
pub(super) fn retained(input: &Document, record: &Record, mut desired: Document) -> Document {
    if document::get(input, "RetainAllVariantProperties").and_then(Document::as_bool) != Some(true) {
        return desired;
    }
    let excluded = document::select(input, "ExcludeRetainedVariantProperties[].VariantPropertyType");
    let excludes = |property: &str| excluded.iter().any(|excluded| excluded.text() == Some(property));
    let kept = [("weight", "DesiredWeight"), ("count", "DesiredInstanceCount")];
    for (name, wanted) in desired.as_object_mut().into_iter().flatten() {
        let Some(old) = record.members.get("desired").and_then(|old| old.get(name)) else { continue };
        for (member, property) in kept {
            if let (Some(slot), Some(old), false) = (wanted.get_mut(member), old.get(member), excludes(property)) {
                *slot = old.clone();
            }
        }
    }
    desired
}

/// Shows the variants of a deployment, each on its way to what is wanted.
pub(super) fn show(shown: &mut Members, current: &Members, wanted: &Members, since: &Document) {
    for list in VARIANTS {
        let variants = current.get("config").and_then(|config| config.get(list)).and_then(Document::as_array);
        let Some(variants) = variants else { continue };
        let all = variants.iter().map(|variant| summary(variant, current, wanted, since)).collect::<Vec<_>>();
        shown.insert(list.to_owned(), all.into());
    }
}

fn summary(variant: &Document, current: &Members, wanted: &Members, since: &Document) -> Document {
    let name = document::text(variant, "VariantName").unwrap_or_default();
    let of = |members: &Members, member: &str| {
        let desired = members.get("desired").and_then(|desired| desired.get(name));
        desired.and_then(|desired| desired.get(member)).cloned().unwrap_or_default()
    };
    let wanted = if wanted.get("desired").and_then(|desired| desired.get(name)).is_some() { wanted } else { current };
    let mut summary = json!({
        "VariantName": name,
        "DeployedImages": deployed_images(variant, current, since),
        "CurrentWeight": of(current, "weight"),
        "DesiredWeight": of(wanted, "weight"),
        "CurrentInstanceCount": of(current, "count"),
        "DesiredInstanceCount": of(wanted, "count"),
        "CurrentServerlessConfig": of(current, "serverless"),
        "DesiredServerlessConfig": of(wanted, "serverless"),
    });
    if let Some(members) = summary.as_object_mut() {
        for member in ["InstanceType", "AcceleratorType", "ManagedInstanceScaling", "RoutingConfig"] {
            if let Some(value) = variant.get(member) {
                members.insert(member.to_owned(), value.clone());
            }
        }
    }
    summary
}

fn deployed_images(variant: &Document, deployment: &Members, since: &Document) -> Document {
    let name = document::text(variant, "ModelName");
    let models = deployment.get("models").and_then(Document::as_array).into_iter().flatten();
    let model = models.into_iter().find(|model| name.is_some() && document::text(model, "ModelName") == name);
    let images = ["PrimaryContainer.Image", "Containers[].Image"]
        .into_iter()
        .flat_map(|path| document::select(model.unwrap_or(&Value::Null), path))
        .map(|image| json!({ "SpecifiedImage": image.value, "ResolutionTime": since }));
    images.collect::<Vec<_>>().into()
}
