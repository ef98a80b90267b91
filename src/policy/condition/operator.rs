//! The names of condition operators: set qualifier, comparison, `IfExists`.

use std::fmt;

/// A condition operator as it was written, taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Operator {
    /// `ForAllValues:` or `ForAnyValue:`.
    pub set: SetOperator,
    /// How one value is compared.
    pub compares: Type,
    /// `Not…`
    pub negated: bool,
    /// `…IfExists`
    pub if_exists: bool,
    name: &'static str,
}

/// The qualifier for keys with several values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SetOperator {
    /// No qualifier.
    None,
    /// Every value of the request must satisfy; true where there is none.
    ForAllValues,
    /// One value of the request must satisfy; false where there is none.
    ForAnyValue,
}

/// How two values are compared, negation aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are IAM's")]
pub enum Type {
    StringEquals,
    StringEqualsIgnoreCase,
    StringLike,
    NumericEquals,
    NumericLessThan,
    NumericLessThanEquals,
    NumericGreaterThan,
    NumericGreaterThanEquals,
    DateEquals,
    DateLessThan,
    DateLessThanEquals,
    DateGreaterThan,
    DateGreaterThanEquals,
    Bool,
    BinaryEquals,
    IpAddress,
    ArnLike,
    Null,
}

/// Every operator: its name, its comparison, whether it is negated.
const OPERATORS: [(&str, Type, bool); 27] = [
    ("StringEquals", Type::StringEquals, false),
    ("StringNotEquals", Type::StringEquals, true),
    ("StringEqualsIgnoreCase", Type::StringEqualsIgnoreCase, false),
    ("StringNotEqualsIgnoreCase", Type::StringEqualsIgnoreCase, true),
    ("StringLike", Type::StringLike, false),
    ("StringNotLike", Type::StringLike, true),
    ("NumericEquals", Type::NumericEquals, false),
    ("NumericNotEquals", Type::NumericEquals, true),
    ("NumericLessThan", Type::NumericLessThan, false),
    ("NumericLessThanEquals", Type::NumericLessThanEquals, false),
    ("NumericGreaterThan", Type::NumericGreaterThan, false),
    ("NumericGreaterThanEquals", Type::NumericGreaterThanEquals, false),
    ("DateEquals", Type::DateEquals, false),
    ("DateNotEquals", Type::DateEquals, true),
    ("DateLessThan", Type::DateLessThan, false),
    ("DateLessThanEquals", Type::DateLessThanEquals, false),
    ("DateGreaterThan", Type::DateGreaterThan, false),
    ("DateGreaterThanEquals", Type::DateGreaterThanEquals, false),
    ("Bool", Type::Bool, false),
    ("BinaryEquals", Type::BinaryEquals, false),
    ("IpAddress", Type::IpAddress, false),
    ("NotIpAddress", Type::IpAddress, true),
    ("ArnEquals", Type::ArnLike, false),
    ("ArnLike", Type::ArnLike, false),
    ("ArnNotEquals", Type::ArnLike, true),
    ("ArnNotLike", Type::ArnLike, true),
    ("Null", Type::Null, false),
];

impl Operator {
    /// Reads an operator's name; `None` where IAM knows none of that name. Names are case-sensitive.
    pub fn parse(text: &str) -> Option<Operator> {
        let (set, rest) = match text.split_once(':') {
            None => (SetOperator::None, text),
            Some(("ForAllValues", rest)) => (SetOperator::ForAllValues, rest),
            Some(("ForAnyValue", rest)) => (SetOperator::ForAnyValue, rest),
            Some(_) => return None,
        };
        let (base, if_exists) = rest.strip_suffix("IfExists").map_or((rest, false), |base| (base, true));
        let (name, compares, negated) = *OPERATORS.iter().find(|(name, _, _)| *name == base)?;
        // `Null` asks for existence itself and takes neither qualifier nor `IfExists`.
        let plain = set == SetOperator::None && !if_exists;
        (compares != Type::Null || plain).then_some(Operator { set, compares, negated, if_exists, name })
    }

    /// What a condition is where the request does not carry its key.
    pub(super) fn when_missing(self) -> bool {
        match self.set {
            _ if self.if_exists => true,
            SetOperator::ForAllValues => true,
            SetOperator::ForAnyValue => false,
            SetOperator::None => self.negated,
        }
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.set {
            SetOperator::None => "",
            SetOperator::ForAllValues => "ForAllValues:",
            SetOperator::ForAnyValue => "ForAnyValue:",
        })?;
        f.write_str(self.name)?;
        f.write_str(if self.if_exists { "IfExists" } else { "" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_and_print_alike() {
        for text in
            ["StringEquals", "ForAllValues:StringNotLikeIfExists", "ForAnyValue:ArnLike", "NotIpAddress", "Null"]
        {
            assert_eq!(Operator::parse(text).unwrap().to_string(), text);
        }
        for wrong in [
            "stringEquals",
            "StringEqual",
            "ForAnyValues:StringLike",
            "forallvalues:StringEquals",
            "NullIfExists",
            "ForAllValues:Null",
            "StringEqualsIfExistsIfExists",
            "IfExists",
            "",
            "BoolNot",
        ] {
            assert_eq!(Operator::parse(wrong), None, "{wrong}");
        }
    }
}
