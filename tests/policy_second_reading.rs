//! Runs the corpus under `fixtures/policies/second-reading`: cases that were written from AWS's pages alone, by a reader
//! who did not look at the first corpus.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "support/policy_cases.rs"]
mod policy_cases;

use policy_cases::{ask_every_condition_row, decide_every_case, write_every_document};

#[test]
fn every_case_is_decided_as_iam_decides() {
    let count = decide_every_case("policies/second-reading");
    assert!(count > 650, "only {count} cases were found");
}

#[test]
fn every_condition_row_holds_for_allow_and_deny() {
    let count = ask_every_condition_row("policies/second-reading");
    assert!(count > 900, "only {count} cases were found");
}

#[test]
fn every_document_is_taken_or_refused_as_iam_does() {
    let count = write_every_document("policies/second-reading");
    assert!(count > 400, "only {count} documents were found");
}
