//! One scan, from what was read to a durable verdict. The order of the steps is the product's promise:
//! nothing is shown as admitted before it is on this station's disk, and nothing here waits for a network.

mod answers;
mod find;
mod order;
mod tell;

use crate::api::{Certainty, OverrideRequest, QuestionLine, ScanRequest, VerdictLine};
use crate::clock::SystemEntropy;
use crate::limits::{CLOCK_AHEAD, CLOCK_BEHIND, GATES_MAX, NONCE_CHARS_MAX, NONCES_KEPT};
use crate::problem::{Code as ProblemCode, Problem};
use crate::station::{OpenEvent, Station};
use answers::Given;
pub(crate) use answers::answers_in;
use domain::access::Space;
use domain::attendance::{Passed, passages};
use domain::attendee::Fields;
use domain::code;
use domain::event::{Event, Mode};
use domain::fact::{Fact, Link, MAIN_AREA, Overriding, Placed, Scan, Void};
use domain::gate::Gate;
use domain::gate::question::Answers;
use domain::id::{AttendeeId, LogId, RecordRef};
use domain::judge::{Case, Judgement, delivered, judge_in_turn};
use domain::reason::{Reason, Silent};
use domain::time::{day_number, event_day, from_millis};
use domain::verdict::{Passage, Verdict};
use find::{Found, Holder, Read, find, nobody};
use jiff::Timestamp;
use sync::id::EventId;
use sync::roster::Naming;
use sync::store::{Batch, StoreError};
pub(crate) use tell::{override_of, who};

/// Readings of one scan that are looked up: the characters, and what the same keys mean elsewhere.
const READINGS_MAX: usize = 4;

/// Where, when and how a scan is made.
#[derive(Clone)]
struct Door {
    mode: Mode,
    /// The gates that are asked, in turn; never none.
    gates: Vec<Gate>,
    at: Timestamp,
    wanted: Passage,
    take_unpaid: bool,
    nonce: Option<u64>,
}

/// What a scan came to.
struct Said {
    gate: Gate,
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
    questions: Vec<QuestionLine>,
}

/// One act at a door, within one transaction: what is judged on is what is there.
struct Act<'a, 'b> {
    batch: &'a mut Batch<'b>,
    event: &'a Event,
    door: &'a Door,
    silent: &'a [Silent],
    naming: &'a Naming,
    home: LogId,
    by: Option<&'a str>,
    given: Given,
}

impl Station {
    /// Scans: read the code, find the person, judge, record durably, tell. One line for each person of the act.
    pub(crate) fn scan(
        &mut self,
        id: EventId,
        ask: &ScanRequest,
        by: Option<&str>,
        now: Timestamp,
    ) -> Result<Vec<VerdictLine>, Problem> {
        if is_test(ask) {
            return self.event(id)?.test_scan(ask, by, now).map(|line| vec![line]);
        }
        let read = read(ask)?;
        let elsewhere = self.other_event_with(id, &read);
        let open = self.event(id)?;
        if let Read::Person(person) = &read {
            open.person(&person.to_string())?;
        }
        let door = open.door(ask, now)?;
        let others = open.others_of_the_act(ask, &read, &door)?;
        open.record(ask, &read, &others, &door, by, elsewhere.as_deref(), None, now)
    }

