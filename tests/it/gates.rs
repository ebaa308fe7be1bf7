//! Gates whole: which ticket counts, which of several gates at one door, what was replaced, what is delivered twice.

use crate::story::words;
use serde_json::{Value, json};
use tests::{Place, Sheet};

/// A family of four, a lone visitor who booked a workshop, and somebody from the press.
fn place() -> Place {
    let place = Place::with_event_of(&["--days", "2027-03-28,2027-03-29"]);
    let sheet = Sheet::of(&[
        "code|name|ticket_type|order|order_position|addon_to|status",
        "F1|Ida Roth|Visitor|R1|1||paid",
        "F2|Jan Roth|Visitor|R1|2||paid",
        "F3|Kim Roth|Visitor|R1|3||paid",
        "F4|Lea Roth|Visitor|R1|4||paid",
        "V1|Ola Berg|Visitor|B1|1||paid",
        "W1|Ola Berg|Workshop|B1|2|1|paid",
        "P1|Pat Ames|Press|||| ",
        "U1|Uma Hall|Visitor||||pending",
    ]);
    let _ = place.import("people.csv", sheet.csv(','));
    place
}

fn gates(place: &Place, gates: &Value) {
    let _ = place.run(&["gate", "set", &place.file("gates.json", gates.to_string())]).ok();
}

fn at(place: &Place, words: &[&str]) -> Vec<Value> {
    let time = ["scan", "--at", "2027-03-28T10:00"];
    place.run(&[&time[..], words].concat()).lines()
}

#[test]
fn a_family_comes_in_by_one_act_and_each_has_a_record() {
    let place = place();
    let first = at(&place, &["--gate", "main", "F1"]).remove(0);
    assert_eq!(first["order"], json!({ "id": "R1", "others_waiting": 3 }));
    let others = first["others"].as_array().unwrap();
    assert_eq!(words(others, "name"), ["Jan Roth", "Kim Roth", "Lea Roth"]);
    let lea = others[2]["id"].as_str().unwrap();

    let two = at(&place, &["--gate", "main", "--with", lea, "F2"]);
    assert_eq!(words(&two, "verdict"), ["admitted", "admitted"]);
    assert_eq!(two[1]["attendee"]["name"], "Lea Roth");
    assert_ne!(two[0]["record"], two[1]["record"], "one fact each");
    assert_eq!(two[0]["order"]["others_waiting"], 1);

    let rest = at(&place, &["--gate", "main", "--group", "F3"]);
    assert_eq!(words(&rest, "verdict"), ["admitted"], "only those come who are not inside");
    assert_eq!(place.run(&["stats"]).one()["inside"], 4);
    let out = at(&place, &["--gate", "main", "--exit", "F1"]);
    assert_eq!(words(&out, "verdict"), ["exited"]);
    let back = at(&place, &["--gate", "main", "--group", "F2"]);
    assert_eq!(words(&back, "verdict"), ["already_in", "readmitted"]);

    let before = place.digest();
    let stranger = at(&place, &["--gate", "main", "V1"]).remove(0);
    let id = stranger["attendee"]["id"].as_str().unwrap();
    let ran = place.run(&["scan", "--gate", "main", "--with", id, "F1"]);
    assert_eq!(ran.error_code(), "unknown_attendee", "{ran}");
    assert_ne!(place.digest(), before);
    place.verify();
}

#[test]
fn a_group_that_is_too_large_lets_nobody_in() {
    let place = Place::with_event();
    let rows: Vec<String> = (0..5000).map(|n| format!("G{n}|Guest {n}|HUGE")).collect();
    let mut lines = vec!["code|name|order"];
    lines.extend(rows.iter().map(String::as_str));
    let _ = place.import("people.csv", Sheet::of(&lines).csv(','));
    let before = place.digest();
    let ran = place.run(&["scan", "--gate", "main", "--group", "G7"]);
    let error = ran.error();
    assert!(error["message"].as_str().unwrap().contains("4999 people of order HUGE"), "{ran}");
    assert_eq!(place.digest(), before);
    let alone = place.scan(&["G7"]);
    assert_eq!(alone["order"], json!({ "id": "HUGE", "others_waiting": 4999 }));
    assert_eq!(alone["others"].as_array().unwrap().len(), 100);
}

