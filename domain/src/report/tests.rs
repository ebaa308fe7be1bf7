//! Tables of what doors did and what the reports say of it; and that order and repetition change nothing.

use super::*;
use crate::event::Mode;
use crate::fact::{Fact, Link, Overriding, Placed, Scan, Void};
use crate::id::{LogId, RecordRef};
use crate::verdict::Verdict;
use jiff::tz::TimeZone;
use proptest::prelude::*;

const LOG: LogId = LogId::new([1; 16]);
/// 2027-03-27T00:00 in Berlin.
const MIDNIGHT: i64 = 1_806_102_000_000;

fn alice() -> AttendeeId {
    AttendeeId::new([1; 16])
}

fn person(number: u8) -> AttendeeId {
    AttendeeId::new([number; 16])
}

fn placed(seq: u64, fact: Fact) -> Placed {
    Placed { record: RecordRef { log: LOG, seq }, hlc: seq, fact }
}

fn scan(seq: u64, who: u8, verdict: Verdict, minutes: i64) -> Placed {
    placed(
        seq,
        Fact::Scan(Scan {
            attendee: Some(person(who)),
            code: None,
            gate: "main".to_owned(),
            area: None,
            verdict,
            at: MIDNIGHT + minutes * 60_000,
            day: 20904 + i32::try_from(minutes / 1440).unwrap(),
            mode: None,
            wanted: None,
            prior: None,
            by: None,
            overriding: None,
            nonce: None,
        }),
    )
}

/// A scan with something about it changed.
fn with(mut placed: Placed, change: impl FnOnce(&mut Scan)) -> Placed {
    if let Fact::Scan(scan) = &mut placed.fact {
        change(scan);
    }
    placed
}

fn lounge(placed: Placed) -> Placed {
    with(placed, |scan| {
        scan.gate = "bar".to_owned();
        scan.area = Some("lounge".to_owned());
    })
}

fn rehearsed(placed: Placed) -> Placed {
    with(placed, |scan| scan.mode = Some(Mode::Rehearsal))
}

fn insisted(placed: Placed, refused: Verdict) -> Placed {
    with(placed, |scan| {
        scan.by = Some("Kim".to_owned());
        let (reason, approved) = ("guest of the host".to_owned(), Some("Lee".to_owned()));
        scan.overriding = Some(Overriding { refused, reason, approved });
    })
}

fn void(seq: u64, target: u64, who: u8, minutes: i64) -> Placed {
    placed(
        seq,
        Fact::Void(Void {
            target: Link { seq: target, log: None },
            attendee: Some(person(who)),
            at: MIDNIGHT + minutes * 60_000,
            by: "Kim".to_owned(),
            reason: "wrong person".to_owned(),
            approved: None,
        }),
    )
}

fn guest(name: &str, ticket_type: &str, people: u32) -> Guest {
    let ticket = Ticket { ticket_type: ticket_type.to_owned(), people };
    Guest { name: name.to_owned(), company: String::new(), ticket, cancelled: false }
}

fn guests() -> Guests {
    Guests::from([
        (person(1), guest("Zoë Ahl", "Regular", 1)),
        (person(2), guest("bob", "Regular", 1)),
        (person(3), guest("Ángel", "VIP", 3)),
        (person(4), Guest { cancelled: true, ..guest("Dora", "VIP", 1) }),
    ])
}

fn berlin() -> TimeZone {
    TimeZone::get("Europe/Berlin").unwrap()
}

/// Who is inside, in the report's order: number, people, gate, minute of the last entry.
fn inside_of(facts: &[Placed]) -> Vec<(u8, u32, String, i64)> {
    let minute = |at: i64| (at - MIDNIGHT) / 60_000;
    inside(facts, &guests())
        .into_iter()
        .map(|one| {
            let scan = one.last.scan;
            (one.attendee.bytes()[0], one.people, scan.gate.clone(), minute(scan.at))
        })
        .collect()
}

type Case = (&'static str, Vec<Placed>, Vec<(u8, u32, &'static str, i64)>);

/// Every case: what it is, what happened, and who is inside: number, people, gate, minute of the last entry.
fn check_inside(cases: Vec<Case>) {
    for (what, facts, expected) in cases {
        let told = inside_of(&facts);
        let told: Vec<_> =
            told.iter().map(|(n, p, gate, at)| (*n, *p, gate.as_str(), *at)).collect();
        assert_eq!(told, expected, "{what}");
        let tickets = guests().into_iter().map(|(id, guest)| (id, guest.ticket)).collect();
        let counted = crate::stats::fold(&facts, &tickets, &berlin()).inside;
        let listed: u64 = told.iter().map(|one| u64::from(one.1)).sum();
        assert_eq!(listed, counted, "as many as the stations' screens say: {what}");
    }
}

