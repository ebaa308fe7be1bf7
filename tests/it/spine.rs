//! A real ticket is admitted once, and comes back in the ways there are; whoever asks, in whatever zone, hears the same.

use crate::story::{Words, words};
use serde_json::{Value, json};
use tests::place::record_name;
use tests::sheet::{code, read_csv};
use tests::{Encoding, Live, Place, Ran, Sheet};

const MORNING: &str = "2027-03-28T09:20:00";

fn place_with(people: usize) -> Place {
    let place = Place::with_event();
    let _ = place.import("people.csv", Sheet::of_people(people).csv(','));
    place
}

#[test]
fn every_encoding_and_separator_gives_the_same_roster() {
    let sheet = Sheet::of_people(300);
    let mut exports = Vec::new();
    let separators = [[',', ';'], [';', '\t'], ['\t', ','], [';', '|']];
    for (encoding, separators) in Encoding::ALL.into_iter().zip(separators) {
        for separator in separators {
            let place = Place::with_event();
            let line = place.import("people.csv", encoding.encode(&sheet.csv(separator)));
            assert_eq!(
                (&line["rows"], &line["added"]),
                (&json!(300), &json!(300)),
                "{encoding:?} {separator:?}"
            );
            exports.push(place.export());
        }
    }
    assert!(exports.windows(2).all(|pair| pair[0] == pair[1]), "exports differ");
    let again = Place::with_event();
    let _ = again.import("export.csv", &exports[0]);
    assert_eq!(again.export(), exports[0], "an export imported into a new event exports the same");
    let rows = read_csv(&exports[0]);
    assert_eq!(rows.len(), 300);
    for (row, given) in rows.iter().zip(&sheet.rows) {
        for (column, value) in sheet.header.iter().zip(given) {
            assert_eq!(&row[column], value, "{column} of {row:?}");
        }
    }
}

#[test]
fn a_ticket_enters_once_and_again_after_undo_exit_and_night() {
    let place = Place::with_event_of(&["--days", "2027-03-28,2027-03-29"]);
    let _ = place.import("people.csv", Sheet::of_people(6).csv(';'));
    let at = |time: &'static str, more: &[&'static str]| {
        let mut words = vec!["--at", time];
        words.extend(more);
        words.push("T-00001");
        place.scan(&words)
    };
    let first = at("2027-03-28T09:01", &["--by", "Kim"]);
    assert_eq!((&first["verdict"], &first["first"]), (&json!("admitted"), &Value::Null));
    assert_eq!(
        (&first["operator"], &first["at"]),
        (&json!("Kim"), &json!("2027-03-28T09:01:00+02:00"))
    );
    assert_eq!(first["attendee"]["name"], "Ada Lovelace");
    assert_eq!(first["order"], json!({ "id": "O0000", "others_waiting": 2 }));
    assert_eq!(first["certainty"], json!({ "known": 0, "heard": 0, "silent": [] }));
    let second = at("2027-03-28T09:02", &[]);
    assert_eq!(second["verdict"], "already_in");
    let known = json!({ "at": "2027-03-28T09:01:00+02:00", "gate": "main", "station": "North" });
    assert_eq!(second["first"], known);
    let name = record_name(&first["record"]);
    let undone = place.run(&["undo", &name, "--by", "Kim", "--reason", "wrong person"]).one();
    assert_eq!(undone["undone"], first["record"]);
    assert_eq!((&undone["by"], &undone["reason"]), (&json!("Kim"), &json!("wrong person")));
    for (time, more, verdict) in [
        ("2027-03-28T09:05", vec![], "admitted"),
        ("2027-03-28T09:06", vec![], "already_in"),
        ("2027-03-28T12:00", vec!["--exit"], "exited"),
        ("2027-03-28T13:00", vec![], "readmitted"),
        ("2027-03-28T13:01", vec![], "already_in"),
        ("2027-03-29T09:00", vec![], "admitted"),
        ("2027-03-29T09:01", vec![], "already_in"),
    ] {
        assert_eq!(at(time, &more)["verdict"], verdict, "{time} {more:?}");
    }
    let stats = place.run(&["stats"]).one();
    assert_eq!(
        (&stats["admitted"], &stats["refused"], &stats["inside"]),
        (&json!(3), &json!(4), &json!(1))
    );
    assert_eq!(at("2027-03-30T09:00", &[])["verdict"], "wrong_date");
    place.verify();
}

