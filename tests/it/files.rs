//! Attendee files: bad ones change nothing and say why, bad rows are named, and a second file meets what people
//! corrected since the first.

use crate::story::words;
use serde_json::{Value, json};
use std::fs::File;
use tests::sheet::{code, read_csv};
use tests::{Place, Sheet};

/// Rows that take long enough to import that a test can end the process in the middle.
const MANY: usize = 20_000;

fn counts(line: &Value) -> [u64; 5] {
    ["added", "changed", "unchanged", "missing", "cancelled"]
        .map(|key| line[key].as_u64().unwrap_or_else(|| panic!("{key}: {line}")))
}

#[test]
fn a_file_that_cannot_be_used_is_refused_whole() {
    let place = Place::with_event();
    let _ = place.import("people.csv", Sheet::of_people(3).csv(','));
    let before = place.digest();
    let wide: Vec<String> = (0..10_000).map(|n| format!("column{n}")).collect();
    let wide = format!("code,name,{}\nA,Ada{}\n", wide.join(","), ",".repeat(10_000));
    let files: [(&str, Vec<u8>, &str); 9] = [
        ("empty.csv", Vec::new(), "empty"),
        ("blank.csv", b"\n\n \r\n".to_vec(), "empty"),
        ("picture.csv", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0".to_vec(), "PNG"),
        ("book.xlsx", b"PK\x03\x04\x14\0\x06\0\x08\0\0\0!\0".to_vec(), "Excel"),
        ("nul.csv", b"code,name\nA,A\0da\nB,B\0\0o\n".to_vec(), "NUL"),
        ("quote.csv", b"code,name\nA,Ada\nB,\"Bo\nC,Cy\n".to_vec(), "line 3"),
        ("wide.csv", wide.into_bytes(), "columns"),
        ("strange.csv", b"colour,size\nred,XL\n".to_vec(), "colour"),
        ("nobody.csv", b"company,status\nLtd,paid\n".to_vec(), "who"),
    ];
    let mut cases: Vec<(String, &str)> =
        files.iter().map(|(name, bytes, word)| (place.file(name, bytes), *word)).collect();
    cases.push((place.path().join("gone.csv").to_str().unwrap().to_owned(), "gone.csv"));
    cases.push((place.path().to_str().unwrap().to_owned(), "folder"));
    let huge = place.file("huge.csv", "code,name\n");
    File::options().write(true).open(&huge).unwrap().set_len((256 << 20) + 1).unwrap();
    cases.push((huge, "bytes"));
    for (file, word) in cases {
        let error = place.run(&["roster", "import", &file]).error();
        assert_eq!(error["code"], "bad_file", "{file}: {error}");
        assert!(
            error["message"].as_str().unwrap().contains(word),
            "{file} should say \"{word}\": {error}"
        );
        let tried = place.run(&["roster", "import", "--dry-run", &file]).error_code();
        assert_eq!(tried, "bad_file", "{file}: a dry run refuses the same");
        assert_eq!(place.digest(), before, "{file}: something was recorded");
    }
    assert_eq!(place.attendees(), 3);
    place.verify();
}

#[test]
fn bad_rows_are_named_and_the_others_go_in() {
    let place = Place::with_event();
    let file = place.file(
        "people.csv",
        "Code;Name;E-Mail;Status;Entries\n\
         A;Ada;ada@example.org;paid;\n\
         ;;;paid;\n\
         A;Again;again@example.org;paid;\n\
         B;\"Bo\nthe second\";bo@example.org;maybe;\n\
         C;Cy;cy@example.org\n\
         D;Di;di@example.org;paid;0\n\
         E;Eve;eve@example.org;;2\n",
    );
    let before = place.digest();
    let tried = place.run(&["roster", "import", "--dry-run", &file]).one();
    assert_eq!((place.digest(), place.attendees()), (before, 0), "a dry run changes nothing");
    let line = place.run(&["roster", "import", &file]).one();
    assert_eq!(tried["rejected"], line["rejected"], "a dry run says the same");
    assert_eq!((counts(&tried), counts(&line)), ([2, 0, 0, 0, 0], [2, 0, 0, 0, 0]));
    assert_eq!(line["rows"], 7);
    let rejected: Vec<_> = line["rejected"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            (
                row["line"].as_u64().unwrap(),
                row["column"].as_str().unwrap(),
                row["value"].as_str().unwrap(),
            )
        })
        .collect();
    let named = |line: u64| rejected.iter().find(|row| row.0 == line).map(|row| (row.1, row.2));
    assert_eq!(rejected.iter().map(|row| row.0).collect::<Vec<_>>(), [3, 4, 5, 7, 8]);
    assert_eq!(named(4), Some(("Code", "A")));
    assert_eq!(named(5), Some(("Status", "maybe")));
    assert_eq!(named(8), Some(("Entries", "0")));
    for row in line["rejected"].as_array().unwrap() {
        assert!(row["reason"].as_str().unwrap().len() > 10, "{row}");
    }
    assert!(words(line["rejected"].as_array().unwrap(), "reason")[1].contains("line 2"), "{line}");
    assert_eq!(words(&[place.scan(&["A"])], "verdict"), ["admitted"]);
    assert_eq!(place.attendees(), 2);
}

