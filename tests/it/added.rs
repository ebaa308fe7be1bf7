//! People who are not on the list: added at a door within seconds, known at every other, counted and limited.

use crate::story::words;
use serde_json::{Value, json};
use std::time::Duration;
use tests::sheet::code;
use tests::stations::{AGREED, until, until_level};
use tests::{Place, Station};

/// Within this a door admits whom another one added: a second, and a busy machine.
const SOON: Duration = Duration::from_secs(5);

fn add(place: &Place, more: &[&str]) -> tests::Ran {
    let word = ["attendee", "add", "--by", "Alex", "--reason", "speaker's guest"];
    place.run(&[&word[..], more].concat())
}

#[test]
fn whoever_one_door_adds_every_other_admits() {
    let hall = Station::hall(6);
    let [north, east, west] = &hall;
    let all: Vec<&Station> = hall.iter().collect();
    let walk_in = ["--gate", "main", "name=Walk Inn", "ticket_type=Day"];
    let line = add(&east.place, &walk_in).one();
    let minted = line["code"].as_str().expect("a code was minted").to_owned();
    assert_eq!(minted.len(), 16, "{line}");
    assert_eq!((&line["added_gate"], &line["added_by"]), (&json!("main"), &json!("Alex")));
    let admitted = || match west.place.run(&["scan", "--gate", "main", &minted]).lines().remove(0) {
        line if line["verdict"] == "admitted" => Ok(line),
        line => Err(line.to_string()),
    };
    let (scan, _) = until("the other door admits", SOON, admitted);
    assert_eq!(
        scan["attendee"],
        json!({ "id": line["id"], "name": "Walk Inn", "ticket_type": "Day" })
    );
    until_level("all have it", &all);
    // The organizer knows the code as well, though nobody wrote it down.
    assert_eq!(north.place.run(&["attendee", "show", &minted]).one()["code"], minted.as_str());
    assert_eq!(words(&north.place.run(&["search", "walk inn"]).ok(), "name"), ["Walk Inn"]);

    // A door puts a name right, and may do nothing to a ticket.
    let _ = west.place.run(&["attendee", "set", &code(1), "company=Kepler Ltd"]).one();
    until_level("the correction is everywhere", &all);
    for station in all {
        let shown = station.place.run(&["attendee", "show", &code(1)]).one();
        assert_eq!(shown["company"], "Kepler Ltd", "{}", station.name);
        for field in ["ticket_type=VIP", "status=paid", "email=a@b.c", "blocked=", "code=X"] {
            let ran = station.place.run(&["attendee", "set", &code(2), field]);
            let is_organizer = station.name == "North";
            assert_eq!(ran.code == 0, is_organizer, "{} {field}: {ran}", station.name);
            assert!(is_organizer || ran.error_code() == "not_allowed", "{ran}");
        }
        if station.name == "North" {
            let _ =
                station.place.run(&["attendee", "set", "X", &format!("code={}", code(2))]).one();
        }
    }
    let ran = add(&east.place, &["--gate", "main", "name=X", "email=x@y.z"]);
    assert_eq!(ran.error_code(), "not_allowed", "{ran}");
    until_level("all agree", &[north, east, west]);
    hall.iter().for_each(|station| station.place.verify());
}

