//! The types of an API model. Plain data; knows nothing of how it is read or used.
//!
//! Shapes refer to each other by index, so that following a reference costs no look-up by name.

use std::fmt;

use super::pattern::Pattern;

/// A service's model: its operations, its shapes and how it speaks.
#[derive(Debug)]
pub struct Service {
    /// The name under which passrole knows it: the SigV4 signing name, such as `sagemaker`.
    pub name: &'static str,
    /// The API version, such as `2017-07-24`.
    pub api_version: &'static str,
    /// How requests and answers are written.
    pub protocol: Protocol,
    /// The name in the SigV4 credential scope.
    pub signing_name: &'static str,
    /// What stands before the dot of `X-Amz-Target`, for JSON services.
    pub target_prefix: Option<&'static str>,
    /// The XML namespace of answers, for XML services.
    pub xml_namespace: Option<&'static str>,
    pub(super) operations: Box<[Operation]>,
    pub(super) shapes: Box<[Shape]>,
    pub(super) errors: Box<[ErrorShape]>,
}

impl Service {
    /// An operation by its exact name.
    pub fn operation(&self, name: &str) -> Option<&Operation> {
        let index = self.operations.binary_search_by(|operation| operation.name.cmp(name)).ok()?;
        self.operations.get(index)
    }

    /// Every operation, sorted by name.
    pub fn operations(&self) -> impl ExactSizeIterator<Item = &Operation> {
        self.operations.iter()
    }

    /// The shape that a reference names.
    #[expect(clippy::indexing_slicing, reason = "the loader makes ids from positions in this very list")]
    pub fn shape(&self, id: ShapeId) -> &Shape {
        &self.shapes[usize::from(id.0)]
    }

    /// A shape by its name in the model, such as `TrainingJobName`.
    pub fn shape_named(&self, name: &str) -> Option<ShapeId> {
        let index = self.shapes.binary_search_by(|shape| shape.name.cmp(name)).ok()?;
        u16::try_from(index).ok().map(ShapeId)
    }

    /// Every shape, sorted by name.
    pub fn shapes(&self) -> impl ExactSizeIterator<Item = &Shape> {
        self.shapes.iter()
    }

    /// The modelled error that a code stands for; `None` for the errors that every service shares and none models.
    pub fn error(&self, code: &str) -> Option<&ErrorShape> {
        let index = self.errors.binary_search_by(|error| error.code.cmp(code)).ok()?;
        self.errors.get(index)
    }
}

/// How a service's requests and answers are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Protocol {
    /// JSON bodies, the operation in `X-Amz-Target` (SageMaker, ECR, KMS, CloudWatch Logs).
    AwsJson11,
    /// Form bodies, the operation in `Action`, XML answers (IAM, STS).
    AwsQuery,
    /// EC2's own variety of the query protocol.
    Ec2Query,
    /// Methods and paths, XML bodies (S3).
    RestXml,
    /// Methods and paths, JSON bodies (the SageMaker runtime, EFS).
    RestJson,
}

/// A reference to a shape of the same service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ShapeId(pub(super) u16);

