//! One scan, from what was read to a durable verdict. The order of the steps is the product's promise:
//! nothing is shown as admitted before it is on this station's disk, and nothing here waits for a network.

use crate::api::{
    Certainty, First, FirstScan, OrderLine, Override, OverrideRequest, RecordName, ScanRequest,
    Tone, VerdictLine, Who,
};
use crate::clock::SystemEntropy;
use crate::limits::{CLOCK_AHEAD, CLOCK_BEHIND, ECHO_CHARS_MAX};
use crate::problem::{Code as ProblemCode, Problem};
use crate::station::{OpenEvent, Station};
use crate::why::why;
use domain::access::Space;
use domain::access::Standing;
use domain::attendance::{inside_on, passages};
use domain::attendee::{Field, Fields, Status, display_name};
use domain::code::{self, Code};
use domain::event::{Event, Mode};
use domain::fact::{Fact, Link, MAIN_AREA, Overriding, Placed, Scan, Void};
use domain::gate::{Gate, WhenSilent};
use domain::id::{AttendeeId, CodeHash, LogId, RecordRef};
use domain::judge::{Case, Judgement, judge};
use domain::reason::{Reason, Silent};
use domain::time::{day_number, event_day};
use domain::verdict::{Passage, Verdict};
use jiff::Timestamp;
use sync::id::EventId;
use sync::roster::Naming;
use sync::store::{Batch, PersonRow, Store, StoreError};

/// Readings of one scan that are looked up: the characters, and what the same keys mean elsewhere.
const READINGS_MAX: usize = 4;

/// Whom a scan is about, before anybody was looked up.
enum Read {
    /// A code, and what else the same keys may mean.
    Codes(Vec<Code>),
    /// A person who was picked by hand.
    Person(AttendeeId),
}

/// Whose code it is.
enum Found {
    /// `elsewhere`: by what the keys mean on another keyboard.
    One {
        person: PersonRow,
        elsewhere: bool,
    },
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
    first: Option<FirstEntry>,
    prior: Vec<RecordRef>,
}

/// The first entry that counts.
struct FirstEntry {
    at: i64,
    gate: String,
    by: Option<String>,
    record: RecordRef,
}

/// Somebody who lets a person in against a refusal.
struct Insistence<'a> {
    by: &'a str,
    reason: &'a str,
    approved: Option<&'a str>,
    void_first: bool,
}

