//! What doors say, laid over what the organizer's list says.
//!
//! A door puts right how somebody is spelt and what others should note: that holds over the list. Everything else of a
//! ticket is the organizer's; a door says it only of people whom it has added, and the organizer's word holds over it.

use super::{CODE_HASH_KEY, Person};
use crate::document::{Document, Scalar};
use domain::attendee::Field;
use domain::id::{AttendeeId, CodeHash};
use std::collections::BTreeMap;

/// What doors say of one person.
#[derive(Debug, Default)]
struct Said {
    fields: BTreeMap<Field, String>,
    disputed: BTreeMap<Field, Vec<String>>,
    code: Option<CodeHash>,
}

/// Lays it over. Of somebody whom nobody added nothing is known but by the list.
pub(super) fn overlay(
    document: &Document,
    entries: Vec<(String, Scalar)>,
    people: &mut BTreeMap<AttendeeId, Person>,
) {
    for (id, said) in read(document, entries) {
        let added = said.fields.contains_key(&Field::AddedAt);
        if !added && !people.contains_key(&id) {
            continue;
        }
        let person = people.entry(id).or_default();
        for (field, value) in said.fields {
            let on_list = person.sources.file.as_ref().is_some_and(|row| row.contains_key(&field));
            let of_organizer = on_list || person.sources.edits.contains_key(&field);
            if field.is_spelling() || (added && !of_organizer) {
                person.sources.edits.insert(field, value);
                person.disputed.extend(said.disputed.get(&field).map(|all| (field, all.clone())));
            }
        }
        if added {
            person.code = person.code.or(said.code);
        }
    }
}

fn read(document: &Document, entries: Vec<(String, Scalar)>) -> BTreeMap<AttendeeId, Said> {
    let mut people: BTreeMap<AttendeeId, Said> = BTreeMap::new();
    for (key, value) in entries {
        let Some((id, part)) = key.split_once('/') else { continue };
        let Some(id) = AttendeeId::from_hex(id) else { continue };
        match (Field::from_name(part), value) {
            (Some(field), Scalar::Text(value)) if !field.is_contact() => {
                let said = people.entry(id).or_default();
                let all = document.get_all(&key);
                if all.len() > 1 {
                    let texts = all.into_iter().filter_map(|value| match value {
                        Scalar::Text(text) => Some(text),
                        Scalar::Bytes(_) => None,
                    });
                    said.disputed.insert(field, texts.collect());
                }
                said.fields.insert(field, value);
            }
            (None, Scalar::Bytes(hash)) if part == CODE_HASH_KEY => {
                people.entry(id).or_default().code = hash.try_into().ok().map(CodeHash::new);
            }
            _ => {}
        }
    }
    people
}
