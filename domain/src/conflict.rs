//! Double admissions: one ticket let in at two doors that did not know of each other.
//!
//! Every scan names the latest passages of that person that its author knew. Whatever can be reached over these
//! names was known; two admissions of which neither reaches the other were given without knowledge of each other.
//! That alone harms nobody: who went in here, out here and in elsewhere is inside once. A conflict is an admission
//! for which there was no room left any more, given in ignorance of one that had taken it.
//!
//! A pure function of the set of facts: in whatever order and however often they arrive, every station sees the
//! same. Clocks decide only what knowledge does not: nobody who knew of a scan is put before it.

use crate::attendance::{Passed, passages};
use crate::event::Mode;
use crate::fact::{Fact, Placed, Resolution, Scan};
use crate::gate::{Entries, Gate};
use crate::id::{AttendeeId, RecordRef};
use crate::verdict::Passage;
use std::collections::{BTreeMap, BTreeSet};

/// Passages of one person that are looked at: in or out every five minutes for three days. More is a scanner that
/// was left on a badge, or a station that wants the others to count; the first ones tell as much.
const COUNTED_MAX: usize = 1000;

/// Admissions of one person, to one area and on what counts as one day there, that exclude each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict<'a> {
    /// The person.
    pub attendee: AttendeeId,
    /// The area.
    pub area: &'a str,
    /// The day, where the area is entered once a day; else none.
    pub day: Option<i32>,
    /// The admissions, oldest first by their own time, then their authors' clocks, then their names.
    pub scans: Vec<Passed<'a>>,
    /// What somebody said of all of them; none: still to be looked into.
    pub resolved: Option<&'a Resolution>,
}

/// The conflicts of one person, by area and day.
///
/// `facts` are those about this person, `people` is how many the ticket carries.
#[must_use]
pub fn conflicts<'a>(
    attendee: AttendeeId,
    facts: &'a [Placed],
    gates: &BTreeMap<String, Gate>,
    people: u32,
) -> Vec<Conflict<'a>> {
    let mut passed: BTreeMap<RecordRef, Passed<'a>> = BTreeMap::new();
    for one in passages(facts, Mode::Live) {
        let own = one.scan.attendee == Some(attendee);
        if own && !(one.passage == Passage::Entry && is_unlimited(one.scan, gates)) {
            passed.entry(one.record).or_insert(one);
        }
    }
    if passed.values().filter(|one| one.passage == Passage::Entry).count() < 2 {
        return Vec::new();
    }
    let known = Knowledge::of(facts);
    let mut counted: BTreeMap<(&str, Option<i32>), Vec<Turn<'a>>> = BTreeMap::new();
    let in_turn = known.order.iter().enumerate();
    let in_turn = in_turn.filter_map(|(turn, record)| Some((turn, *passed.get(record)?)));
    for (turn, one) in in_turn.take(COUNTED_MAX) {
        let area = one.scan.area();
        let day = is_daily(area, gates).then_some(one.scan.day);
        counted.entry((area, day)).or_default().push((turn, one));
    }
    let found = counted.into_iter().filter_map(|((area, day), passed)| {
        let mut scans = excluding(&passed, &known, gates, people.max(1));
        scans.sort_by_key(|one| (one.scan.at, one.hlc, one.record));
        let resolved = resolution(attendee, facts, &scans);
        (!scans.is_empty()).then_some(Conflict { attendee, area, day, scans, resolved })
    });
    found.collect()
}

/// A passage, and its place in the order in which knowledge grew.
type Turn<'a> = (usize, Passed<'a>);

/// Whether a person has been let in often enough for a conflict: what many people are sifted by.
#[must_use]
pub fn may_conflict(facts: &[Placed]) -> bool {
    let is_entry = |placed: &&Placed| match &placed.fact {
        Fact::Scan(scan) => {
            scan.mode() == Mode::Live && scan.verdict.passage() == Some(Passage::Entry)
        }
        Fact::Void(_) | Fact::Resolution(_) | Fact::Answered(_) => false,
    };
    facts.iter().filter(is_entry).map(|placed| placed.record).collect::<BTreeSet<_>>().len() > 1
}

fn is_unlimited(scan: &Scan, gates: &BTreeMap<String, Gate>) -> bool {
    gates.get(&scan.gate).is_some_and(|gate| gate.entries == Entries::Unlimited)
}

/// Whether an area is entered once a day: where all its gates that count say so. Asked of the area and not of each
/// gate, so that one conflict has one name whichever scans of it are known.
fn is_daily(area: &str, gates: &BTreeMap<String, Gate>) -> bool {
    let of = |entries| gates.values().any(|gate| gate.area == area && gate.entries == entries);
    of(Entries::OncePerDay) && !of(Entries::Once)
}

