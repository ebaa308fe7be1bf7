//! What other products' own tests and a running server of theirs say of a scan, one line each: the ticket, the gate, and
//! what happens there. Rows about requests, rules, force, signed tickets and reusable media have no line here.

use super::*;

/// A step: time, way, verdict. `in!` takes an unpaid ticket by an explicit act, `was` shows a code that was replaced.
const SITUATIONS: &[(&str, &str, &str, &str)] = &[
    ("valid", "", "", "10:00 in admitted"),
    ("second scan, single entry", "", "", "10:00 in admitted, 10:01 in already_in"),
    ("pending, list without pending", "status=pending", "", "10:00 in unpaid, 10:00 in! unpaid"),
    (
        "pending, list with pending",
        "status=pending",
        "include_pending=true",
        "10:00 in unpaid, 10:00 in! admitted",
    ),
    ("valid if pending", "status=valid_if_pending", "", "10:00 in admitted"),
    (
        "valid if pending, with pending",
        "status=valid_if_pending",
        "include_pending=true",
        "10:00 in admitted",
    ),
    ("cancelled", "status=cancelled", "", "10:00 in cancelled"),
    ("blocked, in and out", "blocked=x", "", "10:00 in blocked, 10:00 out blocked"),
    ("approval pending", "status=unapproved", "", "10:00 in unapproved"),
    (
        "valid until past",
        "valid_until=2027-03-28T09:59:59",
        "",
        "10:00 in no_longer_valid, 10:00 out exited",
    ),
    (
        "valid from future",
        "valid_from=2027-03-28T10:00:01",
        "",
        "10:00 in not_yet_valid, 10:00 out exited",
    ),
    ("older time inside validity", "valid_until=2027-03-28T09:30", "", "09:00 in admitted"),
    (
        "one second inside",
        "valid_from=2027-03-28T09:59:59;valid_until=2027-03-28T10:00:01",
        "",
        "10:00 in admitted",
    ),
    ("product not on list", "ticket_type=B", "ticket_types=A", "10:00 in wrong_gate"),
    ("filtered list", "ticket_type=A", "ticket_types=A", "10:00 in admitted"),
    ("revoked secret", "", "", "10:00 was revoked"),
    ("revoked, whatever else holds", "status=cancelled;blocked=x", "", "10:00 was revoked"),
    ("exit without an entry", "", "", "10:00 out exited"),
    (
        "entry, entry, exit, exit, entry",
        "",
        "",
        "10:00 in admitted, 10:01 in already_in, 10:02 out exited, 10:03 out exited, 10:04 in readmitted",
    ),
    (
        "single entry after exit",
        "",
        "",
        "10:00 in admitted, 10:01 out exited, 10:02 in readmitted, 10:03 in already_in",
    ),
    (
        "single entry after exit forbidden",
        "",
        "reentry_after_exit=false",
        "10:00 in admitted, 10:01 out exited, 10:02 in already_in",
    ),
    (
        "exit uploaded before its entry",
        "",
        "",
        "09:55 out exited, 09:50 in readmitted, 10:00 in readmitted",
    ),
    (
        "multi entry",
        "",
        "entries=unlimited",
        "10:00 in admitted, 10:01 in admitted, 10:02 in admitted",
    ),
    (
        "multi exit",
        "",
        "entries=unlimited",
        "10:00 in admitted, 10:01 out exited, 10:02 out exited",
    ),
    ("30 days ahead", "", "", "2027-04-27T10:00 in admitted"),
    ("blocked before unapproved", "status=unapproved;blocked=x", "", "10:00 in blocked"),
    (
        "unapproved before validity",
        "status=unapproved;valid_until=2027-03-01",
        "",
        "10:00 in unapproved",
    ),
    (
        "validity before product",
        "valid_until=2027-03-01;ticket_type=B",
        "ticket_types=A",
        "10:00 in no_longer_valid",
    ),
    (
        "product before date",
        "ticket_type=B;days=2027-03-01",
        "ticket_types=A",
        "10:00 in wrong_gate",
    ),
    ("date before unpaid", "status=pending;days=2027-03-01", "", "10:00 in wrong_date"),
    ("unpaid before hours", "status=pending", "opens=11:00", "10:00 in unpaid"),
    ("hours before counting", "", "closes=10:30", "10:00 in admitted, 10:45 in refused_by_rule"),
    ("hours ask no exit", "", "opens=11:00", "10:00 in refused_by_rule, 10:00 out exited"),
    (
        "once per day",
        "",
        "entries=once_per_day",
        "10:00 in admitted, 11:00 in already_in, 2027-03-29T09:00 in admitted",
    ),
    (
        "day two after a forgotten exit",
        "",
        "entries=once_per_day",
        "10:00 in admitted, 2027-03-29T09:00 in admitted, 2027-03-29T09:01 in already_in",
    ),
    (
        "the day turns at four",
        "",
        "entries=once_per_day;day_turns=04:00",
        "23:00 in admitted, 2027-03-29T03:59 in already_in, 2027-03-29T04:00 in admitted",
    ),
    (
        "open over midnight",
        "",
        "opens=18:00;closes=02:00;day_turns=04:00",
        "2027-03-29T01:59 in admitted",
    ),
    (
        "closed after midnight",
        "",
        "opens=18:00;closes=02:00;day_turns=04:00",
        "2027-03-29T02:00 in refused_by_rule",
    ),
];

