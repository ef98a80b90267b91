//! Managed policies and their versions.

use std::sync::Arc;

use super::super::file::iam::ManagedPolicyDetail;
use super::super::{AWS_MANAGED, ManagedPolicy, PolicyVersion, WorldError, id};
use super::iam::{LONG_NAME, identity_path, tags};
use super::{Loader, Place};
use crate::account::AccountId;
use crate::policy::{Policy, PolicyType};

impl Loader<'_> {
    pub(super) fn managed_policy(
        &mut self,
        account: AccountId,
        detail: ManagedPolicyDetail,
        place: &Place,
    ) -> Result<(), WorldError> {
        let name = detail.policy_name;
        let owner = match &detail.arn {
            Some(arn) if arn.starts_with(AWS_MANAGED) => "aws",
            _ => account.as_str(),
        };
        self.name(account, &format!("{owner} policy"), &name, LONG_NAME, &place.member("PolicyName"))?;
        let path = identity_path("policy", owner, detail.path, detail.arn, &name, place)?;
        let arn = format!("arn:aws:iam::{owner}:policy{path}{name}");
        let create_date = self.date(detail.create_date);
        let mut versions = Vec::new();
        let mut default_version_id = detail.default_version_id;
        for (place, version) in place.each("PolicyVersionList", detail.policy_version_list) {
            let version_id = version.version_id.unwrap_or_else(|| "v1".to_owned());
            let identifier = place.member("VersionId");
            if version_number(&version_id).is_none() {
                return Err(identifier.error(format!("`{version_id}` is not `v` and a number")));
            }
            if versions.iter().any(|known: &PolicyVersion| known.version_id == version_id) {
                return Err(identifier.error(format!("`{version_id}` is there twice")));
            }
            if version.is_default_version {
                let default = default_version_id.get_or_insert_with(|| version_id.clone());
                if *default != version_id {
                    let message = format!("`{default}` is the default version");
                    return Err(place.member("IsDefaultVersion").error(message));
                }
            }
            let policy = Policy::parse(&version.document.0, PolicyType::Identity)
                .map_err(|malformed| place.member("Document").malformed(&malformed))?;
            let create_date = version.create_date.map_or(create_date, |moment| moment.0);
            versions.push(PolicyVersion { version_id, policy, create_date });
        }
        versions.sort_by_key(|version| version_number(&version.version_id));
        let default_version_id = match (default_version_id, versions.as_slice()) {
            (Some(default), _) => default,
            (None, [only]) => only.version_id.clone(),
            (None, []) => return Err(place.member("PolicyVersionList").error("a policy has one version at least")),
            (None, _) => return Err(place.member("DefaultVersionId").error("no version is the default version")),
        };
        if !versions.iter().any(|version| version.version_id == default_version_id) {
            let message = format!("there is no version `{default_version_id}`");
            return Err(place.member("DefaultVersionId").error(message));
        }
        let newest = versions.last().map_or(create_date, |version| version.create_date);
        let policy = ManagedPolicy {
            path,
            id: detail.policy_id.unwrap_or_else(|| id::derived(id::MANAGED_POLICY, account, &arn)),
            description: detail.description,
            is_attachable: detail.is_attachable,
            create_date,
            update_date: detail.update_date.map_or(newest, |moment| moment.0),
            versions,
            default_version_id,
            tags: tags(detail.tags, "Tags", place)?,
            name,
            arn: arn.clone(),
        };
        self.account(account).policies.insert(arn, Arc::new(policy));
        Ok(())
    }
}

fn version_number(version_id: &str) -> Option<u32> {
    version_id.strip_prefix('v')?.parse().ok()
}
