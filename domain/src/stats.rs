//! Counts of an event, folded from its facts. No clock: the day is the latest on which anybody went in or out.

use crate::attendance::{Passed, inside_on, passages, refusals};
use crate::event::Mode;
use crate::fact::Placed;
use crate::id::AttendeeId;
use crate::time::{from_millis, quarter_hour};
use crate::verdict::Passage;
use jiff::tz::TimeZone;
use std::collections::BTreeMap;

/// What the fold has to be told about a ticket.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ticket {
    /// Ticket type.
    pub ticket_type: String,
    /// How many people it carries; 0 reads as 1.
    pub people: u32,
}

/// Counts over live scans.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stats {
    /// People inside, on the latest day that anybody went in or out.
    pub inside: u64,
    /// Entries that were admitted and not taken back.
    pub admitted: u64,
    /// Scans that were refused.
    pub refused: u64,
    /// Admitted entries by gate.
    pub by_gate: BTreeMap<String, u64>,
    /// Admitted entries by ticket type.
    pub by_ticket_type: BTreeMap<String, u64>,
    /// Admitted entries by the local start of their quarter of an hour.
    pub by_quarter_hour: BTreeMap<String, u64>,
}

/// Folds all facts of an event. `tickets` needs only those that have facts.
#[must_use]
pub fn fold(facts: &[Placed], tickets: &BTreeMap<AttendeeId, Ticket>, zone: &TimeZone) -> Stats {
    let passed = passages(facts, Mode::Live);
    let mut stats = Stats { refused: refusals(facts, Mode::Live).len() as u64, ..Stats::default() };
    for entry in passed.iter().filter(|passed| passed.passage == Passage::Entry) {
        let ticket = entry.scan.attendee.and_then(|id| tickets.get(&id));
        let ticket_type = ticket.map(|ticket| ticket.ticket_type.clone()).unwrap_or_default();
        let quarter = quarter_hour(from_millis(entry.scan.at), zone);
        stats.admitted += 1;
        *stats.by_gate.entry(entry.scan.gate.clone()).or_default() += 1;
        *stats.by_ticket_type.entry(ticket_type).or_default() += 1;
        *stats.by_quarter_hour.entry(quarter).or_default() += 1;
    }
    let today = passed.iter().map(|passed| passed.scan.day).max();
    stats.inside = inside_now(&passed, today, tickets).values().map(|n| u64::from(*n)).sum();
    stats
}

/// Who is inside any area on the latest day that anybody went in or out, and how many on that ticket.
#[must_use]
pub fn inside(
    facts: &[Placed],
    tickets: &BTreeMap<AttendeeId, Ticket>,
) -> BTreeMap<AttendeeId, u32> {
    let passed = passages(facts, Mode::Live);
    let today = passed.iter().map(|passed| passed.scan.day).max();
    inside_now(&passed, today, tickets)
}

fn inside_now(
    passed: &[Passed<'_>],
    today: Option<i32>,
    tickets: &BTreeMap<AttendeeId, Ticket>,
) -> BTreeMap<AttendeeId, u32> {
    let mut of_person: BTreeMap<AttendeeId, Vec<Passed<'_>>> = BTreeMap::new();
    for passed in passed.iter().filter(|passed| Some(passed.scan.day) == today) {
        if let Some(id) = passed.scan.attendee {
            of_person.entry(id).or_default().push(*passed);
        }
    }
    let inside = |(id, passed): (AttendeeId, Vec<Passed<'_>>)| {
        let people = tickets.get(&id).map_or(1, |ticket| ticket.people.max(1));
        Some(inside_on(&passed, None, people)).filter(|most| *most > 0).map(|most| (id, most))
    };
    of_person.into_iter().filter_map(inside).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::{Fact, Link, Scan, Void};
    use crate::id::{LogId, RecordRef};
    use crate::verdict::Verdict;
    use proptest::prelude::*;

    const LOG: LogId = LogId::new([1; 16]);

    fn scan(seq: u64, who: u8, verdict: Verdict, minutes: i64) -> Placed {
        let at = 1_806_102_000_000 + minutes * 60_000; // 2027-03-27T00:00 in Berlin
        let day = 20904 + i32::try_from(minutes / 1440).unwrap();
        let fact = Fact::Scan(Scan {
            attendee: Some(AttendeeId::new([who; 16])),
            code: None,
            gate: "main".to_owned(),
            area: None,
            verdict,
            at,
            day,
            mode: None,
            wanted: None,
            prior: None,
            by: None,
            overriding: None,
            nonce: None,
        });
        Placed { record: RecordRef { log: LOG, seq }, hlc: seq, fact }
    }

    fn fold_of(facts: &[Placed]) -> Stats {
        fold(facts, &BTreeMap::new(), &TimeZone::get("Europe/Berlin").unwrap())
    }

    #[test]
    fn inside_empties_when_the_day_turns() {
        let mut facts = vec![
            scan(1, 1, Verdict::Admitted, 600),
            scan(2, 2, Verdict::Admitted, 601),
            scan(3, 2, Verdict::AlreadyIn, 602),
            scan(4, 1, Verdict::Exited, 603),
        ];
        let stats = fold_of(&facts);
        assert_eq!((stats.inside, stats.admitted, stats.refused), (1, 2, 1));
        assert_eq!(stats.by_quarter_hour, BTreeMap::from([("2027-03-27T10:00".to_owned(), 2)]));
        facts.push(scan(5, 3, Verdict::Admitted, 1440 + 600));
        assert_eq!(fold_of(&facts).inside, 1);
    }

    #[test]
    fn rehearsals_and_entries_taken_back_do_not_count() {
        let mut rehearsed = scan(1, 1, Verdict::Admitted, 600);
        if let Fact::Scan(scan) = &mut rehearsed.fact {
            scan.mode = Some(Mode::Rehearsal);
        }
        let target = Link { seq: 2, log: None };
        let void = Void {
            target,
            attendee: None,
            at: 0,
            by: "Kim".into(),
            reason: "x".into(),
            approved: None,
        };
        let record = RecordRef { log: LOG, seq: 3 };
        let facts = [
            rehearsed,
            scan(2, 2, Verdict::Admitted, 601),
            Placed { record, hlc: 3, fact: Fact::Void(void) },
        ];
        assert_eq!(fold_of(&facts), Stats::default());
    }

    proptest! {
        #[test]
        fn order_and_repetition_change_nothing(
            steps in proptest::collection::vec((0_u8..4, 0_usize..4, 0_i64..4000), 0..40),
            shuffle in any::<u64>(),
        ) {
            let verdicts =
                [Verdict::Admitted, Verdict::Exited, Verdict::AlreadyIn, Verdict::Readmitted];
            let facts: Vec<Placed> = steps
                .iter()
                .zip(1..)
                .map(|((who, verdict, minutes), seq)| scan(seq, *who, verdicts[*verdict], *minutes))
                .collect();
            let mut twice: Vec<Placed> = facts.iter().chain(&facts).cloned().collect();
            twice.sort_by_key(|placed| {
                (placed.record.seq ^ shuffle).wrapping_mul(0x9E37_79B9_7F4A_7C15)
            });
            prop_assert_eq!(fold_of(&facts), fold_of(&twice));
        }
    }
}
