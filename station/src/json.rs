//! The lines of `--json`: their field names are contracts. Add, never rename.

mod conflicts;
mod door;
mod reports;
mod stations;

pub use conflicts::{ConflictLine, ConflictScan, Resolved};
pub use door::{
    FoundLine, GuestLine, OperatorLine, Override, QuestionLine, RecentLine, StationLine,
    TicketTypeLine, Tone, Why,
};
pub use reports::{
    ActLine, AttendanceLine, CameLine, InsideLine, PassingLine, ShareLine, TableLine,
};
use serde::{Deserialize, Serialize};
pub use stations::{
    ApprovedLine, InviteLine, JoinLine, JoinerLine, PeerLine, RevokedLine, SilentLine,
    StationWarning, SyncLine,
};
use std::collections::BTreeMap;

/// A record, by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct RecordName {
    /// Key of the station, 64 hex digits.
    pub station: String,
    /// Epoch, 16 hex digits.
    pub epoch: String,
    /// Position in the log.
    pub seq: u64,
}

/// Answer of `event new`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct EventMade {
    /// Id of the event.
    pub event: String,
    /// Key of this station.
    pub station: String,
    /// Ids of the gates that were made.
    pub gates: Vec<String>,
}

/// An event.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct EventLine {
    /// Id.
    pub event: String,
    /// Name.
    pub name: String,
    /// Zone.
    pub timezone: String,
    /// Days; none: every day is allowed.
    pub days: Vec<String>,
    /// `setup`, `rehearsal`, `open` or `closed`.
    #[cfg_attr(test, ts(type = "Stage"))]
    pub state: String,
    /// Key of this station.
    pub station: String,
    /// Name of this station.
    pub station_name: String,
    /// Ids of the gates.
    pub gates: Vec<String>,
    /// How many attendees there are.
    pub attendees: u64,
    /// Whether a supervisor's PIN is asked for where operators may not decide alone.
    pub supervised: bool,
    /// Names of saved column mappings.
    pub profiles: Vec<String>,
}

/// A gate, with the keys of a gate file.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[allow(missing_docs, reason = "each is the rule of that name")]
pub struct GateLine {
    pub id: String,
    pub name: String,
    pub area: String,
    #[cfg_attr(test, ts(type = "\"all\" | Array<string>"))]
    pub ticket_types: serde_json::Value,
    #[cfg_attr(test, ts(type = "\"once\" | \"once_per_day\" | \"unlimited\""))]
    pub entries: String,
    pub day_turns: String,
    pub reentry_after_exit: bool,
    pub opens: Option<String>,
    pub closes: Option<String>,
    #[cfg_attr(test, ts(type = "\"admit\" | \"flag\" | \"hold\""))]
    pub when_silent: String,
    pub include_pending: bool,
    pub addon_match: bool,
    pub also: Vec<String>,
    pub agenda: Vec<SlotLine>,
    #[cfg_attr(test, ts(type = "number | Record<string, number> | null"))]
    pub added_max: Option<serde_json::Value>,
    pub questions: Vec<QuestionRule>,
}

/// A question of a gate, with the keys of a gate file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields = nullable))]
#[allow(missing_docs, reason = "each is the key of that name")]
pub struct QuestionRule {
    pub id: String,
    pub text: String,
    #[cfg_attr(test, ts(type = "\"text\" | \"number\" | \"choice\" | \"date\" | \"yes_no\""))]
    pub kind: String,
    pub required: bool,
    #[serde(default)]
    pub options: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket_types: Option<Vec<String>>,
}

/// What a gate is on one day, with the keys of a gate file; what is absent is as the gate has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields = nullable))]
#[allow(missing_docs, reason = "each is the key of that name")]
pub struct SlotLine {
    pub day: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opens: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closes: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket_types: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
}

