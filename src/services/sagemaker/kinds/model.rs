//! Models: the declaration and its texts. What a model's role must reach stands in `needs`, since endpoints and
//! transform jobs need the same. Facts: C2, C3, C6, C7, C10, E.1 and E.2.

pub(super) mod needs;

use serde_json::json;

use super::model_package;
use crate::access::ImageUri;
use crate::document::{self, Document, Members};
use crate::fault::Fault;
use crate::services::Call;
use crate::services::sagemaker::engine;
use crate::services::sagemaker::kind::{Kind, Verb};
use crate::services::sagemaker::list::Listing;

/// The declaration.
pub(super) static KIND: Kind = Kind {
    noun: "Model",
    plural: "Models",
    resource_type: "model",
    name_member: "ModelName",
    arn_member: "ModelArn",
    verbs: &[Verb::Delete],
    roles: &["ExecutionRoleArn"],
    source_arn: any_resource,
    not_assumable: execution_role_is_invalid,
    check,
    resolve,
    defaults,
    needs: needs::needs,
    listing: Listing { summaries: "Models", ..Listing::DEFAULT },
    duplicate: |_, arn| Fault::validation(format!("Cannot create already existing model \"{arn}\".")),
    missing: |absent| Fault::validation(format!("Could not find model \"{}\".", absent.arn)),
    ..Kind::DEFAULT
};

/// `aws:SourceArn` of inference, Studio and monitoring: no resource in particular. Fact C.2.
pub(super) fn any_resource(arn: &str) -> String {
    let end = arn.match_indices(':').nth(4).map_or(arn.len(), |(colon, _)| colon + 1);
    format!("{}*", arn.get(..end).unwrap_or(arn))
}

/// Fact C2, for models and endpoints.
pub(super) fn execution_role_is_invalid(role_arn: &str) -> Fault {
    Fault::validation(format!(
        "The execution role ARN \"{role_arn}\" is invalid. Please ensure that the role exists and that its trust \
         relationship policy allows the action \"sts:AssumeRole\" for the service principal \
         \"sagemaker.amazonaws.com\"."
    ))
}

/// The members that hold containers; `packages` holds those of the model packages that containers name.
pub(super) const CONTAINERS: [&str; 3] = ["PrimaryContainer", "Containers[]", "packages[].Containers[]"];

/// The model packages that containers name must be there.
fn resolve(call: &Call<'_>, members: &mut Members) -> Result<(), Fault> {
    let mut packages = Vec::new();
    for path in ["PrimaryContainer.ModelPackageName", "Containers[].ModelPackageName"] {
        for name in document::select(call.input, path) {
            let id = model_package::KIND.id_of(call, name.text().unwrap_or_default());
            let package = engine::named(call, &model_package::KIND, id)?;
            packages.extend(package.get("InferenceSpecification").cloned());
        }
    }
    if !packages.is_empty() {
        members.insert("packages".to_owned(), packages.into());
    }
    Ok(())
}

fn check(call: &Call<'_>) -> Result<(), Fault> {
    let input = call.input;
    let primary = document::get(input, "PrimaryContainer").is_some();
    let several = document::get(input, "Containers").and_then(Document::as_array).is_some_and(|list| !list.is_empty());
    if primary == several {
        return Err(Fault::validation("Specify one of either PrimaryContainer or Containers in the model definition."));
    }
    for container in CONTAINERS.iter().flat_map(|path| document::select(input, path)) {
        check_container(container.value)?;
    }
    Ok(())
}

fn check_container(container: &Document) -> Result<(), Fault> {
    let image = document::text(container, "Image");
    let has = |member| document::get(container, member).is_some();
    let data = has("ModelDataUrl") || has("ModelDataSource");
    let package = has("ModelPackageName");
    if package == (image.is_some() || data) || !package && image.is_none() {
        return Err(Fault::validation(
            "Specify one of either Image and Model Data URL or ModelPackageName in container definition.",
        ));
    }
    if has("ModelDataUrl") && has("ModelDataSource") {
        return Err(Fault::validation("Specify only one of ModelDataUrl and ModelDataSource in container definition."));
    }
    let mode = document::text(container, "ImageConfig.RepositoryAccessMode");
    if image.is_some_and(|image| ImageUri::parse(image).is_none()) && mode != Some("Vpc") {
        return Err(Fault::validation("Using non-ECR image without Vpc repository access mode is not supported"));
    }
    Ok(())
}

fn defaults(members: &mut Members) {
    members.entry("EnableNetworkIsolation").or_insert(json!(false));
    if let Some(container) = members.get_mut("PrimaryContainer") {
        single_model(container);
    }
    for container in members.get_mut("Containers").and_then(Document::as_array_mut).into_iter().flatten() {
        single_model(container);
    }
}

fn single_model(container: &mut Document) {
    if let Document::Object(container) = container {
        container.entry("Mode").or_insert(json!("SingleModel"));
    }
}

#[cfg(test)]
mod tests {
    use super::any_resource;

    #[test]
    fn inference_names_no_resource_in_particular() {
        let arn = "arn:aws:sagemaker:us-east-1:111122223333:model/m";
        assert_eq!(any_resource(arn), "arn:aws:sagemaker:us-east-1:111122223333:*");
    }
}
