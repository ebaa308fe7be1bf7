//! Attendee lists as files: the bytes of a CSV file to rows ready for import, and back.
//!
//! Here because what a list means is a rule of the product, the same in every front. Nothing here
//! opens a file, stores a row or knows what the roster held before.

use std::collections::{BTreeMap, BTreeSet};

use crate::attendee::{Field, Fields};

mod columns;
mod dates;
mod decode;
mod export;
mod fold;
mod headers;
mod problem;
mod rows;
mod status;
mod table;
#[cfg(test)]
mod tests;
mod values;
mod words;

pub use export::write;
pub use problem::FileProblem;
pub use status::parse_status;
pub use values::normalise;

/// The most bytes that a file may have: it is read as a whole.
pub const MAX_FILE_BYTES: u64 = 256 * 1024 * 1024;

/// The most columns that a file may have.
pub const MAX_COLUMNS: usize = 1000;

/// Columns mapped to fields by hand; it goes before what the headers mean.
///
/// A column is named as in the file; case, accents and punctuation need not agree. `None`: the column is ignored,
/// whatever its header means.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mapping(pub BTreeMap<String, Option<Field>>);

impl Mapping {
    /// Reads mappings written as `COLUMN=field`; `COLUMN=` ignores the column.
    ///
    /// # Errors
    ///
    /// Refuses another form, a field that does not exist, and a column or field given twice.
    pub fn parse<'a>(texts: impl IntoIterator<Item = &'a str>) -> Result<Self, FileProblem> {
        let mut mapping = Self::default();
        for text in texts {
            // A header may hold a `=`, the name of a field does not.
            let parts = text.rsplit_once('=').map(|(column, name)| (column.trim(), name.trim()));
            let Some((column, name)) = parts.filter(|(column, _)| !column.is_empty()) else {
                return Err(FileProblem::MappingForm { text: values::shown(text) });
            };
            let field = Field::from_name(name);
            if field.is_none() && !name.is_empty() {
                let valid = Field::ALL.map(Field::as_str).join(", ");
                return Err(FileProblem::MappingField { name: values::shown(name), valid });
            }
            let twice = mapping.0.iter().find(|(_, other)| field.is_some() && **other == field);
            if let (Some(field), Some((first, _))) = (field, twice) {
                let (first, second) = (values::shown(first), values::shown(column));
                let field = field.as_str();
                return Err(FileProblem::MappingFieldTwice { field, first, second });
            }
            if mapping.0.insert(column.to_owned(), field).is_some() {
                return Err(FileProblem::MappingColumnTwice { column: values::shown(column) });
            }
        }
        Ok(mapping)
    }
}

/// What a file holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// Rows to import, in the order of the file.
    pub rows: Vec<Row>,
    /// Rows that cannot be imported, in the order of the file.
    pub rejected: Vec<Rejected>,
    /// Every text that stands in a rejected row: whoever is named there is in the file all the same.
    pub spoilt: BTreeSet<String>,
    /// Every column with the field that it holds; `None`: the column is ignored.
    pub columns: Vec<(String, Option<Field>)>,
    /// What parts the columns.
    pub separator: char,
    /// The encoding that the file was in.
    pub encoding: &'static str,
    /// Rows read, good and rejected.
    pub row_count: usize,
}

/// One attendee of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Line of the file in which the row starts; the first line is 1.
    pub line: u64,
    /// Values as they are kept; an empty one is absent.
    pub fields: Fields,
}

/// A row that cannot be imported, and the first thing that is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// Line of the file in which the row starts; the first line is 1.
    pub line: u64,
    /// Header of the column; empty if the row has too many columns or too few.
    pub column: String,
    /// The value, on one line and cut to 200 characters; for a wrong column count, that count.
    pub value: String,
    /// What is wrong and what to do.
    pub reason: String,
}

/// Refuses a file by its length, so that a caller need not read it first.
///
/// # Errors
///
/// [`FileProblem::TooLarge`] above [`MAX_FILE_BYTES`].
pub const fn check_size(bytes: u64) -> Result<(), FileProblem> {
    if bytes > MAX_FILE_BYTES {
        return Err(FileProblem::TooLarge { bytes, limit: MAX_FILE_BYTES });
    }
    Ok(())
}

/// Reads an attendee file.
///
/// # Errors
///
/// Refuses a file or a mapping that cannot be used at all; a bad row is in [`Sheet::rejected`].
pub fn read(bytes: &[u8], mapping: &Mapping) -> Result<Sheet, FileProblem> {
    check_size(bytes.len() as u64)?;
    let decoded = decode::decode(bytes)?;
    let body = table::body(&decoded.text, mapping);
    if let Some(line) = table::unclosed_quote(&body) {
        return Err(FileProblem::UnclosedQuote { line });
    }
    let mut table = table::Table::new(&body);
    if !body.has_values() || table.next()?.is_none() {
        return Err(FileProblem::Empty);
    }
    let headers: Vec<String> =
        table.cells().iter().map(|header| values::trim(header).to_owned()).collect();
    let columns = columns::resolve(&headers, mapping)?;
    let mut rows = rows::Rows::new(&headers, &columns);
    while let Some(line) = table.next()? {
        rows.add(line, table.cells());
    }
    let (good, rejected, spoilt) = (rows.good, rows.rejected, rows.spoilt);
    Ok(Sheet {
        row_count: good.len() + rejected.len(),
        rows: good,
        rejected,
        spoilt,
        columns: headers.into_iter().zip(columns).collect(),
        separator: char::from(body.separator),
        encoding: decoded.encoding,
    })
}