fn desk_scan(desk: &mut Desk, ticket: &Fields, gate: &Gate, step: &str) -> (Verdict, String) {
    let mut words = step.split_whitespace();
    let (at, way, verdict) = (words.next().unwrap(), words.next().unwrap(), words.next().unwrap());
    let at = if at.len() == 5 { format!("2027-03-28T{at}") } else { at.to_owned() };
    desk.revoked = way == "was";
    let wanted = if way == "out" { Exit } else { Entry };
    (desk.scan_with(ticket, gate, wanted, &at, way == "in!").0, verdict.to_owned())
}

#[test]
fn situations() {
    for (what, ticket_text, gate_text, steps) in SITUATIONS {
        let mut desk = desk("");
        for step in steps.split(", ") {
            let (said, verdict) =
                desk_scan(&mut desk, &ticket(ticket_text), &gate(gate_text), step);
            assert_eq!(said.as_str(), verdict, "{what}: {step}");
        }
    }
}

#[test]
fn questions_hold_up_until_they_are_answered() {
    let must = r#"questions=[{"id":"meal","text":"Meal?","kind":"choice","options":["Fish"],"required":true}]"#;
    let may = r#"questions=[{"id":"age","text":"Age?","kind":"number"}]"#;
    let vip = r#"questions=[{"id":"meal","text":"Meal?","ticket_types":["VIP"],"required":true}]"#;
    for (what, gate_text, answers, way, verdict) in [
        ("for another item", vip, Some(""), Entry, Admitted),
        ("not asked here", "", Some(""), Entry, Admitted),
        ("filled", must, Some("meal=fish"), Entry, Admitted),
        ("ignored", must, None, Entry, Admitted),
        ("required", must, Some(""), Entry, AnswersNeeded),
        ("invalid input", must, Some("meal=Meat"), Entry, AnswersNeeded),
        ("passed over, and must not be", must, Some("meal="), Entry, AnswersNeeded),
        ("optional, asked once", may, Some(""), Entry, AnswersNeeded),
        ("optional, passed over", may, Some("age="), Entry, Admitted),
        ("an exit is asked nothing", must, Some(""), Exit, Exited),
    ] {
        let mut desk = desk("");
        let pairs = |text: &str| text.split_once('=').map(|(id, said)| (id.into(), said.into()));
        desk.answers = answers.map(|text| pairs(text).into_iter().collect());
        assert_eq!(desk.scan(&ticket(""), &gate(gate_text), way, NOW), verdict, "{what}");
    }
    // Rules come before questions, and counting after them.
    let mut desk = desk("");
    desk.answers = Some(Answers::new());
    let shut = gate(&format!("opens=11:00;{must}"));
    assert_eq!(desk.scan(&ticket(""), &shut, Entry, NOW), RefusedByRule);
    assert_eq!(desk.scan(&ticket(""), &gate(""), Entry, NOW), Admitted);
    assert_eq!(desk.scan(&ticket(""), &gate(must), Entry, NOW), AnswersNeeded);
}

#[test]
fn one_door_asks_its_gates_in_turn() {
    let mut main = gate("ticket_types=Visitor\nCrew");
    let mut press = gate("ticket_types=Press");
    let mut night = gate("area=night;opens=22:00;ticket_types=Visitor\nCrew");
    (main.id, press.id, night.id) = ("main".into(), "press".into(), "night".into());
    let desk = desk("");
    for (ticket_text, gates, expected) in [
        ("ticket_type=Visitor", [&main, &press, &night], ("main", Admitted)),
        ("ticket_type=Press", [&main, &press, &night], ("press", Admitted)),
        // What is nearest to letting in says why not.
        ("ticket_type=Staff", [&main, &press, &night], ("main", WrongGate)),
        ("ticket_type=Visitor", [&press, &night, &press], ("night", RefusedByRule)),
        ("ticket_type=Visitor;status=cancelled", [&press, &night, &main], ("press", Cancelled)),
        ("ticket_type=Crew", [&night, &press, &main], ("main", Admitted)),
    ] {
        let ticket = ticket(ticket_text);
        let case = |gate| Case {
            ticket: &ticket,
            revoked: false,
            gate,
            event: &desk.event,
            passages: &[],
            wanted: Entry,
            at: desk.moment(NOW),
            take_unpaid: false,
            silent: &[],
            answers: None,
        };
        let (place, said) = judge_in_turn(&gates.map(case)).unwrap();
        assert_eq!((gates[place].id.as_str(), said.verdict), expected, "{ticket_text}");
    }
    assert!(judge_in_turn(&[]).is_none());
}

