//! Needs that many kinds share.

use crate::access::{Need, Stage, What};
use crate::document::{self, Document};

/// The network interfaces of a `VpcConfig` at this member, where the request has one.
pub(super) fn network_need(input: &Document, member: &str) -> Option<Need> {
    let config = document::get(input, member)?;
    let items = |list: &str| {
        document::select(config, &format!("{list}[]"))
            .into_iter()
            .filter_map(|item| Some((item.text()?.to_owned(), format!("{member}.{}", item.path))))
            .collect()
    };
    let what = What::Vpc { subnets: items("Subnets"), security_groups: items("SecurityGroupIds") };
    Some(Need::new(what, member, Stage::Start))
}

/// The key of the instances' volumes at this member, where the request names one.
pub(super) fn volume_key_need(input: &Document, member: &str) -> Option<Need> {
    let key_id = document::text(input, member)?.to_owned();
    Some(Need::new(What::VolumeKey { key_id }, member, Stage::Start))
}

/// Logs and metrics, whose lack is a warning only.
pub(super) fn log_need(log_group: &'static str) -> Need {
    Need::new(What::LogsAndMetrics { log_group }, "RoleArn", Stage::Start)
}

/// The texts of these members; a member that is absent is empty.
pub(super) fn text_list<const N: usize>(structure: &Document, members: [&str; N]) -> [String; N] {
    members.map(|member| document::text(structure, member).unwrap_or_default().to_owned())
}
