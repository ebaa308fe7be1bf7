//! What operators decided against the rules or against what was recorded: scans taken back, people let in who were
//! refused, people added by hand.

use crate::attendance::voided;
use crate::event::Mode;
use crate::fact::{Fact, Placed, Scan};
use crate::id::{AttendeeId, RecordRef};
use crate::verdict::Verdict;
use std::collections::BTreeMap;

/// What an operator did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ActKind {
    /// Took a scan back.
    Undo,
    /// Let somebody in who was refused.
    Override,
    /// Added somebody to the list.
    Added,
}

impl ActKind {
    /// The word of the contract.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Undo => "undo",
            Self::Override => "override",
            Self::Added => "added",
        }
    }
}

/// Somebody added to the list by hand. It is no fact of attendance, so whoever keeps the list hands it in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addition {
    /// The new person.
    pub attendee: AttendeeId,
    /// When, in milliseconds since 1970 UTC.
    pub at: i64,
    /// Who added the person, where that was said.
    pub by: Option<String>,
    /// The supervisor who agreed, where one was asked for.
    pub approved: Option<String>,
    /// Why, where that was said.
    pub reason: Option<String>,
    /// Id of the gate that it was done at, where it was one.
    pub gate: Option<String>,
    /// Name of the station that it was done on.
    pub station: String,
    /// The record that says so, where it is a single one.
    pub record: Option<RecordRef>,
}

/// One act of an operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act {
    /// What was done.
    pub kind: ActKind,
    /// When, in milliseconds since 1970 UTC.
    pub at: i64,
    /// Who did it.
    pub by: Option<String>,
    /// The supervisor who agreed, where one was asked for.
    pub approved: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// Name of the station; none where the record tells it.
    pub station: Option<String>,
    /// Id of the gate; of a scan that was taken back, its gate, where that scan is known here.
    pub gate: Option<String>,
    /// The person, where it is about somebody on the list.
    pub attendee: Option<AttendeeId>,
    /// The record that says so.
    pub record: Option<RecordRef>,
    /// The scan that it is about.
    pub scan: Option<RecordRef>,
    /// What it went against: the refusal that was overridden, the verdict that was taken back.
    pub verdict: Option<Verdict>,
    /// Whether it was taken back itself, as an override may be. It is told all the same: it was done.
    pub undone: bool,
}

/// All acts of operators, oldest first.
#[must_use]
pub fn acts(facts: &[Placed], additions: impl IntoIterator<Item = Addition>) -> Vec<Act> {
    let taken_back = voided(facts);
    let scans: BTreeMap<RecordRef, &Scan> = facts
        .iter()
        .filter_map(|placed| match &placed.fact {
            Fact::Scan(scan) => Some((placed.record, scan)),
            Fact::Void(_) | Fact::Resolution(_) | Fact::Answered(_) => None,
        })
        .collect();
    let by_operators = facts.iter().filter_map(|placed| {
        let (record, undone) = (placed.record, taken_back.contains(&placed.record));
        let act = match &placed.fact {
            Fact::Scan(scan) => overridden(record, scan, undone),
            Fact::Void(void) => {
                let target = void.target.resolve(record.log);
                let scan = scans.get(&target).copied();
                let counts = scan.is_none_or(|scan| scan.mode() == Mode::Live);
                counts.then(|| Act {
                    kind: ActKind::Undo,
                    at: void.at,
                    by: Some(void.by.clone()),
                    approved: void.approved.clone(),
                    reason: Some(void.reason.clone()),
                    station: None,
                    gate: scan.map(|scan| scan.gate.clone()),
                    attendee: void.attendee,
                    record: Some(record),
                    scan: Some(target),
                    verdict: scan.map(|scan| scan.verdict),
                    undone: false,
                })
            }
            Fact::Resolution(_) | Fact::Answered(_) => None,
        };
        act.map(|act| (placed.hlc, act))
    });
    let added = additions.into_iter().map(|addition| (0, added(addition)));
    // The key is the order, and leaves nothing of a fact or an addition that came twice.
    let mut ordered = BTreeMap::new();
    for (hlc, act) in by_operators.chain(added) {
        ordered.insert((act.at, hlc, act.kind, act.record, act.attendee), act);
    }
    ordered.into_values().collect()
}

fn overridden(record: RecordRef, scan: &Scan, undone: bool) -> Option<Act> {
    let overriding = scan.overriding.as_ref().filter(|_| scan.mode() == Mode::Live)?;
    Some(Act {
        kind: ActKind::Override,
        at: scan.at,
        by: scan.by.clone(),
        approved: overriding.approved.clone(),
        reason: Some(overriding.reason.clone()),
        station: None,
        gate: Some(scan.gate.clone()),
        attendee: scan.attendee,
        record: Some(record),
        scan: Some(record),
        verdict: Some(overriding.refused),
        undone,
    })
}

fn added(addition: Addition) -> Act {
    Act {
        kind: ActKind::Added,
        at: addition.at,
        by: addition.by,
        approved: addition.approved,
        reason: addition.reason,
        station: Some(addition.station),
        gate: addition.gate,
        attendee: Some(addition.attendee),
        record: addition.record,
        scan: None,
        verdict: None,
        undone: false,
    }
}
