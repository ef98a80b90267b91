//! The `Condition` element: operators, set qualifiers, and what they make of missing, empty and many-valued keys.
//!
//! A comparison is true, false or, where a value cannot be read as the operator's type, unknown. An unknown condition
//! never lets an `Allow` match and never keeps a `Deny` from matching.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>

mod operand;
mod operator;

pub use operator::{Operator, SetOperator, Type};

use operand::Operands;

use super::Context;

/// One operator applied to one key.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    /// How the key's values are compared.
    pub operator: Operator,
    /// The condition key as written; compared without regard to case.
    pub key: Box<str>,
    /// The values as written; any one of them suffices, or for a negated operator none may match.
    pub values: Box<[Box<str>]>,
    operands: Operands,
}

/// What came out of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Truth {
    True,
    False,
    /// A value could not be read as the operator's type.
    Unknown,
}

impl Condition {
    /// Compiles a condition; `variables` says whether the document's version knows policy variables.
    pub(super) fn new(operator: Operator, key: &str, values: Vec<String>, variables: bool) -> Condition {
        Condition {
            operator,
            key: key.into(),
            operands: Operands::compile(operator.compares, &values, variables),
            values: values.into_iter().map(Into::into).collect(),
        }
    }

    /// Evaluates the condition in a context.
    pub(super) fn evaluate(&self, context: &Context) -> Truth {
        let values = context.get(&self.key);
        if self.operator.compares == Type::Null {
            return self.operands.null(values.is_none_or(|values| values.iter().all(String::is_empty)));
        }
        let Some(values) = values else { return self.operator.when_missing().into() };
        let negated = self.operator.negated;
        let each = |value: &String| {
            let found = self.operands.any_matches(value, context);
            if negated { found.not() } else { found }
        };
        match self.operator.set {
            SetOperator::ForAllValues if values.iter().all(String::is_empty) => Truth::True,
            SetOperator::ForAnyValue if values.iter().all(String::is_empty) => Truth::False,
            SetOperator::ForAllValues => Truth::all(values.iter().map(each)),
            SetOperator::ForAnyValue => Truth::any(values.iter().map(each)),
            // Without a qualifier one matching value makes a positive operator true and a negated one false.
            SetOperator::None if negated => Truth::all(values.iter().map(each)),
            SetOperator::None => Truth::any(values.iter().map(each)),
        }
    }

    /// The keys of policy variables in the values.
    pub(super) fn variable_keys(&self) -> Vec<&str> {
        self.operands.variable_keys()
    }

    /// Variables in the values that have no value in this context.
    pub(super) fn unset_variables<'a>(&'a self, context: &Context) -> Vec<&'a str> {
        self.operands.unset_variables(context)
    }
}

impl Truth {
    fn not(self) -> Truth {
        match self {
            Truth::True => Truth::False,
            Truth::False => Truth::True,
            Truth::Unknown => Truth::Unknown,
        }
    }

    fn any(each: impl Iterator<Item = Truth>) -> Truth {
        let mut found = Truth::False;
        for truth in each {
            match truth {
                Truth::True => return Truth::True,
                Truth::Unknown => found = Truth::Unknown,
                Truth::False => {}
            }
        }
        found
    }

    fn all(each: impl Iterator<Item = Truth>) -> Truth {
        Truth::any(each.map(Truth::not)).not()
    }
}

impl From<bool> for Truth {
    fn from(value: bool) -> Truth {
        if value { Truth::True } else { Truth::False }
    }
}

#[cfg(test)]
mod tests;
