//! A stranger's reader, written from docs/PROTOCOL.md alone, reads what `dump --raw` writes: the same records, scans and
//! roots, and no code or e-mail in the clear.

use crate::fair::{Fair, PEOPLE};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::process::Command;
use tests::binary::workspace;
use tests::sheet::{code, email};
use tests::{Place, Ran};

/// Python with `blake3` and `cryptography`, as `cargo xtask test` sets it up.
fn python() -> PathBuf {
    let given = std::env::var_os("LANYARD_PYTHON").map(PathBuf::from);
    let home = || {
        PathBuf::from(std::env::var_os("HOME").unwrap_or_default())
            .join(".cache/lanyard/venv/bin/python")
    };
    let python = given.unwrap_or_else(home);
    assert!(
        python.exists(),
        "no {}: `cargo xtask test` makes it, or name one in LANYARD_PYTHON",
        python.display()
    );
    python
}

fn read(words: &[&str]) -> (i32, Value) {
    let mut command = Command::new(python());
    command.arg(workspace().join("tests/reader/read.py")).args(words);
    let ran = Ran::of(command, b"");
    let mut lines = ran.lines();
    assert_eq!(lines.len(), 1, "{ran}");
    (ran.code, lines.remove(0))
}

/// A copy of the fair and its export.
fn exported() -> (Place, String) {
    let place = Fair::get().copy();
    let file = export(&place);
    (place, file)
}

fn export(place: &Place) -> String {
    let file = place.path().join("export.raw").to_str().unwrap().to_owned();
    let ran = place.run(&["dump", "--raw", &file]);
    assert_eq!(ran.code, 0, "{ran}");
    file
}

/// What the reader finds at a station, where it has to be what the station tells.
pub(crate) fn agrees(place: &Place) -> Value {
    let (status, found) = read(&[&export(place)]);
    assert_eq!((status, &found["ok"], &found["problems"]), (0, &json!(true), &json!([])));
    assert_eq!(found["event"], place.run(&["event", "show"]).one()["event"]);
    for line in place.run(&["digest"]).ok() {
        let space = line["space"].as_str().unwrap();
        if let Some(root) = found["spaces"].get(space) {
            assert_eq!(root, &line["root"], "root of {space}");
        }
    }
    found
}

#[test]
fn a_strangers_reader_finds_what_the_station_tells() {
    let place = Fair::get().copy();
    let found = agrees(&place);
    let told = place.run(&["dump"]).ok();
    assert_eq!(found["records"], told.len());
    assert_eq!(
        found["spaces"].as_object().unwrap().keys().collect::<Vec<_>>(),
        ["attendance", "contact", "control", "desk", "event", "roster"]
    );
    let of_kind = |kind: &str| told.iter().filter(|line| line["kind"] == kind).collect::<Vec<_>>();
    let facts = |key: &str| found[key].as_array().unwrap();
    assert_eq!(
        (of_kind("scan").len(), of_kind("void").len()),
        (facts("scans").len(), facts("voids").len())
    );
    for scan in facts("scans") {
        let same = |line: &&&Value| {
            line["seq"] == scan["record"]["seq"] && line["log"] == scan["record"]["log"]
        };
        let scans = of_kind("scan");
        let line = scans.iter().find(same).unwrap_or_else(|| panic!("not told: {scan}"));
        for key in ["attendee", "gate", "area", "verdict", "at", "day", "mode", "wanted", "by"] {
            assert_eq!(line[key], scan[key], "{key}: {line} {scan}");
        }
    }
}

#[test]
fn the_page_gives_the_vectors_that_a_stranger_computes() {
    let page = workspace().join("docs/PROTOCOL.md");
    let text = std::fs::read_to_string(&page).unwrap();
    let (status, found) = read(&["--vectors", page.to_str().unwrap()]);
    assert_eq!((status, &found["problems"]), (0, &json!([])));
    let section = text.rsplit("```text").next().unwrap();
    let computed = found["vectors"].as_object().unwrap().keys();
    for name in computed {
        assert!(section.contains(&format!("\n{name} ")), "{name} is not on the page");
    }
}

#[test]
fn no_record_outside_contact_holds_a_code_or_an_address() {
    let (_place, file) = exported();
    let mut words = vec![
        "--grep".to_owned(),
        file,
        "NOBODY-24".to_owned(),
        "WALK-IN-1".to_owned(),
        "hand@example.org".to_owned(),
    ];
    for n in 0..PEOPLE {
        words.extend([code(n), email(n)]);
    }
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let (status, found) = read(&words);
    assert_eq!((status, &found["found"], &found["ok"]), (0, &json!([]), &json!(true)), "{found}");
    let (status, found) = read(&["--grep", words[1], "Lovelace"]);
    assert_eq!(status, 1, "names stand in the roster, so the reader does see content: {found}");
}

#[test]
fn an_export_that_was_changed_is_refused_wherever_it_was() {
    let (place, file) = exported();
    let bytes = std::fs::read(&file).unwrap();
    for part in 0..16 {
        let mut changed = bytes.clone();
        let at = (bytes.len() - 1) * part / 15;
        changed[at] ^= 0x10;
        let (status, found) = read(&[&place.file("changed.raw", changed)]);
        assert_eq!((status, &found["ok"]), (1, &json!(false)), "byte {at}");
        assert!(!found["problems"].as_array().unwrap().is_empty(), "byte {at}");
    }
    for end in [0, 7, bytes.len() / 2, bytes.len() - 1] {
        let (status, _) = read(&[&place.file("cut.raw", &bytes[..end])]);
        assert_eq!(status, 1, "cut at {end}");
    }
}
