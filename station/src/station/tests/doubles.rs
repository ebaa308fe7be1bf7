//! Double admissions, and what a gate does while other stations are silent. The scans of the other doors are written
//! as their stations would: knowing of nothing.

use super::*;
use crate::api::{Certainty, ConflictLine, OverrideRequest, SilentLine, VerdictLine};
use crate::feed::Happening;
use crate::owner::Owner;
use domain::fact::Scan;
use domain::id::AttendeeId;
use domain::verdict::Verdict;
use std::collections::BTreeSet;
use std::time::Duration;

impl Desk {
    fn person(&mut self) -> AttendeeId {
        let id = self.station.choose(None).unwrap();
        self.station.event(id).unwrap().person("T1").unwrap().id
    }

    /// A door lets the person in and knows of nothing.
    fn elsewhere(&mut self, gate: &str) {
        let attendee = Some(self.person());
        let at = self.now.as_millisecond();
        let scan = Scan {
            attendee,
            code: None,
            gate: gate.to_owned(),
            area: None,
            verdict: Verdict::Admitted,
            at,
            day: 20905,
            mode: None,
            wanted: None,
            prior: None,
            by: Some("Kim".to_owned()),
            overriding: None,
            nonce: None,
        };
        let id = self.station.choose(None).unwrap();
        let store = &mut self.station.event(id).unwrap().store;
        store.write(at, &mut SystemEntropy, |batch| batch.scan(&scan)).unwrap();
        self.now += Duration::from_secs(60);
    }

    fn conflicts(&mut self) -> Vec<ConflictLine> {
        let lines = self.ask(Command::Conflicts).unwrap().into_iter();
        lines.map(conflict).collect()
    }

    fn resolve(&mut self, id: &str, by: Option<&str>, note: &str) -> Answer {
        let (id, note) = (id.to_owned(), note.to_owned());
        let resolve = Command::ConflictResolve { id, note, attendee: None };
        self.station.answer(&Request::new(None, by.map(str::to_owned), resolve), self.now)
    }

    fn verdict(&mut self, command: Command) -> VerdictLine {
        let asked = Request::new(None, Some("Kim".to_owned()), command);
        match self.station.answer(&asked, self.now).unwrap().pop() {
            Some(Output::Verdict(line)) => *line,
            other => panic!("{other:?}"),
        }
    }

    fn hears(&mut self, silent: &[(&str, Option<u64>)]) {
        let silent: Vec<SilentLine> = silent
            .iter()
            .map(|(station, seconds)| SilentLine {
                station: (*station).to_owned(),
                seconds: *seconds,
            })
            .collect();
        let id = self.station.choose(None).unwrap();
        self.station.event(id).unwrap().certainty = Certainty { known: 3, heard: 1, silent };
    }

    fn gate(&mut self, rules: &serde_json::Value) {
        self.ask(Command::GateSet { gates: rules.clone() }).unwrap();
    }
}

fn conflict(output: Output) -> ConflictLine {
    match output {
        Output::Conflict(line) => *line,
        other => panic!("{other:?}"),
    }
}

fn scan_at(gate: &str, exit: bool) -> Command {
    let (gate, code) = (gate.to_owned(), "T1".to_owned());
    Command::Scan(ScanRequest { gate, code, exit, ..ScanRequest::default() })
}

#[test]
fn a_double_admission_is_shown_settled_and_opened_again() {
    let mut desk = desk();
    desk.elsewhere("main");
    assert_eq!(desk.conflicts(), []);
    desk.elsewhere("west");
    let found = desk.conflicts();
    let line = &found[0];
    assert_eq!(found.len(), 1);
    assert_eq!(line.id, sync::id::conflict_name(desk.person(), "main", None));
    assert_eq!(line.who.as_ref().unwrap().name, "Ada");
    let scans: Vec<_> =
        line.scans.iter().map(|scan| (scan.gate.as_str(), scan.at.as_str())).collect();
    let times = [("main", "2027-03-28T10:00:00+02:00"), ("west", "2027-03-28T10:01:00+02:00")];
    assert_eq!(scans, times);
    assert_eq!(line.scans[0].station, "north");
    assert_eq!(line.resolved, None);

    for (by, note) in [(None, "twins"), (Some("Kim"), " ")] {
        assert_eq!(desk.resolve(&line.id, by, note).unwrap_err().code, Code::BadFile);
    }
    let nobodys = desk.resolve("0011223344556677", Some("Kim"), "twins").unwrap_err();
    assert_eq!(nobodys.code, Code::UnknownAttendee);
    let settled = desk.resolve(&line.id.to_uppercase(), Some("Kim"), "twins").unwrap().remove(0);
    let word = conflict(settled).resolved.unwrap();
    assert_eq!((word.by.as_str(), word.note.as_str()), ("Kim", "twins"));
    assert_eq!(desk.conflicts()[0].resolved, Some(word));
    assert_eq!(desk.problems(), Vec::<String>::new());
    desk.ask(Command::Verify { rebuild: true }).unwrap();
    assert!(desk.conflicts()[0].resolved.is_some());

    desk.elsewhere("south");
    let again = desk.conflicts();
    assert_eq!((again[0].id == line.id, again[0].scans.len()), (true, 3));
    assert_eq!(again[0].resolved, None);
    let (id, person) = (desk.station.choose(None).unwrap(), desk.person());
    let open = desk.station.event(id).unwrap();
    assert_eq!(open.conflicts_of(&BTreeSet::from([person])).unwrap(), again);
    assert_eq!(open.conflicts_of(&BTreeSet::new()).unwrap(), []);
    assert_eq!(desk.scan("T1").1, "already_in");
}

