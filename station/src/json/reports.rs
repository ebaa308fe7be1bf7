//! Lines of reports.

use super::{RecordName, Who};
use serde::{Deserialize, Serialize};

/// How many of some attendees came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ShareLine {
    /// Ticket type; empty: attendees without one.
    pub ticket_type: String,
    /// Those who were let in at least once.
    pub came: u64,
    /// Those who were not.
    pub no_show: u64,
    /// How many of those who did not come had a cancelled ticket.
    pub cancelled: u64,
}

/// Whether one attendee came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct CameLine {
    /// Id.
    pub id: String,
    /// Name to show.
    pub name: String,
    /// Ticket type.
    pub ticket_type: String,
    /// Company.
    pub company: Option<String>,
    /// Status of the ticket.
    pub status: String,
    /// When the attendee was let in for the first time; null: a no-show.
    pub first_admitted_at: Option<String>,
    /// Id of the gate where that was.
    pub gate: Option<String>,
    /// Whether the attendee is inside now.
    pub inside: bool,
}

/// Answer of `report attendance` for people, one line for all; scripts get the rows of `attendance export`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct AttendanceLine {
    /// Attendees who were let in at least once.
    pub came: u64,
    /// Attendees who were not.
    pub no_show: u64,
    /// How many of those who did not come had a cancelled ticket.
    pub cancelled: u64,
    /// The same by ticket type, by its name.
    pub by_ticket_type: Vec<ShareLine>,
    /// How many attendees are those asked for.
    pub found: u64,
    /// Those asked for, by name, as many as were wanted.
    pub people: Vec<CameLine>,
}

/// Answer of `report inside`, one a ticket with somebody inside, by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct InsideLine {
    /// Id of the attendee.
    pub id: String,
    /// Name to show; empty where the list does not have the attendee yet.
    pub name: String,
    /// Ticket type.
    pub ticket_type: String,
    /// Company.
    pub company: Option<String>,
    /// Area that was entered last and not left since.
    pub area: String,
    /// Id of the gate where that was.
    pub gate: String,
    /// When that was.
    pub since: String,
    /// How many people on that ticket are inside.
    pub inside: u32,
}

/// Answer of `report gates`, one a gate and quarter of an hour with anything in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct PassingLine {
    /// Id of the gate.
    pub gate: String,
    /// Local start of the quarter of an hour.
    pub quarter_hour: String,
    /// Entries.
    pub admitted: u64,
    /// Exits.
    pub exited: u64,
    /// Scans that were refused.
    pub refused: u64,
}

/// Answer of `report acts`, one an act, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ActLine {
    /// When.
    pub at: String,
    /// `undo`, `override` or `added`.
    #[cfg_attr(test, ts(type = "\"undo\" | \"override\" | \"added\""))]
    pub act: String,
    /// Who did it, where that was said.
    pub by: Option<String>,
    /// The supervisor who agreed, where one was asked for.
    pub approved_by: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// Name of the station that it was done on.
    pub station: String,
    /// Id of the gate; of an `undo`, that of the scan.
    pub gate: Option<String>,
    /// The person, where it is about somebody on the list.
    pub attendee: Option<Who>,
    /// The record that says so.
    pub record: Option<RecordName>,
    /// What it went against: the refusal that was overridden, the verdict that was taken back.
    #[cfg_attr(test, ts(type = "Verdict | null"))]
    pub verdict: Option<String>,
    /// Of an `undo`, the scan that was taken back.
    pub undone: Option<RecordName>,
    /// Of an `override`, whether it was taken back itself.
    pub taken_back: bool,
}

/// A report as a table, ready to be saved or copied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct TableLine {
    /// The table as CSV. A cell that a spreadsheet would take for a formula begins with an apostrophe.
    pub csv: String,
    /// The same with tabs between the cells, as spreadsheets take it from the clipboard.
    pub tabs: String,
}
