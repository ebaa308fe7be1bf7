//! The seam between a station and whatever shows it: one request in, a list of outputs out.
//!
//! A terminal, a window and another process ask the same way. Field names of outputs are contracts.

pub use crate::json::{
    AttendeeLine, Certainty, Clash, DigestLine, EventLine, EventMade, First, GateLine, HistoryLine,
    ImportLine, OrderLine, RecordName, RejectedRow, StatsLine, UndoLine, VerdictLine, VerifyLine,
    Who,
};
use crate::problem::Problem;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// One thing asked of a station.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Request {
    /// Which event, where the folder holds several: its id or the beginning of it.
    pub event: Option<String>,
    /// Who asks: recorded with what is done.
    pub by: Option<String>,
    /// What is asked.
    pub command: Command,
}

/// What can be asked.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "each is the command of that name in the README")]
pub enum Command {
    EventNew {
        name: String,
        timezone: String,
        days: Option<String>,
        setup: bool,
        station_name: String,
    },
    EventShow,
    EventList,
    EventOpen,
    EventRehearse,
    EventClose,
    EventKeyExport {
        file: PathBuf,
    },
    RosterImport {
        file: PathBuf,
        options: ImportOptions,
    },
    RosterExport,
    AttendeeAdd {
        fields: Vec<String>,
    },
    AttendeeSet {
        who: String,
        fields: Vec<String>,
    },
    AttendeeShow {
        who: String,
    },
    AttendeeCancel {
        who: String,
    },
    GateSet {
        gates: serde_json::Value,
    },
    GateList,
    Scan(ScanRequest),
    Undo {
        record: String,
        reason: String,
    },
    Stats,
    AttendanceExport,
    Digest,
    Dump,
    DumpRaw {
        file: PathBuf,
    },
    Verify {
        rebuild: bool,
    },
}

impl Command {
    /// Whether this only reads, and perhaps for long: it is answered beside the owner's loop.
    #[must_use]
    pub const fn is_report(&self) -> bool {
        matches!(
            self,
            Self::RosterExport
                | Self::Stats
                | Self::AttendanceExport
                | Self::Digest
                | Self::Dump
                | Self::DumpRaw { .. }
                | Self::Verify { rebuild: false }
        )
    }
}

/// How a file is imported.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct ImportOptions {
    /// Say what would happen, change nothing.
    pub dry_run: bool,
    /// Cancel attendees of earlier files who are not in this one.
    pub cancel_missing: bool,
    /// Columns mapped by hand, `COLUMN=field`.
    pub map: Vec<String>,
    /// A saved mapping to use.
    pub profile: Option<String>,
    /// Save the mapping under this name.
    pub save_profile: Option<String>,
}

/// One scan.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct ScanRequest {
    /// Id of the gate.
    pub gate: String,
    /// What was read or typed.
    pub code: String,
    /// Whether the person wants out.
    pub exit: bool,
    /// When it happened, if not now: RFC 3339 or local time of the event.
    pub at: Option<String>,
    /// Whether the operator takes an unpaid ticket, where the gate leaves that to him.
    pub ignore_unpaid: bool,
}

/// One thing that a station answers.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "each is the line of that type")]
pub enum Output {
    EventMade(EventMade),
    Event(EventLine),
    Gate(GateLine),
    Import(ImportLine),
    Attendee(Box<AttendeeLine>),
    Verdict(Box<VerdictLine>),
    Undo(UndoLine),
    Stats(StatsLine),
    Digest(DigestLine),
    Verify(VerifyLine),
    /// A table begins: its column names.
    Columns(Vec<String>),
    /// A row of a table: column names and values, in order.
    Row(Vec<(String, String)>),
    /// One record, decrypted.
    Record(serde_json::Value),
    /// Words for a person.
    Note(String),
}

impl Output {
    /// The object that stands on a line of `--json`; none for what is only for people.
    ///
    /// # Errors
    /// Never for what a station makes.
    pub fn json(&self) -> Result<Option<String>, serde_json::Error> {
        let text = match self {
            Self::EventMade(line) => serde_json::to_string(line),
            Self::Event(line) => serde_json::to_string(line),
            Self::Gate(line) => serde_json::to_string(line),
            Self::Import(line) => serde_json::to_string(line),
            Self::Attendee(line) => serde_json::to_string(line),
            Self::Verdict(line) => serde_json::to_string(line),
            Self::Undo(line) => serde_json::to_string(line),
            Self::Stats(line) => serde_json::to_string(line),
            Self::Digest(line) => serde_json::to_string(line),
            Self::Verify(line) => serde_json::to_string(line),
            Self::Row(row) => {
                serde_json::to_string(&row.iter().cloned().collect::<BTreeMap<_, _>>())
            }
            Self::Record(record) => serde_json::to_string(record),
            Self::Columns(_) | Self::Note(_) => return Ok(None),
        };
        text.map(Some)
    }

    /// Whether this says that somebody or something was refused.
    #[must_use]
    pub fn refused(&self) -> bool {
        match self {
            Self::Verdict(line) => !line.admits(),
            Self::Verify(line) => !line.ok,
            _ => false,
        }
    }
}

/// What comes of a request.
pub type Answer = Result<Vec<Output>, Problem>;
