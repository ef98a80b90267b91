//! `passrole check`: IAM's verdict on one request, from policy files or a world file, without an endpoint.
//!
//! What is not given is not there: no policy, no condition key. Only the time, `aws:SecureTransport` and what follows
//! from principal, action and resource are filled in. INVARIANT: the exit status tells the verdict and nothing else
//! does: 0 allowed, 2 explicit deny, 3 implicit deny; 1 where there is none because something given makes no sense.

mod files;
mod given;
mod report;
mod worlds;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::builder::NonEmptyStringValueParser;

use crate::account::AccountId;
use crate::policy::Verdict;
use given::ContextEntry;

const EXAMPLES: &str = "\
Exit status: 0 allowed, 2 explicit deny, 3 implicit deny, 1 misuse or a malformed policy.

Examples:
  passrole check --policy user.json --boundary boundary.json \\
      --principal arn:aws:iam::111122223333:user/ann --action sagemaker:CreateTrainingJob \\
      --resource arn:aws:sagemaker:us-east-1:111122223333:training-job/my-job \\
      --context sagemaker:InstanceTypes=ml.m5.large,ml.p4d.24xlarge
  passrole check --policy user.json --resource-policy trust.json --principal arn:aws:iam::111122223333:user/ann \\
      --action sts:AssumeRole --resource arn:aws:iam::444455556666:role/Training
  passrole check --world world.json --as ann --action s3:GetObject --resource arn:aws:s3:::bucket/key

What is not given is not there: where a key policy or a role's trust policy must allow and none is given, the answer is
no. A role's ARN as principal means a session of that role.";

/// The flags of `passrole check`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Flags {
    /// Identity-based policy of the principal; repeatable
    #[arg(long = "policy", value_name = "FILE", help_heading = "Policies")]
    policies: Vec<PathBuf>,

    /// Permissions boundary of the principal
    #[arg(long, value_name = "FILE", help_heading = "Policies")]
    boundary: Option<PathBuf>,

    /// Session policy; repeatable
    #[arg(long = "session", value_name = "FILE", help_heading = "Policies")]
    sessions: Vec<PathBuf>,

    /// Policy of the resource: a bucket's, repository's, key's, or a role's trust policy
    #[arg(long, value_name = "FILE", help_heading = "Policies")]
    resource_policy: Option<PathBuf>,

    /// Service control policy of the principal's account, `FullAWSAccess` not implied; repeatable
    #[arg(long = "scp", value_name = "FILE", help_heading = "Policies")]
    service_control: Vec<PathBuf>,

    /// Resource control policy of the resource's account; repeatable
    #[arg(long = "rcp", value_name = "FILE", help_heading = "Policies")]
    resource_control: Vec<PathBuf>,

    /// Policy of the VPC endpoint that the request comes through
    #[arg(long, value_name = "FILE", help_heading = "Policies")]
    vpc_endpoint_policy: Option<PathBuf>,

    /// World file that holds the principal and all policies; repeatable
    #[arg(
        long = "world",
        value_name = "FILE",
        help_heading = "Policies",
        requires = "who",
        conflicts_with_all = [
            "policies", "boundary", "resource_policy", "service_control", "resource_control", "vpc_endpoint_policy",
            "principal",
        ]
    )]
    worlds: Vec<PathBuf>,

    /// User or role of the world file, by name or ARN; a role means a session of it
    #[arg(long = "as", value_name = "USER|ROLE", requires = "worlds", help_heading = "Request")]
    who: Option<String>,

    /// Who asks: the ARN of a user, role, role session, federated user or root user, a service, or `*` for nobody
    #[arg(long, value_name = "ARN", required_unless_present = "worlds", help_heading = "Request")]
    principal: Option<String>,

    /// What is asked, such as sagemaker:CreateTrainingJob
    #[arg(long, value_name = "SERVICE:ACTION", value_parser = given::action, help_heading = "Request")]
    action: String,

    /// The resource's ARN, or `*` for actions without resources
    #[arg(long, value_name = "ARN", default_value = "*", value_parser = NonEmptyStringValueParser::new(), help_heading = "Request")]
    resource: String,

    /// Account that owns the resource, where its ARN names none [default: the principal's]
    #[arg(long, value_name = "ID", help_heading = "Request")]
    resource_account: Option<AccountId>,

    /// Condition key with its values; repeatable; a comma within a value is written `\,`
    #[arg(long = "context", value_name = "KEY=VALUE[,VALUE]", value_parser = given::context_entry, help_heading = "Request")]
    context: Vec<ContextEntry>,

    /// Print JSON, as the control API explains decisions
    #[arg(long)]
    json: bool,
}

/// The exit status where there is no verdict.
pub(super) const MISUSE: u8 = 1;

/// Prints the verdict and what led to it.
pub(super) fn run(flags: &Flags) -> anyhow::Result<ExitCode> {
    let judged = if flags.worlds.is_empty() { files::judge(flags)? } else { worlds::judge(flags)? };
    let text = if flags.json { report::json(&judged) } else { report::words(&judged) };
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).context("the verdict could not be printed")?;
    Ok(ExitCode::from(match judged.answer.decision.verdict {
        Verdict::Allowed => 0,
        Verdict::ExplicitDeny => 2,
        Verdict::ImplicitDeny => 3,
    }))
}
