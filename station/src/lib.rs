//! What one laptop does: it owns the state, knows the order of the steps, and answers commands.
//!
//! [`api`] is the seam: every command, from a terminal or a screen, is one [`api::Request`], and the answer is a list
//! of [`api::Output`]. [`owner`] lets one process own a data folder; the others' commands reach it over a local socket.

pub mod api;
pub mod bench;
pub mod cli;
pub mod clock;
mod events;
pub mod folder;
mod gate_file;
mod import;
mod json;
pub mod limits;
pub mod owner;
mod people;
pub mod problem;
mod records;
mod remote;
mod reports;
mod scan;
pub mod station;
mod undo;