/// What was recorded, and what is told of it.
struct Recorded {
    found: Found,
    said: Said,
    /// The first admission, where an override took it back.
    taken_back: Option<FirstEntry>,
    scan: Scan,
    record: RecordRef,
    order: Option<OrderLine>,
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
        let read = read(ask)?;
        let elsewhere = self.other_event_with(id, &read);
        let open = self.event(id)?;
        if let Read::Person(person) = &read {
            open.person(&person.to_string())?;
        }
        let door = open.door(ask, now)?;
        open.record(ask, &read, &door, by, elsewhere, None, now)
    }

    /// Lets somebody in against a refusal, by a person's word.
    pub(crate) fn insist(
        &mut self,
        id: EventId,
        ask: &OverrideRequest,
        by: Option<&str>,
        approved: Option<&str>,
        now: Timestamp,
    ) -> Result<VerdictLine, Problem> {
        let (by, reason) = crate::undo::who_and_why(by, &ask.reason)?;
        let OverrideRequest { gate, code, attendee, .. } = ask.clone();
        let scan = ScanRequest { gate, code, attendee, ..ScanRequest::default() };
        let read = read(&scan)?;
        let open = self.event(id)?;
        // Only somebody who is on the list can be let in against the list.
        let person = match &read {
            Read::Person(person) => open.person(&person.to_string())?,
            Read::Codes(_) => open.person(&scan.code)?,
        };
        let read = Read::Person(person.id);
        let door = open.door(&scan, now)?;
        let insistence = Insistence { by, reason, approved, void_first: ask.void_first };
        open.record(&scan, &read, &door, Some(by), None, Some(&insistence), now)
    }

    /// The name of another event in this folder that knows the code, where this one does not.
    fn other_event_with(&mut self, id: EventId, read: &Read) -> Option<String> {
        let others: Vec<EventId> = self.others(id);
        if others.is_empty() || matches!(read, Read::Person(_)) {
            return None;
        }
        let knows = |open: &OpenEvent| {
            let Ok(naming) = open.naming() else { return false };
            let found = find(&open.store, naming, read);
            matches!(found, Ok(Found::One { .. } | Found::Several(_)))
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
        // A station that has written nothing yet knows of no other time.
        let clock = Some(open.store.clock()).filter(|clock| *clock > 0)?;
        let last = domain::time::from_millis(sync::hlc::millis(clock));
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

/// What was read.
fn read(ask: &ScanRequest) -> Result<Read, Problem> {
    if let Some(id) = &ask.attendee {
        return AttendeeId::from_hex(id.trim()).map(Read::Person).ok_or_else(|| {
            Problem::bad(format!("\"{id:.80}\" is not an attendee's id."), "Search again.")
        });
    }
    let readings = std::iter::once(&ask.code).chain(&ask.also).take(READINGS_MAX);
    Ok(Read::Codes(readings.map(|text| code::parse(text)).collect()))
}

impl Found {
    const fn person(&self) -> Option<&PersonRow> {
        match self {
            Self::One { person, .. } => Some(person),
            Self::Several(_) | Self::Nobody(_) => None,
        }
    }

    const fn hash(&self) -> Option<CodeHash> {
        match self {
            Self::One { .. } => None,
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
        silent: &[Silent],
    ) -> Said {
        let Self { gate, wanted, at, take_unpaid, .. } = self;
        let (wanted, at, take_unpaid) = (*wanted, *at, *take_unpaid);
        let case = Case { ticket, gate, event, passages, wanted, at, take_unpaid, silent };
        let Judgement { verdict, reason, first, prior, .. } = judge(&case);
        let first = first.map(|first| FirstEntry {
            at: first.scan.at,
            gate: first.scan.gate.clone(),
            by: first.scan.by.clone(),
            record: first.record,
        });
        Said { verdict, reason, first, prior }
    }

    fn fact(
        &self,
        event: &Event,
        found: &Found,
        said: &Said,
        home: LogId,
        by: Option<&str>,
        overriding: Option<Overriding>,
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
            overriding,
        }
    }
}

/// The stations that a judge is to know of.
fn silent(certainty: &Certainty) -> Vec<Silent> {
    let lines = certainty.silent.iter();
    lines.map(|line| Silent { name: line.station.clone(), seconds: line.seconds }).collect()
}

/// Whose code was read: the characters first, then what the same keys mean on other keyboards.
fn find(store: &Store, naming: &Naming, read: &Read) -> Result<Found, StoreError> {
    let codes = match read {
        Read::Person(id) => {
            let person = store.person_by_id(*id)?;
            let nobody = || Found::Nobody(naming.code(""));
            return Ok(person.map_or_else(nobody, |person| Found::One { person, elsewhere: false }));
        }
        Read::Codes(codes) => codes,
    };
    let mut unknown = None;
    for (place, code) in codes.iter().enumerate() {
        let Code::Readable { text, minted } = code else { continue };
        unknown = unknown.or(Some(text));
        for text in [Some(text), minted.as_ref()].into_iter().flatten() {
            let hash = naming.code(text);
            let mut people = store.people_by_code(hash)?;
            match (people.pop(), people.is_empty()) {
                (Some(person), true) => return Ok(Found::One { person, elsewhere: place > 0 }),
                (Some(_), false) => return Ok(Found::Several(hash)),
                (None, _) => {}
            }
        }
    }
    Ok(Found::Nobody(naming.code(unknown.map_or("", String::as_str))))
}

/// Why a code is nobody's.
fn nobody(read: &Read, elsewhere: Option<String>) -> Reason {
    let first = match read {
        Read::Codes(codes) => codes.first(),
        Read::Person(_) => None,
    };
    match (first, elsewhere) {
        (Some(Code::Unreadable(why)), _) => Reason::Unreadable(*why),
        (_, Some(name)) => Reason::OtherEvent { name },
        (_, None) => Reason::NoSuchCode,
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
    /// Judges and records, in one transaction: what was judged on is what is there.
    #[allow(clippy::too_many_arguments, reason = "the parts of one scan, each used once")]
    fn record(
        &mut self,
        ask: &ScanRequest,
        read: &Read,
        door: &Door,
        by: Option<&str>,
        elsewhere: Option<String>,
        insistence: Option<&Insistence<'_>>,
        now: Timestamp,
    ) -> Result<VerdictLine, Problem> {
        let home = self.store.own_log(Space::Attendance);
        let silent = silent(&self.certainty);
        let naming = self.naming()?.clone();
        let Self { store, event, .. } = self;
        let recorded = store.write(now.as_millisecond(), &mut SystemEntropy, |batch| {
            let found = find(batch.store(), &naming, read)?;
            let mut facts = match &found {
                Found::One { person, .. } => batch.store().facts_of(person.id)?,
                Found::Several(_) | Found::Nobody(_) => Vec::new(),
            };
            let mut said = match &found {
                Found::One { person, .. } => {
                    door.judge(event, &person.fields, &passages(&facts, door.mode), &silent)
                }
                Found::Several(_) => Said::unknown(Verdict::Ambiguous, None),
                Found::Nobody(_) => {
                    Said::unknown(Verdict::UnknownCode, Some(nobody(read, elsewhere)))
                }
            };
            let mut taken_back = None;
            let overriding = match (insistence, found.person()) {
                (Some(insistence), Some(person)) if said.verdict.passage().is_none() => {
                    let refused = said.verdict;
                    // Only an admission that is in the way is taken back: at a wrong gate none is.
                    let in_the_way = insistence.void_first && refused == Verdict::AlreadyIn;
                    if let Some(first) = said.first.take().filter(|_| in_the_way) {
                        let void = insistence.void(&first, person.id, home, now);
                        facts.push(take_back(batch, void)?);
                        let known = passages(&facts, door.mode);
                        said = door.judge(event, &person.fields, &known, &silent);
                        taken_back = Some(first);
                    }
                    if said.verdict.passage().is_none() {
                        said = Said { verdict: Verdict::Admitted, ..said };
                    }
                    said.reason = None;
                    Some(insistence.overriding(refused))
                }
                _ => None,
            };
            let scan = door.fact(event, &found, &said, home, by, overriding);
            let record = batch.scan(&scan)?;
            let order = order_of(batch.store(), &found, &scan)?;
            Ok(Recorded { found, said, taken_back, scan, record, order })
        });
        Ok(self.tell(ask, recorded?))
    }

    /// The gate that is asked for, and how scans count there now.
    fn door(&self, ask: &ScanRequest, now: Timestamp) -> Result<Door, Problem> {
        let stage = self.event.stage;
        let mode = stage.mode().ok_or_else(|| {
            if self.event.name.is_empty() {
                let message = "This laptop has joined the event and does not know it yet.";
                let hint = "Wait until it has heard from the organizer's laptop; `lanyard peers` shows whether it does.";
                return Problem::new(ProblemCode::EventNotOpen, message, hint);
            }
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

    fn tell(&self, ask: &ScanRequest, recorded: Recorded) -> VerdictLine {
        let Recorded { found, said, taken_back, scan, record, order } = recorded;
        let person = found.person();
        let note = person.and_then(|person| person.fields.get(&Field::Notes)).cloned();
        let other_event = matches!(said.reason, Some(Reason::OtherEvent { .. }));
        let elsewhere = matches!(found, Found::One { elsewhere: true, .. });
        let first = said.first.as_ref().map(|first| self.store.standing(first.record));
        let first_stands = |standing| first == Some(standing);
        let flags = [
            (self.is_unsure(&scan), "silent"),
            (first_stands(Standing::PastCut), "past_cut"),
            (first_stands(Standing::Doubtful), "doubtful"),
            (other_event, "other_event"),
            (note.is_some(), "attention"),
            (elsewhere, "layout"),
        ];
        let first = said.first.as_ref().map(|first| First {
            at: self.format_millis(first.at),
            gate: first.gate.clone(),
            station: self.station_of(first.record),
        });
        let first_scan = taken_back.as_ref().or(said.first.as_ref()).map(|first| FirstScan {
            operator: first.by.clone(),
            record: self.name_of(first.record),
        });
        VerdictLine {
            code: ask.code.chars().take(ECHO_CHARS_MAX).collect(),
            verdict: said.verdict.as_str().to_owned(),
            attendee: person.map(who),
            order,
            gate: scan.gate.clone(),
            at: self.format_millis(scan.at),
            first,
            first_scan,
            reason: said.reason.as_ref().map(ToString::to_string),
            operator: scan.by.clone(),
            flags: flags.iter().filter(|(is, _)| *is).map(|(_, flag)| (*flag).to_owned()).collect(),
            mode: scan.mode().as_str().to_owned(),
            certainty: self.certainty.clone(),
            record: self.name_of(record),
            tone: Tone::of(said.verdict, note.is_some()),
            note,
            why: said.reason.as_ref().map(why),
            overriding: override_of(&scan),
        }
    }

    /// Whether somebody was let in who may be in elsewhere already, at a gate that wants to hear of that.
    fn is_unsure(&self, scan: &Scan) -> bool {
        let gate = self.event.gates.get(&scan.gate);
        scan.verdict.passage() == Some(Passage::Entry)
            && !self.certainty.silent.is_empty()
            && gate.is_none_or(|gate| gate.when_silent != WhenSilent::Admit)
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

impl Insistence<'_> {
    fn overriding(&self, refused: Verdict) -> Overriding {
        let approved = self.approved.map(str::to_owned);
        Overriding { refused, reason: self.reason.to_owned(), approved }
    }

    fn void(&self, first: &FirstEntry, person: AttendeeId, home: LogId, now: Timestamp) -> Void {
        Void {
            target: Link::from(home, first.record),
            attendee: Some(person),
            at: now.as_millisecond(),
            by: self.by.to_owned(),
            reason: self.reason.to_owned(),
            approved: self.approved.map(str::to_owned),
        }
    }
}

fn take_back(batch: &mut Batch<'_>, void: Void) -> Result<Placed, StoreError> {
    let record = batch.void(&void)?;
    // Where it stands in time makes no difference to what it takes back.
    Ok(Placed { record, hlc: 0, fact: Fact::Void(void) })
}

/// Who let a person in against a refusal.
pub(crate) fn override_of(scan: &Scan) -> Option<Override> {
    let overriding = scan.overriding.as_ref()?;
    Some(Override {
        refused: overriding.refused.as_str().to_owned(),
        by: scan.by.clone().unwrap_or_default(),
        approved_by: overriding.approved.clone(),
        reason: overriding.reason.clone(),
    })
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