    /// Lets somebody in against a refusal, by a person's word.
    pub(crate) fn insist(
        &mut self,
        id: EventId,
        ask: &OverrideRequest,
        by: Option<&str>,
        approved: Option<&str>,
        now: Timestamp,
    ) -> Result<Vec<VerdictLine>, Problem> {
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
        // It is about this gate alone, whatever else is asked at its door.
        let mut door = open.door(&scan, now)?;
        door.gates.truncate(1);
        let insistence = Insistence { by, reason, approved, void_first: ask.void_first };
        open.record(&scan, &read, &[], &door, Some(by), None, Some(&insistence), now)
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
        // A station that has written nothing yet knows of no other time.
        let clock = Some(open.store.clock()).filter(|clock| *clock > 0)?;
        let last = from_millis(sync::hlc::millis(clock));
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

/// Whether a code was read that says only that scanning works.
fn is_test(ask: &ScanRequest) -> bool {
    ask.attendee.is_none() && code::parse(&ask.code) == code::Code::Test
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

/// What a scan is called by whoever delivers it, as records keep it.
fn nonce_of(ask: &ScanRequest) -> Result<Option<u64>, Problem> {
    let Some(text) = ask.nonce.as_deref() else { return Ok(None) };
    if text.is_empty() || text.chars().count() > NONCE_CHARS_MAX {
        let message = "The nonce of a scan has 1 to 100 characters.";
        return Err(Problem::bad(message, "Use a new random one for each scan."));
    }
    Ok(Some(sync::id::nonce(text)))
}

impl Door {
    fn judge(
        &self,
        event: &Event,
        holder: &Holder,
        passages: &[Passed<'_>],
        silent: &[Silent],
        answers: &Answers,
    ) -> Said {
        let answers = Some(answers);
        let Self { gates, wanted, at, take_unpaid, .. } = self;
        let (wanted, at, take_unpaid, revoked) = (*wanted, *at, *take_unpaid, holder.revoked);
        let ticket: &Fields = &holder.person.fields;
        let case = |gate| Case {
            ticket,
            revoked,
            gate,
            event,
            passages,
            wanted,
            at,
            take_unpaid,
            silent,
            answers,
        };
        let cases: Vec<Case<'_>> = gates.iter().map(case).collect();
        let Some((place, said)) = judge_in_turn(&cases) else {
            return self.unknown(Verdict::WrongGate, None);
        };
        let Judgement { verdict, reason, first, prior, .. } = said;
        let first = first.map(|first| FirstEntry {
            at: first.scan.at,
            gate: first.scan.gate.clone(),
            by: first.scan.by.clone(),
            record: first.record,
        });
        let gate = gates.get(place).cloned().unwrap_or_else(|| Gate::main(false));
        Said { gate, verdict, reason, first, prior }
    }

    fn unknown(&self, verdict: Verdict, reason: Option<Reason>) -> Said {
        let gate = self.gates.first().cloned().unwrap_or_else(|| Gate::main(false));
        Said { gate, verdict, reason, first: None, prior: Vec::new() }
    }
}

/// The stations that a judge is to know of.
fn silent(certainty: &Certainty) -> Vec<Silent> {
    let lines = certainty.silent.iter();
    lines.map(|line| Silent { name: line.station.clone(), seconds: line.seconds }).collect()
}

impl OpenEvent {
    /// Judges and records everybody of one act, in one transaction.
    #[allow(clippy::too_many_arguments, reason = "the parts of one scan, each used once")]
    fn record(
        &mut self,
        ask: &ScanRequest,
        read: &Read,
        others: &[AttendeeId],
        door: &Door,
        by: Option<&str>,
        elsewhere: Option<&str>,
        insistence: Option<&Insistence<'_>>,
        now: Timestamp,
    ) -> Result<Vec<VerdictLine>, Problem> {
        let home = self.store.own_log(Space::Attendance);
        let silent = silent(&self.certainty);
        let naming = self.naming()?.clone();
        let given = Given::read(ask, door)?;
        let Self { store, event, .. } = self;
        let recorded = store.write(now.as_millisecond(), &mut SystemEntropy, |batch| {
            let found = find(batch.store(), &naming, read)?;
            let (silent, naming) = (&silent, &naming);
            let mut act = Act { batch, event, door, silent, naming, home, by, given };
            let why = nobody(read, elsewhere);
            let mut recorded = vec![act.pass(found, why, insistence, now)?];
            // What was answered is this person's, and nobody else's.
            act.given = Given::default();
            for other in others {
                if let Some(person) = act.batch.store().person_by_id(*other)? {
                    let found = Found::One(Holder::of(person));
                    recorded.push(act.pass(found, Reason::NoSuchCode, None, now)?);
                }
            }
            let first = recorded.first().and_then(|first| first.found.person());
            let order = order::order_of(act.batch.store(), first, door, event)?;
            Ok((recorded, order))
        });
        let (recorded, order) = recorded?;
        Ok(recorded.into_iter().map(|one| self.tell(ask, one, order.clone())).collect())
    }

    /// The gates that are asked for, and how scans count there now.
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
        let gates = self.gates(ask)?;
        let at = self.moment(ask.at.as_deref(), now)?;
        let wanted = if ask.exit { Passage::Exit } else { Passage::Entry };
        let nonce = nonce_of(ask)?;
        Ok(Door { mode, gates, at, wanted, take_unpaid: ask.ignore_unpaid, nonce })
    }

    /// The gates of a door: those that were named, and after each those that its own rules name.
    fn gates(&self, ask: &ScanRequest) -> Result<Vec<Gate>, Problem> {
        let mut gates: Vec<Gate> = Vec::new();
        for id in std::iter::once(&ask.gate).chain(&ask.more_gates) {
            let gate = self.event.gates.get(id).ok_or_else(|| {
                let known: Vec<&str> = self.event.gates.keys().map(String::as_str).collect();
                let hint = format!("Gates of this event: {}.", known.join(", "));
                let message = format!("There is no gate \"{id:.64}\".");
                Problem::new(ProblemCode::UnknownGate, message, hint)
            })?;
            // One that a rule names and that is not there is no gate yet.
            let also = gate.also.iter().filter_map(|id| self.event.gates.get(id));
            for gate in std::iter::once(gate).chain(also) {
                if !gates.iter().any(|known| known.id == gate.id) {
                    gates.push(gate.clone());
                }
            }
        }
        gates.truncate(GATES_MAX);
        Ok(gates)
    }
}

impl Act<'_, '_> {
    /// Judges and records one person, or one code that is nobody's.
    fn pass(
        &mut self,
        found: Found,
        nobody: Reason,
        insistence: Option<&Insistence<'_>>,
        now: Timestamp,
    ) -> Result<Recorded, StoreError> {
        let (found, several) = order::meant(self.batch.store(), found, self.door)?;
        let mut facts = match (found.person(), self.door.nonce) {
            (Some(person), _) => self.batch.store().facts_of(person.id)?,
            (None, Some(_)) => self.batch.store().latest_facts(NONCES_KEPT, None)?,
            (None, None) => Vec::new(),
        };
        let whose = (found.person().map(|person| person.id), found.hash());
        let nonce = self.door.nonce;
        if let Some((record, scan)) = nonce.and_then(|nonce| delivered(&facts, nonce, whose)) {
            let scan = scan.clone();
            return Ok(self.again(found, record, scan, &facts, nobody));
        }
        let known = answers_in(self.naming, &facts);
        let answers = match &found {
            Found::One(holder) => self.with_given(holder, &known),
            Found::Several(_) | Found::Nobody(_) => Answers::new(),
        };
        let mut said = match (&found, several) {
            (_, Some(order)) => {
                let reason = Reason::SeveralTickets { order };
                self.door.unknown(Verdict::Ambiguous, Some(reason))
            }
            (Found::One(holder), None) => self.judge(holder, &facts, &answers),
            (Found::Several(_), None) => self.door.unknown(Verdict::Ambiguous, None),
            (Found::Nobody(_), None) => self.door.unknown(Verdict::UnknownCode, Some(nobody)),
        };
        let mut taken_back = None;
        let mut overriding = None;
        if let (Some(insistence), Found::One(holder)) = (insistence, &found)
            && said.verdict.passage().is_none()
        {
            let refused = said.verdict;
            // Only an admission that is in the way is taken back: at a wrong gate none is.
            let in_the_way = insistence.void_first && refused == Verdict::AlreadyIn;
            if let Some(first) = said.first.take().filter(|_| in_the_way) {
                let void = insistence.void(&first, holder.person.id, self.home, now);
                facts.push(take_back(self.batch, void)?);
                said = self.judge(holder, &facts, &answers);
                taken_back = Some(first);
            }
            if said.verdict.passage().is_none() {
                said.verdict = Verdict::Admitted;
            }
            said.reason = None;
            overriding = Some(insistence.overriding(refused));
        }
        let mut questions = Vec::new();
        if let Found::One(holder) = &found {
            self.keep_answers(holder, &said, (&known, &answers))?;
            questions = self.given.open(&said, holder, &answers);
        }
        let scan = self.fact(&found, &said, overriding);
        let record = self.batch.scan(&scan)?;
        Ok(Recorded { found, said, taken_back, scan, record, questions })
    }

    fn judge(&self, holder: &Holder, facts: &[Placed], answers: &Answers) -> Said {
        let passages = passages(facts, self.door.mode);
        self.door.judge(self.event, holder, &passages, self.silent, answers)
    }

    /// What was said of a scan that is delivered once more: the verdict that was recorded, and why it was.
    fn again(
        &self,
        found: Found,
        record: RecordRef,
        scan: Scan,
        facts: &[Placed],
        nobody: Reason,
    ) -> Recorded {
        let hlc = facts.iter().find(|placed| placed.record == record).map_or(0, |p| p.hlc);
        let before: Vec<Placed> = facts.iter().filter(|p| p.hlc < hlc).cloned().collect();
        let door = Door { at: from_millis(scan.at), ..self.door.clone() };
        let known = answers_in(self.naming, &before);
        let mut questions = Vec::new();
        let mut said = match &found {
            Found::One(holder) => {
                let passages = passages(&before, door.mode);
                let answers = self.with_given(holder, &known);
                let said = door.judge(self.event, holder, &passages, self.silent, &answers);
                questions = self.given.open(&said, holder, &answers);
                said
            }
            Found::Several(_) | Found::Nobody(_) => door.unknown(scan.verdict, Some(nobody)),
        };
        if said.verdict != scan.verdict {
            (said.verdict, said.reason) = (scan.verdict, None);
        }
        Recorded { found, said, taken_back: None, scan, record, questions }
    }

    fn fact(&self, found: &Found, said: &Said, overriding: Option<Overriding>) -> Scan {
        let (gate, door) = (&said.gate, self.door);
        let link = |record: &RecordRef| Link::from(self.home, *record);
        let prior: Vec<Link> = said.prior.iter().map(link).collect();
        Scan {
            attendee: found.person().map(|person| person.id),
            code: found.hash(),
            gate: gate.id.clone(),
            area: (gate.area != MAIN_AREA).then(|| gate.area.clone()),
            verdict: said.verdict,
            at: door.at.as_millisecond(),
            day: day_number(event_day(door.at, &self.event.zone, gate.day_turns)),
            mode: (door.mode != Mode::Live).then_some(door.mode),
            wanted: (door.wanted != Passage::Entry).then_some(door.wanted),
            prior: (!prior.is_empty()).then_some(prior),
            by: self.by.map(str::to_owned),
            overriding,
            nonce: door.nonce,
        }
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
