//! Three-way import: what the last file said, what people corrected since, and what the new file says.
//!
//! A correction by a person stays. Where the file changed the same field to something else, that is a clash: it is
//! listed, and the person's word stands until a person decides otherwise.

use crate::attendee::{Field, Fields};
use std::collections::BTreeSet;

/// What is known of one attendee, by where it comes from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sources {
    /// What the last imported file said; none where the person was added by hand.
    pub file: Option<Fields>,
    /// What people set since; an empty text means that they emptied the field.
    pub edits: Fields,
}

impl Sources {
    /// The fields that hold: people's corrections over the file.
    #[must_use]
    pub fn effective(&self) -> Fields {
        let mut fields = self.file.clone().unwrap_or_default();
        for (field, value) in &self.edits {
            fields.insert(*field, value.clone());
        }
        fields.retain(|_, value| !value.is_empty());
        fields
    }
}

/// A field that a person and the file changed to different values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clash {
    /// The field.
    pub field: Field,
    /// The person's value, which stays.
    pub mine: String,
    /// The file's value.
    pub file: String,
}

/// What importing a row does to an attendee who was there before.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Merged {
    /// Whether the file says something else than the last one.
    pub changed: bool,
    /// Fields in which the file and a person disagree since.
    pub clashes: Vec<Clash>,
    /// Corrections that the file has caught up with: they need not be kept as such.
    pub settled: Vec<Field>,
}

/// Holds a row of a new file against what is known.
#[must_use]
pub fn merge(known: &Sources, row: &Fields) -> Merged {
    let empty = Fields::new();
    let base = known.file.as_ref().unwrap_or(&empty);
    let value = |fields: &Fields, field| fields.get(&field).cloned().unwrap_or_default();
    let moved: BTreeSet<Field> =
        base.keys().chain(row.keys()).copied().filter(|f| base.get(f) != row.get(f)).collect();
    let mut merged =
        Merged { changed: known.file.is_none() || !moved.is_empty(), ..Merged::default() };
    for (field, mine) in &known.edits {
        let file = value(row, *field);
        if *mine == file {
            merged.settled.push(*field);
        } else if moved.contains(field) {
            merged.clashes.push(Clash { field: *field, mine: mine.clone(), file });
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(text: &str) -> Fields {
        text.split(';')
            .filter(|pair| !pair.is_empty())
            .map(|pair| pair.split_once('=').unwrap())
            .map(|(field, value)| (Field::from_name(field).unwrap(), value.to_owned()))
            .collect()
    }

    #[test]
    fn three_ways() {
        // last file, edits since, new file; changed, clashes, what holds afterwards
        let cases = [
            ("company=A", "", "company=A", false, 0, "company=A"),
            ("company=A", "", "company=B", true, 0, "company=B"),
            ("company=A", "company=X", "company=A", false, 0, "company=X"),
            ("company=A", "company=X", "company=B", true, 1, "company=X"),
            ("company=A", "company=B", "company=B", true, 0, "company=B"),
            ("company=A", "company=", "company=B", true, 1, ""),
            ("company=A", "company=X", "", true, 1, "company=X"),
            ("company=A;notes=1", "company=X", "company=A;notes=2", true, 0, "company=X;notes=2"),
        ];
        for (base, edits, row, changed, clashes, after) in cases {
            let known = Sources { file: Some(fields(base)), edits: fields(edits) };
            let merged = merge(&known, &fields(row));
            assert_eq!(
                (merged.changed, merged.clashes.len()),
                (changed, clashes),
                "{base} {edits} {row}"
            );
            let mut edits = known.edits;
            edits.retain(|field, _| !merged.settled.contains(field));
            let now = Sources { file: Some(fields(row)), edits };
            assert_eq!(now.effective(), fields(after), "{base} {edits:?} {row}", edits = now.edits);
        }
    }

    #[test]
    fn a_person_added_by_hand_meets_the_file() {
        let known = Sources { file: None, edits: fields("company=X;code=T1") };
        let merged = merge(&known, &fields("company=A;code=T1"));
        assert_eq!(merged.settled, [Field::Code]);
        assert_eq!(merged.clashes.len(), 1);
    }
}
