//! The rules of the house that a compiler does not keep: floors, file sizes, module docs, words that have no place here.
//!
//! Reads the source tree as text. Each check collects every offence before it fails, so that one run shows them all.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may fail loudly")]

use std::fs;
use std::path::{Path, PathBuf};

use regex::Regex;

/// The rooms by floor, as the table in `src/lib.rs` has them.
const FLOORS: [&[&str]; 7] = [
    &["account", "arn", "document", "fault", "principal", "secret", "settings", "tag"],
    &["model", "policy", "signature", "timeline"],
    &["state"],
    &["access"],
    &["services"],
    &["control", "gateway", "server", "wire"],
    &["cli", "config", "main"],
];

/// Floors whose rooms do not know each other. The vocabulary is one room, and at the edge one passes on to the next.
const STRANGERS: [usize; 1] = [1];

/// The rooms of `services`, which do not know each other; what else stands there is shared by them.
const SERVICES: [&str; 9] = ["sagemaker", "iam", "sts", "s3", "ecr", "kms", "ec2", "logs", "cloudwatch"];

const LINES_AT_MOST: usize = 400;

/// Files over the limit, each with the reason for which it stays whole.
const LONG_FILES: [(&str, &str); 0] = [];

#[test]
fn a_module_uses_lower_floors_only() {
    let offences = sources("src").into_iter().flat_map(|source| {
        let text = without_comments(&source.text);
        let named = paths_from_the_root(&text).into_iter().filter(|path| path.first().is_some_and(|p| p != "self"));
        let climbed = paths_through_super(&text, &source.module);
        named
            .chain(climbed)
            .filter_map(|path| offence(&source.module, &path).map(|why| format!("{}: {why}", source.name)))
            .collect::<Vec<_>>()
    });
    assert_none("floors", offences);
}

#[test]
fn every_room_stands_on_a_floor() {
    let rooms = sources("src").into_iter().filter_map(|source| {
        let room = source.module.first()?.clone();
        floor_of(&room).is_none().then(|| format!("{}: `{room}` is on no floor of tests/tidy.rs", source.name))
    });
    assert_none("rooms", rooms);
}

#[test]
fn a_module_opens_with_what_it_is_for() {
    let bare = sources("src").into_iter().filter(|source| !source.name.ends_with("tests.rs"));
    let bare = bare.filter(|source| !source.text.starts_with("//! ")).map(|source| source.name);
    assert_none("modules without `//!` docs", bare);
}

#[test]
fn files_are_short_enough_to_read() {
    let long = ["src", "tests", "benches"].into_iter().flat_map(sources).filter_map(|source| {
        let lines = source.text.lines().count();
        let excused = LONG_FILES.iter().any(|(name, _)| *name == source.name);
        (lines > LINES_AT_MOST && !excused).then(|| format!("{}: {lines} lines", source.name))
    });
    assert_none("files over 400 lines", long);
}

#[test]
fn no_file_is_called_mod() {
    let named = sources("src").into_iter().chain(sources("tests")).map(|source| source.name);
    assert_none("use `foo.rs` beside `foo/`", named.filter(|name| name.ends_with("/mod.rs")));
}

