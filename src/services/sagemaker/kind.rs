//! What a kind of resource is: a declaration of data and functions, with defaults.

use jiff::Timestamp;

use super::list::Listing;
use super::record::Record;
use super::unfolding::Unfolding;
use crate::access::{Need, Question, Stage};
use crate::account::AccountId;
use crate::arn::Arn;
use crate::document::{self, Document, Members};
use crate::fault::Fault;
use crate::policy::Context;
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
    /// What the resource part of ARNs begins with, where that is not the resource type.
    pub arn_type: &'static str,
    /// The member that names one, such as `TrainingJobName`.
    pub name_member: &'static str,
    /// The member that holds the ARN in answers, such as `TrainingJobArn`.
    pub arn_member: &'static str,
    /// The member of answers that holds the whole description; empty where the answer is the description.
    pub wrapper: &'static str,
    /// What stands after the type in the ARN of the resource that a call names.
    pub id: fn(kind: &Kind, call: &Call<'_>) -> String,
    /// The verbs that AWS offers for it besides create, describe and list.
    pub verbs: &'static [Verb],
    /// The member of descriptions and summaries that holds the status; empty for a kind without statuses.
    pub status_member: &'static str,
    /// The members of the create call that name a role which the caller hands to SageMaker.
    pub roles: &'static [&'static str],
    /// The members, once resolved, that name a role which was handed over before, such as a model's.
    pub borrowed_roles: &'static [&'static str],
    /// The verbs besides create on which roles are handed over or used anew.
    pub roles_on: &'static [Verb],
    /// `aws:SourceArn` when SageMaker assumes a role for the resource of this ARN.
    pub source_arn: fn(arn: &str) -> String,
    /// AWS's refusal of a role that does not exist or does not trust SageMaker.
    pub not_assumable: fn(role_arn: &str) -> Fault,
    /// What is checked of a create call beyond the model's constraints.
    pub check: fn(call: &Call<'_>) -> Result<(), Fault>,
    /// What the create call refers to, looked up and kept under members whose names begin in lower case; or AWS's
    /// refusal of a reference to nothing. Asked again when an update has changed the members.
    pub resolve: fn(call: &Call<'_>, members: &mut Members) -> Result<(), Fault>,
    /// Further resources that the caller must be allowed to use in a create call or an update: type, name and member.
    pub also: fn(call: &Call<'_>) -> Vec<Other>,
    /// What the caller itself must be allowed to do in other services, for the verb of a call; `None` creates.
    pub caller_needs: fn(call: &Call<'_>, verb: Option<Verb>, members: &Document) -> Vec<Question>,
    /// Condition keys that take more than the members as they stand, from the request or else from the stored members;
    /// those that the action does not support are left out.
    pub keys: fn(call: &Call<'_>, members: &Document, keys: &mut Context),
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
    /// Members of the create call's answer besides name and ARN.
    pub answer: fn(record: &Record) -> Members,
    /// The members of the description that are computed rather than echoed.
    pub describe: fn(record: &Record, now: Timestamp) -> Members,
    /// How resources are listed.
    pub listing: Listing,
    /// What the list is authorized against, such as `domain/*`; empty where that is `*`.
    pub listed_as: &'static str,
    /// AWS's refusal of a name that is taken.
    pub duplicate: fn(name: &str, arn: &str) -> Fault,
    /// AWS's refusal of a name that nothing has.
    pub missing: fn(absent: &Absent<'_>) -> Fault,
    /// Whether a resource is to be started, or the refusal.
    pub start: fn(call: &Call<'_>, record: &Record) -> Result<bool, Fault>,
    /// Whether a resource is to be stopped, or the refusal.
    pub stop: fn(call: &Call<'_>, record: &Record) -> Result<bool, Fault>,
    /// Whether a resource may be deleted now.
    pub delete: fn(call: &Call<'_>, record: &Record) -> Result<(), Fault>,
    /// What an update changes in the record's members.
    pub update: fn(call: &Call<'_>, record: &Record) -> Result<Members, Fault>,
}

/// A resource that a call names and that is not there.
#[derive(Debug, Clone, Copy)]
pub struct Absent<'a> {
    /// The operation of the call.
    pub operation: &'a str,
    /// The name.
    pub name: &'a str,
    /// The ARN that it would have.
    pub arn: &'a str,
}

/// A further resource that a call uses.
#[derive(Debug, Clone)]
pub struct Other {
    /// Such as `endpoint-config`.
    pub resource_type: &'static str,
    /// What stands after the type in its ARN.
    pub id: String,
    /// The request member that names it.
    pub member: &'static str,
}

/// What can be asked of a kind besides create, describe and list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// `Update…`
    Update,
    /// `Start…`
    Start,
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
        arn_type: "",
        name_member: "",
        arn_member: "",
        wrapper: "",
        id: Kind::named,
        verbs: &[],
        status_member: "",
        roles: &[],
        borrowed_roles: &[],
        roles_on: &[],
        source_arn: str::to_owned,
        not_assumable: Kind::could_not_assume_role,
        check: |_| Ok(()),
        resolve: |_, _| Ok(()),
        also: |_| Vec::new(),
        caller_needs: |_, _, _| Vec::new(),
        keys: |_, _, _| {},
        defaults: |_| {},
        needs: |_, _, _| Vec::new(),
        reaches: |_, _| None,
        timeline: Kind::unchanging,
        unfold: |_, _| Ok(None),
        answer: |_| Members::new(),
        describe: |_, _| Members::new(),
        listing: Listing::DEFAULT,
        listed_as: "",
        duplicate: |name, _| Fault::new("ResourceInUse", format!("{name} already exists.")),
        missing: |absent| Fault::new("ResourceNotFound", format!("{} does not exist.", absent.arn)),
        start: |_, _| Ok(false),
        stop: |_, _| Ok(false),
        delete: |_, _| Ok(()),
        update: |_, _| Ok(Members::new()),
    };

    /// The name that a call gives at the kind's member.
    pub fn named(&self, call: &Call<'_>) -> String {
        self.id_of(call, document::text(call.input, self.name_member).unwrap_or_default()).to_owned()
    }

    /// What stands after the type in the ARN of a resource that is named by its name or by its ARN. An ARN of another
    /// account, region or type stays as it is, and names nothing here.
    pub fn id_of<'a>(&self, call: &Call<'_>, name_or_arn: &'a str) -> &'a str {
        let own = Arn::parse(name_or_arn).filter(|arn| {
            arn.service == "sagemaker"
                && arn.region == call.region()
                && arn.account == call.account.as_str()
                && arn.resource_type() == self.arn_type()
        });
        own.map_or(name_or_arn, |arn| arn.resource_id())
    }

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
        if Arn::parse(name).is_some() { name.to_owned() } else { arn(call, self.arn_type(), name) }
    }

    fn arn_type(&self) -> &'static str {
        if self.arn_type.is_empty() { self.resource_type } else { self.arn_type }
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
