//! What a refused caller is told: AWS's sentence, the layer, the statement, the near miss, and what would help.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::sync::Arc;

use passrole::policy::{
    AttachedPolicy, Context, Decision, Policies, Policy, PolicyType, Request, ResourcePolicy, ResourcePolicyRule,
    decide, explain,
};
use passrole::principal::Principal;
use serde_json::{Value, json};

const ROLE: &str = "arn:aws:iam::111122223333:role/service-role/Exec";
const JOB: &str = "arn:aws:sagemaker:us-east-1:111122223333:training-job/my-job";

fn attached(name: &str, text: &str, policy_type: PolicyType) -> Arc<AttachedPolicy> {
    Arc::new(AttachedPolicy {
        policy: Policy::parse(text, policy_type).unwrap(),
        name: name.to_owned(),
        arn: (name == "Managed").then(|| "arn:aws:iam::111122223333:policy/Managed".to_owned()),
        attached_to: "arn:aws:iam::111122223333:user/team/alice".to_owned(),
    })
}

fn policy(statements: &Value) -> String {
    json!({ "Version": "2012-10-17", "Statement": statements }).to_string()
}

fn alice() -> Principal {
    Principal::User {
        account: "111122223333".parse().unwrap(),
        path: "/team/".to_owned(),
        name: "alice".to_owned(),
        id: "AIDAEXAMPLE".to_owned(),
    }
}

