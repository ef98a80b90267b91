//! What the execution role must reach: inputs and images. Facts C.

use serde_json::json;

use crate::laboratory::{case, check, rows};
use crate::plan::ROLE_ARN;

const NO_OBJECTS: &str =
    "ValidationException: No S3 objects found under S3 URL \"s3://inputbucket/train/\" given in input data source.";
const NO_IMAGE: &str =
    "ValidationException: Access denied for repository: my-repo in registry ID: 000000000000. Please check";
const SESSION: &str =
    "User: arn:aws:sts::000000000000:assumed-role/TrainingRole/SageMaker is not authorized to perform: ";

fn may_not(rest: &str) -> String {
    format!("ValidationException: {SESSION}{rest}")
}

#[test]
fn inputs() {
    let read = may_not(
        "s3:GetObject on resource: \"arn:aws:s3:::inputbucket/train/data.csv\" because no identity-based policy allows \
         the s3:GetObject action",
    );
    let explicit = may_not(
        "s3:GetObject on resource: \"arn:aws:s3:::inputbucket/train/data.csv\" with an explicit deny in a resource-based policy",
    );
    let tagged = json!([{ "Key": "train/data.csv", "Size": 1, "TagSet": [{ "Key": "SageMaker", "Value": "true" }] }]);
    rows(&[
        ("no list", "/role/find", json!(null), NO_OBJECTS),
        ("list of another bucket", "/role/find", json!("Allow s3:ListBucket on arn:aws:s3:::outputbucket"), NO_OBJECTS),
        ("list on the objects", "/role/find", json!("Allow s3:ListBucket on arn:aws:s3:::inputbucket/*"), NO_OBJECTS),
        (
            "list of the prefix",
            "/role/find",
            json!(r#"Allow s3:ListBucket on arn:aws:s3:::inputbucket if {"StringLike":{"s3:prefix":"train/*"}}"#),
            "",
        ),
        (
            "list of another prefix",
            "/role/find",
            json!(r#"Allow s3:ListBucket on arn:aws:s3:::inputbucket if {"StringLike":{"s3:prefix":"test/*"}}"#),
            NO_OBJECTS,
        ),
        ("no read", "/role/read", json!(null), &read),
        ("read of another key", "/role/read", json!("Allow s3:GetObject on arn:aws:s3:::inputbucket/test/*"), &read),
        ("read of this key", "/role/read", json!("Allow s3:GetObject on arn:aws:s3:::inputbucket/train/data.csv"), ""),
        ("read by pattern", "/role/read", json!("Allow s3:Get* on arn:aws:s3:::input*"), ""),
        ("read of the bucket", "/role/read", json!("Allow s3:GetObject on arn:aws:s3:::inputbucket"), &read),
        ("no bucket", "/input", json!(null), NO_OBJECTS),
        ("another region", "/input/Region", json!("eu-west-1"), NO_OBJECTS),
        ("no objects", "/input/Objects", json!([]), NO_OBJECTS),
        ("objects elsewhere", "/input/Objects", json!([{ "Key": "test/data.csv" }]), NO_OBJECTS),
        (
            "one of two may not be read",
            "/input/Objects",
            json!([{ "Key": "train/a", "Size": 1 }, { "Key": "train/data.csv", "Size": 1 }]),
            "",
        ),
        (
            "the bucket lets the role in",
            "/input/Policy",
            json!([format!(
                r#"Allow s3:* on arn:aws:s3:::inputbucket,arn:aws:s3:::inputbucket/* by {{"AWS":"{ROLE_ARN}"}}"#
            )]),
            "",
        ),
        (
            "the bucket denies the role",
            "/input/Policy",
            json!([format!(r#"Deny s3:GetObject on arn:aws:s3:::inputbucket/* by {{"AWS":"{ROLE_ARN}"}}"#)]),
            &explicit,
        ),
        (
            "the bucket denies everybody",
            "/input/Policy",
            json!([r#"Deny s3:GetObject on arn:aws:s3:::inputbucket/* by "*""#]),
            &explicit,
        ),
        (
            "the bucket denies the list",
            "/input/Policy",
            json!([r#"Deny s3:ListBucket on arn:aws:s3:::inputbucket by "*""#]),
            NO_OBJECTS,
        ),
        (
            "the bucket wants TLS",
            "/input/Policy",
            json!([
                r#"Deny s3:* on arn:aws:s3:::inputbucket,arn:aws:s3:::inputbucket/* by "*" if {"Bool":{"aws:SecureTransport":"false"}}"#
            ]),
            "",
        ),
        (
            "the bucket denies other roles",
            "/input/Policy",
            json!([format!(
                r#"Deny s3:* on arn:aws:s3:::inputbucket/* by "*" if {{"StringNotEquals":{{"aws:PrincipalArn":"{ROLE_ARN}"}}}}"#
            )]),
            "",
        ),
        (
            "the bucket wants an endpoint",
            "/input/Policy",
            json!([
                r#"Deny s3:* on arn:aws:s3:::inputbucket/* by "*" if {"StringNotEquals":{"aws:sourceVpce":"vpce-1"}}"#
            ]),
            &explicit,
        ),
        (
            "a condition on the region",
            "/role/read",
            json!(r#"Allow s3:GetObject if {"StringEquals":{"aws:RequestedRegion":"us-east-1"}}"#),
            "",
        ),
        (
            "a condition on the owner",
            "/role/read",
            json!(r#"Allow s3:GetObject if {"StringEquals":{"aws:ResourceAccount":"000000000000"}}"#),
            "",
        ),
        (
            "a condition on another owner",
            "/role/read",
            json!(r#"Allow s3:GetObject if {"StringEquals":{"s3:ResourceAccount":"111122223333"}}"#),
            &read,
        ),
    ]);
    let tag = json!(r#"Allow s3:GetObject if {"StringEqualsIgnoreCase":{"s3:ExistingObjectTag/SageMaker":"TRUE"}}"#);
    check(&[
        case("tagged objects", &[("/role/read", tag.clone()), ("/input/Objects", tagged)], &[], ""),
        case("objects without the tag", &[("/role/read", tag)], &[], &read),
        case(
            "the bucket alone lets the role in",
            &[
                ("/role/read", json!(null)),
                ("/role/find", json!(null)),
                (
                    "/input/Policy",
                    json!([format!(
                        r#"Allow s3:* on arn:aws:s3:::inputbucket,arn:aws:s3:::inputbucket/* by {{"AWS":"{ROLE_ARN}"}}"#
                    )]),
                ),
            ],
            &[],
            "",
        ),
        case(
            "the bucket lets the account in, which is not enough",
            &[
                ("/role/read", json!(null)),
                (
                    "/input/Policy",
                    json!([
                        r#"Allow s3:* on arn:aws:s3:::inputbucket,arn:aws:s3:::inputbucket/* by {"AWS":"000000000000"}"#
                    ]),
                ),
            ],
            &[],
            &read,
        ),
        case(
            "the bucket lets everybody in",
            &[
                ("/role/read", json!(null)),
                ("/role/find", json!(null)),
                (
                    "/input/Policy",
                    json!([r#"Allow s3:* on arn:aws:s3:::inputbucket,arn:aws:s3:::inputbucket/* by "*""#]),
                ),
            ],
            &[],
            "",
        ),
    ]);
}

#[test]
fn images() {
    let account = "000000000000.dkr.ecr.us-east-1.amazonaws.com";
    let image = |uri: String| [("/AlgorithmSpecification/TrainingImage", json!(uri))];
    rows(&[
        ("no pull", "/role/pull", json!(null), NO_IMAGE),
        (
            "no manifest",
            "/role/pull",
            json!("Allow ecr:BatchCheckLayerAvailability,ecr:GetDownloadUrlForLayer"),
            NO_IMAGE,
        ),
        ("no layers", "/role/pull", json!("Allow ecr:BatchGetImage"), NO_IMAGE),
        ("the seed's scoped ARN", "/role/pull", json!("Allow ecr:* on arn:aws:ecr:::repository/my-repo"), NO_IMAGE),
        (
            "another repository",
            "/role/pull",
            json!("Allow ecr:* on arn:aws:ecr:us-east-1:000000000000:repository/other"),
            NO_IMAGE,
        ),
        ("no token", "/role/registry", json!(null), "ValidationException"),
        (
            "a token for one repository",
            "/role/registry",
            json!("Allow ecr:GetAuthorizationToken on arn:aws:ecr:us-east-1:000000000000:repository/my-repo"),
            "ValidationException",
        ),
        ("no repository", "/repository", json!(null), NO_IMAGE),
        ("no such tag", "/repository/imageTags", json!(["v1"]), NO_IMAGE),
        (
            "a repository that denies",
            "/repository/policyText",
            json!([{ "Effect": "Deny", "Principal": "*", "Action": "ecr:BatchGetImage" }]),
            NO_IMAGE,
        ),
        (
            "a repository that lets the role in",
            "/repository/policyText",
            json!([{ "Effect": "Allow", "Principal": { "AWS": ROLE_ARN }, "Action": "ecr:*" }]),
            "",
        ),
    ]);
    check(&[
        case("no tag is latest", &[], &image(format!("{account}/my-repo")), ""),
        case("another tag", &[], &image(format!("{account}/my-repo:v2")), NO_IMAGE),
        case("no ECR", &[], &image("docker.io/library/python:3".to_owned()), "ValidationException: Invalid image URI"),
        case(
            "one of AWS's images needs no policy of a repository",
            &[("/role/pull", json!("Allow ecr:*"))],
            &image("763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-training:2.0".to_owned()),
            "",
        ),
        case(
            "one of AWS's images still needs the role's",
            &[],
            &image("763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-training:2.0".to_owned()),
            "ValidationException: Access denied for repository: pytorch-training in registry ID: 763104351884.",
        ),
    ]);
}