/// Answer of `roster import`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ImportLine {
    /// Rows read, rejected ones included.
    pub rows: u64,
    /// Attendees who are new.
    pub added: u64,
    /// Attendees of whom the file says something else than before.
    pub changed: u64,
    /// Attendees of whom it says the same.
    pub unchanged: u64,
    /// Attendees of earlier files who are not in this one.
    pub missing: u64,
    /// Of these, how many were cancelled now.
    pub cancelled: u64,
    /// Rows that were not taken.
    pub rejected: Vec<RejectedRow>,
    /// Fields that a person corrected and the file changed to something else.
    pub clashes: Vec<Clash>,
    /// Ids and names of the missing.
    pub missing_attendees: Vec<(String, String)>,
    /// What each column was taken for; null: ignored.
    pub columns: Vec<(String, Option<String>)>,
    /// Whether nothing was changed because nothing should be.
    pub dry_run: bool,
    /// The first good rows as they would be taken, by field; only where nothing is changed.
    pub sample: Vec<BTreeMap<String, String>>,
}

/// A row that was not taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct RejectedRow {
    /// Line of the file in which the row begins; the header is 1.
    pub line: u64,
    /// Column, as the file calls it.
    pub column: String,
    /// What stands there.
    pub value: String,
    /// What is wrong with it.
    pub reason: String,
}

/// A field on which a person and the file disagree. The person's value stays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Clash {
    /// Id of the attendee.
    pub attendee: String,
    /// The field.
    pub column: String,
    /// The person's value.
    pub mine: String,
    /// The file's value.
    pub file: String,
}

/// One attendee.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct AttendeeLine {
    /// Id.
    pub id: String,
    /// Every field; null where it is empty.
    #[serde(flatten)]
    #[cfg_attr(test, ts(skip))]
    pub fields: BTreeMap<String, Option<String>>,
    /// Name to show, put together from the fields.
    pub display_name: String,
    /// Fields that two people set to different values without knowing of each other, with all values.
    pub disputed: BTreeMap<String, Vec<String>>,
    /// Values of the last file where a person corrected them.
    pub file: BTreeMap<String, String>,
    /// What happened at gates, oldest first.
    pub history: Vec<HistoryLine>,
    /// Who changed what, oldest first.
    pub edits: Vec<EditLine>,
    /// Whether the person is inside now.
    pub inside: bool,
    /// Whether the person was ever let in.
    pub came: bool,
    /// What the person answered to questions, by their ids.
    pub answers: BTreeMap<String, String>,
}

/// One change of what is known of a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct EditLine {
    /// When.
    pub at: String,
    /// Name of the station.
    pub station: String,
    /// Who made it, where that was said.
    pub by: Option<String>,
    /// The supervisor who agreed, where one was asked for.
    pub approved_by: Option<String>,
    /// Why, where that was said.
    pub reason: Option<String>,
    /// Whether an imported file said so.
    pub from_file: bool,
    /// What was set; an empty text emptied the field.
    pub fields: BTreeMap<String, String>,
}

/// One scan in a person's history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct HistoryLine {
    /// The record.
    pub record: RecordName,
    /// When.
    pub at: String,
    /// Where.
    pub gate: String,
    /// What was shown.
    #[cfg_attr(test, ts(type = "Verdict"))]
    pub verdict: String,
    /// `live` or `rehearsal`.
    #[cfg_attr(test, ts(type = "Mode"))]
    pub mode: String,
    /// Operator.
    pub operator: Option<String>,
    /// Name of the station.
    pub station: String,
    /// Whether it was taken back.
    pub undone: bool,
    /// How it was shown.
    pub tone: Tone,
    /// Who took it back, and why.
    pub undo: Option<TakenBack>,
    /// Who let the person in against a refusal, and why.
    #[serde(rename = "override")]
    pub overriding: Option<Override>,
}

/// A scan taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct TakenBack {
    /// Who did it.
    pub by: String,
    /// The supervisor who agreed, where one was asked for.
    pub approved_by: Option<String>,
    /// Why.
    pub reason: String,
    /// When.
    pub at: String,
}

