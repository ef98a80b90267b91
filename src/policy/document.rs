//! From a policy's text to its compiled statements, with every check that AWS makes when a policy is written.
//!
//! Knows the grammar of each policy type and nothing of evaluation. What passes here can be evaluated: an unknown
//! operator or a broken element never gets further.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>

mod check;

use super::arn_pattern::ArnPattern;
use super::condition::{Condition, Operator};
use super::json::{self, Node, Value};
use super::malformed::{Malformed, Mistake};
use super::principal::PrincipalEntry;
use super::statement::{ActionElement, Effect, PrincipalElement, ResourceElement, Statement};
use super::{PolicyType, Position, Version};

/// No policy of AWS is longer; a bound on what a caller can make the reader hold.
const LENGTH_LIMIT: usize = 1 << 20;

/// What a text says.
#[derive(Debug)]
pub(super) struct Document {
    pub(super) version: Version,
    pub(super) id: Option<String>,
    pub(super) statements: Vec<Statement>,
    /// Where the list of statements begins, after its bracket; `None` where one statement stands without a list.
    pub(super) list_start: Option<usize>,
}

/// Reads and checks a policy of this type.
pub(super) fn parse(text: &str, policy_type: PolicyType) -> Result<Document, Malformed> {
    let refuse = |mistake: Mistake, path: &str| Err(mistake.at(path, policy_type));
    if text.len() > LENGTH_LIMIT {
        return refuse(Mistake::TooLong, "");
    }
    let root = json::read(text).map_err(|error| {
        let Position { line, column } = Position::of(text, error.offset);
        Mistake::Json { what: error.what, line, column }.at("", policy_type)
    })?;
    let Value::Object(members) = root.value else {
        return refuse(Mistake::Syntax("a policy is a JSON object"), "");
    };
    let mut reader = Reader { policy_type, version: Version::V2008, path: String::new() };
    let (mut id, mut statement) = (None, None);
    for (name, node) in members {
        match name.as_str() {
            "Version" => reader.version = reader.version_of(&node.value)?,
            "Id" => id = Some(reader.string(node.value, "Id")?),
            "Statement" => statement = Some(node),
            _ => return refuse(Mistake::UnknownField(name.clone()), &name),
        }
    }
    let Some(statement) = statement else {
        return refuse(Mistake::MissingField("Statement"), "");
    };
    let list_start = matches!(statement.value, Value::Array(_)).then_some(statement.start + 1);
    let statements = reader.statements(statement)?;
    Ok(Document { version: reader.version, id, statements, list_start })
}

struct Reader {
    policy_type: PolicyType,
    version: Version,
    /// The statement that is being read, such as `Statement[0]`.
    path: String,
}

/// The elements of a statement as they were written.
#[derive(Default)]
struct Elements {
    sid: Option<String>,
    effect: Option<Effect>,
    action: Option<ActionElement>,
    resource: Option<ResourceElement>,
    principal: Option<PrincipalElement>,
    conditions: Vec<Condition>,
}

impl Reader {
    fn refuse<T>(&self, mistake: Mistake, element: &str) -> Result<T, Malformed> {
        let dot = if self.path.is_empty() || element.is_empty() { "" } else { "." };
        Err(mistake.at(format!("{}{dot}{element}", self.path), self.policy_type))
    }

    fn version_of(&self, value: &Value) -> Result<Version, Malformed> {
        match value {
            Value::String(text) if text == "2012-10-17" => Ok(Version::V2012),
            Value::String(text) if text == "2008-10-17" => Ok(Version::V2008),
            Value::String(_) => self.refuse(Mistake::Version, "Version"),
            _ => self.refuse(Mistake::Syntax("`Version` is a string"), "Version"),
        }
    }

    fn string(&self, value: Value, element: &str) -> Result<String, Malformed> {
        match value {
            Value::String(text) => Ok(text),
            _ => self.refuse(Mistake::Syntax("this element is a string"), element),
        }
    }

    /// A string or a list of strings.
    fn strings(&self, value: Value, element: &str) -> Result<Vec<String>, Malformed> {
        match value {
            Value::String(text) => Ok(vec![text]),
            Value::Array(nodes) => nodes.into_iter().map(|node| self.string(node.value, element)).collect(),
            _ => self.refuse(Mistake::Syntax("this element is a string or a list of strings"), element),
        }
    }

