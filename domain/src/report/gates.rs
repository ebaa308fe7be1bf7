//! What each gate did, by the quarter of an hour.

use crate::attendance::{passages, refusals};
use crate::event::Mode;
use crate::fact::{Placed, Scan};
use crate::time::{from_millis, quarter_hour};
use crate::verdict::Passage;
use jiff::tz::TimeZone;
use std::collections::BTreeMap;

/// What a gate did in a quarter of an hour; scans that were taken back are not among it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Passing {
    /// Entries.
    pub admitted: u64,
    /// Exits.
    pub exited: u64,
    /// Scans that were refused.
    pub refused: u64,
}

/// Every gate's quarters of an hour that have anything in them, by gate and the local start of the quarter.
#[must_use]
pub fn gates(facts: &[Placed], zone: &TimeZone) -> BTreeMap<(String, String), Passing> {
    let mut gates: BTreeMap<(String, String), Passing> = BTreeMap::new();
    let mut count = |scan: &Scan, passage: Option<Passage>| {
        let key = (scan.gate.clone(), quarter_hour(from_millis(scan.at), zone));
        let passing = gates.entry(key).or_default();
        match passage {
            Some(Passage::Entry) => passing.admitted += 1,
            Some(Passage::Exit) => passing.exited += 1,
            None => passing.refused += 1,
        }
    };
    for passed in passages(facts, Mode::Live) {
        count(passed.scan, Some(passed.passage));
    }
    for scan in refusals(facts, Mode::Live).into_values() {
        count(scan, None);
    }
    gates
}
