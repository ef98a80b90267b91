//! What the execution role must be: assumable by SageMaker, and allowed what the request implies. Facts C.

use serde_json::json;

use crate::laboratory::{case, check, rows};
use crate::plan::ROLE_ARN;

const ASSUME: &str = "ValidationException: Could not assume role arn:aws:iam::000000000000:role/TrainingRole. Please \
                      ensure that the role exists and allows principal 'sagemaker.amazonaws.com' to assume the role.";
const NO_IMAGE: &str =
    "ValidationException: Access denied for repository: my-repo in registry ID: 000000000000. Please check";
const SESSION: &str =
    "User: arn:aws:sts::000000000000:assumed-role/TrainingRole/SageMaker is not authorized to perform: ";

fn may_not(rest: &str) -> String {
    format!("ValidationException: {SESSION}{rest}")
}

#[test]
fn trust() {
    let service =
        |condition: &str| format!(r#"Allow sts:AssumeRole by {{"Service":"sagemaker.amazonaws.com"}} if {condition}"#);
    let rules = |condition: &str| json!({ "conditioned": service(condition) });
    let place = "/trust";
    rows(&[
        ("another service", place, json!([r#"Allow sts:AssumeRole by {"Service":"ec2.amazonaws.com"}"#]), ASSUME),
        (
            "one of several",
            place,
            json!([r#"Allow sts:AssumeRole by {"Service":["ec2.amazonaws.com","sagemaker.amazonaws.com"]}"#]),
            "",
        ),
        (
            "a regional form is none",
            place,
            json!([r#"Allow sts:AssumeRole by {"Service":"sagemaker.us-east-1.amazonaws.com"}"#]),
            ASSUME,
        ),
        (
            "its own account",
            place,
            json!([r#"Allow sts:AssumeRole by {"AWS":"arn:aws:iam::000000000000:root"}"#]),
            ASSUME,
        ),
        (
            "its own user",
            place,
            json!([r#"Allow sts:AssumeRole by {"AWS":"arn:aws:iam::000000000000:user/ann"}"#]),
            ASSUME,
        ),
        ("another action", place, json!([r#"Allow sts:TagSession by {"Service":"sagemaker.amazonaws.com"}"#]), ASSUME),
        ("every action of STS", place, json!([r#"Allow sts:* by {"Service":"sagemaker.amazonaws.com"}"#]), ""),
        (
            "denied beside",
            "/trust/deny",
            json!(r#"Deny sts:AssumeRole by {"Service":"sagemaker.amazonaws.com"}"#),
            ASSUME,
        ),
        ("this account's jobs", place, rules(r#"{"StringEquals":{"aws:SourceAccount":"000000000000"}}"#), ""),
        ("another account's jobs", place, rules(r#"{"StringEquals":{"aws:SourceAccount":"111122223333"}}"#), ASSUME),
        (
            "any training job",
            place,
            rules(r#"{"ArnLike":{"aws:SourceArn":"arn:aws:sagemaker:*:000000000000:training-job/*"}}"#),
            "",
        ),
        (
            "this training job",
            place,
            rules(r#"{"ArnEquals":{"aws:SourceArn":"arn:aws:sagemaker:us-east-1:000000000000:training-job/my-job"}}"#),
            "",
        ),
        (
            "another region's",
            place,
            rules(r#"{"ArnLike":{"aws:SourceArn":"arn:aws:sagemaker:eu-west-1:000000000000:training-job/*"}}"#),
            ASSUME,
        ),
        (
            "processing jobs",
            place,
            rules(r#"{"ArnLike":{"aws:SourceArn":"arn:aws:sagemaker:*:*:processing-job/*"}}"#),
            ASSUME,
        ),
        (
            "all of SageMaker",
            place,
            rules(r#"{"ArnLike":{"aws:SourceArn":"arn:aws:sagemaker:us-east-1:000000000000:*"}}"#),
            "",
        ),
        (
            "all of SageMaker as text",
            place,
            rules(r#"{"StringEquals":{"aws:SourceArn":"arn:aws:sagemaker:us-east-1:000000000000:*"}}"#),
            ASSUME,
        ),
        ("an external id", place, rules(r#"{"StringEquals":{"sts:ExternalId":"x"}}"#), ASSUME),
        ("no external id, if there is one", place, rules(r#"{"StringEqualsIfExists":{"sts:ExternalId":"x"}}"#), ""),
    ]);
}

#[test]
fn what_binds_the_role() {
    let boundary = may_not(
        "s3:GetObject on resource: \"arn:aws:s3:::inputbucket/train/data.csv\" because no permissions boundary allows",
    );
    let scp = may_not(
        "s3:PutObject on resource: \"arn:aws:s3:::outputbucket/models/my-job/output/model.tar.gz\" with an explicit deny in a service control policy",
    );
    let rcp = may_not(
        "s3:GetObject on resource: \"arn:aws:s3:::inputbucket/train/data.csv\" with an explicit deny in a resource control policy",
    );
    rows(&[
        ("a boundary that allows it all", "/roleBoundary", json!(["Allow *"]), ""),
        (
            "a boundary without reading",
            "/roleBoundary",
            json!(["Allow s3:ListBucket,s3:PutObject", "Allow ecr:*"]),
            &boundary,
        ),
        ("a boundary without the pull", "/roleBoundary", json!(["Allow s3:*"]), NO_IMAGE),
        ("a boundary does not bind the trust", "/roleBoundary", json!(["Allow s3:*", "Allow ecr:*"]), ""),
        ("an SCP against writing", "/scp", json!(["Allow *", "Deny s3:PutObject"]), &scp),
        (
            "an SCP that spares the role",
            "/scp",
            json!([
                "Allow *",
                format!(r#"Deny s3:PutObject if {{"ArnNotEquals":{{"aws:PrincipalArn":"{ROLE_ARN}"}}}}"#)
            ]),
            "",
        ),
        ("an RCP against reading", "/rcp", json!([r#"Deny s3:GetObject by "*""#]), &rcp),
        (
            "an RCP that spares the organization's",
            "/rcp",
            json!([r#"Deny s3:GetObject by "*" if {"StringNotEquals":{"aws:PrincipalAccount":"000000000000"}}"#]),
            "",
        ),
        (
            "an RCP on the assumption",
            "/rcp",
            json!([r#"Deny sts:AssumeRole on * by "*" if {"StringNotEquals":{"aws:SourceAccount":"000000000000"}}"#]),
            "",
        ),
        ("an RCP against the assumption", "/rcp", json!([r#"Deny sts:AssumeRole on * by "*""#]), ASSUME),
    ]);
}

#[test]
fn networks_and_file_systems() {
    let vpc = [("/VpcConfig", json!({ "SecurityGroupIds": ["sg-0123abcd"], "Subnets": ["subnet-0a1b2c3d"] }))];
    let every = "Allow ec2:*";
    let describe = may_not(
        "ec2:DescribeNetworkInterfaces because no identity-based policy allows the ec2:DescribeNetworkInterfaces action",
    );
    let file_system = |id: &str, kind: &str, mode: &str| {
        let source = json!({ "FileSystemId": id, "FileSystemType": kind, "FileSystemAccessMode": mode, "DirectoryPath": "/data" });
        [vpc[0].clone(), ("/InputDataConfig/0/DataSource", json!({ "FileSystemDataSource": source }))]
    };
    let missing_subnet =
        [("/VpcConfig", json!({ "SecurityGroupIds": ["sg-0123abcd"], "Subnets": ["subnet-nowhere"] }))];
    let missing_group = [("/VpcConfig", json!({ "SecurityGroupIds": ["sg-nowhere"], "Subnets": ["subnet-0a1b2c3d"] }))];
    let conditioned =
        r#"Allow ec2:* if {"StringEquals":{"ec2:Vpc":"arn:aws:ec2:us-east-1:000000000000:vpc/vpc-111bbaaa"}}"#;
    let only_subnet = "Allow ec2:CreateNetworkInterface on arn:aws:ec2:*:*:subnet/*";
    check(&[
        case("no EC2", &[], &vpc, &describe),
        case("all of EC2", &[("/role/network", json!(every))], &vpc, ""),
        case("conditioned describe", &[("/role/network", json!(conditioned))], &vpc, &describe),
        case(
            "interfaces in subnets only",
            &[("/role/network", json!("Allow ec2:Describe*")), ("/role/create", json!(only_subnet))],
            &vpc,
            "ValidationException: ec2:CreateNetworkInterface on resource: arn:aws:ec2:us-east-1:000000000000:network-interface/*",
        ),
        case(
            "no such subnet",
            &[("/role/network", json!(every))],
            &missing_subnet,
            "ValidationException: The subnet ID 'subnet-nowhere' does not exist",
        ),
        case(
            "no such group",
            &[("/role/network", json!(every))],
            &missing_group,
            "ValidationException: The security group 'sg-nowhere' does not exist",
        ),
        case(
            "EFS to read",
            &[("/role/network", json!(every)), ("/role/efs", json!("Allow elasticfilesystem:ClientMount"))],
            &file_system("fs-0123456789abcdef0", "EFS", "ro"),
            "",
        ),
        case(
            "FSx to write",
            &[("/role/network", json!(every)), ("/role/efs", json!("Allow elasticfilesystem:*,fsx:*"))],
            &file_system("fs-aaaaaaaaaaaaaaaaa", "FSxLustre", "rw"),
            "",
        ),
        case(
            "no such file system",
            &[("/role/network", json!(every)), ("/role/efs", json!("Allow *"))],
            &file_system("fs-99999999", "EFS", "ro"),
            "ValidationException: fs-99999999",
        ),
    ]);
}
