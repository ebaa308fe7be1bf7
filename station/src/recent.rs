//! The latest scans, newest first, as the list beside a door shows them.

use crate::api::{Answer, Output, RecentLine, Tone, VerdictLine};
use crate::problem::{Code, Problem};
use crate::scan::who;
use crate::station::OpenEvent;
use domain::attendance::voided;
use domain::fact::{Fact, Placed, Scan};
use domain::verdict::Passage;

/// Scans shown where nothing else is asked.
const SHOWN: usize = 50;
/// Scans shown at most, and read at once.
const SHOWN_MAX: usize = 500;

impl OpenEvent {
    /// The latest scans; of one gate, where it is given; before one, where that is given.
    pub(crate) fn recent(
        &self,
        gate: Option<&str>,
        limit: Option<usize>,
        before: Option<&str>,
    ) -> Answer {
        let limit = limit.unwrap_or(SHOWN).min(SHOWN_MAX);
        let mut before = before.map(|name| self.parse_record(name)).transpose()?;
        if let Some(record) = before
            && self.store.find(record)?.is_none()
        {
            let message = "There is no such scan to go on from.";
            return Err(Problem::new(Code::UnknownAttendee, message, "Begin again without it."));
        }
        let mut lines = Vec::new();
        loop {
            let facts = self.store.latest_facts(SHOWN_MAX, before)?;
            for placed in &facts {
                if lines.len() == limit {
                    return Ok(lines);
                }
                if let Fact::Scan(scan) = &placed.fact
                    && gate.is_none_or(|gate| gate == scan.gate)
                {
                    lines.push(Output::Recent(Box::new(self.recent_line(placed, scan)?)));
                }
            }
            match facts.last() {
                Some(last) if facts.len() == SHOWN_MAX => before = Some(last.record),
                _ => return Ok(lines),
            }
        }
    }

    fn recent_line(&self, placed: &Placed, scan: &Scan) -> Result<RecentLine, Problem> {
        let undone = match scan.attendee {
            Some(id) => voided(&self.store.facts_of(id)?).contains(&placed.record),
            None => false,
        };
        let person = scan.attendee.map(|id| self.store.person_by_id(id)).transpose()?.flatten();
        let noted = person
            .as_ref()
            .is_some_and(|person| person.fields.contains_key(&domain::attendee::Field::Notes));
        Ok(RecentLine {
            record: self.name_of(placed.record),
            at: self.format_millis(scan.at),
            gate: scan.gate.clone(),
            exit: scan.wanted == Some(Passage::Exit),
            verdict: scan.verdict.as_str().to_owned(),
            tone: Tone::of(scan.verdict, noted),
            mode: scan.mode().as_str().to_owned(),
            operator: scan.by.clone(),
            station: self.station_of(placed.record),
            undone,
            overridden: scan.overriding.is_some(),
            attendee: person.as_ref().map(who),
        })
    }
}

/// The line of a scan that was made just now.
pub(crate) fn line_of(verdict: &VerdictLine, exit: bool, station: &str) -> RecentLine {
    RecentLine {
        record: verdict.record.clone(),
        at: verdict.at.clone(),
        gate: verdict.gate.clone(),
        exit,
        verdict: verdict.verdict.clone(),
        tone: verdict.tone,
        mode: verdict.mode.clone(),
        operator: verdict.operator.clone(),
        station: station.to_owned(),
        undone: false,
        overridden: verdict.overriding.is_some(),
        attendee: verdict.attendee.clone(),
    }
}
