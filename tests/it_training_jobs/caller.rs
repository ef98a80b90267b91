//! What the caller may: the action, the tags that ride along, the role that is passed.

use serde_json::json;

use crate::laboratory::{case, check};
use crate::plan::ROLE_ARN;

const JOB: &str = "arn:aws:sagemaker:us-east-1:000000000000:training-job/my-job";
const WHO: &str = "AccessDeniedException: User: arn:aws:iam::000000000000:user/ann is not authorized to perform: ";

fn denied(rest: &str) -> String {
    format!("{WHO}{rest}")
}

#[test]
fn the_action() {
    let nothing = denied(&format!(
        "sagemaker:CreateTrainingJob on resource: {JOB} because no identity-based policy allows the \
         sagemaker:CreateTrainingJob action"
    ));
    let explicit = denied(&format!(
        "sagemaker:CreateTrainingJob on resource: {JOB} with an explicit deny in an identity-based policy"
    ));
    let jobs = "/caller/jobs";
    let row = |name, statement: &'static str, expected| (name, statement, expected);
    let table: Vec<(&str, &str, &str)> = vec![
        row("only this action", "Allow sagemaker:CreateTrainingJob", ""),
        row("in any case", "Allow SAGEMAKER:createtrainingjob", ""),
        row("by pattern", "Allow sagemaker:Create*", ""),
        row("by question marks", "Allow sagemaker:Create????????Job", ""),
        row("everything", "Allow *", ""),
        row("another action", "Allow sagemaker:CreateProcessingJob", &nothing),
        row("another service", "Allow s3:*", &nothing),
        row("on this name", "Allow sagemaker:* on arn:aws:sagemaker:us-east-1:000000000000:training-job/my-*", ""),
        row(
            "on another name",
            "Allow sagemaker:* on arn:aws:sagemaker:us-east-1:000000000000:training-job/x-*",
            &nothing,
        ),
        row(
            "on another region",
            "Allow sagemaker:* on arn:aws:sagemaker:eu-west-1:000000000000:training-job/*",
            &nothing,
        ),
        row(
            "on another account",
            "Allow sagemaker:* on arn:aws:sagemaker:us-east-1:111122223333:training-job/*",
            &nothing,
        ),
        row(
            "on another kind",
            "Allow sagemaker:* on arn:aws:sagemaker:us-east-1:000000000000:processing-job/*",
            &nothing,
        ),
        row("without region or account", "Allow sagemaker:* on arn:aws:sagemaker:*:*:training-job/*", ""),
        row(
            "with its own name in a variable",
            "Allow sagemaker:* on arn:aws:sagemaker:us-east-1:000000000000:training-job/${aws:username}-*",
            &nothing,
        ),
        row("in the region", r#"Allow sagemaker:* if {"StringEquals":{"aws:RequestedRegion":"us-east-1"}}"#, ""),
        row(
            "in another region only",
            r#"Allow sagemaker:* if {"StringEquals":{"aws:RequestedRegion":["eu-west-1","eu-central-1"]}}"#,
            &nothing,
        ),
        row("from this network", r#"Allow sagemaker:* if {"IpAddress":{"aws:SourceIp":"127.0.0.0/8"}}"#, ""),
        row(
            "from another network",
            r#"Allow sagemaker:* if {"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}}"#,
            &nothing,
        ),
        row("over TLS", r#"Allow sagemaker:* if {"Bool":{"aws:SecureTransport":"true"}}"#, ""),
        row("with a device", r#"Allow sagemaker:* if {"Bool":{"aws:MultiFactorAuthPresent":"true"}}"#, &nothing),
        row("by name", r#"Allow sagemaker:* if {"StringEquals":{"aws:username":"ann"}}"#, ""),
        row("by another name", r#"Allow sagemaker:* if {"StringEquals":{"aws:username":"bob"}}"#, &nothing),
        row("by ARN", r#"Allow sagemaker:* if {"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:user/a*"}}"#, ""),
        row("by account", r#"Allow sagemaker:* if {"StringEquals":{"aws:PrincipalAccount":"000000000000"}}"#, ""),
        row("by type", r#"Allow sagemaker:* if {"StringEquals":{"aws:PrincipalType":"User"}}"#, ""),
        row(
            "until a time that has come",
            r#"Allow sagemaker:* if {"DateLessThan":{"aws:CurrentTime":"2020-01-01T00:00:00Z"}}"#,
            &nothing,
        ),
        row(
            "from a time that has come",
            r#"Allow sagemaker:* if {"DateGreaterThan":{"aws:CurrentTime":"2020-01-01T00:00:00Z"}}"#,
            "",
        ),
        row("not through a service", r#"Allow sagemaker:* if {"Bool":{"aws:ViaAWSService":"false"}}"#, ""),
        row("from a VPC", r#"Allow sagemaker:* if {"StringEquals":{"aws:SourceVpc":"vpc-111bbaaa"}}"#, &nothing),
        row(
            "for all of no values",
            r#"Allow sagemaker:* if {"ForAllValues:StringEquals":{"aws:sourceVpce":["vpce-1"]}}"#,
            "",
        ),
    ];
    for (name, statement, expected) in table {
        check(&[case(name, &[(jobs, json!(statement))], &[], expected)]);
    }
    let deny = "/caller/deny";
    for (name, statement, expected) in [
        ("denied", "Deny sagemaker:CreateTrainingJob", explicit.as_str()),
        ("denied by pattern", "Deny sagemaker:*Job on arn:aws:sagemaker:*:*:training-job/my-job", &explicit),
        ("denied elsewhere", "Deny sagemaker:* on arn:aws:sagemaker:eu-*:*:training-job/*", ""),
        (
            "denied outside the region",
            r#"Deny * if {"StringNotEquals":{"aws:RequestedRegion":"eu-west-1"}}"#,
            &explicit,
        ),
        (
            "denied without a device",
            r#"Deny sagemaker:* if {"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}"#,
            &explicit,
        ),
        ("denied with no device known", r#"Deny sagemaker:* if {"Bool":{"aws:MultiFactorAuthPresent":"false"}}"#, ""),
        ("no such action", "Deny sagemaker:CreateTags", ""),
    ] {
        check(&[case(name, &[(deny, json!(statement))], &[], expected)]);
    }
}

#[test]
fn the_tags_that_ride_along() {
    let tags = json!([{ "Key": "team", "Value": "blue" }]);
    let no_tagging = denied(&format!(
        "sagemaker:AddTags on resource: {JOB} because no identity-based policy allows the sagemaker:AddTags action"
    ));
    let not_created = denied("sagemaker:CreateTrainingJob");
    let denied_tagging =
        denied(&format!("sagemaker:AddTags on resource: {JOB} with an explicit deny in an identity-based policy"));
    let create = "Allow sagemaker:CreateTrainingJob";
    let table: Vec<(&str, [&str; 2], serde_json::Value, &str)> = vec![
        ("no tags need no AddTags", [create, ""], json!(null), ""),
        ("an empty list needs none", [create, ""], json!([]), ""),
        ("tags need AddTags", [create, ""], tags.clone(), &no_tagging),
        ("both", [create, "Allow sagemaker:AddTags"], tags.clone(), ""),
        ("AddTags denied", ["Allow sagemaker:*", "Deny sagemaker:AddTags"], tags.clone(), &denied_tagging),
        (
            "tagging in this very call",
            [create, r#"Allow sagemaker:AddTags if {"StringEquals":{"sagemaker:TaggingAction":"CreateTrainingJob"}}"#],
            tags.clone(),
            "",
        ),
        (
            "tagging in another call",
            [create, r#"Allow sagemaker:AddTags if {"StringEquals":{"sagemaker:TaggingAction":"CreateModel"}}"#],
            tags.clone(),
            &no_tagging,
        ),
        (
            "a tag that is asked for",
            [
                r#"Allow sagemaker:CreateTrainingJob if {"StringEquals":{"aws:RequestTag/team":"blue"}}"#,
                "Allow sagemaker:AddTags",
            ],
            tags.clone(),
            "",
        ),
        (
            "its key in any case",
            [
                r#"Allow sagemaker:CreateTrainingJob if {"StringEquals":{"aws:RequestTag/TEAM":"blue"}}"#,
                "Allow sagemaker:AddTags",
            ],
            tags.clone(),
            "",
        ),
        (
            "its value in another case",
            [
                r#"Allow sagemaker:CreateTrainingJob if {"StringEquals":{"aws:RequestTag/team":"BLUE"}}"#,
                "Allow sagemaker:AddTags",
            ],
            tags.clone(),
            &not_created,
        ),
        (
            "the tag is missing",
            [
                r#"Allow sagemaker:CreateTrainingJob if {"Null":{"aws:RequestTag/team":"false"}}"#,
                "Allow sagemaker:AddTags",
            ],
            json!([{ "Key": "other", "Value": "x" }]),
            &not_created,
        ),
        (
            "only these keys",
            [create, r#"Allow sagemaker:AddTags if {"ForAllValues:StringEquals":{"aws:TagKeys":["team"]}}"#],
            tags.clone(),
            "",
        ),
        (
            "a key too many",
            [create, r#"Allow sagemaker:AddTags if {"ForAllValues:StringEquals":{"aws:TagKeys":["team"]}}"#],
            json!([{ "Key": "team", "Value": "blue" }, { "Key": "cost", "Value": "1" }]),
            &no_tagging,
        ),
        (
            "the user's own tag",
            [
                r#"Allow sagemaker:CreateTrainingJob if {"StringEquals":{"aws:RequestTag/team":"${aws:PrincipalTag/team}"}}"#,
                "Allow sagemaker:AddTags",
            ],
            tags.clone(),
            "",
        ),
        (
            "not the user's own tag",
            [
                r#"Allow sagemaker:CreateTrainingJob if {"StringEquals":{"aws:RequestTag/team":"${aws:PrincipalTag/team}"}}"#,
                "Allow sagemaker:AddTags",
            ],
            json!([{ "Key": "team", "Value": "red" }]),
            &not_created,
        ),
    ];
    for (name, statements, tags, expected) in table {
        let mut world =
            vec![("/callerTags", json!([{ "Key": "team", "Value": "blue" }])), ("/caller/jobs", json!(statements[0]))];
        if !statements[1].is_empty() {
            world.push(("/caller/tags", json!(statements[1])));
        }
        check(&[case(name, &world, &[("/Tags", tags)], expected)]);
    }
}

#[test]
fn the_role_that_is_passed() {
    let nothing = denied(&format!(
        "iam:PassRole on resource: {ROLE_ARN} because no identity-based policy allows the iam:PassRole action"
    ));
    let when = |condition: &str| format!("Allow iam:PassRole on {ROLE_ARN} if {condition}");
    let table: Vec<(&str, String, &str)> = vec![
        ("not at all", "Allow sagemaker:ListTags".to_owned(), &nothing),
        ("without a condition", format!("Allow iam:PassRole on {ROLE_ARN}"), ""),
        ("any role", "Allow iam:PassRole".to_owned(), ""),
        ("all of IAM", "Allow iam:*".to_owned(), ""),
        ("by pattern", "Allow iam:PassRole on arn:aws:iam::000000000000:role/Training*".to_owned(), ""),
        ("any account", "Allow iam:PassRole on arn:aws:iam::*:role/*".to_owned(), ""),
        ("another role", "Allow iam:PassRole on arn:aws:iam::000000000000:role/Other".to_owned(), &nothing),
        ("another path", "Allow iam:PassRole on arn:aws:iam::000000000000:role/team/*".to_owned(), &nothing),
        (
            "its session",
            "Allow iam:PassRole on arn:aws:sts::000000000000:assumed-role/TrainingRole/*".to_owned(),
            &nothing,
        ),
        ("to EC2 only", when(r#"{"StringEquals":{"iam:PassedToService":"ec2.amazonaws.com"}}"#), &nothing),
        (
            "to one of several",
            when(r#"{"StringEquals":{"iam:PassedToService":["ec2.amazonaws.com","sagemaker.amazonaws.com"]}}"#),
            "",
        ),
        ("to a pattern", when(r#"{"StringLike":{"iam:PassedToService":"sagemaker.*"}}"#), ""),
        (
            "for any job",
            when(r#"{"ArnLike":{"iam:AssociatedResourceArn":"arn:aws:sagemaker:*:*:training-job/*"}}"#),
            "",
        ),
        ("for this job", when(&format!(r#"{{"ArnEquals":{{"iam:AssociatedResourceArn":"{JOB}"}}}}"#)), ""),
        (
            "for another",
            when(r#"{"StringLike":{"iam:AssociatedResourceArn":"arn:aws:sagemaker:*:*:training-job/x*"}}"#),
            &nothing,
        ),
        ("with the role's tag", when(r#"{"StringEquals":{"iam:ResourceTag/use":"training"}}"#), ""),
        ("with the role's tag, globally", when(r#"{"StringEquals":{"aws:ResourceTag/use":"training"}}"#), ""),
        ("with another tag", when(r#"{"StringEquals":{"iam:ResourceTag/use":"serving"}}"#), &nothing),
        ("with a request tag", when(r#"{"StringEquals":{"aws:RequestTag/team":"blue"}}"#), &nothing),
    ];
    for (name, statement, expected) in table {
        let world = [("/roleTags", json!([{ "Key": "use", "Value": "training" }])), ("/caller/pass", json!(statement))];
        let request = [("/Tags", json!([{ "Key": "team", "Value": "blue" }]))];
        check(&[case(name, &world, &request, expected)]);
    }
}

#[test]
fn which_role_is_passed() {
    let path = "arn:aws:iam::000000000000:role/team/blue/TrainingRole";
    let team = "Allow iam:PassRole on arn:aws:iam::000000000000:role/team/*";
    let assume = "ValidationException: Could not assume role ";
    check(&[
        case(
            "with its path",
            &[("/rolePath", json!("/team/blue/")), ("/caller/pass", json!(team))],
            &[("/RoleArn", json!(path))],
            "",
        ),
        case(
            "without its path, there is no such role",
            &[("/rolePath", json!("/team/blue/")), ("/caller/pass", json!("Allow iam:PassRole"))],
            &[],
            assume,
        ),
        case(
            "a role that is not there may still not be passed",
            &[],
            &[("/RoleArn", json!("arn:aws:iam::000000000000:role/Nobody"))],
            &denied("iam:PassRole on resource: arn:aws:iam::000000000000:role/Nobody because"),
        ),
        case(
            "a role that is not there",
            &[("/caller/pass", json!("Allow iam:PassRole"))],
            &[("/RoleArn", json!("arn:aws:iam::000000000000:role/Nobody"))],
            assume,
        ),
        case(
            "a role in another account",
            &[("/caller/pass", json!("Allow iam:PassRole"))],
            &[("/RoleArn", json!("arn:aws:iam::111122223333:role/TheirRole"))],
            "ValidationException: Cross-account pass role is not allowed.",
        ),
        case(
            "a user is no role",
            &[("/caller/pass", json!("Allow iam:PassRole"))],
            &[("/RoleArn", json!("arn:aws:iam::000000000000:user/ann"))],
            "ValidationException: Member must satisfy regular expression pattern",
        ),
    ]);
}

#[test]
fn what_binds_the_caller() {
    let boundary = denied(&format!(
        "sagemaker:CreateTrainingJob on resource: {JOB} because no permissions boundary allows the \
         sagemaker:CreateTrainingJob action"
    ));
    let pass_boundary = denied(&format!(
        "iam:PassRole on resource: {ROLE_ARN} because no permissions boundary allows the iam:PassRole action"
    ));
    let scp = denied(&format!(
        "sagemaker:CreateTrainingJob on resource: {JOB} because no service control policy allows the \
         sagemaker:CreateTrainingJob action"
    ));
    let scp_explicit = denied(&format!(
        "sagemaker:CreateTrainingJob on resource: {JOB} with an explicit deny in a service control policy"
    ));
    let table: Vec<(&str, &str, serde_json::Value, &str)> = vec![
        ("a boundary that allows it", "/callerBoundary", json!(["Allow sagemaker:*", "Allow iam:PassRole"]), ""),
        ("a boundary without the action", "/callerBoundary", json!(["Allow s3:*"]), &boundary),
        ("a boundary without PassRole", "/callerBoundary", json!(["Allow sagemaker:*"]), &pass_boundary),
        (
            "a boundary that denies it",
            "/callerBoundary",
            json!(["Allow *", "Deny sagemaker:Create*"]),
            "AccessDeniedException: with an explicit deny in a permissions boundary",
        ),
        ("an SCP that allows everything", "/scp", json!(["Allow *"]), ""),
        ("an SCP that allows something else", "/scp", json!(["Allow s3:*"]), &scp),
        ("an SCP that denies it", "/scp", json!(["Allow *", "Deny sagemaker:CreateTrainingJob"]), &scp_explicit),
        (
            "an SCP on instance types",
            "/scp",
            json!([
                "Allow *",
                r#"Deny sagemaker:* if {"ForAnyValue:StringNotLike":{"sagemaker:InstanceTypes":["ml.t3.*"]}}"#
            ]),
            &scp_explicit,
        ),
        (
            "an SCP on the region",
            "/scp",
            json!(["Allow *", r#"Deny * if {"StringNotEquals":{"aws:RequestedRegion":["us-east-1"]}}"#]),
            "",
        ),
        ("an RCP does not reach SageMaker", "/rcp", json!([r#"Deny sagemaker:* by "*""#]), ""),
    ];
    for (name, place, policy, expected) in table {
        check(&[case(name, &[(place, policy)], &[], expected)]);
    }
}
