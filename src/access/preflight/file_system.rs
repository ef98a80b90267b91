//! Mounting EFS and FSx file systems.

use super::{Check, Missing};
use crate::access::Question;
use crate::state::world::{FileSystem, FileSystemService};

/// The file system must be there. EFS asks IAM only where the file system has a policy; FSx never does.
///
/// <https://docs.aws.amazon.com/efs/latest/ug/iam-access-control-nfs-efs.html>
pub(super) fn mount(
    check: &mut Check<'_, '_, '_>,
    id: &str,
    file_system_type: &str,
    writes: bool,
) -> Result<(), Missing> {
    let Some(file_system) = find(check, id, file_system_type) else {
        let absent = format!("File system '{id}' does not exist.");
        return if check.assumes() { Ok(()) } else { Err(Missing::Thing(absent)) };
    };
    if file_system_type != "EFS" || file_system.policy.is_none() {
        return Ok(());
    }
    let arn = file_system.arn();
    let actions: &[&'static str] = if writes {
        &["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"]
    } else {
        &["elasticfilesystem:ClientMount"]
    };
    for action in actions {
        check.require(
            Question::new(*action, arn.as_str()).with_key("elasticfilesystem:AccessedViaMountTarget", "true"),
        )?;
    }
    Ok(())
}

fn find<'w>(check: &Check<'_, 'w, '_>, id: &str, file_system_type: &str) -> Option<&'w FileSystem> {
    let service = if file_system_type == "EFS" { FileSystemService::Efs } else { FileSystemService::Fsx };
    let found = check.judge.world.file_system(check.handover.account, &check.environment.region, service, id);
    found.map(AsRef::as_ref)
}
