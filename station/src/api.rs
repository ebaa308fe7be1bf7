//! The seam between a station and whatever shows it: one request in, a list of outputs out.
//!
//! A terminal, a window and another process ask the same way. Field names of outputs are contracts.

pub use crate::json::{
    ActLine, ApprovedLine, AttendanceLine, AttendeeLine, CameLine, Certainty, Clash, ConflictLine,
    ConflictScan, DigestLine, EditLine, EventLine, EventMade, First, FirstScan, FoundLine,
    GateLine, GuestLine, HistoryLine, ImportLine, InsideLine, InviteLine, JoinLine, JoinerLine,
    OperatorLine, OrderLine, OrderMate, Override, PassingLine, PeerLine, QuestionLine,
    QuestionRule, RecentLine, RecordName, RejectedRow, Resolved, RevokedLine, ShareLine,
    SilentLine, SlotLine, StationLine, StationWarning, StatsLine, SyncLine, TableLine, TakenBack,
    TicketTypeLine, Tone, UndoLine, VerdictLine, VerifyLine, Who, Why,
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
    /// Whether a screen asks: there, some things are kept for supervisors.
    #[serde(default)]
    pub guarded: bool,
    /// The supervisor who agrees, with the PIN that proves it.
    #[serde(default)]
    pub supervisor: Option<Supervisor>,
    /// The supervisor whose PIN was right. The station itself says so; what a screen writes here is not read.
    #[serde(default)]
    pub approved: Option<String>,
}

impl Request {
    /// A request of whoever has the data folder: a terminal, a script.
    #[must_use]
    pub const fn new(event: Option<String>, by: Option<String>, command: Command) -> Self {
        Self { event, by, command, guarded: false, supervisor: None, approved: None }
    }
}

/// A supervisor's word.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Supervisor {
    /// Name.
    pub name: String,
    /// PIN.
    pub pin: String,
}

impl std::fmt::Debug for Supervisor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Supervisor({})", self.name)
    }
}

/// What can be asked.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields = nullable))]
#[allow(missing_docs, reason = "each is the command of that name in the README")]
pub enum Command {
    EventNew {
        name: String,
        timezone: String,
        days: Option<String>,
        #[serde(default)]
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
    TicketTypes,
    AttendeeAdd {
        fields: Vec<String>,
        reason: Option<String>,
        /// The gate at which the person stands, where one does.
        #[serde(default)]
        gate: Option<String>,
    },
    AttendeeSet {
        who: String,
        fields: Vec<String>,
        reason: Option<String>,
    },
    AttendeeShow {
        who: String,
    },
    AttendeeCancel {
        who: String,
        reason: Option<String>,
    },
    Search {
        text: String,
        limit: Option<usize>,
    },
    GateSet {
        #[cfg_attr(test, ts(type = "object"))]
        gates: serde_json::Value,
    },
    GateList,
    OperatorList,
    OperatorSet {
        id: Option<String>,
        name: String,
        role: String,
        pin: Option<String>,
    },
    OperatorRemove {
        id: String,
    },
    StationShow,
    StationSet(StationChange),
    #[cfg_attr(test, ts(skip))]
    SyncStart(crate::net::SyncOptions),
    Invite(InviteRequest),
    Join {
        ticket: String,
        name: Option<String>,
    },
    JoinShow,
    JoinCancel,
    Joiners,
    Approve {
        digits: Vec<String>,
    },
    Dismiss {
        digits: String,
    },
    Peers,
    SyncShow,
    Assign {
        station: String,
        role: Option<String>,
        gate: Option<String>,
        name: Option<String>,
    },
    Revoke {
        station: String,
        #[serde(default)]
        root_key: Option<PathBuf>,
    },
    Scan(ScanRequest),
    Override(OverrideRequest),
    Undo {
        record: String,
        reason: String,
    },
    Recent {
        gate: Option<String>,
        limit: Option<usize>,
        before: Option<String>,
    },
    Conflicts,
    ConflictResolve {
        id: String,
        note: String,
        /// Whose it is, where that is known: then nobody else's are looked through.
        attendee: Option<String>,
    },
    Stats,
    AttendanceExport,
    ReportAttendance(AttendanceRequest),
    ReportInside,
    ReportGates,
    ReportActs,
    /// A report as a table, for a file.
    ReportTable {
        report: Report,
    },
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
                | Self::AttendeeShow { .. }
                | Self::TicketTypes
                | Self::Search { .. }
                | Self::Recent { .. }
                | Self::Conflicts
                | Self::Stats
                | Self::AttendanceExport
                | Self::ReportAttendance(_)
                | Self::ReportInside
                | Self::ReportGates
                | Self::ReportActs
                | Self::ReportTable { .. }
                | Self::Digest
                | Self::Dump
                | Self::DumpRaw { .. }
                | Self::Verify { rebuild: false }
        )
    }
}

/// A report of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum Report {
    /// Who came, and who did not.
    Attendance,
    /// Who is inside.
    Inside,
    /// What the gates did.
    Gates,
    /// What operators decided.
    Acts,
}

