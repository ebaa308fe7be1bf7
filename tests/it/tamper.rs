//! Whatever somebody does to the files of a closed data folder, `verify` says so and says where.
//!
//! Two things no single folder can tell: a log put back as a whole to an earlier signed end together with all that
//! follows from it, and what the holder of the station's own key writes. Other stations tell the first.

mod store;

use crate::fair::{Fair, SCANS, Told};
use domain::access::Space;
use serde_json::Value;
use store::{Log, Store, key, stranger};
use tests::Place;

/// What is done, words that one sentence of `verify` has to have, and how it is done.
type Tampering = (&'static str, &'static [&'static str], fn(Store));

/// The log of the doors.
fn doors(store: &Store) -> Log {
    let log = store.log(Space::Attendance);
    assert!(log.seq > 256 && usize::try_from(log.seq).unwrap() > SCANS);
    log
}

fn flip(bytes: &mut [u8], at: usize) {
    bytes[at] ^= 4;
}

/// In a record of attendance: 8 hlc, 2 kind, 1 flags, 4 length, 16 salt, then the body.
const RECORDS: [Tampering; 22] = [
    ("the last record is truncated", &["attendance"], |store| {
        let log = doors(&store);
        store.edit(&log, log.seq, |bytes| bytes.truncate(bytes.len() - 3));
    }),
    ("a record in the middle is truncated", &["attendance", "100"], |store| {
        store.edit(&doors(&store), 100, |bytes| bytes.truncate(20));
    }),
    ("a record is empty", &["attendance", "100"], |store| {
        store.edit(&doors(&store), 100, Vec::clear)
    }),
    ("the last record is deleted", &["attendance"], |store| {
        let log = doors(&store);
        store.delete(&log, log.seq);
    }),
    ("a record in the middle is deleted", &["attendance", "100"], |store| {
        store.delete(&doors(&store), 100)
    }),
    ("the first record is deleted", &["attendance", "1 "], |store| store.delete(&doors(&store), 1)),
    ("a record of the roster is deleted", &["roster", "2 "], |store| {
        store.delete(&store.log(Space::Roster), 2)
    }),
    ("a bit of a body is flipped", &["attendance", "1 to 256"], |store| {
        store.edit(&doors(&store), 100, |bytes| flip(bytes, 40));
    }),
    ("a bit of a body after the last checkpoint is flipped", &["attendance", "257"], |store| {
        store.edit(&doors(&store), 300, |bytes| flip(bytes, 40));
    }),
    ("a bit of a salt is flipped", &["attendance", "1 to 256"], |store| {
        store.edit(&doors(&store), 100, |bytes| flip(bytes, 20));
    }),
    ("a bit of a clock is flipped", &["attendance"], |store| {
        store.edit(&doors(&store), 100, |bytes| flip(bytes, 1))
    }),
    ("a bit of a kind is flipped", &["attendance"], |store| {
        store.edit(&doors(&store), 100, |bytes| flip(bytes, 8))
    }),
    ("a bit of the flags is flipped", &["attendance", "100"], |store| {
        store.edit(&doors(&store), 100, |bytes| bytes[10] ^= 64);
    }),
    ("a bit of sealed content is flipped", &["contact"], |store| {
        let log = store.log(Space::Contact);
        store.edit(&log, 1, |bytes| {
            let last = bytes.len() - 1;
            flip(bytes, last);
        });
    }),
    ("a bit of the roster is flipped", &["roster"], |store| {
        let log = store.log(Space::Roster);
        store.edit(&log, 1, |bytes| {
            let last = bytes.len() - 1;
            flip(bytes, last);
        });
    }),
    ("two records are swapped", &["attendance"], |store| store.swap(&doors(&store), 100, 101)),
    ("two records far apart are swapped", &["attendance"], |store| {
        store.swap(&doors(&store), 50, 300)
    }),
    ("three records are put in another order", &["attendance"], |store| {
        let log = doors(&store);
        store.swap(&log, 10, 11);
        store.swap(&log, 11, 12);
    }),
    ("a record stands twice", &["attendance"], |store| {
        let log = doors(&store);
        store.put(&log, 101, &store.bytes(&log, 100));
    }),
    ("a record of another log stands in its place", &["attendance"], |store| {
        let other = store.log(Space::Roster);
        store.put(&doors(&store), 100, &store.bytes(&other, 1));
    }),
    ("a content is gone and nobody dropped it", &["attendance", "100"], |store| {
        store.drop_body(&doors(&store), 100)
    }),
    ("a record is added after the end", &["attendance"], |store| {
        let log = doors(&store);
        store.put(&log, log.seq + 1, &store.bytes(&log, 100));
    }),
];

const HEADS: [Tampering; 20] = [
    ("the end's hash is changed", &["attendance"], |store| {
        let log = doors(&store);
        store.change(&format!("UPDATE log SET hash = zeroblob(32) WHERE no = {}", log.no));
    }),
    ("the end's signature is changed", &["attendance"], |store| {
        let log = doors(&store);
        store.change(&format!("UPDATE log SET signature = zeroblob(64) WHERE no = {}", log.no));
    }),
    ("a log is said to be longer", &["attendance"], |store| {
        let log = doors(&store);
        store.change(&format!("UPDATE log SET seq = seq + 1 WHERE no = {}", log.no));
    }),
    ("a log is said to be shorter", &["attendance"], |store| {
        let log = doors(&store);
        store.change(&format!("UPDATE log SET seq = seq - 1 WHERE no = {}", log.no));
    }),
    ("a log is put back to its checkpoint, its records left", &["attendance", "256"], |store| {
        store.roll_back(&doors(&store), 256);
    }),
    ("a log is put back to its checkpoint, its records gone", &["check-ins"], |store| {
        let log = doors(&store);
        store.roll_back(&log, 256);
        store.change(&format!(
            "DELETE FROM record WHERE key > {} AND key <= {}",
            key(&log, 256),
            key(&log, log.seq)
        ));
    }),
    ("a log is signed again by a stranger", &["attendance"], |store| {
        let log = doors(&store);
        store.edit(&log, 100, |bytes| flip(bytes, 40));
        store.sign_again(&log, &stranger());
    }),
    ("a log is given to a stranger and signed by him", &["attendance", "certificate"], |store| {
        let mut log = doors(&store);
        log.name.station = stranger().public();
        store.sign_again(&log, &stranger());
    }),
    ("a whole log is removed, its records left", &["ecord"], |store| {
        let log = doors(&store);
        store.change(&format!("DELETE FROM log WHERE no = {}", log.no));
    }),
    ("a whole log is removed with its records", &["check-ins"], |store| {
        let log = doors(&store);
        store.change(&format!("DELETE FROM log WHERE no = {}", log.no));
        for table in ["record", "checkpoint"] {
            store.change(&format!("DELETE FROM {table} WHERE key >> 40 = {}", log.no));
        }
    }),
    ("the roster's log is removed with its records", &["attendees"], |store| {
        let log = store.log(Space::Roster);
        store.change(&format!("DELETE FROM log WHERE no = {}", log.no));
        store.change(&format!("DELETE FROM record WHERE key >> 40 = {}", log.no));
        store.run(&format!("DELETE FROM checkpoint WHERE key >> 40 = {}", log.no));
    }),
    ("a log is moved to another space", &["desk"], |store| {
        let log = doors(&store);
        store.change(&format!("UPDATE log SET space = 'desk' WHERE no = {}", log.no));
    }),
    ("a log's epoch is changed", &["attendance"], |store| {
        let log = doors(&store);
        store.change(&format!("UPDATE log SET epoch = epoch + 1 WHERE no = {}", log.no));
    }),
    ("a signature within a log is deleted", &["attendance", "256"], |store| {
        let log = doors(&store);
        store.change(&format!("DELETE FROM checkpoint WHERE key = {}", key(&log, 256)));
    }),
    ("a signature within a log is changed", &["attendance", "256"], |store| {
        let log = doors(&store);
        store.change(&format!(
            "UPDATE checkpoint SET signature = zeroblob(64) WHERE key = {}",
            key(&log, 256)
        ));
    }),
    ("a signature stands where no record is", &["ignature"], |store| {
        let log = doors(&store);
        store.change(&format!(
            "INSERT INTO checkpoint (key, signature) VALUES ({}, zeroblob(64))",
            key(&log, log.seq + 9)
        ));
    }),
    ("the name in a certificate is changed", &["control"], |store| {
        store.edit(&store.root_log(), 1, |bytes| {
            let at = bytes.windows(5).position(|window| window == b"North").unwrap();
            bytes[at] = b'S';
        });
    }),
    ("a certificate is signed again by a stranger", &["control"], |store| {
        let log = store.root_log();
        store.sign_again(&log, &stranger());
    }),
    ("the root key is another", &["event"], |store| {
        let key: String = stranger().public().0.iter().map(|byte| format!("{byte:02x}")).collect();
        store.change(&format!("UPDATE meta SET value = x'{key}' WHERE key = 'root'"));
    }),
    ("the keys of the spaces are gone", &["control"], |store| {
        let log = store.log(Space::Control);
        store.change(&format!("DELETE FROM record WHERE key >> 40 = {}", log.no));
    }),
];

/// Past SQLite, in the file itself.
const FILE: [Tampering; 5] = [
    ("a byte of a record is flipped in the file", &["attendance"], |store| {
        let bytes = store.bytes(&doors(&store), 100);
        store.flip_in_file(&bytes[20..]);
    }),
    ("a page of records is spoilt", &["damaged"], |store| store.spoil_page("record")),
    ("a page of attendees is spoilt", &["damaged"], |store| store.spoil_page("attendee")),
    ("the file says that it is something else", &["damaged"], |store| {
        store.run("PRAGMA application_id = 1")
    }),
    ("a table is gone", &["damaged"], |store| store.run("DROP TABLE checkpoint")),
];

/// What follows from the records: it can be made anew.
const PROJECTIONS: [Tampering; 17] = [
    ("an attendee's fields are changed", &["attendees"], |store| {
        let sql =
            "UPDATE attendee SET fields = (SELECT fields FROM attendee WHERE no = 2) WHERE no = 1";
        store.change(sql);
    }),
    ("an attendee's fields are rubbish", &["attendees"], |store| {
        store.change("UPDATE attendee SET fields = x'FF' WHERE no = 1")
    }),
    ("an attendee is removed", &["attendees"], |store| {
        store.change("DELETE FROM attendee WHERE no = 1")
    }),
    ("all attendees are removed", &["attendees"], |store| store.change("DELETE FROM attendee")),
    ("an attendee is added", &["attendees"], |store| {
        let sql = "INSERT INTO attendee (no, id, fields) SELECT 0, zeroblob(16), fields FROM attendee WHERE no = 1";
        store.change(sql);
    }),
    ("an attendee is hidden", &["attendees"], |store| {
        store.change("UPDATE meta SET value = value - 1 WHERE key = 'published'");
    }),
    ("a code is removed", &["codes"], |store| {
        store.change("DELETE FROM code WHERE hash = (SELECT min(hash) FROM code)");
    }),
    ("a code is given to somebody else", &["codes"], |store| {
        let sql =
            "UPDATE code SET attendee = attendee % 2 + 1 WHERE hash = (SELECT min(hash) FROM code)";
        store.change(sql);
    }),
    ("a code is added", &["codes"], |store| {
        store.change("INSERT INTO code VALUES (zeroblob(16), 1)")
    }),
    ("a check-in is forgotten", &["check-ins"], |store| {
        store.change("DELETE FROM fact WHERE record = (SELECT min(record) FROM fact)");
    }),
    ("all check-ins are forgotten", &["check-ins"], |store| store.change("DELETE FROM fact")),
    ("a check-in is put to somebody else", &["check-ins"], |store| {
        store.change(
            "UPDATE fact SET person = person + 1 WHERE record = (SELECT min(record) FROM fact)",
        );
    }),
    ("a setting is changed", &["settings"], |store| {
        store.change("UPDATE setting SET value = 'Autumn Fair' WHERE key = 'name'");
    }),
    ("a setting is removed", &["settings"], |store| {
        store.change("DELETE FROM setting WHERE key = 'stage'")
    }),
    ("a setting makes no sense", &["settings"], |store| {
        store.change("UPDATE setting SET value = 'Mars/Olympus' WHERE key = 'timezone'");
    }),
    ("a gate's rule is changed", &["settings"], |store| {
        store.change("UPDATE setting SET value = 'unlimited' WHERE key = 'gate/main/entries'");
    }),
    ("a change of a document is forgotten", &["changes"], |store| {
        store.change("DELETE FROM change WHERE record = (SELECT max(record) FROM change)");
    }),
];

/// Does it to a copy of the fair, and fails unless `verify` names it.
fn tampered((name, expected, tamper): &Tampering) -> Place {
    let place = Fair::get().copy();
    tamper(Store::open(&place));
    let ran = place.run(&["verify"]);
    assert_eq!(ran.code, 1, "{name}: {ran}");
    let lines = ran.lines();
    assert_eq!((lines.len(), &lines[0]["ok"]), (1, &Value::Bool(false)), "{name}: {ran}");
    let problems = lines[0]["problems"].as_array().unwrap_or_else(|| panic!("{name}: {ran}"));
    let says = |problem: &Value| {
        expected.iter().all(|word| problem.as_str().is_some_and(|text| text.contains(word)))
    };
    assert!(problems.iter().any(says), "{name}: one sentence should have {expected:?}: {ran}");
    place
}

/// Tries all of them before it fails, so that one run shows them all.
fn each(table: &[Tampering], check: impl Fn(&Tampering)) {
    let _ = Fair::get();
    let failed: Vec<&str> = table
        .iter()
        .filter(|case| {
            std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| check(case))).is_err()
        })
        .map(|case| case.0)
        .collect();
    assert!(failed.is_empty(), "{} of {}: {failed:#?}", failed.len(), table.len());
}

