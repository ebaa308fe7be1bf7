//! A laptop's clock may jump: nothing is refused or lost for it, and a log's own clock only ever goes forward.

use crate::shim::compiled;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::sync::LazyLock;
use tests::sheet::code;
use tests::{Place, Ran, Sheet};

const YEAR: i64 = 365 * 24 * 3600;

/// Runs on a laptop whose clock is off by so many seconds.
fn run(place: &Place, shift: i64, words: &[&str]) -> Ran {
    static SHIM: LazyLock<PathBuf> = LazyLock::new(|| compiled("clock"));
    let mut command = place.json_command(words);
    command.env("LD_PRELOAD", &*SHIM).env("CLOCK_SHIFT", shift.to_string());
    Ran::of(command, b"")
}

#[test]
fn a_clock_that_jumps_to_2099_and_back_stops_no_door() {
    let place = Place::with_event();
    let _ = place.import("people.csv", Sheet::of_people(10).csv(','));
    let year = |line: &Value| line["at"].as_str().unwrap()[..4].parse::<i64>().unwrap();
    let now = year(&place.scan(&["nobody"]));
    for (n, years) in [0, 75, 0, -30, 75, -30, 0].into_iter().enumerate() {
        let scan = |verdict: &str| {
            let line =
                run(&place, years * YEAR, &["scan", "--gate", "main", &code(n)]).lines().remove(0);
            assert_eq!(line["verdict"], verdict, "{years}: {line}");
            assert!(
                (year(&line) - now - years).abs() <= 1,
                "the fact has the laptop's time: {line}"
            );
        };
        scan("admitted");
        scan("already_in");
    }
    let set = run(&place, -30 * YEAR, &["attendee", "set", &code(8), "name=Late"]);
    assert_eq!(set.one()["name"], "Late");
    let stats = place.run(&["stats"]).one();
    assert_eq!((&stats["admitted"], &stats["refused"]), (&json!(7), &json!(8)));
    let told = place.run(&["dump"]).ok();
    let clocks: Vec<u64> = told
        .iter()
        .filter(|line| line["kind"] == "scan")
        .map(|line| line["hlc"].as_u64().unwrap())
        .collect();
    assert!(clocks.len() == 15 && clocks.windows(2).all(|pair| pair[0] < pair[1]), "{clocks:?}");
    place.verify();
}

#[test]
fn an_event_made_on_a_laptop_in_the_past_opens_its_doors_today() {
    let place = Place::new();
    let made = run(
        &place,
        -20 * YEAR,
        &["event", "new", "--name", "Fair", "--timezone", "UTC", "--days", "2027-03-28"],
    );
    assert!(made.one()["event"].is_string());
    let _ = place.import("people.csv", Sheet::of_people(3).csv(','));
    assert_eq!(place.scan(&["--at", "2027-03-28T10:00", "T-00001"])["verdict"], "admitted");
    let later =
        run(&place, 75 * YEAR, &["scan", "--gate", "main", "--at", "2027-03-28T10:01", "T-00002"]);
    assert_eq!(
        later.one()["verdict"],
        "admitted",
        "an expired certificate limits sessions, never records"
    );
    place.verify();
}
