//! The invented people: a few codes of theirs worth trying, with what the door will say to each.

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context, Result};

use crate::place::Place;

/// Who comes to the event; read by the public import.
pub(super) const ATTENDEES: &str = "xtask/demo/attendees.csv";

/// A row of the attendee file by column name.
type Row = BTreeMap<String, String>;

/// A few codes worth trying, with what the door will say to each.
pub(super) fn suggestions(place: &Place) -> Result<String> {
    let path = place.root.join(ATTENDEES);
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read {ATTENDEES}"))?;
    let rows = rows(&text);
    let mut lines = vec!["Type or scan a code, then Enter. A few to try:".to_owned()];
    for (row, expect) in examples(&rows)? {
        lines.push(format!("  {}  {expect}", field(row, "code")));
    }
    lines.push(format!("  {UNKNOWN}  unknown: no ticket of this event"));
    Ok(lines.join("\n"))
}

/// A well-formed code that nobody in the file has.
const UNKNOWN: &str = "ZZZZ2222ZZZZ2222";

fn examples(rows: &[Row]) -> Result<Vec<(&Row, String)>> {
    let first = |what: &str, fits: &dyn Fn(&Row) -> bool| {
        let found = rows.iter().find(|row| fits(row));
        found.with_context(|| format!("{ATTENDEES} has nobody who is {what}"))
    };
    let is = |row: &Row, column: &str, value: &str| field(row, column) == value;
    let clear = |row: &Row| is(row, "status", "paid") && is(row, "blocked", "");
    let ordinary = first("ordinary", &|row| {
        clear(row) && is(row, "ticket_type", "Regular") && is(row, "notes", "")
    })?;
    let vip = first("a VIP", &|row| clear(row) && is(row, "ticket_type", "VIP"))?;
    let pending = first("unpaid", &|row| is(row, "status", "pending"))?;
    let cancelled = first("cancelled", &|row| is(row, "status", "cancelled"))?;
    let name = |row| format!("{} {}", field(row, "first_name"), field(row, "last_name"));
    let says = |row, what: &str| (row, format!("{}: {what}", name(row).trim()));
    Ok(vec![
        says(ordinary, "goes in; scan it again and it is already in"),
        says(vip, "a VIP, goes in"),
        says(pending, "not paid, stays out"),
        says(cancelled, "cancelled, stays out"),
    ])
}

fn field<'row>(row: &'row Row, column: &str) -> &'row str {
    row.get(column).map_or("", String::as_str)
}

/// Reads our own file: a header, commas, quotes where needed, no line break inside a field.
fn rows(text: &str) -> Vec<Row> {
    let mut lines = text.lines();
    let header = fields(lines.next().unwrap_or_default());
    let row = |text| header.iter().cloned().zip(fields(text)).collect();
    lines.map(row).collect()
}

fn fields(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut quoted = false;
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        let Some(field) = fields.last_mut() else {
            break;
        };
        match c {
            '"' if quoted && chars.next_if_eq(&'"').is_some() => field.push('"'),
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(String::new()),
            other => field.push(other),
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn fields_may_be_quoted() {
        assert_eq!(fields("a,,c"), ["a", "", "c"]);
        assert_eq!(fields(r#""a,b","say ""hi""",c"#), ["a,b", r#"say "hi""#, "c"]);
    }

    #[test]
    fn the_attendees_are_500_with_good_codes_and_an_example_of_each_kind() {
        let rows = rows(include_str!("../../demo/attendees.csv"));
        assert_eq!(rows.len(), 500);
        let codes: BTreeSet<&str> = rows.iter().map(|row| field(row, "code")).collect();
        assert_eq!(codes.len(), rows.len());
        let letters = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
        for code in codes.iter().chain([&UNKNOWN]) {
            let good = code.len() == 16 && code.chars().all(|c| letters.contains(c));
            assert!(good, "{code}");
        }
        assert!(!codes.contains(UNKNOWN));
        let columns = "code first_name last_name email company ticket_type status order notes \
                       blocked language";
        for row in &rows {
            let named: BTreeSet<&str> = row.keys().map(String::as_str).collect();
            assert_eq!(named, columns.split_whitespace().collect(), "{row:?}");
        }
        assert_eq!(examples(&rows).unwrap().len(), 4);
    }
}