#[test]
fn a_fair_left_alone_is_as_it_was_signed() {
    let place = Fair::get().copy();
    place.verify();
    assert_eq!(Told::by(&place), Fair::get().told, "a copy tells the same");
}

#[test]
fn verify_names_every_tampering_with_records() {
    each(&RECORDS, |case| drop(tampered(case)));
}

#[test]
fn verify_names_every_tampering_with_ends_and_signatures() {
    each(&HEADS, |case| drop(tampered(case)));
}

#[test]
fn verify_names_what_was_done_to_the_file_itself() {
    each(&FILE, |case| drop(tampered(case)));
}

#[test]
fn verify_names_every_tampering_with_projections_and_makes_them_anew() {
    each(&PROJECTIONS, |case| {
        let place = tampered(case);
        let rebuilt = place.run(&["verify", "--rebuild"]);
        assert!(
            rebuilt.code <= 1 && rebuilt.lines()[0]["rebuilt"] == true,
            "{}: {rebuilt}",
            case.0
        );
        place.verify();
        assert_eq!(Told::by(&place), Fair::get().told, "{}: not as it was", case.0);
    });
}

#[test]
fn nothing_is_made_anew_from_records_that_are_not_as_they_were_signed() {
    let case: Tampering = ("a bit of the roster is flipped", &["roster"], |store| {
        let log = store.log(Space::Roster);
        store.edit(&log, 1, |bytes| {
            let last = bytes.len() - 1;
            flip(bytes, last);
        });
    });
    let place = tampered(&case);
    let rebuilt = place.run(&["verify", "--rebuild"]);
    assert_eq!(rebuilt.code, 1, "{rebuilt}");
    let again = place.run(&["verify"]);
    assert_eq!(
        (again.code, &again.lines()[0]["ok"]),
        (1, &Value::Bool(false)),
        "it stays named: {again}"
    );
}
