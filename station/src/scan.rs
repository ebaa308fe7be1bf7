//! One scan, from what was read to a durable verdict. The order of the steps is the product's promise:
//! nothing is shown as admitted before it is on this station's disk, and nothing here waits for a network.

use crate::api::{Certainty, First, OrderLine, RecordName, ScanRequest, VerdictLine, Who};
use crate::clock::SystemEntropy;
use crate::limits::{CLOCK_AHEAD, CLOCK_BEHIND, ECHO_CHARS_MAX};
use crate::problem::{Code as ProblemCode, Problem};
use crate::station::{OpenEvent, Station};
use domain::attendance::{inside_on, passages};
use domain::attendee::{Field, Fields, Status, display_name};
use domain::code::{self, Code};
use domain::event::{Event, Mode};
use domain::fact::{Link, MAIN_AREA, Scan};
use domain::gate::Gate;
use domain::id::{CodeHash, RecordRef};
use domain::judge::{Case, Judgement, judge};
use domain::reason::Reason;
use domain::time::{day_number, event_day};
use domain::verdict::{Passage, Verdict};
use jiff::Timestamp;
use sync::id::EventId;
use sync::roster::Naming;
use sync::space::Space;
use sync::store::{PersonRow, Store, StoreError};

/// Whose code it is.
enum Found {
    One(PersonRow),
    Several(CodeHash),
    Nobody(CodeHash),
}

/// Where, when and how a scan is made.
struct Door {
    mode: Mode,
    gate: Gate,
    at: Timestamp,
    wanted: Passage,
    take_unpaid: bool,
}

/// What a scan came to.
struct Said {
    verdict: Verdict,
    reason: Option<Reason>,
    /// When, where, and which record it was.
    first: Option<(i64, String, RecordRef)>,
    prior: Vec<RecordRef>,
}

impl Station {
    /// Scans: read the code, find the person, judge, record durably, tell.
    pub(crate) fn scan(
        &mut self,
        id: EventId,
        ask: &ScanRequest,
        by: Option<&str>,
        now: Timestamp,
    ) -> Result<VerdictLine, Problem> {
        let read = code::parse(&ask.code);
        let elsewhere = self.other_event_with(id, &read);
        let open = self.event(id)?;
        let door = open.door(ask, now)?;
        let home = open.store.own_log(Space::Attendance);
        let OpenEvent { store, naming, event, .. } = open;
        // One transaction from the first look to the record: what was judged on is what is there.
        let recorded = store.write(now.as_millisecond(), &mut SystemEntropy, |batch| {
            let found = find(batch.store(), naming, &read)?;
            let facts = match &found {
                Found::One(person) => batch.store().facts_of(person.id)?,
                Found::Several(_) | Found::Nobody(_) => Vec::new(),
            };
            let passages = passages(&facts, door.mode);
            let said = match &found {
                Found::One(person) => door.judge(event, &person.fields, &passages),
                Found::Several(_) => Said::unknown(Verdict::Ambiguous, None),
                Found::Nobody(_) => {
                    Said::unknown(Verdict::UnknownCode, Some(nobody(&read, elsewhere)))
                }
            };
            let scan = door.fact(event, &found, &said, home, by);
            let record = batch.scan(&scan)?;
            let order = order_of(batch.store(), &found, &scan)?;
            Ok((found, said, scan, record, order))
        });
        let (found, said, scan, record, order) = recorded?;
        Ok(open.tell(ask, &found, &said, &scan, record, order))
    }

    /// The name of another event in this folder that knows the code, where this one does not.
    fn other_event_with(&mut self, id: EventId, read: &Code) -> Option<String> {
        let others: Vec<EventId> = self.others(id);
        if others.is_empty() {
            return None;
        }
        let knows = |open: &OpenEvent| {
            let found = find(&open.store, &open.naming, read);
            matches!(found, Ok(Found::One(_) | Found::Several(_)))
        };
        if self.event(id).is_ok_and(|open| knows(open)) {
            return None;
        }
        // Another event that cannot be opened must not stop this one's door.
        let mut opened = others.into_iter().filter_map(|other| {
            self.event(other).ok().filter(|open| knows(open)).map(|open| open.event.name.clone())
        });
        opened.next()
    }

    /// Words about a clock that cannot be right: a day too early or late decides who may come in.
    pub(crate) fn clock_warning(&mut self, id: EventId, now: Timestamp) -> Option<String> {
        let open = self.event(id).ok()?;
        let last = domain::time::from_millis(sync::hlc::millis(open.store.clock()));
        let ahead = now.duration_since(last);
        let doubtful = ahead < -CLOCK_BEHIND || ahead > CLOCK_AHEAD;
        doubtful.then(|| {
            format!(
                "This laptop's clock says {}, and its last record is from {}: one of them is wrong. \
                 If it is the clock, set it; scans go on with the time it says.",
                open.format(now),
                open.format(last)
            )
        })
    }
}

impl Found {
    const fn person(&self) -> Option<&PersonRow> {
        match self {
            Self::One(person) => Some(person),
            Self::Several(_) | Self::Nobody(_) => None,
        }
    }

    const fn hash(&self) -> Option<CodeHash> {
        match self {
            Self::One(_) => None,
            Self::Several(hash) | Self::Nobody(hash) => Some(*hash),
        }
    }
}

impl Said {
    const fn unknown(verdict: Verdict, reason: Option<Reason>) -> Self {
        Self { verdict, reason, first: None, prior: Vec::new() }
    }
}

