//! Tables as text: for a terminal, a file, a clipboard.

use crate::api::{Output, TableLine};

/// The table in an answer, where it is one.
pub(crate) fn of(outputs: &[Output]) -> Option<TableLine> {
    matches!(outputs.first(), Some(Output::Columns(_))).then(|| {
        let mut table = TableLine { csv: String::new(), tabs: String::new() };
        for output in outputs {
            match output {
                Output::Columns(names) => add(&mut table, names.iter().map(String::as_str)),
                Output::Row(row) => add(&mut table, row.iter().map(|(_, value)| value.as_str())),
                _ => {}
            }
        }
        table
    })
}

fn add<'a>(table: &mut TableLine, values: impl Iterator<Item = &'a str>) {
    let cells: Vec<String> = values.map(harmless).collect();
    table.csv += &csv_line(cells.iter().map(String::as_str));
    table.csv += "\r\n";
    let flat = |cell: &String| cell.replace(['\t', '\n', '\r'], " ");
    table.tabs += &cells.iter().map(flat).collect::<Vec<_>>().join("\t");
    table.tabs += "\n";
}

/// A value that no spreadsheet runs: names come from whoever bought a ticket. Numbers and telephone numbers stay.
fn harmless(value: &str) -> String {
    let number = |c: char| c.is_ascii_digit() || " ()/.,-".contains(c);
    let is_formula = match value.trim_start().chars().next() {
        Some('=' | '@') => true,
        Some(sign @ ('+' | '-')) => {
            !value.trim_start().trim_start_matches(sign).chars().all(number)
        }
        _ => false,
    };
    if is_formula { format!("'{value}") } else { value.to_owned() }
}

/// One line of CSV, without its end.
pub(crate) fn csv_line<'a>(values: impl Iterator<Item = &'a str>) -> String {
    let quoted = values.map(|value| {
        if value.contains(['"', ',', '\n', '\r', ';']) || value.trim() != value {
            format!("\"{}\"", value.replace('"', "\"\""))
        } else {
            value.to_owned()
        }
    });
    quoted.collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn csv_quotes_what_needs_it() {
        let line = csv_line(["a", "b,c", "d\"e", "", " f", "g\nh"].into_iter());
        assert_eq!(line, "a,\"b,c\",\"d\"\"e\",,\" f\",\"g\nh\"");
    }

    #[test]
    fn a_spreadsheet_runs_nothing() {
        for (value, is) in [
            ("Ada", "Ada"),
            ("=1+1", "'=1+1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            (" =A1", "' =A1"),
            ("-2+3+cmd|' /C calc'!A0", "'-2+3+cmd|' /C calc'!A0"),
            ("+49 (30) 123-45", "+49 (30) 123-45"),
            ("-3", "-3"),
            ("", ""),
        ] {
            assert_eq!(harmless(value), is);
        }
    }

    #[test]
    fn a_table_is_for_a_file_and_for_the_clipboard() {
        let row = vec![("name".to_owned(), "A, B".to_owned()), ("n".to_owned(), "x\ty".to_owned())];
        let outputs = [Output::Columns(vec!["name".to_owned(), "n".to_owned()]), Output::Row(row)];
        let table = of(&outputs).unwrap();
        assert_eq!(table.csv, "name,n\r\n\"A, B\",x\ty\r\n");
        assert_eq!(table.tabs, "name\tn\nA, B\tx y\n");
        assert_eq!(of(&[]), None);
    }
}
