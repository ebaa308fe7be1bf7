//! Reports as a terminal shows them: tables as wide as what is in them.

use super::{Screen, safe};
use crate::api::{ActLine, AttendanceLine, Command, InsideLine, Output, PassingLine};

/// Letters of a cell that are shown; a longer one is cut, so that one name does not push a table off the screen.
const CELL_CHARS_MAX: usize = 40;

/// What is said where a list has nothing in it.
pub(crate) const fn words_for_nothing(command: &Command) -> Option<&'static str> {
    match command {
        Command::ReportInside => Some("Nobody is inside."),
        Command::ReportGates => Some("No gate has scanned anybody yet."),
        Command::ReportActs => Some("Nothing was taken back, overridden or added."),
        _ => None,
    }
}

/// Shows a report; false where these lines are none.
pub(super) fn show(screen: &mut Screen, outputs: &[Output]) -> bool {
    match outputs.first() {
        Some(Output::Attendance(line)) => attendance(screen, line),
        Some(Output::Inside(_)) => inside(screen, outputs),
        Some(Output::Passing(_)) => {
            let head = ["GATE", "QUARTER HOUR", "IN", "OUT", "REFUSED"];
            let rows = outputs.iter().filter_map(|output| match output {
                Output::Passing(line) => Some(passing(line)),
                _ => None,
            });
            table(screen, head, rows);
        }
        Some(Output::Act(_)) => {
            let head = ["AT", "ACT", "WHO", "BY", "GATE", "REASON"];
            let rows = outputs.iter().filter_map(|output| match output {
                Output::Act(line) => Some(act(line)),
                _ => None,
            });
            table(screen, head, rows);
        }
        _ => return false,
    }
    true
}

fn attendance(screen: &mut Screen, line: &AttendanceLine) {
    let rows = line.people.iter().map(|one| {
        let came = one.first_admitted_at.clone().unwrap_or_else(|| "no-show".to_owned());
        let inside = if one.inside { "inside" } else { "" };
        let gate = one.gate.clone().unwrap_or_default();
        [one.name.clone(), one.ticket_type.clone(), came, gate, inside.to_owned()]
    });
    table(screen, ["NAME", "TICKET", "CAME", "GATE", ""], rows);
    let cancelled = match line.cancelled {
        0 => String::new(),
        some => format!(", {some} of them cancelled"),
    };
    screen.out(&format!("{} came, {} did not{cancelled}.", line.came, line.no_show));
}

fn inside(screen: &mut Screen, outputs: &[Output]) {
    let lines: Vec<&InsideLine> = outputs
        .iter()
        .filter_map(|output| match output {
            Output::Inside(line) => Some(line),
            _ => None,
        })
        .collect();
    let rows = lines.iter().map(|line| {
        let name = if line.name.is_empty() { &line.id } else { &line.name };
        let people = line.inside.to_string();
        let (area, gate, since) = (line.area.clone(), line.gate.clone(), line.since.clone());
        [name.clone(), line.ticket_type.clone(), area, gate, since, people]
    });
    table(screen, ["NAME", "TICKET", "AREA", "GATE", "SINCE", "PEOPLE"], rows);
    let people: u64 = lines.iter().map(|line| u64::from(line.inside)).sum();
    screen.out(&format!("{people} inside."));
}

fn passing(line: &PassingLine) -> [String; 5] {
    let numbers = [line.admitted, line.exited, line.refused].map(|number| number.to_string());
    let [admitted, exited, refused] = numbers;
    [line.gate.clone(), line.quarter_hour.clone(), admitted, exited, refused]
}

fn act(line: &ActLine) -> [String; 6] {
    let who = line.attendee.as_ref().map(|who| who.name.clone()).unwrap_or_default();
    let back = if line.taken_back { " (taken back)" } else { "" };
    let by = match (&line.by, &line.approved_by) {
        (Some(by), Some(approved)) => format!("{by}, {approved} agreed"),
        (by, _) => by.clone().unwrap_or_default(),
    };
    let (gate, reason) = (line.gate.clone(), line.reason.clone());
    let (gate, reason) = (gate.unwrap_or_default(), reason.unwrap_or_default());
    [line.at.clone(), format!("{}{back}", line.act), who, by, gate, reason]
}

/// A table whose columns are as wide as the widest of their cells.
fn table<const N: usize>(
    screen: &mut Screen,
    head: [&str; N],
    rows: impl Iterator<Item = [String; N]>,
) {
    let rows: Vec<[String; N]> = rows.map(|row| row.map(|cell| shown(&cell))).collect();
    let mut widths = head.map(str::len);
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    for row in std::iter::once(&head.map(str::to_owned)).chain(&rows) {
        let cells: Vec<String> =
            row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        screen.out(cells.join("  ").trim_end());
    }
}

fn shown(cell: &str) -> String {
    let cell = safe(cell);
    if cell.chars().count() <= CELL_CHARS_MAX {
        return cell;
    }
    cell.chars().take(CELL_CHARS_MAX - 1).chain(['…']).collect()
}
