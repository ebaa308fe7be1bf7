//! Double admissions: which there are, and what somebody said of them.

use crate::api::{Answer, ConflictLine, ConflictScan, Output, Resolved};
use crate::clock::SystemEntropy;
use crate::problem::{Code, Problem};
use crate::scan::who;
use crate::station::OpenEvent;
use crate::undo::who_and_what;
use domain::access::{Kind, Space};
use domain::attendee::Field;
use domain::conflict::{Conflict, conflicts, may_conflict};
use domain::fact::{Link, Placed, Resolution};
use domain::id::AttendeeId;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use sync::id::conflict_name;
use sync::store::PersonRow;

impl OpenEvent {
    /// Every double admission, by id.
    pub(crate) fn conflicts(&self) -> Answer {
        let lines = self.all_conflicts()?.into_iter();
        Ok(lines.map(|line| Output::Conflict(Box::new(line))).collect())
    }

    /// The double admissions of these people, by id: what is to be told when others' records have come in.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub(crate) fn conflicts_of(
        &self,
        people: &BTreeSet<AttendeeId>,
    ) -> Result<Vec<ConflictLine>, Problem> {
        let mut lines = Vec::new();
        for id in people {
            lines.extend(self.conflicts_in(*id, &self.store.facts_of(*id)?)?);
        }
        lines.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(lines)
    }

    /// Whose conflict that is. Reads all facts: not for the owner's loop.
    pub(crate) fn whose_conflict(&self, id: &str) -> Result<String, Problem> {
        let found = self.all_conflicts()?.into_iter().find(|line| line.id == clean(id));
        found.map(|line| line.attendee).ok_or_else(|| unknown(id))
    }

    /// Settles a double admission by somebody's word.
    pub(crate) fn conflict_resolve(
        &mut self,
        id: &str,
        attendee: Option<&str>,
        by: Option<&str>,
        note: &str,
        now: Timestamp,
    ) -> Answer {
        let missing = "Who looked into it, and what came of it?";
        let (by, note) = who_and_what(by, note, missing, "Give --by NAME and --note TEXT.")?;
        self.may_write(Space::Attendance, Kind::RESOLUTION)?;
        let attendee = match attendee {
            Some(attendee) => attendee.to_owned(),
            None => self.whose_conflict(id)?,
        };
        let attendee = AttendeeId::from_hex(attendee.trim()).ok_or_else(|| unknown(id))?;
        let facts = self.store.facts_of(attendee)?;
        let people = people_on(self.store.person_by_id(attendee)?.as_ref());
        let found = conflicts(attendee, &facts, &self.event.gates, people);
        let found = found.iter().find(|found| name_of(found) == clean(id));
        let home = self.store.own_log(Space::Attendance);
        let resolution = Resolution {
            attendee,
            scans: found
                .ok_or_else(|| unknown(id))?
                .scans
                .iter()
                .map(|scan| Link::from(home, scan.record))
                .collect(),
            at: now.as_millisecond(),
            by: by.to_owned(),
            note: note.to_owned(),
        };
        self.store
            .write(now.as_millisecond(), &mut SystemEntropy, |batch| batch.resolve(&resolution))?;
        let lines = self.conflicts_of(&BTreeSet::from([attendee]))?.into_iter();
        let settled = lines.filter(|line| line.id == clean(id));
        Ok(settled.map(|line| Output::Conflict(Box::new(line))).collect())
    }

    fn all_conflicts(&self) -> Result<Vec<ConflictLine>, Problem> {
        let mut of_person: BTreeMap<AttendeeId, Vec<Placed>> = BTreeMap::new();
        for placed in self.store.facts()? {
            if let Some(id) = placed.fact.attendee() {
                of_person.entry(id).or_default().push(placed);
            }
        }
        let mut lines = Vec::new();
        for (id, facts) in of_person {
            lines.extend(self.conflicts_in(id, &facts)?);
        }
        lines.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(lines)
    }

    /// The conflicts in one person's facts. Who was let in once at most is not looked up.
    fn conflicts_in(&self, id: AttendeeId, facts: &[Placed]) -> Result<Vec<ConflictLine>, Problem> {
        if !may_conflict(facts) {
            return Ok(Vec::new());
        }
        let person = self.store.person_by_id(id)?;
        let found = conflicts(id, facts, &self.event.gates, people_on(person.as_ref()));
        Ok(found.iter().map(|found| self.conflict_line(found, person.as_ref())).collect())
    }

    fn conflict_line(&self, found: &Conflict<'_>, person: Option<&PersonRow>) -> ConflictLine {
        let scans = found.scans.iter().map(|passed| ConflictScan {
            gate: passed.scan.gate.clone(),
            station: self.station_of(passed.record),
            at: self.format_millis(passed.scan.at),
            operator: passed.scan.by.clone(),
            record: self.name_of(passed.record),
        });
        let resolved =
            found.resolved.map(|word| Resolved { by: word.by.clone(), note: word.note.clone() });
        ConflictLine {
            id: name_of(found),
            attendee: found.attendee.to_string(),
            who: person.map(who),
            area: found.area.to_owned(),
            scans: scans.collect(),
            resolved,
        }
    }
}

/// How many a ticket carries.
fn people_on(person: Option<&PersonRow>) -> u32 {
    let entries = person.and_then(|person| person.fields.get(&Field::Entries));
    entries.and_then(|entries| entries.parse().ok()).unwrap_or(1)
}

fn name_of(conflict: &Conflict<'_>) -> String {
    conflict_name(conflict.attendee, conflict.area, conflict.day)
}

fn clean(id: &str) -> String {
    id.trim().to_ascii_lowercase()
}

fn unknown(id: &str) -> Problem {
    let message = format!("There is no double admission \"{id:.40}\".");
    Problem::new(Code::UnknownAttendee, message, "`lanyard conflicts` lists them.")
}
