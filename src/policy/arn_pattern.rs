//! Patterns for ARNs: the `Resource` element and the Arn condition operators.
//!
//! The six colon-separated segments match one by one, so a wildcard never crosses into the next segment; the sixth may
//! itself hold colons, and wildcards in it run over them.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html>

use super::Context;
use super::pattern::{Pattern, Syntax};
use crate::arn::Arn;

/// A compiled ARN pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ArnPattern(Form);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Form {
    /// `*`
    Everything,
    /// Partition, service, region, account and resource.
    Segments(Box<[Pattern; 5]>),
    /// `*key/id`: a value of a condition that leaves the beginning open, held against the whole ARN.
    Ending(Box<Pattern>),
    /// A text that no ARN can match.
    Nothing,
}

/// The resource of a request, taken apart once. Segments may be empty, as they are in ARNs that IAM's own pages print.
#[derive(Debug, Clone, Copy)]
pub(super) struct Target<'a> {
    text: &'a str,
    pub(super) arn: Option<Arn<'a>>,
}

impl<'a> Target<'a> {
    pub(super) fn new(text: &'a str) -> Target<'a> {
        let mut segments = text.splitn(6, ':');
        let mut arn = || {
            (segments.next()? == "arn").then_some(())?;
            Some(Arn {
                partition: segments.next()?,
                service: segments.next()?,
                region: segments.next()?,
                account: segments.next()?,
                resource: segments.next()?,
            })
        };
        Target { text, arn: arn() }
    }
}

impl ArnPattern {
    /// Compiles an entry of `Resource` or `NotResource`. Segments that are missing at the end are completed with `*`.
    /// Variables stand in the sixth segment only; elsewhere they are literal and match nothing.
    pub(super) fn resource(text: &str, variables: bool) -> ArnPattern {
        let here = Syntax { wildcards: true, variables };
        let before = Syntax { wildcards: true, variables: false };
        ArnPattern::compile(text, before, here, true)
    }

    /// Compiles a value of an Arn operator: all six segments must be there and all may hold variables. A value that
    /// begins with a star may leave segments out, as SageMaker's guide writes `"sagemaker:VolumeKmsKey": "*key/id"`.
    /// <https://docs.aws.amazon.com/sagemaker/latest/dg/security_iam_id-based-policy-examples.html>
    pub(super) fn condition(text: &str, variables: bool) -> ArnPattern {
        let syntax = Syntax { wildcards: true, variables };
        ArnPattern::compile(text, syntax, syntax, false)
    }

    fn compile(text: &str, before: Syntax, last: Syntax, complete: bool) -> ArnPattern {
        if text == "*" {
            return ArnPattern(Form::Everything);
        }
        let parts = segments(text);
        let missing = 6_usize.saturating_sub(parts.len());
        if !complete && missing > 0 && text.starts_with('*') {
            return ArnPattern(Form::Ending(Box::new(Pattern::compile(text, last))));
        }
        if parts.first() != Some(&"arn") || (missing > 0 && !(complete && missing <= 2)) {
            return ArnPattern(Form::Nothing);
        }
        let segment = |index: usize, syntax| Pattern::compile(parts.get(index).unwrap_or(&"*"), syntax);
        ArnPattern(Form::Segments(Box::new([
            segment(1, before),
            segment(2, before),
            segment(3, before),
            segment(4, before),
            segment(5, last),
        ])))
    }

    /// Whether the ARN matches; what is not an ARN matches `*` in a `Resource` element only.
    pub(super) fn matches(&self, target: &Target<'_>, context: &Context) -> bool {
        match (&self.0, &target.arn) {
            (Form::Everything, _) => true,
            (Form::Segments(patterns), Some(arn)) => {
                let [partition, service, region, account, resource] = &**patterns;
                service.matches(arn.service, context)
                    && resource.matches(arn.resource, context)
                    && region.matches(arn.region, context)
                    && account.matches(arn.account, context)
                    && partition.matches(arn.partition, context)
            }
            (Form::Ending(pattern), Some(_)) => pattern.matches(target.text, context),
            (Form::Segments(_) | Form::Ending(_), None) | (Form::Nothing, _) => false,
        }
    }

    /// Variables without a value in this context.
    pub(super) fn unset_variables<'a>(&'a self, context: &Context) -> Vec<&'a str> {
        self.patterns().iter().flat_map(|pattern| pattern.unset_variables(context)).collect()
    }

    /// The keys that the pattern's variables name.
    pub(super) fn variable_keys(&self) -> impl Iterator<Item = &str> {
        self.patterns().iter().flat_map(Pattern::variable_keys)
    }

    fn patterns(&self) -> &[Pattern] {
        match &self.0 {
            Form::Segments(patterns) => &**patterns,
            Form::Ending(pattern) => std::slice::from_ref(pattern),
            Form::Everything | Form::Nothing => &[],
        }
    }
}

