//! Reasons to refuse a whole file, each a sentence that says what is wrong and what to do.
//!
//! Here so that every text an organizer may see about a file stands in one place. A bad row is not
//! a `FileProblem`: it is a [`super::Rejected`], and the other rows go in.

use thiserror::Error;

/// Why a file or a mapping cannot be used at all.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FileProblem {
    /// No bytes, or nothing but blank lines.
    #[error(
        "the file is empty: it needs a line of column names and a line for each attendee; export \
         the list again"
    )]
    Empty,
    /// More bytes than [`super::MAX_FILE_BYTES`].
    #[error(
        "the file has {bytes} bytes, more than the {limit} that an import takes: split it into \
         several files, each with the line of column names"
    )]
    TooLarge {
        /// Size of the file.
        bytes: u64,
        /// The most that is taken.
        limit: u64,
    },
    /// A format that is not a table in text.
    #[error("the file is {what}, not a CSV file: {instead}")]
    Foreign {
        /// The format, with its article.
        what: &'static str,
        /// How to come by a CSV file.
        instead: &'static str,
    },
    /// NUL bytes in what is not UTF-16.
    #[error(
        "the file holds NUL bytes, so it is damaged or not text: export the list again as CSV \
         (UTF-8)"
    )]
    Nul,
    /// Control characters throughout.
    #[error(
        "the file holds binary data, not text: export the list from your ticket shop or \
         spreadsheet as CSV (UTF-8)"
    )]
    Binary,
    /// The start shows an encoding that the rest does not keep to.
    #[error(
        "the file starts as {encoding} text but holds bytes that are not: it may be cut off \
         or put together from two files; export the list again as CSV (UTF-8)"
    )]
    BrokenText {
        /// Encoding that the start shows.
        encoding: &'static str,
    },
    /// A quoted field that never ends: every line after it would be read as one value.
    #[error(
        "a quote (\") that opens in line {line} is never closed: close or delete it in that line, \
         then import again"
    )]
    UnclosedQuote {
        /// Line in which the quote opens.
        line: u64,
    },
    /// More columns than [`super::MAX_COLUMNS`].
    #[error(
        "the file has {columns} columns, more than the {limit} that an import takes: delete the \
         columns that the door does not need"
    )]
    TooManyColumns {
        /// Columns of the header.
        columns: usize,
        /// The most that is taken.
        limit: usize,
    },
    /// Nothing in the header has a known meaning.
    #[error(
        "none of the columns is understood; the first line that is not blank has to hold the \
         column names, and here it holds: {headers}. Name the columns like name, email or code, \
         or map them by hand with --map \"COLUMN=field\""
    )]
    NoColumns {
        /// The headers found, cut to a readable length.
        headers: String,
    },
    /// Columns are understood, but none that says who an attendee is.
    #[error(
        "no column tells who the attendees are; the columns are: {headers}. Add a column with the \
         name, e-mail or ticket code, or map one by hand with --map \"COLUMN=field\""
    )]
    NobodyNamed {
        /// The headers found, cut to a readable length.
        headers: String,
    },
    /// A mapping without its `=`, or without a column.
    #[error("the mapping \"{text}\" is not understood: write it as \"COLUMN=field\"")]
    MappingForm {
        /// The mapping as given.
        text: String,
    },
    /// A mapping to something that is no field.
    #[error("\"{name}\" is not a field; the fields are: {valid}")]
    MappingField {
        /// The name as given.
        name: String,
        /// Every field's name.
        valid: String,
    },
    /// A mapping from a column that the file does not have.
    #[error(
        "the mapping names the column \"{column}\", which the file does not have; its columns \
         are: {headers}"
    )]
    MappingColumn {
        /// The column as given.
        column: String,
        /// The headers found, cut to a readable length.
        headers: String,
    },
    /// Two columns mapped to one field.
    #[error(
        "the mapping gives the field {field} to two columns, \"{first}\" and \"{second}\": drop \
         one of the two"
    )]
    MappingFieldTwice {
        /// The field's name.
        field: &'static str,
        /// One of the columns.
        first: String,
        /// The other.
        second: String,
    },
    /// One column mapped twice.
    #[error("the mapping gives two fields to the column \"{column}\": drop one of the two")]
    MappingColumnTwice {
        /// The column as given.
        column: String,
    },
}
