//! One scan, from what was read to a durable verdict. The order of the steps is the product's promise:
//! nothing is shown as admitted before it is on this station's disk, and nothing here waits for a network.

use crate::api::{
    Answer, Certainty, First, OrderLine, Output, RecordName, ScanRequest, UndoLine, VerdictLine,
    Who,
};
use crate::clock::SystemEntropy;
use crate::limits::{ECHO_CHARS_MAX, WORDS_CHARS_MAX};
use crate::problem::{Code as ProblemCode, Problem};
use crate::station::{OpenEvent, Station};
use domain::attendance::{passages, voided};
use domain::attendee::{Field, Fields, Status, display_name};
use domain::code::{self, Code};
use domain::event::Mode;
use domain::fact::{Fact, Link, MAIN_AREA, Scan, Void};
use domain::gate::Gate;
use domain::id::{CodeHash, RecordRef};
use domain::judge::{Case, Judgement, judge};
use domain::reason::Reason;
use domain::time::{day_number, event_day};
use domain::verdict::{Passage, Verdict};
use jiff::Timestamp;
use sync::id::{Epoch, EventId, StationKey};
use sync::store::PersonRow;

/// Whose code it is.
enum Found {
    One(PersonRow),
    Several(CodeHash),
    Nobody(CodeHash, Reason),
}

/// What a scan came to, before it is recorded.
struct Said<'a> {
    verdict: Verdict,
    reason: Option<Reason>,
    first: Option<domain::attendance::Passed<'a>>,
    prior: Vec<RecordRef>,
}

impl Station {
    /// Scans: read, find, judge, record, tell.
    pub(crate) fn scan(
        &mut self,
        id: EventId,
        ask: &ScanRequest,
        by: Option<&str>,
        now: Timestamp,
    ) -> Result<VerdictLine, Problem> {
        let read = code::parse(&ask.code);
        let mut found = self.event(id)?.find(&read)?;
        if let Found::Nobody(_, reason @ Reason::NoSuchCode) = &mut found {
            if let Some(name) = self.other_event_with(id, &read) {
                *reason = Reason::OtherEvent { name };
            }
        }
        let open = self.event(id)?;
        let (mode, gate) = open.door(&ask.gate)?;
        let at = open.moment(ask.at.as_deref(), now)?;
        let wanted = if ask.exit { Passage::Exit } else { Passage::Entry };
        let facts = match &found {
            Found::One(person) => open.store.facts_of(person.id)?,
            Found::Several(_) | Found::Nobody(..) => Vec::new(),
        };
        let passages = passages(&facts, mode);
        let said = match &found {
            Found::One(person) => {
                let (ticket, event) = (&person.fields, &open.event);
                let take_unpaid = ask.ignore_unpaid;
                let passages = &passages;
                let case = Case { ticket, gate: &gate, event, passages, wanted, at, take_unpaid };
                let Judgement { verdict, reason, first, prior, .. } = judge(&case);
                Said { verdict, reason, first, prior }
            }
            Found::Several(_) => {
                Said { verdict: Verdict::Ambiguous, reason: None, first: None, prior: Vec::new() }
            }
            Found::Nobody(_, reason) => {
                let reason = Some(reason.clone());
                Said { verdict: Verdict::UnknownCode, reason, first: None, prior: Vec::new() }
            }
        };
        let day = event_day(at, &open.event.zone, gate.day_turns);
        let home = open.store.own_log(sync::space::Space::Attendance);
        let scan = Scan {
            attendee: found.person().map(|person| person.id),
            code: found.hash(),
            gate: gate.id.clone(),
            area: (gate.area != MAIN_AREA).then(|| gate.area.clone()),
            verdict: said.verdict,
            at: at.as_millisecond(),
            day: day_number(day),
            mode: (mode != Mode::Live).then_some(mode),
            wanted: (wanted != Passage::Entry).then_some(wanted),
            prior: (!said.prior.is_empty())
                .then(|| said.prior.iter().map(|record| Link::from(home, *record)).collect()),
            by: by.map(str::to_owned),
        };
        let record = open
            .store
            .write(now.as_millisecond(), &mut SystemEntropy, |batch| batch.scan(&scan))?;
        open.tell(ask, &found, &said, &scan, record)
    }

