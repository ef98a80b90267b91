//! What one decision costs: as statements grow, and under AmazonSageMakerFullAccess with a boundary and an SCP.

#![allow(clippy::unwrap_used, missing_docs)]

use std::hint::black_box;
use std::sync::Arc;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use passrole::policy::{AttachedPolicy, Context, Policies, Policy, PolicyType, Request, decide};
use passrole::principal::Principal;
use serde_json::{Value, json};

const FULL_ACCESS: &str = include_str!("../fixtures/policies/managed/AmazonSageMakerFullAccess.json");
const ACTION: &str = "sagemaker:CreateTrainingJob";
const RESOURCE: &str = "arn:aws:sagemaker:us-east-1:111122223333:training-job/my-job";

fn attached(text: &str, policy_type: PolicyType) -> Arc<AttachedPolicy> {
    Arc::new(AttachedPolicy {
        policy: Policy::parse(text, policy_type).unwrap(),
        name: "policy".to_owned(),
        arn: Some("arn:aws:iam::111122223333:policy/policy".to_owned()),
        attached_to: "arn:aws:iam::111122223333:user/alice".to_owned(),
    })
}

fn document(statements: &[Value]) -> String {
    json!({ "Version": "2012-10-17", "Statement": statements }).to_string()
}

fn alice() -> Principal {
    Principal::User {
        account: "111122223333".parse().unwrap(),
        path: "/".to_owned(),
        name: "alice".to_owned(),
        id: "AIDAEXAMPLEALICE".to_owned(),
    }
}

/// What the gateway puts into the context of a signed call.
fn context() -> Context {
    let mut context = Context::new();
    for (key, value) in [
        ("aws:PrincipalArn", "arn:aws:iam::111122223333:user/alice"),
        ("aws:PrincipalAccount", "111122223333"),
        ("aws:PrincipalType", "User"),
        ("aws:userid", "AIDAEXAMPLEALICE"),
        ("aws:username", "alice"),
        ("aws:SourceIp", "127.0.0.1"),
        ("aws:SecureTransport", "true"),
        ("aws:UserAgent", "Boto3"),
        ("aws:CurrentTime", "2026-11-22T08:00:00Z"),
        ("aws:EpochTime", "1795334400"),
        ("aws:RequestedRegion", "us-east-1"),
        ("aws:ViaAWSService", "false"),
        ("sagemaker:InstanceTypes", "ml.m5.large"),
        ("sagemaker:MaxRuntimeInSeconds", "3600"),
    ] {
        context.set(key, value);
    }
    context
}

fn ask<'a>(principal: &'a Principal, context: &'a Context) -> Request<'a> {
    Request { principal, action: ACTION, resource: RESOURCE, resource_account: None, context }
}

/// Statements on the asked service with a condition each; only the last one allows.
fn growing(count: usize) -> String {
    let statements: Vec<Value> = (0..count)
        .map(|index| {
            json!({"Sid": format!("S{index}"), "Effect": "Allow",
                "Action": ["sagemaker:CreateTrainingJob", "sagemaker:Describe*", "s3:GetObject"],
                "Resource": [format!("arn:aws:sagemaker:*:*:training-job/team-{index}-*"), "arn:aws:sagemaker:*:*:training-job/my-*"],
                "Condition": {"StringEquals": {"aws:username": if index + 1 == count { "alice".to_owned() } else { format!("u{index}") }}}})
        })
        .collect();
    document(&statements)
}

fn statements(criterion: &mut Criterion) {
    let (principal, context) = (alice(), context());
    let mut group = criterion.benchmark_group("decide/statements");
    for count in [1, 10, 100, 1000] {
        let identity = [attached(&growing(count), PolicyType::Identity)];
        let policies = Policies { identity: &identity, ..Policies::default() };
        let request = ask(&principal, &context);
        assert!(decide(&request, &policies).is_allowed());
        group.bench_with_input(BenchmarkId::from_parameter(count), &count, |bencher, _| {
            bencher.iter(|| decide(black_box(&request), black_box(&policies)));
        });
    }
    group.finish();
}

fn full_access(criterion: &mut Criterion) {
    let (principal, context) = (alice(), context());
    let boundary = document(&[
        json!({"Effect": "Allow", "Action": ["sagemaker:*", "s3:*", "ecr:*", "logs:*", "iam:PassRole"], "Resource": "*"}),
        json!({"Effect": "Deny", "Action": "iam:*User*", "Resource": "*"}),
    ]);
    let service_control = document(&[
        json!({"Effect": "Allow", "Action": "*", "Resource": "*"}),
        json!({"Effect": "Deny", "NotAction": ["iam:*", "sts:*", "organizations:*"], "Resource": "*",
            "Condition": {"StringNotEquals": {"aws:RequestedRegion": ["us-east-1", "eu-central-1"]}}}),
        json!({"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}),
    ]);
    let identity = [attached(FULL_ACCESS, PolicyType::Identity)];
    let boundary = attached(&boundary, PolicyType::PermissionsBoundary);
    let organization = [attached(&service_control, PolicyType::ServiceControl)];
    let policies = Policies {
        identity: &identity,
        boundary: Some(&boundary),
        service_control: Some(&organization),
        ..Policies::default()
    };
    let request = ask(&principal, &context);
    assert!(decide(&request, &policies).is_allowed());
    criterion.bench_function("decide/full access, boundary, SCP: allowed", |bencher| {
        bencher.iter(|| decide(black_box(&request), black_box(&policies)));
    });
    let denied = Request { action: "iam:GetRole", ..request };
    assert!(!decide(&denied, &policies).is_allowed());
    criterion.bench_function("decide/full access, boundary, SCP: denied", |bencher| {
        bencher.iter(|| decide(black_box(&denied), black_box(&policies)));
    });
    criterion.bench_function("parse/full access", |bencher| {
        bencher.iter(|| Policy::parse(black_box(FULL_ACCESS), PolicyType::Identity));
    });
}

criterion_group!(benches, statements, full_access);
criterion_main!(benches);
