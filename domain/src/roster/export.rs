//! A roster written as CSV, for a spreadsheet, a backup or another import.
//!
//! Here because an export has to come back through `read` unchanged. It writes what it is given:
//! who may read which field, and the order of the rows, are the caller's.

use super::values;
use crate::attendee::{Field, Fields};

/// Writes rows as CSV: the header names the columns, values part with `,` and lines end with `\n`.
#[must_use]
pub fn write<'a>(rows: impl IntoIterator<Item = &'a Fields>) -> String {
    let rows: Vec<&Fields> = rows.into_iter().collect();
    let columns = Field::columns(rows.iter().copied());
    let mut out = String::new();
    line(&mut out, columns.iter().map(|field| field.as_str()));
    for fields in rows {
        line(&mut out, columns.iter().map(|field| fields.get(field).map_or("", String::as_str)));
    }
    out
}

fn line<'a>(out: &mut String, cells: impl Iterator<Item = &'a str>) {
    for (index, cell) in cells.enumerate() {
        if index > 0 {
            out.push(',');
        }
        push(out, cell);
    }
    out.push('\n');
}

fn push(out: &mut String, cell: &str) {
    // Blanks at an end are quoted too: some programs drop bare ones.
    if cell.contains(['"', ',', '\n', '\r']) || values::trim(cell).len() != cell.len() {
        out.push('"');
        out.push_str(&cell.replace('"', "\"\""));
        out.push('"');
    } else {
        out.push_str(cell);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "code,first_name,last_name,name,email,company,phone,ticket_type,status,\
        order,order_position,valid_from,valid_until,days,blocked,notes,language,entries\n";

    #[test]
    fn an_empty_roster_is_its_header() {
        assert_eq!(write([]), HEADER);
    }

    #[test]
    fn values_are_quoted_where_they_must_be() {
        let text = |text: &str| text.to_owned();
        let fields = Fields::from([
            (Field::Code, text("A\"1")),
            (Field::Name, text("Lovelace, Ada")),
            (Field::Email, text("ada@example.org")),
            (Field::Notes, text("one\ntwo")),
        ]);
        let row = "\"A\"\"1\",,,\"Lovelace, Ada\",ada@example.org,,,,,,,,,,,\"one\ntwo\",,\n";
        assert_eq!(write([&fields]), format!("{HEADER}{row}"));
    }
}