    /// The name of another event in this folder that knows the code.
    fn other_event_with(&mut self, id: EventId, read: &Code) -> Option<String> {
        let others: Vec<EventId> =
            self.folder.events().ok()?.into_iter().filter(|other| *other != id).collect();
        others.into_iter().find_map(|other| {
            // Another event that cannot be opened must not stop this one's door.
            let open = self.event(other).ok()?;
            match open.find(read).ok()? {
                Found::One(_) | Found::Several(_) => Some(open.event.name.clone()),
                Found::Nobody(..) => None,
            }
        })
    }
}

impl Found {
    const fn person(&self) -> Option<&PersonRow> {
        match self {
            Self::One(person) => Some(person),
            Self::Several(_) | Self::Nobody(..) => None,
        }
    }

    const fn hash(&self) -> Option<CodeHash> {
        match self {
            Self::One(_) => None,
            Self::Several(hash) | Self::Nobody(hash, _) => Some(*hash),
        }
    }
}

impl OpenEvent {
    /// The gate of that id and how scans count there now.
    fn door(&self, gate: &str) -> Result<(Mode, Gate), Problem> {
        let stage = self.event.stage;
        let mode = stage.mode().ok_or_else(|| {
            let message = format!("\"{}\" is not open: its state is {}.", self.event.name, stage.as_str());
            let hint = "Open it with `lanyard event open`, or try things out with `lanyard event rehearse`.";
            Problem::new(ProblemCode::EventNotOpen, message, hint)
        })?;
        let gate = self.event.gates.get(gate).cloned().ok_or_else(|| {
            let known: Vec<&str> = self.event.gates.keys().map(String::as_str).collect();
            let hint = format!("Gates of this event: {}.", known.join(", "));
            Problem::new(
                ProblemCode::UnknownGate,
                format!("There is no gate \"{gate:.64}\"."),
                hint,
            )
        })?;
        Ok((mode, gate))
    }

    fn find(&self, read: &Code) -> Result<Found, Problem> {
        let (text, minted) = match read {
            Code::Readable { text, minted } => (text, minted),
            Code::Unreadable(why) => {
                return Ok(Found::Nobody(self.naming.code(""), Reason::Unreadable(*why)));
            }
        };
        for text in [Some(text), minted.as_ref()].into_iter().flatten() {
            let hash = self.naming.code(text);
            let mut people = self.store.people_by_code(hash)?;
            match (people.pop(), people.is_empty()) {
                (Some(person), true) => return Ok(Found::One(person)),
                (Some(_), false) => return Ok(Found::Several(hash)),
                (None, _) => {}
            }
        }
        Ok(Found::Nobody(self.naming.code(text), Reason::NoSuchCode))
    }

    fn tell(
        &self,
        ask: &ScanRequest,
        found: &Found,
        said: &Said<'_>,
        scan: &Scan,
        record: RecordRef,
    ) -> Result<VerdictLine, Problem> {
        let person = found.person();
        let note = person.and_then(|person| person.fields.get(&Field::Notes)).cloned();
        let mut flags = Vec::new();
        if matches!(said.reason, Some(Reason::OtherEvent { .. })) {
            flags.push("other_event".to_owned());
        }
        if note.is_some() {
            flags.push("attention".to_owned());
        }
        let first = said.first.map(|first| First {
            at: self.format_millis(first.scan.at),
            gate: first.scan.gate.clone(),
            station: self.station_of(first.record),
        });
        Ok(VerdictLine {
            code: ask.code.chars().take(ECHO_CHARS_MAX).collect(),
            verdict: said.verdict.as_str().to_owned(),
            attendee: person.map(who),
            order: person.map(|person| self.order_of(person, scan.mode())).transpose()?.flatten(),
            gate: scan.gate.clone(),
            at: self.format_millis(scan.at),
            first,
            reason: said.reason.as_ref().map(ToString::to_string),
            operator: scan.by.clone(),
            flags,
            mode: scan.mode().as_str().to_owned(),
            certainty: Certainty::default(),
            record: self.name_of(record),
            note,
        })
    }

