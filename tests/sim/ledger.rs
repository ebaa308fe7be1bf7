//! What the simulator knows to be true, whatever the stations say.

use domain::access::Space;
use domain::id::{AttendeeId, LogId, RecordRef};
use std::collections::{BTreeMap, BTreeSet};
use sync::id::StationKey;

/// A record whose commit returned.
#[derive(Debug, Clone, Copy)]
pub(super) struct Committed {
    /// Who wrote it.
    pub author: usize,
    /// Where.
    pub space: Space,
    /// Whether its author was put back to a state before it.
    pub lost: bool,
}

/// Somebody was let in.
#[derive(Debug, Clone)]
pub(super) struct Admission {
    /// Who.
    pub who: AttendeeId,
    /// The record.
    pub record: RecordRef,
    /// Its hash.
    pub hash: [u8; 32],
    /// What its author knew.
    pub prior: Vec<RecordRef>,
}

/// All that is true.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    /// Records whose commit returned, by their hashes.
    pub committed: BTreeMap<[u8; 32], Committed>,
    /// Everybody who was let in.
    pub admissions: Vec<Admission>,
    /// People who went out again, or were taken back.
    pub moved: BTreeSet<AttendeeId>,
    /// Where logs of stations that were shut out stop.
    pub cuts: BTreeMap<StationKey, BTreeMap<LogId, u64>>,
}

impl Ledger {
    /// Everything that somebody's record builds on.
    fn reach(&self, from: &Admission, of: &[&Admission]) -> BTreeSet<RecordRef> {
        let mut seen: BTreeSet<RecordRef> = BTreeSet::new();
        let mut next = from.prior.clone();
        while let Some(record) = next.pop() {
            if seen.insert(record) {
                let known = of.iter().filter(|one| one.record == record);
                next.extend(known.flat_map(|one| one.prior.iter().copied()));
            }
        }
        seen
    }

    /// People who were let in twice without knowledge of each other, and never went out: with all such pairs.
    pub(super) fn twice(&self) -> Vec<(AttendeeId, [u8; 32], [u8; 32])> {
        let mut people: BTreeMap<AttendeeId, Vec<&Admission>> = BTreeMap::new();
        for one in self.admissions.iter().filter(|one| !self.moved.contains(&one.who)) {
            people.entry(one.who).or_default().push(one);
        }
        let mut found = Vec::new();
        for (who, of) in people.iter().filter(|(_, of)| of.len() > 1) {
            for (place, one) in of.iter().enumerate() {
                for other in &of[place + 1..] {
                    let known = self.reach(other, of).contains(&one.record)
                        || self.reach(one, of).contains(&other.record);
                    if !known {
                        found.push((*who, one.hash, other.hash));
                    }
                }
            }
        }
        found
    }
}