/// The text split at its first five colons; colons inside `${…}` do not count.
fn segments(text: &str) -> Vec<&str> {
    let mut found = Vec::with_capacity(6);
    let (mut start, mut braces) = (0, 0_usize);
    let mut previous = ' ';
    for (at, character) in text.char_indices() {
        match character {
            '{' if previous == '$' => braces += 1,
            '}' => braces = braces.saturating_sub(1),
            ':' if braces == 0 && found.len() < 5 => {
                found.push(text.get(start..at).unwrap_or_default());
                start = at + 1;
            }
            _ => {}
        }
        previous = character;
    }
    found.push(text.get(start..).unwrap_or_default());
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn context() -> Context {
        let mut context = Context::new();
        context.set("aws:username", "alice");
        context.set("aws:PrincipalAccount", "111122223333");
        context
    }

    #[test]
    fn resources() {
        for (pattern, resource, expected) in [
            ("*", "*", true),
            ("*", "arn:aws:s3:::b", true),
            ("arn:aws:s3:::*", "*", false),
            ("arn:aws:s3:::b/*", "arn:aws:s3:::b/k:with:colons", true),
            ("arn:aws:s3:::b/*", "arn:aws:s3:::b", false),
            ("arn:aws:s3:::B", "arn:aws:s3:::b", false),
            ("arn:aws:sagemaker:*:*:training-job/*", "arn:aws:sagemaker:us-east-1:111122223333:training-job/j", true),
            ("arn:aws:sagemaker:*:training-job/*", "arn:aws:sagemaker:us-east-1:111122223333:training-job/j", false),
            ("arn:aws:sagemaker:us-*:*:training-job/j", "arn:aws:sagemaker:eu-west-1:1:training-job/j", false),
            ("arn:*:sagemaker:*:*:*", "arn:aws-cn:sagemaker:cn-north-1:1:training-job/j", true),
            ("arn:aws:ecr:::repository/r", "arn:aws:ecr:us-east-1:111122223333:repository/r", false),
            ("arn:aws:sqs:*", "arn:aws:sqs:us-east-1:111122223333:q", true),
            ("arn:aws:sqs:us-east-1:*", "arn:aws:sqs:us-east-1:111122223333:q", true),
            ("arn:aws:sqs:us-east-1:9*", "arn:aws:sqs:us-east-1:111122223333:q", false),
            ("arn:aws:s3:::b/${aws:username}/*", "arn:aws:s3:::b/alice/x", true),
            ("arn:aws:s3:::b/${aws:nobody}/*", "arn:aws:s3:::b//x", false),
            ("arn:aws:sqs:us-east-1:${aws:PrincipalAccount}:q", "arn:aws:sqs:us-east-1:111122223333:q", false),
            ("arn:aws:logs:*:*:log-group:*:log-stream:s", "arn:aws:logs:r:1:log-group:/aws/x:log-stream:s", true),
        ] {
            let compiled = ArnPattern::resource(pattern, true);
            assert_eq!(compiled.matches(&Target::new(resource), &context()), expected, "{pattern} on {resource}");
        }
    }

    #[test]
    fn condition_values() {
        for (pattern, value, expected) in [
            ("arn:aws:sns:us-east-1:1:t", "arn:aws:sns:us-east-1:1:t", true),
            ("arn:aws:sns:*:1:t*", "arn:aws:sns:us-east-1:1:topic", true),
            ("arn:aws:some:*:111122223333:finance/*", "arn:aws:some:r:9:store/abc:111122223333:finance/d", false),
            ("arn:aws:sns:*", "arn:aws:sns:us-east-1:1:t", false),
            ("arn:aws:sns:us-east-1:1:t", "not an arn", false),
            ("not an arn", "not an arn", false),
            ("*key/1234", "arn:aws:kms:us-east-1:1:key/1234", true),
            ("*key/1234", "arn:aws:kms:us-east-1:1:key/12345", false),
            ("*:key/1234", "arn:aws:kms:us-east-1:1:key/1234", true),
            ("*key/1234", "key/1234", false),
            ("key/1234", "arn:aws:kms:us-east-1:1:key/1234", false),
            ("arn:aws:iam::${aws:PrincipalAccount}:role/*", "arn:aws:iam::111122223333:role/r", true),
        ] {
            let compiled = ArnPattern::condition(pattern, true);
            assert_eq!(compiled.matches(&Target::new(value), &context()), expected, "{pattern} on {value}");
        }
    }
}
