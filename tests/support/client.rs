//! A small HTTP/1.1 client over one socket, with SigV4 by `aws-sigv4`: it sends what a test tells it to, valid or not.
//!
//! Knows nothing of what is asked or answered. One [`Connection`] is one socket, kept alive between calls.

#![allow(dead_code, unreachable_pub, reason = "each test that shares this file uses its own part of it")]
#![allow(clippy::disallowed_methods, reason = "a client signs with the real time")]

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use serde_json::Value;

/// A request as it goes over the wire, without `Host` and `Content-Length`, which the connection adds.
#[derive(Debug, Clone)]
pub struct Request {
    pub method: &'static str,
    /// Path and query.
    pub target: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Request {
    /// A JSON 1.1 call, such as `SageMaker.CreateTrainingJob`.
    pub fn json(target: &str, body: &Value) -> Request {
        let headers = [("content-type", "application/x-amz-json-1.1"), ("x-amz-target", target)];
        Request {
            method: "POST",
            target: "/".to_owned(),
            headers: headers.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
            body: body.to_string().into_bytes(),
        }
    }

    /// A call of the query protocol, such as `Action=GetCallerIdentity&Version=2011-06-15`.
    pub fn query(form: &str) -> Request {
        Request {
            method: "POST",
            target: "/".to_owned(),
            headers: vec![("content-type".to_owned(), "application/x-www-form-urlencoded; charset=utf-8".to_owned())],
            body: form.as_bytes().to_vec(),
        }
    }

    /// An unsigned call of the control API.
    pub fn control(method: &'static str, path: &str, body: Option<&Value>) -> Request {
        let body = body.map(|body| body.to_string().into_bytes()).unwrap_or_default();
        Request { method, target: format!("/_passrole/{path}"), headers: Vec::new(), body }
    }

    /// The request with the headers of a valid signature for a host, service and region.
    #[must_use]
    pub fn signed(mut self, key: &Key, host: SocketAddr, service: &str) -> Request {
        let identity = Credentials::new(key.id, key.secret, key.token.clone(), None, "test").into();
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region(key.region)
            .name(service)
            .time(SystemTime::now())
            .settings(SigningSettings::default())
            .build()
            .unwrap()
            .into();
        let uri = format!("http://{host}{}", self.target);
        let headers = self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let signable = SignableRequest::new(self.method, uri, headers, SignableBody::Bytes(&self.body)).unwrap();
        let (instructions, _) = sign(signable, &parameters).unwrap().into_parts();
        self.headers.extend(instructions.headers().map(|(name, value)| (name.to_owned(), value.to_owned())));
        self
    }
}

/// What a request is signed with.
#[derive(Debug, Clone)]
pub struct Key {
    pub id: &'static str,
    pub secret: &'static str,
    pub token: Option<String>,
    pub region: &'static str,
}

impl Key {
    /// A long-term access key in `us-east-1`.
    pub fn long_term(id: &'static str, secret: &'static str) -> Key {
        Key { id, secret, token: None, region: "us-east-1" }
    }
}

/// A response, read to its end.
#[derive(Debug, Clone)]
pub struct Response {
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Response {
    /// The body as JSON; null where it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// One socket to the endpoint.
#[derive(Debug)]
pub struct Connection {
    stream: BufReader<TcpStream>,
    address: SocketAddr,
}

impl Connection {
    /// # Errors
    /// Where nobody listens.
    pub fn open(address: SocketAddr) -> io::Result<Connection> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        Ok(Connection { stream: BufReader::new(stream), address })
    }

    /// Sends a request and reads its whole response.
    ///
    /// # Errors
    /// Where the peer goes away before the response is complete.
    pub fn call(&mut self, request: &Request) -> io::Result<Response> {
        let mut head = format!("{} {} HTTP/1.1\r\nhost: {}\r\n", request.method, request.target, self.address);
        for (name, value) in &request.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str(&format!("content-length: {}\r\n\r\n", request.body.len()));
        let mut bytes = head.into_bytes();
        bytes.extend_from_slice(&request.body);
        self.stream.get_mut().write_all(&bytes)?;
        self.response()
    }

    fn response(&mut self) -> io::Result<Response> {
        let status = self.line()?;
        let status = status.split(' ').nth(1).and_then(|code| code.parse().ok()).ok_or(io::ErrorKind::InvalidData)?;
        let mut headers = Vec::new();
        loop {
            let line = self.line()?;
            match line.split_once(':') {
                Some((name, value)) => headers.push((name.to_lowercase(), value.trim().to_owned())),
                None => break,
            }
        }
        let length = headers.iter().find(|(name, _)| name == "content-length");
        let length = length.and_then(|(_, value)| value.parse().ok()).unwrap_or(0);
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body)?;
        Ok(Response { status, headers, body })
    }

    fn line(&mut self) -> io::Result<String> {
        let mut line = String::new();
        if self.stream.read_line(&mut line)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(line.trim_end().to_owned())
    }
}
