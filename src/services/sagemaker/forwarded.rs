//! What SageMaker does in other services with the caller's forwarded credentials: the caller needs the permission, not
//! the execution role. Facts: G.4 and H.5.

use crate::access::{Question, key_arn};
use crate::arn::partition_of;
use crate::fault::Fault;
use crate::services::Call;
use crate::settings::{Enforcement, Resources};

/// Questions about a customer's key, which must be there.
pub(super) fn on_key(call: &Call<'_>, key_id: &str, member: &str, actions: &[&'static str]) -> Vec<Question> {
    if key_id.rsplit(':').next().unwrap_or(key_id).starts_with("alias/aws/") {
        return Vec::new();
    }
    let arn = key_arn(call.world, call.account, call.region(), key_id);
    let id = arn.rsplit_once(":key/").map_or(key_id, |(_, id)| id);
    let owner = arn.split(':').nth(4).and_then(|account| account.parse().ok()).unwrap_or(call.account);
    let unknown = strict(call) && call.world.key(owner, call.region(), id).is_none();
    let ask = |action: &&'static str| {
        let mut question = Question::new(*action, arn.as_str())
            .from_member(member)
            .forwarded()
            .with_key("kms:ViaService", format!("sagemaker.{}.amazonaws.com", call.region()))
            .with_key("kms:CallerAccount", call.account.as_str());
        if *action == "kms:CreateGrant" {
            question = question.with_key("kms:GrantIsForAWSResource", "true");
        }
        if unknown {
            question.refused_outright = Some(Fault::validation(format!("Key '{arn}' does not exist")));
        }
        question
    };
    actions.iter().map(ask).collect()
}

/// A subnet and the security groups of the interface in it.
pub(super) struct Interface<'a> {
    /// The subnet and its member.
    pub(super) subnet: (&'a str, &'a str),
    /// The security groups with their members.
    pub(super) security_groups: Vec<(&'a str, String)>,
}

/// The questions of making a network interface, which EC2 puts about the interface and about all that it is made of.
pub(super) fn make_interface(call: &Call<'_>, interface: &Interface<'_>) -> Vec<Question> {
    let (subnet, member) = interface.subnet;
    let found = call.world.subnet(call.account, call.region(), subnet);
    let mut questions = vec![
        asked(call, "ec2:CreateNetworkInterface", "network-interface/*", member),
        asked(call, "ec2:CreateNetworkInterface", &format!("subnet/{subnet}"), member),
    ];
    if found.is_none() && strict(call) {
        refuse(&mut questions, format!("The subnet ID '{subnet}' does not exist"));
    }
    for (group, member) in &interface.security_groups {
        let mut question = vec![asked(call, "ec2:CreateNetworkInterface", &format!("security-group/{group}"), member)];
        if call.world.security_group(call.account, call.region(), group).is_none() && strict(call) {
            refuse(&mut question, format!("The security group '{group}' does not exist"));
        }
        questions.append(&mut question);
    }
    if let Some(found) = found {
        let vpc = arn(call, &format!("vpc/{}", found.vpc_id));
        for question in &mut questions {
            question.keys.set("ec2:Vpc", vpc.as_str());
        }
    }
    questions
}

/// The first subnet or security group of these that the world does not hold, in EC2's words.
///
/// # Errors
/// One is not there, and the settings do not take it for granted.
pub(super) fn network_exists(call: &Call<'_>, subnets: &[&str], security_groups: &[&str]) -> Result<(), Fault> {
    if !strict(call) || call.state.settings().enforcement == Enforcement::Off {
        return Ok(());
    }
    let (world, account, region) = (call.world, call.account, call.region());
    if let Some(subnet) = subnets.iter().find(|subnet| world.subnet(account, region, subnet).is_none()) {
        return Err(Fault::validation(format!("The subnet ID '{subnet}' does not exist")));
    }
    match security_groups.iter().find(|group| world.security_group(account, region, group).is_none()) {
        Some(group) => Err(Fault::validation(format!("The security group '{group}' does not exist"))),
        None => Ok(()),
    }
}

/// Questions about EC2's look-ups, which know no resources.
pub(super) fn look_up(actions: &[&'static str], member: &str) -> Vec<Question> {
    actions.iter().map(|action| Question::anywhere(*action).from_member(member).forwarded()).collect()
}

/// A question about an EC2 resource.
pub(super) fn asked(call: &Call<'_>, action: &'static str, resource: &str, member: &str) -> Question {
    Question::new(action, arn(call, resource)).from_member(member).owned_by(call.account).forwarded()
}

fn refuse(questions: &mut [Question], text: String) {
    if let Some(question) = questions.last_mut() {
        question.refused_outright = Some(Fault::validation(text));
    }
}

fn strict(call: &Call<'_>) -> bool {
    call.state.settings().resources == Resources::Strict
}

fn arn(call: &Call<'_>, resource: &str) -> String {
    format!("arn:{}:ec2:{}:{}:{resource}", partition_of(call.region()), call.region(), call.account)
}
