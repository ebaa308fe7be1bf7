//! The contract of the command: exit codes, errors, what stands on standard output, and how things are named.

use crate::story::words;
use rusqlite::Connection;
use serde_json::{Value, json};
use std::process::Command;
use tests::place::record_name;
use tests::{Place, Ran, Sheet, Snapshot};

fn place_with_people() -> Place {
    let place = Place::with_event();
    let _ = place.import("people.csv", Sheet::of_people(4).csv(','));
    place
}

#[test]
fn exit_codes_tell_done_refused_and_wrong_usage() {
    let place = place_with_people();
    for (expected, words) in [
        (0, &["event", "show"][..]),
        (0, &["scan", "--gate", "main", "T-00001"]),
        (1, &["scan", "--gate", "main", "T-00001"]),
        (1, &["scan", "--gate", "main", "T-00002", "nobody"]),
        (0, &["scan", "--gate", "main", "--exit", "T-00002"]),
        (1, &["scan", "--gate", "gone", "T-00002"]),
        (2, &["scan", "T-00003"]),
        (2, &["scan", "--gate", "main"]),
        (2, &["scan", "--gate", "main", "--speed", "fast", "T-00003"]),
        (2, &["event", "new"]),
        (2, &["event", "paint"]),
        (2, &["jobs"]),
        (2, &["attendee", "add"]),
        (2, &["attendance", "export", "--format", "xlsx"]),
        (2, &[]),
    ] {
        for ran in [place.run(words), place.plain(words)] {
            // The same code twice is refused the second time.
            let code = if words.contains(&"T-00001") && ran.stdout.contains("already") {
                1
            } else {
                expected
            };
            let again = expected == 0 && words.contains(&"T-00001");
            assert!(ran.code == code || (again && ran.code == 1), "{words:?}: {ran}");
            if expected == 2 {
                assert_eq!(
                    (ran.stdout.as_str(), ran.stderr.is_empty()),
                    ("", false),
                    "{words:?}: {ran}"
                );
            }
        }
    }
}

#[test]
fn errors_are_objects_with_a_code_a_message_and_a_hint() {
    let place = place_with_people();
    let gone = format!("{}/{}/1", "a".repeat(64), "b".repeat(16));
    let before = place.digest();
    for (code, words) in [
        ("unknown_gate", &["scan", "--gate", "gone", "T-00001"][..]),
        ("unknown_attendee", &["attendee", "show", "nobody"]),
        ("unknown_attendee", &["attendee", "set", "nobody", "name=Ada"]),
        ("unknown_attendee", &["attendee", "cancel", "0123456789abcdef0123456789abcdef"]),
        ("unknown_attendee", &["undo", &gone, "--by", "Kim", "--reason", "x"]),
        ("no_event", &["stats", "--event", "ffff"]),
        ("bad_file", &["roster", "import", "gone.csv"]),
        ("bad_file", &["scan", "--gate", "main", "--at", "soon", "T-00001"]),
        ("bad_file", &["gate", "set", "gone.json"]),
        ("not_allowed", &["attendee", "add", "name=Twin", "code=T-00001"]),
    ] {
        let ran = place.run(words);
        assert_eq!(ran.error_code(), code, "{words:?}: {ran}");
        assert_eq!(ran.lines().len(), 1, "{words:?}: {ran}");
        let plain = place.plain(words);
        assert_eq!((plain.code, plain.stdout.as_str()), (1, ""), "{words:?}: {plain}");
        let message = ran.error()["message"].as_str().unwrap().to_owned();
        assert!(plain.stderr.contains(&message), "{words:?}: {plain}");
    }
    assert_eq!(place.digest(), before, "something was recorded");
}

#[test]
fn a_folder_without_an_event_is_told_and_left_as_it_is() {
    let place = Place::new();
    for words in [
        &["event", "show"][..],
        &["scan", "--gate", "main", "A"],
        &["stats"],
        &["verify"],
        &["digest"],
    ] {
        assert_eq!(place.run(words).error_code(), "no_event", "{words:?}");
        assert!(!place.data().exists(), "{words:?} made a folder");
    }
    std::fs::create_dir(place.data()).unwrap();
    for words in [&["event", "show"][..], &["stats"]] {
        assert_eq!(place.run(words).error_code(), "no_event", "{words:?}");
    }
    assert_eq!(std::fs::read_dir(place.data()).unwrap().count(), 0, "something was made in it");
}

