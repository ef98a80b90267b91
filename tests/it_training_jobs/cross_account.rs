//! Buckets, repositories and keys of another account: the role's account and theirs must both allow.

use serde_json::{Value, json};

use crate::laboratory::{case, check};
use crate::plan::{OTHER_KEY_ARN, ROLE_ARN};

const INPUT: &str = "arn:aws:s3:::theirbucket,arn:aws:s3:::theirbucket/*";

fn from_their_bucket() -> Vec<(&'static str, Value)> {
    vec![("/InputDataConfig/0/DataSource/S3DataSource/S3Uri", json!("s3://theirbucket/train/"))]
}

/// What their bucket says, what the role may, and what is answered.
#[test]
fn buckets() {
    let no_objects = "ValidationException: No S3 objects found under S3 URL \"s3://theirbucket/train/\"";
    let reads = "ValidationException: is not authorized to perform: s3:GetObject on resource: \
                 \"arn:aws:s3:::theirbucket/train/data.csv\"";
    let may = format!("Allow s3:ListBucket,s3:GetObject on {INPUT}");
    let by = |principal: &str| json!([format!("Allow s3:* on {INPUT} by {principal}")]);
    let role = by(&format!(r#"{{"AWS":"{ROLE_ARN}"}}"#));
    let list_only = json!([format!(r#"Allow s3:ListBucket on arn:aws:s3:::theirbucket by {{"AWS":"{ROLE_ARN}"}}"#)]);
    let by_account = json!([format!(
        r#"Allow s3:* on {INPUT} by "*" if {{"StringEquals":{{"aws:PrincipalAccount":"000000000000"}}}}"#
    )]);
    let denies = json!([
        format!(r#"Allow s3:* on {INPUT} by "*""#),
        format!(r#"Deny s3:GetObject on {INPUT} by {{"AWS":"arn:aws:iam::000000000000:root"}}"#),
    ]);
    let session = "arn:aws:sts::000000000000:assumed-role/TrainingRole/SageMaker";
    let table: Vec<(&str, Value, bool, &str)> = vec![
        ("no policy", json!(null), true, no_objects),
        ("the role", role.clone(), true, ""),
        ("the role, which itself may not", role, false, no_objects),
        ("the account", by(r#"{"AWS":"arn:aws:iam::000000000000:root"}"#), true, ""),
        ("the account by number", by(r#"{"AWS":"000000000000"}"#), true, ""),
        ("the account, but the role may not", by(r#"{"AWS":"000000000000"}"#), false, no_objects),
        ("everybody", by(r#""*""#), true, ""),
        ("everybody, but the role may not", by(r#"{"AWS":"*"}"#), false, no_objects),
        ("the session", by(&format!(r#"{{"AWS":"{session}"}}"#)), true, ""),
        (
            "another session",
            by(r#"{"AWS":"arn:aws:sts::000000000000:assumed-role/TrainingRole/other"}"#),
            true,
            no_objects,
        ),
        ("SageMaker itself is not the role", by(r#"{"Service":"sagemaker.amazonaws.com"}"#), true, no_objects),
        ("the user is not the role", by(r#"{"AWS":"arn:aws:iam::000000000000:user/ann"}"#), true, no_objects),
        ("by account", by_account, true, ""),
        ("only to list", list_only, true, reads),
        ("all but the account", denies, true, reads),
    ];
    for (name, policy, allowed, expected) in table {
        let mut world = vec![("/other/input/Policy", policy)];
        if allowed {
            world.push(("/role/theirs", json!(may)));
        }
        check(&[case(name, &world, &from_their_bucket(), expected)]);
    }
}

#[test]
fn repositories() {
    let refused = "ValidationException: Access denied for repository: their-repo in registry ID: 111122223333.";
    let pull = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer", "ecr:BatchCheckLayerAvailability"];
    let by = |principal: Value| json!([{ "Effect": "Allow", "Principal": principal, "Action": pull }]);
    let may = ("/role/theirs", json!("Allow ecr:* on arn:aws:ecr:us-east-1:111122223333:repository/their-repo"));
    let image = [(
        "/AlgorithmSpecification/TrainingImage",
        json!("111122223333.dkr.ecr.us-east-1.amazonaws.com/their-repo:latest"),
    )];
    let policy = "/other/repository/policyText";
    check(&[
        case("no policy", &[may.clone()], &image, refused),
        case("the role", &[may.clone(), (policy, by(json!({ "AWS": ROLE_ARN })))], &image, ""),
        case("the role, which itself may not", &[(policy, by(json!({ "AWS": ROLE_ARN })))], &image, refused),
        case(
            "the account",
            &[may.clone(), (policy, by(json!({ "AWS": "arn:aws:iam::000000000000:root" })))],
            &image,
            "",
        ),
        case("everybody", &[may.clone(), (policy, by(json!("*")))], &image, ""),
        case("another account", &[may.clone(), (policy, by(json!({ "AWS": "444455556666" })))], &image, refused),
        case(
            "only part of the pull",
            &[may, (policy, json!([{ "Effect": "Allow", "Principal": "*", "Action": "ecr:BatchGetImage" }]))],
            &image,
            refused,
        ),
    ]);
}

#[test]
fn keys() {
    let request = [("/OutputDataConfig/KmsKeyId", json!(OTHER_KEY_ARN))];
    let may = ("/role/theirs", json!(format!("Allow kms:* on {OTHER_KEY_ARN}")));
    let by = |principal: &str| ("/other/key/Policy", json!([format!("Allow kms:* by {principal}")]));
    let refused = "ValidationException: is not authorized to perform: kms:Encrypt on resource: arn:aws:kms:us-east-1:111122223333:key/";
    check(&[
        case("their own only", &[may.clone()], &request, refused),
        case("the role", &[may.clone(), by(&format!(r#"{{"AWS":"{ROLE_ARN}"}}"#))], &request, ""),
        case("the role, which itself may not", &[by(&format!(r#"{{"AWS":"{ROLE_ARN}"}}"#))], &request, refused),
        case("the account", &[may.clone(), by(r#"{"AWS":"arn:aws:iam::000000000000:root"}"#)], &request, ""),
        case(
            "a bare id is ours",
            &[may.clone(), by(r#"{"AWS":"*"}"#)],
            &[("/OutputDataConfig/KmsKeyId", json!("11111111-6b7a-4c88-9f10-2a54c1b0e7d3"))],
            "ValidationException: does not exist",
        ),
        case(
            "their alias by ARN",
            &[may, by(r#"{"AWS":"000000000000"}"#)],
            &[("/OutputDataConfig/KmsKeyId", json!("arn:aws:kms:us-east-1:111122223333:alias/theirs"))],
            "",
        ),
    ]);
}
