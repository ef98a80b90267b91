//! AWS's managed policies and principals of every form, as people use them. Facts G.8 and H.

use serde_json::{Value, json};

use crate::laboratory::{case, check};
use crate::plan::ROLE_ARN;

const FULL: &str = "arn:aws:iam::aws:policy/AmazonSageMakerFullAccess";
const READ_ONLY: &str = "arn:aws:iam::aws:policy/AmazonSageMakerReadOnly";
const ADMINISTRATOR: &str = "arn:aws:iam::aws:policy/AdministratorAccess";

#[test]
fn callers() {
    let with =
        |arn: &str| vec![("/caller", json!(["Allow codecommit:ListRepositories"])), ("/callerManaged", json!(arn))];
    check(&[
        case("full access", &with(FULL), &[], ""),
        case("administrator", &with(ADMINISTRATOR), &[], ""),
        case("read only", &with(READ_ONLY), &[], "AccessDeniedException: sagemaker:CreateTrainingJob"),
        case("full access with tags", &with(FULL), &[("/Tags", json!([{ "Key": "a", "Value": "b" }]))], ""),
    ]);
}

#[test]
fn roles() {
    let full = |rest: Vec<(&'static str, Value)>| {
        let mut world = vec![("/role", json!(["Allow codecommit:ListRepositories"])), ("/roleManaged", json!(FULL))];
        world.extend(rest);
        world
    };
    let named = |input: &str, output: &str| {
        let place = |bucket: &str| format!("s3://{bucket}/train/");
        vec![
            ("/InputDataConfig/0/DataSource/S3DataSource/S3Uri", json!(place(input))),
            ("/OutputDataConfig/S3OutputPath", json!(place(output))),
        ]
    };
    let ours = vec![("/input/Name", json!("my-sagemaker-bucket"))];
    let tagged = json!([{ "Key": "train/data.csv", "TagSet": [{ "Key": "SAGEMAKER", "Value": "TRUE" }] }]);
    let read = "ValidationException: s3:GetObject on resource: \"arn:aws:s3:::inputbucket/train/data.csv\" because no identity-based policy allows";
    let write = "ValidationException: s3:PutObject on resource: \"arn:aws:s3:::outputbucket/";
    check(&[
        case("a bucket with the name", &full(ours.clone()), &named("my-sagemaker-bucket", "my-sagemaker-bucket"), ""),
        case("a bucket without", &full(vec![]), &[], read),
        case("tagged objects in a bucket without", &full(vec![("/input/Objects", tagged)]), &[], write),
        case("an output without the name", &full(ours), &named("my-sagemaker-bucket", "outputbucket"), write),
        case(
            "administrator",
            &[("/role", json!(["Allow codecommit:ListRepositories"])), ("/roleManaged", json!(ADMINISTRATOR))],
            &[],
            "",
        ),
    ]);
}

#[test]
fn trusted_principals() {
    let assume = "ValidationException: Could not assume role";
    let trust = |principal: &str| vec![("/trust", json!([format!("Allow sts:AssumeRole by {principal}")]))];
    check(&[
        case("everybody", &trust(r#""*""#), &[], ""),
        case("several kinds", &trust(r#"{"AWS":"000000000000","Service":"sagemaker.amazonaws.com"}"#), &[], ""),
        case("a service of another name", &trust(r#"{"Service":"sagemaker.amazonaws.com.cn"}"#), &[], assume),
        case("an identity provider", &trust(r#"{"Federated":"accounts.google.com"}"#), &[], assume),
    ]);
}

/// Buckets that deny everybody but some: the role's session is told by every name that it has.
#[test]
fn who_the_session_is() {
    let denied = "ValidationException: with an explicit deny in a resource-based policy";
    let session = "arn:aws:sts::000000000000:assumed-role/TrainingRole/SageMaker";
    let spare = |key: &str, operator: &str, value: &str| {
        let condition = format!(r#"{{"{operator}":{{"{key}":"{value}"}}}}"#);
        vec![
            (
                "/input/Policy",
                json!([format!(r#"Deny s3:GetObject on arn:aws:s3:::inputbucket/* by "*" if {condition}"#)]),
            ),
            ("/roleTags", json!([{ "Key": "team", "Value": "blue" }])),
        ]
    };
    check(&[
        case("its role's ARN", &spare("aws:PrincipalArn", "ArnNotEquals", ROLE_ARN), &[], ""),
        case("its role's ARN by pattern", &spare("aws:PrincipalArn", "ArnNotLike", "arn:aws:iam::*:role/Tr*"), &[], ""),
        case("its own ARN is not the key's", &spare("aws:PrincipalArn", "ArnNotEquals", session), &[], denied),
        case("its account", &spare("aws:PrincipalAccount", "StringNotEquals", "000000000000"), &[], ""),
        case("its type", &spare("aws:PrincipalType", "StringNotEquals", "AssumedRole"), &[], ""),
        case("its tag", &spare("aws:PrincipalTag/team", "StringNotEquals", "blue"), &[], ""),
        case("another tag", &spare("aws:PrincipalTag/team", "StringNotEquals", "red"), &[], denied),
        case("its session's name", &spare("aws:userid", "StringNotLike", "*:SageMaker"), &[], ""),
        case("it is nobody's name", &spare("aws:username", "StringNotEquals", "ann"), &[], denied),
        case("it is no service", &spare("aws:PrincipalIsAWSService", "Bool", "false"), &[], denied),
        case("its region", &spare("aws:RequestedRegion", "StringNotEquals", "us-east-1"), &[], ""),
    ]);
    let not_principal = |names: Value| {
        vec![(
            "/input/Policy",
            json!([{ "Effect": "Deny", "NotPrincipal": { "AWS": names }, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::inputbucket/*" }]),
        )]
    };
    check(&[
        case("all but it", &not_principal(json!([ROLE_ARN, session, "arn:aws:iam::000000000000:root"])), &[], ""),
        case("all but another", &not_principal(json!(["arn:aws:iam::000000000000:role/Other"])), &[], denied),
    ]);
}