#[test]
fn whoever_is_inside_is_listed_by_name_with_where_and_since_when() {
    use Verdict::{Admitted, AlreadyIn, Exited, Readmitted};
    check_inside(vec![
        ("nobody", vec![], vec![]),
        (
            "names sort as they are read, whoever has none comes last",
            vec![
                scan(1, 1, Admitted, 600),
                scan(2, 2, Admitted, 601),
                scan(3, 3, Admitted, 602),
                scan(4, 9, Admitted, 603),
            ],
            vec![
                (3, 1, "main", 602),
                (2, 1, "main", 601),
                (1, 1, "main", 600),
                (9, 1, "main", 603),
            ],
        ),
        (
            "in again is in since then",
            vec![
                scan(1, 1, Admitted, 600),
                scan(2, 1, Exited, 620),
                scan(3, 1, Readmitted, 640),
                scan(4, 1, AlreadyIn, 650),
            ],
            vec![(1, 1, "main", 640)],
        ),
        (
            "an entry that was taken back is none",
            vec![scan(1, 1, Admitted, 600), void(2, 1, 1, 601), scan(3, 2, Admitted, 602)],
            vec![(2, 1, "main", 602)],
        ),
        (
            "an exit that was taken back neither",
            vec![scan(1, 1, Admitted, 600), scan(2, 1, Exited, 610), void(3, 2, 1, 611)],
            vec![(1, 1, "main", 600)],
        ),
        ("rehearsals are nothing", vec![rehearsed(scan(1, 1, Admitted, 600))], vec![]),
        (
            "the day before is over",
            vec![scan(1, 1, Admitted, 600), scan(2, 2, Admitted, 1440 + 600)],
            vec![(2, 1, "main", 1440 + 600)],
        ),
    ]);
}

#[test]
fn whoever_is_in_several_areas_or_several_on_a_ticket_is_listed_once() {
    use Verdict::{Admitted, Exited};
    check_inside(vec![
        (
            "three on a ticket, one of them left",
            vec![
                scan(1, 3, Admitted, 600),
                scan(2, 3, Admitted, 601),
                scan(3, 3, Admitted, 602),
                scan(4, 3, Exited, 630),
            ],
            vec![(3, 2, "main", 602)],
        ),
        (
            "in two areas is where the last entry was",
            vec![scan(1, 1, Admitted, 600), lounge(scan(2, 1, Admitted, 620))],
            vec![(1, 1, "bar", 620)],
        ),
        (
            "out of one area is still in the other",
            vec![
                scan(1, 1, Admitted, 600),
                lounge(scan(2, 1, Admitted, 620)),
                lounge(scan(3, 1, Exited, 640)),
            ],
            vec![(1, 1, "main", 600)],
        ),
    ]);
}

#[test]
fn gates_are_counted_by_their_quarters() {
    use Verdict::{Admitted, AlreadyIn, Exited, Unpaid};
    let facts = [
        scan(1, 1, Admitted, 9 * 60 + 14),
        scan(2, 2, Admitted, 9 * 60 + 15),
        scan(3, 2, AlreadyIn, 9 * 60 + 29),
        scan(4, 1, Exited, 9 * 60 + 29),
        scan(5, 3, Unpaid, 9 * 60 + 16),
        void(6, 5, 3, 9 * 60 + 17),
        lounge(scan(7, 1, Admitted, 9 * 60 + 20)),
        rehearsed(scan(8, 1, Admitted, 10 * 60)),
    ];
    let told: Vec<_> = gates(&facts, &berlin())
        .into_iter()
        .map(|((gate, quarter), n)| (gate, quarter, n.admitted, n.exited, n.refused))
        .collect();
    let line = |gate: &str, quarter: &str, (admitted, exited, refused)| {
        (gate.to_owned(), format!("2027-03-27T{quarter}"), admitted, exited, refused)
    };
    let expected = [
        line("bar", "09:15", (1, 0, 0)),
        line("main", "09:00", (1, 0, 0)),
        line("main", "09:15", (1, 1, 1)),
    ];
    assert_eq!(told, expected);
}