    fn statements(&mut self, node: Node) -> Result<Vec<Statement>, Malformed> {
        let nodes = match node.value {
            Value::Array(nodes) => nodes,
            Value::Object(_) => vec![node],
            _ => return self.refuse(Mistake::Syntax("`Statement` is an object or a list of objects"), "Statement"),
        };
        if nodes.is_empty() {
            return self.refuse(Mistake::NoStatement, "Statement");
        }
        let mut statements: Vec<Statement> = Vec::with_capacity(nodes.len());
        let mut sids = std::collections::HashSet::new();
        for (index, node) in nodes.into_iter().enumerate() {
            self.path = format!("Statement[{index}]");
            let statement = self.statement(node)?;
            // An empty Sid is no id, and may stand more than once.
            if let Some(sid) = statement.sid.as_deref().filter(|sid| !sid.is_empty())
                && !sids.insert(sid.to_owned())
            {
                return self.refuse(Mistake::SidRepeated, "Sid");
            }
            statements.push(statement);
        }
        Ok(statements)
    }

    fn statement(&self, node: Node) -> Result<Statement, Malformed> {
        let span = node.start..node.end;
        let Value::Object(members) = node.value else {
            return self.refuse(Mistake::Syntax("a statement is an object"), "");
        };
        self.no_pairs(&members)?;
        let mut elements = Elements::default();
        for (name, member) in members {
            self.element(&mut elements, &name, member.value)?;
        }
        self.complete(elements, span)
    }

    /// An element and its negation exclude each other.
    fn no_pairs(&self, members: &[(String, Node)]) -> Result<(), Malformed> {
        let has = |name: &str| members.iter().any(|(member, _)| member == name);
        for (element, negation) in [("Action", "NotAction"), ("Resource", "NotResource"), ("Principal", "NotPrincipal")]
        {
            if has(element) && has(negation) {
                return self.refuse(Mistake::Syntax("an element and its negation stand in one statement"), negation);
            }
        }
        Ok(())
    }

    fn element(&self, elements: &mut Elements, name: &str, value: Value) -> Result<(), Malformed> {
        match name {
            "Sid" => elements.sid = Some(self.sid(self.string(value, name)?)?),
            "Effect" => {
                elements.effect = Some(match value {
                    Value::String(text) if text == "Allow" => Effect::Allow,
                    Value::String(text) if text == "Deny" => Effect::Deny,
                    _ => return self.refuse(Mistake::Effect, name),
                });
            }
            "Action" | "NotAction" => elements.action = Some(self.action(value, name)?),
            "Resource" | "NotResource" => elements.resource = Some(self.resource(value, name)?),
            "Principal" | "NotPrincipal" => elements.principal = Some(self.principal(value, name)?),
            "Condition" => elements.conditions = self.conditions(value)?,
            _ => return self.refuse(Mistake::UnknownField(name.to_owned()), name),
        }
        Ok(())
    }

    fn action(&self, value: Value, name: &str) -> Result<ActionElement, Malformed> {
        let entries = self.strings(value, name)?;
        if entries.is_empty() {
            return self.refuse(Mistake::MissingField("Action"), name);
        }
        let negated = name == "NotAction";
        for entry in &entries {
            check::action(entry, negated, self.policy_type).or_else(|mistake| self.refuse(mistake, name))?;
        }
        Ok(ActionElement::new(entries, negated))
    }

    fn resource(&self, value: Value, name: &str) -> Result<ResourceElement, Malformed> {
        let negated = name == "NotResource";
        if self.policy_type == PolicyType::RoleTrust {
            let field = if negated { "NotResource" } else { "Resource" };
            return self.refuse(Mistake::ProhibitedField(field), name);
        }
        let entries = self.strings(value, name)?;
        if entries.is_empty() {
            return self.refuse(Mistake::MissingField("Resource"), name);
        }
        for entry in &entries {
            check::resource(entry).or_else(|mistake| self.refuse(mistake, name))?;
        }
        let variables = self.version == Version::V2012;
        Ok(ResourceElement {
            negated,
            patterns: entries.iter().map(|entry| ArnPattern::resource(entry, variables)).collect(),
            written: entries.into_iter().map(Into::into).collect(),
        })
    }

