//! What a tuning job needs of the role of each definition: what its training jobs will. Facts: C.1.

use super::child::{first_name, inherited};
use super::definition::definitions;
use crate::access::{Need, What};
use crate::document::{self, Document};
use crate::services::sagemaker::kinds::training_job;

/// The needs of the role at this member of a create call.
pub(super) fn needs(name: &str, input: &Document, role_member: &str) -> Vec<Need> {
    let Some(members) = input.as_object() else { return Vec::new() };
    let definitions = definitions(members);
    let place = role_member.strip_suffix(".RoleArn").unwrap_or(role_member);
    let Some(definition) = definitions.iter().find(|definition| definition.member == place) else {
        return Vec::new();
    };
    let own_resources = document::get(definition.document, "HyperParameterTuningResourceConfig").is_some();
    let at = |member: &str| {
        let member = match member.strip_prefix("ResourceConfig.") {
            Some(rest) if own_resources => format!("HyperParameterTuningResourceConfig.{rest}"),
            _ => member.to_owned(),
        };
        format!("{place}.{member}")
    };
    let job = Document::Object(inherited(definition.document));
    let mut needs = training_job::needs::needs(&first_name(name), &job, "RoleArn");
    for need in &mut needs {
        need.member = at(&need.member);
        if let What::Vpc { subnets, security_groups } = &mut need.what {
            for (_, member) in subnets.iter_mut().chain(security_groups) {
                *member = at(member);
            }
        }
    }
    needs
}
