//! Several laptops of one event: what one of them does the others know, and where they are cut apart each goes on and
//! says how sure it is.

use crate::story::words;
use serde_json::{Value, json};
use std::time::Duration;
use tests::Station;
use tests::sheet::code;
use tests::stations::{AGREED, until, until_equal, until_level};

/// A station counts as silent after ten seconds; this is that and a busy machine.
const SILENT_WITHIN: Duration = Duration::from_secs(20);

#[test]
fn what_one_station_does_all_know() {
    let hall = Station::hall(30);
    let [north, east, west] = &hall;
    let all: Vec<&Station> = hall.iter().collect();

    assert_eq!(east.place.scan(&[&code(0)])["verdict"], "admitted");
    for other in [north, west] {
        let knows = || match other.stats()["admitted"].as_u64() {
            Some(1) => Ok(()),
            other => Err(format!("{other:?} admitted")),
        };
        let _ = until(&format!("{} knows of a scan at East", other.name), AGREED, knows);
        let again = other.place.scan(&[&code(0)]);
        assert_eq!(again["verdict"], "already_in", "{again}");
        assert_eq!(again["first"]["station"], "East");
        let certainty = json!({ "known": 2, "heard": 2, "silent": [] });
        assert_eq!(again["certainty"], certainty);
    }

    let gate = json!({ "id": "lounge", "area": "lounge", "name": "The lounge" });
    let _ = north.place.run(&["gate", "set", &north.place.file("g.json", gate.to_string())]).one();
    let _ = north.place.run(&["attendee", "set", &code(1), "name=Grace Hopper"]).one();
    until_level("what the organizer changed is everywhere", &all);
    for door in [east, west] {
        let gates = door.place.run(&["gate", "list"]).ok();
        assert_eq!(words(&gates, "id"), ["lounge", "main"], "{}", door.name);
        let shown = door.place.run(&["attendee", "show", &code(1)]).one();
        assert_eq!(shown["name"], "Grace Hopper", "{}", door.name);
        let entered = door.place.run(&["scan", "--gate", "lounge", &code(1 + door.name.len())]);
        assert_eq!(entered.lines()[0]["gate"], "lounge", "{entered}");
    }
    assert_eq!(west.place.scan(&["--exit", &code(0)])["verdict"], "exited");
    until_level("all scans are everywhere", &all);
    let stats = until_equal("the numbers", &["stats"], &all);
    let stats: Value = serde_json::from_str(&stats).unwrap();
    assert_eq!((&stats["admitted"], &stats["refused"]), (&json!(2), &json!(3)), "{stats}");
    hall.iter().for_each(|station| station.place.verify());
}

#[test]
fn doors_that_are_cut_apart_go_on_and_agree_afterwards() {
    let [north, mut east, west] = Station::hall(10);
    let vault = json!({ "id": "vault", "area": "vault", "when_silent": "hold" });
    let _ = north.place.run(&["gate", "set", &north.place.file("g.json", vault.to_string())]).one();
    until_level("the gate is everywhere", &[&north, &east, &west]);

    let _ = east.kill();
    let there = east.place.scan(&[&code(0)]);
    assert_eq!(there["verdict"], "admitted");
    assert_eq!(
        (&there["certainty"]["known"], &there["certainty"]["heard"]),
        (&json!(2), &json!(0))
    );
    assert_eq!(there["flags"], json!(["silent"]), "a door that is alone says so: {there}");
    let here = west.place.scan(&[&code(0)]);
    assert_eq!(here["verdict"], "admitted");

    let silent = || match west.sync()["silent"].as_array().map(Vec::len) {
        Some(1) => Ok(()),
        other => Err(format!("{other:?} silent")),
    };
    let _ = until("West notices that East is silent", SILENT_WITHIN, silent);
    let flagged = west.place.scan(&[&code(1)]);
    assert_eq!((&flagged["verdict"], &flagged["flags"]), (&json!("admitted"), &json!(["silent"])));
    let certainty = &flagged["certainty"];
    assert_eq!((&certainty["known"], &certainty["heard"]), (&json!(2), &json!(1)), "{flagged}");
    let (silent, others) = certainty["silent"].as_array().unwrap().split_first().unwrap();
    assert!(silent["station"] == "East" && others.is_empty(), "{flagged}");
    assert!(silent["seconds"].as_u64().unwrap() >= 10, "{flagged}");
    a_gate_that_holds_waits_for_a_word(&west);

    east.start();
    let all = [&north, &east, &west];
    until_level("the door that was cut off has caught up", &all);
    let found = until_equal("double admissions", &["conflicts"], &all);
    let found: Value = serde_json::from_str(&found).expect("one conflict");
    let scans = found["scans"].as_array().unwrap();
    assert_eq!(words(scans, "station"), ["East", "West"], "{found}");
    assert_eq!((&found["attendee"], &found["resolved"]), (&here["attendee"]["id"], &Value::Null));

    let id = found["id"].as_str().unwrap();
    let resolve = ["conflicts", "resolve", id, "--note", "one person", "--by", "Kim"];
    let _ = north.place.run(&resolve).one();
    until_level("the word on it is everywhere", &all);
    let settled = until_equal("the word", &["conflicts"], &all);
    let settled: Value = serde_json::from_str(&settled).unwrap();
    assert_eq!(settled["resolved"], json!({ "by": "Kim", "note": "one person" }));
    all.iter().for_each(|station| station.place.verify());
}

#[test]
fn a_laptop_that_is_moved_has_still_let_its_people_in() {
    let hall = Station::hall(10);
    let [north, east, west] = &hall;
    let all: Vec<&Station> = hall.iter().collect();
    assert_eq!(west.place.scan(&[&code(0)])["verdict"], "admitted");
    until_level("the scan is everywhere", &all);

    let _ = north.place.run(&["assign", "West", "--role", "kiosk", "--name", "Foyer"]).one();
    let moved = || match &west.sync()["role"] {
        role if role == "kiosk" => Ok(()),
        role => Err(format!("it is {role}")),
    };
    let _ = until("West is a kiosk", AGREED, moved);
    until_level("all know of it", &all);
    let again = east.place.scan(&[&code(0)]);
    assert_eq!(again["verdict"], "already_in", "{again}");
    assert_eq!(again["first"]["station"], "Foyer");
    until_level("all know of that too", &all);
    let stats: Value = serde_json::from_str(&until_equal("the numbers", &["stats"], &all)).unwrap();
    assert_eq!(stats["admitted"], 1);

    let refused = north.place.run(&["assign", "Foyer", "--role", "booth"]).error();
    assert_eq!(refused["code"], "not_allowed", "{refused}");
    hall.iter().for_each(|station| station.place.verify());
}

/// While a station is silent, a gate that holds lets nobody in on its own.
fn a_gate_that_holds_waits_for_a_word(west: &Station) {
    let at = ["--gate", "vault", &code(2)];
    let held = west.place.run(&[&["scan"], &at[..]].concat()).refused().remove(0);
    assert_eq!(held["verdict"], "refused_by_rule");
    assert!(held["reason"].as_str().unwrap().starts_with("held:"), "{held}");
    let word = ["--by", "Kim", "--reason", "I know her"];
    let let_in = west.place.run(&[&["override", &code(2)], &at[..2], &word].concat()).one();
    assert_eq!(let_in["verdict"], "admitted", "{let_in}");
}
