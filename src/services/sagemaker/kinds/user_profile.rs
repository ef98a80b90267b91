//! The user profiles of a Studio domain.
//!
//! <https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateUserProfile.html>

use super::domain::{self, LIFE};
use super::{app, model, space};
use crate::document;
use crate::fault::Fault;
use crate::services::Call;
use crate::services::sagemaker::engine;
use crate::services::sagemaker::kind::{Kind, Verb};
use crate::services::sagemaker::list::{Listing, Order};
use crate::services::sagemaker::record::Record;

/// The declaration.
pub(super) static KIND: Kind = Kind {
    noun: "UserProfile",
    plural: "UserProfiles",
    resource_type: "user-profile",
    name_member: "UserProfileName",
    arn_member: "UserProfileArn",
    id: domain::in_domain,
    status_member: "Status",
    verbs: &[Verb::Update, Verb::Delete],
    roles: &["UserSettings.ExecutionRole"],
    roles_on: &[Verb::Update],
    source_arn: model::any_resource,
    resolve: domain::domain_exists,
    timeline: |record| LIFE.timeline(record),
    listing: Listing {
        summaries: "UserProfiles",
        order: Order::Ascending,
        filter: |record, input, _| {
            document::text(input, "DomainIdEquals").is_none_or(|id| record.text("DomainId") == Some(id))
                && document::text(input, "UserProfileNameContains")
                    .is_none_or(|part| record.short_name().contains(part))
        },
        ..Listing::DEFAULT
    },
    listed_as: "user-profile/*/*",
    duplicate: |name, _| Fault::new("ResourceInUse", format!("UserProfile with name {name} already exists.")),
    missing: |absent| Fault::new("ResourceNotFound", format!("UserProfile {} does not exist.", absent.name)),
    delete,
    update: |call, record| {
        domain::settled(record, call.now())?;
        Ok(domain::merged(call, record, &["UserSettings"]))
    },
    ..Kind::DEFAULT
};

fn delete(call: &Call<'_>, record: &Record) -> Result<(), Fault> {
    domain::settled(record, call.now())?;
    let owner = Some(record.short_name());
    let domain = record.text("DomainId");
    let apps = engine::all(call, &app::KIND)?;
    let app = apps.iter().find(|app| app.text("UserProfileName") == owner && app.text("DomainId") == domain);
    let spaces = engine::all(call, &space::KIND)?;
    let owned = |space: &&Record| {
        space.text("OwnershipSettings.OwnerUserProfileName") == owner && space.text("DomainId") == domain
    };
    match app.or(spaces.iter().find(owned)) {
        Some(inside) => Err(Fault::new(
            "ResourceInUse",
            format!("Unable to delete UserProfile {}: {} exists. Delete it first.", record.name, inside.arn),
        )),
        None => Ok(()),
    }
}
