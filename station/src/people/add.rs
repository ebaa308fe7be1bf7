//! Somebody who is not on the list, added at a door or by the organizer: on this laptop's disk at once, with a code that
//! every station can derive, and by whose word and why.

use super::{Word, parse_fields};
use crate::api::{Answer, Output};
use crate::clock::SystemEntropy;
use crate::problem::{Code, Problem};
use crate::station::OpenEvent;
use domain::access::{Kind, Space};
use domain::attendee::{Field, Fields};
use domain::gate::Gate;
use jiff::Timestamp;
use sync::entropy::random;
use sync::roster::shard_of;
use sync::store::{Change, ShardChange, StoreError};

impl OpenEvent {
    /// Adds somebody; at a gate, by its limits, with who and why.
    pub(crate) fn attendee_add(
        &mut self,
        fields: &[String],
        gate: Option<&str>,
        word: Word<'_>,
        now: Timestamp,
    ) -> Answer {
        self.may_write(Space::Desk, Kind::CHANGE)?;
        let mut fields = parse_fields(fields)?;
        fields.retain(|_, value| !value.is_empty());
        if !fields.keys().any(|field| tells_who(*field)) {
            let message = "Nothing tells who this is.";
            return Err(Problem::bad(
                message,
                "Give a name, an e-mail or a code: `name=\"Ada Kim\"`.",
            ));
        }
        if fields.keys().any(|field| field.is_contact()) {
            self.may_write(Space::Contact, Kind::CHANGE)?;
        }
        if let Some(code) = fields.get(&Field::Code) {
            self.is_free(code, None)?;
        }
        if let Some(id) = gate {
            let gate = self.gate_of_addition(id, &fields, word)?;
            fields.insert(Field::AddedGate, gate.id);
        }
        fields.insert(Field::AddedAt, self.format(now));
        let words = [(Field::AddedBy, word.by), (Field::AddedReason, word.reason)];
        let words = words.into_iter().filter_map(|(field, word)| Some((field, word?.trim())));
        fields.extend(words.map(|(field, word)| (field, word.to_owned())));
        self.add(&fields, word, now)
    }

    /// The gate at which somebody is added, where there is room for one more.
    fn gate_of_addition(&self, id: &str, fields: &Fields, word: Word<'_>) -> Result<Gate, Problem> {
        let Some(gate) = self.event.gates.get(id) else {
            let known: Vec<&str> = self.event.gates.keys().map(String::as_str).collect();
            let hint = format!("Gates of this event: {}.", known.join(", "));
            let message = format!("There is no gate \"{id:.64}\".");
            return Err(Problem::new(Code::UnknownGate, message, hint));
        };
        crate::undo::who_and_why(word.by, word.reason.unwrap_or_default())?;
        let ticket_type = fields.get(&Field::TicketType).map_or("", String::as_str);
        if gate.ticket_types.as_ref().is_some_and(|types| !types.contains(ticket_type)) {
            let types: Vec<&str> = gate.ticket_types.iter().flatten().map(String::as_str).collect();
            let message = format!("Gate {} takes {}.", gate.name, types.join(", "));
            return Err(Problem::bad(
                message,
                "Give one of these as ticket_type; nobody was added.",
            ));
        }
        let added =
            if gate.added_max.is_none() { Vec::new() } else { self.store.people_added()? };
        let added = added.iter().map(|person| &person.fields);
        if let Some(reached) = gate.added_max.reached(id, ticket_type, added) {
            let of = reached.ticket_type.map(|name| format!(" with {name}")).unwrap_or_default();
            let message = format!(
                "{} people{of} were added at gate {}: that is the limit.",
                reached.max, gate.name
            );
            let hint = "Send the person to the ticket desk, or ask the organizer to raise `added_max` of the gate.";
            return Err(Problem::new(Code::NotAllowed, message, hint));
        }
        Ok(gate.clone())
    }

    fn add(&mut self, fields: &Fields, word: Word<'_>, now: Timestamp) -> Answer {
        let message = word.message()?;
        let token: [u8; 16] = random(&mut SystemEntropy);
        let token: String = token.iter().map(|byte| format!("{byte:02x}")).collect();
        let naming = self.naming()?.clone();
        let id = naming.attendee("hand", &token);
        let mut shard = self.store.shard(shard_of(id))?;
        let own_code = fields.get(&Field::Code).cloned();
        let derived = own_code.is_none().then(|| naming.code(&naming.minted(id)));
        shard.add(id, fields, derived).map_err(StoreError::from)?;
        for (field, value) in fields.iter().filter(|(field, _)| field.is_contact()) {
            let code = (*field == Field::Code).then(|| naming.code(value));
            shard.set_field(id, *field, value, code).map_err(StoreError::from)?;
        }
        let commit = |document: &mut sync::document::Document| {
            document.commit_as(message.as_deref()).map_err(StoreError::from)
        };
        let (roster, contact) = (commit(&mut shard.roster)?, commit(&mut shard.contact)?);
        let desk = commit(&mut shard.desk)?;
        let person = shard.person(id).unwrap_or_default();
        let change = Change {
            no: None,
            id,
            fields: person.fields(id, Some(&naming)),
            old_order: None,
            old_code: None,
            code: person.code,
            revoked: Vec::new(),
        };
        let shard = shard_of(id);
        let change = ShardChange { shard, roster, contact, desk, people: vec![change] };
        self.store.write(now.as_millisecond(), &mut SystemEntropy, |batch| {
            batch.change_people(&change)
        })?;
        let row = self.person(&id.to_string())?;
        Ok(vec![Output::Attendee(Box::new(self.attendee_line(&row)?))])
    }
}

const fn tells_who(field: Field) -> bool {
    matches!(field, Field::Name | Field::FirstName | Field::LastName | Field::Email | Field::Code)
}
