//! What the execution role must be: assumable by SageMaker, and allowed what the request implies. Facts C.

use serde_json::{Value, json};

use crate::laboratory::{Case, check};
use crate::plan::{KEY_ARN, KEY_ID, ROLE_ARN};

const ASSUME: &str = "ValidationException: Could not assume role arn:aws:iam::000000000000:role/TrainingRole. Please \
                      ensure that the role exists and allows principal 'sagemaker.amazonaws.com' to assume the role.";
const NO_OBJECTS: &str =
    "ValidationException: No S3 objects found under S3 URL \"s3://inputbucket/train/\" given in input data source.";
const NO_IMAGE: &str =
    "ValidationException: Access denied for repository: my-repo in registry ID: 000000000000. Please check";
const SESSION: &str =
    "User: arn:aws:sts::000000000000:assumed-role/TrainingRole/SageMaker is not authorized to perform: ";

fn may_not(rest: &str) -> String {
    format!("ValidationException: {SESSION}{rest}")
}

/// One edit of the world per row.
fn rows(table: &[(&str, &str, Value, &str)], request: &[(&str, Value)]) {
    for (name, place, value, expected) in table {
        check(&[Case { name, world: &[(place, value.clone())], request, expected }]);
    }
}

#[test]
fn trust() {
    let service =
        |condition: &str| format!(r#"Allow sts:AssumeRole by {{"Service":"sagemaker.amazonaws.com"}} if {condition}"#);
    let rules = |condition: &str| json!({ "conditioned": service(condition) });
    let place = "/trust";
    rows(
        &[
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
            (
                "another action",
                place,
                json!([r#"Allow sts:TagSession by {"Service":"sagemaker.amazonaws.com"}"#]),
                ASSUME,
            ),
            ("every action of STS", place, json!([r#"Allow sts:* by {"Service":"sagemaker.amazonaws.com"}"#]), ""),
            (
                "denied beside",
                "/trust/deny",
                json!(r#"Deny sts:AssumeRole by {"Service":"sagemaker.amazonaws.com"}"#),
                ASSUME,
            ),
            ("this account's jobs", place, rules(r#"{"StringEquals":{"aws:SourceAccount":"000000000000"}}"#), ""),
            (
                "another account's jobs",
                place,
                rules(r#"{"StringEquals":{"aws:SourceAccount":"111122223333"}}"#),
                ASSUME,
            ),
            (
                "any training job",
                place,
                rules(r#"{"ArnLike":{"aws:SourceArn":"arn:aws:sagemaker:*:000000000000:training-job/*"}}"#),
                "",
            ),
            (
                "this training job",
                place,
                rules(
                    r#"{"ArnEquals":{"aws:SourceArn":"arn:aws:sagemaker:us-east-1:000000000000:training-job/my-job"}}"#,
                ),
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
        ],
        &[],
    );
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
    rows(
        &[
            ("no list", "/role/find", json!(null), NO_OBJECTS),
            (
                "list of another bucket",
                "/role/find",
                json!("Allow s3:ListBucket on arn:aws:s3:::outputbucket"),
                NO_OBJECTS,
            ),
            (
                "list on the objects",
                "/role/find",
                json!("Allow s3:ListBucket on arn:aws:s3:::inputbucket/*"),
                NO_OBJECTS,
            ),
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
            (
                "read of another key",
                "/role/read",
                json!("Allow s3:GetObject on arn:aws:s3:::inputbucket/test/*"),
                &read,
            ),
            (
                "read of this key",
                "/role/read",
                json!("Allow s3:GetObject on arn:aws:s3:::inputbucket/train/data.csv"),
                "",
            ),
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
        ],
        &[],
    );
    let tag = json!(r#"Allow s3:GetObject if {"StringEqualsIgnoreCase":{"s3:ExistingObjectTag/SageMaker":"TRUE"}}"#);
    check(&[
        Case {
            name: "tagged objects",
            world: &[("/role/read", tag.clone()), ("/input/Objects", tagged)],
            request: &[],
            expected: "",
        },
        Case { name: "objects without the tag", world: &[("/role/read", tag)], request: &[], expected: &read },
        Case {
            name: "the bucket alone lets the role in",
            world: &[
                ("/role/read", json!(null)),
                ("/role/find", json!(null)),
                (
                    "/input/Policy",
                    json!([format!(
                        r#"Allow s3:* on arn:aws:s3:::inputbucket,arn:aws:s3:::inputbucket/* by {{"AWS":"{ROLE_ARN}"}}"#
                    )]),
                ),
            ],
            request: &[],
            expected: "",
        },
        Case {
            name: "the bucket lets the account in, which is not enough",
            world: &[
                ("/role/read", json!(null)),
                (
                    "/input/Policy",
                    json!([
                        r#"Allow s3:* on arn:aws:s3:::inputbucket,arn:aws:s3:::inputbucket/* by {"AWS":"000000000000"}"#
                    ]),
                ),
            ],
            request: &[],
            expected: &read,
        },
        Case {
            name: "the bucket lets everybody in",
            world: &[
                ("/role/read", json!(null)),
                ("/role/find", json!(null)),
                (
                    "/input/Policy",
                    json!([r#"Allow s3:* on arn:aws:s3:::inputbucket,arn:aws:s3:::inputbucket/* by "*""#]),
                ),
            ],
            request: &[],
            expected: "",
        },
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
    rows(
        &[
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
                json!([
                    r#"Deny sts:AssumeRole on * by "*" if {"StringNotEquals":{"aws:SourceAccount":"000000000000"}}"#
                ]),
                "",
            ),
            ("an RCP against the assumption", "/rcp", json!([r#"Deny sts:AssumeRole on * by "*""#]), ASSUME),
        ],
        &[],
    );
}

#[test]
fn images() {
    let account = "000000000000.dkr.ecr.us-east-1.amazonaws.com";
    let image = |uri: String| [("/AlgorithmSpecification/TrainingImage", json!(uri))];
    rows(
        &[
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
        ],
        &[],
    );
    check(&[
        Case { name: "no tag is latest", world: &[], request: &image(format!("{account}/my-repo")), expected: "" },
        Case { name: "another tag", world: &[], request: &image(format!("{account}/my-repo:v2")), expected: NO_IMAGE },
        Case {
            name: "no ECR",
            world: &[],
            request: &image("docker.io/library/python:3".to_owned()),
            expected: "ValidationException: Invalid image URI",
        },
        Case {
            name: "one of AWS's images needs no policy of a repository",
            world: &[("/role/pull", json!("Allow ecr:*"))],
            request: &image("763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-training:2.0".to_owned()),
            expected: "",
        },
        Case {
            name: "one of AWS's images still needs the role's",
            world: &[],
            request: &image("763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-training:2.0".to_owned()),
            expected: "ValidationException: Access denied for repository: pytorch-training in registry ID: 763104351884.",
        },
    ]);
}

#[test]
fn outputs() {
    let write = may_not(
        "s3:PutObject on resource: \"arn:aws:s3:::outputbucket/models/my-job/output/model.tar.gz\" because no \
         identity-based policy allows the s3:PutObject action",
    );
    let denied = may_not(
        "s3:PutObject on resource: \"arn:aws:s3:::outputbucket/models/my-job/output/model.tar.gz\" with an explicit deny in a resource-based policy",
    );
    let kms = r#"Deny s3:PutObject on arn:aws:s3:::outputbucket/* by "*" if {"StringNotEquals":{"s3:x-amz-server-side-encryption":"aws:kms"}}"#;
    let this_key = format!(
        r#"Deny s3:PutObject on arn:aws:s3:::outputbucket/* by "*" if {{"StringNotEquals":{{"s3:x-amz-server-side-encryption-aws-kms-key-id":"{KEY_ARN}"}}}}"#
    );
    rows(
        &[
            ("no write", "/role/write", json!(null), &write),
            (
                "the seed's path without a star",
                "/role/write",
                json!("Allow s3:PutObject on arn:aws:s3:::outputbucket/models"),
                &write,
            ),
            ("below the path", "/role/write", json!("Allow s3:PutObject on arn:aws:s3:::outputbucket/models/*"), ""),
            ("below another", "/role/write", json!("Allow s3:PutObject on arn:aws:s3:::outputbucket/data/*"), &write),
            ("no bucket", "/output", json!(null), "ValidationException: The specified bucket does not exist"),
            (
                "the bucket denies it",
                "/output/Policy",
                json!([r#"Deny s3:PutObject on arn:aws:s3:::outputbucket/* by "*""#]),
                &denied,
            ),
            ("the bucket wants encryption", "/output/Policy", json!([kms]), &denied),
        ],
        &[],
    );
    let keys = format!("Allow kms:* on {KEY_ARN}");
    let with_key = [("/OutputDataConfig/KmsKeyId", json!(KEY_ID))];
    check(&[
        Case {
            name: "encrypted as the bucket wants",
            world: &[("/role/keys", json!(keys)), ("/output/Policy", json!([kms]))],
            request: &with_key,
            expected: "",
        },
        Case {
            name: "with the key that it wants",
            world: &[("/role/keys", json!(keys)), ("/output/Policy", json!([this_key]))],
            request: &with_key,
            expected: "",
        },
        Case {
            name: "without the key that it wants",
            world: &[("/role/keys", json!(keys)), ("/output/Policy", json!([this_key]))],
            request: &[],
            expected: &denied,
        },
        Case {
            name: "a path at the top",
            world: &[],
            request: &[("/OutputDataConfig/S3OutputPath", json!("s3://outputbucket"))],
            expected: "",
        },
        Case {
            name: "checkpoints elsewhere",
            world: &[],
            request: &[("/CheckpointConfig", json!({ "S3Uri": "s3://inputbucket/checkpoints" }))],
            expected: &may_not("s3:PutObject on resource: \"arn:aws:s3:::inputbucket/checkpoints/"),
        },
    ]);
}

#[test]
fn keys() {
    let encrypt = may_not(&format!("kms:Encrypt on resource: {KEY_ARN} because no identity-based policy allows"));
    let decrypt = may_not(&format!("kms:Decrypt on resource: {KEY_ARN} because no"));
    let generate = may_not(&format!("kms:GenerateDataKey on resource: {KEY_ARN} because no"));
    let grant = may_not(&format!("kms:CreateGrant on resource: {KEY_ARN} because no identity-based policy allows"));
    let allow = |actions: &str| json!(format!("Allow {actions} on {KEY_ARN}"));
    let output = |key: &str| [("/OutputDataConfig/KmsKeyId", json!(key))];
    let volume = [("/ResourceConfig/VolumeKmsKeyId", json!(KEY_ID))];
    let encrypted = ("/input/Objects", json!([{ "Key": "train/data.csv", "Size": 1, "SSEKMSKeyId": KEY_ARN }]));
    let default = ("/output/Encryption", json!({ "SSEAlgorithm": "aws:kms", "KMSMasterKeyID": KEY_ID }));
    let full = ("/role/keys", allow("kms:*"));
    let to_role = ("/key/Policy", json!([format!(r#"Allow kms:* by {{"AWS":"{ROLE_ARN}"}}"#)]));
    let caller = ("/caller/keys", allow("kms:CreateGrant,kms:DescribeKey"));
    let region =
        format!(r#"Allow kms:* on {KEY_ARN} if {{"StringEquals":{{"kms:ViaService":"s3.us-east-1.amazonaws.com"}}}}"#);
    let sagemaker = format!(
        r#"Allow kms:* on {KEY_ARN} if {{"StringEquals":{{"kms:ViaService":"sagemaker.us-east-1.amazonaws.com"}}}}"#
    );
    let for_aws = format!(
        r#"Allow kms:CreateGrant,kms:DescribeKey on {KEY_ARN} if {{"Bool":{{"kms:GrantIsForAWSResource":"true"}}}}"#
    );
    check(&[
        Case { name: "no encrypt", world: &[], request: &output(KEY_ID), expected: &encrypt },
        Case { name: "by id", world: &[full.clone()], request: &output(KEY_ID), expected: "" },
        Case { name: "by ARN", world: &[full.clone()], request: &output(KEY_ARN), expected: "" },
        Case { name: "by alias", world: &[full.clone()], request: &output("alias/training"), expected: "" },
        Case {
            name: "by alias ARN",
            world: &[full.clone()],
            request: &output("arn:aws:kms:us-east-1:000000000000:alias/training"),
            expected: "",
        },
        Case { name: "S3's own key", world: &[], request: &output("alias/aws/s3"), expected: "" },
        Case {
            name: "no such alias",
            world: &[full.clone()],
            request: &output("alias/nothing"),
            expected: "ValidationException: Alias arn:aws:kms:us-east-1:000000000000:alias/nothing is not found.",
        },
        Case {
            name: "no such key",
            world: &[full.clone()],
            request: &output("99999999-6b7a-4c88-9f10-2a54c1b0e7d3"),
            expected: "ValidationException: does not exist",
        },
        Case { name: "the key's policy alone", world: &[to_role.clone()], request: &output(KEY_ID), expected: "" },
        Case {
            name: "the role alone",
            world: &[
                full.clone(),
                ("/key/Policy", json!([r#"Allow kms:* by {"AWS":"arn:aws:iam::000000000000:user/ann"}"#])),
            ],
            request: &output(KEY_ID),
            expected: "ValidationException: because no resource-based policy allows the kms:Encrypt action",
        },
        Case {
            name: "disabled",
            world: &[full.clone(), ("/key/KeyState", json!("Disabled"))],
            request: &output(KEY_ID),
            expected: "ValidationException: is disabled.",
        },
        Case {
            name: "pending deletion",
            world: &[full.clone(), ("/key/KeyState", json!("PendingDeletion"))],
            request: &output(KEY_ID),
            expected: "ValidationException: is pending deletion.",
        },
        Case { name: "through S3", world: &[("/role/keys", json!(region))], request: &output(KEY_ID), expected: "" },
        Case {
            name: "not through SageMaker",
            world: &[("/role/keys", json!(sagemaker))],
            request: &output(KEY_ID),
            expected: &encrypt,
        },
        Case { name: "encrypted input without decrypt", world: &[encrypted.clone()], request: &[], expected: &decrypt },
        Case {
            name: "encrypted input with decrypt",
            world: &[encrypted.clone(), ("/role/keys", allow("kms:Decrypt"))],
            request: &[],
            expected: "",
        },
        Case {
            name: "the bucket's key without the right",
            world: &[default.clone()],
            request: &[],
            expected: &generate,
        },
        Case {
            name: "the bucket's key",
            world: &[default.clone(), ("/role/keys", allow("kms:GenerateDataKey"))],
            request: &[],
            expected: "",
        },
        Case { name: "volume without a grant", world: &[], request: &volume, expected: &grant },
        Case {
            name: "volume with the role's grant",
            world: &[("/role/keys", allow("kms:CreateGrant"))],
            request: &volume,
            expected: "",
        },
        Case { name: "volume with the caller's grant", world: &[caller], request: &volume, expected: "" },
        Case {
            name: "a grant for AWS's resources",
            world: &[("/role/keys", json!(for_aws))],
            request: &volume,
            expected: "",
        },
        Case {
            name: "volume of an instance with its own disks",
            world: &[full],
            request: &[
                ("/ResourceConfig/VolumeKmsKeyId", json!(KEY_ID)),
                ("/ResourceConfig/InstanceType", json!("ml.g5.xlarge")),
            ],
            expected: "ValidationException: KMS key is not supported for NVMe instance storage",
        },
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
        Case { name: "no EC2", world: &[], request: &vpc, expected: &describe },
        Case { name: "all of EC2", world: &[("/role/network", json!(every))], request: &vpc, expected: "" },
        Case {
            name: "conditioned describe",
            world: &[("/role/network", json!(conditioned))],
            request: &vpc,
            expected: &describe,
        },
        Case {
            name: "interfaces in subnets only",
            world: &[("/role/network", json!("Allow ec2:Describe*")), ("/role/create", json!(only_subnet))],
            request: &vpc,
            expected: "ValidationException: ec2:CreateNetworkInterface on resource: arn:aws:ec2:us-east-1:000000000000:network-interface/*",
        },
        Case {
            name: "no such subnet",
            world: &[("/role/network", json!(every))],
            request: &missing_subnet,
            expected: "ValidationException: The subnet ID 'subnet-nowhere' does not exist",
        },
        Case {
            name: "no such group",
            world: &[("/role/network", json!(every))],
            request: &missing_group,
            expected: "ValidationException: The security group 'sg-nowhere' does not exist",
        },
        Case {
            name: "EFS to read",
            world: &[("/role/network", json!(every)), ("/role/efs", json!("Allow elasticfilesystem:ClientMount"))],
            request: &file_system("fs-0123456789abcdef0", "EFS", "ro"),
            expected: "",
        },
        Case {
            name: "FSx to write",
            world: &[("/role/network", json!(every)), ("/role/efs", json!("Allow elasticfilesystem:*,fsx:*"))],
            request: &file_system("fs-aaaaaaaaaaaaaaaaa", "FSxLustre", "rw"),
            expected: "",
        },
        Case {
            name: "no such file system",
            world: &[("/role/network", json!(every)), ("/role/efs", json!("Allow *"))],
            request: &file_system("fs-99999999", "EFS", "ro"),
            expected: "ValidationException: fs-99999999",
        },
    ]);
}
