//! Becoming a station: tickets that are no good, a laptop at two events, and a power cut while a door catches up.

#![allow(clippy::print_stdout, reason = "a test tells how long it took")]

use crate::story::words;
use serde_json::{Value, json};
use std::time::Instant;
use tests::sheet::code;
use tests::stations::{LONG, LOOPBACK, until, until_level};
use tests::{Place, Sheet, Station};

const MANY: usize = 20_000;

#[test]
fn a_door_that_dies_while_it_catches_up_loses_nothing() {
    let north = Station::organizer();
    let _ = north.place.import("people.csv", Sheet::of_people(MANY).csv(','));
    let ticket = north.invite(&["--role", "door", "--count", "5"]);
    // A machine that was fast enough to have everything at the first look gets another laptop.
    let mut east = (1..=5)
        .map(|n| Station::joined(&north, &ticket, &format!("East {n}")))
        .find(is_caught_amid)
        .expect("a door that is still catching up");
    let before = east.place.scan(&["nobody"]);
    let _ = east.kill();

    let begun = Instant::now();
    east.start();
    let whole = || match east.place.attendees() {
        n if n == MANY as u64 => Ok(()),
        n => Err(format!("{n} attendees")),
    };
    let _ = until("it has everybody", LONG, whole);
    let records = |station: &Station| station.place.digest();
    let level = || if records(&east) == records(&north) { Ok(()) } else { Err("unequal".into()) };
    let _ = until("it is level", LONG, level);
    println!("{MANY} attendees, {} ms after the restart", begun.elapsed().as_millis());
    assert_eq!(east.place.scan(&[&code(MANY - 1)])["record"]["epoch"], before["record"]["epoch"]);
    until_level("what it scanned meanwhile is at the organizer's", &[&north, &east]);
    assert_eq!(north.stats()["refused"], east.stats()["refused"]);
    assert!(north.stats()["refused"].as_u64().unwrap() >= 1, "the scan before the power cut");
    east.place.verify();
    north.place.verify();
}

/// Waits until a door has some of what there is; whether it has not yet everything.
fn is_caught_amid(door: &Station) -> bool {
    let (missing, _) = until("it is open, and knows what is missing", LONG, || {
        let (missing, shown) =
            (door.sync()["missing"].clone(), door.place.run(&["event", "show"]).one());
        match missing.as_u64().unwrap() {
            missing if shown["state"] == "open" && missing > 0 => Ok(missing),
            missing if shown["attendees"] == MANY => Ok(missing),
            missing => Err(format!("{missing} missing: {shown}")),
        }
    });
    println!("{missing} records were missing");
    missing > 0
}

#[test]
fn a_laptop_at_two_events_mixes_nothing() {
    let (spring, autumn) = (Station::organizer(), Station::running("South", Place::new()));
    let id = autumn.place.new_event("Autumn Fair", &[]);
    let other = Sheet::of(&["code|name", "A-1|Rosalind Franklin", "A-2|Lise Meitner"]);
    let _ = spring.place.import("people.csv", Sheet::of_people(5).csv(','));
    let _ = autumn.place.import("people.csv", other.csv(','));
    let ticket = |of: &Station| of.invite(&["--role", "door"]);
    let mut east = Station::joined(&spring, &ticket(&spring), "East");
    until_level("the first event", &[&spring, &east]);
    let first = east.place.run(&["event", "show"]).one()["event"].as_str().unwrap().to_owned();
    east.join(&autumn, &ticket(&autumn));
    let of = |event: &str, words: &[&str]| east.place.run(&[words, &["--event", event]].concat());
    let both = || match (of(&first, &["digest"]).stdout, of(&id, &["digest"]).stdout) {
        (a, b) if a == spring.text(&["digest"]) && b == autumn.text(&["digest"]) => Ok(()),
        (a, b) => Err(format!("{a}{b}")),
    };
    let _ = until("both events are level", LONG, both);
    assert_eq!(words(&east.place.run(&["event", "list"]).ok(), "name").len(), 2);

    let scan =
        |event: &str, code: &str| of(event, &["scan", "--gate", "main", code]).lines().remove(0);
    assert_eq!(scan(&first, &code(0))["verdict"], "admitted");
    assert_eq!(scan(&id, "A-1")["verdict"], "admitted");
    let stray = scan(&first, "A-2");
    assert_eq!(
        (&stray["verdict"], &stray["flags"]),
        (&json!("unknown_code"), &json!(["other_event"]))
    );
    let _ = until("the scans went home", LONG, both);
    assert_eq!(spring.stats()["admitted"], 1);
    assert_eq!(autumn.stats()["admitted"], 1);
    for (organizer, own, foreign) in
        [(&spring, "Lovelace", "Franklin"), (&autumn, "Franklin", "Lovelace")]
    {
        let event = if own == "Lovelace" { &first } else { &id };
        for dump in [organizer.text(&["dump"]), of(event, &["dump"]).stdout] {
            assert!(dump.contains(own) && !dump.contains(foreign), "{} mixes", organizer.name);
        }
    }
    for event in [&first, &id] {
        assert_eq!(of(event, &["verify"]).one()["ok"], true);
    }
}