#[test]
fn a_second_scan_names_the_gate_of_the_first() {
    let place = place_with(3);
    let gates = json!([{ "id": "north" }, { "id": "lounge", "area": "lounge" }]).to_string();
    let file = place.file("gates.json", gates);
    assert_eq!(place.run(&["gate", "set", &file]).ok().len(), 2);
    let scan = |gate: &str| place.run(&["scan", "--gate", gate, "T-00001"]).lines().remove(0);
    assert_eq!(scan("north")["verdict"], "admitted");
    let again = scan("main");
    assert_eq!(
        (&again["verdict"], &again["first"]["gate"]),
        (&json!("already_in"), &json!("north"))
    );
    assert!(again["reason"].as_str().unwrap().contains("north"), "{again}");
    assert_eq!(scan("lounge")["verdict"], "admitted", "another area counts by itself");
}

#[test]
fn an_exit_needs_no_entry_and_scans_of_one_command_are_judged_in_turn() {
    let place = place_with(3);
    assert_eq!(place.scan(&["--exit", "T-00002"])["verdict"], "exited");
    let lines =
        place.run(&["scan", "--gate", "main", "T-00001", "T-00001", "nobody", "T-00003"]).refused();
    assert_eq!(words(&lines, "verdict"), ["admitted", "already_in", "unknown_code", "admitted"]);
    assert_eq!(words(&lines, "code"), ["T-00001", "T-00001", "nobody", "T-00003"]);
}