impl Door {
    fn judge(
        &self,
        event: &Event,
        ticket: &Fields,
        passages: &[domain::attendance::Passed<'_>],
    ) -> Said {
        let Self { gate, wanted, at, take_unpaid, .. } = self;
        let (wanted, at, take_unpaid) = (*wanted, *at, *take_unpaid);
        let case = Case { ticket, gate, event, passages, wanted, at, take_unpaid };
        let Judgement { verdict, reason, first, prior, .. } = judge(&case);
        let first = first.map(|first| (first.scan.at, first.scan.gate.clone(), first.record));
        Said { verdict, reason, first, prior }
    }

    fn fact(
        &self,
        event: &Event,
        found: &Found,
        said: &Said,
        home: domain::id::LogId,
        by: Option<&str>,
    ) -> Scan {
        let gate = &self.gate;
        let prior: Vec<Link> = said.prior.iter().map(|record| Link::from(home, *record)).collect();
        Scan {
            attendee: found.person().map(|person| person.id),
            code: found.hash(),
            gate: gate.id.clone(),
            area: (gate.area != MAIN_AREA).then(|| gate.area.clone()),
            verdict: said.verdict,
            at: self.at.as_millisecond(),
            day: day_number(event_day(self.at, &event.zone, gate.day_turns)),
            mode: (self.mode != Mode::Live).then_some(self.mode),
            wanted: (self.wanted != Passage::Entry).then_some(self.wanted),
            prior: (!prior.is_empty()).then_some(prior),
            by: by.map(str::to_owned),
        }
    }
}

/// Whose code was read.
fn find(store: &Store, naming: &Naming, read: &Code) -> Result<Found, StoreError> {
    let Code::Readable { text, minted } = read else { return Ok(Found::Nobody(naming.code(""))) };
    for text in [Some(text), minted.as_ref()].into_iter().flatten() {
        let hash = naming.code(text);
        let mut people = store.people_by_code(hash)?;
        match (people.pop(), people.is_empty()) {
            (Some(person), true) => return Ok(Found::One(person)),
            (Some(_), false) => return Ok(Found::Several(hash)),
            (None, _) => {}
        }
    }
    Ok(Found::Nobody(naming.code(text)))
}

/// Why a code is nobody's.
fn nobody(read: &Code, elsewhere: Option<String>) -> Reason {
    match (read, elsewhere) {
        (Code::Unreadable(why), _) => Reason::Unreadable(*why),
        (Code::Readable { .. }, Some(name)) => Reason::OtherEvent { name },
        (Code::Readable { .. }, None) => Reason::NoSuchCode,
    }
}

/// The order a person is on, and how many others on it could still come.
fn order_of(store: &Store, found: &Found, scan: &Scan) -> Result<Option<OrderLine>, StoreError> {
    let Some(person) = found.person() else { return Ok(None) };
    let Some(id) = person.fields.get(&Field::Order).cloned() else { return Ok(None) };
    let mut others_waiting = 0;
    for other in store.people_by_order(&id)? {
        if other.id != person.id && !is_cancelled(&other.fields) {
            let facts = store.facts_of(other.id)?;
            let inside = inside_on(&passages(&facts, scan.mode()), Some(scan.day), 1);
            others_waiting += u64::from(inside == 0);
        }
    }
    Ok(Some(OrderLine { id, others_waiting }))
}

impl OpenEvent {
    /// The gate that is asked for, and how scans count there now.
    fn door(&self, ask: &ScanRequest, now: Timestamp) -> Result<Door, Problem> {
        let stage = self.event.stage;
        let mode = stage.mode().ok_or_else(|| {
            let message = format!("\"{}\" is not open: its state is {}.", self.event.name, stage.as_str());
            let hint = "Open it with `lanyard event open`, or try things out with `lanyard event rehearse`.";
            Problem::new(ProblemCode::EventNotOpen, message, hint)
        })?;
        let gate = self.event.gates.get(&ask.gate).cloned().ok_or_else(|| {
            let known: Vec<&str> = self.event.gates.keys().map(String::as_str).collect();
            let hint = format!("Gates of this event: {}.", known.join(", "));
            let message = format!("There is no gate \"{:.64}\".", ask.gate);
            Problem::new(ProblemCode::UnknownGate, message, hint)
        })?;
        let at = self.moment(ask.at.as_deref(), now)?;
        let wanted = if ask.exit { Passage::Exit } else { Passage::Entry };
        Ok(Door { mode, gate, at, wanted, take_unpaid: ask.ignore_unpaid })
    }

    fn tell(
        &self,
        ask: &ScanRequest,
        found: &Found,
        said: &Said,
        scan: &Scan,
        record: RecordRef,
        order: Option<OrderLine>,
    ) -> VerdictLine {
        let person = found.person();
        let note = person.and_then(|person| person.fields.get(&Field::Notes)).cloned();
        let other_event = matches!(said.reason, Some(Reason::OtherEvent { .. }));
        let flags = [(other_event, "other_event"), (note.is_some(), "attention")];
        let first = said.first.as_ref().map(|(at, gate, record)| First {
            at: self.format_millis(*at),
            gate: gate.clone(),
            station: self.station_of(*record),
        });
        VerdictLine {
            code: ask.code.chars().take(ECHO_CHARS_MAX).collect(),
            verdict: said.verdict.as_str().to_owned(),
            attendee: person.map(who),
            order,
            gate: scan.gate.clone(),
            at: self.format_millis(scan.at),
            first,
            reason: said.reason.as_ref().map(ToString::to_string),
            operator: scan.by.clone(),
            flags: flags.iter().filter(|(is, _)| *is).map(|(_, flag)| (*flag).to_owned()).collect(),
            mode: scan.mode().as_str().to_owned(),
            certainty: Certainty::default(),
            record: self.name_of(record),
            note,
        }
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