#[test]
fn a_ticket_for_one_lets_one_in_and_is_not_asked_with_without_end() {
    let north = Station::organizer();
    let ticket = north.invite(&["--role", "door"]);
    let mut asking: Vec<(Station, tests::Live, String)> = Vec::new();
    let mut refused = 0;
    for n in 0..15 {
        let mut laptop = Station::new(&format!("Laptop {n}"), Place::new());
        laptop.start();
        let live = laptop.place.live(&["join", &ticket, "--name", &laptop.name]);
        let said = live.hear();
        match said["digits"].as_str() {
            Some(digits) => asking.push((laptop, live, digits.to_owned())),
            None => refused += 1,
        }
    }
    assert_eq!((asking.len(), refused), (13, 2), "ten, and three for the one that it is for");
    let [(_, one, first), (_, _, second), ..] = asking.as_slice() else {
        unreachable!("thirteen ask")
    };
    assert!(north.place.run(&["approve", first]).one()["approved"].is_string());
    assert!(one.hear()["joined"].is_string());
    let error = north.place.run(&["approve", second]).error();
    assert_eq!(error["code"], "not_allowed", "{error}");
}

#[test]
fn tickets_that_are_no_good_make_nothing() {
    let north = Station::organizer();
    let mut east = Station::new("East", Place::new());
    let join = |place: &Place, ticket: &str| {
        place.run(&[&["join", ticket, "--name", "East"], &LOOPBACK[..]].concat())
    };
    let ticket = north.invite(&["--role", "door"]);
    let torn = &ticket[..ticket.len() - 5];
    for (bad, word) in [(torn, "not complete"), ("https://example.org", "not a ticket")] {
        let error = join(&east.place, bad).error();
        assert!(error["message"].as_str().unwrap().contains(word), "{bad}: {error}");
        assert!(!east.place.data().exists(), "{bad} made a folder");
    }

    let (asking, digits) = east.ask(&ticket);
    let sent_away = north.place.run(&["dismiss", &digits]).one();
    assert_eq!(sent_away["name"], "East");
    assert_eq!(asking.hear()["error"]["code"], "not_allowed");
    let members = || north.place.run(&["peers"]).ok();
    assert_eq!(members(), Vec::<Value>::new());
    assert_eq!(east.place.run(&["event", "list"]).ok(), Vec::<Value>::new());
    let wrong = north.place.run(&["approve", &digits]);
    assert_eq!(wrong.error_code(), "bad_file", "whoever was sent away does not wait any more");

    // A person's no does not use a ticket up; a laptop that was let in does.
    east.join(&north, &ticket);
    let late = Place::new();
    let error = join(&late, &ticket).error();
    assert!(error["message"].as_str().unwrap().contains("used up"), "{error}");
    assert_eq!(late.run(&["event", "list"]).ok(), Vec::<Value>::new());
    assert_eq!(words(&members(), "name"), ["East"]);
    let again = join(&east.place, &ticket).error();
    assert!(again["message"].as_str().unwrap().contains("already"), "{again}");
}
