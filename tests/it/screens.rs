//! What screens ask: over HTTP, beside terminals, with supervisors where something is theirs to decide.

use serde_json::{Value, json};
use std::sync::mpsc::Receiver;
use std::time::Duration;
use tests::{Place, Served};

const ROSTER: &str = "\
code,name,ticket_type,company,order,notes
A-1,Ada Lovelace,Regular,Analytical Ltd,O1,
A-2,Jan Müller,VIP,Łódź Labs,O1,brings a ladder
Z7KQX2MPLR4TVW9Y,Søren Ærø,Regular,,,
";

fn place() -> Place {
    let place = Place::with_event();
    let _ = place.import("people.csv", ROSTER);
    place
}

/// A place with a supervisor, whose PIN is 4711.
fn supervised() -> Place {
    let place = place();
    for words in [
        &["operator", "set", "--name", "Kim"][..],
        &["operator", "set", "--name", "Ada", "--role", "supervisor", "--pin", "4711"],
    ] {
        let _ = place.run(words).ok();
    }
    place
}

fn hear(feed: &Receiver<Value>, kind: &str) -> Value {
    loop {
        let what = feed.recv_timeout(Duration::from_secs(60)).expect("it happens");
        if what["kind"] == kind {
            return what;
        }
    }
}

#[test]
fn a_screen_and_a_terminal_see_each_others_scans_at_once() {
    let place = place();
    let served = Served::start(&place);
    let feed = served.feed();
    assert_eq!(place.scan(&["A-1"])["verdict"], "admitted");
    let heard = hear(&feed, "scan");
    assert_eq!(heard["scan"]["attendee"]["name"], "Ada Lovelace");
    assert_eq!(
        (&heard["scan"]["tone"], &heard["scan"]["station"]),
        (&json!("go"), &json!("North"))
    );
    let again = served.scan("A-1");
    assert_eq!((&again["verdict"], &again["tone"]), (&json!("already_in"), &json!("stop")));
    assert_eq!(again["why"]["kind"], "already_in");
    assert_eq!(hear(&feed, "scan")["scan"]["verdict"], "already_in");
    let recent = place.run(&["recent"]).ok();
    let verdicts: Vec<&Value> = recent.iter().map(|line| &line["verdict"]).collect();
    assert_eq!(verdicts, ["already_in", "admitted"]);
    let noted = served.scan("A-2");
    assert_eq!((&noted["tone"], &noted["note"]), (&json!("look"), &json!("brings a ladder")));
}

#[test]
fn a_screen_of_one_process_hears_what_happens_in_another() {
    let place = place();
    let owner = Served::start(&place);
    let other = Served::start(&place);
    let feed = other.feed();
    assert_eq!(owner.scan("A-1")["verdict"], "admitted");
    assert_eq!(hear(&feed, "scan")["scan"]["verdict"], "admitted");
    assert_eq!(other.scan("A-1")["verdict"], "already_in");
    // The owner dies; the other takes over, says so, and knows everything.
    owner.live.signal("KILL");
    assert_eq!(hear(&feed, "link")["up"], false);
    assert_eq!(hear(&feed, "link")["up"], true);
    assert_eq!(other.scan("A-1")["verdict"], "already_in");
    assert_eq!(place.scan(&["A-2"])["verdict"], "admitted");
    assert_eq!(hear(&feed, "scan")["scan"]["verdict"], "already_in");
    assert_eq!(hear(&feed, "scan")["scan"]["attendee"]["name"], "Jan Müller");
}

#[test]
fn whoever_lacks_the_token_or_comes_from_elsewhere_is_refused() {
    let place = place();
    let served = Served::start(&place);
    let right = format!("Bearer {}", served.token);
    let own = format!("http://{}", served.http);
    for (path, headers, status) in [
        ("/api/stats", vec![], 401),
        ("/api/stats", vec![("authorization", "Bearer 00")], 401),
        ("/api/stats", vec![("authorization", right.as_str())], 200),
        ("/api/stats", vec![("authorization", &right), ("origin", &own)], 200),
        ("/api/stats", vec![("authorization", &right), ("origin", "http://evil.example")], 403),
        ("/api/stats", vec![("authorization", &right), ("origin", "null")], 403),
        ("/api/stats", vec![("authorization", &right), ("host", "evil.example")], 403),
        ("/api/dump_raw", vec![("authorization", &right)], 404),
        ("/api/event_key_export", vec![("authorization", &right)], 404),
    ] {
        let (got, body) = served.post(path, &headers, b"{}");
        assert_eq!(got, status, "{path} {headers:?}: {body}");
        assert_eq!(body.get("error").is_none(), status == 200, "{body}");
    }
    for ask in ["[]", "{", "{\"args\":{\"gate\":7}}"] {
        let (status, body) = served.post("/api/scan", &[("authorization", &right)], ask.as_bytes());
        assert_eq!((status, &body["error"]["code"]), (422, &json!("bad_file")), "{ask}");
    }
    assert_eq!(served.one("stats", &json!({}))["admitted"], 0);
}

