//! An emulator in this process over a world that is good but for what a case changes, and signed calls to it.
//!
//! A case is data: edits of the world's plan, edits of the request, and what is answered. [`check`] is the one place that
//! asks. An edit is a JSON pointer and a value; null takes the place away, `/-` appends to a list.

use std::net::SocketAddr;
use std::path::PathBuf;

use bytes::Bytes;
use passrole::gateway::{self, Emulator};
use passrole::secret::Secret;
use passrole::settings::{Settings, StoreLocation};
use passrole::state::State;
use serde_json::{Value, json};

use crate::client::{Key, Request, Response};
use crate::plan;

/// Changes of a document, one after the other.
pub type Edits<'a> = &'a [(&'a str, Value)];

/// What is answered: nothing of this, or a code and a part of the text, as `Code: part`.
pub type Expected<'a> = &'a str;

pub const ADDRESS: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 4566);
pub const ANN: (&str, &str) = ("AKIAEXAMPLEANN000001", "secret-of-ann");
/// The user of the other account.
pub const OTTO: (&str, &str) = ("AKIAEXAMPLEOTTO00001", "secret-of-otto");

/// One case of a table.
pub struct Case<'a> {
    pub name: &'a str,
    pub world: Edits<'a>,
    pub request: Edits<'a>,
    pub expected: Expected<'a>,
}

/// A row of a table.
pub const fn case<'a>(name: &'a str, world: Edits<'a>, request: Edits<'a>, expected: Expected<'a>) -> Case<'a> {
    Case { name, world, request, expected }
}

/// An emulator in this process.
pub struct Laboratory {
    pub emulator: Emulator,
}

impl Laboratory {
    /// An emulator over the plan with these edits.
    pub fn new(world: Edits<'_>, adjust: impl FnOnce(&mut Settings)) -> Laboratory {
        let text: &'static str = plan::world(world).to_string().leak();
        let mut settings = Settings {
            store: StoreLocation::Ephemeral,
            built_in_world: Some(text),
            root_secret_access_key: Secret::new("test"),
            worlds: Vec::<PathBuf>::new(),
            ..Settings::default()
        };
        adjust(&mut settings);
        Laboratory { emulator: Emulator::new(State::open(settings).unwrap(), ADDRESS) }
    }

    /// Sends bytes as they are.
    pub fn send(&self, request: &Request) -> Response {
        let mut built = http::Request::builder().method(request.method).uri(&request.target);
        if !request.headers.iter().any(|(name, _)| name == "host") {
            built = built.header("host", ADDRESS.to_string());
        }
        for (name, value) in &request.headers {
            built = built.header(name, value.as_bytes());
        }
        let built = built.body(Bytes::from(request.body.clone())).unwrap();
        let (parts, body) = gateway::answer(&self.emulator, built, ADDRESS).response.into_parts();
        let header = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
            (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        };
        Response {
            status: parts.status.as_u16(),
            headers: parts.headers.iter().map(header).collect(),
            body: body.to_vec(),
        }
    }

    /// Signs and sends a SageMaker call.
    pub fn call(&self, key: &Key, operation: &str, input: &Value) -> Response {
        self.send(&Request::json(&format!("SageMaker.{operation}"), input).signed(key, ADDRESS, "sagemaker"))
    }

    /// Calls as ann, and holds the answer to what is expected; answers the body.
    pub fn ask(&self, operation: &str, input: &Value, expected: Expected<'_>) -> Value {
        self.ask_as(&ann(), operation, input, expected)
    }

    /// Calls with a key, and holds the answer to what is expected; answers the body.
    pub fn ask_as(&self, key: &Key, operation: &str, input: &Value, expected: Expected<'_>) -> Value {
        let response = self.call(key, operation, input);
        if let Some(difference) = difference(&response, expected) {
            panic!("{operation} {input}: {difference}");
        }
        response.json()
    }

    /// Lets the virtual clock go on.
    pub fn advance(&self, seconds: i64) {
        let _ = self.emulator.state.clock().advance(jiff::SignedDuration::from_secs(seconds)).unwrap();
    }
}

pub fn ann() -> Key {
    Key::long_term(ANN.0, ANN.1)
}

pub fn otto() -> Key {
    Key::long_term(OTTO.0, OTTO.1)
}

/// The root user of an account.
pub fn root(account: &'static str) -> Key {
    Key::long_term(account, "test")
}

