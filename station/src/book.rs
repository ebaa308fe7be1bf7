//! Everybody's names in memory, folded for a search: made from one state of the store beside its owner, and made anew
//! once people have changed.

use crate::api::{Answer, FoundLine, Output, TicketTypeLine};
use crate::clock;
use crate::problem::Problem;
use crate::station::OpenEvent;
use domain::attendance::{inside_on, passages};
use domain::attendee::{Field, display_name};
use domain::event::Mode;
use domain::id::AttendeeId;
use domain::search::{Query, fold};
use domain::time::{day_number, event_day};
use jiff::civil::Time;
use std::collections::BTreeMap;

/// People that a search shows where nothing else is asked.
const FOUND: usize = 20;
/// People that a search shows at most.
const FOUND_MAX: usize = 200;
/// What a fit in anything but the name counts more: names come first.
const BEHIND_NAMES: u32 = 1_000;

/// The names of one event.
#[derive(Debug, Default)]
pub(crate) struct Book {
    people: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    id: AttendeeId,
    name: String,
    ticket_type: String,
    company: Option<String>,
    order: Option<String>,
    status: String,
    folded_name: String,
    /// Everything else that a person may be found by.
    folded_rest: String,
}

impl Book {
    /// The names in a store.
    pub(crate) fn of(open: &OpenEvent) -> Result<Self, Problem> {
        let entry = |person: sync::store::PersonRow| {
            let field = |field: Field| person.fields.get(&field).cloned();
            let name = display_name(&person.fields);
            let rest = [Field::Company, Field::Order, Field::Email, Field::Code, Field::Phone];
            let rest: Vec<String> = rest.into_iter().filter_map(field).collect();
            Entry {
                id: person.id,
                folded_name: fold(&name),
                folded_rest: fold(&rest.join(" ")),
                name,
                ticket_type: field(Field::TicketType).unwrap_or_default(),
                company: field(Field::Company),
                order: field(Field::Order),
                status: field(Field::Status).unwrap_or_else(|| "paid".to_owned()),
            }
        };
        Ok(Self { people: open.store.people()?.into_iter().map(entry).collect() })
    }

    /// Whom a text fits, the best first.
    pub(crate) fn search(&self, open: &OpenEvent, text: &str, limit: Option<usize>) -> Answer {
        let Some(query) = Query::new(text) else { return Ok(Vec::new()) };
        let limit = limit.unwrap_or(FOUND).min(FOUND_MAX);
        let rank = |entry: &Entry| {
            let by_name = query.fits(&entry.folded_name);
            by_name.or_else(|| {
                let whole = format!("{} {}", entry.folded_name, entry.folded_rest);
                query.fits(&whole).map(|rank| rank + BEHIND_NAMES)
            })
        };
        let mut found: Vec<(u32, &Entry)> =
            self.people.iter().filter_map(|entry| Some((rank(entry)?, entry))).collect();
        let order = |one: &(u32, &Entry), other: &(u32, &Entry)| {
            let key = |(rank, entry): &(u32, &Entry)| (*rank, entry.folded_name.len());
            key(one).cmp(&key(other)).then_with(|| {
                (&one.1.folded_name, one.1.id).cmp(&(&other.1.folded_name, other.1.id))
            })
        };
        if found.len() > limit {
            found.select_nth_unstable_by(limit, order);
            found.truncate(limit);
        }
        found.sort_unstable_by(order);
        found.into_iter().map(|(_, entry)| entry.line(open).map(Output::Found)).collect()
    }

    /// The ticket types that there are.
    pub(crate) fn ticket_types(&self) -> Answer {
        let mut types: BTreeMap<&str, u64> = BTreeMap::new();
        for entry in &self.people {
            *types.entry(entry.ticket_type.as_str()).or_default() += 1;
        }
        let line = |(ticket_type, attendees): (&str, u64)| {
            Output::TicketType(TicketTypeLine { ticket_type: ticket_type.to_owned(), attendees })
        };
        Ok(types.into_iter().map(line).collect())
    }
}

impl Entry {
    fn line(&self, open: &OpenEvent) -> Result<FoundLine, Problem> {
        let (inside, came) = presence(open, self.id)?;
        Ok(FoundLine {
            id: self.id.to_string(),
            name: self.name.clone(),
            ticket_type: self.ticket_type.clone(),
            company: self.company.clone(),
            order: self.order.clone(),
            status: self.status.clone(),
            inside,
            came,
        })
    }
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
