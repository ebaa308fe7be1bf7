//! Facts of attendance: what happened at a door, as it is recorded. A fact is added, never edited.
//!
//! Each is a small CBOR map with numbered keys, so that a reader skips keys that it does not know.
//! A fact stands alone: it carries the area and the day it counted for, so folding it needs no gate and no zone.

use crate::event::Mode;
use crate::id::{AttendeeId, CodeHash, LogId, RecordRef};
use crate::verdict::{Passage, Verdict};
use minicbor::{Decode, Encode};

/// One scan and the verdict that was given. Refusals are scans as well.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Scan {
    /// The person, where the code is somebody's.
    #[n(0)]
    pub attendee: Option<AttendeeId>,
    /// Keyed hash of the code, where it is nobody's.
    #[n(1)]
    pub code: Option<CodeHash>,
    /// Id of the gate.
    #[n(2)]
    pub gate: String,
    /// Area that the gate leads into; absent: `main`.
    #[n(3)]
    pub area: Option<String>,
    /// What was shown.
    #[n(4)]
    pub verdict: Verdict,
    /// When it happened, in milliseconds since 1970 UTC.
    #[n(5)]
    pub at: i64,
    /// Day that it counts for, in days since 1970-01-01.
    #[n(6)]
    pub day: i32,
    /// Absent: live.
    #[n(7)]
    pub mode: Option<Mode>,
    /// Which way the person wanted to go; absent: in.
    #[n(8)]
    pub wanted: Option<Passage>,
    /// Latest passages of this person that the author knew; absent: none.
    #[n(9)]
    pub prior: Option<Vec<Link>>,
    /// Operator's name, where one was given.
    #[n(10)]
    pub by: Option<String>,
    /// Why somebody was let in who was refused; absent: nobody insisted.
    #[n(11)]
    pub overriding: Option<Overriding>,
    /// What the one who delivered it calls it, so that delivering it twice changes nothing.
    #[n(12)]
    pub nonce: Option<u64>,
}

/// Somebody's word against a refusal.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Overriding {
    /// What the rules say.
    #[n(0)]
    pub refused: Verdict,
    /// Why the person goes in all the same.
    #[n(1)]
    pub reason: String,
    /// The supervisor who agreed, where one was asked for.
    #[n(2)]
    pub approved: Option<String>,
}

impl Scan {
    /// Area that the gate leads into.
    #[must_use]
    pub fn area(&self) -> &str {
        self.area.as_deref().unwrap_or(MAIN_AREA)
    }

    /// Whether it counts.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.mode.unwrap_or(Mode::Live)
    }
}

/// Area that a gate leads into when nothing else is said.
pub const MAIN_AREA: &str = "main";

/// Takes one scan back: it stays visible and has no effect on presence any more.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Void {
    /// The scan.
    #[n(0)]
    pub target: Link,
    /// Whose scan it was.
    #[n(1)]
    pub attendee: Option<AttendeeId>,
    /// When, in milliseconds since 1970 UTC.
    #[n(2)]
    pub at: i64,
    /// Who took it back.
    #[n(3)]
    pub by: String,
    /// Why.
    #[n(4)]
    pub reason: String,
    /// The supervisor who agreed, where one was asked for.
    #[n(5)]
    pub approved: Option<String>,
}

/// Somebody's word on a double admission: which scans were looked into, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Resolution {
    /// Whose scans they are.
    #[n(0)]
    pub attendee: AttendeeId,
    /// The scans. One that comes to light later is not settled by this.
    #[n(1)]
    pub scans: Vec<Link>,
    /// When, in milliseconds since 1970 UTC.
    #[n(2)]
    pub at: i64,
    /// Who says so.
    #[n(3)]
    pub by: String,
    /// What came of it.
    #[n(4)]
    pub note: String,
}

/// What somebody answered to a gate's questions. The answers are sealed to whoever holds the attendee list.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Answered {
    /// The person.
    #[n(0)]
    pub attendee: AttendeeId,
    /// Id of the gate that asked.
    #[n(1)]
    pub gate: String,
    /// When, in milliseconds since 1970 UTC.
    #[n(2)]
    pub at: i64,
    /// Operator's name, where one was given.
    #[n(3)]
    pub by: Option<String>,
    /// Ids of the questions.
    #[n(4)]
    pub questions: Vec<String>,
    /// The answers, sealed: a CBOR map from question to text.
    #[cbor(n(5), with = "minicbor::bytes")]
    pub sealed: Vec<u8>,
}

/// Points at a record from within a record: its own log need not be named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Link {
    /// Position in the log.
    #[n(0)]
    pub seq: u64,
    /// The log; absent: the log that this fact stands in.
    #[n(1)]
    pub log: Option<LogId>,
}

impl Link {
    /// The link to `target` from a fact in `home`.
    #[must_use]
    pub fn from(home: LogId, target: RecordRef) -> Self {
        Self { seq: target.seq, log: (target.log != home).then_some(target.log) }
    }

    /// The record meant by a fact that stands in `home`.
    #[must_use]
    pub fn resolve(self, home: LogId) -> RecordRef {
        RecordRef { log: self.log.unwrap_or(home), seq: self.seq }
    }
}

/// What an attendance record may say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fact {
    /// A scan.
    Scan(Scan),
    /// A scan taken back.
    Void(Void),
    /// A double admission settled.
    Resolution(Resolution),
    /// Questions answered.
    Answered(Answered),
}

impl Fact {
    /// Whom it is about, where it is about somebody on the list.
    #[must_use]
    pub const fn attendee(&self) -> Option<AttendeeId> {
        match self {
            Self::Scan(scan) => scan.attendee,
            Self::Void(void) => void.attendee,
            Self::Resolution(resolution) => Some(resolution.attendee),
            Self::Answered(answered) => Some(answered.attendee),
        }
    }

    /// Every link in it.
    pub fn links(&mut self) -> impl Iterator<Item = &mut Link> {
        let links = match self {
            Self::Scan(scan) => scan.prior.as_deref_mut().unwrap_or_default(),
            Self::Void(void) => std::slice::from_mut(&mut void.target),
            Self::Resolution(resolution) => resolution.scans.as_mut_slice(),
            Self::Answered(_) => &mut [],
        };
        links.iter_mut()
    }
}

/// A fact with its place: which record it is, and when its author's clock had come to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// The record.
    pub record: RecordRef,
    /// Hybrid logical clock of the record.
    pub hlc: u64,
    /// What it says.
    pub fact: Fact,
}
