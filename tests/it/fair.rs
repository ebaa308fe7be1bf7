//! A fair that has had a busy morning: a closed data folder with some of everything in it, made once and copied.

use crate::story::words;
use std::fmt::Write;
use std::path::PathBuf;
use std::sync::LazyLock;
use tests::place::record_name;
use tests::sheet::code;
use tests::{Place, Sheet, Snapshot};

/// Attendees of the list.
pub(crate) const PEOPLE: usize = 50;
/// Scans of the morning: more than the 256 after which a signature stands within a log.
pub(crate) const SCANS: usize = 310;

/// The folder, and what the station said of it.
#[derive(Debug)]
pub(crate) struct Fair {
    folder: Snapshot,
    pub(crate) told: Told,
}

/// What two folders that hold the same have to tell alike.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Told {
    roster: String,
    attendance: String,
    stats: String,
    gates: String,
    event: String,
    digest: String,
}

impl Told {
    /// What the station of a place tells.
    pub(crate) fn by(place: &Place) -> Self {
        let told = |words: &[&str]| {
            let ran = place.run(words);
            assert_eq!(ran.code, 0, "{ran}");
            ran.stdout
        };
        Self {
            roster: told(&["roster", "export"]),
            attendance: told(&["attendance", "export"]),
            stats: told(&["stats"]),
            gates: told(&["gate", "list"]),
            event: told(&["event", "show"]),
            digest: told(&["digest"]),
        }
    }
}

impl Fair {
    /// The one fair of this test program.
    pub(crate) fn get() -> &'static Self {
        // Where it cannot be made, every test says so at once.
        static FAIR: LazyLock<Fair> = LazyLock::new(Fair::make);
        &FAIR
    }

    /// A place with a copy of it.
    pub(crate) fn copy(&self) -> Place {
        let place = Place::new();
        self.folder.put(&place.data());
        place
    }

    fn make() -> Self {
        let place = Place::with_event();
        let _ = place.import("people.csv", Sheet::of_people(PEOPLE).csv(','));
        let gates = r#"[{"id":"north","ticket_types":["VIP","Crew"]},{"id":"lounge","area":"lounge","entries":"unlimited"}]"#;
        let _ = place.run(&["gate", "set", &place.file("gates.json", gates)]).ok();
        let mut codes = String::new();
        for n in 0..SCANS - 2 {
            let whose = if n % 25 == 24 { format!("NOBODY-{n}") } else { code(n % PEOPLE) };
            writeln!(codes, "{whose}").unwrap();
        }
        let lines = place.run_with(&["scan", "--gate", "main", "-"], codes.as_bytes()).refused();
        assert_eq!(lines.len(), SCANS - 2);
        let undone = lines.iter().find(|line| line["code"] == "T-00007").unwrap();
        let _ = place
            .run(&[
                "undo",
                &record_name(&undone["record"]),
                "--by",
                "Kim",
                "--reason",
                "wrong person",
            ])
            .one();
        assert_eq!(place.scan(&["--exit", "T-00003"])["verdict"], "exited");
        let lounge = place.run(&["scan", "--gate", "lounge", "--by", "Kim", "T-00003"]).ok();
        assert_eq!(words(&lounge, "verdict"), ["admitted"]);
        let _ = place
            .run(&["attendee", "set", "T-00002", "company=By Hand", "email=hand@example.org"])
            .one();
        let _ = place.run(&["attendee", "cancel", "T-00010"]).one();
        let _ = place.run(&["attendee", "add", "name=Walk In", "code=WALK-IN-1"]).one();
        place.verify();
        let told = Told::by(&place);
        let folder = Snapshot::of(&place.data());
        let journal = |path: &PathBuf| path.to_string_lossy().ends_with("-wal");
        assert!(!folder.files.keys().any(journal), "a folder that nobody uses has no journal");
        Self { folder, told }
    }
}
