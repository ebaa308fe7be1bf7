//! The judge: from a ticket, a gate and what is known of the person to a verdict.
//!
//! The order of the checks decides which reason is named when several hold: what the organizer said of the ticket
//! comes before where and when, payment before the gate's rules, and counting comes last. An exit asks neither
//! for validity nor for the day nor for the gate's hours: whoever is inside must be able to leave.
//! `judge/order.rs` finds the ticket that is meant where an order has several; a door with several gates asks them in
//! turn.

mod order;
mod today;

pub use order::{Meant, meant};

use crate::attendance::{Passed, Presence, frontier, presence, voided};
use crate::attendee::{Field, Fields, Status};
use crate::event::Event;
use crate::fact::{Fact, Placed, Scan};
use crate::gate::question::Answers;
use crate::gate::{Entries, Gate, Question, WhenSilent};
use crate::id::{AttendeeId, CodeHash, RecordRef};
use crate::reason::{Reason, Silent};
use crate::time::{event_day, from_millis, parse_end, parse_moment};
use crate::verdict::{Passage, Verdict};
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use today::Today;

/// All that a judgement depends on.
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    /// What is known of the ticket.
    pub ticket: &'a Fields,
    /// Whether the code that was read is one that the ticket had before.
    pub revoked: bool,
    /// The gate in front of which the person stands.
    pub gate: &'a Gate,
    /// The event.
    pub event: &'a Event,
    /// Passages of this person that took effect, oldest first.
    pub passages: &'a [Passed<'a>],
    /// Which way the person wants to go.
    pub wanted: Passage,
    /// When.
    pub at: Timestamp,
    /// Whether the operator takes an unpaid ticket, where the gate leaves that to him.
    pub take_unpaid: bool,
    /// Stations at which people pass and of which nothing is heard.
    pub silent: &'a [Silent],
    /// What the person has answered to questions; none: nothing is asked.
    pub answers: Option<&'a Answers>,
}

/// What the judge says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement<'a> {
    /// The verdict.
    pub verdict: Verdict,
    /// Why, where it is not self-evident.
    pub reason: Option<Reason>,
    /// The first entry that counts here.
    pub first: Option<Passed<'a>>,
    /// Day that the scan counts for.
    pub day: Date,
    /// Passages that the record of this scan names as known.
    pub prior: Vec<RecordRef>,
}

/// Judges.
#[must_use]
pub fn judge<'a>(case: &Case<'a>) -> Judgement<'a> {
    let day = event_day(case.at, &case.event.zone, case.gate.day_turns);
    let today = Today::of(case.gate, day, case.now());
    let here = case.presence(day);
    let refusal = case
        .standing()
        .or_else(|| case.validity())
        .or_else(|| case.ticket_type(&today))
        .or_else(|| case.date(day, &today))
        .or_else(|| case.payment())
        .or_else(|| case.hours(&today))
        .or_else(|| case.questions());
    let (verdict, reason) = match (refusal, case.wanted) {
        (Some((verdict, reason)), _) => (verdict, Some(reason)),
        (None, Passage::Exit) => (Verdict::Exited, None),
        (None, Passage::Entry) => case.held(case.count(&here, day)),
    };
    Judgement { verdict, reason, first: here.first, day, prior: frontier(case.passages) }
}

/// Judges at several gates of one door, in turn: the first that lets the person pass, else the first that says more
/// than that it is not the person's gate. Returns which, by its place; none where there is no gate.
#[must_use]
pub fn judge_in_turn<'a>(cases: &[Case<'a>]) -> Option<(usize, Judgement<'a>)> {
    let mut best: Option<(usize, Judgement<'a>)> = None;
    for (place, case) in cases.iter().enumerate() {
        let said = judge(case);
        let passes = said.verdict.passage().is_some();
        let elsewhere = |said: &Judgement<'_>| said.verdict == Verdict::WrongGate;
        if passes || best.as_ref().is_none_or(|(_, best)| elsewhere(best) && !elsewhere(&said)) {
            best = Some((place, said));
        }
        if passes {
            break;
        }
    }
    best
}

/// The questions of a gate that a ticket still has to answer.
pub fn open_questions<'a>(
    gate: &'a Gate,
    ticket: &Fields,
    answers: &Answers,
) -> impl Iterator<Item = &'a Question> {
    gate.questions
        .iter()
        .filter(move |question| question.concerns(ticket) && !question.is_settled(answers))
}

