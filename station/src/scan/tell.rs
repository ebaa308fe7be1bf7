//! What is told of a scan.

use super::Recorded;
use crate::api::{
    First, FirstScan, GuestLine, OrderLine, OrderMate, Override, RecordName, ScanRequest, Tone,
    VerdictLine, Who,
};
use crate::limits::ECHO_CHARS_MAX;
use crate::problem::Problem;
use crate::station::OpenEvent;
use crate::why::why;
use domain::access::{Space, Standing};
use domain::attendee::{Field, display_name, is_vip};
use domain::event::Mode;
use domain::fact::Scan;
use domain::gate::WhenSilent;
use domain::id::RecordRef;
use domain::reason::Reason;
use domain::verdict::{Passage, Verdict};
use jiff::Timestamp;
use sync::store::PersonRow;

impl OpenEvent {
    pub(super) fn tell(
        &self,
        ask: &ScanRequest,
        recorded: Recorded,
        order: Option<(OrderLine, Vec<OrderMate>)>,
    ) -> VerdictLine {
        let (order, others) = order.unzip();
        let Recorded { found, said, taken_back, scan, record, questions } = recorded;
        let person = found.person();
        let note = person.and_then(|person| person.fields.get(&Field::Notes)).cloned();
        let guardian = person.and_then(|person| self.guardian(person));
        let other_event = matches!(said.reason, Some(Reason::OtherEvent { .. }));
        let first = said.first.as_ref().map(|first| self.store.standing(first.record));
        let first_stands = |standing| first == Some(standing);
        let flags = [
            (self.is_unsure(&scan), "silent"),
            (first_stands(Standing::PastCut), "past_cut"),
            (first_stands(Standing::Doubtful), "doubtful"),
            (other_event, "other_event"),
            (note.is_some(), "attention"),
            (person.is_some_and(|person| is_vip(&person.fields)), "vip"),
            (guardian.is_some(), "child"),
            (found.is_elsewhere(), "layout"),
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
            others: others.unwrap_or_default(),
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
            tone: Tone::of(said.verdict, note.is_some() || guardian.is_some()),
            note,
            guardian,
            questions,
            why: said.reason.as_ref().map(why),
            overriding: override_of(&scan),
        }
    }

    /// What is told of the code that tests a scanner, at any time and stage of the event: nothing is recorded.
    pub(super) fn test_scan(
        &self,
        ask: &ScanRequest,
        by: Option<&str>,
        now: Timestamp,
    ) -> Result<VerdictLine, Problem> {
        let gates = self.gates(ask)?;
        let at = self.moment(ask.at.as_deref(), now)?;
        let mode = self.event.stage.mode().unwrap_or(Mode::Rehearsal);
        let nowhere = RecordRef { log: self.store.own_log(Space::Attendance), seq: 0 };
        Ok(VerdictLine {
            code: ask.code.chars().take(ECHO_CHARS_MAX).collect(),
            verdict: Verdict::Admitted.as_str().to_owned(),
            attendee: None,
            order: None,
            others: Vec::new(),
            gate: gates.first().map(|gate| gate.id.clone()).unwrap_or_default(),
            at: self.format(at),
            first: None,
            first_scan: None,
            reason: Some(Reason::Test.to_string()),
            operator: by.map(str::to_owned),
            flags: vec!["test".to_owned()],
            mode: mode.as_str().to_owned(),
            certainty: self.certainty.clone(),
            record: self.name_of(nowhere),
            tone: Tone::Go,
            note: None,
            guardian: None,
            questions: Vec::new(),
            why: Some(why(&Reason::Test)),
            overriding: None,
        })
    }

    /// Whether somebody was let in who may be in elsewhere already, at a gate that wants to hear of that.
    fn is_unsure(&self, scan: &Scan) -> bool {
        let gate = self.event.gates.get(&scan.gate);
        scan.verdict.passage() == Some(Passage::Entry)
            && !self.certainty.silent.is_empty()
            && gate.is_none_or(|gate| gate.when_silent != WhenSilent::Admit)
    }

    /// Who accompanies a child: the name that was given, or that of the position on the same order.
    fn guardian(&self, child: &PersonRow) -> Option<String> {
        let given = child.fields.get(&Field::Guardian)?;
        let order = child.fields.get(&Field::Order);
        let others = order.and_then(|order| self.store.people_by_order(order).ok());
        let meant = others.into_iter().flatten().find(|other| {
            other.id != child.id && other.fields.get(&Field::OrderPosition) == Some(given)
        });
        Some(meant.map_or_else(|| given.clone(), |other| display_name(&other.fields)))
    }

    /// The guest whom a scan has let in, where a host wants to greet this person.
    pub(crate) fn guest(
        &self,
        person: &PersonRow,
        record: RecordRef,
        scan: &Scan,
    ) -> Option<GuestLine> {
        let note = person.fields.get(&Field::Notes).cloned();
        let flags = [(is_vip(&person.fields), "vip"), (note.is_some(), "attention")];
        let flags: Vec<String> =
            flags.iter().filter(|(is, _)| *is).map(|(_, flag)| (*flag).to_owned()).collect();
        let enters = scan.verdict.passage() == Some(Passage::Entry);
        (enters && !flags.is_empty()).then(|| GuestLine {
            attendee: who(person),
            company: person.fields.get(&Field::Company).cloned(),
            flags,
            note,
            gate: scan.gate.clone(),
            station: self.station_of(record),
            at: self.format_millis(scan.at),
            record: self.name_of(record),
        })
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