#[test]
fn nothing_is_left_for_later_and_nothing_names_a_machine() {
    let later =
        Regex::new(concat!(r"\b(TO", "DO|FIX", "ME|XX", r"X|HA", r"CK)\b|(?i)\btick", r"et #?\d|\bissue #\d")).unwrap();
    let machine = Regex::new(concat!(r#"(^|[\s"'`(=])/(ro"#, "ot|ho", "me|wo", "rk|Us", "ers)/")).unwrap();
    let offences = written_files().into_iter().flat_map(|(name, text)| {
        let offends = |line: &str| later.is_match(line) || machine.is_match(line);
        text.lines()
            .enumerate()
            .filter(|(_, line)| offends(line))
            .map(|(number, line)| format!("{name}:{}: {}", number + 1, line.trim()))
            .collect::<Vec<_>>()
    });
    assert_none("notes to self and machine paths", offences);
}

#[test]
fn the_checks_find_what_they_look_for() {
    let module = |text: &str| text.split("::").map(str::to_owned).collect::<Vec<_>>();
    let cases = [
        ("policy", "use crate::{account::AccountId, state::World};", 1),
        ("policy::statement", "fn f() { crate::model::Shape::x() }", 1),
        ("policy", "// crate::state is above", 0),
        ("policy", "use crate::arn::Arn;\nuse crate::policy::Context;", 0),
        ("services::iam", "use super::sagemaker::Kind;", 1),
        ("services::iam::users", "use crate::services::sts;", 1),
        ("services::iam::users", "use super::roles; use crate::services::registry;", 0),
        ("gateway", "use crate::wire::{self, json};\nuse crate::cli::Serve;", 1),
        ("main", "passrole::cli::run()", 0),
    ];
    for (from, text, expected) in cases {
        let (from, text) = (module(from), without_comments(text));
        let paths = paths_from_the_root(&text).into_iter().chain(paths_through_super(&text, &from));
        assert_eq!(paths.filter(|path| offence(&from, path).is_some()).count(), expected, "{from:?}: {text}");
    }
}

/// A Rust file below the package root.
struct Source {
    name: String,
    /// Its module path; empty for `lib.rs`.
    module: Vec<String>,
    text: String,
}

fn offence(from: &[String], to: &[String]) -> Option<String> {
    let (from_room, to_room) = (from.first()?, to.first()?);
    let (from_floor, to_floor) = (floor_of(from_room)?, floor_of(to_room)?);
    if to_floor > from_floor {
        return Some(format!("`{from_room}` (floor {from_floor}) uses `{to_room}` (floor {to_floor})"));
    }
    if from_floor == to_floor && from_room != to_room && STRANGERS.contains(&from_floor) {
        return Some(format!("`{from_room}` uses `{to_room}` on its own floor"));
    }
    let (from_service, to_service) = (from.get(1)?, to.get(1)?);
    let services = from_room == "services" && to_room == "services";
    let both = SERVICES.contains(&from_service.as_str()) && SERVICES.contains(&to_service.as_str());
    (services && both && from_service != to_service)
        .then(|| format!("service `{from_service}` uses service `{to_service}`"))
}

fn floor_of(room: &str) -> Option<usize> {
    FLOORS.iter().position(|rooms| rooms.contains(&room))
}

/// The module paths, two names deep, that follow `crate::` or `passrole::`, single or in braces.
fn paths_from_the_root(text: &str) -> Vec<Vec<String>> {
    let root = Regex::new(r"\b(?:crate|passrole)::").unwrap();
    root.find_iter(text).flat_map(|found| heads(&text[found.end()..])).collect()
}

fn heads(text: &str) -> Vec<Vec<String>> {
    let single = Regex::new(r"^\s*(\w+)(?:::(\w+))?").unwrap();
    let head = |text: &str| -> Option<Vec<String>> {
        let found = single.captures(text)?;
        Some(found.iter().skip(1).flatten().map(|name| name.as_str().to_owned()).collect())
    };
    let Some(group) = text.strip_prefix('{') else {
        return head(text).into_iter().collect();
    };
    let mut depth = 0;
    let mut starts = vec![0];
    for (at, letter) in group.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => starts.push(at + 1),
            _ => {}
        }
    }
    starts.into_iter().filter_map(|start| head(&group[start..])).collect()
}

/// The paths that `super::super::…` reaches from a module.
fn paths_through_super(text: &str, module: &[String]) -> Vec<Vec<String>> {
    let climb = Regex::new(r"\b((?:super::)+)(\w+)(?:::(\w+))?").unwrap();
    let reach = |found: regex::Captures<'_>| {
        let levels = found[1].matches("super").count();
        let base = module.get(..module.len().checked_sub(levels)?)?;
        let names = found.iter().skip(2).flatten().map(|name| name.as_str().to_owned());
        Some(base.iter().cloned().chain(names).collect())
    };
    climb.captures_iter(text).filter_map(reach).collect()
}

fn without_comments(text: &str) -> String {
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

fn sources(folder: &str) -> Vec<Source> {
    let paths =
        files_below(&root().join(folder)).into_iter().filter(|path| path.extension().is_some_and(|e| e == "rs"));
    paths
        .map(|path| {
            let name = relative(&path);
            let module = name.trim_start_matches("src/").trim_end_matches(".rs").split('/').map(str::to_owned);
            let module = module.filter(|part| part != "lib").collect();
            Source { module, text: fs::read_to_string(&path).unwrap(), name }
        })
        .collect()
}

/// Every text that people write here: sources, scripts, documents.
fn written_files() -> Vec<(String, String)> {
    let folders = ["src", "tests", "benches", "fixtures", ".ci", ".config"];
    let folders = folders.into_iter().flat_map(|folder| files_below(&root().join(folder)));
    let top = fs::read_dir(root()).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file());
    let written = |path: &Path| {
        let kind = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
        // A linked worktree's `.git` is a file that names the machine; it is git's, not ours.
        ["rs", "py", "md", "toml", "yml", "json", "js", ""].contains(&kind) && !path.ends_with(".git")
    };
    let texts = folders.chain(top).filter(|path| written(path));
    texts.filter_map(|path| Some((relative(&path), fs::read_to_string(&path).ok()?))).collect()
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut paths = entries.map(|entry| entry.unwrap().path()).collect::<Vec<_>>();
    paths.sort();
    let generated = ["target", "node_modules", "__pycache__"];
    paths.retain(|path| !generated.iter().any(|name| path.ends_with(name)));
    paths.into_iter().flat_map(|path| if path.is_dir() { files_below(&path) } else { vec![path] }).collect()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn relative(path: &Path) -> String {
    path.strip_prefix(root()).unwrap().to_string_lossy().replace('\\', "/")
}

fn assert_none(what: &str, offences: impl IntoIterator<Item = String>) {
    let offences = offences.into_iter().collect::<Vec<_>>();
    assert!(offences.is_empty(), "{what}:\n  {}", offences.join("\n  "));
}
