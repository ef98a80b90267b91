//! Text with `*`, `?` and policy variables, compiled once and matched without allocation.
//!
//! What is substituted for a variable is matched literally, never as a wildcard, and so are `${*}`, `${?}` and `${$}`;
//! that is why no regular expression or textual substitution is used. A variable without a value makes the whole
//! pattern match nothing.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html>

use std::borrow::Cow;

use super::Context;

/// A compiled text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern(Form);

/// The common shapes apart, so that they cost one comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Form {
    Exact(Box<str>),
    Prefix(Box<str>),
    Anything,
    Tokens(Box<[Token]>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Literal(Box<str>),
    /// `*`: any characters, or none.
    Run,
    /// `?`: exactly one character.
    One,
    Variable(Variable),
}

/// Keys whose values are lists, however many there are: IAM does not put them in a variable's place.
const MANY_VALUED: [&str; 18] = [
    "aws:CalledVia",
    "aws:PrincipalOrgPaths",
    "aws:PrincipalServiceNamesList",
    "aws:ResourceOrgPaths",
    "aws:SourceOrgPaths",
    "aws:TagKeys",
    "aws:VpceOrgPaths",
    "sts:TransitiveTagKeys",
    "sagemaker:AcceleratorTypes",
    "sagemaker:CustomerMetadataPropertiesToRemove",
    "sagemaker:ImageArns",
    "sagemaker:ImageVersionArns",
    "sagemaker:InstanceTypes",
    "sagemaker:NotebookInstanceLifecycleConfigArns",
    "sagemaker:StudioLifecycleConfigArns",
    "sagemaker:UpdatableFeatures",
    "sagemaker:VpcSecurityGroupIds",
    "sagemaker:VpcSubnets",
];

/// `${key}` or `${key, 'default'}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Variable {
    key: Box<str>,
    default: Option<Box<str>>,
    many_valued: bool,
}

/// Which characters of a text are special.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Syntax {
    /// `*` and `?` are wildcards.
    pub wildcards: bool,
    /// `${…}` is a policy variable, as in documents of version 2012-10-17.
    pub variables: bool,
}

impl Pattern {
    /// Compiles a text; every text compiles, and an unclosed `${` is literal.
    pub fn compile(text: &str, syntax: Syntax) -> Pattern {
        let special = |c: char| (syntax.wildcards && matches!(c, '*' | '?')) || (syntax.variables && c == '$');
        match text.find(special) {
            None => return Pattern(Form::Exact(text.into())),
            Some(at) if at > 0 && text.get(at..) == Some("*") => {
                return Pattern(Form::Prefix(text.get(..at).unwrap_or_default().into()));
            }
            Some(_) => {}
        }
        let mut tokens = tokens(text, syntax);
        Pattern(match tokens.as_mut_slice() {
            [] => Form::Exact("".into()),
            [Token::Run] => Form::Anything,
            [Token::Literal(literal)] => Form::Exact(std::mem::take(literal)),
            [Token::Literal(literal), Token::Run] => Form::Prefix(std::mem::take(literal)),
            _ => Form::Tokens(tokens.into()),
        })
    }

    /// Whether the whole text matches, with the variables' values from the context.
    pub fn matches(&self, text: &str, context: &Context) -> bool {
        match &self.0 {
            Form::Exact(exact) => **exact == *text,
            Form::Prefix(prefix) => text.starts_with(&**prefix),
            Form::Anything => true,
            Form::Tokens(tokens) => {
                tokens.iter().all(|token| token.is_resolvable(context)) && glob(tokens, text, context)
            }
        }
    }

    /// The text with its variables' values; `None` where one has no value, or where the pattern has wildcards.
    pub(super) fn resolve<'a>(&'a self, context: &'a Context) -> Option<Cow<'a, str>> {
        match &self.0 {
            Form::Exact(exact) => Some(Cow::Borrowed(exact)),
            Form::Prefix(_) | Form::Anything => None,
            Form::Tokens(tokens) => {
                tokens.iter().map(|token| token.literal(context)).collect::<Option<String>>().map(Cow::Owned)
            }
        }
    }

    /// The keys of variables that have no value in this context.
    pub(super) fn unset_variables<'a>(&'a self, context: &Context) -> Vec<&'a str> {
        match &self.0 {
            Form::Tokens(tokens) => tokens
                .iter()
                .filter_map(|token| match token {
                    Token::Variable(variable) if variable.value(context).is_none() => Some(&*variable.key),
                    _ => None,
                })
                .collect(),
            _ => Vec::new(),
        }
    }

    /// The keys that the pattern's variables name.
    pub(super) fn variable_keys(&self) -> impl Iterator<Item = &str> {
        let tokens: &[Token] = match &self.0 {
            Form::Tokens(tokens) => tokens,
            _ => &[],
        };
        tokens.iter().filter_map(|token| match token {
            Token::Variable(variable) => Some(&*variable.key),
            _ => None,
        })
    }
}