#[test]
fn a_second_file_meets_what_people_corrected_since_the_first() {
    let place = Place::with_event();
    let first = [
        "code|name|company|email",
        "A|Ada|Light|ada@example.org",
        "B|Bo|Light|bo@example.org",
        "C|Cy|Light|cy@example.org",
    ];
    let _ = place.import("first.csv", Sheet::of(&first).csv(','));
    let set = place.run(&["attendee", "set", "A", "company=Lamps", "name=Ada Kim"]).one();
    assert_eq!((&set["company"], &set["name"]), (&json!("Lamps"), &json!("Ada Kim")));
    let _ = place.run(&["attendee", "set", "B", "company=Both"]).one();
    let _ = place.run(&["attendee", "set", "C", "email="]).one();
    let before = place.digest();
    let same = place.import("same.csv", Sheet::of(&first).csv(';'));
    assert_eq!((counts(&same), &same["clashes"]), ([0, 0, 3, 0, 0], &json!([])));
    assert_eq!(place.digest(), before, "the same file again changes nothing");
    // A: the file moved the company a person corrected; B: both came to the same; C: an unrelated field moved.
    let second = [
        "code|name|company|email",
        "A|Ada|Torches|ada@example.org",
        "B|Bo|Both|bo@example.org",
        "C|Cyd|Light|cy@example.org",
    ];
    let line = place.import("second.csv", Sheet::of(&second).csv(','));
    assert_eq!(counts(&line), [0, 3, 0, 0, 0]);
    let clash =
        json!([{ "attendee": set["id"], "column": "company", "mine": "Lamps", "file": "Torches" }]);
    assert_eq!(line["clashes"], clash);
    let rows = read_csv(&place.export());
    let seen: Vec<_> = rows
        .iter()
        .map(|row| ["code", "name", "company", "email"].map(|key| row[key].as_str()))
        .collect();
    let expected = [
        ["A", "Ada Kim", "Lamps", "ada@example.org"],
        ["B", "Bo", "Both", "bo@example.org"],
        ["C", "Cyd", "Light", ""],
    ];
    assert_eq!(seen, expected);
    let again = place.import("again.csv", Sheet::of(&second).csv(','));
    assert_eq!(
        (counts(&again), &again["clashes"]),
        ([0, 0, 3, 0, 0], &json!([])),
        "a clash is told once"
    );
    // What the file caught up with follows the file from then on.
    let third = [
        "code|name|company|email",
        "A|Ada|Torches|ada@example.org",
        "B|Bo|Third|bo@example.org",
        "C|Cyd|Light|cy@example.org",
    ];
    let _ = place.import("third.csv", Sheet::of(&third).csv(','));
    assert_eq!(read_csv(&place.export())[1]["company"], "Third");
    place.verify();
}

#[test]
fn who_is_gone_from_the_file_is_counted_and_cancelled_only_when_asked() {
    let place = Place::with_event();
    let _ = place.import("all.csv", Sheet::of_people(5).csv(','));
    let added = place.run(&["attendee", "add", "name=By Hand", "code=HAND-1"]).one();
    assert_eq!(added["code"], "HAND-1");
    let mut fewer = Sheet::of_people(5);
    fewer.rows.truncate(3);
    let line = place.import("fewer.csv", fewer.csv(','));
    assert_eq!(counts(&line), [0, 0, 3, 2, 0], "who was added by hand was never in a file");
    assert_eq!(place.scan(&[&code(3)])["verdict"], "admitted");
    let before = place.digest();
    let file = place.file("again.csv", fewer.csv(','));
    let tried = place.run(&["roster", "import", "--cancel-missing", "--dry-run", &file]).one();
    assert_eq!((counts(&tried), place.digest()), ([0, 0, 3, 2, 2], before));
    let line = place.run(&["roster", "import", "--cancel-missing", &file]).one();
    assert_eq!(counts(&line), [0, 0, 3, 2, 2]);
    assert_eq!(place.scan(&[&code(4)])["verdict"], "cancelled");
    assert_eq!(place.scan(&["HAND-1"])["verdict"], "admitted");
    let back = place.import("back.csv", Sheet::of_people(5).csv(','));
    assert_eq!(counts(&back), [0, 2, 3, 0, 0], "they are back in the file");
    assert_eq!(place.scan(&[&code(4)])["verdict"], "admitted");
    place.verify();
}

