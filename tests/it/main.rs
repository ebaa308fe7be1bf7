//! The whole-product tests: the real `lanyard`, started as a person or a script would, and looked at from outside.
//!
//! Every test has a folder of its own; none needs another one to have run.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

mod added;
mod bench;
#[cfg(target_os = "linux")]
mod cable;
#[cfg(target_os = "linux")]
mod clock;
mod contract;
mod doors;
#[cfg(target_os = "linux")]
mod doors_hostile;
mod doors_joining;
#[cfg(target_os = "linux")]
mod doors_odd;
mod doors_scope;
mod fair;
mod files;
mod gates;
#[cfg(target_os = "linux")]
mod power;
mod questions;
mod reader;
mod reports;
mod scanning;
mod screens;
mod search;
#[cfg(target_os = "linux")]
mod shim;
#[cfg(target_os = "linux")]
mod sleep;
mod spine;
mod story;
mod tamper;
