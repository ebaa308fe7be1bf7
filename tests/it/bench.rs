//! What `lanyard bench sync` and `lanyard bench search` measure is measured on a small event too, so that it does not rot.

use tests::Place;

/// One line each of what there are goals for.
const MEASURED: [&str; 9] = [
    "a check-in on the wire, in bulk",
    "a check-in on the wire, live",
    "meeting again, nothing new, few documents: each way",
    "applying 40 check-ins, disk included",
    "40 attendees to a new station",
    "agreed after a cut of 0 s, link up, worst of 3",
    "ticket to first record, p95",
    "one check-in to all of 3 stations, p95",
    "shut out to letting nobody in, worst of 2",
];

#[test]
fn every_goal_between_stations_has_a_line_that_was_measured() {
    let place = Place::new();
    let dir = place.file("here", "");
    let dir = dir.strip_suffix("here").expect("its folder");
    let small = ["--attendees", "40", "--stations", "3", "--cut", "0", "--dir", dir];
    let lines = place.run(&[&["bench", "sync"], small.as_slice()].concat()).ok();
    for name in MEASURED {
        let line = lines.iter().find(|line| line["name"] == name);
        let value = line.and_then(|line| line["value"].as_f64());
        assert!(value.is_some_and(|value| value > 0.0), "{name}: {lines:#?}");
    }
    let floor = lines.iter().find(|line| line["name"] == MEASURED[3]).expect("found above");
    assert!(floor["ratio"].as_f64().is_some_and(|ratio| ratio > 0.0), "{floor}");
}

#[test]
fn the_search_bench_finds_everybody_who_is_misspelt() {
    let place = Place::new();
    let dir = place.file("here", "");
    let dir = dir.strip_suffix("here").expect("its folder");
    let lines = place.run(&["bench", "search", "--attendees", "300", "--dir", dir]).ok();
    let figure = |name: &str| {
        let line = lines.iter().find(|line| line["name"] == name);
        line.and_then(|line| line["value"].as_f64()).unwrap_or_else(|| panic!("{name}: {lines:#?}"))
    };
    assert!(figure("search p99") > 0.0);
    assert!(figure("of 30 misspelt, among the first three") > 29.0, "{lines:#?}");
}
