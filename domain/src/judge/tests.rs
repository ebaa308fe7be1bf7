//! One line a situation: what the ticket says, what the gate says, what happened before, and the verdict.

mod situations;

use super::*;
use crate::attendance::passages;
use crate::event::{Mode, Stage, parse_days, parse_zone};
use crate::fact::{Fact, Link, Placed, Scan, Void};
use crate::id::{AttendeeId, LogId};
use std::collections::BTreeMap;

const NOW: &str = "2027-03-28T10:00";
const LOG: LogId = LogId::new([1; 16]);

struct Desk {
    event: Event,
    facts: Vec<Placed>,
    silent: Vec<Silent>,
    /// Whether a code is shown that was replaced.
    revoked: bool,
    nonce: Option<u64>,
    answers: Option<Answers>,
}

fn desk(days: &str) -> Desk {
    let event = Event {
        name: "Spring fair".to_owned(),
        zone_name: "Europe/Berlin".to_owned(),
        zone: parse_zone("Europe/Berlin").unwrap(),
        days: parse_days(days).unwrap(),
        stage: Stage::Open,
        gates: BTreeMap::new(),
        operators: BTreeMap::new(),
    };
    Desk {
        event,
        facts: Vec::new(),
        silent: Vec::new(),
        revoked: false,
        nonce: None,
        answers: None,
    }
}

fn ticket(text: &str) -> Fields {
    text.split(';')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (field, value) = pair.split_once('=').unwrap();
            (Field::from_name(field).unwrap(), value.to_owned())
        })
        .collect()
}

fn gate(text: &str) -> Gate {
    let texts: BTreeMap<String, String> = text
        .split(';')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap())
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .collect();
    Gate::parse("main", &texts).unwrap()
}

impl Desk {
    fn moment(&self, text: &str) -> Timestamp {
        parse_moment(text, &self.event.zone).unwrap()
    }

    /// Judges and records the verdict, as a door does.
    fn scan(&mut self, ticket: &Fields, gate: &Gate, wanted: Passage, at: &str) -> Verdict {
        self.scan_with(ticket, gate, wanted, at, false).0
    }

    fn scan_with(
        &mut self,
        ticket: &Fields,
        gate: &Gate,
        wanted: Passage,
        at: &str,
        take_unpaid: bool,
    ) -> (Verdict, Option<Reason>) {
        let at = self.moment(at);
        let known = self.facts.clone();
        let passages = passages(&known, Mode::Live);
        let (event, passages, silent) = (&self.event, &passages, &self.silent);
        let case = Case {
            ticket,
            revoked: self.revoked,
            gate,
            event,
            passages,
            wanted,
            at,
            take_unpaid,
            silent,
            answers: self.answers.as_ref(),
        };
        let said = judge(&case);
        let seq = self.facts.len() as u64 + 1;
        let scan = Scan {
            attendee: Some(AttendeeId::new([7; 16])),
            code: None,
            gate: gate.id.clone(),
            area: (gate.area != "main").then(|| gate.area.clone()),
            verdict: said.verdict,
            at: at.as_millisecond(),
            day: crate::time::day_number(said.day),
            mode: None,
            wanted: Some(wanted),
            prior: Some(said.prior.iter().map(|r| Link::from(LOG, *r)).collect()),
            by: None,
            overriding: None,
            nonce: self.nonce,
        };
        let record = RecordRef { log: LOG, seq };
        self.facts.push(Placed { record, hlc: seq, fact: Fact::Scan(scan) });
        (said.verdict, said.reason)
    }

    fn undo_last(&mut self) {
        let seq = self.facts.len() as u64;
        let target = Link { seq, log: None };
        let void = Void {
            target,
            attendee: None,
            at: 0,
            by: "Kim".into(),
            reason: "wrong".into(),
            approved: None,
        };
        let record = RecordRef { log: LOG, seq: seq + 1 };
        self.facts.push(Placed { record, hlc: seq + 1, fact: Fact::Void(void) });
    }
}

