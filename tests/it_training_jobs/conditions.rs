//! The condition keys of CreateTrainingJob, each with a request that it lets through and one that it does not. Facts G.5
//! and G.7.

use serde_json::{Value, json};

use crate::laboratory::{case, check};
use crate::plan::{KEY_ARN, KEY_ID};

/// The condition, the edits of a request that it lets through, and of one that it does not.
type Row<'a> = (&'a str, Vec<(&'a str, Value)>, Vec<(&'a str, Value)>);

fn vpc(subnets: &[&str]) -> Vec<(&'static str, Value)> {
    vec![("/VpcConfig", json!({ "Subnets": subnets, "SecurityGroupIds": ["sg-0123abcd"] }))]
}

fn file_system(member: &str, value: &str) -> Vec<(&'static str, Value)> {
    let mut source = json!({
        "FileSystemId": "fs-0123456789abcdef0", "FileSystemType": "EFS", "FileSystemAccessMode": "ro", "DirectoryPath": "/data",
    });
    source[member] = json!(value);
    let mut edits = vpc(&["subnet-0a1b2c3d"]);
    edits.push(("/InputDataConfig/0/DataSource", json!({ "FileSystemDataSource": source })));
    edits
}

fn instance(name: &str) -> Vec<(&'static str, Value)> {
    vec![("/ResourceConfig/InstanceType", json!(name))]
}

fn groups(names: &[&str]) -> Vec<(&'static str, Value)> {
    let groups: Vec<Value> = names
        .iter()
        .map(|name| json!({ "InstanceType": name, "InstanceCount": 1, "InstanceGroupName": name.replace('.', "-") }))
        .collect();
    vec![("/ResourceConfig", json!({ "InstanceGroups": groups, "VolumeSizeInGB": 1 }))]
}

