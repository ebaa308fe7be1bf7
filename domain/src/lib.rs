//! The rules of an event: what a code, an attendee, a gate, a verdict is, and how facts fold into presence.
//!
//! Everything here is pure. There is no clock, no IO, no async and no randomness: time and whatever else a rule
//! needs are arguments, and answers are values. Refusing a person is a [`verdict::Verdict`], never an error.

pub mod access;
pub mod answers;
pub mod attendance;
pub mod attendee;
pub mod code;
pub mod conflict;
pub mod event;
pub mod fact;
pub mod gate;
pub mod id;
pub mod judge;
pub mod merge;
pub mod operator;
pub mod reading;
pub mod reason;
pub mod report;
pub mod roster;
pub mod search;
pub mod stats;
pub mod time;
pub mod verdict;
