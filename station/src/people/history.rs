//! What happened to a person: at gates, from the facts, and to what is known, from the changes of the documents.

use crate::api::{EditLine, HistoryLine, TakenBack, Tone};
use crate::problem::Problem;
use crate::scan::override_of;
use crate::station::OpenEvent;
use domain::access::Space;
use domain::attendee::{Field, Fields};
use domain::fact::{Fact, Void};
use domain::id::{AttendeeId, RecordRef};
use std::collections::BTreeMap;
use sync::document::{Scalar, change_message, describe_change};
use sync::id::StationKey;
use sync::record::DocRef;
use sync::roster::{decode_row, shard_name, shard_of};
use sync::store::ChangeRow;

/// The halves of one change are written moments apart; this much parts two changes.
const APART_MILLIS: i64 = 2_000;

/// One change of one person.
struct Edit {
    millis: i64,
    station: StationKey,
    message: Option<String>,
    from_file: bool,
    fields: BTreeMap<String, String>,
}

impl OpenEvent {
    /// Every scan of a person, oldest first.
    pub(super) fn history(&self, id: AttendeeId) -> Result<Vec<HistoryLine>, Problem> {
        let mut facts = self.store.facts_of(id)?;
        facts.sort_by_key(|placed| match &placed.fact {
            Fact::Scan(scan) => (scan.at, placed.hlc, placed.record),
            Fact::Void(void) => (void.at, placed.hlc, placed.record),
            Fact::Resolution(word) => (word.at, placed.hlc, placed.record),
            Fact::Answered(answered) => (answered.at, placed.hlc, placed.record),
        });
        let voids: BTreeMap<RecordRef, &Void> = facts
            .iter()
            .filter_map(|placed| match &placed.fact {
                Fact::Void(void) => Some((void.target.resolve(placed.record.log), void)),
                Fact::Scan(_) | Fact::Resolution(_) | Fact::Answered(_) => None,
            })
            .collect();
        let lines = facts.iter().filter_map(|placed| match &placed.fact {
            Fact::Scan(scan) => Some(HistoryLine {
                record: self.name_of(placed.record),
                at: self.format_millis(scan.at),
                gate: scan.gate.clone(),
                verdict: scan.verdict.as_str().to_owned(),
                mode: scan.mode().as_str().to_owned(),
                operator: scan.by.clone(),
                station: self.station_of(placed.record),
                undone: voids.contains_key(&placed.record),
                tone: Tone::of(scan.verdict, false),
                undo: voids.get(&placed.record).map(|void| self.taken_back(void)),
                overriding: override_of(scan),
            }),
            Fact::Void(_) | Fact::Resolution(_) | Fact::Answered(_) => None,
        });
        Ok(lines.collect())
    }

    fn taken_back(&self, void: &Void) -> TakenBack {
        TakenBack {
            by: void.by.clone(),
            approved_by: void.approved.clone(),
            reason: void.reason.clone(),
            at: self.format_millis(void.at),
        }
    }

    /// Every change of what is known of a person, oldest first.
    pub(super) fn edits(&self, id: AttendeeId) -> Result<Vec<EditLine>, Problem> {
        let shard = shard_name(shard_of(id));
        let mut edits = Vec::new();
        for space in [Space::Roster, Space::Contact, Space::Desk] {
            // A file says everything each time; what it says anew is what is told.
            let mut file = BTreeMap::new();
            for change in self.store.changes(space, DocRef::new(space, &shard))? {
                let edit = edit(&change, id);
                edits.extend(
                    edit.map(|edit| if edit.from_file { anew(edit, &mut file) } else { edit }),
                );
            }
        }
        edits.sort_by_key(|edit| edit.millis);
        let mut merged: Vec<Edit> = Vec::new();
        for edit in edits {
            match merged.last_mut().filter(|last| last.is_half_of(&edit)) {
                Some(last) => last.fields.extend(edit.fields),
                None => merged.push(edit),
            }
        }
        let lines = merged.into_iter().map(|edit| self.edit_line(edit));
        Ok(lines.filter(|line| !line.fields.is_empty()).collect())
    }

    /// On which station somebody was added, and the supervisor who agreed, where one was asked for.
    pub(crate) fn added_where(&self, id: AttendeeId) -> (String, Option<String>) {
        let doc = DocRef::new(Space::Desk, &shard_name(shard_of(id)));
        let changes = self.store.changes(Space::Desk, doc).unwrap_or_default();
        let adds = |edit: &Edit| edit.fields.contains_key(Field::AddedAt.as_str());
        let found = changes.iter().filter_map(|change| edit(change, id)).find(adds);
        let line = found.map(|edit| self.edit_line(edit));
        line.map(|line| (line.station, line.approved_by)).unwrap_or_default()
    }

    fn edit_line(&self, edit: Edit) -> EditLine {
        let message = edit.message.unwrap_or_default();
        let mut words = message.splitn(3, '\n').map(str::trim).map(str::to_owned);
        let mut word = || words.next().filter(|word| !word.is_empty());
        let (by, approved_by, reason) = (word(), word(), word());
        EditLine {
            at: self.format_millis(edit.millis),
            station: self.station_name(&edit.station),
            by,
            approved_by,
            reason,
            from_file: edit.from_file,
            fields: edit.fields,
        }
    }
}

impl Edit {
    fn is_half_of(&self, other: &Self) -> bool {
        let of = |edit: &Self| (edit.station, edit.message.clone(), edit.from_file);
        of(self) == of(other) && other.millis - self.millis <= APART_MILLIS
    }
}

/// An edit by a file, without what earlier files said already.
fn anew(edit: Edit, file: &mut BTreeMap<String, String>) -> Edit {
    let said = std::mem::replace(file, edit.fields.clone());
    let mut fields = edit.fields;
    let gone: Vec<String> = said.keys().filter(|key| !fields.contains_key(*key)).cloned().collect();
    fields.retain(|field, value| said.get(field) != Some(value));
    fields.extend(gone.into_iter().map(|field| (field, String::new())));
    Edit { fields, ..edit }
}

/// What a change does to one person; nothing where it is about others.
fn edit(change: &ChangeRow, id: AttendeeId) -> Option<Edit> {
    // One that cannot be read has no effect either.
    let set = describe_change(&change.body).ok()?;
    let id = id.to_string();
    let mut fields = BTreeMap::new();
    let mut from_file = false;
    for (key, value) in set {
        let Some(part) = key.strip_prefix(&id) else {
            continue;
        };
        match (part.strip_prefix('/'), value) {
            (None, Some(Scalar::Bytes(row))) => {
                from_file = true;
                let row: Fields = decode_row(&row).0;
                fields
                    .extend(row.into_iter().map(|(field, text)| (field.as_str().to_owned(), text)));
            }
            (Some(field), Some(Scalar::Text(text))) if !from_file => {
                fields.insert(field.to_owned(), text);
            }
            _ => {}
        }
    }
    if fields.is_empty() {
        return None;
    }
    let message = change_message(&change.body).ok()?;
    let millis = sync::hlc::millis(change.hlc);
    Some(Edit { millis, station: change.station, message, from_file, fields })
}
