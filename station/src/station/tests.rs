//! A station asked in process, with the time of our choice and an import stopped where we like.

mod doubles;

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
    desk.ask(Command::AttendeeAdd {
        fields: vec!["code=T1".to_owned(), "name=Ada".to_owned()],
        reason: None,
        gate: None,
    })
    .unwrap();
    desk
}

impl Desk {
    fn ask(&mut self, command: Command) -> Answer {
        self.station.answer(&Request::new(None, None, command), self.now)
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
            let add = Command::AttendeeAdd {
                fields: vec!["name=Kim".to_owned()],
                reason: None,
                gate: None,
            };
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

impl Desk {
    fn import_text(&mut self, text: &str, options: ImportOptions) -> crate::api::ImportLine {
        let file = self.folder.path().join("list.csv");
        std::fs::write(&file, text).unwrap();
        let prepared = prepare(&file, &mapping(&options, None).unwrap()).unwrap();
        let id = self.station.choose(None).unwrap();
        let now = self.now;
        let open = self.station.event(id).unwrap();
        let mut import = Import::begin(open, prepared, options).unwrap();
        while import.step(open, now).unwrap() != Step::Done {}
        match import.answer() {
            Output::Import(line) => line,
            other => panic!("{other:?}"),
        }
    }

    /// Every person's code by name.
    fn codes(&mut self) -> BTreeMap<String, String> {
        let rows = self.ask(Command::RosterExport).unwrap();
        let rows = rows.into_iter().filter_map(|output| match output {
            Output::Row(row) => Some(row.into_iter().collect::<BTreeMap<_, _>>()),
            _ => None,
        });
        rows.map(|row| (row["name"].clone(), row["code"].clone())).collect()
    }
}

#[test]
fn rows_without_codes_find_their_own_people_again_in_any_order() {
    let head = "order,name,email\n";
    let rows = [
        "O1,Ann,buyer@x.org\n",
        "O1,Bob,buyer@x.org\n",
        "O1,Cyd,buyer@x.org\n",
        "O1,Cyd,other@x.org\n",
        "O1,Guest,\n",
        "O1,Guest,\n",
        "O2,Eve,eve@x.org\n",
    ];
    let mut desk = desk();
    desk.import_text(&format!("{head}{}", rows.concat()), ImportOptions::default());
    let codes = desk.codes();
    for turn in 0..rows.len() {
        let mut turned = rows;
        turned.rotate_left(turn);
        turned.reverse();
        let line =
            desk.import_text(&format!("{head}{}", turned.concat()), ImportOptions::default());
        assert_eq!(
            (line.added, line.changed, line.unchanged, line.missing),
            (0, 0, 7, 0),
            "{turn}"
        );
        assert_eq!(desk.codes(), codes, "{turn}");
    }
    // A new spelling of one name: nobody else on the order is taken for him.
    let text = format!("{head}{}", rows.concat()).replace("Bob", "Robert");
    let line = desk.import_text(&text, ImportOptions::default());
    assert_eq!((line.added, line.changed, line.missing), (0, 1, 0));
    assert_eq!(desk.codes()["Robert"], codes["Bob"]);
    assert_eq!(desk.codes()["Ann"], codes["Ann"]);
}

#[test]
fn a_code_set_by_hand_is_no_change_of_the_file() {
    let mut desk = desk();
    let text = "order,name\nO1,Ann\n";
    desk.import_text(text, ImportOptions::default());
    let code = desk.codes()["Ann"].clone();
    desk.ask(Command::AttendeeSet { who: code, fields: vec!["code=NEW1".into()], reason: None })
        .unwrap();
    for _ in 0..2 {
        let line = desk.import_text(text, ImportOptions::default());
        assert_eq!((line.changed, line.unchanged), (0, 1));
    }
    assert_eq!(desk.codes()["Ann"], "NEW1");
}

#[test]
fn nobody_is_cancelled_for_a_bad_cell_or_against_a_persons_word() {
    let cancel = || ImportOptions { cancel_missing: true, ..ImportOptions::default() };
    let mut desk = desk();
    let all = "code,name,status\nP1,Ann,paid\nP2,Bob,paid\nP3,Cyd,pending\nP4,Dan,paid\n";
    desk.import_text(all, ImportOptions::default());
    desk.ask(Command::AttendeeSet {
        who: "P3".into(),
        fields: vec!["status=paid".into()],
        reason: None,
    })
    .unwrap();
    let line = desk.import_text("code,name,status\nP1,Ann,paid\nP2,Bob,gibberish\n", cancel());
    assert_eq!((line.missing, line.cancelled, line.rejected.len()), (3, 1, 1));
    let clash = &line.clashes[0];
    assert_eq!((clash.column.as_str(), clash.mine.as_str()), ("status", "paid"));
    for (code, verdict) in [("P2", "admitted"), ("P3", "admitted"), ("P4", "cancelled")] {
        assert_eq!(desk.scan(code).1, verdict, "{code}");
    }
}

#[test]
fn equal_rows_take_time_in_proportion() {
    let mut desk = desk();
    let rows = "Guest\n".repeat(20_000);
    let line = desk.import_text(&format!("name\n{rows}"), ImportOptions::default());
    assert_eq!(line.added, 20_000);
}

#[test]
fn a_scan_of_another_day_empties_nobody_out_unless_somebody_comes_in() {
    let mut desk = desk();
    assert_eq!(desk.scan("T1").1, "admitted");
    desk.now = at("2099-03-28T08:00:00Z");
    assert_eq!(desk.scan("NOPE").1, "unknown_code");
    match desk.ask(Command::Stats).unwrap().remove(0) {
        Output::Stats(stats) => assert_eq!((stats.inside, stats.refused), (1, 1)),
        other => panic!("{other:?}"),
    }
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
