//! What an event came to: counts, and who came when.

mod lines;
mod tables;

use crate::api::{Answer, Output, StatsLine};
use crate::people::{names, row};
use crate::problem::Problem;
use crate::station::OpenEvent;
use domain::attendee::{Field, Fields};
use domain::fact::{Fact, Placed};
use domain::gate::question::Answers;
use domain::id::AttendeeId;
use domain::report::first_entries;
use domain::stats::{Ticket, fold, inside};
use std::collections::{BTreeMap, BTreeSet};

impl OpenEvent {
    pub(crate) fn stats(&self) -> Answer {
        let facts = self.store.facts()?;
        let stats = fold(&facts, &self.tickets(&facts)?, &self.event.zone);
        Ok(vec![Output::Stats(StatsLine {
            inside: stats.inside,
            admitted: stats.admitted,
            refused: stats.refused,
            by_gate: stats.by_gate,
            by_ticket_type: stats.by_ticket_type,
            by_quarter_hour: stats.by_quarter_hour,
        })])
    }

    /// The tickets of those who have facts.
    fn tickets(&self, facts: &[Placed]) -> Result<BTreeMap<AttendeeId, Ticket>, Problem> {
        let ids: BTreeSet<AttendeeId> =
            facts.iter().filter_map(|placed| placed.fact.attendee()).collect();
        let mut tickets = BTreeMap::new();
        for id in ids {
            if let Some(person) = self.store.person_by_id(id)? {
                tickets.insert(id, ticket(&person.fields));
            }
        }
        Ok(tickets)
    }

    /// What people answered to questions.
    fn answers(&self, facts: &[Placed]) -> Result<BTreeMap<AttendeeId, Answers>, Problem> {
        let mut of_person: BTreeMap<AttendeeId, Vec<Placed>> = BTreeMap::new();
        for placed in facts {
            if let Fact::Answered(answered) = &placed.fact {
                of_person.entry(answered.attendee).or_default().push(placed.clone());
            }
        }
        let naming = self.naming()?;
        let folded = |facts: Vec<Placed>| crate::scan::answers_in(naming, &facts);
        Ok(of_person.into_iter().map(|(id, facts)| (id, folded(facts))).collect())
    }

    /// One row per attendee: the fields, and whether and when he came.
    pub(crate) fn attendance_export(&self) -> Answer {
        let facts = self.store.facts()?;
        let mut people = self.store.people()?;
        people.sort_by(|a, b| {
            a.fields.get(&Field::Code).cmp(&b.fields.get(&Field::Code)).then(a.id.cmp(&b.id))
        });
        let tickets = people.iter().map(|person| (person.id, ticket(&person.fields))).collect();
        let inside = inside(&facts, &tickets);
        let first = first_entries(&facts);
        let columns = Field::columns(people.iter().map(|person| &person.fields));
        let answers = self.answers(&facts)?;
        let asked: BTreeSet<&String> = answers.values().flat_map(BTreeMap::keys).collect();
        let rows = people.iter().map(|person| {
            let came = first.get(&person.id);
            let yes_no = |yes: bool| if yes { "yes" } else { "no" }.to_owned();
            let mut row = row(&columns, &person.fields);
            let at = came.map(|passed| self.format_millis(passed.scan.at)).unwrap_or_default();
            row.push(("first_admitted_at".to_owned(), at));
            row.push((
                "gate".to_owned(),
                came.map(|passed| passed.scan.gate.clone()).unwrap_or_default(),
            ));
            row.push(("inside".to_owned(), yes_no(inside.contains_key(&person.id))));
            row.push(("no_show".to_owned(), yes_no(came.is_none())));
            let of_person = answers.get(&person.id);
            row.extend(asked.iter().map(|id| {
                let answer = of_person.and_then(|answers| answers.get(*id)).cloned();
                (format!("answer_{id}"), answer.unwrap_or_default())
            }));
            Output::Row(row)
        });
        let mut names = names(&columns, &["first_admitted_at", "gate", "inside", "no_show"]);
        names.extend(asked.iter().map(|id| format!("answer_{id}")));
        Ok(std::iter::once(Output::Columns(names)).chain(rows).collect())
    }
}

fn ticket(fields: &Fields) -> Ticket {
    let people = fields.get(&Field::Entries).and_then(|entries| entries.parse().ok()).unwrap_or(1);
    Ticket { ticket_type: fields.get(&Field::TicketType).cloned().unwrap_or_default(), people }
}