/// The scan of `whose` ticket, or of a code that is nobody's, that was recorded under this nonce already and still
/// stands: whoever delivers one twice gets its verdict again, and nothing more happens.
#[must_use]
pub fn delivered(
    facts: &[Placed],
    nonce: u64,
    whose: (Option<AttendeeId>, Option<CodeHash>),
) -> Option<(RecordRef, &Scan)> {
    let taken_back = voided(facts);
    let is_it = |scan: &Scan| scan.nonce == Some(nonce) && (scan.attendee, scan.code) == whose;
    facts.iter().find_map(|placed| match &placed.fact {
        Fact::Scan(scan) if is_it(scan) && !taken_back.contains(&placed.record) => {
            Some((placed.record, scan))
        }
        Fact::Scan(_) | Fact::Void(_) | Fact::Resolution(_) | Fact::Answered(_) => None,
    })
}

type Refusal = (Verdict, Reason);

impl<'a> Case<'a> {
    fn field(&self, field: Field) -> &'a str {
        self.ticket.get(&field).map(String::as_str).unwrap_or_default()
    }

    fn status(&self) -> Status {
        Status::from_name(self.field(Field::Status)).unwrap_or_default()
    }

    fn local(&self, moment: Timestamp) -> DateTime {
        moment.to_zoned(self.event.zone.clone()).datetime()
    }

    fn now(&self) -> DateTime {
        self.local(self.at)
    }

    fn people(&self) -> u32 {
        self.field(Field::Entries).parse().unwrap_or(1).max(1)
    }

    fn presence(&self, day: Date) -> Presence<'a> {
        let only = match self.gate.entries {
            Entries::OncePerDay => Some(crate::time::day_number(day)),
            Entries::Once | Entries::Unlimited => None,
        };
        presence(self.passages, &self.gate.area, only, self.people())
    }

    /// What the organizer said of this ticket as such.
    fn standing(&self) -> Option<Refusal> {
        let blocked = self.field(Field::Blocked);
        match self.status() {
            _ if self.revoked => Some((Verdict::Revoked, Reason::Revoked)),
            Status::Cancelled => Some((Verdict::Cancelled, Reason::Cancelled)),
            _ if !blocked.is_empty() => {
                Some((Verdict::Blocked, Reason::Blocked { why: blocked.to_owned() }))
            }
            Status::Unapproved => Some((Verdict::Unapproved, Reason::Unapproved)),
            Status::Paid | Status::Pending | Status::ValidIfPending => None,
        }
    }

    fn validity(&self) -> Option<Refusal> {
        if self.wanted == Passage::Exit {
            return None;
        }
        let zone = &self.event.zone;
        if let Some(from) = parse_moment(self.field(Field::ValidFrom), zone)
            && self.at < from
        {
            let reason = Reason::ValidFrom { from: self.local(from), now: self.now() };
            return Some((Verdict::NotYetValid, reason));
        }
        let until = parse_end(self.field(Field::ValidUntil), zone)?;
        let reason = Reason::ValidUntil { until: self.local(until), now: self.now() };
        (self.at > until).then_some((Verdict::NoLongerValid, reason))
    }

    fn ticket_type(&self, today: &Today<'_>) -> Option<Refusal> {
        let accepted = today.ticket_types?;
        let ticket_type = self.field(Field::TicketType);
        let accepted_types = accepted.iter().cloned().collect();
        let reason = Reason::WrongTicketType {
            ticket_type: ticket_type.to_owned(),
            accepted: accepted_types,
        };
        (!accepted.contains(ticket_type)).then_some((Verdict::WrongGate, reason))
    }

    fn date(&self, day: Date, today: &Today<'_>) -> Option<Refusal> {
        if self.wanted == Passage::Exit {
            return None;
        }
        let event_days = &self.event.days;
        if !event_days.is_empty() && !event_days.contains(&day) {
            let days = event_days.iter().copied().collect();
            return Some((Verdict::WrongDate, Reason::NotADayOfTheEvent { day, days }));
        }
        let days: Vec<Date> =
            self.field(Field::Days).split_whitespace().filter_map(|d| d.parse().ok()).collect();
        if !days.is_empty() && !days.contains(&day) {
            return Some((Verdict::WrongDate, Reason::NotADayOfTheTicket { day, days }));
        }
        let gate = self.gate.name.clone();
        let days = today.days_instead()?;
        Some((Verdict::WrongDate, Reason::NotADayOfTheGate { gate, day, days }))
    }

    fn payment(&self) -> Option<Refusal> {
        match (self.status(), self.gate.include_pending, self.take_unpaid) {
            (Status::Pending, true, true) => None,
            (Status::Pending, true, false) => Some((Verdict::Unpaid, Reason::UnpaidMayBeTaken)),
            (Status::Pending, false, _) => Some((Verdict::Unpaid, Reason::Unpaid)),
            (
                Status::Paid | Status::ValidIfPending | Status::Cancelled | Status::Unapproved,
                _,
                _,
            ) => None,
        }
    }

    /// The gate's hours.
    fn hours(&self, today: &Today<'_>) -> Option<Refusal> {
        if self.wanted == Passage::Exit {
            return None;
        }
        let now = self.now();
        let (opens, closes) = today.hours(&self.event.zone);
        let refused = match (opens.filter(|opens| now < *opens), closes) {
            (Some(opens), _) => Reason::OpensAt { opens, now },
            (None, Some(closed)) if now >= closed => Reason::ClosedAt { closed, now },
            (None, _) => return None,
        };
        Some((Verdict::RefusedByRule, refused))
    }

    /// What is still to be answered.
    fn questions(&self) -> Option<Refusal> {
        let answers = self.answers.filter(|_| self.wanted == Passage::Entry)?;
        let open = open_questions(self.gate, self.ticket, answers);
        let questions: Vec<String> = open.map(|question| question.text.clone()).collect();
        let reason = (!questions.is_empty()).then_some(Reason::AnswersNeeded { questions })?;
        Some((Verdict::AnswersNeeded, reason))
    }

    /// What a gate makes of an admission while it may have been given elsewhere already.
    fn held(&self, counted: (Verdict, Option<Reason>)) -> (Verdict, Option<Reason>) {
        match self.gate.when_silent {
            WhenSilent::Hold if counted.0.passage().is_some() && !self.silent.is_empty() => {
                (Verdict::RefusedByRule, Some(Reason::Held { silent: self.silent.to_vec() }))
            }
            WhenSilent::Admit | WhenSilent::Flag | WhenSilent::Hold => counted,
        }
    }

    fn count(&self, here: &Presence<'a>, day: Date) -> (Verdict, Option<Reason>) {
        let now = self.now();
        let time_of = |passed: &Passed<'_>| self.local(from_millis(passed.scan.at));
        let people = self.people();
        let returns = here
            .last
            .filter(|last| last.passage == Passage::Exit)
            .filter(|last| last.scan.day == crate::time::day_number(day));
        match (self.gate.entries, returns) {
            (Entries::Unlimited, _) => (Verdict::Admitted, None),
            (_, None) if here.entries < people => (Verdict::Admitted, None),
            (_, Some(_)) if here.entries < people || self.gate.reentry_after_exit => {
                (Verdict::Readmitted, None)
            }
            (_, None) if here.inside < people && self.gate.reentry_after_exit => {
                (Verdict::Admitted, None)
            }
            (_, Some(left)) => {
                let reason = Reason::LeftForGood { left: time_of(&left), now };
                (Verdict::AlreadyIn, Some(reason))
            }
            (_, None) => {
                let reason = here.first.map(|first| {
                    let since = time_of(&first);
                    let gate = first.scan.gate.clone();
                    if people > 1 {
                        Reason::EntriesUsed { entries: people, first: since, now }
                    } else {
                        Reason::AlreadyIn { since, gate, now }
                    }
                });
                (Verdict::AlreadyIn, reason)
            }
        }
    }
}

#[cfg(test)]
mod tests;
