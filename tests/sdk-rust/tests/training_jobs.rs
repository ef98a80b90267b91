//! Training jobs through `aws-sdk-sagemaker`: refused, accepted, waited for, listed, and the typed errors between.

#[path = "../../support/endpoint.rs"]
mod endpoint;

use std::path::{Path, PathBuf};
use std::time::Duration;

use aws_sdk_sagemaker::Client;
use aws_sdk_sagemaker::client::Waiters as _;
use aws_sdk_sagemaker::config::{Credentials, Region, retry::RetryConfig};
use aws_sdk_sagemaker::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_sagemaker::operation::create_training_job::CreateTrainingJobError;
use aws_sdk_sagemaker::operation::create_training_job::builders::CreateTrainingJobFluentBuilder;
use aws_sdk_sagemaker::types::{
    AlgorithmSpecification, Channel, DataSource, OutputDataConfig, ResourceConfig, S3DataSource, S3DataType,
    SecondaryStatus, StoppingCondition, Tag, TrainingInputMode, TrainingInstanceType, TrainingJobStatus,
};
use endpoint::Endpoint;

const TRAINING_ROLE: &str = "arn:aws:iam::000000000000:role/TrainingRole";
const ALICE: (&str, &str) = ("AKIAEXAMPLEALICE0001", "alice/local/secret/for/the/demo/world001");
const BOB: (&str, &str) = ("AKIAEXAMPLEBOB000001", "bob/local/secret/for/the/demo/world00001");

#[tokio::test]
async fn a_create_without_pass_role_is_refused_in_awss_words() {
    let endpoint = demo_endpoint();
    let refused = training_job(&client(&endpoint, ALICE), "refused").send().await.unwrap_err().into_service_error();
    assert_eq!(refused.code(), Some("AccessDeniedException"));
    assert_eq!(
        refused.message(),
        Some(
            "User: arn:aws:iam::000000000000:user/alice is not authorized to perform: iam:PassRole on resource: \
             arn:aws:iam::000000000000:role/TrainingRole because no identity-based policy allows the iam:PassRole action"
        )
    );
}

#[tokio::test]
async fn a_job_is_accepted_waited_for_and_described() {
    let endpoint = demo_endpoint();
    let client = client(&endpoint, BOB);
    let tag = Tag::builder().key("team").value("speech").build();
    let created = training_job(&client, "accepted").tags(tag).send().await.unwrap();
    assert_eq!(created.training_job_arn(), Some("arn:aws:sagemaker:us-east-1:000000000000:training-job/accepted"));
    client
        .wait_until_training_job_completed_or_stopped()
        .training_job_name("accepted")
        .wait(Duration::from_secs(30))
        .await
        .unwrap();

    let job = client.describe_training_job().training_job_name("accepted").send().await.unwrap();
    assert_eq!(job.training_job_status(), Some(&TrainingJobStatus::Completed));
    assert_eq!(job.secondary_status(), Some(&SecondaryStatus::Completed));
    assert_eq!(
        job.model_artifacts().and_then(|artifacts| artifacts.s3_model_artifacts()),
        Some("s3://outputbucket/models/accepted/output/model.tar.gz")
    );
    assert!(job.training_end_time() >= job.training_start_time());

    let tags = client.list_tags().resource_arn(created.training_job_arn().unwrap()).send().await.unwrap();
    assert_eq!(
        tags.tags().iter().map(|tag| (tag.key(), tag.value())).collect::<Vec<_>>(),
        [(Some("team"), Some("speech"))]
    );
}

#[tokio::test]
async fn the_paginator_sees_every_job_once() {
    let endpoint = demo_endpoint();
    let client = client(&endpoint, BOB);
    for number in 0..7 {
        training_job(&client, &format!("page-{number}")).send().await.unwrap();
    }
    let mut pages = client.list_training_jobs().max_results(3).into_paginator().send();
    let mut sizes = Vec::new();
    let mut names = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.unwrap();
        sizes.push(page.training_job_summaries().len());
        names.extend(page.training_job_summaries().iter().filter_map(|job| job.training_job_name().map(str::to_owned)));
    }
    names.sort();
    assert_eq!(sizes, [3, 3, 1]);
    assert_eq!(names, (0..7).map(|number| format!("page-{number}")).collect::<Vec<_>>());
}