use Passage::{Entry, Exit};
use Verdict::*;

#[test]
fn what_the_ticket_and_the_gate_say() {
    let cases: &[(&str, &str, &str, Passage, Verdict)] = &[
        // ticket, gate, days of the event, way, verdict at 10:00 on 28 March
        ("", "", "", Entry, Admitted),
        ("status=paid", "", "2027-03-28", Entry, Admitted),
        ("status=cancelled", "", "", Entry, Cancelled),
        ("status=cancelled", "", "", Exit, Cancelled),
        ("status=unapproved", "", "", Entry, Unapproved),
        ("status=pending", "", "", Entry, Unpaid),
        ("status=pending", "include_pending=true", "", Entry, Unpaid),
        ("blocked=hooligan", "", "", Entry, Blocked),
        ("blocked=hooligan", "", "", Exit, Blocked),
        ("valid_from=2027-03-28T10:00:01", "", "", Entry, NotYetValid),
        ("valid_from=2027-03-28T10:00:00", "", "", Entry, Admitted),
        ("valid_from=2027-03-28T10:00:01", "", "", Exit, Exited),
        ("valid_until=2027-03-28T09:59:59", "", "", Entry, NoLongerValid),
        ("valid_until=2027-03-28T09:59:59", "", "", Exit, Exited),
        ("valid_until=2027-03-28", "", "", Entry, Admitted),
        ("valid_until=2027-03-27", "", "", Entry, NoLongerValid),
        ("ticket_type=Press", "ticket_types=VIP", "", Entry, WrongGate),
        ("ticket_type=Press", "ticket_types=VIP", "", Exit, WrongGate),
        ("", "ticket_types=VIP", "", Entry, WrongGate),
        ("ticket_type=VIP", "ticket_types=VIP", "", Entry, Admitted),
        ("", "", "2027-03-27,2027-03-29", Entry, WrongDate),
        ("", "", "2027-03-27", Exit, Exited),
        ("days=2027-03-27 2027-03-29", "", "", Entry, WrongDate),
        ("days=2027-03-27 2027-03-28", "", "", Entry, Admitted),
        ("", "opens=10:01", "", Entry, RefusedByRule),
        ("", "opens=10:00", "", Entry, Admitted),
        ("", "closes=10:00", "", Entry, RefusedByRule),
        ("", "closes=10:00", "", Exit, Exited),
        ("", "opens=18:00;closes=10:01;day_turns=12:00", "", Entry, Admitted),
        ("", "opens=18:00;closes=10:00;day_turns=12:00", "", Entry, RefusedByRule),
        ("", "opens=18:00;closes=02:00;day_turns=04:00", "", Entry, RefusedByRule),
        ("", "opens=2027-03-28T08:00:00Z;closes=2027-03-28T08:00:01Z", "", Entry, Admitted),
        // Several hold: the organizer's word on the ticket comes first, counting last.
        ("status=cancelled;blocked=x", "ticket_types=VIP", "2027-03-01", Entry, Cancelled),
        ("status=unapproved;blocked=x", "", "", Entry, Blocked),
        ("status=unapproved;valid_until=2027-03-01", "", "", Entry, Unapproved),
        ("valid_until=2027-03-01", "ticket_types=VIP", "", Entry, NoLongerValid),
        ("status=pending", "ticket_types=VIP", "", Entry, WrongGate),
        ("status=pending", "", "2027-03-01", Entry, WrongDate),
        ("status=pending", "opens=23:00", "", Entry, Unpaid),
    ];
    for (ticket_text, gate_text, days, way, verdict) in cases {
        let said = desk(days).scan(&ticket(ticket_text), &gate(gate_text), *way, NOW);
        assert_eq!(said, *verdict, "{ticket_text} at {gate_text} on {days} {way:?}");
    }
}

