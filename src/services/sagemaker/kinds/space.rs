//! The spaces of a Studio domain, private or shared.
//!
//! <https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateSpace.html>

use jiff::Timestamp;
use serde_json::json;

use super::domain::{self, LIFE};
use super::{app, user_profile};
use crate::document::{self, Members};
use crate::fault::Fault;
use crate::services::Call;
use crate::services::sagemaker::engine;
use crate::services::sagemaker::kind::{self, Kind, Verb};
use crate::services::sagemaker::list::{Listing, Order};
use crate::services::sagemaker::record::Record;

/// The declaration.
pub(super) static KIND: Kind = Kind {
    noun: "Space",
    plural: "Spaces",
    resource_type: "space",
    name_member: "SpaceName",
    arn_member: "SpaceArn",
    id: domain::in_domain,
    status_member: "Status",
    verbs: &[Verb::Update, Verb::Delete],
    check,
    resolve: |call, members| {
        domain::domain_exists(call, members)?;
        if let Some(owner) = document::text(call.input, "OwnershipSettings.OwnerUserProfileName") {
            let domain = document::text(call.input, "DomainId").unwrap_or_default();
            engine::named(call, &user_profile::KIND, &format!("{domain}/{owner}"))?;
        }
        Ok(())
    },
    keys: |call, members, keys| {
        let domain = document::text(call.input, "DomainId").unwrap_or_default();
        if let Some(owner) = document::text(members, "OwnershipSettings.OwnerUserProfileName") {
            let id = format!("{domain}/{owner}");
            keys.set("sagemaker:OwnerUserProfileArn", kind::arn(call, user_profile::KIND.resource_type, &id));
        }
    },
    timeline: |record| LIFE.timeline(record),
    listing: Listing {
        summaries: "Spaces",
        order: Order::Ascending,
        summary,
        filter: |record, input, _| {
            document::text(input, "DomainIdEquals").is_none_or(|id| record.text("DomainId") == Some(id))
                && document::text(input, "SpaceNameContains").is_none_or(|part| record.short_name().contains(part))
        },
        ..Listing::DEFAULT
    },
    listed_as: "space/*/*",
    duplicate: |name, _| Fault::new("ResourceInUse", format!("Space with name {name} already exists.")),
    missing: |absent| Fault::new("ResourceNotFound", format!("Space {} does not exist.", absent.name)),
    delete: |call, record| {
        domain::settled(record, call.now())?;
        let inside = |app: &&Record| {
            app.text("SpaceName") == Some(record.short_name()) && app.text("DomainId") == record.text("DomainId")
        };
        match engine::all(call, &app::KIND)?.iter().find(inside) {
            Some(app) => Err(Fault::new(
                "ResourceInUse",
                format!("Unable to delete Space {}: {} exists. Delete it first.", record.name, app.arn),
            )),
            None => Ok(()),
        }
    },
    update: |call, record| {
        domain::settled(record, call.now())?;
        Ok(domain::merged(call, record, &["SpaceSettings"]))
    },
    ..Kind::DEFAULT
};

fn check(call: &Call<'_>) -> Result<(), Fault> {
    let has = |member| document::get(call.input, member).is_some();
    if has("OwnershipSettings") != has("SpaceSharingSettings") {
        return Err(Fault::validation("OwnershipSettings and SpaceSharingSettings must be specified together."));
    }
    Ok(())
}

/// <https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_SpaceDetails.html>
fn summary(record: &Record, _now: Timestamp) -> Members {
    let mut members = Members::new();
    for (shown, said) in
        [("SpaceSharingSettingsSummary", "SpaceSharingSettings"), ("OwnershipSettingsSummary", "OwnershipSettings")]
    {
        if let Some(value) = record.get(said) {
            members.insert(shown.to_owned(), value.clone());
        }
    }
    if let Some(settings) = record.get("SpaceSettings") {
        let shown = json!({
            "AppType": settings.get("AppType"),
            "RemoteAccess": settings.get("RemoteAccess"),
            "SpaceStorageSettings": settings.get("SpaceStorageSettings"),
        });
        members.insert("SpaceSettingsSummary".to_owned(), shown);
    }
    members
}