/// The admissions that exclude each other, among passages through one area, each after all that its author knew.
fn excluding<'a>(
    passed: &[Turn<'a>],
    known: &Knowledge,
    gates: &BTreeMap<String, Gate>,
    people: u32,
) -> Vec<Passed<'a>> {
    let room = usize::try_from(people).unwrap_or(usize::MAX);
    let (mut entered, mut inside): (Vec<usize>, Vec<usize>) = (Vec::new(), Vec::new());
    let mut found: BTreeSet<usize> = BTreeSet::new();
    for (turn, one) in passed {
        if one.passage == Passage::Exit {
            let unseen = known.unseen(*turn, &inside);
            // Whoever leaves is one whom the author saw come in; else the one who has been in for longest.
            let left = inside.iter().rposition(|entry| !unseen.contains(entry));
            if !inside.is_empty() {
                inside.remove(left.unwrap_or(0));
            }
            continue;
        }
        let returns = gates.get(&one.scan.gate).is_none_or(|gate| gate.reentry_after_exit);
        let taken = if returns { &inside } else { &entered };
        if taken.len() >= room {
            let unseen = known.unseen(*turn, taken);
            found.extend(unseen.first().map(|_| *turn));
            found.extend(unseen);
        }
        inside.push(*turn);
        entered.push(*turn);
    }
    passed.iter().filter(|(turn, _)| found.contains(turn)).map(|(_, one)| *one).collect()
}

/// The latest word that covers all of the scans.
fn resolution<'a>(
    attendee: AttendeeId,
    facts: &'a [Placed],
    scans: &[Passed<'_>],
) -> Option<&'a Resolution> {
    let words = facts.iter().filter_map(|placed| match &placed.fact {
        Fact::Resolution(word) if word.attendee == attendee => Some((placed, word)),
        Fact::Resolution(_) | Fact::Scan(_) | Fact::Void(_) | Fact::Answered(_) => None,
    });
    let covers = |placed: &Placed, word: &Resolution| {
        let settled: BTreeSet<RecordRef> =
            word.scans.iter().map(|link| link.resolve(placed.record.log)).collect();
        scans.iter().all(|scan| settled.contains(&scan.record))
    };
    words
        .filter(|(placed, word)| covers(placed, word))
        .max_by_key(|(placed, word)| (word.at, placed.hlc, placed.record))
        .map(|(_, word)| word)
}

/// Which scans the author of each scan knew, as far as the scans are there. Scans taken back pass knowledge on.
struct Knowledge {
    /// All scans, each after those that its author knew.
    order: Vec<RecordRef>,
    /// What each of them names, by their turns in that order. Links that run in a circle are nobody's knowledge.
    prior: Vec<Vec<usize>>,
}

impl Knowledge {
    fn of(facts: &[Placed]) -> Self {
        let mut links: Links = BTreeMap::new();
        for placed in facts {
            let Fact::Scan(scan) = &placed.fact else { continue };
            let prior = scan.prior.iter().flatten().map(|link| link.resolve(placed.record.log));
            let time = (scan.at, placed.hlc);
            // Of a log that contradicts itself either scan may stand here; the choice must not be its order's.
            let (known, named) =
                links.entry(placed.record).or_insert_with(|| (time, BTreeSet::new()));
            *known = time.min(*known);
            named.extend(prior);
        }
        let order = order(&links);
        let turns: BTreeMap<RecordRef, usize> = order.iter().copied().zip(0..).collect();
        let prior = order.iter().enumerate().map(|(turn, record)| {
            let named = links.get(record).into_iter().flat_map(|(_, named)| named);
            named.filter_map(|prior| turns.get(prior).copied()).filter(|at| *at < turn).collect()
        });
        Self { prior: prior.collect(), order }
    }

    /// Those among `others`, all of them earlier, that the author of a scan did not know.
    fn unseen(&self, turn: usize, others: &[usize]) -> Vec<usize> {
        // What is older than all that is asked for leads only to what is older still.
        let oldest = others.iter().min().copied().unwrap_or(turn);
        let mut seen: BTreeSet<usize> = BTreeSet::new();
        let mut next = vec![turn];
        while let Some(turn) = next.pop() {
            for prior in self.prior.get(turn).into_iter().flatten() {
                if *prior >= oldest && seen.insert(*prior) {
                    next.push(*prior);
                }
            }
        }
        others.iter().copied().filter(|other| !seen.contains(other)).collect()
    }
}

/// When each scan was made, and what it names.
type Links = BTreeMap<RecordRef, ((i64, u64), BTreeSet<RecordRef>)>;

/// All scans, each after those that its author knew; where that leaves a choice, by time, clock and name.
fn order(links: &Links) -> Vec<RecordRef> {
    let mut followers: BTreeMap<RecordRef, Vec<RecordRef>> = BTreeMap::new();
    let mut missing: BTreeMap<RecordRef, usize> = BTreeMap::new();
    for (record, (_, prior)) in links {
        let there = prior.iter().filter(|prior| links.contains_key(prior));
        missing.insert(*record, there.clone().count());
        there.for_each(|prior| followers.entry(*prior).or_default().push(*record));
    }
    let turn = |record: &RecordRef| (links.get(record).map(|(time, _)| *time), *record);
    let mut waiting: BTreeSet<_> = links.keys().map(turn).collect();
    let free = missing.iter().filter(|(_, count)| **count == 0).map(|(record, _)| turn(record));
    let mut ready: BTreeSet<_> = free.collect();
    let mut order = Vec::with_capacity(links.len());
    // Where links run in a circle the first in time goes before what it names.
    while let Some(next) = ready.pop_first().or_else(|| waiting.first().copied()) {
        waiting.remove(&next);
        order.push(next.1);
        for follower in followers.get(&next.1).into_iter().flatten() {
            let Some(missing) = missing.get_mut(follower) else { continue };
            *missing = missing.saturating_sub(1);
            if *missing == 0 && waiting.contains(&turn(follower)) {
                ready.insert(turn(follower));
            }
        }
    }
    order
}

#[cfg(test)]
mod tests;
