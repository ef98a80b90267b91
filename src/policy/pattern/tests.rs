use proptest::prelude::*;

use super::*;

const FULL: Syntax = Syntax { wildcards: true, variables: true };

fn context() -> Context {
    let mut context = Context::new();
    context.set("aws:username", "ali*e");
    context.set("aws:PrincipalTag/empty", "");
    context.set_all("aws:TagKeys", vec!["a".to_owned(), "b".to_owned()]);
    context
}

#[test]
fn wildcards_variables_and_escapes() {
    for (pattern, text, expected) in [
        ("", "", true),
        ("", "a", false),
        ("*", "", true),
        ("*", "a:b/c", true),
        ("a*", "a", true),
        ("a*", "ba", false),
        ("*a", "ba", true),
        ("*a*", "xxaxx", true),
        ("a?c", "abc", true),
        ("a?c", "ac", false),
        ("a?c", "aéc", true),
        ("?", "", false),
        ("a**b", "ab", true),
        ("*ab*ab", "abab", true),
        ("*ab*ab", "aab", false),
        ("*aab", "aaab", true),
        ("home/${aws:username}/*", "home/ali*e/x", true),
        ("home/${aws:username}/*", "home/alice/x", false),
        ("home/${AWS:UserName}", "home/ali*e", true),
        ("${aws:nobody}", "", false),
        ("*${aws:nobody}", "anything", false),
        ("${aws:nobody, 'guest'}", "guest", true),
        ("${aws:nobody,'guest'}", "guest", true),
        ("${aws:username, 'guest'}", "guest", false),
        ("${aws:nobody, 'a}b'}", "a}b", true),
        ("${aws:PrincipalTag/empty}", "", false),
        ("${aws:PrincipalTag/empty, 'x'}", "x", true),
        ("${aws:TagKeys}", "a", false),
        ("${aws:TagKeys, 'd'}", "d", false),
        ("a${*}c", "a*c", true),
        ("a${*}c", "abc", false),
        ("a${?}c", "a?c", true),
        ("a${?}c", "abc", false),
        ("${$}{aws:username}", "${aws:username}", true),
        ("${unclosed", "${unclosed", true),
        ("$", "$", true),
        ("${}", "${}", true),
    ] {
        assert_eq!(Pattern::compile(pattern, FULL).matches(text, &context()), expected, "{pattern} on {text}");
    }
}

#[test]
fn syntax_can_be_switched_off() {
    let old = Syntax { wildcards: true, variables: false };
    assert!(Pattern::compile("${aws:username}", old).matches("${aws:username}", &context()));
    let plain = Syntax { wildcards: false, variables: true };
    assert!(Pattern::compile("a*?", plain).matches("a*?", &context()));
    assert!(!Pattern::compile("a*", plain).matches("ab", &context()));
    assert_eq!(Pattern::compile("x${aws:username}", plain).resolve(&context()).as_deref(), Some("xali*e"));
    assert_eq!(Pattern::compile("x${aws:nobody}", plain).resolve(&context()), None);
}

proptest! {
    #[test]
    fn globs_agree_with_regular_expressions(pattern in "[ab*?/]{0,12}", text in "[ab/]{0,16}") {
        let expression: String = pattern.chars().map(|c| match c {
            '*' => ".*".to_owned(),
            '?' => ".".to_owned(),
            other => regex::escape(&other.to_string()),
        }).collect();
        let oracle = regex::Regex::new(&format!("(?s)^{expression}$")).unwrap();
        let ours = Pattern::compile(&pattern, FULL).matches(&text, &Context::new());
        prop_assert_eq!(ours, oracle.is_match(&text));
    }

    #[test]
    fn a_value_always_matches_its_own_variable(value in "\\PC{1,20}") {
        let mut context = Context::new();
        context.set("k", value.clone());
        let text = format!("a/{value}/b");
        let matches = Pattern::compile("a/${k}/b", FULL).matches(&text, &context);
        prop_assert!(matches);
    }
}
