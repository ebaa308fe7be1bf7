//! The records of a file as rows to import, and the bad ones with the reason for each.
//!
//! Here because one bad row must not keep the others out. Columns are decided before; what a value
//! may hold is `values`'.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use csv::StringRecord;

use super::{Rejected, Row, columns, values};
use crate::attendee::{Field, Fields};

/// Collects the rows of one file.
#[derive(Debug)]
pub(super) struct Rows<'a> {
    headers: &'a [String],
    columns: &'a [Option<Field>],
    /// Codes with the line of their first use. The hash goes first because comparing it is cheap:
    /// codes of one event start alike, and comparing them was a third of an import.
    codes: BTreeMap<(u64, String), u64>,
    pub(super) good: Vec<Row>,
    pub(super) rejected: Vec<Rejected>,
    pub(super) spoilt: BTreeSet<String>,
}

impl<'a> Rows<'a> {
    pub(super) const fn new(headers: &'a [String], columns: &'a [Option<Field>]) -> Self {
        let codes = BTreeMap::new();
        let spoilt = BTreeSet::new();
        Self { headers, columns, codes, good: Vec::new(), rejected: Vec::new(), spoilt }
    }

    pub(super) fn add(&mut self, line: u64, cells: &StringRecord) {
        let added = if cells.len() == self.headers.len() {
            self.fields(line, cells)
        } else {
            Err(wrong_count(line, cells, self.headers.len()))
        };
        match added {
            Ok(fields) => self.good.push(Row { line, fields }),
            Err(rejected) => {
                let cells = cells.iter().map(str::trim).filter(|cell| !cell.is_empty());
                self.spoilt.extend(cells.map(str::to_owned));
                self.rejected.push(rejected);
            }
        }
    }

    fn fields(&mut self, line: u64, cells: &StringRecord) -> Result<Fields, Rejected> {
        let mut fields = Fields::new();
        let mut problem = None;
        // Goes on after a problem: a code counts as used even where its row is rejected.
        for ((cell, field), header) in cells.iter().zip(self.columns).zip(self.headers) {
            let Some(field) = *field else { continue };
            let value = values::normalise(field, cell).and_then(|value| match value {
                Some(code) if field == Field::Code => self.first_use(code, line).map(Some),
                value => Ok(value),
            });
            match value {
                Ok(Some(value)) => {
                    fields.insert(field, value);
                }
                Ok(None) => {}
                Err(reason) if problem.is_none() => {
                    let (column, value) = (values::shown(header), values::shown(cell));
                    problem = Some(Rejected { line, column, value, reason });
                }
                Err(_) => {}
            }
        }
        if problem.is_none() && !columns::WHO.iter().any(|field| fields.contains_key(field)) {
            problem = Some(self.nobody(line));
        }
        problem.map_or(Ok(fields), Err)
    }

    fn first_use(&mut self, code: String, line: u64) -> Result<String, String> {
        let mut hasher = DefaultHasher::new();
        code.hash(&mut hasher);
        match self.codes.entry((hasher.finish(), code)) {
            Entry::Vacant(place) => {
                let (_, code) = place.key().clone();
                place.insert(line);
                Ok(code)
            }
            Entry::Occupied(place) => Err(format!(
                "this code is used before in the file, in line {}: give each ticket its own code, \
                 or delete one of the rows",
                place.get()
            )),
        }
    }

    fn nobody(&self, line: u64) -> Rejected {
        let tells = |field: &Option<Field>| field.is_some_and(|it| columns::WHO.contains(&it));
        let at = self.columns.iter().position(tells);
        let column = at.and_then(|at| self.headers.get(at)).map(|header| values::shown(header));
        Rejected {
            line,
            column: column.unwrap_or_default(),
            value: String::new(),
            reason: "nothing tells who this is: fill in a name, an e-mail address or a code"
                .to_owned(),
        }
    }
}

fn wrong_count(line: u64, cells: &StringRecord, wanted: usize) -> Rejected {
    let found = cells.len();
    let mut reason = format!(
        "the row has {found} columns, the header has {wanted}: put quotes (\") around values that \
         hold the separator, and look for missing or extra separators"
    );
    // A quote closed too late joins lines, and nothing else in the report would show it.
    if cells.iter().any(|cell| cell.contains(['\n', '\r'])) {
        reason.push_str("; a value of this row runs over several lines, so look for a stray quote");
    }
    Rejected { line, column: String::new(), value: found.to_string(), reason }
}