#[test]
fn a_gate_follows_its_agenda() {
    let agenda = r#"[
        {"day":"2027-03-28","opens":"09:00","closes":"12:00","ticket_types":["Morning"]},
        {"day":"2027-03-28","opens":"13:00","closes":"18:00","ticket_types":["Afternoon"]},
        {"day":"2027-03-29"}]"#;
    let gate = gate(&format!("closes=19:00;agenda={agenda}"));
    for (at, ticket_type, verdict) in [
        ("2027-03-28T08:59", "Morning", RefusedByRule),
        ("2027-03-28T09:00", "Morning", Admitted),
        ("2027-03-28T11:59", "Afternoon", WrongGate),
        // After the morning the afternoon comes next.
        ("2027-03-28T12:30", "Afternoon", RefusedByRule),
        ("2027-03-28T13:00", "Afternoon", Admitted),
        ("2027-03-28T13:00", "Morning", WrongGate),
        ("2027-03-28T18:00", "Afternoon", RefusedByRule),
        ("2027-03-29T18:30", "Anything", Admitted),
        ("2027-03-29T19:00", "Anything", RefusedByRule),
        ("2027-03-30T10:00", "Morning", WrongDate),
    ] {
        let said = desk("").scan(&ticket(&format!("ticket_type={ticket_type}")), &gate, Entry, at);
        assert_eq!(said, verdict, "{ticket_type} at {at}");
    }
    let (_, reason) = desk("").scan_with(&ticket(""), &gate, Entry, "2027-03-30T10:00", false);
    let words = reason.unwrap().to_string();
    assert_eq!(words, "main is open on 2027-03-28, 2027-03-29, today is 2027-03-30");
    // Whoever is inside gets out on any day.
    assert_eq!(desk("").scan(&ticket(""), &gate, Exit, "2027-03-30T10:00"), Exited);
}

#[test]
fn the_ticket_that_is_meant_of_an_order() {
    use crate::judge::{Meant, meant};
    let (on, off) = ("addon_match=true;ticket_types=Workshop", "ticket_types=Workshop");
    let (mine, theirs) = ("ticket_type=Workshop;addon_to=1", "ticket_type=Workshop;addon_to=2");
    let gone = "ticket_type=Workshop;addon_to=1;status=cancelled";
    let loose = "ticket_type=Workshop";
    let cases: &[(&str, &str, &[&str], Meant<usize>)] = &[
        // gate, ticket shown, other tickets of the order, which counts
        (off, "order_position=1;ticket_type=Visitor", &[mine], Meant::Shown),
        (on, "order_position=1;ticket_type=Visitor", &[], Meant::Shown),
        (on, "order_position=1;ticket_type=Visitor", &[theirs], Meant::Shown),
        (on, "order_position=1;ticket_type=Visitor", &[gone], Meant::Shown),
        (on, "order_position=1;ticket_type=Visitor", &[theirs, mine], Meant::Other(1)),
        (on, "order_position=1;ticket_type=Visitor", &[mine, mine], Meant::Several),
        (on, "order_position=1;ticket_type=Workshop", &[mine], Meant::Several),
        (on, "order_position=1;ticket_type=Workshop", &[theirs], Meant::Shown),
        (on, "ticket_type=Visitor", &["ticket_type=Party", loose], Meant::Other(1)),
        (on, "ticket_type=Visitor", &[loose, loose], Meant::Several),
    ];
    for (gate_text, shown, others, expected) in cases {
        let others: Vec<Fields> = others.iter().map(|other| ticket(other)).collect();
        let others: Vec<(usize, &Fields)> = others.iter().enumerate().collect();
        let found = meant(&ticket(shown), &others, &gate(gate_text));
        assert_eq!(found, *expected, "{shown} and {others:?} at {gate_text}");
    }
}

#[test]
fn a_scan_delivered_twice_is_the_one_that_stands() {
    let mut desk = desk("");
    desk.nonce = Some(7);
    assert_eq!(desk.scan(&ticket(""), &gate(""), Entry, NOW), Admitted);
    let ada = (Some(AttendeeId::new([7; 16])), None);
    assert_eq!(delivered(&desk.facts, 7, ada).map(|(_, scan)| scan.verdict), Some(Admitted));
    assert_eq!(delivered(&desk.facts, 8, ada), None);
    assert_eq!(delivered(&desk.facts, 7, (None, None)), None, "of somebody else");
    desk.undo_last();
    assert_eq!(delivered(&desk.facts, 7, ada), None, "taken back, it may be delivered anew");
}