#[test]
fn rows_without_a_code_get_one_and_match_again_by_their_order() {
    let place = Place::with_event();
    let rows = [
        "name|email|order|order_position|company",
        "Ada|ada@example.org|O1|1|Light",
        "Bo|bo@example.org|O1|2|Light",
        "Cy|cy@example.org|O2||Light",
        "Di|di@example.org|O2||Light",
        "Eve||O3||Light",
        "Finn||O3||Light",
        "Alone|alone@example.org|||Light",
    ];
    let _ = place.import("first.csv", Sheet::of(&rows).csv(','));
    let codes = |place: &Place| -> Vec<(String, String)> {
        let mut codes: Vec<_> = read_csv(&place.export())
            .into_iter()
            .map(|row| (row["company"].clone(), row["code"].clone()))
            .collect();
        codes.sort();
        codes
    };
    let given = codes(&place);
    assert!(given.iter().all(|(_, code)| code.len() == 16), "{given:?}");
    // The first pair by position, the second by e-mail, the third by name: each has another field changed.
    let rows = [
        "name|email|order|order_position|company",
        "Bo Second|bo2@example.org|O1|2|b",
        "Ada First|ada2@example.org|O1|1|a",
        "Di Second|di@example.org|O2||d",
        "Cy First|cy@example.org|O2||c",
        "Finn|finn@example.org|O3||f",
        "Eve|eve@example.org|O3||e",
        "Alone|alone@example.org|||g",
    ];
    let line = place.import("second.csv", Sheet::of(&rows).csv(','));
    assert_eq!(counts(&line), [0, 7, 0, 0, 0]);
    let mut before: Vec<String> = given.into_iter().map(|(_, code)| code).collect();
    let mut after: Vec<String> = codes(&place).into_iter().map(|(_, code)| code).collect();
    before.sort_unstable();
    after.sort_unstable();
    assert_eq!(before, after, "everybody keeps the code that was printed on the ticket");
    let again = place.import("again.csv", Sheet::of(&rows).csv(','));
    assert_eq!(counts(&again), [0, 0, 7, 0, 0]);
    let names: Vec<_> = read_csv(&place.export())
        .into_iter()
        .map(|row| format!("{} {}", row["company"], row["name"]))
        .collect();
    for name in
        ["a Ada First", "b Bo Second", "c Cy First", "d Di Second", "e Eve", "f Finn", "g Alone"]
    {
        assert!(names.iter().any(|has| has == name), "{name}: {names:?}");
    }
    place.verify();
}