#[test]
fn a_code_that_was_replaced_is_named_as_such() {
    let place = place();
    let _ = place.run(&["attendee", "set", "P1", "code=P2"]).one();
    let old = at(&place, &["--gate", "main", "P1"]).remove(0);
    assert_eq!(
        (&old["verdict"], &old["attendee"]["name"]),
        (&json!("revoked"), &json!("Pat Ames"))
    );
    let out = at(&place, &["--gate", "main", "--exit", "P1"]).remove(0);
    assert_eq!(out["verdict"], "revoked");
    assert_eq!(at(&place, &["--gate", "main", "P2"])[0]["verdict"], "admitted");
    let _ = place.run(&["attendee", "set", "V1", "code=V2"]).one();
    assert_eq!(at(&place, &["--gate", "main", "V1"])[0]["verdict"], "revoked");
    // Given to somebody else, it is theirs.
    let _ = place.run(&["attendee", "set", "U1", "code=V1"]).one();
    assert_eq!(at(&place, &["--gate", "main", "V1"])[0]["attendee"]["name"], "Uma Hall");
    place.verify();
    let rebuilt = place.run(&["verify", "--rebuild"]).one();
    assert_eq!((&rebuilt["ok"], &rebuilt["rebuilt"]), (&json!(true), &json!(true)));
    assert_eq!(at(&place, &["--gate", "main", "P1"])[0]["verdict"], "revoked");
}

#[test]
fn the_ticket_of_the_order_that_enters_here_is_taken() {
    let place = place();
    gates(
        &place,
        &json!([
            { "id": "workshop", "area": "w", "ticket_types": ["Workshop"], "addon_match": true },
            { "id": "strict", "area": "s", "ticket_types": ["Workshop"] },
        ]),
    );
    let strict = at(&place, &["--gate", "strict", "V1"]).remove(0);
    assert_eq!(strict["verdict"], "wrong_gate");
    let matched = at(&place, &["--gate", "workshop", "V1"]).remove(0);
    assert_eq!(
        (&matched["verdict"], &matched["attendee"]["ticket_type"]),
        (&json!("admitted"), &json!("Workshop"))
    );
    assert_eq!(at(&place, &["--gate", "workshop", "W1"])[0]["verdict"], "already_in");
    assert_eq!(at(&place, &["--gate", "workshop", "F1"])[0]["verdict"], "wrong_gate");
    let _ = place
        .run(&[
            "attendee",
            "add",
            "name=Ola Berg",
            "ticket_type=Workshop",
            "order=B1",
            "addon_to=1",
        ])
        .one();
    let several = at(&place, &["--gate", "workshop", "V1"]).remove(0);
    assert_eq!(several["verdict"], "ambiguous");
    assert!(several["reason"].as_str().unwrap().contains("B1"), "{several}");
}