#[test]
fn every_key() {
    let none = Vec::new;
    let volume = |key: &str| vec![("/ResourceConfig/VolumeKmsKeyId", json!(key))];
    let output = |key: &str| vec![("/OutputDataConfig/KmsKeyId", json!(key))];
    let flag = |member: &'static str, value: bool| vec![(member, json!(value))];
    let key_is = |key: &str| format!(r#"{{"ArnEquals":{{"{key}":"{KEY_ARN}"}}}}"#);
    let (volume_key, volume_key_arn) = (key_is("sagemaker:VolumeKmsKey"), key_is("sagemaker:VolumeKmsKeyArn"));
    let (output_key, output_key_arn) = (key_is("sagemaker:OutputKmsKey"), key_is("sagemaker:OutputKmsKeyArn"));
    let rows: Vec<Row<'_>> = vec![
        (r#"{"ForAllValues:StringLike":{"sagemaker:InstanceTypes":["ml.m5.*"]}}"#, none(), instance("ml.c5.xlarge")),
        (
            r#"{"ForAnyValue:StringEquals":{"sagemaker:InstanceTypes":"ml.c5.xlarge"}}"#,
            instance("ml.c5.xlarge"),
            none(),
        ),
        (
            r#"{"ForAllValues:StringLike":{"sagemaker:InstanceTypes":["ml.m5.*"]}}"#,
            groups(&["ml.m5.large", "ml.m5.xlarge"]),
            groups(&["ml.m5.large", "ml.c5.xlarge"]),
        ),
        (
            r#"{"ForAllValues:StringEquals":{"sagemaker:VpcSubnets":["subnet-0a1b2c3d"]},"Null":{"sagemaker:VpcSubnets":"false"}}"#,
            vpc(&["subnet-0a1b2c3d"]),
            none(),
        ),
        (
            r#"{"ForAllValues:StringEquals":{"sagemaker:VpcSubnets":["subnet-0a1b2c3d"]}}"#,
            none(),
            vpc(&["subnet-0a1b2c3d", "subnet-4e5f6a7b"]),
        ),
        (
            r#"{"ForAnyValue:StringEquals":{"sagemaker:VpcSecurityGroupIds":["sg-0123abcd"]}}"#,
            vpc(&["subnet-0a1b2c3d"]),
            none(),
        ),
        (r#"{"Null":{"sagemaker:VpcSecurityGroupIds":"false"}}"#, vpc(&["subnet-0a1b2c3d"]), none()),
        (&volume_key, volume(KEY_ID), none()),
        (&volume_key, volume("alias/training"), none()),
        (&volume_key_arn, volume(KEY_ARN), none()),
        (r#"{"ArnLike":{"sagemaker:VolumeKmsKey":"*key/0d3e*"}}"#, volume(KEY_ARN), none()),
        (&output_key, output(KEY_ID), none()),
        (&output_key_arn, output("alias/training"), output("alias/aws/s3")),
        (r#"{"Null":{"sagemaker:OutputKmsKeyArn":"false"}}"#, output(KEY_ID), none()),
        (
            r#"{"Bool":{"sagemaker:NetworkIsolation":"true"}}"#,
            flag("/EnableNetworkIsolation", true),
            flag("/EnableNetworkIsolation", false),
        ),
        (r#"{"Bool":{"sagemaker:NetworkIsolation":"true"}}"#, flag("/EnableNetworkIsolation", true), none()),
        (
            r#"{"Bool":{"sagemaker:InterContainerTrafficEncryption":"true"}}"#,
            flag("/EnableInterContainerTrafficEncryption", true),
            none(),
        ),
        (
            r#"{"NumericLessThanEquals":{"sagemaker:MaxRuntimeInSeconds":"3600"}}"#,
            none(),
            vec![("/StoppingCondition/MaxRuntimeInSeconds", json!(3601))],
        ),
        (
            r#"{"NumericLessThanEquals":{"sagemaker:KeepAlivePeriod":600}}"#,
            vec![("/ResourceConfig/KeepAlivePeriodInSeconds", json!(600))],
            vec![("/ResourceConfig/KeepAlivePeriodInSeconds", json!(601))],
        ),
        (
            r#"{"Bool":{"sagemaker:EnableRemoteDebug":"false"}}"#,
            vec![("/RemoteDebugConfig", json!({ "EnableRemoteDebug": false }))],
            vec![("/RemoteDebugConfig", json!({ "EnableRemoteDebug": true }))],
        ),
        (
            r#"{"StringEquals":{"sagemaker:FileSystemId":"fs-0123456789abcdef0"}}"#,
            file_system("FileSystemId", "fs-0123456789abcdef0"),
            file_system("FileSystemId", "fs-0000000000"),
        ),
        (
            r#"{"StringEquals":{"sagemaker:FileSystemType":"EFS"}}"#,
            file_system("FileSystemType", "EFS"),
            file_system("FileSystemType", "FSxLustre"),
        ),
        (
            r#"{"StringEquals":{"sagemaker:FileSystemAccessMode":"ro"}}"#,
            file_system("FileSystemAccessMode", "ro"),
            file_system("FileSystemAccessMode", "rw"),
        ),
        (
            r#"{"StringLike":{"sagemaker:FileSystemDirectoryPath":"/data*"}}"#,
            file_system("DirectoryPath", "/data/train"),
            file_system("DirectoryPath", "/secret"),
        ),
    ];
    for (condition, passes, fails) in rows {
        let world = [
            ("/caller/jobs", json!(format!("Allow sagemaker:CreateTrainingJob if {condition}"))),
            ("/role/everything", json!("Allow *")),
        ];
        let denied = "AccessDeniedException: is not authorized to perform: sagemaker:CreateTrainingJob on resource:";
        check(&[case(condition, &world, &passes, ""), case(condition, &world, &fails, denied)]);
    }
}

#[test]
fn a_key_that_the_action_does_not_have_is_absent() {
    let world =
        |condition: &str| [("/caller/jobs", json!(format!("Allow sagemaker:CreateTrainingJob if {condition}")))];
    for (condition, expected) in [
        (r#"{"Null":{"sagemaker:RootAccess":"true"}}"#, ""),
        (r#"{"StringEquals":{"sagemaker:RootAccess":"Enabled"}}"#, "AccessDeniedException"),
        (r#"{"StringNotEquals":{"sagemaker:RootAccess":"Enabled"}}"#, ""),
        (r#"{"StringEqualsIfExists":{"sagemaker:WorkteamType":"private-crowd"}}"#, ""),
        (r#"{"Null":{"sagemaker:TaggingAction":"true"}}"#, ""),
        (r#"{"StringLike":{"s3:prefix":"*"}}"#, "AccessDeniedException"),
    ] {
        check(&[case(condition, &world(condition), &[], expected)]);
    }
}