#[test]
fn columns_are_mapped_by_hand_and_a_mapping_is_kept() {
    let place = Place::with_event();
    let file = place.file("strange.csv", "Kunde,Ref,Firma\nAda,A,Light\n");
    let mapped = ["--map", "Kunde=name", "--map", "Ref=code"];
    let line = place
        .run(&[&["roster", "import", &file, "--save-profile", "shop"], &mapped[..]].concat())
        .one();
    assert_eq!(counts(&line), [1, 0, 0, 0, 0]);
    let row = &read_csv(&place.export())[0];
    assert_eq!(
        (row["code"].as_str(), row["name"].as_str(), row["company"].as_str()),
        ("A", "Ada", "Light")
    );
    let more = place.file("more.csv", "Kunde,Ref,Firma\nAda,A,Light\nBo,B,Light\n");
    let line = place.run(&["roster", "import", &more, "--profile", "shop"]).one();
    assert_eq!(counts(&line), [1, 0, 1, 0, 0]);
    let kept = place.file("mapping.json", r#"{"Kunde": "name", "Ref": "code"}"#);
    let line = place.run(&["roster", "import", &more, "--profile", &kept]).one();
    assert_eq!(counts(&line), [0, 0, 2, 0, 0]);
    let no_mapping = place.file("list.json", "[]");
    let before = place.digest();
    for words in [
        &["--profile", &no_mapping][..],
        &["--profile", "gone"],
        &["--map", "Kunde"],
        &["--map", "Kunde=shoe"],
        &["--map", "Gone=name"],
        &["--map", "Kunde=name", "--map", "Ref=name"],
    ] {
        let ran = place.run(&[&["roster", "import", &file], words].concat());
        assert!(ran.code == 2 || ran.error_code() == "bad_file", "{ran}");
    }
    assert_eq!(place.digest(), before);
}

#[test]
fn an_attendee_is_added_corrected_and_cancelled_by_hand() {
    let place = Place::with_event();
    let added =
        place.run(&["attendee", "add", "first_name=Ada", "last_name=Kim", "ticket_type=VIP"]).one();
    let (id, code) = (added["id"].as_str().unwrap(), added["code"].as_str().unwrap());
    assert_eq!((id.len(), code.len()), (32, 16), "{added}");
    assert_eq!(
        (&added["disputed"], &added["history"], &added["email"]),
        (&json!({}), &json!([]), &Value::Null)
    );
    assert_eq!(
        place.scan(&[code])["attendee"],
        json!({ "id": id, "name": "Ada Kim", "ticket_type": "VIP" })
    );
    let set = place.run(&["attendee", "set", id, "code=NEW-1", "notes=wheelchair"]).one();
    assert_eq!((&set["code"], &set["notes"]), (&json!("NEW-1"), &json!("wheelchair")));
    assert_eq!(place.scan(&[code])["verdict"], "revoked", "the old code was replaced");
    let scanned = place.scan(&["NEW-1"]);
    assert_eq!(
        (&scanned["verdict"], &scanned["flags"]),
        (&json!("already_in"), &json!(["attention"]))
    );
    assert_eq!(place.run(&["attendee", "cancel", "NEW-1"]).one()["status"], "cancelled");
    assert_eq!(place.scan(&["NEW-1"])["verdict"], "cancelled");
    let shown = place.run(&["attendee", "show", id]).one();
    assert_eq!(
        words(shown["history"].as_array().unwrap(), "verdict"),
        ["admitted", "revoked", "already_in", "cancelled"]
    );
    for words in [
        &["add", "notes=nobody"][..],
        &["set", "NEW-1", "shoe=43"],
        &["set", "NEW-1", "status=maybe"],
        &["set", "NEW-1", "name"],
        &["add", "name=A", "valid_from=soon"],
    ] {
        let before = place.digest();
        let ran = place.run(&[&["attendee"], words].concat());
        assert!(ran.code == 2 || ran.error_code() == "bad_file", "{ran}");
        assert_eq!(place.digest(), before, "{words:?}");
    }
    place.verify();
}

#[test]
#[cfg(unix)]
fn an_import_that_is_killed_leaves_nothing() {
    let place = Place::with_event();
    let before = place.digest();
    let file = place.file("many.csv", Sheet::of_people(MANY).csv(','));
    let mut import = place.live(&["roster", "import", &file]);
    // Progress is told in twentieths; half of them in, records are staged.
    for _ in 0..10 {
        assert!(import.next_error().is_some(), "it tells its progress");
    }
    import.signal("KILL");
    assert_eq!(import.end(), -9, "it ended before it could be killed");
    assert_eq!((place.attendees(), place.digest()), (0, before));
    place.verify();
    let line = place.run(&["roster", "import", &file]).one();
    assert_eq!(counts(&line), [MANY as u64, 0, 0, 0, 0]);
    assert_eq!(place.attendees(), MANY as u64);
    assert_eq!(place.scan(&[&code(MANY - 2)])["verdict"], "admitted");
    place.verify();
}

#[test]
fn a_door_goes_on_while_a_list_is_imported() {
    let place = Place::with_event();
    let _ = place.import("few.csv", Sheet::of_people(20).csv(','));
    let mut door = place.live(&["scan", "--gate", "main", "-"]);
    assert_eq!(door.ask(&code(0))["verdict"], "admitted");
    let file = place.file("many.csv", Sheet::of_people(4_000).csv(','));
    let mut import = place.live(&["roster", "import", &file]);
    assert!(import.next_error().is_some(), "it tells its progress");
    for n in 1..10 {
        assert_eq!(door.ask(&code(n))["verdict"], "admitted");
    }
    let line = import.hear();
    assert_eq!(counts(&line), [3_980, 0, 20, 0, 0]);
    assert_eq!(import.end(), 0);
    assert_eq!(door.ask(&code(3_998))["verdict"], "admitted");
    assert_eq!(door.end(), 0);
    place.verify();
}
