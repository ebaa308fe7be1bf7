//! What the whole-product tests share: the real binary, a place to run it in, rosters to feed it, folders to put back.
//!
//! Nothing here knows how Lanyard works inside; it starts the command and reads what comes out. Each place is a folder
//! of its own, with a runtime folder of its own, so that tests neither meet nor need an order.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::print_stdout,
    reason = "a helper of tests fails a test by panicking, and says what it measured"
)]

pub mod binary;
pub mod live;
pub mod place;
pub mod ran;
pub mod served;
pub mod sheet;
pub mod sim;
pub mod snapshot;
pub mod stations;

pub use live::Live;
pub use place::Place;
pub use ran::Ran;
pub use served::Served;
pub use sheet::{Encoding, Sheet};
pub use snapshot::Snapshot;
pub use stations::Station;