impl Token {
    /// The literal text that the token stands for in this context.
    fn literal<'a>(&'a self, context: &'a Context) -> Option<&'a str> {
        match self {
            Token::Literal(text) => Some(text),
            Token::Variable(variable) => variable.value(context),
            Token::Run | Token::One => None,
        }
    }

    fn is_resolvable(&self, context: &Context) -> bool {
        match self {
            Token::Variable(variable) => variable.value(context).is_some(),
            _ => true,
        }
    }

    /// The text after what the token matches at its beginning.
    fn step<'t>(&self, text: &'t str, context: &Context) -> Option<&'t str> {
        match self {
            Token::One => {
                let mut characters = text.chars();
                characters.next().map(|_| characters.as_str())
            }
            _ => text.strip_prefix(self.literal(context)?),
        }
    }
}

impl Variable {
    /// The key's one value; multi-valued keys cannot be variables, and an empty value is none.
    fn value<'a>(&'a self, context: &'a Context) -> Option<&'a str> {
        match context.get(&self.key) {
            _ if self.many_valued => None,
            Some([value]) if !value.is_empty() => Some(value),
            Some([_, _, ..]) => None,
            _ => self.default.as_deref(),
        }
    }
}

/// Matches greedily from the left and comes back to the last `*` only: enough for globs, and linear in practice.
fn glob(tokens: &[Token], text: &str, context: &Context) -> bool {
    let (mut at, mut rest) = (0, text);
    let mut last_run: Option<(usize, &str)> = None;
    loop {
        match tokens.get(at) {
            None if rest.is_empty() => return true,
            Some(Token::Run) => {
                at += 1;
                if at == tokens.len() {
                    return true;
                }
                last_run = Some((at, rest));
                continue;
            }
            Some(token) => {
                if let Some(after) = token.step(rest, context) {
                    (at, rest) = (at + 1, after);
                    continue;
                }
            }
            None => {}
        }
        let Some((after_run, from)) = last_run else { return false };
        let mut characters = from.chars();
        if characters.next().is_none() {
            return false;
        }
        (at, rest) = (after_run, characters.as_str());
        last_run = Some((at, rest));
    }
}

fn tokens(text: &str, syntax: Syntax) -> Vec<Token> {
    let mut found = Vec::new();
    let mut literal = String::new();
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        let special = match character {
            '*' if syntax.wildcards => Some((Token::Run, 1)),
            '?' if syntax.wildcards => Some((Token::One, 1)),
            '$' if syntax.variables => variable(rest),
            _ => None,
        };
        let length = match special {
            Some((Token::Literal(escaped), length)) => {
                literal.push_str(&escaped);
                length
            }
            Some((token, length)) => {
                if !literal.is_empty() {
                    found.push(Token::Literal(std::mem::take(&mut literal).into()));
                }
                if token != Token::Run || found.last() != Some(&Token::Run) {
                    found.push(token);
                }
                length
            }
            None => {
                literal.push(character);
                character.len_utf8()
            }
        };
        rest = rest.get(length..).unwrap_or_default();
    }
    if !literal.is_empty() {
        found.push(Token::Literal(literal.into()));
    }
    found
}

/// The variable or escape at the beginning of a text, and its length.
fn variable(text: &str) -> Option<(Token, usize)> {
    let inner = text.strip_prefix("${")?;
    let inner = inner.get(..closing_brace(inner)?)?;
    let length = inner.len() + 3;
    if matches!(inner, "*" | "?" | "$") {
        return Some((Token::Literal(inner.into()), length));
    }
    let (key, default) = match inner.split_once(',') {
        None => (inner, None),
        Some((key, default)) => {
            let default = default.trim();
            (key, Some(default.strip_prefix('\'').and_then(|text| text.strip_suffix('\'')).unwrap_or(default)))
        }
    };
    let key = key.trim();
    if key.is_empty() {
        return None;
    }
    let many_valued = MANY_VALUED.iter().any(|known| known.eq_ignore_ascii_case(key));
    Some((Token::Variable(Variable { key: key.into(), default: default.map(Into::into), many_valued }), length))
}

/// Where the variable's braces close; a brace inside a quoted default does not.
fn closing_brace(inner: &str) -> Option<usize> {
    let mut quoted = false;
    inner.char_indices().find_map(|(at, character)| match character {
        '\'' => {
            quoted = !quoted;
            None
        }
        '}' if !quoted => Some(at),
        _ => None,
    })
}

#[cfg(test)]
mod tests;
