//! Network interfaces in the customer's VPC.

use super::{Check, Missing};
use crate::access::{Clause, Question};
use crate::arn::partition_of;

/// Looked up on `*`, since EC2's Describe actions know no resources.
const DESCRIBE: [&str; 5] = [
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeVpcs",
    "ec2:DescribeDhcpOptions",
    "ec2:DescribeSubnets",
    "ec2:DescribeSecurityGroups",
];

/// Done to the interfaces that have been made.
const CHANGE: [&str; 3] =
    ["ec2:CreateNetworkInterfacePermission", "ec2:DeleteNetworkInterface", "ec2:DeleteNetworkInterfacePermission"];

/// The subnets and security groups must be there, and the role must be allowed to put interfaces into them.
pub(super) fn network(
    check: &mut Check<'_, '_, '_>,
    subnets: &[(String, String)],
    security_groups: &[(String, String)],
) -> Result<(), Missing> {
    let vpc = exist(check, subnets, security_groups)?;
    for action in DESCRIBE {
        check.require(Question::anywhere(action))?;
    }
    let interface = arn(check, "network-interface/*");
    let mut made_of: Vec<(String, Option<String>)> = vec![(interface.clone(), None)];
    for (subnet, member) in subnets {
        made_of.push((arn(check, &format!("subnet/{subnet}")), Some(member.clone())));
    }
    for (group, member) in security_groups {
        made_of.push((arn(check, &format!("security-group/{group}")), Some(member.clone())));
    }
    for (resource, member) in made_of {
        let mut question = in_vpc(check, "ec2:CreateNetworkInterface", resource, vpc.as_deref());
        question.member = member;
        check.require(question)?;
    }
    for action in CHANGE {
        let question = in_vpc(check, action, interface.clone(), vpc.as_deref())
            .with_key("ec2:AuthorizedService", check.handover.service);
        check.require(question)?;
    }
    Ok(())
}

/// The VPC that the subnets are in, where the world knows them.
fn exist(
    check: &Check<'_, '_, '_>,
    subnets: &[(String, String)],
    security_groups: &[(String, String)],
) -> Result<Option<String>, Missing> {
    let (world, account, region) = (check.judge.world, check.handover.account, check.environment.region.as_str());
    let mut vpc = None;
    for (id, _) in subnets {
        match world.subnet(account, region, id) {
            Some(subnet) => vpc = vpc.or(Some(subnet.vpc_id.clone())),
            None if check.assumes() => {}
            None => return Err(Missing::Thing(format!("The subnet ID '{id}' does not exist"))),
        }
    }
    for (id, _) in security_groups {
        if world.security_group(account, region, id).is_none() && !check.assumes() {
            return Err(Missing::Thing(format!("The security group '{id}' does not exist")));
        }
    }
    Ok(vpc)
}

fn in_vpc(check: &Check<'_, '_, '_>, action: &'static str, resource: String, vpc: Option<&str>) -> Question {
    let mut question = Question::new(action, resource);
    question.clause = Clause::Arn;
    match vpc {
        Some(vpc) => question.with_key("ec2:Vpc", arn(check, &format!("vpc/{vpc}"))),
        None => question,
    }
}

fn arn(check: &Check<'_, '_, '_>, resource: &str) -> String {
    let region = check.environment.region.as_str();
    format!("arn:{}:ec2:{region}:{}:{resource}", partition_of(region), check.handover.account)
}