#[test]
fn of_ten_processes_scanning_one_code_at_once_one_is_admitted() {
    let place = place_with(3);
    let verdicts: Vec<String> = std::thread::scope(|scope| {
        let scan = || loop {
            let ran = place.run(&["scan", "--gate", "main", "T-00001"]);
            let line = ran.lines().remove(0);
            match line["error"]["code"].as_str() {
                // Nothing was recorded: on a crowded machine five seconds may pass before it is this one's turn.
                Some("busy") => {}
                Some(_) => panic!("{ran}"),
                None => return line["verdict"].as_str().unwrap().to_owned(),
            }
        };
        let all: Vec<_> = (0..10).map(|_| scope.spawn(scan)).collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let count = |verdict: &str| verdicts.iter().filter(|given| *given == verdict).count();
    assert_eq!((count("admitted"), count("already_in")), (1, 9), "{verdicts:?}");
    let stats = place.run(&["stats"]).one();
    assert_eq!((&stats["admitted"], &stats["refused"]), (&json!(1), &json!(9)));
    place.verify();
}

#[test]
fn a_rehearsal_is_marked_and_never_counts() {
    let place = place_with(3);
    assert_eq!(place.run(&["event", "rehearse"]).one()["state"], "rehearsal");
    for verdict in ["admitted", "already_in"] {
        let line = place.scan(&["T-00001"]);
        assert_eq!((&line["verdict"], &line["mode"]), (&json!(verdict), &json!("rehearsal")));
    }
    let nothing = place.run(&["stats"]).one();
    assert_eq!(
        (&nothing["inside"], &nothing["admitted"], &nothing["refused"]),
        (&json!(0), &json!(0), &json!(0))
    );
    assert_eq!((&nothing["by_gate"], &nothing["by_quarter_hour"]), (&json!({}), &json!({})));
    assert_eq!(place.run(&["event", "open"]).one()["state"], "open");
    let live = place.scan(&["T-00001"]);
    assert_eq!(
        (&live["verdict"], &live["mode"], &live["first"]),
        (&json!("admitted"), &json!("live"), &Value::Null)
    );
    assert_eq!(place.run(&["stats"]).one()["admitted"], 1);
    let rows = read_csv(&place.plain(&["attendance", "export"]).stdout);
    assert_eq!(rows.iter().filter(|row| row["no_show"] == "yes").count(), 2);
}

#[test]
fn no_scan_is_recorded_before_the_event_opens_or_after_it_closes() {
    let place = Place::with_event_of(&["--setup"]);
    let _ = place.import("people.csv", Sheet::of_people(3).csv(','));
    assert_eq!(place.run(&["event", "show"]).one()["state"], "setup");
    for state in ["setup", "closed"] {
        let before = place.digest();
        for extra in [&["T-00001"][..], &["--exit", "T-00001"], &["nobody"]] {
            let words = [&["scan", "--gate", "main"], extra].concat();
            assert_eq!(place.run(&words).error_code(), "event_not_open", "{state}");
        }
        assert_eq!(place.digest(), before, "{state}: something was recorded");
        assert_eq!(place.run(&["event", "open"]).one()["state"], "open");
        if state == "setup" {
            assert_eq!(place.scan(&["T-00002"])["verdict"], "admitted");
            assert_eq!(place.run(&["event", "close"]).one()["state"], "closed");
        }
    }
    assert_eq!(place.scan(&["T-00001"])["verdict"], "admitted");
    assert_eq!(place.scan(&["T-00002"])["verdict"], "already_in");
}

#[test]
fn a_ticket_of_another_event_of_the_folder_is_named_as_such() {
    let place = Place::new();
    let (spring, autumn) =
        (place.new_event("Spring Fair", &[]), place.new_event("Autumn Fair", &[]));
    let file = place.file("people.csv", Sheet::of_people(2).csv(','));
    let _ = place.run(&["roster", "import", &file, "--event", &spring]).one();
    for words in [
        &["stats"][..],
        &["scan", "--gate", "main", "T-00001"],
        &["event", "show"],
        &["roster", "export"],
    ] {
        assert_eq!(place.run(words).error_code(), "ambiguous", "{words:?}");
    }
    let line = place.scan(&["--event", &autumn, "T-00001"]);
    assert_eq!(
        (&line["verdict"], &line["flags"]),
        (&json!("unknown_code"), &json!(["other_event"]))
    );
    assert!(line["reason"].as_str().unwrap().contains("Spring Fair"), "{line}");
    assert_eq!(place.scan(&["--event", &autumn, "nobody"])["flags"], json!([]));
    assert_eq!(place.scan(&["--event", &spring, "T-00001"])["verdict"], "admitted");
    let stats = |event: &str| place.run(&["stats", "--event", event]).one();
    assert_eq!((&stats(&spring)["admitted"], &stats(&autumn)["admitted"]), (&json!(1), &json!(0)));
    let listed = place.run(&["event", "list"]).ok();
    let ids = words(&listed, "event");
    let mut expected = [spring.as_str(), &autumn];
    expected.sort_unstable();
    assert_eq!(ids, expected, "sorted by id");
}

#[test]
fn stats_fold_what_the_doors_did() {
    let place = place_with(6);
    let file = place.file("gates.json", json!({ "id": "side" }).to_string());
    let _ = place.run(&["gate", "set", &file]).one();
    for (gate, time, more, code) in [
        ("main", "09:14:59", "", "T-00001"),
        ("side", "09:15:00", "", "T-00002"),
        ("main", "09:29:00", "", "T-00003"),
        ("side", "09:31:00", "", "T-00003"),
        ("main", "09:40:00", "--exit", "T-00001"),
        ("main", "10:00:00", "", "nobody"),
    ] {
        let at = format!("2027-03-28T{time}");
        let words = ["scan", "--gate", gate, "--at", &at, code, more];
        let _ = place.run(&words[..words.len() - usize::from(more.is_empty())]).lines();
    }
    let expected = json!({
        "inside": 2, "admitted": 3, "refused": 2,
        "by_gate": { "main": 2, "side": 1 },
        "by_ticket_type": { "Regular": 1, "VIP": 1, "Crew": 1 },
        "by_quarter_hour": { "2027-03-28T09:00": 1, "2027-03-28T09:15": 2 },
    });
    let stats = place.run(&["stats"]).one();
    for (key, value) in expected.as_object().unwrap() {
        assert_eq!(&stats[key], value, "{key} of {stats}");
    }
}

#[test]
fn attendance_is_exported_with_no_shows() {
    let place = place_with(4);
    for words in [
        &["--at", MORNING, "T-00001"][..],
        &["--at", MORNING, "T-00002"],
        &["--at", "2027-03-28T10:00", "--exit", "T-00002"],
        &["--at", MORNING, "nobody"],
    ] {
        let _ = place.scan(words);
    }
    let ran = place.plain(&["attendance", "export", "--format", "csv"]);
    assert_eq!(ran.code, 0, "{ran}");
    let header = ran.stdout.lines().next().unwrap();
    let fields = place.export().lines().next().unwrap().to_owned();
    assert_eq!(header, format!("{fields},first_admitted_at,gate,inside,no_show"));
    let rows = read_csv(&ran.stdout);
    let seen: Vec<_> = rows
        .iter()
        .map(|row| {
            ["code", "first_admitted_at", "gate", "inside", "no_show"].map(|key| row[key].as_str())
        })
        .collect();
    let at = "2027-03-28T09:20:00+02:00";
    let expected = [
        ["T-00001", at, "main", "yes", "no"],
        ["T-00002", at, "main", "no", "no"],
        ["T-00003", "", "", "no", "yes"],
        ["T-00004", "", "", "no", "yes"],
    ];
    assert_eq!(seen, expected);
}

#[test]
fn the_zone_of_the_laptop_changes_no_verdict() {
    let told: Vec<Vec<Value>> = ["UTC", "Pacific/Kiritimati"].map(verdicts_in).into();
    assert_eq!(told[0], told[1]);
    assert_eq!(
        words(&told[0], "verdict"),
        ["admitted", "already_in", "exited", "admitted", "wrong_date", "not_yet_valid"]
    );
}

/// Verdict lines without what has to differ, as a laptop set to that zone tells them.
fn verdicts_in(zone: &str) -> Vec<Value> {
    let place = Place::new();
    let run = |words: &[&str]| {
        let mut command = place.json_command(words);
        command.env("TZ", zone);
        Ran::of(command, b"")
    };
    let days = "2027-03-28,2027-03-29";
    let made = run(&[
        "event",
        "new",
        "--name",
        "Fair",
        "--timezone",
        "Europe/Berlin",
        "--days",
        days,
        "--station-name",
        "North",
    ]);
    let _ = made.one();
    let file = place.file("people.csv", "code,name,valid_from\nA,Ada,\nB,Bo,2027-03-29T12:00\n");
    let _ = run(&["roster", "import", &file]).one();
    let mut lines = Vec::new();
    for words in [
        ["A", "--at", "2027-03-28T00:10"],
        ["A", "--at", "2027-03-28T03:30"],
        ["A", "--exit", "--at=2027-03-28T23:50:00+02:00"],
        ["A", "--at", "2027-03-28T22:30:00Z"],
        ["A", "--at", "2027-03-30T00:00"],
        ["B", "--at", "2027-03-29T11:59"],
    ] {
        lines.extend(run(&[&["scan", "--gate", "main"], &words[..]].concat()).lines());
    }
    for line in &mut lines {
        line["record"].take();
        if line["attendee"].is_object() {
            line["attendee"]["id"].take();
        }
    }
    lines
}

#[test]
fn what_is_no_code_is_refused_line_by_line() {
    let place = place_with(2);
    let long = "x".repeat(1 << 20);
    let payloads = [
        long.as_str(),
        "A\u{1}B",
        "T-00001\u{0}",
        "🎟️🎟️",
        "' OR 1=1; DROP TABLE attendee; --",
        "\u{1b}[2J",
        "T-0000١",
        "{\"code\":\"T-00001\"}",
        "%s%n",
        "-",
        "../../T-00001",
    ];
    let ran =
        place.run_with(&["scan", "--gate", "main", "-"], (payloads.join("\n") + "\n").as_bytes());
    let lines = ran.refused();
    assert_eq!(lines.len(), payloads.len(), "a line for each");
    for (line, payload) in lines.iter().zip(payloads) {
        // Padding that scanners add is no part of a code.
        let verdict = if payload == "T-00001\0" { "admitted" } else { "unknown_code" };
        assert_eq!(line["verdict"], verdict, "{payload:.40}");
        let echoed = line["code"].as_str().unwrap();
        assert!(payload.starts_with(echoed) && line.to_string().len() < 40_000, "{payload:.40}");
        assert!(line["reason"].is_string() || verdict == "admitted", "{line:.400}");
    }
    assert_eq!(place.attendees(), 2);
    place.verify();
}

#[test]
fn a_code_of_a_megabyte_on_one_line_leaves_the_next_one_readable() {
    let place = place_with(2);
    let input = format!("{}\nT-00002\r\n\n   \n T-00002 ", "x".repeat(5 << 20));
    let lines = place.run_with(&["scan", "--gate", "main", "-"], input.as_bytes()).refused();
    assert_eq!(words(&lines, "verdict"), ["unknown_code", "admitted", "already_in"]);
}

#[test]
fn two_processes_at_one_folder_see_each_others_scans() {
    let place = place_with(4);
    let mut door = place.live(&["scan", "--gate", "main", "-"]);
    assert_eq!(door.ask("T-00001")["verdict"], "admitted");
    let other = place.scan(&["T-00001"]);
    assert_eq!(
        (&other["verdict"], &other["first"]["gate"]),
        (&json!("already_in"), &json!("main"))
    );
    assert_eq!(place.scan(&["T-00002"])["verdict"], "admitted");
    assert_eq!(door.ask("T-00002")["verdict"], "already_in");
    let mut second = place.live(&["scan", "--gate", "main", "-"]);
    assert_eq!(second.ask("T-00003")["verdict"], "admitted");
    assert_eq!(door.ask("T-00003")["verdict"], "already_in");
    assert_eq!(place.run(&["stats"]).one()["admitted"], 3, "stats come from the owner");
    assert_eq!(door.end(), 1, "somebody was refused");
    // The owner is gone; whoever speaks next owns the folder.
    assert_eq!(second.ask("T-00004")["verdict"], "admitted");
    assert_eq!(place.scan(&["T-00004"])["verdict"], "already_in");
    assert_eq!(second.end(), 0);
    place.verify();
}

#[test]
fn what_is_asked_through_the_owner_is_answered_the_same() {
    let place = place_with(5);
    let _ = place.run(&["scan", "--gate", "main", "T-00001", "T-00001", "nobody"]).refused();
    let ask = || {
        [
            &["event", "show"][..],
            &["event", "list"],
            &["roster", "export"],
            &["attendee", "show", "T-00001"],
            &["gate", "list"],
            &["stats"],
            &["attendance", "export"],
            &["digest"],
            &["dump"],
            &["verify"],
            &["attendee", "show", "nobody"],
            &["scan", "--gate", "gone", "T-00001"],
            &["undo", "x", "--by", "Kim", "--reason", "x"],
            &["stats", "--event", "ffff"],
        ]
        .map(|words| {
            [place.run(words), place.plain(words)].map(|ran| (ran.code, ran.stdout, ran.stderr))
        })
    };
    let alone = ask();
    let mut command = place.json_command(&["scan", "--gate", "main", "-"]);
    // The owner stands elsewhere: a path belongs to who gives it.
    command.current_dir(place.data());
    let mut owner = Live::start(command);
    owner.wait_until_it_owns(&place);
    assert_eq!(ask(), alone);
    let _ = place.file("more.csv", "code,name\nX-1,Xu\n");
    assert_eq!(place.run(&["roster", "import", "more.csv"]).one()["added"], 1);
    assert_eq!(place.run(&["dump", "--raw", "all.raw"]).code, 0);
    assert!(place.path().join("all.raw").is_file());
    let record = place.scan(&["X-1"])["record"].clone();
    let undone =
        place.run(&["undo", &record_name(&record), "--by", "Kim", "--reason", "test"]).one();
    assert_eq!(undone["undone"], record);
    assert_eq!(owner.ask("X-1")["verdict"], "admitted");
    assert_eq!(owner.end(), 0);
    place.verify();
}

#[test]
#[cfg(unix)]
fn an_owner_that_hangs_is_named_and_nothing_is_lost_when_it_goes_on() {
    let place = place_with(2);
    let mut owner = place.live(&["scan", "--gate", "main", "-"]);
    assert_eq!(owner.ask("T-00001")["verdict"], "admitted");
    owner.signal("STOP");
    let stopped = place.run(&["scan", "--gate", "main", "T-00002"]);
    owner.signal("CONT");
    assert_eq!(stopped.error_code(), "busy");
    let again = place.scan(&["T-00001"]);
    assert_eq!(again["verdict"], "already_in");
    assert_eq!(
        place.scan(&["T-00002"])["verdict"],
        "admitted",
        "what was refused as busy was not recorded"
    );
    assert_eq!(owner.ask("T-00002")["verdict"], "already_in");
    assert_eq!(place.run(&["stats"]).one()["admitted"], 2);
}

#[test]
fn typed_codes_are_found_and_never_taken_for_repeats() {
    let place = Place::with_event();
    let _ = place.import("people.csv", "name,email\nAda Kim,ada@example.org\n");
    let code = read_csv(&place.export())[0]["code"].clone();
    assert_eq!(code.len(), 16, "ours: {code}");
    let grouped = [&code[..4], &code[4..8], &code[8..12], &code[12..]].join("-").to_lowercase();
    let lines = place.run(&["scan", "--gate", "main", &grouped, &code, &code]).refused();
    assert_eq!(words(&lines, "verdict"), ["admitted", "already_in", "already_in"]);
    let shown: Words = words(&lines, "code");
    assert_eq!(shown, [grouped.as_str(), &code, &code]);
}

#[test]
fn a_clock_that_jumps_loses_nobody() {
    let place = place_with(5);
    for (n, at) in
        ["2099-12-31T23:59:59Z", "1990-01-01T00:00:00Z", "2027-03-28T02:30", "2027-10-31T02:30"]
            .iter()
            .enumerate()
    {
        assert_eq!(place.scan(&["--at", at, &code(n)])["verdict"], "admitted", "{at}");
        assert_eq!(place.scan(&["--at", at, &code(n)])["verdict"], "already_in", "{at}");
    }
    assert_eq!(place.scan(&[&code(4)])["verdict"], "admitted");
    place.verify();
}
