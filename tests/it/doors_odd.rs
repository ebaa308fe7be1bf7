//! Laptops with something wrong: a clock that is off, a folder that runs twice, a station that was shut out.

use crate::reader;
use crate::shim::compiled;
use serde_json::{Value, json};
use std::time::Duration;
use tests::sheet::code;
use tests::stations::{AGREED, LONG, until, until_level};
use tests::{Place, Snapshot, Station};

/// Seven minutes.
const OFF: i64 = 7 * 60;
/// Within this a station that was shut out is hung up on.
const SHUT_OUT: Duration = Duration::from_secs(1);

fn warned(line: &Value, kind: &str) -> bool {
    line["warnings"].as_array().unwrap().iter().any(|warning| warning["kind"] == kind)
}

/// Waits until a station warns of another.
fn until_warned(of: &str, at: &Station, kind: &str) -> Value {
    let what = format!("{} warns of {of}: {kind}", at.name);
    let look = || match at.peer(of) {
        line if warned(&line, kind) => Ok(line),
        line => Err(line.to_string()),
    };
    until(&what, LONG, look).0
}

#[test]
fn a_clock_that_is_off_is_shown_and_changes_no_verdict() {
    let [north, mut east, west] = Station::hall(10);
    let _ = east.kill();
    east.env.insert("LD_PRELOAD".to_owned(), compiled("clock").into());
    east.env.insert("CLOCK_SHIFT".to_owned(), OFF.to_string().into());
    east.start();
    for other in [&north, &west] {
        let line = until_warned("East", other, "clock");
        let offset = line["clock_offset_ms"].as_i64().unwrap();
        assert!((offset - OFF * 1000).abs() < 5_000, "{line}");
        assert!(!warned(&other.sync(), "clock"), "most clocks are right");
    }
    let own = until("East is told", LONG, || match east.sync() {
        line if warned(&line, "clock") => Ok(line),
        line => Err(line.to_string()),
    });
    assert!((own.0["clock_offset_ms"].as_i64().unwrap() - OFF * 1000).abs() < 5_000);

    let all = [&north, &east, &west];
    for (n, (first, second)) in [(&east, &west), (&west, &east), (&east, &north)].iter().enumerate()
    {
        assert_eq!(first.place.scan(&[&code(n)])["verdict"], "admitted", "{n}");
        until_level("a scan", &all);
        let again = second.place.scan(&[&code(n)]);
        assert_eq!(again["verdict"], "already_in", "{n}: {again}");
    }
    until_level("all scans", &all);
    assert_eq!(north.stats(), east.stats());
    assert_eq!(north.stats()["admitted"], 3);
    assert_eq!(north.place.run(&["conflicts"]).ok(), Vec::<Value>::new());
}

#[test]
fn a_folder_that_runs_twice_is_named_and_loses_nothing() {
    let [north, mut east, west] = Station::hall(10);
    assert_eq!(east.place.scan(&[&code(0)])["verdict"], "admitted");
    until_level("the scan before", &[&north, &east, &west]);
    let _ = east.kill();
    let twin = Station::new("East", Place::new());
    Snapshot::of(&east.place.data()).put(&twin.place.data());
    let mut twin = twin;
    east.start();
    twin.start();
    let epoch = |station: &Station, n: usize| {
        let line = station.place.scan(&[&code(n)]);
        assert_eq!(line["verdict"], "admitted", "{line}");
        line["record"]["epoch"].clone()
    };
    assert_ne!(epoch(&east, 1), epoch(&twin, 2), "two folders never write one log");
    let _ = until_warned("East", &north, "runs_twice");
    let _ = until_warned("East", &west, "runs_twice");
    let all = [&north, &east, &west, &twin];
    until_level("what both scanned is everywhere", &all);
    for station in all {
        assert_eq!(station.stats()["admitted"], 3, "{}", station.name);
        assert_eq!(station.place.scan(&[&code(2)])["verdict"], "already_in");
    }
    until_level("at the end", &all);
    all.iter().for_each(|station| station.place.verify());
}

#[test]
fn a_folder_put_back_to_an_earlier_state_loses_nobody_and_a_stranger_reads_what_came_of_it() {
    let [north, mut east, west] = Station::hall(10);
    assert_eq!(east.place.scan(&[&code(0)])["verdict"], "admitted");
    until_level("the scan before", &[&north, &east, &west]);
    let _ = east.kill();
    let before = Snapshot::of(&east.place.data());
    east.start();
    assert_eq!(east.place.scan(&[&code(1)])["verdict"], "admitted");
    until_level("the scan that is forgotten", &[&north, &east, &west]);
    let _ = east.kill();
    before.put(&east.place.data());
    assert_eq!(east.place.scan(&[&code(2)])["verdict"], "admitted", "alone, in the same log");
    east.start();
    let all = [&north, &east, &west];
    until_level("both sides are everywhere", &all);
    for station in all {
        assert_eq!(station.stats()["admitted"], 3, "{}", station.name);
        for n in 0..3 {
            assert_eq!(station.place.scan(&[&code(n)])["verdict"], "already_in", "{n}");
        }
    }
    let _ = north.place.run(&["revoke", "West"]).one();
    until_level("the rest", &[&north, &east]);
    for station in [&north, &east] {
        station.place.verify();
        let found = reader::agrees(&station.place);
        let logs = found["logs"].as_array().unwrap();
        let branches = logs.iter().filter(|log| log["branch"].is_string()).count();
        assert_eq!(branches, 2, "{}", found["logs"]);
        let told = station.place.run(&["dump"]).ok();
        assert_eq!(told.iter().filter(|line| line["branch"].is_string()).count(), 2);
        let admitted = found["scans"].as_array().unwrap().iter();
        assert_eq!(admitted.filter(|scan| scan["verdict"] == "admitted").count(), 3);
    }
}

#[test]
fn a_station_that_is_shut_out_is_hung_up_on_at_once() {
    let [north, east, west] = Station::hall(10);
    assert_eq!(east.place.scan(&[&code(0)])["verdict"], "admitted");
    until_level("the scan before", &[&north, &east, &west]);
    let revoked = north.place.run(&["revoke", "East"]).one();
    assert_eq!(revoked["revoked"], "East");
    let knows = || match east.sync() {
        line if line["revoked"] == true => Ok(()),
        line => Err(line.to_string()),
    };
    let _ = until("East knows that it is shut out", SHUT_OUT, knows);
    for (at, other) in [(&north, "East"), (&west, "East"), (&east, "North"), (&east, "West")] {
        let parted = || match at.peer(other) {
            line if line["connected"] == false => Ok(()),
            line => Err(line.to_string()),
        };
        let _ = until(&format!("{} has no link to {other}", at.name), SHUT_OUT, parted);
    }
    let refused = east.place.run(&["scan", "--gate", "main", &code(1)]);
    assert_eq!(refused.error_code(), "not_allowed");

    assert_eq!(west.place.scan(&[&code(0)])["verdict"], "already_in", "what it did before counts");
    assert_eq!(west.place.scan(&[&code(1)])["verdict"], "admitted");
    until_level("those who stay go on", &[&north, &west]);
    assert_eq!(north.stats()["admitted"], 2);
    let level = || match (north.text(&["stats"]), west.text(&["stats"])) {
        (a, b) if a == b => Ok(()),
        (a, b) => Err(a + &b),
    };
    let _ = until("the numbers", AGREED, level);
    assert_eq!(east.peer("West")["connected"], json!(false), "it stays out");
}
