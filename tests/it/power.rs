//! Power cuts and sick disks: nothing that was shown as admitted is lost, nothing is half there, and no green follows a
//! disk that failed.
//!
//! `disk` cuts the power at every single sync. With `LANYARD_LONG` in the environment the stories are longer.

mod disk;

use crate::story::words;
use disk::{Disk, Fault, each_case};
use serde_json::{Value, json};
use tests::sheet::code;
use tests::{Place, Ran, Sheet, Snapshot};

const NEW: [&str; 8] =
    ["event", "new", "--name", "Fair", "--timezone", "Europe/Berlin", "--station-name", "North"];
const SCAN: [&str; 4] = ["scan", "--gate", "main", "-"];

fn people() -> usize {
    if std::env::var_os("LANYARD_LONG").is_some() { 300 } else { 40 }
}

/// Rows of the list that is imported: several of the transactions in which an import is staged.
fn listed() -> usize {
    if std::env::var_os("LANYARD_LONG").is_some() { 10_000 } else { 2_500 }
}

fn scans() -> usize {
    if std::env::var_os("LANYARD_LONG").is_some() { 60 } else { 8 }
}

/// Codes of the first attendees whose tickets are paid, a line each.
fn codes() -> String {
    let paid = (0..).filter(|n| n % 33 != 32 && n % 20 != 19);
    paid.take(scans()).map(|n| code(n) + "\n").collect()
}

/// A disk with an event on it, and how to get back to where it began.
struct Begun {
    disk: Disk,
    base: Snapshot,
    file: String,
}

impl Begun {
    fn with_event() -> Self {
        let place = Place::with_event();
        let file = place.file("people.csv", Sheet::of_people(listed()).csv(','));
        Self::at(place, file)
    }

    fn with_people() -> Self {
        let place = Place::with_event();
        let file = place.file("people.csv", Sheet::of_people(people()).csv(','));
        let _ = place.run(&["roster", "import", &file]).one();
        Self::at(place, file)
    }

    /// Somebody pulled the plug before: records stand in the journal only.
    fn with_a_journal_left() -> Self {
        let begun = Self::with_people();
        let mut door = begun.disk.place.live(&SCAN);
        for code in [code(people() - 2), code(people() - 3)] {
            assert_eq!(door.ask(&code)["verdict"], "admitted");
        }
        door.signal("KILL");
        let _ = door.end();
        let Self { disk, file, .. } = begun;
        let base = Snapshot::of(&disk.place.data());
        assert!(base.files.keys().any(|path| path.ends_with("store.db-wal")), "a journal is left");
        Self { disk, base, file }
    }

    fn at(place: Place, file: String) -> Self {
        let data = place.data();
        let base = Snapshot::of(&data);
        Self { disk: Disk::under(place, data), base, file }
    }

    fn place(&self) -> &Place {
        &self.disk.place
    }

    fn again(&self) {
        self.base.put(&self.place().data());
    }

    fn import(&self, fault: Fault) -> Ran {
        self.again();
        self.disk.run(fault, &["roster", "import", &self.file], b"")
    }

    fn scan(&self, fault: Fault) -> Ran {
        self.again();
        self.disk.run(fault, &SCAN, codes().as_bytes())
    }

    /// Fails unless the data are sound and everybody who was shown as admitted is known to be in, since then.
    fn check_door(&self, shown: &[Value], case: &str) {
        let place = self.place();
        let found = place.run(&["verify"]);
        assert_eq!(found.code, 0, "{case}: {found}");
        if shown.is_empty() {
            return;
        }
        let mut rescan = vec!["scan", "--gate", "main"];
        rescan.extend(words(shown, "code"));
        let lines = place.run(&rescan).refused();
        for (line, shown) in lines.iter().zip(shown) {
            assert_eq!(
                line["verdict"], "already_in",
                "{case}: shown as admitted and lost: {shown}"
            );
            assert_eq!(line["first"]["at"], shown["at"], "{case}: {line}");
        }
    }

