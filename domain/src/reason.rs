//! Why a verdict is what it is, as values; their English words stand here and nowhere else.
//!
//! A reason names the threshold and the time now, so that the person at the door can explain it without looking
//! anything up.

use crate::code::{CODE_CHARS_MAX, Unreadable};
use jiff::civil::{Date, DateTime};
use std::fmt;

/// Why a verdict is what it is. Times are on the event's wall clock.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "the words below say what each means; fields are what they name")]
pub enum Reason {
    AlreadyIn { since: DateTime, gate: String, now: DateTime },
    LeftForGood { left: DateTime, now: DateTime },
    EntriesUsed { entries: u32, first: DateTime, now: DateTime },
    Cancelled,
    Blocked { why: String },
    Unapproved,
    ValidFrom { from: DateTime, now: DateTime },
    ValidUntil { until: DateTime, now: DateTime },
    WrongTicketType { ticket_type: String, accepted: Vec<String> },
    NotADayOfTheTicket { day: Date, days: Vec<Date> },
    NotADayOfTheEvent { day: Date, days: Vec<Date> },
    Unpaid,
    UnpaidMayBeTaken,
    OpensAt { opens: DateTime, now: DateTime },
    ClosedAt { closed: DateTime, now: DateTime },
    NoSuchCode,
    OtherEvent { name: String },
    Unreadable(Unreadable),
    Held { silent: Vec<Silent> },
    Revoked,
    NotADayOfTheGate { gate: String, day: Date, days: Vec<Date> },
    SeveralTickets { order: String },
    AnswersNeeded { questions: Vec<String> },
    Test,
}

/// Silent stations that one sentence names: more would hide what it asks for.
const SILENT_SHOWN: usize = 4;

/// A station at which people pass and of which nothing is heard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Silent {
    /// Its name.
    pub name: String,
    /// For how many seconds; none: not heard since this station started.
    pub seconds: Option<u64>,
}

impl fmt::Display for Silent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.seconds {
            Some(seconds) => write!(f, "{} silent for {seconds} s", self.name),
            None => write!(f, "{} not heard yet", self.name),
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AlreadyIn { since, gate, now } => {
                write!(f, "in since {} at gate {gate}", When(*since, *now))
            }
            Self::LeftForGood { left, now } => {
                write!(f, "left {}; this gate has no re-entry", When(*left, *now))
            }
            Self::EntriesUsed { entries, first, now } => write!(
                f,
                "all {entries} entries of this ticket are used, the first {}",
                When(*first, *now)
            ),
            Self::Cancelled => write!(f, "this ticket was cancelled"),
            Self::Blocked { why } if why == "blocked" => write!(f, "blocked by the organizer"),
            Self::Blocked { why } => write!(f, "blocked: {why}"),
            Self::Unapproved => write!(f, "the organizer has not approved this ticket"),
            Self::ValidFrom { from, now } => {
                write!(f, "valid from {}, it is {}", When(*from, *now), When(*now, *now))
            }
            Self::ValidUntil { until, now } => {
                write!(f, "valid until {}, it is {}", When(*until, *now), When(*now, *now))
            }
            Self::WrongTicketType { ticket_type, accepted } => {
                let shown = if ticket_type.is_empty() { "no ticket type" } else { ticket_type };
                write!(f, "{shown} does not enter here; this gate takes {}", accepted.join(", "))
            }
            Self::NotADayOfTheTicket { day, days } => {
                write!(f, "this ticket is for {}, today is {day}", Days(days))
            }
            Self::NotADayOfTheEvent { day, days } => {
                write!(f, "the event is on {}, today is {day}", Days(days))
            }
            Self::Unpaid => write!(f, "ordered, not paid"),
            Self::UnpaidMayBeTaken => write!(f, "not paid; may be taken here if you say so"),
            Self::OpensAt { opens, now } => {
                write!(f, "opens {}, it is {}", When(*opens, *now), When(*now, *now))
            }
            Self::ClosedAt { closed, now } => {
                write!(f, "closed {}, it is {}", When(*closed, *now), When(*now, *now))
            }
            Self::NoSuchCode => write!(
                f,
                "nobody on this event's list has this code; scan again, or look the person up"
            ),
            Self::OtherEvent { name } => write!(f, "a ticket of another event: {name}"),
            Self::Unreadable(Unreadable::Empty) => write!(f, "nothing was read; scan again"),
            Self::Unreadable(Unreadable::TooLong { chars }) => write!(
                f,
                "{chars} characters are no ticket code, {CODE_CHARS_MAX} are the most; scan again"
            ),
            Self::Unreadable(Unreadable::ControlCharacters) => {
                write!(f, "the code has control characters in it, a damaged read; scan again")
            }
            Self::Revoked => {
                write!(f, "this code was replaced; the ticket has a new one, look the person up")
            }
            Self::NotADayOfTheGate { gate, day, days } => {
                write!(f, "{gate} is open on {}, today is {day}", Days(days))
            }
            Self::SeveralTickets { order } => write!(
                f,
                "order {order} has several tickets that enter here; pick the person by name"
            ),
            Self::Held { silent } => held(silent, f),
            Self::Test => write!(f, "a test: scanning works, and nothing was recorded"),
            Self::AnswersNeeded { questions } => {
                write!(f, "to be answered first: {}", questions.join(" "))
            }
        }
    }
}

/// What a gate waits for.
fn held(silent: &[Silent], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let shown = silent.iter().take(SILENT_SHOWN).map(Silent::to_string);
    write!(f, "held: {}", shown.collect::<Vec<_>>().join(", "))?;
    if silent.len() > SILENT_SHOWN {
        write!(f, " and {} more", silent.len() - SILENT_SHOWN)?;
    }
    write!(f, "; the ticket may be used there already, a supervisor can let the person in")
}

/// A time as short as it is clear: the day is named only where it is not today.
struct When(DateTime, DateTime);

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(when, now) = self;
        if when.date() != now.date() {
            write!(f, "{} ", when.date())?;
        }
        write!(f, "{:02}:{:02}", when.hour(), when.minute())
    }
}

struct Days<'a>(&'a [Date]);

impl fmt::Display for Days<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, day) in self.0.iter().enumerate() {
            let comma = if place == 0 { "" } else { ", " };
            write!(f, "{comma}{day}")?;
        }
        Ok(())
    }
}
