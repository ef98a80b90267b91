//! Requests in which something at random is replaced by something that nobody expects there: each is answered, with a
//! job or with a refusal in AWS's form, and what is refused leaves nothing behind.

use serde_json::{Value, json};

use crate::client::Request;
use crate::laboratory::{ADDRESS, Laboratory, ann, job, said};

/// A sequence of numbers that is the same on every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((self.0 >> 33) % bound as u64).unwrap()
    }
}

fn strange(numbers: &mut Numbers) -> Value {
    let choices = [
        json!(null),
        json!(true),
        json!(-1),
        json!(0),
        json!(9_223_372_036_854_775_807_i64),
        json!(18_446_744_073_709_551_615_u64),
        json!(1e308),
        json!(-0.0),
        json!(""),
        json!("\u{0}"),
        json!("${aws:username}"),
        json!("${"),
        json!("*"),
        json!("s3://"),
        json!("s3://x"),
        json!("arn:aws:iam::000000000000:role/"),
        json!("arn:aws:kms:us-east-1:000000000000:key/"),
        json!(":::::::::"),
        json!("000000000000.dkr.ecr.us-east-1.amazonaws.com/@:"),
        json!("ÿ\u{10ffff}\u{202e}"),
        json!("a".repeat(5000)),
        json!([]),
        json!({}),
        json!([null]),
        json!([[[]]]),
        json!({ "": null }),
        json!({ "Key": "k", "Value": "v" }),
        json!([{ "Key": "k", "Value": "v" }]),
    ];
    choices[numbers.below(choices.len())].clone()
}

/// Replaces a place that is found by walking down at random.
fn mutate(value: &mut Value, numbers: &mut Numbers) {
    let stop = numbers.below(4) == 0;
    match value {
        Value::Object(members) if !stop && !members.is_empty() => {
            let name = members.keys().nth(numbers.below(members.len())).unwrap().clone();
            mutate(&mut members[&name], numbers);
        }
        Value::Array(elements) if !stop && !elements.is_empty() => {
            let place = numbers.below(elements.len());
            mutate(&mut elements[place], numbers);
        }
        other => *other = strange(numbers),
    }
}

fn full() -> Value {
    let mut request = job();
    request["Tags"] = json!([{ "Key": "a", "Value": "b" }]);
    request["VpcConfig"] = json!({ "Subnets": ["subnet-0a1b2c3d"], "SecurityGroupIds": ["sg-0123abcd"] });
    request["OutputDataConfig"]["KmsKeyId"] = json!("alias/training");
    request["ResourceConfig"]["VolumeKmsKeyId"] = json!("alias/training");
    request["CheckpointConfig"] = json!({ "S3Uri": "s3://outputbucket/c", "LocalPath": "/x" });
    request["HyperParameters"] = json!({ "a": "b" });
    request["Environment"] = json!({ "A": "b" });
    request["DebugHookConfig"] = json!({ "S3OutputPath": "s3://outputbucket/d" });
    request["ProfilerConfig"] = json!({ "S3OutputPath": "s3://outputbucket/p" });
    request
}

#[test]
fn every_mutation_is_answered() {
    let laboratory = Laboratory::new(&[("/role/all", json!("Allow *"))], |_| {});
    let mut numbers = Numbers(7);
    let mut answers = [0, 0];
    for _ in 0..2000 {
        let mut request = full();
        for _ in 0..=numbers.below(3) {
            mutate(&mut request, &mut numbers);
        }
        let response = laboratory.call(&ann(), "CreateTrainingJob", &request);
        assert!(response.status == 200 || response.status == 400, "{request}: {}", said(&response));
        answers[usize::from(response.status == 400)] += 1;
        if let Some(arn) = response.json()["TrainingJobArn"].as_str() {
            let name = arn.rsplit('/').next().unwrap();
            laboratory.ask("DescribeTrainingJob", &json!({ "TrainingJobName": name }), "");
            laboratory.ask("DeleteTrainingJob", &json!({ "TrainingJobName": name }), "");
        }
    }
    assert!(answers.iter().all(|count| *count > 20), "{answers:?}");
    let list = laboratory.ask("ListTrainingJobs", &json!({}), "");
    assert_eq!(list["TrainingJobSummaries"], json!([]));
}

#[test]
fn every_change_of_bytes_is_answered() {
    let laboratory = Laboratory::new(&[], |_| {});
    let mut numbers = Numbers(11);
    let good = full().to_string().into_bytes();
    for _ in 0..2000 {
        let mut body = good.clone();
        for _ in 0..=numbers.below(3) {
            let place = numbers.below(body.len());
            match numbers.below(3) {
                0 => body[place] = u8::try_from(numbers.below(256)).unwrap(),
                1 => body.truncate(place.max(1)),
                _ => body.insert(place, b"{}[],:\"\\"[numbers.below(8)]),
            }
        }
        let mut request = Request::json("SageMaker.CreateTrainingJob", &json!({}));
        request.body = body;
        let response = laboratory.send(&request.signed(&ann(), ADDRESS, "sagemaker"));
        assert!(response.status == 200 || response.status == 400, "{}", said(&response));
    }
}
