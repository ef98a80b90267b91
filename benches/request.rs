//! What one signed request costs in process: a Describe, and a Create that is checked to the last permission.
//!
//! `cargo bench --bench request`

#![allow(clippy::expect_used, clippy::disallowed_methods, missing_docs, reason = "a bench stops where it cannot go on")]

use std::net::SocketAddr;
use std::time::SystemTime;

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use bytes::Bytes;
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use http::Request;
use passrole::gateway::{Emulator, answer};
use passrole::settings::{Settings, StoreLocation};
use passrole::state::State;
use serde_json::{Value, json};

/// As the program has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const PEER: ([u8; 4], u16) = ([127, 0, 0, 1], 50_000);

fn emulator() -> Emulator {
    let settings = Settings {
        store: StoreLocation::Ephemeral,
        built_in_world: Some(include_str!("../fixtures/worlds/demo.json")),
        ..Settings::default()
    };
    let address = SocketAddr::from(([127, 0, 0, 1], 4566));
    Emulator::new(State::open(settings).expect("an ephemeral state"), address)
}

/// A request of Bob's with a real signature.
fn signed(operation: &str, input: &Value) -> Request<Bytes> {
    let identity =
        Credentials::new("AKIAEXAMPLEBOB000001", "bob/local/secret/for/the/demo/world00001", None, None, "bench")
            .into();
    let parameters = v4::SigningParams::builder()
        .identity(&identity)
        .region("us-east-1")
        .name("sagemaker")
        .time(SystemTime::now())
        .settings(SigningSettings::default())
        .build()
        .expect("complete parameters")
        .into();
    let body = input.to_string();
    let target = format!("SageMaker.{operation}");
    let headers = [
        ("host", "127.0.0.1:4566"),
        ("content-type", "application/x-amz-json-1.1"),
        ("x-amz-target", target.as_str()),
        ("user-agent", "Boto3/1.44.5 md/Botocore#1.44.5"),
    ];
    let signable = SignableRequest::new(
        "POST",
        "http://127.0.0.1:4566/",
        headers.into_iter().filter(|(name, _)| *name != "user-agent"),
        SignableBody::Bytes(body.as_bytes()),
    )
    .expect("a request that can be signed");
    let (instructions, _) = sign(signable, &parameters).expect("a signature").into_parts();
    let mut builder = Request::post("/");
    for (name, value) in headers.into_iter().chain(instructions.headers()) {
        builder = builder.header(name, value);
    }
    builder.body(Bytes::from(body)).expect("a request")
}

fn training_job(name: &str) -> Value {
    json!({
        "TrainingJobName": name,
        "AlgorithmSpecification": {
            "TrainingImage": "000000000000.dkr.ecr.us-east-1.amazonaws.com/my-repo:latest",
            "TrainingInputMode": "File",
        },
        "RoleArn": "arn:aws:iam::000000000000:role/TrainingRole",
        "InputDataConfig": [{
            "ChannelName": "train",
            "DataSource": { "S3DataSource": { "S3DataType": "S3Prefix", "S3Uri": "s3://inputbucket/train/" } },
        }],
        "OutputDataConfig": { "S3OutputPath": "s3://outputbucket/models" },
        "ResourceConfig": { "InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 10 },
        "StoppingCondition": { "MaxRuntimeInSeconds": 3600 },
        "Tags": [{ "Key": "team", "Value": "speech" }],
    })
}

fn accepted(emulator: &Emulator, request: Request<Bytes>) -> usize {
    let answer = answer(emulator, request, SocketAddr::from(PEER));
    assert_eq!(answer.response.status(), 200, "{:?}", answer.response.body());
    answer.response.body().len()
}

fn requests(criterion: &mut Criterion) {
    let emulator = emulator();
    accepted(&emulator, signed("CreateTrainingJob", &training_job("described")));

    let describe = signed("DescribeTrainingJob", &json!({ "TrainingJobName": "described" }));
    criterion.bench_function("signed DescribeTrainingJob", |bencher| {
        bencher.iter_batched(|| describe.clone(), |request| accepted(&emulator, request), BatchSize::SmallInput);
    });

    let mut number = 0_u32;
    criterion.bench_function("signed CreateTrainingJob, not flushed", |bencher| {
        bencher.iter_batched(
            || {
                number += 1;
                signed("CreateTrainingJob", &training_job(&format!("job-{number}")))
            },
            |request| accepted(&emulator, request),
            BatchSize::SmallInput,
        );
    });
}

criterion_group!(benches, requests);
criterion_main!(benches);
