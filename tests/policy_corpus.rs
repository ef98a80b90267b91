//! Runs the corpus under `fixtures/policies`: policies and a request, with the verdict and the reason that IAM's rules
//! give. Cases are data; `fixtures/policies/README.md` tells their form.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "support/policy_cases.rs"]
mod policy_cases;

use policy_cases::{ask_every_condition_row, decide_every_case, write_every_document};

#[test]
fn every_case_is_decided_as_iam_decides() {
    let count = decide_every_case("policies");
    assert!(count > 200, "only {count} cases were found");
}

#[test]
fn every_condition_row_holds_for_allow_and_deny() {
    let count = ask_every_condition_row("policies");
    assert!(count > 300, "only {count} cases were found");
}

#[test]
fn every_document_is_taken_or_refused_as_iam_does() {
    let count = write_every_document("policies");
    assert!(count > 100, "only {count} documents were found");
}
