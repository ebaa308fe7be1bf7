//! Taking a scan back: it stays visible, with who did it and why, and has no effect any more.

use crate::api::{Answer, Output, UndoLine};
use crate::clock::SystemEntropy;
use crate::limits::WORDS_CHARS_MAX;
use crate::problem::{Code as ProblemCode, Problem};
use crate::scan::who;
use crate::station::OpenEvent;
use domain::attendance::voided;
use domain::fact::{Fact, Link, Scan, Void};
use domain::id::RecordRef;
use jiff::Timestamp;
use sync::id::{Epoch, StationKey};

/// What has to be said wherever somebody decides against the rules or against what was recorded.
pub(crate) fn who_and_why<'a>(
    by: Option<&'a str>,
    reason: &'a str,
) -> Result<(&'a str, &'a str), Problem> {
    who_and_what(by, reason, "Who does this, and why?", "Give --by NAME and --reason TEXT.")
}

/// A person's name and word, which nobody may leave out.
pub(crate) fn who_and_what<'a>(
    by: Option<&'a str>,
    reason: &'a str,
    missing: &str,
    hint: &str,
) -> Result<(&'a str, &'a str), Problem> {
    let by = by.map(str::trim).filter(|by| !by.is_empty());
    let (Some(by), false) = (by, reason.trim().is_empty()) else {
        return Err(Problem::bad(missing, hint));
    };
    if reason.chars().count() > WORDS_CHARS_MAX {
        return Err(Problem::bad("The reason is too long.", "Use at most 500 characters."));
    }
    Ok((by, reason.trim()))
}

impl OpenEvent {
    /// Takes a scan back.
    pub(crate) fn undo(
        &mut self,
        record: &str,
        by: Option<&str>,
        reason: &str,
        approved: Option<&str>,
        now: Timestamp,
    ) -> Answer {
        let (by, reason) = who_and_why(by, reason)?;
        let target = self.parse_record(record)?;
        let scan = self.scan_at(target)?;
        let facts = match scan.attendee {
            Some(id) => self.store.facts_of(id)?,
            None => self.store.facts()?,
        };
        if voided(&facts).contains(&target) {
            let message = "This scan was taken back already.";
            return Err(Problem::new(
                ProblemCode::NotAllowed,
                message,
                "Nothing more is to be done.",
            ));
        }
        let home = self.store.own_log(domain::access::Space::Attendance);
        let void = Void {
            target: Link::from(home, target),
            attendee: scan.attendee,
            at: now.as_millisecond(),
            by: by.to_owned(),
            reason: reason.to_owned(),
            approved: approved.map(str::to_owned),
        };
        let record = self
            .store
            .write(now.as_millisecond(), &mut SystemEntropy, |batch| batch.void(&void))?;
        let person = scan.attendee.map(|id| self.store.person_by_id(id)).transpose()?.flatten();
        Ok(vec![Output::Undo(UndoLine {
            undone: self.name_of(target),
            record: self.name_of(record),
            attendee: person.as_ref().map(who),
            by: void.by,
            reason: void.reason,
        })])
    }

    fn scan_at(&self, target: RecordRef) -> Result<Scan, Problem> {
        let record = self.store.find(target)?;
        match record.as_ref().and_then(sync::store::read_fact) {
            Some(Fact::Scan(scan)) => Ok(scan),
            Some(Fact::Void(_) | Fact::Resolution(_) | Fact::Answered(_)) | None => {
                Err(Problem::new(
                    ProblemCode::UnknownAttendee,
                    "There is no scan with that name on this station.",
                    "Take STATION/EPOCH/SEQ from the scan's own answer, or from `lanyard attendee show`.",
                ))
            }
        }
    }

    pub(crate) fn parse_record(&self, text: &str) -> Result<RecordRef, Problem> {
        let wrong = || {
            Problem::bad(
                format!("\"{text:.100}\" does not name a record."),
                "A record is STATION/EPOCH/SEQ: 64 hex digits, 16 hex digits, a number.",
            )
        };
        let mut parts = text.trim().split('/');
        let (Some(station), Some(epoch), Some(seq), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(wrong());
        };
        let name = sync::id::LogName {
            event: self.store.event(),
            space: domain::access::Space::Attendance,
            station: StationKey::from_hex(station).ok_or_else(wrong)?,
            epoch: Epoch::from_hex(epoch).ok_or_else(wrong)?,
        };
        Ok(RecordRef { log: name.id(), seq: seq.parse().map_err(|_| wrong())? })
    }
}
