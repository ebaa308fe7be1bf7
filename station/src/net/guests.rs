//! Tells the host at this laptop of guests whom doors let in, wherever that was.

use super::Net;
use crate::clock;
use crate::feed::Happening;
use crate::owner::Shared;
use crate::post::Post;
use crate::station::{OpenEvent, Station};
use domain::attendance::{Passed, passages};
use domain::event::Mode;
use domain::id::{AttendeeId, RecordRef};
use domain::time::from_millis;
use std::collections::BTreeSet;
use sync::id::EventId;

/// People of whom records came together; more is a station that catches up, and nobody stands before the host.
const TOGETHER_MAX: usize = 200;
/// Minutes after which a guest is past greeting.
const FRESH_MINUTES: i64 = 10;
/// Greetings that are remembered, so that nobody is announced twice.
const GREETED_MAX: usize = 1_000;

impl Net {
    /// Looks whether any of these people has just been let in and is one to be greeted.
    pub(crate) fn greet(
        &mut self,
        station: &mut Station,
        shared: &Shared,
        id: EventId,
        people: &BTreeSet<AttendeeId>,
    ) {
        if people.len() > TOGETHER_MAX || !Post::of(&shared.folder).host {
            return;
        }
        let Ok(open) = station.event(id) else { return };
        for person in people {
            let Some((record, guest)) = open.newest_guest(*person) else { continue };
            if self.greeted.len() >= GREETED_MAX {
                self.greeted.clear();
            }
            if self.greeted.insert(record) {
                let guest = Box::new(guest);
                shared.feed.tell(|| Some(Happening::Guest { event: id.to_string(), guest }));
            }
        }
    }
}

impl OpenEvent {
    /// The latest passage of a person, where it is an entry of a moment ago and the person is one to be greeted.
    fn newest_guest(&self, person: AttendeeId) -> Option<(RecordRef, crate::api::GuestLine)> {
        let person = self.store.person_by_id(person).ok()??;
        let facts = self.store.facts_of(person.id).ok()?;
        let latest: Passed<'_> = *passages(&facts, Mode::Live).last()?;
        let age = clock::now().duration_since(from_millis(latest.scan.at)).abs();
        let fresh = age.as_mins() < FRESH_MINUTES;
        let guest = self.guest(&person, latest.record, latest.scan).filter(|_| fresh)?;
        Some((latest.record, guest))
    }
}
