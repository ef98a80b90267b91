//! What an execution role must be able to do before a job is accepted, or when the job gets there.
//!
//! The role is assumed first; then each need is put to IAM as that role's session, against the role's own policies, its
//! boundary, the organization's policies and the policy of the bucket, repository, key or file system. A thing that the
//! world does not hold is refused in the words of the service that owns it, or taken for granted where the settings say
//! so.

mod ec2;
mod ecr;
mod file_system;
mod kms;
mod logs;
mod s3;

pub use ecr::ImageUri;
pub use kms::key_arn;
pub use s3::S3Location;

use super::environment::Environment;
use super::judge::Judge;
use super::need::{Need, RoleUse, Stage, What};
use super::question::{Answer, Clause, Question};
use super::role::assume_role;
use super::subject::Subject;
use crate::account::AccountId;
use crate::fault::Fault;
use crate::policy::Verdict;
use crate::settings::Resources;

/// Who hands a role to which service.
#[derive(Clone, Copy)]
pub struct Handover<'a> {
    /// The account that the job runs in.
    pub account: AccountId,
    /// The service principal.
    pub service: &'static str,
    /// The caller of the create call; `None` once the job runs by itself.
    pub caller: Option<&'a Subject<'a>>,
}

/// Why a role is not fit for its use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The answer to the create call.
    pub fault: Fault,
    /// The `FailureReason` of a job that finds out while it runs.
    pub failure_reason: String,
}

/// A need that is not met, for the kind that words the refusal.
#[derive(Debug)]
pub struct Refused<'a> {
    /// The need.
    pub need: &'a Need,
    /// The role's ARN as the request gives it.
    pub role_arn: &'a str,
    /// The region of the call.
    pub region: &'a str,
    missing: &'a Missing,
}

/// What stands in the way.
#[derive(Debug)]
pub(super) enum Missing {
    /// The role may not.
    Permission(Box<Answer>),
    /// The thing is not there, in the words of the service that should have it.
    Thing(String),
}

impl Refused<'_> {
    /// Whether it is this action that the role may not do.
    pub fn is_denied(&self, action: &str) -> bool {
        matches!(self.missing, Missing::Permission(answer) if answer.question.action == action)
    }

    /// Whether the role may not, rather than that the thing is not there.
    pub fn is_permission(&self) -> bool {
        matches!(self.missing, Missing::Permission(_))
    }

    /// The refusal in the words of the service that the role could not get past.
    pub fn denial(&self) -> Fault {
        Fault::validation(self.missing.text())
    }
}

impl Missing {
    fn text(&self) -> String {
        match self {
            Missing::Permission(answer) => answer.denial_message(),
            Missing::Thing(text) => text.clone(),
        }
    }
}

/// Checks a role's needs at these stages; what was asked is kept by the judge.
///
/// # Errors
/// The first need that is not met, as AWS refuses it.
pub fn preflight<'w>(
    judge: &mut Judge<'w>,
    handover: Handover<'_>,
    role: &RoleUse,
    stages: &[Stage],
) -> Result<(), Refusal> {
    let subject = assume_role(judge, handover.account, handover.service, role).map_err(|fault| Refusal {
        fault,
        failure_reason: format!(
            "ClientError: TrainingHostAgent Initialization failed:InvalidInputException: SageMaker is unable to \
             perform: sts:AssumeRole on the role. Check if you have a trust relationship for '{}' to assume the role.",
            handover.service
        ),
    })?;
    let environment = judge.environment.by_service();
    for need in &role.needs {
        let mut check = Check { judge, handover, subject: &subject, environment: &environment, need, stages };
        if let Err(missing) = check.run() {
            let refused = Refused { need, role_arn: &role.role_arn, region: &environment.region, missing: &missing };
            if let Missing::Thing(text) = &missing {
                judge.notes.push(format!("{}: {text}", need.member));
            }
            let fault = need.refusal.map_or_else(|| refused.denial(), |refusal| refusal(&refused));
            let failure_reason =
                need.failure.map_or_else(|| failure_reason(need, &missing), |failure| failure(&refused));
            return Err(Refusal { fault, failure_reason });
        }
    }
    Ok(())
}

/// One need under examination.
pub(super) struct Check<'c, 'w, 'h> {
    pub(super) judge: &'c mut Judge<'w>,
    pub(super) handover: Handover<'h>,
    pub(super) subject: &'c Subject<'w>,
    pub(super) environment: &'c Environment,
    pub(super) need: &'c Need,
    stages: &'c [Stage],
}