#[test]
fn what_is_a_supervisors_needs_one() {
    let place = supervised();
    let served = Served::start(&place);
    let event = served.one("event_show", &json!({}));
    assert_eq!(event["supervised"], true);
    let scan = served.scan("A-1");
    let record = tests::place::record_name(&scan["record"]);
    let upload = served.upload(ROSTER.as_bytes());
    let _ = served.one("station_set", &json!({ "args": { "gate": "main" } }));
    let _ = place.run(&["gate", "set", &place.file("g.json", r#"{"id":"side"}"#)]).ok();
    let kept = [
        ("undo", json!({ "record": record, "reason": "wrong" })),
        ("override", json!({ "gate": "main", "code": "A-1", "reason": "twin" })),
        ("station_set", json!({ "gate": "side" })),
        ("gate_set", json!({ "gates": { "id": "new" } })),
        ("event_rehearse", json!({})),
        ("attendee_add", json!({ "fields": ["name=Kim"] })),
        ("attendee_set", json!({ "who": "A-1", "fields": ["ticket_type=VIP"] })),
        ("attendee_cancel", json!({ "who": "A-1" })),
        ("operator_set", json!({ "name": "Eve", "role": "supervisor", "pin": "0000" })),
        ("roster_import", json!({ "upload": upload, "options": {} })),
    ];
    let before = place.digest();
    for (command, args) in &kept {
        let ask = |pin: Option<&str>| {
            let supervisor = pin.map(|pin| json!({ "name": "Ada", "pin": pin }));
            json!({ "by": "Kim", "args": args, "supervisor": supervisor })
        };
        assert_eq!(served.problem(command, &ask(None)), "supervisor_needed", "{command}");
        // A screen cannot say of itself that somebody agreed, nor that it is no screen.
        let mut forged = ask(None);
        forged["approved"] = json!("Ada");
        forged["guarded"] = json!(false);
        assert_eq!(served.problem(command, &forged), "supervisor_needed", "{command}");
    }
    assert_eq!(place.digest(), before, "nothing of it was done");
    for (command, args) in &kept {
        let supervisor = json!({ "name": "Ada", "pin": "4711" });
        let ask = json!({ "by": "Kim", "args": args, "supervisor": supervisor });
        if let Err(e) = served.ask(command, &ask) {
            panic!("{command}: {e}");
        }
    }
    // A spelling is anybody's; a terminal is not asked.
    let spelling = json!({ "args": { "who": "A-2", "fields": ["name=Jan Mueller"] } });
    assert_eq!(served.one("attendee_set", &spelling)["display_name"], "Jan Mueller");
    let _ = place.run(&["attendee", "cancel", "A-2"]).one();
}

#[test]
fn no_other_way_of_naming_the_event_moves_a_supervised_laptop() {
    let place = supervised();
    let served = Served::start(&place);
    let ours = served.one("event_show", &json!({}))["event"].as_str().unwrap().to_owned();
    let other = place.new_event("Another", &[]);
    for event in [&ours, &other] {
        let file = place.file("side.json", r#"{"id":"side"}"#);
        let _ = place.run(&["gate", "set", &file, "--event", event]).ok();
    }
    let set = |ask: Value| served.ask("station_set", &ask).map_err(|e| e["code"].clone());
    assert!(set(json!({ "event": ours, "args": { "gate": "main" } })).is_ok());
    for ask in [
        json!({ "event": ours, "args": { "gate": "side" } }),
        json!({ "args": { "gate": "side" } }),
        json!({ "event": ours[..8], "args": { "gate": "side" } }),
        json!({ "args": { "event": ours.to_uppercase(), "gate": "side" } }),
        json!({ "event": ours, "args": { "event": other, "gate": "side" } }),
        json!({ "args": { "event": other } }),
        json!({ "event": other, "args": { "gate": "main" } }),
    ] {
        assert_eq!(set(ask.clone()).unwrap_err(), "supervisor_needed", "{ask}");
    }
    let shown = served.one("station_show", &json!({}));
    assert_eq!((&shown["event"], &shown["gate"]), (&json!(ours), &json!("main")));
    let mut ask = json!({ "args": { "event": other } });
    ask["supervisor"] = json!({ "name": "Ada", "pin": "4711" });
    assert!(set(ask).is_ok(), "the event that is left decides");
    // Nor is there a new event of one's own, in which to try PINs out or to work without supervisors.
    let new = json!({ "args": { "name": "Mine", "timezone": "UTC", "station_name": "x" } });
    assert_eq!(served.problem("event_new", &new), "supervisor_needed");
    assert_eq!(place.run(&["event", "list"]).ok().len(), 2);
}

#[test]
fn a_screen_does_not_say_when_a_scan_was_made() {
    let place = place();
    let served = Served::start(&place);
    let ask = json!({ "args": { "gate": "main", "code": "A-1", "at": "2031-01-01T10:00" } });
    assert_eq!(served.problem("scan", &ask), "not_allowed");
    assert_eq!(served.scan("A-1")["verdict"], "admitted");
}

#[test]
fn more_connections_than_there_can_be_do_not_end_the_station() {
    let place = place();
    let mut command = std::process::Command::new("sh");
    let lanyard = tests::binary::lanyard_binary();
    command
        .args(["-c", "ulimit -n 48; exec \"$0\" serve --json --data \"$1\""])
        .arg(lanyard)
        .arg(place.data())
        .env("XDG_RUNTIME_DIR", place.path().join("run"));
    let live = tests::Live::start(command);
    let ready = live.hear();
    let http = ready["http"].as_str().unwrap().to_owned();
    let crowd: Vec<_> = (0..80).filter_map(|_| std::net::TcpStream::connect(&http).ok()).collect();
    assert!(crowd.len() > 48, "the machine takes them: {}", crowd.len());
    drop(crowd);
    let token = ready["token"].as_str().unwrap().to_owned();
    let served = Served::of(live, http, token);
    assert_eq!(served.scan("A-1")["verdict"], "admitted");
}

#[test]
fn wrong_pins_are_counted() {
    let place = supervised();
    let served = Served::start(&place);
    let try_pin = |name: &str, pin: &str| {
        let supervisor = json!({ "name": name, "pin": pin });
        served
            .ask("event_rehearse", &json!({ "supervisor": supervisor }))
            .map_err(|e| e["code"].as_str().expect("a code").to_owned())
    };
    for (name, pin) in [("Ada", "0000"), ("Kim", "4711"), ("Ada", ""), ("Eve", "4711")] {
        assert_eq!(try_pin(name, pin).unwrap_err(), "wrong_pin", "{name} {pin}");
    }
    assert!(try_pin("Ada", "4711").is_ok(), "four wrong ones are forgiven");
    for _ in 0..5 {
        assert_eq!(try_pin("Ada", "0000").unwrap_err(), "wrong_pin");
    }
    assert_eq!(try_pin("Ada", "4711").unwrap_err(), "not_allowed", "even the right one waits");
}

#[test]
fn an_override_says_who_and_why_and_may_take_the_first_back() {
    let place = supervised();
    let served = Served::start(&place);
    let first = served.scan("A-1");
    let disputed = served.scan("A-1");
    assert_eq!(disputed["first_scan"]["record"], first["record"]);
    let supervisor = json!({ "name": "Ada", "pin": "4711" });
    let insist = |args: Value| {
        served.ask("override", &json!({ "by": "Kim", "supervisor": supervisor, "args": args }))
    };
    let line = insist(json!({ "gate": "main", "code": "A-1", "reason": "checked the passport",
        "void_first": true }))
    .unwrap();
    assert_eq!((&line[0]["verdict"], &line[0]["tone"]), (&json!("admitted"), &json!("go")));
    assert_eq!(
        line[0]["override"],
        json!({ "refused": "already_in", "by": "Kim", "approved_by": "Ada",
            "reason": "checked the passport" })
    );
    let shown = place.run(&["attendee", "show", "A-1"]).one();
    let undone: Vec<bool> =
        shown["history"].as_array().unwrap().iter().map(|h| h["undone"] == true).collect();
    assert_eq!(undone, [true, false, false]);
    assert_eq!(shown["history"][0]["undo"]["approved_by"], "Ada");
    assert_eq!(shown["history"][2]["override"]["reason"], "checked the passport");
    let stats = served.one("stats", &json!({}));
    assert_eq!((&stats["inside"], &stats["admitted"]), (&json!(1), &json!(1)));
    // Without taking the first back, both count as entries of one person.
    let _ = insist(json!({ "gate": "main", "code": "A-1", "reason": "again" })).unwrap();
    assert_eq!(served.one("stats", &json!({}))["inside"], 1);
    // Whoever is not on the list is no case for an override, and a reason has to be given.
    for (args, code) in [
        (json!({ "gate": "main", "code": "nobody", "reason": "x" }), "unknown_attendee"),
        (json!({ "gate": "main", "code": "A-1", "reason": " " }), "bad_file"),
        (json!({ "gate": "gone", "code": "A-1", "reason": "x" }), "unknown_gate"),
    ] {
        assert_eq!(insist(args).unwrap_err()["code"], code);
    }
    let by_terminal =
        place.run(&["override", "A-2", "--gate", "main", "--by", "Eve", "--reason", "x"]);
    assert_eq!(by_terminal.one()["override"], Value::Null, "nobody refused");
    place.verify();
}

#[test]
fn a_search_forgets_accents_and_order_and_leads_to_a_verdict() {
    let place = place();
    let served = Served::start(&place);
    let names = |text: &str| -> Vec<String> {
        let found = served.ask("search", &json!({ "args": { "text": text } })).unwrap();
        found.iter().map(|line| line["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names("muller jan"), ["Jan Müller"]);
    assert_eq!(names("AERO"), ["Søren Ærø"]);
    assert_eq!(names("lodz"), ["Jan Müller"]);
    assert_eq!(names("o1"), ["Jan Müller", "Ada Lovelace"]);
    assert!(names("").is_empty() && names("nobody").is_empty());
    let added = served.one("attendee_add", &json!({ "args": { "fields": ["name=Ümit Öz"] } }));
    assert_eq!(names("umit"), ["Ümit Öz"]);
    let scan = json!({ "args": { "gate": "main", "attendee": added["id"] } });
    assert_eq!(served.one("scan", &scan)["verdict"], "admitted");
    let found = served.one("search", &json!({ "args": { "text": "umit" } }));
    assert_eq!((&found["inside"], &found["came"]), (&json!(true), &json!(true)));
    let gone = json!({ "args": { "gate": "main", "attendee": "00".repeat(16) } });
    assert_eq!(served.problem("scan", &gone), "unknown_attendee");
    let types = served.ask("ticket_types", &json!({})).unwrap();
    let types: Vec<_> =
        types.iter().map(|line| (&line["ticket_type"], &line["attendees"])).collect();
    assert_eq!(
        types,
        [(&json!(""), &json!(1)), (&json!("Regular"), &json!(2)), (&json!("VIP"), &json!(1))]
    );
}

#[test]
fn a_scanner_with_another_keyboard_layout_is_understood_and_said() {
    let place = place();
    let served = Served::start(&place);
    let scan = |code: &str, also: &[&str]| {
        served.one("scan", &json!({ "args": { "gate": "main", "code": code, "also": also } }))
    };
    let read = scan("Y7KQX2MPLR4TVW9Z", &["Z7KQX2MPLR4TVW9Y"]);
    assert_eq!((&read["verdict"], &read["flags"]), (&json!("admitted"), &json!(["layout"])));
    assert_eq!(read["tone"], "go");
    assert_eq!(scan("A-1", &["A/1"])["flags"], json!([]));
    assert_eq!(scan("no", &["one"])["verdict"], "unknown_code");
}

#[test]
fn edits_say_by_whom_and_why() {
    let place = supervised();
    let served = Served::start(&place);
    let ask = json!({ "by": "Kim", "supervisor": { "name": "Ada", "pin": "4711" }, "args": {
        "who": "A-1", "fields": ["ticket_type=VIP", "email=ada@example.org"], "reason": "upgraded" } });
    let shown = served.one("attendee_set", &ask);
    let edits = shown["edits"].as_array().unwrap();
    assert_eq!(edits.len(), 2, "{edits:?}");
    assert_eq!(
        (&edits[0]["from_file"], &edits[0]["fields"]["name"]),
        (&json!(true), &json!("Ada Lovelace"))
    );
    let edit = &edits[1];
    assert_eq!((&edit["by"], &edit["approved_by"]), (&json!("Kim"), &json!("Ada")));
    assert_eq!((&edit["reason"], &edit["station"]), (&json!("upgraded"), &json!("North")));
    assert_eq!(edit["fields"], json!({ "ticket_type": "VIP", "email": "ada@example.org" }));
    // A file that says something else is an edit of that field alone.
    let changed = ROSTER.replace("Analytical Ltd", "Engines");
    let file = place.file("again.csv", changed);
    let _ = place.run(&["roster", "import", &file]).one();
    let shown = place.run(&["attendee", "show", "A-1"]).one();
    assert_eq!(shown["edits"][2]["fields"], json!({ "company": "Engines" }));
    assert_eq!(shown["edits"][2]["from_file"], true);
    place.verify();
}

#[test]
fn a_laptop_lands_where_it_was() {
    let place = place();
    let served = Served::start(&place);
    let set =
        json!({ "args": { "gate": "main", "operator": "Kim", "theme": "sun", "sound": false } });
    let _ = served.one("station_set", &set);
    assert_eq!(served.scan("A-1")["verdict"], "admitted");
    assert_eq!(
        served.problem("station_set", &json!({ "args": { "gate": "gone" } })),
        "unknown_gate"
    );
    served.live.signal("KILL");
    let served = Served::start(&place);
    let shown = served.one("station_show", &json!({}));
    for (key, value) in [
        ("gate", json!("main")),
        ("operator", json!("Kim")),
        ("theme", json!("sun")),
        ("sound", json!(false)),
    ] {
        assert_eq!(shown[key], value, "{key}");
    }
    assert_eq!(served.one("recent", &json!({}))["attendee"]["name"], "Ada Lovelace");
}

#[test]
fn recent_scans_come_in_pages() {
    let place = place();
    let served = Served::start(&place);
    let scans = 25;
    for _ in 0..scans {
        let _ = served.scan("A-1");
    }
    let (mut seen, mut before) = (Vec::new(), Value::Null);
    loop {
        let ask = json!({ "args": { "limit": 10, "before": before } });
        let page = served.ask("recent", &ask).unwrap();
        let Some(last) = page.last() else { break };
        before = tests::place::record_name(&last["record"]).into();
        seen.extend(page.iter().map(|line| line["record"]["seq"].as_u64().unwrap()));
    }
    assert_eq!(seen, (1..=scans).rev().collect::<Vec<u64>>());
    let elsewhere = served.ask("recent", &json!({ "args": { "gate": "side" } })).unwrap();
    assert!(elsewhere.is_empty());
}

#[test]
fn a_file_that_is_handed_over_is_imported_and_gone() {
    let place = Place::with_event();
    let served = Served::start(&place);
    let feed = served.feed();
    let upload = served.upload(ROSTER.as_bytes());
    let import = |upload: &str, options: Value| {
        let ask = json!({ "args": { "upload": upload, "options": options } });
        served.ask("roster_import", &ask)
    };
    let look = import(&upload, json!({ "dry_run": true, "map": ["company="] })).unwrap();
    assert_eq!((&look[0]["added"], &look[0]["dry_run"]), (&json!(3), &json!(true)));
    assert_eq!(look[0]["sample"][0]["name"], "Ada Lovelace");
    assert!(look[0]["sample"][0].get("company").is_none(), "ignored by hand: {}", look[0]);
    assert_eq!(place.attendees(), 0);
    assert_eq!(import(&upload, json!({})).unwrap()[0]["added"], 3);
    let _ = hear(&feed, "people");
    assert_eq!(import(&upload, json!({})).unwrap_err()["code"], "bad_file", "it is gone");
    for name in ["", "../station.key", "..%2fstation.key", "station.key", &"g".repeat(32)] {
        assert_eq!(
            import(name, json!({ "dry_run": true })).unwrap_err()["code"],
            "bad_file",
            "{name}"
        );
    }
    // Wizards that are left leave their file: only the latest few are kept.
    let left: Vec<String> = (0..6).map(|_| served.upload(ROSTER.as_bytes())).collect();
    let is_there = |name: &String| place.data().join("uploads").join(name).is_file();
    assert_eq!(left.iter().filter(|name| is_there(name)).count(), 4);
    assert!(is_there(left.last().unwrap()));
}
