//! A refusal: AWS's error code and AWS's text.
//!
//! A fault knows nothing of protocols: the HTTP status and the bytes are made from it in `wire` and nowhere else.
//! Constructors for one noun's faults stand beside that noun; those that every service shares stand here.

use std::borrow::Cow;
use std::fmt;

/// An error as AWS would answer it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// AWS's error code, such as `ValidationException`, without namespace.
    pub code: Cow<'static, str>,
    /// AWS's text; `None` where AWS sends a code alone.
    pub message: Option<String>,
    /// Further members of the error body in order, such as S3's `BucketName`.
    pub details: Vec<(Cow<'static, str>, String)>,
}

impl Fault {
    /// A fault with a code and a text.
    pub fn new(code: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Fault {
        Fault { code: code.into(), message: Some(message.into()), details: Vec::new() }
    }

    /// A fault that AWS sends without a text.
    pub fn bare(code: impl Into<Cow<'static, str>>) -> Fault {
        Fault { code: code.into(), message: None, details: Vec::new() }
    }

    /// Adds a member to the error body.
    #[must_use]
    pub fn with(mut self, name: impl Into<Cow<'static, str>>, value: impl Into<String>) -> Fault {
        self.details.push((name.into(), value.into()));
        self
    }

    /// SageMaker's `ValidationException`, for constraints and for most of what its services refuse.
    pub fn validation(message: impl Into<String>) -> Fault {
        Fault::new("ValidationException", message)
    }

    /// The answer when passrole itself failed: the caller sees no detail, the log does.
    pub fn internal() -> Fault {
        Fault::new(
            "InternalFailure",
            "The request processing has failed because of an unknown error, exception or failure.",
        )
    }

    /// An operation that AWS has and passrole does not build.
    pub fn not_built(service: &str, operation: &str) -> Fault {
        Fault::new(
            "NotImplemented",
            format!(
                "passrole does not build {service}:{operation}; nothing was done. `passrole operations` lists what is built."
            ),
        )
    }

    /// The text, or nothing.
    pub fn text(&self) -> &str {
        self.message.as_deref().unwrap_or_default()
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.text())
    }
}

impl std::error::Error for Fault {}
