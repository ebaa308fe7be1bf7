//! Reports of an event, folded from its facts: who came, who is inside, what each gate did, what operators decided.
//!
//! Pure functions of the set of facts, as `attendance` is: in whatever order and however often the facts arrive, a
//! report is the same. Rehearsals are in none of them, and no report reads a clock: it is as of the latest fact.

use crate::id::AttendeeId;
use crate::search::fold;
use crate::stats::Ticket;
use std::collections::BTreeMap;

mod acts;
mod gates;
mod inside;
#[cfg(test)]
mod tests;
mod turnout;

pub use acts::{Act, ActKind, Addition, acts};
pub use gates::{Passing, gates};
pub use inside::{Inside, inside};
pub use turnout::{Share, Turnout, first_entries, turnout};

/// What a report has to be told of somebody on the list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Guest {
    /// Name to show.
    pub name: String,
    /// Company; empty where none is known.
    pub company: String,
    /// The ticket.
    pub ticket: Ticket,
    /// Whether the ticket was cancelled.
    pub cancelled: bool,
}

/// The people of a list, by their ids.
pub type Guests = BTreeMap<AttendeeId, Guest>;

/// What names are sorted by: as they are read, without regard to accents and capitals.
///
/// Whoever has no name comes last: the others are looked for by theirs.
#[must_use]
pub fn name_order(name: &str) -> (bool, String, &str) {
    (name.is_empty(), fold(name), name)
}
