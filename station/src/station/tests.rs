//! A station asked in process, with the time of our choice and an import stopped where we like.

use super::*;
use crate::api::{ImportOptions, ScanRequest};
use crate::import::{Import, Step, mapping, prepare};

struct Desk {
    folder: tempfile::TempDir,
    station: Station,
    now: Timestamp,
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn desk() -> Desk {
    let folder = tempfile::tempdir().unwrap();
    let station = Station::new(Folder::at(&folder.path().join("data")));
    let mut desk = Desk { folder, station, now: at("2027-03-28T08:00:00Z") };
    desk.ask(Command::EventNew {
        name: "Spring fair".to_owned(),
        timezone: "Europe/Berlin".to_owned(),
        days: None,
        setup: false,
        station_name: "north".to_owned(),
    })
    .unwrap();
    desk.ask(Command::AttendeeAdd { fields: vec!["code=T1".to_owned(), "name=Ada".to_owned()] })
        .unwrap();
    desk
}

impl Desk {
    fn ask(&mut self, command: Command) -> Answer {
        self.station.answer(&Request { event: None, by: None, command }, self.now)
    }

    fn scan(&mut self, code: &str) -> (Vec<String>, String) {
        let scan = ScanRequest { gate: "main".into(), code: code.into(), ..ScanRequest::default() };
        let (mut notes, mut verdict) = (Vec::new(), String::new());
        for output in self.ask(Command::Scan(scan)).unwrap() {
            match output {
                Output::Note(note) => notes.push(note),
                Output::Verdict(line) => verdict = line.verdict,
                _ => {}
            }
        }
        (notes, verdict)
    }

    fn problems(&mut self) -> Vec<String> {
        match self.ask(Command::Verify { rebuild: false }).unwrap().remove(0) {
            Output::Verify(line) => line.problems,
            other => panic!("{other:?}"),
        }
    }

    fn import(&mut self, people: u32) -> (EventId, Import) {
        let file = self.folder.path().join("roster.csv");
        let rows: String = (0..people).map(|n| format!("N{n},Person {n},O{}\n", n / 2)).collect();
        std::fs::write(&file, format!("code,name,order\n{rows}")).unwrap();
        let options = ImportOptions::default();
        let prepared = prepare(&file, &mapping(&options, None).unwrap()).unwrap();
        let id = self.station.choose(None).unwrap();
        (id, Import::begin(self.station.event(id).unwrap(), prepared, options).unwrap())
    }
}

#[test]
fn a_clock_that_jumps_is_named_and_stops_nobody() {
    let mut desk = desk();
    assert_eq!(desk.scan("T1"), (vec![], "admitted".to_owned()));
    for jumped in ["2099-03-28T08:00:00Z", "2027-03-28T08:00:00Z", "1970-01-01T00:00:00Z"] {
        desk.now = at(jumped);
        let (notes, verdict) = desk.scan("T1");
        assert_eq!(verdict, "already_in", "{jumped}");
        assert!(notes[0].contains("clock"), "{jumped}: {notes:?}");
    }
    assert_eq!(desk.problems(), Vec::<String>::new());
}

#[test]
fn nobody_sees_an_import_before_it_is_published_and_the_door_goes_on() {
    let mut desk = desk();
    let (id, mut import) = desk.import(3000);
    let mut staged = 0;
    loop {
        let now = desk.now;
        let step = import.step(desk.station.event(id).unwrap(), now).unwrap();
        let Step::More(done, _) = step else { break };
        if done > 2000 && staged == 0 {
            staged = done;
            assert_eq!(desk.scan("N7").1, "unknown_code");
            assert_eq!(desk.scan("T1").1, "admitted");
            let add = Command::AttendeeAdd { fields: vec!["name=Kim".to_owned()] };
            assert_eq!(desk.ask(add).unwrap_err().code, Code::Busy);
            assert_eq!(desk.problems(), Vec::<String>::new());
        }
    }
    assert!(staged > 0);
    assert_eq!(desk.scan("N7").1, "admitted");
    assert_eq!(desk.problems(), Vec::<String>::new());
}

#[test]
fn what_a_killed_import_left_behind_is_gone_at_the_next_start() {
    let mut desk = desk();
    let (id, mut import) = desk.import(3000);
    let now = desk.now;
    for _ in 0..200 {
        import.step(desk.station.event(id).unwrap(), now).unwrap();
    }
    drop(import);
    desk.station = Station::new(Folder::at(&desk.folder.path().join("data")));
    assert_eq!(desk.scan("N7").1, "unknown_code");
    assert_eq!(desk.problems(), Vec::<String>::new());
    assert_eq!(desk.station.event(id).unwrap().store.people_count().unwrap(), 1);
    let (_, mut again) = desk.import(3000);
    while again.step(desk.station.event(id).unwrap(), now).unwrap() != Step::Done {}
    assert_eq!(desk.scan("N7").1, "admitted");
    assert_eq!(desk.problems(), Vec::<String>::new());
}

#[test]
fn a_copied_folder_goes_on_under_another_epoch() {
    let mut desk = desk();
    let copy = desk.folder.path().join("copy");
    copy_tree(&desk.folder.path().join("data"), &copy);
    let mut station = Station::new(Folder::at(&copy));
    let id = station.choose(None).unwrap();
    let ours = desk.station.event(id).unwrap().store.epoch();
    assert_ne!(station.event(id).unwrap().store.epoch(), ours);
    let again = station.event(id).unwrap().store.epoch();
    station = Station::new(Folder::at(&copy));
    assert_eq!(station.event(id).unwrap().store.epoch(), again);
    desk.station = station;
    assert_eq!(desk.scan("T1").1, "admitted");
    assert_eq!(desk.problems(), Vec::<String>::new());
}

fn copy_tree(from: &std::path::Path, to: &std::path::Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_tree(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}