impl Check<'_, '_, '_> {
    fn run(&mut self) -> Result<(), Missing> {
        match &self.need.what {
            What::S3Prefix { uri } => s3::prefix(self, uri),
            What::S3Object { uri } => s3::object(self, uri),
            What::ModelData { uri, prefix } if self.at(self.need.stage) => s3::model_data(self, uri, *prefix),
            What::S3Output { uri, suffix, kms_key_id } => s3::output(self, uri, suffix, kms_key_id.as_deref()),
            What::Image { uri, through_vpc } => ecr::image(self, uri, *through_vpc),
            What::VolumeKey { key_id } if self.at(self.need.stage) => kms::volume(self, key_id),
            What::Vpc { subnets, security_groups } if self.at(self.need.stage) => {
                ec2::network(self, subnets, security_groups)
            }
            What::FileSystem { id, file_system_type, writes } if self.at(self.need.stage) => {
                file_system::mount(self, id, file_system_type, *writes)
            }
            What::LogsAndMetrics { log_group } if self.at(self.need.stage) => {
                logs::write(self, log_group);
                Ok(())
            }
            What::Action { action, resource } if self.at(self.need.stage) => {
                let mut question = Question::new(*action, self.filled(resource));
                if action.starts_with("s3:") {
                    question.clause = Clause::Quoted;
                }
                self.require(question)
            }
            What::ModelData { .. }
            | What::Action { .. }
            | What::VolumeKey { .. }
            | What::Vpc { .. }
            | What::FileSystem { .. }
            | What::LogsAndMetrics { .. } => Ok(()),
        }
    }

    /// Whether this stage is being checked.
    fn at(&self, stage: Stage) -> bool {
        self.stages.contains(&stage)
    }

    /// Whether a thing that the world does not hold is taken for granted.
    fn assumes(&self) -> bool {
        self.judge.settings.resources == Resources::Assume
    }

    /// An ARN for the place that the request is for.
    fn filled(&self, template: &str) -> String {
        let region = self.environment.region.as_str();
        template
            .replace("{partition}", crate::arn::partition_of(region))
            .replace("{region}", region)
            .replace("{account}", self.handover.account.as_str())
    }

    /// The role must be allowed this.
    fn require(&mut self, question: Question) -> Result<(), Missing> {
        let answer = self.consider(question);
        self.keep(answer)
    }

    /// The role had better be allowed this; the job runs without.
    fn wish(&mut self, question: Question) {
        let mut answer = self.consider(question);
        answer.warning = true;
        self.judge.answers.push(answer);
    }

    /// The documentation does not ask for this, but a statement that denies it stands in the way all the same.
    fn wish_unless_denied(&mut self, question: Question) -> Result<(), Missing> {
        let mut answer = self.consider(question);
        if answer.decision.verdict == Verdict::ExplicitDeny {
            return self.keep(answer);
        }
        answer.warning = true;
        self.judge.answers.push(answer);
        Ok(())
    }

    fn consider(&self, question: Question) -> Answer {
        let question = question.from_member(self.need.member.as_str());
        self.judge.consider(self.subject, self.environment, question)
    }

    fn keep(&mut self, answer: Answer) -> Result<(), Missing> {
        let missing = (!answer.is_allowed()).then(|| Missing::Permission(Box::new(answer.clone())));
        self.judge.answers.push(answer);
        missing.map_or(Ok(()), Err)
    }
}

/// AWS's `FailureReason` where it finds out while the job runs. Facts C.3.
fn failure_reason(need: &Need, missing: &Missing) -> String {
    match &need.what {
        What::S3Prefix { .. } | What::S3Object { .. } | What::ModelData { .. } => {
            "ClientError: Data download failed:Failed to download data. 403 Forbidden (403): Forbidden".to_owned()
        }
        What::Image { .. } => "ClientError: Cannot pull algorithm container. Either the image does not exist or its \
                               permissions are incorrect."
            .to_owned(),
        What::S3Output { .. } => format!("ClientError: Artifact upload failed:{}", missing.text()),
        What::Action { .. }
        | What::VolumeKey { .. }
        | What::Vpc { .. }
        | What::FileSystem { .. }
        | What::LogsAndMetrics { .. } => {
            format!("ClientError: {}", missing.text())
        }
    }
}
