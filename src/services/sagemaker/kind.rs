//! What a kind of resource is: a declaration of data and functions, with defaults.

use jiff::Timestamp;

use super::list::Listing;
use super::record::Record;
use super::unfolding::Unfolding;
use crate::access::{Need, Stage};
use crate::account::AccountId;
use crate::document::{Document, Members};
use crate::fault::Fault;
use crate::services::Call;
use crate::timeline::{Phase, Timeline};

/// A kind of resource. `Create`, `Describe`, `List` and the other verbs derive their operations' names from its noun.
pub struct Kind {
    /// Such as `TrainingJob`.
    pub noun: &'static str,
    /// The noun in `List…`, such as `TrainingJobs`.
    pub plural: &'static str,
    /// The resource type of IAM and of the ARN, such as `training-job`.
    pub resource_type: &'static str,
    /// The member that names one, such as `TrainingJobName`.
    pub name_member: &'static str,
    /// The member that holds the ARN in answers, such as `TrainingJobArn`.
    pub arn_member: &'static str,
    /// The verbs that AWS offers for it besides create, describe and list.
    pub verbs: &'static [Verb],
    /// The members of the create call that name a role which SageMaker will assume.
    pub roles: &'static [&'static str],
    /// AWS's refusal of a role that does not exist or does not trust SageMaker.
    pub not_assumable: fn(role_arn: &str) -> Fault,
    /// What is checked of a create call beyond the model's constraints.
    pub check: fn(call: &Call<'_>) -> Result<(), Fault>,
    /// Members that AWS fills in where the create call leaves them out.
    pub defaults: fn(input: &mut Members),
    /// What the role at this member of a create call must be able to do.
    pub needs: fn(name: &str, input: &Document, role_member: &str) -> Vec<Need>,
    /// When a resource reaches the stage at which AWS finds out about a need; `None` if it never does.
    pub reaches: fn(record: &Record, stage: Stage) -> Option<Timestamp>,
    /// The phases of a resource.
    pub timeline: fn(record: &Record) -> Timeline,
    /// What a resource brings about by itself by now, written into the unfolding's change; answers when to look again.
    pub unfold: fn(unfolding: &mut Unfolding<'_>, record: &mut Record) -> Result<Option<Timestamp>, Fault>,
    /// The members of the description that are computed rather than echoed.
    pub describe: fn(record: &Record, now: Timestamp) -> Members,
    /// How resources are listed.
    pub listing: Listing,
    /// AWS's refusal of a name that is taken.
    pub duplicate: fn(name: &str, arn: &str) -> Fault,
    /// AWS's refusal of a name that nothing has.
    pub missing: fn(name: &str, arn: &str) -> Fault,
    /// Stops a resource: the event to write down, or the refusal.
    pub stop: fn(record: &Record, now: Timestamp) -> Result<bool, Fault>,
    /// Whether a resource may be deleted now.
    pub delete: fn(record: &Record, now: Timestamp) -> Result<(), Fault>,
    /// What an update changes in the record's members.
    pub update: fn(record: &Record, input: &Document, now: Timestamp) -> Result<Members, Fault>,
}

/// What can be asked of a kind besides create, describe and list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// `Update…`
    Update,
    /// `Stop…`
    Stop,
    /// `Delete…`
    Delete,
}

impl Kind {
    /// A kind that nothing happens to: what a declaration leaves out is as here.
    pub const DEFAULT: Kind = Kind {
        noun: "",
        plural: "",
        resource_type: "",
        name_member: "",
        arn_member: "",
        verbs: &[],
        roles: &[],
        not_assumable: Kind::could_not_assume_role,
        check: |_| Ok(()),
        defaults: |_| {},
        needs: |_, _, _| Vec::new(),
        reaches: |_, _| None,
        timeline: Kind::unchanging,
        unfold: |_, _| Ok(None),
        describe: |_, _| Members::new(),
        listing: Listing::DEFAULT,
        duplicate: |name, _| Fault::new("ResourceInUse", format!("{name} already exists.")),
        missing: |_, arn| Fault::new("ResourceNotFound", format!("{arn} does not exist.")),
        stop: |_, _| Ok(false),
        delete: |_, _| Ok(()),
        update: |_, _, _| Ok(Members::new()),
    };

    /// The timeline of a resource without statuses.
    pub fn unchanging(record: &Record) -> Timeline {
        Timeline::starting(Phase { since: record.created_at, status: "", secondary: None, settled: true })
    }

    /// The refusal of jobs: training, tuning, processing, transform, compilation. Fact C1.
    pub fn could_not_assume_role(role_arn: &str) -> Fault {
        Fault::validation(format!(
            "Could not assume role {role_arn}. Please ensure that the role exists and allows principal \
             'sagemaker.amazonaws.com' to assume the role."
        ))
    }

    /// The ARN of the resource of this name.
    pub fn arn(&self, call: &Call<'_>, name: &str) -> String {
        arn(call, self.resource_type, name)
    }
}

/// The ARN of a SageMaker resource in the account and region of a call.
pub fn arn(call: &Call<'_>, resource_type: &str, name: &str) -> String {
    arn_of(call.account, call.region(), resource_type, name)
}

/// The ARN of a SageMaker resource.
pub fn arn_of(account: AccountId, region: &str, resource_type: &str, name: &str) -> String {
    let partition = crate::arn::partition_of(region);
    format!("arn:{partition}:sagemaker:{region}:{account}:{resource_type}/{name}")
}