#[test]
fn an_unpaid_ticket_needs_the_gate_and_the_operator() {
    for (rule, act, verdict) in [
        ("include_pending=true", true, Admitted),
        ("include_pending=true", false, Unpaid),
        ("include_pending=false", true, Unpaid),
    ] {
        let pending = ticket("status=pending");
        let said = desk("").scan_with(&pending, &gate(rule), Entry, NOW, act).0;
        assert_eq!(said, verdict, "{rule} {act}");
    }
}

#[test]
fn histories() {
    let (d27, d28) = ("2027-03-27T10:00", NOW);
    let late = "2027-03-28T03:00";
    type Step = (Passage, &'static str, Verdict);
    let cases: &[(&str, &str, &[Step])] = &[
        ("", "", &[(Entry, d28, Admitted), (Entry, d28, AlreadyIn), (Entry, d28, AlreadyIn)]),
        (
            "",
            "",
            &[
                (Entry, d28, Admitted),
                (Entry, d28, AlreadyIn),
                (Exit, d28, Exited),
                (Exit, d28, Exited),
                (Entry, d28, Readmitted),
                (Entry, d28, AlreadyIn),
            ],
        ),
        (
            "",
            "reentry_after_exit=false",
            &[(Entry, d28, Admitted), (Exit, d28, Exited), (Entry, d28, AlreadyIn)],
        ),
        ("", "", &[(Entry, d27, Admitted), (Entry, d28, AlreadyIn)]),
        ("", "", &[(Entry, d27, Admitted), (Exit, d27, Exited), (Entry, d28, Admitted)]),
        ("", "entries=unlimited", &[(Entry, d28, Admitted), (Entry, d28, Admitted)]),
        (
            "",
            "entries=once_per_day",
            &[
                (Entry, d27, Admitted),
                (Entry, d27, AlreadyIn),
                (Entry, d28, Admitted),
                (Entry, d28, AlreadyIn),
            ],
        ),
        (
            "",
            "entries=once_per_day;day_turns=04:00",
            &[(Entry, d27, Admitted), (Entry, late, AlreadyIn), (Entry, d28, Admitted)],
        ),
        (
            "entries=3",
            "",
            &[
                (Entry, d28, Admitted),
                (Entry, d28, Admitted),
                (Entry, d28, Admitted),
                (Entry, d28, AlreadyIn),
                (Exit, d28, Exited),
                (Entry, d28, Readmitted),
                (Entry, d28, AlreadyIn),
            ],
        ),
    ];
    for (ticket_text, gate_text, steps) in cases {
        let mut desk = desk("");
        for (place, (way, at, verdict)) in steps.iter().enumerate() {
            let said = desk.scan(&ticket(ticket_text), &gate(gate_text), *way, at);
            assert_eq!(said, *verdict, "{ticket_text} at {gate_text}, step {place}");
        }
    }
}

#[test]
fn an_exit_that_arrives_before_its_entry_still_opens_the_way_back() {
    let mut desk = desk("");
    let mut scan = |way, at| desk.scan(&ticket(""), &gate(""), way, at);
    assert_eq!(scan(Exit, "2027-03-28T09:55"), Exited);
    assert_eq!(scan(Entry, "2027-03-28T09:50"), Readmitted);
    assert_eq!(scan(Entry, NOW), Readmitted);
    assert_eq!(scan(Entry, NOW), AlreadyIn);
}

#[test]
fn an_entry_taken_back_leaves_the_ticket_fresh() {
    let mut desk = desk("");
    assert_eq!(desk.scan(&ticket(""), &gate(""), Entry, NOW), Admitted);
    desk.undo_last();
    assert_eq!(desk.scan(&ticket(""), &gate(""), Entry, NOW), Admitted);
    assert_eq!(desk.scan(&ticket(""), &gate(""), Entry, NOW), AlreadyIn);
}

#[test]
fn areas_count_apart_and_gates_of_one_area_together() {
    let mut desk = desk("");
    assert_eq!(desk.scan(&ticket(""), &gate("area=hall"), Entry, NOW), Admitted);
    assert_eq!(desk.scan(&ticket(""), &gate("area=lounge"), Entry, NOW), Admitted);
    let mut second_door = gate("area=hall");
    second_door.id = "second".to_owned();
    assert_eq!(desk.scan(&ticket(""), &second_door, Entry, NOW), AlreadyIn);
}

#[test]
fn refusals_name_the_threshold_and_the_time() {
    let reason = |ticket_text: &str, gate_text: &str| {
        let mut desk = desk("");
        desk.scan(&ticket("status=paid"), &gate("area=other"), Entry, NOW);
        let said = desk.scan_with(&ticket(ticket_text), &gate(gate_text), Entry, NOW, false);
        said.1.map(|reason| reason.to_string()).unwrap_or_default()
    };
    let cases = [
        ("", "opens=14:00", "opens 14:00, it is 10:00"),
        ("", "closes=09:30", "closed 09:30, it is 10:00"),
        ("valid_from=2027-03-29", "", "valid from 2027-03-29 00:00, it is 10:00"),
        ("days=2027-03-29", "", "this ticket is for 2027-03-29, today is 2027-03-28"),
        (
            "ticket_type=Press",
            "ticket_types=VIP\nCrew",
            "Press does not enter here; this gate takes Crew, VIP",
        ),
        ("", "area=other", "in since 10:00 at gate main"),
    ];
    for (ticket_text, gate_text, words) in cases {
        assert_eq!(reason(ticket_text, gate_text), words);
    }
}

#[test]
fn a_gate_that_holds_waits_while_a_station_is_silent() {
    let silent = |name: &str, seconds| Silent { name: name.to_owned(), seconds };
    let (hold, flag, admit) = ("when_silent=hold", "when_silent=flag", "when_silent=admit");
    let cases: &[(&str, &str, bool, Passage, Verdict)] = &[
        // ticket, gate, is anybody silent, way, verdict
        ("", hold, true, Entry, RefusedByRule),
        ("", hold, false, Entry, Admitted),
        ("", flag, true, Entry, Admitted),
        ("", admit, true, Entry, Admitted),
        ("", "", true, Entry, Admitted),
        ("", hold, true, Exit, Exited),
        ("status=cancelled", hold, true, Entry, Cancelled),
        ("", "when_silent=hold;entries=unlimited", true, Entry, RefusedByRule),
    ];
    for (ticket_text, gate_text, is_silent, way, verdict) in cases {
        let mut desk = desk("");
        desk.silent = is_silent.then(|| silent("south", Some(40))).into_iter().collect();
        let said = desk.scan(&ticket(ticket_text), &gate(gate_text), *way, NOW);
        assert_eq!(said, *verdict, "{ticket_text} at {gate_text} {way:?}");
    }
    let mut desk = desk("");
    assert_eq!(desk.scan(&ticket(""), &gate(hold), Entry, NOW), Admitted);
    desk.silent = vec![silent("south", Some(40)), silent("east", None)];
    assert_eq!(desk.scan(&ticket(""), &gate(hold), Entry, NOW), AlreadyIn);
    assert_eq!(desk.scan(&ticket(""), &gate(hold), Exit, NOW), Exited);
    let reason = |desk: &mut Desk| {
        let (_, reason) = desk.scan_with(&ticket(""), &gate(hold), Entry, NOW, false);
        reason.map(|reason| reason.to_string()).unwrap_or_default()
    };
    let words = reason(&mut desk);
    assert!(words.starts_with("held: south silent for 40 s, east not heard yet;"), "{words}");
    assert!(words.ends_with("a supervisor can let the person in"), "{words}");
    desk.silent = vec![silent("south", Some(40)); 7];
    assert!(reason(&mut desk).contains("south silent for 40 s and 3 more;"));
}

#[test]
fn a_scan_names_only_the_latest_passages_as_prior() {
    let mut desk = desk("");
    let unlimited = gate("entries=unlimited");
    for _ in 0..4 {
        desk.scan(&ticket(""), &unlimited, Entry, NOW);
    }
    let known = passages(&desk.facts, Mode::Live);
    assert_eq!(frontier(&known), vec![RecordRef { log: LOG, seq: 4 }]);
}
