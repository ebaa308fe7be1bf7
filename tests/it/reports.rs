//! Two days of a fair, and what the reports say of them: exits, a scan taken back, an override, a ticket for three, the
//! turn of a day. Times lie far ahead, so that what is done now is always the oldest.

use serde_json::{Value, json};
use tests::place::record_name;
use tests::sheet::read_csv;
use tests::{Place, Served, Sheet, Station};

/// Somebody who was let in, for each way in which an evening goes on.
const PEOPLE: [&str; 7] = [
    "code|name|ticket_type|company|entries|status",
    "A-1|Zoë Ahl|Regular|Light; Sound|1|paid",
    "A-2|bob|Regular||1|paid",
    "A-3|Ángel Ruiz|VIP||3|paid",
    "A-4|Dora|VIP||1|pending",
    "A-5|Eve|Regular||1|paid",
    "A-6|Finn|Regular||1|cancelled",
];

/// What the doors scan: gate, time, code; a `-` before the code is an exit.
const FIRST_DAY: [(&str, &str, &str); 11] = [
    ("main", "28T09:01", "A-1"),
    ("main", "28T09:10", "A-2"),
    ("main", "28T09:16", "nobody"),
    ("main", "28T09:17", "A-4"),
    ("main", "28T09:20", "A-3"),
    ("main", "28T09:21", "A-3"),
    ("main", "28T09:22", "A-3"),
    ("main", "28T09:40", "-A-2"),
    ("main", "28T09:41", "-A-3"),
    ("lounge", "28T10:00", "A-1"),
    // The gate turns at four: this is still the first day.
    ("main", "29T02:00", "A-2"),
];

fn fair() -> Place {
    let place = Place::with_event();
    let _ = place.import("people.csv", Sheet::of(&PEOPLE).csv(','));
    let gates = json!([
        { "id": "main", "entries": "once_per_day", "day_turns": "04:00" },
        { "id": "lounge", "area": "lounge", "entries": "unlimited", "day_turns": "04:00" },
    ]);
    let file = place.file("gates.json", gates.to_string());
    let _ = place.run(&["gate", "set", &file]).ok();
    place
}

fn scan(place: &Place, (gate, time, code): (&str, &str, &str)) -> Value {
    let at = format!("2090-03-{time}");
    let exit = code.strip_prefix('-');
    let mut words = vec!["scan", "--gate", gate, "--at", &at, exit.unwrap_or(code)];
    words.extend(exit.map(|_| "--exit"));
    place.run(&words).lines().remove(0)
}

/// A fair after its first day, with what somebody decided.
fn first_day() -> Place {
    let place = fair();
    // The night before, everybody tries the scanners.
    let _ = place.run(&["event", "rehearse"]).ok();
    assert_eq!(scan(&place, ("main", "28T08:00", "A-5"))["mode"], "rehearsal");
    let _ = place.run(&["event", "open"]).ok();
    FIRST_DAY.iter().for_each(|one| drop(scan(&place, *one)));
    let wrong = scan(&place, ("main", "28T09:30", "A-5"));
    let word = ["--by", "Kim", "--reason"];
    let let_in = [&["override", "A-4", "--gate", "main"][..], &word, &["paid in cash"]].concat();
    assert_eq!(place.run(&let_in).one()["verdict"], "admitted");
    let record = record_name(&wrong["record"]);
    let undo = [&["undo", &record][..], &word, &["wrong person"]].concat();
    let _ = place.run(&undo).one();
    place
}

fn inside(place: &Place) -> Vec<Value> {
    let keys = ["name", "area", "gate", "since", "inside"];
    let lines = place.run(&["report", "inside"]).ok();
    lines.iter().map(|line| keys.map(|key| line[key].clone()).to_vec().into()).collect()
}

