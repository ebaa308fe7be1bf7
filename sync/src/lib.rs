//! The replica of one station: signed logs of records, and documents that people edit together.
//!
//! A log is one station's append-only sequence in one space. A record is a small envelope, chained by hashes, and
//! a body beside it: a fact, or one Automerge change of a document. What is stored, and what a stranger needs to
//! read it, is written down byte by byte in `docs/PROTOCOL.md`.
//!
//! Without the feature `io` nothing here touches the outside: time and randomness are arguments. With it comes
//! [`store`], which keeps a replica in one SQLite file together with the projections that queries need.

pub mod certificate;
pub mod control;
pub mod document;
pub mod engine;
pub mod entropy;
pub mod frame;
pub mod hlc;
pub mod id;
pub mod join;
pub mod keys;
#[cfg(feature = "lan")]
pub mod lan;
pub mod raw;
pub mod record;
pub mod replica;
pub mod roster;
#[cfg(feature = "io")]
pub mod store;
pub mod stretch;
pub mod topology;
#[cfg(test)]
mod vectors;
pub mod wire;