#[test]
fn whom_doors_added_apart_all_know_once_they_meet() {
    let [north, mut east, west] = Station::hall(4);
    let _ = east.kill();
    let there = add(&east.place, &["--gate", "main", "name=Apart One", "ticket_type=Day"]).one();
    let here = add(&west.place, &["--gate", "main", "name=Apart Two", "ticket_type=Day"]).one();
    let _ = east.place.run(&["attendee", "set", &code(0), "last_name=Lovelace-King"]).one();
    let _ = west.place.run(&["attendee", "set", &code(0), "last_name=Byron"]).one();
    let minted = there["code"].as_str().unwrap();
    assert_eq!(
        west.place.run(&["scan", "--gate", "main", minted]).refused()[0]["verdict"],
        "unknown_code"
    );
    east.start();
    until_level("they have met", &[&north, &east, &west]);
    let verdict =
        west.place.run(&["scan", "--gate", "main", minted]).lines().remove(0)["verdict"].clone();
    assert_eq!(verdict, "admitted");
    let met = || match east.place.run(&["attendee", "show", here["id"].as_str().unwrap()]) {
        ran if ran.code == 0 => Ok(()),
        ran => Err(ran.to_string()),
    };
    let _ = until("East knows whom West added", AGREED, met);
    let shown = north.place.run(&["attendee", "show", &code(0)]).one();
    assert_eq!(shown["disputed"]["last_name"], json!(["Byron", "Lovelace-King"]), "both are shown");
    for station in [&north, &east, &west] {
        station.place.verify();
        assert_eq!(station.place.run(&["verify", "--rebuild"]).one()["ok"], true);
    }
}

#[test]
fn a_gate_adds_no_more_than_it_may() {
    let place = Place::with_event();
    let gate = json!({ "id": "main", "ticket_types": ["Day", "Press"], "added_max": { "Day": 2, "*": 3 } });
    let _ = place.run(&["gate", "set", &place.file("g.json", gate.to_string())]).one();
    let add = |name: &str, ticket_type: &str| {
        let (name, ticket_type) = (format!("name={name}"), format!("ticket_type={ticket_type}"));
        add(&place, &["--gate", "main", &name, &ticket_type])
    };
    let first = add("One", "Day").one();
    let _ = add("Two", "Day").one();
    let before = place.digest();
    let full = add("Three", "Day");
    assert_eq!(full.error_code(), "not_allowed", "{full}");
    assert!(full.error()["message"].as_str().unwrap().contains("2 people with Day"), "{full}");
    assert_eq!(place.digest(), before, "nobody was added");
    let _ = add("Four", "Press").one();
    assert_eq!(add("Five", "Press").error_code(), "not_allowed");
    assert_eq!(add("Six", "VIP").error_code(), "bad_file", "not a ticket type of this gate");
    let _ =
        place.run(&["attendee", "cancel", first["id"].as_str().unwrap(), "--reason", "left"]).one();
    let _ = add("Seven", "Day").one();
    for (words, code) in [
        (
            &["attendee", "add", "--gate", "main", "name=X", "ticket_type=Day", "--by", "Alex"][..],
            "bad_file",
        ),
        (
            &["attendee", "add", "--gate", "main", "name=X", "ticket_type=Day", "--reason", "y"],
            "bad_file",
        ),
        (
            &["attendee", "add", "--gate", "gone", "name=X", "--by", "Alex", "--reason", "y"],
            "unknown_gate",
        ),
        (&["attendee", "add", "name=X", "added_gate=main"], "bad_file"),
        (&["attendee", "set", first["id"].as_str().unwrap(), "added_by=Nobody"], "bad_file"),
    ] {
        let ran = place.run(words);
        assert_eq!(ran.error_code(), code, "{ran}");
    }
    // The list keeps its columns: how somebody came to be added is told by the report of such acts.
    assert!(!place.export().contains("added_at"));
    let bad = json!({ "id": "main", "added_max": -1 });
    let ran = place.run(&["gate", "set", &place.file("b.json", bad.to_string())]);
    assert_eq!(ran.error_code(), "bad_rule", "{ran}");
    let acts = place.run(&["report", "acts"]).ok();
    assert_eq!(words(&acts, "act"), ["added"; 4], "{acts:?}");
    assert_eq!(
        (&acts[0]["by"], &acts[0]["reason"], &acts[0]["gate"], &acts[0]["station"]),
        (&json!("Alex"), &json!("speaker's guest"), &json!("main"), &json!("North"))
    );
    assert_eq!(acts[0]["attendee"]["name"], "One");
    place.verify();
    assert_eq!(place.attendees(), 4);
    let _: Value = place.run(&["verify", "--rebuild"]).one();
    assert_eq!(add("Eight", "Press").error_code(), "not_allowed");
}
