use super::*;
use crate::model::{SERVICES, ShapeKind, service};

#[test]
fn patterns_are_whole_valued_and_read_as_java_reads_them() {
    let rows = [
        (r"[a-z]+", "abc", true),
        (r"[a-z]+", "abc1", false),
        (r"a|b", "ab", false),
        (r"\d{2}", "12", true),
        (r"\d{2}", "١٢", false),
        (r"[\w]+", "é", false),
        (r"\S", "\u{a0}", true),
        (r".*", "a\rb", false),
        (r".*", "a\nb", false),
        (r".*(?:[ \r\n\t].*)*", "a\nb", true),
        (r"[a-zA-Z0-9-_.]+", "a-b_c.d", true),
        (r"[!#-\[\]-~]+", "\"", false),
        (r"[!#-\[\]-~]+", "a[]b", true),
        (r"[\u0020-\uD7FF\uE000-\uFFFD\uD800\uDC00-\uDBFF\uDFFF\t]*", "a\t😀", true),
        (r"[\u0020-\uD7FF\uE000-\uFFFD\uD800\uDC00-\uDBFF\uDFFF\t]*", "a\n", false),
        (r"([\p{L}]*)${1,128}", "abc", true),
        (r"[\p{Alnum}\-]+", "a-1", true),
        (r"[\p{Alnum}\-]+", "é", false),
        (r"(?!\s*$).+", "  ", false),
        (r"(?!\s*$).+", " a", true),
        (r"^[a-z]$", "a\n", false),
        (r"[\p{L}\]]{2,3}", "é]", true),
        (r"[\p{L}\]]{2,3}", "é", false),
        (r"[\p{L}\]]{2,3}", "éééé", false),
        (r"[a]{1,2}[b]{1,2}", "abb", true),
        (r"[a]{1,2}[b]{1,2}", "aaaa", false),
        (r".{2,3}", "a\n", false),
        (r".{2,3}", "ab", true),
        (r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}", "my-job", true),
        (r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}", "my_job", false),
        (r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}", "my-job-", false),
    ];
    for (pattern, value, expected) in rows {
        assert!(compile(pattern).is_ok(), "{pattern}");
        assert_eq!(Pattern::new(pattern.into()).matches(value), expected, "{pattern} against {value:?}");
    }
}

#[test]
fn every_pattern_of_every_model_compiles() {
    for name in SERVICES {
        for shape in service(name).unwrap().shapes() {
            if let ShapeKind::String(text) = &shape.kind
                && let Some(pattern) = &text.pattern
            {
                assert!(compile(pattern.text()).is_ok(), "{name} {}", shape.name);
            }
        }
    }
}

#[test]
fn a_pattern_that_cannot_be_decided_refuses() {
    let pattern = Pattern::new("(?=(a*)*b)a*c".into());
    assert!(!pattern.matches(&"a".repeat(5000)));
}
