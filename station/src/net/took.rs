//! What follows at this laptop from records that others made.

use super::Net;
use crate::feed::Happening;
use crate::owner::Shared;
use crate::station::{OpenEvent, Station, read_event};
use domain::access::Space;
use domain::id::AttendeeId;
use std::collections::BTreeSet;
use std::sync::atomic::Ordering;
use sync::id::EventId;
use sync::replica::Ingested;

impl OpenEvent {
    /// Reads anew what is kept in memory of an event.
    pub(crate) fn heed(&mut self, took: &Ingested) {
        if took.members || took.spaces.contains(&Space::Event) {
            // What cannot be read is of a later version: the event stays as it was known.
            if let Ok(settings) = self.store.settings()
                && let Ok(read) = read_event(&settings)
            {
                (self.settings, self.event) = (settings, read);
            }
        }
        if took.members {
            self.naming = self.store.naming().ok();
        }
    }
}

impl Net {
    pub(super) fn took(
        &mut self,
        station: &mut Station,
        shared: &Shared,
        id: EventId,
        took: &Ingested,
    ) {
        let event = id.to_string();
        let Ok(open) = station.event(id) else { return };
        open.heed(took);
        if took.members || took.spaces.contains(&Space::Event) {
            shared.feed.tell(|| Some(Happening::Event { event: event.clone() }));
        }
        if took.members {
            self.stirred.insert(id, true);
            // What lies past a cut counts as presence alone, and takes no part in anything else.
            self.count_conflicts(station, id);
            if self.follow_assignment(station, id) {
                shared.feed.tell(|| Some(Happening::Station));
            }
            self.seek(station, id);
        }
        let people = [Space::Roster, Space::Contact, Space::Desk];
        if took.members || people.iter().any(|space| took.spaces.contains(space)) {
            shared.people.fetch_add(1, Ordering::SeqCst);
            shared.feed.tell(|| Some(Happening::People { event: event.clone() }));
        }
        if took.spaces.contains(&Space::Attendance) {
            shared.feed.tell(|| Some(Happening::Attendance { event: event.clone() }));
        }
        if !took.people.is_empty() {
            self.greet(station, shared, id, &took.people);
            self.find_conflicts(station, shared, id, &took.people);
        }
    }

    /// Counts anew the double admissions that nobody has settled.
    pub(crate) fn count_conflicts(&mut self, station: &mut Station, id: EventId) {
        let Ok(open) = station.event(id) else { return };
        let lines = open.conflicts().unwrap_or_default().into_iter();
        open.open_conflicts = lines
            .filter_map(|output| match output {
                crate::api::Output::Conflict(line) if line.resolved.is_none() => {
                    Some((line.id, (line.attendee, line.scans.len())))
                }
                _ => None,
            })
            .collect();
    }

    /// Looks for double admissions of these people, and tells whoever should know.
    pub(crate) fn find_conflicts(
        &mut self,
        station: &mut Station,
        shared: &Shared,
        id: EventId,
        people: &BTreeSet<AttendeeId>,
    ) {
        let Ok(open) = station.event(id) else { return };
        let Ok(lines) = open.conflicts_of(people) else { return };
        // What was taken back elsewhere is none any more.
        open.open_conflicts.retain(|id, (whose, _)| {
            let theirs = people.iter().any(|person| person.to_string() == *whose);
            !theirs || lines.iter().any(|line| line.id == *id)
        });
        for line in lines {
            let now = (line.attendee.clone(), line.scans.len());
            // A further scan makes it new again.
            let changed = if line.resolved.is_none() {
                open.open_conflicts.insert(line.id.clone(), now.clone()) != Some(now)
            } else {
                open.open_conflicts.remove(&line.id).is_some()
            };
            if changed {
                let (event, conflict) = (id.to_string(), Box::new(line));
                shared.feed.tell(|| Some(Happening::Conflict { event, conflict }));
            }
        }
    }
}
