//! Attendee files as organizers have them: any separator, several encodings, values that need quotes.

/// How a text becomes bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8 without a mark.
    Utf8,
    /// UTF-8 with a byte order mark.
    Utf8Marked,
    /// UTF-16, little-endian, with a byte order mark.
    Utf16,
    /// What a spreadsheet in western Europe calls CSV.
    Windows1252,
}

impl Encoding {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Utf8, Self::Utf8Marked, Self::Utf16, Self::Windows1252];

    /// The text in this encoding; every character has to have a place in it.
    #[must_use]
    pub fn encode(self, text: &str) -> Vec<u8> {
        match self {
            Self::Utf8 => text.as_bytes().to_vec(),
            Self::Utf8Marked => [b"\xEF\xBB\xBF", text.as_bytes()].concat(),
            Self::Utf16 => {
                let units = std::iter::once(0xFEFF).chain(text.encode_utf16());
                units.flat_map(u16::to_le_bytes).collect()
            }
            Self::Windows1252 => {
                let (bytes, _, lossy) = encoding_rs::WINDOWS_1252.encode(text);
                assert!(!lossy, "a character that Windows-1252 does not have");
                bytes.into_owned()
            }
        }
    }
}

/// A table of attendees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// Names of the columns.
    pub header: Vec<String>,
    /// Rows of values.
    pub rows: Vec<Vec<String>>,
}

const FIRST: [&str; 10] =
    ["Ada", "Zoë", "Jürgen", "Élodie", "Iñaki", "Søren", "Þóra", "Šárka", "Antônio", "Mary-Jane"];
const LAST: [&str; 9] = [
    "Lovelace",
    "Groß",
    "O'Brien",
    "Müller, Dr.",
    "García;Lorca",
    "Ødegård",
    "de la Œuvre",
    "Kim",
    "Smith \"Smithy\"",
];
const COMPANY: [&str; 7] =
    ["", "Müller; Söhne, Ltd.", "Light & Sound", "A|B|C", "50 € Club", "Tab & Co", "“Quoted” GmbH"];
const TICKET: [&str; 3] = ["Regular", "VIP", "Crew"];
const NOTES: [&str; 4] = ["", "", "", "first line\nsecond; line, with \"quotes\""];

impl Sheet {
    /// A table of these texts: the header first, cells separated by `|`.
    #[must_use]
    pub fn of(lines: &[&str]) -> Self {
        let cells = |line: &&str| line.split('|').map(str::to_owned).collect::<Vec<_>>();
        let mut rows: Vec<Vec<String>> = lines.iter().map(cells).collect();
        Self { header: rows.remove(0), rows }
    }

    /// So many attendees, always the same, codes `T-00001` and on, with all that makes a CSV file hard to read.
    #[must_use]
    pub fn of_people(count: usize) -> Self {
        let header =
            "code,first_name,last_name,email,company,ticket_type,status,order,order_position,notes";
        let person = |n: usize| {
            let status = match n {
                n if n % 33 == 32 => "cancelled",
                n if n % 20 == 19 => "pending",
                _ => "paid",
            };
            let order = format!("O{:04}", n / 3);
            let cells = [
                code(n),
                FIRST[n % FIRST.len()].into(),
                LAST[n % LAST.len()].into(),
                email(n),
                COMPANY[n % COMPANY.len()].into(),
                TICKET[n % TICKET.len()].into(),
                status.into(),
                order,
                (n % 3 + 1).to_string(),
                NOTES[n % NOTES.len()].into(),
            ];
            cells.to_vec()
        };
        Self {
            header: header.split(',').map(str::to_owned).collect(),
            rows: (0..count).map(person).collect(),
        }
    }

    /// The table as CSV.
    #[must_use]
    pub fn csv(&self, separator: char) -> String {
        let all = std::iter::once(&self.header).chain(&self.rows);
        let quote = |cell: &String| {
            if cell.contains([separator, '"', '\n', '\r']) {
                format!("\"{}\"", cell.replace('"', "\"\""))
            } else {
                cell.clone()
            }
        };
        let line = |cells: &Vec<String>| {
            let cells: Vec<String> = cells.iter().map(quote).collect();
            cells.join(&separator.to_string()) + "\r\n"
        };
        all.map(line).collect()
    }
}

/// The code of the n-th attendee of [`Sheet::of_people`].
#[must_use]
pub fn code(n: usize) -> String {
    format!("T-{:05}", n + 1)
}

/// The e-mail address of the n-th attendee.
#[must_use]
pub fn email(n: usize) -> String {
    format!("guest.{:05}@example.org", n + 1)
}

/// Reads CSV as any other program would: one row after the other, by the names of the columns.
#[must_use]
pub fn read_csv(text: &str) -> Vec<std::collections::BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader.deserialize().map(|row| row.unwrap_or_else(|e| panic!("{e}: {text:.500}"))).collect()
}
