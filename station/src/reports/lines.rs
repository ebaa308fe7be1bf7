//! The reports as lines: what `domain` folds, with the names and the times of this event.

use super::ticket;
use crate::api::{
    ActLine, Answer, AttendanceLine, AttendanceRequest, CameLine, InsideLine, Output, PassingLine,
    ShareLine,
};
use crate::problem::Problem;
use crate::scan::who;
use crate::station::OpenEvent;
use domain::attendee::{Field, Status, display_name};
use domain::fact::Placed;
use domain::id::{AttendeeId, RecordRef};
use domain::report::{
    Act, Addition, Guest, Guests, Share, acts, first_entries, gates, inside, name_order, turnout,
};
use domain::search::{Builder, Query};
use std::collections::{BTreeMap, BTreeSet};
use sync::store::PersonRow;

impl OpenEvent {
    /// Who came and who did not: the numbers of all, and those asked for by name.
    pub(crate) fn report_attendance(&self, ask: &AttendanceRequest) -> Answer {
        let (facts, people) = (self.store.facts()?, self.store.people()?);
        let guests: Guests = people.iter().map(|person| (person.id, guest(person))).collect();
        let turnout = turnout(&facts, &guests);
        let (first, inside) = (first_entries(&facts), inside_now(&facts, &guests));
        let query = ask.text.as_deref().and_then(Query::new);
        let mut asked: Vec<&PersonRow> = people
            .iter()
            .filter(|person| {
                let field = |field: Field| person.fields.get(&field).map_or("", String::as_str);
                let of_type = ask.ticket_type.as_deref();
                ask.came.is_none_or(|came| came == first.contains_key(&person.id))
                    && of_type.is_none_or(|wanted| wanted == field(Field::TicketType))
            })
            .collect();
        if let Some(query) = query {
            asked = found(&query, &asked);
        }
        asked.sort_by_cached_key(|person| {
            let name = display_name(&person.fields);
            let (nameless, folded, _) = name_order(&name);
            (nameless, folded, name, person.id)
        });
        let line = |person: &&PersonRow| {
            let came = first.get(&person.id);
            let field = |field: Field| person.fields.get(&field).cloned();
            CameLine {
                id: person.id.to_string(),
                name: display_name(&person.fields),
                ticket_type: field(Field::TicketType).unwrap_or_default(),
                company: field(Field::Company),
                status: field(Field::Status).unwrap_or_else(|| Status::Paid.as_str().to_owned()),
                first_admitted_at: came.map(|passed| self.format_millis(passed.scan.at)),
                gate: came.map(|passed| passed.scan.gate.clone()),
                inside: inside.contains(&person.id),
            }
        };
        let Share { came, no_show, cancelled } = turnout.all;
        let shown = ask.limit.unwrap_or(usize::MAX);
        Ok(vec![Output::Attendance(Box::new(AttendanceLine {
            came,
            no_show,
            cancelled,
            by_ticket_type: turnout.by_ticket_type.into_iter().map(share_line).collect(),
            found: asked.len() as u64,
            people: asked.iter().take(shown).map(line).collect(),
        }))])
    }

    /// Everybody who is inside.
    pub(crate) fn report_inside(&self) -> Answer {
        Ok(self.inside_lines()?.into_iter().map(Output::Inside).collect())
    }

