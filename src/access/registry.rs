//! The ECR registries in which SageMaker itself keeps the images of its algorithms and frameworks.
//!
//! Everybody may pull from them; no customer's world lists them. The accounts stand in
//! `fixtures/registries/sagemaker.txt`, one a line.

use std::collections::HashSet;
use std::sync::LazyLock;

use crate::account::AccountId;

static ACCOUNTS: LazyLock<HashSet<AccountId>> = LazyLock::new(|| {
    let text = include_str!("../../fixtures/registries/sagemaker.txt");
    text.lines().filter_map(|line| line.parse().ok()).collect()
});

/// Whether this account's registry is one of SageMaker's own.
pub fn is_sagemakers(account: AccountId) -> bool {
    ACCOUNTS.contains(&account)
}
