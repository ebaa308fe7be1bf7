//! Folds facts into presence: who is in, who was first, what was taken back.
//!
//! Pure functions of the set of facts. In whatever order and however often the facts arrive, the answer is the
//! same: passages are ordered by the fact's own time, then by the author's clock, then by the record's name.

use crate::event::Mode;
use crate::fact::{Fact, Placed, Scan};
use crate::id::RecordRef;
use crate::verdict::Passage;
use std::collections::{BTreeMap, BTreeSet};

/// One scan that took effect: somebody went in or out, and nobody took it back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Passed<'a> {
    /// The record that says so.
    pub record: RecordRef,
    /// Author's clock at that record.
    pub hlc: u64,
    /// Which way.
    pub passage: Passage,
    /// The scan.
    pub scan: &'a Scan,
}

/// The scans that took effect in `mode`, oldest first.
#[must_use]
pub fn passages(facts: &[Placed], mode: Mode) -> Vec<Passed<'_>> {
    let taken_back = voided(facts);
    let mut passed: Vec<Passed<'_>> = facts
        .iter()
        .filter_map(|placed| match &placed.fact {
            Fact::Scan(scan) if scan.mode() == mode && !taken_back.contains(&placed.record) => {
                let passage = scan.verdict.passage()?;
                Some(Passed { record: placed.record, hlc: placed.hlc, passage, scan })
            }
            Fact::Scan(_) | Fact::Void(_) | Fact::Resolution(_) | Fact::Answered(_) => None,
        })
        .collect();
    passed.sort_by_key(|passed| (passed.scan.at, passed.hlc, passed.record));
    passed.dedup_by_key(|passed| passed.record);
    passed
}

/// The scans that sent somebody away in `mode` and that nobody took back.
#[must_use]
pub fn refusals(facts: &[Placed], mode: Mode) -> BTreeMap<RecordRef, &Scan> {
    let taken_back = voided(facts);
    let refused = facts.iter().filter_map(|placed| match &placed.fact {
        Fact::Scan(scan) => (scan.mode() == mode && scan.verdict.passage().is_none())
            .then_some((placed.record, scan)),
        Fact::Void(_) | Fact::Resolution(_) | Fact::Answered(_) => None,
    });
    refused.filter(|(record, _)| !taken_back.contains(record)).collect()
}

/// The records that were taken back.
#[must_use]
pub fn voided(facts: &[Placed]) -> BTreeSet<RecordRef> {
    facts
        .iter()
        .filter_map(|placed| match &placed.fact {
            Fact::Void(void) => Some(void.target.resolve(placed.record.log)),
            Fact::Scan(_) | Fact::Resolution(_) | Fact::Answered(_) => None,
        })
        .collect()
}

/// The passages that no other known passage builds on: what the next scan names as its prior.
#[must_use]
pub fn frontier(passages: &[Passed<'_>]) -> Vec<RecordRef> {
    let built_on: BTreeSet<RecordRef> = passages
        .iter()
        .flat_map(|passed| {
            passed.scan.prior.iter().flatten().map(|link| link.resolve(passed.record.log))
        })
        .collect();
    passages.iter().map(|passed| passed.record).filter(|r| !built_on.contains(r)).collect()
}

/// Where one person stands in one area.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Presence<'a> {
    /// Entries so far.
    pub entries: u32,
    /// How many on this ticket are inside.
    pub inside: u32,
    /// The first entry.
    pub first: Option<Passed<'a>>,
    /// The latest passage.
    pub last: Option<Passed<'a>>,
}

/// Folds one person's passages, oldest first, into the presence in `area`; on `day` alone, where one is given.
///
/// `people` is how many one ticket carries: a ticket read again at a gate without limit is still one person.
#[must_use]
pub fn presence<'a>(
    passages: &[Passed<'a>],
    area: &str,
    day: Option<i32>,
    people: u32,
) -> Presence<'a> {
    let counted = passages.iter().filter(|passed| {
        passed.scan.area() == area && day.is_none_or(|day| passed.scan.day == day)
    });
    let mut presence = Presence::default();
    for passed in counted {
        match passed.passage {
            Passage::Entry => {
                presence.entries += 1;
                presence.inside = (presence.inside + 1).min(people);
                presence.first = presence.first.or(Some(*passed));
            }
            Passage::Exit => presence.inside = presence.inside.saturating_sub(1),
        }
        presence.last = Some(*passed);
    }
    presence
}

/// How many on one ticket are inside any area; on `day` alone, where one is given.
#[must_use]
pub fn inside_on(passages: &[Passed<'_>], day: Option<i32>, people: u32) -> u32 {
    let areas: BTreeSet<&str> = passages.iter().map(|passed| passed.scan.area()).collect();
    let inside = areas.into_iter().map(|area| presence(passages, area, day, people).inside);
    inside.max().unwrap_or(0)
}
