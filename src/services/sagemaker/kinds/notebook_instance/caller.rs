//! What the caller itself needs: SageMaker makes the network interface and the key's grant with its credentials. Fact
//! G.4, the rows of the notebook operations in the API permissions reference.

use crate::access::Question;
use crate::document::{self, Document};
use crate::services::Call;
use crate::services::sagemaker::forwarded::{self, Interface};
use crate::services::sagemaker::kind::Verb;

const LOOK_UP: [&str; 3] = ["ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcs"];

/// The questions of a verb, about the members of the request or of the instance.
pub(super) fn needs(call: &Call<'_>, verb: Option<Verb>, members: &Document) -> Vec<Question> {
    let subnet = document::text(members, "SubnetId");
    let key_id = document::text(members, "KmsKeyId");
    let (network, key): (&[&'static str], &[&'static str]) = match verb {
        None => (&[], &["kms:DescribeKey", "kms:CreateGrant"]),
        Some(Verb::Start) => (&["ec2:DescribeNetworkInterfaces"], &["kms:DescribeKey", "kms:CreateGrant"]),
        Some(Verb::Delete) => (&["ec2:DescribeNetworkInterfaces"], &["kms:DescribeKey"]),
        Some(Verb::Update | Verb::Stop) => return Vec::new(),
    };
    let mut questions = Vec::new();
    if let Some(subnet) = subnet {
        questions.extend(forwarded::look_up(network, "SubnetId"));
        if verb == Some(Verb::Delete) {
            let action = "ec2:DeleteNetworkInterface";
            questions.push(forwarded::asked(call, action, "network-interface/*", "SubnetId"));
        } else {
            questions.extend(forwarded::look_up(&LOOK_UP, "SubnetId"));
            let groups = document::select(members, "SecurityGroupIds[]");
            let security_groups = groups.iter().filter_map(|group| Some((group.text()?, group.path.to_string())));
            let interface = Interface { subnet: (subnet, "SubnetId"), security_groups: security_groups.collect() };
            questions.extend(forwarded::make_interface(call, &interface));
        }
    }
    if let Some(key_id) = key_id {
        questions.extend(forwarded::on_key(call, key_id, "KmsKeyId", key));
    }
    questions
}
