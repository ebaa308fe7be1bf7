//! Everybody's words in memory, ready for a search: made from one state of the store beside its owner, and made anew
//! once people have changed.
//!
//! Only words and ids are kept; what an answer shows of a person is read from the store.

use crate::api::{Answer, FoundLine, Output, TicketTypeLine};
use crate::clock;
use crate::problem::Problem;
use crate::station::OpenEvent;
use domain::attendance::{inside_on, passages};
use domain::attendee::{Field, display_name};
use domain::event::Mode;
use domain::id::AttendeeId;
use domain::search::{Builder, Index, Query};
use domain::time::{day_number, event_day};
use jiff::civil::Time;
use std::collections::BTreeMap;
use sync::store::PersonRow;

/// People that a search shows where nothing else is asked.
const FOUND: usize = 20;
/// People that a search shows at most.
const FOUND_MAX: usize = 200;

/// The people of one event, as a search knows them.
#[derive(Debug, Default)]
pub(crate) struct Book {
    /// Their ids, by their numbers in the index.
    ids: Vec<AttendeeId>,
    index: Index,
    ticket_types: BTreeMap<String, u64>,
}

impl Book {
    /// The people in a store.
    pub(crate) fn of(open: &OpenEvent) -> Result<Self, Problem> {
        let mut book = Self::default();
        let mut builder = Builder::default();
        open.store.each_person(|person| {
            let ticket_type = person.fields.get(&Field::TicketType);
            let ticket_type = ticket_type.map(String::as_str).unwrap_or_default();
            if let Some(count) = book.ticket_types.get_mut(ticket_type) {
                *count += 1;
            } else {
                book.ticket_types.insert(ticket_type.to_owned(), 1);
            }
            builder.add(&person.fields);
            book.ids.push(person.id);
        })?;
        book.index = builder.index();
        Ok(book)
    }

    /// Whom a text fits, the best first.
    pub(crate) fn search(&self, open: &OpenEvent, text: &str, limit: Option<usize>) -> Answer {
        let Some(query) = Query::new(text) else { return Ok(Vec::new()) };
        let found = self.index.find(&query, limit.unwrap_or(FOUND).min(FOUND_MAX));
        let mut lines = Vec::with_capacity(found.len());
        for id in found.into_iter().filter_map(|number| self.ids.get(number)) {
            if let Some(person) = open.store.person_by_id(*id)? {
                lines.push(Output::Found(line(open, &person)?));
            }
        }
        Ok(lines)
    }

    /// The ticket types that there are.
    pub(crate) fn ticket_types(&self) -> Answer {
        let line = |(ticket_type, attendees): (&String, &u64)| {
            Output::TicketType(TicketTypeLine {
                ticket_type: ticket_type.clone(),
                attendees: *attendees,
            })
        };
        Ok(self.ticket_types.iter().map(line).collect())
    }

    /// What is known of the words, for a bench.
    pub(crate) const fn index(&self) -> &Index {
        &self.index
    }
}

fn line(open: &OpenEvent, person: &PersonRow) -> Result<FoundLine, Problem> {
    let field = |field: Field| person.fields.get(&field).cloned();
    let (inside, came) = presence(open, person.id)?;
    Ok(FoundLine {
        id: person.id.to_string(),
        name: display_name(&person.fields),
        ticket_type: field(Field::TicketType).unwrap_or_default(),
        company: field(Field::Company),
        order: field(Field::Order),
        status: field(Field::Status).unwrap_or_else(|| "paid".to_owned()),
        inside,
        came,
    })
}

/// Whether a person is inside now, and was ever let in.
pub(crate) fn presence(open: &OpenEvent, id: AttendeeId) -> Result<(bool, bool), Problem> {
    let facts = open.store.facts_of(id)?;
    let passages = passages(&facts, open.event.stage.mode().unwrap_or(Mode::Live));
    let inside = passages.last().is_some_and(|last| {
        let gate = open.event.gates.get(&last.scan.gate);
        let turns = gate.map_or(Time::midnight(), |gate| gate.day_turns);
        let today = day_number(event_day(clock::now(), &open.event.zone, turns));
        last.scan.day == today && inside_on(&passages, Some(today), 1) > 0
    });
    Ok((inside, !passages.is_empty()))
}