#[test]
fn a_data_folder_may_be_given_any_way() {
    let place = Place::new();
    let new = ["event", "new", "--name", "Fair", "--timezone", "UTC", "--json"];
    let run = |words: &[&str], data: &[&str], variable: &str| {
        let mut command = place.command(&[words, data].concat());
        if !variable.is_empty() {
            command.env("LANYARD_DATA", variable);
        }
        Ran::of(command, b"")
    };
    let deep = place.path().join("a/b/c");
    for (data, variable, made) in [
        (&["--data", "here"][..], "", "here"),
        (&["--data", "./there/"], "", "there"),
        (&["--data", "deep/er"], "", "deep/er"),
        (&["--data", deep.to_str().unwrap()], "", "a/b/c"),
        (&[], "by-variable", "by-variable"),
        (&["--data", "over-it"], "not-this", "over-it"),
        (&[], "", "share/lanyard"),
    ] {
        let id = run(&new, data, variable).one()["event"].clone();
        let store =
            place.path().join(made).join("events").join(id.as_str().unwrap()).join("store.db");
        assert!(store.is_file(), "{data:?} {variable}");
        let shown = run(&["event", "show", "--json"], data, variable).one();
        assert_eq!(shown["event"], id, "{data:?} {variable}");
    }
    assert!(!place.path().join("not-this").exists());
}

#[test]
fn a_folder_of_a_newer_version_is_left_alone() {
    let place = place_with_people();
    let version = |sql: &str| {
        Connection::open(place.store()).unwrap().query_row(sql, [], |row| row.get::<_, i64>(0))
    };
    let now = version("PRAGMA user_version").unwrap();
    Connection::open(place.store()).unwrap().pragma_update(None, "user_version", now + 1).unwrap();
    let before = std::fs::read(place.store()).unwrap();
    for words in
        [&["stats"][..], &["scan", "--gate", "main", "T-00001"], &["verify"], &["event", "show"]]
    {
        assert_eq!(place.run(words).error_code(), "newer_version", "{words:?}");
    }
    assert!(std::fs::read(place.store()).unwrap() == before, "the store was written to");
    Connection::open(place.store()).unwrap().pragma_update(None, "user_version", now).unwrap();
    assert_eq!(place.scan(&["T-00001"])["verdict"], "admitted");
}

#[test]
#[cfg(unix)]
fn a_folder_that_may_not_be_written_to_is_told() {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt;
    use std::os::unix::process::CommandExt;
    let place = place_with_people();
    let before = Snapshot::of(&place.data());
    let set = |mode| {
        for path in before.folders.iter().chain(before.files.keys()) {
            fs::set_permissions(place.data().join(path), Permissions::from_mode(mode)).unwrap();
        }
        fs::set_permissions(place.data(), Permissions::from_mode(mode)).unwrap();
    };
    // To root nothing is read-only, so then somebody else is asked, with a binary that he may start.
    let root = String::from_utf8_lossy(&Command::new("id").arg("-u").output().unwrap().stdout)
        .trim()
        == "0";
    let binary = place.path().join("lanyard");
    fs::copy(tests::binary::lanyard_binary(), &binary).unwrap();
    for path in [place.path(), &place.path().join("run")] {
        fs::set_permissions(path, Permissions::from_mode(0o777)).unwrap();
    }
    set(0o555);
    let told = [
        &["stats"][..],
        &["scan", "--gate", "main", "T-00001"],
        &["event", "new", "--name", "A", "--timezone", "UTC"],
    ]
    .map(|words| {
        let mut command = Command::new(&binary);
        command
            .args(words)
            .arg("--json")
            .arg("--data")
            .arg(place.data())
            .env("XDG_RUNTIME_DIR", place.path().join("run"));
        if root {
            command.uid(65534).gid(65534);
        }
        Ran::of(command, b"").error_code()
    });
    set(0o755);
    assert_eq!(told, ["read_only"; 3]);
    assert_eq!(Snapshot::of(&place.data()), before, "something was written");
    assert_eq!(place.scan(&["T-00001"])["verdict"], "admitted");
}

