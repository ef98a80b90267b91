//! passrole: a local Amazon SageMaker control plane that enforces IAM.
//!
//! The floors, lowest first; a module uses lower floors only, and on its own floor only its own room
//! (`tests/tidy.rs` keeps it so):
//!
//! | floor | rooms |
//! | --- | --- |
//! | 0 vocabulary | [`account`], [`arn`], [`document`], [`fault`], [`principal`], [`secret`], [`settings`], [`tag`] |
//! | 1 pure engines | [`model`], [`policy`], [`signature`], [`timeline`] |
//! | 2 state | [`state`]: store, clock, ledger, world |
//! | 3 judgement | [`access`] |
//! | 4 services | [`services`] |
//! | 5 edge | [`control`], [`gateway`], [`server`], [`wire`] |
//! | 6 program | [`cli`], [`config`] |

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

pub mod account;
pub mod arn;
pub mod document;
pub mod fault;
pub mod principal;
pub mod secret;
pub mod settings;
pub mod tag;

pub mod model;
pub mod policy;
pub mod signature;
pub mod timeline;

pub mod state;

pub mod access;

pub mod services;

pub mod control;
pub mod gateway;
pub mod server;
pub mod wire;

pub mod cli;
pub mod config;
