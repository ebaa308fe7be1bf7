//! Text as records, each with the physical line it starts in; and which separator parts its fields.
//!
//! Here because the `csv` crate counts only `\n` as a line, drops blank lines silently and takes an
//! unclosed quote for the rest of the file. It must not know what a column means.

use super::{FileProblem, Mapping, columns};

/// The separators that are understood, the likeliest first.
pub(super) const SEPARATORS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// How many records, and how many bytes at most, separators are compared on.
const SAMPLE_RECORDS: usize = 20;
const SAMPLE_BYTES: usize = 256 * 1024;

/// A file's text once Excel's `sep=` line is taken off.
#[derive(Debug)]
pub(super) struct Body<'a> {
    pub(super) text: &'a str,
    pub(super) first_line: u64,
    pub(super) separator: u8,
}

impl Body<'_> {
    /// Whether there is anything but blanks, separators and quotes.
    pub(super) fn has_values(&self) -> bool {
        let is_value = |c| !super::values::is_blank(c) && !matches!(c, ',' | ';' | '|' | '"');
        self.text.contains(is_value)
    }
}

/// Finds the separator: the one that the file names, else the one that fits best.
pub(super) fn body<'a>(text: &'a str, mapping: &Mapping) -> Body<'a> {
    // More than one mark happens where marked files were joined.
    let text = text.trim_start_matches('\u{feff}');
    let end = text.find(['\r', '\n']).unwrap_or(text.len());
    let (first, rest) = text.split_at_checked(end).unwrap_or((text, ""));
    if let Some(separator) = told_separator(first) {
        let rest = rest.strip_prefix("\r\n").or_else(|| rest.get(1..)).unwrap_or_default();
        return Body { text: rest, first_line: 2, separator };
    }
    Body { text, first_line: 1, separator: fitting_separator(text, mapping) }
}

/// The separator of a line like `sep=;`, with which Excel is told how to read a file.
fn told_separator(line: &str) -> Option<u8> {
    let line = line.trim_matches('"');
    let value =
        line.get(..4).filter(|head| head.eq_ignore_ascii_case("sep=")).and(line.get(4..))?;
    SEPARATORS.into_iter().find(|separator| value.as_bytes() == [*separator])
}

fn fitting_separator(text: &str, mapping: &Mapping) -> u8 {
    let sample = text.get(..text.floor_char_boundary(SAMPLE_BYTES)).unwrap_or(text);
    let mut best = (b',', (0, 0, 0));
    for separator in SEPARATORS {
        let fit = fit(sample, separator, mapping);
        if fit > best.1 {
            best = (separator, fit);
        }
    }
    best.0
}

/// How well a separator fits: columns understood, then records as long as the header, then columns.
fn fit(sample: &str, separator: u8, mapping: &Mapping) -> (usize, usize, usize) {
    let mut table = Table::new(&Body { text: sample, first_line: 1, separator });
    let Ok(Some(_)) = table.next() else {
        return (0, 0, 0);
    };
    let width = table.cells().len();
    let understood = table.cells().iter().filter(|cell| columns::knows(cell, mapping)).count();
    let mut even = 0;
    for _ in 0..SAMPLE_RECORDS {
        let Ok(Some(_)) = table.next() else { break };
        even += usize::from(table.cells().len() == width);
    }
    (understood, even, width)
}

/// The line in which a quote opens that the text never closes.
pub(super) fn unclosed_quote(body: &Body<'_>) -> Option<u64> {
    #[derive(PartialEq)]
    enum At {
        FieldStart,
        Bare,
        Quoted,
        QuoteWithin,
    }
    if !body.text.contains('"') {
        return None;
    }
    let (mut at, mut lines, mut opened) = (At::FieldStart, Lines::from(body.first_line), 0);
    for byte in body.text.bytes() {
        at = match (at, byte) {
            (At::FieldStart, b'"') => {
                opened = lines.line;
                At::Quoted
            }
            (At::Quoted, b'"') => At::QuoteWithin,
            (At::Quoted, _) | (At::QuoteWithin, b'"') => At::Quoted,
            (_, b'\r' | b'\n') => At::FieldStart,
            (_, byte) if byte == body.separator => At::FieldStart,
            _ => At::Bare,
        };
        lines.pass(byte);
    }
    (at == At::Quoted).then_some(opened)
}

/// Counts physical lines: `\n`, `\r\n` and a lone `\r` each end one.
#[derive(Debug)]
struct Lines {
    line: u64,
    after_return: bool,
}

impl Lines {
    const fn from(first: u64) -> Self {
        Self { line: first, after_return: false }
    }

    const fn pass(&mut self, byte: u8) {
        if byte == b'\r' || (byte == b'\n' && !self.after_return) {
            self.line += 1;
        }
        self.after_return = byte == b'\r';
    }
}

/// The records of a text, one at a time; records without a value are passed over.
#[derive(Debug)]
pub(super) struct Table<'a> {
    text: &'a [u8],
    reader: csv::Reader<&'a [u8]>,
    record: csv::StringRecord,
    lines: Lines,
    counted: usize,
}

impl<'a> Table<'a> {
    pub(super) fn new(body: &Body<'a>) -> Self {
        let reader = csv::ReaderBuilder::new()
            .delimiter(body.separator)
            .has_headers(false)
            .flexible(true)
            .from_reader(body.text.as_bytes());
        Self {
            text: body.text.as_bytes(),
            reader,
            record: csv::StringRecord::new(),
            lines: Lines::from(body.first_line),
            counted: 0,
        }
    }

