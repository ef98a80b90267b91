//! Endpoint configurations: immutable, without a status. Facts: E.1, E.2 and C14.
//!
//! <https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateEndpointConfig.html>

use serde_json::json;

use super::model;
use crate::document::{self, Document, Members};
use crate::fault::Fault;
use crate::services::Call;
use crate::services::sagemaker::kind::{Kind, Verb};
use crate::services::sagemaker::list::Listing;
use crate::services::sagemaker::{engine, instance};

/// The declaration.
pub(super) static KIND: Kind = Kind {
    noun: "EndpointConfig",
    plural: "EndpointConfigs",
    resource_type: "endpoint-config",
    name_member: "EndpointConfigName",
    arn_member: "EndpointConfigArn",
    verbs: &[Verb::Delete],
    roles: &["ExecutionRoleArn"],
    source_arn: model::any_resource,
    not_assumable: model::execution_role_is_invalid,
    check,
    defaults,
    listing: Listing { summaries: "EndpointConfigs", ..Listing::DEFAULT },
    duplicate: |_, arn| Fault::validation(format!("Cannot create already existing endpoint configuration \"{arn}\".")),
    missing: |absent| Fault::validation(format!("Could not find endpoint configuration \"{}\".", absent.arn)),
    ..Kind::DEFAULT
};

/// The members that hold variants.
pub(super) const VARIANTS: [&str; 2] = ["ProductionVariants", "ShadowProductionVariants"];

/// The models that a configuration deploys, each once.
pub(super) fn model_names(config: &Document) -> Vec<&str> {
    let mut names = Vec::new();
    for list in VARIANTS {
        for variant in document::select(config, &format!("{list}[].ModelName")) {
            names.extend(variant.text().filter(|name| !names.contains(name)));
        }
    }
    names
}

fn check(call: &Call<'_>) -> Result<(), Fault> {
    let variants = VARIANTS.iter().flat_map(|list| document::select(call.input, &format!("{list}[]")));
    let variants: Vec<&Document> = variants.map(|variant| variant.value).collect();
    let names: Vec<_> = variants.iter().filter_map(|variant| document::text(variant, "VariantName")).collect();
    if let Some((_, name)) =
        names.iter().enumerate().find(|(index, name)| names.iter().take(*index).any(|n| n == *name))
    {
        return Err(Fault::validation(format!("Production variant names must be unique: {name} is given twice.")));
    }
    let own_key = document::get(call.input, "KmsKeyId").is_some();
    let types = variants.iter().filter_map(|variant| document::text(variant, "InstanceType"));
    if own_key && types.into_iter().any(instance::has_local_storage) {
        return Err(Fault::validation("KMS key is not supported for NVMe instance storage"));
    }
    for name in model_names(call.input) {
        engine::named(call, &model::KIND, name)?;
    }
    Ok(())
}

fn defaults(members: &mut Members) {
    members.entry("EnableNetworkIsolation").or_insert(json!(false));
    for list in VARIANTS {
        let variants = members.get_mut(list).and_then(Document::as_array_mut);
        for variant in variants.into_iter().flatten().filter_map(Document::as_object_mut) {
            variant.entry("InitialVariantWeight").or_insert(json!(1.0));
        }
    }
}