#[test]
fn a_door_with_several_gates_takes_the_one_that_fits() {
    let place = place();
    gates(
        &place,
        &json!([
            { "id": "visitors", "ticket_types": ["Visitor"], "also": ["press"] },
            { "id": "press", "area": "press", "ticket_types": ["Press"] },
        ]),
    );
    for words in [&["--gate", "visitors"][..], &["--gate", "visitors", "--gate", "press"]] {
        let gate = |code: &str| at(&place, &[words, &[code]].concat())[0]["gate"].clone();
        assert_eq!(
            (gate("F1"), gate("P1"), gate("U1")),
            (json!("visitors"), json!("press"), json!("visitors"))
        );
    }
    let named = at(&place, &["--gate", "visitors", "U1"]).remove(0);
    assert_eq!(named["verdict"], "unpaid", "not a word of the other gate");
    for (file, said) in [
        (json!({ "id": "visitors", "also": ["nowhere"] }), "nowhere"),
        (json!({ "id": "visitors", "also": ["visitors"] }), "also"),
        (json!({ "id": "x", "opens": "18:00", "closes": "09:00" }), "closes"),
        (json!({ "id": "x", "ticket_types": [] }), "ticket_types"),
        (json!({ "id": "x", "agenda": [{ "day": "2027-02-30" }] }), "2027-02-30"),
        (json!({ "id": "x", "agenda": [{ "day": "2027-03-28", "room": 7 }] }), "room"),
    ] {
        let before = place.digest();
        let ran = place.run(&["gate", "set", &place.file("bad.json", file.to_string())]);
        assert_eq!(ran.error_code(), "bad_rule", "{ran}");
        assert!(ran.error()["message"].as_str().unwrap().contains(said), "{ran}");
        assert_eq!(place.digest(), before, "nothing is changed");
    }
}

#[test]
fn a_scan_that_is_delivered_twice_counts_once() {
    let place = place();
    let deliver = |words: &[&str]| {
        at(&place, &[&["--gate", "main", "--nonce", "n-1"], words].concat()).remove(0)
    };
    for (code, verdict) in [("P1", "admitted"), ("U1", "unpaid"), ("nobody", "unknown_code")] {
        let first = deliver(&[code]);
        let digest = place.digest();
        let again = deliver(&[code]);
        assert_eq!(first, again, "the same answer");
        assert_eq!(first["verdict"], verdict);
        assert_eq!(place.digest(), digest, "and nothing recorded");
    }
    assert_eq!(at(&place, &["--gate", "main", "P1"])[0]["verdict"], "already_in");
    let stats = place.run(&["stats"]).one();
    assert_eq!((&stats["admitted"], &stats["refused"]), (&json!(1), &json!(3)));
}

#[test]
fn the_code_that_tests_a_scanner_leaves_no_trace() {
    let place = Place::with_event_of(&["--setup"]);
    let before = place.digest();
    for words in [&["LANYARD-TEST"][..], &["--exit", "lanyard-test"]] {
        let line = place.scan(words);
        assert_eq!((&line["verdict"], &line["flags"]), (&json!("admitted"), &json!(["test"])));
        assert_eq!(
            (&line["attendee"], &line["record"]["seq"]),
            (&Value::Null, &json!(0)),
            "{line}"
        );
    }
    assert_eq!(place.run(&["scan", "--gate", "gone", "LANYARD-TEST"]).error_code(), "unknown_gate");
    assert_eq!(place.digest(), before, "also before the doors open");
    let _ = place.run(&["event", "open"]).one();
    let _ = place.scan(&["LANYARD-TEST"]);
    assert_eq!(place.run(&["stats"]).one()["admitted"], 0);
    assert_eq!(place.run(&["recent"]).ok(), Vec::<Value>::new());
}

#[test]
fn a_child_and_a_guest_are_marked() {
    let place = Place::with_event();
    let sheet = Sheet::of(&[
        "code|name|order|order_position|vip|guardian|notes",
        "M|Mia Roth|R1|1|||",
        "K|Kai Roth|R1|2||1|",
        "T|Tom Hale||||Mrs Hale|",
        "V|Vera Lux|||yes||speaks at ten",
    ]);
    let _ = place.import("people.csv", sheet.csv(','));
    for (code, flags, guardian) in [
        ("M", json!([]), Value::Null),
        ("K", json!(["child"]), json!("Mia Roth")),
        ("T", json!(["child"]), json!("Mrs Hale")),
        ("V", json!(["attention", "vip"]), Value::Null),
    ] {
        let line = place.scan(&[code]);
        assert_eq!((&line["flags"], &line["guardian"]), (&flags, &guardian), "{line}");
    }
    let ran = place.run(&["attendee", "set", "M", "vip=perhaps"]);
    assert_eq!(ran.error_code(), "bad_file", "{ran}");
}
