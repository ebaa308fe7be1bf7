//! A problem: a machine, a file or a command that is not as it should be, in words that say what to do.
//!
//! A person who is refused is never a problem; that is a verdict. Screens and scripts look at the code alone.

use domain::event::EventProblem;
use domain::gate::GateProblem;
use domain::roster::FileProblem;
use serde::{Deserialize, Serialize};
use sync::store::StoreError;

/// What a problem is, for scripts and screens. Its words are a contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "ProblemCode"))]
pub enum Code {
    /// The event is being set up, or over.
    EventNotOpen,
    /// No gate of that id.
    UnknownGate,
    /// No attendee, record or code like that.
    UnknownAttendee,
    /// Several things are meant by what was given.
    Ambiguous,
    /// Another process owns the folder and does not answer, or an import is under way.
    Busy,
    /// A later version wrote this folder.
    NewerVersion,
    /// The folder may not be written to.
    ReadOnly,
    /// The disk is full or fails.
    Disk,
    /// This station, or this state of things, does not allow it.
    NotAllowed,
    /// A file or a value cannot be used.
    BadFile,
    /// A gate's rule cannot be read.
    BadRule,
    /// Something that was to answer does not.
    Unreachable,
    /// There is no event here.
    NoEvent,
    /// What is stored is not what was written.
    Damaged,
    /// Kept for supervisors: one has to agree.
    SupervisorNeeded,
    /// Not this supervisor's PIN.
    WrongPin,
}

/// One problem.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[error("{message} {hint}")]
pub struct Problem {
    /// What it is.
    pub code: Code,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: String,
}

impl Problem {
    /// A problem of that kind.
    pub fn new(code: Code, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { code, message: message.into(), hint: hint.into() }
    }

    /// A value that cannot be used.
    pub fn bad(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new(Code::BadFile, message, hint)
    }

    /// What an operating system said about a file.
    #[must_use]
    pub fn io(what: &std::path::Path, problem: &std::io::Error) -> Self {
        use std::io::ErrorKind;
        let name = what.display();
        match problem.kind() {
            ErrorKind::NotFound => Self::bad(
                format!("There is no file {name}."),
                "Check the path; it is read from the folder in which the command was given.",
            ),
            ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => Self::new(
                Code::ReadOnly,
                format!("{name} cannot be opened: {problem}."),
                "Make it writable for the user who runs Lanyard, or choose another folder.",
            ),
            ErrorKind::AlreadyExists => Self::bad(
                format!("{name} is there already."),
                "Choose another name; nothing was written over.",
            ),
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => disk_full(),
            _ => Self::new(
                Code::Disk,
                format!("The disk that holds {name} cannot be used: {problem}."),
                "Check the disk that holds it.",
            ),
        }
    }
}

fn disk_full() -> Problem {
    Problem::new(
        Code::Disk,
        "The disk that holds the data folder is full; nothing of this was recorded.",
        "Free some space on that disk, then do it again.",
    )
}

impl From<StoreError> for Problem {
    fn from(problem: StoreError) -> Self {
        match problem {
            StoreError::DiskFull => disk_full(),
            StoreError::Disk(why) => Self::new(
                Code::Disk,
                format!(
                    "The disk that holds the data folder failed ({why}); nothing of this was recorded."
                ),
                "Stop using this laptop's disk: let another station take this door, then restart and run `lanyard verify`.",
            ),
            StoreError::ReadOnly(why) => Self::new(
                Code::ReadOnly,
                format!("The data folder cannot be written to ({why})."),
                "Make the folder and its files writable for the user who runs Lanyard.",
            ),
            StoreError::Newer { found, known } => Self::new(
                Code::NewerVersion,
                format!(
                    "This folder was written by a newer Lanyard (format {found}; this one reads up to {known})."
                ),
                "Install the newer version on this laptop; nothing in the folder was touched.",
            ),
            StoreError::Damaged(why) => Self::new(
                Code::Damaged,
                format!("The data folder is damaged: {why}."),
                "Keep the folder as it is, run `lanyard verify` on a copy of it, and go on with another station.",
            ),
            StoreError::NotAllowed(what) => Self::new(
                Code::NotAllowed,
                format!(
                    "This station may not use {what}: its role or its certificate does not allow it."
                ),
                "Do it on the organizer's laptop; if station.key was replaced, put the right one back.",
            ),
            StoreError::ShutOut => Self::new(
                Code::NotAllowed,
                "This laptop was shut out of the event; nothing that is done here counts.",
                "Bring it to the organizer, and let another laptop take this door.",
            ),
            StoreError::Busy => Self::new(
                Code::Busy,
                "Another program has the data folder's store locked.",
                "Close programs that have it open, then do it again.",
            ),
            StoreError::Importing => Self::new(
                Code::Busy,
                "An import is under way; people cannot be changed until it is done.",
                "Wait for the import to end, then do it again.",
            ),
        }
    }
}

impl From<EventProblem> for Problem {
    fn from(problem: EventProblem) -> Self {
        Self::bad(problem.to_string(), "Nothing was made.")
    }
}

impl From<GateProblem> for Problem {
    fn from(problem: GateProblem) -> Self {
        Self::new(Code::BadRule, problem.to_string(), "No gate was changed.")
    }
}

impl From<FileProblem> for Problem {
    fn from(problem: FileProblem) -> Self {
        let words = problem.to_string();
        let mut letters = words.chars();
        let first =
            letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
        Self::bad(
            format!("{first}{}.", letters.as_str().trim_end_matches('.')),
            "Nothing was imported.",
        )
    }
}
