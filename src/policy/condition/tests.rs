use super::*;

fn context() -> Context {
    let mut context = Context::new();
    context.set("s", "Value");
    context.set("n", "10");
    context.set("d", "2024-05-01T12:00:00Z");
    context.set("epoch", "1714564800");
    context.set("b", "true");
    context.set("bin", "QmluYXJ5VmFsdWVJbkJhc2U2NA==");
    context.set("ip", "203.0.113.7");
    context.set("ip6", "2001:db8::1");
    context.set("arn", "arn:aws:sns:us-east-1:111122223333:topic");
    context.set("odd", "not a number");
    context.set("blank", "");
    context.set_all("many", vec!["a".to_owned(), "b".to_owned()]);
    context.set_all("none", Vec::new());
    context.set("user", "Value");
    context
}

fn truth(operator: &str, key: &str, values: &[&str]) -> Truth {
    let operator = Operator::parse(operator).unwrap();
    let values = values.iter().map(|value| (*value).to_owned()).collect();
    Condition::new(operator, key, values, true).evaluate(&context())
}

/// Operator, key, policy values, outcome (`true`, `false`, `unknown`).
const ROWS: &[(&str, &str, &[&str], &str)] = &[
    ("StringEquals", "s", &["Value"], "true"),
    ("StringEquals", "S", &["Value"], "true"),
    ("StringEquals", "s", &["value"], "false"),
    ("StringEquals", "s", &["x", "Value"], "true"),
    ("StringEquals", "s", &["Val*"], "false"),
    ("StringEquals", "s", &["${user}"], "true"),
    ("StringEquals", "s", &["${nobody}"], "false"),
    ("StringEquals", "s", &["${nobody}", "Value"], "true"),
    ("StringEquals", "s", &[], "false"),
    ("StringNotEquals", "s", &[], "true"),
    ("StringNotEquals", "s", &["Value", "x"], "false"),
    ("StringNotEquals", "s", &["x"], "true"),
    ("StringNotEquals", "s", &["${nobody}"], "true"),
    ("StringNotEquals", "absent", &["x"], "true"),
    ("StringEquals", "absent", &["x"], "false"),
    ("StringEqualsIfExists", "absent", &["x"], "true"),
    ("StringNotEqualsIfExists", "absent", &["x"], "true"),
    ("StringEqualsIfExists", "s", &["x"], "false"),
    ("StringEqualsIgnoreCase", "s", &["vALUE"], "true"),
    ("StringNotEqualsIgnoreCase", "s", &["vALUE"], "false"),
    ("StringLike", "s", &["V*e"], "true"),
    ("StringLike", "s", &["v*"], "false"),
    ("StringNotLike", "s", &["V?lue"], "false"),
    ("StringNotLike", "absent", &["*"], "true"),
    ("NumericEquals", "n", &["10.0"], "true"),
    ("NumericNotEquals", "n", &["10"], "false"),
    ("NumericLessThan", "n", &["10"], "false"),
    ("NumericLessThanEquals", "n", &["10"], "true"),
    ("NumericGreaterThan", "n", &["9.999"], "true"),
    ("NumericGreaterThanEquals", "n", &["11"], "false"),
    ("NumericLessThan", "n", &["-1", "11"], "true"),
    ("NumericLessThan", "odd", &["10"], "unknown"),
    ("NumericNotEquals", "odd", &["10"], "unknown"),
    ("NumericLessThan", "n", &["ten"], "unknown"),
    ("NumericLessThan", "n", &["ten", "11"], "true"),
    ("NumericLessThanIfExists", "absent", &["1"], "true"),
    ("DateEquals", "d", &["2024-05-01T14:00:00+02:00"], "true"),
    ("DateEquals", "epoch", &["2024-05-01T12:00:00Z"], "true"),
    ("DateEquals", "d", &["1714564800"], "true"),
    ("DateLessThan", "d", &["2024-05-02"], "true"),
    ("DateGreaterThan", "d", &["2024-05"], "true"),
    ("DateGreaterThan", "d", &["2024"], "true"),
    ("DateGreaterThan", "d", &["2025"], "false"),
    ("DateGreaterThanEquals", "d", &["2024-05-01T12:00Z"], "true"),
    ("DateLessThanEquals", "d", &["2024-05-01T11:59:59.999Z"], "false"),
    ("DateNotEquals", "d", &["2024-05-01"], "true"),
    ("DateLessThan", "d", &["someday"], "unknown"),
    ("DateLessThan", "absent", &["2024"], "false"),
    ("Bool", "b", &["TRUE"], "true"),
    ("Bool", "b", &["false"], "false"),
    ("Bool", "s", &["true"], "false"),
    ("Bool", "absent", &["false"], "false"),
    ("BoolIfExists", "absent", &["true"], "true"),
    ("BinaryEquals", "bin", &["QmluYXJ5VmFsdWVJbkJhc2U2NA=="], "true"),
    ("BinaryEquals", "bin", &["QmluYXJ5"], "false"),
    ("IpAddress", "ip", &["203.0.113.0/24"], "true"),
    ("IpAddress", "ip", &["203.0.113.7"], "true"),
    ("IpAddress", "ip", &["203.0.113.8"], "false"),
    ("IpAddress", "ip", &["::/0"], "false"),
    ("IpAddress", "ip6", &["2001:DB8::/32"], "true"),
    ("IpAddress", "ip6", &["0.0.0.0/0"], "false"),
    ("NotIpAddress", "ip", &["10.0.0.0/8"], "true"),
    ("NotIpAddress", "ip", &["10.0.0.0/8", "203.0.113.0/24"], "false"),
    ("NotIpAddress", "absent", &["10.0.0.0/8"], "true"),
    ("IpAddress", "ip", &["nowhere"], "unknown"),
    ("NotIpAddress", "odd", &["10.0.0.0/8"], "unknown"),
    ("ArnEquals", "arn", &["arn:aws:sns:*:111122223333:*"], "true"),
    ("ArnLike", "arn", &["arn:aws:sns:*:topic"], "false"),
    ("ArnNotLike", "arn", &["arn:aws:sqs:*:*:*"], "true"),
    ("ArnNotEquals", "s", &["arn:aws:sqs:*:*:*"], "true"),
    ("ArnLike", "s", &["*"], "false"),
    ("Null", "absent", &["true"], "true"),
    ("Null", "absent", &["false"], "false"),
    ("Null", "s", &["true"], "false"),
    ("Null", "s", &["false"], "true"),
    ("Null", "none", &["true"], "true"),
    ("Null", "blank", &["false"], "false"),
    ("ForAllValues:StringEquals", "many", &["a", "b", "c"], "true"),
    ("ForAllValues:StringEquals", "many", &["a"], "false"),
    ("ForAllValues:StringEquals", "absent", &["a"], "true"),
    ("ForAllValues:StringEquals", "none", &["a"], "true"),
    ("ForAllValues:StringEquals", "blank", &["a"], "true"),
    ("ForAnyValue:StringEquals", "many", &["b"], "true"),
    ("ForAnyValue:StringEquals", "many", &["c"], "false"),
    ("ForAnyValue:StringEquals", "absent", &["a"], "false"),
    ("ForAnyValue:StringEquals", "none", &["a"], "false"),
    ("ForAllValues:StringNotEquals", "many", &["c"], "true"),
    ("ForAllValues:StringNotEquals", "many", &["a"], "false"),
    ("ForAnyValue:StringNotEquals", "many", &["a"], "true"),
    ("ForAnyValue:StringNotEquals", "many", &["a", "b"], "false"),
    ("ForAnyValue:StringNotEquals", "absent", &["a"], "false"),
    ("ForAnyValue:StringEqualsIfExists", "absent", &["a"], "true"),
    ("ForAllValues:StringLike", "many", &["?"], "true"),
    ("StringEquals", "many", &["b"], "true"),
    ("StringNotEquals", "many", &["b"], "false"),
    ("StringNotEquals", "many", &["c"], "true"),
    ("StringEquals", "none", &["a"], "false"),
    ("StringNotEquals", "none", &["a"], "true"),
];

#[test]
fn operators() {
    for (operator, key, values, expected) in ROWS {
        let found = format!("{:?}", truth(operator, key, values)).to_lowercase();
        assert_eq!(found, *expected, "{operator} {key} {values:?}");
    }
}

#[test]
fn variables_are_literal_in_the_old_version() {
    let operator = Operator::parse("StringEquals").unwrap();
    let condition = Condition::new(operator, "s", vec!["${user}".to_owned()], false);
    assert_eq!(condition.evaluate(&context()), Truth::False);
}
