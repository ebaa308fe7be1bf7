//! The order that a ticket is on: who else is on it, whom one act lets in together, and which of its tickets counts.

use super::{Door, Found, Holder, Read, find};
use crate::api::{OrderLine, OrderMate, ScanRequest};
use crate::limits::{GROUP_MAX, ORDER_MATES_MAX};
use crate::problem::{Code, Problem};
use crate::station::OpenEvent;
use domain::attendance::{inside_on, passages};
use domain::attendee::{Field, Fields, Status};
use domain::event::Event;
use domain::id::AttendeeId;
use domain::judge::{self, Meant};
use domain::time::{day_number, event_day};
use std::collections::BTreeSet;
use sync::store::{PersonRow, Store, StoreError};

/// The other people of a person's order.
fn others_of(store: &Store, person: &PersonRow) -> Result<Vec<PersonRow>, StoreError> {
    let Some(order) = person.fields.get(&Field::Order) else { return Ok(Vec::new()) };
    let mut others = store.people_by_order(order)?;
    others.retain(|other| other.id != person.id);
    Ok(others)
}

/// The ticket that counts at the door's gates, or the order of which several could.
pub(super) fn meant(
    store: &Store,
    found: Found,
    door: &Door,
) -> Result<(Found, Option<String>), StoreError> {
    let Found::One(holder) = &found else { return Ok((found, None)) };
    let Some(gate) = door.gates.iter().find(|gate| gate.addon_match) else {
        return Ok((found, None));
    };
    // Whoever was asked whose ticket it is has said so: that very ticket counts, where it enters here.
    let ticket_type = holder.person.fields.get(&Field::TicketType);
    let enters = |types: &BTreeSet<String>| ticket_type.is_some_and(|own| types.contains(own));
    if holder.picked && gate.ticket_types.as_ref().is_some_and(enters) {
        return Ok((found, None));
    }
    let others = others_of(store, &holder.person)?;
    let named: Vec<(usize, &Fields)> =
        others.iter().enumerate().map(|(place, other)| (place, &other.fields)).collect();
    match judge::meant(&holder.person.fields, &named, gate) {
        Meant::Shown => Ok((found, None)),
        Meant::Several => {
            let order = holder.person.fields.get(&Field::Order).cloned().unwrap_or_default();
            Ok((found, Some(order)))
        }
        Meant::Other(place) => {
            let other = others.into_iter().nth(place).map(Holder::of);
            Ok((other.map_or(found, Found::One), None))
        }
    }
}

/// The order a person is on, and who else is on it.
pub(super) fn order_of(
    store: &Store,
    person: Option<&PersonRow>,
    door: &Door,
    event: &Event,
) -> Result<Option<(OrderLine, Vec<OrderMate>)>, StoreError> {
    let Some(person) = person else { return Ok(None) };
    let Some(id) = person.fields.get(&Field::Order).cloned() else { return Ok(None) };
    let mut others = Vec::new();
    for other in others_of(store, person)? {
        others.push(mate(store, &other, door, event)?);
    }
    let others_waiting = others.iter().filter(|mate| mate.waits).count() as u64;
    others.sort_by_cached_key(|mate| (!mate.waits, mate.name.clone(), mate.id.clone()));
    others.truncate(ORDER_MATES_MAX);
    Ok(Some((OrderLine { id, others_waiting }, others)))
}

fn mate(
    store: &Store,
    other: &PersonRow,
    door: &Door,
    event: &Event,
) -> Result<OrderMate, StoreError> {
    let facts = store.facts_of(other.id)?;
    let passages = passages(&facts, door.mode);
    let turns = door.gates.first().map_or(jiff::civil::Time::midnight(), |gate| gate.day_turns);
    let day = day_number(event_day(door.at, &event.zone, turns));
    let inside = inside_on(&passages, Some(day), 1) > 0;
    let status = other.fields.get(&Field::Status).cloned();
    let cancelled = status.as_deref() == Some(Status::Cancelled.as_str());
    let who = super::who(other);
    Ok(OrderMate {
        id: who.id,
        name: who.name,
        ticket_type: who.ticket_type,
        status: status.unwrap_or_else(|| Status::Paid.as_str().to_owned()),
        inside,
        waits: !inside && !cancelled,
    })
}

impl OpenEvent {
    /// Who comes in together with the one who was scanned, by the same act.
    pub(super) fn others_of_the_act(
        &self,
        ask: &ScanRequest,
        read: &Read,
        door: &Door,
    ) -> Result<Vec<AttendeeId>, Problem> {
        if !ask.group && ask.with.is_empty() {
            return Ok(Vec::new());
        }
        let Found::One(Holder { person, .. }) = find(&self.store, self.naming()?, read)? else {
            return Ok(Vec::new());
        };
        let order = person.fields.get(&Field::Order).cloned().unwrap_or_default();
        let others = others_of(&self.store, &person)?;
        let known: BTreeSet<String> = others.iter().map(|other| other.id.to_string()).collect();
        if let Some(stranger) = ask.with.iter().find(|id| !known.contains(id.as_str())) {
            let message = format!("\"{stranger:.80}\" is nobody else on order {order:.80}.");
            let hint = "The ids of those who are stand in `others` of the scan's answer.";
            return Err(Problem::new(Code::UnknownAttendee, message, hint));
        }
        let mut chosen = Vec::new();
        for other in &others {
            let named = ask.with.contains(&other.id.to_string());
            if named || (ask.group && mate(&self.store, other, door, &self.event)?.waits) {
                chosen.push(other.id);
            }
        }
        if chosen.len() > GROUP_MAX {
            let message = format!(
                "{} people of order {order:.80} would come in at once; {GROUP_MAX} are the most for one act.",
                chosen.len()
            );
            return Err(Problem::bad(
                message,
                "Name those who are here with --with; nobody was let in.",
            ));
        }
        Ok(chosen)
    }
}
