//! Questions at a door: asked until they are answered, kept as facts, told to whoever may know.

use crate::story::words;
use serde_json::{Value, json};
use tests::sheet::read_csv;
use tests::{Place, Sheet};

fn place() -> Place {
    let place = Place::with_event();
    let _ = place.import(
        "people.csv",
        Sheet::of(&[
            "code|name|ticket_type",
            "A|Ada Kim|Dinner",
            "B|Bo Li|Dinner",
            "C|Cy Ray|Crew",
        ])
        .csv(','),
    );
    let gate = json!({ "id": "main", "questions": [
        { "id": "meal", "text": "Which meal?", "kind": "choice", "options": ["Fish", "Végan"], "required": true,
          "ticket_types": ["Dinner"] },
        { "id": "guests", "text": "How many guests?", "kind": "number" },
        { "id": "born", "text": "Born on?", "kind": "date", "ticket_types": ["Dinner"] },
        { "id": "photo", "text": "Photo allowed?", "kind": "yes_no", "required": true, "ticket_types": ["Dinner"] },
    ] });
    let line = place.run(&["gate", "set", &place.file("g.json", gate.to_string())]).one();
    assert_eq!(line["questions"].as_array().unwrap().len(), 4);
    place
}

fn scan(place: &Place, code: &str, answers: &Value) -> Value {
    let file = place.file("answers.json", answers.to_string());
    place.scan(&["--answers", &file, code])
}

#[test]
fn nobody_goes_in_before_the_questions_are_answered() {
    let place = place();
    let asked = place.scan(&["A"]);
    assert_eq!(asked["verdict"], "answers_needed", "{asked}");
    let open = asked["questions"].as_array().unwrap();
    assert_eq!(words(open, "id"), ["meal", "guests", "born", "photo"]);
    assert_eq!(open[0]["options"], json!(["Fish", "Végan"]));
    assert!(asked["reason"].as_str().unwrap().contains("Which meal?"), "{asked}");

    let partly = scan(&place, "A", &json!({ "meal": "Meat", "born": "1990-02-30", "photo": true }));
    let open = partly["questions"].as_array().unwrap();
    assert_eq!(
        words(open, "id"),
        ["meal", "born"],
        "what was well answered is kept, the number passed over"
    );
    assert_eq!((&open[0]["answer"], &open[1]["answer"]), (&json!("Meat"), &json!("1990-02-30")));
    assert!(open[1]["wrong"].as_str().unwrap().contains("must be a day"), "{partly}");

    let whole =
        scan(&place, "A", &json!({ "meal": "végan", "born": "1990-02-28", "guests": "2,5" }));
    assert_eq!((&whole["verdict"], &whole["questions"]), (&json!("admitted"), &json!([])));
    let shown = place.run(&["attendee", "show", "A"]).one();
    let answers = json!({ "born": "1990-02-28", "guests": "2.5", "meal": "Végan", "photo": "yes" });
    assert_eq!(shown["answers"], answers);
    assert_eq!(place.scan(&["A"])["verdict"], "already_in", "nobody is asked twice");

    // An exit is asked nothing, nor is whom a person lets in by his word; other ticket types have other questions.
    assert_eq!(place.scan(&["--exit", "B"])["verdict"], "exited");
    let word = ["override", "B", "--gate", "main", "--by", "Alex", "--reason", "in a hurry"];
    assert_eq!(place.run(&word).one()["verdict"], "admitted");
    assert_eq!(words(place.scan(&["C"])["questions"].as_array().unwrap(), "id"), ["guests"]);
    assert_eq!(scan(&place, "C", &json!({ "guests": "" }))["verdict"], "admitted");

    let csv = place.plain(&["attendance", "export", "--format", "csv"]).stdout;
    let rows = read_csv(&csv);
    assert_eq!(
        (rows[0]["answer_meal"].as_str(), rows[0]["answer_photo"].as_str()),
        ("Végan", "yes")
    );
    assert_eq!(rows[1]["answer_meal"], "");
    // Whoever reads the records without the list's key reads no answer.
    let raw = place.path().join("raw");
    let _ = place.run(&["dump", "--raw", raw.to_str().unwrap()]).code;
    let bytes = std::fs::read(&raw).unwrap();
    let holds = |text: &str| bytes.windows(text.len()).any(|part| part == text.as_bytes());
    assert!(
        holds("born") && !holds("1990-02-28"),
        "which question is open, what was said is sealed"
    );
    assert!(place.run(&["dump"]).stdout.contains("1990-02-28"));
    place.verify();
}

#[test]
fn what_is_no_answer_changes_nothing() {
    let place = place();
    let by_code = json!({ "A": { "meal": "Fish", "photo": "no" }, "B": { "meal": "Meat" } });
    let file = place.file("by-code.json", by_code.to_string());
    let ran = place.run(&["scan", "--gate", "main", "--answers", &file, "A", "B"]);
    assert_eq!(words(&ran.lines(), "verdict"), ["admitted", "answers_needed"], "{ran}");
    let before = place.digest();
    for (answers, named) in [
        (json!({ "meal": "x".repeat(1 << 20) }), "1048576 characters"),
        (json!({ "shoe": "42" }), "shoe"),
        (json!({ "meal": ["Fish"] }), "meal"),
        (json!(["Fish"]), "no object"),
    ] {
        let file = place.file("bad.json", answers.to_string());
        let ran = place.run(&["scan", "--gate", "main", "--answers", &file, "B"]);
        assert_eq!(ran.error_code(), "bad_file", "{named}");
        assert!(ran.error()["message"].as_str().unwrap().contains(named), "{ran}");
        assert_eq!(place.digest(), before, "nothing is recorded");
    }
    for (questions, named) in [
        (json!([{ "id": "a", "text": "A?", "kind": "photo" }]), "photo"),
        (json!([{ "id": "a", "text": "A?" }, { "id": "a", "text": "B?" }]), "question 2"),
        (json!(["Vegan?"]), "questions"),
    ] {
        let file =
            place.file("g.json", json!({ "id": "main", "questions": questions }).to_string());
        let ran = place.run(&["gate", "set", &file]);
        assert_eq!(ran.error_code(), "bad_rule", "{ran}");
        assert!(ran.error()["message"].as_str().unwrap().contains(named), "{ran}");
    }
    assert_eq!(place.digest(), before);
}
