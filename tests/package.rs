//! What the package promises around its code: licences of everything it links, documents that tell the truth, fixtures
//! that can be read.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use regex::Regex;
use serde_json::Value;

/// As `deny.toml` has them.
const LICENCES: [&str; 8] = [
    "MIT",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC",
    "Unicode-3.0",
    "Zlib",
];

#[test]
fn every_dependency_may_be_used_under_a_permissive_licence() {
    let tree = ["tree", "--locked", "--prefix", "none", "--edges", "normal,build,dev", "--format", "{p}|{l}"];
    let output = Command::new(env!("CARGO")).args(tree).current_dir(root()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let listed = String::from_utf8(output.stdout).unwrap();
    let packages = listed.lines().filter_map(|line| line.split_once('|')).collect::<BTreeSet<_>>();
    assert!(packages.len() > 100, "cargo lists {} packages only", packages.len());
    let refused = packages.iter().filter(|(_, licence)| !permitted(licence.trim_end_matches(" (*)")));
    assert_eq!(refused.collect::<Vec<_>>(), Vec::<&(&str, &str)>::new());
}

#[test]
fn licence_expressions_are_read_as_spdx_means_them() {
    for (licence, expected) in [
        ("MIT", true),
        ("GPL-3.0-only", false),
        ("", false),
        ("GPL-3.0-only OR MIT", true),
        ("MIT AND GPL-3.0-only", false),
        ("MIT/Apache-2.0", true),
        ("(MIT OR Apache-2.0) AND Unicode-3.0", true),
        ("(GPL-2.0 OR AGPL-3.0) AND MIT", false),
        ("Apache-2.0 WITH LLVM-exception OR GPL-2.0", true),
        ("GPL-2.0 WITH Classpath-exception-2.0", false),
    ] {
        assert_eq!(permitted(licence), expected, "{licence}");
    }
}

#[test]
fn deny_toml_permits_the_same_licences() {
    let text = read("deny.toml");
    let list = Regex::new(r"(?s)\[licenses\].*?allow = \[(.*?)\]").unwrap().captures(&text).unwrap()[1].to_owned();
    let listed = Regex::new("\"([^\"]+)\"").unwrap().captures_iter(&list).map(|found| found[1].to_owned()).collect();
    assert_eq!(BTreeSet::from(LICENCES.map(str::to_owned)), listed);
}

#[test]
fn fixtures_are_json() {
    let files =
        files_below(&root().join("fixtures")).into_iter().filter(|path| path.extension().is_some_and(|e| e == "json"));
    let broken = files.filter_map(|path| {
        let error = serde_json::from_str::<Value>(&fs::read_to_string(&path).unwrap()).err()?;
        Some(format!("{}: {error}", path.display()))
    });
    assert_eq!(broken.collect::<Vec<_>>(), Vec::<String>::new());
}

#[test]
fn links_in_the_documents_lead_somewhere() {
    let link = Regex::new(r"\]\(([^)#:]+)\)").unwrap();
    for document in ["README.md", "ARCHITECTURE.md"] {
        for found in link.captures_iter(&read(document)) {
            assert!(root().join(&found[1]).exists(), "{document} links to {}", &found[1]);
        }
    }
}

#[test]
fn verbs_and_flags_that_the_documents_name_exist() {
    let verb =
        Regex::new(r#"(?m)(?:^\$ .*passrole|`passrole|cargo run --release --|"/passrole",) "?([a-z]+)"#).unwrap();
    let help = run(&["--help"]);
    for document in ["README.md", "Dockerfile", "docker-compose.yml"] {
        for found in verb.captures_iter(&read(document)) {
            let listed = Regex::new(&format!(r"(?m)^\s+{}\b", &found[1])).unwrap();
            assert!(
                listed.is_match(&help),
                "{document} names `passrole {}`, which --help does not:\n{help}",
                &found[1]
            );
        }
    }
    let help = run(&["serve", "--help"]);
    let flag = Regex::new(r"`(--[a-z-]+)`").unwrap();
    let readme = read("README.md");
    let table = readme.lines().filter(|line| line.starts_with("| `--")).collect::<Vec<_>>().join("\n");
    assert!(table.lines().count() > 5, "the README's table of settings is gone");
    for found in flag.captures_iter(&table) {
        let variable = found[1].replacen("--", "PASSROLE_", 1).replace('-', "_").to_uppercase();
        assert!(
            help.contains(&found[1]) && help.contains(&variable),
            "`serve --help` lacks {} or its variable",
            &found[1]
        );
    }
}

/// Whether an SPDX expression can be satisfied from [`LICENCES`]; a slash is how older packages write `OR`.
fn permitted(expression: &str) -> bool {
    let expression = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let tokens = expression.split_whitespace().collect::<Vec<_>>();
    let mut rest = tokens.as_slice();
    alternatives(&mut rest) && rest.is_empty()
}

fn alternatives(tokens: &mut &[&str]) -> bool {
    let mut any = conjunction(tokens);
    while take(tokens, "OR") {
        any |= conjunction(tokens);
    }
    any
}

fn conjunction(tokens: &mut &[&str]) -> bool {
    let mut all = licence(tokens);
    while take(tokens, "AND") {
        all &= licence(tokens);
    }
    all
}

fn licence(tokens: &mut &[&str]) -> bool {
    if take(tokens, "(") {
        let inner = alternatives(tokens);
        return take(tokens, ")") && inner;
    }
    let Some((name, rest)) = tokens.split_first() else { return false };
    *tokens = rest;
    if !take(tokens, "WITH") {
        return LICENCES.contains(name);
    }
    let Some((exception, rest)) = tokens.split_first() else { return false };
    *tokens = rest;
    LICENCES.contains(&format!("{name} WITH {exception}").as_str())
}

fn take(tokens: &mut &[&str], expected: &str) -> bool {
    match tokens.split_first() {
        Some((first, rest)) if *first == expected => {
            *tokens = rest;
            true
        }
        _ => false,
    }
}

fn run(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_passrole")).args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files_below(&path) } else { vec![path] }).collect()
}

fn read(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