#[test]
fn a_ticket_for_several_is_no_double_admission_while_there_is_room() {
    let mut desk = desk();
    let fields = vec!["entries=2".to_owned()];
    desk.ask(Command::AttendeeSet { who: "T1".into(), fields, reason: None }).unwrap();
    desk.elsewhere("main");
    desk.elsewhere("west");
    assert_eq!(desk.conflicts(), []);
    desk.elsewhere("south");
    assert_eq!(desk.conflicts()[0].scans.len(), 3);
}

#[test]
fn a_terminal_is_told_what_the_contract_says_and_a_screen_more() {
    let mut desk = desk();
    desk.elsewhere("main");
    desk.elsewhere("west");
    let line = desk.conflicts().remove(0);
    let keys = |value: &serde_json::Value| {
        value.as_object().unwrap().keys().cloned().collect::<Vec<_>>().join(" ")
    };
    let shown = Output::Conflict(Box::new(line.clone())).json().unwrap().unwrap();
    let shown: serde_json::Value = serde_json::from_str(&shown).unwrap();
    assert_eq!(keys(&shown), "attendee id resolved scans");
    assert_eq!(keys(&shown["scans"][0]), "at gate station");
    assert!(shown["resolved"].is_null());
    let screen = serde_json::to_value(&line).unwrap();
    assert_eq!(keys(&screen), "area attendee id resolved scans who");
    assert_eq!(keys(&screen["scans"][0]), "at gate operator record station");
}

#[test]
fn whoever_listens_hears_of_a_word_on_a_double_admission() {
    let mut desk = desk();
    desk.elsewhere("main");
    desk.elsewhere("west");
    let id = desk.conflicts().remove(0).id;
    let folder = Folder::at(&desk.folder.path().join("data"));
    desk.station = Station::new(folder.clone());
    let owner = Owner::start(folder.clone(), folder.lock().unwrap().unwrap()).unwrap();
    let ears = owner.handle().listen().unwrap();
    let resolve = Command::ConflictResolve { id: id.clone(), note: "twins".into(), attendee: None };
    let ask = |by: Option<&str>, command| {
        owner.handle().ask(Request::new(None, by.map(str::to_owned), command), &mut |_| {})
    };
    assert_eq!(ask(Some("Kim"), resolve).unwrap().len(), 1);
    match ears.recv_timeout(Duration::from_secs(30)).unwrap().as_ref() {
        Happening::Conflict { conflict, .. } => {
            assert_eq!((&conflict.id, conflict.resolved.is_some()), (&id, true));
        }
        other => panic!("{other:?}"),
    }
    let unknown = Command::ConflictResolve { id: "0".into(), note: "x".into(), attendee: None };
    assert_eq!(ask(Some("Kim"), unknown).unwrap_err().code, Code::UnknownAttendee);
}

#[test]
fn a_gate_that_holds_lets_nobody_in_while_stations_are_silent_but_by_a_persons_word() {
    let mut desk = desk();
    desk.gate(&serde_json::json!({ "id": "strict", "when_silent": "hold" }));
    desk.hears(&[("south", Some(40)), ("east", None)]);
    let held = desk.verdict(scan_at("strict", false));
    assert_eq!(held.verdict, "refused_by_rule");
    assert!(held.reason.unwrap().starts_with("held: south silent for 40 s, east not heard yet;"));
    let why = serde_json::to_value(&held.why).unwrap();
    assert_eq!(why["kind"], "held");
    assert_eq!(why["silent"][1], serde_json::json!({ "station": "east", "seconds": null }));
    assert_eq!((held.certainty.known, held.certainty.heard, held.flags), (3, 1, vec![]));

    let (gate, code, reason) = ("strict".into(), "T1".into(), "speaker".into());
    let word = OverrideRequest { gate, code, reason, ..OverrideRequest::default() };
    let let_in = desk.verdict(Command::Override(word));
    assert_eq!((let_in.verdict.as_str(), let_in.flags), ("admitted", vec!["silent".to_owned()]));
    assert_eq!(let_in.overriding.unwrap().refused, "refused_by_rule");
    assert_eq!(desk.verdict(scan_at("strict", true)).verdict, "exited");
    desk.hears(&[]);
    let back = desk.verdict(scan_at("strict", false));
    assert_eq!((back.verdict.as_str(), back.flags), ("readmitted", vec![]));
}

#[test]
fn a_gate_says_that_stations_are_silent_or_does_not() {
    for (policy, flags) in [("flag", vec!["silent".to_owned()]), ("admit", vec![])] {
        let mut desk = desk();
        desk.gate(&serde_json::json!({ "id": "door", "when_silent": policy }));
        desk.hears(&[("south", Some(40))]);
        let line = desk.verdict(scan_at("door", false));
        assert_eq!((line.verdict.as_str(), line.flags), ("admitted", flags), "{policy}");
        let again = desk.verdict(scan_at("door", false));
        assert_eq!((again.verdict.as_str(), again.flags), ("already_in", vec![]), "{policy}");
        assert_eq!(desk.verdict(scan_at("door", true)).flags, Vec::<String>::new());
    }
}
