//! What happened at which station, who knew of what, and which admissions exclude each other.

use super::*;
use crate::fact::{Link, Overriding, Void};
use crate::id::LogId;
use crate::verdict::Verdict;
use proptest::prelude::*;

const ADA: AttendeeId = AttendeeId::new([7; 16]);

/// One step: a letter that names it, the station's digit, what happened, what its author knew (`_`: nothing), and
/// where it is not the next minute of the day, `@minute`, and where it is not the first day, `#day`.
///
/// `+` in, `-` out, `!` in by a person's word, `x` refused, `t` in while trying out, `~` takes the known one back.
#[derive(Debug, Clone)]
struct Step {
    name: u8,
    station: u8,
    what: u8,
    knows: Vec<u8>,
    minute: i64,
    day: i32,
}

fn steps(text: &str) -> Vec<Step> {
    let step = |(place, word): (usize, &str)| {
        let (word, day) = word.split_once('#').unwrap_or((word, "0"));
        let now = place.to_string();
        let (word, minute) = word.split_once('@').unwrap_or((word, &now));
        let [name, station, what, knows @ ..] = word.as_bytes() else { panic!("{word}") };
        Step {
            name: *name,
            station: *station,
            what: *what,
            knows: knows.iter().copied().filter(|knows| *knows != b'_').collect(),
            minute: minute.parse().unwrap(),
            day: day.parse().unwrap(),
        }
    };
    text.split_whitespace().enumerate().map(step).collect()
}

fn record(step: &Step) -> RecordRef {
    RecordRef { log: LogId::new([step.station; 16]), seq: u64::from(step.name) }
}

fn link(steps: &[Step], home: LogId, name: u8) -> Link {
    let unknown = RecordRef { log: LogId::new([9; 16]), seq: u64::from(name) };
    let target = steps.iter().find(|step| step.name == name).map_or(unknown, record);
    Link::from(home, target)
}

fn facts(steps: &[Step], gate: &str) -> Vec<Placed> {
    let fact = |step: &Step| {
        let at = record(step);
        let links = step.knows.iter().map(|name| link(steps, at.log, *name)).collect::<Vec<_>>();
        let by = "Kim".to_owned();
        let fact = if step.what == b'~' {
            let reason = "wrong".to_owned();
            let (target, attendee) = (links[0], Some(ADA));
            Fact::Void(Void { target, attendee, at: step.minute, by, reason, approved: None })
        } else {
            let refused = Overriding {
                refused: Verdict::AlreadyIn,
                reason: "twin".to_owned(),
                approved: None,
            };
            Fact::Scan(Scan {
                attendee: Some(ADA),
                code: None,
                gate: gate.to_owned(),
                area: None,
                verdict: match step.what {
                    b'+' | b'!' | b't' => Verdict::Admitted,
                    b'-' => Verdict::Exited,
                    b'x' => Verdict::AlreadyIn,
                    other => panic!("{other}"),
                },
                at: step.minute,
                day: step.day,
                mode: (step.what == b't').then_some(Mode::Rehearsal),
                wanted: (step.what == b'-').then_some(Passage::Exit),
                prior: (!links.is_empty()).then_some(links),
                by: Some(by),
                overriding: (step.what == b'!').then_some(refused),
                nonce: None,
            })
        };
        let hlc = u64::try_from(step.minute).unwrap();
        Placed { record: at, hlc, fact }
    };
    steps.iter().map(fact).collect()
}

fn gates_with(rules: &str) -> BTreeMap<String, Gate> {
    let texts = rules.split(';').filter_map(|pair| pair.split_once('='));
    let texts = texts.map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
    BTreeMap::from([("main".to_owned(), Gate::parse("main", &texts).unwrap())])
}

fn names(conflict: &Conflict<'_>) -> String {
    conflict.scans.iter().map(|scan| char::from(u8::try_from(scan.record.seq).unwrap())).collect()
}

/// The scans of each conflict, with its day where it has one.
fn found(text: &str, rules: &str, people: u32) -> String {
    let facts = facts(&steps(text), "main");
    let found = conflicts(ADA, &facts, &gates_with(rules), people);
    let told = found.iter().map(|conflict| match conflict.day {
        Some(day) => format!("{}#{day}", names(conflict)),
        None => names(conflict),
    });
    told.collect::<Vec<_>>().join(" ")
}