#[tokio::test]
async fn errors_arrive_as_the_types_that_the_model_declares() {
    let endpoint = demo_endpoint();
    let client = client(&endpoint, BOB);
    training_job(&client, "twice").send().await.unwrap();
    let again = training_job(&client, "twice").send().await.unwrap_err();
    assert!(matches!(again.into_service_error(), CreateTrainingJobError::ResourceInUse(_)));

    let stopped = client.stop_training_job().training_job_name("twice").send().await.unwrap_err();
    assert_eq!(
        unmodelled(stopped),
        ("ValidationException", "The request was rejected because the training job is in status Completed.")
            .into_pair()
    );
    let absent = client.describe_training_job().training_job_name("absent").send().await.unwrap_err();
    assert_eq!(unmodelled(absent), ("ValidationException", "Requested resource not found.").into_pair());
}

#[tokio::test]
async fn a_wrong_secret_is_told_from_an_unknown_key() {
    let endpoint = demo_endpoint();
    for (credentials, code) in [
        ((BOB.0, "another secret"), "InvalidSignatureException"),
        (("AKIAEXAMPLENOBODY001", BOB.1), "UnrecognizedClientException"),
    ] {
        let refused = client(&endpoint, credentials).list_training_jobs().send().await.unwrap_err();
        assert_eq!(unmodelled(refused).0, code);
    }
}

/// A code and a text, owned.
trait IntoPair {
    fn into_pair(self) -> (String, String);
}

impl IntoPair for (&str, &str) {
    fn into_pair(self) -> (String, String) {
        (self.0.to_owned(), self.1.to_owned())
    }
}

fn unmodelled<E: ProvideErrorMetadata, R>(error: SdkError<E, R>) -> (String, String) {
    (error.code().unwrap_or_default().to_owned(), error.message().unwrap_or_default().to_owned())
}

fn demo_endpoint() -> Endpoint {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let binary = std::env::var_os("PASSROLE_BINARY").map(PathBuf::from).unwrap_or(root.join("target/debug/passrole"));
    let world = root.join("fixtures/worlds/demo.json");
    Endpoint::start(&binary, &["--ephemeral".as_ref(), "--world".as_ref(), world.as_os_str()]).unwrap()
}

fn client(endpoint: &Endpoint, (id, secret): (&str, &str)) -> Client {
    let config = aws_sdk_sagemaker::Config::builder()
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .endpoint_url(format!("http://{}", endpoint.address))
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new(id, secret, None, None, "demo world"))
        .retry_config(RetryConfig::disabled())
        .build();
    Client::from_conf(config)
}

/// A create request that the demo world's training role is allowed to carry out.
fn training_job(client: &Client, name: &str) -> CreateTrainingJobFluentBuilder {
    let input = S3DataSource::builder().s3_data_type(S3DataType::S3Prefix).s3_uri("s3://inputbucket/train/");
    let channel = Channel::builder()
        .channel_name("train")
        .data_source(DataSource::builder().s3_data_source(input.build()).build());
    client
        .create_training_job()
        .training_job_name(name)
        .role_arn(TRAINING_ROLE)
        .algorithm_specification(
            AlgorithmSpecification::builder()
                .training_image("000000000000.dkr.ecr.us-east-1.amazonaws.com/my-repo:latest")
                .training_input_mode(TrainingInputMode::File)
                .build(),
        )
        .input_data_config(channel.build())
        .output_data_config(OutputDataConfig::builder().s3_output_path("s3://outputbucket/models").build())
        .resource_config(
            ResourceConfig::builder()
                .instance_type(TrainingInstanceType::MlM5Large)
                .instance_count(1)
                .volume_size_in_gb(10)
                .build(),
        )
        .stopping_condition(StoppingCondition::builder().max_runtime_in_seconds(3600).build())
}
