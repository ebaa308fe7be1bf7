//! Which ticket is meant where a gate takes a ticket for another one of its order.
//!
//! Somebody shows the ticket that he has at hand; what he bought with it, such as a workshop, is another one of the
//! same order. A gate that says so lets the one ticket count that enters there.

use crate::attendee::{Field, Fields, Status};
use crate::gate::Gate;

/// Whose ticket counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meant<T> {
    /// The one that was shown.
    Shown,
    /// Another one of the order.
    Other(T),
    /// Several could be meant, and a person has to say which.
    Several,
}

/// Finds the ticket that counts at a gate. `others` are the other tickets of the order.
///
/// Add-ons name the position that they belong to; on an order where none does, every other ticket may be one. The
/// ticket that was shown counts as well, and what was cancelled does not.
#[must_use]
pub fn meant<T: Copy>(shown: &Fields, others: &[(T, &Fields)], gate: &Gate) -> Meant<T> {
    let Some(accepted) = gate.ticket_types.as_ref().filter(|_| gate.addon_match) else {
        return Meant::Shown;
    };
    let get = |fields: &Fields, field| fields.get(&field).cloned().unwrap_or_default();
    let enters = |fields: &Fields| accepted.contains(&get(fields, Field::TicketType));
    let position = get(shown, Field::OrderPosition);
    let named = others.iter().any(|(_, other)| other.contains_key(&Field::AddonTo));
    let mut candidates = others.iter().filter(|(_, other)| {
        let status = Status::from_name(&get(other, Field::Status)).unwrap_or_default();
        let belongs = !named || get(other, Field::AddonTo) == position;
        belongs && status != Status::Cancelled && enters(other)
    });
    match (candidates.next(), candidates.next(), enters(shown)) {
        (None, _, _) => Meant::Shown,
        (Some((other, _)), None, false) => Meant::Other(*other),
        (Some(_), _, _) => Meant::Several,
    }
}
