//! The words about reports.

use crate::api::{AttendanceRequest, Command, Report};
use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Who came and who did not.
    Attendance(Form),
    /// Who is inside now: the list that is read out when a building has to be left.
    Inside(Form),
    /// What each gate did, by the quarter of an hour.
    Gates(Form),
    /// What operators decided: scans taken back, people let in who were refused, people added.
    Acts(Form),
}

/// How a report is written.
#[derive(Debug, clap::Args)]
pub(crate) struct Form {
    /// As a file for a spreadsheet.
    #[arg(long, value_parser = ["csv"])]
    format: Option<String>,
}

/// What they ask for. Scripts get the lines of `--json` whatever the format.
pub(super) fn ask(verb: &Verb, json: bool) -> Command {
    let (report, form) = match verb {
        Verb::Attendance(form) => (Report::Attendance, form),
        Verb::Inside(form) => (Report::Inside, form),
        Verb::Gates(form) => (Report::Gates, form),
        Verb::Acts(form) => (Report::Acts, form),
    };
    match report {
        Report::Attendance if json => Command::AttendanceExport,
        report if form.format.is_some() && !json => Command::ReportTable { report },
        Report::Attendance => Command::ReportAttendance(AttendanceRequest::default()),
        Report::Inside => Command::ReportInside,
        Report::Gates => Command::ReportGates,
        Report::Acts => Command::ReportActs,
    }
}