/// Answer of `scan`, one a code.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct VerdictLine {
    /// What was scanned.
    pub code: String,
    /// The verdict's word.
    #[cfg_attr(test, ts(type = "Verdict"))]
    pub verdict: String,
    /// The person, where the code is somebody's.
    pub attendee: Option<Who>,
    /// The order that the ticket is on.
    pub order: Option<OrderLine>,
    /// The others on it, those who are not inside first; at most a hundred.
    pub others: Vec<OrderMate>,
    /// Id of the gate.
    pub gate: String,
    /// When.
    pub at: String,
    /// First admission that counts here.
    pub first: Option<First>,
    /// Why, in words.
    pub reason: Option<String>,
    /// Operator.
    pub operator: Option<String>,
    /// `silent`, `past_cut`, `doubtful`, `other_event`, `attention`, `vip`, `test`; `child`: somebody accompanies this
    /// person; `layout`: the scanner types with another keyboard layout than this laptop has.
    pub flags: Vec<String>,
    /// `live` or `rehearsal`.
    #[cfg_attr(test, ts(type = "Mode"))]
    pub mode: String,
    /// Which other stations were heard.
    pub certainty: Certainty,
    /// The record of this scan.
    pub record: RecordName,
    /// Attention note of the organizer.
    pub note: Option<String>,
    /// Who accompanies this child, by name.
    pub guardian: Option<String>,
    /// Of `answers_needed`: what is still to be answered.
    pub questions: Vec<QuestionLine>,
    /// More of the first admission; only screens are told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_scan: Option<FirstScan>,
    /// What is to be done, told apart by colour, shape and sound.
    pub tone: Tone,
    /// Why, for screens that have their own words.
    pub why: Option<Why>,
    /// Who let the person in against a refusal, and why.
    #[serde(rename = "override")]
    pub overriding: Option<Override>,
}

impl VerdictLine {
    /// Whether the person passes.
    #[must_use]
    pub fn admits(&self) -> bool {
        matches!(self.verdict.as_str(), "admitted" | "readmitted" | "exited")
    }
}

/// A person in a verdict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Who {
    /// Id.
    pub id: String,
    /// Name to show.
    pub name: String,
    /// Ticket type.
    pub ticket_type: String,
}

/// An order in a verdict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct OrderLine {
    /// The order.
    pub id: String,
    /// Others on it who are not inside.
    pub others_waiting: u64,
}

/// Somebody else on an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct OrderMate {
    /// Id.
    pub id: String,
    /// Name to show.
    pub name: String,
    /// Ticket type.
    pub ticket_type: String,
    /// Status of the ticket.
    pub status: String,
    /// Whether the person is inside.
    pub inside: bool,
    /// Whether the person could still come: neither inside nor cancelled.
    pub waits: bool,
}

/// A first admission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct First {
    /// When.
    pub at: String,
    /// Where.
    pub gate: String,
    /// Name of the station.
    pub station: String,
}

/// More of a first admission, for a screen where it is disputed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct FirstScan {
    /// Operator.
    pub operator: Option<String>,
    /// The record.
    pub record: RecordName,
}

/// How sure a verdict is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Certainty {
    /// Other stations that there are.
    pub known: u32,
    /// Of these, how many were heard.
    pub heard: u32,
    /// The others.
    pub silent: Vec<SilentLine>,
}

/// Answer of `undo`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct UndoLine {
    /// The scan that was taken back.
    pub undone: RecordName,
    /// The record that says so.
    pub record: RecordName,
    /// Whose scan it was.
    pub attendee: Option<Who>,
    /// Who took it back.
    pub by: String,
    /// Why.
    pub reason: String,
}

/// Answer of `stats`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct StatsLine {
    /// People inside.
    pub inside: u64,
    /// Entries admitted.
    pub admitted: u64,
    /// Scans refused.
    pub refused: u64,
    /// Entries by gate.
    pub by_gate: BTreeMap<String, u64>,
    /// Entries by ticket type.
    pub by_ticket_type: BTreeMap<String, u64>,
    /// Entries by the local start of their quarter of an hour.
    pub by_quarter_hour: BTreeMap<String, u64>,
}

/// Answer of `digest`, one a space.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct DigestLine {
    /// The space.
    pub space: String,
    /// Its root, 64 hex digits.
    pub root: String,
}

/// Answer of `verify`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct VerifyLine {
    /// Logs that were read.
    pub logs: u64,
    /// Records that were read.
    pub records: u64,
    /// Whether all is as it was signed.
    pub ok: bool,
    /// What is wrong, a sentence each.
    pub problems: Vec<String>,
    /// Whether the projections were made anew.
    pub rebuilt: bool,
}
