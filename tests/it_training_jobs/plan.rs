//! The plan of the world that the cases start from, and the world file that it makes.
//!
//! `ann` may run training jobs with `TrainingRole`; a second account holds `otto` and things that may be shared. A
//! statement is written as one line: `Allow s3:GetObject,s3:PutObject on arn by {principal} if {condition}`.

use serde_json::{Map, Value, json};

use crate::laboratory::{ANN, Edits, OTTO, edit};

pub const ROLE_ARN: &str = "arn:aws:iam::000000000000:role/TrainingRole";
pub const IMAGE: &str = "000000000000.dkr.ecr.us-east-1.amazonaws.com/my-repo:latest";
pub const OTHER: &str = "111122223333";
pub const KEY_ID: &str = "0d3e1f52-6b7a-4c88-9f10-2a54c1b0e7d3";
pub const KEY_ARN: &str = "arn:aws:kms:us-east-1:000000000000:key/0d3e1f52-6b7a-4c88-9f10-2a54c1b0e7d3";
pub const OTHER_KEY_ARN: &str = "arn:aws:kms:us-east-1:111122223333:key/11111111-6b7a-4c88-9f10-2a54c1b0e7d3";

fn plan() -> Value {
    json!({
        "caller": {
            "jobs": "Allow sagemaker:*",
            "pass": format!(
                "Allow iam:PassRole on {ROLE_ARN} if {{\"StringEquals\":{{\"iam:PassedToService\":\"sagemaker.amazonaws.com\"}}}}"
            ),
        },
        "callerTags": [],
        "role": {
            "find": "Allow s3:ListBucket on arn:aws:s3:::inputbucket",
            "read": "Allow s3:GetObject on arn:aws:s3:::inputbucket/*",
            "write": "Allow s3:PutObject on arn:aws:s3:::outputbucket/*",
            "registry": "Allow ecr:GetAuthorizationToken",
            "pull": "Allow ecr:BatchCheckLayerAvailability,ecr:GetDownloadUrlForLayer,ecr:BatchGetImage \
                     on arn:aws:ecr:us-east-1:000000000000:repository/my-repo",
        },
        "rolePath": "/",
        "roleTags": [],
        "trust": { "plain": r#"Allow sts:AssumeRole by {"Service":"sagemaker.amazonaws.com"}"# },
        "input": { "Name": "inputbucket", "Region": "us-east-1", "Objects": [{ "Key": "train/data.csv", "Size": 10 }] },
        "output": { "Name": "outputbucket", "Region": "us-east-1" },
        "repository": { "repositoryName": "my-repo", "region": "us-east-1", "imageTags": ["latest"] },
        "key": {
            "KeyId": KEY_ID,
            "Region": "us-east-1",
            "KeyState": "Enabled",
            "Aliases": ["alias/training"],
            "Policy": [r#"Allow kms:* by {"AWS":"arn:aws:iam::000000000000:root"}"#],
        },
        "subnets": ["subnet-0a1b2c3d", "subnet-4e5f6a7b"],
        "groups": ["sg-0123abcd"],
        "efs": [{ "FileSystemId": "fs-0123456789abcdef0" }],
        "fsx": [{ "FileSystemId": "fs-aaaaaaaaaaaaaaaaa" }],
        "other": {
            "input": { "Name": "theirbucket", "Region": "us-east-1", "Objects": [{ "Key": "train/data.csv", "Size": 10 }] },
            "repository": { "repositoryName": "their-repo", "region": "us-east-1", "imageTags": ["latest"] },
            "key": {
                "KeyId": "11111111-6b7a-4c88-9f10-2a54c1b0e7d3",
                "Region": "us-east-1",
                "KeyState": "Enabled",
                "Aliases": ["alias/theirs"],
                "Policy": [r#"Allow kms:* by {"AWS":"arn:aws:iam::111122223333:root"}"#],
            },
        },
    })
}

/// The world file of the plan with edits.
pub fn world(edits: Edits<'_>) -> Value {
    let mut plan = plan();
    for (pointer, value) in edits {
        edit(&mut plan, pointer, value);
    }
    let mut file = json!({ "accounts": [ours(&plan), theirs(&plan)] });
    let organization: Map<String, Value> = [("scp", "serviceControlPolicies"), ("rcp", "resourceControlPolicies")]
        .into_iter()
        .filter(|(name, _)| plan.get(*name).is_some())
        .map(|(name, member)| {
            let policy = json!({ "Name": name, "Targets": ["000000000000"], "Content": policy(&plan[name]) });
            (member.to_owned(), json!([policy]))
        })
        .collect();
    if !organization.is_empty() {
        file["organization"] = organization.into();
    }
    file
}

fn ours(plan: &Value) -> Value {
    let mut user = json!({
        "UserName": "ann",
        "Tags": plan["callerTags"],
        "UserPolicyList": [{ "PolicyName": "inline", "PolicyDocument": policy(&plan["caller"]) }],
    });
    let mut role = json!({
        "RoleName": "TrainingRole",
        "Path": plan["rolePath"],
        "Tags": plan["roleTags"],
        "AssumeRolePolicyDocument": policy(&plan["trust"]),
        "RolePolicyList": [{ "PolicyName": "inline", "PolicyDocument": policy(&plan["role"]) }],
    });
    let mut policies = Vec::new();
    for (name, holder) in [("callerBoundary", &mut user), ("roleBoundary", &mut role)] {
        let Some(statements) = plan.get(name) else { continue };
        let arn = format!("arn:aws:iam::000000000000:policy/{name}");
        holder["PermissionsBoundary"] = json!({ "PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": arn });
        let version = json!({ "VersionId": "v1", "IsDefaultVersion": true, "Document": policy(statements) });
        policies
            .push(json!({ "PolicyName": name, "Arn": arn, "DefaultVersionId": "v1", "PolicyVersionList": [version] }));
    }
    for (name, holder, attached) in
        [("callerManaged", &mut user, "AttachedManagedPolicies"), ("roleManaged", &mut role, "AttachedManagedPolicies")]
    {
        if let Some(arn) = plan.get(name).and_then(Value::as_str) {
            let short = arn.rsplit('/').next().unwrap();
            holder[attached] = json!([{ "PolicyName": short, "PolicyArn": arn }]);
        }
    }
    let subnets: Vec<Value> =
        list(&plan["subnets"]).iter().map(|id| json!({ "SubnetId": id, "VpcId": "vpc-111bbaaa" })).collect();
    let groups: Vec<Value> =
        list(&plan["groups"]).iter().map(|id| json!({ "GroupId": id, "VpcId": "vpc-111bbaaa" })).collect();
    json!({
        "accountId": "000000000000",
        "iam": { "UserDetailList": [user], "RoleDetailList": [role], "Policies": policies },
        "accessKeys": [{ "UserName": "ann", "AccessKeyId": ANN.0, "SecretAccessKey": ANN.1 }],
        "s3": { "buckets": there([with_policy(plan.get("input"), "Policy"), with_policy(plan.get("output"), "Policy")]) },
        "ecr": { "repositories": there([with_policy(plan.get("repository"), "policyText")]) },
        "kms": { "keys": there([with_policy(plan.get("key"), "Policy")]) },
        "ec2": { "vpcs": [{ "VpcId": "vpc-111bbaaa" }], "subnets": subnets, "securityGroups": groups },
        "efs": { "fileSystems": list(&plan["efs"]).iter().map(|made| with_policy(Some(made), "Policy")).collect::<Vec<_>>() },
        "fsx": { "fileSystems": plan["fsx"] },
    })
}

fn theirs(plan: &Value) -> Value {
    let other = &plan["other"];
    let role = json!({
        "RoleName": "TheirRole",
        "AssumeRolePolicyDocument": policy(&plan["trust"]),
        "RolePolicyList": [{ "PolicyName": "inline", "PolicyDocument": policy(&json!(["Allow *"])) }],
    });
    let user = json!({
        "UserName": "otto",
        "UserPolicyList": [{ "PolicyName": "inline", "PolicyDocument": policy(&json!(["Allow *"])) }],
    });
    json!({
        "accountId": OTHER,
        "iam": { "UserDetailList": [user], "RoleDetailList": [role] },
        "accessKeys": [{ "UserName": "otto", "AccessKeyId": OTTO.0, "SecretAccessKey": OTTO.1 }],
        "s3": { "buckets": there([with_policy(other.get("input"), "Policy")]) },
        "ecr": { "repositories": there([with_policy(other.get("repository"), "policyText")]) },
        "kms": { "keys": there([with_policy(other.get("key"), "Policy")]) },
    })
}

fn list(value: &Value) -> Vec<Value> {
    value.as_array().cloned().unwrap_or_default()
}

fn there<const N: usize>(values: [Value; N]) -> Vec<Value> {
    values.into_iter().filter(|value| !value.is_null()).collect()
}

/// A resource whose policy, a list of statements, becomes a document.
fn with_policy(resource: Option<&Value>, member: &str) -> Value {
    let Some(resource) = resource else { return Value::Null };
    let mut resource = resource.clone();
    if let Some(statements) = resource.get(member).filter(|value| value.is_array() || value.is_object()).cloned() {
        resource[member] = policy(&statements);
    }
    resource
}

/// A policy of statements, given as a list, by name, or as one line.
pub fn policy(statements: &Value) -> Value {
    let statements: Vec<Value> = match statements {
        Value::Array(list) => list.iter().map(statement).collect(),
        Value::Object(named) => named.values().map(statement).collect(),
        one => vec![statement(one)],
    };
    json!({ "Version": "2012-10-17", "Statement": statements })
}

fn statement(line: &Value) -> Value {
    let Some(line) = line.as_str() else { return line.clone() };
    let (line, condition) = cut(line, " if ");
    let (line, principal) = cut(line, " by ");
    let (line, resources) = cut(line, " on ");
    let (effect, actions) = line.split_once(' ').unwrap();
    let split = |text: &str| text.split(',').map(str::trim).map(Value::from).collect::<Vec<_>>();
    let mut made = json!({ "Effect": effect, "Action": split(actions) });
    let trusts = actions.starts_with("sts:");
    if let Some(resources) = resources {
        made["Resource"] = json!(split(resources));
    } else if !trusts {
        made["Resource"] = json!("*");
    }
    if let Some(principal) = principal {
        made["Principal"] = serde_json::from_str(principal).unwrap();
    }
    if let Some(condition) = condition {
        made["Condition"] = serde_json::from_str(condition).unwrap();
    }
    made
}

fn cut<'a>(line: &'a str, word: &str) -> (&'a str, Option<&'a str>) {
    match line.split_once(word) {
        Some((before, after)) => (before, Some(after)),
        None => (line, None),
    }
}