#[test]
fn who_knew_of_what() {
    let cases = [
        // one after the other, and side by side
        ("a1+_", ""),
        ("a1+_ b2+_", "ab"),
        ("a1+_ b2xa", ""),
        ("a1+_ b2+_ c3+_", "abc"),
        ("b2+_@3 a1+_@3 c3+_@1", "cab"),
        // over another scan, a refusal among them, and over one that is not there
        ("a1+_ x2xa b3!x", ""),
        ("a1+_ b2!z", "ab"),
        ("a1+_ b2!z z3xa", ""),
        // a person's word: whoever knew may let in, whoever did not knew nothing
        ("a1+_ b2!a", ""),
        ("a1+_ b2!_", "ab"),
        ("a1+_ b2+_ c3!ab", "ab"),
        ("a1+_ b2+_ c3!a", "abc"),
        ("a1+_ b2!a c3+b", ""),
        ("a1+_ b2!a c3+a", "bc"),
        // taken back, by whoever and whenever
        ("a1+_ b2+_ v1~b", ""),
        ("a1+_ b2+_ v3~a", ""),
        ("a1+_ b2+_ c3+_ v3~b", "ac"),
        ("a1+_ b2!a v2~b c3+b", ""),
        // trying out never counts
        ("a1+_ b2t_", ""),
        ("a1t_ b2t_", ""),
    ];
    for (text, expected) in cases {
        assert_eq!(found(text, "", 1), expected, "{text}");
    }
}

#[test]
fn who_left_in_between() {
    let (again, once) = ("", "reentry_after_exit=false");
    let cases = [
        // In here, out here, in elsewhere: inside once, whoever knew of what.
        ("a1+_ x1-a b2+_", again, ""),
        ("a1+_ x2-_ b2+x", again, ""),
        // Where nobody may come back, the second admission used up what the first had.
        ("a1+_ x1-a b2+_", once, "ab"),
        ("a1+_ x1-a b1xx", once, ""),
        // Out after both were in.
        ("a1+_ b2+_ x1-a", again, "ab"),
        ("a1+_ b2+_ x1-a y2-b", again, "ab"),
        // Known to all to be inside, then out and in again at two doors that are cut off from each other.
        ("a1+_ x1-a r1+x y2-a q2+y", again, ""),
        ("a1+_ x1-a y2-a r1+x q2+y", again, "rq"),
        ("a1+_ x1-a r1+x q2+x", again, "rq"),
        ("a1+_ x1-a r1+x q2!a", again, "rq"),
        // A known double, one of the two leaves and comes back elsewhere.
        ("a1+_ o1!a x2-a r2+x", again, "or"),
        ("a1+_ o1!a x1-o r1+x", again, ""),
        // Out goes the last whom that door saw come in: the first is still there, and known to the third.
        ("a1+_ o2!a x2-o r3!a", again, ""),
        ("a1+_ o2!a x1-a r3!a", again, "or"),
        // A door whose clock is wrong: nobody is out before the door that let him out knew he was in.
        ("a1+_@50 x1-a@10 b2+_@60", again, ""),
        ("x1-a@10 a1+_@50 b2+_@60", again, ""),
        ("a1+_@50 b2+_@20", again, "ba"),
        ("a1+_@50 b2!a@20", again, ""),
        // Out without ever having been seen to come in.
        ("x1-_ a1+x b2+_", again, "ab"),
    ];
    for (text, rules, expected) in cases {
        assert_eq!(found(text, rules, 1), expected, "{text} {rules}");
    }
}

