//! Who is inside now: the list that is read out when a building has to be left.

use super::{Guests, name_order};
use crate::attendance::{Passed, passages, presence};
use crate::event::Mode;
use crate::fact::Placed;
use crate::id::AttendeeId;
use crate::stats;
use crate::verdict::Passage;
use std::collections::{BTreeMap, BTreeSet};

/// Somebody who is inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Inside<'a> {
    /// The person.
    pub attendee: AttendeeId,
    /// How many on that ticket are inside.
    pub people: u32,
    /// Where and when somebody on that ticket was last let in, of the areas that have not been left since.
    pub last: Passed<'a>,
}

/// Everybody who is inside any area on the latest day that anybody went in or out, by name.
///
/// Whoever is not on the list is inside all the same: the record of a scan may arrive before the person's.
#[must_use]
pub fn inside<'a>(facts: &'a [Placed], guests: &Guests) -> Vec<Inside<'a>> {
    let tickets = guests.iter().map(|(id, guest)| (*id, guest.ticket.clone())).collect();
    let passed = passages(facts, Mode::Live);
    let today = passed.iter().map(|passed| passed.scan.day).max();
    let mut of_person: BTreeMap<AttendeeId, Vec<Passed<'a>>> = BTreeMap::new();
    for passed in passed.iter().filter(|passed| Some(passed.scan.day) == today) {
        if let Some(id) = passed.scan.attendee {
            of_person.entry(id).or_default().push(*passed);
        }
    }
    let line = |(attendee, people): (AttendeeId, u32)| {
        let carried = guests.get(&attendee).map_or(1, |guest| guest.ticket.people.max(1));
        let last = last_entry(of_person.get(&attendee)?, carried)?;
        Some(Inside { attendee, people, last })
    };
    let mut lines: Vec<Inside<'a>> =
        stats::inside(facts, &tickets).into_iter().filter_map(line).collect();
    let name = |one: &Inside<'_>| guests.get(&one.attendee).map_or("", |guest| &guest.name);
    lines.sort_by_cached_key(|one| {
        let (nameless, folded, name) = name_order(name(one));
        (nameless, folded, name.to_owned(), one.attendee)
    });
    lines
}

/// The latest entry into an area that the person is still in.
fn last_entry<'a>(passed: &[Passed<'a>], people: u32) -> Option<Passed<'a>> {
    let areas: BTreeSet<&str> = passed.iter().map(|passed| passed.scan.area()).collect();
    let held: BTreeSet<&str> =
        areas.into_iter().filter(|area| presence(passed, area, None, people).inside > 0).collect();
    let mut entries = passed.iter().filter(|passed| passed.passage == Passage::Entry);
    entries.rfind(|passed| held.contains(passed.scan.area())).copied()
}
