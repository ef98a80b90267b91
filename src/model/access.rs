//! SageMaker's rows of the service authorization reference: what an action is judged on.
//!
//! Pure data, read on first use from `fixtures/access/sagemaker.json`, which `fixtures/access/distil.py` makes.
//! <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html>

use std::sync::OnceLock;

use serde::Deserialize;

/// An action that a policy can name.
#[derive(Debug, Deserialize)]
pub struct Action {
    /// Its name without the service, such as `CreateTrainingJob`.
    pub name: &'static str,
    /// `Read`, `Write`, `List` or `Tagging, Write`; `None` for an operation that the reference does not list.
    pub access_level: Option<&'static str>,
    /// The resource types that a statement can limit it to; empty where only `*` matches.
    pub resource_types: Vec<ResourceTypeUse>,
    /// The condition keys that its requests carry whatever the resource.
    pub condition_keys: Vec<&'static str>,
    /// What the caller needs besides, such as `iam:PassRole`.
    pub dependent_actions: Vec<&'static str>,
}

/// A resource type as one action uses it.
#[derive(Debug, Deserialize)]
pub struct ResourceTypeUse {
    /// Such as `training-job`.
    pub name: &'static str,
    /// Whether a statement must match a resource of this type.
    pub required: bool,
    /// The condition keys that come with a resource of this type.
    pub condition_keys: Vec<&'static str>,
}

/// A resource type.
#[derive(Debug, Deserialize)]
pub struct ResourceType {
    /// Such as `training-job`.
    pub name: &'static str,
    /// Such as `arn:${Partition}:sagemaker:${Region}:${Account}:training-job/${TrainingJobName}`.
    pub arn_template: &'static str,
    /// The condition keys that come with any resource of the type.
    pub condition_keys: Vec<&'static str>,
}

/// A SageMaker action by its exact name without the service.
pub fn action(name: &str) -> Option<&'static Action> {
    let actions = &table().actions;
    actions.get(actions.binary_search_by(|action| action.name.cmp(name)).ok()?)
}

/// Every SageMaker action, sorted by name.
pub fn actions() -> &'static [Action] {
    &table().actions
}

/// A SageMaker resource type by its exact name.
pub fn resource_type(name: &str) -> Option<&'static ResourceType> {
    let types = &table().resource_types;
    types.get(types.binary_search_by(|kind| kind.name.cmp(name)).ok()?)
}

/// Every SageMaker resource type, sorted by name.
pub fn resource_types() -> &'static [ResourceType] {
    &table().resource_types
}

#[derive(Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
struct Table {
    actions: Vec<Action>,
    resource_types: Vec<ResourceType>,
}

#[expect(clippy::expect_used, reason = "the fixture is compiled in, and a test reads it")]
fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    let fixture: &'static str = include_str!("../../fixtures/access/sagemaker.json");
    TABLE.get_or_init(|| serde_json::from_str(fixture).expect("the compiled-in access table is well-formed"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_carry_what_the_reference_says() {
        let create = action("CreateTrainingJob").unwrap();
        assert_eq!(create.access_level, Some("Write"));
        assert_eq!(create.dependent_actions, ["iam:PassRole", "sagemaker:AddTags"]);
        assert!(create.condition_keys.contains(&"sagemaker:InstanceTypes"));
        let job = create.resource_types.iter().find(|kind| kind.name == "training-job").unwrap();
        assert!(job.required);
        assert!(action("createtrainingjob").is_none());
        assert!(actions().is_sorted_by_key(|action| action.name));
    }

    #[test]
    fn every_resource_type_that_an_action_names_has_a_template() {
        assert!(resource_types().is_sorted_by_key(|kind| kind.name));
        for used in actions().iter().flat_map(|action| &action.resource_types) {
            let kind = resource_type(used.name).unwrap_or_else(|| panic!("no resource type `{}`", used.name));
            assert!(kind.arn_template.starts_with("arn:${Partition}:sagemaker:${Region}:${Account}:"));
        }
        let space = resource_type("space").unwrap();
        assert_eq!(
            space.arn_template,
            "arn:${Partition}:sagemaker:${Region}:${Account}:space/${DomainId}/${SpaceName}"
        );
    }

    #[test]
    fn every_operation_of_the_model_has_its_row() {
        let service = crate::model::service("sagemaker").unwrap();
        let without: Vec<_> = service.operations().map(|o| o.name).filter(|name| action(name).is_none()).collect();
        assert_eq!(without, [""; 0]);
    }
}