#[test]
fn with_json_only_objects_stand_on_standard_output() {
    let place = place_with_people();
    let raw = place.path().join("raw").to_str().unwrap().to_owned();
    let people = place.file("more.csv", "code,name,colour\nX-1,Xu,red\n,,\n");
    for words in [
        &["event", "show"][..],
        &["event", "list"],
        &["event", "rehearse"],
        &["event", "open"],
        &["roster", "import", &people],
        &["roster", "export"],
        &["attendee", "show", "T-00001"],
        &["gate", "list"],
        &["stats"],
        &["attendance", "export"],
        &["digest"],
        &["dump"],
        &["dump", "--raw", &raw],
        &["verify"],
        &["verify", "--rebuild"],
    ] {
        let ran = place.run(words);
        let lines = ran.ok();
        assert!(!lines.is_empty() || words.contains(&"--raw"), "{ran}");
        assert!(!ran.stdout.contains("\n\n"), "{ran}");
    }
    let rows = place.run(&["roster", "export"]).ok();
    assert_eq!(words(&rows, "code"), ["T-00001", "T-00002", "T-00003", "T-00004", "X-1"]);
}

#[test]
fn a_verdict_has_every_key_of_the_contract() {
    let place = place_with_people();
    for code in ["T-00001", "T-00001", "nobody"] {
        let line = place.scan(&["--by", "Kim", code]);
        for key in [
            "code",
            "verdict",
            "attendee",
            "order",
            "gate",
            "at",
            "first",
            "reason",
            "operator",
            "flags",
            "mode",
            "certainty",
            "record",
        ] {
            assert!(line.get(key).is_some(), "{key}: {line}");
        }
        let record = &line["record"];
        assert_eq!(record["station"].as_str().unwrap().len(), 64);
        assert_eq!(record["epoch"].as_str().unwrap().len(), 16);
        assert!(record["seq"].is_u64());
        assert_eq!(line["operator"], "Kim");
        assert_eq!(line["attendee"].is_null(), code == "nobody");
    }
}

#[test]
fn a_record_is_named_one_way() {
    let place = place_with_people();
    let scanned = place.scan(&["T-00001"]);
    let (name, seq) = (record_name(&scanned["record"]), &scanned["record"]["seq"]);
    let before = place.digest();
    let station = scanned["record"]["station"].as_str().unwrap();
    let epoch = scanned["record"]["epoch"].as_str().unwrap();
    for wrong in [
        String::new(),
        "1".to_owned(),
        format!("{station}/{seq}"),
        format!("{station}/{epoch}/"),
        format!("{station}/{epoch}/-1"),
        format!("{station}/{epoch}/0"),
        format!("{station}/{epoch}/{seq}/1"),
        format!("{station}/{epoch}/999999999999999999999"),
        format!("{station}/{epoch}/99"),
        format!("{}/{epoch}/{seq}", &station[1..]),
        format!("{station}/{}/{seq}", &epoch[1..]),
        format!("{station}/{epoch}0/{seq}"),
        format!("{epoch}/{station}/{seq}"),
        format!("{station}/zzzzzzzzzzzzzzzz/{seq}"),
    ] {
        let ran = place.run(&["undo", "--by", "Kim", "--reason", "x", "--", &wrong]);
        assert!(ran.code == 2 || !ran.error_code().is_empty(), "{wrong}: {ran}");
    }
    for words in [&["undo", &name, "--by", "Kim"][..], &["undo", &name, "--reason", "x"]] {
        assert_ne!(place.run(words).code, 0, "an undo has a name and a reason");
    }
    assert_eq!(place.digest(), before, "something was recorded");
    assert_eq!(
        place.run(&["undo", &name, "--by", "Kim", "--reason", "x"]).one()["undone"],
        scanned["record"]
    );
    let shown = place.run(&["attendee", "show", "T-00001"]).one();
    assert_eq!(shown["history"][0]["undone"], true, "{shown}");
    assert_eq!(place.run(&["stats"]).one()["admitted"], 0);
}

