//! What a gate is today: its own rules, and over them those of the slot of its agenda that is on or comes next.

use crate::gate::{Bound, Gate, Slot};
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use std::collections::BTreeSet;

/// A gate on one day.
#[derive(Debug)]
pub(super) struct Today<'a> {
    gate: &'a Gate,
    day: Date,
    slot: Option<&'a Slot>,
    /// Ticket types that may pass; none given: all.
    pub(super) ticket_types: Option<&'a BTreeSet<String>>,
}

impl<'a> Today<'a> {
    /// The gate on `day`, at the local time `now`.
    pub(super) fn of(gate: &'a Gate, day: Date, now: DateTime) -> Self {
        let slots = || gate.agenda.iter().filter(|slot| slot.day == day);
        let is_over = |slot: &&Slot| {
            let closes = slot.closes.map(|closes| at(gate, day, closes));
            closes.is_some_and(|closes| now >= closes)
        };
        let slot = slots().find(|slot| !is_over(slot)).or_else(|| slots().next_back());
        let of_slot = slot.and_then(|slot| slot.ticket_types.as_ref());
        Self { gate, day, slot, ticket_types: of_slot.or(gate.ticket_types.as_ref()) }
    }

    /// The days on which the gate is open instead, where its agenda has none for today.
    pub(super) fn days_instead(&self) -> Option<Vec<Date>> {
        let closed_today = self.slot.is_none() && !self.gate.agenda.is_empty();
        let days: BTreeSet<Date> = self.gate.agenda.iter().map(|slot| slot.day).collect();
        closed_today.then(|| days.into_iter().collect())
    }

    /// When it opens and closes, on the event's wall clock.
    pub(super) fn hours(&self, zone: &TimeZone) -> (Option<DateTime>, Option<DateTime>) {
        let moment = |bound: Bound| match bound {
            Bound::Daily(time) => at(self.gate, self.day, time),
            Bound::At(moment) => moment.to_zoned(zone.clone()).datetime(),
        };
        let of_slot = |time: fn(&Slot) -> Option<Time>| self.slot.and_then(time).map(Bound::Daily);
        let opens = of_slot(|slot| slot.opens).or(self.gate.opens).map(moment);
        let closes = of_slot(|slot| slot.closes).or(self.gate.closes).map(moment);
        (opens, closes)
    }
}

/// A time of a gate's day: what is before the turn of the day belongs to the night after it.
fn at(gate: &Gate, day: Date, time: Time) -> DateTime {
    let date = if time < gate.day_turns { day.tomorrow().unwrap_or(day) } else { day };
    date.to_datetime(time)
}
