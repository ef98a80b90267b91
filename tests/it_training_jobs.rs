//! Training jobs through `gateway::answer`: what AWS accepts and refuses, and in which words. Tables of cases over one
//! world; the sources are those of the facts that the modules name.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
#![allow(clippy::too_many_lines, clippy::type_complexity, clippy::cloned_ref_to_slice_refs, reason = "tables")]
#![allow(unreachable_pub, reason = "the modules of one test binary")]

#[path = "support/client.rs"]
mod client;

#[path = "it_training_jobs/authentication.rs"]
mod authentication;
#[path = "it_training_jobs/caller.rs"]
mod caller;
#[path = "it_training_jobs/conditions.rs"]
mod conditions;
#[path = "it_training_jobs/cross_account.rs"]
mod cross_account;
#[path = "it_training_jobs/laboratory.rs"]
mod laboratory;
#[path = "it_training_jobs/life.rs"]
mod life;
#[path = "it_training_jobs/lists.rs"]
mod lists;
#[path = "it_training_jobs/managed.rs"]
mod managed;
#[path = "it_training_jobs/modes.rs"]
mod modes;
#[path = "it_training_jobs/mutated.rs"]
mod mutated;
#[path = "it_training_jobs/outputs.rs"]
mod outputs;
#[path = "it_training_jobs/plan.rs"]
mod plan;
#[path = "it_training_jobs/role.rs"]
mod role;
#[path = "it_training_jobs/sources.rs"]
mod sources;
#[path = "it_training_jobs/tags.rs"]
mod tags;
#[path = "it_training_jobs/unusual.rs"]
mod unusual;
