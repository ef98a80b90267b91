//! The apps that run for a user profile or in a space.
//!
//! <https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateApp.html>. Policies name apps with their type
//! in lower case (`app/DOMAIN/USER/jupyterserver/default`, as in the developer guide's domain isolation policy), and so
//! do ARNs here.

use super::domain::domain_exists;
use super::{space, user_profile};
use crate::document::{self, Document, Members};
use crate::fault::Fault;
use crate::policy::Context;
use crate::services::Call;
use crate::services::sagemaker::engine;
use crate::services::sagemaker::kind::{self, Kind, Verb};
use crate::services::sagemaker::list::{Listing, Order};
use crate::services::sagemaker::record::Record;
use crate::services::sagemaker::residence::Residence;

/// The declaration.
pub(super) static KIND: Kind = Kind {
    noun: "App",
    plural: "Apps",
    resource_type: "app",
    name_member: "AppName",
    arn_member: "AppArn",
    id: |_, call| {
        let text = |member| document::text(call.input, member);
        let owner = text("UserProfileName").or(text("SpaceName")).unwrap_or_default();
        let app_type = text("AppType").unwrap_or_default().to_ascii_lowercase();
        format!("{}/{owner}/{app_type}/{}", text("DomainId").unwrap_or_default(), text("AppName").unwrap_or_default())
    },
    status_member: "Status",
    verbs: &[Verb::Delete],
    check: |call| {
        let has = |member| document::get(call.input, member).is_some();
        if has("UserProfileName") == has("SpaceName") {
            return Err(Fault::validation("Specify one of either UserProfileName or SpaceName."));
        }
        Ok(())
    },
    resolve,
    keys,
    timeline: |record| LIFE.timeline(record),
    listing: Listing {
        summaries: "Apps",
        order: Order::Ascending,
        filter: |record, input, _| {
            [
                ("DomainIdEquals", "DomainId"),
                ("UserProfileNameEquals", "UserProfileName"),
                ("SpaceNameEquals", "SpaceName"),
            ]
            .iter()
            .all(|(filter, member)| {
                document::text(input, filter).is_none_or(|wanted| record.text(member) == Some(wanted))
            })
        },
        ..Listing::DEFAULT
    },
    listed_as: "app/*/*/*/*",
    duplicate: |name, _| Fault::new("ResourceInUse", format!("App with name {name} already exists.")),
    missing: |absent| Fault::new("ResourceNotFound", format!("App {} does not exist.", absent.name)),
    delete: |call, record| match LIFE.timeline(record).at(call.now()) {
        Some(phase) if phase.status == "Deleting" => {
            Err(Fault::new("ResourceInUse", format!("{} is in status Deleting.", record.arn)))
        }
        _ => Ok(()),
    },
    ..Kind::DEFAULT
};

static LIFE: Residence = Residence {
    making: ("Pending", 60),
    there: "InService",
    updating: None,
    deleting: ("Deleting", 30),
    failed: "Failed",
};

/// Domain and owner must be there.
fn resolve(call: &Call<'_>, members: &mut Members) -> Result<(), Fault> {
    domain_exists(call, members)?;
    owner(call).map(|_| ())
}

/// The user profile or space that the app runs for.
fn owner(call: &Call<'_>) -> Result<Record, Fault> {
    let domain = document::text(call.input, "DomainId").unwrap_or_default();
    match document::text(call.input, "UserProfileName") {
        Some(profile) => engine::named(call, &user_profile::KIND, &format!("{domain}/{profile}")),
        None => {
            let space = document::text(call.input, "SpaceName").unwrap_or_default();
            engine::named(call, &space::KIND, &format!("{domain}/{space}"))
        }
    }
}

/// The space that an app runs in tells whose it is and how it is shared.
fn keys(call: &Call<'_>, _members: &Document, keys: &mut Context) {
    let domain = document::text(call.input, "DomainId").unwrap_or_default();
    let Ok(owner) = owner(call) else { return };
    let (profile, sharing) = match document::text(call.input, "UserProfileName") {
        Some(profile) => (Some(profile.to_owned()), None),
        None => (
            owner.text("OwnershipSettings.OwnerUserProfileName").map(str::to_owned),
            owner.text("SpaceSharingSettings.SharingType").map(str::to_owned),
        ),
    };
    if let Some(profile) = profile {
        let arn = kind::arn(call, user_profile::KIND.resource_type, &format!("{domain}/{profile}"));
        keys.set("sagemaker:OwnerUserProfileArn", arn);
    }
    if let Some(sharing) = sharing {
        keys.set("sagemaker:SpaceSharingType", sharing);
    }
}