#[test]
fn everybody_inside_is_on_the_list_until_the_day_turns() {
    let place = first_day();
    let expected = json!([
        ["Ángel Ruiz", "main", "main", "2090-03-28T09:22:00+02:00", 2],
        ["bob", "main", "main", "2090-03-29T02:00:00+02:00", 1],
        ["Zoë Ahl", "lounge", "lounge", "2090-03-28T10:00:00+02:00", 1],
    ]);
    assert_eq!(json!(inside(&place)), expected);
    assert_eq!(place.run(&["stats"]).one()["inside"], 4, "as many as everywhere else");
    let line = &place.run(&["report", "inside"]).ok()[2];
    assert_eq!(
        (&line["company"], &line["ticket_type"]),
        (&json!("Light; Sound"), &json!("Regular"))
    );

    let told = place.plain(&["report", "inside"]);
    assert!(told.stdout.starts_with("NAME ") && told.stdout.ends_with("4 inside.\n"), "{told}");
    let csv = place.plain(&["report", "inside", "--format", "csv"]);
    assert!(
        csv.stdout.starts_with("id,name,ticket_type,company,area,gate,since,inside\n"),
        "{csv}"
    );
    let rows = read_csv(&csv.stdout);
    let names: Vec<&str> = rows.iter().map(|row| row["name"].as_str()).collect();
    assert_eq!(names, ["Ángel Ruiz", "bob", "Zoë Ahl"]);
    assert_eq!(rows[0]["inside"], "2");

    let _ = scan(&place, ("main", "29T04:00", "A-2"));
    let next = json!([["bob", "main", "main", "2090-03-29T04:00:00+02:00", 1]]);
    assert_eq!(json!(inside(&place)), next);
    place.verify();
}

#[test]
fn gates_tell_what_they_did_by_the_quarter_of_an_hour() {
    let place = first_day();
    let lines = place.run(&["report", "gates"]).ok();
    // The override was made now, whenever that is.
    let told =
        lines.iter().filter(|line| line["quarter_hour"].as_str().unwrap().starts_with("2090"));
    let keys = ["gate", "quarter_hour", "admitted", "exited", "refused"];
    let told: Vec<Value> =
        told.map(|line| keys.map(|key| line[key].clone()).to_vec().into()).collect();
    let expected = json!([
        ["lounge", "2090-03-28T10:00", 1, 0, 0],
        ["main", "2090-03-28T09:00", 2, 0, 0],
        ["main", "2090-03-28T09:15", 3, 0, 2],
        ["main", "2090-03-28T09:30", 0, 2, 0],
        ["main", "2090-03-29T02:00", 1, 0, 0],
    ]);
    assert_eq!(json!(told), expected);
    let stats = place.run(&["stats"]).one();
    let sum = |key: &str| lines.iter().map(|line| line[key].as_u64().unwrap()).sum::<u64>();
    assert_eq!(
        (stats["admitted"].as_u64(), stats["refused"].as_u64()),
        (Some(sum("admitted")), Some(sum("refused")))
    );
    let csv = place.plain(&["report", "gates", "--format", "csv"]);
    assert!(csv.stdout.contains("\nmain,2090-03-28T09:15,3,0,2\n"), "{csv}");
}

#[test]
fn acts_of_operators_are_told_oldest_first() {
    let place = first_day();
    let lines = place.run(&["report", "acts"]).ok();
    let keys = ["act", "by", "approved_by", "reason", "station", "gate", "verdict", "taken_back"];
    let told: Vec<Value> =
        lines.iter().map(|line| keys.map(|key| line[key].clone()).to_vec().into()).collect();
    let expected = json!([
        ["override", "Kim", null, "paid in cash", "North", "main", "unpaid", false],
        ["undo", "Kim", null, "wrong person", "North", "main", "admitted", false],
    ]);
    assert_eq!(json!(told), expected);
    assert_eq!(lines[0]["attendee"]["name"], "Dora");
    let record = record_name(&lines[0]["record"]);
    assert_eq!(lines[1]["attendee"]["name"], "Eve");
    assert_ne!(lines[1]["record"], lines[1]["undone"]);

    // Whoever was let in by somebody's word may be taken back; that there was such a word stays.
    let _ = place.run(&["undo", &record, "--by", "Lee", "--reason", "no cash"]).one();
    let lines = place.run(&["report", "acts"]).ok();
    assert_eq!((&lines[0]["act"], &lines[0]["taken_back"]), (&json!("override"), &json!(true)));
    assert_eq!(lines[2]["by"], "Lee");
    let csv = read_csv(&place.plain(&["report", "acts", "--format", "csv"]).stdout);
    let told: Vec<_> =
        csv.iter().map(|row| ["act", "name", "taken_back"].map(|key| row[key].as_str())).collect();
    assert_eq!(told, [["override", "Dora", "yes"], ["undo", "Eve", "no"], ["undo", "Dora", "no"]]);
    assert_eq!(csv[2]["undone"], record);
}

