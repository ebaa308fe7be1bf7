//! What one laptop does: it owns the state, knows the order of the steps, and answers commands.
//!
//! [`api`] is the seam: every command, from a terminal or a screen, is one [`api::Request`], and the answer is a list
//! of [`api::Output`]. [`owner`] lets one process own a data folder; the others' commands reach it over a local socket.

pub mod api;
pub mod bench;
mod book;
pub mod cli;
pub mod client;
pub mod clock;
mod conflicts;
mod events;
pub mod feed;
pub mod folder;
mod gate_file;
mod guard;
mod import;
pub mod input;
mod json;
pub mod limits;
pub mod net;
mod operators;
pub mod owner;
mod people;
mod post;
mod power;
pub mod problem;
mod recent;
mod records;
mod remote;
mod reports;
mod scan;
pub mod seam;
pub mod serve;
pub mod station;
mod table;
mod undo;
mod why;