    /// Fails unless the data are sound and all of the list is there, or nothing of it; then makes it be there.
    fn check_import(&self, ran: &Ran, case: &str) {
        let place = self.place();
        let all = listed() as u64;
        let there = place.attendees();
        let found = place.run(&["verify"]);
        assert_eq!(found.code, 0, "{case}: {found}");
        let told = ran.stdout.contains("\"added\"");
        assert!(there == all || (there == 0 && !told), "{case}: {there} of {all} are there: {ran}");
        if there == 0 {
            let line = place.run(&["roster", "import", &self.file]).one();
            assert_eq!(line["added"], all, "{case}: {line}");
        }
    }
}

/// The lines of those who were shown as admitted. A line that the cut tore is not shown.
fn admitted(ran: &Ran) -> Vec<Value> {
    let whole = ran.stdout.split_inclusive('\n').filter(|line| line.ends_with('\n'));
    let lines = whole.map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines.filter(|line| line["verdict"] == "admitted").collect()
}

/// Fails unless a run that did not admit everybody ended with a word about the disk.
fn check_says_disk(ran: &Ran, case: &str) {
    let error = ran.error();
    assert_eq!(error["code"], "disk", "{case}: {ran}");
    assert!(error["message"].as_str().unwrap().contains("disk"), "{case}: {ran}");
}

#[test]
fn a_power_cut_while_an_event_is_made_leaves_an_event_or_none() {
    let fresh = || {
        let place = Place::new();
        let watched = place.path().to_owned();
        Disk::under(place, watched)
    };
    let whole = fresh();
    let made = whole.run(Fault::None, &NEW, b"").one();
    let syncs = whole.counts().syncs;
    assert!(syncs > 3 && made["event"].is_string(), "{syncs} syncs");
    each_case(
        syncs + 1,
        || (),
        |(), case| {
            let disk = fresh();
            let ran = disk.run(Fault::CutAt(case), &NEW, b"");
            disk.power_back();
            let listed = disk.place.run(&["event", "list"]);
            let events = if listed.code == 0 {
                listed.ok()
            } else {
                assert_eq!(listed.error_code(), "no_event");
                Vec::new()
            };
            if ran.code == 0 {
                assert_eq!(
                    words(&events, "event"),
                    [ran.one()["event"].as_str().unwrap()],
                    "cut at {case} of {syncs}: told as made, and gone"
                );
            }
            assert!(events.len() <= 1, "cut at {case}: {listed}");
            if events.is_empty() {
                let _ = disk.place.new_event("Second", &[]);
            }
            assert_eq!(disk.place.run(&["event", "show"]).one()["state"], "open", "cut at {case}");
            disk.place.verify();
        },
    );
}

#[test]
fn a_power_cut_during_an_import_leaves_all_of_it_or_nothing() {
    let whole = Begun::with_event();
    let _ = whole.import(Fault::None).one();
    let syncs = whole.disk.counts().syncs;
    assert!(syncs > 3, "{syncs} syncs");
    each_case(syncs + 1, Begun::with_event, |begun, case| {
        let ran = begun.import(Fault::CutAt(case));
        begun.disk.power_back();
        begun.check_import(&ran, &format!("cut at sync {case} of {syncs}"));
    });
}

#[test]
fn a_power_cut_at_any_sync_of_a_door_loses_nobody_who_was_shown_as_admitted() {
    for begin in [Begun::with_people, Begun::with_a_journal_left] {
        let whole = begin();
        let ran = whole.scan(Fault::None);
        assert_eq!(admitted(&ran).len(), scans(), "{ran}");
        let syncs = whole.disk.counts().syncs;
        assert!(syncs >= scans() as u64, "{syncs} syncs");
        each_case(syncs + 1, begin, |begun, case| {
            let ran = begun.scan(Fault::CutAt(case));
            begun.disk.power_back();
            begun.check_door(&admitted(&ran), &format!("cut at sync {case} of {syncs}"));
        });
    }
}

#[test]
fn no_verdict_is_shown_before_its_sync_returned() {
    let begun = Begun::with_people();
    let _ = begun.scan(Fault::None);
    let log = begun.disk.log();
    assert_eq!(log.matches('V').count(), scans(), "a line for each: {log}");
    assert!(
        log.contains('S') && !log.contains("VV") && !log.starts_with('V'),
        "a line without a sync before it: {log}"
    );
}

#[test]
fn after_a_sync_that_failed_nobody_is_admitted() {
    let whole = Begun::with_people();
    let _ = whole.scan(Fault::None);
    let syncs = whole.disk.counts().syncs;
    each_case(syncs, Begun::with_people, |begun, case| check_sick(begun, Fault::FailSync(case)));
}

