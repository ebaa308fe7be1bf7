//! What is known of somebody, put right by a person's word.

use super::Word;
use crate::api::{Answer, Output};
use crate::clock::SystemEntropy;
use crate::problem::{Code, Problem};
use crate::station::OpenEvent;
use domain::access::{Kind, Space};
use domain::attendee::{Field, Fields};
use domain::id::AttendeeId;
use jiff::Timestamp;
use sync::document::Document;
use sync::roster::shard_of;
use sync::store::{Change, ShardChange, StoreError};

/// Where a field of somebody who is known is put right.
const fn space_of(field: Field) -> Space {
    match field {
        field if field.is_contact() => Space::Contact,
        field if field.is_spelling() => Space::Desk,
        _ => Space::Roster,
    }
}

impl OpenEvent {
    /// Whether nobody else has a code.
    pub(super) fn is_free(&self, code: &str, of: Option<AttendeeId>) -> Result<(), Problem> {
        let others = self.store.people_by_code(self.naming()?.code(code))?;
        let Some(other) = others.iter().find(|other| Some(other.id) != of) else { return Ok(()) };
        let message = format!("Attendee {} has this code already.", other.id);
        let hint = "Give another code, or correct that person first.";
        Err(Problem::new(Code::NotAllowed, message, hint))
    }

    /// Sets fields of a person by a person's word.
    pub(super) fn edit(
        &mut self,
        id: AttendeeId,
        fields: &Fields,
        word: Word<'_>,
        now: Timestamp,
    ) -> Answer {
        for field in fields.keys() {
            self.may_write(space_of(*field), Kind::CHANGE)?;
        }
        let message = word.message()?;
        if let Some(code) = fields.get(&Field::Code) {
            self.is_free(code, Some(id))?;
        }
        let naming = self.naming()?.clone();
        let row = self.store.person_by_id(id)?;
        let mut shard = self.store.shard(shard_of(id))?;
        let before = shard.person(id);
        for (field, value) in fields {
            // Setting what holds already decides a dispute, and is nothing otherwise.
            let disputed =
                before.as_ref().is_some_and(|person| person.disputed.contains_key(field));
            let holds =
                row.as_ref().and_then(|row| row.fields.get(field)).map_or("", String::as_str);
            if holds != value || disputed {
                let code = (*field == Field::Code).then(|| naming.code(value));
                shard.set_field(id, *field, value, code).map_err(StoreError::from)?;
            }
        }
        let commit = |document: &mut Document| {
            document.commit_as(message.as_deref()).map_err(StoreError::from)
        };
        let (roster, contact) = (commit(&mut shard.roster)?, commit(&mut shard.contact)?);
        let desk = commit(&mut shard.desk)?;
        let after = shard.person(id).unwrap_or_default();
        let change = Change {
            no: row.as_ref().map(|row| row.no),
            old_order: row.and_then(|row| row.fields.get(&Field::Order).cloned()),
            id,
            fields: after.fields(id, Some(&naming)),
            old_code: before.and_then(|person| person.code),
            code: after.code,
            revoked: after.revoked.into_iter().collect(),
        };
        if roster.is_some() || contact.is_some() || desk.is_some() {
            let shard = shard_of(id);
            let change = ShardChange { shard, roster, contact, desk, people: vec![change] };
            self.store.write(now.as_millisecond(), &mut SystemEntropy, |batch| {
                batch.change_people(&change)
            })?;
        }
        let row = self.person(&id.to_string())?;
        Ok(vec![Output::Attendee(Box::new(self.attendee_line(&row)?))])
    }
}