/// Puts each case's CreateTrainingJob, as ann, to a fresh emulator over the case's world; all that differ are told at once.
pub fn check(cases: &[Case<'_>]) {
    check_with(cases, |_| {});
}

/// The same for rows of one edit of the world each.
pub fn rows(table: &[(&str, &str, Value, &str)]) {
    for (name, place, value, expected) in table {
        check(&[case(name, &[(place, value.clone())], &[], expected)]);
    }
}

/// The same under other settings.
pub fn check_with(cases: &[Case<'_>], adjust: impl Fn(&mut Settings)) {
    let mut wrong = Vec::new();
    for case in cases {
        let laboratory = Laboratory::new(case.world, &adjust);
        let request = job_with(case.request);
        let response = laboratory.call(&ann(), "CreateTrainingJob", &request);
        if let Some(difference) = difference(&response, case.expected) {
            wrong.push(format!("{}: {difference}", case.name));
        }
        let stored = laboratory.call(&root("000000000000"), "DescribeTrainingJob", &name_of(&request)).status == 200;
        if stored != case.expected.is_empty() {
            wrong.push(format!("{}: stored is {stored}", case.name));
        }
    }
    assert!(wrong.is_empty(), "{} of {} cases:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

fn name_of(request: &Value) -> Value {
    json!({ "TrainingJobName": request["TrainingJobName"].as_str().unwrap_or("none") })
}

/// How an answer differs from what is expected of it.
pub fn difference(response: &Response, expected: Expected<'_>) -> Option<String> {
    let body = response.json();
    if response.header("x-amzn-requestid").is_none_or(|id| id.len() != 36) {
        return Some("no request id".to_owned());
    }
    if expected.is_empty() {
        return (response.status != 200).then(|| format!("is refused with {} {body}", response.status));
    }
    let (code, part) = expected.split_once(": ").unwrap_or((expected, ""));
    let text = body["message"].as_str().or(body["Message"].as_str()).unwrap_or_default();
    let same = response.status == 400 && body["__type"] == code && text.contains(part);
    (!same).then(|| format!("expected {expected}\n  answered {} {body}", response.status))
}

/// Status, code and text of an answer, as `status code: text`.
pub fn said(response: &Response) -> String {
    let text = String::from_utf8_lossy(&response.body);
    let element = |name: &str| {
        let (_, rest) = text.split_once(&format!("<{name}>"))?;
        rest.split_once(&format!("</{name}>")).map(|(value, _)| value.replace("&apos;", "'"))
    };
    let body = response.json();
    let member = |name: &str| body[name].as_str().map(str::to_owned);
    let code = member("__type").or_else(|| element("Code")).unwrap_or_default();
    let message = member("message").or_else(|| member("Message")).or_else(|| element("Message")).unwrap_or_default();
    format!("{} {code}: {message}", response.status)
}

/// A request that the world of the plan allows.
pub fn job() -> Value {
    json!({
        "TrainingJobName": "my-job",
        "RoleArn": plan::ROLE_ARN,
        "AlgorithmSpecification": { "TrainingImage": plan::IMAGE, "TrainingInputMode": "File" },
        "InputDataConfig": [{
            "ChannelName": "train",
            "DataSource": { "S3DataSource": { "S3DataType": "S3Prefix", "S3Uri": "s3://inputbucket/train/" } },
        }],
        "OutputDataConfig": { "S3OutputPath": "s3://outputbucket/models" },
        "ResourceConfig": { "InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 10 },
        "StoppingCondition": { "MaxRuntimeInSeconds": 3600 },
    })
}

/// The request with edits.
pub fn job_with(edits: Edits<'_>) -> Value {
    let mut request = job();
    for (pointer, value) in edits {
        edit(&mut request, pointer, value);
    }
    request
}

/// The request under another name.
pub fn job_named(name: &str) -> Value {
    job_with(&[("/TrainingJobName", json!(name))])
}

/// Makes one edit; objects on the way are made where there are none.
pub fn edit(document: &mut Value, pointer: &str, value: &Value) {
    let mut place = document;
    let steps: Vec<&str> = pointer.trim_start_matches('/').split('/').collect();
    let (last, way) = steps.split_last().unwrap();
    for step in way {
        place = match place {
            Value::Array(list) => &mut list[step.parse::<usize>().unwrap()],
            other => {
                if !other.is_object() {
                    *other = json!({});
                }
                other.as_object_mut().unwrap().entry(*step).or_insert(Value::Null)
            }
        };
    }
    match place {
        Value::Array(list) if *last == "-" => list.push(value.clone()),
        Value::Array(list) => list[last.parse::<usize>().unwrap()] = value.clone(),
        other => {
            if !other.is_object() {
                *other = json!({});
            }
            let members = other.as_object_mut().unwrap();
            if value.is_null() {
                members.remove(*last);
            } else {
                members.insert((*last).to_owned(), value.clone());
            }
        }
    }
}
