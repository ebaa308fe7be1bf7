//! The reports as tables, for files and spreadsheets: the columns are named as the fields of the lines are.

use crate::api::{ActLine, Answer, InsideLine, Output, PassingLine, RecordName, Report};
use crate::station::OpenEvent;

const INSIDE: [&str; 8] =
    ["id", "name", "ticket_type", "company", "area", "gate", "since", "inside"];
const GATES: [&str; 5] = ["gate", "quarter_hour", "admitted", "exited", "refused"];
const ACTS: [&str; 14] = [
    "at",
    "act",
    "by",
    "approved_by",
    "reason",
    "station",
    "gate",
    "id",
    "name",
    "ticket_type",
    "record",
    "verdict",
    "undone",
    "taken_back",
];

impl OpenEvent {
    /// A report as a table.
    pub(crate) fn report_table(&self, report: Report) -> Answer {
        Ok(match report {
            Report::Attendance => return self.attendance_export(),
            Report::Inside => table(INSIDE, self.inside_lines()?.into_iter().map(inside)),
            Report::Gates => table(GATES, self.gate_lines()?.into_iter().map(passing)),
            Report::Acts => table(ACTS, self.act_lines()?.into_iter().map(act)),
        })
    }
}

fn table<const N: usize>(names: [&str; N], rows: impl Iterator<Item = [String; N]>) -> Vec<Output> {
    let row = |cells| Output::Row(names.map(str::to_owned).into_iter().zip(cells).collect());
    let head = Output::Columns(names.map(str::to_owned).to_vec());
    std::iter::once(head).chain(rows.map(row)).collect()
}

fn inside(line: InsideLine) -> [String; 8] {
    let (company, people) = (line.company.unwrap_or_default(), line.inside.to_string());
    [line.id, line.name, line.ticket_type, company, line.area, line.gate, line.since, people]
}

fn passing(line: PassingLine) -> [String; 5] {
    let [admitted, exited, refused] =
        [line.admitted, line.exited, line.refused].map(|number| number.to_string());
    [line.gate, line.quarter_hour, admitted, exited, refused]
}

fn act(line: ActLine) -> [String; 14] {
    let name = |record: Option<RecordName>| {
        let name = |one: RecordName| format!("{}/{}/{}", one.station, one.epoch, one.seq);
        record.map(name).unwrap_or_default()
    };
    let who = line.attendee.map(|who| [who.id, who.name, who.ticket_type]);
    let [id, person, ticket_type] = who.unwrap_or_default();
    [
        line.at,
        line.act,
        line.by.unwrap_or_default(),
        line.approved_by.unwrap_or_default(),
        line.reason.unwrap_or_default(),
        line.station,
        line.gate.unwrap_or_default(),
        id,
        person,
        ticket_type,
        name(line.record),
        line.verdict.unwrap_or_default(),
        name(line.undone),
        if line.taken_back { "yes" } else { "no" }.to_owned(),
    ]
}