/// Of whom the report of attendance tells; its numbers are of everybody, whoever is asked for.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields = nullable))]
pub struct AttendanceRequest {
    /// Only those who came, or only those who did not.
    pub came: Option<bool>,
    /// Only those with this ticket type.
    pub ticket_type: Option<String>,
    /// Only those whom this fits, as in a search.
    pub text: Option<String>,
    /// How many at most; all, where nothing is said.
    pub limit: Option<usize>,
}

/// How a file is imported.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields = nullable))]
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

/// An invitation for other laptops.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields = nullable))]
pub struct InviteRequest {
    /// `admin`, `door`, `kiosk` or `booth`.
    pub role: String,
    /// Gate that they are to stand at.
    pub gate: Option<String>,
    /// Exhibitor, of a booth.
    pub exhibitor: Option<String>,
    /// How many may join with it; one, where nothing is said.
    pub count: Option<u32>,
}

/// What a laptop is set to from now on; what is absent stays.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields = nullable))]
#[allow(missing_docs, reason = "each is the field of that name of a station's line")]
pub struct StationChange {
    pub event: Option<String>,
    pub gate: Option<String>,
    pub exit: Option<bool>,
    pub operator: Option<String>,
    pub language: Option<String>,
    pub theme: Option<String>,
    pub sound: Option<bool>,
    pub host: Option<bool>,
}

/// Somebody let in against a refusal.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields = nullable))]
pub struct OverrideRequest {
    /// Id of the gate.
    pub gate: String,
    /// The code of the person.
    pub code: String,
    /// The person, where no code was read.
    pub attendee: Option<String>,
    /// Why.
    pub reason: String,
    /// Whether the first admission is taken back in the same step: it was somebody else.
    pub void_first: bool,
}

/// One scan.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields = nullable))]
pub struct ScanRequest {
    /// Id of the gate.
    pub gate: String,
    /// What was read or typed.
    pub code: String,
    /// The person, where no code was read: the id that a search gave.
    pub attendee: Option<String>,
    /// What the same keys mean on other keyboards: looked up where nobody has the code.
    pub also: Vec<String>,
    /// Whether the person wants out.
    pub exit: bool,
    /// When it happened, if not now: RFC 3339 or local time of the event. Not for screens.
    #[cfg_attr(test, ts(skip))]
    pub at: Option<String>,
    /// Whether the operator takes an unpaid ticket, where the gate leaves that to him.
    pub ignore_unpaid: bool,
    /// Further gates that are asked at the same door, in turn.
    pub more_gates: Vec<String>,
    /// What the one who delivers it calls this scan: delivered twice under one nonce, it counts once.
    pub nonce: Option<String>,
    /// Whether everybody on the order who is not inside comes in by this act.
    pub group: bool,
    /// Ids of people on the same order who come in by this act.
    pub with: Vec<String>,
    /// Answers to the gate's questions, by their ids; an empty one passes over a question that need not be answered,
    /// and so does leaving it out where others are answered.
    pub answers: Option<BTreeMap<String, String>>,
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
    Attendance(Box<AttendanceLine>),
    Inside(InsideLine),
    Passing(PassingLine),
    Act(Box<ActLine>),
    Found(FoundLine),
    TicketType(TicketTypeLine),
    Operator(OperatorLine),
    Station(StationLine),
    Invite(InviteLine),
    Join(JoinLine),
    Joiner(JoinerLine),
    Approved(ApprovedLine),
    Peer(Box<PeerLine>),
    Sync(Box<SyncLine>),
    Revoked(RevokedLine),
    Recent(Box<RecentLine>),
    Conflict(Box<ConflictLine>),
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
            Self::Verdict(line) => {
                let line = VerdictLine { first_scan: None, ..line.as_ref().clone() };
                serde_json::to_string(&line)
            }
            Self::Undo(line) => serde_json::to_string(line),
            Self::Stats(line) => serde_json::to_string(line),
            Self::Attendance(line) => serde_json::to_string(line),
            Self::Inside(line) => serde_json::to_string(line),
            Self::Passing(line) => serde_json::to_string(line),
            Self::Act(line) => serde_json::to_string(line),
            Self::Found(line) => serde_json::to_string(line),
            Self::TicketType(line) => serde_json::to_string(line),
            Self::Operator(line) => serde_json::to_string(line),
            Self::Station(line) => serde_json::to_string(line),
            Self::Invite(line) => serde_json::to_string(line),
            Self::Join(line) => serde_json::to_string(line),
            Self::Joiner(line) => serde_json::to_string(line),
            Self::Approved(line) => serde_json::to_string(line),
            Self::Peer(line) => serde_json::to_string(line),
            Self::Sync(line) => serde_json::to_string(line),
            Self::Revoked(line) => serde_json::to_string(line),
            Self::Recent(line) => serde_json::to_string(line),
            Self::Conflict(line) => serde_json::to_string(&line.terminal()),
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