#[test]
fn who_came_and_who_did_not() {
    let facts = [
        scan(1, 1, Verdict::Admitted, 600),
        scan(2, 1, Verdict::Exited, 601),
        scan(3, 2, Verdict::Unpaid, 602),
        scan(4, 3, Verdict::Admitted, 603),
        void(5, 4, 3, 604),
        scan(6, 9, Verdict::Admitted, 605),
    ];
    let turnout = turnout(&facts, &guests());
    assert_eq!(turnout.all, Share { came: 1, no_show: 3, cancelled: 1 });
    let types = [
        ("Regular".to_owned(), Share { came: 1, no_show: 1, cancelled: 0 }),
        ("VIP".to_owned(), Share { came: 0, no_show: 2, cancelled: 1 }),
    ];
    assert_eq!(turnout.by_ticket_type, BTreeMap::from(types));
}

#[test]
fn acts_are_told_oldest_first_with_what_they_went_against() {
    let facts = [
        scan(1, 1, Verdict::Admitted, 600),
        insisted(scan(2, 2, Verdict::Admitted, 610), Verdict::Unpaid),
        void(3, 1, 1, 620),
        void(4, 2, 2, 630),
        rehearsed(scan(5, 1, Verdict::Admitted, 640)),
        void(6, 5, 1, 641),
        rehearsed(insisted(scan(7, 2, Verdict::Admitted, 642), Verdict::Blocked)),
        void(8, 77, 3, 650), // of a scan that has not arrived yet
    ];
    let addition = Addition {
        attendee: alice(),
        at: MIDNIGHT + 615 * 60_000,
        by: Some("Kim".to_owned()),
        approved: None,
        reason: None,
        gate: None,
        station: "Desk".to_owned(),
        record: None,
    };
    let told: Vec<_> = acts(&facts, [addition.clone(), addition])
        .into_iter()
        .map(|act| {
            let minutes = (act.at - MIDNIGHT) / 60_000;
            (minutes, act.kind.as_str(), act.verdict, act.scan.map(|scan| scan.seq), act.undone)
        })
        .collect();
    let expected = [
        (610, "override", Some(Verdict::Unpaid), Some(2), true),
        (615, "added", None, None, false),
        (620, "undo", Some(Verdict::Admitted), Some(1), false),
        (630, "undo", Some(Verdict::Admitted), Some(2), false),
        (650, "undo", None, Some(77), false),
    ];
    assert_eq!(told, expected);
}

/// One thing that happened at a door, as a few numbers say it.
fn fact(seq: u64, (what, who, minutes): (u8, u8, i64)) -> Placed {
    let scanned = |verdict| scan(seq, who, verdict, minutes);
    match what {
        0 | 1 => scanned(Verdict::Admitted),
        2 => scanned(Verdict::Exited),
        3 => lounge(scanned(Verdict::Admitted)),
        4 => lounge(scanned(Verdict::Exited)),
        5 => scanned(Verdict::Unpaid),
        6 => insisted(scanned(Verdict::Admitted), Verdict::AlreadyIn),
        7 => rehearsed(scanned(Verdict::Admitted)),
        _ => void(seq, u64::from(who) + 1, who, minutes),
    }
}

proptest! {
    #[test]
    fn order_and_repetition_change_no_report(
        steps in proptest::collection::vec((0_u8..10, 0_u8..5, 0_i64..4000), 0..40),
        shuffle in any::<u64>(),
    ) {
        let facts: Vec<Placed> = (1..).zip(steps).map(|(seq, step)| fact(seq, step)).collect();
        let mut twice: Vec<Placed> = facts.iter().chain(&facts).cloned().collect();
        twice.sort_by_key(|placed| {
            (placed.record.seq ^ shuffle).wrapping_mul(0x9E37_79B9_7F4A_7C15)
        });
        prop_assert_eq!(inside(&facts, &guests()), inside(&twice, &guests()));
        prop_assert_eq!(gates(&facts, &berlin()), gates(&twice, &berlin()));
        prop_assert_eq!(turnout(&facts, &guests()), turnout(&twice, &guests()));
        prop_assert_eq!(acts(&facts, []), acts(&twice, []));
        let all: u64 = gates(&facts, &berlin()).values().map(|n| n.admitted).sum();
        let tickets = BTreeMap::new();
        prop_assert_eq!(all, crate::stats::fold(&facts, &tickets, &berlin()).admitted);
    }
}
