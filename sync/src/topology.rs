//! With whom a station keeps a session. A few stations hold one with every other; above that, some are anchors: they
//! hold sessions with each other, and the rest with two of them and one more, so that no change travels twice as
//! often as it must and no single laptop's end cuts anybody off.

use crate::control::Members;
use crate::id::{EventId, StationKey, hash32};
use domain::access::Role;
use std::collections::BTreeSet;

/// Up to so many others everybody speaks with everybody.
const MESH_MAX: usize = 8;
/// Others that a station which is no anchor keeps sessions with: two anchors and one more.
const ANCHORS_EACH: usize = 2;
/// Anchors of an event: enough that two may end.
const ANCHORS: usize = 4;

/// The stations with which a session is wanted; those that are there already among them.
#[must_use]
pub fn wanted(
    event: EventId,
    own: StationKey,
    members: &Members,
    linked: &BTreeSet<StationKey>,
) -> BTreeSet<StationKey> {
    let all: Vec<StationKey> =
        members.certificates().keys().copied().filter(|one| members.role(one).is_some()).collect();
    if !all.contains(&own) {
        return BTreeSet::new();
    }
    let others: Vec<StationKey> = all.iter().copied().filter(|one| *one != own).collect();
    if others.len() <= MESH_MAX {
        return others.into_iter().collect();
    }
    let anchors = anchors(&all, members);
    if anchors.contains(&own) {
        // Anchors are found by the others; what they want themselves is each other, and whoever came.
        return anchors
            .into_iter()
            .filter(|one| *one != own)
            .chain(linked.iter().copied())
            .collect();
    }
    let rank = |one: &StationKey| hash32("lanyard topology 1", &[&event.0, &own.0, &one.0]);
    let mut near: Vec<StationKey> = anchors.into_iter().collect();
    near.sort_by_key(rank);
    let mut rest = others;
    rest.sort_by_key(rank);
    let mut wanted: BTreeSet<StationKey> = near.iter().copied().take(ANCHORS_EACH).collect();
    wanted.extend(rest.iter().copied().take(1));
    // Whoever finds no anchor looks further, until somebody is there.
    let reached = near.iter().filter(|one| linked.contains(*one)).count();
    if reached < ANCHORS_EACH {
        wanted.extend(near.iter().copied());
    }
    if linked.is_empty() {
        wanted.extend(rest);
    }
    wanted
}

/// The stations that others keep sessions with: the organizer's and those at doors first, which hold the most.
fn anchors(all: &[StationKey], members: &Members) -> BTreeSet<StationKey> {
    let rank = |one: &StationKey| {
        let role = match members.role(one) {
            Some(Role::Admin) => 0,
            Some(Role::Door) => 1,
            Some(Role::Kiosk) => 2,
            Some(Role::Booth) | None => 3,
        };
        (role, *one)
    };
    let mut ranked = all.to_vec();
    ranked.sort_by_key(rank);
    ranked.into_iter().take(ANCHORS).collect()
}
