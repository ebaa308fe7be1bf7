//! Lines that a screen at a door asks for, beside the verdict itself.

use super::{RecordName, SilentLine, Who};
use domain::verdict::Verdict;
use serde::{Deserialize, Serialize};

/// What a person at the door is to do, told apart by colour, shape and sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum Tone {
    /// Goes in.
    Go,
    /// Goes in; something is to be read first.
    Look,
    /// Has left.
    Out,
    /// Does not go in.
    #[default]
    Stop,
}

impl Tone {
    /// The tone of a verdict; `remarkable` where somebody should look before the person passes.
    #[must_use]
    pub const fn of(verdict: Verdict, remarkable: bool) -> Self {
        match verdict {
            Verdict::Admitted | Verdict::Readmitted if remarkable => Self::Look,
            Verdict::Admitted | Verdict::Readmitted => Self::Go,
            Verdict::Exited => Self::Out,
            Verdict::AlreadyIn
            | Verdict::Unpaid
            | Verdict::Cancelled
            | Verdict::Blocked
            | Verdict::Revoked
            | Verdict::Unapproved
            | Verdict::NotYetValid
            | Verdict::NoLongerValid
            | Verdict::WrongGate
            | Verdict::WrongDate
            | Verdict::RefusedByRule
            | Verdict::AnswersNeeded
            | Verdict::Ambiguous
            | Verdict::UnknownCode
            | Verdict::Full => Self::Stop,
        }
    }
}

/// Why a verdict is what it is, for screens that have their own words. Times are local: `2027-03-28T09:15`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
#[allow(missing_docs, reason = "each is the reason of that name in `domain::reason`")]
pub enum Why {
    AlreadyIn { since: String, gate: String, now: String },
    LeftForGood { left: String, now: String },
    EntriesUsed { entries: u32, first: String, now: String },
    Cancelled,
    Blocked { why: String },
    Unapproved,
    ValidFrom { from: String, now: String },
    ValidUntil { until: String, now: String },
    WrongTicketType { ticket_type: String, accepted: Vec<String> },
    NotADayOfTheTicket { day: String, days: Vec<String> },
    NotADayOfTheEvent { day: String, days: Vec<String> },
    Unpaid,
    UnpaidMayBeTaken,
    OpensAt { opens: String, now: String },
    ClosedAt { closed: String, now: String },
    NoSuchCode,
    OtherEvent { name: String },
    NothingRead,
    TooLong { chars: usize },
    ControlCharacters,
    Held { silent: Vec<SilentLine> },
    Revoked,
    NotADayOfTheGate { gate: String, day: String, days: Vec<String> },
    SeveralTickets { order: String },
    AnswersNeeded { questions: Vec<String> },
    Test,
}

/// A question that is still to be answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct QuestionLine {
    /// Id, by which an answer names it.
    pub id: String,
    /// The question.
    pub text: String,
    /// What an answer is.
    #[cfg_attr(test, ts(type = "\"text\" | \"number\" | \"choice\" | \"date\" | \"yes_no\""))]
    pub kind: String,
    /// Whether nobody goes in without an answer.
    pub required: bool,
    /// Of a choice: what there is to choose from.
    pub options: Vec<String>,
    /// What was given as an answer and is none.
    pub answer: Option<String>,
    /// What is wrong with that, in words.
    pub wrong: Option<String>,
}

/// Somebody's word against a refusal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Override {
    /// What the rules say.
    #[cfg_attr(test, ts(type = "Verdict"))]
    pub refused: String,
    /// Who let the person in.
    pub by: String,
    /// The supervisor who agreed, where one was asked for.
    pub approved_by: Option<String>,
    /// Why.
    pub reason: String,
}

/// One scan of a gate's recent ones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct RecentLine {
    /// The record.
    pub record: RecordName,
    /// When.
    pub at: String,
    /// Id of the gate.
    pub gate: String,
    /// Whether the person wanted out.
    pub exit: bool,
    /// The verdict's word.
    #[cfg_attr(test, ts(type = "Verdict"))]
    pub verdict: String,
    /// How it was shown.
    pub tone: Tone,
    /// `live` or `rehearsal`.
    #[cfg_attr(test, ts(type = "Mode"))]
    pub mode: String,
    /// Operator.
    pub operator: Option<String>,
    /// Name of the station.
    pub station: String,
    /// Whether it was taken back.
    pub undone: bool,
    /// Whether somebody let the person in against a refusal.
    pub overridden: bool,
    /// The person, where the code was somebody's.
    pub attendee: Option<Who>,
}

/// Somebody found by a search.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct FoundLine {
    /// Id.
    pub id: String,
    /// Name to show.
    pub name: String,
    /// Ticket type.
    pub ticket_type: String,
    /// Company.
    pub company: Option<String>,
    /// Order.
    pub order: Option<String>,
    /// Status of the ticket.
    pub status: String,
    /// Whether the person is inside now.
    pub inside: bool,
    /// Whether the person was ever let in.
    pub came: bool,
}

/// A ticket type, and how many have it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct TicketTypeLine {
    /// The ticket type; empty: none.
    pub ticket_type: String,
    /// Attendees who have it.
    pub attendees: u64,
}

/// Somebody who works at the doors.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct OperatorLine {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// `operator` or `supervisor`.
    #[cfg_attr(test, ts(type = "Role"))]
    pub role: String,
    /// Whether there is a PIN.
    pub pin: bool,
}

/// What this laptop is set to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct StationLine {
    /// Name of the station.
    pub name: String,
    /// Version of Lanyard.
    pub version: String,
    /// The data folder.
    pub folder: String,
    /// The event that was last used here.
    pub event: Option<String>,
    /// The gate that this laptop stands at.
    pub gate: Option<String>,
    /// Whether people go out here.
    pub exit: bool,
    /// Who works here.
    pub operator: Option<String>,
    /// Language of the screens.
    pub language: Option<String>,
    /// Theme of the screens.
    pub theme: Option<String>,
    /// Whether verdicts are heard.
    pub sound: bool,
    /// Whether a host stands here, who is told of guests that any door lets in.
    pub host: bool,
}

/// A guest whom a door has let in and a host wants to greet: a VIP, or somebody with a note for the door.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct GuestLine {
    /// The person.
    pub attendee: Who,
    /// Company.
    pub company: Option<String>,
    /// `vip`, `attention`.
    pub flags: Vec<String>,
    /// Note for the door.
    pub note: Option<String>,
    /// Id of the gate.
    pub gate: String,
    /// Name of the station.
    pub station: String,
    /// When.
    pub at: String,
    /// The record.
    pub record: RecordName,
}