#[test]
fn what_a_gate_and_a_ticket_allow() {
    let daily = "entries=once_per_day";
    let cases = [
        ("a1+_ b2+_", "entries=unlimited", 1, ""),
        ("a1+_ b2+_", daily, 1, "ab#0"),
        ("a1+_#27 b2+_#28", daily, 1, ""),
        ("a1+_#27 b2+_#28", "entries=once", 1, "ab"),
        ("a1+_#27 b2+_#28 c1+a#28 d2+_#27", daily, 1, "ad#27 bc#28"),
        // Tickets for several: as long as there is room, nobody need know of anybody.
        ("a1+_ b2+_", "", 2, ""),
        ("a1+_ b2+_ c3+_", "", 2, "abc"),
        ("a1+_ b2+_ c3+ab", "", 2, ""),
        ("a1+_ b2+_ c1+a", "", 2, "bc"),
        ("a1+_ b2+_ x1-a c1+x", "", 2, ""),
        ("a1+_ b2+_", "", 0, "ab"),
    ];
    for (text, rules, people, expected) in cases {
        assert_eq!(found(text, rules, people), expected, "{text} {rules} {people}");
    }
}

#[test]
fn areas_and_people_are_apart() {
    let mut all = facts(&steps("a1+_ b2+_ c3+_"), "main");
    let scan = |placed: &mut Placed| match &mut placed.fact {
        Fact::Scan(scan) => scan.clone(),
        _ => panic!(),
    };
    let other_area = Scan { area: Some("lounge".to_owned()), ..scan(&mut all[1]) };
    all[1].fact = Fact::Scan(other_area);
    let gates = gates_with("");
    let names_in = |facts: &[Placed]| {
        conflicts(ADA, facts, &gates, 1).iter().map(names).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(names_in(&all), "ac");
    assert!(may_conflict(&all));
    let other_person = Scan { attendee: Some(AttendeeId::new([8; 16])), ..scan(&mut all[2]) };
    all[2].fact = Fact::Scan(other_person);
    assert_eq!(names_in(&all), "");
    assert!(!may_conflict(&all[..1]));
    // Days count where all gates of an area say so.
    let days = facts(&steps("a1+_#1 b2+_#2"), "main");
    let mut mixed = gates_with("entries=once_per_day");
    assert_eq!(conflicts(ADA, &days, &mixed, 1), []);
    let mut once = gates["main"].clone();
    once.area = "lounge".to_owned();
    mixed.insert("lounge".to_owned(), once.clone());
    assert_eq!(conflicts(ADA, &days, &mixed, 1), []);
    once.area = "main".to_owned();
    mixed.insert("side".to_owned(), once);
    assert_eq!(conflicts(ADA, &days, &mixed, 1)[0].day, None);
    // A gate that is gone, or not here yet: entered once.
    assert_eq!(conflicts(ADA, &facts(&steps("a1+_#1 b2+_#2"), "gone"), &gates, 1).len(), 1);
}

#[test]
fn a_word_settles_what_it_covers_and_nothing_that_comes_later() {
    let steps = steps("a1+_ b2+_ c3+_");
    let facts = facts(&steps, "main");
    let word = |seq: u64, covers: &str, at: i64, note: &str| {
        let home = LogId::new([5; 16]);
        let fact = Fact::Resolution(Resolution {
            attendee: ADA,
            scans: covers.bytes().map(|name| link(&steps, home, name)).collect(),
            at,
            by: "Kim".to_owned(),
            note: note.to_owned(),
        });
        Placed { record: RecordRef { log: home, seq }, hlc: seq, fact }
    };
    let note = |all: &[Placed]| {
        let found = conflicts(ADA, all, &gates_with(""), 1);
        found.first().and_then(|conflict| conflict.resolved.map(|word| word.note.clone()))
    };
    let two = [facts[0].clone(), facts[1].clone(), word(1, "ab", 5, "twins")];
    assert_eq!(note(&two), Some("twins".to_owned()));
    let mut three = facts.clone();
    three.push(word(1, "ab", 5, "twins"));
    assert_eq!(note(&three), None);
    three.push(word(2, "abc", 6, "a screenshot"));
    three.push(word(3, "abcz", 4, "earlier"));
    three.push(word(4, "bc", 9, "not all"));
    assert_eq!(note(&three), Some("a screenshot".to_owned()));
    three.push(word(5, "cab", 6, "later by its clock"));
    assert_eq!(note(&three), Some("later by its clock".to_owned()));
    let stranger = Fact::Resolution(match word(6, "abc", 99, "another's").fact {
        Fact::Resolution(word) => Resolution { attendee: AttendeeId::new([8; 16]), ..word },
        _ => panic!(),
    });
    three.push(Placed { fact: stranger, ..word(6, "abc", 99, "") });
    assert_eq!(note(&three), Some("later by its clock".to_owned()));
}

#[test]
fn links_in_a_circle_stop_nothing() {
    assert_eq!(found("a1+b b2+a c3+_", "", 1), "abc");
    assert_eq!(found("a1+a b2+b", "", 1), "ab");
}

#[test]
fn a_station_that_lets_one_ticket_in_without_end_does_not_stop_the_others() {
    let many = |knows: fn(u64) -> Option<u64>| -> Vec<Placed> {
        let first = facts(&steps("a1+_"), "main").remove(0);
        let Fact::Scan(scan) = &first.fact else { panic!() };
        let placed = |seq: u64| {
            let prior = knows(seq).map(|seq| vec![Link { seq, log: None }]);
            let fact = Fact::Scan(Scan { prior, ..scan.clone() });
            Placed { record: RecordRef { seq, ..first.record }, hlc: seq, fact }
        };
        (1..=20_000).map(placed).collect()
    };
    let gates = gates_with("");
    let found = |facts: &[Placed]| {
        conflicts(ADA, facts, &gates, 1).iter().map(|one| one.scans.len()).collect::<Vec<_>>()
    };
    assert_eq!(found(&many(|_| None)), [COUNTED_MAX]);
    assert_eq!(found(&many(|seq| (seq > 1).then(|| seq - 1))), Vec::<usize>::new());
    assert_eq!(found(&many(|seq| (seq > 2).then(|| seq - 2))), [COUNTED_MAX]);
}

fn random_steps() -> impl Strategy<Value = Vec<Step>> {
    let step = (0_u8..4, 0_usize..5, proptest::collection::vec(0_u8..20, 0..3), 0_i64..9);
    proptest::collection::vec(step, 0..20).prop_map(|drawn| {
        let step = |(name, (station, what, knows, minute)): (u8, (u8, usize, Vec<u8>, i64))| Step {
            name,
            station,
            what: b"++-!~"[what],
            // A take-back needs a target, which may well be none of the scans.
            knows: if what == 4 { vec![knows.first().copied().unwrap_or(0)] } else { knows },
            minute,
            day: i32::try_from(minute % 2).unwrap(),
        };
        (0..).zip(drawn).map(step).collect()
    })
}

proptest! {
    #[test]
    fn order_and_repetition_change_nothing(
        steps in random_steps(),
        people in 1_u32..3,
        daily in any::<bool>(),
        shuffle in any::<u64>(),
    ) {
        let gates = gates_with(if daily { "entries=once_per_day" } else { "" });
        let facts = facts(&steps, "main");
        let mut twice: Vec<Placed> = facts.iter().chain(&facts).cloned().collect();
        twice.sort_by_key(|placed| {
            (placed.record.seq ^ shuffle).wrapping_mul(0x9E37_79B9_7F4A_7C15)
        });
        prop_assert_eq!(conflicts(ADA, &facts, &gates, people), conflicts(ADA, &twice, &gates, people));
    }

    /// Whoever knew everything that was there is never part of a conflict, and no conflict has one scan.
    #[test]
    fn a_conflict_is_between_those_who_did_not_know(mut steps in random_steps()) {
        steps.iter_mut().for_each(|step| step.knows.retain(|name| *name < step.name || step.what == b'~'));
        let facts = facts(&steps, "main");
        let known = Knowledge::of(&facts);
        let knew = |of: &Passed<'_>, other: &Passed<'_>| {
            let turn = |one: &Passed<'_>| known.order.iter().position(|r| *r == one.record).unwrap();
            known.unseen(turn(of), &[turn(other)]).is_empty()
        };
        for conflict in conflicts(ADA, &facts, &gates_with(""), 1) {
            prop_assert!(conflict.scans.len() > 1);
            for scan in &conflict.scans {
                let unaware = |other: &Passed<'_>| {
                    other.record != scan.record && !knew(scan, other) && !knew(other, scan)
                };
                prop_assert!(conflict.scans.iter().any(unaware));
            }
        }
    }
}
