//! The seeded simulator of sync: stations with real stores and engines on a network of its own, in its own time.
//!
//! A seed determines everything: who takes part, what people do, what goes wrong, what malicious stations send. While
//! it runs and once all works again, checkers hold what is against what must be; each failure names the seed that
//! repeats it. Nothing here reads a clock, opens a socket or rolls other dice than the seed's.

mod checkers;
mod dice;
mod faults;
mod laptop;
mod ledger;
mod mischief;
mod network;
mod report;
mod stranger;
mod watch;
mod work;
mod world;

pub use report::{CHECKERS, FAULTS, Failure, Outcome, Tally, WORK};
pub use sync::engine::{Guard, Guards};

/// What a run tries hardest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Focus {
    /// Everything.
    All,
    /// Booths that ask for what is not theirs.
    Scope,
    /// Members that forge.
    Forgery,
    /// Stations that are shut out.
    Revocation,
    /// Members that send more than was asked for.
    Flood,
    /// Two stations that never hear each other, while others hear both.
    Wall,
}

/// One run.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// Its seed.
    pub seed: u64,
    /// The engine's guards.
    pub guards: Guards,
    /// What it tries hardest.
    pub focus: Focus,
    /// Whether it tells what happens.
    pub tell: bool,
}

impl Plan {
    /// The run of a seed, with all guards.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self { seed, guards: Guards::ALL, focus: Focus::All, tell: false }
    }
}

/// Runs it.
#[must_use]
pub fn run(plan: Plan) -> Outcome {
    world::World::new(plan).run()
}