fn ask(text: &str, action: &str, resource: &str, context: &[(&'static str, &str)]) -> Decision {
    let identity = [attached("Managed", text, PolicyType::Identity)];
    let mut keys = Context::new();
    for (key, value) in context {
        keys.set(*key, *value);
    }
    let request = Request { principal: &alice(), action, resource, resource_account: None, context: &keys };
    decide(&request, &Policies { identity: &identity, ..Policies::default() })
}

fn told(decision: &Decision) -> Value {
    serde_json::to_value(explain::explain(decision)).unwrap()
}

#[test]
fn the_sentence_that_aws_says() {
    let decision = ask(&policy(&json!({"Effect":"Allow","Action":"s3:*","Resource":"*"})), "iam:PassRole", ROLE, &[]);
    assert_eq!(
        explain::denial_message(&decision, Some(ROLE)),
        "User: arn:aws:iam::111122223333:user/team/alice is not authorized to perform: iam:PassRole on resource: \
         arn:aws:iam::111122223333:role/service-role/Exec because no identity-based policy allows the iam:PassRole action"
    );
    assert!(explain::denial_message(&decision, None).contains("to perform: iam:PassRole because no"));
}

#[test]
fn a_pass_role_that_is_lacking_names_its_service() {
    let context = [("iam:PassedToService", "sagemaker.amazonaws.com")];
    let decision =
        ask(&policy(&json!({"Effect":"Allow","Action":"s3:*","Resource":"*"})), "iam:PassRole", ROLE, &context);
    let told = told(&decision);
    assert_eq!(
        told["missingStatement"],
        json!({"Effect": "Allow", "Action": "iam:PassRole", "Resource": ROLE,
            "Condition": {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}})
    );
    assert_eq!(told["refusedBy"], "identity-based policy");
    assert_eq!(told["decision"], "implicitDeny");
    assert_eq!(told["addTo"], "an identity-based policy of arn:aws:iam::111122223333:user/team/alice");
}

#[test]
fn a_condition_that_failed_is_told_with_its_values() {
    let statement = json!({"Sid": "Pass", "Effect": "Allow", "Action": "iam:PassRole", "Resource": "*",
        "Condition": {"StringEquals": {"iam:PassedToService": ["glue.amazonaws.com", "ec2.amazonaws.com"]}}});
    for (context, seen) in [
        (vec![("iam:PassedToService", "sagemaker.amazonaws.com")], json!(["sagemaker.amazonaws.com"])),
        (vec![], Value::Null),
    ] {
        let told = told(&ask(&policy(&statement), "iam:PassRole", ROLE, &context));
        let near = &told["nearMisses"][0];
        assert_eq!(near["sid"], "Pass");
        assert_eq!(near["policyArn"], "arn:aws:iam::111122223333:policy/Managed");
        assert_eq!(near["failure"]["element"], "Condition");
        assert_eq!(near["failure"]["operator"], "StringEquals");
        assert_eq!(near["failure"]["key"], "iam:PassedToService");
        assert_eq!(near["failure"]["wanted"], json!(["glue.amazonaws.com", "ec2.amazonaws.com"]));
        assert_eq!(near["failure"]["seen"], seen);
        let identity = told["layers"].as_array().unwrap().iter().find(|l| l["policyType"] == "identity-based policy");
        assert_eq!(identity.unwrap()["policies"][0]["statements"][0]["failures"].as_array().unwrap().len(), 1);
    }
}

#[test]
fn near_misses_name_the_element() {
    let repository = "arn:aws:ecr:us-east-1:111122223333:repository/my-repo";
    for (statement, action, resource, element, word) in [
        (
            json!({"Effect":"Allow","Action":"ecr:BatchGetImage","Resource":"arn:aws:ecr:::repository/my-repo"}),
            "ecr:BatchGetImage",
            repository,
            "Resource",
            "leaves the region empty",
        ),
        (
            json!({"Effect":"Allow","Action":"sagemaker:CreateTrainingJobs","Resource":"*"}),
            "sagemaker:CreateTrainingJob",
            JOB,
            "Action",
            "does not name sagemaker:CreateTrainingJob",
        ),
        (
            json!({"Effect":"Allow","Action":"sagemaker:*","Resource":"arn:aws:sagemaker:*:*:training-job/*"}),
            "sagemaker:ListTrainingJobs",
            "*",
            "Resource",
            "asked on `*`",
        ),
        (
            json!({"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/${aws:username}"}),
            "s3:GetObject",
            "arn:aws:s3:::b/alice",
            "Resource",
            "policy variable `aws:username`, which has no value",
        ),
        (
            json!({"Effect":"Allow","Action":"s3:GetObject","NotResource":"arn:aws:s3:::b/*"}),
            "s3:GetObject",
            "arn:aws:s3:::b/alice",
            "NotResource",
            "leaves arn:aws:s3:::b/alice out",
        ),
    ] {
        let told = told(&ask(&policy(&statement), action, resource, &[]));
        let failure = &told["nearMisses"][0]["failure"];
        assert_eq!(failure["element"], element, "{statement}");
        assert!(failure["reason"].as_str().unwrap().contains(word), "{failure}");
    }
    let far = ask(&policy(&json!({"Effect":"Allow","Action":"ec2:*","Resource":"*"})), "s3:GetObject", "*", &[]);
    assert_eq!(told(&far)["nearMisses"], json!([]));
}

#[test]
fn an_explicit_deny_is_shown_where_it_stands() {
    let text = "{\"Version\": \"2012-10-17\",\n \"Statement\": [\n  {\"Effect\": \"Allow\", \"Action\": \"*\", \"Resource\": \"*\"},\n  \
        {\"Sid\": \"NoJobs\", \"Effect\": \"Deny\", \"Action\": \"sagemaker:Create*\", \"Resource\": \"*\"}]}";
    let decision = ask(text, "sagemaker:CreateTrainingJob", JOB, &[]);
    let told = told(&decision);
    assert_eq!(
        told["missingStatement"],
        json!({"Sid": "NoJobs", "Effect": "Deny", "Action": "sagemaker:Create*", "Resource": "*"})
    );
    let place = &told["standsIn"];
    assert_eq!((place["index"].as_u64(), place["sid"].as_str()), (Some(1), Some("NoJobs")));
    assert_eq!(place["start"], json!({"line": 4, "column": 3}));
    assert_eq!(place["end"]["line"], 4);
    assert!(
        told["summary"]
            .as_str()
            .unwrap()
            .ends_with("statement `NoJobs` of the identity-based policy `Managed` denies it.")
    );
    let reason = "with an explicit deny in an identity-based policy: arn:aws:iam::111122223333:policy/Managed";
    assert_eq!(told["reason"], reason);
}

#[test]
fn every_layer_that_lacks_a_statement_is_told() {
    let identity =
        [attached("I", &policy(&json!({"Effect":"Allow","Action":"ec2:*","Resource":"*"})), PolicyType::Identity)];
    let boundary = attached(
        "B",
        &policy(&json!({"Effect":"Allow","Action":"s3:*","Resource":"*"})),
        PolicyType::PermissionsBoundary,
    );
    let (principal, context) = (alice(), Context::new());
    let request = Request {
        principal: &principal,
        action: "sagemaker:CreateTrainingJob",
        resource: JOB,
        resource_account: None,
        context: &context,
    };
    let decision =
        decide(&request, &Policies { identity: &identity, boundary: Some(&boundary), ..Policies::default() });
    let told = told(&decision);
    assert_eq!(told["refusedBy"], "identity-based policy");
    assert_eq!(told["furtherStatements"][0]["addTo"], "the permissions boundary `B`");
    assert_eq!(told["furtherStatements"][0]["statement"], told["missingStatement"]);
}

#[test]
fn a_trust_policy_lacks_a_principal() {
    let principal = Principal::Service { name: "sagemaker.amazonaws.com".to_owned() };
    let trust = json!({"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"});
    let trust = attached("trust", &policy(&trust), PolicyType::RoleTrust);
    let context = Context::new();
    let request = Request {
        principal: &principal,
        action: "sts:AssumeRole",
        resource: ROLE,
        resource_account: None,
        context: &context,
    };
    let resource = ResourcePolicy { policy: Some(&trust), rule: ResourcePolicyRule::RoleTrust };
    let decision = decide(&request, &Policies { resource: Some(resource), ..Policies::default() });
    let told = told(&decision);
    assert_eq!(
        told["missingStatement"],
        json!({"Effect":"Allow","Principal":{"Service":"sagemaker.amazonaws.com"},"Action":"sts:AssumeRole",
            "Resource":ROLE})
    );
    assert_eq!(told["addTo"], format!("the role trust policy of {ROLE}, where it is written without `Resource`"));
    assert_eq!(told["nearMisses"][0]["failure"]["element"], "Principal");
}

#[test]
fn an_allowed_decision_tells_the_statement_that_allows() {
    let decision =
        ask(&policy(&json!([{"Sid":"One","Effect":"Allow","Action":"s3:*","Resource":"*"}])), "s3:GetObject", "*", &[]);
    let told = told(&decision);
    assert_eq!(told["summary"], "Allowed by statement `One` of the identity-based policy `Managed`.");
    assert!(told.get("missingStatement").is_none());
    let identity = told["layers"].as_array().unwrap().iter().find(|layer| layer["said"] == "allows").unwrap();
    assert_eq!(identity["policies"][0]["statements"][0]["matched"], true);
}
