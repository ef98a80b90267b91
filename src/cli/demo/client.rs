//! One signed request at a time, as an SDK would send it.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, SystemTime};

use anyhow::{Context, anyhow};
use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use serde_json::Value;

/// Long-term credentials.
pub(super) struct Key {
    pub(super) name: &'static str,
    pub(super) id: &'static str,
    pub(super) secret: &'static str,
}

/// An answer: status, request id and body.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) request_id: String,
    pub(super) body: Value,
}

const PATIENCE: Duration = Duration::from_secs(10);

/// Calls an operation of SageMaker with a real signature.
pub(super) fn sagemaker(at: SocketAddr, key: &Key, operation: &str, input: &Value) -> anyhow::Result<Answer> {
    let body = input.to_string();
    let target = format!("SageMaker.{operation}");
    let mut headers =
        vec![("content-type".to_owned(), "application/x-amz-json-1.1".to_owned()), ("x-amz-target".to_owned(), target)];
    let signature = signature(at, key, &headers, body.as_bytes())?;
    headers.extend(signature);
    send(at, "POST", "/", &headers, &body)
}

/// Calls the control API, which takes no signature.
pub(super) fn control(at: SocketAddr, method: &str, path: &str, body: &str) -> anyhow::Result<Answer> {
    send(at, method, &format!("/_passrole/{path}"), &[], body)
}

#[expect(clippy::disallowed_methods, reason = "a client signs with the real time")]
fn signature(
    at: SocketAddr,
    key: &Key,
    headers: &[(String, String)],
    body: &[u8],
) -> anyhow::Result<Vec<(String, String)>> {
    let identity = Credentials::new(key.id, key.secret, None, None, "demo").into();
    let parameters = v4::SigningParams::builder()
        .identity(&identity)
        .region("us-east-1")
        .name("sagemaker")
        .time(SystemTime::now())
        .settings(SigningSettings::default())
        .build()?
        .into();
    let names = headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let request = SignableRequest::new("POST", format!("http://{at}/"), names, SignableBody::Bytes(body))?;
    let (instructions, _) = sign(request, &parameters)?.into_parts();
    Ok(instructions.headers().map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
}

fn send(at: SocketAddr, method: &str, path: &str, headers: &[(String, String)], body: &str) -> anyhow::Result<Answer> {
    let mut stream = TcpStream::connect_timeout(&at, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let mut request = format!("{method} {path} HTTP/1.1\r\nhost: {at}\r\nconnection: close\r\n");
    for (name, value) in headers {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    request.push_str(&format!("content-length: {}\r\n\r\n{body}", body.len()));
    stream.write_all(request.as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    read(&answer).with_context(|| format!("{method} {path} was not answered in HTTP"))
}

fn read(answer: &str) -> anyhow::Result<Answer> {
    let (head, body) = answer.split_once("\r\n\r\n").ok_or_else(|| anyhow!("the answer has no end of headers"))?;
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
    let status = status.ok_or_else(|| anyhow!("the answer has no status"))?;
    let request_id = head
        .lines()
        .filter_map(|line| line.split_once(": "))
        .find_map(|(name, value)| name.eq_ignore_ascii_case("x-amzn-requestid").then(|| value.to_owned()));
    let body = serde_json::from_str(body).unwrap_or(Value::Null);
    Ok(Answer { status, request_id: request_id.unwrap_or_default(), body })
}