    /// The order a person is on, and how many others on it could still come.
    fn order_of(&self, person: &PersonRow, mode: Mode) -> Result<Option<OrderLine>, Problem> {
        let Some(id) = person.fields.get(&Field::Order).cloned() else {
            return Ok(None);
        };
        let mut others_waiting = 0;
        for other in self.store.people_by_order(&id)? {
            if other.id == person.id || is_cancelled(&other.fields) {
                continue;
            }
            let inside = self.store.has_facts(other.id)? && self.is_inside(&other, mode)?;
            others_waiting += u64::from(!inside);
        }
        Ok(Some(OrderLine { id, others_waiting }))
    }

    fn is_inside(&self, person: &PersonRow, mode: Mode) -> Result<bool, Problem> {
        let facts = self.store.facts_of(person.id)?;
        let last = passages(&facts, mode).last().map(|passed| passed.passage);
        Ok(last == Some(Passage::Entry))
    }

    pub(crate) fn name_of(&self, record: RecordRef) -> RecordName {
        let name = self.store.log(record.log).map(|log| (log.name.station, log.name.epoch));
        let (station, epoch) = name.unwrap_or((self.store.station(), self.store.epoch()));
        RecordName { station: station.to_string(), epoch: epoch.to_string(), seq: record.seq }
    }

    pub(crate) fn station_of(&self, record: RecordRef) -> String {
        let station = self.store.log(record.log).map(|log| log.name.station);
        self.station_name(&station.unwrap_or(self.store.station()))
    }

    /// Takes a scan back.
    pub(crate) fn undo(
        &mut self,
        record: &str,
        by: Option<&str>,
        reason: &str,
        now: Timestamp,
    ) -> Answer {
        let by = by.map(str::trim).filter(|by| !by.is_empty());
        let (Some(by), false) = (by, reason.trim().is_empty()) else {
            return Err(Problem::bad(
                "Who takes the scan back, and why?",
                "Give --by NAME and --reason TEXT.",
            ));
        };
        if reason.chars().count() > WORDS_CHARS_MAX {
            return Err(Problem::bad("The reason is too long.", "Use at most 500 characters."));
        }
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
        let home = self.store.own_log(sync::space::Space::Attendance);
        let void = Void {
            target: Link::from(home, target),
            attendee: scan.attendee,
            at: now.as_millisecond(),
            by: by.to_owned(),
            reason: reason.trim().to_owned(),
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
            Some(Fact::Void(_)) | None => Err(Problem::new(
                ProblemCode::UnknownAttendee,
                "There is no scan with that name on this station.",
                "Take STATION/EPOCH/SEQ from the scan's own answer, or from `lanyard attendee show`.",
            )),
        }
    }

    fn parse_record(&self, text: &str) -> Result<RecordRef, Problem> {
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
            space: sync::space::Space::Attendance,
            station: StationKey::from_hex(station).ok_or_else(wrong)?,
            epoch: Epoch::from_hex(epoch).ok_or_else(wrong)?,
        };
        Ok(RecordRef { log: name.id(), seq: seq.parse().map_err(|_| wrong())? })
    }
}

/// A person as verdicts show him.
pub(crate) fn who(person: &PersonRow) -> Who {
    Who {
        id: person.id.to_string(),
        name: display_name(&person.fields),
        ticket_type: person.fields.get(&Field::TicketType).cloned().unwrap_or_default(),
    }
}

fn is_cancelled(fields: &Fields) -> bool {
    let status = fields.get(&Field::Status).and_then(|status| Status::from_name(status));
    status == Some(Status::Cancelled)
}
