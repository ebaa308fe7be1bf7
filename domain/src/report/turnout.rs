//! Who came, of those on the list.

use super::Guests;
use crate::attendance::{Passed, passages};
use crate::event::Mode;
use crate::fact::Placed;
use crate::id::AttendeeId;
use crate::verdict::Passage;
use std::collections::BTreeMap;

/// How many of some attendees came. A ticket that carries several people is one attendee.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Share {
    /// Those who were let in at least once.
    pub came: u64,
    /// Those who were not.
    pub no_show: u64,
    /// How many of those who did not come had a cancelled ticket.
    pub cancelled: u64,
}

/// How many came.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Turnout {
    /// Of everybody on the list.
    pub all: Share,
    /// Of each ticket type; the empty name is that of people without one.
    pub by_ticket_type: BTreeMap<String, Share>,
}

/// The first entry of everybody who was let in and whose entry was not taken back.
#[must_use]
pub fn first_entries(facts: &[Placed]) -> BTreeMap<AttendeeId, Passed<'_>> {
    let mut first = BTreeMap::new();
    for passed in passages(facts, Mode::Live) {
        if let (Passage::Entry, Some(id)) = (passed.passage, passed.scan.attendee) {
            first.entry(id).or_insert(passed);
        }
    }
    first
}

/// How many of a list came.
#[must_use]
pub fn turnout(facts: &[Placed], guests: &Guests) -> Turnout {
    let first = first_entries(facts);
    let mut turnout = Turnout::default();
    for (id, guest) in guests {
        let of_type = turnout.by_ticket_type.entry(guest.ticket.ticket_type.clone()).or_default();
        for share in [&mut turnout.all, of_type] {
            if first.contains_key(id) {
                share.came += 1;
            } else {
                share.no_show += 1;
                share.cancelled += u64::from(guest.cancelled);
            }
        }
    }
    turnout
}
