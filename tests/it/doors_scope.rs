//! What a booth and a kiosk are told: never the attendee list. Frames are written down where they arrive, by a
//! `lanyard` that is built for it: `cargo build -p station --features trace-frames`, named by `LANYARD_TRACE_BIN`.

use base64::Engine as _;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::ffi::OsString;
use sync::frame::Frame;
use sync::id::EventId;
use tests::sheet::{code, email};
use tests::stations::{AGREED, until};
use tests::{Place, Sheet, Snapshot, Station};

const PEOPLE: usize = 12;
/// A word of the event that everybody may know: whoever does not find it in the frames is blind.
const OPEN_WORD: &str = "Gate of all who look";

/// What one station was told, and what it holds.
struct Told {
    spaces: BTreeSet<String>,
    frames: Vec<u8>,
    files: Vec<u8>,
    dump: String,
}

/// A station that writes frames down, by itself or with a guard left out.
fn traced(name: &str, without: Option<&str>, program: &OsString) -> Station {
    let place = Place::new();
    let file = place.path().join("frames.jsonl").to_str().unwrap().to_owned();
    let mut station = Station::new(name, place);
    station.program = Some(program.clone());
    station.words = vec!["--trace-frames".to_owned(), file];
    station
        .words
        .extend(without.into_iter().flat_map(|guard| ["--without".to_owned(), guard.to_owned()]));
    station
}

/// An event with people, scans and codes that nobody knows; what a station of that role is told of it.
fn told(role: &[&str], without: Option<&str>, program: &OsString) -> Told {
    let mut north = traced("North", without, program);
    let id = north.place.new_event("Spring Fair", &[]);
    north.start();
    let _ = north.place.import("people.csv", Sheet::of_people(PEOPLE).csv(','));
    assert_eq!(north.place.scan(&[&code(0)])["verdict"], "admitted");
    let mut other = traced("Stand 7", without, program);
    other.join(&north, &north.invite(&[&["--role"], role].concat()));
    let _ = north.place.run(&["attendee", "set", &code(1), "name=Grace Hopper"]).one();
    for code in [&code(1), "SECRET-CODE-1"] {
        let _ = north.place.scan(&[code]);
    }
    // The last thing that is done: whoever has it has all that it was to have.
    let gate = json!({ "id": "last", "name": OPEN_WORD });
    let _ = north.place.run(&["gate", "set", &north.place.file("g.json", gate.to_string())]).one();
    let _ = until("it has all that it is to have", AGREED, || {
        let gates = other.place.run(&["gate", "list"]).stdout;
        let (missing, lag) =
            (other.sync()["missing"].clone(), north.peer("Stand 7")["lag_records"].clone());
        let done = gates.contains(OPEN_WORD) && missing == 0 && lag == 0;
        if done { Ok(()) } else { Err(format!("{gates} {missing} missing, {lag} behind")) }
    });
    let _ = other.kill();
    read(&other, EventId(domain::id::from_hex(&id).unwrap()))
}

fn read(station: &Station, event: EventId) -> Told {
    let text = std::fs::read_to_string(station.place.path().join("frames.jsonl")).unwrap();
    let (mut spaces, mut frames) = (BTreeSet::new(), Vec::new());
    for line in text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()) {
        if line["dir"] != "in" {
            continue;
        }
        spaces.extend(line["space"].as_str().map(str::to_owned));
        let frame = base64::engine::general_purpose::STANDARD.decode(line["b64"].as_str().unwrap());
        let frame = frame.unwrap();
        if let Frame::Range(stretch) | Frame::Live(stretch) =
            Frame::from_bytes(event, &frame).unwrap()
        {
            // Stretches may be packed: what is in them is looked at as it is when they are not.
            let bodies = stretch.records.iter().filter_map(|record| record.body.bytes());
            frames.extend(bodies.flatten().copied().chain([b'\n']));
        }
        frames.extend(frame);
    }
    let files = Snapshot::of(&station.place.data()).files.into_values().flatten().collect();
    Told { spaces, frames, files, dump: station.text(&["dump"]) }
}

/// What nobody but doors and organizers may know.
fn secrets() -> Vec<String> {
    let of_all = (0..PEOPLE).flat_map(|n| [code(n), email(n)]);
    let names = ["Lovelace", "Groß", "Ødegård", "Grace Hopper", "SECRET-CODE-1", "Light & Sound"];
    of_all.chain(names.map(str::to_owned)).collect()
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

#[test]
fn booths_and_kiosks_never_see_the_attendee_list() {
    let Some(program) = std::env::var_os("LANYARD_TRACE_BIN") else {
        println!(
            "skipped: LANYARD_TRACE_BIN names no `lanyard` built with the feature trace-frames"
        );
        return;
    };
    for (role, allowed) in [
        (&["booth", "--exhibitor", "acme"][..], &["cards", "control", "event"][..]),
        (&["kiosk"], &["attendance", "cards", "control", "event"]),
    ] {
        let told = told(role, None, &program);
        for space in &told.spaces {
            assert!(allowed.contains(&space.as_str()), "{role:?} was sent records of {space}");
        }
        assert!(told.spaces.contains("event"), "{role:?} was sent nothing: {:?}", told.spaces);
        assert!(holds(&told.frames, OPEN_WORD), "{role:?}: what is in the frames cannot be read");
        for secret in secrets() {
            assert!(!holds(&told.frames, &secret), "{role:?} was sent {secret}");
            assert!(!holds(&told.files, &secret), "{secret} lies in the files of {role:?}");
            assert!(!told.dump.contains(&secret), "{role:?} can read {secret}");
        }
    }
    // The same eyes, where the guard is left out.
    let told = told(&["booth", "--exhibitor", "acme"], Some("scope"), &program);
    assert!(told.spaces.contains("roster"), "{:?}", told.spaces);
    assert!(told.dump.contains("Grace Hopper"), "the list would be found");
    assert!(secrets().iter().any(|secret| holds(&told.frames, secret)), "in the frames too");
}