#[test]
fn gates_are_set_by_a_file_and_listed_as_one() {
    let place = place_with_people();
    let listed = place.run(&["gate", "list"]).one();
    let main = json!({
        "id": "main", "area": "main", "ticket_types": "all", "entries": "once", "day_turns": "00:00", "reentry_after_exit": true,
        "opens": null, "closes": null, "when_silent": "flag", "include_pending": false, "questions": [],
    });
    for (key, value) in main.as_object().unwrap() {
        assert_eq!(&listed[key], value, "{key} of {listed}");
    }
    let vip = json!({ "id": "vip", "ticket_types": ["VIP"], "entries": "unlimited", "day_turns": "04:00", "opens": "09:00", "closes": "2027-03-28T18:00:00+02:00" });
    let set = place.run(&["gate", "set", &place.file("vip.json", vip.to_string())]).one();
    assert_eq!((&set["ticket_types"], &set["day_turns"]), (&json!(["VIP"]), &json!("04:00")));
    // Upsert by id: what a file does not name stays.
    let set = place
        .run(&[
            "gate",
            "set",
            &place.file("more.json", json!([{ "id": "vip", "name": "The lounge" }]).to_string()),
        ])
        .one();
    assert_eq!(
        (&set["name"], &set["entries"], &set["opens"]),
        (&json!("The lounge"), &json!("unlimited"), &json!("09:00"))
    );
    let all = place.run(&["gate", "list"]).ok();
    assert_eq!(words(&all, "id"), ["main", "vip"]);
    let again = place.file("all.json", Value::from(all.clone()).to_string());
    assert_eq!(place.run(&["gate", "set", &again]).ok(), all, "what is listed can be set");
    let several = Place::with_event_of(&["--days", "2027-03-28,2027-03-29"]);
    assert_eq!(several.run(&["gate", "list"]).one()["entries"], "once_per_day");
}

