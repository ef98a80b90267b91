//! One signature: read, verified, with and without a remembered key: `cargo bench --bench signature`.

#![allow(clippy::unwrap_used, missing_docs, reason = "a measurement may fail loudly")]

use std::hint::black_box;
use std::time::SystemTime;

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4::SigningParams;
use criterion::{Criterion, criterion_group, criterion_main};
use http::Request;
use http::request::Parts;
use jiff::Timestamp;
use passrole::secret::Secret;
use passrole::signature::{ErrorFamily, Expected, SigningKeys, claim};

const BODY: &str = r#"{"TrainingJobName":"a-training-job-with-an-ordinary-name"}"#;

fn signed(now: Timestamp) -> Parts {
    let identity = Credentials::new("AKIAEXAMPLE", "secret", None, None, "bench").into();
    let params = SigningParams::builder()
        .identity(&identity)
        .region("us-east-1")
        .name("sagemaker")
        .time(SystemTime::from(now))
        .settings(SigningSettings::default())
        .build()
        .unwrap()
        .into();
    let headers = [("content-type", "application/x-amz-json-1.1"), ("x-amz-target", "SageMaker.DescribeTrainingJob")];
    let signable = SignableRequest::new(
        "POST",
        "http://localhost:4566/",
        headers.into_iter(),
        SignableBody::Bytes(BODY.as_bytes()),
    );
    let mut request = Request::builder().method("POST").uri("/").header("host", "localhost:4566");
    for (name, value) in headers {
        request = request.header(name, value);
    }
    let mut request = request.body(()).unwrap();
    sign(signable.unwrap(), &params).unwrap().into_parts().0.apply_to_request_http1x(&mut request);
    request.into_parts().0
}

fn signature(criterion: &mut Criterion) {
    let now: Timestamp = "2026-03-04T05:06:07Z".parse().unwrap();
    let parts = signed(now);
    let secret = Secret::new("secret");
    let expected = Expected { family: ErrorFamily::Json, service: "sagemaker", region: "us-east-1", host_region: None };
    let verify = |keys: &SigningKeys| {
        let claim = claim(black_box(&parts), &expected, now).unwrap();
        claim.verify(&secret, keys, &parts, black_box(BODY.as_bytes())).unwrap();
    };
    let keys = SigningKeys::new();
    criterion.bench_function("a signature whose key is known", |bencher| bencher.iter(|| verify(&keys)));
    criterion.bench_function("a signature whose key is new", |bencher| bencher.iter(|| verify(&SigningKeys::new())));
}

criterion_group!(benches, signature);
criterion_main!(benches);
