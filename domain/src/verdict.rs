//! The verdict: what the door is told about the person in front of it.
//!
//! The list is closed and matched without a wildcard, so that a new verdict breaks the build wherever somebody
//! has to decide what it means. Its words and numbers are contracts: add, never rename or renumber.

use minicbor::{Decode, Encode};

/// What a scan came to, in the order in which the words of a contract list them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum Verdict {
    /// Goes in.
    #[n(0)]
    Admitted,
    /// Goes in again, after having left.
    #[n(1)]
    Readmitted,
    /// Has left.
    #[n(2)]
    Exited,
    /// This ticket was used already.
    #[n(3)]
    AlreadyIn,
    /// Ordered, not paid.
    #[n(4)]
    Unpaid,
    /// Cancelled, refunded or expired.
    #[n(5)]
    Cancelled,
    /// The organizer does not want this person in.
    #[n(6)]
    Blocked,
    /// The code was replaced by another.
    #[n(7)]
    Revoked,
    /// The organizer has not approved this ticket.
    #[n(8)]
    Unapproved,
    /// The ticket's time has not begun.
    #[n(9)]
    NotYetValid,
    /// The ticket's time is over.
    #[n(10)]
    NoLongerValid,
    /// This ticket type does not enter here.
    #[n(11)]
    WrongGate,
    /// Not a day of this ticket, or not one of the event.
    #[n(12)]
    WrongDate,
    /// A rule of the gate says no.
    #[n(13)]
    RefusedByRule,
    /// Questions have to be answered first.
    #[n(14)]
    AnswersNeeded,
    /// The code stands for several tickets.
    #[n(15)]
    Ambiguous,
    /// Nobody here has this code.
    #[n(16)]
    UnknownCode,
    /// No room left.
    #[n(17)]
    Full,
}

impl Verdict {
    /// Every verdict.
    pub const ALL: [Self; 18] = [
        Self::Admitted,
        Self::Readmitted,
        Self::Exited,
        Self::AlreadyIn,
        Self::Unpaid,
        Self::Cancelled,
        Self::Blocked,
        Self::Revoked,
        Self::Unapproved,
        Self::NotYetValid,
        Self::NoLongerValid,
        Self::WrongGate,
        Self::WrongDate,
        Self::RefusedByRule,
        Self::AnswersNeeded,
        Self::Ambiguous,
        Self::UnknownCode,
        Self::Full,
    ];

    /// The word of the contract.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Admitted => "admitted",
            Self::Readmitted => "readmitted",
            Self::Exited => "exited",
            Self::AlreadyIn => "already_in",
            Self::Unpaid => "unpaid",
            Self::Cancelled => "cancelled",
            Self::Blocked => "blocked",
            Self::Revoked => "revoked",
            Self::Unapproved => "unapproved",
            Self::NotYetValid => "not_yet_valid",
            Self::NoLongerValid => "no_longer_valid",
            Self::WrongGate => "wrong_gate",
            Self::WrongDate => "wrong_date",
            Self::RefusedByRule => "refused_by_rule",
            Self::AnswersNeeded => "answers_needed",
            Self::Ambiguous => "ambiguous",
            Self::UnknownCode => "unknown_code",
            Self::Full => "full",
        }
    }

    /// What the verdict does to the person's presence; none where it sends the person away.
    #[must_use]
    pub const fn passage(self) -> Option<Passage> {
        match self {
            Self::Admitted | Self::Readmitted => Some(Passage::Entry),
            Self::Exited => Some(Passage::Exit),
            Self::AlreadyIn
            | Self::Unpaid
            | Self::Cancelled
            | Self::Blocked
            | Self::Revoked
            | Self::Unapproved
            | Self::NotYetValid
            | Self::NoLongerValid
            | Self::WrongGate
            | Self::WrongDate
            | Self::RefusedByRule
            | Self::AnswersNeeded
            | Self::Ambiguous
            | Self::UnknownCode
            | Self::Full => None,
        }
    }
}

/// Which way a person goes through a gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum Passage {
    /// In.
    #[n(0)]
    Entry,
    /// Out.
    #[n(1)]
    Exit,
}