#[test]
fn after_one_failed_sync_the_owner_admits_nobody_though_the_disk_says_it_is_well_again() {
    let begun = Begun::with_people();
    let _ = begun.disk.run(Fault::None, &SCAN, (code(0) + "\n").as_bytes());
    let syncs = begun.disk.counts().syncs;
    begun.again();
    let mut owner = begun.disk.live(Fault::FailOneSync(syncs + 1), &SCAN);
    let mut shown = vec![owner.ask(&code(0))];
    let mut failed = 0;
    for n in 1..18 {
        // Another process, on a disk of its own that is well: it is the owner's that counts.
        let ran = begun.place().run(&["scan", "--gate", "main", &code(n)]);
        if ran.code == 0 {
            assert_eq!(failed, 0, "admitted after a sync that failed: {ran}");
            shown.extend(ran.lines());
        } else {
            check_says_disk(&ran, "forwarded");
            failed += 1;
        }
    }
    assert!(failed > 1 && shown.len() > 1, "{failed} failed, {} shown", shown.len());
    assert_eq!(owner.ask(&code(20))["error"]["code"], "disk");
    assert_eq!(owner.end(), 1);
    begun.check_door(&shown, "started again");
}

#[test]
fn on_a_full_disk_nobody_is_admitted() {
    let whole = Begun::with_people();
    let _ = whole.scan(Fault::None);
    let writes = whole.disk.counts().writes;
    assert!(writes >= scans() as u64, "{writes} writes");
    each_case(writes, Begun::with_people, |begun, case| check_sick(begun, Fault::Full(case)));
}

/// A door on a disk that begins to fail: what was shown holds, the rest is refused in words, and a restart finds all well;
/// also where the power goes before that restart.
fn check_sick(begun: &Begun, fault: Fault) {
    let case = format!("{fault:?}");
    let ran = begun.scan(fault);
    let shown = admitted(&ran);
    if shown.len() < scans() {
        check_says_disk(&ran, &case);
    }
    if let Fault::FailSync(n) = fault {
        // Lines need a sync each, and from the n-th on none succeeded.
        let good = begun.disk.log().matches('S').count();
        assert!(good < usize::try_from(n).unwrap() && shown.len() <= good, "{case}: {ran}");
    }
    let survivors = begun.disk.survivors();
    begun.check_door(&shown, &format!("{case}, started again"));
    survivors.put(&begun.place().data());
    begun.check_door(&shown, &format!("{case}, then a power cut"));
}

#[test]
fn an_import_on_a_sick_disk_leaves_all_of_it_or_nothing() {
    let whole = Begun::with_event();
    let _ = whole.import(Fault::None).one();
    let counts = whole.disk.counts();
    // Syncs and writes from the first to the last, a few of each.
    let few = |count: u64| (0..6).map(move |n| 1 + (count - 1) * n / 5);
    let mut faults: Vec<Fault> = few(counts.syncs).map(Fault::FailSync).collect();
    faults.extend(few(counts.writes).map(Fault::Full));
    each_case(faults.len() as u64, Begun::with_event, |begun, case| {
        let fault = faults[usize::try_from(case).unwrap() - 1];
        let ran = begun.import(fault);
        if ran.code != 0 {
            check_says_disk(&ran, &format!("{fault:?}"));
        }
        begun.check_import(&ran, &format!("{fault:?}"));
    });
}

#[test]
fn an_event_cannot_be_made_on_a_sick_disk_and_can_afterwards() {
    for fault in [Fault::FailSync(1), Fault::FailSync(5), Fault::Full(1), Fault::Full(6)] {
        let place = Place::new();
        let watched = place.path().to_owned();
        let disk = Disk::under(place, watched);
        let ran = disk.run(fault, &NEW, b"");
        check_says_disk(&ran, &format!("{fault:?}"));
        let made = disk.place.run(&NEW).one();
        let listed = disk.place.run(&["event", "list"]).ok();
        assert_eq!(
            words(&listed, "event"),
            [made["event"].as_str().unwrap()],
            "{fault:?}: half an event is left"
        );
        assert_eq!(disk.place.run(&["stats"]).one()["admitted"], json!(0));
        disk.place.verify();
    }
}
