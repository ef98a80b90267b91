//! What the execution role must write, and the keys that it takes. Facts C.

use serde_json::json;

use crate::laboratory::{case, check, rows};
use crate::plan::{KEY_ARN, KEY_ID, ROLE_ARN};

const SESSION: &str =
    "User: arn:aws:sts::000000000000:assumed-role/TrainingRole/SageMaker is not authorized to perform: ";

fn may_not(rest: &str) -> String {
    format!("ValidationException: {SESSION}{rest}")
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
    rows(&[
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
    ]);
    let keys = format!("Allow kms:* on {KEY_ARN}");
    let with_key = [("/OutputDataConfig/KmsKeyId", json!(KEY_ID))];
    check(&[
        case(
            "encrypted as the bucket wants",
            &[("/role/keys", json!(keys)), ("/output/Policy", json!([kms]))],
            &with_key,
            "",
        ),
        case(
            "with the key that it wants",
            &[("/role/keys", json!(keys)), ("/output/Policy", json!([this_key]))],
            &with_key,
            "",
        ),
        case(
            "without the key that it wants",
            &[("/role/keys", json!(keys)), ("/output/Policy", json!([this_key]))],
            &[],
            &denied,
        ),
        case("a path at the top", &[], &[("/OutputDataConfig/S3OutputPath", json!("s3://outputbucket"))], ""),
        case(
            "checkpoints elsewhere",
            &[],
            &[("/CheckpointConfig", json!({ "S3Uri": "s3://inputbucket/checkpoints" }))],
            &may_not("s3:PutObject on resource: \"arn:aws:s3:::inputbucket/checkpoints/"),
        ),
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
        case("no encrypt", &[], &output(KEY_ID), &encrypt),
        case("by id", &[full.clone()], &output(KEY_ID), ""),
        case("by ARN", &[full.clone()], &output(KEY_ARN), ""),
        case("by alias", &[full.clone()], &output("alias/training"), ""),
        case("by alias ARN", &[full.clone()], &output("arn:aws:kms:us-east-1:000000000000:alias/training"), ""),
        case("S3's own key", &[], &output("alias/aws/s3"), ""),
        case(
            "no such alias",
            &[full.clone()],
            &output("alias/nothing"),
            "ValidationException: Alias arn:aws:kms:us-east-1:000000000000:alias/nothing is not found.",
        ),
        case(
            "no such key",
            &[full.clone()],
            &output("99999999-6b7a-4c88-9f10-2a54c1b0e7d3"),
            "ValidationException: does not exist",
        ),
        case("the key's policy alone", &[to_role.clone()], &output(KEY_ID), ""),
        case(
            "the role alone",
            &[full.clone(), ("/key/Policy", json!([r#"Allow kms:* by {"AWS":"arn:aws:iam::000000000000:user/ann"}"#]))],
            &output(KEY_ID),
            "ValidationException: because no resource-based policy allows the kms:Encrypt action",
        ),
        case(
            "disabled",
            &[full.clone(), ("/key/KeyState", json!("Disabled"))],
            &output(KEY_ID),
            "ValidationException: is disabled.",
        ),
        case(
            "pending deletion",
            &[full.clone(), ("/key/KeyState", json!("PendingDeletion"))],
            &output(KEY_ID),
            "ValidationException: is pending deletion.",
        ),
        case("through S3", &[("/role/keys", json!(region))], &output(KEY_ID), ""),
        case("not through SageMaker", &[("/role/keys", json!(sagemaker))], &output(KEY_ID), &encrypt),
        case("encrypted input without decrypt", &[encrypted.clone()], &[], &decrypt),
        case("encrypted input with decrypt", &[encrypted.clone(), ("/role/keys", allow("kms:Decrypt"))], &[], ""),
        case("the bucket's key without the right", &[default.clone()], &[], &generate),
        case("the bucket's key", &[default.clone(), ("/role/keys", allow("kms:GenerateDataKey"))], &[], ""),
        case("volume without a grant", &[], &volume, &grant),
        case("volume with the role's grant", &[("/role/keys", allow("kms:CreateGrant"))], &volume, ""),
        case("volume with the caller's grant", &[caller], &volume, ""),
        case("a grant for AWS's resources", &[("/role/keys", json!(for_aws))], &volume, ""),
        case(
            "volume of an instance with its own disks",
            &[full],
            &[
                ("/ResourceConfig/VolumeKmsKeyId", json!(KEY_ID)),
                ("/ResourceConfig/InstanceType", json!("ml.g5.xlarge")),
            ],
            "ValidationException: KMS key is not supported for NVMe instance storage",
        ),
    ]);
}

/// S3 tells KMS which object it is about.
#[test]
fn encryption_contexts() {
    let decrypt = may_not(&format!("kms:Decrypt on resource: {KEY_ARN} because no"));
    let encrypt = may_not(&format!("kms:Encrypt on resource: {KEY_ARN} because no"));
    let object = |key: &str| json!({ "Key": key, "Size": 1, "SSEKMSKeyId": KEY_ARN });
    let one = ("/input/Objects", json!([object("train/data.csv")]));
    let two = ("/input/Objects", json!([object("train/data.csv"), object("train/more.csv")]));
    let with = |pattern: &str| {
        let condition = format!(r#"{{"StringLike":{{"kms:EncryptionContext:aws:s3:arn":"{pattern}"}}}}"#);
        ("/role/keys", json!(format!("Allow kms:* on {KEY_ARN} if {condition}")))
    };
    let bucket_key =
        ("/input/Encryption", json!({ "SSEAlgorithm": "aws:kms", "KMSMasterKeyID": KEY_ID, "BucketKeyEnabled": true }));
    let output = [("/OutputDataConfig/KmsKeyId", json!(KEY_ID))];
    let first = "arn:aws:s3:::inputbucket/train/data.csv";
    check(&[
        case("the object", &[one.clone(), with(first)], &[], ""),
        case("every object", &[two.clone(), with("arn:aws:s3:::inputbucket/*")], &[], ""),
        case("one object of two", &[two.clone(), with(first)], &[], &decrypt),
        case("objects elsewhere", &[one.clone(), with("arn:aws:s3:::other/*")], &[], &decrypt),
        case(
            "the bucket for its objects",
            &[two.clone(), bucket_key.clone(), with("arn:aws:s3:::inputbucket")],
            &[],
            "",
        ),
        case("objects under a bucket key", &[two, bucket_key, with("arn:aws:s3:::inputbucket/*")], &[], &decrypt),
        case("the output", &[with("arn:aws:s3:::outputbucket/models/*")], &output, ""),
        case("another output", &[with("arn:aws:s3:::outputbucket/data/*")], &output, &encrypt),
    ]);
}