    pub(super) fn inside_lines(&self) -> Result<Vec<InsideLine>, Problem> {
        let facts = self.store.facts()?;
        let guests = self.guests(facts.iter().filter_map(|placed| placed.fact.attendee()))?;
        let nobody = Guest::default();
        let line = |one: domain::report::Inside<'_>| {
            let guest = guests.get(&one.attendee).unwrap_or(&nobody);
            let company = Some(guest.company.clone()).filter(|company| !company.is_empty());
            InsideLine {
                id: one.attendee.to_string(),
                name: guest.name.clone(),
                ticket_type: guest.ticket.ticket_type.clone(),
                company,
                area: one.last.scan.area().to_owned(),
                gate: one.last.scan.gate.clone(),
                since: self.format_millis(one.last.scan.at),
                inside: one.people,
            }
        };
        Ok(inside(&facts, &guests).into_iter().map(line).collect())
    }

    /// What each gate did, by the quarter of an hour.
    pub(crate) fn report_gates(&self) -> Answer {
        Ok(self.gate_lines()?.into_iter().map(Output::Passing).collect())
    }

    pub(super) fn gate_lines(&self) -> Result<Vec<PassingLine>, Problem> {
        let passings = gates(&self.store.facts()?, &self.event.zone).into_iter();
        let line = |((gate, quarter_hour), passing): (_, domain::report::Passing)| PassingLine {
            gate,
            quarter_hour,
            admitted: passing.admitted,
            exited: passing.exited,
            refused: passing.refused,
        };
        Ok(passings.map(line).collect())
    }

    /// What operators decided, oldest first.
    pub(crate) fn report_acts(&self) -> Answer {
        let lines = self.act_lines()?.into_iter();
        Ok(lines.map(|line| Output::Act(Box::new(line))).collect())
    }

    pub(super) fn act_lines(&self) -> Result<Vec<ActLine>, Problem> {
        let acts = acts(&self.store.facts()?, self.additions()?);
        acts.into_iter().map(|act| self.act_line(act)).collect()
    }

    /// People who were added by hand.
    fn additions(&self) -> Result<Vec<Addition>, Problem> {
        let addition = |person: PersonRow| {
            let text = |field| person.fields.get(&field).cloned();
            let at = text(Field::AddedAt)?;
            let at = domain::time::parse_moment(&at, &self.event.zone)?.as_millisecond();
            let (station, approved) = self.added_where(person.id);
            Some(Addition {
                attendee: person.id,
                at,
                by: text(Field::AddedBy),
                approved,
                reason: text(Field::AddedReason),
                gate: text(Field::AddedGate),
                station,
                record: None,
            })
        };
        Ok(self.store.people_added()?.into_iter().filter_map(addition).collect())
    }

    fn act_line(&self, act: Act) -> Result<ActLine, Problem> {
        let person = act.attendee.map(|id| self.store.person_by_id(id)).transpose()?.flatten();
        let of_record = |record: RecordRef| self.station_of(record);
        let taken_back = act.scan.filter(|scan| Some(*scan) != act.record);
        Ok(ActLine {
            at: self.format_millis(act.at),
            act: act.kind.as_str().to_owned(),
            by: act.by,
            approved_by: act.approved,
            reason: act.reason,
            station: act.station.or(act.record.map(of_record)).unwrap_or_default(),
            gate: act.gate,
            attendee: person.as_ref().map(who),
            record: act.record.map(|record| self.name_of(record)),
            verdict: act.verdict.map(|verdict| verdict.as_str().to_owned()),
            undone: taken_back.map(|scan| self.name_of(scan)),
            taken_back: act.undone,
        })
    }

    /// Those of these people who are on the list.
    fn guests(&self, ids: impl Iterator<Item = AttendeeId>) -> Result<Guests, Problem> {
        let mut guests = BTreeMap::new();
        for id in ids.collect::<BTreeSet<_>>() {
            if let Some(person) = self.store.person_by_id(id)? {
                guests.insert(id, guest(&person));
            }
        }
        Ok(guests)
    }
}

fn guest(person: &PersonRow) -> Guest {
    let field = |field: Field| person.fields.get(&field).map_or("", String::as_str);
    Guest {
        name: display_name(&person.fields),
        company: field(Field::Company).to_owned(),
        ticket: ticket(&person.fields),
        cancelled: Status::from_name(field(Field::Status)) == Some(Status::Cancelled),
    }
}

fn inside_now(facts: &[Placed], guests: &Guests) -> BTreeSet<AttendeeId> {
    inside(facts, guests).into_iter().map(|one| one.attendee).collect()
}

/// Those of the people whom a search for this finds.
fn found<'a>(query: &Query, people: &[&'a PersonRow]) -> Vec<&'a PersonRow> {
    let mut builder = Builder::default();
    people.iter().for_each(|person| builder.add(&person.fields));
    let places = builder.index().find(query, people.len());
    places.into_iter().filter_map(|place| people.get(place).copied()).collect()
}

fn share_line((ticket_type, share): (String, Share)) -> ShareLine {
    let Share { came, no_show, cancelled } = share;
    ShareLine { ticket_type, came, no_show, cancelled }
}