/// An operation of a service.
#[derive(Debug)]
pub struct Operation {
    /// Such as `CreateTrainingJob`.
    pub name: &'static str,
    /// The structure that a request carries.
    pub input: Option<ShapeId>,
    /// The structure that an answer carries; `None` where success has no body.
    pub output: Option<ShapeId>,
    /// The element around the output of XML answers, such as `AssumeRoleResult`.
    pub result_wrapper: Option<&'static str>,
    /// The codes of the errors that the model declares, sorted.
    pub errors: Box<[&'static str]>,
    /// The HTTP method.
    pub method: &'static str,
    /// The path, with `{Labels}` for REST protocols.
    pub uri: &'static str,
    /// The HTTP status of success.
    pub response_code: u16,
}

/// An error that a model declares.
#[derive(Debug, PartialEq, Eq)]
pub struct ErrorShape {
    /// The code on the wire, which may differ from the shape's name (`NoSuchEntity`, not `NoSuchEntityException`).
    pub code: &'static str,
    /// The HTTP status that the model gives; `None` leaves it to the protocol.
    pub http_status: Option<u16>,
    /// Whether the service, not the sender, is to blame.
    pub receiver_fault: bool,
    /// The member that carries the text, `message` or `Message`; `None` where the model has none.
    pub message_member: Option<&'static str>,
}

/// A shape: a type with its constraints.
#[derive(Debug)]
pub struct Shape {
    /// Its name in the model, such as `TrainingJobName`.
    pub name: &'static str,
    /// What it is.
    pub kind: ShapeKind,
    /// Whether its value must not be shown.
    pub sensitive: bool,
}

/// What a shape is.
#[derive(Debug)]
pub enum ShapeKind {
    /// Named members.
    Structure(Structure),
    /// Elements of one shape.
    List(List),
    /// Text keys and values of one shape each.
    Map(Map),
    /// Text.
    String(Text),
    /// A whole number of 32 bits.
    Integer(Range),
    /// A whole number of 64 bits.
    Long(Range),
    /// A single-precision number.
    Float(Range),
    /// A double-precision number.
    Double(Range),
    /// True or false.
    Boolean,
    /// An instant.
    Timestamp,
    /// Bytes; base64 text in a document.
    Blob(Length),
}

/// A structure's members in the order of the model, which is the order of messages and of XML.
#[derive(Debug)]
pub struct Structure {
    /// The members.
    pub members: Box<[Member]>,
    /// Whether exactly one member must be present.
    pub union: bool,
    /// The member that is the whole HTTP body, for REST protocols.
    pub payload: Option<&'static str>,
}

impl Structure {
    /// A member by its exact name.
    pub fn member(&self, name: &str) -> Option<&Member> {
        self.members.iter().find(|member| member.name == name)
    }
}

/// A member of a structure.
#[derive(Debug)]
pub struct Member {
    /// Its name in documents, such as `RoleArn`.
    pub name: &'static str,
    /// Its shape.
    pub shape: ShapeId,
    /// Whether a request without it is refused.
    pub required: bool,
    /// Whether SDKs fill it in where the caller leaves it out.
    pub idempotency_token: bool,
    /// Where a REST protocol puts it.
    pub location: Location,
    /// Its name on the wire where that differs from `name`.
    pub location_name: Option<&'static str>,
    /// Its name in EC2 query requests where that differs from the rule.
    pub query_name: Option<&'static str>,
}

/// Where a REST protocol puts a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Location {
    /// In the body.
    Body,
    /// In the path.
    Uri,
    /// In the query string.
    QueryString,
    /// In a header.
    Header,
    /// In headers that share a prefix.
    Headers,
    /// It is the status code.
    StatusCode,
}

/// A list.
#[derive(Debug)]
pub struct List {
    /// The shape of each element.
    pub member: ShapeId,
    /// The name of each element on the wire where the protocol's own does not hold.
    pub location_name: Option<&'static str>,
    /// How many elements it may have.
    pub length: Length,
    /// Whether elements stand without an element around them.
    pub flattened: bool,
}

/// A map.
#[derive(Debug)]
pub struct Map {
    /// The shape of each key.
    pub key: ShapeId,
    /// The shape of each value.
    pub value: ShapeId,
    /// How many entries it may have.
    pub length: Length,
    /// Whether entries stand without an element around them.
    pub flattened: bool,
}

/// The constraints of a text.
#[derive(Debug)]
pub struct Text {
    /// How many code points it may have.
    pub length: Length,
    /// What the whole of it must match.
    pub pattern: Option<Box<Pattern>>,
    /// The only values it may have, in the order of the model; empty where any will do.
    pub values: Box<[&'static str]>,
}

/// How long a value may be: code points of a text, elements of a list, entries of a map, bytes of a blob.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Length {
    /// The least.
    pub min: Option<u64>,
    /// The most.
    pub max: Option<u64>,
}

impl Length {
    /// Whether a length is within the bounds.
    pub fn holds(self, length: u64) -> bool {
        self.min.is_none_or(|min| length >= min) && self.max.is_none_or(|max| length <= max)
    }
}

/// How large a number may be.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Range {
    /// The least.
    pub min: Option<Bound>,
    /// The most.
    pub max: Option<Bound>,
}

/// One end of a range, kept as the model writes it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Bound {
    /// A whole number.
    Whole(i64),
    /// A number with a fraction.
    Real(f64),
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Bound::Whole(bound) => write!(f, "{bound}"),
            Bound::Real(bound) => write!(f, "{bound:?}"),
        }
    }
}