    /// Goes to the next record and gives the line it starts in; `None` at the end.
    pub(super) fn next(&mut self) -> Result<Option<u64>, FileProblem> {
        loop {
            // Text from memory gives no reading error; were there one, it must not end the list.
            if !self.reader.read_record(&mut self.record).map_err(|_| FileProblem::Binary)? {
                return Ok(None);
            }
            if self.record.iter().any(|cell| !super::values::trim(cell).is_empty()) {
                return Ok(Some(self.line_of_record()));
            }
        }
    }

    /// The fields of the record that [`Table::next`] went to.
    pub(super) const fn cells(&self) -> &csv::StringRecord {
        &self.record
    }

    fn line_of_record(&mut self) -> u64 {
        let at = self.record.position().map_or(0, csv::Position::byte);
        let at = usize::try_from(at).unwrap_or(self.counted);
        for byte in self.text.get(self.counted..at).unwrap_or_default() {
            self.lines.pass(*byte);
        }
        // The reader's position stands before the blank lines that it passes over.
        let blank = self.text.get(at..).unwrap_or_default().iter();
        let blank = blank.take_while(|byte| matches!(byte, b'\r' | b'\n'));
        self.counted = at + blank.inspect(|byte| self.lines.pass(**byte)).count();
        self.lines.line
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn records(text: &str) -> (u8, Vec<(u64, Vec<String>)>) {
        let mapping = Mapping::default();
        let body = body(text, &mapping);
        let mut table = Table::new(&body);
        let mut out = Vec::new();
        while let Some(line) = table.next().unwrap() {
            out.push((line, table.cells().iter().map(str::to_owned).collect()));
        }
        (body.separator, out)
    }

    fn lines(text: &str) -> Vec<u64> {
        records(text).1.into_iter().map(|(line, _)| line).collect()
    }

    #[test]
    fn lines_are_physical_whatever_ends_them() {
        for (text, expected) in [
            ("code,name\nA,Ada\nB,Bob", vec![1, 2, 3]),
            ("code,name\nA,Ada\n\n\nB,Bob\n", vec![1, 2, 5]),
            ("\n\ncode,name\n,\nA,Ada\n \t\nB,Bob\n\n", vec![3, 5, 7]),
            ("code,name\nA,\"Ada\nL\n\nM\"\nB,Bob\n", vec![1, 2, 6]),
            ("code,name\n\"A\n\nB\",\"\n\"\n\n\"C\",Bob", vec![1, 2, 7]),
            ("sep=,\ncode,name\nA,Ada", vec![2, 3]),
            ("sep=,\n\ncode,name\n\nA,Ada", vec![3, 5]),
            ("\u{feff}code,name\nA,Ada", vec![1, 2]),
            ("code,name\nA,", vec![1, 2]),
        ] {
            assert_eq!(lines(text), expected, "{text:?}");
            assert_eq!(lines(&text.replace('\n', "\r\n")), expected, "{text:?} with CRLF");
            assert_eq!(lines(&text.replace('\n', "\r")), expected, "{text:?} with CR");
        }
        assert_eq!(lines("code\rA\r\nB\n\r\nC\n\rD"), [1, 2, 3, 5, 7]);
    }

    #[test]
    fn the_separator_is_found() {
        for (text, separator) in [
            ("email\nada@example.org\n", b','),
            ("email\nada@example.org,x\n", b';'),
            ("Name;E-Mail\nLovelace, Ada;ada@example.org\n", b';'),
            ("Name,E-Mail\n\"Lovelace; Ada\",ada@example.org\n", b','),
            ("Name\tE-Mail\nLovelace, Ada;x\ta\n", b'\t'),
            ("Name|E-Mail\nLovelace, Ada|a\n", b'|'),
            ("Ticket|Type\nA|vip\n", b'|'),
            ("First;Name\nA;vip\n", b';'),
            ("\"Name\";\"Remarks, if any\"\nAda;x\n", b';'),
            ("foo;bar\n1;2,5\n2;3\n", b';'),
            ("foo;bar\n", b';'),
            ("SEP=|\r\nName\r\nA,B;C\n", b'|'),
            ("\"sep=;\"\nName\n", b';'),
            ("sep=\t\nName\n", b'\t'),
        ] {
            assert_eq!(char::from(records(text).0), char::from(separator), "{text:?}");
        }
    }

    #[test]
    fn an_unclosed_quote_is_told_by_its_line() {
        for (text, expected) in [
            ("name;size\nAda;\"5\" pipe\"\n", None),
            ("name;size\nAda;5\" pipe\n", None),
            ("name\n\"Ada \"\"L\"\"\"\n", None),
            ("name\n\"\"\"\"\n", None),
            ("name\n\"Ada\nBob\n", Some(2)),
            ("name\n\"x\ny\"\n\n\"Ada\nBob\n", Some(5)),
            ("name\r\"x\ry\"\r\r\"Ada\rBob\r", Some(5)),
            ("name;n\nA;\"\"\"\n", Some(2)),
            ("sep=;\nname;\"n\n", Some(2)),
        ] {
            let mapping = Mapping::default();
            assert_eq!(unclosed_quote(&body(text, &mapping)), expected, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn quotes_are_understood_as_the_reader_does(text in "[a\",\r\n]{0,40}") {
            let body = Body { text: &text, first_line: 1, separator: b',' };
            let closed = unclosed_quote(&body).is_none();
            let longer = format!("{text}\nEND");
            let mut table = Table::new(&Body { text: &longer, ..body });
            let mut last = Vec::new();
            while table.next().unwrap().is_some() {
                last = table.cells().iter().map(str::to_owned).collect();
            }
            prop_assert_eq!(closed, last == ["END"]);
        }
    }
}
