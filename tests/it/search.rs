//! Looking for people as at a door: misspelt, in any order, in the letters that the keyboard has.

use serde_json::{Value, json};
use tests::sheet::email;
use tests::{Place, Served, Station};

const ROSTER: &str = "code,name,reading,email,company,order,ticket_type\n\
    A-1,Jan Müller,,jan@example.org,Łódź Werke,ORD-1001,Regular\n\
    A-2,Petra Mueller,,petra@example.org,,ORD-1001,Regular\n\
    A-3,Jane Smith,,jane@example.org,Acme,ORD-1002,Regular\n\
    A-4,Дмитрий Ёлкин,,dmitry@example.org,,ORD-1003,Regular\n\
    A-5,山田 太郎,Yamada Tarō,yamada@example.org,,ORD-1004,Regular\n\
    A-6,Łukasz Żółć,,lukasz@example.org,,ORD-1005,Regular\n\
    A-7,Jürgen Groß,,juergen@example.org,,ORD-1006,Regular\n\
    A-8,Sinéad O’Brien,,sinead@example.org,,ORD-1007,Regular\n\
    A-9,鈴木一郎,スズキ イチロウ,ichiro@example.org,,ORD-1008,Regular\n";

fn place() -> Place {
    let place = Place::with_event();
    let _ = place.import("people.csv", ROSTER);
    place
}

fn names(lines: &[Value]) -> Vec<&str> {
    lines.iter().map(|line| line["name"].as_str().expect("a name")).collect()
}

#[test]
fn whoever_was_heard_is_found_first() {
    let place = place();
    let served = Served::start(&place);
    for (text, first) in [
        ("muller", "Jan Müller"),
        ("mueller", "Petra Mueller"),
        ("Müller petra", "Petra Mueller"),
        ("smith jane", "Jane Smith"),
        ("smtih", "Jane Smith"),
        ("ёлкин", "Дмитрий Ёлкин"),
        ("елкин", "Дмитрий Ёлкин"),
        ("Yolkin", "Дмитрий Ёлкин"),
        ("山田", "山田 太郎"),
        ("yamada", "山田 太郎"),
        ("suzuki", "鈴木一郎"),
        ("Lukasz", "Łukasz Żółć"),
        ("Jürgn", "Jürgen Groß"),
        ("obrien", "Sinéad O’Brien"),
        ("acme", "Jane Smith"),
        ("ord-1007", "Sinéad O’Brien"),
        ("lukasz@example.org", "Łukasz Żółć"),
    ] {
        let found = served.ask("search", &json!({ "args": { "text": text } })).unwrap();
        assert_eq!(names(&found).first(), Some(&first), "{text}");
    }
}

#[test]
fn a_terminal_gets_lines_as_it_types_and_nothing_for_what_is_no_name() {
    let place = place();
    for text in ["j", "jü", "jür", "jürge", "jürgen g"] {
        let found = place.run(&["search", text]).ok();
        assert!(names(&found).contains(&"Jürgen Groß"), "{text}: {found:?}");
    }
    let one = place.run(&["search", "muller", "--limit", "1"]).one();
    assert_eq!((&one["name"], &one["order"]), (&json!("Jan Müller"), &json!("ORD-1001")));
    assert_eq!((&one["came"], &one["inside"]), (&json!(false), &json!(false)));
    let before = place.digest();
    let marks = "\u{301}\u{308}".repeat(40);
    let long = "jane smith ".repeat(9_000);
    let longer = "x".repeat(100_000);
    for (text, found) in [
        ("", &[][..]),
        (" .. ", &[]),
        (marks.as_str(), &[]),
        (longer.as_str(), &[]),
        (long.as_str(), &["Jane Smith"]),
        ("ord-1072", &[]),
    ] {
        let lines = place.run(&["search", text]).ok();
        assert_eq!(names(&lines), found, "{text:.20}");
    }
    assert_eq!(place.digest(), before, "a search changes nothing");
}

#[test]
fn only_the_organizer_finds_somebody_by_an_address() {
    let [north, east, _west] = Station::hall(30);
    let found = |station: &Station, text: &str| station.place.run(&["search", text]).ok();
    let theirs = found(&north, &email(0));
    assert_eq!(theirs[0]["name"], "Ada Lovelace", "{theirs:?}");
    let here = found(&east, &email(0));
    assert!(here.is_empty(), "a door has no addresses: {here:?}");
    let name = theirs[0]["name"].as_str().expect("a name");
    assert_eq!(found(&east, name)[0]["id"], theirs[0]["id"], "but everybody's name");
}