#[test]
fn a_gate_file_that_cannot_be_meant_changes_nothing() {
    let place = place_with_people();
    let before = place.digest();
    for (text, word) in [
        (r#"{"id":"a","colour":"red"}"#, "colour"),
        (r#"[{"id":"a"},{"id":"b","entires":"once"}]"#, "entires"),
        (r#"{"name":"a"}"#, "id"),
        (r#"{"id":"a","entries":"twice"}"#, "entries"),
        (r#"{"id":"a","day_turns":"25:00"}"#, "day_turns"),
        (r#"{"id":"a","opens":"soon"}"#, "opens"),
        (r#"{"id":"a","ticket_types":[]}"#, "ticket_types"),
        (r#"{"id":"a","ticket_types":"VIP"}"#, "ticket_types"),
        (r#"{"id":"a","when_silent":"panic"}"#, "when_silent"),
        (r#"{"id":"a/b"}"#, "a/b"),
        (r#""main""#, "object"),
    ] {
        let error = place.run(&["gate", "set", &place.file("gate.json", text)]).error();
        assert_eq!(error["code"], "bad_rule", "{text}: {error}");
        assert!(
            error["message"].as_str().unwrap().contains(word),
            "{text} should name {word}: {error}"
        );
    }
    for text in ["", "{", "id: a", "{\"id\":\"a\"} {"] {
        let error = place.run(&["gate", "set", &place.file("gate.json", text)]).error();
        assert!(
            ["bad_rule", "bad_file"].contains(&error["code"].as_str().unwrap()),
            "{text}: {error}"
        );
    }
    assert_eq!(place.digest(), before, "a gate of a bad file was set");
}

#[test]
fn zones_days_and_names_that_there_are_not_make_no_event() {
    let place = Place::new();
    for (words, said) in [
        (["--name", "Fair", "--timezone", "Mars/Olympus", "--days", ""], "Mars/Olympus"),
        (["--name", "Fair", "--timezone", "", "--days", ""], "zone"),
        (["--name", "Fair", "--timezone", "+02:00", "--days", ""], "+02:00"),
        (["--name", "Fair", "--timezone", "UTC", "--days", "2027-02-30"], "2027-02-30"),
        (["--name", "Fair", "--timezone", "UTC", "--days", "28.03.2027"], "28.03.2027"),
        (["--name", "Fair", "--timezone", "UTC", "--days", "2027-03-28,tomorrow"], "tomorrow"),
        (["--name", " ", "--timezone", "UTC", "--days", ""], "name"),
    ] {
        let ran = place.run(&[&["event", "new"], &words[..]].concat());
        let message = ran.error()["message"].as_str().unwrap().to_owned();
        assert!(message.contains(said), "{words:?} should name {said}: {ran}");
        let listed = place.run(&["event", "list"]);
        assert!(!listed.stdout.contains("\"event\""), "{words:?}: {listed}");
    }
    let made = place
        .run(&[
            "event",
            "new",
            "--name",
            "Fair",
            "--timezone",
            "America/New_York",
            "--days",
            "2027-03-29,2027-03-28",
        ])
        .one();
    let shown = place.run(&["event", "show"]).one();
    for (key, value) in json!({ "event": made["event"], "station": made["station"], "gates": ["main"], "name": "Fair",
        "timezone": "America/New_York", "days": ["2027-03-28", "2027-03-29"], "state": "open" }).as_object().unwrap()
    {
        assert_eq!(&shown[key], value, "{key} of {shown}");
    }
}

#[test]
fn times_without_an_offset_are_the_events_and_all_are_told_with_it() {
    let place = place_with_people();
    for (given, told) in [
        ("2027-01-10T09:00", "2027-01-10T09:00:00+01:00"),
        ("2027-07-10T09:00:30", "2027-07-10T09:00:30+02:00"),
        ("2027-07-10T09:00:00Z", "2027-07-10T11:00:00+02:00"),
        ("2027-07-10T09:00:00.250-05:00", "2027-07-10T16:00:00.250+02:00"),
    ] {
        assert_eq!(place.scan(&["--at", given, "nobody"])["at"], told, "{given}");
    }
    let now = place.scan(&["nobody"])["at"].as_str().unwrap().to_owned();
    assert!(now.ends_with("+01:00") || now.ends_with("+02:00"), "{now}");
}

#[test]
fn a_door_in_a_terminal_shows_every_verdict_and_is_no_failure() {
    let place = place_with_people();
    let mut command = place.command(&["door", "--gate", "main"]);
    command.arg("--data").arg(place.data());
    let ran = Ran::of(command, b"T-00001\nT-00001\nnobody\n");
    assert_eq!(ran.code, 0, "{ran}");
    for word in ["ADMITTED", "ALREADY IN", "UNKNOWN CODE", "Ada Lovelace", "in since"] {
        assert!(ran.stdout.contains(word), "{word}: {ran}");
    }
    assert!(!ran.stdout.contains('\u{1b}'), "colours only where somebody looks: {ran}");
    assert_eq!(place.run(&["stats"]).one()["admitted"], 1);
}

#[test]
fn the_root_key_leaves_only_when_asked_and_is_gone_then() {
    let place = place_with_people();
    let file = place.path().join("root.txt").to_str().unwrap().to_owned();
    assert_eq!(place.run(&["event", "key", "export", &file]).code, 1, "it asks first");
    assert!(!std::path::Path::new(&file).exists());
    assert_eq!(place.run(&["event", "key", "export", &file, "--yes"]).code, 0);
    assert!(std::fs::metadata(&file).unwrap().len() >= 64);
    assert_eq!(place.run(&["event", "key", "export", &file, "--yes"]).error_code(), "not_allowed");
    assert_eq!(place.scan(&["T-00001"])["verdict"], "admitted", "a door needs no root key");
    place.verify();
}

#[test]
fn a_copied_folder_goes_on_in_a_log_of_its_own() {
    let place = place_with_people();
    let before = place.scan(&["T-00001"]);
    let copy = Place::new();
    Snapshot::of(&place.data()).put(&copy.data());
    let (here, there) = (place.scan(&["T-00002"]), copy.scan(&["T-00002"]));
    assert_eq!((&here["verdict"], &there["verdict"]), (&json!("admitted"), &json!("admitted")));
    assert_eq!(here["record"]["epoch"], before["record"]["epoch"]);
    assert_ne!(
        there["record"]["epoch"], before["record"]["epoch"],
        "two folders must never write one log"
    );
    assert_eq!(copy.scan(&["T-00001"])["verdict"], "already_in");
    copy.verify();
}

#[test]
fn what_a_person_reads_cannot_move_the_cursor() {
    let place = Place::with_event();
    let _ =
        place.run(&["attendee", "add", "name=Eve \u{202e}evE", "code=E-1", "notes=hello"]).one();
    let ran = place.plain(&["scan", "--gate", "main", "E-1", "\u{1b}[2Jx"]);
    assert!(!ran.stdout.contains(['\u{1b}', '\u{202e}']), "{ran:?}");
}