    fn principal(&self, value: Value, name: &str) -> Result<PrincipalElement, Malformed> {
        let negated = name == "NotPrincipal";
        let field = if negated { "NotPrincipal" } else { "Principal" };
        if check::prohibits_principal(self.policy_type, negated) {
            return self.refuse(Mistake::ProhibitedField(field), name);
        }
        let mut entries = Vec::new();
        match value {
            Value::String(text) if text == "*" => entries.push(PrincipalEntry::Everyone),
            Value::String(text) => {
                return self.refuse(Mistake::Principal { kind: "AWS".to_owned(), value: text }, name);
            }
            Value::Object(members) => {
                for (kind, node) in members {
                    for text in self.strings(node.value, name)? {
                        match check::principal(&kind, &text, self.policy_type) {
                            Some(entry) => entries.push(entry),
                            None => return self.refuse(Mistake::Principal { kind, value: text }, name),
                        }
                    }
                }
            }
            _ => return self.refuse(Mistake::Syntax("a principal is `*` or an object"), name),
        }
        if entries.is_empty() {
            return self.refuse(Mistake::MissingField(field), name);
        }
        if self.policy_type == PolicyType::ResourceControl && entries != [PrincipalEntry::Everyone] {
            return self.refuse(Mistake::PolicyTypeRule("the principal of a resource control policy is `*`"), name);
        }
        Ok(PrincipalElement { negated, entries: entries.into() })
    }

    fn sid(&self, sid: String) -> Result<String, Malformed> {
        match check::sid(&sid, self.policy_type) {
            true => Ok(sid),
            false => self.refuse(Mistake::SidCharacters, "Sid"),
        }
    }

    fn conditions(&self, value: Value) -> Result<Vec<Condition>, Malformed> {
        let syntax = Mistake::Syntax("`Condition` maps operators to maps of keys to values");
        let Value::Object(operators) = value else { return self.refuse(syntax, "Condition") };
        let mut conditions = Vec::new();
        for (name, node) in operators {
            let Some(operator) = Operator::parse(&name) else {
                return self.refuse(Mistake::ConditionType(name), "Condition");
            };
            let element = format!("Condition.{name}");
            let Value::Object(keys) = node.value else { return self.refuse(syntax, &element) };
            for (key, values) in keys {
                check::condition_key(&key, self.policy_type).or_else(|mistake| self.refuse(mistake, &element))?;
                let values = self.condition_values(values.value, &element)?;
                conditions.push(Condition::new(operator, &key, values, self.version == Version::V2012));
            }
        }
        Ok(conditions)
    }

    fn condition_values(&self, value: Value, element: &str) -> Result<Vec<String>, Malformed> {
        let nodes = match value {
            Value::Array(nodes) => nodes.into_iter().map(|node| node.value).collect(),
            value => vec![value],
        };
        let scalar = |value| match value {
            Value::String(text) | Value::Number(text) => Ok(text),
            Value::Bool(value) => Ok(value.to_string()),
            _ => self.refuse(Mistake::Syntax("a condition's value is a string, a number or a boolean"), element),
        };
        nodes.into_iter().map(scalar).collect()
    }

    /// Checks that nothing is missing.
    fn complete(&self, elements: Elements, span: std::ops::Range<usize>) -> Result<Statement, Malformed> {
        let Some(effect) = elements.effect else { return self.refuse(Mistake::MissingField("Effect"), "") };
        let Some(action) = elements.action else { return self.refuse(Mistake::MissingField("Action"), "") };
        if elements.resource.is_none() && check::requires_resource(self.policy_type) {
            return self.refuse(Mistake::MissingField("Resource"), "");
        }
        if elements.principal.is_none() && check::requires_principal(self.policy_type) {
            return self.refuse(Mistake::MissingField("Principal"), "");
        }
        if effect == Effect::Allow && elements.principal.as_ref().is_some_and(|element| element.negated) {
            return self.refuse(Mistake::AllowNotPrincipal, "NotPrincipal");
        }
        if self.policy_type == PolicyType::ResourceControl && effect == Effect::Allow {
            return self.refuse(Mistake::PolicyTypeRule("a resource control policy can only deny"), "Effect");
        }
        Ok(Statement {
            sid: elements.sid.map(Into::into),
            effect,
            span,
            action,
            resource: elements.resource,
            principal: elements.principal,
            conditions: elements.conditions.into(),
        })
    }
}