#[test]
fn attendance_is_the_same_rows_whoever_asks() {
    let place = first_day();
    let export = place.plain(&["attendance", "export", "--format", "csv"]).stdout;
    assert_eq!(place.plain(&["report", "attendance", "--format", "csv"]).stdout, export);
    let rows = place.run(&["report", "attendance"]).ok();
    assert_eq!(rows, place.run(&["attendance", "export"]).ok());
    let no_shows: Vec<&Value> =
        rows.iter().filter(|row| row["no_show"] == "yes").map(|row| &row["name"]).collect();
    assert_eq!(no_shows, ["Eve", "Finn"]);
    let told = place.plain(&["report", "attendance"]);
    assert!(told.stdout.ends_with("4 came, 2 did not, 1 of them cancelled.\n"), "{told}");
}

#[test]
fn screens_ask_for_numbers_names_and_files() {
    let place = first_day();
    let _ =
        place.run(&["attendee", "add", "name==HYPERLINK(1)", "ticket_type=VIP", "code=E-1"]).one();
    let served = Served::start(&place);
    let ask = |args: Value| served.one("report_attendance", &json!({ "args": args }));
    let all = ask(json!({}));
    let numbers = ["came", "no_show", "cancelled", "found"].map(|key| all[key].as_u64().unwrap());
    assert_eq!(numbers, [4, 3, 1, 7]);
    let types = json!([
        { "ticket_type": "Regular", "came": 2, "no_show": 2, "cancelled": 1 },
        { "ticket_type": "VIP", "came": 2, "no_show": 1, "cancelled": 0 },
    ]);
    assert_eq!(all["by_ticket_type"], types);
    let names = |line: &Value| -> Vec<String> {
        let people = line["people"].as_array().unwrap().iter();
        people.map(|one| one["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names(&ask(json!({ "came": false, "ticket_type": "Regular" }))), ["Eve", "Finn"]);
    assert_eq!(names(&ask(json!({ "text": "angel" }))), ["Ángel Ruiz"]);
    let one = ask(json!({ "limit": 1 }));
    assert_eq!((names(&one), &one["found"]), (vec!["Ángel Ruiz".to_owned()], &json!(7)));

    for (command, lines) in [("report_inside", 3), ("report_gates", 6), ("report_acts", 3)] {
        assert_eq!(served.ask(command, &json!({})).unwrap().len(), lines, "{command}");
    }
    let table = |report: &str| served.one("report_table", &json!({ "args": { "report": report } }));
    let inside = table("inside");
    assert_eq!(read_csv(inside["csv"].as_str().unwrap()).len(), 3);
    assert!(inside["tabs"].as_str().unwrap().contains("bob\tRegular\t\tmain\tmain\t"), "{inside}");
    let people = table("attendance")["csv"].as_str().unwrap().to_owned();
    assert!(people.contains(",'=HYPERLINK(1),"), "no spreadsheet runs a name: {people}");
}

#[test]
fn everybodys_data_in_one_file_is_a_supervisors_to_save() {
    let place = first_day();
    let supervisor = ["--name", "Lee", "--role", "supervisor", "--pin", "4711"];
    let _ = place.run(&[&["operator", "set"], &supervisor[..]].concat()).one();
    let served = Served::start(&place);
    let attendance = json!({ "args": { "report": "attendance" } });
    assert_eq!(served.problem("report_table", &attendance), "supervisor_needed");
    let word = json!({ "name": "Lee", "pin": "4711" });
    let ask = json!({ "args": { "report": "attendance" }, "supervisor": word });
    assert!(served.ask("report_table", &ask).is_ok());
    let inside = json!({ "args": { "report": "inside" } });
    assert!(
        served.ask("report_table", &inside).is_ok(),
        "a list for an evacuation waits for nobody"
    );
}

#[test]
fn an_event_in_which_nothing_happened_has_empty_reports() {
    let place = fair();
    for report in ["inside", "gates", "acts"] {
        assert_eq!(place.run(&["report", report]).ok(), Vec::<Value>::new(), "{report}");
        let told = place.plain(&["report", report]);
        assert_eq!(
            (told.code, told.stdout.as_str(), told.stderr.is_empty()),
            (0, "", false),
            "{told}"
        );
        let csv = place.plain(&["report", report, "--format", "csv"]);
        assert_eq!(csv.stdout.lines().count(), 1, "the columns: {csv}");
    }
    assert_eq!(place.plain(&["report", "inside", "--format", "xlsx"]).code, 2);
}

#[test]
fn a_kiosk_says_that_it_holds_no_list() {
    let north = Station::organizer();
    let ticket = north.invite(&["--role", "kiosk"]);
    let foyer = Station::joined(&north, &ticket, "Foyer");
    for report in ["attendance", "inside", "gates", "acts"] {
        let refused = foyer.place.run(&["report", report]).error();
        assert_eq!(refused["code"], "not_allowed", "{refused}");
    }
}
